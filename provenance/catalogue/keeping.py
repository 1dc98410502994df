"""What was taken out of a zone, and what waits to be taken in: the rows of `quarantine` and `waiting`.

A row of `quarantine` is written before anything is moved, so that whoever is killed meanwhile leaves a trace to go by.
From the moment it is held it stands in the ledger: the entry for a batch names each file, and carries a digest over
their rows as `recording` does for evidence. The entry for what left does the same.

Everything that writes here stands inside `Connection.writing()`.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

import msgspec

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.custody import Carried, Companion, Move, Quarantined, Stay, Why
from provenance.catalogue.entering import Stamp, Waiting
from provenance.catalogue.facts import line, lines_digest
from provenance.catalogue.ledger import QUARANTINE, RELEASE, Ledger
from provenance.catalogue.rows import signed
from provenance.catalogue.seeing import VANISH, forget
from provenance.catalogue.stored import decoded, member, plain
from provenance.errors import CatalogueDamaged, CatalogueTrouble
from provenance.files import display

_QUARANTINED = (
    'SELECT id, zone, path, "where", sha256, device, inode, size, mtime_ns, ctime_ns, why, sidecars, run, taken_at,'
    " note, state, leaving, leaving_run FROM quarantine"
)
_BEGIN = (
    'INSERT INTO quarantine (zone, path, "where", sha256, device, inode, size, mtime_ns, ctime_ns, why, sidecars, run,'
    " taken_at, note, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'moving')"
)
_HOLD = (
    'UPDATE quarantine SET zone = ?, path = ?, "where" = ?, sha256 = ?, device = ?, inode = ?, size = ?, mtime_ns = ?,'
    " ctime_ns = ?, why = ?, sidecars = ?, run = ?, taken_at = ?, note = ?, state = 'held', entry = ?"
    " WHERE id = ? AND state = 'moving'"
)


def select(connection: Connection, stays: Collection[Stay], where: str, values: Sequence[object]) -> list[Quarantined]:
    """Return rows in these states that meet a condition, by zone, path and age."""
    marks = ", ".join("?" for _ in stays)
    sql = f"{_QUARANTINED} WHERE {where} AND state IN ({marks}) ORDER BY zone, path, id"
    return [_quarantined(row) for row in connection.rows(sql, (*values, *(s.value for s in stays)))]


def _quarantined(row: Row) -> Quarantined:
    number, zone, path, where, raw, device, inode, size, *rest = row
    mtime, ctime, why, sidecars, run, at, note, state, leaving, leaving_run = rest
    kept = decoded(sidecars.encode(), list[_Beside], lambda: f"row {number} of `quarantine`")
    move = Move(
        place=Place(zone, RelPath(path)),
        where=where,
        digest=Digest(raw.hex()),
        key=StatKey(device % (1 << 64), inode % (1 << 64), size, mtime, ctime),
        why=tuple(decoded(why.encode(), list[Why], lambda: f"row {number} of `quarantine`")),
        companions=tuple(b.companion() for b in kept),
        run=run,
        at=at,
        note=_digest(note),
    )
    stay = member(Stay, state, lambda: f"row {number} of `quarantine`")
    return Quarantined(number, move, stay, _digest(leaving), leaving_run)


def _digest(raw: bytes | None) -> Digest | None:
    return None if raw is None else Digest(raw.hex())


class _Beside(msgspec.Struct, frozen=True):
    """A companion as it is stored: JSON holds no bytes, so paths are in hexadecimal digits."""

    path: str
    where: str
    sha256: Digest
    copied: bool

    def companion(self) -> Companion:
        try:
            return Companion(RelPath(bytes.fromhex(self.path)), bytes.fromhex(self.where), self.sha256, self.copied)
        except ValueError as error:
            raise CatalogueDamaged(f"a sidecar in `quarantine` cannot be read: {error}") from error


def _values(move: Move) -> Row:
    key = move.key
    return (
        move.place.zone,
        move.place.path,
        move.where,
        bytes.fromhex(move.digest),
        signed(key.device),
        signed(key.inode),
        signed(key.size),
        signed(key.mtime_ns),
        signed(key.ctime_ns),
        msgspec.json.encode([Why(w.rule, w.outcome, plain(w.text)) for w in move.why]).decode(),
        msgspec.json.encode(
            [_Beside(c.path.hex(), c.where.hex(), c.digest, c.copied) for c in move.companions]
        ).decode(),
        move.run,
        move.at,
        None if move.note is None else bytes.fromhex(move.note),
    )


def begin(connection: Connection, moves: Iterable[Move]) -> tuple[int, ...]:
    """Write down what is to be moved, and return the rows' numbers in the same order."""
    return tuple(connection.insert(_BEGIN, _values(move)) for move in moves)


def hold(connection: Connection, ledger: Ledger, taken: Sequence[Carried], stamp: Stamp) -> None:
    """Write down what was moved: the rows, one entry of the ledger a gate run, and that its place is empty."""
    for run, files in groupby(sorted(taken, key=lambda t: (t.move.run, t.id)), key=lambda t: t.move.run):
        together = list(files)
        entry = ledger.next_seq(stamp)
        for one in together:
            if not connection.run(_HOLD, (*_values(one.move), entry, one.id)):
                raise CatalogueTrouble(f"nothing was being moved under number {one.id}")
            _absent(connection, one.move, stamp.at)
        body = {
            "run": run,
            "taken": len(together),
            "files": [
                _said(one.move, one.move.digest) | ({"lost": [*one.lost]} if one.lost else {}) for one in together
            ],
            "facts_sha256": lines_digest(taken_lines(connection, entry)),
        }
        ledger.append(QUARANTINE, body, stamp)


def _absent(connection: Connection, move: Move, at: UtcTime) -> None:
    """Note that nothing of what was moved is at its place any more; other bytes that came there meanwhile are."""
    zone = move.place.zone
    gone = [(move.place.path, move.digest), *((c.path, c.digest) for c in move.companions if not c.copied)]
    for path, digest in gone:
        folder, _, name = path.rpartition(b"/")
        asset = " AND asset = (SELECT id FROM assets WHERE sha256 = ?)"
        connection.run(VANISH + asset, (at, zone, folder, name, bytes.fromhex(digest)))
        forget(connection, zone, path)


def _said(move: Move, digest: Digest) -> dict[str, object]:
    """Return what the ledger says of one file, in words; the digest over the rows holds the exact bytes of names."""
    return {
        "zone": move.place.zone,
        "path": display(move.place.path),
        "sha256": digest,
        "where": display(move.where),
    }


def drop(connection: Connection, rows: Iterable[int]) -> None:
    """Forget moves that came to nothing."""
    for row in rows:
        connection.run("DELETE FROM quarantine WHERE id = ? AND state = 'moving'", (row,))


def let_go(connection: Connection, leaving: Iterable[tuple[int, Digest]], run: str) -> None:
    """Write down what is to be put back; raises `CatalogueTrouble` if somebody else is at it, or it is not held."""
    for row, digest in leaving:
        changed = connection.run(
            "UPDATE quarantine SET state = 'releasing', leaving = ?, leaving_run = ? WHERE id = ? AND state = 'held'",
            (bytes.fromhex(digest), run, row),
        )
        if not changed:
            raise CatalogueTrouble(
                "what is to be put back is not held any more: somebody else put it back meanwhile",
                help="`provenance status` names what is in quarantine.",
            )


def keep(connection: Connection, rows: Iterable[int]) -> None:
    """Write down that what was to be put back was not."""
    for row in rows:
        connection.run(
            "UPDATE quarantine SET state = 'held', leaving = NULL, leaving_run = NULL"
            " WHERE id = ? AND state = 'releasing'",
            (row,),
        )


def leave(connection: Connection, ledger: Ledger, left: Sequence[tuple[Quarantined, Stay]], stamp: Stamp) -> None:
    """Write down what is not in quarantine any more, with one entry of the ledger for all of it."""
    if not left:
        return
    entry = ledger.next_seq(stamp)
    for one, stay in left:
        changed = connection.run(
            "UPDATE quarantine SET state = ?, left_entry = ? WHERE id = ? AND state IN ('held', 'releasing')",
            (stay.value, entry, one.id),
        )
        if not changed:
            raise CatalogueTrouble(f"nothing is in quarantine under number {one.id}")
    ends = (Stay.RELEASED, Stay.GONE)
    gone = select(connection, ends, "left_entry = ?", (entry,))
    body: dict[str, object] = {
        stay.value: [
            _said(one.move, one.leaving or one.move.digest) | {"run": one.leaving_run}
            for one in gone
            if one.stay is stay
        ]
        for stay in ends
    }
    ledger.append(RELEASE, body | {"facts_sha256": lines_digest(left_lines(connection, entry))}, stamp)


def taken_lines(connection: Connection, entry: int) -> list[bytes]:
    """Return the facts about what was taken away under one entry, a line each."""
    rows = connection.rows(
        'SELECT zone, path, "where", sha256, size, taken_at, run, why, sidecars, note FROM quarantine WHERE entry = ?',
        (entry,),
    )
    return [
        line(("taken", zone, path.hex(), where.hex(), raw.hex(), *rest, note.hex() if note else ""))
        for zone, path, where, raw, *rest, note in rows
    ]


def left_lines(connection: Connection, entry: int) -> list[bytes]:
    """Return the facts about what left under one entry, a line each."""
    rows = connection.rows(
        'SELECT entry, zone, path, "where", state, leaving, leaving_run FROM quarantine WHERE left_entry = ?', (entry,)
    )
    return [
        line(("left", taken, zone, path.hex(), where.hex(), state, leaving.hex() if leaving else "", run))
        for taken, zone, path, where, state, leaving, run in rows
    ]


def keep_waiting(connection: Connection, rows: Iterable[Waiting], at: UtcTime) -> None:
    """Write down what waits; one that waited before keeps the time it was first noted at."""
    for row in rows:
        connection.run(
            "INSERT INTO waiting (zone, path, why, says, first_seen, since, size) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (zone, path) DO UPDATE SET why = excluded.why, says = excluded.says,"
            " since = excluded.since, size = excluded.size",
            (
                row.place.zone,
                row.place.path,
                row.why,
                plain(row.says),
                row.first_seen or at,
                row.since,
                signed(row.size),
            ),
        )
