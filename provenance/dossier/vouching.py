"""Whose word counts, and what stands behind it. In this room that is asked here and nowhere else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from provenance.asset import Digest, ProjectId, Title, UtcTime
from provenance.catalogue import Filed
from provenance.deciding import Decided, Known, decide
from provenance.dossier.rows import Spoken
from provenance.policy import Policy
from provenance.records import Approval, Deliverable, Record, Words, in_force
from provenance.records.consent import Consent
from provenance.records.disclosure import Disclosure
from provenance.records.register import Register
from provenance.verdict import Verdict
from provenance.voices import Voices

if TYPE_CHECKING:
    from provenance.identity.authority import Authority

    Wording = Callable[[Authority], str]
    """Puts what stands behind a record into words."""


class Vouching:
    """What the catalogue knows of words, as of one moment, held against who is listed."""

    def __init__(self, voices: Voices, now: UtcTime, wording: "Wording") -> None:
        self._voices = voices
        self._now = now
        self._wording = wording

    def stands(self, filed: Filed) -> str:
        """Return what stands behind a record, in words that are shown beside it."""
        return self._wording(self._voices.authority(filed))

    def taken_back(self, filed: Filed) -> bool:
        """Whether somebody took a record back who may."""
        return filed.revoked_by is not None and filed.record.id not in self._voices.standing

    def counts(self, filed: Filed) -> bool:
        """Whether its author may say it, nobody took it back, and it is not over."""
        expires = getattr(filed.record, "expires", None) or getattr(filed.record, "valid_until", None)
        current = not self.taken_back(filed) and in_force(expires, self._now)
        return current and self._voices.authority(filed).counts

    def heard(self, digest: Digest, told: tuple[Disclosure, ...]) -> tuple[Disclosure, ...]:
        """Return what counts of all that was told of some bytes."""
        return self._voices.heard(digest, told)

    def words(self, digest: Digest, deliverable: Deliverable) -> Words:
        """Return the words that count for some bytes in a deliverable, as they are recorded."""
        return self._voices.words(digest, deliverable)[0]

    def decide(self, policy: Policy, known: Known, deliverable: Deliverable) -> Decided:
        """Return what a policy and people's words make of one file, as the gate does."""
        return decide(self._voices, policy, known, deliverable)

    def verdict(self, digest: Digest, verdict: Verdict) -> Verdict:
        """Return the verdict on some bytes as it is where only words that count have a say in it."""
        return self._voices.verdict(digest, verdict)

    def consents(self, project: ProjectId, title: Title) -> tuple[Consent, ...]:
        """Return the consents that count for a title, oldest first."""
        return self._voices.consents(project, title)

    def register(self) -> Register:
        """Return the tool register as it counts; an entry that does not is as good as over."""
        return self._voices.register()

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
