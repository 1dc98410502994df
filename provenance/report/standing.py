"""The JSON documents that say how a production stands: its status, its set-up, and what the daemon tells others.

As all documents they are only ever added to; see `provenance.report.documents`.
"""

from typing import Literal

import msgspec

from provenance.report.documents import Document
from provenance.report.told_documents import FoundDocument
from provenance.report.trust_lists import TrustListDocument


class DaemonDocument(Document, frozen=True, kw_only=True):
    """What the daemon is doing."""

    running: bool
    pid: int | None = None
    ready: bool = False
    backlog: int = 0
    settling: int = 0
    held: int = 0
    stuck: int = 0
    last_sweep: str | None = None
    events: str | None = None
    quarantined: int = 0
    started_at: str | None = None
    said_at: str | None = None
    """When it last said anything; a daemon that runs and is silent is not well."""
    troubles: list[str] = msgspec.field(default_factory=list)


class ZoneDocument(Document, frozen=True, kw_only=True):
    """How a zone stands. `exposure_seconds` is null while nothing that is flagged would be moved out of it."""

    name: str
    role: str
    exposure_seconds: float | None
    protected: bool
    mode: str | None = None
    """`events` or `poll`; null while no daemon watches it."""
    paused: str | None = None
    last_sweep: str | None = None
    sweep_seconds: float | None = None
    unfinished_seconds: float | None = None
    """How long something flagged can lie there that never gets finished; null as `exposure_seconds` is."""
    troubles: list[str] = msgspec.field(default_factory=list)


class CatalogueDocument(Document, frozen=True, kw_only=True):
    """What is recorded."""

    assets: int
    sightings: int
    origins: dict[str, int]
    troubles: int
    ledger_entries: int
    outdated: int | None = 0
    """Files that are there and that today's readers could read otherwise: `provenance rescan --outdated`.

    Null where nobody could look today: the trust list cannot be used.
    """


class StatusDocument(Document, frozen=True, kw_only=True):
    """The production at a glance."""

    schema: Literal["provenance/status/1"] = "provenance/status/1"
    project: str
    daemon: DaemonDocument
    zones: list[ZoneDocument]
    catalogue: CatalogueDocument
    found_not_told: list[FoundDocument] = msgspec.field(default_factory=list)
    """Flagged files that no disclosure names: the first 10,000."""
    found_not_told_unnamed: int = 0
    """How many more there are."""
    told_otherwise: list[FoundDocument] = msgspec.field(default_factory=list)
    """Files that say something else of themselves than what was told of them: the first 10,000."""
    told_otherwise_unnamed: int = 0
    trust_lists: list[TrustListDocument] = msgspec.field(default_factory=list)


class FindingDocument(Document, frozen=True, kw_only=True):
    """One thing `doctor` looked at. `level` is ok, warning or problem."""

    level: str
    check: str
    says: str
    help: str


class DoctorDocument(Document, frozen=True, kw_only=True):
    """What is wrong with this machine's set-up."""

    schema: Literal["provenance/doctor/1"] = "provenance/doctor/1"
    healthy: bool
    findings: list[FindingDocument]
    trust_lists: list[TrustListDocument] = msgspec.field(default_factory=list)


class ToldDocument(Document, frozen=True, kw_only=True):
    """One thing the daemon tells; `count` is more than 1 where there was no room to name each.

    It is more than 1 also for frames of a sequence of which the same is to be told: then `path` is the sequence's,
    and `frames` says which, as `1041-1043`.
    """

    kind: str
    zone: str | None
    path: str | None
    sha256: str | None
    reasons: list[str]
    says: str
    count: int
    at: str
    frames: str | None = None


class NoticeDocument(Document, frozen=True, kw_only=True):
    """What the daemon tells at once. Nothing a file says of itself stands here."""

    schema: Literal["provenance/notice/1"] = "provenance/notice/1"
    project: str
    at: str
    host: str
    notices: list[ToldDocument]
