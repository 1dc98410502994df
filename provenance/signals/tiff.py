"""The tags of an EXIF block, as far as the bytes are there.

Bounded in every direction: offsets are visited once, counts are cut at the end of the data, nothing recurses.
"""

import struct
from typing import NamedTuple

from provenance.containers.directory import SIZES, layout_of

_EXIF_DIRECTORY = 0x8769
_MOST_DIRECTORIES = 64


class Tag(NamedTuple):
    """One value that was asked for: its tag number, and its bytes as they stand."""

    number: int
    data: bytes


class Structure(NamedTuple):
    """The tags found, whether numbers have their low byte first, and what could not be read, each in a few words."""

    tags: tuple[Tag, ...]
    little: bool
    trouble: tuple[str, ...]


def read_tags(data: bytes, wanted: frozenset[int]) -> Structure:
    """Return the `wanted` tags of all directories and of the EXIF directories they point at. Never raises."""
    layout = layout_of(data[:8])
    if layout is None:
        return Structure((), little=True, trouble=("there is no TIFF header",))
    reading = _Reading(data, layout.prefix, wanted)
    reading.waiting.append((layout.first, "the first directory"))
    seen: set[int] = set()
    while reading.waiting and len(seen) < _MOST_DIRECTORIES and reading.room >= 0:
        offset, name = reading.waiting.pop()
        if offset not in seen:
            seen.add(offset)
            reading.directory(offset, name)
    if reading.room < 0:
        reading.trouble.append("its values overlap")
    return Structure(tuple(reading.tags), layout.order == "little", tuple(dict.fromkeys(reading.trouble)))


class _Reading:
    """One structure while it is read: what was found, what could not be, and where to go on.

    A camera writes a hundred entries and three are wanted, so no object is made of the others.
    """

    def __init__(self, data: bytes, prefix: str, wanted: frozenset[int]) -> None:
        self._data = data
        self._count = struct.Struct(f"{prefix}H")
        self._entry = struct.Struct(f"{prefix}HHI4s")
        self._offset = struct.Struct(f"{prefix}I")
        self._wanted = wanted
        self.waiting: list[tuple[int, str]] = []
        self.tags: list[Tag] = []
        self.trouble: list[str] = []
        self.room = len(data)
        """Bytes of values still to be had: sound structures never use a byte twice, hostile ones a million times."""

    def directory(self, offset: int, name: str) -> None:
        """Read the directory at `offset` as far as it is there. One without a name may be rubbish."""
        start = offset + self._count.size
        if start > len(self._data):
            self._note(name, "lies outside")
            return
        (count,) = self._count.unpack_from(self._data, offset)
        fitting = min(count, (len(self._data) - start) // self._entry.size)
        end = start + fitting * self._entry.size
        for tag, kind, values, field in self._entry.iter_unpack(self._data[start:end]):
            if tag == _EXIF_DIRECTORY:
                self.waiting.append((*self._offset.unpack(field), "the EXIF directory"))
            elif tag in self._wanted and self.room >= 0:
                whole = self._value(tag, values * SIZES.get(kind, 1), field)
                self._note(name, "" if whole else f"holds tag 0x{tag:04X} only in part")
        if fitting < count:
            self._note(name, "is cut short")
        elif end + self._offset.size <= len(self._data):
            (following,) = self._offset.unpack_from(self._data, end)
            if following:
                # Many cameras leave rubbish here, so nothing is expected there.
                self.waiting.append((following, ""))

    def _value(self, tag: int, length: int, field: bytes) -> bool:
        """Keep a value; return whether all of it was there."""
        if length > len(field):
            (offset,) = self._offset.unpack(field)
            field = self._data[offset : offset + length]
        self.room -= len(field)
        self.tags.append(Tag(tag, field[:length]))
        return len(field) >= length

    def _note(self, name: str, says: str) -> None:
        if name and says:
            self.trouble.append(f"{name} {says}")
