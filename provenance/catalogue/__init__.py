"""Where everything that is known is kept: one SQLite file with a ledger in it. Nothing else imports SQLite.

::

    catalogue    the one writer: record, add_record, vanish, note_gate_run, verify
    queries      what it can be asked
    rows         what goes in and comes out
    ledger       the chain of what was said and decided
    recording    one batch of evidence on its way in
    keeping      what was taken out of a zone, and what waits to be taken in
    filing       which rows make a record findable
    knowledge    what is known of single assets
    redraw       verdicts of what changed and of its descendants
    relatives    lineage as it is shown
    verification the tables against the ledger
    schema       the tables and their migrations
    stored       values to bytes and back
    connection   the one way to SQLite
"""

from provenance.catalogue.catalogue import Catalogue
from provenance.catalogue.connection import Opening
from provenance.catalogue.ledger import BrokenEntry, Ledger
from provenance.catalogue.queries import Queries
from provenance.catalogue.rows import (
    IN_QUARANTINE,
    UNFINISHED,
    Batch,
    Carried,
    Change,
    Companion,
    Counts,
    Entry,
    Examined,
    Filed,
    GateRun,
    GateUse,
    Head,
    Known,
    Lineage,
    Listed,
    Move,
    Quarantined,
    Recorded,
    Relative,
    Sighting,
    Stamp,
    Stay,
    Trouble,
    Used,
    Waiting,
    Why,
)

__all__ = [
    "IN_QUARANTINE",
    "UNFINISHED",
    "Batch",
    "BrokenEntry",
    "Carried",
    "Catalogue",
    "Change",
    "Companion",
    "Counts",
    "Entry",
    "Examined",
    "Filed",
    "GateRun",
    "GateUse",
    "Head",
    "Known",
    "Ledger",
    "Lineage",
    "Listed",
    "Move",
    "Opening",
    "Quarantined",
    "Queries",
    "Recorded",
    "Relative",
    "Sighting",
    "Stamp",
    "Stay",
    "Trouble",
    "Used",
    "Waiting",
    "Why",
]
