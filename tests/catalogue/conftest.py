"""A catalogue of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue
from tests.catalogue.making import at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's catalogue lies."""
    return tmp_path / "store" / "catalogue.db"


@pytest.fixture
def catalogue(path: Path) -> Iterator[Catalogue]:
    """An empty catalogue, open."""
    with Catalogue.create(path, at(0), store_id="test-store") as made:
        yield made
