"""Opening what material holds, without being led anywhere: no link is followed, no pipe or device is opened.

Paths inside material are data somebody else wrote. Each component is opened relative to the one before with
`O_NOFOLLOW`, so a folder swapped for a link between two looks is refused instead of followed, and the last one is
opened without blocking and must be a regular file.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Self


class Odd(Enum):
    """What is no regular file and no folder."""

    LINK = "symbolic link"
    PIPE = "named pipe"
    SOCKET = "socket"
    DEVICE = "device"
    FOLDER = "folder"


class NotRegular(OSError):
    """The path is something else than a regular file; it was not opened."""

    def __init__(self, path: bytes, odd: Odd) -> None:
        super().__init__(f"{os.fsdecode(path)!a} is a {odd.value}")
        self.odd = odd


@dataclass(frozen=True, slots=True)
class _Flags:
    folder: int = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    file: int = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


_FLAGS = _Flags()


def kind_of(mode: int) -> Odd | None:
    """Return what an `st_mode` is if it is not a regular file, else None."""
    if stat.S_ISREG(mode):
        return None
    for test, odd in (
        (stat.S_ISLNK, Odd.LINK),
        (stat.S_ISFIFO, Odd.PIPE),
        (stat.S_ISSOCK, Odd.SOCKET),
        (stat.S_ISDIR, Odd.FOLDER),
    ):
        if test(mode):
            return odd
    return Odd.DEVICE


@contextmanager
def opened_folder(root: bytes, below: bytes) -> Iterator[int]:
    """Yield a descriptor of the folder `below` under `root`; raises `OSError` where a component is a link.

    `root` itself may be reached through links: a person chose it.
    """
    at = _open_folder(root, below)
    try:
        yield at
    finally:
        os.close(at)


def _open_folder(root: bytes, below: bytes) -> int:
    parts = below.split(b"/") if below else []
    for part in parts:
        _refuse_stepping_out(part, below)
    at = os.open(root, _FLAGS.folder & ~os.O_NOFOLLOW)
    for part in parts:
        try:
            deeper = os.open(part, _FLAGS.folder, dir_fd=at)
        finally:
            os.close(at)
        at = deeper
    return at


class LastFolder:
    """The folder that was opened last, kept open: files that lie together share the way there from the root.

    A context manager. Whoever opens files through it must look by their path again when done: a folder that was moved
    away meanwhile is still the one that is open here.
    """

    def __init__(self) -> None:
        self._name: tuple[bytes, bytes] | None = None
        self._at = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def at(self, root: bytes, below: bytes) -> int:
        """Return a descriptor as `opened_folder` does; it is open until the next one is asked for."""
        if self._name != (root, below):
            self._close()
            self._at = _open_folder(root, below)
            self._name = (root, below)
        return self._at

    def _close(self) -> None:
        if self._name is not None:
            self._name = None
            os.close(self._at)


@contextmanager
def opened_file(root: bytes, below: bytes, last: LastFolder | None = None) -> Iterator[int]:
    """Yield a descriptor of the regular file `below` under `root`, opened for reading.

    Raises `NotRegular` for anything else, without opening it, and `OSError` for what the system says.
    """
    folder, _, name = below.rpartition(b"/")
    _refuse_stepping_out(name, below)
    if last is not None:
        descriptor = _open_file(last.at(root, folder), name, below)
    else:
        with opened_folder(root, folder) as parent:
            descriptor = _open_file(parent, name, below)
    try:
        _refuse_odd(os.fstat(descriptor).st_mode, below)
        yield descriptor
    finally:
        os.close(descriptor)


def stat_below(root: bytes, below: bytes) -> os.stat_result:
    """Return the stat of what `below` under `root` names now, itself if it is a link; raises `OSError`.

    A path may be longer than the system takes at once (PATH_MAX): then it is followed folder by folder.
    """
    try:
        return os.stat(os.path.join(root, below), follow_symlinks=False)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
    folder, _, name = below.rpartition(b"/")
    with opened_folder(root, folder) as parent:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)


def _open_file(parent: int, name: bytes, path: bytes) -> int:
    # Opening some devices has side effects, so look first; the look after opening is the one that counts.
    _refuse_odd(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode, path)
    return os.open(name, _FLAGS.file, dir_fd=parent)


def _refuse_odd(mode: int, path: bytes) -> None:
    odd = kind_of(mode)
    if odd is not None:
        raise NotRegular(path, odd)


def _refuse_stepping_out(part: bytes, path: bytes) -> None:
    if part in {b"", b".", b".."}:
        raise ValueError(f"not a path below its root: {path!r}")
