"""Parts of a file that together are one thing, and the digest over them."""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

import xxhash

from provenance.files import BLOCK, BufferMedia, Media

WHOLE = 256 << 20
"""Up to so many bytes a track or picture is read a second time, whole. What is larger is known by parts of it."""

_PIECES, _PIECE = 256, 64 << 10
"""Parts that are read of what is larger, from its start to its end."""

_PROBES, _PROBE, _SAMPLE = 16, 256, 512
_SAYS_NOTHING = 0.08
"""What can be compressed to this share of itself is silence, a test tone or an empty picture. Coded pictures and sound
cannot be compressed any further; linear PCM of any recording keeps half of itself."""

LEAST = 4096
"""Bytes: less is too little to know anything by."""


def has_values(data: bytes, most: int) -> bool:
    """Whether bytes have more than so many values. Half of them mostly have, and tell it in half the time."""
    return len(set(data[: len(data) // 2])) > most or len(set(data)) > most


Span = tuple[int, int]
"""Offset and length of some bytes."""


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans with those made one that follow one another in the file."""
    whole: list[Span] = []
    for at, length in spans:
        if whole and sum(whole[-1]) == at:
            whole[-1] = (whole[-1][0], whole[-1][1] + length)
        else:
            whole.append((at, length))
    return tuple(whole)


class Parts(NamedTuple):
    """Spans of a file, in order, which together are one thing."""

    media: Media
    spans: tuple[Span, ...]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(length for _, length in self.spans)

    @property
    def is_whole(self) -> bool:
        """Whether they all lie within the file."""
        size = self.media.size
        return all(at >= 0 and length >= 0 and at + length <= size for at, length in self.spans)

    def digest(self, head: bytes = b"") -> bytes:
        """Return the digest over some bytes of ours and all parts.

        XXH3, with 128 bits. It costs a tenth of SHA-256, and nothing is trusted for it: whoever makes two files of the
        same value has had his own flagged.
        """
        digest = xxhash.xxh3_128(head)
        data = memoryview(self.media.read(0, self.media.size)) if isinstance(self.media, BufferMedia) else None
        for at, length in self.spans:
            if data is not None:
                digest.update(data[at : at + length])
                continue
            for start in range(at, at + length, BLOCK):
                digest.update(self.media.read(start, min(BLOCK, at + length - start)))
        return digest.digest()

    def sparse_digest(self, head: bytes = b"") -> bytes:
        """Return the digest over some bytes of ours, the size, and parts evenly taken from start to end."""
        digest = xxhash.xxh3_128(head + self.size.to_bytes(8, "big"))
        step = (self.size - _PIECE) // (_PIECES - 1)
        for piece in self._taken(range(0, step * _PIECES, step), _PIECE):
            digest.update(piece)
        return digest.digest()

    def says_nothing(self) -> bool:
        """Whether it is too short, or as empty as silence."""
        return self.size < LEAST or self.is_empty()

    def is_empty(self, share: float = _SAYS_NOTHING) -> bool:
        """Whether probes of it, taken evenly, can be compressed to less than a share: by default, as silence can."""
        size = self.size
        starts = range(0, size - _PROBE, max(1, size // _PROBES)) if size >= LEAST else range(1)
        probes = b"".join(self._taken(starts, _PROBE if size >= LEAST else LEAST))
        if has_values(probes[:: max(1, len(probes) // _SAMPLE)], _SAMPLE // 4):
            return False  # so many values have neither silence nor a tone, and nothing has to be compressed
        return len(zlib.compress(probes, 1)) < share * len(probes)

    def is_less_than(self, least: float) -> bool:
        """Whether it can be compressed to fewer bytes than that. Reads no further than to know it is not."""
        packer, packed = zlib.compressobj(), 0
        for at, length in self.spans:
            for start in range(at, at + length, BLOCK):
                packed += len(packer.compress(self.media.read(start, min(BLOCK, at + length - start))))
                if packed >= least:
                    return False
        return packed + len(packer.flush()) < least

    def middle(self, length: int) -> bytes:
        """Return so many bytes from the middle of it, or all if there are fewer."""
        return b"".join(self._taken((max(0, (self.size - length) // 2),), length))

    def _taken(self, starts: Iterable[int], length: int) -> Iterator[bytes]:
        """Yield so many bytes from each of some offsets within the whole that the parts are."""
        if len(self.spans) == 1:
            ((begins, long),) = self.spans
            for start in starts:
                yield self.media.read(begins + start, max(0, min(length, long - start)))
            return
        ends = list(accumulate(long for _, long in self.spans))
        for start in starts:
            taken, at = bytearray(), start
            for n in range(bisect_right(ends, start), len(ends)):
                begins, long = self.spans[n]
                inside = at - (ends[n] - long)
                taken += self.media.read(begins + inside, min(length - len(taken), long - inside))
                at = ends[n]
                if len(taken) >= length:
                    break
            yield bytes(taken)
