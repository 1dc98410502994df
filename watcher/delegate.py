"""The process that `Apart` has a root looked at by. Started as a program; ends when nobody hears it any more."""

import ctypes
import os
import pickle
import select
import signal
import sys
import time
from dataclasses import dataclass

from watcher.ground import Met
from watcher.here import Here
from watcher.lister import Sweeper, Trouble
from watcher.probe import CutShort
from watcher.roots import Root
from watcher.wire import Frames, Plain, framed, plain_met, told

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""

_READ = 1 << 16

SELDOM = 0.5
"""Seconds between two words about one folder or file that takes long."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the process is started for. Travels by pickle, from the parent, which is trusted."""

    root: Root
    cut_short: CutShort | None
    met: Met
    sweeper: Sweeper


def main() -> None:
    """Answer on what was standard output to what is asked on standard input."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        return  # the parent was gone before it could be tied to it
    answers = os.dup(1)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 (start-up is waited for, and pathlib costs milliseconds)
        os.dup2(nowhere.fileno(), 1)
    length = int.from_bytes(_exactly(8), "big")
    errand: Errand = pickle.loads(_exactly(length))  # noqa: S301 (from the parent)
    delegate = _Delegate(errand, answers)
    try:
        delegate.serve()
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 (there is no standard error; the parent has to be told)
        delegate.give_up(f"{type(error).__name__}: {error}")


def _exactly(length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = os.read(0, length - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


class _Delegate:
    """Does what is asked with a `Here`, and says beforehand what it is about to touch."""

    def __init__(self, errand: Errand, answers: int) -> None:
        self._answers = answers
        self._here = Here(errand.root, errand.cut_short, met=errand.met, sweeper=errand.sweeper, about=self._about)
        self._last: tuple[bytes, float] | None = None
        self._trouble: Trouble | None = None
        self._met = errand.met

    def serve(self) -> None:
        """Answer until nobody asks any more."""
        incoming, taken, said = Frames(), 0, -1
        waiting = select.poll()
        waiting.register(0, select.POLLIN)
        while True:
            if waiting.poll(0 if self._here.busy else None):
                data = os.read(0, _READ)
                if not data:
                    return
                incoming.feed(data)
                for message in incoming.whole():
                    taken += 1
                    self._take(message)
            if self._here.busy:
                self._answer()
            if not self._here.busy and said != taken:
                self._say(("idle", taken))
                said = taken

    def give_up(self, why: str) -> None:
        """Say why the end comes."""
        self._say(("failed", why))

    def _take(self, message: Plain) -> None:
        here = self._here
        match message:
            case ("sweep",):
                here.sweep()
            case ("list", folder, deep):
                here.list(folder, deep=deep)
            case ("look", paths):
                here.look(paths)
            case ("pause", paused):
                here.pause(paused)
            case ("accept",):
                here.accept()
            case ("avoid", folders):
                here.avoid(frozenset(folders))
            case _:
                raise ValueError(f"a request of no known kind: {message[0]!r}")

    def _answer(self) -> None:
        for answer in self._here.answers(0.0):
            for message in told(answer):
                self._say(message)
        if self._trouble is not None and self._here.trouble is None:
            self._say(("well",))
        self._trouble = self._here.trouble
        if self._met != self._here.met:  # whoever comes after this process has to know
            self._met = self._here.met
            self._say(plain_met(self._met))
        self._last = None

    def _about(self, path: bytes) -> None:
        """Say what is about to be touched: if nothing more is heard, that is what does not answer."""
        now = time.monotonic()
        if self._last is None or self._last[0] != path or now - self._last[1] >= SELDOM:
            self._last = (path, now)
            self._say(("about", path))

    def _say(self, message: Plain) -> None:
        frame = memoryview(framed(message))
        while frame:
            frame = frame[os.write(self._answers, frame) :]
