"""Twins: other bytes in which the same is seen or heard, and what of it is flagged.

A twin hands on what it is flagged for, or in review for, by itself (table `marked`), never what it has from another
twin: else two files would go on accusing each other after the reason is gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provenance.asset import Digest
from provenance.catalogue.connection import Connection
from provenance.evidence import Claim, Kind, Signal, Strength
from provenance.sameness import BYTES, PIXELS, SHAPE, SIZE, VERSION, Likeness, handed_on, parted
from provenance.verdict import CLAIM_OF_ORIGIN, Origin

MOST = 8
"""So many twins are named; who has more is no more flagged for it."""

Twin = tuple[bytes, Origin, str, str]
"""Its digest, what it is marked for, the algorithm of ours, the algorithm of its own."""

_NAMED = 3


def not_compared(marked: Sequence[tuple[bytes, Origin]] = ()) -> tuple[Signal, ...]:
    """Return the doubt about a picture that cannot be decoded, and so not be compared with some that are marked."""
    named = ", ".join(f"{raw.hex()[:12]}, which is {origin.value}" for raw, origin in marked[:_NAMED])
    more = " and others" if len(marked) > _NAMED else ""
    whom = f"{named}{more}, of the same size" if named else "pictures of its size that are flagged or in review"
    says = f"it cannot be decoded, and so not be compared with {whom}; save it anew so that it opens, or clear it"
    return (Signal(Kind.LIKENESS, Claim.REVIEW, Strength.HINT, "pixels", says),)


def doubt_about(connection: Connection, asset: int, shape: bytes) -> tuple[Signal, ...]:
    """Return the doubt about an asset that cannot be decoded, and name what is marked and of its shape."""
    rows = connection.rows(
        "SELECT a.sha256, m.origin FROM likeness l CROSS JOIN marked m ON m.asset = l.asset"
        " CROSS JOIN assets a ON a.id = l.asset"
        " WHERE l.value >= ? AND l.value < ? AND l.algorithm = ? AND l.asset <> ? LIMIT ?",
        (*_of_shape(shape), SHAPE, asset, _NAMED + 1),
    )
    return not_compared([(raw, Origin(origin)) for raw, origin in rows])


def undecodable(connection: Connection, asset: int) -> bool:
    """Whether an asset is a picture that could not be decoded, at least once."""
    sql = "SELECT 1 FROM likeness WHERE asset = ? AND algorithm = ? AND value = x''"
    return connection.row(sql, (asset, PIXELS)) is not None


def signals(twins: Iterable[Twin]) -> tuple[Signal, ...]:
    """Return what some marked twins hand on, the gravest first, each twin once."""
    graded = []
    for raw, origin, ours, theirs in twins:
        claim = handed_on(CLAIM_OF_ORIGIN[origin], ours, theirs)
        if claim is not None:
            graded.append((_GRAVITY.index(claim), raw, origin, ours))
    said: dict[bytes, Signal] = {}
    for grade, raw, origin, ours in sorted(graded, key=lambda g: g[:2]):
        if raw not in said and len(said) < MOST:
            said[raw] = _signal(_GRAVITY[grade], Digest(raw.hex()), origin, ours)
    return tuple(said.values())


_GRAVITY = (Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW)
_WHAT = {
    "still": "the same picture as",
    "pixels": "pixel for pixel the same picture as",
    "video": "the same pictures as",
    "sound": "the same sound as",
    "soundtrack": "with the same sound as",
    "sparse": "in many places the same as",
    "bytes": "",
}


def _signal(claim: Claim, twin: Digest, origin: Origin, ours: str) -> Signal:
    kind, place = parted(ours)
    same = f"{_WHAT[kind]} {twin[:12]}".lstrip()
    if place:
        same = f"holds {place}, " + (same if kind != BYTES else f"byte for byte {same}")
    if origin is Origin.REVIEW:
        says = f"{same}, which is in review for what is said of it"
        return Signal(Kind.LIKENESS, claim, Strength.HINT, kind, says, twin)
    return Signal(Kind.LIKENESS, claim, Strength.DECLARED, kind, f"{same}, which is {origin.value}", twin)


class Groups:
    """Who is whose twin among some assets, for drawing their verdicts together."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._met: set[bytes] = set()

    def values(self, asset: int) -> tuple[Likeness, ...]:
        """Return what of an asset can make twins, its own digest too: it may lie whole in others."""
        return tuple(
            self._db.rows(
                "SELECT algorithm, version, value FROM likeness"
                " WHERE asset = ?1 AND algorithm <> 'shape' AND value <> x''"
                " UNION ALL SELECT ?2, ?3, sha256 FROM assets WHERE id = ?1 ORDER BY 1, 2, 3",
                (asset, BYTES, VERSION),
            )
        )

    def twins(self, raw: bytes) -> set[bytes]:
        """Return the digests of what shares a value with some bytes; of each value only when first asked.

        What lies in them is nobody else's: nothing that is said of a file is said of its parts.
        """
        found: set[bytes] = set()
        for _, version, value in of_the_whole(self._values_of(raw)):
            key = hub(version, value)
            if key not in self._met:
                self._met.add(key)
                rows = self._db.rows(
                    "SELECT a.sha256 FROM likeness l JOIN assets a ON a.id = l.asset"
                    " WHERE l.value = ?1 AND l.version = ?2 AND l.algorithm <> 'shape'"
                    " UNION SELECT sha256 FROM assets WHERE sha256 = ?1",
                    (value, version),
                )
                found.update(other for (other,) in rows)
        return found

    def among(self, wanted: Iterable[bytes]) -> dict[bytes, tuple[tuple[bytes, str], ...]]:
        """Return the groups of two and more among some assets, by their hub: each member with its algorithm."""
        groups: dict[bytes, list[tuple[bytes, str]]] = {}
        for raw in wanted:
            for algorithm, version, value in self._values_of(raw):
                groups.setdefault(hub(version, value), []).append((raw, algorithm))
        return {key: tuple(members) for key, members in groups.items() if len(members) > 1}

    def _values_of(self, raw: bytes) -> tuple[Likeness, ...]:
        row = self._db.row("SELECT id FROM assets WHERE sha256 = ?", (raw,))
        return self.values(row[0]) if row else ()


def of_the_whole(values: Iterable[Likeness]) -> Iterator[Likeness]:
    """Yield those values that an asset has itself, and not by what lies in it."""
    return (value for value in values if not parted(value[0])[1])


def hub(version: int, value: bytes) -> bytes:
    """Return what stands for all that share a value: no digest of bytes is that long."""
    return b"the same: %d " % version + value.ljust(32)


@dataclass(slots=True)
class Circle:
    """What is marked by itself in the groups that are drawn together, in one round of drawing."""

    groups: Mapping[bytes, tuple[tuple[bytes, str], ...]]
    """By hub: the members and their algorithms."""
    flagged: dict[bytes, list[tuple[bytes, Origin, str]]] = field(default_factory=dict)

    def take(self, marks: Mapping[bytes, Origin], values: Iterable[Likeness]) -> None:
        """Note who shares some values and is marked, and for what; of many that are for the same, a few will do."""
        for key in {hub(version, value) for _, version, value in values} & self.groups.keys():
            members = self.groups[key]
            kept: dict[tuple[Origin, str], list[bytes]] = {}
            for raw, algorithm in members:
                origin = marks.get(raw, Origin.UNKNOWN)
                if origin is not Origin.UNKNOWN:
                    kept.setdefault((origin, algorithm), []).append(raw)
            self.flagged[key] = [(r, o, a) for (o, a), raws in kept.items() for r in sorted(raws)[: MOST + 1]]

    def of(self, raw: bytes, values: Iterable[Likeness]) -> Iterator[Twin]:
        """Yield the marked twins of one asset."""
        for ours, version, value in values:
            for other, origin, theirs in self.flagged.get(hub(version, value), ()):
                if other != raw:
                    yield other, origin, ours, theirs


def seek(connection: Connection, asset: int) -> set[bytes]:
    """Have pictures of the shape of a flagged one compared with it; return those that cannot be.

    Inside a transaction. A JPEG can have been saved as anything, so all of its size are looked at that are none.
    """
    unlike: set[bytes] = set()
    for shape in _shapes_of(connection, asset):
        if connection.run("INSERT INTO sought (shape, open) VALUES (?, 1) ON CONFLICT DO NOTHING", (shape,)):
            unlike |= _undecodable(connection, shape)
    return unlike


def give_up(connection: Connection, assets: Iterable[int]) -> set[bytes]:
    """End the search for what may be the same as some assets that are marked no more; return those that waited for it.

    Inside a transaction. A shape of which anything else is marked goes on being sought.
    """
    waited: set[bytes] = set()
    for shape in {shape for asset in assets for shape in _shapes_of(connection, asset)}:
        still = connection.row(
            "SELECT 1 FROM likeness l CROSS JOIN marked m ON m.asset = l.asset"
            " WHERE l.value >= ? AND l.value < ? AND l.algorithm = ? LIMIT 1",
            (*_of_shape(shape), SHAPE),
        )
        if still is None and connection.run("DELETE FROM sought WHERE shape = ?", (shape,)):
            waited |= _undecodable(connection, shape)
    return waited


def _of_shape(shape: bytes) -> tuple[bytes, bytes]:
    """Return between which values all of a size lie, those of JPEG too."""
    return shape, shape + b"\xff"


def _shapes_of(connection: Connection, asset: int) -> set[bytes]:
    rows = connection.rows("SELECT value FROM likeness WHERE asset = ? AND algorithm = ?", (asset, SHAPE))
    return {value[:SIZE] for (value,) in rows}


def _undecodable(connection: Connection, shape: bytes) -> set[bytes]:
    rows = connection.rows(
        "SELECT a.sha256 FROM likeness l JOIN likeness p ON p.asset = l.asset AND p.algorithm = ?2"
        " JOIN assets a ON a.id = l.asset WHERE l.value = ?1 AND l.algorithm = ?3 AND p.value = x''",
        (shape, PIXELS, SHAPE),
    )
    return {raw for (raw,) in rows}
