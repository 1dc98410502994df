"""When a file is finished. Pure: it knows looks and instants, and touches nothing.

What counts is what was observed: two looks at least `settle` seconds apart that found the same version, and no look
between them, nor either of the two, that found anything against it. A writer that is seen and gone again therefore
starts the window anew, and so does an error: who could not look saw no standstill.

Holes are the one thing that may be meant to be there. Alone they hold a file back for `sparse_after` instead of
`settle`, over which it must not change either.
"""

from dataclasses import dataclass

from watcher.probe import Look
from watcher.roots import Root
from watcher.sweep import Found
from watcher.wait import Wait

UNSEEN = Found(0, 0, 0, 0, 0)
"""In place of the version of a file that nobody could look at yet. No file has inode 0, so none is ever equal to it."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A file that is not finished. Instants are on the caller's monotonic clock, in seconds."""

    found: Found
    since: float
    """The first look from which on every look found this version, and nothing against it but, at most, holes."""
    first: float
    """When the path was first seen; versions come and go meanwhile."""
    waits: tuple[tuple[Wait, str], ...]
    """What the last look found against it. Empty: it only has to stay as it is a little longer."""
    stuck: bool
    """Whether it has not been finished for more than `stuck_after` seconds. It goes on being looked at."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is finished, in the version that settled."""

    found: Found


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such file any more."""


def step(was: Settling | None, look: Look, now: float, root: Root) -> Settling | Finished | Gone:
    """Return what a file is after one more look, made at `now`; `was` is what it was after the look before.

    A file that could not be looked at keeps the version it was last seen in, if any, and is neither finished nor gone.
    """
    if look.found is None and look.error is None:
        return Gone()
    waits = look.waits
    if look.error is not None and _undisturbed(waits):
        waits = (*waits, (Wait.UNREADABLE, look.error))
    found = look.found or (was.found if was else UNSEEN)
    first = was.first if was else now
    since = was.since if was and _goes_on(was, found, waits) else now
    needed = root.settle if not waits else max(root.settle, root.sparse_after)
    # A window that begins with this look is no window, and so is one over which the clock did not move.
    if now > since and now >= since + needed:
        return Finished(found)
    return Settling(found, since, first, waits, stuck=now > first + root.stuck_after)


def _goes_on(was: Settling, found: Found, waits: tuple[tuple[Wait, str], ...]) -> bool:
    """Whether the window that began at `was.since` goes on: the same version, undisturbed then and now.

    Holes that went without a change of the version were filled behind its back.
    """
    filled = bool(was.waits) and not waits
    return was.found == found and _undisturbed(was.waits) and _undisturbed(waits) and not filled


def _undisturbed(waits: tuple[tuple[Wait, str], ...]) -> bool:
    """Whether nothing speaks against a file but, at most, holes."""
    return all(wait is Wait.HOLES for wait, _ in waits)
