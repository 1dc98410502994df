"""The words a delivery rests on: declarations, clearances, derivations, approvals, and what takes them back.

Until approvals are signed anybody with access to the catalogue can write any name into these fields, and everything
that shows one says so (`UNSIGNED`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.lineage import Witness
from provenance.records.record import Record, Subject, in_force

if TYPE_CHECKING:
    from provenance.records.attestation import Attestation  # few policies ask for one
    from provenance.records.register import Register  # few files are told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Record):
    """A person's word on origin: one more ground, which never deletes another."""

    kind: ClassVar[str] = "declaration"
    prefix: ClassVar[str] = "dec"

    subjects: tuple[Subject, ...]
    origin: str
    """A value of `verdict.Origin`."""

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects

    @property
    def redraws(self) -> tuple[Subject, ...]:
        return self.subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance(Record):
    """A person looked at something held, and takes it on them. Never answers a refusal."""

    kind: ClassVar[str] = "clearance"
    prefix: ClassVar[str] = "clr"

    subjects: tuple[Subject, ...]
    role: str
    expires: UtcTime | None = None

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation(Record):
    """A word on lineage: the child was made from these parents. A person's, unless this tool made the child itself."""

    kind: ClassVar[str] = "derivation"
    prefix: ClassVar[str] = "drv"

    child: Subject
    parents: tuple[Subject, ...]
    witness: Witness = Witness.DECLARED

    @property
    def about(self) -> tuple[Subject, ...]:
        return (self.child, *self.parents)

    @property
    def redraws(self) -> tuple[Subject, ...]:
        return (self.child,)


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

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(Record):
    """Takes another record back from now on. What was delivered meanwhile stays delivered, and is named."""

    kind: ClassVar[str] = "revocation"
    prefix: ClassVar[str] = "rev"

    target: str

    @property
    def points_at(self) -> str:
        return self.target


@dataclass(frozen=True, slots=True)
class Deliverable:
    """What something is delivered as: approvals are bound to all three."""

    project: ProjectId
    title: Title
    channel: Channel


def covers(approval: Approval, digest: Digest, place: Deliverable, now: UtcTime) -> bool:
    """Whether an approval, not revoked, allows exactly these bytes in this deliverable at this time."""
    return (
        any(s.digest == digest for s in approval.subjects)
        and (approval.project, approval.title, approval.channel) == (place.project, place.title, place.channel)
        and in_force(approval.expires, now)
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What people said that is in force for one file in one deliverable."""

    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    attestations: "tuple[Attestation, ...]" = ()
    disclosures: tuple[Record, ...] = ()
    """Every disclosure that names the file, for this project and title."""
    consents: tuple[Record, ...] = ()
    """Consents in force for this project and title that could speak for one of the disclosures."""
    register: "Register | None" = None
    """The tool register, where there is a disclosure to hold against it."""
