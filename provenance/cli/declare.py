"""`provenance declare`: a person's word on origin."""

from pathlib import Path

import click

from provenance.cli.options import answer_options, by_option, paths_argument, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments, take_down
from provenance.records import Declaration
from provenance.verdict import Origin


@click.command()
@paths_argument
@click.option("--origin", required=True, type=click.Choice([o.value for o in Origin if o is not Origin.UNKNOWN]))
@by_option
@reason_option
@answer_options
@click.pass_context
def declare(
    ctx: click.Context,
    paths: tuple[Path, ...],
    origin: str,
    by: str,
    reason: str,
    claimed_at: str | None,
    as_json: bool,
) -> None:
    """Record a person's word on what files are.

    It is one more ground, shown with its author. It can flag a file by itself; it never takes a flag away.
    """
    session = Session.with_workers(ctx)
    _, said = moments(session, None, claimed_at)
    take_down(
        session,
        paths,
        lambda subjects, at: Declaration(
            by=by, reason=reason, made_at=at, claimed_at=said, subjects=subjects, origin=origin
        ),
        as_json=as_json,
    )
