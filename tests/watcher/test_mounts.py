import os
import tempfile
from pathlib import Path

import pytest

from watcher.mounts import is_network, storage_of, storage_under

LISTED = pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="this system does not list its mounts")


@LISTED
def test_storage_is_told_by_the_mount(tmp_path: Path) -> None:
    """The type of file system is that of the innermost mount a path lies on, links resolved."""
    link = tmp_path / "link"
    link.symlink_to("/proc/self")
    assert storage_of(Path("/proc/self")) == "proc"
    assert storage_of(link) == "proc"
    assert storage_of(tmp_path) not in {None, "proc"}


def test_mounts_are_read_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escaped mount points are understood, the innermost and latest mount counts; without a list nothing is known."""
    point = tmp_path / "two words" / "in"
    point.mkdir(parents=True)
    escaped = str(tmp_path / "two words").replace(" ", "\\040")
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
        f"23 22 0:40 / {escaped} rw shared:1 - ext4 disk rw\n"
        f"24 22 0:41 / {escaped} rw shared:1 - nfs4 server:/x rw\n"
        f"25 22 0:42 / {escaped}-beside rw - cifs //server/x rw\n"
    )
    monkeypatch.setattr("watcher.mounts._MOUNTS", mounts)
    assert (storage_of(point), storage_of(tmp_path)) == ("nfs4", "ext4")
    monkeypatch.setattr("watcher.mounts._MOUNTS", tmp_path / "none")
    assert storage_of(point) is None


@LISTED
def test_an_open_file_knows_its_storage(tmp_path: Path) -> None:
    """A handle's file system is told, also when the file has no name any more; a closed handle tells nothing."""
    with Path("/proc/self/stat").open("rb") as process:
        assert storage_under(process.fileno()) == "proc"
    with tempfile.TemporaryFile(dir=tmp_path) as nameless:
        closed = os.dup(nameless.fileno())
        os.close(closed)
        assert storage_under(nameless.fileno()) == storage_of(tmp_path)
        assert storage_under(closed) is None


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuse.sshfs", "fuseblk", "cvfs"])
def test_storage_others_can_write_to(kind: str) -> None:
    """Network file systems and FUSE change without this host's kernel noticing."""
    assert is_network(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "exfat", "fusectl", None])
def test_storage_of_this_host(kind: str | None) -> None:
    """Local file systems, FUSE's control files, and what is not known, are not called network storage."""
    assert not is_network(kind)
