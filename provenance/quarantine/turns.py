"""Who moves now: a move that is under way is not one that was cut off.

Whoever moves files holds a lock that others who move may hold too; whoever mends holds it alone. The system drops the
lock of a process that ends, however it ends (flock(2)). It stands beside the catalogue, which lies on a local disk.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from provenance.catalogue import Catalogue
from provenance.errors import CatalogueTrouble

_LOCK = "quarantine.lock"


@contextmanager
def moving(catalogue: Catalogue) -> Iterator[None]:
    """Hold the lock while files are moved; waits while somebody mends."""
    with _opened(catalogue) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(catalogue: Catalogue) -> Iterator[bool]:
    """Hold the lock alone, if nobody moves anything now; yields whether that is so."""
    with _opened(catalogue) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _opened(catalogue: Catalogue) -> Iterator[int]:
    path = catalogue.path.with_name(_LOCK)
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        says = f"{path} cannot be opened: {error.strerror}"
        raise CatalogueTrouble(says, help="Make room, or give this user the right to write there.") from error
    try:
        yield lock
    finally:
        os.close(lock)
