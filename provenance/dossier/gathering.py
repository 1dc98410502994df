"""Everything together: what was generated, what was told, what is open. Memory does not grow with the files."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import msgspec

from provenance import __version__
from provenance.asset import UtcTime
from provenance.catalogue.inventory import Found, Held, Inventory, Passed
from provenance.catalogue.stored import plain
from provenance.config import Role
from provenance.dossier.along import Along
from provenance.dossier.asked import Asked, Audience
from provenance.dossier.classes import Files, standing_of
from provenance.dossier.items import Looked, Looking, Sources
from provenance.dossier.openings import Openings
from provenance.dossier.redaction import Redaction
from provenance.dossier.rows import Counts, Dossier, Item, Standing, Use
from provenance.dossier.tallies import ChannelTally, Tallies, UseTally
from provenance.dossier.uses import use_of
from provenance.records.disclosure import Disclosure
from provenance.spool import Spool
from provenance.verdict import Origin


class Items:
    """Generated files in the order of where they lie, numbered from 1; they can be gone through again and again."""

    def __init__(self, rows: Spool, redaction: Redaction | None) -> None:
        self._rows = rows
        self._redaction = redaction

    def __iter__(self) -> Iterator[Item]:
        for number, (_, row) in enumerate(self._rows, 1):
            item = replace(_ITEM.decode(row), number=number)
            yield self._redaction.item(item) if self._redaction else item


_ITEM = msgspec.msgpack.Decoder(Item)


def gather(sources: Sources, asked: Asked, names: Iterable[str] = ()) -> Dossier:
    """Return everything recorded that a report is to be about, as it stands at one moment.

    `names` are the performers' that are kept here: they are taken out of whatever leaves the house. Raises
    `ChainBroken` where the ledger is not what was written since it was last checked: nothing is reported on that.
    """
    sources.catalogue.verify_since_checkpoint()
    inventory = sources.catalogue.inventory
    gathering = _Gathering(sources, asked, inventory)
    with inventory.reading():
        rows = gathering.items()
        found = gathering.dossier()
    redaction = Redaction(names) if asked.audience is Audience.OUTSIDE else None
    shown = redaction.dossier(found) if redaction else found
    return replace(shown, items=Items(rows, redaction))


class _Gathering:
    """One report while it is gathered."""

    def __init__(self, sources: Sources, asked: Asked, inventory: Inventory) -> None:
        self._from = sources
        self._asked = asked
        self._inventory = inventory
        self._zones = asked.zone_names()
        self._tallies = Tallies(sources)
        self._openings = Openings(sources, asked.audience)
        self._counts = Counts()
        self._named: set[str] = set()
        """Ids of the disclosures that name one of the files that are reported."""

    def dossier(self) -> Dossier:
        """Return the report but for its files, which have to have gone by before."""
        every = self._uses()
        uses = tuple(u for u, _ in every if self._is_asked_use(u) and self._is_new_use(u))
        for use, tally in every:
            if self._is_asked_use(use):
                self._openings.take_use(use, tally)
        self._openings.take_rules()
        troubled = self._inventory.troubled()
        for zone in self._asked.zones:
            self._openings.take_unexamined(zone, troubled[zone.name])
            if zone.role is Role.FINAL:
                self._openings.take_rest(self._from.config.deliverable(zone.channel, zone.title), zone.name)
        config, policy, head = self._from.config, self._from.policy, self._from.catalogue.ledger.head()
        return Dossier(
            project=config.project,
            name=config.title,
            asked=self._asked,
            made_at=self._from.now,
            mode=config.approvals,
            policy=policy.id,
            policy_dated=policy.dated,
            policy_sha256=policy.sha256,
            policy_extends=policy.extends,
            config_path=str(config.path),
            config_sha256=config.sha256,
            store=self._from.catalogue.store_id,
            entries=head.seq,
            head=head.hash,
            version=__version__,
            examiners=self._inventory.examiners(),
            counts=self._counts,
            standings=tuple(self._standings([u for u, _ in every])),
            uses=uses,
            openings=self._openings.all(),
            items=(),
        )

    def items(self) -> Spool:
        """Look at every generated file, and return those that are reported."""
        folder = self._from.config.catalogue.parent
        rows, runs = Spool(folder), Spool(folder)
        for asset, one in self._inventory.passed():
            runs.add(asset.to_bytes(8), msgspec.msgpack.encode(one))
        passed = Along((int.from_bytes(raw), _PASSED.decode(row)) for raw, row in runs)
        held = Along((h.asset, h) for h in self._inventory.held())
        looking = Looking(self._from)
        for found in self._inventory.generated():
            self._take(looking, found, held.of(found.asset), passed.of(found.asset), rows)
        return rows

    def _take(self, looking: Looking, found: Found, held: list[Held], passed: list[Passed], rows: Spool) -> None:
        looked = looking.look(found, held, passed)
        item = looked.item
        live = item.present or bool(item.deliveries)
        self._tallies.take(looked, live=live)
        if not live:
            self._counts = replace(self._counts, forgotten=self._counts.forgotten + 1)
            return
        if not self._is_asked(item):
            return
        self._openings.take_item(item)
        self._named.update(item.disclosures)
        if not self._is_new(looked):
            return
        self._count(item)
        rows.add(self._key(item), _encoded(item))

    def _key(self, item: Item) -> bytes:
        """Return what a file is sorted by: its zone, in the order of the configuration, and its path there."""
        order: list[str] = [z.name for z in self._from.config.zones]
        first = item.spots[0] if item.spots else None
        at = order.index(first.zone) if first and first.zone in order else len(order)
        return b"%06d\0%b\0%b" % (at, first.path if first else b"", item.digest.encode())

    def _count(self, item: Item) -> None:
        counts = self._counts
        self._counts = replace(
            counts,
            items=counts.items + 1,
            present=counts.present + item.present,
            delivered=counts.delivered + bool(item.deliveries),
            untold=counts.untold + (not item.told),
            otherwise=counts.otherwise + bool(item.otherwise),
        )

    def _is_asked(self, item: Item) -> bool:
        """Whether a file is in what the report is limited to: it is there, or was let pass to there."""
        if self._asked.whole:
            return True
        left = {(d.channel, d.title) for d in self._asked.deliverables}
        # Where a run did not keep for which channel, having been there is enough.
        loose = any(d.channel is None for d in item.deliveries)
        return any(s.zone in self._zones and (loose or s.state != "gone") for s in item.spots) or any(
            (d.channel, d.title) in left for d in item.deliveries
        )

    def _is_new(self, looked: Looked) -> bool:
        """Whether anything happened to a file since the day that was asked for."""
        since, item = self._asked.since, looked.item
        if since is None:
            return True
        words = chain(item.approvals, item.clearances, item.consents, item.others)
        moments = (item.first_seen, *(w.made_at for w in words), *(d.at for d in item.deliveries))
        return any(at >= since for at in moments) or any(t.made_at >= since for t in looked.told)

    def _uses(self) -> list[tuple[Use, UseTally]]:
        """Return every use that was told for this project, the oldest first."""
        told = self._from.catalogue.tellings.all_disclosures()
        mine = [f for f in told if isinstance(f.record, Disclosure) and f.record.project == self._from.config.project]
        tallies = [self._tallies.uses.get(f.record.id, UseTally()) for f in mine]
        return [(use_of(self._from, f, t), t) for f, t in zip(mine, tallies, strict=True)]

    def _is_asked_use(self, use: Use) -> bool:
        if self._asked.deliverables or self._asked.whole:
            return self._asked.speaks_of(use.title) or use.id in self._named
        return use.id in self._named

    def _is_new_use(self, use: Use) -> bool:
        """Whether a use was told, taken back, bound to files or approved since the day that was asked for."""
        since = self._asked.since
        if since is None:
            return True
        moments: list[UtcTime] = [use.made_at, *(w.made_at for r in use.required for w in r.by)]
        bindings = self._from.catalogue.tellings.all_bindings()
        moments += [f.record.made_at for f in bindings if getattr(f.record, "disclosure", "") == use.id]
        if use.revoked_by is not None:
            moments.append(self._from.catalogue.find_record(use.revoked_by).record.made_at)
        return any(at >= since for at in moments)

    def _standings(self, uses: list[Use]) -> Iterator[Standing]:
        """Yield the highest class in each deliverable the report is about; by everything, whatever is new."""
        present, troubled = self._inventory.present(), self._inventory.troubled()
        catalogue = self._from.catalogue
        for deliverable in self._asked.deliverables:
            zones = [
                z
                for z in self._from.config.zones
                if z.role is Role.FINAL and (z.channel, z.title) == (deliverable.channel, deliverable.title)
            ]
            swept = [catalogue.swept_at(z.name) for z in zones]
            files = Files(
                present=sum(present[z.name, o] for z in zones for o in Origin),
                unclear=sum(present[z.name, Origin.REVIEW] + troubled[z.name] for z in zones),
                swept_at=min(s for s in swept if s is not None) if all(swept) else None,
            )
            tally = self._tallies.channels.get(deliverable, ChannelTally())
            yield standing_of(deliverable, files, tally, uses, self._tallies.in_work)


_PASSED = msgspec.msgpack.Decoder(Passed)


def _encoded(item: Item) -> bytes:
    """Return a file's row; what is not UTF-8 (a lone surrogate out of a hostile file) is escaped."""
    try:
        return msgspec.msgpack.encode(item)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(_plain(msgspec.to_builtins(item, builtin_types=(bytes,))))


def _plain(tree: object) -> object:
    match tree:
        case str():
            return plain(tree)
        case dict():
            return {key: _plain(value) for key, value in tree.items()}
        case list() | tuple():
            return [_plain(value) for value in tree]
        case _:
            return tree
