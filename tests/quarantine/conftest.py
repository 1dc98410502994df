"""A final zone with something in it to be taken away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.production import generated, new_production, picture
from tests.quarantining import Guarded, guarded


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guarded]:
    """A production with a flagged and a clean file in its final zone, recorded, and the catalogue open."""
    production = new_production(tmp_path)
    generated(production.deliver / "reel/hero.png")
    picture(production.deliver / "reel/plate.jpg")
    assert production.run("scan").code == 0
    with guarded(production) as made:
        yield made
