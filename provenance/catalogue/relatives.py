"""Lineage as it is shown: every step up and down from some bytes, with what is known of the other side."""

import os

from provenance.asset import Digest
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.rows import Filed, Lineage, Relative
from provenance.catalogue.stored import member
from provenance.evidence import Relation
from provenance.files import display
from provenance.lineage import Edge, Witness

_UP = (
    "SELECT DISTINCT e.child, coalesce(a.sha256, nullif(e.parent, x'')), e.relation, e.witness, e.title,"
    " nullif(e.label, ''), e.removed, nullif(e.record, '') FROM edges e"
    " LEFT JOIN labels l ON l.label = e.label AND e.label <> '' LEFT JOIN assets a ON a.id = l.asset"
    " WHERE e.child = ? AND NOT EXISTS (SELECT 1 FROM records v WHERE v.target = e.record AND v.target <> '')"
    " ORDER BY e.id, 2"
)
_DOWN = (
    "SELECT DISTINCT e.child, ?1, e.relation, e.witness, e.title, nullif(e.label, ''), e.removed, nullif(e.record, '')"
    " FROM edges e WHERE e.child <> ?1 AND ((e.parent = ?1 AND e.parent <> x'')"
    " OR (e.label <> '' AND e.label IN"
    " (SELECT l.label FROM labels l JOIN assets a ON a.id = l.asset WHERE a.sha256 = ?1)))"
    " AND NOT EXISTS (SELECT 1 FROM records v WHERE v.target = e.record AND v.target <> '') ORDER BY e.id"
)


def relatives_of(connection: Connection, known: Knowledge, raw: bytes) -> Lineage:
    """Return what some bytes were made from and what was made from them, derivations taken back left out.

    An ingredient nobody has matched yet has a relative without a digest. Where several known assets carry the manifest
    an ingredient names, there is one relative for each.
    """
    look = _Look(connection, known)
    up = (look.relative(_edge(row), up=True) for row in connection.rows(_UP, (raw,)))
    down = (look.relative(_edge(row), up=False) for row in connection.rows(_DOWN, (raw,)))
    return Lineage(tuple(up), tuple(down))


def _edge(row: tuple[bytes, bytes | None, str, str, str, str | None, int, str | None]) -> Edge:
    child, parent, relation, witness, title, label, removed, record = row

    def what() -> str:
        return f"lineage of {child.hex()}"

    return Edge(
        Digest(child.hex()),
        None if parent is None else Digest(parent.hex()),
        member(Relation, relation, what),
        member(Witness, witness, what),
        title,
        label,
        bool(removed),
        record,
    )


class _Look:
    """Looks up the other side of each step. One record may be behind thousands of them, and is read once."""

    def __init__(self, connection: Connection, known: Knowledge) -> None:
        self._db = connection
        self._known = known
        self._records: dict[str, Filed | None] = {}

    def relative(self, edge: Edge, *, up: bool) -> Relative:
        other = edge.parent if up else edge.child
        if other is None:
            return Relative(edge, None, None, None)
        raw = bytes.fromhex(other)
        filed = self._record(edge.record) if edge.record else None
        name = _name(self._db, raw)
        return Relative(edge, other, self._known.contribution(raw), name, filed.record if filed else None)

    def _record(self, name: str) -> Filed | None:
        if name not in self._records:
            self._records[name] = self._known.record(name)
        return self._records[name]


def _name(connection: Connection, raw: bytes) -> str | None:
    """Return the name some bytes were last seen under."""
    row = connection.row(
        "SELECT s.name FROM sightings s JOIN assets a ON a.id = s.asset WHERE a.sha256 = ?"
        " ORDER BY s.gone_at IS NOT NULL, s.gone_at DESC, s.id LIMIT 1",
        (raw,),
    )
    return None if row is None else display(os.fsdecode(row[0]))
