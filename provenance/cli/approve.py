"""`provenance approve`: generated material may be part of one deliverable."""

from pathlib import Path

import click

from provenance.cli.evidence import digest_of
from provenance.cli.options import TEXT, answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, take_down
from provenance.records import Approval


@click.command()
@paths_argument
@click.option("--channel", required=True, metavar="C", help="The channel it may be delivered to; that one alone.")
@click.option("--title", type=TEXT, metavar="T", help="Episode or part, where the channel has several.")
@by_option
@reason_option
@role_option
@click.option("--expires", metavar="DATE", help="The last day it counts, in the production's time zone.")
@click.option(
    "--evidence",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The mail or document that proves it; its digest is recorded, the file stays where it is.",
)
@answer_options
@click.pass_context
def approve(
    ctx: click.Context,
    paths: tuple[Path, ...],
    channel: str,
    title: str | None,
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    expires: str | None,
    evidence: Path | None,
    as_json: bool,
) -> None:
    """Record an approval for exactly these bytes, this project and title, and one channel.

    Any changed byte voids it. It counts until its last day, unless it is revoked.
    """
    session = Session.with_workers(ctx)
    deliverable = session.config.deliverable(channel, title)
    until, said = moments(session, expires, claimed_at)
    proof = digest_of(evidence, "--evidence") if evidence else None
    take_down(
        session,
        paths,
        lambda subjects, at: Approval(
            by=by,
            reason=reason,
            made_at=at,
            claimed_at=said,
            subjects=subjects,
            role=role,
            project=deliverable.project,
            title=deliverable.title,
            channel=deliverable.channel,
            expires=until,
            evidence=proof,
            evidence_name=evidence.name if evidence else None,
        ),
        as_json=as_json,
    )
