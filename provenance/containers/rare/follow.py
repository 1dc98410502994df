"""Following a row of frames that tell how long they are, and what is done where it does not lead to the file's end."""

import re
from collections.abc import Callable

from provenance.containers.ending import JPEG_START, PNG_START, look_at_end
from provenance.containers.inside import decline, look_behind, look_inside
from provenance.containers.notes import Notes
from provenance.containers.packets import sniff
from provenance.containers.remains import find_remains, search
from provenance.containers.tags import note_remains
from provenance.containers.window import Window
from provenance.files import find_first

Length = Callable[[bytes], int]
"""Returns how long the frame is that these bytes begin; 0 where they begin none."""

MOST_FRAMES = 4_000_000
_PIECE = 1 << 18
_PADDING = 1 << 16
_SEARCHED = 1 << 20
_OVERLAP = 64
_FURTHEST = 1 << 30
_MOST_PICTURES = 256
_PICTURE = re.compile(PNG_START.pattern + b"|" + JPEG_START.pattern, re.DOTALL)
_SURE_PICTURE = re.compile(PNG_START.pattern + rb"|\xff\xd8\xff(?:\xe0..JFIF\0|\xe1..(?:Exif\0|http))", re.DOTALL)
"""A picture by so many bytes that no film and no scene has them by chance, however long it is."""
_FIRST_BYTES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_SHORT = 1 << 20
_ARCHIVE = b"PK\3\4"


def are_frames(window: Window, at: int, length_of: Length, head: int, count: int) -> bool:
    """Whether so many frames follow one another and are all there; fewer where the last ends with the file."""
    for number in range(count):
        if at == window.size:
            return number > 2
        length = length_of(window.at(at, head))
        if length <= 0 or at + length > window.size:
            return False
        at += length
    return True


def follow(window: Window, at: int, length_of: Length, head: int, *, piece: int = _PIECE) -> int:
    """Return where a row of frames ends: where none begins, or where the last is not all there."""
    data, start = b"", 0
    for _ in range(MOST_FRAMES):
        inside = at - start
        if not 0 <= inside <= len(data) - head:
            data, start, inside = window.at(at, piece), at, 0
        length = length_of(data[inside : inside + head])
        if length <= 0 or at + length > window.size:
            break
        at += length
    return at


def ends_at(window: Window, notes: Notes, at: int, what: str, stop: int | None = None) -> None:
    """Say that something stands behind the last of a type whose structure ends at `at`, unless that is padding.

    Whatever it is, it is none of the file's own, and is shown to the visitor. `stop` is where tags at the end begin.
    """
    left = (window.size if stop is None else stop) - at
    if left <= 0 or (left <= _PADDING and not any(window.at(at, left))):
        return
    place = f"{what} at {at}"
    notes.gap(place, "nothing of it starts here, where it should go on or end: it is cut short, or something follows")
    search(window, notes, at, f"bytes behind the {what}")
    if not show_pictures(window, notes, at, window.size):
        note_remains(notes, place, window.at(at, _SEARCHED))
        look_behind(window, notes, at, what)
        if not window.at(at, len(_ARCHIVE)).startswith(_ARCHIVE):
            look_at_end(window, notes, pictures=False)


def look_over(window: Window, notes: Notes) -> None:
    """Show what begins as a picture does near the start, or is a picture or an archive that ends where the file does.

    Frames and samples are stepped over, and a short header makes them of whatever it is written in front of.
    """
    _show(window, notes, pictures_in(window.at(0, _SEARCHED), sure=True), cut=False)
    look_at_end(window, notes, pictures=True)


def note_unknown(window: Window, notes: Notes, place: str, span: tuple[int, int]) -> None:
    """Hand on what some bytes of an unknown kind look like, the text of a mark in them, and pictures that begin there.

    The span is where they start and how many they are.
    """
    start, length = span
    data = window.at(start, notes.bounded(place, length))
    if not data.strip(b"\0"):
        return
    if find_remains(data) >= 0:
        notes.residue(place)
    if not show_pictures(window, notes, start, start + length) and not sniff(notes, place, data):
        note_remains(notes, place, data)
        if data.lstrip(b"\0").startswith(_ARCHIVE):
            look_inside(notes, place, window.part(start, length), unknown=True)


def pictures_in(data: bytes, *, sure: bool) -> list[int]:
    """Return where pictures begin, in order; of much data only those that are sure to be some."""
    begins = _SURE_PICTURE if sure else _PICTURE
    # A search for a few bytes runs at ten times the speed of one for a pattern, and finds none in most data.
    firsts = [at for start in _FIRST_BYTES if (at := find_first(data, start)) >= 0]
    return [found.start() for found in begins.finditer(data, min(firsts))] if firsts else []


def show_pictures(window: Window, notes: Notes, start: int, stop: int) -> bool:
    """Show each picture that begins between two offsets to the visitor, with all that follows it.

    Return whether there was one.
    """
    found: list[int] = []
    sure = stop - start > _SHORT
    last = min(stop, start + _FURTHEST)
    for at in range(start, last, _SEARCHED):
        data = window.at(at, min(_SEARCHED + _OVERLAP, stop - at))
        found += (at + hit for hit in pictures_in(data, sure=sure) if hit < _SEARCHED)
        if len(found) > _MOST_PICTURES:
            break
    _show(window, notes, found, cut=last < stop)
    return bool(found)


def _show(window: Window, notes: Notes, found: list[int], *, cut: bool) -> None:
    if cut or len(found) > _MOST_PICTURES:
        decline(notes, "the rest of it", f"it has more than {_FURTHEST} bytes, or more than {_MOST_PICTURES} pictures")
    for at in found[:_MOST_PICTURES]:
        look_inside(notes, f"a picture at {at}", window.part(at, window.size - at), unknown=True)
