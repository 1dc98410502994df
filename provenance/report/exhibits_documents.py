"""The JSON documents of what is kept; as all documents they are only ever added to."""

from typing import Literal

from provenance.report.documents import Document
from provenance.report.explain_documents import ChainDocument


class ExhibitDocument(Document, frozen=True, kw_only=True):
    """One thing that is, or was, kept of some bytes. `state` is kept, pruned, missing or too-large."""

    asset: str
    kind: str
    place: str
    sha256: str
    size: int
    kept_at: str
    state: str
    entry: int
    """The ledger's entry that answers for it; `pruned` is the one that took it away."""
    pruned: int | None
    name: str | None
    """The file it was written to by `--extract`."""
    chain: ChainDocument | None
    """For a credential: its manifests, and whether the signature of the newest holds."""


class KeptDocument(Document, frozen=True, kw_only=True):
    """What is kept of a file, or of all."""

    schema: Literal["provenance/kept/1"] = "provenance/kept/1"
    exhibits: list[ExhibitDocument]
    """Empty where no file was named."""
    count: int
    bytes: int
    """Of what is kept, before it was compressed."""
    files: int
    """Files that something is kept of."""
    states: dict[str, int]
    folder: str | None


class PrunedDocument(Document, frozen=True, kw_only=True):
    """What was taken away, or would be."""

    schema: Literal["provenance/pruned/1"] = "provenance/pruned/1"
    exhibits: int
    removed: int
    """How many went from the disk: fewer where several were alike, or the same is kept of another file."""
    bytes: int
    kept_before: str
    dry_run: bool
