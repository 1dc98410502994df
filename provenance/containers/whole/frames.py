"""Whether a frame of a film, DPX or OpenEXR, is cut short."""

import struct

from provenance.containers.whole.reach import beyond
from provenance.containers.window import Window

_UNSET = frozenset({0, 0xFFFFFFFF})
_DPX_HEADER = 812
_SAMPLES = {1: 1, 2: 1, 3: 1, 4: 1, 6: 1, 8: 1, 50: 3, 51: 4, 52: 4, 100: 2, 101: 3, 102: 3, 103: 4}
"""Samples for each pixel, by the descriptor of an element (SMPTE ST 268-1, table 1)."""
_FILLED = frozenset({1, 2})
"""Packings that put as many whole samples as fit into each word of 32 bits."""


def dpx_cut(head: bytes, window: Window) -> str | None:
    """Say if the pixels of the first element of a DPX cannot all be there, and its own length agrees.

    Nothing is said where it is compressed, or where its header gives a length that the file has: not every writer
    fills in the header with care.
    """
    if head[:4] not in {b"SDPX", b"XPDS"}:
        return None
    data = window.at(0, _DPX_HEADER)
    if len(data) < _DPX_HEADER:
        return beyond("the header of the DPX", _DPX_HEADER, window)
    order = ">" if data[:4] == b"SDPX" else "<"
    image, size = (struct.unpack_from(f"{order}I", data, at)[0] for at in (4, 16))
    width, height = struct.unpack_from(f"{order}2I", data, 772)
    descriptor, bits, packing, encoding, start = struct.unpack_from(f"{order}BxxBHHI", data, 800)
    samples = width * height * _SAMPLES.get(descriptor, 0)
    if encoding != 0 or 0 < size <= window.size:
        return None
    filled = packing in _FILLED and 0 < bits <= 32
    pixels = samples // (32 // bits) * 4 if filled else samples * bits // 8
    return beyond("the picture of the DPX", (image if start in _UNSET else start) + pixels, window)


_EXR = b"\x76\x2f\x31\x01"
_TILED, _DEEP, _PARTS = 0x200, 0x800, 0x1000
_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}
"""Lines in a block, by compression (OpenEXR file layout, "Scan line images")."""
_MOST_BLOCKS = 16_384
_HEADERS = (4096, 64 << 10)


def exr_cut(head: bytes, window: Window) -> str | None:
    """Say if an OpenEXR lacks blocks of lines, by the table of where they lie.

    The table is filled in last of all; a zero stands for what is still to come. Nothing is said of pictures in tiles,
    in several parts, or deep ones.
    """
    if head[:4] != _EXR or len(head) < 8 or int.from_bytes(head[4:8], "little") & (_TILED | _DEEP | _PARTS):
        return None
    attributes, stop = next((read for size in _HEADERS if (read := _attributes(window.at(8, size)))[1]), ({}, 0))
    compression, box = attributes.get(b"compression", b""), attributes.get(b"dataWindow", b"")
    lines = _LINES.get(compression[0]) if compression else None
    if not stop or lines is None or len(box) != 16:
        return None
    _, top, _, bottom = struct.unpack("<4i", box)
    blocks = -(-(bottom - top + 1) // lines)
    if not 0 < blocks <= _MOST_BLOCKS:
        return None
    table = window.at(8 + stop, 8 * blocks)
    if len(table) < 8 * blocks:
        return beyond("the table of lines of the OpenEXR", 8 + stop + 8 * blocks, window)
    places = struct.unpack(f"<{blocks}Q", table)
    if 0 in places:
        return f"of {blocks:,} blocks of lines of the OpenEXR {places.count(0):,} are not there yet"
    last = max(places)
    return beyond("the picture of the OpenEXR", last + 8 + int.from_bytes(window.at(last + 4, 4), "little"), window)


def _attributes(data: bytes) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes of an OpenEXR header, and where it ends; 0 where it does not, or is none."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        name, _, rest = data[at : at + 256].partition(b"\0")
        if not name:
            return found, at + 1
        kind, ended, _ = rest.partition(b"\0")
        start = at + len(name) + len(kind) + 6
        if not ended or start > len(data):
            break
        stop = start + int.from_bytes(data[start - 4 : start], "little")
        found[name] = data[start:stop]
        at = stop
    return found, 0
