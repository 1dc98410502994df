"""The file in which values lie: SQLite, beside the catalogue, for this user alone.

What is deleted from it is overwritten (`secure_delete`), the file is built anew without it (`VACUUM`, in memory), and
there is no write-ahead log it could stay in. A copy of the file that somebody made is out of reach; those that
`provenance backup` made are written down here, and named when something is erased.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from provenance.asset import Commitment, UtcTime
from provenance.catalogue.connection import AS_USUAL, Connection, Opening, Row, connect, refuse_network
from provenance.errors import PersonalTrouble, PersonalUnknown
from provenance.files import sync_folder
from provenance.personal.commitment import SALT_BYTES, commitment_of, person_id

PERSONAL_NAME = "personal.db"

_APPLICATION_ID = 0x50455253
"""`PERS`, in the file's header (sqlite.org/fileformat2.html, 1.3)."""
_VERSION = 1
_TABLES = (
    """CREATE TABLE personal (
        commitment BLOB PRIMARY KEY CHECK (length(commitment) = 32),
        kind TEXT NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32),
        value BLOB NOT NULL,
        stored_at TEXT NOT NULL,
        retain_until TEXT
    ) STRICT""",
    """CREATE TABLE copies (
        place TEXT NOT NULL,
        made_at TEXT NOT NULL,
        PRIMARY KEY (place, made_at)
    ) STRICT""",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
)
_PRAGMAS = (
    "PRAGMA journal_mode = DELETE",  # a write-ahead log would keep what was written until somebody folds it in
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # VACUUM would put a copy of everything into the temporary folder
)
_STORED = "SELECT commitment, kind, length(value), stored_at, retain_until FROM personal"
_NAME = re.compile(r"per-([0-9a-f]{20})|([0-9a-f]{64})")


class ValueKind(Enum):
    """What a value is. Texts are compared as people read them, documents byte by byte."""

    PERFORMER = "performer"
    CONTACT = "contact"
    NOTE = "note"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Stored:
    """A value that is stored, without the value."""

    commitment: Commitment
    kind: ValueKind
    size: int
    stored_at: UtcTime
    retain_until: UtcTime | None
    """From then on it is to be erased; None while nobody has said until when it is needed."""

    @property
    def id(self) -> str:
        """Its short name."""
        return person_id(self.commitment)

    def due(self, now: UtcTime) -> bool:
        """Whether its time is over."""
        return self.retain_until is not None and self.retain_until <= now


@dataclass(frozen=True, slots=True)
class Opened:
    """A value with the salt that its commitment was made with: what proves to others whom a record speaks of."""

    value: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A place where a backup of the store was put."""

    place: str
    made_at: UtcTime


def personal_path(catalogue: Path) -> Path:
    """Return where the personal store of a catalogue lies."""
    return catalogue.with_name(PERSONAL_NAME)


class PersonalStore:
    """An open personal store. Use it in one thread; close it, or use it as a context manager."""

    def __init__(self, connection: Connection) -> None:
        """Take over a connection to a whole store; use `open` or `making`."""
        self._db = connection

    @classmethod
    def open(cls, path: Path, opening: Opening = AS_USUAL) -> Self:
        """Open the store at `path`; never makes one.

        Raises `PersonalUnknown` if there is none, `PersonalTrouble` if it is no personal store, `CatalogueTrouble` for
        what SQLite says of the file.
        """
        if not os.path.lexists(path):
            raise PersonalUnknown(f"there is no personal store at {path}", help="Nothing was stored here so far.")
        connection = connect(path, opening)
        try:
            marks = (connection.row("PRAGMA application_id"), connection.row("PRAGMA user_version"))
            if marks != ((_APPLICATION_ID,), (_VERSION,)):
                raise PersonalTrouble(f"{path} is no personal store of this version")
            _prepare(connection)
            return cls(connection)
        except BaseException:
            connection.close()
            raise

    @classmethod
    def making(cls, path: Path, opening: Opening = AS_USUAL) -> Self:
        """Open the store at `path`, making an empty one if there is none: built aside, put in place complete."""
        if not os.path.lexists(path):
            refuse_network(path.parent, opening)
            _make(path, opening)
        return cls.open(path, opening)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def keep(self, kind: ValueKind, value: bytes, at: UtcTime, retain_until: UtcTime | None = None) -> Commitment:
        """Store a value and return its commitment. What is stored already keeps its own; a later date replaces its.

        Raises `PersonalTrouble` for a value that is empty, or is a text and not UTF-8.
        """
        value = _normal(kind, value)
        with self._db.writing():
            known = self._find(kind, value)
            if known is not None:
                self._db.run(
                    "UPDATE personal SET retain_until = ?1 WHERE commitment = ?2 AND ?1 > coalesce(retain_until, '')",
                    (retain_until, bytes.fromhex(known)),
                )
                return known
            salt = os.urandom(SALT_BYTES)
            made = commitment_of(salt, value)
            self._db.run(
                "INSERT INTO personal (commitment, kind, salt, value, stored_at, retain_until)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (bytes.fromhex(made), kind.value, salt, value, at, retain_until),
            )
        return made

    def find(self, kind: ValueKind, value: bytes) -> Commitment | None:
        """Return the commitment of a value that is stored; None if it is not."""
        return self._find(kind, _normal(kind, value))

    def _find(self, kind: ValueKind, value: bytes) -> Commitment | None:
        row = self._db.row("SELECT commitment FROM personal WHERE kind = ? AND value = ?", (kind.value, value))
        if row is None and kind is ValueKind.PERFORMER:
            # A consent and a disclosure are to be about the same person, whoever typed the name.
            sought = value.decode().casefold()
            rows = self._db.rows(
                "SELECT commitment, value FROM personal WHERE kind = ? ORDER BY stored_at", (kind.value,)
            )
            row = next((r for r in rows if r[1].decode(errors="replace").casefold() == sought), None)
        return None if row is None else Commitment(row[0].hex())

    def resolve(self, name: str) -> Commitment:
        """Return the commitment a short name or all 64 digits mean; raises `PersonalUnknown` if it is not stored."""
        found = _NAME.fullmatch(name)
        if found:
            least, most = (bytes.fromhex((found[1] or found[2]).ljust(64, digit)) for digit in "0f")
            rows = self._db.rows("SELECT commitment FROM personal WHERE commitment BETWEEN ? AND ?", (least, most))
            if len(rows) == 1:
                return Commitment(rows[0][0].hex())
        raise PersonalUnknown(f"nothing is stored under {name!r}")

    def stored(self) -> tuple[Stored, ...]:
        """Return what is stored, the oldest first, without the values."""
        return tuple(_stored(row) for row in self._db.rows(_STORED + " ORDER BY stored_at, commitment"))

    def opened(self, commitment: Commitment) -> Opened:
        """Return a value and its salt.

        Raises `PersonalUnknown` if it is not stored, `PersonalTrouble` if it is not what was stored.
        """
        row = self._db.row("SELECT salt, value FROM personal WHERE commitment = ?", (bytes.fromhex(commitment),))
        if row is None:
            raise PersonalUnknown(f"nothing is stored under {person_id(commitment)}")
        return _whole(commitment, *row)

    def check(self) -> int:
        """Compare every value with its commitment; return how many there are. Raises `PersonalTrouble`."""
        count = 0
        for commitment, salt, value in self._db.each("SELECT commitment, salt, value FROM personal"):
            _whole(Commitment(commitment.hex()), salt, value)
            count += 1
        return count

    def remove(self, commitments: tuple[Commitment, ...]) -> int:
        """Take values out of the file, for good; return how many were there. Erase through `erase`, which says so."""
        with self._db.writing():
            gone = sum(
                self._db.run("DELETE FROM personal WHERE commitment = ?", (bytes.fromhex(c),)) for c in commitments
            )
        # A value can leave traces in pages that were moved or are free: the file is written anew without them.
        self._db.run("VACUUM")
        return gone

    def note_copy(self, copy: Copy) -> None:
        """Write down that a copy of this file is put somewhere; before it is, so that none is ever unknown."""
        with self._db.writing():
            self._db.run("INSERT OR IGNORE INTO copies (place, made_at) VALUES (?, ?)", (copy.place, copy.made_at))

    def forget_copy(self, copy: Copy) -> None:
        """Write down that a copy came to nothing."""
        with self._db.writing():
            self._db.run("DELETE FROM copies WHERE place = ? AND made_at = ?", (copy.place, copy.made_at))

    def copies(self, since: UtcTime | None = None) -> tuple[Copy, ...]:
        """Return where copies were put, the oldest first; those that can hold what was stored at `since`."""
        rows = self._db.rows("SELECT place, made_at FROM copies WHERE made_at >= ? ORDER BY made_at", (since or "",))
        return tuple(Copy(place, at) for place, at in rows)


def _prepare(connection: Connection) -> None:
    for pragma in _PRAGMAS:
        connection.row(pragma)


def _make(path: Path, opening: Opening) -> None:
    aside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
    try:
        os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            connection = connect(aside, opening)
            try:
                _prepare(connection)
                with connection.writing():
                    for statement in _TABLES:
                        connection.run(statement)
            finally:
                connection.close()
            try:
                os.link(aside, path)
            except FileExistsError:
                return  # somebody else made it meanwhile
        finally:
            aside.unlink()
        sync_folder(path.parent)
    except OSError as error:
        advice = "Give the user that runs provenance the right to write the catalogue's folder."
        raise PersonalTrouble(f"no personal store can be made at {path}: {error.strerror}", help=advice) from error


def _normal(kind: ValueKind, value: bytes) -> bytes:
    """Return a value as it is stored: a text in one form, so that one name has one commitment."""
    if kind is not ValueKind.DOCUMENT:
        try:
            text = unicodedata.normalize("NFC", value.decode())
            value = (text.strip() if kind is ValueKind.NOTE else " ".join(text.split())).encode()
        except UnicodeDecodeError as error:
            raise PersonalTrouble("what is to be stored is no text", help="Store it with --kind document.") from error
    if not value:
        raise PersonalTrouble("there is nothing to store", help="Give it on standard input, or in a file.")
    return value


def _stored(row: Row) -> Stored:
    commitment, kind, size, stored_at, retain_until = row
    try:
        return Stored(Commitment(commitment.hex()), ValueKind(kind), size, stored_at, retain_until)
    except ValueError as error:
        raise PersonalTrouble(f"the personal store holds something unknown: {error}") from error


def _whole(commitment: Commitment, salt: bytes, value: bytes) -> Opened:
    if len(salt) != SALT_BYTES or commitment_of(salt, value) != commitment:
        raise PersonalTrouble(f"what is stored under {person_id(commitment)} is not what was stored")
    return Opened(value, salt)
