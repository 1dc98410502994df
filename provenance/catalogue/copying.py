"""Copying a whole SQLite file as it was at one instant, while others go on writing to it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from provenance.catalogue.connection import AS_USUAL, Opening, connect, refuse_network
from provenance.errors import CatalogueDamaged


def copy_whole(source: Path, target: Path, opening: Opening = AS_USUAL) -> None:
    """Copy a database to `target`, an empty file on a local disk, as it was at one instant; nothing of it lies beside.

    Everything is read in one step, so that no writer makes it start again; in write-ahead mode nobody waits for it
    (sqlite.org/backup.html, sqlite.org/wal.html). Raises as opening does, and `CatalogueDamaged` for a copy that
    SQLite calls damaged.
    """
    refuse_network(target.parent, opening)
    connection = connect(source, opening)
    try:
        with connection.translated(), closing(sqlite3.connect(target, isolation_level=None)) as copy:
            connection.raw.backup(copy)
            (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if said != "ok":
        raise CatalogueDamaged(f"{source} is damaged: {said}")
