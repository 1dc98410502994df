"""What a report goes through from end to end: everything generated, and what was done with it. Reads only.

It comes a row at a time, by the number an asset has here, so that several questions can be read along with each other
and nothing has to be held. What was recorded together has numbers side by side, and mostly the same words speak of it.
Ask inside `reading()`, or the rows may be of different moments.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import msgspec

from provenance.asset import Channel, Digest, Place, RelPath, Title, UtcTime, ZoneName
from provenance.catalogue.connection import Connection
from provenance.catalogue.stored import decoded, member
from provenance.evidence import Examiner
from provenance.verdict import Origin

_GENERATED = (
    "(a.origin IN ('ai-generated', 'ai-assisted') OR EXISTS"
    " (SELECT 1 FROM sightings s WHERE s.asset = a.id AND s.origin IN ('ai-generated', 'ai-assisted'))"
    " OR EXISTS (SELECT 1 FROM record_subjects t JOIN records k ON k.id = t.record"
    " WHERE t.digest = a.sha256 AND k.kind IN ('disclosure', 'binding')))"
)
"""What is flagged, wherever it was seen; and what somebody told of, which is taken for generated."""


@dataclass(frozen=True, slots=True)
class Found:
    """Some bytes that were found or told to be generated."""

    asset: int
    digest: Digest
    size: int
    first_seen: UtcTime


@dataclass(frozen=True, slots=True)
class Held:
    """Some bytes that lie in quarantine."""

    asset: int
    place: Place
    since: UtcTime


class Passed(msgspec.Struct, frozen=True, array_like=True):
    """A gate run that let some bytes pass on somebody's word.

    `channel` and `title` are None where it passed on an attestation alone: such files are counted, not listed.
    """

    run: str
    entry: int
    at: UtcTime
    channel: Channel | None
    title: Title | None
    records: tuple[str, ...]


class _Line(msgspec.Struct):
    channel: Channel
    title: Title
    sha256: Digest | None = None
    records: tuple[str, ...] = ()


class _Report(msgspec.Struct):
    passed_on_word: list[_Line] = msgspec.field(default_factory=list)


class _Run(msgspec.Struct):
    run: str
    report: _Report


class Inventory:
    """Everything generated that a catalogue knows of."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def reading(self) -> AbstractContextManager[None]:
        """Read one state of the catalogue for a whole block, whatever others write meanwhile."""
        return self._db.reading()

    def generated(self) -> Iterator[Found]:
        """Yield everything that was ever found or told to be generated, by number."""
        sql = "SELECT a.id, a.sha256, a.size, a.first_seen FROM assets a WHERE " + _GENERATED + " ORDER BY a.id"  # noqa: S608
        for asset, raw, size, first_seen in self._db.each(sql):
            yield Found(asset, Digest(raw.hex()), size, first_seen)

    def passed(self) -> Iterator[tuple[int, Passed]]:
        """Yield what gate runs let pass on somebody's word, with its number, by run, the oldest first.

        The lines of one run are held together; a run is one entry of the ledger.
        """
        for seq, at, body in self._db.each("SELECT seq, at, body FROM ledger WHERE kind = 'gate' ORDER BY seq"):
            run = decoded(body, _Run, lambda seq=seq: f"entry {seq} of the ledger")  # type: ignore[misc]
            for line in run.report.passed_on_word:
                asset = None if line.sha256 is None else self._number(line.sha256)
                if asset is not None:
                    yield asset, Passed(run.run, seq, at, line.channel, line.title, line.records)
            for number, record in self._attested(seq):
                yield number, Passed(run.run, seq, at, None, None, (record,))

    def _number(self, digest: Digest) -> int | None:
        row = self._db.row("SELECT id FROM assets WHERE sha256 = ?", (bytes.fromhex(digest),))
        return None if row is None else int(row[0])

    def _attested(self, seq: int) -> Iterator[tuple[int, str]]:
        """Yield what passed in a run on an attestation, and was found or told to be generated since."""
        sql = (
            "SELECT a.id, u.record FROM gate_uses u JOIN records r ON r.id = u.record AND r.kind = 'attestation'"
            " JOIN assets a ON a.sha256 = u.digest WHERE u.entry = ? AND "
        )
        yield from self._db.each(sql + _GENERATED, (seq,))

    def held(self) -> Iterator[Held]:
        """Yield what lies in quarantine, by number."""
        rows = self._db.each(
            "SELECT a.id, q.zone, q.path, q.taken_at FROM quarantine q JOIN assets a ON a.sha256 = q.sha256"
            " WHERE q.state IN ('held', 'releasing') ORDER BY a.id"
        )
        for asset, zone, path, since in rows:
            yield Held(asset, Place(ZoneName(zone), RelPath(path)), since)

    def present(self) -> Counter[tuple[ZoneName, Origin]]:
        """Return how many files are there in each zone, by verdict."""
        rows = self._db.rows(
            "SELECT f.zone, coalesce(s.origin, a.origin), count(*) FROM sightings s JOIN folders f ON f.id = s.folder"
            " JOIN assets a ON a.id = s.asset WHERE s.gone_at IS NULL GROUP BY 1, 2"
        )
        return Counter({(ZoneName(z), member(Origin, o, lambda: "a verdict")): n for z, o, n in rows})

    def troubled(self) -> Counter[ZoneName]:
        """Return how many things in each zone could not be examined, or wait to be taken in."""
        rows = self._db.rows(
            "SELECT zone, count(*) FROM (SELECT zone FROM troubles UNION ALL SELECT zone FROM waiting) GROUP BY zone"
        )
        return Counter({ZoneName(zone): count for zone, count in rows})

    def evidence_entries(self, digest: Digest) -> frozenset[int]:
        """Return the numbers of the ledger's entries that answer for what was found in and beside some bytes."""
        rows = self._db.rows(
            "SELECT e.entry FROM evidence e JOIN assets a ON a.id = e.asset WHERE a.sha256 = ?1"
            " UNION SELECT b.entry FROM besides b JOIN assets a ON a.id = b.asset WHERE a.sha256 = ?1"
            " UNION SELECT l.entry FROM labels l JOIN assets a ON a.id = l.asset WHERE a.sha256 = ?1"
            " UNION SELECT entry FROM edges WHERE child = ?1",
            (bytes.fromhex(digest),),
        )
        return frozenset(seq for (seq,) in rows)

    def examiners(self) -> tuple[Examiner, ...]:
        """Return everybody who ever examined anything here, the first one first."""
        rows = self._db.rows("SELECT id, body FROM examiners ORDER BY id")
        return tuple(decoded(body, Examiner, lambda n=number: f"examiner {n}") for number, body in rows)  # type: ignore[misc]
