"""Drawing verdicts again: of what changed, and of everything that was made from it.

A verdict depends on evidence, on people's words and on the verdicts of its ancestors. So verdicts are drawn parents
before children. Lineage can run in a circle (two declared derivations, or manifests that name each other): such a
circle is drawn from nothing, round by round, so that a flag whose reason was taken back does not keep itself alive.

Only the origin is stored. On an asset it is the verdict on the bytes with nothing beside them; a sighting has one of
its own only where something lies or lay beside that copy. Grounds are drawn whenever somebody asks, and are never out
of date.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from provenance.asset import Digest
from provenance.catalogue.connection import Connection
from provenance.catalogue.entering import Change
from provenance.catalogue.history import History, Moment
from provenance.catalogue.knowledge import SEVERITY, AssetRow, Knowledge, Link, Special, ancestor, carries, remembered
from provenance.catalogue.twins import Circle, Groups, Twin, give_up, not_compared, of_the_whole, seek, signals
from provenance.evidence import Beside, Evidence, Signal
from provenance.records import Declaration
from provenance.sameness import Likeness, parted
from provenance.verdict import Context, Origin, Verdict, classify, handed_on


@dataclass(frozen=True, slots=True)
class Drawn:
    """The origins that stand for one asset: its own, and those of its special sightings by their number."""

    own: Origin
    sightings: tuple[tuple[int, Origin | None], ...] = ()
    """None where a sighting has no verdict yet."""
    marks: Origin = Origin.UNKNOWN
    """What it is flagged for by itself, or `REVIEW`, whatever its twins are: what it hands on to them."""

    @property
    def all(self) -> tuple[Origin | None, ...]:
        """The asset's own, then its sightings'."""
        return (self.own, *(o for _, o in self.sightings))

    @property
    def carries(self) -> Origin:
        """What it hands on."""
        return carries(self.own, [o for _, o in self.sightings if o])


@dataclass(frozen=True, slots=True)
class _Node:
    """All there is to draw one asset from, but for what its ancestors are."""

    row: AssetRow
    evidences: tuple[Evidence, ...]
    declarations: tuple[Declaration, ...]
    links: tuple[Link, ...]
    specials: tuple[Special, ...]
    values: tuple[Likeness, ...] = ()
    marked: Origin = Origin.UNKNOWN
    doubt: tuple[Signal, ...] = ()
    """That it could not be compared, if it could not."""
    holds: tuple[Twin, ...] = ()
    """What is marked and lies in it, and is not drawn together with it."""

    def draw(self, origins: dict[bytes, Origin | None], flagged: Iterable[Twin] = ()) -> Drawn:
        ancestors = (ancestor(link, origins.get(link.parent)) for link in self.links)
        known = tuple(dict.fromkeys(a for a in ancestors if a is not None))

        def drawn(twins: tuple[Signal, ...]) -> Drawn:
            def verdict(beside: Beside, special: Special | None) -> Verdict:
                context = Context(self.declarations, known, remembered(self.evidences, special), twins)
                return classify(self.evidences[-1], beside, context)

            own = verdict(Beside(), None)
            sightings = tuple((s.id, verdict(s.beside, s).origin) for s in self.specials)
            return Drawn(own.origin, sightings, handed_on(own))

        alone = drawn(())
        marks = alone.carries if alone.carries.flagged else alone.marks
        twins = signals((*flagged, *self.holds)) or self.doubt
        return replace(drawn(twins) if twins else alone, marks=marks)

    @property
    def stored(self) -> Drawn:
        return Drawn(self.row.origin, tuple((s.id, s.origin) for s in self.specials), self.marked)


class Redraw:
    """Draws verdicts anew from what is stored."""

    def __init__(self, connection: Connection, knowledge: Knowledge) -> None:
        self._db = connection
        self._known = knowledge
        self._groups = Groups(connection)

    def refresh(self, seeds: Iterable[bytes], moment: Moment) -> tuple[Change, ...]:
        """Draw the seeds and all that was made from them, store what is new, and return the assets that changed.

        What was stored until then is kept. Must stand inside `Connection.writing()`.
        """
        changes: list[Change] = []
        history = History(self._db, self._known, moment)
        pending = set(seeds)
        while pending:
            differing = list(self._differing(self._descendants(pending)))
            pending = set[bytes]()
            for node, drawn in differing:  # before anything is stored that others stood on
                _end(history, node, drawn)
            for node, drawn in differing:
                self._store(node, drawn)
                if drawn.marks not in {node.marked, Origin.UNKNOWN}:
                    pending |= seek(self._db, node.row.id)
                changes.append(Change(node.row.asset.digest, node.stored.carries, drawn.carries))
            unmarked = [n.row.id for n, d in differing if d.marks is Origin.UNKNOWN and n.marked is not d.marks]
            pending |= give_up(self._db, unmarked)
        return tuple(changes)

    def _store(self, node: _Node, drawn: Drawn) -> None:
        self._db.run("UPDATE assets SET origin = ? WHERE id = ?", (drawn.own.value, node.row.id))
        for sighting, origin in drawn.sightings:
            self._db.run("UPDATE sightings SET origin = ? WHERE id = ?", (origin and origin.value, sighting))
        if drawn.marks is not node.marked:
            self._db.run("DELETE FROM marked WHERE asset = ?", (node.row.id,))
            if drawn.marks is not Origin.UNKNOWN:
                self._db.run("INSERT INTO marked (asset, origin) VALUES (?, ?)", (node.row.id, drawn.marks.value))

    def refresh_all(self, moment: Moment) -> tuple[Change, ...]:
        """Draw every verdict and store what is new: for a version of provenance that classifies otherwise."""
        return self.refresh([bytes.fromhex(c.digest) for c in self.outdated()], moment)

    def outdated(self) -> Iterator[Change]:
        """Yield each asset whose stored verdict is not what its rows draw now. Writes nothing."""
        special = self._special()
        yield from self._outdated_plain(special)
        for node, drawn in self._differing(special):
            pairs = zip((*node.stored.all, node.marked), (*drawn.all, drawn.marks), strict=True)
            was, now = next(pair for pair in pairs if pair[0] is not pair[1])
            yield Change(node.row.asset.digest, was or Origin.UNKNOWN, now or Origin.UNKNOWN)

    def _special(self) -> set[bytes]:
        """Return the digests of all assets that anything but their own evidence speaks about."""
        rows = self._db.rows(
            "SELECT s.digest FROM record_subjects s JOIN records r ON r.id = s.record WHERE r.kind = 'declaration'"
            " UNION SELECT child FROM edges"
            " UNION SELECT a.sha256 FROM besides b JOIN assets a ON a.id = b.asset"
            " UNION SELECT a.sha256 FROM likeness l JOIN assets a ON a.id = l.asset WHERE l.algorithm <> 'shape'"
            " AND (l.value = x'' OR EXISTS (SELECT 1 FROM likeness o WHERE o.value = l.value AND o.asset <> l.asset))"
            " UNION SELECT a.sha256 FROM likeness l JOIN assets part ON part.sha256 = l.value"
            " JOIN assets a ON a.id IN (l.asset, part.id) WHERE l.algorithm BETWEEN 'bytes in ' AND 'bytes in~'"
        )
        return {digest for (digest,) in rows}

    def _outdated_plain(self, special: set[bytes]) -> Iterator[Change]:
        """Compare all other assets: what was found decides alone, so each combination of findings is drawn once."""
        memory: dict[tuple[tuple[int, int], ...], Drawn] = {}
        for raw, origin, findings, marks in self._plain(special):
            if findings not in memory:
                row = self._known.asset(raw)
                assert row is not None
                memory[findings] = _Node(row, self._known.evidences(row), (), (), ()).draw({})
            drawn = memory[findings]
            if (drawn.own.value, drawn.marks.value) != (origin, marks or Origin.UNKNOWN.value):
                row = self._known.asset(raw)
                assert row is not None
                yield Change(Digest(raw.hex()), row.origin, drawn.own)

    def _plain(self, special: set[bytes]) -> Iterator[tuple[bytes, str, tuple[tuple[int, int], ...], str | None]]:
        """Yield all other assets: digest, stored verdict, findings, and what each is marked for, if anything."""
        for (raw, origin, marked), rows in groupby(
            self._db.each(
                "SELECT a.sha256, a.origin, m.origin, e.examiner, e.finding FROM assets a"
                " LEFT JOIN evidence e ON e.asset = a.id"
                " LEFT JOIN marked m ON m.asset = a.id ORDER BY a.id, e.nth"
            ),
            itemgetter(0, 1, 2),
        ):
            if raw not in special:
                yield raw, origin, tuple(row[3:] for row in rows), marked

    def _descendants(self, seeds: Iterable[bytes]) -> set[bytes]:
        """Return the seeds and all that was made from them, however often removed, and the twins of each."""
        met = set(seeds)
        pending = list(met)
        groups = Groups(self._db)
        while pending:
            raw = pending.pop()
            new = (self._known.children(raw) | groups.twins(raw)) - met
            met |= new
            pending += new
        return met

    def _differing(self, digests: Iterable[bytes]) -> Iterator[tuple[_Node, Drawn]]:
        """Draw some assets, parents before children, and yield those that come out otherwise than stored."""
        wanted = set(digests)
        ups = {raw: [x.parent for x in self._known.links(raw) if x.parent in wanted] for raw in wanted}
        circle_of = Circle(self._groups.among(wanted))
        for key, members in circle_of.groups.items():
            # Whoever is alike depends on what stands for all that are, and that on each of them; but on nothing that
            # only holds the like: of an archive's thousand frames, one can be drawn without the others.
            ups[key] = [raw for raw, algorithm in members if not parted(algorithm)[1]]
            for raw, _ in members:
                ups[raw].append(key)
        origins: dict[bytes, Origin | None] = {}
        for circle in _parents_first(ups):
            nodes = {raw: node for raw in circle if (node := self._node(raw, wanted)) is not None}
            for link in (x for node in nodes.values() for x in node.links):
                if link.parent not in origins and link.parent not in wanted:
                    origins[link.parent] = self._known.contribution(link.parent)
            drawn = _settled(nodes, origins, circle_of)
            for raw, node in nodes.items():
                if node.stored != drawn[raw]:
                    yield node, drawn[raw]

    def _node(self, raw: bytes, wanted: set[bytes]) -> _Node | None:
        row, known = self._known.asset(raw), self._known
        if row is None:
            return None
        facts = (known.evidences(row), known.declarations(raw), known.links(raw), known.specials(row.id))
        doubt = not_compared() if known.waits_for(row.id) else ()
        values = self._groups.values(row.id)
        holds = known.held(row.id) if len(values) > sum(1 for _ in of_the_whole(values)) else ()
        apart = tuple(twin for twin in holds if twin[0] not in wanted)
        return _Node(row, *facts, values, known.marked(row.id), doubt, apart)


def _end(history: History, node: _Node, drawn: Drawn) -> None:
    """Keep the verdicts on an asset that do not stand any more."""
    history.note(node.row, node.stored.carries)
    if node.row.origin is not drawn.own:
        history.keep(node.row, None)
    for special, (_, origin) in zip(node.specials, drawn.sightings, strict=True):
        if special.origin is not origin:
            history.keep(node.row, special)


def _settled(nodes: dict[bytes, _Node], origins: dict[bytes, Origin | None], alike: Circle) -> dict[bytes, Drawn]:
    """Draw one asset, or some that are each other's ancestors: these start as if none of them were known yet.

    Adds to `origins` what they hand on. A circle settles after as many rounds as it has members, unless a
    contradiction in it swings for ever; then the more severe of two verdicts stays.
    """
    drawn: dict[bytes, Drawn] = {}
    values = [value for node in nodes.values() for value in of_the_whole(node.values)]
    turn = 0
    while True:
        alike.take({raw: d.marks for raw, d in drawn.items()}, values)
        new = {raw: node.draw(origins, alike.of(raw, node.values)) for raw, node in nodes.items()}
        if turn > 2 * len(nodes):
            new = {raw: _severer(drawn[raw], d) for raw, d in new.items()}
        origins.update({raw: d.carries for raw, d in new.items()})
        if new == drawn or len(nodes) == 1:
            alike.take({raw: d.marks for raw, d in new.items()}, values)  # for what holds them, which is drawn later
            return new
        drawn, turn = new, turn + 1


def _severer(was: Drawn, new: Drawn) -> Drawn:
    before = dict(was.sightings)
    sightings = tuple((n, _worse(before.get(n, o), o)) for n, o in new.sightings)
    return Drawn(_worse(was.own, new.own), sightings, _worse(was.marks, new.marks))


def _worse(was: Origin | None, new: Origin | None) -> Origin:
    return max(new or Origin.UNKNOWN, was or Origin.UNKNOWN, key=lambda o: SEVERITY.get(o, 0))


def _parents_first(ups: dict[bytes, list[bytes]]) -> Iterator[list[bytes]]:
    """Yield the digests so that parents come before children; those in a circle come together, in order.

    Tarjan's strongly connected components (SIAM J. Comput. 1, 1972), without recursion: a chain of lineage may be
    longer than Python's stack.
    """
    number: dict[bytes, int] = {}
    low: dict[bytes, int] = {}
    open_: list[bytes] = []
    closed: set[bytes] = set()
    for root in sorted(ups):
        path = [] if root in number else [(root, iter(ups[root]))]
        while path:
            at, above = path[-1]
            if at not in number:
                number[at] = low[at] = len(number)
                open_.append(at)
            parent = next(above, None)
            if parent is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[at])
                if low[at] == number[at]:
                    circle = _cut(open_, at)
                    closed.update(circle)
                    yield circle
            elif parent not in number:
                path.append((parent, iter(ups[parent])))
            elif parent not in closed:
                low[at] = min(low[at], number[parent])


def _cut(stack: list[bytes], at: bytes) -> list[bytes]:
    """Take the end of a stack from `at` on off it, and return it in order of digests."""
    cut: list[bytes] = []
    while not cut or cut[-1] != at:
        cut.append(stack.pop())
    return sorted(cut)
