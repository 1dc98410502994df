"""What goes into the catalogue, as frozen values, what recording it did, and what goes out of the house.

Nothing here knows SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.asset import Digest, Place, StatKey, UtcTime
from provenance.catalogue.rows import Entry, Head
from provenance.evidence import Beside, Evidence
from provenance.sameness import Likeness
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
    likeness: tuple[Likeness, ...] = ()
    kept: tuple[tuple[str, str, str, int, bytes], ...] = ()
    """What the evidence was drawn from (`provenance.exhibits.Kept`)."""


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


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with what somebody else needs to compute its hash."""

    entry: Entry
    store: str
    text: str
    """The text that the entry's hash is the SHA-256 of."""
    body: str
    """The text of the body; the last thing in `text` is the SHA-256 of it."""


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
    began: Head
