"""What a policy says about uses of generative tools, as frozen values. Pure."""

from dataclasses import dataclass
from enum import Enum

from provenance.policy.condition import Condition, any_holds
from provenance.policy.facts import Facts, Replica


class Reply(Enum):
    """What somebody who tells of a use is answered, mildest first."""

    TELL = "tell"
    """Telling is enough."""
    ESCALATE = "escalate"
    """Written approval before going on."""
    FORBID = "forbid"
    """Nobody can approve it."""

    @property
    def severity(self) -> int:
        """0 for tell, 1 for escalate, 2 for forbid."""
        return list(Reply).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """A statement everybody who uses a generative tool answers: yes, no or unsure."""

    key: str
    number: str
    says: str
    soft: bool = False
    """It is asked for "where possible". A no is escalated all the same, and may be accepted."""
    clearance_evidence: bool = False
    """A yes for final use counts only with a document that shows it."""
    register: bool = False
    """The tool register may answer it."""
    denied_by: tuple[Condition, ...] = ()
    """Facts that contradict a yes; then it does not count."""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What several triggers have in common."""

    key: str
    number: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Something that always needs more than telling."""

    key: str
    number: str
    area: str
    says: str
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    roles: frozenset[str] = frozenset()
    consent: bool = False
    """The people concerned have to consent."""
    answer: Reply = Reply.ESCALATE

    def applies(self, facts: Facts) -> bool:
        """Whether this use sets it off."""
        return any_holds(self.when, facts) and not any_holds(self.unless, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One row of the table of uses."""

    key: str
    number: str
    says: str
    answer: Reply
    when: tuple[Condition, ...] = ()
    """Where there is any, the answer is given only when one holds; otherwise telling is enough."""
    unless: tuple[Condition, ...] = ()
    roles: frozenset[str] = frozenset()

    def reply(self, facts: Facts) -> Reply:
        """Return what this row answers."""
        asked = not self.when or any_holds(self.when, facts)
        return self.answer if asked and not any_holds(self.unless, facts) else Reply.TELL


@dataclass(frozen=True, slots=True)
class Consents:
    """Which replicas need the performer's consent, and what spares each class a further one."""

    needed: dict[str, frozenset[str]]
    """Values of `Replica`, each with the values of `Exemption` that count for it."""

    def needed_for(self, facts: Facts) -> frozenset[str]:
        """Return the classes in this use that need a consent. A class nobody knows needs one."""
        known = {c for c in facts.replica if c in self.needed and not facts.exemptions & self.needed[c]}
        return frozenset(known | {c for c in facts.replica if c not in set(Replica)})
