"""What was taken out of a zone and is kept for it, as frozen values. Nothing here knows SQL."""

from dataclasses import dataclass
from enum import Enum

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime


class Stay(Enum):
    """How it stands with a file that was taken away."""

    MOVING = "moving"
    """It is being moved. No entry of the ledger says so yet."""
    HELD = "held"
    RELEASING = "releasing"
    """It is being put back."""
    RELEASED = "released"
    GONE = "gone"
    """It was not where it was kept any more, and nobody put it back with provenance."""


IN_QUARANTINE = frozenset({Stay.HELD, Stay.RELEASING})
UNFINISHED = frozenset({Stay.MOVING, Stay.RELEASING})


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, as it is shown to people: the rule's name, the outcome it leads to, and a sentence."""

    rule: str
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A sidecar that goes along. `copied`: others need it too, so it also stayed where it was."""

    path: RelPath
    """Where it lay, below the zone's root."""
    where: bytes
    """Where it is kept, below the zone's quarantine."""
    digest: Digest
    copied: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A file that is taken away, as it was judged."""

    place: Place
    where: bytes
    """Where it is kept, below the zone's quarantine."""
    digest: Digest
    key: StatKey
    why: tuple[Why, ...]
    companions: tuple[Companion, ...]
    run: str
    """The gate run that refused it."""
    at: UtcTime
    note: Digest | None = None
    """SHA-256 of the note that is left in its place; None where none is to be left."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that was taken away, with all that is needed to put it back, or to finish what was cut off."""

    id: int
    move: Move
    stay: Stay
    leaving: Digest | None = None
    """The bytes that were let go, where they are on their way out or have left."""
    leaving_run: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A move that was carried out: `move` says what really lies there now; `lost` is what could not be kept of it."""

    id: int
    move: Move
    lost: tuple[str, ...] = ()
