"""The JSON documents of looking again; as all documents they are only ever added to."""

from typing import Literal

from provenance.report.documents import Document, ExaminerDocument, GroundDocument, NamedDocument


class MovedDocument(Document, frozen=True, kw_only=True):
    """A verdict that is another one now. `zone` and `path` are null where no copy of the file is there any more."""

    zone: str | None
    path: str | None
    sha256: str
    was: str
    now: str
    credential_was: str | None
    credential_now: str | None
    """Null where the file itself was not looked at: what it was made from reads otherwise."""
    milder: bool
    came: list[GroundDocument]
    went: list[GroundDocument]
    via: str | None


class DueDocument(Document, frozen=True, kw_only=True):
    """A file that could read otherwise now."""

    zone: str
    path: str
    because: str


class RescanDocument(Document, frozen=True, kw_only=True):
    """What looking again came to. The first 10,000 of a kind are named; `…_unnamed` says how many more there were."""

    schema: Literal["provenance/rescan/1"] = "provenance/rescan/1"
    looked: int
    same: int
    changed: list[MovedDocument]
    changed_unnamed: int
    replaced: int
    """Files that hold other bytes now than were recorded: recorded anew."""
    gone: int
    """Files that are not there any more: what was recorded of them stands."""
    due: list[DueDocument]
    """With `--dry-run`: what would be looked at."""
    due_unnamed: int
    troubles: list[NamedDocument]
    troubles_unnamed: int
    examiner: ExaminerDocument
    """Who looked, or would look."""
    dry_run: bool
    complete: bool
