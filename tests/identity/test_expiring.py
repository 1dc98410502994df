"""Time makes nothing milder: a property, over whatever listed people said that has an end."""

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance.asset import Commitment
from provenance.catalogue import Catalogue
from provenance.policy import Outcome, parse_policy
from provenance.pool import Pool
from provenance.records import AnyRecord, Clearance
from provenance.records.consent import Consent
from provenance.records.disclosure import Answered, Disclosure, Step
from provenance.records.register import ToolEntry
from tests.catalogue.making import AI, DELIVERABLE, HINT, at, digest_of, evidence, seen, subject, take
from tests.identity.signed import ROLE, STORE, House, approval, configuration, person, revoked

PACK = b"""
id = "house"
dated = 2026-11-01
summary = "The guidance, where each principle the register answers takes an officer of its own."
extends = "netflix-2025-08"

[approvals]
roles = ["production-legal"]
transcribed = []

[[principle]]
key = "tool_no_retention_no_training"
says = "the tool does not store, reuse or train"
register = true
roles = ["officer"]

[[principle]]
key = "enterprise_secured"
says = "the tool is used in an enterprise-secured environment"
register = true
roles = ["officer"]
"""
MINA = Commitment("ab" * 32)
PEOPLE = ("lawyer", "officer", "second")
NAMES = ("still", "odd", "double")
FIRST, LAST = 20, 50


@contextmanager
def standing(pool: Pool, ends: dict[str, int]) -> Iterator[House]:
    """Yield a house in which everything is told, by people who are listed until some minute, or for good."""
    with tempfile.TemporaryDirectory() as folder:
        listed = [
            person(
                n, {"lawyer": ROLE, "officer": "officer", "second": ROLE}[n], until=at(ends[n]) if n in ends else None
            )
            for n in PEOPLE
        ]
        people = (*listed, person("admin", "administrator"), person("editor", "editor"))
        config = configuration(Path(folder), people)
        with Catalogue.create(config.catalogue, at(0), store_id=STORE) as catalogue:
            marks = {"still": (AI,), "odd": (HINT,), "double": (AI,)}
            take(catalogue, *(seen(evidence(n, *marks[n]), n.encode(), version=v) for v, n in enumerate(NAMES, 1)))
            house = House(config, parse_policy(PACK, "house"), catalogue, pool)
            house.accept()
            house.say(_told("still"), "editor", 4)
            house.say(_told("double", replica=("digital-replica",), performers=(MINA,)), "editor", 4)
            yield house


def _told(name: str, **more: object) -> Disclosure:
    said: dict[str, object] = {"replica": (), **more}
    return Disclosure(
        by="editor",
        reason="for the harbour",
        made_at=at(4),
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        use="ideation",
        prominence="incidental",
        final="yes",
        answers=tuple(Answered(key=k, answer="yes") for k in _PRINCIPLES),
        steps=(Step(tool="Image maker", version="3.1", tier="enterprise", enterprise="yes", inputs=()),),
        references=(),
        uncleared_training="no",
        real_events="no",
        union_work="no",
        subjects=(subject(name),),
        **said,  # type: ignore[arg-type]
    )


_PRINCIPLES = (
    "no_infringing_likeness_of_works",
    "tool_no_retention_no_training",
    "enterprise_secured",
    "no_replacing_performance_or_union_work",
)

Said = tuple[str, str, str, int, bool]
"""A kind of word, what it is about, who says it, the minute it ends, and whether it says something good."""


def _word(said: Said, minute: int) -> AnyRecord:
    kind, name, by, end, good = said
    common = {"by": by, "reason": "agreed", "made_at": at(minute)}
    match kind:
        case "approval":
            role = "officer" if by == "officer" else ROLE
            return approval(name, by=by, role=role, minute=minute, expires=at(end))
        case "clearance":
            role = "officer" if by == "officer" else ROLE
            return Clearance(**common, subjects=(subject(name),), role=role, expires=at(end))  # type: ignore[arg-type]
        case "consent":
            return Consent(
                **common,  # type: ignore[arg-type]
                performer=MINA,
                replica="digital-replica",
                scope="the double",
                project=DELIVERABLE.project,
                title=DELIVERABLE.title,
                document=digest_of("consent"),
                expires=at(end),
            )
        case _:
            return ToolEntry(
                **common,  # type: ignore[arg-type]
                tool="Image maker",
                tier="enterprise",
                versions="3.*" if name == "odd" else "*",
                enterprise=good or name == "double",
                trains_on_inputs=not good,
                stores_inputs=False,
                terms_read="2026-01-31",
                terms=digest_of("terms"),
                valid_until=at(end),
            )


WORDS = st.tuples(
    st.sampled_from(["approval", "clearance", "consent", "tool-entry", "tool-entry"]),
    st.sampled_from(NAMES),
    st.sampled_from(PEOPLE),
    st.integers(FIRST, LAST),
    st.booleans(),
)
ENDS = st.dictionaries(st.sampled_from(PEOPLE), st.integers(FIRST, LAST), max_size=2)


@pytest.mark.timeout(300)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@example(
    words=[
        ("approval", "still", "lawyer", LAST, True),
        ("tool-entry", "still", "lawyer", LAST, True),
        ("tool-entry", "still", "lawyer", FIRST, False),
    ],
    ends={},
)
@example(
    words=[
        ("approval", "still", "lawyer", LAST, True),
        ("tool-entry", "still", "lawyer", LAST, True),
        ("tool-entry", "still", "second", LAST, False),
    ],
    ends={"second": FIRST},
)
@given(words=st.lists(WORDS, min_size=1, max_size=7), ends=ENDS)
def test_the_end_of_a_record_or_a_listing_makes_nothing_milder(
    pool: Pool, words: list[Said], ends: dict[str, int]
) -> None:
    """Whatever was said, and by whom: as each word and each listing ends in turn, no outcome becomes milder."""
    with standing(pool, ends) as house:
        for minute, said in enumerate(words, 5):
            house.say(_word(said, minute), said[2], minute)
        was = dict.fromkeys(NAMES, Outcome.PASS)
        for minute in sorted({FIRST - 1, *(w[3] for w in words), *ends.values()}):
            now = {name: house.outcome(name, minute=minute) for name in NAMES}
            assert {n: (was[n], now[n]) for n in NAMES if now[n].severity < was[n].severity} == {}, minute
            was = now


def test_the_property_is_about_something(pool: Pool) -> None:
    """With a yes in the register and an approval all passes; with a no as well it does not, also once that is over."""
    with standing(pool, {}) as house:
        house.say(_word(("approval", "still", "lawyer", LAST, True), 5), "lawyer", 5)
        house.say(_word(("tool-entry", "still", "lawyer", LAST, True), 6), "lawyer", 6)
        assert house.outcome("still", minute=15) is Outcome.PASS
        no = house.say(_word(("tool-entry", "still", "lawyer", FIRST, False), 16), "lawyer", 16)
        assert house.outcome("still", minute=17) is Outcome.REFUSE
        assert house.outcome("still", minute=FIRST + 1) is Outcome.REFUSE
        house.say(revoked(no, "second", 30), None, 30)
        assert house.outcome("still", minute=31) is Outcome.REFUSE
        house.say(dataclasses.replace(revoked(no, "second", 32), reason="terms changed"), "second", 32)
        assert house.outcome("still", minute=33) is Outcome.PASS
