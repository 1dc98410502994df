"""The JSON documents of a dispute's bundle: what is in it, and what is said when it was written."""

from typing import Literal

from provenance.report.documents import Document, ExaminerDocument
from provenance.report.dossier_documents import BookDocument, RulesDocument


class PieceDocument(Document, frozen=True, kw_only=True):
    """One file of the bundle."""

    name: str
    sha256: str
    size: int
    says: str


class BundleDocument(Document, frozen=True, kw_only=True):
    """`manifest.json` of a bundle: what it is about, what is in it, by which versions. It does not name itself."""

    schema: Literal["provenance/bundle/1"] = "provenance/bundle/1"
    about: str
    """A record's id, or the SHA-256 of a file."""
    project: str
    made_at: str
    subjects: list[str]
    """SHA-256 of the bytes it is about."""
    made_from: list[str]
    """SHA-256 of what those were made from."""
    records: list[str]
    ledger: BookDocument
    policy: RulesDocument
    config_sha256: str
    """Of the configuration as it was used: `configuration/` says whether it is shown whole."""
    provenance: str
    examiners: list[ExaminerDocument]
    left_out: list[str]
    files: list[PieceDocument]


class DisputeDocument(Document, frozen=True, kw_only=True):
    """A bundle that was just written."""

    schema: Literal["provenance/dispute/1"] = "provenance/dispute/1"
    about: str
    folder: str
    files: int
    records: int
    entries: int
    """How many entries of the ledger are in it whole; `chain.jsonl` has all of them without what they say."""
    head: str
    sums_sha256: str
    """SHA-256 of `SHA256SUMS`: kept elsewhere, it proves that the bundle is the one that was written."""
