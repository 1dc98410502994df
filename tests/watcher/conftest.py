"""What tests of the watcher may ask for."""

from pathlib import Path

import pytest


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A root with three folders of two files each."""
    zone = tmp_path / "zone"
    for folder in ("a", "b", "b/\udcff\n"):
        (zone / folder).mkdir(parents=True)
        for name in ("1.mov", "2.mov"):
            (zone / folder / name).write_text(name)
    return zone
