"""The words a delivery rests on: declarations, clearances, derivations, approvals, and what takes them back.

Until approvals are signed anybody with access to the catalogue can write any name into these fields, and everything
that shows one says so (`UNSIGNED`).
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.lineage import Witness
from provenance.records.record import Record, Subject, in_force, title_key

if TYPE_CHECKING:
    from provenance.records.attestation import Attestation  # few policies ask for one
    from provenance.records.decisions import Refusal, Supersession
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
    """A word on lineage: the child was made from these parents. A person's, unless this tool made the child itself.

    With a timeline as the witness, `more` are further files of the same render, made from the same parents.
    """

    kind: ClassVar[str] = "derivation"
    prefix: ClassVar[str] = "drv"

    child: Subject
    parents: tuple[Subject, ...]
    witness: Witness = Witness.DECLARED
    added: tuple[str, ...] = ()
    """Marks (`coverage.marks_of`) this tool wrote into the child. Means nothing where a person is the witness."""
    more: tuple[Subject, ...] = ()
    timeline: Digest | None = None
    """SHA-256 of the timeline that is the witness, as it was read."""
    timeline_name: str = ""

    @property
    def children(self) -> tuple[Subject, ...]:
        """Everything that was made."""
        return (self.child, *self.more)

    @property
    def about(self) -> tuple[Subject, ...]:
        return (*self.children, *self.parents)

    @property
    def redraws(self) -> tuple[Subject, ...]:
        return self.children


class Scope(Enum):
    """How far an approval reaches beyond the bytes somebody saw."""

    EXACT = "exact"
    """These bytes."""
    SEQUENCE = "sequence"
    """These bytes, and they are all frames of one range. A frame that is rendered again is other bytes."""
    SHOT = "shot"
    """Further versions of one shot, by their names, until a date or a picture change."""
    DERIVATIVES = "derivatives"
    """What is made from these bytes without anything generated being added."""

    @property
    def reaches(self) -> bool:
        """Whether it covers bytes that nobody saw when it was given."""
        return self in {Scope.SHOT, Scope.DERIVATIVES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Record):
    """Generated material may be part of a deliverable: these bytes, one project and title, named channels.

    `scope` says whether more than these bytes is meant; then `grounds` names what was approved of them.
    """

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
    channels: tuple[Channel, ...] = ()
    """Further channels, beyond the first."""
    scope: Scope = Scope.EXACT
    pattern: str = ""
    """Of a sequence or shot: the names of its files (`naming`)."""
    folder: str = ""
    """Of a sequence or shot: the end of the folders they lie in (`naming`); empty for any."""
    frames: tuple[int, int] | None = None
    """Of a sequence or shot: its first and last frame."""
    shot: str = ""
    element: str = ""
    """What in the picture was generated and is approved, in a person's words."""
    until_picture_change: bool = False
    """Whether it ends when the picture is cut anew (`decisions.PictureChange`)."""
    grounds: tuple[str, ...] = ()
    """The marks (`coverage.marks_of`) of what was approved. A scope that reaches further covers no others."""
    conditions: tuple[str, ...] = ()
    requested_by: str | None = None
    """Who asked for it; never who approves."""
    basis: str = ""
    """Id of the record that told of the use."""
    despite: tuple[str, ...] = ()
    """Ids of the refusals it knows of and decides otherwise than."""
    again: str = ""
    """Id of the approval it goes on with."""
    transcribed_by: str | None = None
    """The custodian who wrote down that `by` approved; `evidence` is the document that shows it, kept by us."""
    evidence_dkim: str | None = None
    """What its DKIM signature is worth, where the document is a mail."""

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects

    @property
    def keys(self) -> tuple[Digest, ...]:
        return (title_key(self.project, self.title),) if self.scope in {Scope.SEQUENCE, Scope.SHOT} else ()


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


def meant_for(word: "Approval | Refusal", place: Deliverable) -> bool:
    """Whether an approval or refusal speaks of this project, title and channel."""
    return (word.project, word.title) == (place.project, place.title) and place.channel in {
        word.channel,
        *word.channels,
    }


def covers(approval: Approval, digest: Digest, place: Deliverable, now: UtcTime) -> bool:
    """Whether an approval, not revoked, allows exactly these bytes in this deliverable at this time."""
    return (
        any(s.digest == digest for s in approval.subjects)
        and meant_for(approval, place)
        and in_force(approval.expires, now)
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How an approval covers bytes that it does not name."""

    approval: str
    scope: Scope
    says: str
    records: tuple[str, ...] = ()
    """The derivations it goes over."""


@dataclass(frozen=True, slots=True)
class Words:
    """What people said that is in force for one file in one deliverable.

    No approval is among `approvals` that does not know of a refusal among `refusals`.
    """

    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    attestations: "tuple[Attestation, ...]" = ()
    disclosures: tuple[Record, ...] = ()
    """Every disclosure that names the file, for this project and title."""
    consents: tuple[Record, ...] = ()
    """Consents in force for this project and title that could speak for one of the disclosures."""
    register: "Register | None" = None
    """The tool register, where there is a disclosure to hold against it."""
    refusals: "tuple[Refusal, ...]" = ()
    supersessions: "tuple[Supersession, ...]" = ()
    """Why what it is flagged for by its lineage alone does not stand: people's work took the place of that."""
    ways: tuple[Way, ...] = ()
    """For each approval that does not name these bytes: how it covers them."""
    missed: tuple[str, ...] = ()
    """For approvals that nearly cover it: why they do not."""
    unsettled: tuple[str, ...] = ()
    """For an attestation by a timeline that does not count: what is not known of the sources, or speaks against one."""
