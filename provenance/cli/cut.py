"""`provenance derive --timeline`: what a render was made from, by its timeline."""

from pathlib import Path

import click

from provenance.cli.session import Session
from provenance.timelines import Cut, Terms

HOLD = 3


def derive_by_timeline(
    context: click.Context, session: Session, render: Path, timeline: Path, terms: Terms, *, as_json: bool
) -> None:
    """Take it down, print what was found, and answer 0 where nothing is open, else 3."""
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held
    from provenance.timelines import take_down_timeline

    with progress("reading") as tell, session.intake(tell) as intake:
        targets = targets_with_held(session.config, intake.catalogue, (render,))
        cut = take_down_timeline(intake, session.config, targets, timeline, terms)
    _show(session, cut, as_json=as_json)
    if not cut.stands:
        context.exit(HOLD)


def _show(session: Session, cut: Cut, *, as_json: bool) -> None:
    from provenance.files import display
    from provenance.report.documents import to_json
    from provenance.report.timeline import timeline_document, timeline_text

    mode, signing = session.config.approvals, session.signing
    if as_json:
        click.echo(to_json(timeline_document(cut, mode, signing.authority, signing.requested)))
        return
    for line in timeline_text(cut):
        click.echo(display(line))
    lines = signing.lines()
    if signing.requested:
        lines[0] = "the lineage is recorded, the attestation not yet; whoever is to sign that runs"
    for line in lines:
        click.echo(f"  {display(line)}")
