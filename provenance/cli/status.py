"""`provenance status`: the production at a glance."""

import click

from provenance.cli.options import answer_options, now
from provenance.cli.session import Session


@click.command()
@answer_options
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say what is recorded, how the zones stand, and whether a daemon guards them."""
    from provenance.report.documents import to_json
    from provenance.report.status import Standing, status_document, status_text
    from provenance.watchstate import read_state

    session = Session.of(ctx)
    project, titles = session.config.project, session.config.titles
    with session.catalogue() as catalogue:
        heard = session.heard(catalogue)
        standing = Standing(
            counts=catalogue.counts(),
            troubles=catalogue.troubles(),
            waiting=catalogue.waiting(),
            quarantined=catalogue.quarantined(),
            running=read_state(session.config.catalogue),
            untold=tuple(catalogue.tellings.untold(project, titles, heard)),
            outdated=session.outdated(catalogue),
            otherwise=tuple(catalogue.tellings.otherwise(project, titles, heard)),
        )
    if as_json:
        click.echo(to_json(status_document(session.config, standing, now())))
        return
    for line in status_text(session.config, standing, now()):
        click.echo(line)
