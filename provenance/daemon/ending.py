"""The daemon's end, within seconds of being asked for, whatever it waits for then.

Each part of it ends by itself and within a time of its own, one after the other. What nobody thought of, a lock that
somebody holds or a system call that does not come back, must not keep the daemon from ending: an end at any moment
costs only waiting again, so after `LONGEST` seconds it is cut off.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provenance.daemon.logs import Log

LONGEST = 10.0
"""Seconds from the first signal that asks for the end until it is cut off."""

_SAYING = 1.0
"""Seconds for a last line in the log: who reads it may be what everything waits for."""

ASKING = (signal.SIGTERM, signal.SIGINT)
"""The signals that ask for the end."""


@contextmanager
def within_seconds(log: Log, longest: float = LONGEST) -> Iterator[None]:
    """Have the process end `longest` seconds after a signal that asks for it, at the latest, with code 0.

    Once it was asked that holds beyond the block too, until the process is gone; further signals change nothing. To be
    entered by the main thread of a process that handles `ASKING`.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    # The interpreter's own handler writes to it at once, also while the main thread waits for something in C.
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    asked = threading.Event()
    threading.Thread(target=_wait, args=(heard, log, longest, asked), name="the end", daemon=True).start()
    try:
        yield
    finally:
        if not asked.is_set():
            signal.set_wakeup_fd(before)
            os.close(told)


def _wait(heard: int, log: Log, longest: float, asked: threading.Event) -> None:
    """Wait until the end is asked for, and then no longer than for so many seconds."""
    while (number := os.read(heard, 1)) and number[0] not in ASKING:
        pass
    if not number:
        os.close(heard)
        return
    asked.set()
    time.sleep(longest)
    _cut_off(log, longest)


def _cut_off(log: Log, longest: float) -> None:
    """End this process and all that it started, now."""
    left = [*_started_by(os.getpid())]
    says = "it had not ended in time and was cut off; nothing is lost, the next start goes on where it was"
    words = {"seconds": longest, "waited_in": _where(), "processes": len(left)}
    last = threading.Thread(target=log.error, args=(says,), kwargs=words, daemon=True)
    last.start()
    last.join(_SAYING)
    for number in left:
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)
    os._exit(0)


def _where() -> list[str]:
    """Return what the main thread is in the middle of, innermost first, as far as it is ours."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 (there is no other way)
    found = []
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in {"provenance", "watcher"}:
            found.append(f"{module}.{frame.f_code.co_name}")
        frame = frame.f_back
    return found[:_FRAMES]


_FRAMES = 5
"""So many calls are named in the log."""


def _started_by(number: int) -> Iterator[int]:
    """Yield the processes that one started, and those that they did: workers are forked by a server of theirs."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):  # it ended meanwhile
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    pending = [number]
    while pending:
        some = children.get(pending.pop(), [])
        yield from some
        pending += some
