"""Deciding on one file by what is known of it: for the gate, which looks first, and for whoever only foresees it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from provenance.asset import Digest
from provenance.catalogue import Shown
from provenance.config import Config, Zone
from provenance.evidence import Companion, Credential, Sidecar
from provenance.examination import SIDECAR_SUFFIX, SIDECAR_TYPE
from provenance.policy import Case, Decision, Outcome, Policy, Reason, Rule, judge
from provenance.records import Deliverable, Words
from provenance.verdict import Origin, Verdict
from provenance.voices import Unheard, Voices
from watcher.wait import Wait


class Known(Protocol):
    """What a file is judged by: its bytes, and what is known of them where it lies."""

    @property
    def absolute(self) -> bytes: ...
    @property
    def digest(self) -> Digest: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def credential(self) -> Credential: ...
    @property
    def sidecar(self) -> Sidecar | None: ...
    @property
    def speaking(self) -> tuple[Companion, ...]: ...


@dataclass(frozen=True, slots=True)
class Decided:
    """What one file comes to: the decision, what it is taken for where not everybody counts, and the words heard."""

    decision: Decision
    origin: Origin
    words: Words


def decide(voices: Voices, policy: Policy, known: Known, deliverable: Deliverable, *, heed: bool = True) -> Decided:
    """Return what the policy and people's words make of one file.

    Nothing is looked at, and nothing recorded. Without `heed` nobody's word lets it pass; what was said against it
    still counts.
    """
    verdict, words, unheard = _heard(voices, known, deliverable)
    if not heed:
        words, unheard = unheeded(words), ()
    decision = judge(case_of(verdict, known.credential, deliverable, words, policy), policy)
    decision = adding(decision, *voices.untold(known.digest, words, verdict))
    return Decided(adding(decision, *voices.reasons(unheard, decision.outcome)), verdict.origin, words)


def _heard(voices: Voices, known: Known, deliverable: Deliverable) -> tuple[Verdict, Words, tuple[Unheard, ...]]:
    """Return the verdict on a file, the words about it that count, and those that would if somebody else said them.

    Whose word counts is asked here, each time: of the words, and of what they make of the verdict. A clearance counts
    only with what was cleared together with the file.
    """
    verdict = voices.verdict(known.digest, known.verdict)
    words, unheard = voices.words(known.digest, deliverable, Shown(verdict, known.credential, known.absolute))
    beside = {c.digest for c in known.speaking} | ({known.sidecar.digest} if known.sidecar else set())
    if beside:
        kept = tuple(c for c in words.clearances if beside <= {s.digest for s in c.subjects})
        words = replace(words, clearances=kept)
    return verdict, words, unheard


def unheeded(words: Words) -> Words:
    """Return some words without those that let anything pass; what was said against a file still counts."""
    return Words(disclosures=words.disclosures, register=words.register, refusals=words.refusals)


def adding(decision: Decision, *more: Reason) -> Decision:
    """Return a decision with more reasons, whatever else it rests on."""
    if not more:
        return decision
    reasons = sorted((*decision.reasons, *more), key=lambda r: -r.outcome.severity)
    outcome = max((decision.outcome, reasons[0].outcome), key=lambda o: o.severity)
    return replace(decision, outcome=outcome, reasons=tuple(reasons))


def case_of(verdict: Verdict, credential: Credential, deliverable: Deliverable, words: Words, policy: Policy) -> Case:
    """Return one file as it comes before the policy: the one place where people's words become what it is asked."""
    if not words.disclosures:
        return Case(verdict, credential, deliverable, words)
    from provenance.policy.told import consented_in, told_in  # few files are told of

    return Case(verdict, credential, deliverable, words, told_in(words, policy), consented_in(words))


def deliverable_of(config: Config, zone: Zone) -> Deliverable:
    """Return what lies in a final zone as what it is to be delivered."""
    return Deliverable(config.project, zone.title, zone.channel)


def is_named_like_one(media_type: str, path: bytes) -> bool:
    """Whether something is called as a credential in a file of its own, and is none by its content."""
    return media_type != SIDECAR_TYPE and path.lower().endswith(SIDECAR_SUFFIX)


ORPHAN = Reason(
    Rule.ORPHAN_SIDECAR,
    Outcome.HOLD,
    "a credential by itself: no file here was read together with it",
    "Deliver it beside its file, as NAME.EXT.c2pa, or take it out of the delivery.",
)


Waits = tuple[tuple[Wait, str], ...]
"""What speaks against a file being finished, with words for a person."""

_HOLDS = frozenset({Wait.WRITER, Wait.NAME, Wait.DISGUISE, Wait.CUT_SHORT, Wait.CHANGING, Wait.UNREADABLE})
"""What a file in a delivery may not be: whoever gets it would get a part of it. Holes are no harm by themselves."""


def unfinished(waits: Waits, *, how: str = "not finished") -> Iterator[Reason]:
    """Hold what is not finished: nobody can say what it will be, and nobody's word makes it whole."""
    for wait, says in waits:
        if wait in _HOLDS:
            yield Reason(Rule.UNFINISHED, Outcome.HOLD, f"{how}: {says}", _FINISH, {"why": wait.value})


_FINISH = "Have it finished under its own name, or take it out of the delivery."
