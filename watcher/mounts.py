"""What kind of storage something lies on, as the system lists its mounts.

Other systems than Linux have no such list; there nothing is known, and whoever asks has to do without.
"""

import os
import select
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from watcher.resolving import followed, keeps_silent

_NETWORK = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "coda", "cvfs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs"}
    | {"nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs"}
    | {"vmhgfs", "wekafs"}
)
"""File systems that others than this host's kernel can write to."""

_MOUNTS = Path("/proc/self/mountinfo")
_HANDLES = Path("/proc/self/fdinfo")


def is_network(kind: str | None) -> bool:
    """Whether a file system of this kind can change without this host's kernel noticing.

    So can whatever a FUSE program shows, and most of those are remote.
    """
    return kind is not None and (kind in _NETWORK or kind.partition(".")[0] in {"fuse", "fuseblk"})


def resolved(path: Path) -> Path:
    """Return where an absolute path leads, as `Path.resolve` does, without ever waiting long for other storage.

    Raises `OSError` for links in a circle.
    """
    return followed(path, network_mounts())


def is_silent(path: Path) -> bool:
    """Whether a path lies on other storage that does not answer: then nobody may look at it and hope to come back."""
    return keeps_silent(path, network_mounts())


def storage_of(path: Path) -> str | None:
    """Return the type of the file system an existing path lies on; None where the system does not say.

    Reads what proc(5) calls `/proc/[pid]/mountinfo`.
    """
    target, best, kind = os.fsencode(resolved(path)), -1, None
    for before, mounted in _mounts():
        point = _unescaped(before[4])
        inside = target == point or target.startswith(point.rstrip(b"/") + b"/")
        if inside and len(point) >= best:  # a later mount on the same point hides the earlier one
            best, kind = len(point), mounted
    return kind


def network_mounts() -> frozenset[bytes]:
    """Return where storage is mounted that is not this machine's own; empty where the system does not say."""
    return frozenset(_unescaped(before[4]) for before, kind in _mounts() if is_network(kind))


def storage_under(descriptor: int) -> str | None:
    """Return the type of the file system an open file lies on; None where the system does not say.

    The handle knows its mount (`mnt_id` in proc(5), `/proc/[pid]/fdinfo`), so no name is followed for this.
    """
    try:
        lines = (_HANDLES / str(descriptor)).read_bytes().splitlines()
    except OSError:
        return None
    mount = next((line.split()[1] for line in lines if line.startswith(b"mnt_id:")), None)
    return next((mounted for before, mounted in _mounts() if before[0] == mount), None)


def mounts_about(path: bytes) -> frozenset[tuple[bytes, bytes]]:
    """Return number and point of each mount at, above and below a path: what is mounted there is one of these."""
    target = os.path.realpath(path) + b"/"
    points = ((before[0], _unescaped(before[4])) for before, _ in _mounts())
    return frozenset((n, p) for n, p in points if target.startswith(p.rstrip(b"/") + b"/") or p.startswith(target))


class Changes:
    """Tells when anything was mounted or unmounted, at the cost of a poll (proc(5), `/proc/[pid]/mountinfo`).

    Where the system has no such list it never tells.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._list: BinaryIO | None = None
        with suppress(OSError):
            self._list = _MOUNTS.open("rb")
            self._poll.register(self._list, select.POLLPRI)

    def there(self) -> bool:
        """Whether there was a change since this was asked before."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Let go of the list."""
        if self._list is not None:
            self._poll.unregister(self._list)
            self._list.close()
            self._list = None


def _mounts() -> Iterator[tuple[list[bytes], str]]:
    """Yield every mount: the fields before the dash, and the type of file system."""
    try:
        mounts = _MOUNTS.read_bytes()
    except OSError:
        return
    for line in mounts.splitlines():
        before, _, after = line.partition(b" - ")
        yield before.split(b" "), after.split(b" ", 1)[0].decode(errors="replace")


def _unescaped(point: bytes) -> bytes:
    """Undo what mountinfo does to blanks and backslashes: three octal digits behind a backslash."""
    first, *rest = point.split(b"\\")
    return first + b"".join(bytes([int(part[:3], 8)]) + part[3:] for part in rest)
