"""Rows that may be more than memory should hold: kept aside on disk while they are many, given back in order."""

import heapq
import os
import struct
import tempfile
import weakref
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO

from provenance.errors import CatalogueTrouble

HELD = 1 << 20
"""Bytes of rows that are held in memory until they are sorted and put aside."""

_READ_AHEAD = 1 << 20
"""Bytes that are read ahead, for all that was put aside together."""
_LEAST = 1 << 10

_LENGTHS = struct.Struct("=II")

Row = tuple[bytes, bytes]
"""What a row is sorted by, and what it says."""


class Spool:
    """Rows that come back in the order of their keys; those of one key come in the order they went in.

    However many there are, memory holds about `held` bytes of them. The rest lies in a file without a name in
    `folder`, which only this process can read and which is gone with this object, however the process ends.
    Raises `CatalogueTrouble` if `folder` cannot take or give them: it is the catalogue's.
    """

    def __init__(self, folder: Path, held: int = HELD) -> None:
        self._folder = folder
        self._most = held
        self._held: list[Row] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []
        """Where in the file rows that are in order begin and end."""

    def add(self, key: bytes, value: bytes) -> None:
        """Keep a row."""
        self._held.append((key, value))
        self._size += len(key) + len(value)
        if self._size >= self._most:
            self._put_aside()

    def __iter__(self) -> Iterator[Row]:
        """Yield every row in order. It can be asked for again; nothing may be added meanwhile."""
        ahead = max(_LEAST, _READ_AHEAD // max(1, len(self._runs)))
        aside = (self._run(start, end, ahead) for start, end in self._runs)
        yield from heapq.merge(*aside, sorted(self._held, key=itemgetter(0)), key=itemgetter(0))

    def _put_aside(self) -> None:
        self._held.sort(key=itemgetter(0))
        rows = b"".join(part for k, v in self._held for part in (_LENGTHS.pack(len(k), len(v)), k, v))
        start = self._runs[-1][1] if self._runs else 0
        try:
            written = 0
            while written < len(rows):
                written += os.pwrite(self._descriptor(), rows[written:], start + written)
        except OSError as error:
            raise self._trouble(error) from error
        self._runs.append((start, start + len(rows)))
        self._held, self._size = [], 0

    def _descriptor(self) -> int:
        if self._file is None:
            # Beside the catalogue: the names in it are nobody else's business, and that disk is a local one.
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 (it lives as long as this)
            weakref.finalize(self, self._file.close)
        return self._file.fileno()

    def _run(self, start: int, end: int, ahead: int) -> Iterator[Row]:
        """Yield the rows of one stretch of the file, reading `ahead` bytes at a time, or one row where it is longer."""
        block, at = b"", 0
        while start < end or at < len(block):
            wanted = _LENGTHS.size
            if len(block) - at >= wanted:
                key, value = _LENGTHS.unpack_from(block, at)
                wanted += key + value
                if len(block) - at >= wanted:
                    begins = at + _LENGTHS.size
                    at += wanted
                    yield block[begins : begins + key], block[begins + key : at]
                    continue
            more = self._read(start, min(max(ahead, wanted - (len(block) - at)), end - start))
            block, at, start = block[at:] + more, 0, start + len(more)

    def _read(self, start: int, length: int) -> bytes:
        try:
            found = os.pread(self._descriptor(), length, start)
        except OSError as error:
            raise self._trouble(error) from error
        if not found:
            raise CatalogueTrouble(f"what was put aside in {self._folder} has been cut short", help=_ROOM)
        return found

    def _trouble(self, error: OSError) -> CatalogueTrouble:
        return CatalogueTrouble(f"nothing can be put aside in {self._folder}: {error.strerror or error}", help=_ROOM)


_ROOM = "Make room on the disk the catalogue is on, then run the command again."
