"""A destination that keeps nothing, for signing files that stay as they are."""

import io
from typing import BinaryIO


class Mirror(io.RawIOBase, BinaryIO):
    """Takes in a copy of a file that is already there, and reads back as that file.

    While it makes a sidecar the SDK writes the asset out unchanged and may read it again. For a film that would be
    a copy of terabytes, only to be thrown away.
    """

    def __init__(self, same: BinaryIO) -> None:
        super().__init__()
        self._same = same

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._same.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._same.seek(len(data), io.SEEK_CUR)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._same.seek(offset, whence)

    def tell(self) -> int:
        return self._same.tell()
