"""A person's word as a document."""

from provenance.asset import UtcTime
from provenance.config import ApprovalsMode
from provenance.records import AnyRecord, Approval, Declaration, in_force
from provenance.report.documents import RecordDocument
from provenance.report.records import unsigned_words


def record_document(record: AnyRecord, now: UtcTime, mode: ApprovalsMode, *, revoked: bool = False) -> RecordDocument:
    """Return a record as its document. `in_force` is about `now` and revocation, not about any one file."""
    approval = record if isinstance(record, Approval) else None
    expires = getattr(record, "expires", None) or getattr(record, "valid_until", None)
    return RecordDocument(
        id=record.id,
        kind=record.kind,
        by=record.by,
        reason=record.reason,
        made_at=record.made_at,
        claimed_at=record.claimed_at,
        in_force=not revoked and in_force(expires, now),
        unsigned=unsigned_words(mode),
        role=getattr(record, "role", None),
        expires=expires,
        origin=record.origin if isinstance(record, Declaration) else None,
        project=getattr(record, "project", None),
        title=getattr(record, "title", None),
        channel=approval.channel if approval else None,
        evidence_sha256=approval.evidence if approval else None,
    )
