"""What the daemon says of itself, kept beside the catalogue: `watch.lock` tells that it runs, `watch.json` how it does.

The lock is the kernel's, so it goes with the process however that ends; a file that was left behind tells nothing.
"""

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

from provenance.asset import UtcTime, ZoneName
from provenance.config import WatchMode
from provenance.errors import AlreadyWatched, CatalogueTrouble

LOCK_NAME = "watch.lock"
STATE_NAME = "watch.json"

EVERY = 2.0
"""Seconds at least between two writings of a state that only counts on."""

EVERY_IDLE = 15.0
"""Seconds between two writings of a state that has not changed: so much younger than `SILENT` that it shows life."""

SILENT = 60.0
"""Seconds after which a daemon that runs and says nothing is no longer taken to be well."""


class Events(Enum):
    """How well changes are heard of."""

    OK = "ok"
    DEGRADED = "degraded"
    """Some were lost, or cannot be heard: the sweep carries on alone."""
    POLL = "poll"
    """Nobody listens; sweeps find everything."""


@dataclass(frozen=True, slots=True)
class ZoneState:
    """How one zone is watched. `mode` is never `AUTO`. Texts are for people; the names in them are displayed ones."""

    name: ZoneName
    mode: WatchMode
    paused: str | None = None
    """Why nothing of it is looked at now."""
    last_sweep: UtcTime | None = None
    sweep_seconds: float | None = None
    """How long the last sweep took."""
    exposure_seconds: float | None = None
    """How long something flagged can lie there before it is moved, once it is finished; for final zones."""
    troubles: tuple[str, ...] = ()
    unfinished_seconds: float | None = None
    """The same for what never gets finished: it keeps an unfinished name, or never stops changing."""


@dataclass(frozen=True, slots=True)
class WatchState:
    """What the daemon does at one instant. `recorded`, `recorded_bytes` and `refused` count from its start."""

    ready: bool
    """Whether everything was looked at once."""
    events: Events
    backlog: int = 0
    """Files that are complete and not recorded yet."""
    settling: int = 0
    held: int = 0
    """Files that wait for something else than their own changes: a writer, a name, a missing part."""
    stuck: int = 0
    quarantined: int = 0
    recorded: int = 0
    recorded_bytes: int = 0
    refused: int = 0
    last_sweep: UtcTime | None = None
    """When the zone that was swept longest ago was swept; None as long as one never was."""
    zones: tuple[ZoneState, ...] = ()
    troubles: tuple[str, ...] = ()
    """What is wrong with no zone in particular."""

    @property
    def news(self) -> tuple[object, ...]:
        """What somebody wants to know at once when it changes."""
        zones = tuple((z.name, z.mode, z.paused, z.troubles) for z in self.zones)
        return (self.ready, self.events, self.stuck, self.quarantined, self.troubles, zones)


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that runs. All but that is None as long as it has not said it, or cannot be read."""

    pid: int | None = None
    started_at: UtcTime | None = None
    said_at: UtcTime | None = None
    state: WatchState | None = None


class Guarding:
    """One daemon's hold on one catalogue, and what it tells whoever asks how it is. For one thread."""

    def __init__(self, folder: Path, lock: int, started_at: UtcTime, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._lock = lock
        self._started_at = started_at
        self._clock = clock
        self._told: WatchState | None = None
        self._told_at = 0.0

    @classmethod
    def start(
        cls,
        catalogue: Path,
        now: UtcTime,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = 1.0,
    ) -> "Guarding":
        """Take hold of a catalogue until `close` or the process ends.

        Raises `AlreadyWatched` if another daemon holds it, `CatalogueTrouble` if there is no way to tell.
        """
        folder = catalogue.parent
        path = folder / LOCK_NAME
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CatalogueTrouble(f"{path} cannot be opened: {error.strerror}", help=_RIGHTS) from error
        try:
            _wait_for(lock, path, patience)
            (folder / STATE_NAME).unlink(missing_ok=True)  # what a killed one said is not true of this one
        except OSError as error:
            os.close(lock)
            raise CatalogueTrouble(f"{folder} cannot be written to: {error.strerror}", help=_RIGHTS) from error
        except AlreadyWatched:
            os.close(lock)
            raise
        return cls(folder, lock, now, clock)

    def tell(self, state: WatchState, now: UtcTime) -> str | None:
        """Write down how things are, at once if there is news, else once in a while. Cheap enough for every turn.

        Returns what went wrong, in words; None when it was written or is not due. Never raises for a full disk.
        """
        pause = EVERY_IDLE if state == self._told else EVERY
        news = self._told is None or state.news != self._told.news
        if not news and self._clock() - self._told_at < pause:
            return None
        written = Running(os.getpid(), self._started_at, now, state)
        try:
            _write(self._folder, json.dumps(msgspec.to_builtins(written)).encode())
        except OSError as error:
            return f"{self._folder / STATE_NAME} cannot be written: {error.strerror}"
        self._told, self._told_at = state, self._clock()
        return None

    def close(self) -> None:
        """Let go of the catalogue."""
        if self._lock < 0:
            return
        try:
            (self._folder / STATE_NAME).unlink(missing_ok=True)
        finally:
            os.close(self._lock)
            self._lock = -1


def read_state(catalogue: Path) -> Running | None:
    """Return what the daemon that watches a catalogue last said; None if none does.

    Only the lock tells whether one runs. Raises `CatalogueTrouble` if that cannot be found out.
    """
    path = catalogue.parent / LOCK_NAME
    try:
        lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CatalogueTrouble(f"{path} cannot be read: {error.strerror}", help=_RIGHTS) from error
    try:
        if _locked(lock, fcntl.LOCK_SH):
            return None
    finally:
        os.close(lock)
    try:
        return msgspec.convert(json.loads((catalogue.parent / STATE_NAME).read_bytes()), type=Running)
    except (FileNotFoundError, ValueError, msgspec.ValidationError):
        return Running()
    except OSError as error:
        says = f"{catalogue.parent / STATE_NAME} cannot be read: {error.strerror}"
        raise CatalogueTrouble(says, help=_RIGHTS) from error


_RIGHTS = "Run this as the user that runs the daemon, with the right to read and write the catalogue's folder."


def _locked(lock: int, kind: int) -> bool:
    """Whether the lock could be had; it is let go again with the descriptor."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(lock: int, path: Path, patience: float) -> None:
    """Take the lock. Whoever asks for the state holds it for an instant, so one refusal means nothing."""
    deadline = time.monotonic() + patience
    while not _locked(lock, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            raise AlreadyWatched(f"another daemon watches this catalogue already: it holds {path}")
        time.sleep(0.05)


def _write(folder: Path, data: bytes) -> None:
    """Replace the state in one step. Not synced: after a power cut no daemon runs, and nobody reads it.

    On a full disk it is written over the state that is there, which lies on room of its own: a reader may then find
    half of it, and takes that for nothing said.
    """
    data = data.ljust((len(data) // _ROOM + 2) * _ROOM)  # so that one that says more, on a full disk, finds room too
    aside, path = folder / f"{STATE_NAME}.part", folder / STATE_NAME
    try:
        _put(aside, data, os.O_CREAT | os.O_TRUNC)
        aside.replace(path)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT} or not path.exists():
            raise
        aside.unlink(missing_ok=True)
        _put(path, data, 0)


_ROOM = 4096
"""Bytes a file system gives away at once, or a part of that."""


def _put(path: Path, data: bytes, flags: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.truncate()
