"""Whose is what is kept in a file of its own: putting it aside, finding it, and pruning it.

A prune is an entry of the ledger first, then rows say that it was pruned, then it goes. Cut off in between, the
next prune finishes it. What was pruned is not kept again for the same bytes, however often they are looked at.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from provenance.asset import Digest, UtcTime, utc
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.entering import Batch, Stamp
from provenance.catalogue.holding import holds_in_force
from provenance.catalogue.keptfile import KeptFile
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.ledger import Ledger
from provenance.errors import LegallyHeld

PRUNE = "evidence-pruned"
"""Kind of the ledger's entry for exhibits that were taken away together."""

_PRUNED = (
    "SELECT x.digest, a.sha256 FROM exhibits x JOIN assets a ON a.id = x.asset"
    " WHERE x.pruned IS NOT NULL AND x.digest IN (?)"
)
_ORPHAN_AFTER = dt.timedelta(days=1)
"""For so long something may be kept without a row: somebody may be about to write that."""

_AT_ONCE = 500
"""So much is taken away while nobody else may write."""

_ROW = (
    "SELECT a.sha256, x.kind, x.place, x.digest, x.size, x.held, x.kept_at, x.entry, x.pruned FROM exhibits x"
    " JOIN assets a ON a.id = x.asset"
)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One thing that is, or was, kept of some bytes."""

    asset: Digest
    kind: str
    place: str
    digest: Digest
    size: int
    held: bool
    """False for what was too large: it is only known that it was there."""
    kept_at: UtcTime
    entry: int
    pruned: int | None
    """The ledger's entry that took it away."""


def put_aside(db: Connection, batch: Batch, at: UtcTime) -> Batch:
    """Put what a batch brings aside, but for what was pruned before; return the batch without that.

    Inside the transaction that writes the rows: whoever prunes meanwhile would take away what no row speaks of yet.
    """
    pruned = set(db.rows_for(_PRUNED, {bytes.fromhex(k[2]) for one in batch.examined for k in one.kept}))
    examined = []
    for one in batch.examined:
        asset = bytes.fromhex(one.evidence.asset.digest)
        kept = one.kept if not pruned else tuple(k for k in one.kept if (bytes.fromhex(k[2]), asset) not in pruned)
        examined.append(one if len(kept) == len(one.kept) else replace(one, kept=kept))
    KeptFile(db.path).put((k for one in examined for k in one.kept), at, db)
    return replace(batch, examined=tuple(examined))


class Exhibiting:
    """What is kept, of an open catalogue."""

    def __init__(self, db: Connection, known: Knowledge, ledger: Ledger) -> None:
        self._db = db
        self._known = known
        self._ledger = ledger
        self.store = KeptFile(db.path)

    def of(self, digest: Digest) -> tuple[Exhibit, ...]:
        """Return what is, or was, kept of some bytes, or under a digest of its own, in the order it was kept."""
        sql = _ROW + " WHERE a.sha256 = ?1 OR x.digest = ?1 ORDER BY x.id"
        return tuple(_exhibit(row) for row in self._db.rows(sql, (bytes.fromhex(digest),)))

    def each(self) -> Iterator[Exhibit]:
        """Yield everything that is, or was, kept."""
        return (_exhibit(row) for row in self._db.each(_ROW + " ORDER BY x.id"))

    def content(self, exhibit: Exhibit) -> bytes | None:
        """Return the bytes of an exhibit; None if they are not there, or are not what was kept."""
        return self.store.get(exhibit.digest, exhibit.size) if exhibit.held else None

    def prunable(self, before: UtcTime, *, gone: bool = False) -> tuple[Exhibit, ...]:
        """Return what was kept before a time; with `gone`, only of what is nowhere present any more."""
        only = " AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.asset = x.asset AND s.gone_at IS NULL)"
        sql = f"{_ROW} WHERE x.pruned IS NULL AND x.held = 1 AND x.kept_at < ?{only if gone else ''} ORDER BY x.id"
        return tuple(_exhibit(row) for row in self._db.rows(sql, (before,)))

    def prune(self, what: tuple[Exhibit, ...], said: dict[str, object], stamp: Stamp) -> int:
        """Say that exhibits are taken away, then take them; return how much went. Others' of the same stay.

        Raises `LegallyHeld` while a legal hold is over everything: then nothing was said, and nothing taken away.
        """
        if what:
            with self._db.writing():
                for hold in holds_in_force(self._db, self._known, stamp.at):
                    if hold.everything:
                        raise LegallyHeld(f"all evidence is under the legal hold {hold.id} by {hold.by}: {hold.reason}")
                body = {**said, "exhibits": sorted([x.asset, x.digest] for x in what)}
                entry = self._ledger.append(PRUNE, body, stamp)
                for one in what:
                    self._db.run(
                        "UPDATE exhibits SET pruned = ? WHERE digest = ? AND pruned IS NULL"
                        " AND asset = (SELECT id FROM assets WHERE sha256 = ?)",
                        (entry.seq, bytes.fromhex(one.digest), bytes.fromhex(one.asset)),
                    )
        return self._sweep(stamp.at)

    def _sweep(self, at: UtcTime) -> int:
        """Remove what no row speaks of: what was pruned, and what never came to be recorded."""
        young = utc(dt.datetime.fromisoformat(at) - _ORPHAN_AFTER)
        over = [(d, kept_at) for d, kept_at in self.store.digests().items() if self._is_over(d, kept_at, young)]
        gone = 0
        for start in range(0, len(over), _AT_ONCE):
            some = over[start : start + _AT_ONCE]
            with self._db.writing():  # else somebody may be about to keep the same for other bytes
                gone += self.store.take_away([d for d, kept_at in some if self._is_over(d, kept_at, young)])
        self.store.tidy()
        return gone

    def _is_over(self, digest: Digest, kept_at: UtcTime, young: UtcTime) -> bool:
        rows = self._db.rows("SELECT pruned IS NULL FROM exhibits WHERE digest = ?", (bytes.fromhex(digest),))
        return not any(live for (live,) in rows) and (bool(rows) or kept_at < young)


def _exhibit(row: Row) -> Exhibit:
    asset, kind, place, digest, size, held, kept_at, entry, pruned = row
    return Exhibit(Digest(asset.hex()), kind, place, Digest(digest.hex()), size, bool(held), kept_at, entry, pruned)
