"""Somebody who can write the file rewrites the ledger so well that nothing in the file gives it away."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from provenance.catalogue import Ledger, Opening
from provenance.catalogue.connection import connect
from tests.catalogue.making import at

COLUMNS = "seq, prev, hash, kind, at, claimed_at, os_user, host, version, config, policy, body"
ANSWERING = ("records", "evidence", "labels", "edges", "besides", "likeness", "gate_uses")
"""Tables whose rows an entry answers for, by its number."""


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a catalogue with its triggers taken away, and make them again as they were."""
    with closing(sqlite3.connect(path)) as raw:
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, sql in guards:
            raw.execute(sql)
        raw.commit()


def rows_of(raw: sqlite3.Connection) -> list[list[object]]:
    """Return the ledger."""
    return [list(row) for row in raw.execute(f"SELECT {COLUMNS} FROM ledger ORDER BY seq")]


def write(raw: sqlite3.Connection, rows: list[list[object]]) -> None:
    """Write the ledger anew, exactly as it is given."""
    raw.execute("DELETE FROM ledger")
    raw.executemany(f"INSERT INTO ledger ({COLUMNS}) VALUES ({', '.join('?' * 12)})", rows)


def rechain(path: Path) -> None:
    """Number and seal all entries anew, have the rows they answer for follow, and forget what was verified before."""
    connection = connect(path, Opening())
    store = connection.row("SELECT store_id FROM store")
    assert store is not None
    ledger = Ledger(connection, store[0])
    with unguarded(path) as raw:
        fresh, head = [], bytes.fromhex(ledger.empty.hash)
        for number, row in enumerate(rows_of(raw), start=1):
            for table in ANSWERING:
                raw.execute(f"UPDATE {table} SET entry = ? WHERE entry = ?", (number, row[0]))
            sealed = ledger._hash(number, head, tuple(row[3:]))
            fresh.append([number, head, sealed, *row[3:]])
            head = sealed
        write(raw, fresh)
        raw.execute("UPDATE store SET checked_seq = 0, checked_hash = ''")
    connection.close()


def edit(path: Path, seq: int) -> None:
    """Have somebody else have said an entry, and seal it and all after it anew."""
    with unguarded(path) as raw:
        raw.execute("UPDATE ledger SET os_user = 'successor', at = ? WHERE seq = ?", (at(0), seq))
    rechain(path)


def cut_out(path: Path, seq: int) -> None:
    """Take an approval out with every row about it, and close the gap."""
    with unguarded(path) as raw:
        (name,) = raw.execute("SELECT id FROM records WHERE entry = ? AND kind = 'approval'", (seq,)).fetchone()
        raw.execute("DELETE FROM record_subjects WHERE record = ?", (name,))
        raw.execute("DELETE FROM records WHERE id = ?", (name,))
        raw.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
    rechain(path)
