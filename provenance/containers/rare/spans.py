"""What of a file no part of its structure accounts for: nothing of the file's own stands there."""

from collections.abc import Iterable

from provenance.containers.notes import Notes
from provenance.containers.rare.follow import note_unknown
from provenance.containers.remains import remains_between
from provenance.containers.window import Window

_PADDING = 1 << 16


def between(window: Window, notes: Notes, spans: Iterable[tuple[int, int]], what: str) -> None:
    """Say and look through whatever lies in none of these spans (start, end), unless it is padding."""
    at = 0
    for start, stop in (*sorted(spans), (window.size, window.size)):
        length = min(start, window.size) - at
        if length > _PADDING or (length > 0 and any(window.at(at, length))):
            place = f"{what} at {at}"
            notes.gap(place, f"there are {length} bytes here that nothing in the file leads to")
            note_unknown(window, notes, place, (at, length))
            if (found := remains_between(window, at, at + length)) >= 0:
                notes.residue(f"{what} at {found}")
        at = max(at, stop)
