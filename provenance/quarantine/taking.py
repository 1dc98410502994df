"""Taking files out of a final zone. Nothing is lost at any point, and nothing is moved that nobody judged."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime
from provenance.catalogue import Carried, Catalogue, Companion, Move, Stamp, Stay, Why
from provenance.config import Zone
from provenance.errors import ReadFailed
from provenance.examination import TEXT_SUFFIXES, companion_names
from provenance.files import asset_of, display, read_once, stat_key
from provenance.moving import (
    NotMoved,
    Parcel,
    Snag,
    Spot,
    aside_of,
    copy,
    make_root,
    move,
    numbered,
    prune,
    resume,
    shortened,
    sync_folders,
)
from provenance.policy import Outcome, Reason
from provenance.quarantine.notes import leave_note, note_text, remove_note
from provenance.quarantine.turns import moving
from watcher.opening import opened_file, opened_folder


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that may not stay in its final zone, as it was judged."""

    path: RelPath
    """Below the zone's root."""
    digest: Digest
    key: StatKey
    """Which version was judged: any other is left alone, unless it differs in nothing but its dates."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken away."""

    place: Place
    """Where it lay."""
    where: bytes
    """Where it is kept: an absolute path, for whoever runs provenance and for nobody else."""
    lost: tuple[str, ...]
    """What could not be kept of it, or done about it."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file that was left where it lies."""

    place: Place
    snag: Snag
    says: str


def take_away(
    catalogue: Catalogue, zone: Zone, items: Sequence[Refused], run: str, stamp: Callable[[], Stamp]
) -> tuple[Taken | NotTaken, ...]:
    """Move files that a gate run refused into the zone's quarantine, and say of each what came of it, in order.

    (1) write down durably what is to be moved; (2) move each file with its sidecars, if it still is what was judged;
    (3) make that durable, leave a note in each place, and write down what was moved, with one entry of the ledger.

    Raises `CatalogueTrouble` where nothing can be written down, and `ReadFailed` where the storage fails at (3).
    Whatever was moved by then stays moved, and `mend` writes it down.
    """
    if not items:
        return ()
    try:
        make_root(zone.quarantine)
    except OSError as error:
        says = f"its quarantine {display(os.fsencode(zone.quarantine))} cannot be made: {error.strerror}"
        return tuple(NotTaken(Place(zone.name, i.path), Snag.UNWRITABLE, says) for i in items)
    plan = _Plan(catalogue, zone, run, stamp().at)
    moves = [plan.move(item) for item in items]
    results: dict[int, Carried | NotMoved] = {}
    names, judged = _Names(), frozenset(item.path for item in items)
    with moving(catalogue):
        for number, planned in zip(catalogue.begin_taking(moves), moves, strict=True):  # (1)
            try:
                results[number] = _carried(zone, number, names.current(planned), judged)  # (2)
            except NotMoved as why:
                results[number] = why
            else:
                names.note(zone, planned)
        done = finish(catalogue, zone, results, stamp)  # (3)
    return tuple(
        NotTaken(m.place, r.snag, r.says) if isinstance(r, NotMoved) else taken(zone, done[r.id])
        for m, r in zip(moves, results.values(), strict=True)
    )


class _Names:
    """Which version a file is by now that has several names, of which others were moved: each move changes it."""

    def __init__(self) -> None:
        self._moved: dict[tuple[int, int], StatKey] = {}

    def current(self, planned: Move) -> Move:
        """Return a move with the version its file has by now, if that is ours to know and no other in any other way."""
        now = self._moved.get((planned.key.device, planned.key.inode))
        if now is None or (now.size, now.mtime_ns) != (planned.key.size, planned.key.mtime_ns):
            return planned
        return replace(planned, key=now)

    def note(self, zone: Zone, planned: Move) -> None:
        """Take note that a file was moved by one of its names."""
        try:
            found = stat_key(os.lstat(os.path.join(os.fsencode(zone.quarantine), planned.where)))
        except OSError:
            return
        if (found.device, found.inode) == (planned.key.device, planned.key.inode):  # else it was copied
            self._moved[found.device, found.inode] = found


class _Plan:
    """Where each file of a batch is to be kept, and what is to go along with it."""

    def __init__(self, catalogue: Catalogue, zone: Zone, run: str, at: UtcTime) -> None:
        self._catalogue = catalogue
        self._zone = zone
        self._root = os.fsencode(zone.quarantine)
        self._run = run
        self._at = at
        self._used: set[bytes] = set()

    def move(self, item: Refused) -> Move:
        """Return one file's move, every name in it free."""
        beside = [*self._sidecars(item)]
        where = self._free(item.path, [tail for _, tail, _ in beside])
        planned = Move(
            place=Place(self._zone.name, item.path),
            where=where,
            digest=item.digest,
            key=item.key,
            why=tuple(
                Why(r.rule.value, r.outcome.value, r.text) for r in item.reasons if r.outcome is not Outcome.PASS
            ),
            companions=tuple(
                Companion(path, _tailed(where, tail), digest, copied=False) for path, tail, digest in beside
            ),
            run=self._run,
            at=self._at,
        )
        return with_note(self._zone, planned)

    def _sidecars(self, item: Refused) -> Iterator[tuple[RelPath, bytes, Digest]]:
        """Yield what is read with a file and goes along: path, what is added to its name in quarantine, and digest."""
        folder, slash, name = item.path.rpartition(b"/")
        for sidecar in companion_names(name):
            path = RelPath(folder + slash + sidecar)
            known = identity(Spot(os.fsencode(self._zone.root), path)) if sidecar != name else None
            if known is not None:
                suffix = sidecar[sidecar.rindex(b".") :]
                # One called after the stem alone may belong to several files, which are kept side by side.
                yield path, suffix if sidecar == name + suffix else b".stem" + suffix, known[1]

    def _free(self, path: bytes, tails: Sequence[bytes]) -> bytes:
        """Return where a file can be kept: its own path, or one with a number in it where that is taken."""
        folder = b""
        *above, name = path.split(b"/")
        for part in above:
            number, free = 1, folder + part
            while self._is_no_folder(free):
                number += 1
                free = folder + numbered(part, number)
            folder = free + b"/"
        number, where = 1, folder + name
        while not all(self._is_free(w) for w in (where, *(_tailed(where, t) for t in tails))):
            number += 1
            where = folder + numbered(name, number)
        self._used |= {where, *(_tailed(where, t) for t in tails)}
        return where

    def _is_no_folder(self, where: bytes) -> bool:
        try:
            found = os.lstat(os.path.join(self._root, where))
        except OSError:
            return where in self._used
        return not stat.S_ISDIR(found.st_mode)

    def _is_free(self, where: bytes) -> bool:
        if where in self._used or os.path.lexists(os.path.join(self._root, where)):
            return False
        inside = frozenset(Stay) - {Stay.RELEASED, Stay.GONE}
        return not self._catalogue.quarantined(self._zone.name, RelPath(where), inside, by="where")


def _tailed(where: bytes, tail: bytes) -> bytes:
    folder, slash, name = where.rpartition(b"/")
    return folder + slash + shortened(name, tail)


def with_note(zone: Zone, planned: Move) -> Move:
    """Return a move with the digest of its note, if the zone has notes."""
    note = asset_of(note_text(zone, planned)).digest if zone.held_notes else None
    return replace(planned, note=note)


def mark_of(number: int, planned: Move) -> bytes:
    """Return what names begin with that stand aside while a file is moved, or put back."""
    return b".provenance-%s-%d" % (planned.digest[:16].encode(), number)


def parcel_of(zone: Zone, number: int, planned: Move) -> Parcel:
    """Return a file on its way into quarantine."""
    source = Spot(os.fsencode(zone.root), planned.place.path)
    target = Spot(os.fsencode(zone.quarantine), planned.where)
    # Touching or linking a file over and over must not keep it where it is.
    return Parcel(source, target, planned.key, planned.digest, mark_of(number, planned), by_bytes=True)


def _carried(zone: Zone, number: int, planned: Move, judged: frozenset[RelPath]) -> Carried:
    """Move one file with its sidecars; raises `NotMoved` with everything as it was."""
    parcel = parcel_of(zone, number, planned)
    try:
        lost = move(parcel)
    except NotMoved:
        prune(parcel.target)
        raise
    carried = accompany(zone, number, planned, judged=judged)
    return replace(carried, lost=(*lost, *carried.lost))


def accompany(
    zone: Zone, number: int, planned: Move, *, judged: frozenset[RelPath] = frozenset(), again: bool = False
) -> Carried:
    """Bring the sidecars of a file that was moved, or (`again`) find out how far that came, and finish.

    One that cannot be brought stays; that it does is said in `lost`. Of what is `judged` itself, and of texts, which
    may be something of their own, a copy goes along.
    """
    companions: list[Companion] = []
    troubles: list[str] = []
    for n, companion in enumerate(planned.companions):
        mark = mark_of(number, planned) + b".%d" % n
        try:
            own = companion.path in judged or companion.path.endswith(TEXT_SUFFIXES)
            companions.append(_brought(zone, companion, mark, own=own, again=again))
        except NotMoved as why:
            troubles.append(f"its sidecar {display(companion.path.rpartition(b'/')[2])}: {why.says}")
    return Carried(number, replace(planned, companions=tuple(companions)), tuple(troubles))


def _brought(zone: Zone, companion: Companion, mark: bytes, *, own: bool, again: bool) -> Companion:
    source = Spot(os.fsencode(zone.root), companion.path)
    target = Spot(os.fsencode(zone.quarantine), companion.where)
    known = identity(source)
    if known is None and again:
        known = identity(aside_of(source, mark)) or identity(target)
    if known is None:
        raise NotMoved(Snag.GONE, "there is nothing there any more")
    key, digest = known
    parcel = Parcel(source, target, key, digest, mark)
    needed = own or _others_need(source)
    if not (again and resume(parcel, leave_source=needed)):
        (copy if needed else move)(parcel)
    return replace(companion, digest=digest, copied=needed)


def _others_need(sidecar: Spot) -> bool:
    """Whether a file that is still there would be read with this sidecar too."""
    try:
        with opened_folder(sidecar.root, sidecar.folder) as folder:
            names = [os.fsencode(n) for n in os.listdir(folder)]  # noqa: PTH208 (a descriptor)
            beside = [n for n in names if n != sidecar.name and sidecar.name in companion_names(n)]
            return any(stat.S_ISREG(os.stat(n, dir_fd=folder, follow_symlinks=False).st_mode) for n in beside)
    except OSError:
        return True  # then it is copied, and nothing is taken from anybody


def identity(spot: Spot) -> tuple[StatKey, Digest] | None:
    """Return which version of which bytes lie somewhere; None for nothing, for no regular file, or one that changes."""
    try:
        with opened_file(spot.root, spot.path) as descriptor:
            key = stat_key(os.fstat(descriptor))
            digest = read_once(descriptor)[0].digest
            return (key, digest) if stat_key(os.fstat(descriptor)) == key else None
    except OSError:
        return None


def finish(
    catalogue: Catalogue, zone: Zone, results: dict[int, Carried | NotMoved], stamp: Callable[[], Stamp]
) -> dict[int, Carried]:
    """Make moves durable, leave the notes, and write down what was moved; return what was, by number."""
    carried = [r for r in results.values() if isinstance(r, Carried)]
    try:
        sync_folders(spot for c in carried for spot in _spots(zone, c.move))
    except OSError as error:
        raise ReadFailed(
            f"zone {display(zone.name)}: what was moved cannot be made durable: {error.strerror}"
        ) from error
    done = {c.id: _noted(zone, c) for c in carried}
    catalogue.finish_taking([*done.values()], sorted(results.keys() - done.keys()), stamp())
    return done


def _spots(zone: Zone, moved: Move) -> Iterator[Spot]:
    for path, where in ((moved.place.path, moved.where), *((c.path, c.where) for c in moved.companions)):
        yield Spot(os.fsencode(zone.root), path)
        yield Spot(os.fsencode(zone.quarantine), where)


def _noted(zone: Zone, carried: Carried) -> Carried:
    """Leave the note about a file that was moved. It is moved, also where its note cannot be left."""
    moved = with_note(zone, carried.move)
    if moved.note != carried.move.note:
        remove_note(zone, carried.move)  # the zone was set up otherwise when the move was begun
    try:
        leave_note(zone, moved, mark_of(carried.id, moved) + b".note")
    except NotMoved as why:
        return replace(carried, move=moved, lost=(*carried.lost, f"its note: {why.says}"))
    return replace(carried, move=moved)


def taken(zone: Zone, carried: Carried) -> Taken:
    """Return a move that was carried out, as it is told."""
    where = os.path.join(os.fsencode(zone.quarantine), carried.move.where)
    return Taken(carried.move.place, where, carried.lost)
