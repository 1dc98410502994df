"""Is the book what was written? The chain, what its entries answer for, and the verdicts drawn from that."""

from collections import Counter
from contextlib import closing

from provenance.catalogue.along import Along
from provenance.catalogue.connection import Connection
from provenance.catalogue.facts import (
    beside_line,
    edge_line,
    evidence_line,
    exhibit_line,
    label_line,
    likeness_line,
    lines_digest,
)
from provenance.catalogue.filing import index_of
from provenance.catalogue.keeping import left_lines, taken_lines
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.ledger import EVIDENCE, GATE, QUARANTINE, RELEASE, BrokenEntry, Ledger
from provenance.catalogue.redraw import Redraw
from provenance.catalogue.rows import Head
from provenance.catalogue.schema import missing_guards
from provenance.catalogue.stored import decoded, sha256, whole_record
from provenance.records import KINDS

_CACHE = 32 << 10
"""KiB of pages that are kept at hand while everything is read: rows lie in the order of ids, not of entries."""


class Verification:
    """Compares the tables with the ledger. Writes nothing; every method raises `BrokenEntry` at the first fault."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self._db = connection
        self._ledger = ledger
        self._whole: set[int] = set()
        """Findings whose body was compared with its digest."""

    def everything(self, checked: Head) -> Head:
        """Check all there is and return the head.

        (1) the guards are in place; (2) what was verified before is still there; (3) the chain holds from its start,
        and the rows each entry answers for are what was recorded; (4) no row refers to one that is not there; (5) the
        quarantine is what the entries say; (6) the stored verdicts are those the rows draw.
        """
        with self._db.cached(_CACHE), self._db.reading():
            for name in missing_guards(self._db):  # (1)
                raise BrokenEntry(None, f"the trigger {name}, which keeps what was written, is not as it was made")
            for _ in self._ledger.verified(checked):  # (2)
                break
            head = self._entries(None)  # (3)
            for table, *_ in self._db.rows("PRAGMA foreign_key_check"):  # (4)
                raise BrokenEntry(None, f"a row of `{table}` refers to a row that is not there")
            self._stays()  # (5)
            self._verdicts()  # (6)
        return head

    def since(self, checked: Head) -> Head:
        """Check the entries after one that was verified before, and the rows they answer for; return the head.

        For speed, and against accidents: who can write the file can write what was verified before as well. But the
        guards, and that no word has lost its row, are looked at each time: a revocation that nobody finds is an
        approval.
        """
        with self._db.reading():
            for name in missing_guards(self._db):
                raise BrokenEntry(None, f"the trigger {name}, which keeps what was written, is not as it was made")
            self._no_word_lost()
            return self._entries(checked)

    def words(self, until: Head) -> None:
        """Check that the rows that make each word findable are what was recorded, up to an entry that was verified.

        Who can write the file can hide a word without breaking the chain: a revocation that points nowhere.
        """
        kinds = ", ".join("?" for _ in KINDS)
        sql = f"SELECT seq, kind, body FROM ledger WHERE kind IN ({kinds}) AND seq <= ? ORDER BY seq"  # noqa: S608
        with self._db.reading(), closing(Along(self._db, 0)) as along:
            for seq, kind, body in self._db.each(sql, (*KINDS, until.seq)):
                self._record(seq, kind, body, Counter(), along)

    def _no_word_lost(self) -> None:
        kinds = ", ".join("?" for _ in KINDS)
        lost = self._db.row(
            f"SELECT l.seq FROM ledger l LEFT JOIN records r ON r.entry = l.seq AND r.kind = l.kind"  # noqa: S608
            f" WHERE l.kind IN ({kinds}) AND r.id IS NULL ORDER BY l.seq LIMIT 1",
            KINDS,
        )
        if lost is not None:
            raise BrokenEntry(lost[0], "the record in it has lost its row")

    def _entries(self, since: Head | None) -> Head:
        head = since or self._ledger.empty
        counted: Counter[str] = Counter()
        with closing(Along(self._db, head.seq)) as along:
            for seq, _, hashed, kind, *_, body in self._ledger.verified(since):
                head = Head(seq, hashed.hex())
                if kind == EVIDENCE:
                    self._batch(seq, body, counted)
                elif kind in KINDS:
                    self._record(seq, kind, body, counted, along)
                elif kind == GATE:
                    self._gate(seq, body, counted, along)
                elif kind in {QUARANTINE, RELEASE}:
                    self._moved(seq, kind, body, counted)
        first = since.seq if since else 0
        for table in (
            "evidence",
            "labels",
            "edges",
            "besides",
            "likeness",
            "exhibits",
            "records",
            "record_subjects",
            "gate_uses",
        ):
            self._no_more(table, counted[table], first)
        self._no_more("quarantine", counted[QUARANTINE], first)
        self._no_more("quarantine", counted[RELEASE], first, "left_entry")
        return head

    def _no_more(self, table: str, counted: int, since: int, entry: str = "entry") -> None:
        """Raise if a table holds rows that no entry of the ledger answers for."""
        if table == "record_subjects":
            entry = "coalesce((SELECT r.entry FROM records r WHERE r.id = record), 9e18)"
        row = self._db.row(f"SELECT count(*) FROM {table} WHERE {entry} > ?", (since,))  # noqa: S608 (our own names)
        if row != (counted,):
            raise BrokenEntry(None, f"`{table}` holds rows that no entry of the ledger answers for")

    def _batch(self, seq: int, body: bytes, counted: Counter[str]) -> None:
        """Compare a batch of evidence with the rows recorded in it."""
        said = decoded(body, dict[str, object], lambda: f"entry {seq} of the ledger")
        lines = [
            *self._evidence(seq, counted),
            *self._rows(seq, "labels", counted),
            *self._rows(seq, "edges", counted),
            *self._besides(seq, counted),
            *self._likeness(seq, counted),
            *self._exhibits(seq, counted),
        ]
        if lines_digest(lines) != said.get("facts_sha256"):
            raise BrokenEntry(seq, "the evidence kept for it is not what was recorded")

    def _evidence(self, seq: int, counted: Counter[str]) -> list[bytes]:
        rows = self._db.rows(
            "SELECT e.finding, a.sha256, e.nth, a.xxh3, a.size, x.body, f.digest FROM evidence e"
            " JOIN assets a ON a.id = e.asset JOIN examiners x ON x.id = e.examiner"
            " JOIN findings f ON f.id = e.finding WHERE e.entry = ?",
            (seq,),
        )
        counted["evidence"] += len(rows)
        for finding, *_, digest in rows:
            if finding not in self._whole:
                body = self._db.row("SELECT body FROM findings WHERE id = ?", (finding,))
                if body is None or sha256(body[0]) != digest:
                    raise BrokenEntry(seq, "what was found is not what was recorded")
                self._whole.add(finding)
        return [evidence_line((raw, nth, fast, size, by, digest)) for _, raw, nth, fast, size, by, digest in rows]

    def _rows(self, seq: int, table: str, counted: Counter[str]) -> list[bytes]:
        if table == "labels":
            rows = self._db.rows(
                "SELECT l.label, a.sha256, l.intact FROM labels l JOIN assets a ON a.id = l.asset WHERE l.entry = ?",
                (seq,),
            )
            lines = [label_line((label, raw, sure)) for label, raw, sure in rows]
        else:
            rows = self._db.rows(
                "SELECT child, label, relation, title, removed, witness FROM edges WHERE entry = ? AND parent = x''",
                (seq,),
            )
            lines = [edge_line((c, label, rel, title, gone, by)) for c, label, rel, title, gone, by in rows]
        counted[table] += len(rows)
        return lines

    def _besides(self, seq: int, counted: Counter[str]) -> list[bytes]:
        rows = self._db.rows(
            "SELECT f.zone, f.path, s.name, a.sha256, b.digest, b.body FROM besides b"
            " JOIN sightings s ON s.id = b.sighting AND s.asset = b.asset JOIN assets a ON a.id = b.asset"
            " JOIN folders f ON f.id = s.folder WHERE b.entry = ?",
            (seq,),
        )
        counted["besides"] += len(rows)
        for *_, digest, body in rows:
            if sha256(body) != digest:
                raise BrokenEntry(seq, "what lay beside a file is not what was recorded")
        return [
            beside_line((zone, folder + b"/" + name if folder else name, raw, digest))
            for zone, folder, name, raw, digest, _ in rows
        ]

    def _likeness(self, seq: int, counted: Counter[str]) -> list[bytes]:
        rows = self._db.rows(
            "SELECT a.sha256, l.algorithm, l.version, l.value FROM likeness l JOIN assets a ON a.id = l.asset"
            " WHERE l.entry = ?",
            (seq,),
        )
        counted["likeness"] += len(rows)
        return [likeness_line((raw, algorithm, version, value)) for raw, algorithm, version, value in rows]

    def _exhibits(self, seq: int, counted: Counter[str]) -> list[bytes]:
        rows = self._db.rows(
            "SELECT a.sha256, x.kind, x.place, x.digest, x.size, x.held FROM exhibits x"
            " JOIN assets a ON a.id = x.asset WHERE x.entry = ?",
            (seq,),
        )
        counted["exhibits"] += len(rows)
        return [exhibit_line((raw, kind, place, digest, size, held)) for raw, kind, place, digest, size, held in rows]

    def _record(self, seq: int, kind: str, body: bytes, counted: Counter[str], along: Along) -> None:
        """Compare a record in the ledger with the rows that make it findable."""
        rows = along.records.of(seq)
        if not rows:
            raise BrokenEntry(seq, "its record is missing from the table of records")
        name, filed_as, target, _ = rows[0]
        record = whole_record(kind, body, name)
        index = index_of(record)
        subjects = {row[3] for row in rows if row[3] is not None}
        edges = [edge for of, *edge in along.edges.of(seq) if of == name]
        counted["records"] += 1
        counted["record_subjects"] += len(subjects)
        counted["edges"] += len(edges)
        if (filed_as, target) != (kind, index.target) or subjects != index.subjects:
            raise BrokenEntry(seq, f"the rows that make record {name} findable are not what was recorded")
        if (edges or index.edges) and sorted(map(tuple, edges)) != sorted(index.edges):
            raise BrokenEntry(seq, f"the lineage declared by record {name} is not what was recorded")

    def _gate(self, seq: int, body: bytes, counted: Counter[str], along: Along) -> None:
        """Compare a gate run with the rows that say which records it rested on."""
        said = decoded(body, dict[str, object], lambda: f"entry {seq} of the ledger")
        rows = along.uses.of(seq)
        counted["gate_uses"] += len(rows)
        if [[record, digest.hex()] for record, digest in rows] != said.get("uses"):
            raise BrokenEntry(seq, "the records this gate run rested on are not what was recorded")

    def _moved(self, seq: int, kind: str, body: bytes, counted: Counter[str]) -> None:
        """Compare what was taken away or left together with the rows of it."""
        said = decoded(body, dict[str, object], lambda: f"entry {seq} of the ledger")
        lines = (taken_lines if kind == QUARANTINE else left_lines)(self._db, seq)
        counted[kind] += len(lines)
        if lines_digest(lines) != said.get("facts_sha256"):
            raise BrokenEntry(seq, "the rows of `quarantine` kept for it are not what was recorded")

    def _stays(self) -> None:
        """Raise if a row of `quarantine` says another state than the ledger does."""
        stray = self._db.row(
            "SELECT coalesce(left_entry, entry) FROM quarantine WHERE (state = 'moving') <> (entry IS NULL)"
            " OR (state IN ('released', 'gone')) <> (left_entry IS NOT NULL) LIMIT 1"
        )
        if stray is not None:
            raise BrokenEntry(stray[0], "a row of `quarantine` is in a state that no entry answers for")

    def _verdicts(self) -> None:
        """Raise if a stored verdict is not the one that is drawn from the rows."""
        redraw = Redraw(self._db, Knowledge(self._db))
        for change in redraw.outdated():
            row = self._db.row(
                "SELECT max(e.entry) FROM assets a JOIN evidence e ON e.asset = a.id WHERE a.sha256 = ?",
                (bytes.fromhex(change.digest),),
            )
            says = (
                f"the verdict kept for {change.digest} is {change.was.value}; what is recorded draws {change.now.value}"
            )
            raise BrokenEntry(row[0] if row else None, says)
        if self._db.row(
            "SELECT 1 FROM sightings s WHERE s.origin IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM besides b WHERE b.sighting = s.id) LIMIT 1"
        ):
            raise BrokenEntry(None, "a sighting has a verdict of its own, and nothing lies beside it")
