"""Examination in other processes: parsers see hostile bytes, so they run where they can be killed.

A worker that dies or hangs costs one file. The pool (pebble's, which survives both; the standard library's does not)
replaces the worker, and the file is asked for again, first alone and then for its identity only, so that it is still
recorded: as unreadable, and held.
"""

import os
import queue
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from provenance.credentials.trust import Trust
from provenance.errors import NotExamined
from provenance.examination import Answer, Failed, Failure, Request, packed, unpacked
from provenance.letting_go import let_go
from provenance.workers import confine, context

if TYPE_CHECKING:
    from pebble import ProcessPool

A = TypeVar("A")
R = TypeVar("R")
Look = Callable[[tuple[Request, ...], Trust], tuple[Answer, ...]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use.

    The SDK hashes large files in blocks of 256 MiB, two in flight: 2 GiB of address space is what it needs and little
    more. The deadline grows with the size of the file, for storage as slow as `slowest` bytes a second.
    """

    memory: int = 2 << 30
    patience: float = 30.0
    slowest: float = 20e6

    def deadline(self, size: int) -> float:
        """Seconds a worker gets for files of `size` bytes together."""
        return self.patience + size / self.slowest


@dataclass(frozen=True, slots=True)
class Handful:
    """Some small files, or one large one, that travel to a worker together: one round trip for many."""

    requests: tuple[Request, ...]
    lost: int = 0
    """How often all processes were lost while it was with them."""

    @property
    def size(self) -> int:
        """Bytes in all, as far as they are known."""
        return sum(r.size for r in self.requests)

    @property
    def paced(self) -> float:
        """Seconds more that a worker needs where it may only read slowly: a large file is read twice, and then some."""
        return sum(4 * r.size / r.rate for r in self.requests if r.rate is not None)


HANDFUL_FILES = 32
HANDFUL_BYTES = 8 << 20
"""So many files, or so many bytes, to one round trip: enough to hide its cost, few enough to share out evenly."""

_AHEAD = 64
"""Handfuls that are got ready while all processes have enough to do: mostly they are still being started."""


class Pool:
    """Examines files in killable processes; a context manager."""

    def __init__(
        self,
        trust: Trust,
        *,
        workers: int | None = None,
        limits: Limits | None = None,
        look: Look | None = None,
        brief: bool = False,
    ) -> None:
        """`brief` is for a pool that is left as soon as its work is done, by somebody who waits for that."""
        self._trust = trust
        self._brief = brief
        self._limits = limits or Limits()
        self._look = look
        self.workers = workers or len(os.sched_getaffinity(0))
        self.ring: Callable[[], None] = lambda: None
        """Called, in some other thread, whenever there is something to collect."""
        self.under_way = 0
        """Handfuls that were submitted and are not collected yet."""
        self._submitted: queue.SimpleQueue[tuple[Handful, Future[Any]]] = queue.SimpleQueue()
        self._asked: dict[Future[Any], tuple[Handful, queue.SimpleQueue[tuple[Handful, Future[Any]]]]] = {}
        """What the processes have, and where its answers are to go."""
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> int:
        """End all processes; return how many were killed and are still there. They have nothing to write."""
        pool, self._pool = self._pool, None
        return 0 if pool is None else _let_go(pool)

    def examine(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Answer]]:
        """Yield each request with its answer, as they come in; exactly one answer for each request.

        Takes requests only as fast as they are worked off, and a bounded number ahead while there is nothing to
        collect, so that memory stays flat however many there are.
        """
        finished: queue.SimpleQueue[tuple[Handful, Future[Any]]] = queue.SimpleQueue()
        coming, ahead = _handfuls(requests), deque[Handful]()
        waiting, more = 0, True
        while more or ahead or waiting:
            if waiting < self.workers * 3 and ahead:
                self._ask(ahead.popleft(), finished)
                waiting += 1
            elif more and len(ahead) < _AHEAD and (finished.empty() or not waiting):
                ahead.extend(got := tuple(islice(coming, 1)))
                more = bool(got)
            else:
                again = yield from self._take(finished)
                waiting += again - 1

    def submit(self, requests: tuple[Request, ...]) -> None:
        """Have a handful of files examined, and do not wait for it."""
        self._ask(Handful(requests), self._submitted)
        self.under_way += 1

    def collected(self) -> Iterator[tuple[Request, Answer]]:
        """Yield what has come of what was submitted, without waiting; exactly one answer for each request."""
        self._begin_anew()
        while True:
            try:
                handful, future = self._submitted.get_nowait()
            except queue.Empty:
                return
            again = yield from self._answers(handful, future, self._submitted)
            self.under_way += again - 1

    def _ask(self, handful: Handful, finished: "queue.SimpleQueue[tuple[Handful, Future[Any]]]") -> None:
        work, args = self._look or _look, [handful.requests, self._trust]
        seconds = self._limits.deadline(handful.size) + handful.paced
        future = _surely(lambda: self._started().schedule(work, args=args, timeout=seconds), self._leave)

        def hand_over(done: Future[Any]) -> None:
            if self._asked.pop(done, None) is not None:
                finished.put((handful, done))
                self.ring()

        self._asked[future] = (handful, finished)
        future.add_done_callback(hand_over)

    def _leave(self) -> None:
        """Ask nothing more of the processes there are: the next time, others are started."""
        if self._pool is not None:
            self._pool.stop()

    def _begin_anew(self) -> None:
        """Start other processes where all were lost at once, and ask again for what they had.

        A worker that ends while it has nothing to do (the system was short of memory) breaks pebble's pool for good.
        """
        if self._pool is None or self._pool.active:
            return
        lost, self._asked = self._asked, {}
        self.close()
        for handful, finished in lost.values():
            self._ask(handful, finished)

    def _started(self) -> "ProcessPool":
        """Return the processes, started by the first file there is to examine: often there is none."""
        self._begin_anew()
        if self._pool is None:
            from pebble import ProcessPool

            self._pool = ProcessPool(
                max_workers=self.workers, initializer=confine, initargs=[self._limits.memory], context=context()
            )
            if self._brief:
                _look_around_often()
        return self._pool

    def _take(
        self, finished: "queue.SimpleQueue[tuple[Handful, Future[Any]]]"
    ) -> Generator[tuple[Request, Answer], None, int]:
        """Yield the answers of one finished handful; return how many handfuls were asked again instead."""
        while (done := _next(finished)) is None:
            self._begin_anew()  # nothing else would tell that all processes were lost
        handful, future = done
        return (yield from self._answers(handful, future, finished))

    def _answers(
        self,
        handful: Handful,
        future: Future[Any],
        finished: "queue.SimpleQueue[tuple[Handful, Future[Any]]]",
    ) -> Generator[tuple[Request, Answer], None, int]:
        """Yield the answers of a handful that is finished; return how many handfuls were asked for again instead."""
        try:
            answers = unpacked(future.result())
        except BrokenExecutor as error:  # all processes were lost, and these files need not be why
            if handful.lost >= _MOST_LOST:
                return (yield from self._retry(handful, _why(error, 0.0), finished))
            self._ask(replace(handful, lost=handful.lost + 1), finished)
            return 1
        except Exception as error:  # noqa: BLE001 (whatever a parser raises costs one file, not the scan)
            return (
                yield from self._retry(
                    handful, _why(error, self._limits.deadline(handful.size) + handful.paced), finished
                )
            )
        yield from zip(handful.requests, answers, strict=True)
        return 0

    def _retry(
        self, handful: Handful, why: str, finished: "queue.SimpleQueue[tuple[Handful, Future[Any]]]"
    ) -> Generator[tuple[Request, Answer], None, int]:
        """Ask again for what a worker was lost on: each file alone, then without parsers, then give it up."""
        if len(handful.requests) > 1:
            for request in handful.requests:
                self._ask(Handful((request,)), finished)
            return len(handful.requests)
        (request,) = handful.requests
        if request.without_parsers is None:
            self._ask(Handful((replace(request, without_parsers=why),)), finished)
            return 1
        yield request, Failed(Failure.NOT_EXAMINED, why)
        return 0


def _surely(schedule: "Callable[[], Future[Any]]", leave: Callable[[], None]) -> "Future[Any]":
    """Schedule some work; where the processes for it cannot be started or are lost just now, do so again with others.

    What starts them can be killed at any moment too, when the system is short of memory. Raises `NotExamined` if it
    does not work for seconds.
    """
    for pause in _PAUSES:
        try:
            return schedule()
        except (RuntimeError, OSError, EOFError):  # pebble's words for a pool that was lost are of the first kind
            leave()
            time.sleep(pause)
    try:
        return schedule()
    except (RuntimeError, OSError, EOFError) as error:
        leave()
        raise NotExamined(
            f"no process can be started in which files could be examined: {str(error) or type(error).__name__}",
            help="Is the machine short of memory, or of processes (ulimit -u)? Nothing was recorded of these files.",
        ) from error


_PAUSES = (0.0, 0.1, 0.5, 2.0)
"""Seconds between attempts to start processes."""


def _let_go(pool: "ProcessPool") -> int:
    """End a pool; return how many of its processes were killed and are still there.

    pebble would end them one after the other, and wait for each without end.
    """
    pool.stop()
    workers = pool._pool_manager.worker_manager.workers  # noqa: SLF001 (nothing else knows which are whose)
    return let_go([*workers.values()], pool.join)


def _next(finished: "queue.SimpleQueue[tuple[Handful, Future[Any]]]") -> "tuple[Handful, Future[Any]] | None":
    """Return what is finished next; None if that takes long."""
    try:
        return finished.get(timeout=_LOOK_AFTER)
    except queue.Empty:
        return None


_MOST_LOST = 3
"""After so many losses of all processes it may be the files that are why."""

_LOOK_AFTER = 1.0
"""Seconds without an answer after which it is looked whether anybody is left to give one."""


def _look_around_often() -> None:
    """Have pebble look at its workers fifty times a second, not ten: whoever leaves a pool waits for its next look."""
    from pebble import CONSTS

    CONSTS.sleep_unit = 0.02


def _look(requests: tuple[Request, ...], trust: Trust) -> bytes | tuple[Answer, ...]:
    """Do what workers do. It brings all the parsers with it, which the process that asks never loads."""
    from provenance.examine import examine_all

    return packed(examine_all(requests, trust))


def _why(error: BaseException, deadline: float) -> str:
    if isinstance(error, FutureTimeout):
        return f"the examination was stopped after {deadline:.0f} seconds"
    code = getattr(error, "exitcode", None)
    if not isinstance(code, int):
        return f"the examination failed: {type(error).__name__}: {error}"[:300]
    return f"the examination died: {signal.Signals(-code).name if code < 0 else f'exit code {code}'}"


def _handfuls(requests: Iterable[Request]) -> Iterator[Handful]:
    """Group requests so that a small file does not pay for a round trip of its own."""
    some: list[Request] = []
    size = 0
    for request in requests:
        some.append(request)
        size += request.size
        if len(some) >= HANDFUL_FILES or size >= HANDFUL_BYTES:
            yield Handful(tuple(some))
            some, size = [], 0
    if some:
        yield Handful(tuple(some))


def run_alone(work: Callable[[A], R], argument: A, deadline: float) -> R:
    """Run one function on one picklable argument in a process of its own and return its result.

    For work that has to write, such as signing: it has no memory limit, because the SDK holds a whole asset, but a
    deadline in seconds. What it raises is raised here; raises `NotExamined` if it dies or runs out of time.
    """
    from pebble import ProcessExpired, ProcessPool

    with ProcessPool(max_workers=1, initializer=confine, initargs=[None], context=context()) as pool:
        _look_around_often()
        try:
            result: R = pool.schedule(work, args=[argument], timeout=deadline).result()
        except (ProcessExpired, FutureTimeout, BrokenExecutor) as error:
            pool.stop()
            raise NotExamined(_why(error, deadline), help="Nothing was put in place.") from error
        except BaseException:
            pool.stop()  # or leaving the pool would wait for the work to end, whoever pressed Ctrl-C
            raise
    return result


class Aside:
    """A process that does one thing after another while this one goes on, and that may write; it can be killed."""

    def __init__(self) -> None:
        self._pool: ProcessPool | None = None
        self._under_way: list[Future[Any]] = []

    def begin(self, work: Callable[[A], R], argument: A, deadline: float) -> "Future[R]":
        """Have one function of a module done with one picklable argument, within so many seconds, and do not wait."""
        future: Future[R] = _surely(
            lambda: self._started().schedule(work, args=[argument], timeout=deadline), self._leave
        )
        self._under_way = [*(f for f in self._under_way if not f.done()), future]
        return future

    def _leave(self) -> None:
        if self._pool is not None:
            self._pool.stop()

    def _started(self) -> "ProcessPool":
        self.tend()
        if self._pool is None:
            from pebble import ProcessPool

            self._pool = ProcessPool(max_workers=1, initializer=confine, initargs=[None], context=context())
        return self._pool

    def tend(self) -> None:
        """Let go of a process that was lost, and end with `NotExamined` what it had: nothing else would ever do so.

        A process that ends while it has nothing to do (the system was short of memory) breaks pebble's pool for good.
        """
        if self._pool is None or self._pool.active:
            return
        self.close()
        lost, self._under_way = self._under_way, []
        for future in lost:
            with suppress(InvalidStateError):  # it ended after all
                future.set_exception(NotExamined("its process was lost"))

    def close(self) -> int:
        """End it now, whatever it does; return 1 if it was killed and is still there, else 0."""
        pool, self._pool = self._pool, None
        return 0 if pool is None else _let_go(pool)
