from dataclasses import replace
from itertools import product

import pytest

from provenance.asset import Asset, Digest, FastDigest, UtcTime
from provenance.evidence import (
    Beside,
    Claim,
    Credential,
    Evidence,
    Examiner,
    Gap,
    Kind,
    Relation,
    Sidecar,
    Signal,
    Source,
    State,
    Strength,
)
from provenance.lineage import Witness, carried
from provenance.records import Declaration, Subject
from provenance.verdict import Ancestor, Context, Origin, classify

DIGEST = Digest("a" * 64)
PARENT = Digest("b" * 64)
BARE = Evidence(
    Asset(DIGEST, FastDigest("c" * 32), 1), "image/png", Credential(State.ABSENT), (), (), (), Examiner("0", "0")
)
FLAGS = (Claim.AI_GENERATED, Claim.AI_ASSISTED)


def mark(claim: Claim, strength: Strength = Strength.TRACE, kind: Kind = Kind.XMP, *, clears: bool = False) -> Signal:
    """A mark somewhere in a file."""
    return Signal(kind, claim, strength, "somewhere", "something", clears=clears)


def origin_of(*signals: Signal, context: Context | None = None, state: State = State.ABSENT) -> Origin:
    """The verdict on a file with these marks."""
    evidence = replace(BARE, signals=signals, credential=Credential(state))
    return classify(evidence, Beside(), context or Context()).origin


def word(origin: Origin) -> Declaration:
    """A person's word on origin."""
    return Declaration(
        by="the editor", reason="seen it", made_at=UtcTime("2026-01-01T00:00:00.000000Z"),
        subjects=(Subject(DIGEST, "x"),), origin=origin.value,
    )  # fmt: skip


def ancestor(origin: Origin, relation: Relation, *, removed: bool = False) -> Ancestor:
    """A known asset it was made from."""
    return Ancestor(PARENT, "plate", relation, Witness.C2PA, origin, removed)


def test_nothing_found_is_unknown() -> None:
    """A file without any mark is unknown, with no ground at all."""
    verdict = classify(BARE, Beside(), Context())
    assert (verdict.origin, verdict.grounds) == (Origin.UNKNOWN, ())


@pytest.mark.parametrize(("claim", "strength"), [*product(FLAGS, Strength)])
def test_any_ai_claim_but_a_hint_flags(claim: Claim, strength: Strength) -> None:
    """An AI claim flags at every strength, whoever signed it; a hint alone asks for a person."""
    expected = Origin.REVIEW if strength is Strength.HINT else Origin(claim.value)
    assert origin_of(mark(claim, strength)) is expected


def test_wholly_generated_wins_over_partly() -> None:
    """Of two AI claims the wider one is the verdict, and both stay as grounds."""
    evidence = replace(BARE, signals=(mark(Claim.AI_ASSISTED), mark(Claim.AI_GENERATED)))
    verdict = classify(evidence, Beside(), Context())
    assert verdict.origin is Origin.AI_GENERATED
    assert [g.claim for g in verdict.grounds] == [Claim.AI_GENERATED, Claim.AI_ASSISTED]


@pytest.mark.parametrize("claim", [Claim.CAPTURED, Claim.CREATED])
def test_only_a_claim_that_clears_clears(claim: Claim) -> None:
    """A claim of non-AI origin counts only under an anchor that may clear; any other leaves the file unknown."""
    signed = mark(claim, Strength.SIGNED, Kind.C2PA)
    assert origin_of(signed, state=State.TRUSTED) is Origin.UNKNOWN
    assert origin_of(replace(signed, clears=True), state=State.TRUSTED) is Origin(claim.value)


def test_a_clearing_claim_against_a_mark_outside_is_a_contradiction() -> None:
    """A trusted "captured" beside an AI mark elsewhere in the file is for a person to resolve."""
    clearing = mark(Claim.CAPTURED, Strength.SIGNED, Kind.C2PA, clears=True)
    assert origin_of(clearing, mark(Claim.AI_GENERATED)) is Origin.REVIEW
    inside = mark(Claim.AI_ASSISTED, Strength.SIGNED, Kind.C2PA)
    assert origin_of(clearing, inside) is Origin.AI_ASSISTED
    assert origin_of(clearing, inside, mark(Claim.AI_ASSISTED)) is Origin.AI_ASSISTED


@pytest.mark.parametrize("first", [*product(Claim, Strength, [Kind.C2PA, Kind.XMP])])
@pytest.mark.parametrize("second", [*product(FLAGS, [Strength.SIGNED_UNTRUSTED, Strength.TRACE])])
def test_another_flag_never_softens_a_verdict(
    first: tuple[Claim, Strength, Kind], second: tuple[Claim, Strength]
) -> None:
    """To whatever is known of a file, one more AI mark never makes the verdict milder."""
    clears = first[0] in {Claim.CAPTURED, Claim.CREATED} and first[1] is Strength.SIGNED
    start = mark(first[0], first[1], first[2], clears=clears)
    order = [Origin.UNKNOWN, Origin.CAPTURED, Origin.CREATED, Origin.REVIEW, Origin.AI_ASSISTED, Origin.AI_GENERATED]
    for more in (mark(*second), mark(*second, kind=Kind.C2PA)):
        assert order.index(origin_of(start, more)) >= order.index(origin_of(start))


@pytest.mark.parametrize("state", [State.UNREADABLE, State.BROKEN, State.REMOTE])
def test_what_could_not_be_looked_at_is_never_unknown(state: State) -> None:
    """A credential nobody could read or believe makes the file a case for review, and hides no flag."""
    assert origin_of(state=state) is Origin.REVIEW
    assert origin_of(mark(Claim.AI_GENERATED), state=state) is Origin.AI_GENERATED


def test_a_gap_is_review() -> None:
    """A place that could not be looked at is for review even where nothing else is found."""
    gap = Gap("PNG zTXt at 40", "more than 8 MiB of text")
    assert classify(replace(BARE, gaps=(gap,)), Beside(), Context()).origin is Origin.REVIEW


@pytest.mark.parametrize("origin", [Origin.CAPTURED, Origin.CREATED])
@pytest.mark.parametrize("claim", [Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW])
def test_a_persons_word_never_takes_a_flag_away(origin: Origin, claim: Claim) -> None:
    """A declaration of non-AI origin stands beside a flag or doubt, with its author, and changes neither."""
    evidence = replace(BARE, signals=(mark(claim),))
    verdict = classify(evidence, Beside(), Context(declarations=(word(origin),)))
    assert verdict.origin is Origin(claim.value)
    assert any("the editor" in g.says for g in verdict.grounds)


@pytest.mark.parametrize("origin", [o for o in Origin if o is not Origin.UNKNOWN])
def test_a_persons_word_counts_where_nothing_is_found(origin: Origin) -> None:
    """Without any other ground a declaration is the verdict."""
    assert origin_of(context=Context(declarations=(word(origin),))) is origin


def test_people_who_disagree_need_a_person() -> None:
    """Two declarations of different non-AI origins are a contradiction; one that says AI flags."""
    captured, created = word(Origin.CAPTURED), word(Origin.CREATED)
    assert origin_of(context=Context(declarations=(captured, created))) is Origin.REVIEW
    assert origin_of(context=Context(declarations=(captured, word(Origin.AI_ASSISTED)))) is Origin.AI_ASSISTED


def test_a_remembered_mark_flags_and_never_clears() -> None:
    """What an earlier look at the same bytes found adds a flag; an earlier clearing is worth nothing today."""
    flag = mark(Claim.AI_GENERATED)
    clearing = mark(Claim.CAPTURED, Strength.SIGNED, Kind.C2PA, clears=True)
    assert origin_of(context=Context(remembered=(flag,))) is Origin.AI_GENERATED
    assert origin_of(context=Context(remembered=(clearing,))) is Origin.UNKNOWN


def test_a_remembered_mark_is_not_counted_twice() -> None:
    """A mark found now and remembered from before is one ground."""
    flag = mark(Claim.AI_GENERATED)
    verdict = classify(replace(BARE, signals=(flag,)), Beside(), Context(remembered=(flag,)))
    assert len(verdict.grounds) == 1


@pytest.mark.parametrize(
    ("relation", "parent", "child"),
    [
        (Relation.PARENT_OF, Origin.AI_GENERATED, Origin.AI_GENERATED),
        (Relation.PARENT_OF, Origin.AI_ASSISTED, Origin.AI_ASSISTED),
        (Relation.COMPONENT_OF, Origin.AI_GENERATED, Origin.AI_ASSISTED),
        (Relation.INPUT_TO, Origin.AI_GENERATED, Origin.REVIEW),
        (Relation.PARENT_OF, Origin.REVIEW, Origin.REVIEW),
        (Relation.PARENT_OF, Origin.CAPTURED, Origin.UNKNOWN),
    ],
)
def test_a_parents_flag_is_carried_on(relation: Relation, parent: Origin, child: Origin) -> None:
    """`parentOf` and `componentOf` carry a flag on, `inputTo` leads to review, a clean parent clears nothing."""
    context = Context(ancestors=(ancestor(parent, relation),))
    verdict = classify(BARE, Beside(), context)
    assert verdict.origin is child
    assert verdict.grounds[0].via is not None
    assert "plate" in verdict.grounds[0].via


def test_what_was_taken_out_again_is_history() -> None:
    """A component removed again is kept as a ground and moves nothing."""
    verdict = classify(
        BARE, Beside(), Context(ancestors=(ancestor(Origin.AI_GENERATED, Relation.COMPONENT_OF, removed=True),))
    )
    assert verdict.origin is Origin.UNKNOWN
    assert verdict.grounds[0].claim is Claim.NOTED


@pytest.mark.parametrize(("claim", "relation", "removed"), [*product(Claim, Relation, [True, False])])
def test_carrying_never_makes_anything_worse(claim: Claim, relation: Relation, removed: bool) -> None:
    """What is carried on is at most as strict as the claim itself, and never speaks for the child being clean."""
    strictness = {Claim.NOTED: 0, Claim.CAPTURED: 0, Claim.CREATED: 0, Claim.REVIEW: 1}
    result = carried(claim, relation, removed=removed)
    assert result not in {Claim.CAPTURED, Claim.CREATED}
    assert strictness.get(result, 2) <= strictness.get(claim, 2)


def test_a_sidecars_marks_count_here() -> None:
    """A mark in a sidecar flags the file it lies beside, and its place says where it stood."""
    sidecar = Sidecar(
        "x.mxf.c2pa", PARENT, Credential(State.UNTRUSTED, Source.SIDECAR), (mark(Claim.AI_GENERATED),), ()
    )
    verdict = classify(replace(BARE, credential=Credential(State.UNSUPPORTED)), Beside(sidecar), Context())
    assert verdict.origin is Origin.AI_GENERATED
    assert verdict.grounds[0].place.startswith("sidecar x.mxf.c2pa")


@pytest.mark.parametrize(
    ("own", "beside", "speaks"),
    [
        (State.ABSENT, State.TRUSTED, State.TRUSTED),
        (State.REMOTE, State.UNTRUSTED, State.UNTRUSTED),
        (State.UNSUPPORTED, State.BROKEN, State.BROKEN),
        (State.BROKEN, State.TRUSTED, State.BROKEN),
        (State.TRUSTED, State.UNREADABLE, State.UNREADABLE),
        (State.UNREADABLE, State.TRUSTED, State.UNREADABLE),
    ],
)
def test_the_worse_of_two_credentials_speaks(own: State, beside: State, speaks: State) -> None:
    """A sidecar answers for a file without a credential, and never hides a worse one inside."""
    from provenance.evidence import effective_credential

    sidecar = Sidecar("s", PARENT, Credential(beside, Source.SIDECAR), (), ())
    evidence = replace(BARE, credential=Credential(own))
    assert effective_credential(evidence, Beside(sidecar)).state is speaks
