"""What comes out of the catalogue, as frozen values: what a question about a file needs. Nothing here knows SQL."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from provenance.asset import Digest, Place, StatKey, UtcTime
from provenance.evidence import Beside, Examiner
from provenance.lineage import Edge
from provenance.records import AnyRecord
from provenance.verdict import Origin

if TYPE_CHECKING:
    from typing import Protocol

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
    racy: int
    """1 or 0, as SQLite keeps it: whether it changed too shortly before it was read."""
    accompanied: int
    """How many files were read that lay beside it."""
    examiner: Examiner

    def is_version(self, found: "Version", examiner: Examiner | None) -> bool:
        """Whether the file found is the version that was recorded, surely so, and was read as this examiner reads.

        With None it is no matter who read it.
        """
        inode, size, mtime_ns, ctime_ns, racy, _, by = self
        return (
            racy == 0
            and size == found.st_size
            and (mtime_ns == found.st_mtime_ns or mtime_ns == signed(found.st_mtime_ns))
            and (ctime_ns == found.st_ctime_ns or ctime_ns == signed(found.st_ctime_ns))
            and (inode == found.st_ino or inode == signed(found.st_ino))
            and (examiner is None or by is examiner or by.reads_as(examiner))
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
    envelope: dict[str, Any] | None = field(default=None, hash=False)
    """What was signed, with its signatures, as it stands in the ledger; None where nobody signed. Not checked here."""


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
