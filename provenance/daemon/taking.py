"""Having files taken away, by a process of its own for each zone.

A move may be a copy to another disk that takes minutes, and storage may stop answering in the middle of it: neither
must keep the daemon from its other files, or from ending when it is told to.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from provenance.asset import ZoneName, utc
from provenance.catalogue import Catalogue, Opening, Stamp
from provenance.config import Zone
from provenance.errors import ProvenanceError
from provenance.pool import Aside
from provenance.quarantine import NotTaken, Refused, Taken, take_away

PATIENCE = 300.0
SLOWEST = 5e6
"""Seconds a move may take, and bytes a second it must make besides: a copy is read twice."""

WAIT = 30.0
"""Seconds a move waits for others who write to the catalogue."""


@dataclass(frozen=True, slots=True)
class Job:
    """Files of one zone that one gate run refused; `stamp` says who has them moved, and not when."""

    catalogue: Path
    zone: Zone
    refused: tuple[Refused, ...]
    run: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: an answer for each file, or why there is none. Then `mend` has to find out."""

    job: Job
    results: tuple[Taken | NotTaken, ...] = ()
    trouble: str = ""


@dataclass(slots=True)
class _Mover:
    process: Aside = field(default_factory=Aside)
    under_way: list[tuple[Job, "Future[tuple[Taken | NotTaken, ...]]"]] = field(default_factory=list)


class Taking:
    """Has files moved, and tells what came of it when it is asked."""

    def __init__(self, catalogue: Path, stamp: Callable[[], Stamp], ring: Callable[[], None]) -> None:
        self._catalogue = catalogue
        self._stamp = stamp
        self._ring = ring
        self._movers: dict[ZoneName, _Mover] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is being moved."""
        return any(m.under_way for m in self._movers.values())

    def begin(self, zone: Zone, refused: Sequence[Refused], run: str) -> None:
        """Have files moved, and do not wait for it."""
        mover = self._movers.setdefault(zone.name, _Mover())
        job = Job(self._catalogue, zone, tuple(refused), run, self._stamp())
        size = sum(r.key.size for r in refused)
        before = sum(r.key.size for other, _ in mover.under_way for r in other.refused)
        future = mover.process.begin(_take, job, PATIENCE + (size + before) / SLOWEST)
        mover.under_way.append((job, future))
        future.add_done_callback(lambda _: self._ring())

    def done(self) -> Iterator[Done]:
        """Yield every job that has ended since the last time."""
        for mover in self._movers.values():
            mover.process.tend()
            while mover.under_way and mover.under_way[0][1].done():
                job, future = mover.under_way.pop(0)
                yield _done(job, future)

    def close(self) -> int:
        """End whatever is under way; what was begun is finished by `mend` at the next start.

        Return how many processes were killed and are still there.
        """
        return sum(mover.process.close() for mover in self._movers.values())


def _done(job: Job, future: "Future[tuple[Taken | NotTaken, ...]]") -> Done:
    try:
        return Done(job, future.result(timeout=0))
    except ProvenanceError as error:
        return Done(job, trouble=error.message)
    except Exception as error:  # noqa: BLE001 (however its process ended, the files have to be looked for)
        return Done(job, trouble=f"whoever moved it ended early: {type(error).__name__}: {error}")


def _take(job: Job) -> tuple[Taken | NotTaken, ...]:
    """Move some files; runs in a process of its own."""

    def stamp() -> Stamp:
        return replace(job.stamp, at=utc(dt.datetime.now(dt.UTC)))

    with Catalogue.open(job.catalogue, Opening(wait=WAIT)) as catalogue:
        return take_away(catalogue, job.zone, job.refused, job.run, stamp)
