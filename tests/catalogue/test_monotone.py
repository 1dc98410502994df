"""Whatever was said before, one more approval never makes an outcome stricter."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.catalogue import Catalogue, Counting
from provenance.catalogue.question import made_by_tool
from provenance.evidence import Claim, Credential, Kind, Signal, State, Strength
from provenance.policy import Case, Outcome, judge, load_policy
from provenance.records import AnyRecord, Approval, Revocation, Scope
from tests.catalogue.deciding import by_anybody, cut_anew, made, reaching, refused, say, superseded, words
from tests.catalogue.making import AI, DELIVERABLE, at, cleared, derived, digest_of, evidence, seen, take

OTHER = Signal(Kind.XMP, Claim.AI_GENERATED, Strength.DECLARED, "XMP / CreatorTool", "another generator")
NAMES = ("SH010_comp_v001.1001.png", "SH010_comp_v002.1001.png", "still", "render", "final")
MARKS = {NAMES[0]: (AI,), NAMES[1]: (AI,), "still": (OTHER,)}
BASELINE = load_policy("baseline", Path("/"))

names = st.sampled_from(NAMES)
some = st.lists(names, min_size=1, max_size=2, unique=True)
scopes = st.sampled_from(Scope)
flags = st.booleans()


@st.composite
def approvals(draw: st.DrawFn, catalogue: Catalogue, refusals: list[str], minute: int) -> Approval:
    """Draw an approval of some files, of any scope, that may know of refusals."""
    wanted, scope = draw(some), draw(scopes)
    despite = tuple(draw(st.lists(st.sampled_from(refusals), unique=True))) if refusals else ()
    terms = {"made_at": at(minute), "despite": despite, "until_picture_change": draw(flags)}
    if draw(flags):
        terms["expires"] = at(45 + draw(st.integers(0, 10)))
    return replace(reaching(catalogue, *wanted, scope=scope), **terms)  # type: ignore[arg-type]


@st.composite
def others(draw: st.DrawFn, catalogue: Catalogue, said: list[str], minute: int) -> AnyRecord:
    """Draw any other word."""
    first, second = draw(names), draw(names)
    kinds = ["made", "derived", "refused", "superseded", "cut", "cleared", "revoked"]
    match draw(st.sampled_from(kinds if said else kinds[:-1])):
        case "made":
            return made(first, second)
        case "derived":
            return derived(first, second, minute=minute)
        case "refused":
            return refused(first, minute)
        case "superseded":
            return superseded(first, second, made_at=at(minute))
        case "cut":
            return cut_anew(*draw(st.sampled_from([(), ("SH010",), ("SH020",)])), minute=minute)
        case "revoked":
            return Revocation(by="Admin", reason="no", made_at=at(minute), target=draw(st.sampled_from(said)))
        case _:
            return cleared(first, minute=minute)


def outcomes(catalogue: Catalogue) -> dict[str, Outcome]:
    """Return what the policy makes of each file, with anybody's derivations as carriers and without."""
    found = {}
    for carrier in (made_by_tool, by_anybody):
        for name in NAMES:
            verdict = catalogue.verdict_of(digest_of(name))
            assert verdict is not None
            case = Case(
                verdict, Credential(State.ABSENT), DELIVERABLE, words(catalogue, name, Counting(carrier=carrier))
            )
            found[f"{name} {carrier.__name__}"] = judge(case, BASELINE).outcome
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_approval_never_makes_anything_stricter(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For any words before it, an approval more leaves every outcome as it is, or milder."""
    path = tmp_path_factory.mktemp("store") / "catalogue.db"
    with Catalogue.create(path, at(0), store_id="test-store") as catalogue:
        take(catalogue, *(seen(evidence(n, *MARKS.get(n, ())), n.encode()) for n in NAMES))
        said: list[str] = []
        refusals: list[str] = []
        for minute in range(5, 5 + data.draw(st.integers(0, 8))):
            drawn = st.one_of(others(catalogue, said, minute), approvals(catalogue, refusals, minute))
            record = data.draw(drawn)
            name = say(catalogue, record, minute)
            (refusals if record.kind == "refusal" else said).append(name)
            said = [s for s in said if s[:3] in {"apr", "clr", "sup"}]
        before = outcomes(catalogue)
        say(catalogue, data.draw(approvals(catalogue, refusals, 20)), 20)
        after = outcomes(catalogue)
        assert {n for n in before if after[n].severity > before[n].severity} == set()
        catalogue.verify()


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_refusal_never_makes_anything_milder(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """For any words before it, a refusal leaves every outcome as it is, or stricter; so does a new cut."""
    path = tmp_path_factory.mktemp("store") / "catalogue.db"
    with Catalogue.create(path, at(0), store_id="test-store") as catalogue:
        take(catalogue, *(seen(evidence(n, *MARKS.get(n, ())), n.encode()) for n in NAMES))
        for child, parent in data.draw(st.lists(st.tuples(names, names), max_size=4)):
            say(catalogue, made(child, parent))
        for minute in range(5, 5 + data.draw(st.integers(0, 4))):
            say(catalogue, data.draw(approvals(catalogue, [], minute)), minute)
        before = outcomes(catalogue)
        say(catalogue, refused(data.draw(names), 20) if data.draw(flags) else cut_anew(minute=20), 20)
        after = outcomes(catalogue)
        assert {n for n in before if after[n].severity < before[n].severity} == set()
