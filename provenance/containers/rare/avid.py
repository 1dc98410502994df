"""What Avid keeps beside media: the index of a folder (`msmFMID.pmr`), and Bento, which its database and OMF are.

An index is a row of records, of a clip's file and its master in turn. A Bento (Apple's Bento Specification 1.0d5) has
its label and its table of values at its end, and may begin as anything; OMF Interchange keeps media among its values.
No text of a specification is public for the index: its structure is known from files.
"""

from provenance.containers.family import Family
from provenance.containers.inside import decline, look_inside
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import ends_at, show_pictures
from provenance.containers.remains import search
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_INDEX = Format("application/x-avid-index", Carries.NO)
_BENTO = Format("application/x-omf", Carries.NO)

_START, _FIRST_RECORD = b"\xa9\7\0\0\x08\0\0\0", 12
_MOB, _MOB_START = 32, b"\x06\x0a\x2b\x34"
_MOST_CLIPS = 1_000_000

_LABEL, _ENTRY = 24, 24
_MAGIC, _LITTLE = b"\xa4CM\xa5Hdr\xd7", b"II"
_IMMEDIATE = 1
_MEDIA = (b"RIFF", b"RIFX", b"FORM", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"\x89PNG")
_MOST_VALUES, _PIECE = 2_000_000, 24 << 10
_TEXTS = 4 << 20


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(_START):
        return _INDEX if window.at(_FIRST_RECORD, 4) == _MOB_START else None
    return _BENTO if _table(window) is not None else None


def _table(window: Window) -> tuple[int, int] | None:
    """Return where the table of a Bento starts and ends; None where the last bytes are no label that leads to one."""
    label = window.last(_LABEL)
    if len(label) < _LABEL or label[:8] != _MAGIC or label[10:12] != _LITTLE:
        return None
    start, length = (int.from_bytes(label[n : n + 4], "little") for n in (16, 20))
    stop = start + length
    return (start, stop) if length and length % _ENTRY == 0 and stop == window.size - _LABEL else None


def _walk(window: Window, notes: Notes) -> None:
    search(window, notes, 0, "Avid data")
    if not show_pictures(window, notes, 0, window.size):
        note_remains(notes, "text at 0", window.at(0, _TEXTS))
    if window.at(0, len(_START)) == _START:
        ends_at(window, notes, _index_end(window), "Avid index")
    elif (table := _table(window)) is not None:
        _read_values(window, notes, *table)


def _index_end(window: Window) -> int:
    """Return where the records end: as many pairs as the header says, or where one is not all there."""
    count, at = int.from_bytes(window.at(8, 4), "little"), _FIRST_RECORD
    for _ in range(min(count, _MOST_CLIPS)):
        stop = at + _MOB
        for _ in range(2):  # the names of the file and of the project
            stop += 2 + int.from_bytes(window.at(stop, 2), "little")
        if window.at(at, 4) != _MOB_START or window.at(stop, 4) != _MOB_START or stop + _MOB + 4 > window.size:
            break
        at = stop + _MOB + 4
    return at


def _read_values(window: Window, notes: Notes, start: int, stop: int) -> None:
    """Show each value that begins as a sound or a picture does to the visitor."""
    if stop - start > _MOST_VALUES * _ENTRY:
        decline(notes, "the rest of it", f"it has more than {_MOST_VALUES} values")
    shown: set[int] = set()
    for at in range(start, min(stop, start + _MOST_VALUES * _ENTRY), _PIECE):
        rows = window.at(at, min(_PIECE, stop - at))
        for n in range(0, len(rows), _ENTRY):
            value, length = (int.from_bytes(rows[n + k : n + k + 4], "little") for k in (12, 16))
            plain = not rows[n + 22] & _IMMEDIATE and length > 12 and value + length <= start and value not in shown
            if plain and window.at(value, 4).startswith(_MEDIA):
                shown.add(value)
                look_inside(notes, f"a value at {value}", window.part(value, length), unknown=True)


FAMILY = Family(_recognise, _walk)
