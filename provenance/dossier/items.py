"""One generated file, with all there is to say of it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from provenance.advice import Advice
from provenance.asset import Digest, Place, RelPath, UtcTime, ZoneName
from provenance.catalogue import Catalogue, Filed, Sighting
from provenance.catalogue.inventory import Found, Held, Passed
from provenance.config import Config, Role, Zone
from provenance.deciding import Decided, deliverable_of
from provenance.dossier.rows import Delivery, Hindrance, Item, Mark, Spoken, Spot
from provenance.dossier.vouching import Vouching
from provenance.evidence import Beside, Companion, Credential, Sidecar, effective_credential
from provenance.policy import Outcome, Policy, Reason
from provenance.records import Approval, Deliverable, Words, meant_for
from provenance.records.consent import Consent
from provenance.records.disclosure import Disclosure, speaks_for
from provenance.verdict import Verdict

NAMED = 100
"""So many places, and so many deliveries, are named of one file; of more it is said how many."""

_ABOUT_USES = {"disclosure", "binding"}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where everything comes from."""

    config: Config
    policy: Policy
    catalogue: Catalogue
    vouching: Vouching
    now: UtcTime

    def deliverables(self, title: str = "") -> tuple[Deliverable, ...]:
        """Return everything the production delivers of a title; of every title for an empty one."""
        finals = (z for z in self.config.zones if z.role is Role.FINAL and title in {"", z.title})
        return tuple(dict.fromkeys(deliverable_of(self.config, z) for z in finals))

    def zone(self, name: str) -> Zone | None:
        """Return a zone by its name; None for one that the configuration has no more."""
        return next((z for z in self.config.zones if z.name == name), None)


@dataclass(slots=True)
class Looked:
    """A file as it is reported, with what was learned on the way."""

    item: Item
    told: tuple[Disclosure, ...]
    words: dict[Deliverable, Words] = field(default_factory=dict)
    """What counts for it in each deliverable it was told for or lies in."""


class Looking:
    """Looks at one file after another."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._consents = sources.catalogue.tellings.all_consents()

    def look(self, found: Found, held: Sequence[Held], passed: Sequence[Passed]) -> Looked:
        """Return all there is to say of some bytes; `held` and `passed` are what is known of these bytes alone."""
        catalogue, project = self._from.catalogue, self._from.config.project
        sightings = catalogue.sightings_of(found.digest)
        spots = _spots(self._from, sightings, held)
        told = catalogue.tellings.disclosures(found.digest, project, None)
        looked = Looked(self._item(found, spots, told), told)
        filed = [f for f in catalogue.records_of(found.digest) if f.record.kind not in _ABOUT_USES]
        for deliverable in self._meant(told, filed):
            looked.words[deliverable] = self._from.vouching.words(found.digest, deliverable)
        looked.item = replace(looked.item, hindrances=tuple(self._hindrances(looked, sightings, spots)))
        spoken = [self._from.vouching.spoken(f) for f in filed if f.record.kind != "approval"]
        deliveries = _deliveries(passed)
        looked.item = replace(
            looked.item,
            spots=spots[:NAMED],
            spots_unnamed=max(0, len(spots) - NAMED),
            approvals=tuple(self._approvals(looked, filed)),
            clearances=tuple(w for w in spoken if w.kind == "clearance"),
            others=tuple(w for w in spoken if w.kind != "clearance"),
            consents=tuple(self._agreed(told)),
            deliveries=tuple(deliveries[:NAMED]),
            deliveries_unnamed=max(0, len(deliveries) - NAMED),
        )
        return looked

    def _meant(self, told: tuple[Disclosure, ...], filed: Iterable[Filed]) -> dict[Deliverable, None]:
        """Return what a file was told or approved for, of all that is delivered."""
        meant = {d: None for t in told for d in self._from.deliverables(t.title)}
        words = [f.record for f in filed if isinstance(f.record, Approval)]
        return meant | {d: None for d in self._from.deliverables() if any(meant_for(w, d) for w in words)}

    def _approvals(self, looked: Looked, filed: Iterable[Filed]) -> Iterator[Spoken]:
        """Yield every approval that names a file, and those that cover it without naming it.

        One counts if it does for any of what is delivered here: somebody may have refused since, or the picture may
        have been cut anew.
        """
        counting = {a.id for w in looked.words.values() for a in w.approvals}
        ways = {y.approval: y for w in looked.words.values() for y in w.ways}
        own = {f.record.id: f for f in filed if isinstance(f.record, Approval)}
        reaching = {name: self._from.catalogue.find_record(name) for name in sorted(counting - own.keys())}
        for name, one in (own | reaching).items():
            said = self._from.vouching.spoken(one)
            covers = ways[name].says if name in ways else ""
            yield replace(said, counts=said.counts and name in counting, covers=covers)

    def _item(self, found: Found, spots: Sequence[Spot], told: tuple[Disclosure, ...]) -> Item:
        """Return what the bytes themselves say, and what was told of them."""
        catalogue = self._from.catalogue
        evidence = catalogue.evidence_of(found.digest)[0]
        verdict = self._verdict(found.digest, _place(spots))
        titles = self._from.config.titles
        heard = self._from.vouching.heard(found.digest, told)
        asked = {titles.get(ZoneName(s.zone)) for s in spots if s.state != "gone"}
        first = verdict.grounds[0] if verdict.grounds else None
        return Item(
            digest=found.digest,
            size=found.size,
            media_type=evidence.media_type,
            first_seen=found.first_seen,
            origin=verdict.origin.value,
            mark=Mark(first.kind, first.strength.value, first.claim.value, first.says, len(verdict.grounds) - 1)
            if first
            else None,
            generator=evidence.credential.generator or "",
            spots=tuple(spots),
            spots_unnamed=0,
            approvals=(),
            clearances=(),
            consents=(),
            others=(),
            disclosures=tuple(d.id for d in told),
            told=all(any(speaks_for(d, d.project, t) for d in heard) for t in asked) if asked else bool(heard),
            otherwise=tuple(catalogue.tellings.differences(found.digest, heard or told)),
            deliveries=(),
            deliveries_unnamed=0,
            hindrances=(),
        )

    def _verdict(self, digest: Digest, place: Place | None) -> Verdict:
        """Return the verdict on some bytes at a place, as it counts."""
        verdict = self._from.catalogue.verdict_of(digest, place)
        assert verdict is not None, digest  # it stands among the assets
        return self._from.vouching.verdict(digest, verdict)

    def _agreed(self, told: tuple[Disclosure, ...]) -> Iterator[Spoken]:
        """Yield every consent of somebody whom a disclosure of it touches."""
        touched = {(p, d.project) for d in told for p in d.performers}
        for filed in self._consents:
            if isinstance(filed.record, Consent) and (filed.record.performer, filed.record.project) in touched:
                yield self._from.vouching.spoken(filed)

    def _hindrances(
        self, looked: Looked, sightings: tuple[Sighting, ...], spots: Sequence[Spot]
    ) -> Iterator[Hindrance]:
        """Yield why the policy would not let it pass, for each deliverable it lies in now."""
        lies_by = {s.place: s.beside for s in sightings}
        met: set[Deliverable] = set()
        for spot in spots:
            zone = self._from.zone(spot.zone)
            if spot.state == "gone" or zone is None or zone.role is not Role.FINAL:
                continue
            deliverable = deliverable_of(self._from.config, zone)
            if deliverable not in met:
                met.add(deliverable)
                place = Place(zone.name, RelPath(spot.path))
                decided = self._decided(looked, zone, place, lies_by.get(place, Beside()))
                looked.words[deliverable] = decided.words
                decision = Advice(self._from.config, self._from.policy).on(decided.decision)
                against = [r for r in decision.reasons if r.outcome is not Outcome.PASS]
                yield from (_hindrance(r, deliverable) for r in against)

    def _decided(self, looked: Looked, zone: Zone, place: Place, beside: Beside) -> Decided:
        """Return what a file comes to where it lies, by what is recorded of it.

        The gate looks at the bytes that are there then, and may find more.
        """
        catalogue, digest = self._from.catalogue, looked.item.digest
        verdict = catalogue.verdict_of(digest, place)
        assert verdict is not None, digest
        known = _Known(
            os.path.join(os.fsencode(zone.root), place.path),
            digest,
            verdict,
            effective_credential(catalogue.evidence_of(digest)[0], beside),
            beside.sidecar,
            tuple(c for c in beside.companions if c.signals or c.gaps),
        )
        return self._from.vouching.decide(self._from.policy, known, deliverable_of(self._from.config, zone))


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as it is recorded where it lies (`deciding.Known`)."""

    absolute: bytes
    digest: Digest
    verdict: Verdict
    credential: Credential
    sidecar: Sidecar | None
    speaking: tuple[Companion, ...]


def _hindrance(reason: Reason, deliverable: Deliverable) -> Hindrance:
    return Hindrance(
        rule=reason.rule.value,
        outcome=reason.outcome.value,
        channel=deliverable.channel,
        title=deliverable.title,
        text=reason.text,
        help=reason.help,
        roles=tuple(reason.args.get("roles", "").split()),
    )


def _place(spots: Sequence[Spot]) -> Place | None:
    """Return the place to judge a file at: the first it lies at, or else the first it lay at."""
    return Place(ZoneName(spots[0].zone), RelPath(spots[0].path)) if spots else None


def _spots(sources: Sources, sightings: Iterable[Sighting], held: Sequence[Held]) -> tuple[Spot, ...]:
    """Return every place some bytes are or were at: where they are now, in quarantine, and where they were."""
    away = {h.place for h in held}
    here = [_spot(sources, s.place, "present", s.last_seen) for s in sightings if s.present]
    here += [_spot(sources, h.place, "quarantined", h.since) for h in held]
    gone = [s for s in sightings if not s.present and s.place not in away]
    return (*here, *(_spot(sources, s.place, "gone", s.last_seen) for s in gone))


def _spot(sources: Sources, place: Place, state: str, since: UtcTime) -> Spot:
    zone = sources.zone(place.zone)
    final = zone if zone is not None and zone.role is Role.FINAL else None
    return Spot(
        zone=place.zone,
        path=place.path,
        role=zone.role.value if zone else "former",
        channel=final.channel if final else "",
        title=final.title if final else "",
        state=state,
        since=since,
    )


def _deliveries(passed: Sequence[Passed]) -> list[Delivery]:
    """Return the gate runs that let it pass, the newest first; each run once for each deliverable."""
    found: dict[tuple[str, str | None, str | None], Delivery] = {}
    for one in passed:
        key = (one.run, one.channel, one.title)
        before = found[key].records if key in found else ()
        records = tuple(dict.fromkeys((*before, *one.records)))
        found[key] = Delivery(run=one.run, at=one.at, channel=one.channel, title=one.title, records=records)
    return sorted(found.values(), key=lambda d: d.at, reverse=True)
