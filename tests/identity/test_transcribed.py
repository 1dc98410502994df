"""Approvals that a custodian wrote down: through the real catalogue and the real gate."""

import dataclasses
from typing import Any

import pytest

from provenance.originals import Originals
from provenance.policy import Outcome
from provenance.records import Approval
from tests.catalogue.making import at
from tests.identity.signed import CUSTODIAN, LEGAL, PEOPLE, ROLE, House, approval

MAIL = b"From: contact@example.com\nMessage-ID: <1@example.com>\nDKIM-Signature: v=1\n\nGo ahead with the still.\n"


def transcribed(house: House, **more: Any) -> Approval:
    """Return an approval that a custodian wrote down from a mail which is kept."""
    path = house.config.catalogue.parent / "mail.eml"
    path.write_bytes(MAIL)
    digest, _ = Originals.beside(house.config.catalogue).keep(path)
    said = {"by": "Studio contact", "role": "studio-contact", "transcribed_by": "keeper", "evidence": digest}
    return approval("still", **{**said, **more})


def test_a_transcription_counts_with_its_document(house: House) -> None:
    """What a custodian wrote down counts for a role the policy takes it for, and is called transcribed."""
    record = house.say(transcribed(house), "keeper")
    run = house.run("still")
    assert run is not None
    assert run.outcome is Outcome.PASS
    assert (run.authorities[record].standing.value, run.authorities[record].person) == ("transcribed", "keeper")


def test_a_transcription_without_its_document_does_not_count(house: House) -> None:
    """Once the kept document is edited or lost, what was written down from it counts no more."""
    record = transcribed(house)
    house.say(record, "keeper")
    kept = house.config.catalogue.parent / "evidence" / str(record.evidence)
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(b"edited")
    assert "is not kept, or is not what it was" in house.why("still")
    kept.unlink()
    assert "is not kept" in house.why("still")
    house.say(transcribed(house, evidence=None, minute=6), "keeper")
    kept.unlink()
    assert "no document shows" in house.why("still")


def test_a_custodian_does_not_transcribe_their_own_request(house: House) -> None:
    """Who asked for an approval may not be the one who writes it down, nor the one who gave it."""
    house.say(transcribed(house, requested_by="Keeper Example"), "keeper")
    house.say(transcribed(house, requested_by="contact", minute=6), "keeper")
    assert house.why("still").count("asked for it") == 2


@pytest.mark.parametrize(
    ("more", "by", "says"),
    [
        ({}, "lawyer", "not listed as 'custodian'"),
        ({"transcribed_by": "lawyer"}, "keeper", "says that 'lawyer' wrote it down"),
        ({"by": "Nobody"}, "keeper", "'Nobody' is not listed as"),
        ({"by": "Lawyer Example", "role": ROLE}, "keeper", "takes no transcription"),
        ({"by": "keeper", "role": "custodian"}, "keeper", "cannot write down their own word"),
    ],
    ids=["no custodian", "another custodian", "nobody listed", "a role that must sign", "themselves"],
)
def test_not_everybody_may_write_down_everything(house: House, more: dict[str, Any], by: str, says: str) -> None:
    """A transcription by or of somebody who may not does not count, and says why."""
    house.say(transcribed(house, **more), by)
    assert says in house.why("still")


def test_somebody_whose_time_is_over_is_not_transcribed(house: House) -> None:
    """A transcription ends with the listing of the person whose word it is, even in the midst of a run."""
    contact = dataclasses.replace(PEOPLE[2], until=at(15))
    config = dataclasses.replace(house.config, people=(LEGAL, CUSTODIAN, contact, *PEOPLE[3:]))
    house.accept(config=config, minute=2)
    house.say(transcribed(house), "keeper")
    assert house.outcome("still", config, minute=14) is Outcome.PASS
    assert house.outcome("still", config, minute=16) is Outcome.REFUSE
