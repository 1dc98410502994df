"""A house in which words have to be signed, and the real `ssh-keygen` where there is one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue
from provenance.credentials.trust import load_trust
from provenance.pool import Pool
from tests.catalogue.making import AI, at, evidence, seen, take
from tests.identity.signed import STORE, House, configuration, strict


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Workers, which nothing here asks for anything."""
    with Pool(load_trust(()), workers=1) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, pool: Pool) -> Iterator[House]:
    """A catalogue with a generated still and a plate that nothing is known of; its configuration was accepted."""
    config = configuration(tmp_path)
    with Catalogue.create(config.catalogue, at(0), store_id=STORE) as catalogue:
        take(catalogue, seen(evidence("still", AI), b"still.png"), seen(evidence("plate"), b"plate.png", version=2))
        made = House(config, strict(), catalogue, pool)
        made.accept()
        yield made


@pytest.fixture
def keygen() -> None:
    """Skip where there is no `ssh-keygen`."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("this machine has no ssh-keygen (openssh-client)")
