"""From what was told to what a policy is asked, and what the person who told it is answered. Pure.

Nothing that is not known makes an answer milder. "Unsure" is taken for the worse of yes and no. A question nobody
answered is a reason of its own, and at the gate it is taken for the worst.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance.asset import Commitment
from provenance.policy.assess import Assessment, Concern, assess
from provenance.policy.facts import Answer, Consented, Exemption, Facts, Input, Prominence, Reference, Replica, Told
from provenance.policy.model import Policy
from provenance.policy.questions import asked
from provenance.policy.terms import Principle, Reply
from provenance.records import Words
from provenance.records.consent import Consent
from provenance.records.disclosure import NO, UNSURE, YES, Disclosure, Step
from provenance.records.register import EMPTY, Register, ToolEntry


@dataclass(frozen=True, slots=True)
class Needed:
    """A consent that a use needs: whose, to what, and the record that gives it, if there is one in force."""

    performer: Commitment | None
    """None where nobody was named."""
    replica: str
    """Empty where it is not said what is done to the performance."""
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody who tells of a use is answered, with every reason, the most severe first."""

    answer: Reply
    reasons: tuple[Concern, ...]
    roles: frozenset[str]
    """All who must approve before going on."""
    consents: tuple[Needed, ...] = ()


def telling_of(
    disclosure: Disclosure, policy: Policy, register: Register = EMPTY, consents: Sequence[Consent] = ()
) -> Telling:
    """Return what a policy answers to a disclosure; `consents` are in force and for its title. Never raises.

    Every reason is collected: the policy's own, questions nobody answered, tools whose entry in the register does not
    count any more, trained models that serve another title, and consents that are missing.
    """
    found = assess(facts_of(disclosure, policy, register, strict=False), policy)
    # What nobody answered is taken for the worst at the gate; who has to approve then is said here already.
    strict = assess(facts_of(disclosure, policy, register), policy)
    needed = _needed(disclosure, found, consents)
    concerns = (
        *found.reasons,
        *_unanswered(disclosure, policy),
        *_of_register(disclosure, policy, register),
        *_of_models(disclosure, register),
        *_of_consents(needed),
    )
    reasons = tuple(sorted(dict.fromkeys(concerns), key=lambda c: -c.answer.severity))
    answer = reasons[0].answer if reasons else Reply.TELL
    return Telling(answer, reasons, strict.roles | policy.roles if reasons else frozenset(), needed)


def facts_of(disclosure: Disclosure, policy: Policy, register: Register = EMPTY, *, strict: bool = True) -> Facts:
    """Return what was told as the facts a policy asks about.

    `strict`: what nobody answered is taken for the worst, as at the gate. Otherwise it says nothing.
    """
    steps = disclosure.steps

    def among(said: tuple[str, ...] | None, known: Iterable[str]) -> frozenset[str]:
        return frozenset(known) if (strict and said is None) or UNSURE in (said or ()) else frozenset(said or ())

    def may_be(said: str) -> bool:
        return said != NO and (strict or said != "")

    return Facts(
        use=disclosure.use or ("unanswered" if policy.uses else ""),
        prominence=_prominence(disclosure.prominence),
        final=disclosure.final != NO,
        answers=_answers(disclosure, policy, register),
        inputs=frozenset().union(*(among(s.inputs, Input) for s in steps)) if steps else among(None, Input),
        enterprise=bool(steps) and all(_is_enterprise(s, register) for s in steps),
        uncleared_training=may_be(disclosure.uncleared_training) or bool([*_of_models(disclosure, register)]),
        references=among(disclosure.references, Reference),
        replica=among(disclosure.replica, Replica),
        exemptions=frozenset(disclosure.exemptions) & frozenset(Exemption),
        real_events=may_be(disclosure.real_events),
        union_work=may_be(disclosure.union_work),
        genre=disclosure.genre,
        audience_disclosure={YES: True, NO: False}.get(disclosure.audience_disclosure),
        clearance_evidence=disclosure.clearance_evidence is not None,
    )


def told_in(words: Words, policy: Policy) -> tuple[Told, ...]:
    """Return what was told of a file, as judging it needs it."""
    register = words.register or EMPTY
    return tuple(
        Told(d.id, facts_of(d, policy, register), frozenset(d.performers))
        for d in words.disclosures
        if isinstance(d, Disclosure)
    )


def consented_in(words: Words) -> tuple[Consented, ...]:
    """Return what performers agreed to, as judging a file needs it."""
    return tuple(Consented(c.id, c.performer, c.replica) for c in words.consents if isinstance(c, Consent))


def _prominence(said: str) -> Prominence:
    """Return how prominent it is; what is not known is the most prominent."""
    return next((p for p in Prominence if p.value == said), Prominence.KEY)


def _answers(disclosure: Disclosure, policy: Policy, register: Register) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for said in disclosure.answers:
        answer = _SAID.get(said.answer, Answer.UNSURE)
        answers[said.key] = _worst((answer, answers.get(said.key, answer)))
    for principle in policy.principles:
        if principle.register and disclosure.steps:
            own = answers.get(principle.key, Answer.UNANSWERED)
            answers[principle.key] = _worst(_registered(principle, own, s, register) for s in disclosure.steps)
    return answers


_SAID = {YES: Answer.YES, NO: Answer.NO, UNSURE: Answer.UNSURE, "": Answer.UNANSWERED}
_WORSE = (Answer.YES, Answer.UNANSWERED, Answer.UNSURE, Answer.NO)
"""A no that somebody said is not made up for by a question nobody answered."""


def _worst(answers: Iterable[Answer]) -> Answer:
    return max(answers, key=_WORSE.index)


def _registered(principle: Principle, own: Answer, step: Step, register: Register) -> Answer:
    """Return the answer for one step: the register's, made no milder than a person's own.

    Where the register knows the tool, and no entry that counts speaks for this version and tier, nobody has read the
    terms that hold: then a person's yes is no answer. Neither is an entry's, where one that ran out said no: that is
    answered again once somebody who may retires it. Of a tool the register does not know, people answer themselves.
    """
    if principle.key not in _TERMS:
        return own
    keeps = _TERMS[principle.key]
    read = [keeps(e) for e in register.about(step)]
    denied = not all(map(keeps, register.against(step)))
    if read and not (denied and all(read)):
        kept = Answer.YES if all(read) else Answer.NO
        return kept if own is Answer.UNANSWERED else _worst((own, kept))
    return _worst((own, Answer.UNANSWERED)) if denied or _is_lapsed(principle, step, register) else own


_TERMS: dict[str, Callable[[ToolEntry], bool]] = {
    "tool_no_retention_no_training": lambda entry: not entry.trains_on_inputs and not entry.stores_inputs,
    "enterprise_secured": lambda entry: entry.enterprise,
}
"""What an entry's terms say to a principle, by its key. To others it says nothing, and people answer themselves."""


def _is_lapsed(principle: Principle, step: Step, register: Register) -> bool:
    """Whether the register knows a tool, and nothing in it that counts answers a principle for this step."""
    if principle.key not in _TERMS:
        return False
    entries = register.about(step)
    if entries:
        keeps = _TERMS[principle.key]
        return all(map(keeps, entries)) and not all(map(keeps, register.against(step)))
    return register.knows(step)


def _is_enterprise(step: Step, register: Register) -> bool:
    entries = register.about(step)
    if entries or register.knows(step):
        return bool(entries) and all(e.enterprise for e in (*entries, *register.against(step)))
    return step.enterprise == YES


def _unanswered(disclosure: Disclosure, policy: Policy) -> Iterator[Concern]:
    """Yield the questions this policy asks and nobody answered, but for its principles: those it asks itself."""
    for question in asked(policy):
        if question.is_open(disclosure):
            yield Concern(question.key, "question", "", question.says, "nobody answered it")
    if policy.uses and not disclosure.use:
        yield Concern("use", "question", "", "which of the uses that the policy names is it?", "nobody answered it")
    touched = set(disclosure.replica or ()) - {Replica.SYNTHETIC_PERFORMER}
    if touched and not disclosure.performers:
        yield Concern("performers", "question", "", "whose likeness, voice or performance is it?", "nobody is named")


def _of_register(disclosure: Disclosure, policy: Policy, register: Register) -> Iterator[Concern]:
    principles = [p for p in policy.principles if p.register]
    for step in disclosure.steps:
        keys = [p.key for p in principles if _is_lapsed(p, step, register)]
        if keys:
            what = " ".join(filter(None, (step.tool, step.version, step.tier and f"({step.tier})")))
            says = (
                "a tool's entry in the register answers for the version and tier whose terms were read, until its day"
            )
            over = f"an entry that said no of {what} is over, and nobody retired it"
            none = f"no entry that counts speaks for {what}"
            why = f"{over if register.about(step) else none}, so {', '.join(keys)} is not answered"
            yield Concern("register", "register", "", says, why)


def _of_models(disclosure: Disclosure, register: Register) -> Iterator[Concern]:
    """Yield the models that were trained on a performer and do not, as far as is known, serve this title."""
    says = "a model trained on a performer serves the title that was agreed, and no other"
    for step in disclosure.steps:
        name = step.model or step.tool
        known = [e for e in (*register.entries, *register.lapsed) if e.performers and e.is_named_by(step)]
        served = [e for e in register.entries if e in known and e.serves(disclosure.project, disclosure.title)]
        if known and not served:
            yield Concern("model", "register", "", says, f"{name} serves another title, or its entry is over")
        elif not known and step.performers:
            yield Concern("model", "register", "", says, f"{name} stands in no entry of the register")
        elif set(step.performers) - {p for e in served for p in e.performers}:
            yield Concern("model", "register", "", says, f"{name} is registered for other performers")


def _needed(disclosure: Disclosure, found: Assessment, consents: Sequence[Consent]) -> tuple[Needed, ...]:
    if found.unnamed:
        return (Needed(None, ""),)
    given = {(c.performer, c.replica): c.id for c in consents}
    return tuple(
        Needed(performer, replica, given.get((performer, replica)) if performer else None)
        for replica in sorted(found.replicas)
        for performer in (disclosure.performers or (None,))
    )


def _of_consents(needed: Iterable[Needed]) -> Iterator[Concern]:
    for one in needed:
        if one.consent is None:
            what = one.replica or "what is done to the performance"
            says = "a performer's consent to this class of replica, for this title; no approval makes up for it"
            why = f"no consent in force covers {what}" if one.performer else f"{what}, and no performer is named"
            yield Concern(f"consent-{one.replica}" if one.replica else "consent", "consent", "", says, why)
