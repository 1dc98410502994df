"""What a reader gives back: marks, and the places it could not read."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from provenance.containers.model import Container, Visitor
from provenance.evidence import Claim, Gap, Kind, Signal, Strength
from provenance.files import Media


class Findings(NamedTuple):
    """Marks of origin and gaps, in the order they were met, each once."""

    signals: tuple[Signal, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Reader(Protocol):
    """Reads one family of marks from whatever blocks it understands. Never raises, whatever the bytes are."""

    def __call__(self, container: Container) -> Findings:
        """Return what this family finds in `container`."""


class DeepReader(Protocol):
    """Reads one family of marks that no block of metadata holds. Never raises, whatever the bytes are."""

    def __call__(self, container: Container, media: Media, visitor: Visitor | None, /) -> Findings:
        """Return what this family finds in the bytes that `container` was walked from.

        What lies whole in them is shown to the visitor.
        """


class Mark(NamedTuple):
    """A signal that does not know yet where it stands: text is read the same way wherever it was kept."""

    claim: Claim
    strength: Strength
    says: str

    def at(self, kind: Kind, place: str) -> Signal:
        """Return the mark as a signal of `kind` that stands at `place`."""
        return Signal(kind, self.claim, self.strength, place, self.says)


def joined(parts: Iterable[Findings]) -> Findings:
    """Return all that the parts found, each signal and gap once."""
    signals: dict[Signal, None] = {}
    gaps: dict[Gap, None] = {}
    for part in parts:
        if part.signals or part.gaps:
            signals.update(dict.fromkeys(part.signals))
            gaps.update(dict.fromkeys(part.gaps))
    return Findings(tuple(signals), tuple(gaps))


def shown(text: str, longest: int = 60) -> str:
    """Return foreign text quoted, on one line, harmless and short: it may have been written to be shown."""
    return repr(text if len(text) <= longest else text[:longest] + "…")


def near(name: str, known: str) -> bool:
    """Whether `name` is `known`, but for one character changed or lost: what one changed byte leaves of a name."""
    if len(name) == len(known):
        return sum(a != b for a, b in zip(name, known, strict=True)) <= 1
    if len(name) + 1 != len(known):
        return False
    same = next((n for n, (a, b) in enumerate(zip(name, known, strict=False)) if a != b), len(name))
    return name[same:] == known[same + 1 :]
