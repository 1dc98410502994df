"""Who may say what: people, their keys, and what a signature under a record is worth. Pure, but for reading keys.

::

    mode        whether words have to be signed
    people      who is listed, with which roles and keys
    listed      people as a configuration lists them, and as an accepted one keeps them
    publickey   public keys as OpenSSH writes them, and checking a signature with one
    keys        private keys: read, checked for who else may read them, made
    wire        strings in SSH's binary form
    sshsig      signatures of `ssh-keygen -Y sign`
    dsse        the envelope around what was signed
    statement   what is signed: an in-toto statement about one record
    signing     an envelope for a record
    authority   whether a record counts, and why not

Nothing is imported here: a production without signatures is not to wait for any of it.
"""
