"""What a file keeps wherever it is moved, and the small steps around it."""

import errno
import os
import struct
from pathlib import Path

import pytest

from provenance.moving import (
    NotMoved,
    Spot,
    copy,
    move,
    numbered,
    prune,
    put,
    remove,
    shortened,
)
from tests.moving.ends import DATA, NOBODY, Ends
from tests.quarantining import files_in

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


def test_room_that_holds_nothing_takes_none(across: Ends) -> None:
    """A file with long holes arrives with the same bytes, and does not fill the disk it arrives on."""
    path = across.write(b"head")
    with path.open("r+b") as stream:
        stream.truncate(64 << 20)
        stream.seek((64 << 20) - 4)
        stream.write(b"tail")
    move(across.parcel())
    arrived = across.arrived()
    assert arrived.stat().st_size == 64 << 20
    assert arrived.stat().st_blocks * 512 < 8 << 20
    data = arrived.read_bytes()
    assert (data[:4], data[-4:], data.strip(b"\0")[4:-4].strip(b"\0")) == (b"head", b"tail", b"")


def test_the_longest_name_there_can_be(ends: Ends) -> None:
    """A name that fills the room for names is moved like any other."""
    name = b"x" * 251 + b".png"
    ends.write(name=name)
    move(ends.parcel(name))
    assert ends.arrived(name).read_bytes() == DATA


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
