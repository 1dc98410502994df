"""A real daemon under test: a process of its own, watched from outside through its catalogue and the disk."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.production import Production, new_production

PROJECT = Path(__file__).parents[1]

PROGRAM = (sys.executable, "-m", "provenance", "watch")

PATIENCE = 90.0
"""Seconds after which something that should have happened has not. Long: tests run side by side on slow machines."""

_ROWS = """SELECT f.zone, f.path, s.name, a.sha256 FROM sightings s
    JOIN folders f ON f.id = s.folder JOIN assets a ON a.id = s.asset WHERE s.gone_at IS NULL"""

Listing = dict[tuple[str, bytes], str]
"""What is where: zone and path below it, with the SHA-256."""


_CONFIG = """[project]
id = "the-long-night"
title = "The Long Night"

[[zone]]
name = "editorial"
path = "editorial"
role = "work"
{work}

[[zone]]
name = "deliver"
path = "deliver"
role = "final"
{final}

[watch]
settle = {settle}
sweep = {sweep}
{more}
"""


def watched_production(
    folder: Path, *, settle: float = 0.3, sweep: float = 300.0, work: str = "", final: str = "", more: str = ""
) -> Production:
    """Set up a production whose daemon has little patience.

    `work` and `final` are added to the zones' tables, `more` to the end of the configuration.
    """
    production = new_production(folder)
    text = _CONFIG.format(settle=settle, sweep=sweep, work=work, final=final, more=more)
    production.config.write_text(text)
    return production


@dataclass(slots=True)
class Daemon:
    """A running `provenance watch`."""

    production: Production
    process: subprocess.Popen[bytes]
    log: Path

    def until(self, done: Callable[[], bool], seconds: float = PATIENCE, *, every: float = 0.05) -> None:
        """Return once something is so; fails with the daemon's log when it takes too long or the daemon ends."""
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, f"the daemon ended with {self.process.returncode}\n{self.said()}"
            assert time.monotonic() < deadline, f"it did not happen\n{self.said()}"
            time.sleep(every)

    def ready(self, seconds: float = PATIENCE) -> None:
        """Return once everything was looked at."""
        self.until(lambda: bool(self.state().get("ready")), seconds)

    def state(self) -> dict[str, Any]:
        """Return what the daemon says of itself; empty while it says nothing."""
        try:
            written = json.loads((self.production.root / ".provenance" / "watch.json").read_bytes())
        except FileNotFoundError:
            return {}
        try:
            if os.getsid(written["pid"]) != self.process.pid:
                return {}
        except ProcessLookupError:
            return {}  # what a killed daemon said last
        state = written["state"]
        assert isinstance(state, dict)
        return state

    def said(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-4000:]

    def lines(self) -> list[dict[str, Any]]:
        """Return its log, a document a line."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self, seconds: float = 20.0) -> int:
        """End it as a service manager does, and return its exit code; fails with what all its threads wait for."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait()
            raise AssertionError(f"it did not end within {seconds:.0f} s\n{self.said()}") from None

    def kill(self) -> None:
        """End it as a power cut does. Its workers go with it."""
        self.process.kill()
        self.process.wait()


def start(
    production: Production, *arguments: str, prefix: tuple[str, ...] = (), program: tuple[str, ...] = PROGRAM
) -> Daemon:
    """Start a daemon; `prefix` is a command that runs it, such as `unshare`, `program` another than the usual one."""
    log = production.root / f"watch-{time.monotonic_ns()}.log"
    environment = {k: v for k, v in os.environ.items() if k != "PROVENANCE_CONFIG"}
    environment["PYTHONFAULTHANDLER"] = "1"
    command = [*prefix, *program, *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=production.root, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
    return Daemon(production, process, log)


@contextmanager
def watching(
    production: Production,
    *arguments: str,
    prefix: tuple[str, ...] = (),
    program: tuple[str, ...] = PROGRAM,
    patience: float = PATIENCE,
) -> Iterator[Daemon]:
    """Run a daemon that has looked at everything, and end it afterwards whatever happens."""
    daemon = start(production, *arguments, prefix=prefix, program=program)
    try:
        daemon.ready(patience)
        yield daemon
    finally:
        if daemon.process.poll() is None:
            os.killpg(daemon.process.pid, signal.SIGKILL)
            daemon.process.wait()


def catalogue_of(production: Production) -> Path:
    """Return where its catalogue lies."""
    return production.root / ".provenance" / "catalogue.db"


def catalogued(production: Production) -> Listing:
    """Return what the catalogue says is present."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        return {
            (zone, folder + b"/" + name if folder else name): raw.hex()
            for zone, folder, name, raw in connection.execute(_ROWS)
        }


def sightings(production: Production) -> int:
    """Return how many files the catalogue says are present."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM sightings WHERE gone_at IS NULL").fetchone()
    return int(count)


def ledgered(production: Production) -> int:
    """Return how many entries the ledger has: whatever is recorded, judged or moved adds one."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM ledger").fetchone()
    return int(count)


def digests(production: Production) -> set[str]:
    """Return the SHA-256 of everything that was ever recorded, wherever it lay."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        return {raw.hex() for (raw,) in connection.execute("SELECT sha256 FROM assets")}


def on_disk(production: Production) -> Listing:
    """Return what lies in the zones."""
    listing = {}
    for zone in (production.editorial, production.deliver):
        for folder, _, names in os.walk(os.fsencode(zone)):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    digest = hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).hexdigest()
                except FileNotFoundError:
                    continue
                listing[zone.name, os.path.relpath(path, os.fsencode(zone))] = digest
    return listing


def difference(production: Production) -> list[tuple[str, bytes]]:
    """Return where catalogue and disk do not say the same, at most a handful."""
    known, there = catalogued(production), on_disk(production)
    return sorted({p for p in known.keys() | there.keys() if known.get(p) != there.get(p)})[:5]


def integrity(production: Production) -> None:
    """Fail unless the catalogue's file and its ledger are whole, and no file is there twice."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute(_ROWS).fetchall()
    assert len(rows) == len({row[:3] for row in rows})
    result = production.run("ledger", "verify")
    assert result.code == 0, result.out + result.err


def held(production: Production) -> int:
    """Return how many files are in quarantine and written down as such, which a moment before they only lie there."""
    with closing(sqlite3.connect(catalogue_of(production), timeout=30)) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM quarantine WHERE state = 'held'").fetchall()
    return int(count)


def quarantine(production: Production) -> dict[bytes, str]:
    """Return what lies in the quarantine of the final zone, by path below it."""
    root = os.fsencode(production.root / ".provenance" / "quarantine" / production.deliver.name)
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root)] = hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).hexdigest()
    return found
