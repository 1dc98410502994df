"""What earlier looks found beside a file, without what later readers of the same bytes did not find any more.

A row about what lies beside a file does not say who read it. The evidence of that look does: one by anybody else than
the last is evidence of its own, so whoever read a row is whose evidence was the newest by the row's entry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from provenance.asset import Digest
from provenance.catalogue.connection import Connection
from provenance.catalogue.stored import intact
from provenance.evidence import Beside, Examiner


def standing(
    connection: Connection, examiner: Callable[[int], Examiner], every: Mapping[int, Beside], now: int | None
) -> tuple[Beside, ...]:
    """Return what lay beside a sighting in each of its rows but the one of `now`, the oldest first, as it still counts.

    A later look takes back what an earlier one found if it read the same bytes, all of them, and with readers that are
    surely later (`Examiner.succeeds`), as with what is found in the file itself.
    """
    by: dict[int, int | None] = dict(connection.rows_for(_BY, every))
    readers = {number: examiner(found) for number, found in by.items() if found is not None}
    read = [(beside, readers[number]) for number, beside in every.items() if number in readers]
    return tuple(
        _without(beside, [b for b, reader in read if reader.succeeds(readers[number])]) if number in readers else beside
        for number, beside in every.items()
        if number != now
    )


_BY = (
    "SELECT b.id, (SELECT e.examiner FROM evidence e WHERE e.asset = b.asset AND e.entry <= b.entry"
    " ORDER BY e.nth DESC LIMIT 1) FROM besides b WHERE b.id IN (?)"
)


def _without(beside: Beside, later: Iterable[Beside]) -> Beside:
    sidecars, companions = set[Digest](), set[tuple[str, Digest]]()
    for better in later:
        if better.sidecar is not None and not better.sidecar.gaps and intact(better.sidecar.credential):
            sidecars.add(better.sidecar.digest)
        companions.update((c.name, c.digest) for c in better.companions if not c.gaps)
    sidecar = None if beside.sidecar is None or beside.sidecar.digest in sidecars else beside.sidecar
    left = tuple(c for c in beside.companions if (c.name, c.digest) not in companions)
    return replace(beside, sidecar=sidecar, companions=left)
