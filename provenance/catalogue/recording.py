"""One batch on its way in: assets, evidence, lineage, and where they were seen. Stands inside one write transaction.

The facts a batch adds are written down a second time as lines, and the ledger's entry for the batch carries the digest
over them. `verification` makes the same lines from the rows and compares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from provenance.asset import Asset, UtcTime
from provenance.catalogue.alike import Alike
from provenance.catalogue.connection import Connection
from provenance.catalogue.entering import Batch, Examined, Trouble
from provenance.catalogue.facts import beside_line, edge_line, evidence_line, exhibit_line, label_line
from provenance.catalogue.seeing import Seeing, forget, stat_columns
from provenance.catalogue.stored import (
    Finding,
    encoded_beside,
    encoded_examiner,
    finding_in,
    intact,
    plain,
    sha256,
)
from provenance.errors import CatalogueDamaged
from provenance.evidence import Beside, Evidence, Examiner, Ingredient
from provenance.exhibits import Kept
from provenance.lineage import Witness
from provenance.verdict import Context, Origin, classify, handed_on

MEMORY = 1024
_NOTHING_BESIDE = Beside()
_NO_CONTEXT = Context()


@dataclass(slots=True)
class Numbers:
    """Row numbers this process has met, so that it need not ask again. Not to be kept when a transaction fails."""

    examiners: dict[Examiner, tuple[int, bytes]] = field(default_factory=dict)
    findings: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    folders: dict[tuple[str, bytes], int] = field(default_factory=dict)
    alone: dict[int, tuple[Origin, Origin]] = field(default_factory=dict)
    """The verdict on a finding that nothing else speaks about, and what it hands on to twins."""

    def trim(self) -> None:
        """Keep the memory flat, however many folders and findings there are."""
        for memory in (self.examiners, self.findings, self.folders, self.alone):
            if len(memory) > MEMORY:
                memory.clear()


@dataclass(frozen=True, slots=True)
class _Met:
    """An asset of this batch: its row, and which examiner's finding is the newest about it."""

    id: int
    raw: bytes
    examiner: int
    finding: Finding
    new: bool
    marked: bool
    """Whether it is new, and flagged or in review by itself."""
    told: bool
    """Whether what was found about it is new evidence."""


def put_aside(connection: Connection, batch: Batch, at: UtcTime) -> Batch:
    """Put what is to be kept of a batch aside, before any row speaks of it; return the batch to record."""
    if not any(examined.kept for examined in batch.examined):
        return batch  # as of plain files
    from provenance.catalogue.exhibiting import put_aside

    return put_aside(connection, batch, at)


class Recording:
    """Writes the rows of one batch. `entry` is the number its ledger entry is going to have."""

    def __init__(self, connection: Connection, numbers: Numbers, entry: int) -> None:
        self._db = connection
        self._numbers = numbers
        self._entry = entry
        self.lines: list[bytes] = []
        self.redraw: set[bytes] = set()
        """Assets whose verdict, or whose descendants' verdicts, may be other ones now."""
        self.new: set[bytes] = set()
        self.evidence = 0
        self._anything_spoken = True
        self._known: dict[bytes, list[Any]] = {}
        """Assets of the batch that are known, or are going to be written: row number, XXH3, size."""
        self._latest: dict[int, tuple[int, int, int]] = {}
        """The newest evidence of assets, as far as it is of this batch: its number, examiner and finding."""
        self._assets: list[tuple[Any, ...]] = []
        self._evidence: list[tuple[int, int, int, int, int]] = []
        self._marked: list[tuple[int, str]] = []
        self._labels: dict[tuple[str, int, int, int], _Met] = {}
        self._exhibited: dict[tuple[int, bytes, str], tuple[Any, ...]] = {}
        """What is kept of assets that are new, by its asset, digest and place."""
        self._alike = Alike(connection, entry, self.redraw)
        self._seeing = Seeing(connection)

    def take(self, batch: Batch, at: UtcTime) -> None:
        """Write all rows of a batch."""
        numbers = self._numbers
        numbers.trim()
        talked_of = self._db.row("SELECT 1 FROM troubles UNION ALL SELECT 1 FROM waiting LIMIT 1") is not None
        # What the batch itself adds to these is about assets that are known by then.
        spoken = self._db.row("SELECT 1 FROM record_subjects UNION ALL SELECT 1 FROM edges LIMIT 1")
        self._anything_spoken = spoken is not None
        for examined, met in zip(batch.examined, self._meet(batch, at), strict=True):
            if met.told:
                self._lineage(met)
            if met.marked:
                self._alike.meet(met.raw)
            if examined.likeness:
                self.lines += self._alike.take(met.id, met.raw, examined.likeness, new=met.new, marked=met.marked)
            if examined.kept:
                self._exhibits(examined.kept, met, at)
            if examined.place is not None:
                self._sighting(examined, met, at)
                if talked_of:
                    forget(self._db, examined.place.zone, examined.place.path)
        self._finish_labels()
        self._db.run_each(_EXHIBIT, [*self._exhibited.values()])
        self._seeing.finish()
        self._alike.finish()
        for trouble in batch.troubles:
            self._trouble(trouble, at)

    def _meet(self, batch: Batch, at: UtcTime) -> list[_Met]:
        """Write the assets of a batch and their evidence, as far as they are new: each table at once, not each file."""
        raws = {bytes.fromhex(examined.evidence.asset.digest) for examined in batch.examined}
        known = "SELECT sha256, id, xxh3, size FROM assets WHERE sha256 IN (?)"
        self._known = {raw: row for raw, *row in self._db.rows_for(known, raws)}
        (last,) = self._db.row("SELECT max(id) FROM assets") or (None,)
        numbers = count((last or 0) + 1)
        met = [self._asset(examined.evidence, at, numbers) for examined in batch.examined]
        self._db.run_each(_ASSET, self._assets)
        self._db.run_each("INSERT INTO marked (asset, origin) VALUES (?, ?)", self._marked)
        self._db.run_each(
            "INSERT INTO evidence (asset, nth, examiner, finding, entry) VALUES (?, ?, ?, ?, ?)", self._evidence
        )
        return met

    def _asset(self, evidence: Evidence, at: UtcTime, numbers: Iterator[int]) -> _Met:
        """Take what is to be written of an asset and its evidence; a new one gets the next number."""
        raw = bytes.fromhex(evidence.asset.digest)
        examiner, said_by = self._examiner(evidence.examiner)
        found, body = finding_in(evidence)
        finding, digest = self._finding(body)
        row = self._known.get(raw)
        origin, marks = self._alone(evidence, finding)
        if row is None:
            number = next(numbers)
            self._new_asset((number, raw, bytes.fromhex(evidence.asset.fast), evidence.asset.size, at, origin.value))
        else:
            number = _same_bytes(row, evidence.asset)
        marked = row is None and marks is not Origin.UNKNOWN
        if marked:
            self._marked.append((number, marks.value))
        nth = 1 if row is None else self._next(number, raw, (examiner, finding))
        if nth:
            self._latest[number] = (nth, examiner, finding)
            self._evidence.append((number, nth, examiner, finding, self._entry))
            fast = bytes.fromhex(evidence.asset.fast)
            self.lines.append(evidence_line((raw, nth, fast, evidence.asset.size, said_by, digest)))
            self.evidence += 1
        return _Met(number, raw, examiner, found, row is None, marked, nth > 0)

    def _new_asset(self, row: tuple[int, bytes, bytes, int, UtcTime, str]) -> None:
        number, raw, fast, size, *_ = row
        self.new.add(raw)
        if self._anything_spoken and self._spoken_of(raw):
            self.redraw.add(raw)
        self._assets.append(row)
        self._known[raw] = [number, fast, size]

    def _next(self, asset: int, raw: bytes, found: tuple[int, int]) -> int:
        """Return the number of new evidence about a known asset; 0 if its newest evidence says the same."""
        newest = "SELECT nth, examiner, finding FROM evidence WHERE asset = ? ORDER BY nth DESC LIMIT 1"
        latest = self._latest.get(asset) or self._db.row(newest, (asset,))
        if latest is not None and latest[1:] == found:
            return 0
        self.redraw.add(raw)
        return 1 if latest is None else int(latest[0]) + 1

    def _spoken_of(self, raw: bytes) -> bool:
        """Whether anybody said something about these bytes before they were seen, or uses them as a parent."""
        found = self._db.row(
            "SELECT 1 FROM record_subjects WHERE digest = ?1"
            " UNION ALL SELECT 1 FROM edges WHERE child = ?1"
            " UNION ALL SELECT 1 FROM edges WHERE parent = ?1 AND parent <> x'' LIMIT 1",
            (raw,),
        )
        return found is not None

    def _alone(self, evidence: Evidence, finding: int) -> tuple[Origin, Origin]:
        known = self._numbers.alone.get(finding)
        if known is None:
            verdict = classify(evidence, _NOTHING_BESIDE, _NO_CONTEXT)
            known = self._numbers.alone[finding] = verdict.origin, handed_on(verdict)
        return known

    def _examiner(self, examiner: Examiner) -> tuple[int, bytes]:
        """Return an examiner's row number and stored form."""
        known = self._numbers.examiners.get(examiner)
        if known is None:
            body = encoded_examiner(examiner)
            row = self._db.row("SELECT id FROM examiners WHERE body = ?", (body,))
            number = row[0] if row else self._db.insert("INSERT INTO examiners (body) VALUES (?)", (body,))
            known = self._numbers.examiners[examiner] = (number, body)
        return known

    def _finding(self, body: bytes) -> tuple[int, bytes]:
        """Return a finding's row number and digest."""
        known = self._numbers.findings.get(body)
        if known is None:
            digest = sha256(body)
            row = self._db.row("SELECT id FROM findings WHERE digest = ?", (digest,))
            values = (digest, body)
            number = row[0] if row else self._db.insert("INSERT INTO findings (digest, body) VALUES (?, ?)", values)
            known = self._numbers.findings[body] = (number, digest)
        return known

    def _lineage(self, met: _Met) -> None:
        """Write what new evidence says of lineage: this asset's label, and what it was made from."""
        credential = met.finding.credential
        if credential.label is not None:
            self._label(met, credential.label, sure=intact(credential))
        if met.finding.ingredients:
            self._edges(met, met.finding.ingredients)

    def _label(self, met: _Met, label: str, *, sure: bool) -> None:
        row = (label, met.id, int(sure), self._entry)
        # Of an asset that is new nothing is written yet, and all such labels are written at once.
        if row not in self._labels and (met.new or self._db.run(_LABEL + " ON CONFLICT DO NOTHING", row)):
            self._labels[row] = met
            self.lines.append(label_line((label, met.raw, int(sure))))

    def _finish_labels(self) -> None:
        """Write the labels of new assets, and have those drawn that somebody has been waiting for as a parent."""
        self._db.run_each(_LABEL, [row for row, met in self._labels.items() if met.new])
        waited = "SELECT DISTINCT label FROM edges WHERE label <> '' AND label IN (?)"
        met_by = {label for (label,) in self._db.rows_for(waited, {label for label, *_ in self._labels})}
        self.redraw.update(met.raw for (label, *_), met in self._labels.items() if label in met_by)

    def _edges(self, met: _Met, ingredients: tuple[Ingredient, ...]) -> None:
        """Write the edges that are new. Those an earlier look found stay: they may add a flag, and never remove one."""
        edges = "SELECT label, relation, title, removed FROM edges WHERE child = ? AND record = ''"
        known = set(self._db.rows(edges, (met.raw,)))
        for ingredient in ingredients:
            label = ingredient.manifest or ""
            said = (label, ingredient.relation.value, ingredient.title, int(ingredient.removed))
            if said in known:
                continue
            known.add(said)
            if label and self._db.row("SELECT 1 FROM labels WHERE label = ? LIMIT 1", (label,)):
                self.redraw.add(met.raw)  # else the parent will see to it, when it turns up
            self._db.run(
                "INSERT INTO edges (label, relation, title, removed, child, witness, entry)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*said, met.raw, Witness.C2PA.value, self._entry),
            )
            self.lines.append(edge_line((met.raw, *said, Witness.C2PA.value)))

    def _sighting(self, examined: Examined, met: _Met, at: UtcTime) -> None:
        """Write where an asset was seen, and what lies beside it there."""
        assert examined.place is not None
        folder, _, name = examined.place.path.rpartition(b"/")
        spot = (self._folder(examined.place.zone, folder), name)
        facts = (*stat_columns(examined.key), int(examined.racy), met.examiner, at)
        if met.new and examined.beside == _NOTHING_BESIDE:
            self._seeing.first(spot, met.id, facts)
            return
        sighting, beside = self._seeing.seen(spot, met.id, facts)
        if beside is not None or examined.beside != _NOTHING_BESIDE:
            self._beside(examined, met, sighting, beside)

    def _folder(self, zone: str, path: bytes) -> int:
        number = self._numbers.folders.get((zone, path))
        if number is None:
            row = self._db.row("SELECT id FROM folders WHERE zone = ? AND path = ?", (zone, path))
            number = row[0] if row else self._db.insert("INSERT INTO folders (zone, path) VALUES (?, ?)", (zone, path))
            self._numbers.folders[zone, path] = number
        return number

    def _beside(self, examined: Examined, met: _Met, sighting: int, was: int | None) -> None:
        """Write what lies beside a file, or that nothing does any more."""
        now: int | None = None
        if examined.beside != _NOTHING_BESIDE:
            beside, body = encoded_beside(examined.beside)
            digest = sha256(body)
            row = self._db.row("SELECT id FROM besides WHERE sighting = ? AND digest = ?", (sighting, digest))
            now = row[0] if row else self._new_beside(examined, met, (sighting, digest, body), beside)
        if now != was:
            self._db.run("UPDATE sightings SET beside = ? WHERE id = ?", (now, sighting))
            self.redraw.add(met.raw)

    def _new_beside(self, examined: Examined, met: _Met, row: tuple[int, bytes, bytes], beside: Beside) -> int:
        assert examined.place is not None
        number = self._db.insert(
            "INSERT INTO besides (sighting, digest, body, asset, entry) VALUES (?, ?, ?, ?, ?)",
            (*row, met.id, self._entry),
        )
        self.lines.append(beside_line((examined.place.zone, examined.place.path, met.raw, row[1])))
        sidecar = beside.sidecar
        if sidecar is not None and intact(sidecar.credential):
            # It was found to belong to these bytes, so its label and ingredients are theirs too.
            if sidecar.credential.label is not None:
                self._label(met, sidecar.credential.label, sure=True)
            self._edges(met, sidecar.ingredients)
        return number

    def _exhibits(self, kept: tuple[Kept, ...], met: _Met, at: UtcTime) -> None:
        """Write what is kept of an asset; the bytes are there by now. Of new assets it is written all at once."""
        for kind, place, digest, size, content in kept:
            row = (met.id, plain(kind), plain(place), bytes.fromhex(digest), size, int(bool(content)))
            one = (met.id, row[3], row[2])
            if one in self._exhibited:
                continue
            if met.new or self._db.run(_EXHIBIT + " ON CONFLICT DO NOTHING", (*row, at, self._entry)):
                self.lines.append(exhibit_line((met.raw, *row[1:])))
            if met.new:
                self._exhibited[one] = (*row, at, self._entry)

    def _trouble(self, trouble: Trouble, at: UtcTime) -> None:
        self._db.run(
            "INSERT INTO troubles (zone, path, kind, says, seen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (zone, path) DO UPDATE SET kind = excluded.kind, says = excluded.says,"
            " seen_at = excluded.seen_at",
            (trouble.place.zone, trouble.place.path, plain(trouble.kind), plain(trouble.says), at),
        )


_LABEL = "INSERT INTO labels (label, asset, intact, entry) VALUES (?, ?, ?, ?)"
_EXHIBIT = (
    "INSERT INTO exhibits (asset, kind, place, digest, size, held, kept_at, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_ASSET = "INSERT INTO assets (id, sha256, xxh3, size, first_seen, origin) VALUES (?, ?, ?, ?, ?, ?)"


def _same_bytes(row: Sequence[Any], asset: Asset) -> int:
    """Return a known asset's row number; raises `CatalogueDamaged` if it is known with another size or XXH3."""
    number, fast, size = row
    if (fast, size) != (bytes.fromhex(asset.fast), asset.size):
        raise CatalogueDamaged(f"asset {asset.digest} is known with another size or XXH3 digest")
    return int(number)
