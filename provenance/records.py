"""People's words, as records: frozen, bound to exact bytes, with ids derived from what they say.

A record is never edited. What changes a word is another word: a revocation. Until approvals are signed anybody with
access to the catalogue can write any name into these fields, and everything that shows one says so (`UNSIGNED`).
"""

import hashlib
from dataclasses import dataclass, fields
from typing import ClassVar

import msgspec

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.lineage import Witness

UNSIGNED = "UNSIGNED: anyone could have written this"
"""Stands wherever an approval or clearance is shown while `approvals = "unsigned"`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record speaks of: bytes by digest, and the name they had when somebody spoke."""

    digest: Digest
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share.

    `made_at` is the machine's clock when it was written; `claimed_at` is when the person says it was decided, and
    proves nothing.
    """

    kind: ClassVar[str] = "record"
    prefix: ClassVar[str] = "rec"

    by: str
    reason: str
    made_at: UtcTime
    claimed_at: UtcTime | None = None

    @property
    def id(self) -> str:
        """Name of this record: its prefix and 20 hexadecimal digits of the SHA-256 of its canonical content."""
        return content_id(self.prefix, self.content())

    def content(self) -> dict[str, object]:
        """Return the record as plain values, its kind included: what the id and the ledger are computed over.

        Fields at their default are left out, so that a record keeps its id when its type gains a field.
        """
        defaults = {f.name: f.default for f in fields(self)}
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != defaults[f.name]}
        return {"kind": self.kind, **msgspec.to_builtins(said)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Record):
    """A person's word on origin: one more ground, which never deletes another."""

    kind: ClassVar[str] = "declaration"
    prefix: ClassVar[str] = "dec"

    subjects: tuple[Subject, ...]
    origin: str
    """A value of `verdict.Origin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance(Record):
    """A person looked at something held, and takes it on them. Never answers a refusal."""

    kind: ClassVar[str] = "clearance"
    prefix: ClassVar[str] = "clr"

    subjects: tuple[Subject, ...]
    role: str
    expires: UtcTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation(Record):
    """A word on lineage: the child was made from these parents. A person's, unless this tool made the child itself."""

    kind: ClassVar[str] = "derivation"
    prefix: ClassVar[str] = "drv"

    child: Subject
    parents: tuple[Subject, ...]
    witness: Witness = Witness.DECLARED


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Record):
    """Generated material may be part of one deliverable: these bytes, this project and title, this channel."""

    kind: ClassVar[str] = "approval"
    prefix: ClassVar[str] = "apr"

    subjects: tuple[Subject, ...]
    role: str
    project: ProjectId
    title: Title
    channel: Channel
    expires: UtcTime | None = None
    evidence: Digest | None = None
    """SHA-256 of the document that proves the decision; the document stays where it is."""
    evidence_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(Record):
    """Takes another record back from now on. What was delivered meanwhile stays delivered, and is named."""

    kind: ClassVar[str] = "revocation"
    prefix: ClassVar[str] = "rev"

    target: str


AnyRecord = Declaration | Clearance | Derivation | Approval | Revocation

RECORD_TYPES: dict[str, type[AnyRecord]] = {
    t.kind: t for t in (Declaration, Clearance, Derivation, Approval, Revocation)
}


def record_from(content: dict[str, object]) -> AnyRecord:
    """Return the record whose `content()` this is; raises `KeyError` or `msgspec.ValidationError` if it is none."""
    said = dict(content)
    kind = str(said.pop("kind"))
    return msgspec.convert(said, type=RECORD_TYPES[kind])


def canonical(content: object) -> bytes:
    """Return one byte string for one value: UTF-8 JSON, keys sorted, no white space. Injective, so hashes mean it."""
    return msgspec.json.encode(content, order="deterministic")


def content_id(prefix: str, content: object) -> str:
    """Return the id of something that is said: the same content has the same id wherever it is computed."""
    return f"{prefix}-{hashlib.sha256(canonical(content)).hexdigest()[:20]}"


def in_force(expires: UtcTime | None, now: UtcTime) -> bool:
    """Whether something that expires at `expires` still counts at `now`: up to that instant, and not at it."""
    return expires is None or now < expires


def covers(approval: Approval, digest: Digest, place: "Deliverable", now: UtcTime) -> bool:
    """Whether an approval, not revoked, allows exactly these bytes in this deliverable at this time."""
    return (
        any(s.digest == digest for s in approval.subjects)
        and (approval.project, approval.title, approval.channel) == (place.project, place.title, place.channel)
        and in_force(approval.expires, now)
    )


@dataclass(frozen=True, slots=True)
class Deliverable:
    """What something is delivered as: approvals are bound to all three."""

    project: ProjectId
    title: Title
    channel: Channel


@dataclass(frozen=True, slots=True)
class Words:
    """The approvals and clearances that are in force for one file in one deliverable."""

    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()
