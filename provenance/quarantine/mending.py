"""Finishing what was cut off: a process that was killed, a machine that lost its power, a disk that was full."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from provenance.asset import Place
from provenance.catalogue import UNFINISHED, Carried, Catalogue, Quarantined, Stamp, Stay
from provenance.config import Config, Zone
from provenance.moving import NotMoved, Snag, prune, resume
from provenance.quarantine.returning import resume_bringing_back
from provenance.quarantine.taking import NotTaken, Taken, accompany, finish, parcel_of, taken
from provenance.quarantine.turns import alone
from watcher.mounts import is_silent


@dataclass(slots=True)
class Mended:
    """What was found cut off, and what came of it."""

    taken: list[Taken] = field(default_factory=list)
    """In quarantine, and now written down."""
    left: list[Place] = field(default_factory=list)
    """Never moved: they lie where they lay, and are to be judged again."""
    released: list[Place] = field(default_factory=list)
    """Put back, and now written down."""
    held: list[Place] = field(default_factory=list)
    """Not put back: still in quarantine."""
    gone: list[Place] = field(default_factory=list)
    """Not in quarantine any more, though nobody put them back with provenance; now written down."""
    unclear: list[NotTaken] = field(default_factory=list)
    """It could not be found out. To be tried again."""


def mend(catalogue: Catalogue, config: Config, stamp: Callable[[], Stamp]) -> Mended | None:
    """Finish or undo every move that was cut off; None if somebody is moving files now, so that nobody can tell.

    To be called at the start, and again after a `CatalogueTrouble` or `ReadFailed` of anything that moves files; both
    are raised by this too. Safe to repeat.
    """
    with alone(catalogue) as free:
        if not free:
            return None
        mended = Mended()
        zones = {z.name: z for z in config.zones}
        for name, rows in groupby(catalogue.quarantined(stays=UNFINISHED), key=lambda q: q.move.place.zone):
            zone = zones.get(name)
            if zone is None:
                says = "its zone is not in the configuration any more"
                mended.unclear += [NotTaken(q.move.place, Snag.GONE, says) for q in rows]
                continue
            some = [*rows]
            if _is_away(zone):
                mended.unclear += [NotTaken(q.move.place, Snag.GONE, "its storage does not answer") for q in some]
                continue
            _taking(catalogue, zone, [q for q in some if q.stay is Stay.MOVING], stamp, mended)
            _returning(catalogue, zone, [q for q in some if q.stay is Stay.RELEASING], stamp, mended)
        for zone in config.zones:
            if not _is_away(zone):
                _missing(catalogue, zone, stamp, mended)
        return mended


def _is_away(zone: Zone) -> bool:
    """Whether a zone or its quarantine lies on storage that does not answer: nobody would come back from there."""
    return is_silent(zone.root) or is_silent(zone.quarantine)


def _taking(
    catalogue: Catalogue, zone: Zone, rows: list[Quarantined], stamp: Callable[[], Stamp], mended: Mended
) -> None:
    results: dict[int, Carried | NotMoved] = {}
    for row in rows:
        try:
            if resume(parcel_of(zone, row.id, row.move)):
                results[row.id] = accompany(zone, row.id, row.move, again=True)
            else:
                results[row.id] = NotMoved(Snag.GONE, "it was not moved")
                prune(parcel_of(zone, row.id, row.move).target)
                mended.left.append(row.move.place)
        except NotMoved as why:
            mended.unclear.append(NotTaken(row.move.place, why.snag, why.says))
    if results:
        mended.taken += [taken(zone, c) for c in finish(catalogue, zone, results, stamp).values()]


def _returning(
    catalogue: Catalogue, zone: Zone, rows: list[Quarantined], stamp: Callable[[], Stamp], mended: Mended
) -> None:
    left: list[Quarantined] = []
    stayed: list[Quarantined] = []
    for row in rows:
        try:
            (left if resume_bringing_back(zone, row) else stayed).append(row)
        except NotMoved as why:
            mended.unclear.append(NotTaken(row.move.place, why.snag, why.says))
    if left or stayed:
        catalogue.finish_release([(row, Stay.RELEASED) for row in left], stayed, stamp())
    mended.released += [row.move.place for row in left]
    mended.held += [row.move.place for row in stayed]


def _missing(catalogue: Catalogue, zone: Zone, stamp: Callable[[], Stamp], mended: Mended) -> None:
    """Write down what somebody took out of quarantine by hand.

    Only where other files of it are still there: an empty quarantine may be a disk that is not mounted.
    """
    held = catalogue.quarantined(zone.name, stays=(Stay.HELD,))
    there = {row.id for row in held if _is_there(zone, row)}
    gone = [row for row in held if row.id not in there]
    if there and gone:
        catalogue.finish_release([(row, Stay.GONE) for row in gone], (), stamp())
        mended.gone += [row.move.place for row in gone]


def _is_there(zone: Zone, row: Quarantined) -> bool:
    """Whether something lies where a file is kept; so too where that cannot be seen."""
    try:
        os.lstat(os.path.join(os.fsencode(zone.quarantine), row.move.where))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
