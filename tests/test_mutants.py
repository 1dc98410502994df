from dataclasses import replace
from pathlib import Path

import pytest

from provenance.containers import walk
from provenance.files import BufferMedia
from provenance.signals import read_signals
from tests.carrying import marked_formats
from tests.mutants import Marked, broken_promise, marked, mutants, outcome_of
from tests.test_carriers import CARRIERS, HELD_IN

FIXTURES = Path(__file__).parents[1] / "fixtures" / "media"
FILMS = FIXTURES.parent / "films"
MUTANTS = 200


@pytest.fixture(scope="module")
def originals() -> list[Marked]:
    """Our own fixtures that carry an AI mark or a credential."""
    flagged = ("ai-generated.png", "ai-edited-by-hand.jpg", "signed-then-expired.jpg")
    return [*(marked(FIXTURES / name) for name in flagged), marked(FIXTURES / "captured.jpg", flagged=False)]


def test_damage_inside_a_mark_is_never_clean(originals: list[Marked], tmp_path: Path) -> None:
    """Of 200 seeded mutants none raises, and none damaged inside a mark reads as unknown: `make soak` tries 10,000."""
    broken = [b for m in mutants(originals, MUTANTS, seed=20261122) if (b := broken_promise(m, tmp_path))]
    assert broken == []


def test_damage_inside_the_tags_of_films_is_never_clean(tmp_path: Path) -> None:
    """The same holds for films and sounds in every container: of 150 mutants, none is clean."""
    originals = [
        marked(path) for path in sorted(FILMS.iterdir()) if path.name.startswith(("graph", "label", "comment"))
    ]
    broken = [b for m in mutants(originals, 150, seed=11) if (b := broken_promise(m, tmp_path))]
    assert broken == []


def test_damage_anywhere_in_what_holds_a_generated_picture_is_never_clean(tmp_path: Path) -> None:
    """Archives, documents, layers, essence and attachments: of 300 mutants, none hides the picture and is clean."""
    originals = [Marked(name, data, ((0, len(data)),), flagged=True) for name, data in {**CARRIERS, **HELD_IN}.items()]
    broken = [b for m in mutants(originals, 300, seed=3) if (b := broken_promise(replace(m, inside=True), tmp_path))]
    assert broken == []


def test_damage_inside_the_samples_marks_is_never_clean(samples: Path, tmp_path: Path) -> None:
    """The same holds for generators' texts and credentials that nobody here made."""
    names = (
        "c2pa-ts/amazon-titan-g1.png",
        "verify-site/butteryfly.jpg",
        "sd-parsers/novelai1_cropped.png",
        "sd-parsers/automatic1111_cropped.png",
    )
    broken = [
        b for m in mutants([marked(samples / n) for n in names], 40, seed=7) if (b := broken_promise(m, tmp_path))
    ]
    assert broken == []


def test_every_format_carries_a_mark_that_flags() -> None:
    """Each file that is damaged here is flagged when it is whole."""
    whole = [(m.name, BufferMedia(m.data)) for m in marked_formats()]
    assert [name for name, media in whole if not read_signals(walk(media), media).signals] == []


@pytest.mark.timeout(120)
def test_damage_in_any_format_is_never_clean(tmp_path: Path) -> None:
    """Of 500 mutants over all formats no worker is lost on one, and none with damage in its mark reads as unknown."""
    outcome = outcome_of(mutants(marked_formats(), 500, seed=20261128), tmp_path)
    assert outcome.broken == []
    assert len(outcome.hidden) * 50 <= outcome.elsewhere, outcome.hidden
