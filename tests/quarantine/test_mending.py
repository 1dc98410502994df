"""What was cut off, at whatever step, is finished or undone."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.catalogue import Stay
from provenance.errors import CatalogueTrouble
from provenance.quarantine import mend, turns
from provenance.quarantine.taking import _Plan
from tests.quarantining import NOTE, RUN, Guarded, deliver, kept


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["rename", "link", "copy"])
@pytest.mark.parametrize("action", ["take", "release"])
def test_killed_at_any_step_it_is_finished_or_undone(tmp_path: Path, action: str, way: str) -> None:
    """A process is killed before each step of taking away and of putting back, and what mends leaves all in order.

    In order: each file is in one place with its bytes, sidecars and note with it; nothing stands aside; the ledger is
    whole; mending again changes nothing; and doing it again does it.
    """
    quarantine = tmp_path / "kept"
    if way == "copy":
        memory = Path("/dev/shm")
        if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no second file system to be had at /dev/shm")
        quarantine = Path(tempfile.mkdtemp(dir=memory)) / "kept"
    command = [sys.executable, "-m", "tests.cut_off", action, str(tmp_path / "work"), str(quarantine), way]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    finally:
        if way == "copy":
            shutil.rmtree(quarantine.parent)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_nobody_mends_what_is_under_way(guard: Guarded) -> None:
    """While somebody moves files it cannot be told what was cut off, so nothing is touched."""
    with turns.moving(guard.catalogue):
        assert mend(guard.catalogue, guard.config, guard.session.stamp) is None
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert not any((mended.taken, mended.left, mended.released, mended.held, mended.gone, mended.unclear))


def test_what_was_removed_by_hand_is_noted_as_gone(guard: Guarded) -> None:
    """A file that somebody took out of quarantine is gone, and the ledger says so; the next look finds no more."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    (guard.kept / "reel/hero.png").unlink()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [p.path for p in mended.gone] == [b"reel/hero.png"]
    assert [row.move.place.path for row in guard.rows()] == [b"reel/plate.jpg"]
    assert "1 found gone: deliver/reel/hero.png" in guard.production.run("ledger", "show").out
    assert guard.production.run("ledger", "verify").code == 0


def test_an_empty_quarantine_is_no_proof_that_all_is_gone(guard: Guarded) -> None:
    """A quarantine that is empty may be a disk that is not mounted: what was in it stays on record."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    guard.kept.rename(guard.kept.with_name("unmounted"))
    guard.kept.mkdir()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert mended.gone == []
    assert len(guard.rows()) == 2


def test_a_zone_that_is_no_longer_configured_is_left_for_a_person(guard: Guarded) -> None:
    """What was being moved in a zone that is not in the configuration any more stays written down, and is named."""
    plan = _Plan(guard.catalogue, guard.zone, RUN, guard.session.stamp().at)
    guard.catalogue.begin_taking([plan.move(guard.refused("reel/hero.png"))])
    config = replace(guard.config, zones=tuple(z for z in guard.config.zones if z.name != "deliver"))
    mended = mend(guard.catalogue, config, guard.session.stamp)
    assert mended is not None
    assert [n.place.path for n in mended.unclear] == [b"reel/hero.png"]
    assert (guard.zone.root / "reel/hero.png").exists()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [p.path for p in mended.left] == [b"reel/hero.png"]


def test_a_catalogue_that_cannot_be_written_loses_nothing(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk is full when what was moved is to be written down, it is written down by the next who mends."""

    def full(*_: object) -> None:
        raise CatalogueTrouble("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(guard.catalogue, "finish_taking", full)
        with pytest.raises(CatalogueTrouble):
            guard.take("reel/hero.png")
    assert guard.rows() == ()
    assert sorted(kept(guard)) == ["reel/hero.png"]
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [t.place.path for t in mended.taken] == [b"reel/hero.png"]
    assert [row.stay for row in guard.rows()] == [Stay.HELD]
    assert NOTE in deliver(guard)
    assert guard.production.run("ledger", "verify").code == 0
