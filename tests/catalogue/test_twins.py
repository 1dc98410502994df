"""Twins: what a flag on one file says of another in which the same is seen or heard."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue, Examined
from provenance.catalogue.ledger import BrokenEntry
from provenance.catalogue.schema import _MIGRATIONS
from provenance.errors import ChainBroken
from provenance.evidence import Claim, Credential, Examiner, Gap, Signal, State, Strength
from provenance.records import Revocation
from provenance.sameness import PIXELS, PLAIN, SHAPE, SOUND, SOUNDTRACK, SPARSE, STILL, VERSION, VIDEO, Likeness
from provenance.verdict import Origin
from tests.catalogue.forging import unguarded
from tests.catalogue.making import (
    AI,
    DELIVERABLE,
    EXAMINER,
    HINT,
    LATER_EXAMINER,
    approved,
    at,
    declared,
    derived,
    digest_of,
    evidence,
    origin_of,
    seen,
    sidecar,
    stamp,
    take,
)

ONE, TWO, WIDE = b"one value.......", b"another value...", b"\0\0\x07\x80\0\0\x04\x38"
CAPTURED = replace(AI, claim=Claim.CAPTURED, strength=Strength.SIGNED, says="digitalCapture", clears=True)
PARTLY = replace(AI, claim=Claim.AI_ASSISTED)


def like(
    name: str, *likeness: Likeness | tuple[str, bytes], marks: tuple[Signal, ...] = (), by: Examiner = EXAMINER
) -> Examined:
    """Return a file that was examined, with its likenesses."""
    whole = tuple((v[0], VERSION, v[1]) if len(v) == 2 else v for v in likeness)
    return replace(seen(evidence(name, *marks, examiner=by), name.encode()), likeness=whole)


@pytest.mark.parametrize("first", ["marked", "bare"])
@pytest.mark.parametrize("algorithm", [STILL, PIXELS, VIDEO, SOUND])
def test_a_twin_has_the_flag_whoever_came_first(catalogue: Catalogue, first: str, algorithm: str) -> None:
    """Marked then bare, or bare then marked, in one batch or in two: the bare one is flagged, and why is said."""
    files = {"marked": like("marked", (algorithm, ONE), marks=(AI,)), "bare": like("bare", (algorithm, ONE))}
    take(catalogue, files.pop(first))
    take(catalogue, *files.values(), minute=1)
    assert origin_of(catalogue, "bare") is Origin.AI_GENERATED
    verdict = catalogue.verdict_of(digest_of("bare"))
    assert verdict is not None
    (ground,) = verdict.grounds
    assert (ground.kind, ground.via) == ("likeness", digest_of("marked"))
    assert f"{digest_of('marked')[:12]}, which is ai-generated, and whose marks are gone" in ground.says
    marked = catalogue.verdict_of(digest_of("marked"))
    assert marked is not None
    assert [g.kind for g in marked.grounds] == ["png-text"]
    catalogue.verify()


@pytest.mark.parametrize(
    ("ours", "theirs", "marks", "origin"),
    [
        (SOUNDTRACK, SOUND, AI, Origin.AI_ASSISTED),
        (SOUND, SOUNDTRACK, AI, Origin.REVIEW),
        (SOUND, SOUNDTRACK, PARTLY, Origin.UNKNOWN),
        (SOUNDTRACK, SOUNDTRACK, AI, Origin.UNKNOWN),
        (SPARSE, SPARSE, AI, Origin.REVIEW),
        (STILL, STILL, PARTLY, Origin.AI_ASSISTED),
        (STILL, PIXELS, AI, Origin.UNKNOWN),
        (SHAPE, SHAPE, AI, Origin.UNKNOWN),
    ],
)
def test_what_is_in_common_decides(catalogue: Catalogue, ours: str, theirs: str, marks: Signal, origin: Origin) -> None:
    """Music under a generated film may be anybody's; a generated voice is a part of every film it is in."""
    take(catalogue, like("flagged", (theirs, ONE), marks=(marks,)), like("bare", (ours, ONE)))
    assert origin_of(catalogue, "bare") is origin
    catalogue.verify()


def test_versions_and_empty_values_make_no_twins(catalogue: Catalogue) -> None:
    """Values of another version are never compared, and what has no value has nothing in common."""
    flagged = like("flagged", (STILL, 1, ONE), (PLAIN, 1, b""), (PIXELS, 1, b""), marks=(AI,))
    take(catalogue, flagged, like("bare", (STILL, 2, ONE), (PLAIN, 1, b""), (PIXELS, 1, b"")))
    assert origin_of(catalogue, "bare") is Origin.UNKNOWN


def test_twins_do_not_keep_each_other_accused(catalogue: Catalogue) -> None:
    """A word that flagged one of three is taken back: none of them is flagged any more, nor what was made of them."""
    take(catalogue, *(like(name, (STILL, ONE)) for name in ("a", "b", "c")))
    take(catalogue, seen(evidence("cut"), b"cut"))
    catalogue.add_record(derived("cut", "b"), stamp(2))
    word = declared("a", Origin.AI_GENERATED)
    catalogue.add_record(word, stamp(3))
    assert {origin_of(catalogue, n) for n in ("a", "b", "c", "cut")} == {Origin.AI_GENERATED}
    catalogue.verify()
    back = Revocation(by="Admin", reason="a mistake", made_at=at(9), target=word.id)
    catalogue.add_record(back, stamp(9))
    assert {origin_of(catalogue, n) for n in ("a", "b", "c", "cut")} == {Origin.UNKNOWN}
    catalogue.verify()


def test_twins_that_are_made_of_each_other_settle(catalogue: Catalogue) -> None:
    """Lineage and likeness in one circle: flagged while there is a reason, and not a moment longer."""
    take(catalogue, *(like(name, (STILL, ONE)) for name in ("a", "b")))
    catalogue.add_record(derived("a", "b"), stamp(1))
    catalogue.add_record(derived("b", "a", minute=6), stamp(2))
    word = declared("a", Origin.AI_ASSISTED)
    catalogue.add_record(word, stamp(3))
    assert {origin_of(catalogue, n) for n in ("a", "b")} == {Origin.AI_ASSISTED}
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(9), target=word.id), stamp(9))
    assert {origin_of(catalogue, n) for n in ("a", "b")} == {Origin.UNKNOWN}
    catalogue.verify()


def test_a_sidecar_flags_the_twins_of_its_file(catalogue: Catalogue) -> None:
    """What is flagged by a sidecar alone hands that on as well."""
    beside = replace(seen(evidence("owner"), b"owner", sidecar(AI)), likeness=((STILL, VERSION, ONE),))
    take(catalogue, like("bare", (STILL, ONE)), beside)
    assert origin_of(catalogue, "bare") is Origin.AI_GENERATED
    catalogue.verify()


def test_a_new_credential_does_not_launder(catalogue: Catalogue) -> None:
    """A trusted `digitalCapture` on a file whose twin is generated is a contradiction: a person has to look."""
    signed = like("signed anew", (STILL, ONE), marks=(CAPTURED,))
    take(catalogue, signed)
    assert origin_of(catalogue, "signed anew") is Origin.CAPTURED
    take(catalogue, like("marked", (STILL, ONE), marks=(AI,)), minute=1)
    assert origin_of(catalogue, "signed anew") is Origin.REVIEW
    catalogue.verify()


def test_what_is_marked_less_than_its_twin_has_the_graver_flag(catalogue: Catalogue) -> None:
    """Somebody wrote `composite…` over `trained…`: it is what its twin is, and its own mark stands beside that."""
    take(catalogue, like("whole", (STILL, ONE), marks=(AI,)), like("less", (STILL, ONE), marks=(PARTLY,)))
    assert origin_of(catalogue, "less") is Origin.AI_GENERATED
    verdict = catalogue.verdict_of(digest_of("less"))
    assert verdict is not None
    assert [g.kind for g in verdict.grounds] == ["likeness", "png-text"]
    assert "marks are gone" not in verdict.grounds[0].says


def test_of_many_twins_a_few_are_named(catalogue: Catalogue) -> None:
    """300 flagged copies and 300 bare ones: each bare one is flagged, eight are named, the gravest first."""
    marks = [(PARTLY if n else AI,) for n in range(300)]
    take(catalogue, *(like(f"flagged {n}", (STILL, ONE), marks=m) for n, m in enumerate(marks)))
    take(catalogue, *(like(f"bare {n}", (STILL, ONE)) for n in range(300)), minute=1)
    for n in (0, 150, 299):
        verdict = catalogue.verdict_of(digest_of(f"bare {n}"))
        assert verdict is not None
        assert verdict.origin is Origin.AI_GENERATED
        assert len(verdict.grounds) == 8
        assert verdict.grounds[0].via == digest_of("flagged 0")
    catalogue.verify()


def test_a_picture_that_cannot_be_decoded_is_held_where_one_of_its_shape_is_flagged(catalogue: Catalogue) -> None:
    """Whether it is the same nobody can say; as long as nothing of its shape was flagged, nobody asks."""
    take(catalogue, like("broken", (SHAPE, WIDE), (PIXELS, b"")))
    assert origin_of(catalogue, "broken") is Origin.UNKNOWN
    take(catalogue, like("flagged", (SHAPE, WIDE + b"and more"), (PIXELS, ONE), marks=(AI,)), minute=1)
    assert origin_of(catalogue, "broken") is Origin.REVIEW
    verdict = catalogue.verdict_of(digest_of("broken"))
    assert verdict is not None
    assert "cannot be decoded" in verdict.grounds[0].says
    catalogue.verify()


def test_what_waits_to_be_compared(catalogue: Catalogue) -> None:
    """A shape that is flagged opens; it closes when all that is there was decoded."""
    take(catalogue, like("bare", (SHAPE, WIDE)), like("plain", (SHAPE, WIDE)), like("other", (SHAPE, TWO[:8])))
    assert catalogue.comparing.needed([digest_of("bare")]) == frozenset()
    take(catalogue, like("flagged", (SHAPE, WIDE), (PIXELS, ONE), marks=(AI,)), minute=1)
    names = [digest_of(n) for n in ("bare", "plain", "other", "flagged")]
    assert catalogue.comparing.needed(names) == frozenset(names[:2])
    zone = next(iter(catalogue.listing())).place.zone
    assert sorted(path for _, path, _ in catalogue.comparing.waiting(zone, 9, at(0))) == [b"bare", b"plain"]
    take(catalogue, like("bare", (PIXELS, ONE)), minute=2)
    catalogue.comparing.settle()
    assert [path for _, path, _ in catalogue.comparing.waiting(zone, 9, at(0))] == [b"plain"]
    assert origin_of(catalogue, "bare") is Origin.AI_GENERATED
    take(catalogue, like("plain", (PLAIN, b"")), minute=3)
    catalogue.comparing.settle()
    assert not list(catalogue.comparing.waiting(zone, 9, at(0)))
    assert catalogue.comparing.needed([digest_of("plain")]) == frozenset()
    catalogue.verify()


def test_it_is_recorded_once(catalogue: Catalogue) -> None:
    """Looked at again with the same likeness, nothing is written; with evidence that is new, the likeness stays one."""
    file = like("a", (STILL, ONE), (SHAPE, WIDE))
    assert take(catalogue, file) is not None
    assert take(catalogue, file) is None
    assert take(catalogue, like("a", (STILL, ONE), by=LATER_EXAMINER)) is not None
    rows = sqlite3.connect(catalogue.path).execute("SELECT count(*) FROM likeness").fetchall()
    assert rows == [(2,)]
    catalogue.verify()


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM likeness WHERE asset = (SELECT id FROM assets WHERE sha256 = ?)",
        "UPDATE likeness SET value = x'00' WHERE asset = (SELECT id FROM assets WHERE sha256 = ?)",
        "INSERT INTO likeness SELECT id, 'video', 1, x'0102', 1 FROM assets WHERE sha256 = ?",
        "DELETE FROM marked WHERE (SELECT 1 FROM assets WHERE sha256 = ?)",
    ],
)
def test_whoever_cuts_the_tie_is_found_out(path: Path, catalogue: Catalogue, tampering: str) -> None:
    """A likeness that was taken away, changed or made up, or a mark that was forgotten, breaks the ledger's word."""
    take(catalogue, like("marked", (STILL, ONE), marks=(AI,)), like("bare", (STILL, ONE)))
    catalogue.verify()
    with unguarded(path) as raw:
        raw.execute(tampering, (bytes.fromhex(digest_of("bare")),))
    with pytest.raises((ChainBroken, BrokenEntry)):
        catalogue.verify()


def test_a_catalogue_from_before_knows_what_is_marked(path: Path) -> None:
    """What was flagged before there were twins, by itself or by a sidecar, flags the twins that turn up."""
    with Catalogue.create(path, at(0), store_id="test-store") as old:
        take(old, seen(evidence("marked", AI), b"marked"), seen(evidence("owner"), b"owner", sidecar(PARTLY)))
        take(old, seen(evidence("bare"), b"bare"))
    assert list(_MIGRATIONS)[3] == "likeness"
    with sqlite3.connect(path) as raw:
        for table in ("likeness", "marked", "sought"):
            raw.execute(f"DROP TABLE {table}")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'likeness'")
        raw.execute("PRAGMA user_version = 3")
    with Catalogue.open(path) as catalogue:
        catalogue.verify()
        rows = sqlite3.connect(path).execute("SELECT origin FROM marked ORDER BY asset").fetchall()
        assert rows == [("ai-generated",), ("ai-assisted",)]
        take(catalogue, like("marked", (STILL, ONE), marks=(AI,)), like("bare", (STILL, ONE)), minute=1)
        assert origin_of(catalogue, "bare") is Origin.AI_GENERATED
        catalogue.verify()


def test_an_approval_is_for_its_bytes_alone(catalogue: Catalogue) -> None:
    """Whoever approved the marked file has not approved its bare twin."""
    take(catalogue, like("marked", (STILL, ONE), marks=(AI,)), like("bare", (STILL, ONE)))
    catalogue.add_record(approved("marked"), stamp(6))
    assert catalogue.effective_words(digest_of("marked"), DELIVERABLE, at(9)).approvals
    assert not catalogue.effective_words(digest_of("bare"), DELIVERABLE, at(9)).approvals


CONTRADICTED = (AI, replace(CAPTURED, place="C2PA actions"))
BY_HINT = (HINT,)


@pytest.mark.parametrize("marks", [CONTRADICTED, BY_HINT], ids=["contradicted", "hint"])
@pytest.mark.parametrize("first", ["doubted", "bare"])
def test_a_twin_of_what_is_in_review_is_in_review(catalogue: Catalogue, first: str, marks: tuple[Signal, ...]) -> None:
    """A mark and a signature that contradict each other, or a hint: whoever takes both away has not settled it."""
    files = {"doubted": like("doubted", (STILL, ONE), marks=marks), "bare": like("bare", (STILL, ONE))}
    take(catalogue, files.pop(first))
    take(catalogue, *files.values(), minute=1)
    assert origin_of(catalogue, "doubted") is origin_of(catalogue, "bare") is Origin.REVIEW
    verdict = catalogue.verdict_of(digest_of("bare"))
    assert verdict is not None
    (ground,) = verdict.grounds
    assert (ground.kind, ground.via) == ("likeness", digest_of("doubted"))
    assert f"the same picture as {digest_of('doubted')[:12]}, which is in review" in ground.says
    doubted = catalogue.verdict_of(digest_of("doubted"))
    assert doubted is not None
    assert "likeness" not in {g.kind for g in doubted.grounds}
    catalogue.verify()


def test_a_twin_follows_what_the_original_is(catalogue: Catalogue) -> None:
    """In review, then generated by a word, in review again when that ends; two in doubt name no more than that."""
    take(catalogue, like("doubted", (STILL, ONE), marks=BY_HINT), like("bare", (STILL, ONE)))
    word = declared("doubted", Origin.AI_GENERATED)
    catalogue.add_record(word, stamp(3))
    assert origin_of(catalogue, "bare") is Origin.AI_GENERATED
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="a mistake", made_at=at(9), target=word.id), stamp(9))
    assert origin_of(catalogue, "bare") is Origin.REVIEW
    catalogue.verify()


@pytest.mark.parametrize("order", [0, 1])
def test_a_persons_doubt_goes_on_and_ends_with_their_word(catalogue: Catalogue, order: int) -> None:
    """Declared `review`: so is what is the same, and what was made from it, until the word is taken back."""
    word = declared("first", Origin.REVIEW)
    if order:
        catalogue.add_record(word, stamp(0))
    take(catalogue, *(like(name, (PIXELS, ONE)) for name in ("first", "second")), minute=1)
    take(catalogue, like("cut", (VIDEO, TWO)), like("clean cut", (VIDEO, TWO)), minute=2)
    catalogue.add_record(derived("cut", "first"), stamp(3))
    if not order:
        catalogue.add_record(word, stamp(4))
    every = ("first", "second", "cut", "clean cut")
    assert [origin_of(catalogue, n) for n in every] == [Origin.REVIEW] * 4
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="looked", made_at=at(9), target=word.id), stamp(9))
    assert [origin_of(catalogue, n) for n in every] == [Origin.UNKNOWN] * 4
    catalogue.verify()


def test_that_a_file_cannot_be_read_is_no_doubt_about_its_picture(catalogue: Catalogue) -> None:
    """A gap, or a credential that is broken or unreadable, is a matter of that file: its twin is as it is."""
    broken = replace(evidence("broken", credential=Credential(State.BROKEN)), gaps=(Gap("PNG", "cut short"),))
    take(catalogue, replace(seen(broken, b"broken"), likeness=((STILL, VERSION, ONE),)), like("bare", (STILL, ONE)))
    assert origin_of(catalogue, "broken") is Origin.REVIEW
    assert origin_of(catalogue, "bare") is Origin.UNKNOWN
    catalogue.verify()


@pytest.mark.parametrize(
    ("ours", "theirs", "origin"),
    [
        (SOUNDTRACK, SOUND, Origin.REVIEW),
        (SOUND, SOUNDTRACK, Origin.UNKNOWN),
        (SOUNDTRACK, SOUNDTRACK, Origin.UNKNOWN),
        (SPARSE, SPARSE, Origin.REVIEW),
        (SHAPE, SHAPE, Origin.UNKNOWN),
    ],
)
def test_where_a_doubt_goes(catalogue: Catalogue, ours: str, theirs: str, origin: Origin) -> None:
    """A sound in doubt is a part of every film it is in; music under a film in doubt may be anybody's."""
    take(catalogue, like("doubted", (theirs, ONE), marks=BY_HINT), like("bare", (ours, ONE)))
    assert origin_of(catalogue, "bare") is origin
    catalogue.verify()


def test_a_catalogue_from_before_knows_who_is_in_doubt(path: Path) -> None:
    """Doubts were not handed on once: what was recorded then is drawn anew when the catalogue is opened."""
    with Catalogue.create(path, at(0), store_id="test-store") as old:
        take(old, like("doubted", (STILL, ONE), marks=BY_HINT), like("bare", (STILL, ONE)))
    with sqlite3.connect(path) as raw:
        raw.execute("DELETE FROM marked")
        raw.execute("UPDATE assets SET origin = 'unknown' WHERE sha256 = ?", (bytes.fromhex(digest_of("bare")),))
        raw.execute("UPDATE store SET drawn_by = '0.1.0/3'")
    with Catalogue.open(path) as catalogue:
        assert origin_of(catalogue, "bare") is Origin.REVIEW
        catalogue.verify()


def test_what_is_in_review_is_still_compared_with_what_is_flagged(catalogue: Catalogue) -> None:
    """A picture with a hint may be a flagged one saved anew: it is decoded, once, and flagged."""
    take(catalogue, like("doubted", (SHAPE, WIDE), marks=BY_HINT))
    take(catalogue, like("flagged", (SHAPE, WIDE), (PIXELS, ONE), marks=(AI,)), minute=1)
    assert catalogue.comparing.needed([digest_of("doubted")]) == {digest_of("doubted")}
    zone = next(iter(catalogue.listing())).place.zone
    assert [path for _, path, _ in catalogue.comparing.waiting(zone, 9, at(9))] == [b"doubted"]
    take(catalogue, like("doubted", (PIXELS, ONE), marks=BY_HINT), minute=2)
    assert origin_of(catalogue, "doubted") is Origin.AI_GENERATED
    assert not list(catalogue.comparing.waiting(zone, 9, at(9)))
    catalogue.verify()
