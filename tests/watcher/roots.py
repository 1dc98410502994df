"""Roots to be watched, and waiting for what happens in other threads and processes."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from watcher.roots import Root

LONG = 30.0
"""Seconds until a test gives up waiting: nothing takes that long, however busy the machine."""


def root_at(path: Path, *, skip: frozenset[bytes] = frozenset(), events: bool = True, apart: bool = False) -> Root:
    """Return a root as a configuration would have it."""
    return Root(path.name, os.fsencode(path), skip, 5.0, 300.0, events, apart, first=False)


def eventually(true: Callable[[], bool]) -> None:
    """Return as soon as something is true; fail if it never is."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now
