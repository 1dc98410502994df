"""What the watch daemon costs, and how soon it knows: printed, and held to the aims. Run it with `-s`."""

import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path

import pytest

from bench.processes import in_session
from tests import writers
from tests.production import Production
from tests.watching import Daemon, catalogue_of, sightings, watched_production, watching
from tests.writers import write, writing

pytestmark = pytest.mark.timeout(3600)

MIB = 1 << 20


def _resident(daemon: Daemon, what: str = "VmRSS") -> int:
    """Return how many bytes the main process holds; `VmHWM`: the most it ever held."""
    lines = Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(what)]
    return int(line.split()[1]) * 1024


def _used(daemon: Daemon) -> float:
    """Return how many seconds of processor time the daemon and all it started have used."""
    return sum(ticks for _, ticks in in_session(daemon.process.pid)) / 100


def test_memory_and_idling(tmp_path: Path) -> None:
    """300,000 files under watch: less than 200 MB, less than 1 % of a processor, and no growth as more arrive."""
    production = watched_production(tmp_path)
    write(writers.burst, folder=production.editorial, files=300_000, seed=1)
    with watching(production, patience=1800) as daemon:
        began = time.monotonic()
        daemon.until(lambda: sightings(production) >= 300_000, 1800, every=1.0)
        print(f"\n300,000 files taken in: {300_000 / (time.monotonic() - began):,.0f} files/s")
        time.sleep(10)
        minutes = []
        for _ in range(6):  # one of them has a sweep in it
            before, since = _used(daemon), time.monotonic()
            time.sleep(60)
            minutes.append((_used(daemon) - before) / (time.monotonic() - since))
        each = ", ".join(f"{100 * share:.2f}" for share in minutes)
        print(f"idle with 300,000 files, % of a processor in each of six minutes, one with a sweep: {each}")
        slope = _slope(daemon, seconds=240, rate=200)
        most = _resident(daemon, "VmHWM") / MIB
        print(f"memory: {most:.0f} MiB at most; {slope / 1024:+.1f} KiB for each 1,000 files more")
        assert daemon.stop() == 0
    assert most < 200
    assert statistics.mean(minutes) < 0.01
    assert slope < 50 << 10


def _slope(daemon: Daemon, seconds: int, rate: int) -> float:
    """Return by how many bytes memory grows for each 1,000 files that arrive, so many a second."""
    files, resident = [], []
    how = {"folder": daemon.production.editorial, "files": seconds * rate, "seed": 2, "rate": rate, "size": 500}
    with writing(writers.trickle, **how) as writer:
        while writer.process.poll() is None:
            time.sleep(1)
            files.append(sightings(daemon.production) / 1000)
            resident.append(_resident(daemon))
        writer.finish()
    later = len(files) // 4  # until then it gets back to work
    return statistics.linear_regression(files[later:], resident[later:]).slope


def test_a_verdict_comes_soon(tmp_path: Path) -> None:
    """200 files of 100 KB a second: all but one in a hundred are recorded half a second after they settled."""
    settle = 5.0
    production = watched_production(tmp_path, settle=settle)
    with watching(production) as daemon:
        how = {"folder": production.editorial, "files": 12_000, "seed": 3, "rate": 200, "size": 100_000}
        with writing(writers.trickle, **how):
            took = _recorded_after(production, 12_000)
        assert daemon.stop() == 0
    median, last = statistics.median(took), statistics.quantiles(took, n=100)[-1]
    print(
        f"\n200 files/s of 100 KB: recorded {median:.2f} s after the last write (median), {last:.2f} s (99th)", end=""
    )
    print(f"; settle time {settle} s")
    assert last <= settle + 0.5


def _recorded_after(production: Production, files: int) -> list[float]:
    """Return for each file how long after its last write its row could be read, in seconds."""
    took: list[float] = []
    deadline = time.monotonic() + 600
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        newest = 0
        while len(took) < files:
            assert time.monotonic() < deadline
            rows = connection.execute("SELECT id, mtime_ns FROM sightings WHERE id > ?", (newest,)).fetchall()
            now = time.time_ns()
            newest = max((number for number, _ in rows), default=newest)
            took += [(now - written) / 1e9 for _, written in rows]
            time.sleep(0.01)
    return took
