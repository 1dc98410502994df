"""`provenance supersede`: people made what took the place of generated material."""

from functools import partial
from pathlib import Path

import click

from provenance.asset import Digest, UtcTime
from provenance.cli.decision import evidence_of, evidence_option
from provenance.cli.options import MATERIAL, answer_options, by_option, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record


@click.command()
@click.argument("temporary", metavar="TEMP...", nargs=-1, required=True, type=MATERIAL)
@click.option("--with", "final", metavar="FINAL", required=True, type=MATERIAL, help="What people made instead.")
@by_option
@reason_option
@role_option
@partial(evidence_option, required=True)
@answer_options
@click.pass_context
def supersede(
    ctx: click.Context,
    temporary: tuple[Path, ...],
    final: Path,
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    evidence: Path,
    as_json: bool,
) -> None:
    """Record that FINAL was made by people and took the place of generated material it goes back to.

    The lineage is kept, and FINAL is not refused for it any more. Never for a FINAL that carries a mark itself.
    """
    from provenance.approving import supersede as take_down
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held
    from provenance.records import Subject
    from provenance.records.decisions import Supersession

    session = Session.with_workers(ctx)
    _, claimed = moments(session, None, claimed_at)
    proof, proof_name = evidence_of(evidence)
    assert proof is not None
    terms = Supersession(
        by=by,
        reason=reason,
        made_at=UtcTime(""),
        claimed_at=claimed,
        replaced=(),
        final=Subject(Digest(""), ""),
        role=role,
        project=session.config.project,
        evidence=proof,
        evidence_name=proof_name or "",
    )
    with progress("reading") as tell, session.intake(tell) as intake:
        before = targets_with_held(session.config, intake.catalogue, temporary)
        after = targets_with_held(session.config, intake.catalogue, (final,))
        taken = take_down(intake, before, after, terms)
    show_record(session, taken.record, taken.subjects, as_json=as_json)
