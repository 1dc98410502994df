"""Consent: a performer, or who speaks for one, agrees to one class of replica in one title.

Consent is not approval: it says that a person may be replicated, not that the result may be delivered. It is withdrawn
as any word is taken back, by a revocation.
"""

from dataclasses import dataclass
from typing import ClassVar

from provenance.asset import Commitment, Digest, ProjectId, Title, UtcTime
from provenance.records.record import Record, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """What one performer agreed to. `by` is who recorded it, `reason` how it was given.

    The performer's name stands nowhere in it, and neither does the document's.
    """

    kind: ClassVar[str] = "consent"
    prefix: ClassVar[str] = "cns"

    performer: Commitment
    replica: str
    """A value of `policy.facts.Replica`."""
    scope: str
    """What was agreed to, in words: reasonably specific, as the performer read it."""
    project: ProjectId
    title: Title
    whole_project: bool = False
    """For every title of the project; otherwise for `title` alone."""
    document: Digest
    """SHA-256 of the signed document."""
    expires: UtcTime | None = None

    def covers(self, project: ProjectId, title: Title, now: UtcTime) -> bool:
        """Whether it counts for this title at this time, if nobody took it back."""
        here = self.project == project and (self.whole_project or self.title == title)
        return here and in_force(self.expires, now)
