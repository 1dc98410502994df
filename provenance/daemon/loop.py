"""The daemon's loop: what arrives is examined and recorded, and what lies in a final zone is judged.

One thread does everything but reading files, so there is one writer and nothing to lock. Whatever fails is tried
again: a file is let go only when a row says what became of it.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar, assert_never

from provenance.asset import Place, RelPath, ZoneName, utc
from provenance.catalogue import Batch, Examined, Trouble
from provenance.config import Role
from provenance.daemon.book import ZoneBook
from provenance.daemon.guard import Guard, Suspect
from provenance.daemon.line import Case, Line
from provenance.daemon.releasing import Releasing
from provenance.daemon.untold import Untelling
from provenance.errors import CatalogueMissing, CatalogueTrouble, ConfigNotAccepted, ProvenanceError, ReadFailed
from provenance.examination import Answer, Failed, Failure, Looked
from provenance.looking import Intake, examined, joined
from watcher.arrivals import IDLE, Watch
from watcher.roots import RootTrouble
from watcher.sweep import Found
from watcher.tree import Arrival, End

T = TypeVar("T")

FULL = 2_000
"""Answers that could not be recorded, at which no more files are examined: memory stays flat while a disk is full."""

LATER = 1.0
"""Seconds until something is recorded that could not be."""

REVIEW = 60.0
"""Seconds at most until a word that ended, or rules that changed, are noticed in final zones."""

OVERDUE = 5.0
"""Seconds between two looks for what hides in final zones."""


ACCEPTED_BY_SCAN = frozenset({RootTrouble.EMPTIED, RootTrouble.REPLACED, RootTrouble.UNMOUNTED})
"""What may be wrong with a root and yet be as somebody wants it."""


class Ended(Enum):
    """Why the loop ended."""

    STOPPED = "stopped"
    DRAINED = "drained"
    RELOAD = "reload"


@dataclass(slots=True)
class Tally:
    """What the daemon did since it began."""

    recorded: int = 0
    size: int = 0
    troubled: int = 0
    latest: dict[str, float] = field(default_factory=dict)
    """By zone: seconds from the moment a file had settled until it was recorded and judged, the longest of late."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does what."""

    intake: Intake
    watch: Watch
    book: ZoneBook
    line: Line
    guard: Guard
    releasing: Releasing
    untelling: Untelling


class Loop:
    """Everything at work. `tick` is called about once a second, so that somebody can tell how it goes."""

    def __init__(self, hands: Hands) -> None:
        self.tally = Tally()
        self.trouble: ProvenanceError | None = None
        """Why nothing could be recorded the last time; None once it could."""
        self.aside: ProvenanceError | None = None
        """Why something else could not be done the last time it was tried."""
        self.tick: Callable[[], None] = lambda: None
        self.between: Callable[[], None] = lambda: None
        """Called on every turn, for whoever runs the loop."""
        self._intake = hands.intake
        self._watch = hands.watch
        self._book = hands.book
        self._line = hands.line
        self._guard = hands.guard
        self._releasing = hands.releasing
        self._untelling = hands.untelling
        found = hands.intake.catalogue.path.stat()
        self._catalogue = (found.st_dev, found.st_ino)
        self._answered: list[tuple[Case, Answer]] = []
        self._not_before = 0.0
        self._ended: Ended | None = None
        self._review_at = 0.0
        self._overdue_at = 0.0
        self._tick_at = 0.0
        self._words = -1
        self._fetched: dict[Place, float] = {}

    def end(self, why: Ended) -> None:
        """Let `run` return soon. May be called from a signal's handler."""
        self._ended = why
        self._watch.stop()

    @property
    def handing_over(self) -> bool:
        """Whether it ends because another is to go on in its place."""
        return self._ended is Ended.RELOAD

    def wake(self) -> None:
        """Have another turn soon. May be called from a signal's handler."""
        self._watch.ring()

    def run(self, *, once: bool = False) -> Ended:
        """Go on until `end` is called; `once`: or until everything that is there now has settled and was recorded."""
        for arrived in self._watch.arrivals():
            for arrival in arrived:
                self._line.add(arrival, first=self._is_final(arrival.root))
            self._guard.poll()
            self._record()
            if len(self._answered) < FULL:
                self._line.feed({n for n, t in self._watch.trees.items() if t.stalled})
            self._look_around()
            self.between()
            if once and self._is_drained():
                self._try(self._tell_untold)
                self.end(Ended.DRAINED)
            if self._ended is None:
                self._watch.wait(LATER if self._answered else IDLE)
        return self._ended or Ended.STOPPED

    def _record(self) -> None:
        """Record what was examined and judge what lies in final zones; what fails is tried again, all of it."""
        now = time.monotonic()
        self._answered += self._line.answers()
        if not self._answered or now < self._not_before:
            return
        try:
            self._settle(self._answered)
        except (CatalogueTrouble, ConfigNotAccepted, ReadFailed) as error:
            self.trouble, self._not_before = error, now + LATER
            return
        self.trouble = None
        for case, answer in self._answered:
            if not case.unsettled:
                self._watch.done(case.arrival, _end(answer))
        self._answered = []

    def _settle(self, answered: Sequence[tuple[Case, Answer]]) -> None:
        """Write down what came of some files, in one transaction, and then judge those in final zones."""
        self._book.flush()  # what is gone first: a file that came back must not be marked after it was recorded
        stamp = self._intake.stamp()
        found: list[Examined] = []
        troubles: list[Trouble] = []
        for case, answer in answered:
            match answer:
                case Looked():
                    whole = examined(case.target, case.request, answer)
                    # What has not settled is known by its bytes alone: nothing half-written is said to be there.
                    found.append(replace(whole, place=None) if case.unsettled else whole)
                case Failed(failure=Failure.MISSING | Failure.CHANGED):
                    pass  # it comes round again, if it is still there
                case Failed():
                    place = case.target.place(case.arrival.path)
                    troubles.append(Trouble(place, answer.failure.value, answer.says))
                case _:
                    assert_never(answer)
        if found or troubles:
            self._intake.catalogue.record(Batch(tuple(found), tuple(troubles)), stamp)
        self._judge(answered)
        self.tally.recorded += len(found)
        self.tally.troubled += len(troubles)
        self.tally.size += sum(e.evidence.asset.size for e in found)

    def _judge(self, answered: Sequence[tuple[Case, Answer]]) -> None:
        suspects: list[Suspect] = []
        for case, answer in answered:
            zone = case.target.zone
            if zone is None or zone.role is not Role.FINAL:
                continue
            place = case.target.place(case.arrival.path)
            match answer:
                case Looked():
                    seen = joined(self._intake, case.target, case.request, answer)
                    suspects.append(Suspect(zone, place, answer.key, seen, case.arrival.settled, case.unsettled))
                case Failed(failure=Failure.MISSING):
                    pass
                case Failed(failure=Failure.CHANGED) if not case.unsettled:
                    pass
                case Failed():
                    self._guard.could_not_look(place, answer.says)
                case _:
                    assert_never(answer)
        if suspects:
            self._guard.judge(suspects)
        now = time.monotonic()
        for case, _ in answered:
            took = now - case.arrival.settled
            self.tally.latest[case.arrival.root] = max(took, self.tally.latest.get(case.arrival.root, 0.0) * FORGET)

    def _look_around(self) -> None:
        """Do what is due now and then."""
        now = time.monotonic()
        if now >= self._tick_at:
            self._tick_at = now + 1.0
            self.aside = None
            self._try(self._book.flush)
            self._try(self._guard.count)
            self._try(self._releasing.poll)
            self.tick()
            if (words := self._try(self._guard.newest_word)) not in {None, self._words}:
                self._words, self._review_at = words or 0, now
        if now >= self._review_at:
            self._review_at = now + REVIEW
            if not self._try(self._review):
                self._review_at = now + OVERDUE
        if now >= self._overdue_at:
            self._overdue_at = now + OVERDUE
            self._fetch_what_hides(now)
            self._try(self._accept_roots)
            self._refuse_another_catalogue()

    def _accept_roots(self) -> None:
        """Take a root for what it should be again, when a person had `provenance scan` look at all of it since."""
        for name, tree in self._watch.trees.items():
            if tree.trouble is None or tree.trouble.kind not in ACCEPTED_BY_SCAN:
                continue
            swept = self._intake.catalogue.swept_at(ZoneName(name))
            now = time.monotonic()
            since = utc(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=now - tree.troubled_at))
            if swept is not None and swept > since:
                tree.accept(now)

    def _refuse_another_catalogue(self) -> None:
        """Raise `CatalogueMissing` if the file that is written to is not the one whoever looks would find."""
        path = self._intake.catalogue.path
        try:
            found = path.stat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._catalogue:
            raise CatalogueMissing(f"{path} was moved away or replaced while it was watched")

    def _try(self, work: Callable[[], T]) -> T | None:
        """Do something that may fail while the catalogue is locked, full or in doubt: it is tried again later."""
        try:
            return work()
        except (CatalogueTrouble, ConfigNotAccepted, ReadFailed) as error:
            self.aside = error
            return None

    def _review(self) -> bool:
        """Look again at what would not pass now: it was there before, or somebody spoke since."""
        for listed in self._guard.due():
            found = Found(0, listed.size, 0, 0, 0)  # its size says how long a worker may take
            self._line.add(Arrival(listed.place.zone, listed.place.path, found, time.monotonic()), first=True)
        self._releasing.review()
        self._tell_untold()
        return True

    def _tell_untold(self) -> None:
        self._untelling.review((self._guard.newest_word(), self.tally.recorded))

    def _fetch_what_hides(self, now: float) -> None:
        """Look at what has been unfinished in a final zone for too long: it must not hide there by never settling."""
        fetched: dict[Place, float] = {}
        for zone in self._guard.zones:
            tree = self._watch.trees[zone.name]
            for path, settling in tree.waiting():
                place = Place(zone.name, RelPath(path))
                before = self._fetched.get(place, settling.first)
                if now - before < zone.hold_after:
                    if place in self._fetched:
                        fetched[place] = before
                    continue
                fetched[place] = now
                unsettled = "; ".join(says for _, says in settling.waits) or "it never stops changing"
                self._line.add(Arrival(zone.name, path, settling.found, now), first=True, unsettled=unsettled)
        self._fetched = fetched

    def _is_final(self, root: str) -> bool:
        return any(zone.name == root for zone in self._guard.zones)

    def _is_drained(self) -> bool:
        idle = not len(self._line) and not self._answered and not self._guard.busy
        return idle and self._watch.swept and all(t.drained for t in self._watch.trees.values())


FORGET = 0.99
"""How much of the longest time of late still counts, one file later."""


def _end(answer: Answer) -> End:
    match answer:
        case Looked():
            return End.RECORDED
        case Failed(failure=Failure.MISSING | Failure.CHANGED):
            return End.CHANGED
        case Failed():
            return End.TROUBLED
        case _:
            assert_never(answer)
