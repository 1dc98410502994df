"""What has arrived and is to be examined: final zones first, and no large file keeps small ones waiting."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from provenance.examination import Answer, Request, sidecar_names
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


class Line:
    """Hands to the pool what arrived, a few handfuls at a time, and takes back the answers."""

    def __init__(self, pool: Pool, targets: Mapping[str, Target]) -> None:
        self._pool = pool
        self._targets = targets
        self._first: deque[Case] = deque()
        self._others: deque[Case] = deque()
        self._large: deque[Case] = deque()
        self._out: dict[Request, Case] = {}
        self._large_out: set[Request] = set()

    def __len__(self) -> int:
        """Return how many files have arrived and are not examined yet."""
        return len(self._first) + len(self._others) + len(self._large) + len(self._out)

    def add(self, arrival: Arrival, *, first: bool, unsettled: str = "") -> None:
        """Take a file into the line; `first`: before all others."""
        target = self._targets[arrival.root]
        case = Case(target, arrival, _request(target, arrival, self._pool.workers), unsettled)
        if case.request in self._out:
            return  # it is being looked at already
        if arrival.found.st_size >= LARGE:
            (self._large.appendleft if first else self._large.append)(case)
        else:
            (self._first if first else self._others).append(case)

    def feed(self) -> None:
        """Give the pool as much as keeps its workers busy, and no more: what comes later may be more urgent."""
        while self._large and len(self._large_out) < max(1, self._pool.workers - 1):
            case = self._large.popleft()
            self._large_out.add(case.request)
            self._submit([case])
        while self._pool.under_way - len(self._large_out) < self._pool.workers * 2 and (self._first or self._others):
            self._submit(self._handful())

    def answers(self) -> list[tuple[Case, Answer]]:
        """Return what was answered since the last time."""
        answered = []
        for request, answer in self._pool.collected():
            self._large_out.discard(request)
            answered.append((self._out.pop(request), answer))
        return answered

    def _handful(self) -> list[Case]:
        handful: list[Case] = []
        size = 0
        while len(handful) < HANDFUL_FILES and size < HANDFUL_BYTES and (line := self._first or self._others):
            case = line.popleft()
            if case.request not in self._out:
                handful.append(case)
                size += case.request.size
        return handful

    def _submit(self, cases: list[Case]) -> None:
        fresh = {case.request: case for case in cases if case.request not in self._out}
        self._out.update(fresh)
        if fresh:
            self._pool.submit(tuple(fresh))


def _request(target: Target, arrival: Arrival, workers: int) -> Request:
    """Return what to ask of a worker. Which sidecar there is it finds out itself: this process does not look."""
    name = arrival.path.rpartition(b"/")[2]
    sidecars = tuple(n for n in sidecar_names(name) if n != name)
    most = None if target.zone is None else target.zone.max_read_rate
    rate = None if most is None else most / workers
    return Request(target.root, arrival.path, arrival.found.st_size, sidecars, rate=rate)
