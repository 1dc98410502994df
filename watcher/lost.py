"""Why hints cannot be relied on, in words that say what to do."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import assert_never

_LIMITS = Path("/proc/sys/fs/inotify")


class Reason(Enum):
    """Why hints cannot be relied on."""

    OVERFLOW = "overflow"
    WATCH_LIMIT = "watch limit"
    INSTANCE_LIMIT = "instance limit"
    OBSERVER_DEAD = "observer dead"
    ROOT_GONE = "root gone"
    REFUSED = "refused"

    @property
    def lasts(self) -> bool:
        """Whether it stays as it is until somebody does something about it; else each time is a loss of its own."""
        return self not in {Reason.OVERFLOW, Reason.OBSERVER_DEAD}

    def pause(self, times: int) -> float:
        """Return how many seconds to wait before listening anew, after it did not help so many times."""
        first, longest = _PAUSES[self]
        return min(first * 2.0 ** min(times, 32), longest)


_PAUSES = {
    Reason.OVERFLOW: (1.0, 600.0),
    Reason.WATCH_LIMIT: (60.0, 3600.0),  # each time the whole root is listed, and somebody has to raise it first
    Reason.INSTANCE_LIMIT: (60.0, 600.0),
    Reason.OBSERVER_DEAD: (1.0, 600.0),
    Reason.ROOT_GONE: (1.0, 15.0),  # looking costs next to nothing
    Reason.REFUSED: (60.0, 600.0),
}


@dataclass(frozen=True, slots=True)
class Lost:
    """Changes of a root may have gone unheard: it is to be swept. `says` tells a person what to do."""

    root: str
    reason: Reason
    says: str


def in_words(reason: Reason, detail: str) -> str:
    """Return what happened and what to do; `detail` is what the system said, or how many folders have a watch."""
    match reason:
        case Reason.OVERFLOW:
            return (
                "changes came faster than they could be heard and some were dropped; everything is looked at again."
                f" If this happens often, raise {_limit('max_queued_events')}"
            )
        case Reason.WATCH_LIMIT:
            return (
                f"only {detail} folders can be watched; changes in the others are found by sweeps alone. Raise"
                f" {_limit('max_user_watches')} to twice the number of folders"
            )
        case Reason.INSTANCE_LIMIT:
            return (
                f"changes cannot be heard ({detail}) and are found by sweeps alone. Raise"
                f" {_limit('max_user_instances')}, or the limit on open files"
            )
        case Reason.OBSERVER_DEAD:
            return f"what listens for changes ended ({detail}); it is started again and everything is looked at"
        case Reason.ROOT_GONE:
            return f"the folder is not where it was ({detail}); changes are heard again once it is back"
        case Reason.REFUSED:
            return f"changes cannot be heard ({detail}) and are found by sweeps alone"
        case _:
            assert_never(reason)


def _limit(name: str) -> str:
    """Return a sysctl of inotify's with what it is set to, as far as that can be read."""
    try:
        return f"fs.inotify.{name} (now {(_LIMITS / name).read_text().strip()})"
    except OSError:
        return f"fs.inotify.{name}"
