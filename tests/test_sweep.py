import errno
import os
import socket
from pathlib import Path

import pytest

from provenance.credentials.trust import Trust
from provenance.examination import Answer, Failed, Failure, Looked, Request
from provenance.examine import bench_for, examine
from watcher.opening import LastFolder, NotRegular, Odd, opened_file
from watcher.sweep import Found, sweep


def _files(root: Path) -> dict[bytes, list[bytes]]:
    return {f.path: [n for n, _ in f.files] for f in sweep(os.fsencode(root))}


def test_every_folder_and_file_is_met_once(tmp_path: Path) -> None:
    """A sweep yields every folder with its files, also names that are not UTF-8 or hold a newline."""
    odd = os.fsencode(tmp_path) + b"/a/\xff\nname"
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "deep.mov").touch()
    Path(os.fsdecode(odd)).touch()
    assert _files(tmp_path) == {b"": [], b"a": [b"\xff\nname"], b"a/b": [b"deep.mov"]}


def test_what_is_kept_of_a_stat_is_what_the_system_says(tmp_path: Path) -> None:
    """Inode, size, times and device of a file are those of its stat, also where modification and change differ."""
    for name, when in (("new", None), ("old", (5, 7_000_000_001))):
        (tmp_path / name).write_text(name)
        if when:
            os.utime(tmp_path / name, ns=when)
    (folder,) = sweep(os.fsencode(tmp_path))
    assert folder.files == [(n, Found.of((tmp_path / os.fsdecode(n)).stat())) for n in (b"new", b"old")]
    assert folder.files[1][1].st_mtime_ns == 7_000_000_001 != folder.files[1][1].st_ctime_ns


def test_links_pipes_and_sockets_are_named_and_not_opened(tmp_path: Path) -> None:
    """What is neither file nor folder is reported by its kind, and a link is never followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").touch()
    zone = tmp_path / "zone"
    zone.mkdir()
    (zone / "link").symlink_to(outside)
    os.mkfifo(zone / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(zone / "socket"))
        (folder,) = sweep(os.fsencode(zone))
    assert folder.odd == [(b"link", Odd.LINK), (b"pipe", Odd.PIPE), (b"socket", Odd.SOCKET)]
    assert folder.files == []


def test_skipped_folders_belong_to_somebody_else(tmp_path: Path) -> None:
    """A folder in `skip` is not entered."""
    (tmp_path / "inner" / "x").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    assert [f.path for f in sweep(os.fsencode(tmp_path), skip=frozenset({b"inner"}))] == [b"", b"other"]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A missing root raises instead of looking empty."""
    with pytest.raises(FileNotFoundError):
        list(sweep(os.fsencode(tmp_path / "gone")))


@pytest.mark.parametrize(
    ("path", "odd"),
    [(b"link", Odd.LINK), (b"pipe", Odd.PIPE), (b"folder", Odd.FOLDER), (b"linked/secret", None)],
)
def test_opening_is_not_led_anywhere(tmp_path: Path, path: bytes, odd: Odd | None) -> None:
    """A link as the file, a pipe and a folder are refused as what they are, and a link on the way as no folder."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret").write_text("x")
    (tmp_path / "link").symlink_to("folder/secret")
    (tmp_path / "linked").symlink_to("folder")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError) as refused, opened_file(os.fsencode(tmp_path), path):
        pass
    if odd is None:
        assert refused.value.errno in {errno.ENOTDIR, errno.ELOOP}
    else:
        assert isinstance(refused.value, NotRegular)
        assert refused.value.odd is odd


@pytest.mark.parametrize("path", [b"../up", b"a/../b", b"", b"a//b", b"./a"])
def test_paths_that_step_out_are_refused(tmp_path: Path, path: bytes) -> None:
    """A path below a root never contains a step out of it."""
    with pytest.raises(ValueError, match="not a path below"), opened_file(os.fsencode(tmp_path), path):
        pass


def test_files_that_lie_together_share_the_way_there(tmp_path: Path) -> None:
    """One folder after another is kept open, each file is the one at its path, and at the end nothing stays open."""
    root = os.fsencode(tmp_path)
    paths = [b"a/one", b"a/two", b"one", b"a/one", b"b/one"]
    for path in paths:
        there = tmp_path / path.decode()
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(path)
    (tmp_path / "a" / "link").symlink_to("one")
    (tmp_path / "linked").symlink_to("a")
    before = _open_now()
    with LastFolder() as last:
        for path in paths:
            with opened_file(root, path, last) as descriptor:
                assert os.read(descriptor, 10) == path
        for refused in (b"a/link", b"linked/one", b"a/missing", b"nowhere/one"):
            with pytest.raises(OSError), opened_file(root, refused, last):
                pass
        with opened_file(root, b"a/two", last) as descriptor:
            assert os.read(descriptor, 10) == b"a/two"
    assert _open_now() == before


def _open_now() -> set[str]:
    return {descriptor.name for descriptor in Path("/proc/self/fd").iterdir()}


def test_a_folder_that_is_swapped_meanwhile_is_noticed(tmp_path: Path) -> None:
    """Where another folder was put in the place of one that is kept open, its files are not mixed up with the old."""
    (tmp_path / "a").mkdir()
    for name in ("one.txt", "two.txt"):
        (tmp_path / "a" / name).write_text("the old words\n")
    tools = bench_for(Trust())

    def answer(name: bytes, last: LastFolder) -> Answer:
        return examine(Request(os.fsencode(tmp_path), b"a/" + name), tools.reader, tools.examiner, last)

    with LastFolder() as last:
        assert isinstance(answer(b"one.txt", last), Looked)
        (tmp_path / "a").rename(tmp_path / "old")
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "two.txt").write_text("the new words\n")
        swapped = answer(b"two.txt", last)
    assert isinstance(swapped, Failed)
    assert swapped.failure is Failure.CHANGED
    with LastFolder() as last:
        assert isinstance(answer(b"two.txt", last), Looked)
