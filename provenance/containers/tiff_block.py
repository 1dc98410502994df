"""Copying the tags that can hold a mark out of a TIFF of any size, into a small one that can be handed on."""

import struct
from collections.abc import Iterator

from provenance.containers.directory import Entry, Layout
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_TEXTUAL = frozenset({1, 2, 6, 7, 129})
"""Types whose values are bytes. Numbers hold no marks."""

_BULK = frozenset(
    {
        0x015B,  # JPEGTables
        0x02BC,  # XMP, which is a block of its own
        0x83BB,  # IPTC
        0x8649,  # Photoshop
        0x8773,  # ICC profile
        0x927C,  # MakerNote
        0x935C,  # Photoshop's layers
        0xC634,  # DNGPrivateData
        0xCD41,  # a manifest store
    }
)
_EXIF = 0x8769
_TEXTS = frozenset({0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298})
_TEXTS |= frozenset({0x9286, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F})
"""Tags that are text, whatever type a damaged entry says they are."""
_TEXT_LIMIT = 1 << 20
_BYTES_LIMIT = 64 << 10
_ALL = 8 << 20
_ASCII, _UNDEFINED = 2, 7


def rebuilt(
    window: Window, notes: Notes, layout: Layout, source: tuple[tuple[Entry, ...], tuple[Entry, ...], str]
) -> bytes:
    """Return a classic TIFF of one directory, and its EXIF directory, with their textual tags; empty without any.

    `source` is the entries of both, and the name of the place for gaps. Offsets count from the start of what is
    returned.
    """
    entries, exif_entries, place = source
    main = list(_values(window, notes, layout, (entries, place)))
    exif = list(_values(window, notes, layout, (exif_entries, place)))
    if not main and not exif:
        return b""
    head = struct.pack(f"{layout.prefix}2sHI", b"II" if layout.order == "little" else b"MM", 42, 8)
    first = len(main) + bool(exif)
    exif_at = 8 + 2 + first * 12 + 4
    values_at = exif_at + (2 + len(exif) * 12 + 4 if exif else 0)
    values = bytearray()
    pointer = [(_EXIF, 4, struct.pack(f"{layout.prefix}I", exif_at))] if exif else []
    body = _directory(layout, sorted([*main, *pointer]), values_at, values)
    if exif:
        body += _directory(layout, sorted(exif), values_at, values)
    return head + body + bytes(values)


_Value = tuple[int, int, bytes]


def _values(window: Window, notes: Notes, layout: Layout, source: tuple[tuple[Entry, ...], str]) -> Iterator[_Value]:
    """Yield tag, type and bytes of each entry that can hold text, and note those that could not be had whole."""
    entries, place = source
    room = min(_ALL, notes.room)
    for entry in entries:
        start, length = layout.span(entry)
        text = entry.kind == _ASCII or entry.tag in _TEXTS
        if entry.tag in _BULK or not (text or (entry.kind in _TEXTUAL and length <= _BYTES_LIMIT)):
            continue
        limit = min(_TEXT_LIMIT, room)
        data = window.at(start, min(length, limit))
        name = f"tag 0x{entry.tag:04X} in the {place}"
        if length > limit:
            notes.gap(name, f"only the first {limit} of its {length} bytes were read")
        elif len(data) < length:
            notes.gap(name, "its value lies outside the file")
        room -= len(data)
        if data:
            yield entry.tag, entry.kind if entry.kind in _TEXTUAL else _UNDEFINED, data


def _directory(layout: Layout, found: list[_Value], values_at: int, values: bytearray) -> bytes:
    """Return a directory without a next one; what does not fit into an entry is added to `values`."""
    parts = [struct.pack(f"{layout.prefix}H", len(found))]
    for tag, kind, data in found:
        count = 1 if tag == _EXIF and kind == 4 else len(data)
        if len(data) <= 4:
            field = data.ljust(4, b"\0")
        else:
            field = struct.pack(f"{layout.prefix}I", values_at + len(values))
            values += data + b"\0" * (len(data) & 1)
        parts.append(struct.pack(f"{layout.prefix}HHI", tag, kind, count) + field)
    return b"".join(parts) + bytes(4)
