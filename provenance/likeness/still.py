"""Pictures as they are compressed: JPEG, PNG, TIFF and WebP, without anything that stands around the picture."""

import struct
import zlib
from collections.abc import Iterable

from provenance.containers.chain import COM, Chain
from provenance.containers.directory import Entry, Layout, layout_of, read_directory
from provenance.containers.window import Window
from provenance.files import Media
from provenance.likeness.parts import WHOLE, Parts, Span, has_values
from provenance.sameness import SHAPE, STILL, VERSION, Likeness

FEWEST = 10_000
"""Pixels: of less are icons, swatches and thumbnails made, and many of them are the same without being related."""

_EMPTIEST = 4
"""Pixels to one bit. What takes less than a bit for so many is a plain area, a mask or a ramp; pictures take several
times as much, in whatever form. What is not compressed, or badly, is measured as if it were."""

_REPEATS = 0.5
"""What can be compressed to that share is worth measuring; what is well compressed cannot."""

_SAMPLE = 512

_NEAR, _STRETCH, _WORD = 4, 8 << 10, 8
"""What takes no more than so many times that is looked at more closely: LZW, and JPEG with all its colours, take as
much for bars, and write them the same way again only some kilobytes later."""
_WORDS = (0, 127)

_MOST = 200_000
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG that begin a frame (ITU-T T.81, table B.1)."""
_APP_0 = 0xE0


def _still(
    parts: Parts, size: tuple[int, ...], head: bytes, shape: bytes = b"", scan: Parts | None = None
) -> tuple[Likeness, ...]:
    """Return the likenesses of a picture: what has to be in common to be compared, and what is coded, if it says much.

    `head` is what else belongs to the picture, and to its digest. `scan` is the picture without what only says how to
    decode it, where `parts` are more than that.
    """
    said = scan or parts
    pixels = size[0] * size[1]
    if pixels < FEWEST or max(size) >= 1 << 32:
        return ()
    least = pixels / (8 * _EMPTIEST)
    shaped = (SHAPE, VERSION, struct.pack(">II", *size) + shape)
    if not parts.is_whole or parts.size > WHOLE or said.size < least:
        return (shaped,)
    if _repeats(said, least) and said.is_less_than(least):  # what hardly compresses what it holds: the same bar
        return (shaped,)
    return shaped, (STILL, VERSION, parts.digest(head))


def _repeats(parts: Parts, least: float) -> bool:
    """Whether what is coded may be compressed much further. One look at its middle mostly tells that it may not."""
    if parts.size <= _NEAR * least:
        stretch = parts.middle(_STRETCH)
        again = any(stretch.rfind(stretch[at : at + _WORD]) > at for at in _WORDS)
        return again and len(zlib.compress(stretch, 1)) < _REPEATS * len(stretch)
    at, length = parts.spans[len(parts.spans) // 2]
    middle = parts.media.read(at + length // 2, min(_SAMPLE, length - length // 2))
    return not has_values(middle, _SAMPLE // 4) and parts.is_empty(_REPEATS)


def jpeg(window: Window, media: Media, chain: Chain) -> tuple[Likeness, ...]:
    """Tables, frame, and all from the first scan on (ITU-T T.81, B.1), whatever stands in APP and COM segments.

    Its shape is one of its own: what is saved as JPEG is coded anew, and so no JPEG is worth decoding for its size.
    """
    if chain.broken is not None:
        return ()
    spans: list[Span] = []
    size, start, stop, several = (0, 0), 0, 0, False
    for segment in chain.segments:
        code = segment.code
        if code & 0xF0 == _APP_0 or code == COM:
            several = several or (code == _APP_0 + 2 and window.at(segment.at + 4, 4) == b"MPF\0")
            continue
        if segment.at != stop:  # most tables follow one another, and are one span
            spans.append((start, stop - start))
            start = segment.at
        stop = segment.stop
        if code in _FRAMES:
            frame = window.at(segment.at + 5, 4)
            size = (int.from_bytes(frame[2:], "big"), int.from_bytes(frame[:2], "big"))
    if chain.end != stop:
        spans.append((start, stop - start))
        start = chain.end
    end = _end(window, chain.end, search=several)
    spans.append((start, end - start))
    scan = Parts(media, ((chain.end, end - chain.end),))
    return _still(Parts(media, tuple(spans)), size, b"jpeg", b"jpeg", scan)


_EOI = b"\xff\xd9"


def _end(window: Window, scan: int, *, search: bool) -> int:
    """Return where the picture ends. Mostly that is the end of the file, and then nobody has to look for it."""
    tail = window.last(64).rstrip(b"\0")
    if tail.endswith(_EOI) and not search:
        return window.size - min(64, window.size) + len(tail)
    found = window.find(_EOI, scan, window.size)
    return found + 2 if found >= 0 else window.size


def png(window: Window, media: Media) -> tuple[Likeness, ...]:
    """Header, palette, transparency and picture (PNG, third edition, 11.2), however it is cut into chunks."""
    spans: list[Span] = []
    head, at = b"", 8
    for _ in range(_MOST):
        start = window.at(at, 8)
        length, kind = int.from_bytes(start[:4], "big"), start[4:]
        if kind in {b"IHDR", b"PLTE", b"tRNS"}:
            head += start + window.at(at + 8, length)
        elif kind == b"IDAT":
            spans.append((at + 8, length))
        elif kind == b"IEND" or len(kind) < 4:
            break
        at += 12 + length
    size = struct.unpack_from(">II", head, 8)
    return _still(Parts(media, tuple(spans)), size, b"png" + head)


def webp(window: Window, media: Media) -> tuple[Likeness, ...]:
    """The chunks of picture, alpha and animation (RFC 9649, 2.3 to 2.7)."""
    spans: list[Span] = []
    size = (0, 0)
    at = 12
    for _ in range(_MOST):
        head = window.at(at, 18)
        if len(head) < 8:
            break
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        if kind in {b"VP8 ", b"VP8L", b"ALPH", b"ANMF"}:
            spans.append((at + 8, length))
            size = size if any(size) else _webp_size(kind, window.at(at + 8, 10))
        elif kind == b"VP8X":
            wide, high = head[12:15], head[15:18]
            size = (int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1)
        at += 8 + length + length % 2
    return _still(Parts(media, tuple(spans)), size, b"webp")


def _webp_size(kind: bytes, head: bytes) -> tuple[int, int]:
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        wide, high = struct.unpack_from("<HH", head, 6)
        return wide & 0x3FFF, high & 0x3FFF
    return 0, 0


_DECIDING = (256, 257, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339)
"""Of a TIFF: what has to be known to decode its strips (TIFF 6.0, section 8)."""
_PLACES = ((273, 279), (324, 325))
_FILL = {"little": "<", "big": ">"}


def tiff(window: Window, media: Media) -> tuple[Likeness, ...]:
    """Strips and tiles of the first directory (TIFF 6.0, sections 3 and 15), and what it takes to decode them."""
    layout = layout_of(window.at(0, 16))
    if layout is None:
        return ()
    directory = read_directory(window, layout, layout.first)
    fields: dict[int, list[int]] = {}
    for entry in directory.entries:
        if entry.tag in _WANTED:
            fields.setdefault(entry.tag, []).extend(_numbers(window, layout, entry))
    if not (fields.get(256) and fields.get(257)):
        return ()
    spans = [s for at, long in _PLACES for s in zip(fields.get(at, ()), fields.get(long, ()), strict=False)]
    head = repr([(tag, tuple(fields[tag])) for tag in _DECIDING if tag in fields]).encode()
    return _still(Parts(media, tuple(spans)), (fields[256][0], fields[257][0]), b"tiff" + layout.order.encode() + head)


_WANTED = frozenset({*_DECIDING, *(tag for pair in _PLACES for tag in pair)})


_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}


def _numbers(window: Window, layout: Layout, entry: Entry) -> Iterable[int]:
    code = _CODES.get(entry.kind)
    if code is None or entry.count > _MOST:
        return ()
    data = window.at(*layout.span(entry))
    return (n for (n,) in struct.iter_unpack(_FILL[layout.order] + code, data))
