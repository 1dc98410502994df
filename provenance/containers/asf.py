"""ASF, WMV and WMA: the descriptions in the header (Advanced Systems Format 01.20.03, 3.10, 3.11, 4.7, 4.8), and XMP.

The objects behind the header are stepped over by their length; the media are never read.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.containers.family import Family
from provenance.containers.inside import look_inside
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.tags import note_remains, note_tag, note_text
from provenance.containers.window import Window

_ASF = Format("video/x-ms-asf", Carries.NO)
_HEADER: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_DESCRIPTION = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
_EXTENDED = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
_METADATA = bytes.fromhex("eacbf8c5af5b77488467aa8c44fa4cca"), bytes.fromhex("941c23449894d149a1411d134e457054")
_FIELDS = ("title", "author", "copyright", "description", "rating")
_HEAD, _OF_HEADER, _OF_EXTENSION = 24, 30, 46
_MOST_OBJECTS = 4096
_SNIFFED = 64 << 10
_TEXT, _BYTES = 0, 1
_PICTURE = "WM/Picture"


class _Object(NamedTuple):
    """One object: what it is, where it starts, where its content does, and where it ends."""

    kind: bytes
    at: int
    body: int
    stop: int


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _ASF if head.startswith(_HEADER) else None


def _objects(window: Window, notes: Notes, start: int, stop: int) -> Iterator[_Object]:
    """Yield objects one after another; where they break off, the rest is looked through for text."""
    at = start
    for _ in range(_MOST_OBJECTS):
        if at >= stop:
            return
        head = window.at(at, _HEAD)
        size = int.from_bytes(head[16:24], "little")
        if len(head) < _HEAD or size < _HEAD or at + size > stop:
            notes.gap(f"ASF at {at}", "no object that is all there starts where one should")
            note_remains(notes, f"ASF at {at}", window.at(at, min(stop - at, _SNIFFED)))
            return
        yield _Object(head[:16], at, at + _HEAD, at + size)
        at += size
    notes.gap(f"ASF at {at}", f"there are more than {_MOST_OBJECTS} objects; the rest was not read")


def _walk(window: Window, notes: Notes) -> None:
    for number, found in enumerate(_objects(window, notes, 0, window.size)):
        if number == 0:
            for inner in _objects(window, notes, found.at + _OF_HEADER, found.stop):
                _read(window, notes, inner)
        elif found.kind != _DATA:
            _sniff(window, notes, found)


def _sniff(window: Window, notes: Notes, found: _Object) -> None:
    """Hand on XMP, and text of a mark, in an object of another kind."""
    place = f"ASF object at {found.at}"
    data = window.at(found.body, min(found.stop - found.body, _SNIFFED))
    if find_packet(data)[0] >= 0:
        data = window.at(found.body, notes.bounded(place, found.stop - found.body))
        at, packet = find_packet(data)
        notes.block(BlockKind.XMP, f"ASF XMP at {found.body + at}", packet)
    else:
        note_remains(notes, place, data)


def _read(window: Window, notes: Notes, found: _Object) -> None:
    """Read one object of the header."""
    place = f"ASF object at {found.at}"
    if found.kind == _EXTENSION:
        for inner in _objects(window, notes, found.at + _OF_EXTENSION, found.stop):
            _read(window, notes, inner)
        return
    if found.kind not in {_DESCRIPTION, _EXTENDED, *_METADATA}:
        _sniff(window, notes, found)
        return
    data = window.at(found.body, notes.bounded(place, found.stop - found.body))
    try:
        if found.kind == _DESCRIPTION:
            _described(notes, place, data)
        else:
            for name, kind, value in _extended(data) if found.kind == _EXTENDED else _library(data):
                _value(notes, f"{place} {name[:40]!r}", name, kind, value)
    except (struct.error, ValueError):
        notes.gap(place, "its texts break off")
        note_remains(notes, place, data)


def _described(notes: Notes, place: str, data: bytes) -> None:
    lengths, at = struct.unpack_from("<5H", data), 10
    if at + sum(lengths) != len(data):
        raise ValueError("they do not fill it")
    for name, length in zip(_FIELDS, lengths, strict=True):
        note_tag(notes, f"{place} {name}", name, _wide(data[at : at + length]))
        at += length


def _extended(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, kind and value of each descriptor (3.11). Raises where they are not all there."""
    (count,), at = struct.unpack_from("<H", data), 2
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        kind, size = struct.unpack_from("<HH", data, at + 2 + length)
        start = at + 6 + length
        if start + size > len(data):
            raise ValueError("a value is cut short")
        yield _wide(data[at + 2 : at + 2 + length]), kind, data[start : start + size]
        at = start + size
    if any(data[at:]):
        raise ValueError("something follows")


def _library(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, kind and value of each record (4.7, 4.8). Raises where they are not all there."""
    (count,), at = struct.unpack_from("<H", data), 2
    for _ in range(count):
        length, kind, size = struct.unpack_from("<HHI", data, at + 4)
        start = at + 12 + length
        if start + size > len(data):
            raise ValueError("a value is cut short")
        yield _wide(data[at + 12 : start]), kind, data[start : start + size]
        at = start + size
    if any(data[at:]):
        raise ValueError("something follows")


def _value(notes: Notes, place: str, name: str, kind: int, value: bytes) -> None:
    if kind == _TEXT:
        note_tag(notes, place, name, _wide(value))
    elif kind == _BYTES and name == _PICTURE:
        # A byte for its kind, four of length, and two texts that end in a zero each.
        rest = value[5:]
        for _ in range(2):
            end = next((n for n in range(0, len(rest) - 1, 2) if rest[n : n + 2] == b"\0\0"), len(rest))
            rest = rest[end + 2 :]
        look_inside(notes, place, rest)
    elif kind == _BYTES:
        note_text(notes, place, name, value)


def _wide(data: bytes) -> str:
    return data.decode("utf-16-le", "replace").strip("\0").replace("\0", " ")


FAMILY = Family(_recognise, _walk)
"""ASF, WMV and WMA."""
