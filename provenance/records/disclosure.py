"""What was told: the intended use of a generative tool, and which bytes came of it.

Telling is not approving. A disclosure says what somebody means to do, in answers to questions; what a policy makes of
the answers is drawn from them each time (`provenance.policy.told`). A question nobody answered is kept as such: an
empty answer is not a no, and an absent list is not an empty one.

Nobody's name that consents protect stands here, and no prompt: performers are commitments, prompts are digests.
"""

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from provenance.asset import Commitment, Digest, ProjectId, Title
from provenance.records.record import Record, Subject

YES, NO, UNSURE, UNANSWERED = "yes", "no", "unsure", ""
"""What may be said to a question. Only yes to a principle ever helps, and only no where something may be wrong."""


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was said to one of the policy's principles, by its key."""

    key: str
    answer: str
    """`YES`, `NO` or `UNSURE`."""
    note: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a workflow: a tool as it is used, and what is put into it."""

    tool: str
    version: str = ""
    tier: str = ""
    """Licence tier, as the tool's maker calls it."""
    agreement: str = ""
    """The agreement it is used under."""
    enterprise: str = UNANSWERED
    """Whether it is used under an enterprise agreement, as far as whoever tells knows; the register knows better."""
    inputs: tuple[str, ...] | None = None
    """Values of `policy.facts.Input`, or `UNSURE`. Empty: nothing of that kind. None: nobody said."""
    given: tuple[Digest, ...] = ()
    """Files of the production that were put in."""
    model: str = ""
    """A model that was trained or tuned for this, by its name in the register."""
    performers: tuple[Commitment, ...] = ()
    """Whose performances that model was trained on."""
    prompt: Digest | None = None
    """SHA-256 of the prompt; the prompt itself is never kept."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure(Record):
    """An intended use of generative tools, told before or after there is anything to see of it.

    `reason` says in words what is meant. Without a title it speaks for the whole production.
    """

    kind: ClassVar[str] = "disclosure"
    prefix: ClassVar[str] = "dsc"

    project: ProjectId
    title: Title
    """Empty for the whole production."""
    use: str
    """Key of one of the policy's uses."""
    prominence: str = UNANSWERED
    """A value of `policy.facts.Prominence`."""
    final: str = UNANSWERED
    """Whether it will be seen or heard in the final cut: `YES`, `NO` (temporary) or `UNSURE`."""
    answers: tuple[Answered, ...] = ()
    """To the policy's principles, by key."""
    steps: tuple[Step, ...] = ()
    references: tuple[str, ...] | None = None
    """Values of `policy.facts.Reference`, or `UNSURE`; as `Step.inputs`."""
    replica: tuple[str, ...] | None = None
    """Values of `policy.facts.Replica`, or `UNSURE`; as `Step.inputs`."""
    exemptions: tuple[str, ...] = ()
    """Values of `policy.facts.Exemption`."""
    performers: tuple[Commitment, ...] = ()
    """Whose likeness, voice or performance it touches."""
    union_roles: tuple[str, ...] = ()
    """Represented roles whose work it touches."""
    uncleared_training: str = UNANSWERED
    real_events: str = UNANSWERED
    union_work: str = UNANSWERED
    genre: str = ""
    audience_disclosure: str = UNANSWERED
    vendor: str = ""
    contract: str = ""
    clearance_evidence: Digest | None = None
    """SHA-256 of the document that shows that rights were cleared; it stays where it is."""
    clearance_evidence_name: str | None = None
    subjects: tuple[Subject, ...] = ()
    """What came of it, as far as there was anything when it was told."""

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Record):
    """These bytes are what a disclosure speaks of: said when there was something to see."""

    kind: ClassVar[str] = "binding"
    prefix: ClassVar[str] = "bnd"

    disclosure: str
    """Its id. Once that is taken back this says nothing any more."""
    subjects: tuple[Subject, ...]

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects


def speaks_for(disclosure: Disclosure, project: ProjectId, title: Title | None) -> bool:
    """Whether something was told for this title. None stands for material that belongs to no title yet."""
    return disclosure.project == project and (title is None or disclosure.title in {"", title})
