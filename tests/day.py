"""A day at a production, in a minute or two: everything that happens to a watch daemon, in a seeded order."""

import hashlib
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from bench.processes import in_session
from tests import writers
from tests.adversity import LIMITED, NETWORKED, filled, holding, small_disk, stop_sweeper
from tests.arriving import LONG, agree, overflow
from tests.delivering import KEEP, Delivery
from tests.production import Production
from tests.watching import PROGRAM, Daemon, digests, integrity, start, watched_production
from tests.writers import Writer, writing

SETTLE = 0.5


def a_day(folder: Path, seconds: float, seed: int, *, hard: bool = False) -> dict[str, int]:
    """Let a day pass: people write, change, move, delete and speak, and the machine has its troubles.

    Returns how often what happened.

    `hard`, which needs mounts of its own: the work zone is network storage to the daemon and what sweeps it hangs now
    and then, the catalogue's disk is full now and then, and some daemons may only watch a few folders.
    At the end the catalogue says what is on the disk, every flagged file is in quarantine with its bytes and every
    clean one where it was put, and nothing was ever recorded half-written.
    """
    more = '[notify]\ncommand = "true"\nbundle = 0.5'
    production = watched_production(folder, settle=SETTLE, sweep=5.0, final='on_approval = "release"', more=more)
    for zone in (production.editorial, production.deliver):
        (zone / "keep.txt").write_bytes(f"{zone.name} is never empty\n".encode())
    disk = small_disk(production, "64m") if hard else None
    with ExitStack() as stack:
        day = _Day(production, random.Random(seed), stack, disk)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            day.go_on()
        day.end()
    return day.happened


class _Day:
    def __init__(self, production: Production, rng: random.Random, stack: ExitStack, disk: Path | None) -> None:
        self.happened: dict[str, int] = {}
        self._production = production
        self._rng = rng
        self._stack = stack
        self._disk = disk
        self._writers: list[Writer] = []
        self._seed = 100
        kept = {KEEP: hashlib.sha256(b"deliver is never empty\n").hexdigest()}
        self._delivery = Delivery(production, rng, delivered=kept)
        self._halves: set[str] = set()
        self._slow = production.editorial / "slow"
        self._slow.mkdir()
        self._daemon = self._started()

    def go_on(self) -> None:
        """Let the next thing happen."""
        events: list[tuple[int, Callable[[], None]]] = [
            (4, self._burst),
            (4, self._renames),
            (6, self._drop),
            (2, self._moved_in),
            (3, self._turncoat),
            (6, self._delivery.approve),
            (4, self._delivery.revoke),
            (3, self._delivery.declare),
            (2, self._hard_links),
            (2, self._sidecars),
            (4, self._overwrite),
            (3, self._date_back),
            (3, self._delete),
            (3, self._move_folder),
            (3, self._link),
            (3, self._slow_writer),
            (3, self._preallocate),
            (2, self._kill),
            (4, self._lose_a_helper),
            (1, self._stop),
            (2, self._freeze),
            (2, self._lock),
            (1, self._away),
        ]
        if self._disk is None:
            events += [(1, self._reload)]
        else:
            events += [(3, self._fill), (3, self._silence)]
        weights = [weight for weight, _ in events]
        (_, event), *_ = self._rng.choices(events, weights)
        event()
        name = event.__name__.lstrip("_")
        self.happened[name] = self.happened.get(name, 0) + 1
        time.sleep(self._rng.uniform(0, 0.6))

    def end(self) -> None:
        """Let everybody finish, and compare."""
        self._finish_writing()
        self._daemon.until(self._delivery.is_so, LONG, every=0.5)
        agree(self._daemon)
        assert self._daemon.stop() == 0
        self._delivery.check()
        integrity(self._production)
        assert digests(self._production).isdisjoint(self._halves)

    # What people do.

    def _burst(self) -> None:
        self._write(writers.burst, folder=self._production.editorial, files=self._rng.randrange(20, 300))

    def _renames(self) -> None:
        self._write(writers.renames, folder=self._production.editorial, files=self._rng.randrange(20, 300))

    def _drop(self) -> None:
        flagged, clean = self._rng.randrange(1, 15), self._rng.randrange(1, 40)
        seed = self._write(
            writers.drop, folder=self._production.deliver, aside=self._aside(), flagged=flagged, clean=clean
        )
        self._delivery.expect(seed, flagged, clean)

    def _moved_in(self) -> None:
        """Have a whole folder moved into the final zone, written elsewhere."""
        aside, flagged, clean = self._aside(), self._rng.randrange(1, 5), self._rng.randrange(1, 5)
        self._seed += 1
        for number in range(flagged + clean):
            name, data = writers.shot(self._seed, number, flagged=number < flagged)
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(data)
        (aside / f"card{self._seed}").rename(self._production.deliver / f"card{self._seed}")
        self._delivery.expect(self._seed, flagged, clean)

    def _turncoat(self) -> None:
        """Put a flagged file in the place of a clean one that was delivered."""
        self._finish_writing()
        if names := self._delivery.plain:
            name = self._rng.choice(names)
            self._seed += 1
            data = writers.png(self._seed * 100_000, flagged=True)
            aside = self._aside() / "other.png"
            aside.parent.mkdir()
            aside.write_bytes(data)
            aside.replace(self._production.deliver / name.decode())
            self._delivery.replace(name, data)

    def _hard_links(self) -> None:
        self._seed += 1
        self._delivery.link(self._aside(), self._seed)

    def _sidecars(self) -> None:
        self._seed += 1
        self._delivery.accompany(self._aside(), self._seed)

    def _overwrite(self) -> None:
        for path in self._some(5):
            path.write_bytes(self._rng.randbytes(300))

    def _date_back(self) -> None:
        """Change a file so that neither its size nor its date tells."""
        for path in self._some(3):
            before = path.stat()
            path.write_bytes(self._rng.randbytes(before.st_size))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _delete(self) -> None:
        for path in self._some(10):
            path.unlink()
        for folder in self._folders(1):
            shutil.rmtree(folder)

    def _move_folder(self) -> None:
        self._finish_writing()
        for folder in self._folders(2):
            self._seed += 1
            folder.rename(self._production.editorial / f"moved{self._seed}")

    def _link(self) -> None:
        for path in self._some(3):
            self._seed += 1
            (self._production.editorial / f"linked{self._seed}").hardlink_to(path)

    def _slow_writer(self) -> None:
        pause, number = SETTLE * 3, self._seed + 1
        kind = self._rng.choice((writers.slowly, writers.over_a_rename))
        pieces = [writers.noise(number, n, 10_000) for n in range(3)]
        self._halves |= {hashlib.sha256(b"".join(pieces[:n])).hexdigest() for n in (1, 2)}
        how: dict[str, object] = {"path": self._slow / f"{number}.mxf", "pause": pause}
        if kind is writers.slowly:
            how["pieces"] = 3
        else:
            self._halves.discard(hashlib.sha256(b"".join(pieces[:2])).hexdigest())  # that is all of it
        self._write(kind, **how)

    def _preallocate(self) -> None:
        self._halves.add(hashlib.sha256(bytes(1 << 20)).hexdigest())
        path = self._slow / f"{self._seed + 1}.mov"
        self._write(writers.preallocated, path=path, size=1 << 20, pause=SETTLE * 3)

    # What happens to the daemon and its machine.

    def _kill(self) -> None:
        if self._rng.random() < 0.5:
            os.killpg(self._daemon.process.pid, signal.SIGKILL)
        self._daemon.kill()
        self._daemon = self._started()

    def _lose_a_helper(self) -> None:
        """Have one of the daemon's processes die: one that reads, sweeps, moves, or starts others."""
        helpers = sorted(p[0] for p in in_session(self._daemon.process.pid) if p[0] != self._daemon.process.pid)
        if helpers:
            with suppress(ProcessLookupError):
                os.kill(self._rng.choice(helpers), signal.SIGKILL)

    def _stop(self) -> None:
        self._listening()
        assert self._daemon.stop(60) == 0
        self._daemon = self._started()

    def _reload(self) -> None:
        self._listening()
        self._daemon.process.send_signal(signal.SIGHUP)

    def _freeze(self) -> None:
        """Have more happen than the kernel remembers, while the daemon is stopped."""
        overflow(self._daemon)

    def _lock(self) -> None:
        with holding(self._production):
            time.sleep(self._rng.uniform(1, 4))

    def _fill(self) -> None:
        """Have the catalogue's disk be full for a while."""
        assert self._disk is not None
        ballast = filled(self._disk)
        time.sleep(self._rng.uniform(1, 4))
        ballast.unlink()

    def _silence(self) -> None:
        """Have the process hang that sweeps the work zone."""
        self._listening()
        stop_sweeper(self._daemon)

    def _away(self) -> None:
        """Have the work zone's folder be gone for a while."""
        self._finish_writing()
        elsewhere = self._production.editorial.rename(self._production.root / "elsewhere")
        time.sleep(self._rng.uniform(1, 4))
        elsewhere.rename(self._production.editorial)

    # How.

    def _listening(self) -> None:
        """Return once signals are the daemon's own: before, they end it as any program."""
        self._daemon.until(lambda: bool(self._daemon.state()))

    def _started(self) -> Daemon:
        prefix = (*LIMITED, "10") if self._disk is not None and self._rng.random() < 0.3 else ()
        program = PROGRAM if self._disk is None else NETWORKED
        daemon = start(self._production, prefix=prefix, program=program)
        self._stack.callback(daemon.kill)
        return daemon

    def _write(self, kind: Callable[..., None], **how: object) -> int:
        """Have somebody write while the day goes on; return the seed of what is written."""
        self._seed += 1
        self._writers.append(self._stack.enter_context(writing(kind, **how, seed=self._seed)))
        if len(self._writers) > 4:
            self._writers.pop(0).finish()
        return self._seed

    def _finish_writing(self) -> None:
        while self._writers:
            self._writers.pop().finish()

    def _aside(self) -> Path:
        return self._production.root / "aside" / f"{self._seed + 1}"

    def _some(self, most: int) -> list[Path]:
        """Return files of the work zone that nobody is writing."""
        self._finish_writing()
        folder = self._production.editorial
        there = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(self._slow))
        return self._rng.sample([p for p in there if p.name != "keep.txt"], min(most, max(0, len(there) - 1)))

    def _folders(self, most: int) -> list[Path]:
        there = sorted(p for p in self._production.editorial.iterdir() if p.is_dir() and p != self._slow)
        return self._rng.sample(there, min(most, len(there)))


def a_hard_day(folder: Path, seconds: float, seed: int) -> None:
    """Let a hard day pass, in a process with mounts of its own, and print what happened."""
    happened = a_day(folder, seconds, seed, hard=True)
    sys.stdout.write(f"{sum(happened.values())} events, {happened}")
