"""An envelope for a record: signed here, or brought from where it was signed."""

from provenance.identity import sshsig
from provenance.identity.dsse import PAYLOAD_TYPE, SSHSIG, Envelope, Signature, pae, payload_in
from provenance.identity.keys import Signer
from provenance.identity.publickey import PublicKey
from provenance.identity.statement import Said, said_in, statement
from provenance.records import Record


def sign(record: Record, store: str, signer: Signer) -> Envelope:
    """Return an envelope around the statement about a record, signed."""
    return signer.sign(PAYLOAD_TYPE, statement(record, store))


def to_be_signed(record: Record, store: str) -> bytes:
    """Return the bytes that somebody else is to sign: all that is needed to bring the record back with a signature."""
    return pae(PAYLOAD_TYPE, statement(record, store))


def brought(signed: bytes, signature: str) -> tuple[Said, Envelope]:
    """Return what was signed, and the envelope, from the two files that `ssh-keygen -Y sign` leaves.

    Raises `EnvelopeUnreadable` unless it was written by `to_be_signed`, and `SignatureBad` unless the signature belongs
    to it, whoever made it.
    """
    payload = payload_in(signed)
    blob = sshsig.dearmored(signature)
    found = sshsig.parse(blob)
    sshsig.verify(blob, signed, PublicKey(found.key_type, found.public_key))
    return said_in(payload), Envelope(PAYLOAD_TYPE, payload, (Signature(found.fingerprint, blob, SSHSIG),))
