"""Looking at a root in this process, a little at a time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.ground import NEVER_MET, Ground, Met
from watcher.lister import About, Answer, Listed, NotProven, Sweeper, Swept, Trouble
from watcher.probe import CutShort, Look, look
from watcher.roots import Root
from watcher.sweep import Folder, sweep

MOST = 10_000
"""So many folders may wait to be listed; beyond them everything is."""


@dataclass(slots=True)
class _Pass:
    """A walk under way, over everything or over what is below one folder."""

    folders: Iterator[Folder]
    start: bytes
    began: float
    complete: bool = True


class Here:
    """Looks at one root in this process: a `Lister` whose `answers` does the work, about as long as it may.

    It stops between two folders, never within one: 500,000 files in a single folder take about two seconds on a local
    disk. Looks go first, then single folders, then deep lists and sweeps; where a sweep waits, each call does a bit of
    it all the same.

    `met` is what the root was met as before this process began. `about` is told what is about to be touched.
    """

    def __init__(
        self,
        root: Root,
        cut_short: CutShort | None = None,
        *,
        met: Met = NEVER_MET,
        sweeper: Sweeper = sweep,
        about: About = lambda _: None,
    ) -> None:
        self._root = root
        self._cut_short = cut_short
        self._sweeper = sweeper
        self._about = about
        self._ground = Ground(root, met)
        self._trouble: Trouble | None = None
        self._avoided: frozenset[bytes] = frozenset()
        self._looks: dict[bytes, None] = {}
        self._lists: dict[bytes, None] = {}
        self._deep: dict[bytes, None] = {}
        self._deepening: _Pass | None = None
        self._sweeping: _Pass | None = None
        self._asked = False
        self._paused = False
        self._swept_on = False  # in this call of `answers`
        self._found: list[Answer] = []

    @property
    def busy(self) -> bool:
        """Whether there is work that need not wait."""
        return bool(self._looks or self._lists or self._walks)

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the root, as of the last look at it."""
        return self._trouble

    @property
    def met(self) -> Met:
        """As what the root was met."""
        return self._ground.met

    def sweep(self) -> None:
        """Look at everything, or once more after the sweep that is under way."""
        self._asked = True

    def list(self, folder: bytes, *, deep: bool) -> None:
        """List a folder; `deep`: and all below it."""
        (self._deep if deep else self._lists)[folder] = None
        if len(self._deep) + len(self._lists) > MOST:
            self._lists, self._deep = {}, {b"": None}

    def look(self, paths: Sequence[bytes]) -> None:
        """Look at files."""
        self._looks.update(dict.fromkeys(paths))

    def pause(self, paused: bool) -> None:
        """Let sweeps and deep lists wait."""
        self._paused = paused

    def accept(self) -> None:
        """Take the root as it stands for what it should be."""
        self._ground.accept()

    def avoid(self, folders: frozenset[bytes]) -> None:
        """Do not touch these folders on a walk: a sweep answers for them with an error."""
        self._avoided = folders

    def answers(self, budget: float) -> Sequence[Answer]:
        """Work for about `budget` seconds, and return what was found."""
        end = time.monotonic() + budget
        self._swept_on = False
        while self._work() and time.monotonic() < end:
            pass
        if not (self._swept_on or self._paused) and (self._sweeping is not None or self._asked):
            self._walk(self._sweeping or self._begin_sweep())  # or it could wait for ever behind what goes before it
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        """Forget what was asked for."""
        self._looks, self._lists, self._deep = {}, {}, {}
        self._deepening = self._sweeping = None
        self._asked = False

    @property
    def _walks(self) -> bool:
        walks = self._deepening is not None or self._sweeping is not None or self._deep or self._asked
        return bool(walks) and not self._paused

    def _work(self) -> bool:
        """Do the next bit of work; False if there is none."""
        if self._looks:
            path = next(iter(self._looks))
            del self._looks[path]
            self._look(path)
        elif self._lists:
            folder = next(iter(self._lists))
            del self._lists[folder]
            self._advance(self._begin(folder))
        elif self._walks:
            self._walk(self._next_walk())
        return self.busy

    def _look(self, path: bytes) -> None:
        self._about(path)
        found = look(self._root.path, path, self._cut_short)
        if found.found is None and found.error is None and (trouble := self._check(self._ground.look())) is not None:
            found = Look(path, None, (), trouble.says)
        self._found.append(found)

    def _next_walk(self) -> _Pass:
        """Return the walk to go on with: a deep list, except of everything where a sweep does the same."""
        if self._deepening is None:
            sweeps = self._asked or self._sweeping is not None
            start = next((f for f in self._deep if f or not sweeps), None)
            if start is not None:
                del self._deep[start]
                self._deepening = self._begin(start)
        return self._deepening or self._sweeping or self._begin_sweep()

    def _begin_sweep(self) -> _Pass:
        self._asked = False
        self._deep.pop(b"", None)  # this sweep is what it asked for
        self._sweeping = self._begin(b"")
        return self._sweeping

    def _walk(self, walk: _Pass) -> None:
        """List the next folder of a walk, or end it."""
        self._swept_on |= walk is self._sweeping
        if self._advance(walk):
            return
        if walk is self._deepening:
            self._deepening = None
            return
        for folder in sorted(self._avoided):
            self._tell(_untried(folder))
        complete = walk.complete and self._check(self._ground.look()) is None and not self._avoided
        self._found.append(Swept(walk.began, complete))
        self._sweeping = None

    def _begin(self, start: bytes) -> _Pass:
        skip = self._root.skip | self._avoided
        return _Pass(self._sweeper(self._root.path, skip=skip, start=start, about=self._about), start, time.time())

    def _advance(self, walk: _Pass) -> bool:
        """Tell the next folder of a walk; False if there is none."""
        try:
            folder = next(walk.folders, None)
        except OSError as error:
            folder = Folder(walk.start, error=error)
        if folder is None:
            return False
        self._tell(folder)
        walk.complete &= folder.error is None
        return True

    def _tell(self, folder: Folder) -> None:
        """Tell a listing, which proves nothing about what is not in it if the root is not where it should be."""
        trouble = self._check(self._ground.glance() if folder.path else self._ground.look())
        if trouble is not None:
            folder.error = NotProven(trouble.says)
        self._found.append(Listed(folder))

    def _check(self, trouble: Trouble | None) -> Trouble | None:
        """Take note of what is wrong with the root, and tell it when it begins."""
        if trouble is not None and (self._trouble is None or self._trouble.kind is not trouble.kind):
            self._found.append(trouble)
        self._trouble = trouble
        return trouble


def _untried(folder: bytes) -> Folder:
    return Folder(folder, error=NotProven("the storage did not answer here; it is tried again later"))
