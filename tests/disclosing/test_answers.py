"""What whoever tells of a use is answered. Nothing that is not known makes the answer milder."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import ProjectId, Title
from provenance.cli.disclose import CODES
from provenance.policy import load_policy, parse_policy
from provenance.policy.facts import Answer, Exemption, Input, Prominence, Reference, Replica
from provenance.policy.terms import Reply
from provenance.policy.told import Telling, facts_of, telling_of
from provenance.records.consent import Consent
from provenance.records.disclosure import Answered
from provenance.records.register import Register, ToolEntry
from tests.disclosing.uses import PRINCIPLES, PROJECT, answering, but, commit, consent, entry, house, told

STEP = {"tool": "Image maker", "version": "3.1", "tier": "enterprise", "enterprise": "yes", "inputs": ["none"]}


def answered(form: dict[str, Any], *entries: ToolEntry, lapsed: tuple[ToolEntry, ...] = ()) -> Telling:
    """Return the answer to a use, by a register."""
    return telling_of(told(form), house(), Register(entries, lapsed))


def keys(telling: Telling) -> set[str]:
    """Return what an answer rests on."""
    return {c.key for c in telling.reasons}


def test_all_yes_and_nothing_touched_is_told() -> None:
    """A mood board of which every question is answered well is told, and that is enough."""
    telling = answered(but())
    assert (telling.answer, telling.reasons, telling.roles) == (Reply.TELL, (), frozenset())


@pytest.mark.parametrize("principle", PRINCIPLES)
@pytest.mark.parametrize(
    ("answer", "why"), [("no", "answered no"), ("unsure", "counts as no"), (None, "nobody answered")]
)
def test_any_other_answer_than_yes_escalates(principle: str, answer: str | None, why: str) -> None:
    """A no, an unsure and silence escalate, each in its own words, and name who has to approve."""
    telling = answered(answering(**{principle: answer}))
    assert telling.answer is Reply.ESCALATE
    (concern,) = telling.reasons
    assert (concern.kind, concern.key) == ("principle", principle)
    assert why in concern.why
    assert "studio-contact" in telling.roles


@pytest.mark.parametrize(
    "question", ["prominence", "final", "references", "replica", "uncleared_training", "real_events", "union_work"]
)
def test_a_question_nobody_answered_is_its_own_reason(question: str) -> None:
    """What is left out is named as a question, not as a no, and escalates."""
    telling = answered(but(**{question: None}))
    assert telling.answer is Reply.ESCALATE
    assert ("question", question) in {(c.kind, c.key) for c in telling.reasons}


def test_inputs_of_each_step_and_some_step_have_to_be_told() -> None:
    """A workflow without a tool, and a step that does not say what is put in, are questions nobody answered."""
    assert "steps" in keys(answered(but(step=[])))
    assert "inputs" in keys(answered(but(step=[STEP, {"tool": "Upscaler"}])))


def test_only_what_a_policy_asks_has_to_be_answered() -> None:
    """Under a policy that asks about nothing, who tells with which tool has told enough."""
    baseline = load_policy("baseline", Path("/"))
    form = {"by": "Admin", "reason": "a test", "prominence": "key", "final": "yes", "step": [{"tool": "T"}]}
    assert telling_of(told(form, baseline), baseline).answer is Reply.TELL


def test_a_yes_for_final_use_needs_evidence() -> None:
    """That nothing infringes is shown by a document where the use is final; where it is temporary the word will do."""
    final = but(final="yes")
    assert "no_infringing_likeness_of_works" in keys(answered(final))
    assert "no_infringing_likeness_of_works" not in keys(answered({**final, "clearance_evidence": "ab" * 32}))
    assert "no_infringing_likeness_of_works" not in keys(answered(but()))


def test_proprietary_material_escalates_outside_enterprise_tools_alone() -> None:
    """The client's material may go into a tool under an enterprise agreement, and into no other without asking."""
    inside = {**STEP, "inputs": ["proprietary"]}
    use = {"use": "proprietary-input"}
    assert answered(but(**use, step=[inside]), entry()).answer is Reply.TELL
    outside = answered(but(**use, step=[{**inside, "enterprise": "no"}]))
    assert {"proprietary-or-personal-data", "proprietary-input"} <= keys(outside)
    both = [inside, {**inside, "tool": "Another", "enterprise": "unsure"}]
    assert "proprietary-or-personal-data" in keys(answered(but(**use, step=both), entry()))


def test_the_register_answers_for_what_it_read() -> None:
    """Questions about a tool that nobody answered are answered by the entry for its version and tier."""
    form = answering(tool_no_retention_no_training=None, enterprise_secured=None)
    assert answered(form, entry()).answer is Reply.TELL
    assert answered(form, entry(trains_on_inputs=True)).reasons[0].why == "answered no"
    assert keys(answered(form, entry(enterprise=False))) == {"enterprise_secured"}


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_the_register_makes_nobodys_answer_milder(answer: str) -> None:
    """Where a person says no or is not sure, a good entry does not make that a yes."""
    form = answering(tool_no_retention_no_training=answer)
    assert keys(answered(form, entry())) == {"tool_no_retention_no_training"}


@pytest.mark.parametrize(
    "outdated",
    [
        {"lapsed": (entry(),)},
        {"entries": (entry(tier="free"),)},
        {"entries": (entry(versions="2.*"),)},
        {"entries": (entry(agreement="EA-7"),)},
    ],
)
def test_an_outdated_entry_stops_answering(outdated: dict[str, Any]) -> None:
    """Past its day, retired, or for another version, tier or agreement, an entry leaves the question unanswered.

    A yes that somebody gave is then no answer either: the terms that hold are terms nobody read.
    """
    for form in (but(), answering(tool_no_retention_no_training=None)):
        telling = answered(form, *outdated.get("entries", ()), lapsed=outdated.get("lapsed", ()))
        assert telling.answer is Reply.ESCALATE
        assert {"tool_no_retention_no_training", "register"} <= keys(telling)
        said = {c.key: c.why for c in telling.reasons}
        assert said["tool_no_retention_no_training"] == "nobody answered it"
        assert "Image maker 3.1 (enterprise)" in said["register"]


def test_a_version_nobody_named_is_in_no_range() -> None:
    """An entry for some versions does not answer for a tool whose version nobody told."""
    step = {**STEP, "version": ""}
    assert "register" in keys(answered(but(step=[step]), entry()))
    assert "register" not in keys(answered(but(step=[step]), entry(versions="*")))


def test_a_trained_model_serves_one_title() -> None:
    """A model trained on a performer escalates for another title, without an entry, and when its entry is over."""
    step = {**STEP, "model": "Voice 7", "performers": ["Lead Performer"]}
    serves = {"performers": (commit("Lead Performer"),), "project": PROJECT, "title": Title("S01E03")}
    registered = entry("Voice 7", **serves)
    here, there = but(step=[step], title="S01E03"), but(step=[step], title="S01E04")
    assert "model" not in keys(answered(here, entry(), registered))
    for other in (answered(there, entry(), registered), answered(here, entry(), lapsed=(registered,))):
        assert {"model", "uncleared-training"} <= keys(other)
    assert "model" in keys(answered(here, entry()))
    assert "model" in keys(answered(here, entry(), entry("Voice 7", **{**serves, "project": ProjectId("another")})))
    assert "model" in keys(answered(here, entry(), entry("Voice 7", **{**serves, "performers": (commit("Ann"),)})))
    silent = but(step=[{**STEP, "model": "Voice 7"}], title="S01E04")
    assert "model" in keys(answered(silent, entry(), registered))


REPLICA = but(use="talent-replica", replica=["digital-replica"], performers=["Lead Performer"])


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ((), True),
        ((consent("Lead Performer"),), False),
        ((consent("Lead Performer", "voice-replica"),), True),
        ((consent("Ann Poe"),), True),
    ],
)
def test_a_replica_needs_the_performers_consent(given: tuple[Consent, ...], needed: bool) -> None:
    """A replica names the consent that is missing; only the performer's own to that class is one."""
    telling = telling_of(told(REPLICA), house(), consents=given)
    assert ("consent-digital-replica" in keys(telling)) is needed
    assert (telling.consents[0].consent is None) is needed


def test_a_replica_of_nobody_has_nobodys_consent() -> None:
    """Where no performer is named, that is a question, and no consent counts."""
    telling = telling_of(told(but(**{**REPLICA, "performers": None})), house(), consents=(consent("Lead Performer"),))
    assert {"performers", "consent-digital-replica"} <= keys(telling)


def test_an_exemption_spares_the_consent() -> None:
    """What stays as performed needs no further consent, and not being sure of that spares nothing."""
    spared = answered(but(replica=["digital-replica"], performers=["Lead Performer"], exemptions=["as-performed"]))
    assert "consent-digital-replica" not in keys(spared)
    unsure = answered(but(replica=["digital-replica"], performers=["Lead Performer"], exemptions=["unsure"]))
    assert "consent-digital-replica" in keys(unsure)


def test_at_the_gate_what_nobody_answered_is_taken_for_the_worst() -> None:
    """Silence asks for the same approvals as the worst answer would."""
    facts = facts_of(told({"by": "Admin", "reason": "a test", "use": "ideation"}), house())
    assert (facts.prominence, facts.final, facts.enterprise) == (Prominence.KEY, True, False)
    assert facts.inputs | facts.references | facts.replica == {*Input, *Reference, *Replica}
    assert facts.uncleared_training
    assert facts.real_events
    assert facts.union_work


NEWS = """
id = "news"
dated = 2026-01-01
summary = "A broadcaster's."
extends = "baseline"
[approvals]
roles = ["commissioner"]
[[use]]
key = "newsgathering"
says = "picture or sound of what is reported"
answer = "forbid"
when = { genre = "factual" }
"""


def test_a_policy_may_forbid() -> None:
    """Where nobody can approve a use, that is the answer, and the genre has to be told."""
    news = parse_policy(NEWS.encode(), "news")
    form: dict[str, Any] = {
        "by": "Admin",
        "reason": "a street",
        "use": "newsgathering",
        "prominence": "key",
        "final": "yes",
    }
    form |= {"step": [{"tool": "T"}]}
    assert telling_of(told({**form, "genre": "factual"}, news), news).answer is Reply.FORBID
    assert telling_of(told({**form, "genre": "drama"}, news), news).answer is Reply.TELL
    assert keys(telling_of(told(form, news), news)) == {"genre"}


# --- never milder ----------------------------------------------------------------------------------------------------

_ANSWER = st.sampled_from(["yes", "no", "unsure", None])


def _list(words: type[StrEnum]) -> st.SearchStrategy[list[str] | None]:
    some = st.lists(st.sampled_from([*words]), unique=True, min_size=1, max_size=2)
    return st.none() | st.just(["none"]) | some


_STEP = st.fixed_dictionaries(
    {
        "tool": st.sampled_from(["Image maker", "Another", "Voice 7"]),
        "tier": st.sampled_from(["enterprise", "free", ""]),
        "version": st.sampled_from(["3.1", "2", ""]),
        "enterprise": _ANSWER,
        "inputs": _list(Input),
    }
)
_USE = st.fixed_dictionaries(
    {
        "use": st.sampled_from([u.key for u in house().uses]),
        "prominence": st.sampled_from([*(p.value for p in Prominence), None]),
        "final": _ANSWER,
        "answers": st.fixed_dictionaries(dict.fromkeys(PRINCIPLES, _ANSWER)),
        "references": _list(Reference),
        "replica": _list(Replica),
        "exemptions": _list(Exemption),
        "performers": st.sampled_from([None, ["Lead Performer"]]),
        "uncleared_training": _ANSWER,
        "real_events": _ANSWER,
        "union_work": _ANSWER,
        "clearance_evidence": st.sampled_from([None, "ab" * 32]),
        "step": st.lists(_STEP, max_size=2),
    }
)
_ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["Image maker", "Another", "Voice 7"]),
        enterprise=st.booleans(),
        trains_on_inputs=st.booleans(),
        tier=st.sampled_from(["enterprise", "free"]),
    ),
    max_size=2,
)
_SEVERITY = {0: 0, 3: 1, 1: 2}
"""How severe an exit code of `disclose` is."""


def _milder(before: Telling, after: Telling) -> bool:
    worse = _SEVERITY[CODES[after.answer]] >= _SEVERITY[CODES[before.answer]]
    return not worse or not before.roles <= after.roles


@given(_USE, st.sampled_from(PRINCIPLES), _ENTRIES, st.booleans())
def test_from_yes_to_unsure_is_never_milder(
    use: dict[str, Any], principle: str, entries: list[ToolEntry], in_force: bool
) -> None:
    """Whatever else is told, an answer changed from yes to unsure answers with no milder code and no fewer roles."""
    register = Register(tuple(entries)) if in_force else Register((), tuple(entries))

    def outcome(answer: str | None) -> Telling:
        return telling_of(told(but(**use | {"answers": use["answers"] | {principle: answer}})), house(), register)

    yes = outcome("yes")
    assert not _milder(yes, outcome("unsure"))
    assert not _milder(yes, outcome("no"))
    assert not _milder(yes, outcome(None))


_GOOD = {
    "final": "no",
    "references": ["none"],
    "replica": ["none"],
    "uncleared_training": "no",
    "real_events": "no",
    "union_work": "no",
}


@given(_USE, st.sampled_from([*_GOOD]), _ENTRIES)
def test_not_being_sure_or_silent_is_never_milder(use: dict[str, Any], key: str, entries: list[ToolEntry]) -> None:
    """Nor is any other question that is answered with unsure, or not at all, instead of well."""

    def outcome(value: Any) -> Telling:
        return telling_of(told(but(**use | {key: value})), house(), Register(tuple(entries)))

    good = outcome(_GOOD[key])
    unsure: Any = ["unsure"] if isinstance(_GOOD[key], list) else "unsure"
    assert not _milder(good, outcome(unsure))
    assert not _milder(good, outcome(None))


def test_a_word_of_a_later_version_helps_nothing() -> None:
    """An answer that this version does not know, as a later one may write, is taken for unsure."""
    disclosure = told(but())
    odd = Answered(key=PRINCIPLES[0], answer="mostly")
    changed = facts_of(replace(disclosure, answers=(odd,)), house())
    assert changed.answers[PRINCIPLES[0]] is Answer.UNSURE
