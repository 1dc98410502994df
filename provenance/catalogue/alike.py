"""Writing by what assets are known again, one batch of them. Stands inside one write transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.catalogue.connection import Connection
from provenance.catalogue.facts import likeness_line
from provenance.catalogue.twins import seek
from provenance.sameness import BYTES_WITHIN, PIXELS, SHAPE, VERSION, Likeness

_ALIKE = "INSERT INTO likeness (asset, algorithm, version, value, entry) VALUES (?, ?, ?, ?, ?)"
_TWINS = "SELECT 1 FROM likeness WHERE value = ? AND version = ? AND asset <> ? LIMIT 1"
_MARKED = (
    "SELECT DISTINCT l.value, l.version FROM likeness l CROSS JOIN marked m ON m.asset = l.asset WHERE l.value IN (?)"
)
_UNDECODED = frozenset({(PIXELS, VERSION, b"")})
_HELD = "SELECT value FROM likeness WHERE value IN (?) AND algorithm BETWEEN 'bytes in ' AND 'bytes in~'"
_MARKED_WHOLE = "SELECT a.sha256 FROM assets a CROSS JOIN marked m ON m.asset = a.id WHERE a.sha256 IN (?)"


@dataclass(frozen=True, slots=True)
class _Added:
    """What is new of one asset. `marked`: flagged or in review by itself; None where that has to be looked up."""

    asset: int
    raw: bytes
    likeness: tuple[Likeness, ...]
    marked: bool | None
    retried: bool
    """Whether it could not be decoded before."""


class Alike:
    """Writes the likenesses of one batch. `entry` is the number its ledger entry is going to have.

    They are taken one asset at a time and written and compared all at once, by `finish`: what is the same for all is
    then asked once. Assets whose verdict may be another one now are added to `redraw`.
    """

    def __init__(self, connection: Connection, entry: int, redraw: set[bytes]) -> None:
        self._db = connection
        self._entry = entry
        self._redraw = redraw
        self._added: list[_Added] = []
        self._new: list[bytes] = []
        self._met: dict[int, set[Likeness]] = {}
        """Of assets of this batch: what is known of them by now."""

    def take(self, asset: int, raw: bytes, likeness: tuple[Likeness, ...], *, new: bool, marked: bool) -> list[bytes]:
        """Take what is new of an asset, and return the lines of these facts.

        `marked` is whether it is new, and flagged or in review by itself.
        """
        known = self._met.get(asset)
        if known is None:
            stored = "SELECT algorithm, version, value FROM likeness WHERE asset = ?"
            known = self._met[asset] = set() if new else set(self._db.rows(stored, (asset,)))
        added = tuple(one for one in likeness if one not in known)
        if added:
            self._added.append(_Added(asset, raw, added, marked if new else None, not known.isdisjoint(_UNDECODED)))
            known.update(added)
        return [likeness_line((raw, *one)) for one in added]

    def meet(self, raw: bytes) -> None:
        """Take an asset that is new, and flagged or in review by itself, whatever it is like: others may hold it."""
        self._new.append(raw)

    def finish(self) -> None:
        """Write what was taken, and have twins drawn where that matters: mostly nothing is marked, and nobody has any.

        All is there before anything is compared, so it does not matter which of two twins came first.
        """
        self._db.run_each(_ALIKE, [(a.asset, *one, self._entry) for a in self._added for one in a.likeness])
        self._redraw.update(raw for (raw,) in self._db.rows_for(_HELD, self._new))
        if not self._added or self._db.row("SELECT 1 FROM marked LIMIT 1") is None:
            return
        plain = []
        for added in self._added:
            if added.marked if added.marked is not None else self._is_marked(added.asset):
                self._redraw.update(seek(self._db, added.asset))
                if any(not v or self._db.row(_TWINS, (v, n, added.asset)) for a, n, v in added.likeness if a != SHAPE):
                    self._redraw.add(added.raw)
            else:
                plain.append(added)
        self._compare(plain)
        self._compare_parts()

    def _compare(self, plain: Iterable[_Added]) -> None:
        """Have what is not marked by itself drawn where something marked is the same, or cannot be told from it."""
        values: dict[bytes, list[tuple[int, bytes]]] = {}
        shapes: set[bytes] = set()
        for added in plain:
            if added.retried:
                self._redraw.add(added.raw)
            for algorithm, version, value in added.likeness:
                if algorithm == SHAPE:
                    shapes.add(value)
                elif value:
                    values.setdefault(value, []).append((version, added.raw))
                else:
                    self._redraw.add(added.raw)
        self._db.rows_for("UPDATE sought SET open = 1 WHERE open = 0 AND shape IN (?)", shapes)
        for value, version in self._db.rows_for(_MARKED, values):
            self._redraw.update(raw for v, raw in values[value] if v == version)

    def _compare_parts(self) -> None:
        """Have what holds a marked asset whole drawn, also where it is marked itself: that may be for less."""
        holders: dict[bytes, set[bytes]] = {}
        for added in self._added:
            for algorithm, _, value in added.likeness:
                if algorithm.startswith(BYTES_WITHIN):
                    holders.setdefault(value, set()).add(added.raw)
        for (value,) in self._db.rows_for(_MARKED_WHOLE, holders):
            self._redraw |= holders[value]

    def _is_marked(self, asset: int) -> bool:
        return self._db.row("SELECT 1 FROM marked WHERE asset = ?", (asset,)) is not None
