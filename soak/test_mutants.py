from dataclasses import replace
from pathlib import Path

import pytest

from tests.carrying import marked_formats
from tests.conftest import SAMPLES
from tests.mutants import Marked, broken_promise, marked, mutants, outcome_of
from tests.test_carriers import CARRIERS, HELD_IN

FIXTURES = Path(__file__).parents[1] / "fixtures" / "media"
MUTANTS = 10_000


def _originals() -> list[Marked]:
    flagged = ("ai-generated.png", "ai-edited-by-hand.jpg", "signed-then-expired.jpg")
    found = [*(marked(FIXTURES / name) for name in flagged), marked(FIXTURES / "captured.jpg", flagged=False)]
    films = sorted((FIXTURES.parent / "films").iterdir())
    found += [marked(path) for path in films if path.name.startswith(("graph", "label", "comment"))]
    if SAMPLES.is_dir():
        found += [marked(p) for p in sorted(SAMPLES.glob("sd-parsers/*.png")) if p.stat().st_size > 400]
        found += [marked(SAMPLES / "c2pa-rs" / "ocsp.jpg"), marked(SAMPLES / "verify-site" / "butteryfly.jpg")]
    return found


@pytest.mark.timeout(3600)
def test_ten_thousand_mutants_of_carriers(tmp_path: Path) -> None:
    """Of 10,000 seeded mutants of what holds a generated picture none hides it and is clean, wherever the damage is."""
    originals = [Marked(name, data, ((0, len(data)),), flagged=True) for name, data in {**CARRIERS, **HELD_IN}.items()]
    told = (broken_promise(replace(m, inside=True), tmp_path) for m in mutants(originals, MUTANTS, seed=2))
    assert [said for said in told if said] == []


@pytest.mark.timeout(3600)
def test_ten_thousand_mutants(tmp_path: Path) -> None:
    """Of 10,000 seeded mutants none raises, and none damaged inside a mark reads as absent or unknown."""
    broken = [b for m in mutants(_originals(), MUTANTS, seed=1) if (b := broken_promise(m, tmp_path))]
    assert broken == []


@pytest.mark.timeout(3600)
def test_twenty_thousand_mutants_of_every_format(tmp_path: Path) -> None:
    """Of 20,000 no worker is lost, none with damage in its mark is unknown, and of the others one in a hundred is."""
    originals, hidden, elsewhere = marked_formats(), list[str](), 0
    for seed in range(20):
        outcome = outcome_of(mutants(originals, MUTANTS // 10, seed=seed), tmp_path)
        assert outcome.broken == []
        hidden += outcome.hidden
        elsewhere += outcome.elsewhere
    assert len(hidden) * 100 <= elsewhere, hidden
