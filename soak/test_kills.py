import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.kills import kill_scans, notes
from tests.production import new_production
from tests.test_scan import on_disk, recorded

FILES = 40_000


@pytest.mark.timeout(1800)
def test_fifty_kills(tmp_path: Path) -> None:
    """A scan that is killed fifty times and run again has every file once, with the digest it has on disk."""
    production = new_production(tmp_path)
    notes(production, FILES)
    assert max(kill_scans(production, 50, seed=2)) < FILES
    assert production.run("scan").code == 0
    assert recorded(production) == on_disk(production)
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db")) as catalogue:
        assert catalogue.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert production.run("ledger", "verify").code == 0
