"""Where everything that is known is kept: one SQLite file with a ledger in it. Nothing else imports SQLite.

::

    catalogue    the one writer: record, add_record, vanish, note_gate_run, verify
    queries      what it can be asked of bytes and words
    places       what it can be asked of places
    rows         what comes out
    numbers      the catalogue in numbers
    entering     what goes in
    custody      what was taken out of a zone and is kept for it
    doubts       which files of a zone may not pass by themselves
    ledger       the chain of what was said and decided
    recording    one batch of evidence on its way in
    alike        by what its assets are known again
    pins         heads of the ledger that were kept elsewhere
    holding      what must not be erased
    copying      the whole file, copied while others write
    keeping      what was taken out of a zone, and what waits to be taken in
    drift        what was read by others than today's readers
    exhibiting   whose is what is kept in a file of its own
    keptfile     that file
    history      verdicts that do not stand any more
    filing       which rows make a record findable
    inventory    everything generated, from end to end
    telling      what was told of which bytes, and what was not
    knowledge    what is known of single assets
    redraw       verdicts of what changed and of its descendants
    relatives    lineage as it is shown
    question     what is asked of words, and whose count
    effect       which words count for one file: by its bytes, its lineage, its name
    verification the tables against the ledger
    schema       the tables and their migrations
    stored       values to bytes and back
    connection   the one way to SQLite
"""

from importlib import import_module
from typing import TYPE_CHECKING

from provenance.catalogue.catalogue import Catalogue
from provenance.catalogue.connection import Opening
from provenance.catalogue.ledger import BrokenEntry, Ledger
from provenance.catalogue.queries import Queries
from provenance.catalogue.rows import Entry, Filed, Head, Known, Lineage, Listed, Relative, Sighting

if TYPE_CHECKING:
    from provenance.catalogue.copying import copy_whole
    from provenance.catalogue.custody import IN_QUARANTINE, UNFINISHED, Carried, Companion, Move, Quarantined, Stay, Why
    from provenance.catalogue.doubts import Doubtful, Drawn
    from provenance.catalogue.entering import (
        Batch,
        Change,
        Examined,
        GateRun,
        GateUse,
        Recorded,
        Sealed,
        Stamp,
        Trouble,
        Waiting,
    )
    from provenance.catalogue.holding import covering
    from provenance.catalogue.numbers import Counts, Used
    from provenance.catalogue.pins import Pin, ends_before, pins_in
    from provenance.catalogue.question import Counting, Shown

__all__ = [
    "IN_QUARANTINE",
    "UNFINISHED",
    "Batch",
    "BrokenEntry",
    "Carried",
    "Catalogue",
    "Change",
    "Companion",
    "Counting",
    "Counts",
    "Doubtful",
    "Drawn",
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
    "Pin",
    "Quarantined",
    "Queries",
    "Recorded",
    "Relative",
    "Sealed",
    "Shown",
    "Sighting",
    "Stamp",
    "Stay",
    "Trouble",
    "Used",
    "Waiting",
    "Why",
    "copy_whole",
    "covering",
    "ends_before",
    "pins_in",
]

_LATER = (
    "provenance.catalogue.entering",
    "provenance.catalogue.custody",
    "provenance.catalogue.doubts",
    "provenance.catalogue.numbers",
    "provenance.catalogue.pins",
    "provenance.catalogue.holding",
    "provenance.catalogue.copying",
    "provenance.catalogue.question",
)
"""Loaded when a name of theirs is first asked for: a question about a known file needs none, and has to be fast."""


def __getattr__(name: str) -> object:
    """Return a name of a module that is loaded later (PEP 562)."""
    if name in __all__:
        for module in map(import_module, _LATER):
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
