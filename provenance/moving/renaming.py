"""Giving a file a name that nothing has yet, and taking a name away: the steps a move is made of.

All names are relative to the descriptors of their folders.
"""

import errno
import os
from collections.abc import Callable
from functools import cache

_NOREPLACE = 1
"""`RENAME_NOREPLACE` of renameat2(2)."""

_NO_SUCH_RENAME = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV}
_NO_LINK = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV}
_NAME_MAX = 255
"""Bytes in a name, on nearly every file system (pathconf(3) may say less)."""


class Unsupported(Exception):
    """It cannot be done this way on this machine, on this file system, or from one file system to another."""


Rename = Callable[[int, bytes, int, bytes], int]


@cache
def _renameat2() -> Rename | None:
    """Return the C library's renameat2(2) that never replaces; None where there is none (not Linux, an old library)."""
    try:
        import ctypes  # only whoever moves needs it

        found = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, AttributeError, OSError):
        return None
    found.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]

    def rename(source: int, name: bytes, target: int, new: bytes) -> int:
        return ctypes.get_errno() if found(source, name, target, new, _NOREPLACE) else 0

    return rename


def rename_new(source: int, name: bytes, target: int, new: bytes) -> None:
    """Rename, unless there is something at the new name: then `FileExistsError`.

    Raises `Unsupported` where no rename can promise that, `OSError` for anything else.
    """
    rename = _renameat2()
    if rename is None:
        raise Unsupported
    code = rename(source, name, target, new)
    if code in _NO_SUCH_RENAME:
        raise Unsupported
    if code:
        raise OSError(code, os.strerror(code), os.fsdecode(name))


def link_new(source: int, name: bytes, target: int, new: bytes) -> None:
    """Give a file a second name, unless there is something at it: then `FileExistsError`.

    Raises `Unsupported` where there are no hard links, or where nobody may link what belongs to others.
    """
    try:
        os.link(name, new, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NO_LINK:
            raise Unsupported from error
        raise


def publish(folder: int, aside: bytes, name: bytes) -> None:
    """Give a finished file its name in the same folder; `FileExistsError` if there is something at it.

    On a share that has neither such a rename nor hard links the name is looked at first: who takes it in the instant
    between is not seen.
    """
    try:
        rename_new(folder, aside, folder, name)
    except Unsupported:
        try:
            link_new(folder, aside, folder, name)
            os.unlink(aside, dir_fd=folder)
        except Unsupported:
            _rename_if_free(folder, aside, folder, name)


def step_aside(folder: int, name: bytes, aside: bytes) -> None:
    """Rename a file within its folder to a name that nobody else uses, so that it can be looked at before it goes."""
    try:
        rename_new(folder, name, folder, aside)
    except Unsupported:
        _rename_if_free(folder, name, folder, aside)


def _rename_if_free(source: int, name: bytes, target: int, new: bytes) -> None:
    if lstat(target, new) is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fsdecode(new))
    os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)


def put_back(source: int, name: bytes, target: int, new: bytes) -> bytes:
    """Rename to a name, or to a numbered one where somebody has taken it meanwhile; return which it was."""
    for candidate in (new, *(numbered(new, n) for n in range(2, 1000))):
        try:
            try:
                rename_new(source, name, target, candidate)
            except Unsupported:
                _rename_if_free(source, name, target, candidate)
        except FileExistsError:
            continue
        return candidate
    raise FileExistsError(errno.EEXIST, "a thousand names are taken", os.fsdecode(new))


def numbered(name: bytes, number: int) -> bytes:
    """Return a name with a number before its suffix, as long as a name may be."""
    stem, dot, suffix = name.rpartition(b".")
    if not stem:
        stem, dot, suffix = name, b"", b""
    return shortened(stem, b".%d%b%b" % (number, dot, suffix))


def shortened(stem: bytes, tail: bytes) -> bytes:
    """Return `stem` and `tail` as one name, bytes of the stem left out where they would be too many for one."""
    return stem[: max(1, _NAME_MAX - len(tail))] + tail


def lstat(folder: int, name: bytes) -> os.stat_result | None:
    """Return what lies at a name, without following it; None for nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def unlink_if_there(folder: int, name: bytes) -> None:
    """Take a name away, if it is there."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
