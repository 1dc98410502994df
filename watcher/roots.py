"""What is to be watched, and what may be wrong with it."""

import os
from dataclasses import dataclass
from enum import Enum
from typing import Self


@dataclass(frozen=True, slots=True)
class Root:
    """A tree to be watched. `path` is absolute, `skip` are folders below it that belong to somebody else."""

    name: str
    path: bytes
    skip: frozenset[bytes]
    settle: float
    """Seconds without a change, and with nothing that speaks against it, after which a file is finished."""
    sweep: float
    """Seconds between two looks at everything."""
    events: bool
    """Whether hints are listened to; if not, only sweeps find anything."""
    apart: bool
    """Network storage: whatever touches it runs in a process of its own that can be killed."""
    first: bool
    """Whether what arrives here goes before what arrives elsewhere."""
    stuck_after: float = 86_400.0
    """Seconds after which a file that is not finished is shown to a person."""
    sparse_after: float = 3_600.0
    """Seconds for which holes alone, in a file that does not change, keep it waiting."""


class RootTrouble(Enum):
    """What may be wrong with a root itself. While it is, nothing below it is taken to be gone."""

    MISSING = "missing"
    REPLACED = "replaced"
    """Another folder of the same file system has its path now: the one that was met was renamed or removed."""
    UNMOUNTED = "unmounted"
    """Another file system is there now: what was mounted is gone, or something was mounted over it."""
    EMPTIED = "emptied"
    """It held something before, and holds nothing now. That is how a lost mount looks, and never a deletion of all."""
    STALLED = "stalled"
    """The storage does not answer."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Standing:
    """Which folder a root is: not its path, which may lead to another one by now, but its device and inode."""

    device: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        """Return the standing of a folder that was stat'ed."""
        return cls(found.st_dev, found.st_ino)
