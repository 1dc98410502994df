"""Which files are there and finished: a generator over trees that goes on for months.

Hints say where to look, the listing of a folder says what is there, and only a file that stopped changing arrives. A
lost hint therefore costs time and never a file; a sweep of everything at the start, on schedule and whenever hints
were lost finds what no hint told.
"""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from watcher.journal import Book
from watcher.lister import Lister
from watcher.lost import Lost
from watcher.roots import Root
from watcher.tree import Arrival, End, Tree

SLICE = 0.05
"""Seconds a root's turn takes at most, about: between two turns others have theirs."""

KEEP_EVERY = 1.0
"""Seconds between two commits of what waits."""

IDLE = 1.0
"""Seconds at most without a turn."""

HANDED_OVER = 2_000
"""Files of a root that are handed over and not done: the rest stays here until some are."""


class Hints(Protocol):
    """Whoever hears of changes. Everything it says is checked, and nothing it leaves out is lost."""

    def take(self) -> Sequence[tuple[str, bytes, bool]]:
        """Return what was heard since the last time: root, folder, and whether anything below may have changed."""

    def troubles(self) -> Sequence[Lost]:
        """Return what was lost since the last time."""

    def degraded(self, root: str) -> str | None:
        """Return why the hints of a root cannot be relied on now; None if they can be."""

    def restart(self, root: str) -> None:
        """Listen anew to a root: another folder stands where it was, or storage was mounted."""

    def close(self) -> None:
        """Stop listening."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the watch works with. `hints` gets a bell to ring when there is something to take."""

    lister: Callable[[Root], Lister]
    hints: Callable[[Sequence[Root], Callable[[], None]], Hints]
    clock: Callable[[], float] = time.monotonic


class Watch:
    """Some trees under watch. One thread loops over `arrivals`; any thread may `ring` or `stop`."""

    def __init__(self, roots: Sequence[Root], book: Book, means: Means) -> None:
        self.lost: Callable[[Lost], None] = lambda _lost: None
        """Told whenever hints were lost."""
        # A queue, because unlike an event it may be rung by a signal's handler while this thread waits for it.
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stopped = False
        self._clock = means.clock
        # Hints first, listings after: what is made between the two is heard of, the other way round it is not.
        self._hints = means.hints([r for r in roots if r.events], self.ring)
        self.trees = {r.name: Tree(r, means.lister(r), book) for r in sorted(roots, key=lambda r: not r.first)}
        self._keep_at = 0.0

    def arrivals(self) -> Iterator[tuple[Arrival, ...]]:
        """Yield what is finished, as it turns up, those of `first` roots before others; often nothing.

        After each turn whoever loops does what it has to do, calls `done` for what it has worked off, and `wait`s.
        Ends after `stop`.
        """
        while not self._stopped:
            while not self._bell.empty():
                self._bell.get()
            now = self._clock()
            self._hear(now)
            finished: list[Arrival] = []
            for tree in self.trees.values():
                tree.turn(now, SLICE)
                finished += tree.finished(HANDED_OVER)
            if now >= self._keep_at:
                self._keep(now)
            yield tuple(finished)
        self._keep(self._clock())

    def wait(self, longest: float = IDLE) -> None:
        """Return when there is something to do, or after `longest` seconds."""
        now = self._clock()
        due = min((t.next_due(now) for t in self.trees.values()), default=now + longest)
        pause = min(due - now, longest)
        if pause > 0:
            with suppress(queue.Empty):
                self._bell.get(timeout=pause)

    def done(self, arrival: Arrival, end: End) -> None:
        """Say what became of an arrival. Until then it does not arrive again."""
        self.trees[arrival.root].done(arrival.path, self._clock(), end)

    def ring(self) -> None:
        """Let `wait` return."""
        if self._bell.empty():
            self._bell.put(None)

    def stop(self) -> None:
        """Let `arrivals` end after this turn."""
        self._stopped = True
        self._bell.put(None)

    def close(self) -> None:
        """Let go of everything. Nothing is lost by not getting here."""
        self._hints.close()
        for tree in self.trees.values():
            tree.close()

    @property
    def swept(self) -> bool:
        """Whether every root was looked at from end to end."""
        return all(t.swept_at is not None for t in self.trees.values())

    def _hear(self, now: float) -> None:
        for name, folder, deep in self._hints.take():
            self.trees[name].hear(folder, now, deep=deep)
        for lost in self._hints.troubles():
            self.trees[lost.root].sweep_soon(now)
            self.lost(lost)
        for name, tree in self.trees.items():
            tree.degraded = self._hints.degraded(name)
            if tree.recovered:
                tree.recovered = False
                self._hints.restart(name)

    def _keep(self, now: float) -> None:
        self._keep_at = now + KEEP_EVERY
        for tree in self.trees.values():
            tree.keep()
