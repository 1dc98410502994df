"""What the catalogue knows of some bytes: every evidence, every word in force, every known relative."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provenance import records
from provenance.asset import Asset, Digest, Place, UtcTime
from provenance.catalogue.connection import Connection, Met, Row
from provenance.catalogue.filing import index_of
from provenance.catalogue.rows import Filed
from provenance.catalogue.stored import Finding, Gist, asset_from, decoded, intact, member, signed_record_in
from provenance.errors import CatalogueDamaged
from provenance.evidence import Beside, Claim, Evidence, Examiner, Relation, Signal
from provenance.lineage import Witness
from provenance.records import AnyRecord
from provenance.sameness import parted
from provenance.verdict import Ancestor, Context, Origin

if TYPE_CHECKING:
    from provenance.catalogue.twins import Twin

MEMORY = 512
"""How many findings and examiners are kept decoded; plain files of one type share a finding."""
MOST_SUBJECTS = 20_000
"""How many subjects the records that are kept decoded may have together; one that has more is kept alone."""


_MARKED_TWINS = (
    "SELECT a.sha256, m.origin, mine.algorithm, other.algorithm FROM likeness mine"
    " CROSS JOIN likeness other ON other.value = mine.value AND other.version = mine.version"
    " CROSS JOIN marked m ON m.asset = other.asset CROSS JOIN assets a ON a.id = other.asset"
    " WHERE mine.asset = ?1 AND other.asset <> ?1 AND mine.algorithm <> 'shape' AND mine.value <> x''"
    " UNION ALL SELECT a.sha256, m.origin, mine.algorithm, 'bytes' FROM likeness mine"
    " CROSS JOIN assets a ON a.sha256 = mine.value CROSS JOIN marked m ON m.asset = a.id"
    " WHERE mine.asset = ?1 AND mine.algorithm BETWEEN 'bytes in ' AND 'bytes in~'"
)
"""In this order, because few assets have a value in common, and `marked` may be large. Then what lies whole in it."""
_NOT_COMPARED = (
    "SELECT w.shape FROM likeness p JOIN likeness l ON l.asset = p.asset AND l.algorithm = 'shape'"
    " JOIN sought w ON w.shape = l.value WHERE p.asset = ?1 AND p.algorithm = 'pixels' AND p.value = x''"
    " AND NOT EXISTS (SELECT 1 FROM likeness q WHERE q.asset = ?1"
    " AND (q.algorithm = 'plain' OR q.algorithm = 'pixels' AND q.value <> x''))"
)


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset as it stands in its table."""

    id: int
    asset: Asset
    first_seen: UtcTime
    origin: Origin


@dataclass(frozen=True, slots=True)
class Link:
    """One way up from a child to an asset that is known, as far as the catalogue can tell.

    `sure` is whether the asset carries the manifest intact (or a person named its digest). A broken copy with the same
    label may be anything.
    """

    parent: bytes
    title: str
    relation: Relation
    witness: Witness
    removed: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Special:
    """A sighting with facts of its own: what lies there now, and what lay there before and still counts."""

    id: int
    origin: Origin | None
    beside: Beside
    earlier: tuple[Beside, ...]


_EVER = 1 << 62
"""After every entry of the ledger."""

SEVERITY = {Origin.AI_GENERATED: 3, Origin.AI_ASSISTED: 2, Origin.REVIEW: 1}
"""How much an origin asks for; the rest ask for nothing."""


def carries(own: Origin, elsewhere: list[Origin]) -> Origin:
    """Return what an asset hands on to what was made from it.

    A flag that any copy was seen to carry (in a sidecar) is handed on. A mere doubt about one copy stays with it.
    """
    flags = [o for o in elsewhere if o.flagged]
    return max((own, *flags), key=lambda o: SEVERITY.get(o, 0))


class Knowledge:
    """Reads the facts about single assets. Holds nothing that a rolled-back transaction could make untrue."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._findings: Met[Finding] = Met(connection, MEMORY)
        self._examiners: Met[Examiner] = Met(connection, MEMORY)
        self._records: dict[str, tuple[bytes, AnyRecord, dict[str, Any] | None, frozenset[bytes]]] = {}
        self._subjects = 0
        self._alike: dict[Gist, tuple[int, set[int]]] = {}

    def asset(self, raw: bytes) -> AssetRow | None:
        """Return an asset by its digest, or None if it was never recorded."""
        row = self._db.row("SELECT id, sha256, xxh3, size, first_seen, origin FROM assets WHERE sha256 = ?", (raw,))
        if row is None:
            return None
        origin = member(Origin, row[5], lambda: f"the verdict on {raw.hex()}")
        return AssetRow(row[0], asset_from(row[1], row[2], row[3]), row[4], origin)

    def finding(self, number: int) -> Finding:
        """Return a finding by its row number."""
        found = self._findings.get(number)
        if found is None:
            row = self._db.row("SELECT body FROM findings WHERE id = ?", (number,))
            if row is None:
                raise CatalogueDamaged(f"finding {number} is missing")
            found = decoded(row[0], Finding, lambda: f"finding {number}")
            self._findings.keep(number, found)
        return found

    def findings_like(self, gist: Gist) -> set[int]:
        """Return the row numbers of findings of one of these media types, or with a credential in one of these states.

        Findings are never changed, so each is looked into once. Not to be asked inside a transaction of one's own.
        """
        last, found = self._alike.get(gist, (0, set[int]()))
        for number, body in self._db.each("SELECT id, body FROM findings WHERE id > ? ORDER BY id", (last,)):
            last = number
            if gist.meets(body, number):
                found.add(number)
        self._alike[gist] = last, found
        return found

    def examiner(self, number: int) -> Examiner:
        """Return an examiner by its row number."""
        found = self._examiners.get(number)
        if found is None:
            row = self._db.row("SELECT body FROM examiners WHERE id = ?", (number,))
            if row is None:
                raise CatalogueDamaged(f"examiner {number} is missing")
            found = decoded(row[0], Examiner, lambda: f"examiner {number}")
            self._examiners.keep(number, found)
        return found

    def evidences(self, row: AssetRow) -> tuple[Evidence, ...]:
        """Return all evidence about an asset, the oldest first; raises `CatalogueDamaged` if there is none."""
        found = tuple(
            self.finding(finding).of(row.asset, self.examiner(examiner))
            for finding, examiner in self._db.rows(
                "SELECT finding, examiner FROM evidence WHERE asset = ? ORDER BY nth", (row.id,)
            )
        )
        if not found:
            raise CatalogueDamaged(f"there is no evidence for {row.asset.digest}")
        return found

    def filed(self, raw: bytes) -> tuple[Filed, ...]:
        """Return every record that speaks of these bytes, the oldest first.

        Raises `CatalogueDamaged` where the table of subjects names a record that does not itself name these bytes.
        """
        rows = self._db.rows(
            "SELECT r.id, r.entry, (SELECT l.hash FROM ledger l WHERE l.seq = r.entry),"
            " (SELECT v.id FROM records v WHERE v.target = r.id AND v.target <> '' ORDER BY v.entry LIMIT 1)"
            " FROM record_subjects s JOIN records r ON r.id = s.record WHERE s.digest = ? ORDER BY r.entry",
            (raw,),
        )
        return tuple(self._read(name, entry, hashed, raw, gone) for name, entry, hashed, gone in rows)

    def _read(self, name: str, entry: int, hashed: bytes, raw: bytes, revoked_by: str | None) -> Filed:
        """Return a record that must speak of some bytes.

        One record can speak of a whole delivery, and is asked for at each of its files: so it is kept decoded, with the
        hash of its entry, which is over what it says and over what was signed.
        """
        kept = self._records.get(name)
        if kept is None or kept[0] != hashed:
            row = self._db.row("SELECT body FROM ledger WHERE seq = ?", (entry,))
            if row is None:
                raise CatalogueDamaged(f"entry {entry} of the ledger, which holds {name}, is missing")
            record, envelope = signed_record_in(row[0], name)
            kept = hashed, record, envelope, index_of(record).subjects
            self._subjects += len(kept[3])
            if self._subjects > MOST_SUBJECTS:
                self._records.clear()
                self._subjects = len(kept[3])
            self._records[name] = kept
        _, record, envelope, subjects = kept
        if raw not in subjects:
            raise CatalogueDamaged(f"record {name} is kept for {raw.hex()}, and does not speak of it")
        return Filed(record, entry, revoked_by, envelope)

    def record(self, record: str) -> Filed | None:
        """Return a record by its id."""
        row = self._db.row(
            "SELECT r.id, r.entry, l.body,"
            " (SELECT v.id FROM records v WHERE v.target = r.id AND v.target <> '' ORDER BY v.entry LIMIT 1)"
            " FROM records r JOIN ledger l ON l.seq = r.entry WHERE r.id = ?",
            (record,),
        )
        return None if row is None else _filed(row)

    def of_kind(self, kind: str) -> tuple[Filed, ...]:
        """Return every record of a kind, the oldest first."""
        rows = self._db.rows(
            "SELECT r.id, r.entry, l.body,"
            " (SELECT v.id FROM records v WHERE v.target = r.id AND v.target <> '' ORDER BY v.entry LIMIT 1)"
            " FROM records r JOIN ledger l ON l.seq = r.entry WHERE r.kind = ? ORDER BY r.entry",
            (kind,),
        )
        return tuple(_filed(row) for row in rows)

    def declarations(self, raw: bytes) -> "tuple[records.Declaration, ...]":
        """Return the declarations about these bytes that nobody took back."""
        filed = self.filed(raw)
        return tuple(f.record for f in filed if isinstance(f.record, records.Declaration) and f.revoked_by is None)

    def links(self, raw: bytes, before: int = _EVER) -> tuple[Link, ...]:
        """Return the ways up from some bytes to assets that are known, each once. A file is not its own parent.

        With `before`, as they were before that entry of the ledger.
        """
        rows = self._db.rows(
            "SELECT p.sha256, e.title, e.relation, e.witness, e.removed, l.intact FROM edges e"
            " JOIN labels l ON l.label = e.label JOIN assets p ON p.id = l.asset"
            " WHERE e.child = ?1 AND e.label <> '' AND e.entry < ?2 AND l.entry < ?2"
            " UNION"
            " SELECT p.sha256, e.title, e.relation, e.witness, e.removed, 1 FROM edges e"
            " JOIN assets p ON p.sha256 = e.parent WHERE e.child = ?1 AND e.entry < ?2"
            " AND NOT EXISTS (SELECT 1 FROM records v WHERE v.target = e.record AND v.target <> '' AND v.entry < ?2)"
            " ORDER BY 1, 2, 3, 4, 5, 6",
            (raw, before),
        )
        return tuple(_link(row, raw) for row in rows if row[0] != raw)

    def children(self, raw: bytes) -> set[bytes]:
        """Return the digests of what was made from some bytes, whether or not that is known itself."""
        rows = self._db.rows(
            "SELECT child FROM edges WHERE parent = ?1 AND parent <> x''"
            " UNION SELECT e.child FROM assets a JOIN labels l ON l.asset = a.id"
            " JOIN edges e ON e.label = l.label AND e.label <> '' WHERE a.sha256 = ?1",
            (raw,),
        )
        return {child for (child,) in rows} - {raw}

    def specials(self, asset: int) -> tuple[Special, ...]:
        """Return the sightings of an asset that something lies or lay beside."""
        found = self._db.rows(
            "SELECT id, origin, beside FROM sightings"
            " WHERE id IN (SELECT sighting FROM besides WHERE asset = ?) ORDER BY id",
            (asset,),
        )
        return tuple(self._special(*row) for row in found)

    def special_at(self, raw: bytes, place: Place) -> Special | None:
        """Return what lies and lay beside these bytes at a place, if anything ever did."""
        folder, _, name = place.path.rpartition(b"/")
        row = self._db.row(
            "SELECT s.id, s.origin, s.beside FROM sightings s JOIN folders f ON f.id = s.folder"
            " JOIN assets a ON a.id = s.asset"
            " WHERE a.sha256 = ? AND f.zone = ? AND f.path = ? AND s.name = ?"
            " AND EXISTS (SELECT 1 FROM besides b WHERE b.sighting = s.id)",
            (raw, place.zone, folder, name),
        )
        return None if row is None else self._special(*row)

    def beside(self, number: int | None) -> Beside:
        """Return what lay beside a sighting, by its row number."""
        if number is None:
            return Beside()
        row = self._db.row("SELECT body FROM besides WHERE id = ?", (number,))
        if row is None:
            raise CatalogueDamaged(f"beside {number} is missing")
        return decoded(row[0], Beside, lambda: f"beside {number}")

    def _special(self, sighting: int, origin: str | None, beside: int | None) -> Special:
        rows = self._db.rows("SELECT id, body FROM besides WHERE sighting = ? ORDER BY id", (sighting,))
        every = {row[0]: decoded(row[1], Beside, lambda: f"a beside of sighting {sighting}") for row in rows}
        now = every.get(beside) if beside is not None else Beside()
        if now is None:
            raise CatalogueDamaged(f"what lies beside sighting {sighting} is missing")
        earlier: tuple[Beside, ...] = ()
        if len(every) > (beside is not None):
            from provenance.catalogue.outread import standing  # mostly one thing lay there

            earlier = standing(self._db, self.examiner, every, beside)
        drawn = None if origin is None else member(Origin, origin, lambda: f"the verdict on sighting {sighting}")
        return Special(sighting, drawn, now, earlier)

    def contribution(self, raw: bytes) -> Origin | None:
        """Return what an asset hands on, by the verdicts as they are stored; None if it is not known."""
        row = self.asset(raw)
        if row is None:
            return None
        return carries(row.origin, [s.origin for s in self.specials(row.id) if s.origin])

    def context(self, raw: bytes, special: Special | None = None, read: Evidence | None = None) -> Context:
        """Return all that other rows say of some bytes, by the verdicts as they are stored.

        `read` is what was found in them now, where it need not be recorded.
        """
        row = self.asset(raw)
        evidences = self.evidences(row) if row else ()
        if read is not None and row is not None and read not in evidences:
            evidences = (*evidences, read)
        ancestors = (ancestor(link, self.contribution(link.parent)) for link in self.links(raw))
        known = tuple(dict.fromkeys(a for a in ancestors if a is not None))
        return Context(self.declarations(raw), known, remembered(evidences, special), self._twins(row))

    def _twins(self, row: AssetRow | None) -> tuple[Signal, ...]:
        """Return what the twins of an asset hand on, by what is stored, or the doubt that it could not be compared."""
        if row is None:
            return ()
        found, shape = self._marked_twins(row.id), self.waits_for(row.id)
        if not found and shape is None:
            return ()
        from provenance.catalogue.twins import doubt_about, signals  # few files have a twin

        return signals(found) or (() if shape is None else doubt_about(self._db, row.id, shape))

    def held(self, asset: int) -> "tuple[Twin, ...]":
        """Return what is marked and lies whole in an asset, by what is stored."""
        return tuple(twin for twin in self._marked_twins(asset) if parted(twin[2])[1])

    def _marked_twins(self, asset: int) -> "list[Twin]":
        return [(r, Origin(o), ours, theirs) for r, o, ours, theirs in self._db.rows(_MARKED_TWINS, (asset,))]

    def waits_for(self, asset: int) -> bytes | None:
        """Return the shape of a picture that cannot be decoded while one of that shape is flagged or in review."""
        found = self._db.row(_NOT_COMPARED, (asset,))
        return None if found is None else bytes(found[0])

    def marked(self, asset: int) -> Origin:
        """Return what an asset is flagged or in review for by itself, as it is stored; `UNKNOWN` if it is neither."""
        row = self._db.row("SELECT origin FROM marked WHERE asset = ?", (asset,))
        return Origin.UNKNOWN if row is None else member(Origin, row[0], lambda: f"what asset {asset} is marked for")


def ancestor(link: Link, origin: Origin | None) -> Ancestor | None:
    """Return the relative a link leads to, or None where nothing is handed on over it.

    A broken copy that shares a label with the true parent hands on a flag, never a doubt: otherwise one bad download
    would hold everything made from its original.
    """
    if origin is None or not (link.sure or origin.flagged):
        return None
    return Ancestor(Digest(link.parent.hex()), link.title, link.relation, link.witness, origin, link.removed)


def remembered(evidences: tuple[Evidence, ...], special: Special | None) -> tuple[Signal, ...]:
    """Return the marks earlier looks found: in the bytes, and in what lay beside them at this place.

    Not those of a look that a later reader's superseded (`Evidence.supersedes`): it read the same bytes, and all of it.

    A sidecar counts if it belonged to the bytes. XMP, which nothing binds, speaks for itself while there is any, so
    that it can be put right; where it was only taken away, what it said of generation is not forgotten.
    """
    found = [s for e in evidences if e.signals and not any(x.supersedes(e) for x in evidences) for s in e.signals]
    for beside in special.earlier if special else ():
        if beside.sidecar is not None and intact(beside.sidecar.credential):
            found += beside.sidecar.signals
        if special is not None and not special.beside.companions:
            for companion in beside.companions:
                found += [
                    replace(s, place=f"sidecar {companion.name} / {s.place}", via=s.via or "XMP that lay beside it")
                    for s in companion.signals
                    if s.claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED}
                ]
    return tuple(dict.fromkeys(found))


def _filed(row: Row) -> Filed:
    record, entry, body, revoked_by = row
    found, envelope = signed_record_in(body, record)
    return Filed(found, entry, revoked_by, envelope)


def _link(row: Row, child: bytes) -> Link:
    parent, title, relation, witness, removed, sure = row

    def what() -> str:
        return f"lineage of {child.hex()}"

    return Link(
        parent, title, member(Relation, relation, what), member(Witness, witness, what), bool(removed), bool(sure)
    )
