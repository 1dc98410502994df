import os
import sys
import time
from pathlib import Path

import pytest

from watcher import resolving
from watcher.resolving import followed, keeps_silent


@pytest.fixture(autouse=True)
def _nothing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "_silent_until", {})


def test_without_other_storage_links_are_followed(tmp_path: Path) -> None:
    """A path on this machine's own storage leads where the system says."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert followed(tmp_path / "link" / "x", ()) == tmp_path.resolve() / "real" / "x"


@pytest.mark.parametrize(
    "name", ["real/x", "link/x", "link/../real/./x", "up/real/x", "chain/x", "missing/x", "round/x"]
)
def test_with_other_storage_elsewhere_it_leads_where_it_did(tmp_path: Path, name: str) -> None:
    """Following by hand what lies on this machine's own storage comes to what the system says."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "up").symlink_to("real/..")
    (tmp_path / "chain").symlink_to("link")
    (tmp_path / "round").symlink_to("round")
    path = tmp_path / name
    if name.startswith("round"):
        with pytest.raises((OSError, RuntimeError)):
            followed(path, {b"/mnt/elsewhere"})
        return
    assert followed(path, {b"/mnt/elsewhere"}) == path.resolve()


def test_links_on_other_storage_are_followed_by_another_process(tmp_path: Path) -> None:
    """Where a share answers, links on it are followed as well."""
    share = tmp_path.resolve() / "share"
    (share / "2026").mkdir(parents=True)
    (share / "current").symlink_to("2026")
    (tmp_path / "here").symlink_to(share)
    assert followed(tmp_path / "here" / "current" / "x", {os.fsencode(share)}) == share / "2026" / "x"


def test_storage_that_does_not_answer_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path on it stays as it was named; the next ones are not waited for at all."""
    share = tmp_path.resolve() / "share"
    (share / "2026").mkdir(parents=True)
    (share / "current").symlink_to("2026")
    monkeypatch.setattr(resolving, "_ASK", "import time; time.sleep(60)")  # stands for a share that hangs
    mounts = {os.fsencode(share)}
    assert followed(share / "current" / ".." / "x", mounts, patience=0.2) == share / "x"
    began = time.monotonic()
    assert followed(share / "current", mounts, patience=30) == share / "current"
    assert keeps_silent(share / "x", mounts, patience=30)
    assert not keeps_silent(tmp_path, mounts, patience=30)
    assert time.monotonic() - began < 5
    process = resolving._left_behind.pop()
    process.wait(10)
    process.communicate()


def test_a_name_that_is_not_utf_8_is_followed_too(tmp_path: Path) -> None:
    """Paths are bytes, also on their way to the other process."""
    share = os.fsencode(tmp_path.resolve()) + b"/caf\xe9"
    Path(os.fsdecode(share)).mkdir()
    Path(os.fsdecode(share + b"/link")).symlink_to(os.fsdecode(b"to\xff"))
    path = Path(os.fsdecode(share + b"/link/x"))
    assert os.fsencode(followed(path, {share})) == share + b"/to\xff/x"
    assert sys.getfilesystemencoding() == "utf-8"
