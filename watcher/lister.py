"""Who looks at a root: what may be asked, and what the answers are.

Two can: `here.Here` in this process, `apart.Apart` in one of its own, for storage that may stop answering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from watcher.probe import Look
from watcher.roots import RootTrouble
from watcher.sweep import Folder


class NotProven(OSError):
    """Why a listing proves nothing about what is not in it, though the folder was listed, or was not tried."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as it was just now.

    A name that is not in it is not in the folder, unless `folder.error` is set. A folder that is no more has
    `FileNotFoundError` or `NotADirectoryError` there, and only if the root stood where it should.
    """

    folder: Folder


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep has ended: one for each that was asked for.

    `began` in seconds since the epoch. `complete`: each folder there is was listed without an error, and the root
    stood where it should from beginning to end; only then a file that was not met is gone.
    """

    began: float
    complete: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something is wrong with the root itself, from now on. `says` tells a person what, and what to do."""

    kind: RootTrouble
    says: str


Answer = Listed | Swept | Look | Trouble


class Sweeper(Protocol):
    """What walks a tree: `watcher.sweep.sweep`, or a test's."""

    def __call__(self, root: bytes, *, skip: frozenset[bytes], start: bytes, about: "About") -> Iterator[Folder]: ...


class About(Protocol):
    """Is told what is about to be touched, and again while that takes long."""

    def __call__(self, path: bytes, /) -> None: ...


class Lister(Protocol):
    """Looks at one root. Never raises for what it finds there.

    While something is wrong with the root, what is found is still told, but nothing is taken to be gone: listings
    have an error, sweeps are not complete, and a look that finds no file says why that proves nothing.
    """

    @property
    def busy(self) -> bool:
        """Whether `answers` has something to do or to tell right now."""

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the root now."""

    def sweep(self) -> None:
        """Look at everything. Asked again while that goes on, it is done once more after it."""

    def list(self, folder: bytes, *, deep: bool) -> None:
        """List one folder soon, before a sweep goes on; `deep`: and all below it."""

    def look(self, paths: Sequence[bytes]) -> None:
        """Look at files, before anything else. Each path is answered once, however often it was asked meanwhile."""

    def pause(self, paused: bool) -> None:
        """Let sweeps and deep lists wait, until told otherwise: there is no room for what they find."""

    def accept(self) -> None:
        """Take the root as it stands now for what it should be: a person said so."""

    def answers(self, budget: float) -> Sequence[Answer]:
        """Return what there is to tell, after about `budget` seconds at most."""

    def close(self) -> None:
        """Stop looking."""
