"""Looking here and there into bytes of any size, without reading them all."""

from provenance.files import IN_MEMORY, BufferMedia, Media, PartMedia, find_first

_CHUNK = 4096
"""Bytes read ahead in large media: headers lie close to each other, and what lies between them is not wanted."""

_SEARCHED = 1 << 20
"""Bytes per read while searching."""


class Window:
    """A small cache over `Media`.

    What is small enough to be in memory already is used whole; of anything larger, or where all is to be read
    `piecewise`, only one chunk is kept. Offsets and lengths may be anything: what lies outside the bytes is simply not
    there.
    """

    __slots__ = ("_data", "_media", "_start", "_whole", "size")

    def __init__(self, media: Media, *, piecewise: bool = False) -> None:
        self._media = media
        self.size = media.size
        self._start = 0
        self._whole = self.size <= IN_MEMORY and not piecewise
        self._data = media.read(0, self.size) if self._whole else b""

    def at(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer where the bytes end."""
        start = offset - self._start
        stop = start + length
        if 0 <= start <= stop <= len(self._data):
            return self._data[start:stop]
        if length <= 0 or not 0 <= offset < self.size:
            return b""
        if self._whole:
            return self._data[offset : offset + length]
        if length >= _CHUNK:
            return self._media.read(offset, min(length, self.size - offset))
        self._data, self._start = self._media.read(offset, _CHUNK), offset
        return self._data[:length]

    def part(self, offset: int, length: int) -> Media:
        """Return some of the bytes as media of their own: what is small is copied, what is large stays where it is."""
        if length <= IN_MEMORY:
            return BufferMedia(self.at(offset, length))
        return PartMedia(self._media, offset, min(length, max(0, self.size - offset)))

    def last(self, length: int) -> bytes:
        """Return the last `length` bytes, fewer where there are not so many."""
        return self.at(max(0, self.size - length), length)

    def number(self, offset: int, length: int) -> int:
        """Return the unsigned big-endian number at `offset`, 0 where the bytes end."""
        return int.from_bytes(self.at(offset, length), "big")

    def find(self, needle: bytes, start: int, stop: int) -> int:
        """Return where `needle` first occurs from `start` on and before `stop`, or -1."""
        stop = min(stop, self.size)
        if self._whole:
            return find_first(self._data, needle, start, stop)
        while start < stop:
            length = min(_SEARCHED, stop - start)
            found = find_first(self.at(start, length), needle)
            if found >= 0:
                return start + found
            if length < _SEARCHED:
                return -1
            start += length - len(needle) + 1
        return -1
