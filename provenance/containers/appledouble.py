"""AppleDouble (RFC 1740): the half of a file that macOS keeps apart, as `._NAME`, where there is no place for it.

Behind the Finder's information stand extended attributes, in a list that Apple's `copyfile` writes (`ATTR`).
"""

from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_APPLE = Format("application/applefile", Carries.NO)
_MAGIC = b"\0\5\x16\7\0\2\0\0"
_FINDER = 9
_MOST_ENTRIES = 16
_MOST_ATTRIBUTES = 256
_LIST = 34
"""Bytes of the Finder's information, and two for alignment, before the list."""
_WANTED = b"com.apple.metadata:kMDItemWhereFroms"
_LARGEST = 64 << 10


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _APPLE if head.startswith(_MAGIC) else None


def _walk(window: Window, notes: Notes) -> None:
    count = min(window.number(24, 2), _MOST_ENTRIES)
    for at in range(26, 26 + 12 * count, 12):
        if window.number(at, 4) == _FINDER:
            _read_list(window, notes, window.number(at + 4, 4) + _LIST)


def _read_list(window: Window, notes: Notes, at: int) -> None:
    """Hand on the one attribute that is wanted. Its offset counts from the start of the file."""
    if window.at(at, 4) != b"ATTR":
        return
    count, entry = min(window.number(at + 34, 2), _MOST_ATTRIBUTES), at + 36
    for _ in range(count):
        start, length, name = window.number(entry, 4), window.number(entry + 4, 4), window.number(entry + 10, 1)
        if window.at(entry + 11, name).rstrip(b"\0") == _WANTED:
            data = window.at(start, min(length, _LARGEST))
            notes.block(BlockKind.FIELD, f"AppleDouble {_WANTED.decode()} at {start}", data, "kMDItemWhereFroms")
        entry += 11 + name + 3 & ~3


FAMILY = Family(_recognise, _walk, End.OPEN)
