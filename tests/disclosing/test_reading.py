"""Forms come from outside the house. What is wrong with one is said, all of it, and nothing is taken for granted."""

import json
import tomllib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.disclosing.draft import Draft
from provenance.disclosing.reading import LARGEST, LONGEST, MOST, Production, draft_of, form_in
from provenance.disclosing.writing import empty_json, empty_toml
from provenance.errors import FormInvalid
from tests.disclosing.uses import MOODBOARD, PROJECT, but, house

HERE = Production(PROJECT, frozenset({"", "S01E03"}))


def read(form: dict[str, Any]) -> Draft:
    """Return a form as a draft, by way of its bytes."""
    return draft_of(form_in(json.dumps(form).encode()), house(), HERE)


def refusal(form: dict[str, Any] | bytes) -> str:
    """Return why a form is refused."""
    with pytest.raises(FormInvalid) as refused:
        draft_of(form_in(form if isinstance(form, bytes) else json.dumps(form).encode()), house(), HERE)
    return refused.value.message


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (but(prominance="key"), "'prominance' is no key of a form; did you mean 'prominence'?"),
        (but(prominence="keyy"), "prominence: 'keyy' is none of its words; did you mean 'key'?"),
        (but(use="ideaton"), "use: 'ideaton' is none of its words; did you mean 'ideation'?"),
        (but(replica=["digital-replca"]), "replica: 'digital-replca' is none of its words; did you mean"),
        (but(answers={"enterprise_secure": "yes"}), "did you mean 'enterprise_secured'?"),
        (but(answers={"enterprise_secured": "maybe"}), "answers.enterprise_secured.answer: 'maybe' is none"),
        (but(step=[{"tool": "T", "teir": "free"}]), "step 1 'teir' is no key of a form; did you mean 'tier'?"),
        (but(title="S01E04"), "title: there is no 'S01E04'; did you mean 'S01E03'?"),
        (but(project="the-short-day"), "project is 'the-short-day'; this production is 'the-long-night'"),
        (but(schema="provenance/disclosure-form/2"), "this version reads provenance/disclosure-form/1"),
    ],
)
def test_unknown_words_are_named_with_the_nearest(form: dict[str, Any], says: str) -> None:
    """A key or a word that nobody knows is refused, with the nearest that is known."""
    assert says in refusal(form)


@pytest.mark.parametrize(
    "form",
    [
        but(by=7),
        but(reason=["a", "b"]),
        but(final=3),
        but(references={"copyrighted-work": True}),
        but(references=[["copyrighted-work"]]),
        but(performers=[7]),
        but(answers="yes"),
        but(answers={"enterprise_secured": ["yes"]}),
        but(step={"tool": "T"}),
        but(step=["Image maker"]),
        but(step=[{"tool": {"name": "T"}}]),
        but(step=[{"version": "3"}]),
        but(clearance_evidence="the memo of May"),
        but(references=["none", "public-figure"]),
    ],
)
def test_values_of_the_wrong_kind_are_refused(form: dict[str, Any]) -> None:
    """What is no text, word, list or table where one should be is refused, and never turned into one."""
    assert "it cannot be taken down" in refusal(form)


@pytest.mark.parametrize(
    "raw",
    [
        b"by = \xff\xfe",
        b"\xff\xfeb\x00y\x00",
        b"by = ",
        b"{",
        b"[1, 2]",
        b'{"by": NaN}',
        b'{"by": "a", "by": "b"}',
        b'by = "a"\nby = "b"',
        b"{" + b'"a":{' * 100_000,
        b"a = " + b"[" * 100_000,
        b'{"by": 1' + b"0" * 10_000 + b"}",
        b'by = "' + b"a" * LARGEST + b'"',
    ],
)
def test_what_does_not_parse_is_refused(raw: bytes) -> None:
    """Bytes that are not UTF-8, no TOML or JSON, too deep, too large or ambiguous are refused as a form."""
    assert refusal(raw)


@pytest.mark.parametrize("odd", ["\x00", "\x1b[31m", "\x7f", "\x85", "\u202e", "\ud800"])
def test_control_characters_are_refused(odd: str) -> None:
    """No character that a terminal or a reader acts on gets into the book, and none into the message either."""
    for form in (but(reason=f"a{odd}b"), but(step=[{"tool": f"T{odd}"}]), but(performers=[f"A{odd}"])):
        said = refusal(json.dumps(form).encode())
        assert odd not in said
    assert odd not in refusal({**MOODBOARD, f"k{odd}": 1})


def test_more_than_anybody_writes_is_refused() -> None:
    """Texts and lists have an end."""
    assert "characters" in refusal(but(reason="a" * (LONGEST + 1)))
    assert "entries" in refusal(but(performers=[f"P{n}" for n in range(MOST + 1)]))
    assert "step: there are" in refusal(but(step=[{"tool": "T"}] * (MOST + 1)))


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Who fills in a form is not sent back once for each mistake."""
    said = refusal(but(by="", use="x", final="perhaps", nonsense=1))
    assert all(word in said for word in ("by is empty", "use:", "final:", "nonsense"))
    many = refusal({f"key{n}": 1 for n in range(100)})
    assert "more" in many
    assert len(many) < 4_000


def test_a_prompt_is_never_taken() -> None:
    """A prompt is refused wherever somebody puts one; its digest is kept."""
    assert "a prompt is never kept" in refusal(but(prompt="a lighthouse at night"))
    assert "a prompt is never kept" in refusal(but(step=[{"tool": "T", "prompt": "a lighthouse"}]))
    digest = "AB" * 32
    assert read(but(step=[{"tool": "T", "prompt_sha256": f"sha256:{digest}"}])).steps[0].prompt_sha256 == digest.lower()


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "make LEAD   PERFORMER younger"},
        {"by": "Lead Performer"},
        {"step": [{"tool": "T", "note": "trained on Lead\nPerformer."}]},
        {"answers": {"enterprise_secured": {"answer": "no", "note": "asked Lead Performer"}}},
    ],
)
def test_a_performers_name_stands_under_performers_alone(changed: dict[str, Any]) -> None:
    """A text that would carry a performer's name into the book is refused, in whatever case and spacing."""
    assert "name of a performer" in refusal(but(performers=["Lead Performer"], **changed))
    assert read(but(performers=["Lead Performer"], reason="make Leads Performers younger")).performers == (
        "Lead Performer",
    )


def test_the_empty_form_parses_and_says_what_it_needs() -> None:
    """An untouched form names what has to be filled in; with that alone everything else is unanswered."""
    policy = house()
    for raw in (empty_toml(policy, PROJECT).encode(), empty_json(policy, PROJECT).encode()):
        assert refusal(raw).count("is needed") == 3
        form = form_in(raw) | {"by": "Admin", "reason": "a test", "use": "ideation"}
        draft = draft_of(form, policy, HERE)
        assert draft == Draft(by="Admin", reason="a test", use="ideation")
    as_toml, as_json = form_in(empty_toml(policy, PROJECT).encode()), form_in(empty_json(policy, PROJECT).encode())
    assert as_toml == as_json


def test_the_empty_form_explains_every_question() -> None:
    """Every principle of the policy stands in it in words, and every word that may be written."""
    text = empty_toml(house(), PROJECT)
    tomllib.loads(text)
    for principle in house().principles:
        assert f"# {principle.number}. {principle.says}" in text
    assert "ideation, background-element" in text
    assert "digital-replica, voice-replica" in text


def test_none_is_an_answer_and_nothing_is_none() -> None:
    """An empty list is a question nobody answered; the word `none` answers it."""
    assert read(but(references=["none"])).references == ()
    assert read(but(references="none")).references == ()
    assert read(but(references=[])).references is None
    assert read(but(references=None)).references is None


def test_what_is_meant_the_same_is_read_the_same() -> None:
    """Capitals, truth values and the words for final use are read as what they mean."""
    draft = read(but(final=True, real_events="NO", answers={"enterprise_secured": True}, replica=["Voice-Replica"]))
    assert (draft.final, draft.real_events, draft.replica) == ("yes", "no", ("voice-replica",))
    assert [(a.key, a.answer) for a in draft.answers] == [("enterprise_secured", "yes")]
    assert read(but(final="temporary")).final == "no"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | st.just("yes"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from([*MOODBOARD, "title", "performers", "schema", "project", "policy"]) | st.text(max_size=8)


@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_any_values_are_read_or_refused(form: dict[str, Any]) -> None:
    """Whatever stands in a form, it becomes a draft or is refused with a reason."""
    with suppress(FormInvalid):
        assert draft_of(form, house(), HERE).by


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Whatever a file holds, it is a form or is refused."""
    with suppress(FormInvalid):
        assert isinstance(form_in(raw), dict)
