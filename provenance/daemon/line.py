"""What has arrived and is to be examined: final zones first, and no large file keeps small ones waiting."""

from collections import deque
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from provenance.examination import Answer, Request, companion_names
from provenance.pool import HANDFUL_BYTES, HANDFUL_FILES, Pool
from provenance.targets import Target
from watcher.tree import Arrival

LARGE = 256 << 20
"""Files of so many bytes and more occupy a worker for a while: one worker is always kept free of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One file on its way. `unsettled` says why it was fetched although it has not settled; empty if it has."""

    target: Target
    arrival: Arrival
    request: Request
    unsettled: str
    first: bool


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

    def add(self, arrival: Arrival, *, first: bool, unsettled: str = "") -> None:
        """Take a file into the line; `first`: before all others."""
        target, lane = self._targets[arrival.root], self._lanes[arrival.root]
        lane.add(Case(target, arrival, _request(target, arrival, lane.pool.workers), unsettled, first))

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


class _Lane:
    """The files one pool is to look at, and those it looks at now: each path once at a time."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._first: deque[Case] = deque()
        self._others: deque[Case] = deque()
        self._large: deque[Case] = deque()
        self._out: dict[_Path, Case] = {}
        self._large_out: set[_Path] = set()
        self._again: dict[_Path, Case] = {}
        """What arrived while its path was being looked at for another reason: to be looked at after that."""

    def __len__(self) -> int:
        return len(self._first) + len(self._others) + len(self._large) + len(self._out) + len(self._again)

    def add(self, case: Case) -> None:
        if case.request.size >= LARGE:
            (self._large.appendleft if case.first else self._large.append)(case)
        else:
            (self._first if case.first else self._others).append(case)

    def feed(self) -> None:
        while self._large and len(self._large_out) < max(1, self.pool.workers - 1):
            case = self._large.popleft()
            if self._is_free(case):
                self._large_out.add(_path(case.request))
                self._submit([case])
        while self.pool.under_way - len(self._large_out) < self.pool.workers * 2 and (self._first or self._others):
            self._submit(self._handful())

    def answers(self) -> Iterator[tuple[Case, Answer]]:
        for request, answer in self.pool.collected():
            path = _path(request)  # the rest may differ: a file that a worker was lost on is asked for otherwise
            self._large_out.discard(path)
            if (again := self._again.pop(path, None)) is not None:
                self.add(again)
            yield self._out.pop(path), answer

    def _handful(self) -> list[Case]:
        handful: list[Case] = []
        size = 0
        while len(handful) < HANDFUL_FILES and size < HANDFUL_BYTES and (line := self._first or self._others):
            case = line.popleft()
            if self._is_free(case):
                self._out[_path(case.request)] = case
                handful.append(case)
                size += case.request.size
        return handful

    def _is_free(self, case: Case) -> bool:
        """Whether a path is not being looked at already; if it is, what somebody waits for is kept for later."""
        path = _path(case.request)
        if path in self._out and not case.unsettled:
            self._again[path] = case
        return path not in self._out

    def _submit(self, cases: list[Case]) -> None:
        self._out.update((_path(case.request), case) for case in cases)
        if cases:
            self.pool.submit(tuple(case.request for case in cases))


_Path = tuple[bytes, bytes]
"""A root, and a path below it."""


def _path(request: Request) -> _Path:
    return request.root, request.path


def _request(target: Target, arrival: Arrival, workers: int) -> Request:
    """Return what to ask of a worker. Which sidecar there is it finds out itself: this process does not look."""
    name = arrival.path.rpartition(b"/")[2]
    most = None if target.zone is None else target.zone.max_read_rate
    rate = None if most is None else most / workers
    return Request(target.root, arrival.path, arrival.found.st_size, companion_names(name), rate=rate)
