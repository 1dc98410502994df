"""What a guard foresees of a final zone is what the gate says, where only listed people's words count."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provenance.asset import Place, RelPath
from provenance.foresight import Foresight
from provenance.policy import Outcome
from provenance.verdict import Origin
from tests.catalogue.making import AI, declared, evidence, seen, take
from tests.identity.signed import House, approval, revoked

NAME = "hero.png"


def _bare(_house: House) -> None:
    """Nobody speaks."""


def _by_a_stranger(house: House) -> None:
    house.say(approval(NAME, by="stranger"))


def _by_a_lawyer(house: House) -> None:
    house.say(approval(NAME), "lawyer")


def _taken_back(house: House) -> None:
    house.say(revoked(house.say(approval(NAME), "lawyer")))


@pytest.mark.parametrize("speak", [_bare, _by_a_stranger, _by_a_lawyer, _taken_back])
@pytest.mark.parametrize("flagged", [True, False])
def test_it_heeds_whom_the_gate_heeds(house: House, speak: Callable[[House], None], *, flagged: bool) -> None:
    """A flagged file, or one of which a flag was taken back by nobody who may, is foreseen as it is judged."""
    what = evidence(NAME, AI) if flagged else evidence(NAME)
    zone = house.config.zones[0]
    lying = replace(seen(what, b"hero.png", version=3), place=Place(zone.name, RelPath(b"hero.png")))
    take(house.catalogue, lying)
    if not flagged:
        house.say(revoked(house.say(replace(declared(NAME, Origin.AI_GENERATED), by="editor"), "editor")))
    speak(house)
    found = [f for f in Foresight(house.gate()).of(zone) if f is not None]
    outcome = house.outcome(NAME)
    assert [f.outcome for f in found] == ([] if outcome is Outcome.PASS else [outcome])
    assert (outcome is Outcome.PASS) is (speak is _by_a_lawyer)
