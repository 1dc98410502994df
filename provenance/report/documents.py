r"""The JSON documents, as types: scripts depend on these fields, so they are only ever added to.

`provenance/schemas/` holds the JSON Schema of each, generated from here; a test compares them. Text that is not valid
UTF-8 is written with `surrogateescape`, as `\\udcXX` escapes, and the JSON stays valid.
"""

import json
from typing import Any, Literal

import msgspec

from provenance.report.sequence_documents import FramesDocument, MemberDocument, ReasonDocument
from provenance.report.trust_lists import TrustListDocument


class Document(msgspec.Struct, frozen=True):
    """Anything that is printed as JSON."""


class GroundDocument(Document, frozen=True, kw_only=True):
    """One reason for a verdict."""

    kind: str
    strength: str
    place: str
    says: str
    via: str | None
    claim: str


class CredentialDocument(Document, frozen=True, kw_only=True):
    """How the credential reads; `source` is called `from` in JSON."""

    state: str
    issuer: str | None
    signed_at: str | None
    codes: list[str]
    ingredient_codes: list[str]
    remote_url: str | None
    source: str = msgspec.field(name="from")
    why: str | None
    generator: str | None


class LineageDocument(Document, frozen=True, kw_only=True):
    """One step of lineage; `direction` is `from` for what it was made from and `to` for what was made from it."""

    relation: str
    direction: Literal["from", "to"]
    witness: str
    sha256: str | None
    title: str
    origin: str | None
    removed: bool


class RecordDocument(Document, frozen=True, kw_only=True):
    """A person's word. `unsigned` says so where nothing proves who wrote it, and is null where a signature does.

    `standing` is `unsigned`, `signed`, `transcribed` or `none`; with `none` it does not count, and `why` says why.
    """

    id: str
    kind: str
    by: str
    reason: str
    made_at: str
    claimed_at: str | None
    in_force: bool
    unsigned: str | None
    role: str | None = None
    origin: str | None = None
    project: str | None = None
    title: str | None = None
    channel: str | None = None
    expires: str | None = None
    evidence_sha256: str | None = None
    channels: list[str] = []
    """All channels, the first included."""
    scope: str | None = None
    """How far an approval reaches: `exact`, `sequence`, `shot` or `derivatives`."""
    pattern: str | None = None
    folder: str | None = None
    frames: list[int] | None = None
    shot: str | None = None
    element: str | None = None
    until_picture_change: bool = False
    grounds: list[str] = []
    """What spoke against the approved material; a scope that reaches further covers nothing else."""
    conditions: list[str] = []
    requested_by: str | None = None
    basis: str | None = None
    despite: list[str] = []
    again: str | None = None
    replaced: list[str] = []
    """Digests of what people's work took the place of."""
    final: str | None = None
    shots: list[str] = []
    standing: str = "unsigned"
    counts: bool = True
    signed_by: str | None = None
    """Id of the person whose key signed it; `key` is that key's fingerprint."""
    key: str | None = None
    why: str | None = None
    transcribed_by: str | None = None
    evidence_dkim: str | None = None


class SightingDocument(Document, frozen=True, kw_only=True):
    """Where these bytes were seen."""

    zone: str
    path: str
    first_seen: str
    last_seen: str
    present: bool


class ExaminerDocument(Document, frozen=True, kw_only=True):
    """Who looked."""

    provenance: str
    c2pa: str
    trust_list: str | None
    revision: int = 0
    """Which revision of the readers; 0 from before they were counted."""


class PolicyDocument(Document, frozen=True, kw_only=True):
    """Which policy was used."""

    id: str
    sha256: str


class ConfigDocument(Document, frozen=True, kw_only=True):
    """Which configuration was used."""

    path: str
    sha256: str


class CountsDocument(Document, frozen=True, kw_only=True):
    """How many files; `pass + refuse + hold = checked`. A sequence counts as many as it has `members`."""

    checked: int
    passed: int = msgspec.field(name="pass")
    refuse: int
    hold: int
    approved: int
    cleared: int
    attested: int


class AttestedDocument(Document, frozen=True, kw_only=True):
    """An attestation that something passed on; `files` is how many it speaks of."""

    id: str
    by: str
    role: str
    reason: str
    files: int
    unsigned: str | None


class JudgedDocument(Document, frozen=True, kw_only=True):
    """One thing that was checked: a file, or a sequence, which has `frames` and `members` and no digest of its own."""

    path: str
    channel: str
    title: str
    sha256: str | None
    outcome: str
    origin: str | None
    reasons: list[ReasonDocument]
    approvals: list[RecordDocument]
    clearances: list[RecordDocument]
    attestations: list[AttestedDocument]
    supersessions: list[RecordDocument] = []
    members: list[MemberDocument] | None = None
    """Each file of a sequence."""
    via: str | None = None
    """How an approval covers it that does not name it."""
    frames: FramesDocument | None = None


class GateDocument(Document, frozen=True, kw_only=True):
    """A gate run."""

    schema: Literal["provenance/gate/1"] = "provenance/gate/1"
    run: str
    outcome: str
    project: str
    approvals_mode: str
    policy: PolicyDocument
    config: ConfigDocument
    ledger_head: str
    checked_at: str
    counts: CountsDocument
    trust_lists: list[TrustListDocument] = []
    assets: list[JudgedDocument]


class ListedDocument(Document, frozen=True, kw_only=True):
    """One line of `list`."""

    zone: str
    path: str
    sha256: str
    size: int
    origin: str
    present: bool


class NamedDocument(Document, frozen=True, kw_only=True):
    """A path with what is to be said of it."""

    zone: str
    path: str
    says: str


class ScanDocument(Document, frozen=True, kw_only=True):
    """What a scan did. The first 10,000 of a kind are named; `…_unnamed` says how many more there were."""

    schema: Literal["provenance/scan/1"] = "provenance/scan/1"
    recorded: int
    unchanged: int
    vanished: int
    bytes: int
    states: dict[str, int]
    unreadable: list[NamedDocument]
    troubles: list[NamedDocument]
    unreadable_unnamed: int
    troubles_unnamed: int
    not_mounted: list[str]
    complete: bool


class DeliveryDocument(Document, frozen=True, kw_only=True):
    """A file that passed on a record."""

    run: str
    sha256: str
    at: str


class WordDocument(Document, frozen=True, kw_only=True):
    """A record that was just made."""

    schema: Literal["provenance/record/1"] = "provenance/record/1"
    record: RecordDocument
    subjects: list[str]
    target: str | None = None
    delivered: list[str]
    """Gate runs that let something pass on a record that was now revoked."""
    deliveries: list[DeliveryDocument] = []
    """The same, file by file."""
    new: list[str] = []
    """With `approve --again`: names that were not approved before."""
    changed: list[str] = []
    """With `approve --again`: names under which other bytes lie than were approved."""
    gone: list[str] = []
    """With `approve --again`: names that were approved and are not among the files now. Their approval stays."""
    news: list[str] = []
    """With `approve --again`: what speaks against the files and did not against what was approved."""
    request: str | None = None
    """The file that is to be signed. Then nothing was recorded yet."""


class MarkDocument(Document, frozen=True, kw_only=True):
    """A credential that was just written."""

    schema: Literal["provenance/mark/1"] = "provenance/mark/1"
    source: str
    destination: str
    sha256: str
    source_type: str
    credential: CredentialDocument
    sidecar: bool


class EntryDocument(Document, frozen=True, kw_only=True):
    """One entry of the ledger."""

    seq: int
    kind: str
    at: str
    claimed_at: str | None
    os_user: str
    host: str
    version: str
    config_sha256: str | None
    policy_sha256: str | None
    prev: str
    hash: str
    body: dict[str, Any]
    store: str
    id: str | None
    """The record's, where the entry holds one."""
    sealed: str
    """The text that `hash` is the SHA-256 of (docs/ledger.md)."""
    body_json: str
    """The text of `body`; the last thing in `sealed` is the SHA-256 of it."""
    envelope: dict[str, Any] | None
    """The DSSE envelope around what was signed, where somebody did."""


class KeysDocument(Document, frozen=True, kw_only=True):
    """A signing identity that was just made."""

    schema: Literal["provenance/keys/1"] = "provenance/keys/1"
    name: str
    certificate: str
    key: str
    configured: bool


class InitDocument(Document, frozen=True, kw_only=True):
    """A production that was just set up."""

    schema: Literal["provenance/init/1"] = "provenance/init/1"
    config: str
    catalogue: str
    zones: list[str]
    made: list[str]


class ErrorDocument(Document, frozen=True, kw_only=True):
    """Why there is no answer."""

    schema: Literal["provenance/error/1"] = "provenance/error/1"
    code: int
    error: str
    help: str


def to_json(document: msgspec.Struct, *, indent: int | None = 2) -> str:
    """Return a document as JSON: ASCII only, so that no name breaks it."""
    return json.dumps(msgspec.to_builtins(document), indent=indent, ensure_ascii=True)
