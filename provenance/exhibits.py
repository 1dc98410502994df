"""What a verdict was drawn from, as it is kept: raw credentials, XMP packets and fields with marks. Pure."""

import hashlib
import zlib

Kept = tuple[str, str, str, int, bytes]
"""One exhibit on its way in: kind, place in the file, SHA-256, size, and its bytes compressed; none where too large."""

LARGEST = 16 << 20
"""Bytes of one exhibit; of a larger one it is only known that it was there."""

_SAMPLE = 4096


def packed(kind: str, place: str, content: bytes) -> Kept:
    """Return some bytes as they are kept. What does not shrink, as most credentials with pictures, is not squeezed."""
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > LARGEST:
        return kind, place, digest, len(content), b""
    middle = max(0, len(content) // 2 - _SAMPLE // 2)
    sample = content[middle : middle + _SAMPLE]
    shrinks = len(content) <= _SAMPLE or len(zlib.compress(sample, 1)) < 0.9 * len(sample)
    return kind, place, digest, len(content), zlib.compress(content, 1 if shrinks else 0)


def unpacked(body: bytes, digest: str, size: int) -> bytes | None:
    """Return the bytes of an exhibit; None if they are not what was kept."""
    try:
        content = zlib.decompressobj().decompress(body, min(size, LARGEST) + 1)
    except (zlib.error, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None
