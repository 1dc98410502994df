"""What a watch daemon must stand, once, with its sizes as parameters: small in CI, full in `make soak`.

Every scenario compares the catalogue with the disk as (path, SHA-256), looks again some seconds later, and wants every
file exactly once and nothing half-written anywhere. They return figures for whoever prints them.
"""

import os
import random
import signal
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests import writers
from tests.production import Production
from tests.watching import (
    Daemon,
    catalogued,
    difference,
    digests,
    integrity,
    on_disk,
    quarantine,
    sightings,
    start,
    watched_production,
    watching,
)
from tests.writers import write, writing

LATER = 3.0
"""Seconds after which everything is looked at once more: what is recorded must stay so, and nothing must follow."""

LONG = 1_200.0
"""Seconds until something with many files in it has happened, on a slow machine."""

_EVENTS = Path("/proc/sys/fs/inotify/max_queued_events")


def agree(daemon: Daemon, *, later: float = LATER) -> None:
    """Return once the catalogue says what is on the disk, and goes on doing so."""
    production = daemon.production
    daemon.until(lambda: sightings(production) == _files(production), LONG, every=0.2)
    daemon.until(lambda: not difference(production), LONG, every=0.5)
    time.sleep(later)
    assert difference(production) == []


def _files(production: Production) -> int:
    zones = (production.editorial, production.deliver)
    return sum(len(names) for zone in zones for _, _, names in os.walk(os.fsencode(zone)))


def nothing_half(production: Production) -> None:
    """Fail if bytes were ever recorded that are not on the disk now: they were read before their writer was done."""
    whole = {*on_disk(production).values(), *quarantine(production).values()}
    assert digests(production) - whole == set()


def arriving(folder: Path, kind: Callable[..., None], files: int, *, frozen: bool) -> float:
    """Have very many small files written as fast as it goes; return files a second, from the first to the last row.

    `frozen`: the daemon is stopped in the middle (SIGSTOP) until more has happened than the kernel remembers.
    """
    production = watched_production(folder)
    with watching(production) as daemon:
        began = time.monotonic()
        with writing(kind, folder=production.editorial, files=files, seed=1):
            if frozen:
                daemon.until(lambda: _files(production) > files // 10)
                _overflow(daemon)
        daemon.until(lambda: sightings(production) >= files, LONG, every=0.1)
        took = time.monotonic() - began
        agree(daemon)
        assert len(catalogued(production)) == files + 2 * frozen
        if frozen:
            assert any(
                line["event"] == "hints were lost" and "max_queued_events" in line["why"] for line in daemon.lines()
            )
            daemon.until(lambda: daemon.state()["events"] == "ok")
        else:
            assert _recorded(daemon) == files  # each was taken in once, and not again
        assert daemon.stop() == 0
    integrity(production)
    nothing_half(production)
    return files / took


def _recorded(daemon: Daemon) -> int:
    """Return how many files the daemon has taken in, once it has said so."""
    time.sleep(LATER)
    return int(daemon.state()["recorded"])


def _overflow(daemon: Daemon) -> None:
    """Stop a daemon, have so much happen in a watched folder that the kernel drops what comes after, and let it go on."""
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        folder = daemon.production.editorial
        for _ in range(int(_EVENTS.read_text()) // 2 + 1_000):
            for name in ("one.lock", "other.lock"):  # two, because the kernel keeps equal ones in a row once
                (folder / name).open("ab").close()
        time.sleep(0.3)  # what is written now is heard of by nobody
    finally:
        daemon.process.send_signal(signal.SIGCONT)


def killed(folder: Path, files: int, kills: int, seed: int) -> list[int]:
    """Kill the daemon at seeded moments while files arrive, flagged ones in a final zone; return the rows after each.

    Every second time all that it started is killed with it: what moves files, and what reads them.
    """
    production = watched_production(folder)
    rng = random.Random(seed)
    after = []
    with ExitStack() as stack:
        zones = {"work": production.editorial, "final": production.deliver}
        rate = files / (kills * 1.5)
        stack.enter_context(writing(writers.offload, **zones, files=files, seed=seed, rate=rate))
        for number in range(kills):
            daemon = start(production)
            stack.callback(daemon.kill)
            time.sleep(rng.uniform(0.2, 2.8))
            assert daemon.process.poll() is None, daemon.said()
            if number % 2:
                os.killpg(daemon.process.pid, signal.SIGKILL)
            daemon.kill()
            assert daemon.process.returncode == -signal.SIGKILL
            after.append(sightings(production))
    with watching(production) as daemon:
        _all_guarded(daemon, files // 4)
        agree(daemon)
        assert daemon.stop() == 0
    _each_where_it_belongs(production, "card", files)
    integrity(production)
    return after


def _all_guarded(daemon: Daemon, flagged: int) -> None:
    """Return once so many files are in quarantine, and no flagged one is left where it must not be."""

    def guarded() -> bool:
        left = [n for _, _, names in os.walk(daemon.production.deliver) for n in names if _is_flagged(n)]
        return not left and len(quarantine(daemon.production)) >= flagged

    daemon.until(guarded, LONG, every=0.2)


def _is_flagged(name: str) -> bool:
    return name.startswith("flagged") and not name.endswith(".HELD.txt")
