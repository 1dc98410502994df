"""How the watch stands, in the words `status` shows."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provenance.asset import UtcTime, ZoneName, utc
from provenance.config import OnTrouble, Role, WatchMode, Zone
from provenance.daemon.book import ZoneBook
from provenance.daemon.guard import Guard
from provenance.daemon.loop import ACCEPTED_BY_SCAN, Loop
from provenance.daemon.reviewing import OVERDUE
from provenance.watchstate import Events, WatchState, ZoneState
from watcher.arrivals import Watch
from watcher.lister import Trouble
from watcher.tree import QUIET, Tree
from watcher.wait import Wait

Wrong = tuple[ZoneName | None, str]
"""A zone, or none in particular, and the kind of trouble: one lasts as long as its kind does, however it reads."""


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at everything at work, and changes nothing."""

    watch: Watch
    book: ZoneBook
    loop: Loop
    guard: Guard
    zones: tuple[Zone, ...]
    clock: Callable[[], float]

    def state(self) -> WatchState:
        """Return how things are now."""
        now, trees = self.clock(), self.watch.trees
        waiting = [s for t in trees.values() for _, s in t.waiting()]
        held = [s for s in waiting if any(why is not Wait.CHANGING for why, _ in s.waits)]
        stuck = sum(s.stuck for s in waiting)
        wrong = self.wrong()
        states = tuple(self._zone(zone, trees[zone.name], now, wrong) for zone in self.zones)
        swept = [s.last_sweep for s in states]
        return WatchState(
            ready=self.watch.swept,
            events=self._events(),
            backlog=sum(t.backlog for t in trees.values()),
            settling=len(waiting) - len(held),
            held=len(held),
            stuck=stuck,
            quarantined=self.guard.quarantined,
            recorded=self.loop.tally.recorded,
            recorded_bytes=self.loop.tally.size,
            refused=self.guard.refused,
            last_sweep=None if None in swept else min(s for s in swept if s is not None),
            zones=states,
            troubles=tuple(dict.fromkeys(text for (zone, _), text in wrong.items() if zone is None)),
        )

    def wrong(self) -> Mapping[Wrong, str]:
        """Return everything that is wrong, in words. What is wrong with storage is said before what follows from it."""
        errors = [self.loop.trouble, self.book.trouble, self.guard.doubt, *self.loop.asides.values()]
        found: dict[Wrong, str] = {}
        for error in errors:
            if error is not None:
                found.setdefault((None, type(error).__name__), error.message)
        for zone in self.zones:
            tree = self.watch.trees[zone.name]
            said = {
                PAUSED: None if tree.trouble is None else _in_words(tree.trouble),
                "hints": tree.degraded,
                "quarantine": self.guard.trouble(zone),
            }
            found |= {(zone.name, kind): text for kind, text in said.items() if text is not None}
        return found

    def _events(self) -> Events:
        trees = self.watch.trees.values()
        if any(t.degraded is not None for t in trees):
            return Events.DEGRADED
        return Events.OK if any(t.root.events for t in trees) else Events.POLL

    def _zone(self, zone: Zone, tree: Tree, now: float, wrong: Mapping[Wrong, str]) -> ZoneState:
        mine = {kind: text for (name, kind), text in wrong.items() if name == zone.name}
        exposure = self._exposure(zone, tree)
        return ZoneState(
            name=ZoneName(zone.name),
            mode=WatchMode.EVENTS if tree.root.events else WatchMode.POLL,
            paused=mine.pop(PAUSED, None),
            last_sweep=None if tree.swept_at is None else _ago(now - tree.swept_at),
            sweep_seconds=None if tree.swept_at is None else tree.sweep_took,
            exposure_seconds=exposure,
            unfinished_seconds=None if exposure is None else round(exposure + zone.hold_after + OVERDUE, 1),
            troubles=tuple(mine.values()),
        )

    def _exposure(self, zone: Zone, tree: Tree) -> float | None:
        """Return how long something flagged can lie in a final zone; None where nothing ends it by itself.

        From its last byte: until somebody looks, until it counts as finished, and until it is judged and moved, which
        is the longest time that took of late. While nothing can be recorded, or something that was to be moved could
        not be, there is no such time.
        """
        guarded = zone.role is Role.FINAL and zone.on_refuse is OnTrouble.QUARANTINE and tree.trouble is None
        stuck = self.loop.trouble is not None or self.book.trouble is not None or self.guard.trouble(zone) is not None
        if not guarded or stuck:
            return None
        heard = tree.root.events and tree.degraded is None
        noticed = QUIET if heard else tree.pause + tree.sweep_took
        took = max(self.guard.took(zone), self.loop.tally.latest.get(zone.name, 0.0))
        return round(noticed + tree.root.settle + took, 1)


PAUSED = "paused"
"""The kind of trouble for which a zone is not looked at."""


def _ago(seconds: float) -> UtcTime:
    return utc(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds))


def _in_words(trouble: Trouble) -> str:
    if trouble.kind in ACCEPTED_BY_SCAN:
        return f"{trouble.says}. If this is as it should be, say so: provenance scan"
    return trouble.says
