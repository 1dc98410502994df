"""A copy of a file with all that belongs to it, and proof that it is one."""

import errno
import hashlib
import os
import stat

from provenance.asset import Digest
from provenance.files import BLOCK
from provenance.moving.snags import at_the_source, at_the_target

_ACL = "system.posix_acl_access"
"""An access control list as the system keeps it (acl(5)): an extended attribute that also sets the mode."""


_NOTHING = memoryview(bytes(BLOCK))


def copy_bytes(source: int, target: int) -> Digest:
    """Copy all bytes from one open file to an empty one, and return the digest of what was read.

    What is nothing but zeros takes no room: a file may have been given more room than there is on the other disk.
    Raises `NotMoved`, with which of the two disks it was.
    """
    seen, at = hashlib.sha256(), 0
    buffer = bytearray(BLOCK)
    view = memoryview(buffer)
    while count := _read(source, buffer, at):
        seen.update(view[:count])
        if view[:count] != _NOTHING[:count]:
            _write(target, view[:count], at)
        at += count
    with at_the_target():
        os.ftruncate(target, at)
    return Digest(seen.hexdigest())


def _read(source: int, buffer: bytearray, at: int) -> int:
    with at_the_source():
        return os.preadv(source, [buffer], at)


def _write(target: int, data: memoryview, at: int) -> None:
    with at_the_target():
        while data:
            done = os.pwrite(target, data, at)
            data, at = data[done:], at + done


def digest_of(descriptor: int) -> Digest:
    """Return the digest of an open file, read from its start."""
    seen, at = hashlib.sha256(), 0
    buffer = bytearray(BLOCK)
    view = memoryview(buffer)
    while count := os.preadv(descriptor, [buffer], at):
        seen.update(view[:count])
        at += count
    return Digest(seen.hexdigest())


def digest_on_disk(descriptor: int) -> Digest:
    """Write an open file out, and return the digest of what the disk has of it, not of what memory remembers."""
    os.fsync(descriptor)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    return digest_of(descriptor)


def dress(source: int, target: int) -> tuple[str, ...]:
    """Give a copy the owner, mode, extended attributes, access control list and times of its source.

    Returns what it could not be given: the system lets only a superuser give a file away, and not every file system
    keeps everything. A right to run as the owner is not passed on to another owner.
    """
    found = os.fstat(source)
    lost = [*_own(target, found)]
    names = os.listxattr(source) if hasattr(os, "listxattr") else []
    lost += _attributes(source, target, [n for n in names if n != _ACL])
    mode = stat.S_IMODE(found.st_mode)
    os.fchmod(target, mode & ~(stat.S_ISUID | stat.S_ISGID) if lost and lost[0] in {_OWNER, _GROUP} else mode)
    lost += _attributes(source, target, [n for n in names if n == _ACL])
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return tuple(lost)


_OWNER, _GROUP = "its owner", "its group"


def _own(target: int, found: os.stat_result) -> tuple[str, ...]:
    """Give a copy its owner and group, or else the group; return what it could not be given."""
    own = os.fstat(target)
    if (own.st_uid, own.st_gid) == (found.st_uid, found.st_gid):
        return ()
    try:
        os.fchown(target, found.st_uid, found.st_gid)
    except OSError as error:
        _refuse_surprises(error)
    else:
        return ()
    try:
        os.fchown(target, -1, found.st_gid)
    except OSError as error:
        _refuse_surprises(error)
        return (_OWNER, _GROUP) if own.st_uid != found.st_uid else (_GROUP,)
    return (_OWNER,)


def _attributes(source: int, target: int, names: list[str]) -> tuple[str, ...]:
    """Give a copy these extended attributes; return those it could not be given."""
    lost = []
    for name in names:
        try:
            value = os.getxattr(source, name)
        except OSError as error:
            if error.errno == errno.ENODATA:
                continue  # taken off meanwhile
            raise
        try:
            os.setxattr(target, name, value)
        except OSError as error:
            _refuse_surprises(error)
            lost.append("its access control list" if name == _ACL else f"its attribute {name}")
    return tuple(lost)


def _refuse_surprises(error: OSError) -> None:
    """Raise again what is neither a missing right nor a missing ability of the file system."""
    if error.errno not in {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS, errno.E2BIG}:
        raise error
