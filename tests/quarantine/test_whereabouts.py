"""What was taken away is found by the place it had."""

import hashlib
from pathlib import Path

import pytest

from tests.production import EDITOR, LEGAL, generated, new_production, picture
from tests.quarantining import WHY, Guarded, guarded


def test_origin_says_where_it_is_and_why(guard: Guarded) -> None:
    """Asked by its old place, by where it is kept, in text and as JSON: in quarantine since then, because of that."""
    guard.take("reel/hero.png")
    for path in ("deliver/reel/hero.png", guard.kept / "reel/hero.png"):
        text = guard.production.run("origin", path)
        assert text.code == 0
        assert text.out.startswith("ai-generated")
        assert "is in quarantine since" in text.out
        assert WHY.text in text.out
        assert str(guard.kept / "reel/hero.png") in text.out
        (held,) = guard.production.json("origin", path)["quarantine"]
        assert (held["zone"], held["path"]) == ("deliver", "reel/hero.png")
        assert held["why"] == [{"rule": WHY.rule.value, "outcome": "refuse", "text": WHY.text}]
    assert guard.production.json("origin", "deliver/reel/plate.jpg")["quarantine"] == []


def test_origin_of_what_replaced_it_says_so_too(guard: Guarded) -> None:
    """A file that was put in its place is told of as it is, and so is that another from there is in quarantine."""
    guard.take("reel/hero.png")
    picture(guard.zone.root / "reel/hero.png", seed=9)
    text = guard.production.run("origin", "deliver/reel/hero.png").out
    assert text.startswith("unknown")
    assert "another file from here is in quarantine since" in text


def test_origin_answers_for_what_was_never_recorded(tmp_path: Path) -> None:
    """A file that was taken before anybody recorded it is examined where it is kept."""
    production = new_production(tmp_path)
    generated(production.deliver / "hero.png")
    with guarded(production) as guard:
        guard.take("hero.png")
    document = production.json("origin", "deliver/hero.png")
    assert (document["origin"], document["there"], document["known"]) == ("ai-generated", False, False)


def test_status_counts_and_names_it(guard: Guarded) -> None:
    """`status` says how many files are in quarantine, and which, and why."""
    guard.take("reel/hero.png")
    assert f"deliver/reel/hero.png: {WHY.text}" in guard.production.run("status").out
    assert guard.production.json("status")["daemon"]["quarantined"] == 1


@pytest.mark.parametrize(
    "verb",
    [
        ("approve", "--channel", "deliver", *LEGAL),
        ("clear", *LEGAL),
        ("declare", "--origin", "ai-generated", *EDITOR),
    ],
    ids=lambda v: v[0],
)
def test_words_are_taken_down_by_the_old_place(guard: Guarded, verb: tuple[str, ...]) -> None:
    """A person's word about a path that was quarantined is about the bytes that are kept."""
    digest = guard.refused("reel/hero.png").digest
    guard.take("reel/hero.png")
    for path in ("deliver/reel/hero.png", guard.kept / "reel/hero.png"):
        assert guard.production.json(verb[0], path, *verb[1:])["subjects"] == [digest]


def test_a_word_about_a_folder_is_about_what_was_taken_from_it(guard: Guarded) -> None:
    """Naming a folder means its files and those that were taken from it; one that was replaced since is not meant."""
    digest = guard.refused("reel/hero.png").digest
    clean = guard.refused("reel/plate.jpg").digest
    guard.take("reel/hero.png")
    said = guard.production.json("approve", "deliver", "--channel", "deliver", *LEGAL)
    assert sorted(said["subjects"]) == sorted([digest, clean])
    (guard.zone.root / "reel/hero.png").write_bytes(b"made by hand")
    said = guard.production.json("approve", "deliver/reel/hero.png", "--channel", "deliver", *LEGAL)
    assert said["subjects"] == [hashlib.sha256(b"made by hand").hexdigest()]
    said = guard.production.json("approve", "deliver", "--channel", "deliver", *LEGAL)
    assert digest not in said["subjects"]


def test_what_was_never_there_is_still_missing(guard: Guarded) -> None:
    """A path from which nothing was taken is answered as before."""
    guard.take("reel/hero.png")
    assert guard.production.run("approve", "deliver/nothing.png", "--channel", "deliver", *LEGAL).code == 10
    assert guard.production.run("origin", "deliver/reel/her.png").code == 10
