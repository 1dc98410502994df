"""What follows from a record: which rows answer for it in the tables, and whose verdict it changes.

The record itself stands in the ledger. These rows only make it findable, and `verification` derives them again.
"""

from dataclasses import dataclass

from provenance import records
from provenance.catalogue.connection import Connection
from provenance.evidence import Relation
from provenance.records import Record

EdgeRow = tuple[bytes, bytes, str, str, str]
"""Child's digest, parent's digest, relation, witness, title."""


@dataclass(frozen=True, slots=True)
class Index:
    """The rows that make one record findable."""

    target: str
    subjects: frozenset[bytes]
    edges: frozenset[EdgeRow]


def index_of(record: Record) -> Index:
    """Return the rows that belong to a record.

    A child of one declared parent is the same work in another form (`parentOf`); of several, each is a part of it
    (`componentOf`). Both carry a flag on.
    """
    edges: frozenset[EdgeRow] = frozenset()
    if isinstance(record, records.Derivation):
        relation = Relation.PARENT_OF if len(record.parents) == 1 else Relation.COMPONENT_OF
        where = f" in {record.timeline_name}" if record.timeline_name else ""
        edges = frozenset(
            (
                bytes.fromhex(child.digest),
                bytes.fromhex(p.digest),
                relation.value,
                record.witness.value,
                f"{p.name}{where}",
            )
            for child in record.children
            for p in record.parents
        )
    found_by = (*(s.digest for s in record.about), *record.keys)
    return Index(record.points_at, frozenset(map(bytes.fromhex, found_by)), edges)


def file(connection: Connection, record: Record, entry: int) -> None:
    """Write the rows that make a record findable; `entry` is the number of its ledger entry."""
    index = index_of(record)
    name = record.id
    connection.run(
        "INSERT INTO records (id, kind, target, entry) VALUES (?, ?, ?, ?)", (name, record.kind, index.target, entry)
    )
    for subject in sorted(index.subjects):
        connection.run("INSERT INTO record_subjects (digest, record) VALUES (?, ?)", (subject, name))
    for edge in sorted(index.edges):
        connection.run(
            "INSERT INTO edges (child, parent, relation, witness, title, removed, record, entry)"
            " VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
            (*edge, name, entry),
        )


def redrawn_by(record: Record) -> frozenset[bytes]:
    """Return the digests whose verdict a record (or the end of it) changes, descendants left out."""
    return frozenset(bytes.fromhex(subject.digest) for subject in record.redraws)
