"""Writing where the assets of one batch were seen. Stands inside one write transaction."""

from provenance.asset import StatKey, UtcTime
from provenance.catalogue.connection import Connection
from provenance.catalogue.rows import signed

_GONE = (
    "UPDATE sightings SET last_seen = max(last_seen, coalesce((SELECT w.completed_at FROM sweeps w"
    " JOIN folders f ON f.zone = w.zone WHERE f.id = sightings.folder), '')), gone_at = ?"
)
"""Marks sightings as not present. Until now the last sweep of their zone said when they were last seen."""
VANISH = (
    _GONE + " WHERE folder = (SELECT id FROM folders WHERE zone = ? AND path = ?) AND name = ? AND gone_at IS NULL"  # noqa: S608 (two constants)
)
"""Marks what is present at a place as gone; values: time, zone, path of the folder, name."""

_SEEN_AGAIN = (
    "UPDATE sightings SET device = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ?, racy = ?, examiner = ?,"
    " last_seen = max(last_seen, ?) WHERE id = ?"
)
_FIRST_SEEN = (
    "INSERT INTO sightings (folder, name, asset, device, inode, size, mtime_ns, ctime_ns, racy, examiner,"
    " first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (folder, name) WHERE gone_at IS NULL DO NOTHING"
)
_SEEN = (
    "INSERT INTO sightings (folder, name, asset, device, inode, size, mtime_ns, ctime_ns, racy, examiner,"
    " first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (asset, folder, name) DO UPDATE SET device = excluded.device, inode = excluded.inode,"
    " size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, racy = excluded.racy,"
    " examiner = excluded.examiner, last_seen = max(last_seen, excluded.last_seen), gone_at = NULL"
    " RETURNING id, beside"
)

Spot = tuple[int, bytes]
"""Where something lies: a folder's row number, and a name in it."""

Facts = tuple[int, int, int, int, int, int, int, UtcTime]
"""Of a sighting: its stat key, whether that is racy, who examined it, when."""

_Seen = tuple[Spot, int, Facts]
"""Where which asset was seen, and how."""


class Seeing:
    """Writes the sightings of one batch.

    Bytes that nobody knew were never seen anywhere, so mostly one statement writes all of theirs, in `finish`.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._first: dict[Spot, _Seen] = {}

    def first(self, spot: Spot, asset: int, facts: Facts) -> None:
        """Take where an asset that is new was seen, with nothing beside it; it is written by `finish`."""
        if spot in self._first:
            self.finish()
        self._first[spot] = (spot, asset, facts)

    def seen(self, spot: Spot, asset: int, facts: Facts) -> tuple[int, int | None]:
        """Write a sighting where there may be one already; return its number and what lay beside it.

        Another asset that was there before has gone from there.
        """
        if spot in self._first:
            self.finish()  # in the order in which they were seen
        at = facts[-1]
        row = self._db.row(
            "SELECT id, asset, beside FROM sightings WHERE folder = ? AND name = ? AND gone_at IS NULL", spot
        )
        if row is not None and row[1] == asset:
            self._db.run(_SEEN_AGAIN, (*facts, row[0]))
            return row[0], row[2]
        if row is not None:
            self._db.run(_GONE + " WHERE id = ?", (at, row[0]))
        ((sighting, beside),) = self._db.rows(_SEEN, (*spot, asset, *facts, at))
        return sighting, beside

    def finish(self) -> None:
        """Write what was taken. Where something else is known to lie in one of these places, each is looked at."""
        first, self._first = self._first, {}
        rows = [(*spot, asset, *facts, facts[-1]) for spot, asset, facts in first.values()]
        if self._db.run_each(_FIRST_SEEN, rows) < len(rows):
            for spot, asset, facts in first.values():
                self.seen(spot, asset, facts)


def stat_columns(key: StatKey | None) -> tuple[int, int, int, int, int]:
    """Return a stat key as SQLite keeps it; raises `ValueError` without one."""
    if key is None:
        raise ValueError("a sighting needs a stat key")
    found = (key.device, key.inode, key.size, key.mtime_ns, key.ctime_ns)
    if 0 <= key.device | key.inode | key.size | key.mtime_ns | key.ctime_ns < 1 << 63:  # as all of them are
        return found
    return signed(key.device), signed(key.inode), signed(key.size), signed(key.mtime_ns), signed(key.ctime_ns)


def forget(connection: Connection, zone: str, path: bytes) -> None:
    """Take a place out of what could not be examined and of what waits."""
    connection.run("DELETE FROM troubles WHERE zone = ? AND path = ?", (zone, path))
    connection.run("DELETE FROM waiting WHERE zone = ? AND path = ?", (zone, path))
