"""Rows read along with the ledger, in the order of its entries: one pass instead of three questions an entry."""

from collections.abc import Generator

from provenance.catalogue.connection import Connection, Row


class Rows:
    """Rows that begin with the number of their entry, in its order."""

    def __init__(self, rows: Generator[Row, None, None]) -> None:
        self._rows = rows
        self._next: Row | None = None
        self._begun = False

    def close(self) -> None:
        """Let go of the rows that were not asked for."""
        self._rows.close()

    def of(self, seq: int) -> list[Row]:
        """Return the rows of an entry, without its number. Entries have to be asked for in order."""
        if not self._begun:
            self._begun, self._next = True, next(self._rows, None)
        row = self._next
        if row is None or row[0] > seq:
            return []
        found: list[Row] = []
        while row is not None and row[0] <= seq:
            if row[0] == seq:
                found.append(row[1:])
            row = next(self._rows, None)
        self._next = row
        return found


class Along:
    """What makes the records and gate runs after an entry findable. To be read within one read transaction."""

    def __init__(self, db: Connection, since: int) -> None:
        self.records = Rows(
            db.each(
                "SELECT r.entry, r.id, r.kind, r.target, s.digest FROM records r"
                " LEFT JOIN record_subjects s ON s.record = r.id WHERE r.entry > ? ORDER BY r.entry",
                (since,),
            )
        )
        """Id, kind, target, and a subject or None: a row a subject."""
        self.edges = Rows(
            db.each(
                "SELECT entry, record, child, parent, relation, witness, title FROM edges"
                " WHERE entry > ? AND record <> '' AND removed = 0 AND label = '' ORDER BY entry",
                (since,),
            )
        )
        self.uses = Rows(
            db.each(
                "SELECT entry, record, digest FROM gate_uses WHERE entry > ? ORDER BY entry, record, digest", (since,)
            )
        )

    def close(self) -> None:
        """Let go of whatever was not asked for: a connection is closed after all that reads from it."""
        for rows in (self.records, self.edges, self.uses):
            rows.close()
