"""One production is set up for all stories; each tells itself in a copy of it."""

from pathlib import Path

import pytest

from tests.stories.desk import Desk, built, opened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production that was set up and accepted, and in which nothing happened yet."""
    folder = tmp_path_factory.mktemp("template")
    built(folder)
    return folder


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    """A production in which nothing happened yet."""
    return opened(template, tmp_path / "production")
