"""Putting a file back where it lay, with its sidecars: all of it, or nothing."""

import os

from provenance.asset import Digest, StatKey
from provenance.catalogue import Companion, Quarantined
from provenance.config import Zone
from provenance.errors import ReadFailed
from provenance.examination import PACKET_SUFFIX, companion_names, sidecar_names
from provenance.files import display
from provenance.moving import (
    NotMoved,
    Parcel,
    Snag,
    Spot,
    aside_of,
    move,
    prune,
    remove,
    resume,
    stand_back,
    sync_folders,
)
from provenance.quarantine.notes import remove_note
from provenance.quarantine.taking import identity, mark_of

_AS_OTHERS = 0o777
"""Mode of folders that are made where a file is put back, but for what the process masks out."""


def in_the_way(zone: Zone, held: Quarantined) -> bytes | None:
    """Return what lies where a file is to be put back, or a sidecar it would be read with there; None for nothing.

    A sidecar that was judged with it may lie there: others needed it too.
    """
    path = held.move.place.path
    if os.path.lexists(_place(zone, path).absolute):
        return path
    brought: dict[bytes, Companion] = {c.path: c for c in held.move.companions}
    for companion in brought.values():
        if os.path.lexists(_place(zone, companion.path).absolute) and not _lies_there(zone, companion):
            return companion.path
    folder, slash, name = path.rpartition(b"/")
    for sidecar in (folder + slash + n for n in sidecar_names(name)):
        if sidecar in brought:
            break  # it is read first
        if os.path.lexists(_place(zone, sidecar).absolute):
            return sidecar
    packets = (folder + slash + n for n in companion_names(name) if n.endswith(PACKET_SUFFIX) and n != name)
    return next((p for p in packets if p not in brought and os.path.lexists(_place(zone, p).absolute)), None)


def bring_back(zone: Zone, held: Quarantined, key: StatKey, digest: Digest) -> tuple[str, ...]:
    """Put a file back where it lay, if it still is this version; return what could not be kept of it.

    Sidecars first, so that it is never there without what it was judged with. Raises `NotMoved` with everything as it
    was, `OCCUPIED` if there is something where it lay; `ReadFailed` if the storage fails after it was moved.
    """
    obstacle = in_the_way(zone, held)
    if obstacle is not None:
        raise NotMoved(Snag.OCCUPIED, f"there is something at {display(obstacle)} already")
    brought: list[int] = []
    try:
        for n, companion in enumerate(held.move.companions):
            if not _lies_there(zone, companion):
                move(_sidecar(zone, held, n))
                brought.append(n)
        lost = move(_parcel(zone, held, key, digest))
    except NotMoved:
        for n in brought:
            _take_back(zone, held, n)
        raise
    _tidy(zone, held)
    return lost


def resume_bringing_back(zone: Zone, held: Quarantined) -> bool:
    """Finish a `bring_back` that was cut off; return whether the file is back. If not, it lies in quarantine.

    Raises `NotMoved` where that cannot be found out now, and `ReadFailed` as `bring_back` does.
    """
    digest = held.leaving or held.move.digest
    kept = _kept(zone, held.move.where)
    known = identity(kept) or identity(aside_of(kept, _mark(held)))
    arrived = resume(_parcel(zone, held, known[0] if known else held.move.key, digest), private=False)
    for n, companion in enumerate(held.move.companions):
        stand_back(_sidecar(zone, held, n))
        if arrived and not _lies_there(zone, companion):
            move(_sidecar(zone, held, n))
        elif not arrived and not companion.copied:
            _take_back(zone, held, n)
    if arrived:
        _tidy(zone, held)
    return arrived


def _take_back(zone: Zone, held: Quarantined, n: int) -> None:
    """Take a sidecar that was put back away again, as far as it lies there as it was brought."""
    companion, there = held.move.companions[n], _sidecar(zone, held, n)
    if not _lies_there(zone, companion):
        return
    if identity(there.source) is not None:
        remove(there.target)
        return
    known = identity(there.target)
    if known is not None:
        move(Parcel(there.target, there.source, *known, there.mark))


def _tidy(zone: Zone, held: Quarantined) -> None:
    """Take away what is not needed any more now that a file is back: second copies of sidecars, note, empty folders."""
    back = _place(zone, held.move.place.path)
    try:
        sync_folders([back, *(_place(zone, c.path) for c in held.move.companions)])
    except OSError as error:
        says = f"{display(back.absolute)} was put back, and cannot be made durable: {error.strerror}"
        raise ReadFailed(says) from error
    for companion in held.move.companions:
        if _lies_there(zone, companion):
            remove(_kept(zone, companion.where))
    remove_note(zone, held.move)
    prune(_kept(zone, held.move.where))


def _lies_there(zone: Zone, companion: Companion) -> bool:
    """Whether a sidecar's very bytes lie where it lay."""
    known = identity(_place(zone, companion.path))
    return known is not None and known[1] == companion.digest


def _parcel(zone: Zone, held: Quarantined, key: StatKey, digest: Digest) -> Parcel:
    source, target = _kept(zone, held.move.where), _place(zone, held.move.place.path)
    return Parcel(source, target, key, digest, _mark(held), _AS_OTHERS)


def _sidecar(zone: Zone, held: Quarantined, n: int) -> Parcel:
    companion = held.move.companions[n]
    source, target = _kept(zone, companion.where), _place(zone, companion.path)
    key, digest = identity(source) or (held.move.key, companion.digest)
    return Parcel(source, target, key, digest, _mark(held) + b".%d" % n, _AS_OTHERS)


def _mark(held: Quarantined) -> bytes:
    return mark_of(held.id, held.move) + b".back"


def _place(zone: Zone, path: bytes) -> Spot:
    return Spot(os.fsencode(zone.root), path)


def _kept(zone: Zone, where: bytes) -> Spot:
    return Spot(os.fsencode(zone.quarantine), where)
