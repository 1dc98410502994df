"""A report as lines: the answer first, then what is open, then everything else."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from provenance.advice import parts_of
from provenance.dossier.asked import Audience
from provenance.dossier.rows import Dossier, Item, Use, deliverable_name
from provenance.files import display
from provenance.report.dossier_words import (
    AUDIENCE,
    STATUS,
    UNSIGNED_NOTE,
    WARNING,
    answer_line,
    item_name,
    limits_text,
    listed,
    many,
    mark_text,
    performer_name,
    spoken_text,
    spot_text,
    tool_text,
    unsigned,
    use_name,
)
from provenance.sequence import LEAST, Spans, framed


def report_text(dossier: Dossier) -> Iterator[str]:
    """Yield a report as lines."""
    yield answer_line(dossier)
    yield f"  {AUDIENCE[dossier.asked.audience]}"
    limits = limits_text(dossier)
    if limits:
        yield f"  limited to {limits}; classes and what is open are of everything there"
    if unsigned(dossier):
        yield f"  {UNSIGNED_NOTE}"
    yield from _classes(dossier)
    yield from _open(dossier)
    yield from _uses(dossier)
    yield from _items(dossier)
    yield from _under(dossier)


def _classes(dossier: Dossier) -> Iterator[str]:
    yield ""
    yield "Highest class in each channel"
    for standing in dossier.standings:
        files = f"{many(standing.files, 'file')}, {standing.generated:,} generated, {standing.delivered:,} delivered"
        yield f"  {display(deliverable_name(standing.channel, standing.title))}: {standing.highest.value}  ({files})"
        yield from (f"    {why}" for why in standing.because)
    yield f"  {WARNING}"


def _open(dossier: Dossier) -> Iterator[str]:
    yield ""
    yield f"Open: {len(dossier.openings):,}"
    for opening in dossier.openings:
        files = f", {many(opening.files, 'file')}" if opening.files else ""
        yield f"  {opening.kind:<9} {display(opening.about)}: {display(opening.says)}{files}"
        yield f"    with {display(', '.join(opening.who))}"
        first, *rest = opening.help.split("\n")
        yield from [f"    -> {display(first)}"] if first else []
        yield from (f"       {display(line)}" for line in rest)


def _uses(dossier: Dossier) -> Iterator[str]:
    yield ""
    yield f"Uses told: {len(dossier.uses):,}"
    for status, words in STATUS.items():
        uses = sorted((u for u in dossier.uses if u.status is status), key=lambda u: u.use)
        if uses:
            yield f"  {words}: {len(uses):,}"
            for use in uses:
                yield from (f"    {line}" for line in _use(use))


def _use(use: Use) -> Iterator[str]:
    title = f" for {use.title}" if use.title else ""
    gone = f", taken back by {use.revoked_by}" if use.revoked_by else ""
    yield f"{use.id}  {use_name(use)}"
    said = f": {use.description}" if use.description else ""
    yield display(f"  told by {use.by} at {use.made_at}{title}{gone}{said} [{use.stands}]")
    yield from (f"  tool: {tool_text(tool)}" for tool in use.tools)
    for reply in use.replies:
        note = f" ({reply.note})" if reply.note else ""
        yield display(f"  {reply.number or '-'} {reply.key}: {reply.answer or 'NOBODY ANSWERED'}{note}")
    for concern in use.concerns:
        yield display(f"  because {concern.name}: {concern.why}")
    yield display(f"  replicas: {listed(use.replica)}; references: {listed(use.references)}{_touched(use)}")
    for required in use.required:
        who = f"must approve: {required.role or 'whoever may approve'}"
        yield display(f"  {who}: {'has' if required.given else 'HAS NOT'}")
        yield from (f"    {spoken_text(word)}" for word in required.by)
    for one in use.consents:
        given = one.consent or "NONE IN FORCE"
        yield display(f"  consent of {performer_name(one.performer)} to {one.replica or 'a replica'}: {given}")
    for words, channels in (("approved for", use.approved_for), ("refused for", use.refused_for)):
        if channels:
            yield display(f"  {words} {', '.join(channels)}")
    yield f"  {many(use.files, 'file')} named by it that are there or were delivered"


def _touched(use: Use) -> str:
    parts = [
        ("performers", ", ".join(performer_name(p) for p in use.performers)),
        ("exempt as", ", ".join(use.exemptions)),
        ("union roles", ", ".join(use.union_roles)),
        ("vendor", use.vendor),
        ("contract", use.contract),
        ("clearance evidence", use.clearance_evidence),
    ]
    return "".join(f"; {name}: {value}" for name, value in parts if value)


def _items(dossier: Dossier) -> Iterator[str]:
    counts = dossier.counts
    yield ""
    yield (
        f"Generated files: {counts.items:,}, of these {counts.present:,} there, {counts.delivered:,} delivered, "
        f"{counts.untold:,} found and not told, {counts.otherwise:,} told otherwise"
    )
    if counts.forgotten:
        yield f"  not listed: {counts.forgotten:,} that are nowhere now and that no gate let pass"
    outside = dossier.asked.audience is Audience.OUTSIDE
    for what, items in groupby(dossier.items, key=lambda item: _alike(item, outside=outside)):
        for lines in _together(what, items, outside=outside):
            yield from (f"  {line}" for line in lines)


_Alike = tuple[object, ...] | None


def _alike(item: Item, *, outside: bool) -> _Alike:
    """Return what frames of a sequence have in common that are told of together; None for what is told of by itself.

    That is everything but number, digest and when it was last seen. Files come in the order of their paths.
    """
    if len(item.spots) != 1 or not item.spots[0].path:
        return None
    (spot,) = item.spots
    folder, slash, name = spot.path.rpartition(b"/")
    frame = framed(name)
    if frame is None:
        return None
    where = (spot.zone, spot.role, spot.channel, spot.title, spot.state)
    rest = tuple(_item(replace(item, spots=(), number=0), outside=outside))[1:]
    return (*where, folder + slash, frame.stem, frame.digits, frame.tail, item.origin, rest)


def _together(what: _Alike, items: Iterable[Item], *, outside: bool) -> Iterator[Iterable[str]]:
    """Yield the lines about each of some files, or about all at once where they are a sequence."""
    if what is None:
        yield from (_item(item, outside=outside) for item in items)
        return
    few: list[Item] = []
    numbers: list[int] = []
    last = 0
    for item in items:
        frame = framed(item.spots[0].path.rpartition(b"/")[2])
        assert frame is not None
        numbers.append(frame.number)
        last = item.number
        if len(few) < LEAST:
            few.append(item)
    if len(numbers) < LEAST:
        yield from (_item(item, outside=outside) for item in few)
        return
    yield _sequence(few[0], last, Spans.of(numbers), outside=outside)


def _sequence(first: Item, last: int, frames: Spans, *, outside: bool) -> Iterator[str]:
    (spot,) = first.spots
    folder, slash, name = spot.path.rpartition(b"/")
    frame = framed(name)
    assert frame is not None
    shown = replace(spot, path=folder + slash + frame.stem + b"#" * frame.digits + frame.tail)
    yield (
        f"{first.number}-{last}. {item_name(replace(first, spots=(shown,)))}  {first.origin}  {frames.words()} "
        f"({frames.total:,} files, each with its digest in the other forms of this report)"
    )
    yield from [*_item(replace(first, spots=(shown,)), outside=outside)][1:]


def _item(item: Item, *, outside: bool) -> Iterator[str]:
    digest = item.short if outside else item.digest
    yield f"{item.number}. {item_name(item)}  {item.origin}  {digest}"
    yield f"   because {mark_text(item.mark)}"
    if item.generator:
        yield f"   its credential names {display(item.generator)}"
    yield from (f"   {spot_text(s)}" for s in item.spots)
    if item.spots_unnamed:
        yield f"   and at {many(item.spots_unnamed, 'further place')}"
    if not item.told:
        yield "   FOUND, NOT TOLD: no disclosure names it"
    if item.disclosures:
        yield f"   told of in {', '.join(item.disclosures)}"
    yield from (f"   TOLD OTHERWISE: {display(says)}" for says in item.otherwise)
    for word in (*item.approvals, *item.clearances, *item.consents, *item.others):
        yield f"   {spoken_text(word)}"
    for delivery in item.deliveries:
        where = "" if delivery.channel is None else f" to {deliverable_name(delivery.channel, delivery.title or '')}"
        yield display(f"   let pass by {delivery.run}{where} at {delivery.at}, on {', '.join(delivery.records)}")
    if item.deliveries_unnamed:
        yield f"   and by {many(item.deliveries_unnamed, 'earlier run')}"
    for hindrance in item.hindrances:
        text, *because = parts_of(hindrance.text)
        yield display(f"   {hindrance.outcome} on {hindrance.channel} ({hindrance.rule}){': ' if text else ''}{text}")
        yield from (display(f"      {one}") for one in because)


def _under(dossier: Dossier) -> Iterator[str]:
    """Yield what the report rests on: rules, ledger, versions."""
    yield ""
    yield "What this rests on"
    config = display(dossier.config_path) or "a configuration"
    extends = f", extends {', '.join(dossier.policy_extends)}" if dossier.policy_extends else ""
    yield f"  project {display(dossier.project)}, as recorded at {dossier.made_at}"
    yield display(f"  policy {dossier.policy} of {dossier.policy_dated}, {dossier.policy_sha256}{extends}")
    yield f"  {config}, {dossier.config_sha256}; approvals are {dossier.mode.value}"
    yield f"  ledger {dossier.store}, {dossier.entries:,} entries, head {dossier.head}"
    yield f"  provenance {dossier.version}"
    for examiner in dossier.examiners:
        trust = examiner.trust_list or "none"
        yield f"  examined by provenance {examiner.provenance}, c2pa {examiner.c2pa}, trust list {trust}"
