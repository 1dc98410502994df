"""Pictures that cannot be decoded, held while one of their size is marked: why is said, and it ends with the reason."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue
from provenance.catalogue.schema import _MIGRATIONS
from provenance.evidence import Examiner
from provenance.records import Revocation
from provenance.sameness import PIXELS, PLAIN, SHAPE
from provenance.verdict import Origin
from tests.catalogue.making import AI, EXAMINER, at, declared, digest_of, origin_of, stamp, take
from tests.catalogue.test_twins import ONE, TWO, WIDE, like

READ_ANEW = replace(EXAMINER, revision=EXAMINER.revision + 1)


def broken() -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Return the likenesses of a picture that cannot be decoded."""
    return (SHAPE, WIDE), (PIXELS, b"")


def sought(path: Path) -> list[bytes]:
    """Return which shapes are sought."""
    with sqlite3.connect(path) as raw:
        return [shape for (shape,) in raw.execute("SELECT shape FROM sought")]


def said(catalogue: Catalogue, name: str) -> str:
    """Return what the first ground of an asset says."""
    verdict = catalogue.verdict_of(digest_of(name))
    assert verdict is not None
    return verdict.grounds[0].says


def test_the_hold_ends_with_the_last_of_its_reasons(catalogue: Catalogue) -> None:
    """Two pictures of its size were declared generated: it is free when both words are taken back, and not before."""
    take(catalogue, like("broken", *broken()), like("a", (SHAPE, WIDE)), like("b", (SHAPE, WIDE + b"jpeg")))
    words = [declared(name, Origin.AI_GENERATED, minute=m) for m, name in enumerate("ab", 1)]
    for minute, word in enumerate(words, 1):
        catalogue.add_record(word, stamp(minute))
    for minute, word in enumerate(words, 3):
        assert origin_of(catalogue, "broken") is Origin.REVIEW
        catalogue.verify()
        catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(minute), target=word.id), stamp(minute))
    assert origin_of(catalogue, "broken") is Origin.UNKNOWN
    assert sought(catalogue.path) == []
    (past,) = catalogue.past_of(digest_of("broken"))[-1:]
    assert past.grounds is not None
    assert "cannot be decoded" in past.grounds[0].says
    catalogue.verify()


def test_what_is_flagged_again_holds_again(catalogue: Catalogue) -> None:
    """A shape that was given up is sought again as soon as anything of it is marked."""
    take(catalogue, like("broken", *broken()), like("a", (SHAPE, WIDE)))
    word = declared("a", Origin.AI_GENERATED, minute=1)
    catalogue.add_record(word, stamp(1))
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(2), target=word.id), stamp(2))
    assert origin_of(catalogue, "broken") is Origin.UNKNOWN
    take(catalogue, like("flagged", (SHAPE, WIDE), (PIXELS, ONE), marks=(AI,)), minute=3)
    assert origin_of(catalogue, "broken") is Origin.REVIEW
    assert catalogue.comparing.needed([digest_of("a")]) == frozenset([digest_of("a")])
    catalogue.verify()


def test_a_mark_that_better_readers_take_back_holds_nothing_any_more(catalogue: Catalogue) -> None:
    """The flag was a mistake of a reader: what it held goes free with it."""
    take(catalogue, like("broken", *broken()), like("flagged", (SHAPE, WIDE), marks=(AI,)))
    assert origin_of(catalogue, "broken") is Origin.REVIEW
    take(catalogue, like("flagged", (SHAPE, WIDE), by=READ_ANEW), minute=1)
    assert origin_of(catalogue, "flagged") is Origin.UNKNOWN
    assert origin_of(catalogue, "broken") is Origin.UNKNOWN
    catalogue.verify()


def test_it_is_said_which_pictures_are_the_reason(catalogue: Catalogue) -> None:
    """Three are named, and that there are more; and what can be done."""
    take(catalogue, like("broken", *broken()), like("flagged", (SHAPE, WIDE + b"jpeg"), marks=(AI,)))
    assert f"with {digest_of('flagged')[:12]}, which is ai-generated, of the same size; save it anew" in said(
        catalogue, "broken"
    )
    take(catalogue, *(like(f"more {n}", (SHAPE, WIDE), marks=(AI,)) for n in range(5)), minute=1)
    assert said(catalogue, "broken").count("which is ai-generated") == 3
    assert " and others, of the same size" in said(catalogue, "broken")
    catalogue.verify()


@pytest.mark.parametrize("now", [(PIXELS, TWO), (PLAIN, b"")])
@pytest.mark.parametrize("by", [EXAMINER, READ_ANEW])
def test_what_can_be_decoded_after_all_is_free(catalogue: Catalogue, now: tuple[str, bytes], by: Examiner) -> None:
    """It was for want of memory: it is tried again by whoever has it at hand, and held no longer."""
    take(catalogue, like("broken", *broken()), like("flagged", (SHAPE, WIDE), (PIXELS, ONE), marks=(AI,)))
    assert origin_of(catalogue, "broken") is Origin.REVIEW
    assert catalogue.comparing.needed([digest_of("broken")]) == frozenset([digest_of("broken")])
    take(catalogue, like("broken", (SHAPE, WIDE), now, by=by), minute=1)
    assert origin_of(catalogue, "broken") is Origin.UNKNOWN
    assert catalogue.comparing.needed([digest_of("broken")]) == frozenset()
    catalogue.verify()


def test_a_catalogue_from_before_gives_up_what_nobody_seeks(path: Path) -> None:
    """It sought shapes for ever: when it is opened, those stay of which something is marked, and the rest is free."""
    with Catalogue.create(path, at(0), store_id="test-store") as old:
        take(old, like("broken", *broken()), like("flagged", (SHAPE, TWO[:8] + b"jpeg"), marks=(AI,)))
    assert list(_MIGRATIONS)[6] == "sought"
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO sought VALUES (?, 0)", (WIDE,))
        raw.execute("UPDATE assets SET origin = 'review' WHERE origin = 'unknown'")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'sought'")
        raw.execute("PRAGMA user_version = 6")
        raw.execute("UPDATE store SET drawn_by = '0.1.0/3/1'")
    with Catalogue.open(path) as catalogue:
        assert origin_of(catalogue, "broken") is Origin.UNKNOWN
        assert sought(path) == [TWO[:8]]
        catalogue.verify()
