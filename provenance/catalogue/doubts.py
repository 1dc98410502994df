"""Which files of a zone may not pass by themselves: asked often, of zones with hundreds of thousands of files.

Most files of a zone pass because nothing speaks against them, and none of those is decoded here.
"""

import json
import os
from collections.abc import Collection, Iterator
from typing import NamedTuple

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime, ZoneName
from provenance.catalogue.connection import Connection, Row
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.stored import Gist
from provenance.evidence import State
from provenance.examination import SIDECAR_TYPE
from provenance.verdict import Origin

PAGE = 10_000
"""Rows that are read at once: memory stays flat, and others write between two pages."""


class Drawn(NamedTuple):
    """What a file is judged by, as names of rows: while these are equal, so is what they stand for."""

    origin: str
    finding: int
    beside: int
    alone: bool
    """Whether it is a credential by itself, or is called like one, and no file was read with it."""


class Doubtful(NamedTuple):
    """A file that is present and may not pass by itself."""

    place: Place
    digest: Digest
    key: StatKey
    since: UtcTime
    """When these bytes were first seen here."""
    drawn: Drawn


_HAS_ONE = """EXISTS (
        SELECT 1 FROM besides b WHERE b.id = n.beside AND json_extract(CAST(b.body AS TEXT), '$.sidecar') IS NOT NULL
    )"""
_READ_WITH = f"""EXISTS (
    SELECT 1 FROM sightings n WHERE n.folder = s.folder AND n.gone_at IS NULL AND {_HAS_ONE}
        AND n.name = substr(s.name, 1, length(s.name) - 5)
) OR EXISTS (
    SELECT 1 FROM sightings n WHERE n.folder = s.folder AND n.gone_at IS NULL AND {_HAS_ONE}
        AND n.id <> s.id AND n.name > CAST(substr(s.name, 1, length(s.name) - 5) || '.' AS BLOB)
        AND n.name < CAST(substr(s.name, 1, length(s.name) - 5) || '/' AS BLOB)
        AND instr(substr(n.name, length(s.name) - 3), x'2e') = 0
        AND NOT EXISTS (
            SELECT 1 FROM sightings m WHERE m.folder = n.folder AND m.gone_at IS NULL
                AND m.name = CAST(n.name || '.c2pa' AS BLOB)
        )
)"""  # noqa: S608 (constants)
"""Whether a file was read with this sidecar: one of its name, or one of its stem that has none of its own name."""
_CALLED = ", ".join(f"x'{os.fsencode(f'.{c}2{p}{a}').hex()}'" for c in "cC" for p in "pP" for a in "aA")
_ALONE = f"""((substr(s.name, -5) IN ({_CALLED}) OR a.id IN (
    SELECT asset FROM evidence WHERE finding IN (SELECT value FROM json_each(?5))
)) AND NOT ({_READ_WITH}))"""  # noqa: S608 (a constant)

_DOUBTFUL = f"""SELECT s.id, f.path, s.name, a.sha256, s.device, s.inode, s.size, s.mtime_ns, s.ctime_ns, s.first_seen,
    coalesce(s.origin, a.origin), coalesce(s.beside, 0),
    (SELECT e.finding FROM evidence e WHERE e.asset = a.id ORDER BY e.nth DESC LIMIT 1), {_ALONE}
FROM folders f JOIN sightings s ON s.folder = f.id JOIN assets a ON a.id = s.asset
WHERE f.zone = ?1 AND s.gone_at IS NULL AND s.id < ?6 AND (
    coalesce(s.origin, a.origin) IN (SELECT value FROM json_each(?2))
    OR a.id IN (SELECT asset FROM sightings WHERE origin IN ('ai-generated', 'ai-assisted', 'review'))
    OR (?3 AND (s.beside IS NOT NULL OR a.id IN (
        SELECT asset FROM evidence WHERE finding IN (SELECT value FROM json_each(?4)))))
    OR a.sha256 IN (SELECT digest FROM record_subjects WHERE record IN (
        SELECT id FROM records WHERE kind IN ('disclosure', 'binding', 'refusal', 'declaration', 'derivation')))
    OR {_ALONE}
) ORDER BY s.id DESC LIMIT {PAGE}"""  # noqa: S608 (constants)


def doubtful(
    connection: Connection, known: Knowledge, zone: ZoneName, origins: Collection[Origin], states: Collection[State]
) -> Iterator[Doubtful]:
    """Yield what may not pass by itself; see `Queries.doubtful`."""
    stated = sorted(known.findings_like(Gist(states=frozenset(states)))) if states else []
    credentials = sorted(known.findings_like(_CREDENTIALS))
    values = (zone, json.dumps([o.value for o in origins]), bool(states), json.dumps(stated), json.dumps(credentials))
    below = (1 << 63) - 1
    while rows := connection.rows(_DOUBTFUL, (*values, below)):
        yield from (_doubtful(zone, row) for row in rows)
        if len(rows) < PAGE:
            return
        below = rows[-1][0]


def _doubtful(zone: ZoneName, row: Row) -> Doubtful:
    _, folder, name, raw, device, inode, size, mtime, ctime, since, origin, beside, finding, alone = row
    place = Place(zone, RelPath(folder + b"/" + name if folder else name))
    key = StatKey(device, inode % (1 << 64), size, mtime, ctime)
    return Doubtful(place, Digest(raw.hex()), key, since, Drawn(origin, finding, beside, bool(alone)))


_CREDENTIALS = Gist(media_types=frozenset({SIDECAR_TYPE}))
