"""Signatures of `ssh-keygen -Y sign` (OpenSSH, PROTOCOL.sshsig), made and checked.

A signature is bound to a namespace, so that one made for something else (a git commit, a mail) is worth nothing here.
"""

import base64
import binascii
import hashlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from provenance.identity.publickey import PublicKey, SignatureBad, fingerprint, verify_ssh
from provenance.identity.wire import Malformed, Reader, string

NAMESPACE: Final = "provenance"
"""What `-n` has to say."""

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4)
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class SshSignature:
    """One signature, taken apart."""

    public_key: bytes
    namespace: bytes
    hash_name: str
    signature: bytes

    @property
    def key_type(self) -> str:
        """The type that stands in its key; a key with another type than its own is refused when it is loaded."""
        return self.public_key[4 : 4 + int.from_bytes(self.public_key[:4])].decode("ascii", "backslashreplace")

    @property
    def fingerprint(self) -> str:
        """Whose it says it is."""
        return fingerprint(self.public_key)


def parse(blob: bytes) -> SshSignature:
    """Take a signature apart; raises `SignatureBad` unless it is one to its last byte."""
    try:
        reader = Reader(blob)
        if reader.take(len(_MAGIC)) != _MAGIC or reader.take(4) != _VERSION:
            raise SignatureBad("it is no SSH signature of version 1")
        public_key, namespace, reserved = reader.string(), reader.string(), reader.string()
        hash_name, signature = reader.string().decode("ascii", "backslashreplace"), reader.string()
        reader.end()
    except Malformed as error:
        raise SignatureBad(f"it is no SSH signature: {error}") from error
    if reserved:
        raise SignatureBad("it says something in a field that is reserved")
    if hash_name not in _HASHES:
        raise SignatureBad(f"{hash_name!a} is no hash an SSH signature may use")
    return SshSignature(public_key, namespace, hash_name, signature)


def verify(blob: bytes, message: bytes, key: PublicKey) -> None:
    """Check that `key` signed `message` in our namespace; raises `SignatureBad` with what is wrong."""
    found = parse(blob)
    if found.namespace != NAMESPACE.encode():
        shown = found.namespace.decode("ascii", "backslashreplace")[:64]
        raise SignatureBad(f"it was made for the namespace {shown!a}, not for {NAMESPACE!r}")
    if found.public_key != key.blob:
        raise SignatureBad(f"it is by the key {found.fingerprint}, not by {key.fingerprint}")
    verify_ssh(key, found.signature, _signed(found.hash_name, message))


def make(key: PublicKey, message: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return a signature over `message`; `sign` returns one in SSH's own form over the bytes it is given."""
    hash_name = "sha512"
    inner = sign(_signed(hash_name, message))
    parts = (key.blob, NAMESPACE.encode(), b"", hash_name.encode(), inner)
    return _MAGIC + _VERSION + b"".join(map(string, parts))


def _signed(hash_name: str, message: bytes) -> bytes:
    digest = _HASHES[hash_name](message).digest()
    return _MAGIC + b"".join(map(string, (NAMESPACE.encode(), b"", hash_name.encode(), digest)))


def armored(blob: bytes) -> str:
    """Return a signature as `ssh-keygen` writes it into a file."""
    return "\n".join([_BEGIN, *textwrap.wrap(base64.b64encode(blob).decode(), 70), _END, ""])


def dearmored(text: str) -> bytes:
    """Return the signature in such a file; raises `SignatureBad` for anything else."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) < 3 or (lines[0], lines[-1]) != (_BEGIN, _END):
        raise SignatureBad(f"it does not begin with {_BEGIN} and end with {_END}")
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureBad(f"it is no base64: {error}") from error
