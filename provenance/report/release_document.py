"""The document of a release."""

from typing import Literal

from provenance.report.documents import ConfigDocument, Document, JudgedDocument, PolicyDocument


class PutBackDocument(Document, frozen=True, kw_only=True):
    """A file that lies where it lay again. `lost` is what could not be kept of it."""

    zone: str
    path: str
    sha256: str
    lost: list[str]


class ReleaseDocument(Document, frozen=True, kw_only=True):
    """What was judged in quarantine, and what of it was put back. `troubles`: what passed and was not, and why."""

    schema: Literal["provenance/release/1"] = "provenance/release/1"
    run: str
    outcome: str
    project: str
    approvals_mode: str
    policy: PolicyDocument
    config: ConfigDocument
    ledger_head: str
    checked_at: str
    released: list[PutBackDocument]
    assets: list[JudgedDocument]
    troubles: list[str]
