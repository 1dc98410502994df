"""A root looked at in a process of its own, with a clock that goes only when it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.watcher.roots import Clock, eventually, root_at
from watcher.apart import Apart, Patience
from watcher.delegate import Errand
from watcher.lister import Answer, Listed, Sweeper, Swept
from watcher.probe import CutShort
from watcher.process import Process
from watcher.sweep import Folder, sweep

PATIENCE = 60.0

A = TypeVar("A")


class Far:
    """A root looked at apart, with a clock of its own, and everything answered so far."""

    def __init__(self, lister: Apart, clock: Clock) -> None:
        self.lister = lister
        self.clock = clock
        self.answers: list[Answer] = []

    def until(self, true: Callable[[list[Answer]], bool], *, passing: float = 0.0) -> list[Answer]:
        """Take answers until something is true of them, return and forget them.

        Time passes, `passing` seconds a turn, and by itself only while there is no process: machines are slow.
        """

        def turn() -> bool:
            self.clock.now += 1.0 if self.lister.number is None else passing
            self.answers += self.lister.answers(0.05)
            return true(self.answers)

        eventually(turn)
        answers, self.answers = self.answers, []
        return answers

    def sweep(self) -> tuple[list[Folder], Swept]:
        """Sweep to the end."""
        self.lister.sweep()
        answers = self.until(lambda answers: bool(of(Swept, answers)))
        (swept,) = of(Swept, answers)
        return [listed.folder for listed in of(Listed, answers)], swept

    def stall(self, at: bytes | None = None) -> list[Answer]:
        """Let time pass until the process is given up, from when it is about to touch a path on."""
        number = self.number
        if at is not None:
            self.until(lambda _: self.lister._process is not None and self.lister._process.about == at)
        return self.until(lambda _: self.lister.number != number, passing=PATIENCE / 10)

    @property
    def number(self) -> int:
        """The id of the process, which has to be there."""
        assert self.lister.number is not None
        return self.lister.number


def of(kind: type[A], answers: list[Answer]) -> list[A]:
    """Return the answers of one kind."""
    return [answer for answer in answers if isinstance(answer, kind)]


@contextmanager
def apart(
    path: Path,
    cut_short: CutShort | None = None,
    sweeper: Sweeper = sweep,
    start: Callable[[Errand], Process] = Process,
) -> Iterator[Far]:
    """Look at a root in a process of its own."""
    clock = Clock()
    lister = Apart(root_at(path), cut_short, sweeper=sweeper, patience=Patience(PATIENCE, clock, start))
    try:
        yield Far(lister, clock)
    finally:
        lister.close()


def gone(number: int) -> bool:
    """Whether a process is no more, or only its exit code is."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
