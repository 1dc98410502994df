"""The production at a glance."""

from provenance.catalogue import Counts, Trouble
from provenance.config import Config
from provenance.files import display
from provenance.report.documents import CatalogueDocument, DaemonDocument, StatusDocument, ZoneDocument
from provenance.verdict import Origin
from provenance.zones import is_protected


def status_document(config: Config, counts: Counts) -> StatusDocument:
    """Return the state of a production nobody watches: there is no daemon yet."""
    return StatusDocument(
        project=config.project,
        daemon=DaemonDocument(running=False),
        zones=[
            ZoneDocument(name=z.name, role=z.role.value, exposure_seconds=None, protected=is_protected(z))
            for z in config.zones
        ],
        catalogue=CatalogueDocument(
            assets=counts.assets,
            sightings=counts.sightings,
            origins={o.value: n for o, n in counts.origins.items()},
            troubles=counts.troubles,
            ledger_entries=counts.ledger_entries,
        ),
    )


_NAMED = 20
"""So many files that could not be examined are named; the rest is counted."""


def status_text(config: Config, document: StatusDocument, troubles: tuple[Trouble, ...]) -> list[str]:
    """Return the same as lines: what is flagged first, then each file that could not be examined, and why."""
    catalogue = document.catalogue
    flagged = sum(n for o, n in catalogue.origins.items() if Origin(o).flagged)
    review = catalogue.origins.get(Origin.REVIEW.value, 0)
    known = f"{catalogue.assets:,} assets at {catalogue.sightings:,} places"
    open_ones = f"{flagged:,} flagged as AI, {review:,} for review, {catalogue.troubles:,} not examined"
    lines = [f"{display(config.title)}: {known}; {open_ones}"]
    lines += [f"  {origin:<13} {number:>9,}" for origin, number in sorted(catalogue.origins.items())]
    for trouble in troubles[:_NAMED]:
        where = f"{display(trouble.place.zone)}/{display(trouble.place.path)}"
        lines.append(f"not examined  {where}: {display(trouble.says)}")
    if len(troubles) > _NAMED:
        lines.append(f"not examined  and {len(troubles) - _NAMED:,} more")
    for zone in document.zones:
        guard = "protected" if zone.protected else "others can write to it"
        lines.append(f"zone {display(zone.name)} ({zone.role}): {guard}; not watched")
    lines.append(f"ledger: {catalogue.ledger_entries:,} entries; approvals are {config.approvals.value}")
    lines.append("daemon: not running")
    return lines
