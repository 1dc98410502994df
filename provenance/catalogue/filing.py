"""What follows from a record: which rows answer for it in the tables, and whose verdict it changes.

The record itself stands in the ledger. These rows only make it findable, and `verification` derives them again.
"""

from dataclasses import dataclass
from typing import assert_never

from provenance.catalogue.connection import Connection
from provenance.evidence import Relation
from provenance.records import AnyRecord, Approval, Clearance, Declaration, Derivation, Revocation

EdgeRow = tuple[bytes, bytes, str, str, str]
"""Child's digest, parent's digest, relation, witness, title."""


@dataclass(frozen=True, slots=True)
class Index:
    """The rows that make one record findable."""

    target: str
    subjects: frozenset[bytes]
    edges: frozenset[EdgeRow]


def index_of(record: AnyRecord) -> Index:
    """Return the rows that belong to a record.

    A child of one declared parent is the same work in another form (`parentOf`); of several, each is a part of it
    (`componentOf`). Both carry a flag on.
    """
    match record:
        case Declaration() | Clearance() | Approval():
            return Index("", frozenset(bytes.fromhex(s.digest) for s in record.subjects), frozenset())
        case Derivation():
            child = bytes.fromhex(record.child.digest)
            relation = Relation.PARENT_OF if len(record.parents) == 1 else Relation.COMPONENT_OF
            edges = frozenset(
                (child, bytes.fromhex(p.digest), relation.value, record.witness.value, p.name) for p in record.parents
            )
            return Index("", frozenset({child, *(e[1] for e in edges)}), edges)
        case Revocation():
            return Index(record.target, frozenset(), frozenset())
        case _:
            assert_never(record)


def file(connection: Connection, record: AnyRecord, entry: int) -> None:
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


def redrawn_by(record: AnyRecord) -> frozenset[bytes]:
    """Return the digests whose verdict a record (or the end of it) changes, descendants left out."""
    match record:
        case Declaration():
            return index_of(record).subjects
        case Derivation():
            return frozenset({bytes.fromhex(record.child.digest)})
        case Clearance() | Approval() | Revocation():
            return frozenset()
        case _:
            assert_never(record)
