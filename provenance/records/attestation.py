"""A person's word that nothing was generated: for what shows no sign of it either way."""

from dataclasses import dataclass
from typing import ClassVar, Final

from provenance.asset import Digest
from provenance.records.record import Record, Subject

TIMELINE: Final = "timeline"
"""The basis of an attestation that rests on what a timeline points at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Record):
    """Nothing generated is in these files: said for a batch, bound to their bytes.

    It says what no file can show. It answers that a policy wants to be told (`unknown = "attest"`), and nothing else:
    no flag, no doubt, no credential's state.

    With `basis` it says less, and is asked for more: these files are what a timeline shows, and hold nothing but its
    sources. Then it counts only while every source was found, is known, and nothing speaks against any of them.
    """

    kind: ClassVar[str] = "attestation"
    prefix: ClassVar[str] = "att"

    subjects: tuple[Subject, ...]
    role: str
    basis: str = ""
    """`TIMELINE`, or empty where somebody simply says so."""
    timeline: Digest | None = None
    """SHA-256 of the timeline as it was read."""
    timeline_name: str = ""
    sources: tuple[Subject, ...] = ()
    """Every file it points at, by digest."""
    by_name: int = 0
    """How many of these were found by their name alone, and not where the timeline says that they lie."""
    unresolved: tuple[str, ...] = ()
    """What it points at that was not found for certain, with why."""

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects
