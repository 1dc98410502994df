"""A process that looks at a root and may hang while doing so: talked to without ever waiting for it."""

import contextlib
import fcntl
import os
import pickle
import select
import signal
import subprocess
import sys
import time

from watcher.delegate import Errand
from watcher.lister import Answer
from watcher.wire import Frames, Hearing, Plain, framed, heard_met

_CODE = "import sys; sys.path[:] = sys.argv[2:]; from watcher.delegate import main; main()"

_PIPE = 1 << 20
"""Bytes that may be under way: a pipe that is full makes the process wait, not this one."""

_READ = 1 << 18

_LAST_WORDS = 0.05
"""Seconds at most between the end of its pipe and its own."""


class Process:
    """Runs `watcher.delegate` on an errand. Nothing here blocks, whatever state the process is in.

    Raises `OSError` if no process can be started.
    """

    def __init__(self, errand: Errand) -> None:
        self.idle = True
        """Whether it has done everything it was asked."""
        self.about: bytes | None = None
        """What it was about to touch when it was last heard of, if it has not answered since."""
        self.why: str | None = None
        """Why it ended, as soon as it has."""
        self.spoke = False
        """Whether anything came from it the last time it was listened to."""
        self.well = False
        """Whether it has said that nothing is wrong with the root any more; for whoever reads it to reset."""
        self.met = errand.met
        """As what it met the root."""
        content = pickle.dumps(errand)
        self._outgoing = bytearray(len(content).to_bytes(8, "big") + content)
        self._said = 0
        self._frames = Frames()
        self._hearing = Hearing()
        places = [place for place in sys.path if place.startswith("/")]
        # -I -S: no variable and no site module decides what runs, and it starts in half the time. In a session of its
        # own Ctrl-C does not reach it. It must not stand in a folder whose storage may go.
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CODE, f"watching {errand.root.name}", *places],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            start_new_session=True,
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._to, self._from = self._popen.stdin, self._popen.stdout
        os.set_blocking(self._to.fileno(), False)
        os.set_blocking(self._from.fileno(), False)
        with contextlib.suppress(OSError):  # a user may have used up what all pipes may hold; then it holds less
            fcntl.fcntl(self._from, fcntl.F_SETPIPE_SZ, _PIPE)
        self._poll = select.poll()
        self._poll.register(self._from, select.POLLIN)

    @property
    def number(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def speaks(self) -> bool:
        """Whether there is something to be heard, its end among it."""
        return self.why is None and (self._frames.ready or bool(self._poll.poll(0)))

    @property
    def gone(self) -> bool:
        """Whether the system has let it go."""
        return self._popen.poll() is not None

    def say(self, message: Plain) -> None:
        """Have a message sent as soon as there is room for it."""
        self._outgoing += framed(message)
        self._said += 1
        self.idle = False
        self.push()

    def push(self) -> None:
        """Send what there is room for."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):  # its end is heard, not felt
            while self._outgoing:
                del self._outgoing[: os.write(self._to.fileno(), self._outgoing)]

    def hear(self, budget: float) -> list[Answer]:
        """Return what it answered, after about `budget` seconds at most; the rest stays where it is."""
        end = time.monotonic() + budget
        found: list[Answer] = []
        self.spoke = False
        while self.why is None:
            try:
                self._take_whole(found, end)
                if self._frames.ready or (self.spoke and time.monotonic() >= end):
                    break
                data = os.read(self._from.fileno(), _READ)
            except BlockingIOError:
                break
            except ValueError as error:
                self.why = f"it sent what cannot be read: {error}"
            else:
                self.spoke = True
                self._frames.feed(data)
                if not data:
                    self.why = self._last_words()
        return found

    def kill(self) -> None:
        """End it, if it can be ended at all; `gone` tells when it was."""
        self._popen.kill()
        self._to.close()
        self._from.close()

    def join(self, longest: float) -> None:
        """Wait until it is gone, so many seconds at most."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(longest)

    def _take_whole(self, found: list[Answer], end: float) -> None:
        with contextlib.closing(self._frames.whole()) as messages:
            for message in messages:
                self.spoke = True
                self._take(message, found)
                if time.monotonic() >= end:
                    return

    def _take(self, message: Plain, found: list[Answer]) -> None:
        match message:
            case ("about", path):
                self.about = path
            case ("idle", taken):
                self.idle = taken == self._said
            case ("well",):
                self.well = True
            case ("met", *_):
                self.met = heard_met(message)
            case ("failed", why):
                self.why = why
            case _:
                answer = self._hearing.hear(message)
                if answer is not None:
                    self.about = None
                    found.append(answer)

    def _last_words(self) -> str:
        self.join(_LAST_WORDS)
        code = self._popen.poll()
        if code is None:
            return "it closed its end"
        return f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with code {code}"
