"""What a policy is asked about: one intended use of a generative tool, as facts. Pure.

A fact that is not known is never a good one: a question nobody answered is `UNANSWERED`, which is not `YES`, and a
tool that nobody vouches for is not under an agreement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum


class Answer(Enum):
    """What somebody said to a question that has to be answered. Only `YES` ever helps."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    """Counts as `NO`."""
    UNANSWERED = "unanswered"
    """Nobody said anything: neither yes nor no, and a reason of its own."""


class Prominence(Enum):
    """How much a viewer is meant to notice it, least first."""

    INCIDENTAL = "incidental"
    """Seen briefly, in the background, and not referred to."""
    BACKGROUND = "background"
    STORY_RELEVANT = "story-relevant"
    """Read aloud, shown closely, or part of what happens."""
    KEY = "key"
    """A main character, a key visual, a place the story is about."""


class Input(StrEnum):
    """What was put into a tool."""

    PROPRIETARY = "proprietary"
    """The client's own: unreleased assets, scripts, production images."""
    SENSITIVE = "sensitive"
    """Likeness of talent, unreleased footage, contracts: escalates whatever tool it is."""
    PERSONAL_DATA = "personal-data"
    THIRD_PARTY = "third-party"
    """Somebody else's work."""


class Reference(StrEnum):
    """What prompts or inputs refer to without permission."""

    COPYRIGHTED_WORK = "copyrighted-work"
    PUBLIC_FIGURE = "public-figure"
    DECEASED_PERSON = "deceased-person"


class Replica(StrEnum):
    """What is done to or instead of a performance."""

    DIGITAL_REPLICA = "digital-replica"
    """An identifiable performer, in what they did not perform."""
    VOICE_REPLICA = "voice-replica"
    """The same for a voice."""
    DIGITAL_ALTERATION = "digital-alteration"
    """A recorded performance, changed."""
    SYNTHETIC_PERFORMER = "synthetic-performer"
    """Looks like a person, and is none."""


class Exemption(StrEnum):
    """What may spare a replica a further consent. A policy says which of these counts for which class."""

    AS_PERFORMED = "as-performed"
    """Stays substantially as scripted, performed or recorded."""
    UNSAFE_ACT = "unsafe-act"
    """Shows what nobody could safely perform."""
    UNRECOGNISABLE = "unrecognisable"
    CUSTOMARY = "customary"
    """Customary in the industry: cosmetics, noise reduction, timing, continuity, pitch, clarity."""
    PERMITTED_DUBBING = "permitted-dubbing"
    """Dubbing or doubles that agreements already permit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One intended use of a generative tool.

    A value outside the vocabulary above (from a newer version, say) never makes anything milder: `assess` escalates it.
    """

    use: str
    """Key of one of the policy's uses; what it does not know is escalated."""
    prominence: Prominence
    final: bool
    """Whether it is seen or heard in the final cut, in the background too."""
    answers: Mapping[str, Answer]
    """What was said to each principle, by its key. What is missing counts as unanswered."""
    inputs: frozenset[str] = frozenset()
    """Values of `Input`, of any step."""
    enterprise: bool = False
    """Every step's tool is used under an enterprise agreement."""
    uncleared_training: bool = False
    """A model was trained or tuned on material that nobody cleared for it."""
    references: frozenset[str] = frozenset()
    """Values of `Reference`."""
    replica: frozenset[str] = frozenset()
    """Values of `Replica`."""
    exemptions: frozenset[str] = frozenset()
    """Values of `Exemption`."""
    real_events: bool = False
    """It could be taken for real events, people or statements."""
    union_work: bool = False
    """It replaces or materially affects work that a union represents."""
    genre: str = ""
    audience_disclosure: bool | None = None
    """Whether the audience is told; None while that is not decided."""
    clearance_evidence: bool = False
    """There is a document that shows that rights were cleared."""


@dataclass(frozen=True, slots=True)
class Told:
    """A disclosure that names a file, as far as judging that file needs it."""

    id: str
    """The disclosure's."""
    facts: Facts
    performers: frozenset[str] = frozenset()
    """Whom it touches, as commitments. A replica that names nobody can have nobody's consent."""


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent that is in force now and for this project and title: for one performer and one class of replica."""

    id: str
    performer: str
    """A commitment, as in `Told.performers`."""
    replica: str
    """A value of `Replica`."""
