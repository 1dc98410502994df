import errno
from pathlib import Path

import pytest

from provenance.config import Config
from provenance.configfile import load_config
from provenance.errors import (
    FileMissing,
    FileTrouble,
    NotARegularFile,
    NotExamined,
    NotPermitted,
    ProvenanceError,
    ReadFailed,
    ZoneTrouble,
)
from provenance.examination import Failed, Failure, Request
from provenance.targets import (
    Target,
    all_zones,
    failure_error,
    folder_error,
    folder_failure,
    lies_in,
    named_twice,
    targets_of,
)
from provenance.zones import is_protected
from tests.production import Production, new_production
from watcher.sweep import Folder


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    folder = tmp_path / "production"
    folder.mkdir()
    return new_production(folder)


@pytest.fixture
def config(production: Production) -> Config:
    """Its configuration."""
    return load_config(production.config)


def _target() -> Target:
    return Target(b"/material", b"", None, b"material")


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Failure.MISSING, FileMissing),
        (Failure.NOT_REGULAR, NotARegularFile),
        (Failure.NOT_PERMITTED, NotPermitted),
        (Failure.READ_FAILED, ReadFailed),
        (Failure.NOT_EXAMINED, NotExamined),
    ],
)
def test_each_failure_has_its_error(failure: Failure, error: type[ProvenanceError]) -> None:
    """A file that could not be examined raises the error its failure names; a dead worker is 26, not a bad disk."""
    raised = failure_error(_target(), Request(b"/material", b"a.png"), Failed(failure, "says why"))
    assert type(raised) is error
    assert raised.message == "material/a.png: says why"


@pytest.mark.parametrize(
    ("error", "failure", "code"),
    [
        (PermissionError(errno.EACCES, "no", b"reel"), Failure.NOT_PERMITTED, 13),
        (FileNotFoundError(errno.ENOENT, "no"), Failure.MISSING, 10),
        (NotADirectoryError(errno.ENOTDIR, "no"), Failure.MISSING, 10),
        (OSError(errno.EIO, "no"), Failure.READ_FAILED, 14),
        (OSError("a folder already listed under another path"), Failure.READ_FAILED, 14),
    ],
)
def test_a_folder_that_cannot_be_listed_says_why(error: OSError, failure: Failure, code: int) -> None:
    """Only a refusal is called one: a failing disk and a mount that loops are read failures."""
    folder = Folder(b"reel", error=error)
    assert folder_failure(folder) is failure
    told = folder_error(_target(), folder)
    assert told.code == code
    assert told.message.endswith(f"reel: the folder cannot be listed: {error.strerror or error}")


def test_a_name_longer_than_any_file_system_keeps_is_missing(config: Config, production: Production) -> None:
    """A path with a component of 300 bytes answers that nothing is there."""
    with pytest.raises(FileMissing):
        targets_of(config, [production.deliver / ("x" * 300)])


def test_links_in_a_circle_are_refused(config: Config, production: Production) -> None:
    """A link that leads to itself is no regular file, neither as the file nor on the way to it."""
    loop = production.root / "loop"
    loop.symlink_to("loop")
    for path in (loop, loop / "a.png", production.deliver / ".." / "loop" / "x" / "a.png"):
        with pytest.raises(NotARegularFile):
            targets_of(config, [path])


def test_a_path_through_a_file_is_missing(config: Config, production: Production) -> None:
    """There is nothing below a file."""
    (production.deliver / "a.txt").write_text("a")
    with pytest.raises(FileMissing):
        targets_of(config, [production.deliver / "a.txt" / "b.txt"])


def test_a_zone_root_that_is_a_file_is_a_fault_of_the_configuration(config: Config, production: Production) -> None:
    """A zone's root that is no folder is said to be so, swept as a zone or named."""
    production.deliver.rmdir()
    production.deliver.write_text("not a folder")
    with pytest.raises(ZoneTrouble, match="no folder"):
        targets_of(config, [production.deliver])
    (target,) = [t for t in all_zones(config) if t.zone_name == "deliver"]
    with pytest.raises(ZoneTrouble, match="no folder"):
        list(target.folders())


def test_what_goes_between_naming_and_looking_is_missing(config: Config, production: Production) -> None:
    """A file that was there when it was named and is gone when it is looked at is missing, and nothing worse."""
    note = production.deliver / "a.txt"
    note.write_text("a")
    (target,) = targets_of(config, [note])
    note.unlink()
    (folder,) = target.folders()
    error = folder_error(target, folder)
    assert isinstance(error, FileTrouble)
    assert error.code == 10


@pytest.mark.parametrize(
    ("root", "above", "protected"),
    [(0o755, 0o755, True), (0o775, 0o755, False), (0o757, 0o755, False), (0o700, 0o777, False), (0o700, 0o1777, True)],
)
def test_whoever_may_rename_a_zone_may_swap_it(
    config: Config, production: Production, root: int, above: int, *, protected: bool
) -> None:
    """A zone is protected if its root is closed to others, and so is what lies above, or it has the sticky bit."""
    (zone,) = [z for z in config.zones if z.root == production.deliver]
    production.deliver.chmod(root)
    production.root.chmod(above)
    assert is_protected(zone) is protected


def test_what_belongs_to_two_targets_is_known_beforehand(production: Production, config: Config) -> None:
    """A path inside another one named, or named in two ways, is twice; an inner zone is not."""
    reel = production.deliver / "reel"
    reel.mkdir()
    (reel / "a.mov").write_bytes(b"a")
    (production.root / "loose.mov").write_bytes(b"a")

    def twice(*paths: Path) -> frozenset[bytes]:
        return named_twice(targets_of(config, paths))

    assert twice(production.root, production.root / "loose.mov") == {bytes(production.root / "loose.mov")}
    assert twice(production.root) == frozenset(), "the zones inside are targets of their own"
    assert twice(production.deliver, production.editorial, reel.parent.parent / "loose.mov") == frozenset()
    assert twice(production.deliver, reel / "a.mov") == {bytes(reel / "a.mov")}
    assert twice(reel / "a.mov", reel, production.deliver) == {bytes(reel), bytes(reel / "a.mov")}
    assert twice(production.deliver, production.root / "editorial" / ".." / "deliver") == {bytes(production.deliver)}


def test_what_lies_in_a_folder_is_told_by_whole_names() -> None:
    """A path lies in itself and in the folders above it, and in none whose name only begins alike."""
    inside = frozenset({b"/a/reel"})
    assert [lies_in(p, inside) for p in (b"/a/reel", b"/a/reel/x/y", b"/a/reel2", b"/a", b"/reel")] == [
        True,
        True,
        False,
        False,
        False,
    ]
