"""Words of unlisted people, late and hidden words: none of them gets anything past the gate."""

import dataclasses

import pytest

from provenance.accepting import acceptances
from provenance.asset import UtcTime
from provenance.catalogue import BrokenEntry
from provenance.errors import ConfigNotAccepted
from provenance.gate import voices_of
from provenance.policy import Outcome
from provenance.records.disclosure import Binding
from provenance.records.register import ToolEntry
from tests.catalogue.making import DELIVERABLE, at, digest_of, edit_behind, evidence, seen, subject, take
from tests.identity.signed import PEOPLE, ROLE, House, accepting, approval, person, revoked, told


def test_an_acceptance_that_comes_late_is_void(house: House) -> None:
    """What an administrator signed and nobody brought counts no more once another configuration was accepted."""
    wide = dataclasses.replace(house.config, people=(*PEOPLE, person("stranger", ROLE)))
    before = acceptances(house.catalogue).last
    assert before is not None
    late = accepting(wide, house.policy, "admin", 2, follows=before.record)
    house.accept("admin", house.config, 3)
    house.say(late, "admin", 4)
    with pytest.raises(ConfigNotAccepted, match="person stranger is new"):
        house.run("still", config=wide)
    assert "another configuration was accepted" in acceptances(house.catalogue).refused[late.id]


def test_a_word_that_was_hidden_is_found(house: House) -> None:
    """A revocation that is made to point nowhere, behind what was verified, lets the gate answer nobody."""
    record = house.say(approval("still"), "lawyer")
    house.say(revoked(record, by="lawyer"), "lawyer")
    assert house.outcome("still") is Outcome.REFUSE
    house.catalogue.verify()
    edit_behind(house.catalogue.path, "UPDATE records SET target = '' WHERE kind = 'revocation'")
    with pytest.raises(BrokenEntry, match="findable"):
        house.run("still", minute=21)


def test_who_binds_a_file_to_a_use_has_to_be_listed(house: House) -> None:
    """A use that a listed person told of another file is not told of this one because anybody says so."""
    take(house.catalogue, seen(evidence("other"), b"other.png", version=3), minute=4)
    strict = House(house.config, dataclasses.replace(house.policy, untold=Outcome.HOLD), house.catalogue, house.pool)
    house.say(approval("still"), "lawyer")
    use = house.say(told("other", "editor"), "editor")

    def binding(by: str, minute: int) -> Binding:
        return Binding(by=by, reason="that one", made_at=at(minute), disclosure=use, subjects=(subject("still"),))

    house.say(binding("nobody", 11))
    assert strict.outcome("still", minute=21) is Outcome.HOLD
    house.say(binding("editor", 12), "editor")
    assert strict.outcome("still", minute=22) is Outcome.PASS


def test_a_bad_word_on_a_tool_is_not_taken_back_by_anybody(house: House) -> None:
    """An entry of the register can speak against a tool, so that only a listed person ends it."""
    entry = ToolEntry(
        by="lawyer",
        reason="read",
        made_at=at(5),
        tool="Image maker",
        tier="free",
        enterprise=False,
        trains_on_inputs=True,
        stores_inputs=True,
        terms_read="2026-01-31",
        terms=digest_of("terms"),
        valid_until=UtcTime("2126-01-31T00:00:00.000000Z"),
    )
    name = house.say(entry, "lawyer")
    house.say(told("still", "editor"), "editor")
    house.say(revoked(name))
    voices = voices_of(house.gate(minute=21), at(21))
    assert name in voices.standing
    words, _ = voices.words(digest_of("still"), DELIVERABLE)
    assert words.register is not None
    assert [e.id for e in words.register.entries] == [name]
