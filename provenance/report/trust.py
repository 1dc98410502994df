"""The JSON documents about trust lists."""

from typing import Literal

from provenance.report.documents import Document
from provenance.report.standing import FindingDocument
from provenance.report.trust_lists import TrustListDocument


class CertificateDocument(Document, frozen=True, kw_only=True):
    """One certificate of an authority that is trusted. `state` is `good`, or why it does nothing now."""

    subject: str
    issuer: str
    sha256: str
    key: str
    purpose: str
    may_clear: bool
    not_before: str
    not_after: str
    state: str
    path: str


class TrustDocument(Document, frozen=True, kw_only=True):
    """Whose signatures are believed: the files, and every certificate in them."""

    schema: Literal["provenance/trust/1"] = "provenance/trust/1"
    max_age_days: int
    lists: list[TrustListDocument]
    certificates: list[CertificateDocument]


class TrustCheckDocument(Document, frozen=True, kw_only=True):
    """Whether those who are trusted could be. `sound` means that nothing found is a problem."""

    schema: Literal["provenance/trust-check/1"] = "provenance/trust-check/1"
    sound: bool
    findings: list[FindingDocument]
    lists: list[TrustListDocument]


class TrustImportDocument(Document, frozen=True, kw_only=True):
    """A list that was just taken in. `new` and `gone` name certificates, against the file that was there before."""

    schema: Literal["provenance/trust-import/1"] = "provenance/trust-import/1"
    path: str
    name: str
    purpose: str
    sha256: str
    source_sha256: str
    issued: str | None
    certificates: int
    new: list[str]
    gone: list[str]
    left_out: list[str]
    configured: bool
    """Whether an entry was added to the configuration; false where it named the file already."""
    to_accept: bool
    """Whether an administrator has to accept the configuration before anything is judged by it."""
