"""The JSON document of a report, as types. As all documents they are only ever added to."""

from typing import Literal

import msgspec

from provenance.report.documents import ConfigDocument, Document, ExaminerDocument
from provenance.report.told_documents import NeededDocument


class SpokenDocument(Document, frozen=True, kw_only=True):
    """One person's word. What only some kinds say is null elsewhere.

    Outside, reasons are empty, and so is who recorded a consent.
    """

    id: str
    kind: str
    by: str
    role: str | None
    reason: str
    made_at: str
    expires: str | None
    channels: list[str]
    title: str | None
    counts: bool
    """Its author may say it, nobody took it back, and it is not over."""
    revoked_by: str | None
    stands: str
    """What stands behind it: that nothing does, or who signed it."""
    origin: str | None
    performer: str | None
    replica: str | None
    scope: str | None
    """Of a consent: what was agreed to. Of an approval: how far it reaches, where that is beyond the bytes it names."""
    conditions: list[str]
    covers: str | None
    """How an approval covers a file that it does not name."""


class SpotDocument(Document, frozen=True, kw_only=True):
    """A place the bytes are or were at: `present`, `quarantined` or `gone`. Outside, zone and path are null."""

    zone: str | None
    path: str | None
    role: str
    channel: str | None
    title: str | None
    state: str
    since: str


class DecidingDocument(Document, frozen=True, kw_only=True):
    """What decides the verdict; `more` is how many further grounds there are. Outside, `says` is null."""

    kind: str
    strength: str
    claim: str
    says: str | None
    text: str
    more: int


class LetPassDocument(Document, frozen=True, kw_only=True):
    """A gate run that let it pass. Channel and title are null where it passed on an attestation alone."""

    run: str
    at: str
    channel: str | None
    title: str | None
    records: list[str]


class HindranceDocument(Document, frozen=True, kw_only=True):
    """Why the policy would not let it pass, by what is recorded. Outside, `text` is null."""

    rule: str
    outcome: str
    channel: str
    title: str
    text: str | None
    help: str
    roles: list[str]


class ItemDocument(Document, frozen=True, kw_only=True):
    """One generated file. `number` is its place in this report, and no other's."""

    number: int
    name: str
    """Its first path, as it is shown; outside, its number and the first digits of its digest."""
    sha256: str
    """Outside, only the first 12 digits."""
    size: int
    media_type: str
    first_seen: str
    origin: str
    ground: DecidingDocument | None
    generator: str | None
    places: list[SpotDocument]
    places_unnamed: int
    disclosures: list[str]
    found_not_told: bool
    told_otherwise: list[str]
    approvals: list[SpokenDocument]
    clearances: list[SpokenDocument]
    consents: list[SpokenDocument]
    other_words: list[SpokenDocument]
    deliveries: list[LetPassDocument]
    deliveries_unnamed: int
    hindrances: list[HindranceDocument]


class ReplyDocument(Document, frozen=True, kw_only=True):
    """What was said to a principle: `yes`, `no`, `unsure`, or null where nobody answered. Outside, notes are null."""

    number: str
    key: str
    says: str
    answer: str | None
    note: str | None


class StepDocument(Document, frozen=True, kw_only=True):
    """One step of a workflow; `inputs` is null where nobody said."""

    tool: str
    version: str
    tier: str
    agreement: str
    enterprise: str | None
    inputs: list[str] | None
    model: str
    note: str | None


class RequiredDocument(Document, frozen=True, kw_only=True):
    """A role that must approve; `role` is empty for whoever may approve in this production."""

    role: str
    given: bool
    by: list[SpokenDocument]


class EscalatedDocument(Document, frozen=True, kw_only=True):
    """One reason why telling was not enough."""

    kind: str
    key: str
    number: str
    says: str
    why: str
    answer: str
    roles: list[str]


class UseDocument(Document, frozen=True, kw_only=True):
    """A use that was told. `status`: `told`, `open`, `approved`, `refused`, `forbidden` or `taken-back`."""

    id: str
    status: str
    use: str
    says: str
    title: str | None
    prominence: str | None
    final: str | None
    description: str | None
    """Null outside."""
    by: str
    made_at: str
    stands: str
    answer: str
    reasons: list[EscalatedDocument]
    answers: list[ReplyDocument]
    steps: list[StepDocument]
    references: list[str] | None
    replica: list[str] | None
    exemptions: list[str]
    performers: list[str]
    union_roles: list[str]
    vendor: str
    contract: str
    clearance_evidence: str | None
    required: list[RequiredDocument]
    consents: list[NeededDocument]
    approved_for: list[str]
    refused_for: list[str]
    files: int
    revoked_by: str | None


class OpeningDocument(Document, frozen=True, kw_only=True):
    """Something open: what, with whom, and the command that closes it. Words in capitals are to be filled in."""

    kind: str
    who: list[str]
    about: str
    says: str
    help: str
    files: int


class StandingDocument(Document, frozen=True, kw_only=True):
    """The highest class in one channel: `no_ai_used`, `assistive_ai` or `generative_ai`.

    Computed from what is recorded; it never proves that nothing was generated.
    """

    channel: str
    title: str | None
    highest: str
    words: str
    because: list[str]
    files: int
    generated: int
    delivered: int
    unclear: int
    swept_at: str | None


class RulesDocument(Document, frozen=True, kw_only=True):
    """The policy that was used."""

    id: str
    dated: str
    sha256: str
    extends: list[str]


class BookDocument(Document, frozen=True, kw_only=True):
    """The ledger as it was read."""

    store: str
    entries: int
    head: str


class SumsDocument(Document, frozen=True, kw_only=True):
    """How many generated files there are; `not_listed` are nowhere now, and no gate let them pass."""

    files: int
    present: int
    delivered: int
    found_not_told: int
    told_otherwise: int
    not_listed: int
    uses: dict[str, int]
    """By status."""
    open: int


class AskedDocument(Document, frozen=True, kw_only=True):
    """What the report is limited to."""

    audience: str
    zone: str | None
    channel: str | None
    title: str | None
    since: str | None


class ReportDocument(Document, frozen=True, kw_only=True):
    """A report. `assets` are the generated files."""

    schema: Literal["provenance/report/1"] = "provenance/report/1"
    project: str
    name: str
    made_at: str
    answer: str
    """The first line of the text."""
    asked: AskedDocument
    approvals_mode: str
    policy: RulesDocument
    config: ConfigDocument
    ledger: BookDocument
    provenance: str
    examiners: list[ExaminerDocument]
    warning: str
    classes: list[StandingDocument]
    counts: SumsDocument
    open: list[OpeningDocument]
    uses: list[UseDocument]
    assets: list[ItemDocument] = msgspec.field(default_factory=list)
