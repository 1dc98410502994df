"""What a process that looks at a root is given by tests: functions that hang, die or tell. Loads nothing else."""

import os
import signal
import sys
import time
from collections.abc import Iterator

from watcher.lister import About
from watcher.sweep import Folder, sweep


def by_content(descriptor: int) -> str | None:
    """Hang, die, or tell what is loaded, as the file says."""
    match os.pread(descriptor, 10, 0):
        case b"hang":
            time.sleep(86_400)
        case b"die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"exit":
            sys.exit(7)
        case b"loaded":
            return " ".join(sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names))
    return None


def hanging(root: bytes, *, skip: frozenset[bytes], start: bytes, about: About) -> Iterator[Folder]:
    """Walk as usual, and hang before every folder called `bad` for as long as there is a file called `broken`."""

    def hang(path: bytes) -> None:
        about(path)
        while path.endswith(b"bad") and os.path.exists(root + b"/broken"):  # noqa: PTH110
            time.sleep(0.01)

    return sweep(root, skip=skip, start=start, about=hang)
