"""What this machine must allow so that folders can be watched, and what is moved has a place to go.

The kernel's limits are those of inotify(7), `/proc` interfaces.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from provenance.checkup.finding import Finding, Level
from provenance.config import Config, OnTrouble, Role, WatchMode, Zone
from provenance.files import display
from watcher.mounts import is_network, storage_of

LIMITS = Path("/proc/sys/fs/inotify")

QUEUED = 65_536
"""Changes the kernel should keep while nobody reads them. Four to a file: enough for 16,000 files at once."""

ROOM = 1 << 30
"""Bytes that should be free for a catalogue; or as many as it has, so that a backup of it finds room."""


FOLDERS = 20_000
"""So many folders of a zone are looked at for the right to take files out of them."""

SOME = 1 << 20
"""Bytes without which nothing can be moved at all: a note and a folder need room also on the zone's own disk."""


def check_watching(config: Config) -> Iterator[Finding]:
    """Yield what `provenance watch` will meet: the kinds of storage, the kernel's limits, the ways to quarantine."""
    heard = [zone for zone in config.zones if zone.root.is_dir()]
    for zone in tuple(heard):
        kind = storage_of(zone.root)
        if zone.mode is WatchMode.POLL or is_network(kind):
            heard.remove(zone)
        if zone.mode is WatchMode.EVENTS and is_network(kind):
            yield Finding(
                Level.WARNING,
                f"zone {zone.name}",
                f"{zone.root} lies on {kind}, where this machine hears of no change that another one makes",
                'Set mode = "poll", or leave it out; sweeps alone then find what is new.',
            )
    yield from _limits(heard)
    for zone in config.zones:
        if zone.role is Role.FINAL and OnTrouble.QUARANTINE in {zone.on_refuse, zone.on_hold}:
            yield from _quarantine(zone)


def _limits(zones: list[Zone]) -> Iterator[Finding]:
    """Compare the kernel's limits with the folders there are."""
    if not zones:
        return
    watches, queued = _limit("max_user_watches"), _limit("max_queued_events")
    if watches is None or queued is None:
        yield Finding(Level.OK, "watching", "this system has no inotify; sweeps alone find what is new")
        return
    folders = _folders(zones, watches)
    if folders * 2 > watches:
        counted = f"{folders:,}" if folders <= watches else f"more than {watches:,}"
        needed = max(1 << 20, 1 << (2 * folders).bit_length())
        yield Finding(
            Level.WARNING,
            "watching",
            f"folders to listen to: {counted}; this user may listen to {watches:,}, other programs included",
            f"{_SYSCTL} fs.inotify.max_user_watches={needed} (about 1 KB of memory for each folder)",
        )
    else:
        yield Finding(Level.OK, "watching", f"folders to listen to: {folders:,}, of {watches:,} this user may")
    if queued < QUEUED:
        yield Finding(
            Level.WARNING,
            "watching",
            f"the kernel keeps {queued:,} changes while nobody reads them; a burst of files is more, and costs a sweep",
            f"{_SYSCTL} fs.inotify.max_queued_events={4 * QUEUED}",
        )


_SYSCTL = "packaging/sysctl.d/60-provenance.conf keeps it over a restart; until then: sudo sysctl"


def _limit(name: str) -> int | None:
    try:
        return int((LIMITS / name).read_text())
    except (OSError, ValueError):
        return None


def _folders(zones: list[Zone], enough: int) -> int:
    """Count the folders under some zones, each zone's own included; stop after more than `enough`."""
    roots = [os.fsencode(z.root) for z in zones if not any(other.root in z.root.parents for other in zones)]
    count = 0
    for root in roots:
        for _ in os.walk(root):
            count += 1
            if count > enough:
                return count
    return count


def _quarantine(zone: Zone) -> Iterator[Finding]:
    """Look whether what is refused could be moved out of a zone, and into its quarantine."""
    name = f"quarantine {zone.name}"
    target = next(p for p in (zone.quarantine, *zone.quarantine.parents) if os.path.lexists(p))
    if not target.is_dir() or not os.access(target, os.W_OK | os.X_OK):
        advice = f"Give this user the right to write to {target}, or set quarantine to another place."
        yield Finding(Level.PROBLEM, name, f"{zone.quarantine} cannot be written to", advice)
        return
    if not zone.root.is_dir():
        return  # said already
    elsewhere = target.stat().st_dev != zone.root.stat().st_dev
    yield from _kept(zone, name, elsewhere)
    yield from _rights(zone, name)
    yield from _room(target, name, enough=ROOM if elsewhere else SOME)


def _kept(zone: Zone, name: str, elsewhere: bool) -> Iterator[Finding]:
    where = f"{zone.quarantine}"
    if elsewhere:
        where += " is on another disk than its zone: files are copied, compared and removed, not moved"
    yield Finding(Level.OK, name, where)


def _rights(zone: Zone, name: str) -> Iterator[Finding]:
    """Look whether files can be taken out of every folder of a zone, the zone's own included."""
    folders = (folder for folder, _, _ in islice(os.walk(os.fsencode(zone.root)), FOLDERS))
    closed = [folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)]
    if closed:
        advice = 'Give this user the right to write there, or set on_refuse = "report".'
        more = f" and {len(closed) - 1:,} more folders" if len(closed) > 1 else ""
        says = f"nothing can be moved out of {display(closed[0])}{more}: this user may not write there"
        yield Finding(Level.PROBLEM, name, says, advice)


def _room(target: Path, name: str, enough: int) -> Iterator[Finding]:
    """Look whether a quarantine's disk has room, and may hold more files."""
    found = os.statvfs(target)
    free = found.f_bavail * found.f_frsize
    full = found.f_files > 0 and found.f_favail == 0  # some file systems count no files
    if free < enough or full:
        says = f"{free >> 20:,} MiB are free where {target} lies" + (", and no file can be added" if full else "")
        advice = "Make room there: what is refused stays in its final folder when it cannot be moved."
        yield Finding(Level.PROBLEM if full or free < SOME else Level.WARNING, name, says, advice)


def check_room(config: Config) -> Iterator[Finding]:
    """Yield whether the catalogue's disk is nearly full: then nothing can be recorded, and nothing is let go."""
    if not config.catalogue.exists():
        return  # said already
    free, size = shutil.disk_usage(config.catalogue.parent).free, config.catalogue.stat().st_size
    says = f"{free >> 20:,} MiB are free beside the catalogue, which has {size >> 20:,}"
    if free < max(ROOM, size):
        advice = "Make room on that disk: when it is full nothing is recorded, and nothing can be delivered."
        yield Finding(Level.WARNING, "disk", says, advice)
    else:
        yield Finding(Level.OK, "disk", says)


def check_notify(config: Config) -> Iterator[Finding]:
    """Yield whether those who are to be told could be, as far as that shows without telling them anything."""
    notify = config.notify
    if notify is None:
        return
    if notify.command:
        program = notify.command[0]
        if shutil.which(program) is None:
            advice = "Mend [notify] command: a program on the PATH, or a path to one that may be executed."
            yield Finding(Level.PROBLEM, "notify", f"{program} is no program that this user may run", advice)
        else:
            yield Finding(Level.OK, "notify", f"tells {program}")
    if not notify.apprise:
        return
    if importlib.util.find_spec("apprise") is None:
        advice = 'Install it: pip install "asset-provenance[notify]"'
        yield Finding(Level.PROBLEM, "notify", "the library apprise is not installed", advice)
    else:
        yield Finding(Level.OK, "notify", f"tells {len(notify.apprise)} addresses by way of apprise")
    if config.path.stat().st_mode & 0o077:
        advice = f"chmod 600 {config.path}"
        yield Finding(Level.WARNING, "notify", "its addresses hold passwords, and others may read the file", advice)
