"""Putting the daemon together from a configuration, and taking it apart again."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from provenance.accepting import require_accepted
from provenance.asset import UtcTime, ZoneName
from provenance.catalogue import Catalogue, Opening, Stamp
from provenance.config import Config
from provenance.containers.whole import cut_short
from provenance.credentials.trust import load_trust
from provenance.daemon.book import ZoneBook
from provenance.daemon.guard import Guard
from provenance.daemon.health import Health
from provenance.daemon.line import Line
from provenance.daemon.logs import Log
from provenance.daemon.loop import Hands, Loop
from provenance.daemon.notices import Kind, Notice, Notices
from provenance.daemon.releasing import Releasing
from provenance.daemon.reviewing import Reviewing
from provenance.daemon.roots import roots_of
from provenance.daemon.service import Service
from provenance.daemon.telling import Ears, Telling
from provenance.daemon.untold import Untelling
from provenance.errors import CatalogueTrouble, ReadFailed
from provenance.examiner import examiner_for
from provenance.gate import Gate, voices_of
from provenance.looking import Intake
from provenance.policy import Policy
from provenance.pool import Pool
from provenance.targets import all_zones
from provenance.watchstate import Guarding
from watcher.apart import Apart, Patience
from watcher.arrivals import Means, Watch
from watcher.ground import Met
from watcher.here import Here
from watcher.hints import Hints
from watcher.lister import Lister
from watcher.mounts import storage_of
from watcher.roots import Root

PATIENCE = 2.0
"""Seconds to wait for another writer: a signal must not wait longer, and whatever fails is tried again."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a daemon is run with, besides its rules; it outlives a change of these."""

    log: Log
    service: Service
    guarding: Guarding
    stamp: Callable[[Config, Policy], Callable[[], Stamp]]
    now: Callable[[], UtcTime]
    storage: Callable[[Path], str | None] = storage_of
    """What kind of file system a path lies on."""
    patience: Patience = field(default_factory=Patience)
    """How long storage that is not this machine's own may be silent."""


@contextmanager
def started(config: Config, policy: Policy, setting: Setting) -> Iterator[Loop]:
    """Yield a loop that is ready to run; at the end everything is let go.

    (1) open the catalogue, and see that an administrator accepted what is used; (2) start whoever examines, listens and
    tells; (3) finish what a killed daemon left half moved.

    Raises `ConfigTrouble`, `CatalogueTrouble` or `CredentialTrouble` if it cannot be done as it is set up.
    """
    stamp = setting.stamp(config, policy)
    ended: list[Loop] = []
    trust = load_trust(config.anchors)
    targets = all_zones(config)
    roots = roots_of(config, targets, setting.storage)
    with Catalogue.open(config.catalogue) as catalogue:  # (1); this once, other writers are waited for as usual
        catalogue.note_config(stamp())
        require_accepted(config, policy, catalogue)
    with ExitStack() as stack:
        catalogue = stack.enter_context(Catalogue.open(config.catalogue, Opening(wait=PATIENCE)))
        left = _Left(setting.log)
        stack.callback(left.say)
        pool = left.counting(stack, Pool(trust))  # (2)
        pools = {r.name: left.counting(stack, Pool(trust)) if r.apart else pool for r in roots}
        notices = Notices(config, setting.log, setting.now)
        stack.callback(lambda: notices.leave() if ended and ended[0].handing_over else notices.close())
        metrics = None
        if config.watch.metrics is not None:
            from provenance.daemon.metrics import Metrics

            metrics = Metrics(config.watch.metrics)
            stack.callback(metrics.close)
        examiner = examiner_for(trust)
        intake = Intake(catalogue, pool, lambda: examiner, stamp, zones=lambda: all_zones(config))
        book = ZoneBook(catalogue, targets, examiner, stamp)
        watch = Watch(roots, book, _means(catalogue, setting.patience))
        stack.callback(watch.close)
        for each in pools.values():
            each.ring = watch.ring
        gate = Gate(config, policy, intake)
        guard = Guard(gate, notices.tell, setting.log, watch.ring)
        left.counting(stack, guard)
        book.odd = guard.odd
        releasing = Releasing(gate, notices.tell, setting.log)
        left.counting(stack, releasing)
        line = Line({t.zone_name: t for t in targets}, pools)
        untelling = Untelling(config, catalogue, notices.tell, setting.log, lambda: voices_of(gate, setting.now()))
        reviewing = Reviewing(guard, line, watch)
        loop = Loop(Hands(intake, watch, book, line, guard, releasing, untelling, reviewing))
        if config.notify is not None:
            loop.found = lambda place, digest: notices.tell(Notice.about(Kind.FOUND, place, digest))
        health = Health(watch, book, loop, guard, config.zones, time.monotonic)
        ears = Ears(setting.log, setting.service, setting.guarding, metrics, notices.tell)
        loop.tick = Telling(health, ears, setting.now).tick
        with suppress(CatalogueTrouble, ReadFailed):
            guard.mend()  # (3); what cannot be done now is done before anything is judged
        watch.lost = lambda lost: setting.log.warning("hints were lost", zone=lost.root, why=lost.says)
        ended.append(loop)
        yield loop


class _Closing(Protocol):
    def close(self) -> int:
        """End; return how many processes were killed and are still there."""


_C = TypeVar("_C", bound=_Closing)


class _Left:
    """Counts the processes that were killed and are still there when all ends."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._count = 0

    def counting(self, stack: ExitStack, closing: _C) -> _C:
        """Have something closed with a stack, and what it leaves behind counted."""

        def close() -> None:
            self._count += closing.close()

        stack.callback(close)
        return closing

    def say(self) -> None:
        """Tell the log if any were left behind. They end when the storage that they wait for lets them."""
        if self._count:
            self._log.warning("processes were killed and are still there: they wait for storage", count=self._count)


def _means(catalogue: Catalogue, patience: Patience) -> Means:
    """Return who looks at roots. One that held something, and is empty now, may just not be mounted."""

    def lister(root: Root) -> Lister:
        met = Met(held=catalogue.holds(ZoneName(root.name)))
        return Apart(root, cut_short, met=met, patience=patience) if root.apart else Here(root, cut_short, met=met)

    return Means(lister, Hints)
