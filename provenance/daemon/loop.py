"""The daemon's loop: what arrives is examined and recorded, and what lies in a final zone is judged.

One thread does everything but reading files, so there is one writer and nothing to lock. Whatever fails is tried
again: a file is let go only when a row says what became of it.
"""

import datetime as dt
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar, assert_never

from provenance.asset import Digest, Place, StatKey, ZoneName, utc
from provenance.catalogue import Batch, Examined, Trouble
from provenance.catalogue.rows import signed
from provenance.config import Role
from provenance.daemon.book import ZoneBook
from provenance.daemon.guard import Guard, Suspect
from provenance.daemon.line import Case, Line
from provenance.daemon.releasing import Releasing
from provenance.daemon.reviewing import Reviewing
from provenance.daemon.untold import Untelling
from provenance.errors import CatalogueMissing, CatalogueTrouble, ConfigNotAccepted, ProvenanceError, ReadFailed
from provenance.examination import Answer, Failed, Failure, Looked
from provenance.looking import Intake, examined, joined
from watcher.arrivals import IDLE, Watch
from watcher.roots import RootTrouble
from watcher.tree import End

T = TypeVar("T")

FULL = 2_000
"""Answers that could not be recorded, at which no more files are examined: memory stays flat while a disk is full."""

LATER = 1.0
"""Seconds until something is recorded that could not be."""

OVERDUE = 5.0
"""Seconds between two looks at whether roots, and the catalogue, still are what they were."""


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
    reviewing: Reviewing


class Loop:
    """Everything at work. `tick` is called about once a second, so that somebody can tell how it goes."""

    def __init__(self, hands: Hands) -> None:
        self.tally = Tally()
        self.trouble: ProvenanceError | None = None
        """Why nothing could be recorded the last time; None once it could."""
        self.asides: dict[str, ProvenanceError] = {}
        """Why something else could not be done the last time it was tried, by what it is."""
        self.tick: Callable[[], None] = lambda: None
        self.found: Callable[[Place, Digest], None] | None = None
        """Told of each flagged file that arrives where that is allowed, if anybody wants to know."""
        self.between: Callable[[], None] = lambda: None
        """Called on every turn, for whoever runs the loop."""
        self._intake = hands.intake
        self._watch = hands.watch
        self._book = hands.book
        self._line = hands.line
        self._guard = hands.guard
        self._releasing = hands.releasing
        self._untelling = hands.untelling
        self._reviewing = hands.reviewing
        found = hands.intake.catalogue.path.stat()
        self._catalogue = (found.st_dev, found.st_ino)
        self._answered: list[tuple[Case, Answer]] = []
        self._not_before = 0.0
        self._ended: Ended | None = None
        self._overdue_at = 0.0
        self._tick_at = 0.0

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
                self.attempt("untold", self._tell_untold)
                self.end(Ended.DRAINED)
            if self._ended is None:
                self._watch.wait(LATER if self._answered else IDLE)
        return self._ended or Ended.STOPPED

    def _record(self) -> None:
        """Record what was examined and judge what lies in final zones; what fails is tried again, all of it."""
        now = time.monotonic()
        self._answered += [(case, answer) for case, answer in self._line.answers() if self._counts(case, answer)]
        if not self._answered or now < self._not_before:
            return
        try:
            settled = self._settle(self._answered)
        except (CatalogueTrouble, ConfigNotAccepted, ReadFailed) as error:
            self.trouble, self._not_before = error, now + LATER
            return
        self.trouble = None
        for case, answer in settled:
            if case.asked is None:
                self._watch.done(case.arrival, _end(answer))
        self._answered = []

    def _counts(self, case: Case, answer: Answer) -> bool:
        """Whether an answer is one to what was asked. What is not as it is recorded any more has to settle first."""
        if case.asked is None or case.asked.recorded is None:
            return True
        if isinstance(answer, Looked) and not _is_version(answer.key, case.asked.recorded):
            self._watch.trees[case.arrival.root].hear(case.arrival.path.rpartition(b"/")[0], time.monotonic())
            return False
        return True

    def _settle(self, answered: Sequence[tuple[Case, Answer]]) -> Sequence[tuple[Case, Answer]]:
        """Write down what came of some files, in one transaction, and then judge those in final zones.

        Return those that are done with. What has to be compared with a flagged picture first is looked at again.
        """
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
        needed = self._intake.catalogue.comparing.needed(e.evidence.asset.digest for e in found)
        again = [(c, a) for c, a in answered if _is_needed(c, a, needed)] if needed else []
        settled = [(c, a) for c, a in answered if not _is_needed(c, a, needed)] if again else answered
        self._judge(settled)
        self._tell_found(settled)
        for case, _ in again:
            self._line.look_again(case)
        self.tally.recorded += len(found)
        self.tally.troubled += len(troubles)
        self.tally.size += sum(e.evidence.asset.size for e in found)
        return settled

    def _judge(self, answered: Sequence[tuple[Case, Answer]]) -> None:
        suspects: list[Suspect] = []
        for case, answer in answered:
            zone = case.target.zone
            if zone is None or zone.role is not Role.FINAL:
                continue
            place = case.target.place(case.arrival.path)
            if case.unsettled and isinstance(answer, Failed):
                self._reviewing.missed(case.arrival, gone=answer.failure is Failure.MISSING)
            match answer:
                case Looked():
                    seen = joined(self._intake, case.target, case.request, answer)
                    waits = case.asked.waits if case.asked is not None else ()
                    settled = case.arrival.settled
                    suspects.append(Suspect(zone, place, answer.key, seen, settled, case.unsettled, waits))
                case Failed(failure=Failure.MISSING):
                    self._guard.gone(place)
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

    def _tell_found(self, answered: Sequence[tuple[Case, Answer]]) -> None:
        """Tell of what is flagged and lies where that is allowed."""
        if self.found is None:
            return
        for case, answer in answered:
            if isinstance(answer, Looked) and not self._is_final(case.arrival.root):
                place = case.target.place(case.arrival.path)
                sighting = self._intake.catalogue.sighting_at(place)
                if sighting is not None and sighting.present and sighting.origin.flagged:
                    self.found(place, sighting.digest)

    def _look_around(self) -> None:
        """Do what is due now and then."""
        now = time.monotonic()
        if now >= self._tick_at:
            self._tick_at = now + 1.0
            self.attempt("flush", self._book.flush)
            self.attempt("count", self._guard.count)
            self.attempt("release", self._releasing.poll)
            self.tick()
            if (words := self.attempt("words", self._guard.newest_word)) is not None:
                self._reviewing.heed(words)
        if self.attempt("review", self._reviewing.turn):
            self.attempt("put back", self._releasing.review)
            self.attempt("untold", self._tell_untold)
        if now >= self._overdue_at:
            self._overdue_at = now + OVERDUE
            self.attempt("roots", self._accept_roots)
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

    def attempt(self, what: str, work: Callable[[], T]) -> T | None:
        """Do something that may fail while the catalogue is locked, full or in doubt: it is tried again later.

        Why it failed is kept in `asides` until it does not.
        """
        try:
            done = work()
        except (CatalogueTrouble, ConfigNotAccepted, ReadFailed) as error:
            self.asides[what] = error
            return None
        self.asides.pop(what, None)
        return done

    def _tell_untold(self) -> None:
        self._untelling.review((self._guard.newest_word(), self.tally.recorded))

    def _is_final(self, root: str) -> bool:
        return any(zone.name == root for zone in self._guard.zones)

    def _is_drained(self) -> bool:
        idle = not len(self._line) and not self._answered and not self._guard.busy and self._reviewing.idle
        return idle and self._watch.swept and all(t.drained for t in self._watch.trees.values())


FORGET = 0.99
"""How much of the longest time of late still counts, one file later."""


def _is_needed(case: Case, answer: Answer, needed: Container[Digest]) -> bool:
    """Whether a file has to be decoded before it can be judged, and was not yet."""
    return isinstance(answer, Looked) and not case.request.pixels and answer.evidence.asset.digest in needed


def _is_version(found: StatKey, recorded: StatKey) -> bool:
    """Whether a file is in the version that is recorded, as far as numbers can be recorded."""
    pairs = ((found.size, recorded.size), (found.mtime_ns, recorded.mtime_ns), (found.ctime_ns, recorded.ctime_ns))
    return found.inode == recorded.inode and all(recorded in {found, signed(found)} for found, recorded in pairs)


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
