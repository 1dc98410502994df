"""The file in which exhibits lie, each under its own SHA-256: SQLite, beside the catalogue, for this user alone.

It is apart from the catalogue because prompts stand in it, because it grows otherwise, and because things are taken
out of it: what is deleted is overwritten (`secure_delete`). One file, and not one for each exhibit: making thousands of
files durable takes longer than examining what they come from.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provenance.asset import Digest, UtcTime
from provenance.catalogue.connection import AS_USUAL, Connection, connect
from provenance.errors import CatalogueDamaged, CatalogueMissing, CatalogueTrouble
from provenance.exhibits import Kept, unpacked
from provenance.files import sync_folder

KEPT_NAME = "kept.db"

_APPLICATION_ID = 0x4B455054
"""`KEPT`, in the file's header (sqlite.org/fileformat2.html, 1.3)."""
_VERSION = 1
_ADVICE = "Restore this file from your backup. Or move it away: verdicts stay, and what was kept for them is lost."
_TABLES = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    """CREATE TABLE kept (
        digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
        kept_at TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
)


class KeptFile:
    """The file of a catalogue's exhibits. Knows nothing of whose they are."""

    def __init__(self, catalogue: Path) -> None:
        """Name the file that belongs to a catalogue; it is made when something is first put there."""
        self.path = catalogue.with_name(KEPT_NAME)

    def put(self, kept: Iterable[Kept], at: UtcTime, beside: Connection | None = None) -> None:
        """Keep what is not kept yet, durably and all at once; with a catalogue `beside` it the file stays open.

        Raises `CatalogueTrouble`.
        """
        rows = {bytes.fromhex(digest): content for _, _, digest, _, content in kept if content}
        if not rows:
            return
        if not os.path.lexists(self.path):
            self._make()
        if beside is None:
            with self._open() as db:
                _write(db, rows, at)
        else:
            beside.other = beside.other or self._opened()
            _write(beside.other, rows, at)

    def get(self, digest: Digest, size: int) -> bytes | None:
        """Return what was kept under a digest; None if it is not there, or is not what was kept."""
        with self._reading() as db:
            row = db.row("SELECT body FROM kept WHERE digest = ?", (bytes.fromhex(digest),)) if db else None
        return None if row is None else unpacked(row[0], digest, size)

    def digests(self) -> dict[Digest, UtcTime]:
        """Return under which digests anything is kept, and since when."""
        with self._reading() as db:
            rows = db.rows("SELECT digest, kept_at FROM kept") if db else []
        return {Digest(digest.hex()): at for digest, at in rows}

    def take_away(self, digests: Iterable[Digest]) -> int:
        """Remove exhibits; return how many were there. `tidy` afterwards, for good."""
        digests = tuple(digests)
        if not digests:
            return 0
        with self._open() as db, db.writing():
            return sum(db.run("DELETE FROM kept WHERE digest = ?", (bytes.fromhex(d),)) for d in digests)

    def tidy(self) -> None:
        """Give back the room of what was removed, and leave no trace of it in the log either."""
        with self._reading() as db:
            if db is not None:
                db.rows("PRAGMA incremental_vacuum")
                db.rows("PRAGMA wal_checkpoint(TRUNCATE)")  # else what was deleted stays there until somebody writes

    def check(self) -> None:
        """Raise `CatalogueDamaged` if it is no file of exhibits, or SQLite finds it damaged."""
        with self._open() as db:
            if db.row("PRAGMA quick_check") != ("ok",):
                raise CatalogueDamaged(f"{self.path} is damaged")

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        if not os.path.lexists(self.path):
            yield None
            return
        with self._open() as db:
            yield db

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        db = self._opened()
        try:
            yield db
        finally:
            db.close()

    def _opened(self) -> Connection:
        try:
            return self._connected()
        except (CatalogueDamaged, CatalogueMissing) as error:
            raise CatalogueDamaged(f"what is kept as evidence cannot be used: {error.message}", help=_ADVICE) from error

    def _connected(self) -> Connection:
        db = connect(self.path, AS_USUAL)
        try:
            if (db.row("PRAGMA application_id"), db.row("PRAGMA user_version")) != ((_APPLICATION_ID,), (_VERSION,)):
                raise CatalogueDamaged(f"{self.path} holds no exhibits of this version")
            db.row("PRAGMA secure_delete = ON")
        except BaseException:
            db.close()
            raise
        return db

    def _make(self) -> None:
        """Make an empty file aside and put it in place complete: of several at once exactly one succeeds."""
        aside = self.path.with_name(f".{KEPT_NAME}.{os.urandom(8).hex()}.new")
        try:
            os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            try:
                db = connect(aside, AS_USUAL)
                try:
                    for statement in _TABLES:
                        db.rows(statement)
                finally:
                    db.close()
                os.link(aside, self.path)
            finally:
                aside.unlink()
        except FileExistsError:
            return
        except OSError as error:
            advice = "Give the user that runs provenance the right to write the catalogue's folder."
            raise CatalogueTrouble(f"{self.path} cannot be made: {error.strerror}", help=advice) from error
        sync_folder(self.path.parent)


def _write(db: Connection, rows: Mapping[bytes, bytes], at: UtcTime) -> None:
    with db.writing():
        keep = "INSERT OR IGNORE INTO kept (digest, kept_at, body) VALUES (?, ?, ?)"
        db.run_each(keep, [(digest, at, content) for digest, content in rows.items()])
