"""What Samsung's programs put behind a picture: named blocks, and a list of them at the very end.

Nobody published the layout; it is that which ExifTool reads. Only the record of the editor is handed on.
"""

from provenance.containers.inside import look_inside
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.window import Window

RECORD = "PhotoEditor_Re_Edit_Data"
_FOOT, _HEAD = b"SEFT", b"SEFH"
_LARGEST_LIST = 64 << 10
_TAIL = 4096
_LONGEST_NAME = 256
_SMALL = 64


def read_trailer(window: Window, notes: Notes, stop: int) -> None:
    """Hand on the editor's record of the list that ends at `stop`, if one does."""
    if window.at(stop - 4, 4) != _FOOT:
        tail = max(0, stop - _TAIL)
        if (at := window.at(tail, stop - tail).rfind(_HEAD)) >= 0:
            notes.gap(f"Samsung trailer at {tail + at}", "its end is damaged")
        return
    length = int.from_bytes(window.at(stop - 8, 4), "little")
    start = stop - 8 - length
    place = f"Samsung trailer at {start}"
    listed = window.at(start, length) if 12 <= length <= _LARGEST_LIST else b""
    if listed[:4] != _HEAD:
        notes.gap(place, "its list of blocks is damaged")
        return
    count = int.from_bytes(listed[8:12], "little")
    entries = listed[12 : 12 + 12 * count]
    if len(entries) < 12 * count:
        notes.gap(place, "its list of blocks is cut short")
    for at in range(0, len(entries) - 11, 12):
        back, size = (int.from_bytes(entries[at + i : at + i + 4], "little") for i in (4, 8))
        _read(window, notes, start - back, size)


def _read(window: Window, notes: Notes, at: int, size: int) -> None:
    """Hand on a block: two zero bytes, its type, the length of its name, its name, and its data."""
    length = int.from_bytes(window.at(at + 4, 4), "little")
    place = f"Samsung {RECORD} at {at}"
    if at < 0 or length > min(_LONGEST_NAME, max(size - 8, 0)):
        notes.gap(f"Samsung trailer at {at}", "one of its blocks is damaged")
        return
    name, start = window.at(at + 8, length), at + 8 + length
    if name != RECORD.encode():
        if not (name.isascii() and name.decode().isprintable()) or _resembles(name):
            notes.gap(f"Samsung trailer at {at}", "one of its blocks has a damaged name")
        # Among them is the film that belongs to a picture.
        if notes.visitor is not None and size - 8 - length > _SMALL:
            look_inside(notes, f"Samsung block at {at}", window.part(start, size - 8 - length), unknown=True)
        return
    notes.block(BlockKind.FIELD, place, window.at(start, notes.bounded(place, size - 8 - length)), RECORD)


def _resembles(name: bytes) -> bool:
    """Whether a name is the record's, but for a few damaged bytes."""
    return len(name) == len(RECORD) and sum(a != b for a, b in zip(name, RECORD.encode(), strict=True)) <= 4
