"""Whose word counts, and what stands behind it. In this room that is asked here and nowhere else."""

from provenance.asset import Digest, UtcTime
from provenance.catalogue import Filed, Queries
from provenance.dossier.rows import Spoken
from provenance.records import UNSIGNED, Approval, Deliverable, Record, Words, in_force
from provenance.records.consent import Consent
from provenance.verdict import Verdict


class Vouching:
    """What the catalogue knows of words, as of one moment. Records are not signed yet, so anybody's word counts."""

    def __init__(self, catalogue: Queries, now: UtcTime) -> None:
        self._catalogue = catalogue
        self._now = now

    def stands(self, filed: Filed) -> str:  # noqa: ARG002 (who signed it will say)
        """Return what stands behind a record, in words that are shown beside it."""
        return UNSIGNED

    def counts(self, filed: Filed) -> bool:
        """Whether its author may say it, nobody took it back, and it is not over."""
        expires = getattr(filed.record, "expires", None) or getattr(filed.record, "valid_until", None)
        return filed.revoked_by is None and in_force(expires, self._now)

    def words(self, digest: Digest, deliverable: Deliverable) -> Words:
        """Return the words that count for some bytes in a deliverable."""
        return self._catalogue.effective_words(digest, deliverable, self._now)

    def verdict(self, digest: Digest, verdict: Verdict) -> Verdict:  # noqa: ARG002
        """Return the verdict on some bytes as it is where only words that count have a say in it."""
        return verdict

    def spoken(self, filed: Filed) -> Spoken:
        """Return a record as a report shows it."""
        record = filed.record
        consent = record if isinstance(record, Consent) else None
        channels = (getattr(record, "channel", ""), *getattr(record, "channels", ()))
        return Spoken(
            id=record.id,
            kind=record.kind,
            by=record.by,
            reason=record.reason,
            made_at=record.made_at,
            stands=self.stands(filed),
            counts=self.counts(filed),
            role=getattr(record, "role", ""),
            channels=tuple(str(c) for c in channels if c),
            title=getattr(record, "title", None) or "",
            expires=getattr(record, "expires", None),
            revoked_by=filed.revoked_by,
            origin=getattr(record, "origin", ""),
            performer=consent.performer if consent else "",
            replica=consent.replica if consent else "",
            scope=consent.scope if consent else _reach(record),
            conditions=getattr(record, "conditions", ()),
        )


def _reach(record: Record) -> str:
    """Return how far an approval reaches beyond the bytes it names; empty where it does not."""
    return record.scope.value if isinstance(record, Approval) and record.scope.reaches else ""
