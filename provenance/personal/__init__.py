"""What is known of people: names, contacts, consent documents. Kept outside the chain, so that it can be erased.

::

    commitment   what the chain holds instead of a value
    store        the file the values lie in
    erasing      the word in the ledger first, then the value out of the file

Records name a value by its commitment alone. Whoever has value and salt can show that a record speaks of it; without
the salt, which goes with the value, nobody can find it out by trying names.
"""

from provenance.personal.commitment import commitment_of, person_id
from provenance.personal.erasing import erase, finish_erasures
from provenance.personal.store import (
    PERSONAL_NAME,
    Copy,
    Opened,
    PersonalStore,
    Stored,
    ValueKind,
    personal_path,
)

__all__ = [
    "PERSONAL_NAME",
    "Copy",
    "Opened",
    "PersonalStore",
    "Stored",
    "ValueKind",
    "commitment_of",
    "erase",
    "finish_erasures",
    "person_id",
    "personal_path",
]
