"""What was acknowledged stays, whatever happens to the process or the disk."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.catalogue import Batch, Catalogue
from provenance.errors import CatalogueTrouble
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    LATER_EXAMINER,
    at,
    digest_of,
    evidence,
    origin_of,
    seen,
    signed,
    stamp,
    take,
)

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 8
PER_BATCH = 20

WRITER = """
import sys
from pathlib import Path
from provenance.catalogue import Batch, Catalogue
from tests.catalogue.making import declared, evidence, seen, stamp
from provenance.verdict import Origin
with Catalogue.open(Path(sys.argv[1])) as catalogue:
    for number in range(int(sys.argv[2]), 100000):
        names = [f"{number}/{n}" for n in range(int(sys.argv[3]))]
        catalogue.record(Batch(tuple(seen(evidence(n), n.encode()) for n in names)), stamp(1))
        catalogue.add_record(declared(names[0], Origin.CAPTURED), stamp(1))
        print(number, flush=True)
"""


def write_until_killed(path: Path, first: int, batches: int, chance: random.Random) -> int:
    """Let a real process write from batch `first` on, kill it after some, and return the last it acknowledged."""
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(PER_BATCH)]
    last = first - 1
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            last = int(line)
            if last >= first + batches:
                os.kill(writer.pid, signal.SIGSTOP if chance.random() < 0.3 else signal.SIGKILL)
                os.kill(writer.pid, signal.SIGKILL)
                break
        for line in writer.stdout:  # what it had said before it died
            last = int(line)
    assert writer.returncode == -signal.SIGKILL
    return last


def test_killed_writers_lose_nothing(path: Path) -> None:
    """A writer killed again and again leaves a whole catalogue with every acknowledged batch, and a whole ledger."""
    Catalogue.create(path, at(0)).close()
    chance, last = random.Random(7), -1
    recorded: set[bytes] = set()
    for _ in range(KILLS):
        last = write_until_killed(path, last + 1, chance.randrange(6), chance)
        with Catalogue.open(path) as catalogue:
            catalogue.verify()
            recorded = {row.place.path for row in catalogue.listing()}
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
    wanted = {f"{number}/{n}".encode() for number in range(last + 1) for n in range(PER_BATCH)}
    assert wanted <= recorded
    assert len(recorded) % PER_BATCH == 0


def test_full_disk(catalogue: Catalogue) -> None:
    """On a full disk a batch fails as a whole and says so; with room again it goes in. The limit is SQLite's own."""
    take(catalogue, seen(evidence("before"), b"before"))
    pages = catalogue._db.row("PRAGMA page_count")
    assert pages is not None
    catalogue._db.run(f"PRAGMA max_page_count = {pages[0] + 2}")
    many = Batch(tuple(seen(evidence(f"shot {n}"), b"%d" % n) for n in range(500)))
    with pytest.raises(CatalogueTrouble, match="is full") as caught:
        catalogue.record(many, stamp(1))
    assert "Make room" in caught.value.help
    assert catalogue.counts().assets == 1
    catalogue._db.run("PRAGMA max_page_count = 1000000")
    assert catalogue.record(many, stamp(1)).new_assets == 500
    assert catalogue.evidence_of(digest_of("shot 7")) == (evidence("shot 7"),)
    catalogue.verify()


def test_interrupted_batch(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the middle of a batch leaves nothing of it, and the next batch goes in whole."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    take(catalogue, seen(evidence("before"), b"before"))
    batch = Batch((seen(evidence("a", AI), b"new folder/a"), seen(evidence("b", AI), b"new folder/b")))
    with monkeypatch.context() as patch:
        patch.setattr("provenance.catalogue.ledger.Ledger.append", interrupted)
        with pytest.raises(KeyboardInterrupt):
            catalogue.record(batch, stamp(1))
    assert catalogue.counts().assets == 1
    catalogue.record(batch, stamp(2))
    assert catalogue.counts().sightings == 3
    catalogue.verify()


def test_numbers_of_what_was_undone(catalogue: Catalogue) -> None:
    """A row number that a failed batch was read under is another finding's in the next, which is drawn by its own."""
    take(catalogue, *(seen(evidence(name), name.encode()) for name in ("plain", "other", "made")))
    catalogue._db.run(
        "CREATE TEMP TRIGGER failing BEFORE UPDATE OF origin ON main.assets BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    signed_by_then = seen(evidence("plain", credential=signed("a"), examiner=LATER_EXAMINER), b"plain")
    with pytest.raises(CatalogueTrouble):
        take(catalogue, signed_by_then, seen(evidence("other", AI, examiner=LATER_EXAMINER), b"other"), minute=1)
    catalogue._db.run("DROP TRIGGER failing")
    take(catalogue, seen(evidence("made", AI, examiner=LATER_EXAMINER), b"made"), minute=2)
    assert origin_of(catalogue, "made") is Origin.AI_GENERATED
    catalogue.verify()


def test_two_writers(path: Path) -> None:
    """Two writers at once wait for each other, and both batches are there."""
    Catalogue.create(path, at(0)).close()
    script = WRITER.replace("100000", "int(sys.argv[2]) + 10")
    commands = [[sys.executable, "-c", script, str(path), str(first), "5"] for first in (0, 100)]
    writers = [subprocess.Popen(c, stdout=subprocess.DEVNULL, cwd=PROJECT) for c in commands]
    assert [w.wait() for w in writers] == [0, 0]
    with Catalogue.open(path) as catalogue:
        assert catalogue.counts().assets == 100
        assert catalogue.verify().seq == 40
