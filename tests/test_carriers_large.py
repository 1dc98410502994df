"""A carrier of any size costs what its headers cost."""

import struct
from typing import BinaryIO

from provenance.carriers import look
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.files import streamed
from tests import packing as make
from tests.newsroom import MP4, media


class Sparse:
    """Media of any size: some bytes at the start, some at the end, zeros between; it counts what is read."""

    def __init__(self, start: bytes, size: int, end: bytes) -> None:
        self._start, self._end, self.size, self.count = start, end, size, 0

    def read(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        self.count += length
        out = bytearray(length)
        for at, data in ((0, self._start), (self.size - len(self._end), self._end)):
            first, last = max(at, offset), min(at + len(data), offset + length)
            if first < last:
                out[first - offset : last - offset] = data[first - at : last - at]
        return bytes(out)

    def stream(self) -> BinaryIO:
        return streamed(self)


def test_a_film_in_a_large_archive_costs_what_its_headers_cost() -> None:
    """Of an OTIOZ of 10 GiB with a film that is not compressed, next to nothing is read."""
    film, size, name = media(MP4), 10 << 30, b"media/a.mp4"
    at = film.index(b"mdat") - 4
    wide = struct.pack("<HHQQ", 1, 16, size, size)
    lengths = struct.pack("<IIIHH", 0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(wide))
    start = struct.pack("<4sHHHI", b"PK\3\4", 45, 0, 0, 0) + lengths + name + wide
    row = struct.pack("<4sHHHHI", b"PK\1\2", 45, 45, 0, 0, 0) + lengths + bytes(14) + name + wide
    stop = len(start) + size
    end = row + struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(row), stop)
    end += struct.pack("<4sIQI", b"PK\6\7", 0, stop + len(row), 1)
    end += make.ended(1, len(row), 0xFFFFFFFF)
    sparse = Sparse(start + film[:at] + struct.pack(">I4sQ", 1, b"mdat", size - at), stop + len(end), end)
    found = look(sparse, CredentialReader(Trust()))
    assert (found.container.format and found.container.format.media_type, found.gaps) == ("application/zip", ())
    assert sparse.count < 16 << 20
