"""Lines of a listing, and the ledger's entries."""

import os

from provenance.catalogue import Listed, Sealed
from provenance.records import ENVELOPE, KINDS, content_id, record_type
from provenance.report.documents import EntryDocument, ListedDocument


def listed_document(row: Listed) -> ListedDocument:
    """Return one line of a listing as its document."""
    return ListedDocument(
        zone=row.place.zone,
        path=os.fsdecode(row.place.path),
        sha256=row.digest,
        size=row.size,
        origin=row.origin.value,
        present=row.present,
    )


def entry_document(sealed: Sealed) -> EntryDocument:
    """Return one ledger entry as its document, with all that is needed to verify it without this tool."""
    entry = sealed.entry
    envelope = entry.body.get(ENVELOPE) if entry.kind in KINDS else None
    return EntryDocument(
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        claimed_at=entry.claimed_at,
        os_user=entry.os_user,
        host=entry.host,
        version=entry.version,
        config_sha256=entry.config,
        policy_sha256=entry.policy,
        prev=entry.prev,
        hash=entry.hash,
        body=entry.body,
        store=sealed.store,
        id=_record_id(entry.kind, entry.body),
        sealed=sealed.text,
        body_json=sealed.body,
        envelope=envelope if isinstance(envelope, dict) else None,
    )


def _record_id(kind: str, body: dict[str, object]) -> str | None:
    """Return the id of the record a body holds, from its content alone: an export leaves nothing out that is odd."""
    if kind not in KINDS:
        return None
    return content_id(record_type(kind).prefix, {key: value for key, value in body.items() if key != ENVELOPE})
