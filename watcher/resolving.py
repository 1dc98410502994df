"""Where a path really leads, found out without waiting for storage that may not answer.

A name on a share that stopped answering keeps whoever follows it for good, and no signal ends that. So only names on
this machine's own storage are followed here; where the way leads onto other storage, a process that can be left behind
is asked for the rest of it.
"""

import os
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess

PATIENCE: Final = 2.0
"""Seconds that storage gets to answer."""

SILENT: Final = 30.0
"""Seconds for which a mount that did not answer is not asked again."""

_MOST_LINKS: Final = 40
"""So many links the system follows in one path (path_resolution(7))."""

_ASK: Final = "import os, sys; sys.stdout.buffer.write(os.path.realpath(os.fsencode(sys.argv[1])))"

_silent_until: dict[bytes, float] = {}
_left_behind: list["subprocess.Popen[bytes]"] = []
"""Processes that wait for storage that does not answer. Kept, because nobody can end them."""


def followed(path: Path, mounts: Collection[bytes], patience: float = PATIENCE) -> Path:
    """Return where an absolute path leads, links followed, as far as can be found out in time.

    `mounts` are where storage is mounted that may not answer. What lies behind one that does not is returned as it was
    named. Raises `OSError` for links in a circle.
    """
    if not mounts:
        return path.resolve()
    waiting = os.fsencode(path.absolute()).split(b"/")[::-1]
    at, links = b"/", 0
    while waiting:
        part = waiting.pop()
        if part in {b"", b"."}:
            continue
        if part == b"..":
            at = at.rpartition(b"/")[0] or b"/"
            continue
        here = os.path.join(at, part)
        if here in mounts:
            return Path(os.fsdecode(_asked(here, b"/".join([here, *reversed(waiting)]), patience)))
        try:
            target = os.readlink(here)  # noqa: PTH115 (bytes: the name may not be UTF-8)
        except OSError:
            at = here  # no link, or nothing there: it is what it is called
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(f"too many links on the way to {path}")
        at = b"/" if target.startswith(b"/") else at
        waiting += target.split(b"/")[::-1]
    return Path(os.fsdecode(at))


def keeps_silent(path: Path, mounts: Collection[bytes], patience: float = PATIENCE) -> bool:
    """Whether a path, already followed, lies on storage among `mounts` that does not answer in time."""
    name = os.fsencode(path)
    mount = max((m for m in mounts if name == m or name.startswith(m.rstrip(b"/") + b"/")), key=len, default=None)
    if mount is None:
        return False
    _asked(mount, name, patience)
    return time.monotonic() < _silent_until.get(mount, 0.0)


def _asked(mount: bytes, path: bytes, patience: float) -> bytes:
    """Return where a path on a mount leads, by a process of its own; the path as it is named if none answers."""
    import subprocess  # few productions lie on a share

    plain = os.path.normpath(path)
    if time.monotonic() < _silent_until.get(mount, 0.0):
        return plain
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _ASK, os.fsdecode(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        answer, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        _left_behind.append(process)
        _silent_until[mount] = time.monotonic() + SILENT
        return plain
    return answer if process.returncode == 0 and answer else plain
