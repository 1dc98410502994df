"""`provenance recut`: the picture was changed, so what was approved until then is asked anew."""

import click

from provenance.cli.options import TEXT, answer_options, by_option, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record


@click.command()
@click.option("--title", type=TEXT, metavar="T", help="Episode or part, where the production has several.")
@click.option("--shot", "shots", type=TEXT, multiple=True, metavar="CODE", help="Only these shots; else all.")
@by_option
@reason_option
@answer_options
@click.pass_context
def recut(
    ctx: click.Context,
    title: str | None,
    shots: tuple[str, ...],
    by: str,
    reason: str,
    claimed_at: str | None,
    as_json: bool,
) -> None:
    """Record that the picture of a title was cut anew.

    Every approval of it that was given until a picture change is over: how prominent something is may be another now.
    """
    from provenance.records.decisions import PictureChange

    session = Session.of(ctx)
    _, claimed = moments(session, None, claimed_at)
    known = session.config.title_named(title)
    stamp = session.stamp(claimed)
    record = PictureChange(
        by=by,
        reason=reason,
        made_at=stamp.at,
        claimed_at=claimed,
        project=session.config.project,
        title=known,
        shots=tuple(dict.fromkeys(shots)),
    )
    with session.catalogue() as catalogue:
        session.signing.keep(catalogue, record, stamp)
    show_record(session, record, (), as_json=as_json)
