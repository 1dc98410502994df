"""The folders of a root that are worth a look."""

import threading
from collections.abc import Callable


class Dirty:
    """Folders that are worth a look, each once, at most `most` of them: beyond that the whole root is.

    Any thread may mark. `ring` is called when there is something to take where there was nothing.
    """

    def __init__(self, ring: Callable[[], None], most: int) -> None:
        self._ring = ring
        self._most = most
        self._lock = threading.Lock()
        self._folders: dict[bytes, bool] = {}

    def mark(self, folder: bytes, *, deep: bool = False) -> None:
        """Note that a folder is worth a look; `deep`: with all that is below it."""
        with self._lock:
            first = not self._folders
            if not self._folders.get(b"", False):
                self._folders[folder] = deep or self._folders.get(folder, False)
                if self._folders.get(b"", False) or len(self._folders) > self._most:
                    self._folders = {b"": True}
        if first:
            self._ring()

    def take(self) -> list[tuple[bytes, bool]]:
        """Return what was marked since the last time, with whether it is deep, without what lies below a deep one."""
        with self._lock:
            folders, self._folders = self._folders, {}
        deep = {f for f, is_deep in folders.items() if is_deep}
        if not deep:
            return list(folders.items())
        return [(f, is_deep) for f, is_deep in folders.items() if deep.isdisjoint(_above(f))]


def _above(folder: bytes) -> list[bytes]:
    """Return the folders that a folder lies in, up to the root."""
    found = []
    while folder:
        folder = folder.rpartition(b"/")[0]
        found.append(folder)
    return found
