"""The JSON documents about what was told: disclosures, the tool register, consents, and what nobody told.

As all documents they are only ever added to; see `provenance.report.documents`.
"""

from typing import Any, Literal

import msgspec

from provenance.report.documents import Document, RecordDocument


class ConcernDocument(Document, frozen=True, kw_only=True):
    """One reason why telling is not enough, with who can resolve it and how."""

    kind: str
    """`principle`, `trigger`, `use`, `question`, `register`, `consent` or `unknown`."""
    key: str
    number: str
    says: str
    why: str
    answer: str
    roles: list[str]
    help: list[str]
    """Commands, one or more, in which capital words are to be filled in."""


class NeededDocument(Document, frozen=True, kw_only=True):
    """A consent that a use needs; `consent` is the record that gives it."""

    performer: str | None
    replica: str
    consent: str | None


class DisclosureDocument(Document, frozen=True, kw_only=True):
    """What was told, and what it is answered: `tell`, `escalate` or `forbid`."""

    schema: Literal["provenance/disclosure/1"] = "provenance/disclosure/1"
    record: RecordDocument
    answer: str
    reasons: list[ConcernDocument]
    roles: list[str]
    consents: list[NeededDocument]
    told: dict[str, Any]
    """The disclosure itself. Performers stand in it as what their names are kept under."""
    subjects: list[str]
    declared: str | None
    """The declaration that was made of files which do not say by themselves that they were generated."""
    policy: str


class ToolDocument(Document, frozen=True, kw_only=True):
    """One entry of the tool register."""

    schema: Literal["provenance/tool/1"] = "provenance/tool/1"
    id: str
    tool: str
    versions: str
    tier: str
    agreement: str
    enterprise: bool
    trains_on_inputs: bool
    stores_inputs: bool
    terms_read: str
    terms_sha256: str
    valid_until: str
    performers: list[str]
    project: str | None
    title: str | None
    by: str
    reason: str
    in_force: bool
    retired_by: str | None
    counts: bool = True
    """Whether whoever said it may; true where nothing has to be signed."""
    why: str | None = None
    """Why it does not count."""


class ConsentDocument(Document, frozen=True, kw_only=True):
    """One consent. `performer` is what the name is kept under; `name` only where it was asked for."""

    schema: Literal["provenance/consent/1"] = "provenance/consent/1"
    id: str
    performer: str
    name: str | None
    replica: str
    scope: str
    project: str
    title: str
    whole_project: bool
    document_sha256: str
    expires: str | None
    by: str
    reason: str
    in_force: bool
    withdrawn_by: str | None
    counts: bool = True
    """Whether whoever said it may; true where nothing has to be signed."""
    why: str | None = None
    """Why it does not count."""


class FoundDocument(Document, frozen=True, kw_only=True):
    """A flagged file that nobody told of, or that says something else than what was told."""

    zone: str
    path: str
    sha256: str
    origin: str | None = None
    disclosures: list[str] = msgspec.field(default_factory=list)
    says: list[str] = msgspec.field(default_factory=list)
