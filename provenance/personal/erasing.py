"""Erasing: the word in the ledger first, then the value out of the file.

Cut off in between, the ledger says that something is erased which is still there. Every later use of the store through
the command line finishes that (`finish_erasures`), also in a store that was put back from a backup.
"""

from collections.abc import Mapping
from typing import Any

from provenance.asset import Commitment
from provenance.catalogue import Catalogue, Stamp
from provenance.personal.store import PersonalStore, Stored
from provenance.records.personal import Erasure


def erase(
    catalogue: Catalogue, store: PersonalStore, record: Erasure, stamp: Stamp, envelope: Mapping[str, Any] | None = None
) -> tuple[Stored, ...]:
    """Record an erasure and take its values out of the store; return what was taken out.

    Raises `LegallyHeld` if a hold forbids any of it: then nothing was said, and nothing erased.
    """
    catalogue.add_record(record, stamp, envelope)
    return finish_erasures(catalogue, store)


def finish_erasures(catalogue: Catalogue, store: PersonalStore) -> tuple[Stored, ...]:
    """Take out of the store whatever the ledger says is erased; return what was still there."""
    left = tuple(stored for stored in store.stored() if catalogue.is_erased(stored.commitment))
    if left:
        store.remove(tuple(Commitment(stored.commitment) for stored in left))
    return left
