"""What is known of places: what lies where, what lay there, what waits, and what was taken away.

Reads only; every answer is checked while it is decoded.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime, ZoneName
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.rows import Known, Listed, Sighting
from provenance.catalogue.stored import member
from provenance.evidence import Examiner
from provenance.verdict import Origin

if TYPE_CHECKING:
    # Few questions are about these, and the others are to be answered fast.
    from provenance.catalogue.custody import Quarantined, Stay
    from provenance.catalogue.entering import Trouble, Waiting
    from provenance.catalogue.rows import Version

_ROOT = RelPath(b"")
_SIGHTING = (
    "SELECT f.zone, f.path, s.name, a.sha256, s.device, s.inode, s.size, s.mtime_ns, s.ctime_ns, s.racy, s.beside,"
    " coalesce(s.origin, a.origin), s.first_seen, s.last_seen, s.gone_at"
    " FROM sightings s JOIN folders f ON f.id = s.folder JOIN assets a ON a.id = s.asset"
)
_AT = _SIGHTING + " WHERE f.zone = ? AND f.path = ? AND s.name = ? AND s.gone_at IS NULL"
_WAS_AT = (
    _SIGHTING + " WHERE f.zone = ? AND f.path = ? AND s.name = ? AND s.gone_at IS NOT NULL"
    " ORDER BY s.gone_at DESC, s.id DESC LIMIT 1"
)
_OF = _SIGHTING + " WHERE a.sha256 = ? ORDER BY s.gone_at IS NOT NULL, s.gone_at DESC, f.zone, f.path, s.name"
_LISTED = (
    "SELECT s.name, a.sha256, a.size, coalesce(s.origin, a.origin), s.last_seen, s.gone_at"
    " FROM sightings s JOIN assets a ON a.id = s.asset WHERE s.folder = ?1 AND s.name = coalesce(?2, s.name)"
)
_KNOWN = (
    "SELECT name, inode, size, mtime_ns, ctime_ns, racy, CASE WHEN beside IS NULL THEN 0 ELSE"
    " (SELECT CASE WHEN json_valid(CAST(body AS TEXT))"
    " THEN (json_type(CAST(body AS TEXT), '$.sidecar') IS 'object')"
    " + coalesce(json_array_length(CAST(body AS TEXT), '$.companions'), 0) ELSE 0 END"
    " FROM besides WHERE besides.id = sightings.beside) END, examiner FROM sightings"
    " WHERE folder = (SELECT id FROM folders WHERE zone = ? AND path = ?) AND gone_at IS NULL"
)
_NAMES = "SELECT id, name FROM sightings WHERE gone_at IS NULL"
_WHERE = (
    "SELECT f.zone, f.path, s.name FROM sightings s JOIN folders f ON f.id = s.folder"
    " WHERE s.id = ? AND s.gone_at IS NULL"
)
_SURE = (
    "SELECT name, iif(racy = 0 AND beside IS NULL, inode, NULL), size, mtime_ns, ctime_ns FROM sightings"
    " WHERE folder = (SELECT id FROM folders WHERE zone = ? AND path = ?) AND gone_at IS NULL ORDER BY name"
)
"""All that is present in a folder; what has to be looked at by itself is like no file there is."""
_FEW = 256
"""Names up to which looking up each is faster than reading a folder as a whole."""
_FOLDERS = "SELECT id, zone, path FROM folders WHERE zone = coalesce(?1, zone)"
_BELOW = _FOLDERS + " AND (?2 = x'' OR path = ?2 OR (path > ?3 AND path < ?4)) ORDER BY zone, path"
_EXACTLY = _FOLDERS + " AND path = ?2 ORDER BY zone"


class Places:
    """The reading half of an open catalogue, as far as it is asked by place."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._known = Knowledge(connection)

    def known_files(
        self, zone: ZoneName, folder: RelPath, among: Collection[bytes] | None = None
    ) -> dict[bytes, Known]:
        """Return what is present in one folder of a zone, by name: what a sweep compares with what it finds.

        With `among` only these names are looked up: for a few in a large folder that is much faster.
        """
        if among is None:
            rows = self._db.rows(_KNOWN, (zone, folder))
        elif len(among) > _FEW:
            rows = [row for row in self._db.rows(_KNOWN, (zone, folder)) if row[0] in among]
        else:
            rows = [row for name in among for row in self._db.rows(_KNOWN + " AND name = ?", (zone, folder, name))]
        by: dict[int, Examiner] = {number: self._known.examiner(number) for number in {row[7] for row in rows}}
        new = tuple.__new__  # what `Known(...)` does, without a call in Python for every file
        return {row[0]: new(Known, (*row[1:7], by[row[7]])) for row in rows}

    def places_named(self, wanted: Callable[[bytes], bool]) -> Iterator[Place]:
        """Yield the places at which something is present whose name is wanted, in no order.

        Every name there is is asked about: for many names at once that is faster than an index would be.
        """
        numbers = [row[0] for row in self._db.each(_NAMES, ()) if wanted(row[1])]
        for number in numbers:
            row = self._db.row(_WHERE, (number,))
            if row is not None:
                zone, folder, name = row
                yield Place(zone, _joined(folder, name))

    def is_as_known(self, zone: ZoneName, folder: RelPath, files: "Sequence[tuple[bytes, Version]]") -> bool:
        """Whether a folder holds exactly the versions that are recorded, surely so, and each was read by itself.

        `files` are in order of names. One comparison for all: mostly a sweep finds nothing new, and then this is the
        greater part of what it costs. False where one at a time has to be looked at.
        """
        found = [(name, f.st_ino, f.st_size, f.st_mtime_ns, f.st_ctime_ns) for name, f in files]
        return self._db.rows(_SURE, (zone, folder)) == found

    def known_folders(self, zone: ZoneName, below: RelPath = _ROOT) -> Iterator[RelPath]:
        """Yield the folders at and below one of a zone in which anything is present, in order."""
        for number, _, path in self._folders(zone, below):
            if self._db.row("SELECT 1 FROM sightings WHERE folder = ? AND gone_at IS NULL LIMIT 1", (number,)):
                yield RelPath(path)

    def sighting_at(self, place: Place) -> Sighting | None:
        """Return what is present at a place, or else what was there last; None if nothing ever was."""
        folder, _, name = place.path.rpartition(b"/")
        at = (place.zone, folder, name)
        row = self._db.row(_AT, at) or self._db.row(_WAS_AT, at)
        return None if row is None else self._sighting(row, self._sweeps())

    def sightings_of(self, digest: Digest) -> tuple[Sighting, ...]:
        """Return every place these bytes were seen at: those present first, then those gone, the last gone first."""
        sweeps = self._sweeps()
        return tuple(self._sighting(row, sweeps) for row in self._db.rows(_OF, (bytes.fromhex(digest),)))

    def listing(
        self,
        zone: ZoneName | None = None,
        below: RelPath = _ROOT,
        origin: Origin | None = None,
        *,
        include_gone: bool = False,
    ) -> Iterator[Listed]:
        """Yield what is recorded, by zone, folder and name. `below` names a folder or a file."""
        sweeps = self._sweeps()
        folder, _, name = below.rpartition(b"/")
        among: list[tuple[Row, bytes | None]] = [(row, None) for row in self._folders(zone, below)]
        if name:
            among += [(row, name) for row in self._db.rows(_EXACTLY, (zone, folder))]
        for (number, its_zone, path), only in among:
            rows = self._db.rows(_LISTED + " AND s.gone_at IS NULL", (number, only))
            if include_gone:
                rows += self._db.rows(_LISTED + " AND s.gone_at IS NOT NULL", (number, only))
            for row in sorted(rows, key=lambda r: (r[0], r[5] or "")):
                line = _listed(Place(its_zone, _joined(path, row[0])), row, sweeps)
                if origin in {None, line.origin}:
                    yield line

    def troubles(self, zone: ZoneName | None = None) -> "tuple[Trouble, ...]":
        """Return what could not be examined, by zone and path."""
        from provenance.catalogue.entering import Trouble

        rows = self._db.rows(
            "SELECT zone, path, kind, says, seen_at FROM troubles WHERE zone = coalesce(?, zone) ORDER BY zone, path",
            (zone,),
        )
        return tuple(Trouble(Place(z, RelPath(path)), kind, says, seen_at) for z, path, kind, says, seen_at in rows)

    def waiting(self, zone: ZoneName | None = None) -> "tuple[Waiting, ...]":
        """Return what waits to be taken in, by zone and path."""
        from provenance.catalogue.entering import Waiting

        rows = self._db.rows(
            "SELECT zone, path, why, says, size, since, first_seen FROM waiting WHERE zone = coalesce(?, zone)"
            " ORDER BY zone, path",
            (zone,),
        )
        return tuple(Waiting(Place(z, RelPath(path)), *rest) for z, path, *rest in rows)

    def quarantined(
        self,
        zone: ZoneName | None = None,
        below: RelPath = _ROOT,
        stays: "Collection[Stay] | None" = None,
        *,
        by: Literal["path", "where"] = "path",
    ) -> "tuple[Quarantined, ...]":
        """Return what is in quarantine (or otherwise `stays`), by zone, path and age.

        `below` names a file or folder: where it lay (`by="path"`), or where it lies below the zone's quarantine
        (`by="where"`).
        """
        from provenance.catalogue.custody import IN_QUARANTINE
        from provenance.catalogue.keeping import select

        inside = f'zone = coalesce(?, zone) AND (? = x\'\' OR "{by}" = ? OR ("{by}" > ? AND "{by}" < ?))'
        return tuple(select(self._db, stays or IN_QUARANTINE, inside, (zone, below, below, below + b"/", below + b"0")))

    def in_quarantine(self) -> int:
        """Return how many files are in quarantine."""
        row = self._db.row("SELECT count(*) FROM quarantine WHERE state IN ('held', 'releasing')")
        return int(row[0]) if row else 0

    def holds(self, zone: ZoneName) -> bool:
        """Whether anything is present in a zone, as far as is known."""
        return next(self.known_folders(zone), None) is not None

    def swept_at(self, zone: ZoneName) -> UtcTime | None:
        """Return when a zone was last looked at completely; None if it never was."""
        row = self._db.row("SELECT completed_at FROM sweeps WHERE zone = ?", (zone,))
        return None if row is None else UtcTime(row[0])

    def noted(self, digest: Digest) -> "Quarantined | None":
        """Return the file whose note has this digest, the one taken away last; None if it is no note of ours."""
        from provenance.catalogue.custody import Stay
        from provenance.catalogue.keeping import select

        found = select(self._db, tuple(Stay), "note = ?", (bytes.fromhex(digest),))
        return max(found, key=lambda q: q.id, default=None)

    def _folders(self, zone: ZoneName | None, below: RelPath) -> list[Row]:
        # "0" is the byte after "/": all that lies below a folder lies between the two.
        return self._db.rows(_BELOW, (zone, below, below + b"/", below + b"0"))

    def _sweeps(self) -> dict[str, str]:
        return dict(self._db.rows("SELECT zone, completed_at FROM sweeps"))

    def _sighting(self, row: Row, sweeps: dict[str, str]) -> Sighting:
        zone, path, name, raw, device, inode, *rest = row
        size, mtime, ctime, racy, beside, origin, first_seen, last_seen, gone_at = rest
        place = Place(zone, _joined(path, name))
        return Sighting(
            place,
            Digest(raw.hex()),
            StatKey(device, inode % (1 << 64), size, mtime, ctime),
            bool(racy),
            self._known.beside(beside),
            member(Origin, origin, lambda: f"the verdict on {raw.hex()}"),
            first_seen,
            _last_seen(zone, last_seen, gone_at, sweeps),
            gone_at,
        )


def _listed(place: Place, row: Row, sweeps: dict[str, str]) -> Listed:
    _, raw, size, origin, last_seen, gone_at = row
    drawn = member(Origin, origin, lambda: f"the verdict on {raw.hex()}")
    seen = _last_seen(place.zone, last_seen, gone_at, sweeps)
    return Listed(place, Digest(raw.hex()), size, drawn, seen, gone_at is None)


def _last_seen(zone: str, last_seen: UtcTime, gone_at: str | None, sweeps: dict[str, str]) -> UtcTime:
    """Return when a sighting was last seen: every complete sweep of its zone saw it, while it is present."""
    return last_seen if gone_at is not None else UtcTime(max(last_seen, sweeps.get(zone, "")))


def _joined(folder: bytes, name: bytes) -> RelPath:
    return RelPath(folder + b"/" + name if folder else name)
