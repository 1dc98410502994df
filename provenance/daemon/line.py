"""What has arrived and is to be examined: final zones first, and no large file keeps small ones waiting."""

from collections import deque
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from provenance.asset import StatKey
from provenance.deciding import Waits
from provenance.examination import Answer, Request, companion_names
from provenance.pool import HANDFUL_BYTES, HANDFUL_FILES, Pool
from provenance.targets import Target
from watcher.tree import Arrival

LARGE = 256 << 20
"""Files of so many bytes and more occupy a worker for a while: one worker is always kept free of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a file is looked at that did not arrive: nobody waits for the answer, and it can be asked for again."""

    recorded: StatKey | None = None
    """Which version it is to be looked at in, for what is recorded of it; None: as it is, though it is not finished."""
    waits: Waits = ()
    """What speaks against it being finished."""


@dataclass(frozen=True, slots=True)
class Case:
    """One file on its way. `asked` is None if it arrived."""

    target: Target
    arrival: Arrival
    request: Request
    first: bool
    asked: Asked | None = None

    @property
    def unsettled(self) -> bool:
        """Whether it is looked at as it is, although it is not finished."""
        return self.asked is not None and self.asked.recorded is None


class Line:
    """Hands to pools what arrived, a few handfuls at a time, and takes back the answers.

    `pools` says by whom the files of each root are looked at. Roots that share one share a lane; storage that may stop
    answering has a lane of its own, so that workers who wait for it keep nobody else waiting.
    """

    def __init__(self, targets: Mapping[str, Target], pools: Mapping[str, Pool]) -> None:
        self._targets = targets
        lanes = {pool: _Lane(pool) for pool in pools.values()}
        self._lanes = {root: lanes[pool] for root, pool in pools.items()}
        self._all = tuple(lanes.values())

    def __len__(self) -> int:
        """Return how many files have arrived and are not examined yet."""
        return sum(len(lane) for lane in self._all)

    def add(self, arrival: Arrival, *, first: bool, asked: Asked | None = None) -> None:
        """Take a file into the line; `first`: before all others.

        A path stands in it once. What did not arrive is not added where its path stands in it already.
        """
        target, lane = self._targets[arrival.root], self._lanes[arrival.root]
        lane.add(Case(target, arrival, _request(target, arrival, lane.pool.workers), first, asked))

    def look_again(self, case: Case) -> None:
        """Have a picture decoded that was looked at without that."""
        self._lanes[case.arrival.root].add(replace(case, request=replace(case.request, pixels=True)))

    def feed(self, stalled: Container[str]) -> None:
        """Give the pools as much as keeps their workers busy, and no more: what comes later may be more urgent.

        What lies on a root that is `stalled` waits until it is not.
        """
        for root, lane in self._lanes.items():
            if root not in stalled:
                lane.feed()

    def answers(self) -> list[tuple[Case, Answer]]:
        """Return what was answered since the last time."""
        return [answered for lane in self._all for answered in lane.answers()]


_Path = tuple[bytes, bytes]
"""A root, and a path below it."""


class _Lane:
    """The files one pool is to look at, and those it looks at now: each path once at a time."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._waiting: dict[_Path, Case] = {}
        self._first: deque[_Path] = deque()
        self._others: deque[_Path] = deque()
        self._large: deque[_Path] = deque()
        """In which order paths come; one that is not waiting any more is passed over."""
        self._out: dict[_Path, Case] = {}
        self._large_out: set[_Path] = set()
        self._again: dict[_Path, Case] = {}
        """What arrived while its path was being looked at: to be looked at after that."""

    def __len__(self) -> int:
        return len(self._waiting) + len(self._out) + len(self._again)

    def add(self, case: Case) -> None:
        path = _path(case.request)
        before = self._waiting.get(path)
        if case.asked is not None and (before is not None or path in self._out):
            return
        self._waiting[path] = case
        if before is not None and before.first >= case.first and _is_large(before) == _is_large(case):
            return  # it has its place
        if _is_large(case):
            (self._large.appendleft if case.first else self._large.append)(path)
        else:
            (self._first if case.first else self._others).append(path)

    def feed(self) -> None:
        while self._large and len(self._large_out) < max(1, self.pool.workers - 1):
            case = self._next(self._large)
            if case is not None:
                self._large_out.add(_path(case.request))
                self._submit([case])
        while self.pool.under_way - len(self._large_out) < self.pool.workers * 2 and (self._first or self._others):
            self._submit(self._handful())

    def answers(self) -> Iterator[tuple[Case, Answer]]:
        for request, answer in self.pool.collected():
            path = _path(request)  # the rest may differ: a file that a worker was lost on is asked for otherwise
            self._large_out.discard(path)
            case = self._out.pop(path)
            if (again := self._again.pop(path, None)) is not None:
                self.add(again)
            yield case, answer

    def _handful(self) -> list[Case]:
        handful: list[Case] = []
        size = 0
        while len(handful) < HANDFUL_FILES and size < HANDFUL_BYTES and (line := self._first or self._others):
            case = self._next(line)
            if case is not None:
                self._out[_path(case.request)] = case
                handful.append(case)
                size += case.request.size
        return handful

    def _next(self, line: deque[_Path]) -> Case | None:
        """Return the next of a line; None if it is not to be looked at now."""
        path = line.popleft()
        case = self._waiting.get(path)
        if case is None or _is_large(case) is not (line is self._large):
            return None  # it was looked at already, or has a place in the other line
        del self._waiting[path]
        if path in self._out:
            self._again[path] = case
            return None
        return case

    def _submit(self, cases: list[Case]) -> None:
        self._out.update((_path(case.request), case) for case in cases)
        if cases:
            self.pool.submit(tuple(case.request for case in cases))


def _is_large(case: Case) -> bool:
    return case.request.size >= LARGE


def _path(request: Request) -> _Path:
    return request.root, request.path


def _request(target: Target, arrival: Arrival, workers: int) -> Request:
    """Return what to ask of a worker. Which sidecar there is it finds out itself: this process does not look."""
    name = arrival.path.rpartition(b"/")[2]
    most = None if target.zone is None else target.zone.max_read_rate
    rate = None if most is None else most / workers
    return Request(target.root, arrival.path, arrival.found.st_size, companion_names(name), rate=rate, thorough=True)
