"""Looking again at final zones: at what was there before, at what hides, and at what could not be taken away."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from provenance.asset import ZoneName
from provenance.config import Zone
from provenance.daemon.guard import Guard
from provenance.daemon.line import Asked, Line
from provenance.errors import ProvenanceError
from provenance.foresight import Foreseen
from watcher.arrivals import Watch
from watcher.settle import Settling
from watcher.sweep import Found
from watcher.tree import Arrival
from watcher.wait import Wait

REVIEW = 60.0
"""Seconds at most until a word that ended, or rules that changed, are noticed in final zones."""

OVERDUE = 5.0
"""Seconds between two looks for what hides in final zones, and until a review is tried again that failed."""

SLICE = 0.05
"""Seconds a review takes at most, about, before others have their turn."""

SHARE = 10
"""So many times as long as a review takes passes until the next, if nobody speaks; so too for a look that failed."""


class _File(NamedTuple):
    """What a file is known by here, whatever it is called: its inode; its path where nobody saw that."""

    zone: ZoneName
    device: int
    inode: int
    path: bytes


class Reviewing:
    """Has files looked at that lie in final zones and did not just arrive."""

    def __init__(self, guard: Guard, line: Line, watch: Watch, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = False
        """Whether everything was reviewed once."""
        self._guard = guard
        self._line = line
        self._watch = watch
        self._clock = clock
        self._under_way: Iterator[Foreseen | None] | None = None
        self._began = 0.0
        self._due_at = 0.0
        self._words = -1
        self._hidden_at = 0.0
        self._fetched: dict[_File, tuple[float, bytes]] = {}
        """When files that do not get finished are looked at again, and by which path they were."""

    @property
    def idle(self) -> bool:
        """Whether no review is under way or due, and there was one."""
        return self.done and self._under_way is None and self._due_at > self._clock()

    def heed(self, words: int) -> None:
        """Take note of the number of the newest word: after each everything is reviewed soon."""
        if words != self._words:
            self._words, self._due_at = words, 0.0

    def turn(self) -> bool:
        """Go on with what is due, for a moment; return whether a review of everything has come to its end.

        Raises what it could not be done for; then the review begins anew after a while.
        """
        now = self._clock()
        if now >= self._hidden_at:
            self._hidden_at = now + OVERDUE
            self._fetch_what_hides(now)
        self._fetch_what_was_left()
        if self._under_way is None:
            if now < self._due_at:
                return False
            self._under_way, self._began, self._due_at = self._guard.due(), now, float("inf")
        try:
            return self._go_on(now)
        except ProvenanceError:
            self._under_way, self._due_at = None, now + OVERDUE
            raise

    def _go_on(self, now: float) -> bool:
        assert self._under_way is not None
        for foreseen in self._under_way:
            if foreseen is not None:
                self._fetch(foreseen, now)
            if self._clock() >= now + SLICE:
                self._watch.ring()
                return False
        now = self._clock()
        self._under_way, self.done = None, True
        self._due_at = min(self._due_at, now + max(REVIEW, SHARE * (now - self._began)))
        return True

    def _fetch(self, foreseen: Foreseen, now: float) -> None:
        place, key = foreseen.place, foreseen.key
        found = Found(0, key.size, 0, 0, 0)  # its size says how long a worker may take
        self._line.add(Arrival(place.zone, place.path, found, now), first=True, asked=Asked(key))

    def _fetch_what_was_left(self) -> None:
        """Look again at what was to be taken away and could not be."""
        for suspect in self._guard.again():
            place, key = suspect.place, suspect.key
            asked = Asked(None if suspect.unsettled else key, suspect.waits)
            arrival = Arrival(place.zone, place.path, Found(0, key.size, 0, 0, 0), suspect.settled)
            self._line.add(arrival, first=True, asked=asked)

    def _fetch_what_hides(self, now: float) -> None:
        """Look at what has been unfinished in a final zone for too long: it must not hide there by never settling."""
        fetched: dict[_File, tuple[float, bytes]] = {}
        for zone in self._guard.zones:
            for path, settling in self._watch.trees[zone.name].waiting():
                file = _file(zone, path, settling)
                before = self._fetched.get(file)
                due = settling.first + zone.hold_after if before is None else before[0]
                if now < due:
                    if before is not None:
                        fetched[file] = before
                    continue
                fetched[file] = now + zone.hold_after, path
                waits = settling.waits or ((Wait.CHANGING, "it never stops changing"),)
                arrival = Arrival(zone.name, path, settling.found, now)
                self._line.add(arrival, first=True, asked=Asked(waits=waits))
        self._fetched = fetched

    def missed(self, arrival: Arrival, *, gone: bool) -> None:
        """Take note that a file that was fetched as it is could not be looked at: it is fetched again.

        At once if it was `gone`, for it may just be called otherwise; else the later the longer that look took.
        """
        now = self._clock()
        pause = 0.0 if gone else max(OVERDUE, SHARE * (now - arrival.settled))
        if gone:
            self._hidden_at = min(self._hidden_at, now + SLICE)
        for file, (due, path) in [*self._fetched.items()]:
            if (file.zone, path) == (arrival.root, arrival.path):
                self._fetched[file] = min(due, now + pause), path


def _file(zone: Zone, path: bytes, settling: Settling) -> _File:
    found = settling.found
    return _File(zone.name, found.st_dev, found.st_ino, b"" if found.st_ino else path)
