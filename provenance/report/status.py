"""The production at a glance."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.asset import UtcTime
from provenance.catalogue import Counts, Quarantined, Trouble, Waiting
from provenance.config import Config, OnTrouble, Role, Zone
from provenance.files import display
from provenance.report.standing import CatalogueDocument, DaemonDocument, StatusDocument, ZoneDocument
from provenance.report.told_documents import FoundDocument
from provenance.report.trust_lists import trust_lines, trust_lists
from provenance.sequence import bunched
from provenance.verdict import Origin
from provenance.watchstate import SILENT, Running, ZoneState
from provenance.zones import is_protected

if TYPE_CHECKING:
    from provenance.catalogue.telling import Otherwise, Untold


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that is known of a production. `running` is None where no daemon watches it."""

    counts: Counts
    troubles: tuple[Trouble, ...]
    waiting: tuple[Waiting, ...]
    quarantined: tuple[Quarantined, ...]
    running: Running | None
    untold: "tuple[Untold, ...]" = ()
    """Flagged files that no disclosure names."""
    otherwise: "tuple[Otherwise, ...]" = ()
    """Flagged files that say something else of themselves than what was told."""
    outdated: int | None = 0
    """Files that today's readers could read otherwise than they were read; None where nobody could look today."""


def status_document(config: Config, standing: Standing, now: UtcTime) -> StatusDocument:
    """Return how a production stands. What a daemon said of its zones holds no longer once it is silent."""
    counts, state = standing.counts, standing.running and standing.running.state
    watched = {z.name: z for z in state.zones} if state and not _silent(standing.running, now) else {}
    return StatusDocument(
        project=config.project,
        daemon=_daemon(standing.running, len(standing.quarantined)),
        zones=[_zone(z, watched.get(z.name)) for z in config.zones],
        catalogue=CatalogueDocument(
            assets=counts.assets,
            sightings=counts.sightings,
            origins={o.value: n for o, n in counts.origins.items()},
            troubles=counts.troubles,
            ledger_entries=counts.ledger_entries,
            outdated=standing.outdated,
        ),
        found_not_told=[_untold(u) for u in standing.untold[:_MOST]],
        found_not_told_unnamed=max(0, len(standing.untold) - _MOST),
        told_otherwise=[_otherwise(o) for o in standing.otherwise[:_MOST]],
        told_otherwise_unnamed=max(0, len(standing.otherwise) - _MOST),
        trust_lists=trust_lists(config, now),
    )


_MOST = 10_000
"""So many files of a kind stand in the document; the rest is counted."""


def _untold(found: "Untold") -> FoundDocument:
    place = found.place
    return FoundDocument(zone=place.zone, path=os.fsdecode(place.path), sha256=found.digest, origin=found.origin.value)


def _otherwise(found: "Otherwise") -> FoundDocument:
    return FoundDocument(
        zone=found.place.zone,
        path=os.fsdecode(found.place.path),
        sha256=found.digest,
        disclosures=[*found.disclosures],
        says=[*found.says],
    )


def _silent(running: Running | None, now: UtcTime) -> float:
    """Return for how many seconds a daemon that runs has said nothing, if that is longer than one in health would."""
    if running is None or running.said_at is None:
        return 0.0
    seconds = (dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(running.said_at)).total_seconds()
    return seconds if seconds > SILENT else 0.0


def _daemon(running: Running | None, quarantined: int) -> DaemonDocument:
    """Return what the daemon does. What is in quarantine is there whether it runs or not."""
    if running is None or running.state is None:
        return DaemonDocument(
            running=running is not None,
            pid=running.pid if running else None,
            quarantined=quarantined,
        )
    state = running.state
    return DaemonDocument(
        running=True,
        pid=running.pid,
        ready=state.ready,
        backlog=state.backlog,
        settling=state.settling,
        held=state.held,
        stuck=state.stuck,
        last_sweep=state.last_sweep,
        events=state.events.value,
        quarantined=quarantined,
        started_at=running.started_at,
        said_at=running.said_at,
        troubles=[*state.troubles],
    )


def _zone(zone: Zone, watched: ZoneState | None) -> ZoneDocument:
    if watched is None:
        return ZoneDocument(name=zone.name, role=zone.role.value, exposure_seconds=None, protected=is_protected(zone))
    return ZoneDocument(
        name=zone.name,
        role=zone.role.value,
        exposure_seconds=watched.exposure_seconds,
        # A paused zone may lie on a share that answers nobody: asking it would keep us too.
        protected=watched.paused is None and is_protected(zone),
        mode=watched.mode.value,
        paused=watched.paused,
        last_sweep=watched.last_sweep,
        sweep_seconds=watched.sweep_seconds,
        unfinished_seconds=watched.unfinished_seconds,
        troubles=[*watched.troubles],
    )


_NAMED = 20
"""So many files of a kind are named; the rest is counted."""

_BY_ITSELF = {"settling", "changing"}
"""What waits for these needs nobody: it is complete as soon as it stops changing."""


def status_text(config: Config, standing: Standing, now: UtcTime) -> list[str]:
    """Return the same as lines: what is flagged and who watches first, then each file that needs somebody."""
    document, silent = status_document(config, standing, now), _silent(standing.running, now)
    catalogue = document.catalogue
    flagged = sum(n for o, n in catalogue.origins.items() if Origin(o).flagged)
    review = catalogue.origins.get(Origin.REVIEW.value, 0)
    known = f"{catalogue.assets:,} assets at {catalogue.sightings:,} places"
    open_ones = f"{flagged:,} flagged as AI, {review:,} for review, {catalogue.troubles:,} not examined"
    watched = "NOT WATCHED" if not document.daemon.running else "NO WORD FROM THE DAEMON" if silent else "watching"
    lines = [f"{display(config.title)}: {known}; {open_ones}; {watched}"]
    lines += [f"  {origin:<13} {number:>9,}" for origin, number in sorted(catalogue.origins.items())]
    lines += _named("not examined", ((t.place.zone, t.place.path, t.says) for t in standing.troubles))
    lines += _named("waiting", ((w.place.zone, w.place.path, _waits(w)) for w in _in_need(standing.waiting)))
    lines += _named("quarantined", ((q.move.place.zone, q.move.place.path, _why(q)) for q in standing.quarantined))
    lines += _told_lines(standing)
    lines += _outdated_lines(standing.outdated)
    for zone in document.zones:
        lines += _zone_lines(zone, _guarding(config.zone(zone.name), zone, watched=document.daemon.running))
    lines.append(f"ledger: {catalogue.ledger_entries:,} entries; approvals are {config.approvals.value}")
    lines += trust_lines(document.trust_lists)
    lines += _daemon_lines(document.daemon, silent)
    return lines


def _outdated_lines(count: int | None) -> Iterator[str]:
    """Yield a line on what was read by others than today's readers, if anything was."""
    if count is None:
        yield "outdated: not known, since nobody can look with this trust list: provenance doctor"
    elif count:
        were = "1 file was" if count == 1 else f"{count:,} files were"
        yield f"outdated: {were} examined by an older examiner: provenance rescan --outdated"


def _told_lines(standing: Standing) -> Iterator[str]:
    """Yield what was found and not told, and what was told otherwise."""
    if standing.untold:
        count = len(standing.untold)
        says = f"{count:,} flagged {'file' if count == 1 else 'files'} that no disclosure names"
        yield f"found, not told: {says}. Tell of them: provenance disclose PATH …, or --for ID PATH"
    yield from _named("not told", ((u.place.zone, u.place.path, f"it is {u.origin.value}") for u in standing.untold))
    yield from _named("told other", ((o.place.zone, o.place.path, "; ".join(o.says)) for o in standing.otherwise))


def _in_need(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return what somebody may have to look at, what waits longest first."""
    return sorted((w for w in waiting if w.why not in _BY_ITSELF), key=lambda w: w.first_seen or w.since)


def _waits(waiting: Waiting) -> str:
    return f"{waiting.why} since {waiting.first_seen or waiting.since}: {waiting.says}"


def _why(quarantined: Quarantined) -> str:
    return "; ".join(why.text for why in quarantined.move.why if why.outcome != "pass")


def _named(what: str, files: Iterable[tuple[str, bytes, str]]) -> Iterator[str]:
    """Yield a line for each of the first files, or sequences of which the same is said, and one for all the rest."""
    rest = 0
    bunches = bunched((f"{zone}/{says}", path, (zone, path, says)) for zone, path, says in files)
    for number, (sequence, some) in enumerate(bunches):
        zone, path, says = some[0]
        if number >= _NAMED:
            rest += len(some)
        elif sequence is None:
            yield f"{what:<12}  {display(zone)}/{display(path)}: {display(says)}"
        else:
            frames = f"{sequence.frames.words()} ({len(some):,} files)"
            yield f"{what:<12}  {display(zone)}/{display(sequence.path)}, {frames}: {display(says)}"
    if rest:
        yield f"{what:<12}  and {rest:,} more"


def _guarding(zone: Zone, stands: ZoneDocument, *, watched: bool) -> str:
    """Return what is done about a zone."""
    if not watched:
        return "not watched"
    if stands.exposure_seconds is not None:
        later = stands.unfinished_seconds
        how = f"guarded, what is flagged is moved within {stands.exposure_seconds:g} s"
        return how if later is None else f"{how} (unfinished: {later:g} s)"
    if stands.mode is None:
        return "no word of it yet"
    guarded = zone.role is Role.FINAL and zone.on_refuse is OnTrouble.QUARANTINE
    return "NOT GUARDED while there is trouble; watched" if guarded else "watched"


def _zone_lines(zone: ZoneDocument, how: str) -> Iterator[str]:
    if zone.paused is not None:
        yield f"zone {display(zone.name)} ({zone.role}): PAUSED: {display(zone.paused)}"
        return
    guard = "protected" if zone.protected else "others can write to it"
    by = {"events": " by events", "poll": " by sweeps alone"}.get(zone.mode or "", "")
    yield f"zone {display(zone.name)} ({zone.role}): {guard}; {how}{by}"
    for trouble in zone.troubles:
        yield f"  trouble: {display(trouble)}"


def _daemon_lines(daemon: DaemonDocument, silent: float) -> Iterator[str]:
    if not daemon.running:
        yield "daemon: NOT WATCHED. Nothing is taken in by itself, and nothing is moved out of a final zone."
        yield "  Start it: provenance watch"
        return
    who = "daemon: watching" + (f", process {daemon.pid}" if daemon.pid else "")
    if daemon.said_at is None:
        yield f"{who}; it has said nothing yet"
        return
    if silent:
        yield f"{who}; SILENT for {silent:,.0f} s: it hangs, or its disk is full. Look at its log, or start it anew."
        return
    ready = "" if daemon.ready else "; the first sweep is not done"
    yield f"{who}; {_numbers(daemon)}; events {daemon.events}; last sweep {daemon.last_sweep or 'not done'}{ready}"
    for trouble in daemon.troubles:
        yield f"  trouble: {display(trouble)}"


def _numbers(daemon: DaemonDocument) -> str:
    return (
        f"{daemon.backlog:,} to record, {daemon.settling:,} settling, {daemon.held:,} held, {daemon.stuck:,} stuck, "
        f"{daemon.quarantined:,} in quarantine"
    )
