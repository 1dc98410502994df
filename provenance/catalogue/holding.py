"""Legal holds: which are in force, what they cover, and what they forbid."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from provenance.asset import Commitment, UtcTime
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.rows import Filed
from provenance.errors import CatalogueDamaged, LegallyHeld, RecordUnknown
from provenance.records import AnyRecord, in_force

if TYPE_CHECKING:
    from provenance.records.personal import LegalHold

_HOLDS = "SELECT id FROM records WHERE kind = 'legal-hold' ORDER BY entry"
_RELEASES = "SELECT id FROM records WHERE target = ? AND target <> '' AND kind = 'hold-release' ORDER BY entry"
_ERASED = "SELECT 1 FROM record_subjects s JOIN records r ON r.id = s.record WHERE s.digest = ? AND r.kind = 'erasure'"


def holds_in_force(
    db: Connection, known: Knowledge, now: UtcTime, counts: Callable[[Filed], bool] | None = None
) -> "tuple[LegalHold, ...]":
    """Return the legal holds that neither expired nor were released, the oldest first.

    `counts` says whether a release does; without it each does.
    """
    from provenance.records.personal import LegalHold

    holds = []
    for (name,) in db.rows(_HOLDS):
        filed = known.record(name)
        if filed is None or not isinstance(filed.record, LegalHold):
            raise CatalogueDamaged(f"record {name} is kept as a legal hold, and is none")
        releases = (known.record(release) for (release,) in db.rows(_RELEASES, (name,)))
        released = any(r is not None and (counts is None or counts(r)) for r in releases)
        if in_force(filed.record.expires, now) and not released:
            holds.append(filed.record)
    return tuple(holds)


def covering(holds: "Iterable[LegalHold]", value: Commitment) -> "tuple[LegalHold, ...]":
    """Return those of some holds that cover a value."""
    return tuple(hold for hold in holds if hold.everything or value in hold.values)


def is_erased(db: Connection, value: Commitment) -> bool:
    """Whether the ledger says that a value was erased."""
    return db.row(_ERASED, (bytes.fromhex(value),)) is not None


def refuse_what_a_hold_forbids(db: Connection, known: Knowledge, record: AnyRecord, now: UtcTime) -> None:
    """Raise `LegallyHeld` for an erasure that a hold covers, `RecordUnknown` for a release of what is no hold.

    To be asked under the lock under which the record is written: else a hold could be recorded in between.
    """
    from provenance.records.personal import Erasure, HoldRelease, LegalHold

    if isinstance(record, Erasure):
        holds = holds_in_force(db, known, now)
        for value in record.values:
            for hold in covering(holds, value):
                raise LegallyHeld(f"per-{value[:20]} is under the legal hold {hold.id} by {hold.by}: {hold.reason}")
    elif isinstance(record, HoldRelease):
        filed = known.record(record.target)
        if filed is None or not isinstance(filed.record, LegalHold):
            raise RecordUnknown(f"{record.target} is no legal hold")
