"""A guard at its post: the real gate, catalogue and mover over real folders, without the loop that drives them."""

import datetime as dt
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from provenance.asset import RelPath, utc
from provenance.catalogue import Batch, Catalogue, Stamp
from provenance.cli.session import Session
from provenance.config import Config, Zone
from provenance.configfile import load_config
from provenance.credentials.trust import Trust
from provenance.daemon.guard import Guard, Suspect
from provenance.daemon.notices import Kind, Notice
from provenance.examination import Looked, Request, companion_names
from provenance.examine import examine_all
from provenance.examiner import examiner_for
from provenance.gate import Gate
from provenance.looking import Intake, examined, joined
from provenance.pool import Pool
from provenance.targets import Target, zone_target
from tests.daemon.notified import Listener
from tests.production import Production
from tests.watching import PATIENCE, watched_production


@dataclass(slots=True)
class Clock:
    """The time, as a test wants it: seconds that pass, and by how much the machine's date is wrong."""

    seconds: float = 1000.0
    wrong: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class Post:
    """A guard, what it looks after, and what it said."""

    production: Production
    config: Config
    gate: Gate
    guard: Guard
    clock: Clock
    rung: threading.Event
    told: list[Notice] = field(default_factory=list)

    @property
    def zone(self) -> Zone:
        """The final zone."""
        return self.config.zone("deliver")

    @property
    def catalogue(self) -> Catalogue:
        """What is known."""
        return self.gate.intake.catalogue

    @property
    def kept(self) -> list[str]:
        """Return what lies in its quarantine."""
        root = self.zone.quarantine
        return sorted(os.fspath(p.relative_to(root)) for p in root.rglob("*") if p.is_file())

    def suspect(self, name: str) -> Suspect:
        """Look at a file of the final zone as it is, and record it."""
        target = zone_target(self.config, self.zone)
        request = _request(target, name)
        ((answer),) = examine_all((request,), Trust())
        assert isinstance(answer, Looked), answer
        self.catalogue.record(Batch((examined(target, request, answer),)), self.gate.intake.stamp())
        seen = joined(self.gate.intake, target, request, answer)
        return Suspect(self.zone, target.place(request.path), answer.key, seen, self.clock())

    def arrive(self, *names: str) -> None:
        """Have files of the final zone judged that have just settled, and wait for what is moved."""
        self.judge([self.suspect(name) for name in names])

    def judge(self, suspects: Sequence[Suspect]) -> None:
        """Have files judged as they were looked at, and wait for what is moved."""
        self.guard.judge(suspects)
        self.moved()

    def moved(self) -> None:
        """Wait until nothing is being moved any more."""
        while self.guard.busy:
            assert self.rung.wait(PATIENCE)
            self.rung.clear()
            self.guard.poll()

    @property
    def due(self) -> list[str]:
        """Return what the guard wants to look at again."""
        return sorted(os.fsdecode(f.place.path) for f in self.guard.due() if f is not None)

    def review(self) -> None:
        """Look again at what the guard wants to look at."""
        names = self.due
        if names:
            self.arrive(*names)

    @property
    def said(self) -> list[tuple[Kind, str]]:
        """Return what was told since the last time."""
        said = [(n.kind, os.fsdecode(n.path or b"")) for n in self.told]
        self.told.clear()
        return said


def _request(target: Target, name: str) -> Request:
    path = RelPath(os.fsencode(name))
    return Request(target.root, path, 0, companion_names(path.rpartition(b"/")[2]))


@contextmanager
def posted(folder: Path, *, final: str = "", policy: str = "") -> Iterator[Post]:
    """Set up a production with a guard; `final` is added to the final zone's table, `policy` to the project's."""
    production = watched_production(folder, final=final)
    if policy:
        text = production.config.read_text().replace("[[zone]]", f'policy = "{policy}"\n\n[[zone]]', 1)
        production.config.write_text(text)
    with at_post(production) as post:
        yield post


@contextmanager
def at_post(production: Production) -> Iterator[Post]:
    """Put a guard at its post, as a daemon that starts does."""
    config = load_config(production.config)
    session, clock, rung = Session(config), Clock(), threading.Event()

    def stamp() -> Stamp:
        made = session.stamp()
        return made if not clock.wrong else _moved(made, clock.wrong)

    with session.catalogue() as catalogue, Pool(Trust(), workers=1) as pool:
        gate = Gate(config, session.policy, Intake(catalogue, pool, lambda: examiner_for(Trust()), stamp))
        told: list[Notice] = []
        guard = Guard(gate, told.append, Listener().log, rung.set, clock)
        try:
            yield Post(production, config, gate, guard, clock, rung, told)
        finally:
            guard.close()


def _moved(stamp: Stamp, seconds: float) -> Stamp:
    at = dt.datetime.fromisoformat(stamp.at) + dt.timedelta(seconds=seconds)
    return replace(stamp, at=utc(at))
