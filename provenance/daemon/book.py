"""What the watcher asks and tells: the catalogue behind the watcher's small protocol.

Nothing here raises for a catalogue that is locked or full: it says "again later", and why is kept in `trouble`.
"""

import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from provenance.asset import Place, RelPath, UtcTime, ZoneName, utc
from provenance.catalogue import Batch, Catalogue, Stamp, Trouble, Waiting
from provenance.config import Role
from provenance.errors import CatalogueTrouble
from provenance.evidence import Examiner
from provenance.examination import Failure
from provenance.intake import compare, owners, unpaired
from provenance.targets import Target, folder_failure, unlisted
from watcher.lister import NotProven
from watcher.opening import Odd
from watcher.settle import Settling
from watcher.sweep import Folder, Found

T = TypeVar("T")

HOT_FILES = 50_000
"""So many files are remembered as recorded, in the folders looked at last: they need not be looked up again."""

GONE_AT_ONCE = 1_000
"""Files that are marked as gone in one transaction."""

RECHECK_EVERY = 12
"""Every so many sweeps no folder is taken to be what it was, however alike it looks."""

SETTLING = "settling"
STUCK = "stuck"
"""Words a script finds for why a file waits, besides those of `watcher.probe.Wait`."""

_Listing = dict[bytes, Found | None]
"""The names in a folder, each with the version that is recorded; None where that has to be looked up."""


@dataclass(slots=True)
class _Zone:
    """What is remembered of one zone while it is watched."""

    target: Target
    began: UtcTime | None = None
    """When the running sweep began."""
    clean: dict[bytes, int] = field(default_factory=dict)
    """Folders in which there was nothing new the last time, by what their listing looked like."""
    gone: list[RelPath] = field(default_factory=list)
    troubles: dict[Place, Trouble] = field(default_factory=dict)
    """By place: a folder that is listed again while nothing can be written tells the same once more."""
    swept: int = 0


class ZoneBook:
    """Answers the watcher from the catalogue, and keeps there what it is told."""

    def __init__(
        self,
        catalogue: Catalogue,
        targets: Sequence[Target],
        examiner: Examiner,
        stamp: Callable[[], Stamp],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble: CatalogueTrouble | None = None
        """Why the catalogue could not answer the last time; None once it did again."""
        self.odd: Callable[[Place, Odd], None] = lambda _place, _odd: None
        """Told of each thing in a listing that is neither file nor folder."""
        self._catalogue = catalogue
        self._zones = {t.zone_name: _Zone(t) for t in targets}
        self._examiner = examiner
        self._stamp = stamp
        self._clock = clock
        self._hot: OrderedDict[tuple[str, bytes], _Listing] = OrderedDict()
        self._hot_files = 0

    def sweeping(self, root: str) -> None:
        """Take note that a sweep of everything begins."""
        zone = self._zones[ZoneName(root)]
        zone.began = self._stamp().at
        zone.swept += 1
        self._hot.clear()  # between two sweeps memory may do; a sweep asks the catalogue
        self._hot_files = 0
        if zone.swept % RECHECK_EVERY == 0:
            zone.clean.clear()

    def news(self, root: str, folder: Folder) -> Sequence[tuple[bytes, Found]] | None:
        """Return the names whose bytes are not recorded; see `watcher.journal.Book`."""
        return self._try(lambda: self._news(self._zones[ZoneName(root)], folder), None)

    def folder_gone(self, root: str, folder: bytes) -> bool:
        """Mark what was present in and below a folder as gone; see `watcher.journal.Book`."""

        def mark() -> bool:
            zone = self._zones[ZoneName(root)]
            for known in self._catalogue.known_folders(ZoneName(root), RelPath(folder)):
                self._folder_gone(zone, known)
            self._flush_gone(zone)
            return True

        return self._try(mark, False)

    def swept(self, root: str, listed: frozenset[bytes]) -> bool:
        """Mark as gone what a look at everything did not find; see `watcher.journal.Book`."""

        def mark() -> bool:
            zone = self._zones[ZoneName(root)]
            for known in self._catalogue.known_folders(ZoneName(root)):
                if known not in listed:
                    self._folder_gone(zone, known)
            self._flush(zone)
            for path in [p for p in zone.clean if p not in listed]:
                del zone.clean[path]
            self._catalogue.finish_sweep(ZoneName(root), self._stamp().at, zone.began)
            return True

        return self._try(mark, False)

    def waited(self, root: str) -> Mapping[bytes, float]:
        """Return what waited when the daemon last ended; see `watcher.journal.Book`."""
        now = dt.datetime.now(dt.UTC)
        waiting: tuple[Waiting, ...] = self._try(lambda: self._catalogue.waiting(ZoneName(root)), ())
        return {w.place.path: _seconds_since(w.first_seen, now) for w in waiting}

    def keep_waiting(self, root: str, rows: Sequence[tuple[bytes, Settling]], over: Sequence[bytes]) -> bool:
        """Keep what waits, in one transaction; see `watcher.journal.Book`."""
        zone, now, clock = ZoneName(root), dt.datetime.now(dt.UTC), self._clock()
        waiting = [
            _waiting(Place(zone, RelPath(path)), settling, utc(now - dt.timedelta(seconds=clock - settling.since)))
            for path, settling in rows
        ]

        def keep() -> bool:
            self._catalogue.keep_waiting(zone, waiting, [RelPath(path) for path in over], utc(now))
            return True

        return self._try(keep, False)

    def flush(self) -> None:
        """Write down what was met and not written down yet; raises `CatalogueTrouble` if that cannot be done now."""
        for zone in self._zones.values():
            self._flush(zone)

    def _try(self, ask: Callable[[], T], otherwise: T) -> T:
        """Ask the catalogue; keep what it cannot do now in `trouble`, for the watcher asks again."""
        try:
            answer = ask()
        except CatalogueTrouble as error:
            self.trouble = error
            return otherwise
        self.trouble = None
        return answer

    def _news(self, zone: _Zone, folder: Folder) -> Sequence[tuple[bytes, Found]]:
        self._note(zone, folder)
        looks = hash((tuple(folder.files), len(folder.odd)))
        if zone.clean.get(folder.path) == looks:
            return ()
        changed, missing = self._compared(zone, folder)
        if folder.error is not None:  # what was found counts, what was not found proves nothing
            self._cooled((zone.target.zone_name, folder.path))
        else:
            self._gone(zone, folder.path, missing)
            self._flush_gone(zone)  # at once: a file that comes back is not to be marked after it was recorded
        if changed or folder.error is not None:
            zone.clean.pop(folder.path, None)
        else:
            zone.clean[folder.path] = looks
        return [(name, found) for name, found in folder.files if name in changed]

    def _compared(self, zone: _Zone, folder: Folder) -> tuple[set[bytes], list[bytes]]:
        """Return which names of a folder have to be looked at, and which known names are not there any more.

        A folder that was looked at a moment ago is compared with that: only what differs is looked up.
        """
        name, key = zone.target.zone_name, (zone.target.zone_name, folder.path)
        hot = self._cooled(key)
        if hot is None:
            known = self._catalogue.known_files(name, RelPath(folder.path))
            changed, missing = compare(folder, known, self._reader(zone))
        else:
            differing = [(n, found) for n, found in folder.files if hot.get(n) != found]
            lost = hot.keys() - {n for n, _ in folder.files}
            known = self._catalogue.known_files(name, RelPath(folder.path), among={n for n, _ in differing} | lost)
            changed, missing = compare(Folder(folder.path, differing), known, self._reader(zone))
            changed |= unpaired({n for n, _ in folder.files}, known)
            changed |= owners(folder, (*changed, *missing))
        self._warm(key, {n: None if n in changed else found for n, found in folder.files})
        return changed, missing

    def _reader(self, zone: _Zone) -> Examiner | None:
        """Return who must have read what lies in a zone: in a final one, which is guarded by it, today's readers."""
        where = zone.target.zone
        return self._examiner if where is not None and where.role is Role.FINAL else None

    def _cooled(self, key: tuple[str, bytes]) -> _Listing | None:
        hot = self._hot.pop(key, None)
        if hot is not None:
            self._hot_files -= len(hot) + 1
        return hot

    def _warm(self, key: tuple[str, bytes], listing: _Listing) -> None:
        """Remember a folder as it is recorded, and forget those looked at longest ago."""
        self._hot[key] = listing
        self._hot_files += len(listing) + 1
        while self._hot_files > HOT_FILES and len(self._hot) > 1:
            _, coldest = self._hot.popitem(last=False)
            self._hot_files -= len(coldest) + 1

    def _note(self, zone: _Zone, folder: Folder) -> None:
        """Keep what a folder holds that is never opened, and the folder itself if it could not be listed."""
        target = zone.target
        if folder.error is not None and not isinstance(folder.error, NotProven):  # of that the root's own trouble tells
            place = target.place(folder.path)
            zone.troubles[place] = Trouble(place, folder_failure(folder).value, unlisted(folder))
        prefix = folder.path + b"/" if folder.path else b""
        for name, odd in folder.odd:
            place = target.place(prefix + name)
            zone.troubles[place] = Trouble(place, Failure.NOT_REGULAR.value, f"a {odd.value}, which is never opened")
            self.odd(place, odd)

    def _gone(self, zone: _Zone, folder: bytes, names: Sequence[bytes]) -> None:
        zone.gone += [RelPath(folder + b"/" + n if folder else n) for n in names]
        if len(zone.gone) >= GONE_AT_ONCE:
            self._flush_gone(zone)

    def _folder_gone(self, zone: _Zone, folder: RelPath) -> None:
        self._cooled((zone.target.zone_name, folder))
        zone.clean.pop(folder, None)
        self._gone(zone, folder, sorted(self._catalogue.known_files(zone.target.zone_name, folder)))

    def _flush(self, zone: _Zone) -> None:
        """Write down what was met in listings: what is gone, and what can never be opened."""
        self._flush_gone(zone)
        if zone.troubles:
            self._catalogue.record(Batch(troubles=tuple(zone.troubles.values())), self._stamp())
            zone.troubles = {}

    def _flush_gone(self, zone: _Zone) -> None:
        if zone.gone:
            self._catalogue.vanish(zone.target.zone_name, zone.gone, self._stamp().at)
            zone.gone = []


def _waiting(place: Place, settling: Settling, since: UtcTime) -> Waiting:
    why, says = SETTLING, "it has not been unchanged for long enough"
    if settling.waits:
        why, says = settling.waits[0][0].value, settling.waits[0][1]
    return Waiting(place, STUCK if settling.stuck else why, says, settling.found.st_size, since)


def _seconds_since(first: UtcTime | None, now: dt.datetime) -> float:
    return 0.0 if first is None else max(0.0, (now - dt.datetime.fromisoformat(first)).total_seconds())
