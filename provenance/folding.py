"""Putting the frames of sequences together, however many files there are: rows wait on disk, memory stays flat."""

import struct
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from provenance.sequence import Sequence, groups, key_of
from provenance.spool import Row, Spool


class Fold(NamedTuple):
    """Frames that belong together, and what was kept of each, in order; or one file that is in no sequence.

    What is not taken is passed over. `again` has the same rows, to be gone through side by side or after; it is empty
    unless that was asked for.
    """

    sequence: Sequence | None
    rows: Iterator[bytes]
    again: Iterator[bytes]


_NUMBER = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_ALONE, _TOGETHER = b"\0a", b"\0s"


class Folding:
    """Takes rows about files in any order and gives them back in the order of paths, those of a sequence together.

    A sequence stands where what it is called would (`Sequence.path`). `folder` takes what is more than memory should
    hold, and must be local. Raises `CatalogueTrouble` as a `Spool` does.
    """

    def __init__(self, folder: Path, *, twice: bool = False) -> None:
        self._twice = twice
        self._frames = Spool(folder)
        self._rows = Spool(folder)
        self._count = 0

    def take(self, scope: bytes, path: bytes, row: bytes) -> None:
        """Keep what is to be said of a file; see `key_of` for `scope`."""
        key = key_of(scope, path)
        if key is None:
            self._put(path + _ALONE, row)
        else:
            self._frames.add(key, _LENGTH.pack(len(path)) + path + row)

    def _put(self, name: bytes, row: bytes) -> None:
        self._rows.add(name + _NUMBER.pack(self._count), row)
        self._count += 1

    def __iter__(self) -> Iterator[Fold]:
        """Yield everything, once; nothing may be taken any more."""
        self._sort_frames()
        rows, again = iter(self._rows), iter(self._rows) if self._twice else iter(())
        for name, same in groupby(self._rows, key=lambda r: r[0][: -_NUMBER.size]):
            if name.endswith(_ALONE):
                for _ in same:
                    yield Fold(None, _values(rows, 1), _values(again, 1))
                continue
            for sequence in groups(_split(row)[0] for _, row in same):
                once, twice = _members(rows, sequence.files), _members(again, sequence.files)
                yield Fold(sequence, once, twice)
                for rest in (once, twice):
                    for _ in rest:
                        pass

    def _sort_frames(self) -> None:
        """Put each frame where its sequence is to stand, or where it is itself if there is none."""
        rows = iter(self._frames)
        for sequence in groups(key for key, _ in self._frames):
            for key, row in islice(rows, sequence.files):
                if sequence.several:
                    name = sequence.path + b"\0" + sequence.scope + _TOGETHER
                    self._put(name, _LENGTH.pack(len(key)) + key + _split(row)[1])
                else:
                    path, kept = _split(row)
                    self._put(path + _ALONE, kept)


def _split(row: bytes) -> tuple[bytes, bytes]:
    """Return what stands before a row with its length, and the row."""
    end = _LENGTH.size + _LENGTH.unpack_from(row)[0]
    return row[_LENGTH.size : end], row[end:]


def _values(rows: Iterator[Row], count: int) -> Iterator[bytes]:
    """Take some rows at once, so that nobody has to go through them."""
    return iter([row for _, row in islice(rows, count)])


def _members(rows: Iterator[Row], count: int) -> Iterator[bytes]:
    return (_split(row)[1] for _, row in islice(rows, count))
