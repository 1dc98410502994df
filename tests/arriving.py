"""What a watch daemon must stand, once, with its sizes as parameters: small in CI, full in `make soak`.

Every scenario compares the catalogue with the disk as (path, SHA-256), looks again some seconds later, and wants every
file exactly once and nothing half-written anywhere. They return figures for whoever prints them.
"""

import hashlib
import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterable
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
    ledgered,
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

NOTE = ".HELD.txt"

LONG = 1_200.0
"""Seconds until something with many files in it has happened, on a slow machine."""

PIECES = 12
"""In which a file is written that is closed after each."""

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
                overflow(daemon)
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
            daemon.until(lambda: daemon.state()["recorded"] >= files)
            assert daemon.state()["recorded"] == files  # each was taken in once, and not again
        assert daemon.stop() == 0
    integrity(production)
    nothing_half(production)
    return files / took


def overflow(daemon: Daemon) -> None:
    """Stop a daemon while so much happens in a watched folder that the kernel drops what comes after; let it go on."""
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

    Every third time it dies while it starts, else while there is something for it to do. Every second time all that
    it started is killed with it: what reads files, and what moves them.
    """
    production = watched_production(folder)
    rng = random.Random(seed)
    after = []
    with ExitStack() as stack:
        zones = {"work": production.editorial, "final": production.deliver}
        writer = writing(writers.offload, **zones, files=files, seed=seed, rate=files / (kills * 2))
        stack.enter_context(writer)
        for number in range(kills):
            daemon = start(production)
            stack.callback(daemon.kill)
            if number % 3 == 2:
                time.sleep(rng.uniform(0, 1))
            else:
                _at_work(daemon)
                time.sleep(rng.uniform(0, 0.5))
            assert daemon.process.poll() is None, daemon.said()
            if number % 2:
                os.killpg(daemon.process.pid, signal.SIGKILL)
            daemon.kill()
            assert daemon.process.returncode == -signal.SIGKILL
            after.append(sightings(production))
    with watching(production) as daemon:
        flagged = shots(seed, filter(writers.is_flagged, range(files)), flagged=True)
        guarded(daemon, len(flagged))
        agree(daemon)
        assert daemon.stop() == 0
    clean = [n for n in range(files) if not writers.is_flagged(n)]
    where_they_belong(production, shots(seed, filter(writers.is_final, clean), flagged=False), flagged)
    work = shots(seed, itertools.filterfalse(writers.is_final, clean), flagged=False)
    assert {path: digest for (zone, path), digest in on_disk(production).items() if zone == "editorial"} == work
    integrity(production)
    nothing_half(production)
    return after


def _at_work(daemon: Daemon) -> None:
    """Return once a daemon has written something down, or has nothing to write."""
    before, deadline = ledgered(daemon.production), time.monotonic() + 5
    daemon.until(lambda: time.monotonic() > deadline or ledgered(daemon.production) > before, every=0.01)


def guarded(daemon: Daemon, flagged: int) -> None:
    """Return once so many files are in quarantine, and no flagged one is left in the final zone."""
    production = daemon.production

    def done() -> bool:
        names = [n for _, _, names in os.walk(production.deliver) for n in names]
        left = [n for n in names if n.startswith("flagged") and not n.endswith(NOTE)]
        return not left and len(quarantine(production)) >= flagged

    daemon.until(done, LONG, every=0.2)


def where_they_belong(production: Production, delivered: dict[bytes, str], flagged: dict[bytes, str]) -> None:
    """Fail unless the final zone holds what was delivered and a note for each that was flagged, and nothing else.

    And those are in quarantine, each once and with its own bytes. Both by path, with their SHA-256.
    """
    assert quarantine(production) == flagged
    there = {path: digest for (zone, path), digest in on_disk(production).items() if zone == "deliver"}
    notes = {path for path in there if path.endswith(NOTE.encode())}
    assert len(notes) == len(flagged)
    assert {path: digest for path, digest in there.items() if path not in notes} == delivered


def shots(seed: int, numbers: Iterable[int], *, flagged: bool) -> dict[bytes, str]:
    """Return what `tests.writers.shot` writes: path, with the SHA-256."""
    made = (writers.shot(seed, number, flagged=flagged) for number in numbers)
    return {name.encode(): hashlib.sha256(data).hexdigest() for name, data in made}


def dropped(folder: Path, flagged: int, clean: int) -> list[float]:
    """Drop flagged files among clean ones into a final zone in a moment; return each one's seconds until it was moved.

    They count from the moment the file had settled.
    """
    production = watched_production(folder)
    with watching(production) as daemon:
        write(writers.drop, folder=production.deliver, aside=folder / "aside", flagged=flagged, clean=clean, seed=5)
        guarded(daemon, flagged)
        agree(daemon)
        took = [line["seconds"] for line in daemon.lines() if line["event"] == "moved to quarantine"]
        assert daemon.stop() == 0
    delivered = shots(5, range(flagged, flagged + clean), flagged=False)
    where_they_belong(production, delivered, shots(5, range(flagged), flagged=True))
    integrity(production)
    nothing_half(production)
    assert len(took) == flagged
    return took


def unfinished(folder: Path, settle: float) -> None:
    """Have files written that look finished long before they are; none is recorded before it is whole, all are then."""
    production = watched_production(folder, settle=settle)
    at, pause = production.editorial, settle * 3
    with watching(production) as daemon, ExitStack() as stack:
        begun: list[tuple[Callable[..., None], dict[str, object]]] = [
            (writers.slowly, {"path": at / "slow.mxf", "pieces": 2, "pause": pause}),
            (writers.preallocated, {"path": at / "preallocated.mov", "size": 8 << 20, "pause": pause}),
            (writers.dated_back, {"path": at / "dated.wav", "pause": pause}),
            (writers.over_a_rename, {"path": at / "renamed.mov", "pause": pause}),
            (writers.cut_short, {"path": at / "half.png", "pause": pause}),
        ]
        for seed, (kind, how) in enumerate(begun):
            stack.enter_context(writing(kind, **how, seed=seed))
        time.sleep(pause / 2)
        assert {path for _, path in catalogued(production)} <= {b"dated.wav"}  # of which the first version was whole
        stack.close()
        agree(daemon)
        assert len(catalogued(production)) == len(begun)
        assert daemon.stop() == 0
    integrity(production)
    first = hashlib.sha256(writers.noise(2, 0, 10_000)).hexdigest()
    assert digests(production) - {first} == set(on_disk(production).values())


def reopened(folder: Path, settle: float) -> None:
    """Have a file written by a program that closes it after each piece, and pauses for less than the settle time."""
    production = watched_production(folder, settle=settle)
    with watching(production) as daemon:
        for attempt in range(20):
            path = production.editorial / "reopened.mxf"
            longest = write(writers.reopening, path=path, pieces=PIECES, pause=settle / 5, seed=attempt)
            if float(longest) < settle / 2:
                break
            path.unlink()  # this machine did not let it write in time
        else:
            raise AssertionError("this machine is too busy to write anything five times a second")
        agree(daemon)
        assert daemon.stop() == 0
    integrity(production)
    pieces = [writers.noise(attempt, number, 10_000) for number in range(PIECES)]
    begun = {hashlib.sha256(b"".join(pieces[:n])).hexdigest() for n in range(1, PIECES)}
    assert digests(production).isdisjoint(begun)
