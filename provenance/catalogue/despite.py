"""What words say although somebody took them back: for whoever finds that those who did had no right to.

The catalogue knows no people. A revocation ends a word here whoever wrote it, and verdicts are drawn without that word.
Where the word was a flag, its end makes something milder; so the gate, which knows who may, asks for it again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from provenance.asset import Digest
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import SEVERITY, Knowledge
from provenance.catalogue.rows import Filed
from provenance.catalogue.stored import member
from provenance.evidence import Claim, Relation
from provenance.lineage import carried
from provenance.records import Declaration
from provenance.verdict import Origin

_TAKEN_BACK = (
    "SELECT t.id, v.id FROM records v JOIN records t ON t.id = v.target WHERE v.target <> '' AND t.kind IN ({})"
    " ORDER BY v.entry"
)
_EDGES = "SELECT parent, relation, removed, record FROM edges WHERE child = ? AND parent <> x'' AND record <> ''"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A record with every word that took it back, the oldest first."""

    target: Filed
    by: tuple[Filed, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """The strongest flag that still stands on some bytes, and the record it comes from."""

    claim: Claim
    record: str


class Despite:
    """Reads what was taken back. Writes nothing."""

    def __init__(self, connection: Connection, known: Knowledge) -> None:
        self._db = connection
        self._known = known

    def taken_back(self, kinds: Collection[str]) -> tuple[TakenBack, ...]:
        """Return every record of these kinds that anybody took back, with all who did."""
        return taken_back(self._db, self._known, kinds)

    def flag(self, digest: Digest, standing: Collection[str]) -> Flag | None:
        """Return what some bytes are flagged with by records in `standing`; see `flag_despite`."""
        return flag_despite(self._db, self._known, bytes.fromhex(digest), standing)


def taken_back(connection: Connection, known: Knowledge, kinds: Collection[str]) -> tuple[TakenBack, ...]:
    """Return every record of these kinds that anybody took back."""
    marks = ", ".join("?" for _ in kinds)
    found: dict[str, list[str]] = {}
    for target, revocation in connection.rows(_TAKEN_BACK.format(marks), tuple(kinds)):
        found.setdefault(target, []).append(revocation)
    return tuple(TakenBack(_filed(known, t), tuple(_filed(known, r) for r in by)) for t, by in found.items())


def _filed(known: Knowledge, record: str) -> Filed:
    filed = known.record(record)
    assert filed is not None, record
    return filed


@dataclass(frozen=True, slots=True)
class _Step:
    """One way up: to a parent, over an edge that stands or that was taken back without the right to."""

    parent: bytes
    relation: Relation
    removed: bool
    despite: str
    """Id of the derivation that was taken back; empty for an edge that nobody took back."""


def flag_despite(connection: Connection, known: Knowledge, raw: bytes, standing: Collection[str]) -> Flag | None:
    """Return what the records in `standing` flag these bytes with, themselves or by what they were made from.

    As if nobody had taken those back. Only flags and doubts are looked for: nothing here makes anything milder.
    """
    ways = _ancestry(connection, known, raw, standing)
    flags = {at: _own(known, at, standing) for at in ways}
    changed = True
    while changed:  # a flag gets stronger three times at the most, so this ends, in a circle too
        changed = False
        for at, steps in ways.items():
            best = max((flags[at], *(_handed_on(known, s, flags[s.parent]) for s in steps)), key=_weight)
            if _weight(best) > _weight(flags[at]):
                flags[at], changed = best, True
    return flags[raw]


def _ancestry(
    connection: Connection, known: Knowledge, raw: bytes, standing: Collection[str]
) -> dict[bytes, tuple[_Step, ...]]:
    found: dict[bytes, tuple[_Step, ...]] = {}
    pending = [raw]
    while pending:
        at = pending.pop()
        if at not in found:
            found[at] = tuple(_steps(connection, known, at, standing))
            pending += [step.parent for step in found[at]]
    return found


def _steps(connection: Connection, known: Knowledge, raw: bytes, standing: Collection[str]) -> Iterator[_Step]:
    for link in known.links(raw):
        yield _Step(link.parent, link.relation, link.removed, "")
    for parent, relation, removed, record in connection.rows(_EDGES, (raw,)):
        if record in standing and parent != raw:
            kind = member(Relation, relation, lambda: f"lineage of {raw.hex()}")
            yield _Step(parent, kind, bool(removed), record)


def _own(known: Knowledge, raw: bytes, standing: Collection[str]) -> Flag | None:
    said = (f.record for f in known.filed(raw) if isinstance(f.record, Declaration) and f.record.id in standing)
    return max((_flag(Origin(d.origin), d.id) for d in said), key=_weight, default=None)


def _handed_on(known: Knowledge, step: _Step, above: Flag | None) -> Flag | None:
    """Return what comes down one step: over an edge that was taken back, also what the parent is known to be."""
    stored = known.contribution(step.parent) if step.despite else None
    best = max((above, _flag(stored, step.despite) if stored else None), key=_weight)
    if best is None:
        return None
    claim = carried(best.claim, step.relation, removed=step.removed)
    return Flag(claim, best.record) if claim in _CLAIMS.values() else None


_CLAIMS = {
    Origin.AI_GENERATED: Claim.AI_GENERATED,
    Origin.AI_ASSISTED: Claim.AI_ASSISTED,
    Origin.REVIEW: Claim.REVIEW,
}
_WEIGHTS = {claim: SEVERITY[origin] for origin, claim in _CLAIMS.items()}


def _flag(origin: Origin, record: str) -> Flag | None:
    return Flag(_CLAIMS[origin], record) if origin in _CLAIMS else None


def _weight(flag: Flag | None) -> int:
    return 0 if flag is None else _WEIGHTS[flag.claim]
