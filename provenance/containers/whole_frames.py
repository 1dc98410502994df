"""Whether pictures and frames of films cannot be complete yet; see `whole`."""

import re
import struct

from provenance.containers.directory import Directory, Layout, layout_of, read_directory
from provenance.containers.jpeg import chain_of
from provenance.containers.window import Window

_TAIL = 64 << 10

_END = b"\xff\xd9"
_MARKED = re.compile(rb"\xff+([^\xff])")
_IN_SCAN = frozenset(b"\0\xc4\xcc\xda\xdb\xdd") | frozenset(range(0xD0, 0xD8))
"""What follows 0xFF within a picture (ISO 10918-1, B.1.1.2): a zero, a restart, tables and the next scan."""
_ENOUGH = 32
"""Stuffed bytes in `_TAIL` that make it a scan. One would expect 256; what is no scan has others among them."""


def jpeg(window: Window) -> str | None:
    """See that the picture has an end.

    Where all of it is read that is sure. In a longer one only the last 64 KiB are read: they must be a scan to their
    very end, since previews, films and makers' own data may stand behind a picture that is whole.
    """
    if window.at(window.size - 2, 2) == _END:
        return None
    chain = chain_of(window)
    if chain.broken is not None:
        short = chain.short and window.at(chain.end, 2) != _END
        return f"the JPEG breaks off in its header: {chain.broken}" if short else None
    start = max(chain.end, window.size - _TAIL)
    tail = window.at(start, _TAIL)
    if _END in tail or (start > chain.end and not _is_scan(tail)):
        return None
    return "the JPEG has no end-of-image marker: its picture breaks off"


def _is_scan(data: bytes) -> bool:
    found = _MARKED.findall(data)
    return len(found) >= _ENOUGH and all(byte[0] in _IN_SCAN for byte in found)


_IEND = b"IEND\xae\x42\x60\x82"
_MOST_CHUNKS = 16_384


def png(window: Window) -> str | None:
    """See that there is an IEND, at the end or, where something was put behind it, by following the chunks."""
    if window.at(window.size - len(_IEND), len(_IEND)) == _IEND:
        return None
    if _IEND in window.at(max(0, window.size - _TAIL), _TAIL):
        return None
    at = 8
    for _ in range(_MOST_CHUNKS):
        head = window.at(at, 8)
        if len(head) < 8:
            return "the PNG has no IEND chunk"
        kind, stop = head[4:], at + 12 + int.from_bytes(head[:4], "big")
        if kind == b"IEND" or not kind.isalpha():
            return None
        if stop > window.size:
            return f"the PNG chunk {kind.decode()} ends at byte {stop:,}, {window.size:,} are there"
        at = stop
    return None


_MOST_BLOCKS = 4096
_STEPPED = 8 << 20
"""Bytes of a GIF that are gone through: its blocks are short, and there is no other way to its end."""


def gif(window: Window) -> str | None:
    """See that there is a trailer, at the end or where the blocks lead (GIF89a, 27)."""
    if window.at(window.size - 1, 1) == b"\x3b":
        return None
    at = 13 + _colours(window.number(10, 1))
    for _ in range(_MOST_BLOCKS):
        head = window.at(at, 10)
        if at >= window.size:
            return "the GIF has no trailer"
        if head[:1] == b"\x21":
            at += 2
        elif head[:1] == b"\x2c":
            at += 11 + _colours(head[9] if len(head) == 10 else 0)
        else:
            return None
        while length := window.number(at, 1):
            at += 1 + length
        at += 1
        if at > _STEPPED:
            return None
    return None


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES, _SUB_IFDS = 0x0111, 0x0117, 0x0144, 0x0145, 0x014A
_MOST_DIRECTORIES = 1024


def tiff(window: Window) -> str | None:
    """See that the directories and the last piece of each picture lie within the file (TIFF 6.0, section 2)."""
    layout = layout_of(window.at(0, 16))
    if layout is None:
        return None
    if layout.first == 0:
        return "the TIFF has no directory yet"
    # RAW formats leave rubbish where a directory below another should name no next one.
    waiting, seen = [(layout.first, True)], {0}
    while waiting and len(seen) < _MOST_DIRECTORIES:
        at, chained = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        directory = read_directory(window, layout, at)
        if directory.short:
            return f"a TIFF directory is to be at byte {at:,}, {window.size:,} are there"
        if says := _pieces(window, layout, directory):
            return says
        waiting += [(sub, False) for sub in _numbers(window, layout, directory, _SUB_IFDS)]
        waiting += [(directory.following, True)] * chained
    return None


def _pieces(window: Window, layout: Layout, directory: Directory) -> str | None:
    """See that the last strip or tile of a picture ends within the file."""
    for places, sizes in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES)):
        last, size = (_numbers(window, layout, directory, tag)[-1:] for tag in (places, sizes))
        stop = last[0] + (size[0] if size else 0) if last else 0
        if stop > window.size:
            return f"the TIFF's picture ends at byte {stop:,}, {window.size:,} are there"
    return None


def _numbers(window: Window, layout: Layout, directory: Directory, tag: int) -> list[int]:
    """Return the last numbers of a tag, 32 at the most."""
    for entry in directory.entries:
        if entry.tag == tag:
            (start, length), width = layout.span(entry), layout.width(entry)
            some = min(length, 32 * width)
            data = window.at(start + length - some, some)
            return [layout.number(data[n : n + width]) for n in range(0, len(data) - width + 1, width)]
    return []


_UNDEFINED = 0xFFFFFFFF


def dpx(window: Window) -> str | None:
    """See that the picture starts and the file ends where the header says (SMPTE ST 268-1, 5.1)."""
    order = ">" if window.at(0, 4) == b"SDPX" else "<"
    head = window.at(4, 16)
    if len(head) < 16:
        return "the DPX breaks off in its header"
    picture, _, size = struct.unpack(f"{order}I8sI", head)
    stop = max((number for number in (picture, size) if number != _UNDEFINED), default=0)
    return f"the DPX header speaks of {stop:,} bytes, {window.size:,} are there" if stop > window.size else None


_EXR_TILED, _EXR_DEEP, _EXR_PARTS = 0x200, 0x800, 0x1000
_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}
"""Lines in a block, by compression (OpenEXR file layout, "Scan line image file")."""
_MOST_LINES = 1 << 16
_EXR_HEADER = 64 << 10


def exr(window: Window) -> str | None:
    """See that every block of lines is there, by the table of where they lie; only for one part of plain lines.

    The table is written last: an entry that is zero stands for lines that are still to come.
    """
    if int.from_bytes(window.at(4, 4), "little") & (_EXR_TILED | _EXR_DEEP | _EXR_PARTS):
        return None
    attributes, at = _attributes(window.at(8, _EXR_HEADER))
    if at < 0:
        return "the EXR breaks off in its header" if window.size < 8 + _EXR_HEADER else None
    lines = _LINES.get(int.from_bytes(attributes.get(b"compression") or b"\xff", "little"))
    box = attributes.get(b"dataWindow", b"")
    if lines is None or len(box) != 16:
        return None
    _, top, _, bottom = struct.unpack("<4i", box)
    blocks = -(-(bottom - top + 1) // lines)
    if not 0 < blocks <= _MOST_LINES:
        return None
    table = window.at(8 + at, 8 * blocks)
    if len(table) < 8 * blocks:
        return "the EXR breaks off in the table of its lines"
    places = struct.unpack(f"<{blocks}Q", table)
    if 0 in places:
        return f"{places.count(0):,} of {blocks:,} blocks of lines of the EXR are not written yet"
    last = max(places)
    stop = last + 8 + int.from_bytes(window.at(last + 4, 4), "little")
    return f"the EXR's lines end at byte {stop:,}, {window.size:,} are there" if stop > window.size else None


def _attributes(data: bytes) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes of an EXR header, and where it ends; -1 where it does not."""
    found: dict[bytes, bytes] = {}
    at = 0
    while 0 <= at < len(data):
        name_end = data.find(b"\0", at)
        if name_end == at:
            return found, at + 1
        type_end = data.find(b"\0", name_end + 1)
        start = type_end + 5
        if name_end < 0 or type_end < 0 or start > len(data):
            break
        stop = start + int.from_bytes(data[type_end + 1 : start], "little")
        found[data[at:name_end]] = data[start:stop]
        at = stop
    return found, -1
