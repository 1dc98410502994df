"""Telling people what the daemon met and did, without ever waiting for them.

What a file says of itself (a prompt, a tool, a text in it) never stands in a notice: it may go to mail and chat. A
notice names the file, and the rules its outcome rests on; `provenance origin` shows the rest to whoever may see it.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential,
)
from tenacity.nap import sleep_using_event

from provenance.asset import Digest, Place, RelPath, UtcTime, ZoneName
from provenance.config import Config
from provenance.daemon.logs import Log
from provenance.daemon.tellers import NotTold, Teller, tellers_of
from provenance.daemon.together import together
from provenance.policy import Reason, Rule
from provenance.report.standing import NoticeDocument, ToldDocument


@dataclass(frozen=True, slots=True)
class Patience:
    """How much waits, and how often and long is tried. Times in seconds."""

    room: int = 1_000
    """Notices that may wait for one receiver. What comes when there is no room is counted, and told as a number."""
    attempts: int = 6
    pause: float = 1.0
    """Before the second attempt; twice as long before each further one."""
    longest_pause: float = 30.0
    later: float = 600.0
    """Until the number of what could not be told is tried again, if nothing else is to be told meanwhile."""


class Kind(Enum):
    """What happened; scripts depend on the names, so they stay."""

    HOLD = "hold"
    REFUSE = "refuse"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    APPROVED = "approved"
    UNFINISHED = "unfinished"
    STUCK = "stuck"
    FOUND = "found"
    UNTOLD = "untold"
    OTHERWISE = "told-otherwise"
    TROUBLE = "trouble"
    MENDED = "mended"


_SAYS = {
    Kind.HOLD: "a person must look at it before it can be delivered",
    Kind.REFUSE: "it may not be delivered, and was left where it is",
    Kind.QUARANTINE: "it may not be delivered, and was moved to quarantine",
    Kind.RELEASE: "it was put back from quarantine",
    Kind.APPROVED: "it lies in quarantine and may be put back: provenance release",
    Kind.UNFINISHED: "it has been unfinished in a final zone for longer than it may",
    Kind.STUCK: "it does not get finished",
    Kind.FOUND: "it is flagged, and lies where that is allowed",
    Kind.UNTOLD: "it is flagged, and nobody told of this use: provenance disclose",
    Kind.OTHERWISE: "it says something else of itself than what was told of it: provenance origin shows what",
    Kind.TROUBLE: "something is wrong with the watch",
    Kind.MENDED: "what was wrong with the watch is mended",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `says` is a sentence of ours; without one the kind has its own. See `about`."""

    kind: Kind
    zone: ZoneName | None = None
    path: RelPath | None = None
    digest: Digest | None = None
    reasons: tuple[Rule, ...] = ()
    says: str = ""
    count: int = 1
    members: tuple[RelPath, ...] = ()
    """The files it is about, where it is about frames of a sequence; `path` is then the sequence's."""
    frames: str | None = None

    @classmethod
    def about(cls, kind: Kind, place: Place, digest: Digest | None, reasons: Iterable[Reason] = ()) -> "Notice":
        """Return a notice about a file. Of each reason it takes the rule: its text may quote the file."""
        return cls(kind, place.zone, place.path, digest, tuple(dict.fromkeys(r.rule for r in reasons)))


class Notices:
    """Tells everybody the configuration names. Any thread may use it."""

    def __init__(
        self,
        config: Config,
        log: Log,
        now: Callable[[], UtcTime],
        *,
        patience: Patience = Patience(),
    ) -> None:
        """Start a thread for each receiver; raises `ConfigInvalid` for one that cannot work here."""
        notify = config.notify
        tellers = () if notify is None else tellers_of(notify)
        bundle = 0.0 if notify is None else notify.bundle
        self._project, self._log, self._now = config.project, log, now
        self._outboxes = [_Outbox(t, self._document, bundle, log, patience) for t in tellers]

    def tell(self, notice: Notice) -> None:
        """Have something told soon. Never blocks and never raises."""
        at = self._now()
        for outbox in self._outboxes:
            outbox.add(notice, at)

    def close(self, deadline: float = 2.0) -> None:
        """Tell what is left and end, within so many seconds. What could not be told is logged as a number."""
        until = time.monotonic() + deadline
        for outbox in self._outboxes:
            outbox.end(until)
        for outbox in self._outboxes:
            untold, ended = outbox.ended(until + _MARGIN)
            if not ended:
                self._log.error("the last notices were not told in time", to=outbox.name, untold=untold)

    def leave(self, deadline: float = 10.0) -> None:
        """Have what is left told within so many seconds, and do not wait for that: others take over now."""
        for outbox in self._outboxes:
            outbox.end(time.monotonic() + deadline)

    def _document(self, notices: Iterable["_Dated"]) -> NoticeDocument:
        return NoticeDocument(
            project=self._project,
            at=self._now(),
            host=os.uname().nodename,
            notices=[_told(notice, at) for notice, at in together(notices)],
        )


_Dated = tuple[Notice, UtcTime]

_MARGIN = 1.0
"""Seconds more than the deadline, for a program that is being ended."""


class _Outbox:
    """What one receiver is still to be told, and the thread that tells it."""

    def __init__(
        self,
        teller: Teller,
        compose: Callable[[Iterable[_Dated]], NoticeDocument],
        bundle: float,
        log: Log,
        patience: Patience,
    ) -> None:
        self.name = teller.name
        self._teller, self._compose, self._bundle = teller, compose, bundle
        self._log, self._patience = log, patience
        self._waiting: list[_Dated] = []
        self._crowded = False
        """Whether what waits is too many sequences, and putting frames together would make no room any more."""
        self._unnamed: dict[tuple[Kind, ZoneName | None], tuple[int, UtcTime]] = {}
        self._under_way = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._until = float("inf")
        self._thread = threading.Thread(target=self._run, name=f"notices: {self.name}", daemon=True)
        self._thread.start()

    def add(self, notice: Notice, at: UtcTime) -> None:
        """Take a notice, or note that there was one."""
        with self._changed:
            if len(self._waiting) >= self._patience.room and not self._crowded:
                self._waiting = together(self._waiting)
                self._crowded = len(self._waiting) > self._patience.room // 2
            if len(self._waiting) < self._patience.room:
                self._waiting.append((notice, at))
            else:
                self._count(notice, at)
            self._changed.notify()

    def end(self, until: float) -> None:
        """Try what is left once more and end, by an instant of `time.monotonic`."""
        with self._changed:
            self._until = until
            self._closing.set()
            self._changed.notify()

    def ended(self, until: float) -> tuple[int, bool]:
        """Wait for the end; return how many notices were not told, and whether it came to an end by itself."""
        self._thread.join(max(0.0, until - time.monotonic()))
        with self._changed:
            waiting = sum(notice.count for notice, _ in self._waiting)
            unnamed = sum(count for count, _ in self._unnamed.values())
            return self._under_way + waiting + unnamed, not self._thread.is_alive()

    def _count(self, notice: Notice, at: UtcTime) -> None:
        """Keep of a notice that there was one more of its kind; `at` is that of the latest."""
        before, latest = self._unnamed.get((notice.kind, notice.zone), (0, at))
        self._unnamed[notice.kind, notice.zone] = (before + notice.count, max(latest, at))

    def _run(self) -> None:
        untold = 0
        while True:
            notices = self._next()
            told = not notices or self._try(self._compose(notices))
            with self._changed:
                for notice, at in () if told else notices:
                    self._count(notice, at)
                self._under_way = 0
                if self._closing.is_set() and not self._waiting:
                    untold = sum(count for count, _ in self._unnamed.values())
                    break
        if untold:
            self._log.error("the last notices could not be told", to=self.name, untold=untold)

    def _next(self) -> list[_Dated]:
        """Return what is to be told together, once there is something and more was waited for."""
        with self._changed:
            while not self._waiting and not self._closing.is_set():
                in_time = self._changed.wait(self._patience.later if self._unnamed else None)
                if not in_time and self._unnamed:
                    break
        self._closing.wait(self._bundle)
        with self._changed:
            waiting, self._waiting, self._crowded = self._waiting, [], False
            for (kind, zone), (count, at) in self._unnamed.items():
                waiting.append((Notice(kind, zone, says=f"and {count:,} more", count=count), at))
            self._unnamed = {}
            self._under_way = sum(notice.count for notice, _ in waiting)
        return waiting

    def _try(self, document: NoticeDocument) -> bool:
        """Try a few times with growing pauses; once it is to end, no further time."""
        trying = Retrying(
            stop=stop_after_attempt(self._patience.attempts) | stop_when_event_set(self._closing),
            wait=wait_exponential(multiplier=self._patience.pause, max=self._patience.longest_pause),
            sleep=sleep_using_event(self._closing),
            retry=retry_if_exception_type(NotTold),
            before_sleep=self._again,
            reraise=True,
        )
        try:
            trying(self._teller.tell, document, lambda: self._until)
        except NotTold as error:
            self._log.error("notices were not told", to=self.name, why=str(error), notices=self._under_way)
            return False
        except Exception as bug:  # noqa: BLE001 (a fault in telling must not end the telling of all that comes)
            why = f"{type(bug).__name__}: {bug}"
            self._log.error("telling failed by a fault of its own", to=self.name, why=why, notices=self._under_way)
            return False
        return True

    def _again(self, state: RetryCallState) -> None:
        why = "" if state.outcome is None else str(state.outcome.exception())
        self._log.warning("notices were not told; it is tried again", to=self.name, why=why)


def _told(notice: Notice, at: UtcTime) -> ToldDocument:
    return ToldDocument(
        kind=notice.kind.value,
        zone=notice.zone,
        path=None if notice.path is None else os.fsdecode(notice.path),
        sha256=notice.digest,
        reasons=[rule.value for rule in notice.reasons],
        says=notice.says or _SAYS[notice.kind],
        count=notice.count,
        at=at,
        frames=notice.frames,
    )
