"""What can keep a file from being moved."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum


class Snag(Enum):
    """Why a file was not moved. Wherever this is said, it lies where it lay."""

    CHANGED = "changed"
    """It is not the version that was meant any more."""
    GONE = "gone"
    NOT_PERMITTED = "not-permitted"
    """The system does not let it be taken from where it lies."""
    LED_AWAY = "led-away"
    """A folder on the way to it is none: somebody put a link or a file in its place."""
    OCCUPIED = "occupied"
    """There is something already where it was to go."""
    UNWRITABLE = "unwritable"
    """Nothing can be put where it was to go."""
    FULL = "full"
    """There is no room where it was to go."""
    STORAGE = "storage"
    """The storage failed."""


class NotMoved(Exception):
    """A file was not moved. Says why, in a sentence that begins with its subject."""

    def __init__(self, snag: Snag, says: str) -> None:
        super().__init__(says)
        self.snag = snag
        self.says = says


_NOT_PERMITTED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_FOLDER = {errno.ENOTDIR, errno.ELOOP}


@contextmanager
def at_the_source() -> Iterator[None]:
    """Turn what the system says about where a file lies into `NotMoved`."""
    try:
        yield
    except OSError as error:
        raise NotMoved(_at_the_source(error), f"where it lies: {error.strerror or error}") from error


def _at_the_source(error: OSError) -> Snag:
    if error.errno == errno.ENOENT:
        return Snag.GONE
    if error.errno in _NO_FOLDER:
        return Snag.LED_AWAY
    return Snag.NOT_PERMITTED if error.errno in _NOT_PERMITTED else Snag.STORAGE


@contextmanager
def at_the_target() -> Iterator[None]:
    """Turn what the system says about where a file is to go into `NotMoved`."""
    try:
        yield
    except OSError as error:
        raise NotMoved(_at_the_target(error), f"where it is to go: {error.strerror or error}") from error


@contextmanager
def at_either(target: int) -> Iterator[None]:
    """Turn what the system says about a step that changes two folders into `NotMoved`.

    The system does not say which of them it means: it is the target's if nothing can be put there.
    """
    try:
        yield
    except OSError as error:
        full_or_taken = error.errno == errno.EEXIST or error.errno in _FULL
        with at_the_target() if full_or_taken or not writable(target) else at_the_source():
            raise


def writable(folder: int) -> bool:
    """Whether this user may put something into an open folder or take something out of it."""
    return os.access(".", os.W_OK | os.X_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids)


def _at_the_target(error: OSError) -> Snag:
    if error.errno == errno.EEXIST:
        return Snag.OCCUPIED
    if error.errno in _FULL:
        return Snag.FULL
    # A folder that is none, or that went while we looked at it, cannot be written to either.
    refused = error.errno in _NOT_PERMITTED | _NO_FOLDER | {errno.ENOENT, errno.ENAMETOOLONG}
    return Snag.UNWRITABLE if refused else Snag.STORAGE
