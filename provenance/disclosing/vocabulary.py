"""Which keys a form has, in the order they are asked, and what may stand under each. Pure."""

from dataclasses import dataclass
from enum import Enum

from provenance.policy.model import Policy
from provenance.policy.questions import (
    AUDIENCE,
    EXEMPTIONS,
    FINAL,
    GENRE,
    INPUTS,
    PROMINENCE,
    REAL_EVENTS,
    REFERENCES,
    REPLICA,
    TRAINING,
    UNION_WORK,
    YES_NO,
    Question,
)

SCHEMA = "provenance/disclosure-form/1"


class Holds(Enum):
    """What stands under a key."""

    TEXT = "text"
    WORD = "word"
    """One of some words."""
    WORDS = "words"
    """Some of some words, or `none`; nothing at all means that nobody answered."""
    NAMES = "names"
    DIGEST = "digest"
    DIGESTS = "digests"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a form."""

    name: str
    holds: Holds
    says: str
    words: tuple[str, ...] = ()

    @classmethod
    def asking(cls, question: Question) -> "Key":
        """Return the key a question is answered under."""
        holds = Holds(question.form.value)
        return cls(question.key, Holds.TEXT if not question.words else holds, question.says, question.words)


def keys_of(policy: Policy) -> tuple[Key, ...]:
    """Return the keys at the top of a form, in the order they are asked. Principles and steps have tables apart."""
    return (
        Key("by", Holds.TEXT, "who tells this; for a vendor the person who answers for it"),
        Key("reason", Holds.TEXT, "what is meant to be done, and why; no prompts, no names of performers"),
        Key("title", Holds.TEXT, "episode or part; empty: the whole production"),
        Key("use", Holds.WORD, "which of these it is", tuple(u.key for u in policy.uses)),
        Key.asking(PROMINENCE),
        Key.asking(FINAL),
        Key.asking(REFERENCES),
        Key.asking(REPLICA),
        Key.asking(EXEMPTIONS),
        Key("performers", Holds.NAMES, "whose likeness, voice or performance; kept apart, where it can be erased"),
        Key("union_roles", Holds.NAMES, "represented roles whose work is touched"),
        Key.asking(TRAINING),
        Key.asking(REAL_EVENTS),
        Key.asking(UNION_WORK),
        Key.asking(GENRE),
        Key.asking(AUDIENCE),
        Key("vendor", Holds.TEXT, "who makes it, if not the production"),
        Key("contract", Holds.TEXT, "under which contract"),
        Key("clearance_evidence", Holds.DIGEST, "SHA-256 of the document that shows that rights were cleared"),
        Key("clearance_evidence_name", Holds.TEXT, "what that document is called"),
    )


STEP_KEYS = (
    Key("tool", Holds.TEXT, "the tool's name"),
    Key("version", Holds.TEXT, "its version"),
    Key("tier", Holds.TEXT, "the licence tier, as its maker calls it"),
    Key("agreement", Holds.TEXT, "the agreement it is used under"),
    Key("enterprise", Holds.WORD, "is it used under an enterprise agreement?", YES_NO),
    Key.asking(INPUTS),
    Key("given", Holds.DIGESTS, "SHA-256 of each file of the production that is put in"),
    Key("model", Holds.TEXT, "a model trained or tuned for this, by its name in the register"),
    Key("performers", Holds.NAMES, "whose performances that model was trained on"),
    Key("prompt_sha256", Holds.DIGEST, "SHA-256 of the prompt; the prompt itself is never kept"),
    Key("note", Holds.TEXT, "what else is to be said"),
)
"""The keys of a `[[step]]`."""

ANSWER_KEYS = (
    Key("answer", Holds.WORD, "", YES_NO),
    Key("note", Holds.TEXT, "why"),
)
"""The keys of an `[answers.…]`."""
