"""Which pictures are to be decoded, because they may be the same as one that is marked, and which wait for it.

Marked is what is flagged or in review by itself. One in review may still be the same as a flagged one.
"""

from collections.abc import Iterable, Iterator

from provenance.asset import Digest, RelPath, UtcTime, ZoneName
from provenance.catalogue.connection import Connection
from provenance.sameness import SIZE

Lying = tuple[ZoneName, RelPath, int]
"""Where something lies, and how large it is."""

_NOT_DECODED = "NOT EXISTS (SELECT 1 FROM likeness p WHERE p.asset = l.asset AND p.algorithm IN ('pixels', 'plain'))"
_NOT_YET = (
    "NOT EXISTS (SELECT 1 FROM likeness p WHERE p.asset = l.asset"
    " AND (p.algorithm = 'plain' OR p.algorithm = 'pixels' AND p.value <> x''))"
)
"""Nor what could not be decoded: whoever has it at hand tries again, for it may have been for want of memory."""
_BARE = (
    " FROM sought w JOIN likeness l ON l.value = w.shape AND l.algorithm = 'shape'"
    " WHERE NOT EXISTS (SELECT 1 FROM marked m WHERE m.asset = l.asset AND m.origin <> 'review')"
)
_MARKED = " FROM marked m CROSS JOIN likeness l ON l.asset = m.asset AND l.algorithm = 'shape'"
_HAS_COUNTERPART = (
    "EXISTS (SELECT 1 FROM likeness o WHERE o.value = substr(l.value, 1, 8) AND o.version = l.version"
    " AND o.algorithm = 'shape'"
    " AND NOT EXISTS (SELECT 1 FROM marked n WHERE n.asset = o.asset AND n.origin <> 'review'))"
)
_HERE = (
    " CROSS JOIN sightings s ON s.id = (SELECT min(t.id) FROM sightings t JOIN folders g ON g.id = t.folder"
    " WHERE t.asset = l.asset AND t.gone_at IS NULL AND g.zone = coalesce(?1, g.zone))"
    " JOIN folders f ON f.id = s.folder"
)
_ASSET = "l.asset = (SELECT id FROM assets WHERE sha256 = ?)"


class Comparing:
    """What of the pictures that are known was not compared with what is marked."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def needed(self, digests: Iterable[Digest]) -> frozenset[Digest]:
        """Return those of some bytes that were not decoded, and are a picture that may be the same as another.

        What could not be decoded is to be tried again: it is held until then.

        That is one of a shape that is marked; or one that is marked itself, where another of its shape is not flagged.
        """
        if self._db.row("SELECT 1 FROM sought LIMIT 1") is None:
            return frozenset()
        bare = f"SELECT 1{_BARE} AND {_ASSET} AND {_NOT_YET} LIMIT 1"
        marked = f"SELECT 1{_MARKED} WHERE {_ASSET} AND {_NOT_DECODED} AND {_HAS_COUNTERPART} LIMIT 1"

        def is_needed(digest: Digest) -> bool:
            raw = (bytes.fromhex(digest),)
            return (self._db.row(bare, raw) or self._db.row(marked, raw)) is not None

        return frozenset(filter(is_needed, digests))

    def counterparts(self, digests: Iterable[Digest], most: int) -> list[Lying]:
        """Return where marked pictures lie that were not decoded, and that some bytes may be the same as."""
        if self._db.row("SELECT 1 FROM sought LIMIT 1") is None:
            return []
        sql = f"SELECT l.value{_BARE} AND {_ASSET}"
        shapes = {shape for d in digests for (shape,) in self._db.rows(sql, (bytes.fromhex(d),))}
        if not shapes:
            return []
        rows = self._db.rows(
            f"SELECT l.value, f.zone, f.path, s.name, s.size{_MARKED}{_HERE} WHERE {_NOT_DECODED}", (None,)
        )
        alike = [row[1:] for row in rows if row[0][:SIZE] in shapes]
        return [_lying(*row) for row in alike[:most]]

    def waiting(self, zone: ZoneName, most: int, before: UtcTime) -> Iterator[Lying]:
        """Yield where known pictures lie that wait to be decoded, `most` of them, each once.

        Those are what has the shape of a marked one, marked ones of whose shape something is, and whatever is
        marked and was first seen `before` a time.
        """
        if not self._is_open():
            return
        bare = f"SELECT f.zone, f.path, s.name, s.size{_BARE.replace(' WHERE ', _HERE + ' WHERE ', 1)}"
        marked = f"SELECT f.zone, f.path, s.name, s.size{_MARKED}{_HERE} WHERE {_NOT_DECODED}"
        early = "(SELECT a.first_seen FROM assets a WHERE a.id = l.asset) < ?3"
        marked += f" AND ({early} OR {_HAS_COUNTERPART})"
        rows = self._db.rows(f"{bare} AND w.open = 1 AND {_NOT_DECODED} LIMIT ?2", (zone, most))
        rows += self._db.rows(f"{marked} LIMIT ?2", (zone, most, before))
        yield from (_lying(*row) for row in list(dict.fromkeys(rows))[:most])

    def settle(self) -> None:
        """Close the shapes of which nothing that is there waits any more."""
        if not self._is_open():
            return
        there = "EXISTS (SELECT 1 FROM sightings s WHERE s.asset = l.asset AND s.gone_at IS NULL)"
        marked = f"SELECT 1{_MARKED} WHERE {_NOT_DECODED} AND {there} LIMIT 1"
        if self._db.row(marked) is not None:
            return
        with self._db.writing():
            waits = f"SELECT w.shape{_BARE} AND w.open = 1 AND {_NOT_DECODED} AND {there}"
            self._db.run(f"UPDATE sought SET open = 0 WHERE open = 1 AND shape NOT IN ({waits})")  # noqa: S608 (ours)

    def _is_open(self) -> bool:
        return self._db.row("SELECT 1 FROM sought WHERE open = 1 LIMIT 1") is not None


def _lying(zone: str, folder: bytes, name: bytes, size: int) -> Lying:
    return ZoneName(zone), RelPath(folder + b"/" + name if folder else name), size
