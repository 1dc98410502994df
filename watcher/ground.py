"""Whether a root still stands where it was first met.

A path may lead to another folder than it did: somebody renamed the first and made a second, or its storage is not
mounted. What is missing there is not gone.
"""

import os
import stat
from dataclasses import dataclass, replace
from itertools import islice

from watcher.lister import Trouble
from watcher.roots import Root, RootTrouble, Standing

_REMEMBERED = 64
"""So many of a root's entries are remembered, to know it again."""

_COMPARED = 10_000
"""So many of its entries are looked through for one that is remembered."""

_NOTHING_GONE = "Nothing below it is taken to be gone meanwhile"

Entry = tuple[bytes, int]
"""Name and inode of something that lies in a root."""


@dataclass(frozen=True, slots=True)
class Met:
    """As what a root was met: whether it ever held anything, which folder it is, and some of what lies in it."""

    held: bool = False
    standing: Standing | None = None
    entries: frozenset[Entry] = frozenset()


NEVER_MET = Met()


class Ground:
    """What one root stands on, compared with what it was met as before, by this object or another.

    A folder with another inode, or on another device, is the root if something lies in it that lay there before
    under the same name and inode (the same storage mounted again, or all of it moved into a new folder), or if
    nothing was ever seen where it was first met (a mount that came late). Else it is taken for the root when a person
    says so (`accept`). So is one that is empty now and held something before, unless something appears in it again.
    """

    def __init__(self, root: Root, met: Met) -> None:
        self._path = root.path
        self._emptied = False
        self.met = met

    def accept(self) -> None:
        """Take whatever stands there the next time for the root, empty or not."""
        self.met = NEVER_MET
        self._emptied = False

    def glance(self) -> Trouble | None:
        """Return what is wrong with the root, at the cost of one stat; whether it is empty is as `look` found it."""
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError) as error:
            return self._trouble(RootTrouble.MISSING, f"is not there ({error.strerror}). Mount it or put it back")
        except OSError as error:
            return self._unreadable(error)
        if not stat.S_ISDIR(found.st_mode):
            return self._trouble(RootTrouble.MISSING, "is not a folder")
        here = Standing.of(found)
        was = self.met.standing
        if was is None or not self.met.held:
            self.met = replace(self.met, standing=here)
        elif here.device != was.device:
            return self._trouble(RootTrouble.UNMOUNTED, "lies on other storage than before. Mount what belongs there")
        elif here.inode != was.inode:
            return self._trouble(RootTrouble.REPLACED, "is another folder than before. Put back what was there")
        return self._empty() if self._emptied else None

    def look(self) -> Trouble | None:
        """Return what is wrong with the root, with a look into it."""
        self._emptied = False
        trouble = self.glance()
        if trouble is not None and trouble.kind not in {RootTrouble.UNMOUNTED, RootTrouble.REPLACED}:
            return trouble
        try:
            with os.scandir(self._path) as scan:
                entries = [(e.name, e.inode()) for e in islice(scan, _REMEMBERED if trouble is None else _COMPARED)]
        except OSError as error:
            return self._unreadable(error)
        standing = self.met.standing
        if trouble is not None:
            known = self.met.entries
            if known.isdisjoint(entries) if known else not entries:
                return trouble
            standing = None  # it is the root after all, and known anew by the next glance
        if entries:
            self.met = Met(held=True, standing=standing, entries=frozenset(entries[:_REMEMBERED]))
            return None
        self._emptied = self.met.held
        return self._empty() if self._emptied else None

    def _empty(self) -> Trouble:
        return self._trouble(RootTrouble.EMPTIED, "held something before and is empty now. See that it is mounted")

    def _unreadable(self, error: OSError) -> Trouble:
        return self._trouble(RootTrouble.UNREADABLE, f"cannot be read ({error.strerror or error})")

    def _trouble(self, kind: RootTrouble, what: str) -> Trouble:
        return Trouble(kind, f"{os.fsdecode(self._path)!a} {what}. {_NOTHING_GONE}")
