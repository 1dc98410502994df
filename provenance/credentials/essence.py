"""A digest over the media data alone, so that a signed copy can be held against the file it was made from.

The boxes are walked here once more, and differently, on purpose: the copy is not judged by the code that wrote it.
"""

import hashlib
import struct
from collections.abc import Iterator

from provenance.asset import Digest
from provenance.files import BLOCK, Media

Span = tuple[int, int]
"""Offset and length of some bytes."""

_RIFF_DATA = {b"data", b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"LIST"}
_MOST = 1_000_000


def essence_digest(media: Media) -> Digest | None:
    """Return SHA-256 over a file's pictures or sound as they are stored; None where we know no cheap way.

    Known: JPEG, PNG, TIFF, WebP, WAV, AVI, the MP4 family, MP3. Adding or removing metadata does not change it.
    """
    head = media.read(0, 12)
    if head[:2] == b"\xff\xd8":
        spans = _jpeg(media)
    elif head[:8] == b"\x89PNG\r\n\x1a\n":
        spans = _png(media)
    elif head[:4] == b"RIFF":
        spans = _riff(media)
    elif head[:4] in {b"II*\0", b"MM\0*"}:
        spans = _tiff(media, "<" if head[:2] == b"II" else ">")
    elif head[4:8] == b"ftyp" or head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"}:
        spans = _bmff(media)
    elif head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0"):
        spans = _mpeg_audio(media, head)
    else:
        return None
    digest, total = hashlib.sha256(), 0
    for start, length in spans:
        for at in range(start, start + length, BLOCK):
            part = media.read(at, min(BLOCK, start + length - at))
            digest.update(part)
            total += len(part)
    return Digest(digest.hexdigest()) if total else None


def _jpeg(media: Media) -> Iterator[Span]:
    """Tables and frame, then everything from the first scan on (ITU-T T.81, B.1)."""
    at = 2
    for _ in range(_MOST):
        head = media.read(at, 4)
        if len(head) < 4 or head[0] != 0xFF:
            return
        marker, length = head[1], int.from_bytes(head[2:4], "big")
        if marker == 0xDA:
            yield at, media.size - at
            return
        if marker not in {*range(0xE0, 0xF0), 0xFE}:
            yield at, length + 2
        at += length + 2


def _png(media: Media) -> Iterator[Span]:
    """Critical chunks: their names start with a capital (PNG, 5.4)."""
    at = 8
    for _ in range(_MOST):
        head = media.read(at, 8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        if head[4:5].isupper():
            yield at + 4, length + 4
        at += length + 12


def _riff(media: Media) -> Iterator[Span]:
    at = 12
    for _ in range(_MOST):
        head = media.read(at, 8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:8], "little")
        if head[:4] in _RIFF_DATA:
            yield at + 8, length
        at += 8 + length + length % 2


def _bmff(media: Media) -> Iterator[Span]:
    """Content of the `mdat` boxes (ISO/IEC 14496-12, 4.2 and 8.1.1)."""
    at = 0
    for _ in range(_MOST):
        head = media.read(at, 16)
        if len(head) < 8:
            return
        size, start = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, start = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = media.size - at
        if size < start:
            return
        if head[4:8] == b"mdat":
            yield at + start, size - start
        at += size


def _mpeg_audio(media: Media, head: bytes) -> Iterator[Span]:
    """Everything after an ID3v2 tag, whose size is written with seven bits a byte (ID3v2.4, 3.1)."""
    at = 0
    if head[:3] == b"ID3":
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    yield at, media.size - at


def _tiff(media: Media, order: str) -> Iterator[Span]:
    """Strips and tiles of the main chain of directories (TIFF 6.0, sections 2, 3 and 15)."""
    (at,) = struct.unpack(f"{order}I", media.read(4, 4).ljust(4, b"\0"))
    seen: set[int] = set()
    while at and at not in seen and len(seen) < 1000:
        seen.add(at)
        count = int.from_bytes(media.read(at, 2), "little" if order == "<" else "big")
        entries = media.read(at + 2, count * 12 + 4)
        fields = {}
        for entry in range(0, min(count * 12, len(entries) - 11), 12):
            tag, kind, number = struct.unpack_from(f"{order}HHI", entries, entry)
            if tag in {273, 279, 324, 325}:
                fields[tag] = _numbers(media, order, kind, number, at + 2 + entry + 8)
        for offsets, lengths in ((273, 279), (324, 325)):
            yield from zip(fields.get(offsets, ()), fields.get(lengths, ()), strict=False)
        at = int.from_bytes(entries[count * 12 : count * 12 + 4], "little" if order == "<" else "big")


def _numbers(media: Media, order: str, kind: int, number: int, at: int) -> tuple[int, ...]:
    """Return a field's SHORTs or LONGs; more than four bytes of them lie elsewhere."""
    code, size = {3: ("H", 2), 4: ("I", 4)}.get(kind, ("", 0))
    if not code or number > _MOST:
        return ()
    if number * size > 4:
        (at,) = struct.unpack(f"{order}I", media.read(at, 4).ljust(4, b"\0"))
    data = media.read(at, number * size)
    return struct.unpack(f"{order}{len(data) // size}{code}", data[: len(data) // size * size])
