"""Moving one file from one tree to another: by rename, by link, and by verified copy to another file system."""

import errno
import importlib
import os
import resource
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import Digest
from provenance.files import asset_of, stat_key
from provenance.moving import (
    NotMoved,
    Parcel,
    Snag,
    Spot,
    copy,
    move,
    numbered,
    prune,
    put,
    remove,
    renaming,
    resume,
    shortened,
)
from tests.quarantining import files_in

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


@pytest.fixture(params=["rename", "link", "copy"])
def ends(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """Two trees, once for each way."""
    with ends_for(request.param, tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def across(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """Two trees on two file systems."""
    with ends_for("copy", tmp_path, monkeypatch) as made:
        yield made


def refused(parcel: Parcel, what: Callable[[Parcel], object] = move) -> Snag:
    """Try, and return why it was refused."""
    with pytest.raises(NotMoved) as why:
        what(parcel)
    assert why.value.says
    return why.value.snag


# --- what is kept -----------------------------------------------------------------------------------------------------

ACL = struct.pack(
    "<IHHIHHIHHIHHIHHI", 2,
    0x01, 6, 0xFFFFFFFF, 0x02, 4, NOBODY, 0x04, 4, 0xFFFFFFFF, 0x10, 4, 0xFFFFFFFF, 0x20, 0, 0xFFFFFFFF,
)  # fmt: skip
"""rw for the owner, r for the group and for user 65534, nothing for others (acl(5), as Linux keeps it)."""


def dressed(path: Path) -> dict[str, bytes]:
    """Give a file an owner, a mode, times, and as many extended attributes as its file system takes."""
    path.chmod(0o640)
    given = {"user.colour": b"teal\0", "user.empty": b"", "system.posix_acl_access": ACL}
    kept = {}
    for name, value in given.items():
        try:
            os.setxattr(path, name, value)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
        else:
            kept[name] = value
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    os.utime(path, ns=(1_000_000_001, -2_000_000_003))
    return kept


def test_everything_that_belongs_to_a_file_is_kept(ends: Ends) -> None:
    """Bytes, owner, mode, access control list, extended attributes and times are the same where it arrives."""
    path = ends.write()
    given = dressed(path)
    before = path.stat()
    lost = move(ends.parcel())
    assert not path.exists()
    after = ends.arrived().stat()
    assert ends.arrived().read_bytes() == DATA
    assert (after.st_uid, after.st_gid, after.st_mode, after.st_mtime_ns) == (
        before.st_uid,
        before.st_gid,
        before.st_mode,
        before.st_mtime_ns,
    )
    assert (after.st_ino == before.st_ino) == (ends.way != "copy")
    kept = {n: os.getxattr(ends.arrived(), n) for n in os.listxattr(ends.arrived())}
    missing = {n for n in given if kept.get(n) != given[n]}
    assert len(lost) == len(missing)  # a file system may not have them all: then it is said
    if not lost:
        assert {n: v for n, v in kept.items() if not n.startswith("security.")} == given


def test_folders_on_the_way_are_made_for_this_user_alone(ends: Ends) -> None:
    """Folders that are missing where a file arrives are made, closed to everybody else; nothing else is left there."""
    ends.write(name=b"a/b/c.png")
    before = os.umask(0)
    try:
        move(ends.parcel(b"a/b/c.png"))
    finally:
        os.umask(before)
    assert [(ends.target / f).stat().st_mode & 0o777 for f in ("a", "a/b")] == [0o700, 0o700]
    assert list(files_in(ends.target)) == ["a/b/c.png"]
    assert (ends.source / "a/b").is_dir()


def test_a_copy_leaves_the_source(ends: Ends) -> None:
    """A copy is another file with the same bytes, and its source stays as it was."""
    path = ends.write()
    before = path.stat()
    copy(ends.parcel())
    assert ends.arrived().read_bytes() == path.read_bytes() == DATA
    assert ends.arrived().stat().st_ino != before.st_ino
    assert path.stat().st_ctime_ns == before.st_ctime_ns


def test_the_longest_name_there_can_be(ends: Ends) -> None:
    """A name that fills the room for names is moved like any other."""
    name = b"x" * 251 + b".png"
    ends.write(name=name)
    move(ends.parcel(name))
    assert ends.arrived(name).read_bytes() == DATA


# --- what is refused --------------------------------------------------------------------------------------------------


def test_nothing_is_ever_replaced(ends: Ends) -> None:
    """Where there is something already, be it a link to nowhere, nothing is moved and both ends stay as they are."""
    path = ends.write()
    ends.arrived().parent.mkdir()
    ends.arrived().write_bytes(b"here first")
    assert refused(ends.parcel()) is Snag.OCCUPIED
    assert (path.read_bytes(), ends.arrived().read_bytes()) == (DATA, b"here first")
    ends.arrived().unlink()
    ends.arrived().symlink_to("nowhere")
    assert refused(ends.parcel()) is Snag.OCCUPIED
    assert ends.arrived().is_symlink()
    assert len([*ends.arrived().parent.iterdir()]) == 1


@pytest.mark.parametrize("change", ["appended", "rewritten", "replaced", "link", "folder", "pipe", "touched"])
def test_another_version_is_left_alone(ends: Ends, change: str) -> None:
    """What is not the version that was looked at any more stays where it lies, whatever it is now."""
    path = ends.write()
    parcel = ends.parcel()
    before = path.stat()
    if change == "appended":
        with path.open("ab") as stream:
            stream.write(b"!")
    elif change == "rewritten":  # same size, and the old time put back
        path.write_bytes(DATA[::-1])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "touched":
        path.touch()
    else:
        path.unlink()
        others: dict[str, Callable[[], object]] = {
            "replaced": lambda: path.write_bytes(DATA),
            "link": lambda: path.symlink_to("/etc/hostname"),
            "folder": path.mkdir,
            "pipe": lambda: os.mkfifo(path),
        }
        others[change]()
    now = path.lstat()
    assert refused(parcel) is Snag.CHANGED
    assert path.lstat().st_ctime_ns == now.st_ctime_ns
    assert files_in(ends.target) == {}


def test_what_is_gone_is_said_to_be(ends: Ends) -> None:
    """A file that is not there any more, or whose folder is not, is gone, and no folder is made for it."""
    path = ends.write()
    parcel = ends.parcel()
    path.unlink()
    assert refused(parcel) is Snag.GONE
    path.parent.rmdir()
    assert refused(parcel) is Snag.GONE


def test_a_folder_swapped_for_a_link_leads_nowhere(ends: Ends, tmp_path: Path) -> None:
    """A link in place of a folder is not followed: neither out of the one tree nor out of the other."""
    path = ends.write()
    parcel = ends.parcel()
    path.parent.rename(tmp_path / "elsewhere")
    path.parent.symlink_to(tmp_path / "elsewhere")
    assert refused(parcel) is Snag.LED_AWAY
    assert files_in(tmp_path / "elsewhere") == {"h\nero.png": DATA}
    path.parent.unlink()
    (tmp_path / "elsewhere").rename(path.parent)
    (tmp_path / "outside").mkdir()
    ends.arrived().parent.symlink_to(tmp_path / "outside")
    assert refused(parcel) is Snag.UNWRITABLE
    assert files_in(tmp_path / "outside") == {}


def test_a_tree_that_is_not_there_is_not_made(ends: Ends) -> None:
    """Where the tree it is to go to is missing, nothing is made in its stead: it may be a disk that is not mounted."""
    ends.write()
    parcel = ends.parcel()
    nowhere = replace(parcel, target=Spot(os.fsencode(ends.target / "not mounted"), NAME))
    assert refused(nowhere) is Snag.UNWRITABLE
    assert not (ends.target / "not mounted").exists()


@pytest.mark.parametrize("path", [b"../out.png", b"a/../../out.png", b"a//b.png", b"./a.png"])
def test_a_path_that_steps_out_is_a_mistake(ends: Ends, path: bytes) -> None:
    """A path with `..`, `.` or an empty part in it is refused at either end."""
    ends.write()
    parcel = ends.parcel()
    for wrong in (
        replace(parcel, target=Spot(parcel.target.root, path)),
        replace(parcel, source=Spot(parcel.source.root, path)),
    ):
        with pytest.raises((ValueError, NotMoved)):
            move(wrong)
    assert files_in(ends.target) == {}


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


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Two trees that anybody can get to, once for each way."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with ends_for(request.param, Path(folder), monkeypatch) as made:
            made.target.chmod(0o777)
            yield made


@pytest.mark.parametrize("public", ["rename", "link", "copy"], indirect=True)
def test_whose_right_is_missing_is_said(public: Ends) -> None:
    """Without the right to take a file away it stays, and so it does without the right to put it anywhere."""
    path = public.write()
    path.parent.chmod(0o555)
    with as_nobody():
        assert refused(public.parcel()) is Snag.NOT_PERMITTED
    path.parent.chmod(0o777)
    for folder in (public.target, public.arrived().parent):
        folder.chmod(0o555)
    with as_nobody():
        assert refused(public.parcel()) is Snag.UNWRITABLE
    assert path.read_bytes() == DATA
    assert files_in(public.target) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can make a file that is somebody else's")
@pytest.mark.parametrize("public", ["copy"], indirect=True)
def test_what_a_copy_cannot_be_given_is_said(public: Ends) -> None:
    """A copy made without the right to give files away says that the owner was lost, and runs as nobody else."""
    path = public.write()
    path.parent.chmod(0o777)
    os.chown(path, 1234, 2345)
    path.chmod(0o6755)
    with as_nobody():
        lost = move(public.parcel())
    assert lost[:2] == ("its owner", "its group")
    assert public.arrived().stat().st_mode & 0o7777 == 0o755


def test_a_full_disk_leaves_everything_as_it_was(across: Ends) -> None:
    """Where there is no room for a copy the file stays, and no part of a copy is left behind."""
    path = across.write()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, hard))
    try:
        snag = refused(across.parcel())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert snag is Snag.FULL
    assert path.read_bytes() == DATA
    assert files_in(across.target) == {}


# --- what somebody does meanwhile -------------------------------------------------------------------------------------

_STEP = {"rename": "rename_new", "link": "link_new", "copy": "step_aside"}
"""The step before which a name can still be given to another file, by the way a file is moved."""


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], object]) -> None:
    """Have something happen just before a step of a move, once."""
    module = sys.modules["provenance.moving.move"]
    real, pending = getattr(module, step), [act]

    def stepped(*arguments: Any, **named: Any) -> Any:
        if pending:
            pending.pop()()
        return real(*arguments, **named)

    monkeypatch.setattr(module, step, stepped)


def test_a_file_put_in_its_place_at_the_last_moment_is_not_taken(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is renamed over the other between the look and the move lies there afterwards, untouched."""
    path = ends.write()
    parcel = ends.parcel()
    new = ends.write(b"never looked at", b"new.png")
    meanwhile(monkeypatch, _STEP[ends.way], lambda: new.rename(path))
    assert refused(parcel) is Snag.CHANGED
    assert files_in(ends.source) == {os.fsdecode(NAME): b"never looked at"}
    assert files_in(ends.target) == {}


def test_what_was_moved_wrongly_finds_a_place_even_if_its_own_is_taken(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the name is given away a second time before the wrong file is put back, all are there in the end."""
    path = ends.write()
    parcel = ends.parcel()
    new = ends.write(b"never looked at", b"new.png")
    meanwhile(monkeypatch, _STEP[ends.way], lambda: new.rename(path))
    meanwhile(monkeypatch, "put_back", lambda: path.write_bytes(b"a third one"))
    assert refused(parcel) is Snag.CHANGED
    there = sorted(files_in(ends.source).values())
    # A second name that was made by mistake is taken away again: there the first was never given away.
    assert there == ([b"never looked at"] if ends.way == "link" else [b"a third one", b"never looked at"])
    assert files_in(ends.target) == {}


def test_a_writer_that_goes_on_undoes_the_move(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody who holds the file open writes on at the last moment, it lies where it lay, with what they wrote."""
    path = ends.write()
    parcel = ends.parcel()
    with path.open("ab", buffering=0) as writer:
        meanwhile(monkeypatch, _STEP[ends.way], lambda: writer.write(b" and more"))
        assert refused(parcel) is Snag.CHANGED
    assert files_in(ends.source) == {os.fsdecode(NAME): DATA + b" and more"}
    assert files_in(ends.target) == {}


def test_a_file_that_changes_while_it_is_copied_stays(across: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written to while it was copied stays, and its copy goes."""
    path = across.write()
    parcel = across.parcel()
    meanwhile(monkeypatch, "digest_on_disk", lambda: path.write_bytes(b"another"))
    assert refused(parcel) is Snag.CHANGED
    assert path.read_bytes() == b"another"
    assert files_in(across.target) == {}


def test_other_bytes_than_were_meant_are_not_taken(across: Ends) -> None:
    """A file whose bytes are not those that were looked at stays, even if nothing else of it changed."""
    path = across.write()
    assert refused(replace(across.parcel(), digest=Digest("0" * 64))) is Snag.CHANGED
    assert path.read_bytes() == DATA
    assert files_in(across.target) == {}


def test_a_copy_that_does_not_read_back_is_thrown_away(across: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that returns other bytes than were written to it does not get the only copy."""
    path = across.write()
    monkeypatch.setattr(sys.modules["provenance.moving.move"], "digest_on_disk", lambda _: Digest("0" * 64))
    assert refused(across.parcel()) is Snag.STORAGE
    assert path.read_bytes() == DATA
    assert files_in(across.target) == {}


@pytest.mark.parametrize("ends", ["rename", "link"], indirect=True)  # what arrives elsewhere is a copy that was proven
def test_what_took_the_place_of_a_file_is_put_back_after_a_kill(ends: Ends) -> None:
    """Killed right after the wrong file was moved, `resume` puts it back; the right one it leaves where it arrived."""
    ends.write()
    parcel = ends.parcel()
    (ends.source / os.fsdecode(NAME)).unlink()
    ends.arrived().parent.mkdir()
    ends.arrived().write_bytes(b"never looked at")
    assert resume(parcel) is False
    assert files_in(ends.source) == {os.fsdecode(NAME): b"never looked at"}
    ends.write()
    parcel = ends.parcel()
    move(parcel)
    assert resume(parcel) is True
    assert ends.arrived().read_bytes() == DATA


def test_where_others_write_nothing_is_taken_for_what_was_moved(ends: Ends) -> None:
    """Where anybody may put a file, `resume` leaves what lies there alone, and says that ours has not arrived."""
    ends.write()
    parcel = ends.parcel()
    ends.arrived().parent.mkdir()
    ends.arrived().write_bytes(b"somebody's")
    assert resume(parcel, private=False) is False
    assert files_in(ends.source) == {os.fsdecode(NAME): DATA}
    assert files_in(ends.target) == {os.fsdecode(NAME): b"somebody's"}


# --- small files and names --------------------------------------------------------------------------------------------


def test_a_small_file_is_put_down_but_never_over_another(tmp_path: Path) -> None:
    """A small file appears whole under its name, unless there is something: then nothing is touched or left."""
    spot = Spot(os.fsencode(tmp_path), b"note.txt")
    (tmp_path / ".mark.part").write_bytes(b"left by a kill")
    assert put(spot, b"one", b".mark", 0o644)
    assert not put(spot, b"two", b".mark", 0o644)
    assert files_in(tmp_path) == {"note.txt": b"one"}
    assert (tmp_path / "note.txt").stat().st_mode & 0o777 == 0o644
    remove(spot)
    remove(spot)
    (tmp_path / "note.txt").symlink_to("nowhere")
    assert not put(spot, b"three", b".mark", 0o644)
    with pytest.raises(NotMoved):
        put(Spot(os.fsencode(tmp_path / "missing"), b"note.txt"), b"four", b".mark", 0o644)


def test_empty_folders_are_removed_up_to_the_root(tmp_path: Path) -> None:
    """Pruning removes the empty folders above a name, stops at one that is not empty, and leaves the root."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/file").touch()
    prune(Spot(os.fsencode(tmp_path), b"a/b/c/gone.png"))
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "file"]
    (tmp_path / "a/file").unlink()
    prune(Spot(os.fsencode(tmp_path), b"a/gone.png"))
    prune(Spot(os.fsencode(tmp_path), b"gone.png"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        (b"hero.png", 2, b"hero.2.png"),
        (b"hero", 3, b"hero.3"),
        (b".hidden", 2, b".hidden.2"),
        (b"a.tar.gz", 9, b"a.tar.9.gz"),
        (b"x" * 251 + b".png", 10, b"x" * 248 + b".10.png"),
    ],
)
def test_a_number_goes_before_the_suffix(name: bytes, number: int, wanted: bytes) -> None:
    """A numbered name keeps its suffix, and is never longer than a name may be."""
    assert numbered(name, number) == wanted
    assert len(shortened(name, b".HELD.txt")) <= 255
