"""The catalogue: the only place that writes what the house knows, and the ledger of what was said and decided.

Every write takes the lock first, is one transaction, and is safe to repeat. Time is passed in with a `Stamp`.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from provenance import EXAMINER, __version__, records
from provenance.asset import Digest, RelPath, UtcTime, ZoneName
from provenance.catalogue.connection import AS_USUAL, Connection, Opening, Row, connect, refuse_network
from provenance.catalogue.ledger import EVIDENCE, GATE
from provenance.catalogue.queries import Queries
from provenance.catalogue.rows import Head
from provenance.catalogue.schema import APPLICATION_ID, ensure_current, migrate
from provenance.errors import CatalogueDamaged, CatalogueTrouble, RecordUnknown, SignatureRefused, WordsChanged
from provenance.files import sync_folder
from provenance.lineage import Witness
from provenance.records import ENVELOPE, NEVER_REVOKED, AnyRecord, in_force
from provenance.verdict import RULES, Origin

if TYPE_CHECKING:
    # A question about a known file needs none of these, and is to be answered fast.
    from provenance.catalogue.custody import Carried, Move, Quarantined, Stay
    from provenance.catalogue.entering import Batch, Change, GateRun, Recorded, Stamp, Waiting
    from provenance.catalogue.pins import Pin
    from provenance.catalogue.recording import Numbers, Recording
    from provenance.catalogue.redraw import Redraw
    from provenance.catalogue.verification import Verification

STANDING = {
    "configuration-acceptance": "Accept another configuration instead: provenance config accept.",
    "refusal": "Whoever may decide otherwise approves it, and names the refusal: provenance approve --despite ID.",
    "picture-change": "What it ended is approved anew: provenance approve --again ID.",
}
"""Words that cannot be taken back, because without them something would pass: what is said instead."""

_RULES = f"{__version__}/{EXAMINER}/{RULES}"
CHECKPOINT_EVERY = 64
"""How many entries the ledger grows before the place up to which it was verified is written down again."""


class Catalogue(Queries):
    """An open catalogue. Use it in one thread; close it, or use it as a context manager."""

    def __init__(self, connection: Connection) -> None:
        """Take over a connection whose tables are current; use `open` or `create`."""
        row = connection.row("SELECT store_id, drawn_by FROM store")
        if row is None:
            raise CatalogueDamaged(f"{connection.path} does not say which store it is")
        super().__init__(connection, row[0])
        self.store_id: str = row[0]
        self._numbers: Numbers | None = None
        self._checked = Head(0, "")
        self._words_whole_at: Row | None = None
        if row[1] != _RULES:
            self._draw_all()

    @classmethod
    def open(cls, path: Path, opening: Opening = AS_USUAL) -> Self:
        """Open the catalogue at `path`, bringing an older one up to date. Never makes one.

        Raises `CatalogueMissing`, `CatalogueMisplaced` on network storage, `CatalogueNewer`, `CatalogueDamaged`, or
        `CatalogueLocked` after `opening.wait` seconds.
        """
        connection = connect(path, opening)
        try:
            ensure_current(connection)
            return cls(connection)
        except BaseException:
            connection.close()
            raise

    @classmethod
    def create(
        cls,
        path: Path,
        at: UtcTime,
        opening: Opening = AS_USUAL,
        *,
        store_id: str | None = None,
    ) -> Self:
        """Make a new, empty catalogue at `path` and open it; raises `CatalogueTrouble` if there is anything already.

        It is built aside and put in place complete, so that nobody ever opens half of one, and of several processes
        that make one at once exactly one succeeds. Folders that are missing are made for this user alone.
        `store_id` names the ledger's chain; random by default.
        """
        folder = path.parent
        _make_private(folder)
        refuse_network(folder, opening)
        aside = folder / f".{path.name}.{os.urandom(8).hex()}.new"
        try:
            os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            try:
                _build(aside, at, store_id or os.urandom(16).hex(), opening)
                os.link(aside, path)
            finally:
                aside.unlink()
        except FileExistsError as error:
            advice = "Open it, or move it away if this is to be another production."
            raise CatalogueTrouble(f"there is already something at {path}", help=advice) from error
        except OSError as error:
            advice = "Choose a folder on a local disk that this user may write to."
            raise CatalogueTrouble(f"no catalogue can be made at {path}: {error.strerror}", help=advice) from error
        sync_folder(folder)
        return cls.open(path, opening)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._db.path

    def close(self) -> None:
        """Close it. Nothing is lost by not getting here."""
        self._db.close()

    def record(self, batch: "Batch", stamp: "Stamp") -> "Recorded":
        """Record what was examined, durably and all at once, and draw the verdicts that depend on it.

        Safe to repeat: what is known already is not written again, and a batch without any new evidence adds no entry
        to the ledger.
        """
        from provenance.catalogue.recording import Numbers, Recording, put_aside

        numbers = self._numbers or Numbers()
        self._numbers = None  # until all is committed: these may be numbers of rows that never will be
        with self._db.writing():
            batch = put_aside(self._db, batch, stamp.at)
            recording = Recording(self._db, numbers, self.ledger.next_seq(stamp))
            recording.take(batch, stamp.at)
            entry = self._answer_for(recording, stamp)
            changes = self._redraw().refresh(recording.redraw, (entry, stamp.at)) if recording.redraw else ()
        self._numbers = numbers
        known = tuple(c for c in changes if bytes.fromhex(c.digest) not in recording.new)
        from provenance.catalogue.entering import Recorded

        return Recorded(entry, len(recording.new), recording.evidence, known)

    def _answer_for(self, recording: "Recording", stamp: "Stamp") -> int | None:
        """Add the ledger's entry for a batch, if it holds any new fact."""
        if not recording.lines:
            return None
        from provenance.catalogue.facts import lines_digest

        body = {
            "assets": len(recording.new),
            "evidence": recording.evidence,
            "facts": len(recording.lines),
            "facts_sha256": lines_digest(recording.lines),
        }
        return self.ledger.append(EVIDENCE, body, stamp).seq

    def add_record(self, record: AnyRecord, stamp: "Stamp", envelope: Mapping[str, object] | None = None) -> str:
        """Keep a person's word, draw the verdicts it changes, and return its id. Safe to repeat.

        `envelope` (DSSE's JSON) is kept and never believed here. Raises `SignatureRefused` for a word that was recorded
        before without this signature: a record is never edited.
        Raises `RecordUnknown` for a revocation of nothing, or of a revocation: what was taken back is said anew.
        Raises `ValueError` for a declaration of no known origin: every later look at its bytes would fail on it.
        Raises `LegallyHeld` for an erasure of what a legal hold covers.
        """
        from provenance.catalogue.filing import file, redrawn_by

        if isinstance(record, records.Declaration):
            Origin(record.origin)

        with self._db.writing():
            before = self._known.record(record.id)
            if before is None:
                if record.kind in NEVER_REVOKED:
                    from provenance.catalogue.holding import refuse_what_a_hold_forbids

                    refuse_what_a_hold_forbids(self._db, self._known, record, stamp.at)
                changed = redrawn_by(record)
                if isinstance(record, records.Revocation):
                    changed = redrawn_by(self._revocable(record.target))
                signed = {} if envelope is None else {ENVELOPE: dict(envelope)}
                entry = self.ledger.append(record.kind, record.content() | signed, stamp)
                file(self._db, record, entry.seq)
                self._redraw().refresh(changed, (entry.seq, stamp.at))
            elif envelope is not None and before.envelope != envelope:
                raise SignatureRefused(f"{record.id} was recorded before, without this signature")
        return record.id

    def _revocable(self, target: str) -> AnyRecord:
        found = self.find_record(target).record
        if isinstance(found, records.Revocation):
            advice = "What was taken back stays so. Make the approval, clearance, declaration or derivation anew."
            raise RecordUnknown(f"{target} is a revocation, and no revocation can be taken back", help=advice)
        if found.kind in STANDING:
            advice = STANDING[found.kind]
            raise RecordUnknown(f"{target} is a {found.kind.replace('-', ' ')}, and stands for good", help=advice)
        if isinstance(found, records.Derivation) and found.witness is Witness.TOOL:
            advice = "What this tool did itself is no word of anybody's. Replace the file that was made."
            raise RecordUnknown(f"{target} is what provenance saw itself, and cannot be taken back", help=advice)
        if found.kind in NEVER_REVOKED:
            advice = "`provenance personal release ID` ends a legal hold. What was erased is gone."
            raise RecordUnknown(f"{target} is a word about personal data, and cannot be taken back", help=advice)
        return found

    def vanish(self, zone: ZoneName, paths: Iterable[RelPath], at: UtcTime) -> int:
        """Mark what is no longer at these paths as not present; return how many files that were. History stays."""
        from provenance.catalogue.seeing import VANISH, forget

        gone = 0
        with self._db.writing():
            for path in paths:
                folder, _, name = path.rpartition(b"/")
                gone += self._db.run(VANISH, (at, zone, folder, name))
                forget(self._db, zone, path)
        return gone

    def finish_sweep(self, zone: ZoneName, at: UtcTime, began: UtcTime | None = None) -> None:
        """Note that a zone was looked at completely: everything present in it was seen.

        With `began`, troubles of the zone that this sweep did not meet again are over.
        """
        with self._db.writing():
            self._db.run(
                "INSERT INTO sweeps (zone, completed_at) VALUES (?, ?) ON CONFLICT (zone)"
                " DO UPDATE SET completed_at = max(completed_at, excluded.completed_at)",
                (zone, at),
            )
            if began is not None:
                self._db.run("DELETE FROM troubles WHERE zone = ? AND seen_at < ?", (zone, began))

    def keep_waiting(self, zone: ZoneName, rows: "Iterable[Waiting]", gone: Iterable[RelPath], at: UtcTime) -> None:
        """Write down which files of a zone wait to be taken in, and forget those in `gone`; all at once.

        A file that waited before keeps the time it was first noted at. What is recorded stops waiting by itself.
        Raises `ValueError` for a row of another zone.
        """
        from provenance.catalogue.keeping import keep_waiting

        rows = tuple(rows)
        for row in rows:
            if row.place.zone != zone:
                raise ValueError(f"{row.place!r} is not in zone {zone!r}")
        with self._db.writing():
            keep_waiting(self._db, rows, at)
            for path in gone:
                self._db.run("DELETE FROM waiting WHERE zone = ? AND path = ?", (zone, path))

    def begin_taking(self, moves: "Iterable[Move]") -> tuple[int, ...]:
        """Write down what is about to be taken away, durably and all at once; return a number for each, in order."""
        from provenance.catalogue.keeping import begin

        with self._db.writing():
            return begin(self._db, moves)

    def finish_taking(self, taken: "Sequence[Carried]", dropped: Iterable[int], stamp: "Stamp") -> None:
        """Write down what was taken away, with one entry of the ledger a gate run, and forget what came to nothing.

        Raises `CatalogueTrouble` for a number nothing is being moved under; then nothing was written.
        """
        from provenance.catalogue.keeping import drop, hold

        with self._db.writing():
            hold(self._db, self.ledger, taken, stamp)
            drop(self._db, dropped)

    def begin_release(self, leaving: "Iterable[tuple[Quarantined, Digest]]", run: str) -> None:
        """Write down what is about to be put back, each with the bytes that a gate run let go.

        Raises `CatalogueTrouble` if any of it is not held any more; then nothing was written.
        """
        from provenance.catalogue.keeping import let_go

        with self._db.writing():
            let_go(self._db, [(one.id, digest) for one, digest in leaving], run)

    def finish_release(
        self, left: "Sequence[tuple[Quarantined, Stay]]", stayed: "Iterable[Quarantined]", stamp: "Stamp"
    ) -> None:
        """Write down what left the quarantine (`RELEASED` or `GONE`) with one entry of the ledger, and what stayed."""
        from provenance.catalogue.keeping import keep, leave

        with self._db.writing():
            leave(self._db, self.ledger, left, stamp)
            keep(self._db, [one.id for one in stayed])

    def note_config(self, stamp: "Stamp") -> bool:
        """Note in the ledger that the configuration is another one; return whether it was. Every entry does so too."""
        if stamp.config == self.last_config():
            return False
        with self._db.writing():
            return self.ledger.note_config(stamp)

    def note_gate_run(self, run: "GateRun", stamp: "Stamp") -> str:
        """Keep a gate run with the records that let something pass in it, and return the ledger's new head.

        Raises `WordsChanged` if a word was recorded since it began, or if one it rests on is over by now: then it has
        to be judged again. Raises `RecordUnknown` if a record it rests on is not in this catalogue.
        """
        kept = sorted({(use.record, bytes.fromhex(use.digest)) for use in run.uses})
        with self._db.writing():
            if self.ledger.words_since(run.began.seq):
                raise WordsChanged("somebody's word was recorded while the delivery was judged")
            for name in sorted({name for name, _ in kept}):
                word = self.find_record(name).record
                if not in_force(getattr(word, "expires", None), stamp.at):  # of a consent as well
                    raise WordsChanged(f"{name} expired while the delivery was judged")
            said = {"run": run.id, "report": dict(run.report), "uses": [[record, raw.hex()] for record, raw in kept]}
            entry = self.ledger.append(GATE, said, stamp)
            for record, raw in kept:
                self._db.run("INSERT INTO gate_uses (entry, record, digest) VALUES (?, ?, ?)", (entry.seq, record, raw))
        return entry.hash

    def check_clock(self, now: UtcTime) -> None:
        """Raise `ClockBehind` if this machine's time lies before an entry of the ledger."""
        self.ledger.check_clock(now)

    def verify(self, pins: "Iterable[Pin]" = ()) -> Head:
        """Check the whole ledger, its rows, and that it is what was pinned; return its head. Raises `ChainBroken`."""
        from provenance.catalogue.pins import check_pins

        head = self._verification().everything(self._checkpoint())
        check_pins(self.ledger, tuple(pins))
        self._keep_checkpoint(head)
        return head

    def verify_since_checkpoint(self, *, words: bool = False) -> Head:
        """Check what was added since the checkpoint, which lies in the same file; return the head.

        With `words`, and unless nobody else wrote since, the rows of every word too. Raises `ChainBroken`.
        """
        checkpoint, version = self._checkpoint(), self._db.row("PRAGMA data_version")
        known = max(checkpoint, self._checked, key=lambda h: h.seq)
        if words and self._words_whole_at != version:
            self._verification().words(known)
            self._words_whole_at = version
        head = self._checked = self._verification().since(known)
        if head.seq - checkpoint.seq >= CHECKPOINT_EVERY:
            self._keep_checkpoint(head)
        return head

    def _checkpoint(self) -> Head:
        row = self._db.row("SELECT checked_seq, checked_hash FROM store")
        return Head(*row) if row else Head(0, "")

    def _keep_checkpoint(self, head: Head) -> None:
        self._checked = head
        with self._db.writing():
            self._db.run("UPDATE store SET checked_seq = ?, checked_hash = ?", (head.seq, head.hash))

    def _redraw(self) -> "Redraw":
        from provenance.catalogue.redraw import Redraw

        return Redraw(self._db, self._known)

    def _verification(self) -> "Verification":
        from provenance.catalogue.verification import Verification

        return Verification(self._db, self.ledger)

    def _draw_all(self) -> "tuple[Change, ...]":
        """Draw every verdict by the rules of this version."""
        with self._db.writing():
            changes = self._redraw().refresh_all((None, self.ledger.written_at(self.ledger.head().seq) or UtcTime("")))
            self._db.run("UPDATE store SET drawn_by = ?", (_RULES,))
        return changes


def _make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, for this user alone."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    for made in reversed(missing):
        try:
            made.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            advice = "Choose a folder that this user may write to."
            raise CatalogueTrouble(f"{made} cannot be made: {error.strerror}", help=advice) from error


def _build(path: Path, at: UtcTime, store_id: str, opening: Opening) -> None:
    """Make the tables in an empty file, and leave all of it in that one file."""
    connection = connect(path, opening)
    try:
        connection.run("PRAGMA journal_mode = WAL")
        connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection)
        with connection.writing():
            connection.run(
                "INSERT INTO store (one, store_id, created_at, drawn_by) VALUES (1, ?, ?, ?)",
                (store_id, at, _RULES),
            )
    finally:
        connection.close()
