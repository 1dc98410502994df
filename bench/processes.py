"""Running a command as its user does, and seeing what it cost."""

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
class Memory:
    """The most that was resident at once, in bytes: of the process itself, and of the largest one it started."""

    main: int
    worker: int


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
        check=False,
        text=True,
        stdout=subprocess.PIPE if keep else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return Ran(seconds, done.stdout or "")


def memory_of(command: list[str], where: Path = PROJECT) -> Memory:
    """Run a command to its end and return the memory it used; timing it at the same time would disturb both.

    Everything it starts is told by its session. The kernel keeps the highest mark of each process, so looking now and
    then misses only what a process used in its last hundredth of a second.
    """
    process = subprocess.Popen(
        command, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    marks: dict[int, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            for pid in _in_session(process.pid):
                marks[pid] = max(marks.get(pid, 0), _high_water(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    if code:
        raise CommandFailed(f"{' '.join(command)} ended with {code}")
    main = marks.pop(process.pid, 0)
    return Memory(main, max(marks.values(), default=0))


def _in_session(session: int) -> list[int]:
    """Return the processes of a session (proc(5), `/proc/PID/stat`, field 6)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended between the listing and the look
        if int(fields[3]) == session:
            found.append(int(process.name))
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
