"""`provenance status`: the production at a glance."""

import click

from provenance.cli.options import answer_options
from provenance.cli.session import Session


@click.command()
@answer_options
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say what is recorded, how the zones stand, and whether a daemon guards them."""
    from provenance.report.documents import to_json
    from provenance.report.status import status_document, status_text

    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        counts, troubles = catalogue.counts(), catalogue.troubles()
    document = status_document(session.config, counts)
    if as_json:
        click.echo(to_json(document))
        return
    for line in status_text(session.config, document, troubles):
        click.echo(line)
