"""Two trees between which files get by rename, by link, and by verified copy."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.moving.ends import Ends, ends_for


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


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Two trees that anybody can get to, once for each way."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with ends_for(request.param, Path(folder), monkeypatch) as made:
            made.target.chmod(0o777)
            yield made
