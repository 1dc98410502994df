"""The questions somebody who tells of a use is asked, beside the policy's principles. Pure.

One table for the form, the options, the questionnaire and what is found unanswered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from provenance.policy.facts import Exemption, Input, Prominence, Reference, Replica
from provenance.policy.model import Policy
from provenance.records.disclosure import NO, UNSURE, YES, Disclosure


class Form(Enum):
    """How a question is answered."""

    WORD = "word"
    """One of `words`; any text where there are none."""
    WORDS = "words"
    """Any of `words`, or the word `none`."""
    NAMES = "names"
    """Names that are not kept in the book."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `key` is its name in forms, and the field of `Disclosure` it fills."""

    key: str
    says: str
    form: Form
    words: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()
    """The facts it decides: it has to be answered where a policy asks about one of them. Empty: always."""
    of_step: bool = False

    def is_open(self, disclosure: Disclosure) -> bool:
        """Whether nobody answered it."""
        if self.key == "steps":
            return not disclosure.steps
        if self.of_step:
            return any(getattr(s, self.key) in {None, ""} for s in disclosure.steps)
        return getattr(disclosure, self.key) in {None, ""}


NONE = "none"
"""Says in a list that there is nothing to list: an empty list is a question nobody answered."""

YES_NO = (YES, NO, UNSURE)


def _fact(key: str, says: str, form: Form = Form.WORD, words: tuple[str, ...] = YES_NO) -> Question:
    return Question(key, says, form, words, frozenset({key}))


PROMINENCE = Question(
    "prominence", "how much is a viewer meant to notice it?", Form.WORD, tuple(p.value for p in Prominence)
)
FINAL = Question(
    "final", "will it be seen or heard in the final cut, in the background too?", Form.WORD, (YES, NO, UNSURE)
)
STEPS = Question("steps", "which tool, in which version and licence tier?", Form.WORD)
INPUTS = Question(
    "inputs",
    "what of this is put into the tool?",
    Form.WORDS,
    tuple(Input),
    frozenset({"inputs"}),
    of_step=True,
)
REFERENCES = _fact("references", "what do prompts or inputs refer to without permission?", Form.WORDS, tuple(Reference))
REPLICA = _fact("replica", "what is done to, or instead of, a performance?", Form.WORDS, tuple(Replica))
EXEMPTIONS = Question("exemptions", "what of this holds for the replica?", Form.WORDS, tuple(Exemption))
TRAINING = _fact("uncleared_training", "was a model trained on material that nobody cleared for it?")
REAL_EVENTS = _fact("real_events", "could it be taken for real events, people or statements?")
UNION_WORK = _fact("union_work", "does it replace, or materially affect, work that a union represents?")
GENRE = _fact("genre", "what genre is it?", words=())
AUDIENCE = _fact("audience_disclosure", "is the audience told?")

MUST = (PROMINENCE, FINAL, STEPS, INPUTS, REFERENCES, REPLICA, TRAINING, REAL_EVENTS, UNION_WORK, GENRE)
"""Questions that are open until somebody answers them. Whether the audience is told may stay undecided."""


def asked(policy: Policy) -> Iterator[Question]:
    """Yield the questions that this policy wants answered, beside its principles."""
    facts = facts_asked(policy)
    for question in MUST:
        if not question.facts or question.facts & facts:
            yield question


def facts_asked(policy: Policy) -> frozenset[str]:
    """Return the facts that anything in a policy depends on."""
    conditions = [c for p in policy.principles for c in p.denied_by]
    conditions += [c for t in policy.triggers for c in (*t.when, *t.unless)]
    conditions += [c for u in policy.uses for c in (*u.when, *u.unless)]
    facts = {name for condition in conditions for name, _ in condition.facts}
    return frozenset(facts | ({"replica"} if policy.consent.needed else set()))
