"""`provenance clear`: the way out of a hold."""

from pathlib import Path

import click

from provenance.cli.options import answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, take_down
from provenance.records import Clearance


@click.command()
@paths_argument
@by_option
@reason_option
@role_option
@click.option("--expires", metavar="DATE", help="The last day it counts, in the production's time zone.")
@answer_options
@click.pass_context
def clear(
    ctx: click.Context,
    paths: tuple[Path, ...],
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    expires: str | None,
    as_json: bool,
) -> None:
    """Record that a person looked at something held, and takes it on them.

    Bound to these bytes, counted and shown like an approval. It never answers a refusal.
    """
    session = Session.with_workers(ctx)
    until, said = moments(session, expires, claimed_at)
    take_down(
        session,
        paths,
        lambda subjects, at: Clearance(
            by=by, reason=reason, made_at=at, claimed_at=said, subjects=subjects, role=role, expires=until
        ),
        as_json=as_json,
        with_sidecars=True,
    )
