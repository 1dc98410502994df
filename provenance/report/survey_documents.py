"""Documents of frames that were asked about at once."""

from typing import Literal

from provenance.report.documents import Document
from provenance.report.sequence_documents import FramesDocument
from provenance.report.trust_lists import TrustListDocument


class FrameOriginDocument(Document, frozen=True, kw_only=True):
    """Which frames are what."""

    origin: str
    frames: str
    files: int


class FrameGroundDocument(Document, frozen=True, kw_only=True):
    """One reason for a verdict, and the frames it is about. The first 50 different ones are told apart."""

    kind: str
    strength: str
    place: str
    says: str
    via: str | None
    claim: str
    frames: str


class SurveyedDocument(Document, frozen=True, kw_only=True):
    """One frame. `there`: whether there is a file at its path now; `known`: whether the catalogue had its bytes."""

    path: str
    frame: int
    sha256: str
    origin: str
    there: bool
    known: bool


class OriginSequenceDocument(Document, frozen=True, kw_only=True):
    """What the frames are that a name such as `shot.####.exr` stands for. Frames are written as `1001-1040,1043`."""

    schema: Literal["provenance/origin-sequence/1"] = "provenance/origin-sequence/1"
    path: str
    first: int
    last: int
    files: int
    there: str
    missing: str
    missing_count: int
    origins: list[FrameOriginDocument]
    """The gravest first."""
    grounds: list[FrameGroundDocument]
    members: list[SurveyedDocument]
    trust_lists: list[TrustListDocument]


class ListedSequenceDocument(Document, frozen=True, kw_only=True):
    """One line of `list --sequences` that stands for several files; what is in no sequence has a line as ever."""

    zone: str
    path: str
    size: int
    frames: FramesDocument
    origins: list[FrameOriginDocument]
    """The gravest first."""
    gone: str
    """Frames that are no longer there."""
