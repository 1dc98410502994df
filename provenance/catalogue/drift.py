"""What was read by readers that are not today's, and could read otherwise now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from provenance.asset import Digest, RelPath, ZoneName
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.stored import Gist
from provenance.evidence import Examiner, State


class Reach(Enum):
    """How much of what somebody read could read otherwise today."""

    NOTHING = "nothing"
    TRUST = "trust"
    """The trust list is another one: whatever has a credential."""
    SDK = "sdk"
    """The SDK is another one: whatever has a credential, or is of a type that it could not read."""
    EVERYTHING = "everything"
    """Our own readers are others."""


_UNTOUCHED = {
    Reach.TRUST: {State.ABSENT, State.UNSUPPORTED},
    Reach.SDK: {State.ABSENT},
}
"""Credentials in these states say the same whatever else is trusted, or whoever reads them."""


def reach_of(examiner: Examiner, today: Examiner) -> Reach:
    """Return how much of what an examiner read could read otherwise today. Older readers than its own are no reason."""
    if examiner.revision < today.revision:
        return Reach.EVERYTHING
    if examiner.c2pa != today.c2pa:
        return Reach.SDK
    return Reach.NOTHING if examiner.trust_list == today.trust_list else Reach.TRUST


@dataclass(frozen=True, slots=True)
class Older:
    """A file that is there and could read otherwise now."""

    name: bytes
    digest: Digest
    examiner: Examiner
    reach: Reach


@dataclass(slots=True)
class Drift:
    """Asks what of what is present was read by others than today's readers. Not inside a transaction of one's own."""

    _db: Connection
    _known: Knowledge
    _today: Examiner
    _states: dict[Reach, set[int]] = field(default_factory=dict)

    def count(self) -> int:
        """Return how many files that are there could read otherwise now."""
        found = 0
        for number, present in self._db.rows(
            "SELECT examiner, count(*) FROM sightings WHERE gone_at IS NULL GROUP BY examiner"
        ):
            reach = reach_of(self._known.examiner(number), self._today)
            if reach is Reach.EVERYTHING:
                found += present
            elif reach is not Reach.NOTHING:
                rows = self._db.each(_PRESENT + " AND s.examiner = ?", (number,))
                found += sum(self._moved(reach, finding, beside) for *_, finding, beside in rows)
        return found

    def newer(self) -> int:
        """Return how many files that are there were read by newer readers than today's."""
        rows = self._db.rows("SELECT examiner, count(*) FROM sightings WHERE gone_at IS NULL GROUP BY examiner")
        return sum(n for number, n in rows if self._known.examiner(number).revision > self._today.revision)

    def among(self, zone: ZoneName, folder: RelPath) -> Iterator[Older]:
        """Yield the files of one folder that could read otherwise now."""
        here = " AND s.folder = (SELECT id FROM folders WHERE zone = ? AND path = ?) ORDER BY s.name"
        for name, number, raw, finding, beside in self._db.rows(_PRESENT + here, (zone, folder)):
            examiner = self._known.examiner(number)
            reach = reach_of(examiner, self._today)
            if reach is not Reach.NOTHING and self._moved(reach, finding, beside):
                yield Older(name, Digest(raw.hex()), examiner, reach)

    def _moved(self, reach: Reach, finding: int, beside: int) -> bool:
        return reach is Reach.EVERYTHING or bool(beside) or finding in self._of(reach)

    def _of(self, reach: Reach) -> set[int]:
        if reach not in self._states:
            states = frozenset(set(State) - _UNTOUCHED[reach])
            self._states[reach] = self._known.findings_like(Gist(states=states))
        return self._states[reach]


_PRESENT = (
    "SELECT s.name, s.examiner, a.sha256,"
    " (SELECT e.finding FROM evidence e WHERE e.asset = a.id ORDER BY e.nth DESC LIMIT 1),"
    " coalesce((SELECT CASE WHEN json_valid(CAST(b.body AS TEXT))"
    " THEN json_type(CAST(b.body AS TEXT), '$.sidecar') IS 'object' ELSE 1 END"
    " FROM besides b WHERE b.id = s.beside), 0)"
    " FROM sightings s JOIN assets a ON a.id = s.asset WHERE s.gone_at IS NULL"
)
