"""Walking a tree by descriptors: every folder with its files and their stat, and what could not be looked at.

A scan is the truth about which files exist; events only say where to look. Measured on 200,000 small files, walking
by descriptor is both the fastest way in Python and the one that cannot be led through a link.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from watcher.opening import Odd, kind_of, opened_folder

_ENCODING = sys.getfilesystemencoding()
"""Together with `surrogateescape` this is what `os.fsencode` does (PEP 383), without its checks for every name."""


class Found(NamedTuple):
    """What of a file's stat says which version it is, named as `os.stat_result` names it; times in nanoseconds.

    A folder may hold a million files, and a whole stat takes three times the room.
    """

    st_ino: int
    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_dev: int

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        """Return the part of a stat that is kept."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev)


@dataclass(slots=True)
class Folder:
    """One folder as it was when it was listed.

    `path` is below the root, in bytes, empty for the root itself. `files` are the regular files, in order of names;
    `odd` is everything else but folders. `error` says why the listing is missing or not complete: then absence of a
    name proves nothing.
    """

    path: bytes
    files: list[tuple[bytes, Found]] = field(default_factory=list)
    odd: list[tuple[bytes, Odd]] = field(default_factory=list)
    error: OSError | None = None


_KIND = stat.S_IFMT(0o177777)

BEAT = 1_024
"""After so many files of one folder `about` is told again."""


def sweep(
    root: bytes,
    *,
    skip: frozenset[bytes] = frozenset(),
    start: bytes = b"",
    about: Callable[[bytes], None] = lambda _: None,
) -> Iterator[Folder]:
    """Yield every folder at and below `start` under `root`, parents before children, names in order.

    Folders in `skip` (paths below the root) are left out: they belong to somebody else. A folder met twice (a bind
    mount that loops) is listed once and the second meeting has an error. Never raises for what lies below the root;
    raises `OSError` if the root itself cannot be opened.

    `about` is told the folder before it is looked at, and again while a large one is listed: if it is not called any
    more, that is where the storage does not answer.
    """
    about(start)
    with opened_folder(root, b""):
        pass
    met: set[tuple[int, int]] = set()
    pending = [start]
    while pending:
        path = pending.pop()
        about(path)
        folder = Folder(path)
        children: list[bytes] = []
        try:
            with opened_folder(root, path) as at:
                here = os.fstat(at)
                if (here.st_dev, here.st_ino) in met:
                    raise OSError(f"{os.fsdecode(path)!a} is a folder already listed under another path")
                met.add((here.st_dev, here.st_ino))
                _list(at, folder, children, here.st_dev, about)
        except OSError as error:
            folder.error = error
        prefix = path + b"/" if path else b""
        pending += [p for c in sorted(children, reverse=True) if (p := prefix + c) not in skip]
        yield folder


def _list(at: int, folder: Folder, children: list[bytes], device: int, about: Callable[[bytes], None]) -> None:
    """Fill a folder from its descriptor.

    Equal numbers are kept as one object: most files lie on their folder's device and were last changed when they were
    last written.
    """
    files, odd = folder.files, folder.odd
    new = tuple.__new__  # what `Found(...)` does, without a call in Python for every file
    for number, name in enumerate(sorted([text.encode(_ENCODING, "surrogateescape") for text in os.listdir(at)]), 1):
        if number % BEAT == 0:
            about(folder.path)
        try:
            found = os.stat(name, dir_fd=at, follow_symlinks=False)
        except FileNotFoundError:
            continue  # gone between the listing and the look: it is no longer there
        mode = found.st_mode
        if mode & _KIND == stat.S_IFREG:
            modified, changed, on = found.st_mtime_ns, found.st_ctime_ns, found.st_dev
            if changed == modified:
                changed = modified
            version = (found.st_ino, found.st_size, modified, changed, device if on == device else on)
            files.append((name, new(Found, version)))
        elif stat.S_ISDIR(mode):
            children.append(name)
        else:
            odd.append((name, kind_of(mode) or Odd.DEVICE))
