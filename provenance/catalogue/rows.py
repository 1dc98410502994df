"""What goes into the catalogue and what comes out of it, as frozen values. Nothing here knows SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, Protocol

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime
from provenance.evidence import Beside, Evidence, Examiner
from provenance.lineage import Edge
from provenance.records import AnyRecord
from provenance.verdict import Origin


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, where, when and under which rules. `at` is the machine's clock; `claimed_at` proves nothing."""

    at: UtcTime
    os_user: str
    host: str
    version: str
    config: Digest | None = None
    policy: Digest | None = None
    claimed_at: UtcTime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """One file that was looked at.

    `place` is None for a file outside every zone: its bytes are remembered, and it has no sighting. With a place there
    must be a `key`. `racy` says that the file changed too shortly before it was read for `key` to prove anything.
    """

    place: Place | None
    key: StatKey | None
    racy: bool
    evidence: Evidence
    beside: Beside


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be examined, and why. It goes when the place was examined or has vanished."""

    place: Place
    kind: str
    says: str
    seen_at: UtcTime | None = None
    """Set on what comes out; on the way in the batch's stamp says it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is not taken in yet, and why: it still changes, somebody writes it, a part of it is missing.

    It goes when the place is recorded, or when nothing is there any more.
    """

    place: Place
    why: str
    """One word a script can rely on."""
    says: str
    size: int
    since: UtcTime
    """Since when it has been as it is now."""
    first_seen: UtcTime | None = None
    """Set on what comes out: when it was first noted as waiting here, which no later note moves."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is recorded together, in one transaction."""

    examined: tuple[Examined, ...] = ()
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An asset whose verdict is another one now."""

    digest: Digest
    was: Origin
    now: Origin


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording a batch did. `entry` is its number in the ledger; None where nothing in it was new evidence."""

    entry: int | None = None
    new_assets: int = 0
    new_evidence: int = 0
    changed: tuple[Change, ...] = ()
    """Assets known before whose verdict changed, descendants of what was recorded included."""


class Version(Protocol):
    """What of a file's stat says which version it is; a whole `os.stat_result` does."""

    @property
    def st_ino(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...
    @property
    def st_ctime_ns(self) -> int: ...


class Known(NamedTuple):
    """What a sweep needs to know of a file it meets again. A tuple, because a sweep makes hundreds of thousands."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    racy: bool
    examiner: Examiner
    accompanied: bool
    """Whether something was read that lay beside it."""

    def is_version(self, found: Version, examiner: Examiner) -> bool:
        """Whether the file found is the version that was recorded, surely so, and was read by this examiner."""
        return (
            not self.racy
            and self.size == found.st_size
            and (self.mtime_ns == found.st_mtime_ns or self.mtime_ns == signed(found.st_mtime_ns))
            and (self.ctime_ns == found.st_ctime_ns or self.ctime_ns == signed(found.st_ctime_ns))
            and (self.inode == found.st_ino or self.inode == signed(found.st_ino))
            and (self.examiner is examiner or self.examiner == examiner)
        )


def signed(number: int) -> int:
    """Return a number as SQLite can keep it: inode numbers go up to 2^64, and times can lie after the year 2262."""
    if -(1 << 63) <= number < 1 << 63:
        return number
    return ((number + (1 << 63)) % (1 << 64)) - (1 << 63)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Some bytes at some place. There is one for each pair of both, however often the file came and went."""

    place: Place
    digest: Digest
    key: StatKey
    racy: bool
    beside: Beside
    origin: Origin
    """The verdict here: with what lies beside this copy."""
    first_seen: UtcTime
    last_seen: UtcTime
    gone_at: UtcTime | None
    """When it was noticed that it is not there any more; None while it is."""

    @property
    def present(self) -> bool:
        """Whether it was there when somebody last looked."""
        return self.gone_at is None


class Listed(NamedTuple):
    """One line of a listing."""

    place: Place
    digest: Digest
    size: int
    origin: Origin
    last_seen: UtcTime
    present: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """A person's word with its place in the ledger, and the id of the revocation that took it back, if one did."""

    record: AnyRecord
    entry: int
    revoked_by: str | None


@dataclass(frozen=True, slots=True)
class Relative:
    """One step of lineage as it stands: `digest`, `origin` and `name` are of the other side, None while not known."""

    edge: Edge
    digest: Digest | None
    origin: Origin | None
    name: str | None
    record: AnyRecord | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """What some bytes were made from, and what was made from them; one step each way."""

    up: tuple[Relative, ...] = ()
    down: tuple[Relative, ...] = ()


@dataclass(frozen=True, slots=True)
class GateUse:
    """A record that a gate run let some bytes pass on."""

    record: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class GateRun:
    """A gate run to be kept. `began` is the ledger's head before anything in it was judged."""

    id: str
    report: Mapping[str, object]
    uses: tuple[GateUse, ...]
    began: "Head"


@dataclass(frozen=True, slots=True)
class Used:
    """A delivery that was made on a record."""

    run: str
    digest: Digest
    at: UtcTime
    entry: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The catalogue in numbers. `sightings` counts what is present, `origins` all assets that were ever seen."""

    assets: int
    sightings: int
    origins: dict[Origin, int]
    troubles: int
    ledger_entries: int


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the ledger: its number and its hash. Number 0 stands for the empty ledger of this store."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger. Hashes are SHA-256 in hexadecimal digits; `prev` is the hash of the one before."""

    seq: int
    prev: str
    hash: str
    kind: str
    at: UtcTime
    claimed_at: UtcTime | None
    os_user: str
    host: str
    version: str
    config: Digest | None
    policy: Digest | None
    body: dict[str, Any] = field(hash=False)


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
