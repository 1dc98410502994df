import fcntl
import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from watcher.mounts import storage_of
from watcher.opening import opened_file
from watcher.probe import Look, far_below, keeps_count, look, unfinished
from watcher.sweep import Found
from watcher.wait import Wait

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user, or drop a right")

MIB = 1 << 20


@pytest.fixture(params=["disk", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on the disk, and one on tmpfs, which keeps files in memory."""
    if request.param == "disk":
        yield tmp_path
        return
    if storage_of(Path("/dev/shm")) != "tmpfs":
        pytest.skip("there is no tmpfs here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as in_memory:
        yield Path(in_memory)


def waits(path: Path) -> dict[Wait, str]:
    """Return what speaks against a file, asked of a handle of its own."""
    with opened_file(os.fsencode(path.parent), os.fsencode(path.name)) as descriptor:
        return unfinished(descriptor, os.fsencode(path.name), None)


def look_at(path: Path) -> Look:
    """Return a look at a file in its folder."""
    return look(os.fsencode(path.parent), os.fsencode(path.name), None)


@contextmanager
def program(code: str, *arguments: str | Path, by: tuple[str, ...] = ()) -> Iterator[None]:
    """Run a program that has done what is to be done when it prints a line, and goes on until its input ends."""
    command = [*by, sys.executable, "-c", code + "\nprint(flush=True); sys.stdin.read()", *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        yield
    assert process.returncode == 0


def answer_of(code: str, *arguments: str | Path, by: tuple[str, ...] = ()) -> str:
    """Return what a program prints."""
    command = [*by, sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


APPENDS = "import sys; writer = open(sys.argv[1], 'ab')"
READS = "import sys; reader = open(sys.argv[1], 'rb')"
LOOKS = "import os, sys; from watcher.probe import look; print(look(*map(os.fsencode, sys.argv[1:3]), None))"


def test_nothing_speaks_against_a_finished_file(folder: Path) -> None:
    """A file that was written and closed is not waited for, and being read by others does not matter."""
    path = folder / "clip.mov"
    path.write_bytes(b"x" * 100_001)
    with program(READS, path):
        assert waits(path) == {}
        assert look_at(path) == Look(b"clip.mov", Found.of(path.stat()), (), None)
    (folder / "empty").touch()
    assert waits(folder / "empty") == {}


def test_a_writer_in_another_process_is_seen(folder: Path) -> None:
    """A file is waited for as long as another process has it open for writing, whether it writes or not."""
    path = folder / "clip.mov"
    path.write_bytes(b"x")
    with program(APPENDS, path):
        assert set(waits(path)) == {Wait.WRITER}
        assert [wait for wait, _ in look_at(path).waits] == [Wait.WRITER]
    assert waits(path) == {}


def test_a_writer_is_seen_under_every_name(folder: Path) -> None:
    """A writer that keeps its handle over a rename, or opened another hard link, is seen under the name there is."""
    old, new, link = folder / "clip.tmp", folder / "clip.mov", folder / "link.mov"
    old.write_bytes(b"x")
    with program(APPENDS, old):
        old.rename(new)
        link.hardlink_to(new)
        assert set(waits(new)) == set(waits(link)) == {Wait.WRITER}


def test_a_mapping_outlives_its_handle(folder: Path) -> None:
    """A file that is mapped for writing is waited for, also after the handle was closed: no event tells of it."""
    path = folder / "clip.mov"
    path.write_bytes(bytes(4096))
    with path.open("r+b") as stream:
        mapping = mmap.mmap(stream.fileno(), 4096)
    assert set(waits(path)) == {Wait.WRITER}
    mapping.close()
    assert waits(path) == {}


def test_a_file_that_somebody_keeps_to_himself_has_a_writer(tmp_path: Path) -> None:
    """A file on which another holds a write lease cannot be opened now, and is waited for as for a writer."""
    path = tmp_path / "clip.mov"
    path.write_bytes(b"x")
    holds = "import fcntl, signal, sys; signal.signal(signal.SIGIO, signal.SIG_IGN); f = open(sys.argv[1], 'r+b')"
    with program(f"{holds}; fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK)", path):
        seen = look_at(path)
    assert [wait for wait, _ in seen.waits] == [Wait.WRITER]
    assert seen.found == Found.of(path.stat())
    assert seen.error
    assert look_at(path).waits == ()


@AS_ROOT
def test_nothing_is_said_of_what_may_not_be_asked(tmp_path: Path) -> None:
    """Of another user's file a process without the right to leases learns nothing of writers, and is not stopped."""
    path = tmp_path / "clip.mov"
    path.write_bytes(b"x")
    os.chown(path, 65534, 65534)
    with program(APPENDS, path):
        said = answer_of(LOOKS, tmp_path, path.name, by=("setpriv", "--bounding-set", "-lease"))
        assert "waits=(), error=None" in said
        assert "WRITER" in answer_of(LOOKS, tmp_path, path.name)


@pytest.mark.parametrize("kind", ["nfs4", "cifs"])
def test_no_lease_of_a_server_is_no_writer(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a share every lease may be refused for want of the server's, so no writer is concluded from it.

    The share is injected: the list of mounts calls the disk one.
    """
    path = tmp_path / "clip.mov"
    path.write_bytes(b"x")
    lines = [line.partition(b" - ")[0] for line in Path("/proc/self/mountinfo").read_bytes().splitlines()]
    mounts = tmp_path / "mountinfo"
    mounts.write_bytes(b"".join(b"%s - %s server:/x rw\n" % (line, kind.encode()) for line in lines))
    with program(APPENDS, path):
        assert set(waits(path)) == {Wait.WRITER}
        monkeypatch.setattr("watcher.mounts._MOUNTS", mounts)
        assert waits(path) == {}


_OPENS_MEANWHILE = """
import fcntl, os, signal, sys, threading
from watcher import probe
signal.signal(signal.SIGIO, signal.SIG_DFL)
path, chosen = sys.argv[1], int(sys.argv[2])
descriptor = os.open(path, os.O_RDONLY)
assert probe._take_lease(descriptor) == 0
if chosen:
    fcntl.fcntl(descriptor, fcntl.F_SETSIG, chosen)
writer = threading.Thread(target=lambda: os.close(os.open(path, os.O_WRONLY)))
writer.start()
while fcntl.fcntl(descriptor, fcntl.F_GETLEASE) != fcntl.F_UNLCK:  # until the writer has knocked
    pass
probe._give_back(descriptor)
writer.join()
print("went on")
"""


def test_who_opens_the_file_in_between_ends_nobody(tmp_path: Path) -> None:
    """A writer that opens a file just while it is asked about gets in, and the process that asks lives on.

    With the signal that leases send by themselves it would not: the second run shows that the first means something.
    """
    path = tmp_path / "clip.mov"
    path.write_bytes(b"x")
    assert answer_of(_OPENS_MEANWHILE, path, "0") == "went on"
    killed = subprocess.run([sys.executable, "-c", _OPENS_MEANWHILE, path, str(int(signal.SIGIO))], check=False)
    assert killed.returncode == -signal.SIGIO


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    """After a file was asked about there is no lease on it, and the handle's position is where it was."""
    path = tmp_path / "clip.mov"
    path.write_bytes(b"x" * 10)
    with opened_file(os.fsencode(tmp_path), b"clip.mov") as descriptor:
        os.lseek(descriptor, 7, os.SEEK_SET)
        assert unfinished(descriptor, b"clip.mov", None) == {}
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == 7
        assert fcntl.fcntl(descriptor, fcntl.F_GETLEASE) == fcntl.F_UNLCK


@pytest.mark.parametrize("reserve", [os.ftruncate, lambda d, size: os.posix_fallocate(d, 0, size)])
def test_room_that_was_only_set_aside_is_seen(folder: Path, reserve: Callable[[int, int], None]) -> None:
    """A file whose size is final and whose bytes are not there yet is waited for until the last was written."""
    path = folder / "clip.mov"
    with path.open("w+b", buffering=0) as stream:
        reserve(stream.fileno(), 2 * MIB)
        assert Wait.HOLES in waits(path)
        stream.write(b"x" * MIB)
        assert f"byte {MIB}, of {2 * MIB}" in waits(path)[Wait.HOLES]
        stream.write(b"x" * MIB)
        assert set(waits(path)) == {Wait.WRITER}
    assert waits(path) == {}


def test_a_sparse_file_says_where_it_is_hollow(folder: Path) -> None:
    """A file that is meant to have holes looks just the same: the first one is named, for a person to know."""
    path = folder / "disk.img"
    with path.open("w+b") as stream:
        stream.write(b"x" * MIB)
        stream.seek(64 * MIB)
        stream.write(b"tail")
    assert list(waits(path)) == [Wait.HOLES]
    assert f"byte {MIB}," in waits(path)[Wait.HOLES]


@pytest.mark.parametrize(
    ("size", "blocks", "far"),
    [
        (1 << 30, 0, True),
        (1 << 30, (1 << 30) // 512 // 8 - 1, True),
        (1 << 30, (1 << 30) // 512 // 8, False),
        (MIB, 0, True),
        (MIB - 1, 0, False),
        (0, 0, False),
    ],
)
def test_what_takes_no_room_was_not_written(size: int, blocks: int, far: bool) -> None:
    """Less than an eighth of the room its bytes need says that a file was not written; small ones say nothing."""
    assert far_below(size, blocks) is far


@pytest.mark.parametrize(
    ("kind", "kept"), [("nfs", True), ("cifs", True), ("ext4", False), ("btrfs", False), ("fuse.rclone", False)]
)
def test_whose_count_of_room_is_heeded(kind: str, kept: bool) -> None:
    """Only shares are asked how much room a file takes; who compresses or makes it up is not."""
    assert keeps_count(kind) is kept


def test_a_share_without_holes_is_asked_for_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system knows no holes, as over NFSv3, a file that takes no room is waited for.

    NFSv3 is stood in for by a list of mounts that says so, and by a system that answers as it does there.
    """
    path = tmp_path / "clip.mov"
    path.touch()
    os.truncate(path, MIB)
    mounts = tmp_path / "mountinfo"
    lines = [line.partition(b" - ")[0] for line in Path("/proc/self/mountinfo").read_bytes().splitlines()]
    mounts.write_bytes(b"".join(b"%s - nfs server:/x rw\n" % line for line in lines))
    seek = os.lseek
    monkeypatch.setattr("os.lseek", lambda d, at, how: MIB if how == os.SEEK_HOLE else seek(d, at, how))
    assert waits(path) == {}
    monkeypatch.setattr("watcher.mounts._MOUNTS", mounts)
    assert waits(path) == {Wait.HOLES: f"its {MIB} bytes take only 0 on the storage"}


def test_a_name_holds_a_file_however_finished(tmp_path: Path) -> None:
    """A temporary name, its own or its folder's, is a reason to wait, and the maker is told."""
    (tmp_path / ".~tmp~").mkdir()
    for path, maker in (
        (b".clip.mov.aB3dE9", "rsync"),
        (b".~tmp~/clip.mov", "rsync"),
        (b"clip.aspx.partial", "Aspera"),
    ):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + path)).write_bytes(b"x")
        ((wait, says),) = look(os.fsencode(tmp_path), path, None).waits
        assert wait is Wait.NAME
        assert maker in says


@pytest.mark.parametrize("head", [b"", b"\x00\x05\x16", b"\xff\xd8\xff\xe0" + bytes(100)])
def test_a_picture_named_as_apple_double_is_held(tmp_path: Path, head: bytes) -> None:
    """What is named `._NAME` and does not begin as AppleDouble does is held; the real one is an ordinary file."""
    path = tmp_path / "._clip.jpg"
    path.write_bytes(head)
    assert list(waits(path)) == [Wait.DISGUISE]
    path.write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(100))
    assert waits(path) == {}


def _says_so(descriptor: int) -> str | None:
    return f"{os.pread(descriptor, 4, 0)!r} and no more"


def _breaks(_: int) -> str | None:
    raise ValueError("box of -1 bytes")


def _meets_a_bad_disk(_: int) -> str | None:
    raise OSError(5, "Input/output error")


def _writes(descriptor: int) -> str | None:
    with Path(f"/proc/self/fd/{descriptor}").open("ab") as stream:
        stream.write(b"more")
    return None


def test_what_the_container_lacks_is_told(tmp_path: Path) -> None:
    """Whatever can be said against a file's structure holds it; nothing to say does not."""
    (tmp_path / "clip.mov").write_bytes(b"moov")
    found = look(os.fsencode(tmp_path), b"clip.mov", _says_so)
    assert found.waits == ((Wait.CUT_SHORT, "b'moov' and no more"),)
    assert found.error is None


def test_not_being_able_to_look_is_a_reason_to_wait(tmp_path: Path) -> None:
    """A parser that fails, and storage that does, make a file unreadable; neither is taken for a clean answer."""
    (tmp_path / "clip.mov").write_bytes(b"moov")
    for cut_short, says in ((_breaks, "ValueError: box of -1 bytes"), (_meets_a_bad_disk, "Input/output error")):
        found = look(os.fsencode(tmp_path), b"clip.mov", cut_short)
        ((wait, said),) = found.waits
        assert wait is Wait.UNREADABLE
        assert says in said == found.error
        assert found.found == Found.of((tmp_path / "clip.mov").stat())


def test_a_change_during_the_look_is_seen(tmp_path: Path) -> None:
    """A file that is written to while it is looked at is changing, and the look tells the version it became."""
    (tmp_path / "clip.mov").write_bytes(b"moov")
    found = look(os.fsencode(tmp_path), b"clip.mov", _writes)
    assert [wait for wait, _ in found.waits] == [Wait.CHANGING]
    assert found.found == Found.of((tmp_path / "clip.mov").stat())


def test_what_is_no_file_any_more_is_gone(tmp_path: Path) -> None:
    """A file that was removed, whose folder went, or in whose place stands something else, is gone."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "away").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for path in (b"none", b"none/clip.mov", b"file/clip.mov", b"folder", b"link", b"pipe", b"away/file"):
        assert look(os.fsencode(tmp_path), path, None) == Look(path, None, (), None)


def test_nothing_is_gone_where_the_root_is_missing(tmp_path: Path) -> None:
    """Below a root that is not there, a file could not be looked at; that is never the same as being gone."""
    found = look(os.fsencode(tmp_path / "unmounted"), b"clip.mov", None)
    assert (found.found, found.waits) == (None, ())
    assert "No such file" in (found.error or "")


@AS_ROOT
def test_what_may_not_be_read_is_not_gone(tmp_path: Path) -> None:
    """A file without the right to read it is held with its version and what to do; so is one in a closed folder."""
    path = tmp_path / "in" / "clip.mov"
    path.parent.mkdir()
    path.write_bytes(b"x")
    as_anybody = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    path.chmod(0)
    said = answer_of(LOOKS, tmp_path, "in/clip.mov", by=as_anybody)
    assert "Wait.UNREADABLE" in said
    assert "st_size=1" in said
    assert "does not let this user read it" in said
    path.parent.chmod(0)
    said = answer_of(LOOKS, tmp_path, "in/clip.mov", by=as_anybody)
    assert "found=None" in said
    assert "does not let this user read it" in said


def test_names_nobody_chose_in_good_faith(tmp_path: Path) -> None:
    """A name that is not UTF-8 or holds a newline is looked at like any other, and what is said of it is text."""
    for name in (b"\xff\xfe\n.mov", b"._\xff\n", b".\xff.mov.aB3dE9", b"a" * 255):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
        found = look(os.fsencode(tmp_path), name, None)
        assert found.error is None
        assert found.found is not None
        assert json.dumps([[wait.value, says] for wait, says in found.waits]).isascii()
