"""One root under watch: what of it was heard of, what is settling, what was handed over and is not done yet."""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from watcher.firsts import Firsts
from watcher.journal import Book
from watcher.lister import Listed, Lister, Swept, Trouble
from watcher.probe import Look
from watcher.roots import Root, RootTrouble
from watcher.settle import Finished, Gone, Settling, step
from watcher.sweep import Found

QUIET = 0.1
"""Seconds between a hint and the look it asks for: a burst in one folder is looked at once."""

PER_FILE = 10e-6
"""Seconds more for each file a folder held the last time: one that takes long to list is listed more seldom."""

ROOM = 20_000
"""Files of a root that may be settling or handed over before its sweep has to wait: memory stays flat."""

AT_ONCE = 500
"""Files that are asked for in one look."""

LONGEST_PAUSE = 60.0
"""Seconds at most between two looks at a file that waits for a reason other than its own changes."""

AGAIN = 1.0
"""Seconds until the book is asked again that could not answer."""

GLANCE = 0.05
"""Seconds until somebody who was asked is asked for the answer."""

FOLDERS = 4_096
"""So many folders' sizes are remembered."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is finished: `found` is the version that settled, `settled` the instant, on the watcher's clock."""

    root: str
    path: bytes
    found: Found
    settled: float


class End(Enum):
    """What became of an arrival."""

    RECORDED = "recorded"
    TROUBLED = "troubled"
    """It could not be examined, and that was recorded."""
    CHANGED = "changed"
    """It was not what it had been any more; it comes round again, if it is still there."""


@dataclass(slots=True)
class _Candidate:
    settling: Settling
    due: float
    """When to look again; infinite while a look is under way."""


class Tree:
    """What is known of one root while it is watched. Says nothing about what is recorded: the book knows that."""

    def __init__(self, root: Root, lister: Lister, book: Book) -> None:
        self.root = root
        self.trouble: Trouble | None = None
        """What is wrong with the root itself. While it stands, nothing is taken to be gone."""
        self.troubled_at = 0.0
        """Since when, if anything is."""
        self.swept_at: float | None = None
        """When it was last looked at from end to end, as far as it could be."""
        self.sweep_took = 0.0
        self.pause = root.sweep
        """Seconds between two sweeps, as things are: more where one takes long, fewer where hints cannot be trusted."""
        self.degraded: str | None = None
        """Why hints cannot be relied on; None while they can."""
        self.recovered = False
        """Whether a root that was in trouble stands again, and nobody has taken note of it yet."""
        self._lister = lister
        self._book = book
        self._candidates: dict[bytes, _Candidate] = {}
        self._held: set[bytes] = set()
        self._due: list[tuple[float, bytes]] = []
        self._asked: dict[bytes, float] = {}
        """When the look at a path that is not answered yet was first asked for: it is made then or later."""
        self._dirty: dict[bytes, tuple[float, bool]] = {}
        self._sizes: dict[bytes, int] = {}
        self._taken: dict[bytes, Found] = {}
        self._stale: set[bytes] = set()
        self._finished: deque[Arrival] = deque()
        self._touched: set[bytes] = set()
        self._over: set[bytes] = set()
        self._waited = dict(book.waited(root.name))
        self._firsts = Firsts()
        self._listed: set[bytes] = set()
        self._unlisted = False
        self._next_sweep = 0.0
        self._sweeping_since: float | None = None
        self._full = False

    def hear(self, folder: bytes, now: float, *, deep: bool = False) -> None:
        """Take a hint that something happened in a folder; `deep`: or anywhere below it."""
        due, was_deep = self._dirty.get(folder, (now + QUIET + self._sizes.get(folder, 0) * PER_FILE, False))
        self._dirty[folder] = (due, deep or was_deep)

    def sweep_soon(self, now: float) -> None:
        """Have everything looked at: hints were lost."""
        self._next_sweep = min(self._next_sweep, now)

    def done(self, path: bytes, now: float, end: "End") -> None:
        """Take back an arrival that was worked off."""
        self._taken.pop(path, None)
        if end is not End.RECORDED:
            self._over.add(path)  # what was recorded has no row any more
        if end is End.CHANGED or path in self._stale:
            self._stale.discard(path)
            self.hear(path.rpartition(b"/")[0], now)

    def turn(self, now: float, budget: float) -> None:
        """Ask for what is due and take what was found, for about `budget` seconds."""
        self._ask(now)
        settling = len(self._candidates) - len(self._held)  # what waits for something else must not keep the rest out
        self._full = settling + len(self._taken) >= ROOM
        self._lister.pause(self._full)
        for answer in self._lister.answers(budget):
            match answer:
                case Listed():
                    self._take_listed(answer, now)
                case Look():
                    self._take_look(answer, now)
                case Swept():
                    self._take_swept(answer, now)
                case Trouble():
                    pass  # the lister's own word, below, is also right once it is over
                case _:
                    assert_never(answer)
        self._note_trouble(now)

    def accept(self, now: float) -> None:
        """Take the root as it stands now for what it should be: a person said so."""
        self._lister.accept()
        self.sweep_soon(now)

    def finished(self, most: int) -> list[Arrival]:
        """Hand over up to so many files that are finished."""
        return [self._finished.popleft() for _ in range(min(most, len(self._finished)))]

    def next_due(self, now: float) -> float:
        """Return the instant at which this root next wants a turn."""
        if self._lister.busy or self._finished:
            return now
        while self._due and self._due[0][0] != self._due_of(self._due[0][1]):
            heapq.heappop(self._due)
        looks = self._due[0][0] if self._due else float("inf")
        sweep = self._next_sweep if self._sweeping_since is None else float("inf")
        # What a process of its own was asked for is there before it is read, and nobody rings for it.
        asked = self._asked or (self._sweeping_since is not None and not self._full)
        answers = now + GLANCE if asked and not self.stalled else float("inf")
        return min(looks, sweep, answers, *(due for due, _ in self._dirty.values()))

    def keep(self) -> None:
        """Have the book keep what waits. What it could not keep it is told again the next time."""
        if not self._touched and not self._over:
            return
        rows = [(path, c.settling) for path in self._touched if (c := self._candidates.get(path)) is not None]
        over = [path for path in self._over if path not in self._candidates]  # it may have come back meanwhile
        if self._book.keep_waiting(self.root.name, rows, over):
            self._touched.clear()
            self._over.clear()

    def waiting(self) -> Iterator[tuple[bytes, Settling]]:
        """Yield what has not settled yet, and why."""
        for path, candidate in self._candidates.items():
            yield path, candidate.settling

    @property
    def drained(self) -> bool:
        """Whether nothing is left to do but for files that wait for something else than time."""
        return not (self._lister.busy or self._finished or self._dirty or len(self._candidates) > len(self._held))

    @property
    def stalled(self) -> bool:
        """Whether the storage does not answer: whoever touched it now would wait."""
        return self.trouble is not None and self.trouble.kind is RootTrouble.STALLED

    @property
    def backlog(self) -> int:
        """How many files were handed over and are not done, or are about to be."""
        return len(self._taken)

    def close(self) -> None:
        """Stop looking."""
        self._lister.close()

    def _note_trouble(self, now: float) -> None:
        """Take note of what is wrong with the root, and have everything looked at when nothing is any more."""
        trouble = self._lister.trouble
        if self.trouble is None and trouble is not None:
            self.troubled_at = now
        if self.trouble is not None and trouble is None:
            self.recovered = True
            self.sweep_soon(now)
        self.trouble = trouble

    def _ask(self, now: float) -> None:
        if now >= self._next_sweep and self._sweeping_since is None:
            self._sweeping_since = now
            self._listed, self._unlisted = set(), False
            self._book.sweeping(self.root.name)
            self._lister.sweep()
        for folder, (due, deep) in list(self._dirty.items()):
            if now >= due:
                del self._dirty[folder]
                self._lister.list(folder, deep=deep)
        paths: list[bytes] = []
        while self._due and self._due[0][0] <= now and len(paths) < AT_ONCE:
            due, path = heapq.heappop(self._due)
            if due == self._due_of(path):
                self._candidates[path].due = float("inf")
                self._asked.setdefault(path, now)
                paths.append(path)
        if paths:
            self._lister.look(paths)

    def _due_of(self, path: bytes) -> float | None:
        candidate = self._candidates.get(path)
        return None if candidate is None else candidate.due

    def _take_listed(self, listed: Listed, now: float) -> None:
        folder = listed.folder
        if self._sweeping_since is not None:
            self._listed.add(folder.path)
        if isinstance(folder.error, FileNotFoundError | NotADirectoryError) and folder.path:  # a root is never gone
            if not self._book.folder_gone(self.root.name, folder.path):
                self._dirty[folder.path] = (now + AGAIN, False)
            return
        self._unlisted |= folder.error is not None
        news = self._book.news(self.root.name, folder)
        if news is None:
            self._dirty[folder.path] = (now + AGAIN, False)
            self._unlisted = True
            return
        if len(self._sizes) > FOLDERS:
            self._sizes.clear()
        self._sizes[folder.path] = len(folder.files)
        prefix = folder.path + b"/" if folder.path else b""
        for name, found in news:
            self._notice(prefix + name, found, now)

    def _notice(self, path: bytes, found: Found, now: float) -> None:
        """Take note of a file as it stands in a listing. Nothing is finished by that: a look comes first."""
        if path in self._taken:
            if self._taken[path] != found:
                self._stale.add(path)
            return
        candidate = self._candidates.get(path)
        if candidate is not None and candidate.settling.found == found:
            if candidate.settling.waits and candidate.due != float("inf"):
                self._look_at(path, candidate, min(candidate.due, now + self.root.settle))
            return
        outcome = step(candidate.settling if candidate else None, Look(path, found, (), None), now, self.root)
        if isinstance(outcome, Settling):
            self._settle(path, outcome, now)

    def _settle(self, path: bytes, settling: Settling, now: float) -> None:
        if (before := self._waited.pop(path, None)) is not None:
            settling = replace(settling, first=now - before)
        candidate = self._candidates.get(path)
        if candidate is None:
            if (first := self._firsts.of(settling.found, now)) is not None:
                settling = replace(settling, first=min(first, settling.first))
            candidate = self._candidates[path] = _Candidate(settling, 0.0)
        elif candidate.settling.found.st_ino != settling.found.st_ino:
            self._firsts.finished(candidate.settling.found)  # another file was put in its place
        self._firsts.note(settling.found, settling.first)
        changed = candidate.settling is settling or _differs(candidate.settling, settling)
        candidate.settling = settling
        (self._held.add if settling.waits else self._held.discard)(path)
        if changed:
            self._touched.add(path)
        self._look_at(path, candidate, self._when(settling, now))

    def _when(self, settling: Settling, now: float) -> float:
        """Return when to look again: when it may have settled, or more and more seldom while something stands."""
        if not settling.waits:
            return max(settling.since + self.root.settle, now)
        pause = max(self.root.settle, (now - settling.first) / 10)
        return now + min(pause, max(LONGEST_PAUSE, self.root.settle))

    def _look_at(self, path: bytes, candidate: _Candidate, due: float) -> None:
        candidate.due = due
        heapq.heappush(self._due, (due, path))

    def _take_look(self, look: Look, now: float) -> None:
        asked = self._asked.pop(look.path, now)
        candidate = self._candidates.get(look.path)
        if candidate is None:
            return
        if asked < candidate.settling.since:
            # It may have been made before the version that counts now was met, however late the answer is.
            self._look_at(look.path, candidate, self._when(candidate.settling, now))
            return
        outcome = step(candidate.settling, look, now, self.root)
        match outcome:
            case Settling():
                self._settle(look.path, outcome, now)
            case Finished(found):
                self._firsts.finished(found)
                self._drop(look.path)
                self._taken[look.path] = found
                self._finished.append(Arrival(self.root.name, look.path, found, now))
            case Gone():
                self._firsts.gone(candidate.settling.found, now + max(self.pause + self.sweep_took, LONGEST_PAUSE))
                self._drop(look.path)
                self._over.add(look.path)
            case _:
                assert_never(outcome)

    def _drop(self, path: bytes) -> None:
        del self._candidates[path]
        self._held.discard(path)
        self._touched.discard(path)

    def _take_swept(self, swept: Swept, now: float) -> None:
        began = self._sweeping_since if self._sweeping_since is not None else now
        self._sweeping_since = None
        if self._lister.trouble is None:  # one that was cut off lasted as long as somebody's patience
            self.sweep_took = now - began
        self.swept_at = now
        complete = swept.complete and not self._unlisted
        if complete:
            complete = self._book.swept(self.root.name, frozenset(self._listed))
            self._over.update(self._waited)  # it waited when the watcher last ended, and is not there any more
            self._waited = {}
        self._listed = set()
        wanted = self.root.sweep if complete and self.degraded is None else min(self.root.sweep, SOON)
        self.pause = max(wanted, 10 * self.sweep_took)
        self._next_sweep = now + self.pause


SOON = 30.0
"""Seconds until the next sweep where the last was not complete, or hints cannot be relied on."""


def _differs(was: Settling, now: Settling) -> bool:
    """Whether what is kept of a waiting file is another thing now."""
    return was.found != now.found or was.waits != now.waits or was.stuck != now.stuck
