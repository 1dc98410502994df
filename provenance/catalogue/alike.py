"""Writing by what assets are known again, one batch of them. Stands inside one write transaction."""

from collections.abc import Iterable

from provenance.catalogue.connection import Connection
from provenance.catalogue.facts import likeness_line
from provenance.catalogue.twins import seek
from provenance.sameness import SHAPE, Likeness

_ALIKE = "INSERT INTO likeness (asset, algorithm, version, value, entry) VALUES (?, ?, ?, ?, ?)"
_TWINS = "SELECT 1 FROM likeness WHERE value = ? AND version = ? AND asset <> ? LIMIT 1"
_MARKED_TWINS = (
    "SELECT 1 FROM likeness l CROSS JOIN marked m ON m.asset = l.asset"
    " WHERE l.value = ? AND l.version = ? AND l.asset <> ? LIMIT 1"
)


class Alike:
    """Writes the likenesses of one batch. `entry` is the number its ledger entry is going to have.

    Assets whose verdict may be another one now are added to `redraw`.
    """

    def __init__(self, connection: Connection, entry: int, redraw: set[bytes]) -> None:
        self._db = connection
        self._entry = entry
        self.marked = True
        """Whether anything is flagged by itself."""
        self._redraw = redraw
        self._opened: set[bytes] = set()
        """Shapes that are open to be compared since this batch began; what is sought anew is so from the start."""

    def begin(self) -> None:
        """Find out whether anything is flagged by itself: mostly nothing is, and nobody has twins to look for."""
        self.marked = self._db.row("SELECT 1 FROM marked LIMIT 1") is not None

    def take(self, asset: int, raw: bytes, likeness: tuple[Likeness, ...], *, new: bool, flagged: bool) -> list[bytes]:
        """Write what is new of an asset, have its twins drawn if that matters, and return the lines of these facts.

        `flagged` is whether it is new and flagged by itself.
        """
        stored = "SELECT algorithm, version, value FROM likeness WHERE asset = ?"
        known = set() if new else set(self._db.rows(stored, (asset,)))
        added = [one for one in likeness if one not in known]
        self._db.run_each(_ALIKE, [(asset, *one, self._entry) for one in added])
        if self.marked and added:
            self._compare(asset, raw, added, marked=flagged if new else self._is_marked(asset))
        return [likeness_line((raw, *one)) for one in added]

    def _compare(self, asset: int, raw: bytes, added: list[Likeness], *, marked: bool) -> None:
        if marked:
            self._redraw.update(seek(self._db, asset))
        else:
            self._open_shapes(value for algorithm, _, value in added if algorithm == SHAPE)
        twins = _TWINS if marked else _MARKED_TWINS
        if any(
            not value or self._db.row(twins, (value, version, asset))
            for algorithm, version, value in added
            if algorithm != SHAPE
        ):
            self._redraw.add(raw)

    def _is_marked(self, asset: int) -> bool:
        return self._db.row("SELECT 1 FROM marked WHERE asset = ?", (asset,)) is not None

    def _open_shapes(self, shapes: Iterable[bytes]) -> None:
        """Have pictures of some shapes compared again, if any is sought; once a batch, which most share."""
        for shape in shapes:
            if shape not in self._opened:
                self._opened.add(shape)
                self._db.run("UPDATE sought SET open = 1 WHERE shape = ? AND open = 0", (shape,))
