"""One way to SQLite: where a catalogue may lie, how it is opened, and what its errors mean."""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from provenance.errors import (
    CatalogueDamaged,
    CatalogueLocked,
    CatalogueMisplaced,
    CatalogueMissing,
    CatalogueTrouble,
)
from watcher.mounts import is_network, storage_of

Row = tuple[Any, ...]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open: how many seconds to wait for another writer, and how to find out what a path lies on."""

    wait: float = 30.0
    storage: Callable[[Path], str | None] = storage_of


AS_USUAL = Opening()


def refuse_network(path: Path, opening: Opening) -> None:
    """Raise `CatalogueMisplaced` if `path` lies on network storage or FUSE: WAL needs memory shared by all openers."""
    kind = opening.storage(path)
    if is_network(kind):
        raise CatalogueMisplaced(f"{path} lies on {kind}, where SQLite's locking is not safe")


def connect(path: Path, opening: Opening) -> "Connection":
    """Return a connection to an existing file; never makes one.

    Raises `CatalogueMissing` if there is none, `CatalogueMisplaced` if it lies on network storage.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CatalogueMissing(f"there is no catalogue at {path}") from error
    except OSError as error:
        raise CatalogueTrouble(f"{path} cannot be reached: {error.strerror}", help=_RIGHTS) from error
    refuse_network(path, opening)
    # Every byte escaped is a valid URI too (SQLite, URI Filenames, 3.4), and spares loading a parser at every start.
    uri = "file:" + "".join(f"%{byte:02x}" for byte in os.fsencode(path)) + "?mode=rw"
    try:
        raw = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=opening.wait, cached_statements=256)
    except sqlite3.Error as error:
        raise _trouble(error, path) from error
    connection = Connection(raw, path)
    try:
        for pragma in _PRAGMAS:
            connection.run(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


_CACHE_SIZE = "PRAGMA cache_size = -4096"
_PRAGMAS = (
    # FULL: what was acknowledged survives a power cut. NORMAL would be faster and may lose the last commits.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Without it INSERT OR REPLACE deletes a row without asking the triggers that forbid deleting.
    "PRAGMA recursive_triggers = ON",
    # Functions and virtual tables named by the file's own schema are not run.
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    _CACHE_SIZE,
)

_RIGHTS = "Give the user that runs provenance the right to read and write the catalogue and its folder."


_AT_ONCE = 500
"""Values in one statement."""


class Connection:
    """A connection whose errors are ours. Every statement of this room goes through here.

    Writes happen inside `writing()`, which takes the write lock before it reads anything.
    """

    def __init__(self, raw: sqlite3.Connection, path: Path) -> None:
        self.raw = raw
        self.path = path
        self.other: Connection | None = None
        """Another file that is written together with this one, opened when first needed and closed with it."""
        self.undone = 0
        """How many times what was written came to nothing: row numbers met meanwhile may be others' by now."""

    @property
    def version(self) -> tuple[int, int]:
        """Return what is another one whenever anything in the file was changed, by this connection or any other."""
        (by_others,) = self.row("PRAGMA data_version") or (0,)
        return int(by_others), self.raw.total_changes

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Return the first row, or None."""
        try:
            found: Row | None = self.raw.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error
        return found

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows."""
        try:
            return self.raw.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error

    def rows_for(self, sql: str, values: Iterable[object]) -> list[Row]:
        """Run a statement whose `IN (?)` takes any number of values, for many of them at once; return all rows."""
        waiting, found = list(values), list[Row]()
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            found += self.rows(sql.replace("IN (?)", f"IN ({', '.join('?' * len(some))})"), some)
        return found

    def each(self, sql: str, values: Sequence[object] = ()) -> Generator[Row, None, None]:
        """Yield rows as they are read, however many there are."""
        try:
            cursor = self.raw.execute(sql, values)
            while rows := cursor.fetchmany(64):
                yield from rows
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        try:
            return self.raw.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error

    def run_each(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run a statement for each of some rows, and return how many rows it changed."""
        if not rows:
            return 0
        try:
            return self.raw.executemany(sql, rows).rowcount
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error

    def insert(self, sql: str, values: Sequence[object]) -> int:
        """Insert a row and return its number; 0 where a conflict left it out."""
        try:
            done = self.raw.execute(sql, values)
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error
        return (done.lastrowid or 0) if done.rowcount else 0

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what SQLite raises in the block into our errors, where a library runs statements of its own."""
        try:
            yield
        except sqlite3.Error as error:
            raise _trouble(error, self.path) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock for the block: all of it becomes durable at the end, or none of it happened.

        A deferred transaction that reads first cannot wait for the lock later (SQLITE_BUSY_SNAPSHOT), so the lock is
        taken at once. Raises `CatalogueLocked` after waiting in vain.
        """
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            self.undone += 1
            self._undo()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the catalogue for the whole block, whatever others write meanwhile."""
        self.run("BEGIN DEFERRED")
        try:
            yield
        finally:
            self._undo()

    @contextmanager
    def cached(self, size: int) -> Iterator[None]:
        """Keep so many KiB of pages at hand in the block, instead of few."""
        self.run(f"PRAGMA cache_size = -{size}")
        try:
            yield
        finally:
            self.run(_CACHE_SIZE)

    def _undo(self) -> None:
        # Some errors (a full disk) have ended the transaction already; the first error is the one to report.
        if self.raw.in_transaction:
            self.raw.rollback()

    def close(self) -> None:
        """Close; the last one to close folds the write-ahead log into the file."""
        if self.other is not None:
            self.other.close()
        with self.translated():
            self.raw.close()


class Met(Generic[_T]):
    """What rows say that are never changed, by their numbers: some of them, and none longer than it is sure.

    What is read within a transaction that is undone was said under a number that is given away again.
    """

    def __init__(self, connection: Connection, most: int) -> None:
        self._db = connection
        self._most = most
        self._undone = connection.undone
        self._rows: dict[int, _T] = {}

    def get(self, number: int) -> _T | None:
        """Return what the row of this number says, if that is known."""
        if self._undone != self._db.undone:
            self._undone = self._db.undone
            self._rows.clear()
        return self._rows.get(number)

    def keep(self, number: int, value: _T) -> None:
        """Remember what a row says; was `get` asked before, it stands as long as its transaction."""
        if len(self._rows) >= self._most:
            self._rows.clear()
        self._rows[number] = value


_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_OK}


def _trouble(error: sqlite3.Error, path: Path) -> CatalogueTrouble:
    """Return what an error of SQLite's means to whoever has to mend it (sqlite.org/rescode.html)."""
    # Python's own complaint, about text in a row that is not UTF-8, carries no code.
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if primary in _LOCKED:
        return CatalogueLocked(f"{path} is locked by another process: {error}")
    if primary in _DAMAGED:
        return CatalogueDamaged(f"{path} is damaged, or is no catalogue: {error}")
    if primary == sqlite3.SQLITE_FULL:
        return CatalogueTrouble(
            f"the disk with {path} is full; nothing of this step was recorded",
            help="Make room on that disk, then run the command again.",
        )
    if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return CatalogueTrouble(f"{path} cannot be opened for writing: {error}", help=_RIGHTS)
    if primary == sqlite3.SQLITE_IOERR:
        return CatalogueTrouble(f"the storage failed on {path}: {error}", help="Check the disk the catalogue is on.")
    if primary in {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH}:
        return CatalogueDamaged(f"{path} does not hold together: {error}")
    return CatalogueTrouble(f"SQLite failed on {path}: {error}", help="Check the disk the catalogue is on.")
