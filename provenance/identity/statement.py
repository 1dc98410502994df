"""What is signed: an in-toto Statement (in-toto attestation framework, spec/v1/statement.md) about one record.

Its subjects are the bytes the record speaks of, so that any in-toto tool can say what was signed; its predicate is the
record itself, with the id of the catalogue it was made for.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from provenance.identity.dsse import EnvelopeUnreadable
from provenance.records import Record, canonical

TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "urn:provenance:record:1"


def statement(record: Record, store: str) -> bytes:
    """Return what is signed for a record: canonical JSON, the same bytes wherever it is made."""
    content = record.content()
    subjects = [{"name": s.name, "digest": {"sha256": s.digest}} for s in record.about]
    if not subjects:
        # in-toto asks for a subject. A word about no file is about itself.
        subjects = [{"name": record.id, "digest": {"sha256": hashlib.sha256(canonical(content)).hexdigest()}}]
    return canonical(
        {
            "_type": TYPE,
            "subject": subjects,
            "predicateType": PREDICATE,
            "predicate": {"record": content, "id": record.id, "store": store},
        }
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a statement says: a record's content, its id, and the catalogue it is for."""

    content: dict[str, Any]
    id: str
    store: str


def said_in(payload: bytes) -> Said:
    """Return what a statement says; raises `EnvelopeUnreadable` unless it is one of ours."""
    try:
        tree = msgspec.json.decode(payload, type=dict[str, Any])
        predicate = tree["predicate"]
        said = Said(dict(predicate["record"]), predicate["id"], predicate["store"])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise EnvelopeUnreadable(f"what was signed is no statement about a record: {error}") from error
    if (tree.get("_type"), tree.get("predicateType")) != (TYPE, PREDICATE):
        raise EnvelopeUnreadable("what was signed is a statement of another kind")
    return said


def mismatch(payload: bytes, record: Record, store: str) -> str | None:
    """Return why a payload is not the statement of this record in this catalogue; None if it is, to the byte."""
    if payload == statement(record, store):
        return None
    try:
        said = said_in(payload)
    except EnvelopeUnreadable as error:
        return str(error)
    if said.store != store:
        return "it was signed for another catalogue"
    if said.id != record.id or said.content != record.content():
        return f"what was signed is another record, {said.id!a}"
    return "what was signed names other files than the record"
