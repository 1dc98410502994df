"""The folders at both ends of a move, opened one component after another, no link followed."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from watcher.opening import opened_folder

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE = 0o700

_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What file systems answer that cannot sync a folder: some network shares."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A name in a tree. Nothing below `root` is followed as a link; `root` itself somebody chose."""

    root: bytes
    path: bytes

    @property
    def folder(self) -> bytes:
        """The path of its folder below the root."""
        return self.path.rpartition(b"/")[0]

    @property
    def name(self) -> bytes:
        """Its last component."""
        return self.path.rpartition(b"/")[2]

    @property
    def absolute(self) -> bytes:
        """The whole path."""
        return os.path.join(self.root, self.path)


@contextmanager
def made_folder(spot: Spot, mode: int) -> Iterator[int]:
    """Yield a descriptor of the folder a file is to go to, making what is missing of it below the root.

    Raises `OSError`; also where the root is missing, which nobody makes here: it may be a share that is not mounted.
    """
    with opened_folder(spot.root, b"") as root:
        at = os.dup(root)
    try:
        for part in spot.folder.split(b"/") if spot.folder else []:
            deeper = _entered(at, part, mode)
            os.close(at)
            at = deeper
        yield at
    finally:
        os.close(at)


def _entered(at: int, part: bytes, mode: int) -> int:
    if part in {b"", b".", b".."}:
        raise ValueError(f"not a path below its root: {part!r}")
    try:
        return os.open(part, _FOLDER, dir_fd=at)
    except FileNotFoundError:
        with suppress(FileExistsError):  # somebody else made it just now
            os.mkdir(part, mode, dir_fd=at)
        sync_descriptor(at)
        return os.open(part, _FOLDER, dir_fd=at)


def make_root(root: Path) -> None:
    """Make a folder and those above it that are missing, for this user alone. Raises `OSError`."""
    for missing in reversed([f for f in (root, *root.parents) if not f.exists()]):
        missing.mkdir(PRIVATE, exist_ok=True)


def sync_descriptor(folder: int) -> None:
    """Make the names in an open folder durable, where its file system can."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def sync_folders(spots: Iterable[Spot]) -> None:
    """Make the names in the folders of some files durable, each folder once. One that is gone needs it no more."""
    for root, folder in sorted({(s.root, s.folder) for s in spots}):
        with suppress(FileNotFoundError, NotADirectoryError), opened_folder(root, folder) as at:
            sync_descriptor(at)


def prune(spot: Spot) -> None:
    """Remove the folders above a name that are empty now, up to the root, which stays."""
    folder = spot.folder
    while folder:
        above, _, name = folder.rpartition(b"/")
        try:
            with opened_folder(spot.root, above) as at:
                os.rmdir(name, dir_fd=at)
        except OSError:
            return  # not empty, or not ours to remove: then it stays
        folder = above
