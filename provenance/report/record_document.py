"""A person's word as a document."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from provenance.asset import UtcTime
from provenance.config import ApprovalsMode
from provenance.records import AnyRecord, Approval, Declaration, in_force
from provenance.records.decisions import PictureChange, Refusal, Supersession
from provenance.report.documents import RecordDocument
from provenance.report.records import unsigned_or_none

if TYPE_CHECKING:
    from provenance.identity.authority import Authority


def record_document(
    record: AnyRecord,
    now: UtcTime,
    mode: ApprovalsMode,
    *,
    revoked: bool = False,
    authority: "Authority | None" = None,
) -> RecordDocument:
    """Return a record as its document.

    `in_force` is about `now` and revocation, not about any one file, nor about a picture that was changed since.
    Without an authority nobody looked who signed it: it counts only where nothing has to be signed.
    """
    unsigned = mode is ApprovalsMode.UNSIGNED
    standing = authority.standing.value if authority else ("unsigned" if unsigned else "none")
    expires = getattr(record, "expires", None) or getattr(record, "valid_until", None)
    plain = RecordDocument(
        id=record.id,
        kind=record.kind,
        by=record.by,
        reason=record.reason,
        made_at=record.made_at,
        claimed_at=record.claimed_at,
        in_force=not revoked and in_force(expires, now),
        unsigned=unsigned_or_none(mode, authority),
        standing=standing,
        counts=standing != "none",
        signed_by=authority.person or None if authority else None,
        key=authority.key or None if authority else None,
        why=authority.why or None if authority else None,
        role=getattr(record, "role", None),
        expires=expires,
        origin=record.origin if isinstance(record, Declaration) else None,
        project=getattr(record, "project", None),
        title=getattr(record, "title", None),
    )
    return replace(plain, **_more(record))


def _more(record: AnyRecord) -> dict[str, Any]:
    """Return what only some kinds of record say."""
    match record:
        case Approval():
            return _of_deliverable(record) | {
                "scope": record.scope.value,
                "pattern": record.pattern or None,
                "folder": record.folder or None,
                "frames": [*record.frames] if record.frames else None,
                "shot": record.shot or None,
                "element": record.element or None,
                "until_picture_change": record.until_picture_change,
                "grounds": [*record.grounds],
                "conditions": [*record.conditions],
                "despite": [*record.despite],
                "again": record.again or None,
                "transcribed_by": record.transcribed_by,
                "evidence_dkim": record.evidence_dkim,
            }
        case Refusal():
            return _of_deliverable(record)
        case Supersession():
            return {
                "evidence_sha256": record.evidence,
                "replaced": [s.digest for s in record.replaced],
                "final": record.final.digest,
            }
        case PictureChange():
            return {"shots": [*record.shots]}
        case _ if record.kind == "attestation":
            return _of_attestation(record)
        case _:
            return {}


def _of_attestation(record: AnyRecord) -> dict[str, Any]:
    """Return what it rests on, and the document that shows it, where somebody does not simply say so."""
    from provenance.records.attestation import Attestation

    if not isinstance(record, Attestation) or not record.basis:
        return {}
    return {"basis": record.basis, "evidence_sha256": record.timeline}


def _of_deliverable(record: Approval | Refusal) -> dict[str, Any]:
    return {
        "channel": record.channel,
        "channels": [record.channel, *record.channels],
        "evidence_sha256": record.evidence,
        "requested_by": record.requested_by,
        "basis": record.basis or None,
    }
