"""What is not moved, and is left exactly as it was."""

import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.moving import (
    NotMoved,
    Snag,
    Spot,
    move,
)
from tests.moving.ends import DATA, NAME, Ends, as_nobody, refused
from tests.quarantining import files_in


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
