"""What a report consists of, as frozen values. All text is as it was recorded: whoever shows it has to make it safe."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.config import ApprovalsMode
from provenance.dossier.asked import Asked
from provenance.evidence import Examiner
from provenance.policy.assess import Concern


class Status(Enum):
    """How it stands with a use that was told."""

    TOLD = "told"
    """Telling is enough."""
    OPEN = "open"
    """It was escalated, and somebody has not approved yet, or not consented."""
    APPROVED = "approved"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    """The policy lets nobody approve it."""
    TAKEN_BACK = "taken-back"


class Highest(Enum):
    """The highest class of use, as Human Provenance in Film (draft 0.9, May 2026) words it, the lowest first."""

    NO_AI_USED = "no AI used"
    ASSISTIVE_AI = "assistive AI"
    """A generative tool helped, and nothing generated is in the work."""
    GENERATIVE_AI = "generative AI"
    """Generated picture, sound or text is in the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One person's word. What only some kinds say is empty elsewhere."""

    id: str
    kind: str
    by: str
    reason: str
    made_at: UtcTime
    stands: str
    """What stands behind it: that nothing does, or who signed it."""
    counts: bool
    """Whether its author may say it, as far as that is known; and nobody took it back, and it is not over."""
    role: str = ""
    channels: tuple[str, ...] = ()
    title: str = ""
    expires: UtcTime | None = None
    revoked_by: str | None = None
    origin: str = ""
    performer: str = ""
    replica: str = ""
    scope: str = ""
    """Of a consent: what was agreed to. Of an approval: how far it reaches, where that is further than these bytes."""
    conditions: tuple[str, ...] = ()
    covers: str = ""
    """How an approval covers a file that it does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place some bytes are or were at. Channel and title are those of a final zone, and empty elsewhere."""

    zone: str
    path: bytes
    role: str
    """`work`, `final`, or `former` for a zone the configuration has no more."""
    channel: str = ""
    title: str = ""
    state: str
    """`present`, `quarantined` or `gone`."""
    since: UtcTime
    """When it was last seen there, or taken away."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What decides a verdict, and how many more grounds there are for it."""

    kind: str
    strength: str
    claim: str
    says: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A gate run that let something pass. `channel` and `title` are None where that was not kept file by file."""

    run: str
    at: UtcTime
    channel: str | None
    title: str | None
    records: tuple[str, ...]

    @property
    def superseded(self) -> bool:
        """Whether it passed as people's work alone, which took the place of something generated."""
        return bool(self.records) and all(r.startswith("sup-") for r in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Why the policy would not let a file pass, by what is recorded; `roles` are those that are missing."""

    rule: str
    outcome: str
    channel: str
    title: str
    text: str
    help: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One generated file: all that is known of it. The first 100 of its places and deliveries are named."""

    number: int = 0
    digest: Digest
    size: int
    media_type: str
    first_seen: UtcTime
    origin: str
    mark: Mark | None
    generator: str
    """What the file's own credential names as its generator."""
    spots: tuple[Spot, ...]
    spots_unnamed: int
    approvals: tuple[Spoken, ...]
    clearances: tuple[Spoken, ...]
    consents: tuple[Spoken, ...]
    others: tuple[Spoken, ...]
    """Declarations, derivations, attestations, refusals and whatever else was said of it."""
    disclosures: tuple[str, ...]
    """Ids of what was told of it and is in force."""
    told: bool
    """Whether it was told of, for the title of each place it is at."""
    otherwise: tuple[str, ...]
    """What it says of itself, and nothing that was told of it does."""
    deliveries: tuple[Delivery, ...]
    deliveries_unnamed: int
    hindrances: tuple[Hindrance, ...]

    @property
    def short(self) -> str:
        """The first digits of its digest."""
        return self.digest[:12]

    @property
    def present(self) -> bool:
        """Whether it is anywhere now, in quarantine too."""
        return any(s.state != "gone" for s in self.spots)

    @property
    def flagged(self) -> bool:
        """Whether it shows that it was generated; otherwise somebody merely told so."""
        return self.origin in {"ai-generated", "ai-assisted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was said to one of the policy's principles."""

    number: str
    key: str
    says: str
    answer: str
    """`yes`, `no`, `unsure`, or empty where nobody answered."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One step of a workflow."""

    tool: str
    version: str
    tier: str
    agreement: str
    enterprise: str
    inputs: tuple[str, ...] | None
    model: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A role that must approve a use, and who has, in which channel. `given` may be true of one channel alone."""

    role: str
    """Empty for whoever may approve in this production."""
    given: bool
    by: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A consent a use needs. `performer` is empty where nobody was named, `consent` where there is none in force."""

    performer: str
    replica: str
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A use that was told, with what it is answered and how it stands."""

    id: str
    by: str
    made_at: UtcTime
    stands: str
    description: str
    title: str
    use: str
    says: str
    """What the policy calls the use."""
    prominence: str
    final: str
    status: Status
    answer: str
    """What the policy answers now: `tell`, `escalate` or `forbid`."""
    concerns: tuple[Concern, ...]
    replies: tuple[Reply, ...]
    tools: tuple[Tool, ...]
    references: tuple[str, ...] | None
    replica: tuple[str, ...] | None
    exemptions: tuple[str, ...]
    performers: tuple[str, ...]
    union_roles: tuple[str, ...]
    vendor: str
    contract: str
    clearance_evidence: str
    required: tuple[Required, ...]
    consents: tuple[Agreed, ...]
    approved_for: tuple[str, ...]
    """Channels for which every role has approved all of its files, and everybody consented."""
    refused_for: tuple[str, ...]
    files: int
    """How many files it names that are there, in quarantine, or were delivered."""
    revoked_by: str | None

    @property
    def temporary(self) -> bool:
        """Whether it was told to be no part of the final work."""
        return self.final == "no"


@dataclass(frozen=True, slots=True)
class Opening:
    """Something that is open: what, with whom, and the command that closes it."""

    kind: str
    who: tuple[str, ...]
    """Roles, or who else it is with."""
    about: str
    """Id of a record, or a channel."""
    says: str
    help: str
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The highest class of use in one channel, and what it rests on."""

    channel: str
    title: str
    highest: Highest
    because: tuple[str, ...]
    files: int
    generated: int
    delivered: int
    """Generated files that a gate let pass, present or not."""
    unclear: int
    """Files that nobody could make out, or that were not examined."""
    swept_at: UtcTime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of what a report is about."""

    items: int = 0
    present: int = 0
    delivered: int = 0
    untold: int = 0
    otherwise: int = 0
    forgotten: int = 0
    """Generated files that are nowhere now and that no gate let pass: they are not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A report, whoever shows it in whatever form. `items` can be gone through again and again."""

    project: ProjectId
    name: str
    asked: Asked
    made_at: UtcTime
    mode: ApprovalsMode
    policy: str
    policy_dated: dt.date
    policy_sha256: Digest
    policy_extends: tuple[str, ...]
    config_path: str
    config_sha256: Digest
    store: str
    entries: int
    head: str
    version: str
    examiners: tuple[Examiner, ...]
    counts: Counts
    standings: tuple[Standing, ...]
    uses: tuple[Use, ...]
    openings: tuple[Opening, ...]
    items: Iterable[Item]


def deliverable_name(channel: Channel | str, title: Title | str) -> str:
    """Return what a channel with its title is called in a report."""
    return f"{channel} ({title})" if title else str(channel)
