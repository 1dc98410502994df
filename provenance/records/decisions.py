"""What stands against an approval, or makes one needless: refusals, people's work in place of generated, a new cut."""

from dataclasses import dataclass
from typing import ClassVar

from provenance.asset import Channel, Digest, ProjectId, Title
from provenance.records.record import Record, Subject, title_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Record):
    """A recorded "no": these bytes may not be part of a deliverable, whatever they are.

    It takes the effect from every approval given before it for the same bytes, title and channel, and ends the reach
    of those that would have covered these bytes without naming them. It is not revoked: a later approval that names
    it (`Approval.despite`) decides otherwise.
    """

    kind: ClassVar[str] = "refusal"
    prefix: ClassVar[str] = "ref"

    subjects: tuple[Subject, ...]
    role: str
    project: ProjectId
    title: Title
    channel: Channel
    channels: tuple[Channel, ...] = ()
    """Further channels, beyond the first."""
    evidence: Digest | None = None
    evidence_name: str | None = None
    requested_by: str | None = None
    basis: str = ""
    """Id of the record that told of the use."""

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects

    @property
    def keys(self) -> tuple[Digest, ...]:
        return (title_key(self.project, self.title),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersession(Record):
    """Generated material was only temporary: people made what took its place, and here is what proves it.

    The lineage stays. It answers what the final is flagged for through the replaced material, and nothing else.
    """

    kind: ClassVar[str] = "supersession"
    prefix: ClassVar[str] = "sup"

    replaced: tuple[Subject, ...]
    final: Subject
    role: str
    project: ProjectId
    evidence: Digest
    """SHA-256 of the document that proves it: the working file, a screen recording, the artist's statement."""
    evidence_name: str

    @property
    def about(self) -> tuple[Subject, ...]:
        return (self.final, *self.replaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureChange(Record):
    """The picture was cut anew: how something is used in it must be decided again.

    Ends every approval of the title that was given until a picture change: all of them, or those of some shots (and
    those that name no shot, because nobody can say that they are not meant). It is not revoked: approve again.
    """

    kind: ClassVar[str] = "picture-change"
    prefix: ClassVar[str] = "cut"

    project: ProjectId
    title: Title
    shots: tuple[str, ...] = ()
    """Empty for the whole title."""

    @property
    def keys(self) -> tuple[Digest, ...]:
        return (title_key(self.project, self.title),)
