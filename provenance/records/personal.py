"""Words about what is known of people: it was erased, it must be kept, it need not be kept any more.

What is known of a person lies outside the chain (`provenance.personal`). Records name it by commitment, so that the
chain holds nothing that would have to be erased from it.
"""

from dataclasses import dataclass
from typing import ClassVar

from provenance.asset import Commitment, Digest, UtcTime
from provenance.records.record import Record, Subject

_NAME = "a value in the personal store"


def _subjects(values: tuple[Commitment, ...]) -> tuple[Subject, ...]:
    """Return commitments as what a record is found by. They are digests too, and of no file."""
    return tuple(Subject(Digest(value), _NAME) for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure(Record):
    """What these commitments were made over is to be gone from the personal store. Nothing takes it back."""

    kind: ClassVar[str] = "erasure"
    prefix: ClassVar[str] = "era"

    values: tuple[Commitment, ...]

    @property
    def about(self) -> tuple[Subject, ...]:
        return _subjects(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold(Record):
    """What these commitments were made over must not be erased, until it expires or a `HoldRelease` ends it."""

    kind: ClassVar[str] = "legal-hold"
    prefix: ClassVar[str] = "hld"

    values: tuple[Commitment, ...] = ()
    everything: bool = False
    """Whether nothing at all may be erased, what is stored later included; then `values` is empty."""
    expires: UtcTime | None = None

    @property
    def about(self) -> tuple[Subject, ...]:
        return _subjects(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRelease(Record):
    """Ends a legal hold. A word of its own, and no revocation: a revocation makes things stricter, this does not."""

    kind: ClassVar[str] = "hold-release"
    prefix: ClassVar[str] = "hrl"

    target: str

    @property
    def points_at(self) -> str:
        return self.target
