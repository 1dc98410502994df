"""The book of words: an append-only chain of entries, one chain a store.

Every entry carries the hash of the one before, and its own hash is over an injective encoding of everything in it,
the store's id and its number included. That finds what was changed, left out, put in or moved from another store. It
does not find a chain that somebody with access to the file rebuilt from its start: for that the head has to be known
somewhere else, and every gate report prints it.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provenance.asset import Digest, UtcTime
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.rows import Entry, Head
from provenance.catalogue.stored import decoded, plain
from provenance.errors import CatalogueDamaged, ChainBroken, ClockBehind
from provenance.records import KINDS, canonical

if TYPE_CHECKING:
    from provenance.catalogue.entering import Sealed, Stamp

EVIDENCE = "evidence"
"""Kind of the entry for a batch of evidence. A record's entry has the record's kind."""
CONFIGURATION = "configuration"
GATE = "gate"
QUARANTINE = "quarantine"
"""Kind of the entry for files that were taken out of a zone together."""
RELEASE = "release"
"""Kind of the entry for files that left the quarantine together."""

CLOCK_SLACK = dt.timedelta(seconds=5)
"""Another process may write an entry between asking the clock and asking the ledger; that is not a clock set back."""

_FORM = "provenance/ledger/1"
_ENTRY = "SELECT seq, prev, hash, kind, at, claimed_at, os_user, host, version, config, policy, body FROM ledger"
_SINCE = _ENTRY + " WHERE seq > ? ORDER BY seq"
_APPEND = (
    "INSERT INTO ledger (seq, prev, hash, kind, at, claimed_at, os_user, host, version, config, policy, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class BrokenEntry(ChainBroken):
    """The first entry of the ledger that does not hold. `seq` is its number; None where no entry answers for a row."""

    def __init__(self, seq: int | None, says: str) -> None:
        super().__init__(f"entry {seq} of the ledger: {says}" if seq is not None else says)
        self.seq = seq


class Ledger:
    """The ledger of an open catalogue. Reading needs no lock; `append` must stand inside `Connection.writing()`."""

    def __init__(self, connection: Connection, store: str) -> None:
        """Read and write the chain of one store; `empty` is its head before the first entry."""
        self._db = connection
        self.store = store
        self.empty = Head(0, hashlib.sha256(canonical([_FORM, store])).hexdigest())

    def head(self) -> Head:
        """Return the newest entry's number and hash; an empty ledger has a head of its own, made of the store's id."""
        row = self._db.row("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1")
        return self.empty if row is None else Head(row[0], row[1].hex())

    def entries(self, since: int = 0) -> Iterator[Entry]:
        """Yield the entries after number `since`, oldest first. Unverified: as they stand in the file."""
        for row in self._db.each(_SINCE, (since,)):
            yield _entry(row)

    def sealed(self, since: int = 0) -> "Iterator[Sealed]":
        """Yield the entries after number `since` with the very text each hash is over. Unverified, as `entries`."""
        from provenance.catalogue.entering import Sealed

        for row in self._db.each(_SINCE, (since,)):
            # Decoding the body first makes sure that it is text.
            entry = _entry(row)
            yield Sealed(entry, self.store, self._sealed(row[0], row[1], row[3:]).decode(), row[-1].decode())

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of an entry by its number; number 0 is the empty ledger's. None if there is none."""
        if seq == 0:
            return self.empty.hash
        row = self._db.row("SELECT hash FROM ledger WHERE seq = ?", (seq,))
        return None if row is None else row[0].hex()

    def has_hash(self, hashed: str) -> bool:
        """Whether any entry, or the empty ledger, has this hash."""
        found = self._db.row("SELECT 1 FROM ledger WHERE hash = ?", (bytes.fromhex(hashed),))
        return found is not None or hashed == self.empty.hash

    def written_at(self, seq: int) -> UtcTime | None:
        """Return when an entry was written; None for the empty ledger."""
        row = self._db.row("SELECT at FROM ledger WHERE seq = ?", (seq,))
        return None if row is None else UtcTime(row[0])

    def words_since(self, seq: int) -> bool:
        """Whether anybody's word was recorded after an entry."""
        kinds = ", ".join("?" for _ in KINDS)
        found = self._db.row(f"SELECT 1 FROM ledger WHERE seq > ? AND kind IN ({kinds}) LIMIT 1", (seq, *KINDS))  # noqa: S608
        return found is not None

    def known_by(self, entry: int) -> UtcTime:
        """Return the latest time in the ledger up to an entry: it was not written before, whatever it says."""
        row = self._db.row("SELECT max(at) FROM ledger WHERE seq <= ?", (entry,))
        return UtcTime(row[0] if row and row[0] else "")

    def rules_at(self, at: UtcTime) -> tuple[Digest | None, Digest | None] | None:
        """Return the digests of the configuration and policy of the newest entry up to a time; None if there is none.

        Of the entries that say either, since not all do.
        """
        row = self._db.row(
            "SELECT config, policy FROM ledger WHERE at <= ? AND config IS NOT NULL ORDER BY seq DESC LIMIT 1", (at,)
        )
        return None if row is None else (row[0] and Digest(row[0]), row[1] and Digest(row[1]))

    def last_config(self) -> Digest | None:
        """Return the digest of the configuration the newest entry was written under."""
        row = self._db.row("SELECT config FROM ledger WHERE config IS NOT NULL ORDER BY seq DESC LIMIT 1")
        return None if row is None else Digest(row[0])

    def next_seq(self, stamp: "Stamp") -> int:
        """Return the number that `append` will give its entry: a change of configuration is noted before it."""
        return self.head().seq + (2 if self._changes_config(stamp) else 1)

    def append(self, kind: str, body: Mapping[str, object], stamp: "Stamp") -> Head:
        """Add an entry at the end and return the new head, noting a change of configuration before if there was one."""
        self.note_config(stamp)
        return self._append(kind, body, stamp)

    def note_config(self, stamp: "Stamp") -> bool:
        """Add an entry if the stamp's configuration is another one than the last entry's; return whether it was."""
        if not self._changes_config(stamp):
            return False
        self._append(CONFIGURATION, {"was": self.last_config(), "now": stamp.config}, stamp)
        return True

    def _changes_config(self, stamp: "Stamp") -> bool:
        return stamp.config is not None and stamp.config != self.last_config()

    def _append(self, kind: str, body: Mapping[str, object], stamp: "Stamp") -> Head:
        head = self.head()
        raw = canonical(dict(body))
        said = (
            kind,
            stamp.at,
            stamp.claimed_at,
            plain(stamp.os_user),
            plain(stamp.host),
            stamp.version,
            stamp.config,
            stamp.policy,
            raw,
        )
        seq, prev = head.seq + 1, bytes.fromhex(head.hash)
        hashed = self._hash(seq, prev, said)
        self._db.run(_APPEND, (seq, prev, hashed, *said))
        return Head(seq, hashed.hex())

    def _hash(self, seq: int, prev: bytes, said: Row) -> bytes:
        return hashlib.sha256(self._sealed(seq, prev, said)).digest()

    def _sealed(self, seq: int, prev: bytes, said: Row) -> bytes:
        """Return what an entry's hash is over: JSON of a list is injective, and the body is in it by its own hash.

        docs/ledger.md promises this form to whoever verifies an export, so it never changes under the same `_FORM`.
        """
        *fields, body = said
        return canonical([_FORM, self.store, seq, prev.hex(), *fields, hashlib.sha256(body).hexdigest()])

    def verified(self, since: Head | None = None) -> Iterator[Row]:
        """Yield the rows after `since`, each once it was found in its place in the chain; from the first by default.

        Columns are (seq, prev, hash, kind, at, claimed_at, os_user, host, version, config, policy, body). Raises
        `BrokenEntry` at the first that is missing, is not what was written, or does not follow the one before.
        """
        seq, prev = self._from(since)
        for row in self._db.each(_SINCE, (seq,)):
            if row[0] != seq + 1:
                raise BrokenEntry(seq + 1, "it is missing")
            seq += 1
            if row[1] != prev:
                raise BrokenEntry(seq, "it does not follow the entry before it")
            if row[2] != self._recomputed(row):
                raise BrokenEntry(seq, "it is not what was written")
            prev = row[2]
            yield row

    def _from(self, since: Head | None) -> tuple[int, bytes]:
        """Return where to start checking, after looking whether the entry there is still the one it was."""
        if since is None or since.seq == 0:
            return 0, bytes.fromhex(self.empty.hash)
        row = self._db.row(_ENTRY + " WHERE seq = ?", (since.seq,))
        if row is None:
            raise BrokenEntry(since.seq, "it is missing")
        if row[2].hex() != since.hash or row[2] != self._recomputed(row):
            raise BrokenEntry(since.seq, "it is not what was verified before")
        return since.seq, row[2]

    def _recomputed(self, row: Row) -> bytes:
        return self._hash(row[0], row[1], row[3:])

    def newest_at(self) -> UtcTime | None:
        """Return the latest time any entry was written at: it is later than that by now, whatever a clock says."""
        row = self._db.row("SELECT max(at) FROM ledger")
        return row[0] if row else None

    def check_clock(self, now: UtcTime) -> None:
        """Raise `ClockBehind` if any entry was written later than `now`: expiries would be judged by a wrong date."""
        newest = self.newest_at()
        if newest is None or newest <= now:
            return
        try:
            ahead = dt.datetime.fromisoformat(newest) - dt.datetime.fromisoformat(now)
        except (ValueError, TypeError) as error:
            raise CatalogueDamaged(f"an entry of the ledger has no readable time: {newest!r}") from error
        if ahead > CLOCK_SLACK:
            raise ClockBehind(f"the newest entry of the ledger was written at {newest}, and this clock says {now}")


def _entry(row: Row) -> Entry:
    seq, prev, hashed, kind, at, claimed_at, os_user, host, version, config, policy, body = row
    content = decoded(body, dict[str, Any], lambda: f"entry {seq} of the ledger")
    return Entry(seq, prev.hex(), hashed.hex(), kind, at, claimed_at, os_user, host, version, config, policy, content)
