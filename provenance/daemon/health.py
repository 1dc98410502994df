"""How the watch stands, in the words `status` shows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from provenance.asset import UtcTime, ZoneName, utc
from provenance.config import OnTrouble, Role, WatchMode, Zone
from provenance.daemon.book import ZoneBook
from provenance.daemon.guard import Guard
from provenance.daemon.loop import ACCEPTED_BY_SCAN, Loop
from provenance.watchstate import Events, WatchState, ZoneState
from watcher.arrivals import Watch
from watcher.lister import Trouble
from watcher.tree import QUIET, Tree
from watcher.wait import Wait


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
        states = tuple(self._zone(zone, trees[zone.name], now) for zone in self.zones)
        swept = [s.last_sweep for s in states]
        troubles = [t for t in (self.book.trouble, self.loop.trouble, self.loop.aside) if t is not None]
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
            troubles=tuple(dict.fromkeys(t.message for t in troubles)),
        )

    def _events(self) -> Events:
        trees = self.watch.trees.values()
        if any(t.degraded is not None for t in trees):
            return Events.DEGRADED
        return Events.OK if any(t.root.events for t in trees) else Events.POLL

    def _zone(self, zone: Zone, tree: Tree, now: float) -> ZoneState:
        troubles = [text for text in (tree.degraded,) if text is not None]
        return ZoneState(
            name=ZoneName(zone.name),
            mode=WatchMode.EVENTS if tree.root.events else WatchMode.POLL,
            paused=None if tree.trouble is None else _in_words(tree.trouble),
            last_sweep=None if tree.swept_at is None else _ago(now - tree.swept_at),
            sweep_seconds=None if tree.swept_at is None else tree.sweep_took,
            exposure_seconds=self._exposure(zone, tree),
            troubles=tuple(troubles),
        )

    def _exposure(self, zone: Zone, tree: Tree) -> float | None:
        """Return how long something flagged can lie in a final zone; None where nothing ends it by itself.

        From its last byte: until somebody looks, until it counts as finished, and until it is judged and moved, which
        is the longest time that took of late.
        """
        guarded = zone.role is Role.FINAL and zone.on_refuse is OnTrouble.QUARANTINE and tree.trouble is None
        if not guarded:
            return None
        heard = tree.root.events and tree.degraded is None
        noticed = QUIET if heard else tree.pause + tree.sweep_took
        return round(noticed + tree.root.settle + max(self.guard.took, self.loop.tally.latest.get(zone.name, 0.0)), 1)


def _ago(seconds: float) -> UtcTime:
    return utc(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds))


def _in_words(trouble: Trouble) -> str:
    if trouble.kind in ACCEPTED_BY_SCAN:
        return f"{trouble.says}. If this is as it should be, say so: provenance scan"
    return trouble.says
