"""One file, compressed: gzip (RFC 1952), bzip2, xz. It is decompressed in memory, within bounds, and examined."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from provenance.containers.family import Family
from provenance.containers.members import MOST_COPIED
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window
from provenance.files import BufferMedia


class Decompressor(Protocol):
    """What the standard library's decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _holder(media_type: str) -> Format:
    return Format(media_type, Carries.NO, holds_files=True)


_MEMORY = 128 << 20
_MAKERS: Final[dict[str, Callable[[], Decompressor]]] = {
    "application/gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS),
    "application/x-bzip2": bz2.BZ2Decompressor,
    "application/x-xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MEMORY),
}
_GZIP, _BZIP2, _XZ = map(_holder, _MAKERS)
_MOST_STREAMS = 4096
_PIECE = 1 << 20
DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


def _recognise(head: bytes, _window: Window) -> Format | None:
    if head.startswith(b"\x1f\x8b\x08") and len(head) > 10 and head[3] & 0xE0 == 0:
        return _GZIP
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return _BZIP2
    return _XZ if head.startswith(b"\xfd7zXZ\0") else None


def _walk(window: Window, notes: Notes) -> None:
    visitor, found = notes.visitor, _recognise(window.at(0, 64), window)
    if visitor is None or found is None:
        return
    notes.entered = True
    limit = min(MOST_COPIED, visitor.room)
    data, why = _all(window, _MAKERS[found.media_type], limit)
    visitor.take(len(data))
    if why is not None:
        notes.gap("inside", f"what is compressed in it was not examined: {why}")
    elif data and visitor.more():
        visitor.visit("inside, decompressed", BufferMedia(data))


def _all(window: Window, make: Callable[[], Decompressor], limit: int) -> tuple[bytes, str | None]:
    """Return all that is compressed, and why that is not to be had. Several streams may follow one another."""
    out, at, streams = bytearray(), 0, 0
    stream = make()
    try:
        while at < window.size:
            piece = window.at(at, _PIECE)
            at += len(piece)
            out += stream.decompress(piece, limit + 1 - len(out))
            if len(out) > limit:
                return bytes(out), f"it decompresses to more than {limit} bytes; unpack it to have it examined"
            if stream.eof and (at - len(stream.unused_data) < window.size):
                at -= len(stream.unused_data)
                if not any(window.at(at, _PIECE)) and window.size - at <= _PIECE:
                    break
                stream, streams = make(), streams + 1
                if streams > _MOST_STREAMS:
                    return bytes(out), "it is in too many pieces"
    except DAMAGE:
        return bytes(out), "its compression is damaged, or something stands behind it"
    return bytes(out), None if stream.eof else "it is cut short"


FAMILY = Family(_recognise, _walk)
