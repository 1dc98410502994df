"""What a verdict was drawn from, as it is kept: raw credentials, XMP packets and fields with marks. Pure."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zstandard import ZstdCompressor

Kept = tuple[str, str, str, int, bytes]
"""One exhibit on its way in: kind, place in the file, SHA-256, size, and its bytes compressed; none where too large."""

LARGEST = 16 << 20
"""Bytes of one exhibit; of a larger one it is only known that it was there."""

_LEVEL = -3
"""Of Zstandard: a tenth of the time that any level of zlib takes for the few KiB that most exhibits have, for a seventh
more bytes (measured on the credentials of the benchmark's corpus)."""
_ZSTD = bytes.fromhex("28b52ffd")
"""How every frame of Zstandard begins (RFC 8878, 3.1.1). What was kept before is zlib, whose first byte is 78."""


def packed(kind: str, place: str, content: bytes) -> Kept:
    """Return some bytes as they are kept."""
    body = b"" if len(content) > LARGEST else _compressor().compress(content)
    return kind, place, hashlib.sha256(content).hexdigest(), len(content), body


@cache
def _compressor() -> "ZstdCompressor":
    """One for each process: it keeps its tables."""
    import zstandard

    return zstandard.ZstdCompressor(level=_LEVEL)


def unpacked(body: bytes, digest: str, size: int) -> bytes | None:
    """Return the bytes of an exhibit; None if they are not what was kept."""
    most = min(size, LARGEST)
    content = _from_zstd(body, most) if body.startswith(_ZSTD) else _from_zlib(body, most)
    return content if content is not None and hashlib.sha256(content).hexdigest() == digest else None


def _from_zstd(body: bytes, most: int) -> bytes | None:
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=LARGEST).stream_reader(body) as stream:
            return stream.read(most + 1)
    except zstandard.ZstdError:
        return None


def _from_zlib(body: bytes, most: int) -> bytes | None:
    import zlib

    try:
        return zlib.decompressobj().decompress(body, most + 1)
    except (zlib.error, ValueError):
        return None
