"""What the catalogue can be asked. Reads only; every answer is checked while it is decoded."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from provenance.asset import Digest, Place, ProjectId, RelPath, StatKey, UtcTime, ZoneName
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.knowledge import Knowledge, Special, carries
from provenance.catalogue.ledger import Ledger
from provenance.catalogue.relatives import relatives_of
from provenance.catalogue.rows import Counts, Filed, Known, Lineage, Listed, Sighting, Used
from provenance.catalogue.stored import decoded, intact, member
from provenance.errors import CatalogueDamaged, RecordUnknown
from provenance.evidence import Beside, Claim, Evidence, Examiner, Signal
from provenance.records import Approval, Clearance, Declaration, Deliverable, Words, covers, in_force
from provenance.verdict import Context, Origin, Verdict, classify

if TYPE_CHECKING:
    # Few questions are about these, and the others are to be answered fast.
    from provenance.catalogue.custody import Quarantined, Stay
    from provenance.catalogue.entering import Trouble, Waiting
    from provenance.catalogue.telling import Tellings, Titles, Untold
    from provenance.records.attestation import Attestation

_ROOT = RelPath(b"")
_SIGHTING = (
    "SELECT f.zone, f.path, s.name, a.sha256, s.device, s.inode, s.size, s.mtime_ns, s.ctime_ns, s.racy, s.beside,"
    " coalesce(s.origin, a.origin), s.first_seen, s.last_seen, s.gone_at"
    " FROM sightings s JOIN folders f ON f.id = s.folder JOIN assets a ON a.id = s.asset"
)
_AT = _SIGHTING + " WHERE f.zone = ? AND f.path = ? AND s.name = ? AND s.gone_at IS NULL"
_WAS_AT = (
    _SIGHTING + " WHERE f.zone = ? AND f.path = ? AND s.name = ? AND s.gone_at IS NOT NULL"
    " ORDER BY s.gone_at DESC, s.id DESC LIMIT 1"
)
_OF = _SIGHTING + " WHERE a.sha256 = ? ORDER BY s.gone_at IS NOT NULL, s.gone_at DESC, f.zone, f.path, s.name"
_LISTED = (
    "SELECT s.name, a.sha256, a.size, coalesce(s.origin, a.origin), s.last_seen, s.gone_at"
    " FROM sightings s JOIN assets a ON a.id = s.asset WHERE s.folder = ?1 AND s.name = coalesce(?2, s.name)"
)
_KNOWN = (
    "SELECT name, inode, size, mtime_ns, ctime_ns, racy, CASE WHEN beside IS NULL THEN 0 ELSE"
    " (SELECT CASE WHEN json_valid(CAST(body AS TEXT))"
    " THEN (json_type(CAST(body AS TEXT), '$.sidecar') IS 'object')"
    " + coalesce(json_array_length(CAST(body AS TEXT), '$.companions'), 0) ELSE 0 END"
    " FROM besides WHERE besides.id = sightings.beside) END, examiner FROM sightings"
    " WHERE folder = (SELECT id FROM folders WHERE zone = ? AND path = ?) AND gone_at IS NULL"
)
_FEW = 256
"""Names up to which looking up each is faster than reading a folder as a whole."""
_FOLDERS = "SELECT id, zone, path FROM folders WHERE zone = coalesce(?1, zone)"
_BELOW = _FOLDERS + " AND (?2 = x'' OR path = ?2 OR (path > ?3 AND path < ?4)) ORDER BY zone, path"
_EXACTLY = _FOLDERS + " AND path = ?2 ORDER BY zone"


class Queries:
    """The reading half of an open catalogue."""

    def __init__(self, connection: Connection, store: str) -> None:
        self._db = connection
        self._known = Knowledge(connection)
        self._tellings: Tellings | None = None
        self.ledger = Ledger(connection, store)

    def known_files(
        self, zone: ZoneName, folder: RelPath, among: Collection[bytes] | None = None
    ) -> dict[bytes, Known]:
        """Return what is present in one folder of a zone, by name: what a sweep compares with what it finds.

        With `among` only these names are looked up: for a few in a large folder that is much faster.
        """
        if among is None:
            rows = self._db.rows(_KNOWN, (zone, folder))
        elif len(among) > _FEW:
            rows = [row for row in self._db.rows(_KNOWN, (zone, folder)) if row[0] in among]
        else:
            rows = [row for name in among for row in self._db.rows(_KNOWN + " AND name = ?", (zone, folder, name))]
        by: dict[int, Examiner] = {number: self._known.examiner(number) for number in {row[7] for row in rows}}
        new = tuple.__new__  # what `Known(...)` does, without a call in Python for every file
        return {row[0]: new(Known, (*row[1:7], by[row[7]])) for row in rows}

    def known_folders(self, zone: ZoneName, below: RelPath = _ROOT) -> Iterator[RelPath]:
        """Yield the folders at and below one of a zone in which anything is present, in order."""
        for number, _, path in self._folders(zone, below):
            if self._db.row("SELECT 1 FROM sightings WHERE folder = ? AND gone_at IS NULL LIMIT 1", (number,)):
                yield RelPath(path)

    def sighting_at(self, place: Place) -> Sighting | None:
        """Return what is present at a place, or else what was there last; None if nothing ever was."""
        folder, _, name = place.path.rpartition(b"/")
        at = (place.zone, folder, name)
        row = self._db.row(_AT, at) or self._db.row(_WAS_AT, at)
        return None if row is None else self._sighting(row, self._sweeps())

    def sightings_of(self, digest: Digest) -> tuple[Sighting, ...]:
        """Return every place these bytes were seen at: those present first, then those gone, the last gone first."""
        sweeps = self._sweeps()
        return tuple(self._sighting(row, sweeps) for row in self._db.rows(_OF, (bytes.fromhex(digest),)))

    def evidence_of(self, digest: Digest) -> tuple[Evidence, ...]:
        """Return all evidence about some bytes, the newest first; empty if they were never recorded."""
        row = self._known.asset(bytes.fromhex(digest))
        return () if row is None else tuple(reversed(self._known.evidences(row)))

    def context_of(self, digest: Digest, place: Place | None = None) -> Context:
        """Return what other rows say of some bytes; with a place, also what earlier lay beside that copy.

        `remembered` holds the marks of every earlier look: whoever judges joins them with what is found now.
        """
        raw = bytes.fromhex(digest)
        here = self._special(raw, place)
        context = self._known.context(raw, here)
        return replace(context, remembered=tuple(dict.fromkeys((*context.remembered, *self._flags_beside(raw, here)))))

    def _flags_beside(self, raw: bytes, here: Special | None) -> Iterator[Signal]:
        """Yield the AI claims of every sidecar that belonged to these bytes, by whichever other copy it lay.

        What a sidecar *is* concerns one copy. What an intact one says is bound to the bytes by its hash, and a copy
        without the sidecar has no other bytes.
        """
        row = self._known.asset(raw)
        for special in self._known.specials(row.id) if row else ():
            if here is not None and special.id == here.id:
                continue
            for beside in (special.beside, *special.earlier):
                if beside.sidecar is not None and intact(beside.sidecar.credential):
                    for signal in beside.sidecar.signals:
                        if signal.claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED}:
                            yield replace(signal, via=signal.via or "a sidecar that lay by a copy of these bytes")

    def verdict_of(self, digest: Digest, place: Place | None = None) -> Verdict | None:
        """Return the verdict on some bytes (at a place: with what lies beside that copy), all grounds drawn now.

        None if they were never recorded.
        """
        raw = bytes.fromhex(digest)
        row = self._known.asset(raw)
        if row is None:
            return None
        special = self._special(raw, place)
        beside = special.beside if special else Beside()
        return classify(self._known.evidences(row)[-1], beside, self._known.context(raw, special))

    def _special(self, raw: bytes, place: Place | None) -> Special | None:
        return None if place is None else self._known.special_at(raw, place)

    def effective_words(self, digest: Digest, deliverable: Deliverable, now: UtcTime) -> Words:
        """Return the words that count for these bytes in this deliverable at this time.

        A clearance answers the doubts there were when somebody looked, not one that a person raised afterwards.
        """
        filed = [f for f in self.records_of(digest) if f.revoked_by is None]
        doubted = max((f.entry for f in filed if isinstance(f.record, Declaration) and _doubts(f.record)), default=0)
        words = Words(
            tuple(r for f in filed if isinstance(r := f.record, Approval) and covers(r, digest, deliverable, now)),
            tuple(
                r
                for f in filed
                if isinstance(r := f.record, Clearance) and f.entry > doubted and in_force(r.expires, now)
            ),
            _attestations(filed),
        )
        if any(f.record.kind in {"disclosure", "binding"} for f in filed):
            return self.tellings.joined(words, digest, deliverable, now)
        return words

    @property
    def tellings(self) -> "Tellings":
        """What was told, and what was not."""
        if self._tellings is None:
            from provenance.catalogue.telling import Tellings

            self._tellings = Tellings(self._db, self._known)
        return self._tellings

    def untold(self, project: ProjectId, titles: "Titles") -> "Iterator[Untold]":
        """Yield every flagged file that is there and that no disclosure names, by zone, folder and name."""
        return self.tellings.untold(project, titles)

    def records_of(self, digest: Digest) -> tuple[Filed, ...]:
        """Return every record that speaks of these bytes, the oldest first, revoked ones included."""
        return self._known.filed(bytes.fromhex(digest))

    def find_record(self, record: str) -> Filed:
        """Return a record by its id; raises `RecordUnknown`."""
        found = self._known.record(record)
        if found is None:
            raise RecordUnknown(f"there is no record {record!r}")
        return found

    def edges_of(self, digest: Digest) -> Lineage:
        """Return what some bytes were made from and what was made from them, one step each way."""
        return relatives_of(self._db, self._known, bytes.fromhex(digest))

    def listing(
        self,
        zone: ZoneName | None = None,
        below: RelPath = _ROOT,
        origin: Origin | None = None,
        *,
        include_gone: bool = False,
    ) -> Iterator[Listed]:
        """Yield what is recorded, by zone, folder and name. `below` names a folder or a file."""
        sweeps = self._sweeps()
        folder, _, name = below.rpartition(b"/")
        among: list[tuple[Row, bytes | None]] = [(row, None) for row in self._folders(zone, below)]
        if name:
            among += [(row, name) for row in self._db.rows(_EXACTLY, (zone, folder))]
        for (number, its_zone, path), only in among:
            rows = self._db.rows(_LISTED + " AND s.gone_at IS NULL", (number, only))
            if include_gone:
                rows += self._db.rows(_LISTED + " AND s.gone_at IS NOT NULL", (number, only))
            for row in sorted(rows, key=lambda r: (r[0], r[5] or "")):
                line = _listed(Place(its_zone, _joined(path, row[0])), row, sweeps)
                if origin in {None, line.origin}:
                    yield line

    def present(self, zone: ZoneName, origins: Collection[Origin]) -> Iterator[Listed]:
        """Yield what is present in a zone with one of these verdicts, the newest sighting first."""
        marks = ", ".join("?" for _ in origins)
        sql = (
            "SELECT f.path, s.name, a.sha256, a.size, coalesce(s.origin, a.origin), s.last_seen, s.gone_at"  # noqa: S608
            " FROM folders f JOIN sightings s ON s.folder = f.id JOIN assets a ON a.id = s.asset"
            f" WHERE f.zone = ? AND s.gone_at IS NULL AND coalesce(s.origin, a.origin) IN ({marks}) ORDER BY s.id DESC"
        )
        sweeps = self._sweeps()
        for path, *row in self._db.rows(sql, (zone, *(o.value for o in origins))):
            yield _listed(Place(zone, _joined(path, row[0])), tuple(row), sweeps)

    def newest_word(self) -> int:
        """Return the number of the ledger's newest entry that holds a person's word; 0 if there is none."""
        row = self._db.row("SELECT max(entry) FROM records")
        return int(row[0] or 0) if row else 0

    def counts(self) -> Counts:
        """Return the catalogue in numbers."""
        with self._db.reading():
            origins = Counter(
                {
                    member(Origin, value, lambda: "a verdict"): number
                    for value, number in self._db.rows("SELECT origin, count(*) FROM assets GROUP BY origin")
                }
            )
            for asset, value in self._db.rows("SELECT id, origin FROM assets WHERE id IN (SELECT asset FROM besides)"):
                own = member(Origin, value, lambda: "a verdict")
                origins[own] -= 1
                origins[carries(own, [s.origin for s in self._known.specials(asset) if s.origin])] += 1
            numbers = self._db.rows(
                "SELECT count(*) FROM assets UNION ALL SELECT count(*) FROM sightings WHERE gone_at IS NULL"
                " UNION ALL SELECT count(*) FROM troubles UNION ALL SELECT count(*) FROM ledger"
            )
        assets, sightings, troubles, entries = (n for (n,) in numbers)
        return Counts(assets, sightings, {o: n for o, n in origins.items() if n}, troubles, entries)

    def troubles(self, zone: ZoneName | None = None) -> "tuple[Trouble, ...]":
        """Return what could not be examined, by zone and path."""
        from provenance.catalogue.entering import Trouble

        rows = self._db.rows(
            "SELECT zone, path, kind, says, seen_at FROM troubles WHERE zone = coalesce(?, zone) ORDER BY zone, path",
            (zone,),
        )
        return tuple(Trouble(Place(z, RelPath(path)), kind, says, seen_at) for z, path, kind, says, seen_at in rows)

    def waiting(self, zone: ZoneName | None = None) -> "tuple[Waiting, ...]":
        """Return what waits to be taken in, by zone and path."""
        from provenance.catalogue.entering import Waiting

        rows = self._db.rows(
            "SELECT zone, path, why, says, size, since, first_seen FROM waiting WHERE zone = coalesce(?, zone)"
            " ORDER BY zone, path",
            (zone,),
        )
        return tuple(Waiting(Place(z, RelPath(path)), *rest) for z, path, *rest in rows)

    def quarantined(
        self,
        zone: ZoneName | None = None,
        below: RelPath = _ROOT,
        stays: "Collection[Stay] | None" = None,
        *,
        by: Literal["path", "where"] = "path",
    ) -> "tuple[Quarantined, ...]":
        """Return what is in quarantine (or otherwise `stays`), by zone, path and age.

        `below` names a file or folder: where it lay (`by="path"`), or where it lies below the zone's quarantine
        (`by="where"`).
        """
        from provenance.catalogue.custody import IN_QUARANTINE
        from provenance.catalogue.keeping import select

        inside = f'zone = coalesce(?, zone) AND (? = x\'\' OR "{by}" = ? OR ("{by}" > ? AND "{by}" < ?))'
        return tuple(select(self._db, stays or IN_QUARANTINE, inside, (zone, below, below, below + b"/", below + b"0")))

    def in_quarantine(self) -> int:
        """Return how many files are in quarantine."""
        row = self._db.row("SELECT count(*) FROM quarantine WHERE state IN ('held', 'releasing')")
        return int(row[0]) if row else 0

    def holds(self, zone: ZoneName) -> bool:
        """Whether anything is present in a zone, as far as is known."""
        return next(self.known_folders(zone), None) is not None

    def swept_at(self, zone: ZoneName) -> UtcTime | None:
        """Return when a zone was last looked at completely; None if it never was."""
        row = self._db.row("SELECT completed_at FROM sweeps WHERE zone = ?", (zone,))
        return None if row is None else UtcTime(row[0])

    def noted(self, digest: Digest) -> "Quarantined | None":
        """Return the file whose note has this digest, the one taken away last; None if it is no note of ours."""
        from provenance.catalogue.custody import Stay
        from provenance.catalogue.keeping import select

        found = select(self._db, tuple(Stay), "note = ?", (bytes.fromhex(digest),))
        return max(found, key=lambda q: q.id, default=None)

    def uses_of(self, record: str) -> tuple[Used, ...]:
        """Return the deliveries that were made on a record, the oldest first."""
        uses = self._db.rows("SELECT entry, digest FROM gate_uses WHERE record = ? ORDER BY entry, digest", (record,))
        entries = {
            seq: self._db.row("SELECT body, at FROM ledger WHERE seq = ?", (seq,)) for seq in {u[0] for u in uses}
        }
        runs = {seq: (_run(row[0], seq), row[1]) for seq, row in entries.items() if row is not None}
        return tuple(Used(runs[seq][0], Digest(raw.hex()), runs[seq][1], seq) for seq, raw in uses)

    def last_config(self) -> Digest | None:
        """Return the digest of the configuration that was last noted in the ledger."""
        return self.ledger.last_config()

    def _folders(self, zone: ZoneName | None, below: RelPath) -> list[Row]:
        # "0" is the byte after "/": all that lies below a folder lies between the two.
        return self._db.rows(_BELOW, (zone, below, below + b"/", below + b"0"))

    def _sweeps(self) -> dict[str, str]:
        return dict(self._db.rows("SELECT zone, completed_at FROM sweeps"))

    def _sighting(self, row: Row, sweeps: dict[str, str]) -> Sighting:
        zone, path, name, raw, device, inode, *rest = row
        size, mtime, ctime, racy, beside, origin, first_seen, last_seen, gone_at = rest
        place = Place(zone, _joined(path, name))
        return Sighting(
            place,
            Digest(raw.hex()),
            StatKey(device, inode % (1 << 64), size, mtime, ctime),
            bool(racy),
            self._known.beside(beside),
            member(Origin, origin, lambda: f"the verdict on {raw.hex()}"),
            first_seen,
            _last_seen(zone, last_seen, gone_at, sweeps),
            gone_at,
        )


def _attestations(filed: "list[Filed]") -> "tuple[Attestation, ...]":
    if not any(f.record.kind == "attestation" for f in filed):
        return ()
    from provenance.records.attestation import Attestation  # few files have one

    return tuple(r for f in filed if isinstance(r := f.record, Attestation))


def _doubts(declaration: Declaration) -> bool:
    """Whether somebody's word raises a doubt, and does not only say who made it."""
    return Origin(declaration.origin) not in {Origin.CAPTURED, Origin.CREATED}


def _listed(place: Place, row: Row, sweeps: dict[str, str]) -> Listed:
    _, raw, size, origin, last_seen, gone_at = row
    drawn = member(Origin, origin, lambda: f"the verdict on {raw.hex()}")
    seen = _last_seen(place.zone, last_seen, gone_at, sweeps)
    return Listed(place, Digest(raw.hex()), size, drawn, seen, gone_at is None)


def _last_seen(zone: str, last_seen: UtcTime, gone_at: str | None, sweeps: dict[str, str]) -> UtcTime:
    """Return when a sighting was last seen: every complete sweep of its zone saw it, while it is present."""
    return last_seen if gone_at is not None else UtcTime(max(last_seen, sweeps.get(zone, "")))


def _joined(folder: bytes, name: bytes) -> RelPath:
    return RelPath(folder + b"/" + name if folder else name)


def _run(body: bytes, seq: int) -> str:
    said: Any = decoded(body, dict[str, Any], lambda: f"entry {seq} of the ledger").get("run")
    if not isinstance(said, str):
        raise CatalogueDamaged(f"entry {seq} of the ledger names no gate run")
    return said
