"""Is what was signed what stands there? Every envelope in the ledger, held against its record and its key.

The chain says that nothing was changed since it was written. A signature says more: that whoever has the key said
exactly this, whoever wrote the chain. It is checked here for all records at once, whether or not they count for
anything: who may say what is asked at the gate (`voices`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from provenance.catalogue.connection import Connection
from provenance.catalogue.ledger import BrokenEntry
from provenance.catalogue.stored import signed_record_in
from provenance.identity import sshsig
from provenance.identity.dsse import ED25519, SSHSIG, EnvelopeUnreadable, Signature, envelope_from, verify
from provenance.identity.publickey import PublicKey, SignatureBad
from provenance.identity.statement import mismatch
from provenance.records import ENVELOPE, KINDS


@dataclass(frozen=True, slots=True)
class Signatures:
    """What the signatures in a ledger are worth, all of them good as far as anybody here can say."""

    good: int
    """Records with a signature that belongs to them."""
    unknown: int
    """Records that were signed, by a key or in a scheme that nobody here knows: that could not be checked."""
    unsigned: int
    """Records that nobody signed."""


class _Checked(Enum):
    """What one signature turned out to be; a bad one is an error."""

    GOOD = 1
    UNKNOWN = 2


def check_envelopes(connection: Connection, store: str, keys: Iterable[PublicKey]) -> Signatures:
    """Check every signature in the ledger of a store, and return how many there are.

    `keys` are those anybody was ever listed with: a bare Ed25519 signature does not say by itself which key made it.
    Raises `BrokenEntry` for the first record that is not what was signed, or whose signature is not good.
    """
    known = {key.fingerprint: key for key in keys}
    found = Counter(_record(seq, name, body, store, known) for seq, name, body in _enveloped(connection))
    good, unknown = found[_Checked.GOOD], found[_Checked.UNKNOWN]
    row = connection.row("SELECT count(*) FROM records")
    return Signatures(good, unknown, int(row[0] if row else 0) - good - unknown)


def _enveloped(connection: Connection) -> Iterator[tuple[int, str, bytes]]:
    """Yield every record that has an envelope around it, the oldest first, with its entry and its id.

    A record's entry is JSON in one form with its keys sorted, so that the key of an envelope stands in it to the byte.
    A record that only says so in a text is read too, and then has none.
    """
    marks = ", ".join("?" for _ in KINDS)
    sql = (
        "SELECT l.seq, r.id, l.body FROM ledger l JOIN records r ON r.entry = l.seq AND r.kind = l.kind"  # noqa: S608
        f" WHERE l.kind IN ({marks}) AND instr(l.body, ?) > 0 ORDER BY l.seq"
    )
    yield from connection.each(sql, (*KINDS, f'"{ENVELOPE}":'.encode()))


def _record(seq: int, name: str, body: bytes, store: str, known: Mapping[str, PublicKey]) -> _Checked | None:
    record, content = signed_record_in(body, name)
    if content is None:
        return None
    try:
        envelope = envelope_from(content)
    except EnvelopeUnreadable as error:
        raise BrokenEntry(seq, f"record {name} was signed, and {error}") from error
    wrong = mismatch(envelope.payload, record, store)
    if wrong is not None:
        raise BrokenEntry(seq, f"the signature of record {name} is for something else: {wrong}")
    signed = envelope.signed
    checked = []
    for signature in envelope.signatures:
        try:
            checked.append(_signature(signature, signed, known))
        except SignatureBad as error:
            raise BrokenEntry(seq, f"the signature of record {name} is not good: {error}") from error
    return _Checked.GOOD if _Checked.GOOD in checked else _Checked.UNKNOWN


def _signature(signature: Signature, signed: bytes, known: Mapping[str, PublicKey]) -> _Checked:
    """Check one signature: with the key that it names, or with the one an SSH signature brings along."""
    key = known.get(signature.keyid)
    if signature.scheme == SSHSIG:
        own = sshsig.parse(signature.sig)
        if own.fingerprint != signature.keyid:
            raise SignatureBad(f"it is by the key {own.fingerprint}, and is called one by {signature.keyid!a}")
        key = key or PublicKey(own.key_type, own.public_key)
    elif signature.scheme != ED25519 or key is None:
        return _Checked.UNKNOWN
    verify(signature, signed, key)
    return _Checked.GOOD
