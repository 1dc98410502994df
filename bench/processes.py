"""Running a command as its user does, and seeing what it cost."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished command: wall seconds, and what it printed."""

    seconds: float
    output: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command used, all it started included.

    `main` and `worker` are the most that was resident at once, in bytes: in the process itself, and in the largest one
    it started. `cpu` is seconds of all of them together, which a busy machine disturbs less than seconds on the wall.
    """

    main: int
    worker: int
    cpu: float


_AS_INSTALLED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled once, not at every start; what it is held against is, too."""


class CommandFailed(Exception):
    """A command that is being measured did not do its work."""


def provenance(*arguments: str) -> list[str]:
    """Return a command line for the installed `provenance`, as its users start it."""
    installed = Path(sys.executable).with_name("provenance")
    return [str(installed) if installed.exists() else "provenance", *arguments]


def floor(folder: Path) -> list[str]:
    """Return a command line for the floor over a folder."""
    return [sys.executable, "-m", "bench.floor", str(folder)]


def run(command: list[str], where: Path = PROJECT, *, keep: bool = True) -> Ran:
    """Run a command to its end and time it; raises `CommandFailed` for any code but 0."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=where,
        env=_AS_INSTALLED,
        check=False,
        text=True,
        stdout=subprocess.PIPE if keep else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return Ran(seconds, done.stdout or "")


def cost_of(command: list[str], where: Path = PROJECT) -> Cost:
    """Run a command to its end and return what it used; timing it at the same time would disturb both.

    Everything it starts is told by its session. The kernel keeps count for each process, so looking now and then
    misses only what a process used in its last hundredth of a second.
    """
    process = subprocess.Popen(
        command,
        cwd=where,
        env=_AS_INSTALLED,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    resident: dict[int, int] = {}
    ticks: dict[int, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            for pid, used in in_session(process.pid):
                ticks[pid] = used
                resident[pid] = max(resident.get(pid, 0), _high_water(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    if code:
        raise CommandFailed(f"{' '.join(command)} ended with {code}")
    main = resident.pop(process.pid, 0)
    return Cost(main, max(resident.values(), default=0), sum(ticks.values()) / os.sysconf("SC_CLK_TCK"))


def in_session(session: int) -> list[tuple[int, int]]:
    """Return the processes of a session, and the ticks each has used (proc(5), `/proc/PID/stat`, 6, 14 and 15)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended between the listing and the look
        if int(fields[3]) == session:
            found.append((int(process.name), int(fields[11]) + int(fields[12])))
    return found


def _high_water(pid: int) -> int:
    """Return the most a process had resident so far, in bytes; 0 for one that just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
