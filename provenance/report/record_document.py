"""A person's word as a document."""

from provenance.asset import UtcTime
from provenance.config import ApprovalsMode
from provenance.records import AnyRecord, Approval, Clearance, Declaration, in_force
from provenance.report.documents import RecordDocument
from provenance.report.records import unsigned_words


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
        role=getattr(record, "role", None),
        expires=bounded.expires if bounded else None,
        origin=record.origin if isinstance(record, Declaration) else None,
        project=approval.project if approval else None,
        title=approval.title if approval else None,
        channel=approval.channel if approval else None,
        evidence_sha256=approval.evidence if approval else None,
    )
