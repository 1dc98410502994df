"""`provenance refuse`: a recorded "no"."""

from pathlib import Path

import click

from provenance.asset import UtcTime
from provenance.cli.decision import asker, decision_options, deliverables, evidence_of
from provenance.cli.options import answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record


@click.command()
@paths_argument
@click.option(
    "--channel", "channels", multiple=True, required=True, metavar="C", help="A channel it may not go to; several."
)
@by_option
@reason_option
@role_option
@decision_options
@answer_options
@click.pass_context
def refuse(
    ctx: click.Context,
    paths: tuple[Path, ...],
    channels: tuple[str, ...],
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    title: str | None,
    requested_by: str | None,
    basis: str,
    evidence: Path | None,
    as_json: bool,
) -> None:
    """Record that these bytes may not be part of a deliverable, whatever was approved before.

    The gate refuses them, flagged or not, until an approval names the refusal (--despite). What would have been covered
    like them, by the scope of an earlier approval, is not covered any more.
    """
    from provenance.approving import refuse as take_down
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held
    from provenance.records.decisions import Refusal

    session = Session.with_workers(ctx)
    place, more = deliverables(session, channels, title)
    _, claimed = moments(session, None, claimed_at)
    proof, proof_name = evidence_of(evidence)
    terms = Refusal(
        by=by,
        reason=reason,
        made_at=UtcTime(""),
        claimed_at=claimed,
        subjects=(),
        role=role,
        project=place.project,
        title=place.title,
        channel=place.channel,
        channels=more,
        evidence=proof,
        evidence_name=proof_name,
        requested_by=asker(requested_by),
        basis=basis,
    )
    with progress("reading") as tell, session.intake(tell) as intake:
        if basis:
            intake.catalogue.find_record(basis)
        taken = take_down(intake, targets_with_held(session.config, intake.catalogue, paths), terms)
    show_record(session, taken.record, taken.subjects, as_json=as_json)
