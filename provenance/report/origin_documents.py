"""The JSON document of one file, with its history and its explanation; as all documents it is only ever added to."""

from typing import Literal

import msgspec

from provenance.report.documents import (
    CredentialDocument,
    Document,
    ExaminerDocument,
    GroundDocument,
    LineageDocument,
    RecordDocument,
    SightingDocument,
)
from provenance.report.explain_documents import ExplainedDocument
from provenance.report.held_documents import HeldDocument
from provenance.report.trust_lists import TrustListDocument


class PastDocument(Document, frozen=True, kw_only=True):
    """A verdict that does not stand any more. `zone` and `path` are set where it was about one copy alone."""

    origin: str
    grounds: list[GroundDocument] | None
    """Null where they cannot be told any more: the rules were those of another version."""
    examiner: ExaminerDocument
    since: str
    until: str
    entry: int | None
    """The ledger's entry that ended it."""
    zone: str | None
    path: str | None


class OriginDocument(Document, frozen=True, kw_only=True):
    """What a file is, on what grounds, from what, who said so, where it has been."""

    schema: Literal["provenance/origin/1"] = "provenance/origin/1"
    path: str
    sha256: str
    size: int
    media_type: str
    origin: str
    grounds: list[GroundDocument]
    credential: CredentialDocument
    lineage: list[LineageDocument]
    declarations: list[RecordDocument]
    clearances: list[RecordDocument]
    approvals: list[RecordDocument]
    attestations: list[RecordDocument]
    refusals: list[RecordDocument]
    supersessions: list[RecordDocument]
    sightings: list[SightingDocument]
    examiner: ExaminerDocument
    known: bool
    there: bool
    """Whether there is a file at the path now."""
    quarantine: list[HeldDocument]
    """What was taken from this path and is in quarantine."""
    disclosures: list[RecordDocument] = msgspec.field(default_factory=list)
    found_not_told: bool = False
    """It is flagged, and no disclosure names it."""
    told_otherwise: list[str] = msgspec.field(default_factory=list)
    """What it says of itself, and nothing that was told of it does."""
    trust_lists: list[TrustListDocument] = msgspec.field(default_factory=list)
    """Whose signatures are trusted today; `examiner.trust_list` is what the verdict was made with."""
    history: list[PastDocument] | None = None
    """Verdicts that do not stand any more, the oldest first; null where nobody asked for them."""
    explanation: ExplainedDocument | None = None
    """Why it is what it is said to be; null where nobody asked."""
