"""Looking at a root in a process of its own, for storage that may stop answering.

Whoever touches a network share that is gone may sleep until it is back, in a sleep that not even SIGKILL ends. So
nothing of it is touched here: this side reads what is there to be read, counts the seconds of silence, and in the end
kills the process, or leaves it behind, and goes on without it.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from watcher.delegate import Errand
from watcher.ground import NEVER_MET, Met
from watcher.lister import Answer, Listed, NotProven, Sweeper, Swept, Trouble
from watcher.probe import CutShort, Look
from watcher.process import Process
from watcher.roots import Root, RootTrouble
from watcher.sweep import Folder, sweep

MOST = 10_000
"""So many folders may wait for a process to list them; beyond them everything does."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds until another process is started: twice as many each time, until one has done all it was asked."""

LEFT_PAUSE, MOST_LEFT = 60.0, 3
"""Seconds more for each process that was killed and is still there, and how many there may be."""

HUNG_PAUSE, LONGEST_HUNG_PAUSE = 300.0, 86_400.0
"""Seconds for which a file or folder is left alone that a process hung on: twice as many each time."""

CLOSING = 1.0
"""Seconds to wait for a killed process when all ends."""

_LEFT_ALONE = "the storage did not answer when it was last looked at; it is tried again later"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds, on `clock`, a process may be silent that has work, and how it is started."""

    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    start: Callable[[Errand], Process] = Process


@dataclass(frozen=True, slots=True)
class _Hung:
    times: int
    until: float
    is_file: bool


class Apart:
    """Looks at one root in a process of its own: a `Lister` that never waits for it.

    When the process dies, or is silent for too long although it has work, what it was asked is answered with errors,
    `Trouble(STALLED)` is told, and after a pause another is started. What it was about to touch is left alone for a
    while, so that one file or folder does not keep all others from being looked at. To be called every few seconds,
    and from a thread that stays: the process dies with whoever started it.
    """

    def __init__(
        self,
        root: Root,
        cut_short: CutShort | None = None,
        *,
        met: Met = NEVER_MET,
        sweeper: Sweeper = sweep,
        patience: Patience | None = None,
    ) -> None:
        self._errand = Errand(root, cut_short, met, sweeper)
        self._patience = patience or Patience()
        self._process: Process | None = None
        self._left: list[Process] = []
        self._trouble: Trouble | None = None
        self._found: list[Answer] = []
        # What was asked and is not answered. Lists only as long as there is no process to be told of them.
        self._looks: dict[bytes, None] = {}
        self._lists: dict[bytes, bool] = {}
        self._sweeps = 0
        self._paused = False
        self._hung: dict[bytes, _Hung] = {}
        self._deaths = 0
        self._start_at = float("-inf")
        self._silence = 0.0
        self._turned_at = self._patience.clock()

    @property
    def busy(self) -> bool:
        """Whether there is something to be taken. What the process still does is no reason to come back at once."""
        return bool(self._found) or (self._process is not None and self._process.speaks)

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the root, as far as it is known here."""
        return self._trouble

    @property
    def left_behind(self) -> int:
        """How many processes were killed and are still there, asleep in the kernel until the storage is back."""
        return len(self._left)

    @property
    def number(self) -> int | None:
        """The id of the process that looks, if there is one."""
        return None if self._process is None else self._process.number

    def sweep(self) -> None:
        """Have everything looked at."""
        self._sweeps = min(self._sweeps + 1, 2)
        if self._process is not None:
            self._say_sweep(self._process)

    def list(self, folder: bytes, *, deep: bool) -> None:
        """Have a folder listed; `deep`: and all below it."""
        if self._left_alone(folder):
            self._found.append(Listed(Folder(folder, error=NotProven(_LEFT_ALONE))))
            return
        self._lists[folder] = deep or self._lists.get(folder, False)
        if self._process is not None:
            self._process.say(("list", folder, deep))
        if len(self._lists) > MOST:
            self._lists = {b"": True}

    def look(self, paths: Sequence[bytes]) -> None:
        """Have files looked at. While there can be no process, they are answered with an error."""
        alone = [path for path in paths if self._left_alone(path)] if self._hung else []
        self._found += [Look(path, None, (), _LEFT_ALONE) for path in alone]
        wanted = dict.fromkeys(path for path in paths if path not in alone and path not in self._looks)
        self._looks.update(wanted)
        if self._process is not None and wanted:
            self._process.say(("look", tuple(wanted)))

    def pause(self, paused: bool) -> None:
        """Let sweeps and deep lists wait."""
        if paused != self._paused and self._process is not None:
            self._process.say(("pause", paused))
        self._paused = paused

    def accept(self) -> None:
        """Take the root as it stands for what it should be."""
        self._errand = replace(self._errand, met=NEVER_MET)
        if self._process is not None:
            self._process.say(("accept",))

    def answers(self, budget: float) -> Sequence[Answer]:
        """Return what was answered, after about `budget` seconds at most."""
        now = self._patience.clock()
        self._left = [process for process in self._left if not process.gone]
        if self._process is None and (self._looks or self._lists or self._sweeps) and self._may_start(now):
            self._start(now)
        if self._process is None:
            self._refuse_looks()
        else:
            self._hear(self._process, budget, now)
        self._turned_at = now
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        """Kill the process for good, and wait a moment for its end but no longer."""
        self._start_at = float("inf")
        if self._process is not None:
            self._process.kill()
            self._left.append(self._process)
            self._process = None
        end = time.monotonic() + CLOSING
        for process in self._left:
            process.join(max(0.0, end - time.monotonic()))

    def _may_start(self, now: float) -> bool:
        left = len(self._left)
        return left < MOST_LEFT and now >= self._start_at + left * LEFT_PAUSE

    def _start(self, now: float) -> None:
        try:
            process = self._patience.start(self._errand)
        except OSError as error:
            self._pause_after(f"no process can be started ({error})", now)
            return
        self._process, self._silence = process, 0.0
        if self._paused:
            process.say(("pause", True))
        for folder, deep in self._lists.items():
            process.say(("list", folder, deep))
        if self._looks:
            process.say(("look", tuple(self._looks)))
        if self._sweeps:
            self._say_sweep(process)

    def _say_sweep(self, process: Process) -> None:
        now = self._patience.clock()
        folders = (path for path, hung in self._hung.items() if now < hung.until and not hung.is_file)
        process.say(("avoid", tuple(folders)))
        process.say(("sweep",))

    def _hear(self, process: Process, budget: float, now: float) -> None:
        process.push()
        for answer in process.hear(budget):
            self._deliver(answer)
        if process.well:
            process.well, self._trouble = False, None
        if process.idle:
            self._lists, self._deaths = {}, 0
            self._sweeps = self._sweeps if self._paused else 0  # what has to wait is still to be answered
        if process.why is not None:
            self._lose(process, f"the process that looks at it failed: {process.why}", now)
        elif process.spoke or process.idle:
            self._silence = 0.0
        else:
            # So many seconds count for one turn at most: if this process was stopped, the other may have been too.
            self._silence += min(now - self._turned_at, self._patience.seconds / 4)
            if self._silence >= self._patience.seconds:
                self._lose(process, f"has not answered for {self._patience.seconds:.0f} seconds", now)

    def _deliver(self, answer: Answer) -> None:
        if self._trouble is not None and self._trouble.kind is RootTrouble.STALLED:
            self._trouble = None
        match answer:
            case Look():
                self._looks.pop(answer.path, None)
                if answer.error is None:
                    self._hung.pop(answer.path, None)
            case Listed(folder):
                if folder.error is None:
                    self._hung.pop(folder.path, None)
            case Swept():
                self._sweeps = max(self._sweeps - 1, 0)
            case Trouble():
                self._trouble = answer
        self._found.append(answer)

    def _lose(self, process: Process, why: str, now: float) -> None:
        """Give a process up, with all it was asked."""
        process.kill()
        self._left.append(process)
        self._process = None
        self._errand = replace(self._errand, met=process.met)
        if process.about:
            self._leave_alone(process.about, now)
            why += f", last when it was about to look at {os.fsdecode(process.about)!a}"
        self._pause_after(why, now)
        self._found += [Swept(time.time(), complete=False)] * self._sweeps
        self._sweeps = 0
        if self._lists:
            self._lists = {b"": True}
        self._refuse_looks()

    def _leave_alone(self, path: bytes, now: float) -> None:
        times = self._hung[path].times + 1 if path in self._hung else 1
        pause = min(HUNG_PAUSE * 2.0 ** min(times - 1, 32), LONGEST_HUNG_PAUSE)
        self._hung = {p: hung for p, hung in self._hung.items() if now < hung.until + LONGEST_HUNG_PAUSE}
        self._hung[path] = _Hung(times, now + pause, path in self._looks)

    def _pause_after(self, why: str, now: float) -> None:
        pause = min(FIRST_PAUSE * 2.0 ** min(self._deaths, 32), LONGEST_PAUSE)
        self._deaths += 1
        self._start_at = now + pause
        says = f"{os.fsdecode(self._errand.root.path)!a}: {why}. It is tried again; see to the network and the server"
        trouble = Trouble(RootTrouble.STALLED, says)
        if self._trouble is None or self._trouble.kind is not RootTrouble.STALLED:
            self._found.append(trouble)
        self._trouble = trouble

    def _refuse_looks(self) -> None:
        if self._looks:
            says = self._trouble.says if self._trouble is not None else _LEFT_ALONE
            self._found += [Look(path, None, (), says) for path in self._looks]
            self._looks = {}

    def _left_alone(self, path: bytes) -> bool:
        """Whether a process hung on this, or on a folder above it, not long ago."""
        now = self._patience.clock()
        alone = (hung for hung, what in self._hung.items() if now < what.until)
        return any(path == hung or path.startswith(hung + b"/") for hung in alone)
