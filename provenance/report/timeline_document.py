"""The JSON document about a render and its timeline. As all documents it is only ever added to."""

from typing import Literal

from provenance.report.documents import Document, RecordDocument


class SourceDocument(Document, frozen=True, kw_only=True):
    """A file that the timeline points at."""

    sha256: str
    name: str
    """Its zone, and its path there."""
    found_by: str
    """`path`: it lies where the timeline says; `name`: it is the only file that is called so."""
    against: str | None
    """What it is, where that is a flag or a doubt: `ai-generated`, `ai-assisted`, `review`."""


class UnresolvedDocument(Document, frozen=True, kw_only=True):
    """Something it points at that was not found for certain."""

    name: str
    why: str


class TimelineDocument(Document, frozen=True, kw_only=True):
    """What was found of a timeline, and the words that were recorded."""

    schema: Literal["provenance/timeline/1"] = "provenance/timeline/1"
    record: RecordDocument
    """The attestation. With `request` it is not recorded yet."""
    derivation: str | None
    """Id of the lineage that was recorded; null where no source was found."""
    subjects: list[str]
    timeline: str
    """Name of its file."""
    timeline_sha256: str
    format: str
    """`otio`, `fcpxml`, `xmeml` or `cmx3600`."""
    clips: int
    sources: list[SourceDocument]
    unresolved: list[UnresolvedDocument]
    made: list[str]
    """What has no media, because it was made in the timeline: titles, gaps, generators."""
    stands: bool
    """Whether every source was found and nothing speaks against any, by what is known now."""
    request: str | None
    """The file that is to be signed."""
