import os
from pathlib import Path

from tests.watcher.roots import root_at
from watcher.ground import NEVER_MET, Ground, Met
from watcher.lister import Trouble
from watcher.roots import RootTrouble

ELSEWHERE = Path("/proc/sys/kernel")
"""A folder that is surely on another device than any a test can make."""


def _kind(trouble: Trouble | None) -> RootTrouble | None:
    return None if trouble is None else trouble.kind


def _zone(tmp_path: Path, *files: str) -> tuple[Path, Ground]:
    """Return a root with some files, and its ground, met."""
    zone = tmp_path / "zone"
    zone.mkdir()
    for name in files:
        (zone / name).touch()
    ground = Ground(root_at(zone), NEVER_MET)
    assert ground.look() is None
    return zone, ground


def test_a_root_that_is_not_there_is_missing_until_it_is(tmp_path: Path) -> None:
    """A root that is renamed away is missing, and the same folder put back is the root again."""
    zone, ground = _zone(tmp_path, "a.mov")
    zone.rename(tmp_path / "away")
    assert _kind(ground.glance()) is _kind(ground.look()) is RootTrouble.MISSING
    (tmp_path / "away").rename(zone)
    assert ground.glance() is ground.look() is None


def test_a_file_is_no_root(tmp_path: Path) -> None:
    """A root's path that leads to a file, or through one, is missing."""
    (tmp_path / "zone").touch()
    assert _kind(Ground(root_at(tmp_path / "zone"), NEVER_MET).look()) is RootTrouble.MISSING
    assert _kind(Ground(root_at(tmp_path / "zone" / "x"), NEVER_MET).look()) is RootTrouble.MISSING


def test_another_folder_in_its_place_is_not_the_root(tmp_path: Path) -> None:
    """Another folder under the root's path is a replacement, also with a file of the same name in it."""
    zone, ground = _zone(tmp_path, "a.mov")
    zone.rename(tmp_path / "away")
    zone.mkdir()
    (zone / "a.mov").touch()
    assert _kind(ground.glance()) is _kind(ground.look()) is RootTrouble.REPLACED
    ground.accept()
    assert ground.look() is None


def test_a_new_folder_with_the_old_things_in_it_is_the_root(tmp_path: Path) -> None:
    """Where the very files lie that lay in the root before, the root is; so it is when storage is mounted again."""
    zone, ground = _zone(tmp_path, "a.mov", "b.mov")
    zone.rename(tmp_path / "away")
    zone.mkdir()
    (tmp_path / "away" / "b.mov").rename(zone / "b.mov")
    assert _kind(ground.glance()) is RootTrouble.REPLACED
    assert ground.look() is ground.glance() is None


def test_other_storage_is_not_the_root(tmp_path: Path) -> None:
    """What lies on another device is not the root, until what was there before is back."""
    first = tmp_path / "first"
    first.mkdir()
    (first / "a.mov").touch()
    link = tmp_path / "zone"
    link.symlink_to(first)
    ground = Ground(root_at(link), NEVER_MET)
    assert ground.look() is None
    link.unlink()
    link.symlink_to(ELSEWHERE)
    assert _kind(ground.glance()) is _kind(ground.look()) is RootTrouble.UNMOUNTED
    link.unlink()
    link.symlink_to(first)
    assert ground.glance() is ground.look() is None


def test_a_mount_that_comes_late_is_the_root(tmp_path: Path) -> None:
    """If nothing was ever seen in the folder that was met first, the storage that is mounted there later is the root.

    Also where something is known to have been there before this process began, which is a trouble until then.
    """
    for met in (NEVER_MET, Met(held=True)):
        below = tmp_path / f"below {met.held}"
        below.mkdir()
        link = tmp_path / f"zone {met.held}"
        link.symlink_to(below)
        ground = Ground(root_at(link), met)
        assert _kind(ground.look()) is (RootTrouble.EMPTIED if met.held else None)
        link.unlink()
        link.symlink_to(ELSEWHERE)
        assert ground.look() is ground.glance() is None


def test_an_emptied_root_is_a_trouble_until_something_is_in_it(tmp_path: Path) -> None:
    """A root that held something and holds nothing is emptied; a new entry or a person's word ends that."""
    zone, ground = _zone(tmp_path, "a.mov")
    (zone / "a.mov").unlink()
    assert ground.glance() is None  # one stat does not tell
    assert _kind(ground.look()) is _kind(ground.glance()) is RootTrouble.EMPTIED
    (zone / "b.mov").touch()
    assert ground.look() is ground.glance() is None
    (zone / "b.mov").unlink()
    assert _kind(ground.look()) is RootTrouble.EMPTIED
    ground.accept()
    assert ground.glance() is ground.look() is None


def test_what_was_met_is_known_to_whoever_comes_after(tmp_path: Path) -> None:
    """What one object met another can be given: it notices that the root is empty, or another folder."""
    zone, ground = _zone(tmp_path, "a.mov")
    (zone / "a.mov").rename(tmp_path / "a.mov")
    assert _kind(Ground(root_at(zone), ground.met).look()) is RootTrouble.EMPTIED
    (tmp_path / "another").mkdir()
    (tmp_path / "another" / "b.mov").touch()
    zone.rmdir()
    (tmp_path / "another").rename(zone)
    assert _kind(Ground(root_at(zone), ground.met).look()) is RootTrouble.REPLACED


def test_an_empty_root_that_never_held_anything_is_well(tmp_path: Path) -> None:
    """A new, empty root is no trouble, nor is another empty one in its place."""
    zone, ground = _zone(tmp_path)
    zone.rename(tmp_path / "away")
    zone.mkdir()
    assert ground.look() is ground.glance() is None


def test_troubles_name_the_root_and_say_what_it_means(tmp_path: Path) -> None:
    """What is said names the root, escaped, and that nothing is taken to be gone."""
    zone = tmp_path / "zo\nne"
    trouble = Ground(root_at(zone), NEVER_MET).look()
    assert trouble is not None
    assert "zo\\nne' is not there" in trouble.says
    assert "Nothing below it is taken to be gone" in trouble.says
    assert os.fsencode(zone) not in os.fsencode(trouble.says)
