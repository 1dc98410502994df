"""What storage and neighbours do to a watch daemon, once, with sizes as parameters: small in CI, full in `make soak`.

No crash, nothing lost, and `status` tells. Some of it needs root: whoever calls asks for `needs_root` first.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from provenance.daemon.ending import LONGEST
from tests import writers
from tests.arriving import agree, guarded
from tests.production import Production, generated, picture
from tests.watching import (
    PROJECT,
    Daemon,
    catalogue_of,
    catalogued,
    integrity,
    quarantine,
    sightings,
    start,
    watched_production,
    watching,
)
from tests.writers import write

LIMITED = ("unshare", "-Ur", "sh", "-c", 'echo "$0" > /proc/sys/user/max_inotify_watches && exec "$@"')
"""Runs a daemon in a user namespace of its own with only so many watches: their number comes next."""


def needs(*wanted: str) -> None:
    """Skip a test, saying why, on a machine that does not give it what it needs: of `namespaces`, `root`, `fuse`."""
    if "namespaces" in wanted and subprocess.run(["unshare", "-Ur", "true"], check=False).returncode:
        pytest.skip("this machine gives no user namespaces")
    if "root" in wanted and subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("only root may mount, and this is not root or may not")
    if "fuse" in wanted and not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("this machine has no /dev/fuse, of which storage that hangs is made")


def limited(folder: Path, watches: int, folders: int, files: int) -> None:
    """Give the daemon fewer watches than there are folders: it says so and what to do, and records every file."""
    production = watched_production(folder, sweep=1.0)
    reels = [production.editorial / f"reel{n}" for n in range(folders)]
    for reel in reels:
        reel.mkdir()
    with watching(production, prefix=(*LIMITED, str(watches))) as daemon:
        daemon.until(lambda: daemon.state()["events"] == "degraded")
        for number in range(files):
            (reels[number % folders] / f"{number}.txt").write_bytes(writers.noise(7, number, 100))
        agree(daemon)
        assert len(catalogued(production)) == files
        state = daemon.state()
        assert state["events"] == "degraded"
        assert any("max_user_watches" in text for zone in state["zones"] for text in zone["troubles"])
        assert daemon.stop() == 0
    integrity(production)


def locked(folder: Path, seconds: float) -> None:
    """Have another process hold the catalogue: it is said, and what arrived meanwhile is recorded and moved after."""
    production = watched_production(folder)
    with holding(production):
        late = start(production)
        time.sleep(min(seconds, 5))
    late.ready()
    assert late.stop() == 0
    with watching(production) as daemon:
        with holding(production):
            end = time.monotonic() + seconds
            write(writers.burst, folder=production.editorial, files=100, seed=1)
            generated(production.deliver / "hero.png")
            daemon.until(lambda: _says(daemon, "locked"))
            time.sleep(max(0.0, end - time.monotonic()))
            assert daemon.process.poll() is None
        guarded(daemon, 1)
        agree(daemon)
        daemon.until(lambda: not daemon.state()["troubles"])
        assert daemon.stop() == 0
    integrity(production)


def _says(daemon: Daemon, word: str) -> bool:
    """Whether `status` names a trouble of no zone in particular."""
    return any(word in text for text in daemon.state()["troubles"])


@contextmanager
def holding(production: Production) -> Iterator[None]:
    """Hold the catalogue's write lock during the block, from another process."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30);"
        " c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(catalogue_of(production))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.kill()


def within(scenario: Callable[..., None], folder: Path, *sizes: float) -> str:
    """Run a scenario that mounts something, in a process with mounts of its own; return what it printed."""
    words = ", ".join((f"Path({os.fspath(folder)!r})", *(str(n) for n in sizes)))
    named = f"from {scenario.__module__} import {scenario.__name__} as scenario"
    code = f"from pathlib import Path; {named}; scenario({words})"
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", code], cwd=PROJECT, check=False, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def full(folder: Path, files: int) -> None:
    """Fill the disk the catalogue lies on: it is said, nothing ends, and once there is room all is recorded."""
    production = watched_production(folder)
    disk = small_disk(production, "16m")
    with watching(production) as daemon:
        ballast = filled(disk)
        write(writers.burst, folder=production.editorial, files=files, seed=1)
        generated(production.deliver / "hero.png")
        daemon.until(lambda: _says(daemon, "full"))
        time.sleep(1)
        assert len(catalogued(production)) < files
        assert "trouble: the disk with" in production.run("status").out
        ballast.unlink()
        guarded(daemon, 1)
        agree(daemon)
        daemon.until(lambda: not daemon.state()["troubles"])
        assert daemon.stop() == 0
    integrity(production)


def small_disk(production: Production, size: str) -> Path:
    """Put the catalogue on a disk of its own, and return where that is."""
    disk = production.root / ".provenance"
    kept = disk.rename(production.root / "kept")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
    shutil.copytree(kept, disk, dirs_exist_ok=True)
    return disk


def filled(disk: Path) -> Path:
    """Leave no room on a disk, and return the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))
    return ballast


def away(folder: Path, files: int) -> None:
    """Have a root disappear and come back: its zone is paused, nothing of it is gone, and what came with it is met."""
    production = watched_production(folder, sweep=1.0)
    with watching(production) as daemon:
        write(writers.burst, folder=production.editorial, files=files, seed=1)
        agree(daemon, later=0)
        before = catalogued(production)
        elsewhere = production.editorial.rename(production.root / "elsewhere")
        daemon.until(lambda: _paused(daemon) is not None)
        write(writers.burst, folder=elsewhere, files=files, seed=2)
        generated(production.deliver / "hero.png")
        guarded(daemon, 1)  # the other zone goes on
        time.sleep(2)
        assert before.items() <= catalogued(production).items()
        elsewhere.rename(production.editorial)
        agree(daemon)
        assert len(before) * 2 == sum(zone == "editorial" for zone, _ in catalogued(production))
        picture(production.editorial / "after.png", seed=3)  # and hints are heard there again
        agree(daemon, later=0)
        assert _paused(daemon) is None
        assert daemon.stop() == 0
    integrity(production)


def _paused(daemon: Daemon) -> str | None:
    """Return why nothing of the work zone is looked at; None if it is."""
    (zone,) = [z for z in daemon.state()["zones"] if z["name"] == "editorial"]
    assert zone["paused"] is None or isinstance(zone["paused"], str)
    return zone["paused"]


NETWORKED = (sys.executable, str(PROJECT / "tests" / "daemon" / "networked.py"), "editorial", "2")
"""A daemon to which the work zone is network storage, and two silent seconds are too many."""


def silent(folder: Path, files: int) -> None:
    """Have the process that sweeps network storage hang: its zone is paused, the rest goes on, and it is replaced."""
    production = watched_production(folder, sweep=1.0)
    with watching(production, program=NETWORKED) as daemon:
        sweeper = stop_sweeper(daemon)
        write(writers.burst, folder=production.editorial, files=files, seed=1)
        daemon.until(lambda: "has not answered" in (_paused(daemon) or ""))
        generated(production.deliver / "hero.png")
        guarded(daemon, 1)
        agree(daemon)
        daemon.until(lambda: _paused(daemon) is None)
        assert not Path(f"/proc/{sweeper}").exists()
        stop_sweeper(daemon)
        assert daemon.stop() == 0
    integrity(production)


def stop_sweeper(daemon: Daemon) -> int:
    """Stop the process that looks at the work zone for a daemon, and return its id."""
    daemon.until(lambda: sweeper_of(daemon) is not None)
    number = sweeper_of(daemon)
    assert number is not None
    os.kill(number, signal.SIGSTOP)
    return number


def sweeper_of(daemon: Daemon) -> int | None:
    """Return the process that looks at the work zone for a daemon, if there is one."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == daemon.process.pid and b"watching editorial" in command:
                return int(process.name)
    return None


def stopped(folder: Path, files: int, *, servers: bool) -> None:
    """Have the processes of a daemon stop while it works: told to end it ends, told again too, and nothing is lost.

    They stand for processes that sleep in the kernel, and end no more than these. `servers`: so does what starts
    others and tells of their end, and then not even a kill is seen to help.
    """
    production = watched_production(folder, sweep=1.0)
    with watching(production, program=NETWORKED) as daemon:
        write(writers.burst, folder=production.editorial, files=files, seed=1)
        generated(production.deliver / "hero.png")
        daemon.until(lambda: len(quarantine(production)) == 1 and sightings(production) > 0)
        started = {one: _children_of(one) for one in _children_of(daemon.process.pid)}
        workers = [worker for some in started.values() for worker in some]
        assert len(workers) >= 2
        for number in (*workers, *(one for one, some in started.items() if servers and some)):
            os.kill(number, signal.SIGSTOP)
        if servers:
            stop_sweeper(daemon)
        write(writers.burst, folder=production.editorial, files=files, seed=2)
        daemon.process.send_signal(signal.SIGTERM)
        try:
            assert daemon.stop(LONGEST + 2) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(daemon.process.pid, signal.SIGCONT)  # what was stopped here is to go too
        assert "Traceback" not in daemon.said()
        assert not [worker for worker in workers if _is_there(worker)]
    with watching(production, program=NETWORKED) as daemon:
        agree(daemon)
        guarded(daemon, 1)
        assert daemon.stop() == 0
    integrity(production)


def _children_of(number: int) -> list[int]:
    """Return the processes that one started."""
    found = subprocess.run(["pgrep", "-P", str(number)], capture_output=True, check=False, text=True)
    return [int(line) for line in found.stdout.split()]


def _is_there(number: int) -> bool:
    """Whether a process is there and not ended. What was killed with its own parent stopped is told to nobody yet."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def unreachable(folder: Path, files: int, busy: float) -> None:
    """Have network storage stop answering altogether: what touches it sleeps, nothing else waits, and it comes back.

    `busy`: while files arrive there, so that who reads them sleeps too; what that was about to look at when it fell
    asleep is left alone for five minutes.
    """
    production = watched_production(folder, sweep=1.0)
    with watching(production, program=NETWORKED) as daemon:
        for seed in (1, 2):
            before = sightings(production)
            write(writers.burst, folder=production.editorial, files=files, seed=seed)
            if busy:
                daemon.until(lambda at=before: sightings(production) > at, every=0.01)  # type: ignore[misc]
            else:
                agree(daemon)
            known = catalogued(production)
            with _hanging(production.editorial):
                daemon.until(lambda: "has not answered" in (_paused(daemon) or ""))
                generated(production.deliver / f"hero{seed}.png", seed=seed)
                daemon.until(lambda held=seed: len(quarantine(production)) == held)  # type: ignore[misc]
                assert known.items() <= catalogued(production).items()
                if seed == 2:
                    assert daemon.stop() == 0
                    break
            daemon.until(lambda: _paused(daemon) is None)
            agree(daemon)
    integrity(production)


@contextmanager
def _hanging(folder: Path) -> Iterator[None]:
    """Have a folder's storage not answer during the block."""
    command = [sys.executable, str(PROJECT / "tests" / "hanging.py"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"mounted\n"
        try:
            yield
        finally:
            process.stdin.close()
            assert process.wait() == 0
