"""What a policy answers to an intended use: is telling enough, or must somebody approve it first? Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.policy.condition import Condition, any_holds
from provenance.policy.facts import Answer, Exemption, Facts, Input, Reference, Replica
from provenance.policy.model import Policy
from provenance.policy.terms import Principle, Reply, Trigger, Use


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that makes telling not enough: a principle, a trigger, a row of the table of uses, or what is amiss."""

    key: str
    kind: str
    """`principle`, `trigger`, `use` or `unknown`."""
    number: str
    """As the guidance numbers it, e.g. `4` or `2b`; empty where it has none."""
    says: str
    """What the policy says, as it stands there."""
    why: str
    """What in this use meets it."""
    answer: Reply = Reply.ESCALATE
    roles: frozenset[str] = frozenset()
    """Who must approve for this, beside those who must approve whatever it is."""

    @property
    def name(self) -> str:
        """What it is called in a sentence: its kind, its number if it has one, its key."""
        return " ".join(filter(None, (self.kind, self.number, f"({self.key})")))


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer with every reason for it, the most severe first."""

    answer: Reply
    reasons: tuple[Concern, ...]
    roles: frozenset[str]
    """All who must approve before going on; empty where telling is enough."""
    replicas: frozenset[str] = frozenset()
    """Classes of replica that need the performer's consent."""
    unnamed: bool = False
    """Somebody has to consent, and the facts do not say to which class of replica."""

    @property
    def consents(self) -> bool:
        """Whether somebody has to consent, whatever is approved."""
        return self.unnamed or bool(self.replicas)


def assess(facts: Facts, policy: Policy) -> Assessment:
    """Return what a policy answers to an intended use. Never raises; collects every reason.

    A "no", an "unsure", and a question nobody answered make it no milder than a "yes", and neither does a fact that
    this policy knows nothing of.
    """
    concerns = (*_principles(facts, policy), *_triggers(facts, policy), *_use(facts, policy), *_unknown(facts))
    reasons = tuple(sorted(concerns, key=lambda c: -c.answer.severity))
    answer = reasons[0].answer if reasons else Reply.TELL
    roles = frozenset(r for c in reasons for r in c.roles) | policy.roles
    asked = any(t.consent and t.applies(facts) for t in policy.triggers)
    return Assessment(
        answer,
        reasons,
        roles if reasons else frozenset(),
        policy.consent.needed_for(facts),
        unnamed=asked and not facts.replica,
    )


def _principles(facts: Facts, policy: Policy) -> Iterator[Concern]:
    for principle in policy.principles:
        why = _amiss(principle, facts)
        if why:
            yield Concern(principle.key, "principle", principle.number, principle.says, why, roles=principle.roles)


def _amiss(principle: Principle, facts: Facts) -> str:
    """Return why a principle is not shown to be kept; empty where it is."""
    match facts.answers.get(principle.key, Answer.UNANSWERED):
        case Answer.YES:
            denied = _met(principle.denied_by, facts)
            if denied:
                return f"answered yes, which {denied} contradicts"
            if principle.clearance_evidence and facts.final and not facts.clearance_evidence:
                return "answered yes for final use, without clearance evidence"
            return ""
        case Answer.NO:
            return "answered no" + (", and asked for where possible: say why it was not" if principle.soft else "")
        case Answer.UNSURE:
            return "answered unsure, which counts as no"
        case _:
            return "nobody answered it"


def _triggers(facts: Facts, policy: Policy) -> Iterator[Concern]:
    for trigger in policy.triggers:
        if trigger.applies(facts):
            yield _pulled(trigger, facts)


def _pulled(trigger: Trigger, facts: Facts) -> Concern:
    why = _met(trigger.when, facts)
    return Concern(trigger.key, "trigger", trigger.number, trigger.says, why, trigger.answer, trigger.roles)


def _use(facts: Facts, policy: Policy) -> Iterator[Concern]:
    """Ask the row this use is of. No row is named by an empty word: then principles and triggers alone decide."""
    row: Use | None = next((u for u in policy.uses if u.key == facts.use), None)
    if row is None:
        if facts.use:
            yield Concern(facts.use, "use", "", "a use that this policy does not name", f"use = {facts.use}")
        return
    reply = row.reply(facts)
    if reply is not Reply.TELL:
        why = _met(row.when, facts) or f"use = {row.key}"
        yield Concern(row.key, "use", row.number, row.says, why, reply, row.roles)


def _unknown(facts: Facts) -> Iterator[Concern]:
    """Escalate values of no meaning here: what nobody knows, nobody can find harmless."""
    for name, known in (("inputs", Input), ("references", Reference), ("replica", Replica), ("exemptions", Exemption)):
        for value in sorted(getattr(facts, name) - set(known)):
            yield Concern(name, "unknown", "", "a value that this version does not know", f"{name} = {value}")


def _met(conditions: tuple[Condition, ...], facts: Facts) -> str:
    """Return what in a use meets the first condition that holds; empty if none does."""
    return next((c.met_by(facts) for c in conditions if any_holds((c,), facts)), "")
