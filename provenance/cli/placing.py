"""Where what somebody asked for may be written: never among the material, never over anything, for this user alone."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from provenance.cli.writing import refused_to_write
from provenance.config import Config
from provenance.errors import DestinationExists, ZoneTrouble
from provenance.files import display, replacing, sync_folder

PRIVATE = 0o600


def free_place(config: Config, named: Path, what: str) -> Path:
    """Return the absolute path somebody named, with no link in its folder's.

    Raises `ZoneTrouble` where it lies in a zone or a quarantine, however it is reached; `DestinationExists` where there
    is something already.
    """
    absolute = Path.cwd() / named
    place = absolute.parent.resolve() / absolute.name
    for zone in config.zones:
        for root in (zone.root, zone.quarantine):
            if place == root or root in place.parents:
                raise ZoneTrouble(
                    f"{what} ({display(str(place))}) would lie among the material ({display(str(root))})",
                    help="Name a place outside the zones and their quarantines: what lies there may be delivered.",
                )
    if os.path.lexists(place):
        raise DestinationExists(f"{display(str(named))} is there already", help="Name another place.")
    return place


def write_private(place: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that only this user can read: all of it, or nothing. Raises `FileTrouble`."""
    try:
        with replacing(place, mode=PRIVATE) as stream:
            for piece in pieces:
                stream.write(piece)
    except OSError as error:
        raise refused_to_write(place, error) from error


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a folder that was just written."""

    name: str
    sha256: str
    size: int


SUMS = "SHA256SUMS"


class NewFolder:
    """A folder that only this user can read, which appears when all of it was written: all of it, or nothing.

    Use it as a context manager. What a killed process leaves behind begins with a dot and ends in `.part`.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._aside = place.with_name(f".{place.name}.{os.getpid()}.part")
        self._written: list[Written] = []

    def __enter__(self) -> Self:
        try:
            self._aside.mkdir(mode=0o700)
        except OSError as error:
            raise refused_to_write(self._place, error) from error
        return self

    def write(self, name: str, pieces: Iterable[bytes]) -> Written:
        """Write one file; raises `FileTrouble`."""
        path, digest, size = self._aside / name, hashlib.sha256(), 0
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE), "wb") as stream:
                for piece in pieces:
                    stream.write(piece)
                    digest.update(piece)
                    size += len(piece)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise refused_to_write(self._place, error) from error
        self._written.append(Written(name, digest.hexdigest(), size))
        return self._written[-1]

    def seal(self) -> Written:
        """Write the digests of everything, as `sha256sum -c` reads them, and put the folder in its place."""
        lines = [f"{w.sha256}  {w.name}\n" for w in sorted(self._written, key=lambda w: w.name)]
        sums = self.write(SUMS, (line.encode() for line in lines))
        try:
            self._aside.rename(self._place)
            sync_folder(self._place.parent)
        except OSError as error:
            raise refused_to_write(self._place, error) from error
        return sums

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)
