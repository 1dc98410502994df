"""What a policy answers to an intended use: is telling enough, or must somebody approve it first? Pure."""

from dataclasses import dataclass

from provenance.policy.facts import Facts
from provenance.policy.model import Policy
from provenance.policy.terms import Reply


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that makes telling not enough: a principle, a trigger, or a row of the table of uses."""

    key: str
    kind: str
    """`principle`, `trigger` or `use`."""
    number: str
    """As the guidance numbers it, e.g. `4` or `1.3.2b`; empty where it has none."""
    says: str
    """What the policy says, as it stands there."""
    why: str
    """What in this use meets it, in a sentence."""
    answer: Reply = Reply.ESCALATE
    roles: frozenset[str] = frozenset()
    """Who must approve for this, beside those who must approve whatever it is."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer with every reason for it, the most severe first."""

    answer: Reply
    reasons: tuple[Concern, ...]
    roles: frozenset[str]
    """All who must approve before going on; empty where telling is enough."""
    replicas: frozenset[str] = frozenset()
    """Classes of replica that need the performer's consent."""

    @property
    def consents(self) -> bool:
        """Whether somebody has to consent, whatever is approved."""
        return bool(self.replicas)


def assess(facts: Facts, policy: Policy) -> Assessment:
    """Return what a policy answers to an intended use. Never raises; collects every reason."""
    raise NotImplementedError
