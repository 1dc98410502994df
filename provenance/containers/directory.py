"""The directories of TIFF (TIFF 6.0, section 2) and of BigTIFF, read one at a time from anywhere in a file."""

import struct
from dataclasses import dataclass
from typing import Literal, NamedTuple

from provenance.containers.window import Window

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
"""Bytes of one value, by its type. Types beyond TIFF 6.0 are those of BigTIFF and EXIF 3.0."""

_MOST_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: tag, type, number of values, the field that holds or points at them, and where that field stands."""

    tag: int
    kind: int
    count: int
    field: bytes
    field_at: int


class Directory(NamedTuple):
    """The entries of a directory, where it ends, and what is wrong with it, if anything is.

    `following` is the offset of the next directory; 0 means there is none. `short` is whether the trouble is that the
    file ends.
    """

    entries: tuple[Entry, ...]
    stop: int
    following: int = 0
    trouble: str | None = None
    short: bool = False


class Layout(NamedTuple):
    """How one flavour of TIFF writes numbers and directories, and where its first directory is."""

    order: Literal["little", "big"]
    big: bool
    first: int

    @property
    def prefix(self) -> str:
        """The byte order as `struct` names it."""
        return "<" if self.order == "little" else ">"

    def number(self, data: bytes) -> int:
        """Return an unsigned number."""
        return int.from_bytes(data, self.order)

    def width(self, entry: Entry) -> int:
        """Return how many bytes one value of an entry has."""
        return SIZES.get(entry.kind, 1)

    def span(self, entry: Entry) -> tuple[int, int]:
        """Return where the values of an entry start and how many bytes they are."""
        length = entry.count * self.width(entry)
        inside = length <= len(entry.field)
        return entry.field_at if inside else self.number(entry.field), length


def layout_of(head: bytes) -> Layout | None:
    """Return the layout that the first 16 bytes of a file name, or None if it is no TIFF."""
    if head[:4] in {b"II*\0", b"MM\0*"} and len(head) >= 8:
        order: Literal["little", "big"] = "little" if head[:1] == b"I" else "big"
        return Layout(order, big=False, first=int.from_bytes(head[4:8], order))
    if head[:8] in {b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0"} and len(head) >= 16:
        order = "little" if head[:1] == b"I" else "big"
        return Layout(order, big=True, first=int.from_bytes(head[8:16], order))
    return None


def read_directory(window: Window, layout: Layout, at: int) -> Directory:
    """Return the directory at an offset, as far as it is there."""
    count_size, entry_size, pointer_size = (8, 20, 8) if layout.big else (2, 12, 4)
    head = window.at(at, count_size)
    if at == 0 or len(head) < count_size:
        return Directory((), at, trouble="it lies outside the file: the file is cut short or damaged", short=at > 0)
    count = layout.number(head)
    if count > _MOST_ENTRIES:
        return Directory((), at, trouble=f"it says it has {count} entries, more than are read")
    start = at + count_size
    data = window.at(start, count * entry_size)
    form = f"{layout.prefix}HH{'Q8s' if layout.big else 'I4s'}"
    whole = len(data) // entry_size * entry_size
    entries = tuple(
        Entry(tag, kind, values, field, start + (n + 1) * entry_size - pointer_size)
        for n, (tag, kind, values, field) in enumerate(struct.iter_unpack(form, data[:whole]))
    )
    if len(entries) < count:
        return Directory(entries, start + whole, trouble="it is cut short", short=True)
    stop = start + whole + pointer_size
    return Directory(entries, stop, layout.number(window.at(start + whole, pointer_size)))
