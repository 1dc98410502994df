"""What the watcher is given: somebody who knows what is recorded, and who keeps what is still waiting.

The watcher itself remembers nothing beyond its own process. Whatever it is told here it is told by rows that outlive
a kill, and whatever it finds out it hands over before it relies on it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from watcher.settle import Settling
from watcher.sweep import Folder, Found


class Book(Protocol):
    """Knows what was taken in already, and is told of everything else. Never raises: it says when it cannot answer."""

    def news(self, root: str, folder: Folder) -> Sequence[tuple[bytes, Found]] | None:
        """Return the names in a listed folder whose bytes have to be taken in, and take note of what is gone from it.

        A folder with an error proves nothing about what is in it. None: ask again later.
        """

    def folder_gone(self, root: str, folder: bytes) -> bool:
        """Take note that a folder is not there any more, with all that was below it; False: tell again later."""

    def sweeping(self, root: str) -> None:
        """Take note that a look at everything begins."""

    def swept(self, root: str, listed: frozenset[bytes]) -> bool:
        """Take note that a root was looked at completely, and which folders there are; False: tell again later."""

    def waited(self, root: str) -> Mapping[bytes, float]:
        """Return what was waiting when the watcher last ended, with the seconds it had waited in all."""

    def keep_waiting(self, root: str, rows: Sequence[tuple[bytes, Settling]], over: Sequence[bytes]) -> bool:
        """Keep what waits and why, and forget what waits no longer; False: nothing was kept, tell again later."""
