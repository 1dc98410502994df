"""A private folder beside the catalogue in which a copy is made and verified. One process at a time has it.

What a killed process left in it holds everything the catalogue and the personal store hold, so it goes at the next
chance: before the next copy, and whenever something is erased.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.catalogue import Opening
from provenance.errors import CatalogueLocked, CatalogueTrouble

LOCK_NAME = "copying.lock"
_ROOM = ".copying"


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """Yield an empty folder in `folder`, for this user alone; it is gone afterwards.

    Raises `CatalogueLocked` if another process keeps it for too long, `CatalogueTrouble` if it cannot be made.
    """
    with _alone(folder):
        room = folder / _ROOM
        try:
            if os.path.lexists(room):
                shutil.rmtree(room)
            room.mkdir(mode=0o700)
        except OSError as error:
            raise CatalogueTrouble(f"{room} cannot be made: {error.strerror}", help=_RIGHTS) from error
        try:
            yield room
        finally:
            shutil.rmtree(room)


def clear_leftovers(folder: Path) -> None:
    """Remove what a copy that was killed left behind; waits for one that is under way. Raises as `workroom` does."""
    if os.path.lexists(folder / _ROOM):
        with workroom(folder):
            pass


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock, which is the kernel's and goes with the process, however that ends."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CatalogueTrouble(f"{folder / LOCK_NAME} cannot be opened: {error.strerror}", help=_RIGHTS) from error
    try:
        _wait_for(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + Opening().wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise CatalogueLocked(f"another backup or restore works in {folder}") from error
            time.sleep(0.05)
        else:
            return


_RIGHTS = "Give the user that runs provenance the right to write the catalogue's folder."
