"""Whether anything speaks against a file being finished, asked of one open handle.

Each question can only say "not yet". That nothing is said proves nothing: the writer may be on another host, the file
system may know no holes. So a file also has to stay as it is for a while (`watcher.settle`).
"""

import errno
import fcntl
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from watcher.ignore import HEAD, calls_itself_apple_double, is_apple_double, temporary
from watcher.mounts import is_network, storage_under
from watcher.opening import NotRegular, opened_file, opened_folder
from watcher.sweep import Found
from watcher.wait import Wait

CutShort = Callable[[int], str | None]
"""Given a descriptor, says what is missing of the container; None if nothing can be said against it.

A function of a module, so that it can be handed to another process.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one path. `found` None and `error` None: there is no such file (any more).

    `error` says why it could not be opened or read; then `found` may be missing although the file is there.
    """

    path: bytes
    found: Found | None
    waits: tuple[tuple[Wait, str], ...]
    error: str | None


def unfinished(descriptor: int, path: bytes, cut_short: CutShort | None) -> dict[Wait, str]:
    """Return everything that speaks against an open file being finished, in words for a person.

    `descriptor` is open for reading only, and its position stays where it is; `path` is below the root. Whatever
    `cut_short` raises, and whatever the storage answers, is a reason to wait. Never raises for the file's sake.
    """
    waits: dict[Wait, str] = {}
    if maker := temporary(path):
        waits[Wait.NAME] = f"it has a name as given by {maker} to what is not finished"
    try:
        before = Found.of(found := os.fstat(descriptor))
        if _written_to(descriptor):
            waits[Wait.WRITER] = "a program has it open for writing"
        if says := _hollow(descriptor, found):
            waits[Wait.HOLES] = says
        name = path.rpartition(b"/")[2]
        if calls_itself_apple_double(name) and not is_apple_double(os.pread(descriptor, HEAD, 0)):
            waits[Wait.DISGUISE] = "its name says AppleDouble, the other half of a file, and its bytes do not"
        if cut_short is not None and (says := cut_short(descriptor)):
            waits[Wait.CUT_SHORT] = says
        if before != Found.of(os.fstat(descriptor)):
            waits[Wait.CHANGING] = "it changed while it was looked at"
    except OSError as error:
        waits[Wait.UNREADABLE] = _answer(error)
    except Exception as error:  # noqa: BLE001 (whatever a parser raises costs this file a wait, not the watch its life)
        waits[Wait.UNREADABLE] = f"looking into it failed: {type(error).__name__}: {error}"
    return waits


def look(root: bytes, path: bytes, cut_short: CutShort | None) -> Look:
    """Look at a file below a root, led nowhere by links. Never raises for the file's sake.

    What is no regular file (any more) is gone as a file. Where the root itself is not there, nothing below it is
    called gone.
    """
    try:
        with opened_file(root, path) as descriptor:
            waits = unfinished(descriptor, path, cut_short)
            found = Found.of(os.fstat(descriptor))  # last of all: what changed since the first look is seen by the next
        return Look(path, found, tuple(waits.items()), waits.get(Wait.UNREADABLE))
    except NotRegular:
        return Look(path, None, (), None)
    except (FileNotFoundError, NotADirectoryError) as error:
        return Look(path, None, (), None) if _stands(root) else _unseen(root, path, error)
    except OSError as error:
        return _unseen(root, path, error)


def _unseen(root: bytes, path: bytes, error: OSError) -> Look:
    """Return the look at a file that could not be opened, with as much of its stat as can be had."""
    if isinstance(error, BlockingIOError):
        # Somebody holds a write lease: a file server does so for a client that writes to its own cache (fcntl(2)).
        wait = (Wait.WRITER, "a program has it for itself, for writing")
    else:
        wait = (Wait.UNREADABLE, _answer(error))
    folder, _, name = path.rpartition(b"/")
    try:
        with opened_folder(root, folder) as parent:
            found = Found.of(os.stat(name, dir_fd=parent, follow_symlinks=False))
    except OSError as worse:
        return Look(path, None, (), _answer(worse))
    return Look(path, found, (wait,), wait[1])


def _stands(root: bytes) -> bool:
    try:
        with opened_folder(root, b""):
            return True
    except OSError:
        return False


def _answer(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "the operating system does not let this user read it; give the service's user the right to"
    return f"the storage answered: {error.strerror or error}"


_GIVEN = 0
_SERVED = frozenset({"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs"})
"""Where a lease is refused with EAGAIN because the server gave none, whether somebody writes or not.

So in Linux: `nfs4_add_lease` in fs/nfs/nfs4proc.c without a delegation, `cifs_setlease` in fs/smb/client/cifsfs.c
without an oplock. Taken for a writer, that would hold every file of a share for good.
"""


def _written_to(descriptor: int) -> bool:
    """Whether a file is known to be open for writing: then no read lease is given on it (fcntl(2), F_SETLEASE).

    Also a writer under another name of the file is seen, and one that closed its handle and kept a mapping. Nothing
    is seen of writers on other hosts, nor where leases are not to be had: the file belongs to another user and this
    process has no CAP_LEASE, or the file system has none.
    """
    answer = _take_lease(descriptor)
    if answer == _GIVEN:
        _give_back(descriptor)
    return answer == errno.EAGAIN and storage_under(descriptor) not in _SERVED


def _take_lease(descriptor: int) -> int:
    """Take a read lease and return `_GIVEN`, or the error's number.

    Who opens the file for writing while it stands waits until it is given back, some microseconds later (or fails, if
    it asked not to wait), and its holder gets a signal. That is SIGIO unless another is chosen, and SIGIO ends a
    process that did not see to it. SIGURG does nothing to one that did not.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno or errno.EINVAL
    return _GIVEN


def _give_back(descriptor: int) -> None:
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)


def _hollow(descriptor: int, found: os.stat_result) -> str | None:
    """Say where room was set aside that nothing was written to, None if nothing is known of any."""
    at = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        hole = os.lseek(descriptor, 0, os.SEEK_HOLE)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENXIO}:  # the file system knows none; there is no byte at all
            raise
        hole = found.st_size
    finally:
        os.lseek(descriptor, at, os.SEEK_SET)
    if hole < found.st_size:
        return f"nothing was written to it at byte {hole}, of {found.st_size}"
    if far_below(found.st_size, found.st_blocks) and (kind := storage_under(descriptor)) and keeps_count(kind):
        return f"its {found.st_size} bytes take only {found.st_blocks * _BLOCK} on the storage"
    return None


_BLOCK = 512
"""Bytes in a unit of `st_blocks` (inode(7)), whatever the file system's own blocks are."""

_ENOUGH = 1 << 20
"""Bytes below which it tells nothing how much room a file takes: small ones may lie in the folder's own blocks."""


def far_below(size: int, blocks: int) -> bool:
    """Whether a file takes so much less room than it has bytes that most of it cannot have been written."""
    return size >= _ENOUGH and blocks * _BLOCK * 8 < size


def keeps_count(kind: str) -> bool:
    """Whether the room a file takes is to be heeded on this kind of storage.

    Only on shares: local file systems say themselves where the holes are, and those that compress make little of
    much; a FUSE program says what it likes. A share that compresses makes a black film wait as if it had holes.
    """
    return is_network(kind) and not kind.startswith("fuse")
