"""Two trees, and a file on its way from one to the other."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.files import asset_of, stat_key
from provenance.moving import (
    NotMoved,
    Parcel,
    Snag,
    Spot,
    move,
    renaming,
)

NAME = b"reel\xff 1/h\nero.png"
DATA = b"some bytes of a picture" * 10_000
MARK = b".provenance-test"
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Ends:
    """Two trees, and how a file gets from one to the other."""

    way: str
    source: Path
    target: Path

    def write(self, data: bytes = DATA, name: bytes = NAME) -> Path:
        """Write a file into the first tree."""
        path = self.source / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def parcel(self, name: bytes = NAME) -> Parcel:
        """Return the file as it is now, on its way to the same place in the second tree."""
        source = Spot(os.fsencode(self.source), name)
        target = Spot(os.fsencode(self.target), name)
        digest = asset_of(Path(os.fsdecode(source.absolute)).read_bytes()).digest
        return Parcel(source, target, stat_key(os.lstat(source.absolute)), digest, MARK)

    def arrived(self, name: bytes = NAME) -> Path:
        """Return where it is to arrive."""
        return self.target / os.fsdecode(name)


@contextmanager
def on_another_device(path: Path) -> Iterator[Path]:
    """Yield a folder on another file system than `path` is on."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == path.stat().st_dev or not os.access(memory, os.W_OK):
        pytest.skip("there is no second file system to be had at /dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def ends_for(way: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """Yield two trees between which files get in a certain way."""
    (folder / "zone").mkdir()
    if way == "copy":
        with on_another_device(folder) as elsewhere:
            yield Ends(way, folder / "zone", elsewhere)
        return
    if way == "link":  # as on a system, or a share, that knows no rename which never replaces
        patch.setattr(renaming, "_renameat2", lambda: None)
    (folder / "kept").mkdir()
    yield Ends(way, folder / "zone", folder / "kept")


def refused(parcel: Parcel, what: Callable[[Parcel], object] = move) -> Snag:
    """Try, and return why it was refused."""
    with pytest.raises(NotMoved) as why:
        what(parcel)
    assert why.value.says
    return why.value.snag


@contextmanager
def as_nobody() -> Iterator[None]:
    """Do without the superuser's rights."""
    importlib.import_module("ctypes")  # which nobody may be able to read
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
