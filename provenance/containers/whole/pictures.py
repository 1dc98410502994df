"""Whether a JPEG, a PNG or a GIF is cut short."""

import re
from collections import Counter

from provenance.containers import gif, jpeg, png
from provenance.containers.whole.reach import TAIL, beyond
from provenance.containers.window import Window

_EOI = b"\xff\xd9"
_FILL = b"\0\t\n\r \x1a\xff"
"""What devices and transfers put behind a whole picture."""
_FILLED = 64
_MOST_SEGMENTS = 1024
_FOREIGN = re.compile(rb"\xff[^\x00\xc4\xcc\xd0-\xd7\xda\xdb\xdd\xff]")
"""What follows no 0xFF from the first scan to the last (ISO 10918-1, B.1.1.2): there it is zeros, restarts, and what
leads to a further scan."""
_STUFFED = (32, TAIL // 32)
_VARIED, _COMMON = 128, TAIL // 16
"""What a long piece of a scan is like: stuffed zeros, neither few nor many; many different bytes, and none of them very
common. Packed data has foreign markers; plain numbers and pixels, where they have none, are full of one byte."""


def jpeg_cut(head: bytes, window: Window) -> str | None:
    """Say if a JPEG ends in its header, or in a scan.

    Nothing is said of one that ends in anything else, for previews, films and makers' own data may stand behind a whole
    picture; nor of a long one whose last 64 KiB are very plain, or hold an end-of-image marker of whatever picture.
    """
    if jpeg.FAMILY.recognise(head, window) is None or window.last(_FILLED).rstrip(_FILL).endswith(_EOI):
        return None
    chain = jpeg.chain_of(window, _MOST_SEGMENTS)
    if chain.broken is not None:
        return "the JPEG ends within its header" if chain.short else None
    start = max(chain.end, window.size - TAIL)
    tail = window.at(start, TAIL)
    if _EOI in tail or _FOREIGN.search(tail):
        return None
    # Where the scan starts in what was read, there is no end of it anywhere.
    return "the JPEG ends within its picture" if start == chain.end or _is_scan(tail) else None


def _is_scan(data: bytes) -> bool:
    """Whether bytes without foreign markers are the entropy-coded data of a picture (ISO 10918-1, F.1.2.3)."""
    if not _STUFFED[0] <= data.count(b"\xff\0") <= _STUFFED[1]:
        return False
    counted = Counter(data)
    return len(counted) >= _VARIED and max(counted.values()) <= _COMMON


_IEND = b"IEND\xae\x42\x60\x82"
_FIRST = frozenset({b"IHDR", b"CgBI"})
"""The first chunk; Apple's own kind of PNG has one before it."""
_MOST_CHUNKS = 512
_LONGEST = 256 << 10


def png_cut(head: bytes, window: Window) -> str | None:
    """Say if the chunks of a PNG lead to the end of the file and to no IEND (PNG, third edition, 5.6).

    Nothing is said where they do not lead on, where there is an IEND in the last 64 KiB (something may stand behind
    it), nor of a picture of more than 512 chunks whose last ones do not show a chunk of the usual length.
    """
    if png.FAMILY.recognise(head, window) is None or window.last(len(_IEND)) == _IEND:
        return None
    if head[12:16] not in _FIRST and len(head) >= 16:
        return None
    if _IEND in window.last(TAIL):
        return None
    at, usual = 8, 0
    for _ in range(_MOST_CHUNKS):
        start = window.at(at, 8)
        if len(start) < 8:
            return "the PNG ends before its IEND chunk"
        kind, length = start[4:], int.from_bytes(start[:4], "big")
        stop = at + 12 + length
        if not kind.isalpha() or length >> 31:
            return None
        if stop > window.size:
            return beyond(f"the {kind.decode('ascii')} chunk of the PNG", stop, window)
        if kind == b"IEND":
            return None
        if kind == b"IDAT":
            usual = max(usual, length)
        at = stop
    return _cut_in_long_png(window, at, usual)


def _cut_in_long_png(window: Window, at: int, usual: int) -> str | None:
    """Say if the last chunk of the usual length in sight is not all there. Pictures are cut into equal chunks."""
    start = max(at, window.size - usual - 12)
    header = usual.to_bytes(4, "big") + b"IDAT"
    found = window.at(start, usual + 12).rfind(header) if 0 < usual <= _LONGEST else -1
    return beyond("the IDAT chunk of the PNG", start + found + 12 + usual, window) if found >= 0 else None


_LONG, _MOST_BLOCKS = 256 << 10, 4096
_FRAME = re.compile(rb"\x21\xf9\x04.{4}\x00(?=[\x21\x2c])", re.DOTALL)
"""A graphic control extension, and the beginning of what it is about (GIF89a, 23)."""
_ROW, _FULL = 16, 255


def gif_cut(head: bytes, window: Window) -> str | None:
    """Say if a GIF ends within a block (GIF89a, 15).

    Nothing is said of one that ends behind a block and has no trailer, for some writers leave it out. One of more than
    256 KiB is only followed from the last frame that starts in its last 64 KiB, or has to end in a row of full blocks.
    """
    if gif.FAMILY.recognise(head, window) is None or window.last(_FILLED).rstrip(b"\0").endswith(b"\x3b"):
        return None
    if window.size <= _LONG:
        inside = _ends_inside(window, 13 + _colours(window.number(10, 1)))
    else:
        tail = window.last(TAIL)
        frames = [found.start() for found in _FRAME.finditer(tail)]
        inside = _ends_inside(window, window.size - len(tail) + frames[-1]) if frames else _ends_in_row(tail)
    return "the GIF ends within a block" if inside else None


def _ends_inside(window: Window, at: int) -> bool:
    """Whether the blocks from `at` on lead behind the end of the file."""
    left = _MOST_BLOCKS
    while left > 0 and at < window.size:
        block = window.at(at, 10)
        if block[:1] == b"\x21":
            start = at + 2
        elif block[:1] == b"\x2c":
            start = at + 11 + (_colours(block[9]) if len(block) == 10 else 0)
        else:
            return False
        at, count = gif.skip(window, start, left)
        left -= 1 + count
    return left > 0 and at > window.size


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _ends_in_row(tail: bytes) -> bool:
    """Whether bytes end in a row of blocks of 255 bytes, as long pictures are cut into.

    Their lengths stand 256 bytes apart. Where several such rows show, it is no compressed picture.
    """
    step = _FULL + 1
    data = tail[-step * _ROW :]
    return sum(data[n::step] == bytes([_FULL]) * _ROW for n in range(step)) == 1
