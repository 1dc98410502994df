"""Verdicts that depend on other rows: ancestors, declarations, sidecars, earlier looks."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.asset import RelPath
from provenance.catalogue import Batch, Catalogue, Change, Examined
from provenance.evidence import Claim, Credential, Kind, Relation, Signal, Source, State, Strength
from provenance.records import Revocation
from provenance.verdict import Origin, classify
from tests.catalogue.making import (
    AI,
    EDIT,
    HINT,
    LATER_EXAMINER,
    at,
    declared,
    derived,
    digest_of,
    evidence,
    origin_of,
    part,
    place,
    seen,
    sidecar,
    signed,
    stamp,
    take,
)

CLEARS = Signal(Kind.C2PA, Claim.CAPTURED, Strength.SIGNED, "manifest 1 of 1", "digitalCapture", clears=True)


def child(name: str, *labels: str, relation: Relation = Relation.PARENT_OF, removed: bool = False) -> Examined:
    """Return a file made from what has these labels; its own label is its name."""
    parts = [part(label, relation, removed=removed) for label in labels]
    return seen(evidence(name, credential=signed(name), made_from=parts), name.encode())


def parent(name: str, *signals: Signal, state: State = State.UNTRUSTED) -> Examined:
    """Return a file whose label is its name."""
    return seen(evidence(name, *signals, credential=signed(name, state)), name.encode())


def revoke(catalogue: Catalogue, record: str, minute: int = 8) -> str:
    """Take a record back."""
    return catalogue.add_record(
        Revocation(by="Admin", reason="wrong", made_at=at(minute), target=record), stamp(minute)
    )


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("parent_first", [True, False])
def test_a_flag_is_carried_whatever_comes_first(catalogue: Catalogue, together: bool, parent_first: bool) -> None:
    """A flagged parent flags its child, recorded before it, after it, or in the same batch."""
    files = [parent("ai", AI), child("comp", "ai")]
    files = files if parent_first else files[::-1]
    for batch in [files] if together else [[f] for f in files]:
        take(catalogue, *batch)
    assert origin_of(catalogue, "comp") is Origin.AI_GENERATED
    (up,) = catalogue.edges_of(digest_of("comp")).up
    assert (up.digest, up.origin, up.name, up.edge.relation) == (
        digest_of("ai"),
        Origin.AI_GENERATED,
        "ai",
        Relation.PARENT_OF,
    )
    (down,) = catalogue.edges_of(digest_of("ai")).down
    assert (down.digest, down.name) == (digest_of("comp"), "comp")
    catalogue.verify()


def test_waiting_ingredient(catalogue: Catalogue) -> None:
    """An ingredient whose manifest nobody has seen is kept by its label, and found when it turns up."""
    take(catalogue, child("comp", "ai"))
    (waiting,) = catalogue.edges_of(digest_of("comp")).up
    assert (waiting.digest, waiting.origin, waiting.edge.manifest) == (None, None, "ai")
    assert origin_of(catalogue, "comp") is Origin.UNKNOWN
    done = catalogue.record(Batch((parent("ai", AI),)), stamp(1))
    assert done.changed == (Change(digest_of("comp"), Origin.UNKNOWN, Origin.AI_GENERATED),)


@pytest.mark.parametrize(
    ("relation", "removed", "expected"),
    [
        (Relation.PARENT_OF, False, Origin.AI_GENERATED),
        (Relation.COMPONENT_OF, False, Origin.AI_ASSISTED),
        (Relation.INPUT_TO, False, Origin.REVIEW),
        (Relation.PARENT_OF, True, Origin.UNKNOWN),
        (Relation.COMPONENT_OF, True, Origin.UNKNOWN),
    ],
)
def test_what_each_relation_carries(catalogue: Catalogue, relation: Relation, removed: bool, expected: Origin) -> None:
    """Parents and components carry a flag on, inputs lead to review, and what was removed carries nothing."""
    take(catalogue, parent("ai", AI), child("comp", "ai", relation=relation, removed=removed))
    assert origin_of(catalogue, "comp") is expected
    verdict = catalogue.verdict_of(digest_of("comp"))
    assert verdict is not None
    assert any(g.kind == "lineage" and "ai" in g.says for g in verdict.grounds)


def test_a_flag_goes_through_generations(catalogue: Catalogue) -> None:
    """A parent that is flagged later flags its grandchildren too."""
    take(catalogue, child("final", "comp"), child("comp", "plate"), parent("plate"))
    assert origin_of(catalogue, "final") is Origin.UNKNOWN
    later = seen(evidence("plate", AI, credential=signed("plate"), examiner=LATER_EXAMINER), b"plate")
    done = catalogue.record(Batch((later,)), stamp(2))
    assert {c.digest for c in done.changed} == {digest_of(n) for n in ("plate", "comp", "final")}
    assert origin_of(catalogue, "final") is Origin.AI_GENERATED
    catalogue.verify()


def test_long_chain(catalogue: Catalogue) -> None:
    """A chain of two thousand generations is followed to its end, without recursion."""
    take(catalogue, *(child(f"g{n}", f"g{n - 1}") for n in range(1, 2000)))
    take(catalogue, parent("g0", AI), minute=1)
    assert origin_of(catalogue, "g1999") is Origin.AI_GENERATED


def test_a_circle_ends(catalogue: Catalogue) -> None:
    """Files that name each other as parents are drawn, and all of them carry a flag that any of them has."""
    take(catalogue, child("a", "b"), child("b", "c"), child("c", "a"), child("d", "c"))
    assert origin_of(catalogue, "a") is Origin.UNKNOWN
    catalogue.add_record(declared("b", Origin.AI_GENERATED), stamp(5))
    assert {origin_of(catalogue, n) for n in "abcd"} == {Origin.AI_GENERATED}
    catalogue.verify()


def test_a_circle_does_not_keep_a_flag_alive(catalogue: Catalogue) -> None:
    """When the only reason for a flag is taken back, a circle does not go on proving itself."""
    take(catalogue, child("a", "b"), child("b", "a"), child("c", "a"))
    word = catalogue.add_record(declared("b", Origin.AI_GENERATED), stamp(5))
    revoke(catalogue, word)
    assert {origin_of(catalogue, n) for n in "abc"} == {Origin.UNKNOWN}
    catalogue.verify()


def test_a_circle_with_a_contradiction_settles(catalogue: Catalogue) -> None:
    """A circle in which a clearing and a flag contradict each other comes to rest, at the more severe."""
    flag = Signal(Kind.C2PA, Claim.AI_GENERATED, Strength.SIGNED, "manifest 1 of 1 / c2pa.created", "trained")
    both = evidence("a", flag, CLEARS, credential=signed("a", State.TRUSTED), made_from=[part("b")])
    take(catalogue, seen(both, b"a"), child("b", "a"))
    assert origin_of(catalogue, "b").flagged
    catalogue.verify()


def test_a_file_is_not_its_own_parent(catalogue: Catalogue) -> None:
    """A file that names its own manifest, or is declared its own parent, is judged by itself."""
    take(catalogue, child("a", "a"))
    catalogue.add_record(derived("a", "a"), stamp(5))
    assert origin_of(catalogue, "a") is Origin.UNKNOWN
    catalogue.verify()


def test_broken_copy_hands_on_no_doubt(catalogue: Catalogue) -> None:
    """A damaged copy of a parent does not hold what was made from the good one; a flag on it still counts."""
    damaged = seen(evidence("damaged", credential=signed("plate", State.BROKEN)), b"damaged")
    take(catalogue, parent("plate"), child("comp", "plate"), damaged)
    assert origin_of(catalogue, "damaged") is Origin.REVIEW
    assert origin_of(catalogue, "comp") is Origin.UNKNOWN
    catalogue.add_record(declared("damaged", Origin.AI_GENERATED), stamp(5))
    assert origin_of(catalogue, "comp") is Origin.AI_GENERATED


def test_several_assets_of_one_label(catalogue: Catalogue) -> None:
    """Where two assets carry the manifest an ingredient names, both are relatives, and the worse one decides."""
    twin = seen(evidence("twin", AI, credential=signed("plate")), b"twin")
    take(catalogue, parent("plate"), twin, child("comp", "plate"))
    assert len(catalogue.edges_of(digest_of("comp")).up) == 2
    assert origin_of(catalogue, "comp") is Origin.AI_GENERATED


def test_declared_derivation(catalogue: Catalogue) -> None:
    """A person's word on lineage carries a flag on; taken back, it carries nothing, and is not shown."""
    take(catalogue, seen(evidence("ai", AI), b"ai"), seen(evidence("comp"), b"comp"))
    word = catalogue.add_record(derived("comp", "ai"), stamp(5))
    assert origin_of(catalogue, "comp") is Origin.AI_GENERATED
    (up,) = catalogue.edges_of(digest_of("comp")).up
    assert (up.edge.record, up.record) == (word, derived("comp", "ai"))
    revoke(catalogue, word)
    assert origin_of(catalogue, "comp") is Origin.UNKNOWN
    assert catalogue.edges_of(digest_of("comp")).up == ()
    assert catalogue.edges_of(digest_of("ai")).down == ()
    catalogue.verify()


def test_derived_from_several(catalogue: Catalogue) -> None:
    """What was made from several parents has each of them as a part."""
    take(catalogue, *(seen(evidence(n, *s), n.encode()) for n, s in (("ai", (AI,)), ("plate", ()), ("comp", ()))))
    catalogue.add_record(derived("comp", "ai", "plate"), stamp(5))
    assert origin_of(catalogue, "comp") is Origin.AI_ASSISTED


def test_words_before_the_file(catalogue: Catalogue) -> None:
    """A declaration and a derivation about bytes nobody has seen yet count as soon as they are seen."""
    catalogue.add_record(declared("ai", Origin.AI_GENERATED), stamp(5))
    catalogue.add_record(derived("comp", "ai"), stamp(5))
    take(catalogue, seen(evidence("comp"), b"comp"), minute=6)
    assert origin_of(catalogue, "comp") is Origin.UNKNOWN
    (up,) = catalogue.edges_of(digest_of("comp")).up
    assert (up.digest, up.origin, up.name) == (digest_of("ai"), None, None)
    take(catalogue, seen(evidence("ai"), b"ai"), minute=7)
    assert origin_of(catalogue, "ai") is Origin.AI_GENERATED
    assert origin_of(catalogue, "comp") is Origin.AI_GENERATED
    catalogue.verify()


def test_declaration_never_deletes_a_ground(catalogue: Catalogue) -> None:
    """A file with an AI mark that is declared captured stays flagged, and shows both."""
    take(catalogue, seen(evidence("ai", AI), b"ai"))
    catalogue.add_record(declared("ai", Origin.CAPTURED), stamp(5))
    assert origin_of(catalogue, "ai") is Origin.AI_GENERATED
    verdict = catalogue.verdict_of(digest_of("ai"))
    assert verdict is not None
    assert {g.kind for g in verdict.grounds} == {"png-text", "declaration"}


def test_declaration_and_its_end(catalogue: Catalogue) -> None:
    """A declaration draws the verdict again, its revocation once more."""
    take(catalogue, seen(evidence("shot"), b"shot"))
    word = catalogue.add_record(declared("shot", Origin.CAPTURED), stamp(5))
    assert origin_of(catalogue, "shot") is Origin.CAPTURED
    revoke(catalogue, word)
    assert origin_of(catalogue, "shot") is Origin.UNKNOWN


def test_earlier_looks_add_a_flag(catalogue: Catalogue) -> None:
    """A mark an earlier look found still flags when a later look at the same bytes finds nothing."""
    take(catalogue, seen(evidence("shot", AI), b"shot"))
    take(catalogue, seen(evidence("shot", examiner=LATER_EXAMINER), b"shot"), minute=1)
    assert origin_of(catalogue, "shot") is Origin.AI_GENERATED
    assert catalogue.context_of(digest_of("shot")).remembered == (AI,)


def test_earlier_looks_clear_nothing(catalogue: Catalogue) -> None:
    """A clearing under an anchor that is not trusted any more clears nothing."""
    take(catalogue, seen(evidence("shot", CLEARS, credential=signed("x", State.TRUSTED)), b"shot"))
    assert origin_of(catalogue, "shot") is Origin.CAPTURED
    take(catalogue, seen(evidence("shot", credential=signed("x"), examiner=LATER_EXAMINER), b"shot"), minute=1)
    assert origin_of(catalogue, "shot") is Origin.UNKNOWN
    catalogue.verify()


def test_sidecar_speaks_for_its_copy(catalogue: Catalogue) -> None:
    """A sidecar that says AI flags the copy it lies beside, and not the copy it does not."""
    files = [seen(evidence("shot"), b"a/shot", sidecar(AI)), seen(evidence("shot"), b"b/shot")]
    take(catalogue, *files)
    assert [row.origin for row in catalogue.listing()] == [Origin.AI_GENERATED, Origin.UNKNOWN]
    first, second = catalogue.sightings_of(digest_of("shot"))
    assert (first.beside, first.origin, second.origin) == (sidecar(AI), Origin.AI_GENERATED, Origin.UNKNOWN)
    there = catalogue.verdict_of(digest_of("shot"), place(b"a/shot"))
    assert there is not None
    assert there.origin is Origin.AI_GENERATED
    assert catalogue.counts().origins == {Origin.AI_GENERATED: 1}
    catalogue.verify()


def test_sidecar_that_goes(catalogue: Catalogue) -> None:
    """A sidecar that belonged to the bytes is remembered after somebody took it away; its flag follows the bytes."""
    take(catalogue, seen(evidence("shot"), b"shot", sidecar(AI)))
    take(catalogue, seen(evidence("shot"), b"shot"), minute=1)
    (row,) = catalogue.listing()
    assert row.origin is Origin.AI_GENERATED
    context = catalogue.context_of(digest_of("shot"), place(b"shot"))
    assert context.remembered == (AI,)
    assert classify(evidence("shot"), sidecar(), context).origin is Origin.AI_GENERATED
    (elsewhere,) = catalogue.context_of(digest_of("shot")).remembered
    assert (elsewhere.claim, elsewhere.via) == (AI.claim, "a sidecar that lay by a copy of these bytes")
    catalogue.verify()


def test_wrong_sidecar_that_goes(catalogue: Catalogue) -> None:
    """A sidecar of another file holds the copy while it lies there, and leaves nothing behind."""
    wrong = sidecar(AI, credential=Credential(State.BROKEN, Source.SIDECAR, label="elsewhere"))
    take(catalogue, seen(evidence("shot"), b"shot", wrong), child("comp", "elsewhere"))
    assert catalogue.sightings_of(digest_of("shot"))[0].origin is Origin.AI_GENERATED
    assert origin_of(catalogue, "comp") is Origin.UNKNOWN
    take(catalogue, seen(evidence("shot"), b"shot"), minute=1)
    assert catalogue.sightings_of(digest_of("shot"))[0].origin is Origin.UNKNOWN
    catalogue.verify()


def test_sidecar_comes_back(catalogue: Catalogue) -> None:
    """A sidecar that is there again is the same fact, and no new entry in the ledger."""
    with_it, without = seen(evidence("shot"), b"shot", sidecar(HINT)), seen(evidence("shot"), b"shot")
    entries = [take(catalogue, f, minute=n) for n, f in enumerate([with_it, without, with_it])]
    assert entries == [1, None, None]
    assert catalogue.sightings_of(digest_of("shot"))[0].beside == sidecar(HINT)
    catalogue.verify()


def test_sidecar_has_lineage(catalogue: Catalogue) -> None:
    """What an intact sidecar says of label and ingredients is said of the bytes it belongs to."""
    master = sidecar(AI, credential=Credential(State.UNTRUSTED, Source.SIDECAR, label="master"))
    grade = sidecar(made_from=[part("master")])
    take(catalogue, seen(evidence("grade"), b"grade.mxf", grade), child("clip", "master"))
    take(catalogue, seen(evidence("master"), b"master.mxf", master), minute=1)
    origins = {row.place.path: row.origin for row in catalogue.listing()}
    assert origins[RelPath(b"clip")] is Origin.AI_GENERATED
    assert origins[RelPath(b"grade.mxf")] is Origin.AI_GENERATED
    catalogue.vanish(EDIT, [RelPath(b"master.mxf")], at(2))
    assert origin_of(catalogue, "clip") is Origin.AI_GENERATED
    catalogue.verify()


NAMES = "abcdef"
step = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(list(Relation))),
    st.tuples(st.just("flag"), st.sampled_from(NAMES), st.booleans()),
    st.tuples(st.just("beside"), st.sampled_from(NAMES), st.booleans()),
    st.tuples(st.just("declare"), st.sampled_from(NAMES), st.sampled_from(list(Origin))),
    st.tuples(st.just("derive"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("revoke"), st.integers(0, 5)),
)


def do(catalogue: Catalogue, what: tuple[object, ...], minute: int, words: list[str]) -> None:
    """Do one thing that can change a verdict."""
    match what:
        case ("take", str(name), str(other), Relation() as relation):
            take(catalogue, child(name, other, relation=relation), minute=minute)
        case ("flag", str(name), bool(clears)):
            signals = (AI, CLEARS) if clears else (AI,)
            take(catalogue, parent(name, *signals, state=State.TRUSTED), minute=minute)
        case ("beside", str(name), bool(there)):
            beside = sidecar(AI) if there else None
            take(catalogue, seen(evidence(name, credential=signed(name)), name.encode(), beside), minute=minute)
        case ("declare", str(name), Origin() as origin):
            words.append(catalogue.add_record(declared(name, origin, minute), stamp(minute)))
        case ("derive", str(name), str(other)):
            words.append(catalogue.add_record(derived(name, other, minute=minute), stamp(minute)))
        case ("revoke", int(number)) if number < len(words):
            revoke(catalogue, words[number], minute)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(steps=st.lists(step, min_size=4, max_size=14))
def test_kept_verdicts_are_those_drawn_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, ...]]
) -> None:
    """Whatever happens in whatever order, circles included, each kept verdict is the one drawn from all rows anew."""
    path: Path = tmp_path_factory.mktemp("store") / "catalogue.db"
    words: list[str] = []
    with Catalogue.create(path, at(0)) as catalogue:
        for minute, what in enumerate(steps):
            do(catalogue, what, minute, words)
        assert catalogue.verify().seq == catalogue.counts().ledger_entries
