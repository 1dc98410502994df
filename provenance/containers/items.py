"""Metadata among the items of a picture in ISO base media (HEIF, AVIF: ISO 14496-12, 8.11; ISO 23008-12, annex A).

Only the two lists are read that say which item is EXIF or XMP and where it lies.
"""

from collections.abc import Iterator
from typing import NamedTuple

from provenance.containers.boxes import Box, Break, boxes
from provenance.containers.model import BlockKind
from provenance.containers.notes import BLOCK_LIMIT, Notes
from provenance.containers.packets import find_tiff, sniff
from provenance.containers.window import Window

_LARGEST_LIST = 16 << 20
_MOST_ITEMS = 65_536
_MOST_WANTED = 32
_PICTURES = frozenset(
    {
        b"hvc1", b"hvc2", b"lhv1", b"av01", b"avc1", b"vvc1", b"evc1", b"jpeg", b"j2k1", b"unci", b"grid", b"iovl",
        b"iden", b"tmap", b"mski", b"sato", b"tili", b"uri ",
    }
)  # fmt: skip
"""Kinds of items that are pictures, or what they are made of."""
_MOST_EXTENTS = 4096


class _Location(NamedTuple):
    """Where an item lies: pieces of the file, or of the `idat` box."""

    in_idat: bool
    extents: tuple[tuple[int, int], ...]


class _Cursor:
    """Reads numbers one after the other; behind the end there are only zeros."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at

    def take(self, length: int) -> int:
        """Return the next number of `length` bytes."""
        self.at += length
        return int.from_bytes(self._data[self.at - length : self.at], "big")

    def more(self) -> bool:
        """Whether there is anything more to take."""
        return self.at < len(self._data)


def read_items(window: Window, notes: Notes, meta: Box) -> None:
    """Hand on the EXIF and XMP items that a `meta` box of the top level lists."""
    place = f"BMFF meta at {meta.at}"
    found: dict[bytes, Box] = {}
    for box in boxes(window, meta.body + 4, meta.stop):
        if isinstance(box, Break):
            notes.gap(place, f"its boxes break off at {box.at}")
            break
        found.setdefault(box.kind, box)
    listed, located = found.get(b"iinf"), found.get(b"iloc")
    if listed is None or located is None:
        if listed is not None or located is not None or b"pitm" in found:
            notes.gap(place, "one of its two lists of items is missing")
        return
    if max(listed.length, located.length) > _LARGEST_LIST:
        notes.gap(place, "its lists of items are too long to be read")
        return
    wanted = dict(_wanted(window, notes, listed))
    if len(wanted) > _MOST_WANTED:
        notes.gap(place, f"it lists {len(wanted)} items of metadata; only the first {_MOST_WANTED} were read")
    locations = dict(_locations(window.at(located.body, located.length))) if wanted else {}
    for item, kind in list(wanted.items())[:_MOST_WANTED]:
        name = f"BMFF {kind.value.upper()} item {item}"
        location = locations.get(item)
        data = _content(window, location, found.get(b"idat")) if location else b""
        if kind is BlockKind.FIELD:
            # An item of a kind that is not known here: it may have been one of metadata before its name was damaged.
            sniff(notes, f"BMFF item {item} of an unknown kind", data)
            continue
        data = exif_item(data) if kind is BlockKind.EXIF else data
        if data:
            notes.block(kind, name, data)
        else:
            notes.gap(name, "it is listed, but nothing lies where it should")


def exif_item(data: bytes) -> bytes:
    """Return the TIFF structure in an EXIF item: four bytes before it say how far away it starts."""
    start = 4 + int.from_bytes(data[:4], "big")
    return data[start:] if find_tiff(data[start : start + 4]) else find_tiff(data)


def _wanted(window: Window, notes: Notes, listed: Box) -> Iterator[tuple[int, BlockKind]]:
    """Yield the items of `iinf` that are EXIF or XMP."""
    head = window.at(listed.body, 8)
    start = listed.body + (6 if head[:1] == b"\0" else 8)
    for count, box in enumerate(boxes(window, start, listed.stop)):
        if isinstance(box, Break) or count > _MOST_ITEMS:
            notes.gap(f"BMFF iinf at {listed.at}", "its list of items breaks off, or is too long")
            return
        if box.kind != b"infe":
            notes.gap(f"BMFF iinf at {listed.at}", f"something else than an item stands in its list at {box.at}")
            continue
        data = window.at(box.body, min(box.length, 512))
        cursor = _Cursor(data, 4)
        item = cursor.take(4 if data[:1] == b"\3" else 2)
        kind = data[cursor.at + 2 : cursor.at + 6]
        if kind == b"Exif":
            yield item, BlockKind.EXIF
        elif kind == b"mime" and b"application/rdf+xml" in data[cursor.at + 6 :]:
            yield item, BlockKind.XMP
        elif kind not in _PICTURES:
            yield item, BlockKind.FIELD


def _locations(data: bytes) -> Iterator[tuple[int, _Location]]:
    """Yield where each item of `iloc` lies (ISO 14496-12, 8.11.3)."""
    version = data[0] if data else 0
    cursor = _Cursor(data, 4)
    sizes = cursor.take(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 0xF for shift in (12, 8, 4, 0))
    indexed = index_size if version in {1, 2} else 0
    # An extent of no bytes could be repeated for ever: such an item has one, which is the whole file.
    most = _MOST_ITEMS if indexed + offset_size + length_size else 1
    for _ in range(min(cursor.take(4 if version == 2 else 2), _MOST_ITEMS)):
        if not cursor.more():
            return
        item = cursor.take(4 if version == 2 else 2)
        method = cursor.take(2) & 0xF if version in {1, 2} else 0
        cursor.take(2)
        base = cursor.take(base_size)
        extents = []
        for _ in range(min(cursor.take(2), most)):
            if not cursor.more():
                break
            cursor.take(indexed)
            offset = cursor.take(offset_size)
            extents.append((base + offset, cursor.take(length_size)))
        yield item, _Location(method == 1, tuple(extents))


def _content(window: Window, location: _Location, idat: Box | None) -> bytes:
    """Return the bytes of an item, put together, as far as they are there."""
    start, stop = (idat.body, idat.stop) if location.in_idat and idat else (0, window.size)
    parts = bytearray()
    for offset, length in location.extents[:_MOST_EXTENTS]:
        # A length of zero means all there is.
        room = min(BLOCK_LIMIT - len(parts), stop - start - offset, length or BLOCK_LIMIT)
        parts += window.at(start + offset, room)
    return bytes(parts)
