"""The floor: SHA-256 and the SDK's reader on every file, in as many processes as there are cores; nothing is recorded.

`python -m bench.floor FOLDER` is run as a process of its own, so that it pays for its start like what it is held
against. Bytes are read into memory once and shared by the hash and the reader, which is the fastest way there is; the
network stays off. A large file is hashed in blocks and read by the SDK from the disk. The reader is asked for its JSON,
and nobody looks at it.
"""

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from functools import cache
from multiprocessing import get_context
from typing import Any, BinaryIO

_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".wav": "audio/wav",
    ".mov": "video/quicktime",
}
_IN_MEMORY = 32 << 20
_QUIET = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
}


@cache
def _context() -> Any:
    import c2pa

    return c2pa.Context.from_dict(_QUIET)


def look(path: str) -> int:
    """Hash a file and read its credential; return its size."""
    media_type = _TYPES.get(os.path.splitext(path)[1])  # noqa: PTH122 (a path object a file would be measured too)
    with open(path, "rb") as stream:  # noqa: PTH123
        size = os.fstat(stream.fileno()).st_size
        if size > _IN_MEMORY:
            hashlib.file_digest(stream, "sha256")
            stream.seek(0)
            _read(media_type, stream)
            return size
        data = stream.read()
    hashlib.sha256(data).digest()
    _read(media_type, io.BytesIO(data))
    return size


def _read(media_type: str | None, stream: BinaryIO) -> None:
    import c2pa

    if media_type is None:
        return
    try:
        reader = c2pa.Reader.try_create(media_type, stream, None, _context())
    except c2pa.C2paError:
        return
    if reader is not None:
        with reader:
            reader.json()


def files_under(folder: str) -> Iterator[str]:
    """Yield every file's path."""
    for below, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(below, name)


def main(folder: str) -> None:
    """Look at every file under a folder and print how many there were, and their bytes."""
    with get_context("forkserver").Pool(len(os.sched_getaffinity(0))) as pool:
        sizes = list(pool.imap_unordered(look, files_under(folder), chunksize=16))
    print(len(sizes), sum(sizes))


if __name__ == "__main__":
    main(sys.argv[1])
