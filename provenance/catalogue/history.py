"""Verdicts that do not stand any more: on which grounds they stood, from when until when, and what ended them.

A verdict is a cache, and its grounds are drawn whenever somebody asks. When it changes, those it stood on until then
are drawn once more, from what was recorded before, and kept. Where that does not come to the verdict that was stored
(its rules were those of another version), the verdict is kept without grounds, and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from provenance.asset import Place, RelPath, UtcTime, ZoneName
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import AssetRow, Knowledge, Special, ancestor, remembered
from provenance.catalogue.outread import standing
from provenance.catalogue.stored import decoded, member
from provenance.catalogue.twins import not_compared, undecodable
from provenance.evidence import Beside, Evidence, Examiner
from provenance.records import Declaration
from provenance.verdict import Context, Ground, Origin, Verdict, classify

Moment = tuple[int | None, UtcTime]
"""When verdicts are drawn anew: the ledger's entry that is why, if one is, and the time."""

_EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Past:
    """A verdict that does not stand any more. `place` is set where it was about one copy, with what lay beside it."""

    origin: Origin
    grounds: tuple[Ground, ...] | None
    """None where they cannot be told any more."""
    examiner: Examiner
    """Who had looked last when it stood."""
    since: UtcTime
    until: UtcTime
    entry: int | None
    """The ledger's entry that ended it; None where the rules of another version did."""
    place: Place | None


class History:
    """Keeps what verdicts were before one moment. Must stand inside `Connection.writing()`."""

    def __init__(self, db: Connection, known: Knowledge, moment: Moment) -> None:
        self._db = db
        self._known = known
        self._entry, self._at = moment
        self._before = _EVER if self._entry is None else self._entry
        self._was: dict[bytes, Origin] = {}
        """What each asset handed on, of those that were drawn anew."""

    def note(self, row: AssetRow, carried: Origin) -> None:
        """Take down what an asset handed on until now; for every asset, and parents before children."""
        self._was.setdefault(bytes.fromhex(row.asset.digest), carried)

    def keep(self, row: AssetRow, special: Special | None) -> None:
        """Keep the stored verdict on some bytes, or on one copy of them. One that nobody ever saw is not kept."""
        evidences = self._evidences(row)
        was = row.origin if special is None else special.origin
        if was is None or not evidences:
            return
        drawn = next((v for v in self._drawn(row, special, evidences) if v.origin is was), None)
        self._db.run(
            "INSERT INTO verdicts (asset, sighting, origin, grounds, examiner, until, entry, since)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce("
            "(SELECT max(until) FROM verdicts WHERE asset = ?1 AND sighting IS ?2),"
            " (SELECT first_seen FROM sightings WHERE id = ?2), ?8))",
            (
                row.id,
                None if special is None else special.id,
                was.value,
                None if drawn is None else msgspec.json.encode(drawn.grounds),
                self._examiner(row),
                self._at,
                self._entry,
                row.first_seen,
            ),
        )

    def _evidences(self, row: AssetRow) -> tuple[Evidence, ...]:
        found = self._db.rows(
            "SELECT finding, examiner FROM evidence WHERE asset = ? AND entry < ? ORDER BY nth", (row.id, self._before)
        )
        return tuple(self._known.finding(f).of(row.asset, self._known.examiner(e)) for f, e in found)

    def _examiner(self, row: AssetRow) -> int:
        sql = "SELECT examiner FROM evidence WHERE asset = ? AND entry < ? ORDER BY nth DESC LIMIT 1"
        ((number,),) = self._db.rows(sql, (row.id, self._before))
        return int(number)

    def _drawn(self, row: AssetRow, special: Special | None, evidences: tuple[Evidence, ...]) -> Iterator[Verdict]:
        """Yield what the verdict may have been: nothing says which of the things that lay beside a copy lay there."""
        raw = bytes.fromhex(row.asset.digest)
        links = self._known.links(raw, self._before)
        parents = [(x, self._was.get(x.parent) or self._known.contribution(x.parent)) for x in links]
        known = tuple(dict.fromkeys(a for a in (ancestor(x, o) for x, o in parents) if a is not None))
        declarations, twins = self._declarations(raw), self._known.context(raw).twins
        # Nothing says any more what it was that a picture could not be compared with.
        waited = (not_compared(),) if undecodable(self._db, row.id) else ()
        handings = ((), *((twins,) if twins else ()), *waited)
        for here in self._lay(special):
            beside = here.beside if here else Beside()
            for handed in handings:  # nor whether they were known to be alike
                context = Context(declarations, known, remembered(evidences, here), handed)
                yield classify(evidences[-1], beside, context)

    def _declarations(self, raw: bytes) -> tuple[Declaration, ...]:
        found = []
        for filed in self._known.filed(raw):
            revoked = self._known.record(filed.revoked_by) if filed.revoked_by else None
            in_force = filed.entry < self._before and (revoked is None or revoked.entry >= self._before)
            if isinstance(filed.record, Declaration) and in_force:
                found.append(filed.record)
        return tuple(found)

    def _lay(self, special: Special | None) -> Iterator[Special | None]:
        if special is None:
            yield None
            return
        rows = self._db.rows(
            "SELECT id, body FROM besides WHERE sighting = ? AND entry < ? ORDER BY id", (special.id, self._before)
        )
        every = {row[0]: decoded(row[1], Beside, lambda: f"a beside of sighting {special.id}") for row in rows}
        for at in (*reversed(every), None):
            here = Beside() if at is None else every[at]
            yield Special(special.id, special.origin, here, standing(self._db, self._known.examiner, every, at))


def past_of(db: Connection, known: Knowledge, row: AssetRow) -> tuple[Past, ...]:
    """Return the verdicts on some bytes that do not stand any more, the oldest first, those on single copies too."""
    rows = db.rows(
        "SELECT v.id, v.origin, v.grounds, v.examiner, v.since, v.until, v.entry, f.zone, f.path, s.name"
        " FROM verdicts v"
        " LEFT JOIN sightings s ON s.id = v.sighting LEFT JOIN folders f ON f.id = s.folder"
        " WHERE v.asset = ? ORDER BY v.until, v.id",
        (row.id,),
    )
    found = []
    for number, origin, grounds, examiner, since, until, entry, zone, folder, name in rows:
        found.append(
            Past(
                member(Origin, origin, lambda n=number: f"verdict {n}"),  # type: ignore[misc]
                None if grounds is None else decoded(grounds, tuple[Ground, ...], lambda n=number: f"verdict {n}"),  # type: ignore[misc]
                known.examiner(examiner),
                since,
                until,
                entry,
                None if zone is None else Place(ZoneName(zone), RelPath(folder + b"/" + name if folder else name)),
            )
        )
    return tuple(found)
