"""People's words, as they are shown. What nothing proves is called so, wherever it is shown."""

from typing import assert_never

from provenance.asset import UtcTime
from provenance.catalogue import Entry
from provenance.config import ApprovalsMode
from provenance.records import (
    RECORD_TYPES,
    UNSIGNED,
    AnyRecord,
    Approval,
    Clearance,
    Declaration,
    Derivation,
    Revocation,
    in_force,
    record_from,
)
from provenance.report.documents import RecordDocument


def unsigned_words(mode: ApprovalsMode) -> str:
    """Return what must stand beside any record in this mode."""
    match mode:
        case ApprovalsMode.UNSIGNED:
            return UNSIGNED
        case _:
            assert_never(mode)


def record_document(record: AnyRecord, now: UtcTime, mode: ApprovalsMode, *, revoked: bool = False) -> RecordDocument:
    """Return a record as its document. `in_force` is about `now` and revocation, not about any one file."""
    approval = record if isinstance(record, Approval) else None
    bounded = record if isinstance(record, Approval | Clearance) else None
    return RecordDocument(
        id=record.id,
        kind=record.kind,
        by=record.by,
        reason=record.reason,
        made_at=record.made_at,
        claimed_at=record.claimed_at,
        in_force=not revoked and (bounded is None or in_force(bounded.expires, now)),
        unsigned=unsigned_words(mode),
        role=bounded.role if bounded else None,
        expires=bounded.expires if bounded else None,
        origin=record.origin if isinstance(record, Declaration) else None,
        project=approval.project if approval else None,
        title=approval.title if approval else None,
        channel=approval.channel if approval else None,
        evidence_sha256=approval.evidence if approval else None,
    )


def record_text(record: AnyRecord) -> str:
    """Return what a record says, in one line, without who vouches for it."""
    match record:
        case Declaration():
            says = f"declared {record.origin} by {record.by}"
        case Clearance():
            says = f"cleared by {record.by} ({record.role})"
        case Approval():
            title = f" ({record.title})" if record.title else ""
            says = f"approved for {record.project}, {record.channel}{title}, by {record.by} ({record.role})"
        case Derivation():
            says = f"derived from {', '.join(p.name for p in record.parents)}, says {record.by}"
        case Revocation():
            says = f"revoked {record.target} by {record.by}"
        case _:
            assert_never(record)
    until = f", until {record.expires}" if isinstance(record, Approval | Clearance) and record.expires else ""
    return f"{record.id}: {says}{until}: {record.reason}"


def entry_text(entry: Entry, mode: ApprovalsMode) -> str:
    """Return one ledger entry in a line: what it says, and where it stands."""
    where = f"{entry.seq:>6}  {entry.at}  {entry.os_user}@{entry.host}  {entry.kind:<10}"
    if entry.kind in RECORD_TYPES:
        return f"{where}  {record_text(record_from(entry.body))}  [{unsigned_words(mode)}]"
    report = entry.body.get("report")
    if isinstance(report, dict):
        counts = ", ".join(f"{n} {what}" for what, n in report["counts"].items() if n)
        return f"{where}  {entry.body['run']}: {report['outcome']} ({counts})"
    said = ", ".join(f"{k} {v}" for k, v in entry.body.items() if isinstance(v, str | int))
    return f"{where}  {said}"
