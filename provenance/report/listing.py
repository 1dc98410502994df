"""Lines of a listing, and the ledger's entries."""

import os

from provenance.catalogue import Entry, Listed
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


def entry_document(entry: Entry) -> EntryDocument:
    """Return one ledger entry as its document."""
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
    )
