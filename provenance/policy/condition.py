"""When a part of a policy applies: facts that must hold. Pure."""

from dataclasses import dataclass
from typing import Final

from provenance.policy.facts import Exemption, Facts, Input, Prominence, Reference, Replica

UNDECIDED: Final = "undecided"
_YES_NO: Final = frozenset({"true", "false"})

VOCABULARY: Final[dict[str, frozenset[str] | None]] = {
    "use": None,
    "prominence": frozenset(p.value for p in Prominence),
    "final": _YES_NO,
    "inputs": frozenset(Input),
    "enterprise": _YES_NO,
    "uncleared_training": _YES_NO,
    "references": frozenset(Reference),
    "replica": frozenset(Replica),
    "exemptions": frozenset(Exemption),
    "real_events": _YES_NO,
    "union_work": _YES_NO,
    "genre": None,
    "audience_disclosure": _YES_NO | {UNDECIDED},
    "clearance_evidence": _YES_NO,
}
"""Every fact a condition may ask about, with the values it can have; None: any word (of a use, one of the policy's)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts that must hold together; for each any one of some values is enough. Never empty."""

    facts: tuple[tuple[str, frozenset[str]], ...]

    def holds(self, facts: Facts) -> bool:
        """Whether every fact has one of its values."""
        return all(values_of(facts, name) & wanted for name, wanted in self.facts)

    def met_by(self, facts: Facts) -> str:
        """Return what in a use meets it, as words."""
        met = ((name, sorted(values_of(facts, name) & wanted)) for name, wanted in self.facts)
        return " and ".join(f"{name} = {', '.join(values)}" for name, values in met)

    def __str__(self) -> str:
        return " and ".join(f"{name} = {' or '.join(sorted(values))}" for name, values in self.facts)


def values_of(facts: Facts, name: str) -> frozenset[str]:
    """Return what a use says about one fact, as words."""
    value = getattr(facts, name)
    match value:
        case None:
            return frozenset({UNDECIDED})
        case bool():
            return frozenset({"true" if value else "false"})
        case Prominence():
            return frozenset({value.value})
        case str():
            return frozenset({value})
        case _:
            return frozenset(value)


def any_holds(conditions: tuple[Condition, ...], facts: Facts) -> bool:
    """Whether one of several conditions holds; none of none does."""
    return any(c.holds(facts) for c in conditions)
