"""Scans that are killed while they work, at seeded moments: the moment is a number of rows, not a time."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from tests.production import Production


def rows(production: Production) -> int:
    """Return how many sightings the catalogue holds."""
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db", timeout=30)) as catalogue:
        (count,) = catalogue.execute("SELECT count(*) FROM sightings").fetchone()
    return int(count)


def notes(production: Production, count: int) -> None:
    """Write small files, all different."""
    for n in range(count):
        folder = production.editorial / f"reel{n % 7}"
        folder.mkdir(exist_ok=True)
        (folder / f"{n}.txt").write_text(f"note {n}\n")


def started(production: Production) -> subprocess.Popen[bytes]:
    """Start a scan in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "PROVENANCE_CONFIG"}
    command = [sys.executable, "-m", "provenance", "scan"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=production.root, env=environment, stdout=quiet, stderr=quiet)


def wait_for_rows(production: Production, scan: subprocess.Popen[bytes], wanted: int) -> None:
    """Return when the catalogue holds more rows than `wanted`; fails if the scan ends before."""
    while rows(production) <= wanted:
        assert scan.poll() is None
        time.sleep(0.002)


def kill_scans(production: Production, rounds: int, seed: int) -> list[int]:
    """Start scans and kill each at a moment of its own; return how many rows there were after each.

    Every third dies before its first row, while it starts; the others a random number of rows and a random part of a
    batch later. Each must have died of the kill.
    """
    rng = random.Random(seed)
    after = []
    for number in range(rounds):
        before = rows(production)
        with started(production) as scan:
            if number % 3:
                wait_for_rows(production, scan, before + rng.randrange(300))
                time.sleep(rng.uniform(0, 0.03))
            else:
                time.sleep(rng.uniform(0, 0.3))
            scan.send_signal(signal.SIGKILL)
        assert scan.returncode == -signal.SIGKILL
        after.append(rows(production))
    return after
