"""Since when a file has been unfinished, also under other names: renaming it over and over must not make it new."""

from collections import OrderedDict

from watcher.sweep import Found

MOST = 20_000
"""So many files are remembered that are not where they were any more."""


LARGE = 4096
"""Bytes from which files of one size under one inode are taken for one: it was touched. Locks and the like are less."""


class Firsts:
    """Knows files by their inodes. An inode may be given to another file: that one has another date and size."""

    def __init__(self) -> None:
        self._here: dict[tuple[int, int], tuple[Found, float]] = {}
        self._gone: OrderedDict[tuple[int, int], tuple[Found, float, float]] = OrderedDict()

    def note(self, found: Found, first: float) -> None:
        """Take note of an unfinished file that was first seen at an instant."""
        if found.st_ino:
            self._here[found.st_dev, found.st_ino] = found, first

    def of(self, found: Found, now: float) -> float | None:
        """Return when this very file was first seen unfinished, under whatever name; None if it was not."""
        key = found.st_dev, found.st_ino
        if (here := self._here.get(key)) is not None and _same(here[0], found):
            return here[1]
        if (gone := self._gone.get(key)) is not None and now <= gone[2] and _same(gone[0], found):
            return gone[1]
        return None

    def finished(self, found: Found) -> None:
        """Forget a file that is finished."""
        self._here.pop((found.st_dev, found.st_ino), None)

    def gone(self, found: Found, until: float) -> None:
        """Take note that a file is not where it was; it may turn up elsewhere until some instant."""
        key = found.st_dev, found.st_ino
        here = self._here.pop(key, None)
        if here is None:
            return
        self._gone[key] = *here, until
        self._gone.move_to_end(key)
        if len(self._gone) > MOST:
            self._gone.popitem(last=False)


def _same(one: Found, other: Found) -> bool:
    """Whether two looks at an inode saw the same file: a rename keeps its date, and touching it keeps its size."""
    return one.st_mtime_ns == other.st_mtime_ns or one.st_size == other.st_size >= LARGE
