"""Whose configuration it is: what the gate refuses until an administrator accepted it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.accepting import acceptances, differing, matters
from provenance.asset import Channel, Digest, Title
from provenance.catalogue import Catalogue
from provenance.config import Anchor, AnchorPurpose, ApprovalsMode, Role
from provenance.errors import ConfigInvalid, ConfigNotAccepted
from provenance.identity.people import Person
from provenance.policy import Outcome
from provenance.pool import Pool
from tests.catalogue.making import AI, at, evidence, seen, take
from tests.identity.signed import (
    ADMIN,
    EDITOR,
    LEGAL,
    PEOPLE,
    STORE,
    House,
    accepting,
    approval,
    configuration,
    envelope_of,
    person,
    strict,
)


@pytest.fixture
def fresh(tmp_path: Path, pool: Pool) -> Iterator[House]:
    """A catalogue for which nothing was accepted yet."""
    config = configuration(tmp_path)
    with Catalogue.create(config.catalogue, at(0), store_id=STORE) as catalogue:
        take(catalogue, seen(evidence("still", AI), b"still.png"))
        yield House(config, strict(), catalogue, pool)


def test_nothing_is_judged_before_a_configuration_was_accepted(fresh: House) -> None:
    """In mode signed the gate refuses (40) until an administrator it lists accepts it, and judges from then on."""
    with pytest.raises(ConfigNotAccepted) as refused:
        fresh.run("still")
    assert refused.value.code == 40
    fresh.accept()
    assert fresh.outcome("still") is Outcome.REFUSE


@pytest.mark.parametrize("by", ["lawyer", "stranger", None])
def test_the_first_acceptance_takes_an_administrator_it_lists(fresh: House, by: str | None) -> None:
    """Neither another role, nor a stranger, nor an unsigned word accepts the first configuration."""
    fresh.say(accepting(fresh.config, fresh.policy, "admin"), by)
    fresh.say(accepting(fresh.config, fresh.policy, by or "stranger", 2), by)
    with pytest.raises(ConfigNotAccepted):
        fresh.run("still")


def test_a_production_without_signatures_needs_no_acceptance(fresh: House) -> None:
    """Where words need no signature, and never did, nothing has to be accepted."""
    config = dataclasses.replace(fresh.config, approvals=ApprovalsMode.UNSIGNED, people=())
    assert fresh.outcome("still", config) is Outcome.REFUSE


WHAT = (
    "a new person",
    "another role",
    "another key",
    "another end",
    "a new administrator",
    "an anchor",
    "a zone that is no longer final",
    "another channel",
    "another title",
    "another path",
    "unsigned words",
    "another project",
)


def changes(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what may be changed in a configuration, each so that it decides who may let something pass."""
    zone = configuration(folder).zones[0]
    (folder / "ca.pem").write_bytes(b"a certificate")
    return {
        "a new person": {"people": (*PEOPLE, person("stranger", "production-legal"))},
        "another role": {"people": (person("lawyer", "studio-contact"), *PEOPLE[1:])},
        "another key": {"people": (dataclasses.replace(LEGAL, keys=person("x", "y").keys), *PEOPLE[1:])},
        "another end": {"people": (person("lawyer", "production-legal", until=at(59)), *PEOPLE[1:])},
        "a new administrator": {"people": (*PEOPLE, person("stranger", "administrator"))},
        "an anchor": {"anchors": (Anchor(folder / "ca.pem", AnchorPurpose.SIGNER, may_clear=True),)},
        "a zone that is no longer final": {"zones": (dataclasses.replace(zone, role=Role.WORK),)},
        "another channel": {"zones": (dataclasses.replace(zone, channel=Channel("elsewhere")),)},
        "another title": {"zones": (dataclasses.replace(zone, title=Title("S01E09")),)},
        "another path": {"zones": (dataclasses.replace(zone, root=folder / "elsewhere"),)},
        "unsigned words": {"approvals": ApprovalsMode.UNSIGNED},
        "another project": {"project": "another"},
    }


@pytest.mark.parametrize("what", WHAT)
def test_a_change_counts_only_once_it_was_accepted(house: House, tmp_path: Path, what: str) -> None:
    """Every change of who may let something pass is refused until an administrator listed before signed it."""
    house.say(approval("still"), "lawyer")
    changed = dataclasses.replace(house.config, **changes(tmp_path)[what])
    with pytest.raises(ConfigNotAccepted) as refused:
        house.run("still", config=changed)
    assert refused.value.code == 40
    house.accept("lawyer", changed, 2)
    house.accept("stranger", changed, 3)
    with pytest.raises(ConfigNotAccepted):
        house.run("still", config=changed)
    house.accept("admin", changed, 4)
    house.run("still", config=changed)
    with pytest.raises(ConfigNotAccepted):
        house.run("still")


def test_another_policy_counts_only_once_it_was_accepted(house: House) -> None:
    """A pack with another digest is refused, though the configuration names it as before."""
    other = House(house.config, dataclasses.replace(house.policy, sha256=Digest("9" * 64)), house.catalogue, house.pool)
    with pytest.raises(ConfigNotAccepted, match="policy was baseline"):
        other.run("still")


def test_an_administrator_who_lists_themselves_accepts_nothing(house: House) -> None:
    """Somebody who enters themselves as administrator in a new configuration cannot accept it."""
    config = dataclasses.replace(house.config, people=(*PEOPLE, person("stranger", "administrator")))
    house.accept("stranger", config, 2)
    with pytest.raises(ConfigNotAccepted, match="person stranger is new"):
        house.run("still", config=config)
    assert next(iter(acceptances(house.catalogue).refused.values())).startswith("its key")


def test_going_back_to_unsigned_words_takes_an_administrator(house: House) -> None:
    """A configuration set back to unsigned is refused even where it lists nobody, until an administrator accepts it."""
    config = dataclasses.replace(house.config, approvals=ApprovalsMode.UNSIGNED, people=())
    house.say(approval("still", by="stranger"))
    with pytest.raises(ConfigNotAccepted, match="mode was signed, is unsigned"):
        house.run("still", config=config)
    house.accept("admin", config, 2)
    assert house.outcome("still", config) is Outcome.PASS


def test_an_administrator_whose_time_is_over_accepts_nothing(house: House) -> None:
    """After the end of their listing an administrator accepts nothing, not by an earlier date on their word either."""
    ending = (person("admin", "administrator", until=at(5)), *PEOPLE[:3], person("successor", "administrator"))
    config = dataclasses.replace(house.config, people=ending)
    house.accept("admin", config, 2)
    house.run("still", config=config)  # this is written down at minute 20
    wider = dataclasses.replace(config, people=(*ending, person("stranger", "production-legal")))
    house.accept("admin", wider, 4)
    with pytest.raises(ConfigNotAccepted):
        house.run("still", config=wider)
    house.accept("successor", wider, 21)
    house.run("still", config=wider, minute=22)


def test_an_acceptance_for_another_catalogue_is_none(fresh: House, pool: Pool, tmp_path: Path) -> None:
    """What an administrator accepted for one catalogue opens no other one."""
    record = accepting(fresh.config, fresh.policy, "admin")
    fresh.accept()
    (filed,) = fresh.catalogue.records_of_kind(record.kind)
    config = configuration(tmp_path, catalogue=tmp_path / "other" / "catalogue.db")
    with Catalogue.create(config.catalogue, at(0), store_id="another-store") as catalogue:
        take(catalogue, seen(evidence("still", AI), b"still.png"))
        other = House(config, fresh.policy, catalogue, pool)
        catalogue.add_record(filed.record, fresh.gate(minute=2).intake.stamp(), filed.envelope)
        with pytest.raises(ConfigNotAccepted):
            other.run("still")


def test_an_edited_document_is_not_what_was_accepted(house: House) -> None:
    """An acceptance whose document lists one person more than what was signed does not count."""
    config = dataclasses.replace(house.config, people=(*PEOPLE, person("stranger", "production-legal")))
    wider, narrow = (accepting(c, house.policy, "admin", 2) for c in (config, house.config))
    house.catalogue.add_record(wider, house.gate(minute=2).intake.stamp(), envelope_of(narrow, "admin"))
    with pytest.raises(ConfigNotAccepted):
        house.run("still", config=config)


def test_a_production_that_is_moved_as_a_whole_is_the_same(house: House, tmp_path: Path) -> None:
    """A zone in the production's own folder is named from there, so that moving all of it changes nothing."""
    elsewhere = tmp_path / "moved"
    zone = dataclasses.replace(house.config.zones[0], root=elsewhere / "deliver")
    house.run("still", config=dataclasses.replace(house.config, path=elsewhere / "provenance.toml", zones=(zone,)))


def test_an_acceptance_without_paths_has_to_be_given_anew(house: House) -> None:
    """What was accepted before paths were part of it names none, and is another configuration than any that does."""
    record = accepting(house.config, house.policy, "admin", 2, follows=_last(house))
    bare = {**record.document, "zones": [{k: v for k, v in z.items() if k != "path"} for z in record.document["zones"]]}
    house.say(dataclasses.replace(record, document=bare), "admin", 2)
    with pytest.raises(ConfigNotAccepted, match="zone deliver has other path"):
        house.run("still")
    house.accept(minute=3)
    house.run("still")


def _last(house: House) -> str:
    last = acceptances(house.catalogue).last
    assert last is not None
    return last.record


def test_a_missing_anchor_is_an_error_of_the_configuration(house: House, tmp_path: Path) -> None:
    """An anchor that cannot be read leaves it open what is trusted, so nothing is judged."""
    anchor = Anchor(tmp_path / "gone.pem", AnchorPurpose.SIGNER, may_clear=True)
    with pytest.raises(ConfigInvalid):
        house.run("still", config=dataclasses.replace(house.config, anchors=(anchor,)))


def test_differences_are_told_in_words(house: House) -> None:
    """What changed is told by its name, so that an administrator knows what they are asked to sign."""
    contact = Person(id="contact", name="Studio contact", roles=frozenset({"studio-contact", "custodian"}))
    config = dataclasses.replace(house.config, people=(LEGAL, contact, ADMIN, EDITOR))
    was, now = (matters(c, house.policy) for c in (house.config, config))
    assert set(differing(was, now)) == {"person keeper is gone", "person contact has other roles"}
