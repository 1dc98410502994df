"""Files as bytes: read once for their digests, read here and there for their structure, written all at once or not."""

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import xxhash

from provenance.asset import Asset, Digest, FastDigest, StatKey

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 20
"""Bytes per read while hashing. Measured: anything from 64 KiB to 4 MiB is within 7 % of this."""

IN_MEMORY = 32 << 20
"""Files up to this many bytes are read once into memory; hashing, walking and the SDK then share that one buffer."""


def keep_freed_memory() -> None:
    """Have this process keep the memory that one file took for the next.

    Else the C library hands most of it back after each file and gets it again page by page, which is a tenth of the
    time a small file takes. It keeps twice as much as the largest block that was ever freed (mallopt(3),
    M_MMAP_THRESHOLD; glibc, up to 32 MiB), so one is freed that nobody ever touched. Elsewhere this does nothing.
    """
    bytes(IN_MEMORY - BLOCK)


class Media(Protocol):
    """Bytes that can be looked at anywhere without reading them all. Reads are bounded by the caller."""

    @property
    def size(self) -> int:
        """All bytes there are."""

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer only where the file ends."""

    def stream(self) -> BinaryIO:
        """Return a new seekable stream over the same bytes, at its start."""


class BufferMedia:
    """Media that is already in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def stream(self) -> BinaryIO:
        return io.BytesIO(self._data)


class PartMedia:
    """Some of the bytes of other media, where they are: nothing is copied."""

    def __init__(self, whole: Media, start: int, size: int) -> None:
        self._whole = whole
        self._start = start
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        return self._whole.read(self._start + offset, max(0, min(length, self._size - offset)))

    def stream(self) -> BinaryIO:
        return streamed(self)


def streamed(media: Media) -> BinaryIO:
    """Return a new seekable stream over media that have none of their own."""
    return io.BufferedReader(_Streamed(media), BLOCK)


class _Streamed(io.RawIOBase):
    """A seekable stream over media."""

    def __init__(self, media: Media) -> None:
        super().__init__()
        self._media = media
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._media.size}[whence]
        if start + offset < 0:
            raise ValueError("before the start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._media.read(self._at, len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


class Pace:
    """Keeps all reading that is told to it to so many bytes a second, by sleeping: others need the storage too."""

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._free_at = 0.0

    def took(self, size: int) -> None:
        """Note that bytes were read, and return when the next may be."""
        now = self._clock()
        self._free_at = max(now, self._free_at) + size / self._rate
        self._sleep(self._free_at - now)


class FileMedia:
    """Media behind an open descriptor, which stays the caller's."""

    def __init__(self, descriptor: int, pace: Pace | None = None) -> None:
        self._descriptor = descriptor
        self._pace = pace
        self._size = os.fstat(descriptor).st_size

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        data = os.pread(self._descriptor, length, offset)
        while len(data) < min(length, self._size - offset):
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        if self._pace is not None:
            self._pace.took(len(data))
        return data

    def stream(self) -> BinaryIO:
        if self._pace is not None:
            return io.BufferedReader(_Paced(os.dup(self._descriptor), self._pace), BLOCK)
        stream = os.fdopen(os.dup(self._descriptor), "rb")
        stream.seek(0)
        return stream


class _Paced(io.FileIO):
    """A stream of its own over a descriptor, from its start, that keeps to a pace."""

    def __init__(self, descriptor: int, pace: Pace) -> None:
        super().__init__(descriptor, "rb")
        self._pace = pace
        self.seek(0)

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        count = super().readinto(buffer)
        self._pace.took(count or 0)
        return count

    def readall(self) -> bytes:
        data = super().readall()
        self._pace.took(len(data))
        return data


def stat_key(found: os.stat_result) -> StatKey:
    """Return the part of a stat that says which version of a file this is."""
    return StatKey(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_once(descriptor: int, pace: Pace | None = None) -> tuple[Asset, Media]:
    """Read a file's bytes once, from its start to its end, and return its identity and a way to look inside.

    A small file's media is the buffer just read; a large one's is the descriptor. All reading keeps to the pace.
    """
    size = os.fstat(descriptor).st_size
    if size <= IN_MEMORY:
        # One byte more than expected: if it is there, the file grows, and whoever asked will find that out.
        data = FileMedia(descriptor, pace).read(0, size + 1)
        return asset_of(data), BufferMedia(data)
    return _hashed(descriptor, pace), FileMedia(descriptor, pace)


def asset_of(data: bytes) -> Asset:
    """Return the identity of bytes in memory."""
    return Asset(Digest(hashlib.sha256(data).hexdigest()), FastDigest(xxhash.xxh3_128_hexdigest(data)), len(data))


def _hashed(descriptor: int, pace: Pace | None) -> Asset:
    slow, fast, size = hashlib.sha256(), xxhash.xxh3_128(), 0
    buffer = bytearray(BLOCK)
    view = memoryview(buffer)
    while count := os.preadv(descriptor, [buffer], size):
        slow.update(view[:count])
        fast.update(view[:count])
        size += count
        if pace is not None:
            pace.took(count)
    return Asset(Digest(slow.hexdigest()), FastDigest(fast.hexdigest()), size)


def find_first(data: bytes, needle: bytes, start: int = 0, stop: int = sys.maxsize) -> int:
    """Return where `needle` first occurs in `data`, or -1, as `bytes.find` does.

    Mostly it does not occur, and CPython finds that out in half the time from the end (measured with 3.11).
    """
    return data.find(needle, start, stop) if data.rfind(needle, start, stop) >= 0 else -1


@contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes become `path` when the block ends well, durably and all at once.

    Written aside in the same folder, synced, renamed over, folder synced. If the block raises, nothing at `path`
    changes and nothing is left behind.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def display(path: bytes | str) -> str:
    """Return a path as one line a terminal shows harmlessly: control characters and undecodable bytes escaped."""
    text = os.fsdecode(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
