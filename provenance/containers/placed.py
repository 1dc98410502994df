"""Files placed in a PSD as smart objects (Adobe Photoshop File Formats, "Linked Layer"; `lnkD`, `lnk2`, `lnk3`).

Each is an item with its length: its kind, its version, a unique id, the name of the file, its type and creator, how
long the file is, how it was opened, and then the file itself. How it was opened is a tree that nobody needs; the file
is found from its end, behind which a few fields stand whose form the version says.
"""

from typing import NamedTuple

from provenance.containers.inside import decline, look_inside
from provenance.containers.notes import Notes
from provenance.containers.window import Window
from provenance.files import display

_DATA, _ELSEWHERE = b"liFD", frozenset({b"liFE", b"liFA"})
KINDS = _ELSEWHERE | {_DATA}
"""What an item begins with, behind its length."""

_MOST_PLACED = 4096
_HEAD = 16 << 10
_LONGEST_ID = 1024
_LONGEST_NAME = 100


class _Item(NamedTuple):
    """What the start of an item says. `least` is where the file can start at the earliest."""

    kind: bytes
    version: int
    name: str
    size: int
    least: int


def read_placed(window: Window, notes: Notes, span: tuple[int, int], where: str) -> None:
    """Show each placed file between two offsets to the visitor; one that lies elsewhere is a gap that names it."""
    at, stop = span
    for _ in range(_MOST_PLACED):
        if stop - at < 8:
            return
        size = window.number(at, 8)
        start, end = at + 8, at + 8 + size
        if size == 0 or end > stop:
            break
        _read(window, notes, _item(window, start, end), (end, f"{where} at {at}"))
        at = end + (-size % 4)
    if stop - at > _HEAD or any(window.at(at, stop - at)):
        decline(notes, f"{where} at {at}", "its list of placed files breaks off, or is too long")


def _item(window: Window, start: int, end: int) -> _Item | None:
    head = window.at(start, min(_HEAD, end - start))
    at = 8 + 1 + head[8] if len(head) > 8 else len(head)
    letters = int.from_bytes(head[at : at + 4], "big")
    name = head[at + 4 : at + 4 + 2 * letters].decode("utf-16-be", "replace").strip("\0")
    at += 4 + 2 * letters
    if at + 17 > len(head):
        return None
    size = int.from_bytes(head[at + 8 : at + 16], "big")
    return _Item(head[:4], int.from_bytes(head[4:8], "big"), name, size, start + at + 17)


def _read(window: Window, notes: Notes, item: _Item | None, at: tuple[int, str]) -> None:
    end, where = at
    if item is None:
        decline(notes, where, "it is cut short or damaged")
        return
    name = display(item.name)
    place = f"{where}, placed {name if len(name) <= _LONGEST_NAME else f'…{name[-_LONGEST_NAME:]}'}"
    if item.kind in _ELSEWHERE:
        decline(notes, place, "it is linked and lies elsewhere; have that file examined")
    elif item.kind != _DATA or (start := _start(window, item, end)) is None:
        decline(notes, place, "where it starts cannot be told")
    else:
        look_inside(notes, place, window.part(start, item.size))


def _start(window: Window, item: _Item, end: int) -> int | None:
    """Return where the file starts: behind it come an id (from version 5 on), a time (6) and a lock (7)."""
    fixed = (8 if item.version >= 6 else 0) + (1 if item.version >= 7 else 0)
    if item.version < 5:
        starts = [end - fixed - item.size]
    else:
        lengths = range(_LONGEST_ID)
        behind = (end - fixed - 4 - 2 * letters for letters in lengths)
        starts = [at - item.size for n, at in zip(lengths, behind, strict=True) if window.number(at, 4) == n]
    sound = [start for start in starts if start >= item.least]
    return sound[0] if len(sound) == 1 or (sound and item.size == 0) else None
