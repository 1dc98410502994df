"""`ledger verify` checks what was signed: every envelope, whoever is listed now."""

import base64
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from provenance.accepting import ever_listed
from provenance.catalogue import BrokenEntry
from provenance.catalogue.envelopes import Signatures
from provenance.policy import Outcome
from provenance.records import AnyRecord
from tests.catalogue.making import stamp
from tests.identity.signed import PEOPLE, House, approval, envelope_of, signer


def checked(house: House) -> Signatures:
    """Return what the signatures of a house's ledger are worth, its chain being whole."""
    house.catalogue.verify()
    return house.catalogue.check_signatures(ever_listed(house.config, house.catalogue))


def put(house: House, record: AnyRecord, envelope: dict[str, Any]) -> int:
    """Write a record with an envelope as somebody can who has the file, and return the entry's number."""
    house.catalogue.add_record(record, stamp(12), envelope)
    return house.catalogue.find_record(record.id).entry


def test_good_signatures_are_counted_whoever_made_them(house: House) -> None:
    """A listed person's, a stranger's and nobody's words are told apart; none of them is a fault of the ledger."""
    house.say(approval("still"), "lawyer")
    house.say(approval("still", by="stranger"), "stranger")
    house.say(approval("plate"))
    assert checked(house) == Signatures(good=3, unknown=0, unsigned=1)


def _edited(envelope: dict[str, Any], **changed: Any) -> dict[str, Any]:
    (signature,) = envelope["signatures"]
    return {**envelope, "signatures": [{**signature, **changed}]}


def _flipped(envelope: dict[str, Any], index: int) -> dict[str, Any]:
    raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    raw[index] ^= 1
    return _edited(envelope, sig=base64.b64encode(raw).decode())


def _resigned_text(envelope: dict[str, Any]) -> dict[str, Any]:
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["record"]["reason"] = "somebody else's"
    return {**envelope, "payload": base64.b64encode(json.dumps(statement).encode()).decode()}


BAD: dict[str, Callable[[AnyRecord], dict[str, Any]]] = {
    "another record's": lambda _: envelope_of(approval("elsewhere"), "lawyer"),
    "another catalogue's": lambda record: envelope_of(record, "lawyer", "another-store"),
    "another text": lambda record: _resigned_text(envelope_of(record, "lawyer")),
    "a bit of the signature": lambda record: _flipped(envelope_of(record, "lawyer"), -1),
    "a bit of the key in it": lambda record: _flipped(envelope_of(record, "lawyer"), 40),
    "the name of another key": lambda record: _edited(
        envelope_of(record, "lawyer"), keyid=signer("admin").public.fingerprint
    ),
    "no base64": lambda record: _edited(envelope_of(record, "lawyer"), sig="?"),
    "no signature at all": lambda record: {**envelope_of(record, "lawyer"), "signatures": []},
    "no payload": lambda record: {k: v for k, v in envelope_of(record, "lawyer").items() if k != "payload"},
    "a bare signature with a listed key": lambda record: _edited(
        envelope_of(record, "lawyer"), scheme="ed25519", sig=base64.b64encode(bytes(64)).decode()
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_the_first_bad_signature_is_named(house: House, what: str) -> None:
    """An envelope that is not of this record, for this catalogue, by the key it names, is a fault, with its entry."""
    house.say(approval("still"), "lawyer")
    record = approval("still", minute=7)
    entry = put(house, record, BAD[what](record))
    late = approval("still", minute=8)
    put(house, late, BAD[what](late))
    with pytest.raises(BrokenEntry, match=f"entry {entry} of the ledger") as broken:
        checked(house)
    assert broken.value.seq == entry
    assert house.outcome("still", minute=21) is Outcome.PASS  # what is good counts all the same


def test_who_was_listed_once_is_remembered(house: House) -> None:
    """The key of somebody who left is known from the configuration in which they were accepted."""
    house.say(approval("still"), "lawyer")
    config = dataclasses.replace(house.config, people=PEOPLE[1:])
    assert signer("lawyer").public in ever_listed(config, house.catalogue)


def test_a_scheme_that_nobody_knows_yet_is_no_fault(house: House) -> None:
    """A signature in a scheme of a later version is told of as unknown, and so is a bare one by an unlisted key."""
    record = approval("still")
    put(house, record, _edited(envelope_of(record, "lawyer"), scheme="webauthn"))
    other = approval("still", minute=7)
    put(house, other, _edited(envelope_of(other, "stranger"), scheme="ed25519"))
    assert checked(house) == Signatures(good=1, unknown=2, unsigned=0)
