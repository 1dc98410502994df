"""`provenance origin`: what a file is."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.account import account_of
from provenance.catalogue import Filed
from provenance.cli.options import MATERIAL, answer_options, now
from provenance.cli.session import Session
from provenance.report.origin import origin_text

if TYPE_CHECKING:
    from provenance.identity.authority import Authority


@click.command()
@click.argument("path", type=MATERIAL)
@answer_options
@click.pass_context
def origin(ctx: click.Context, path: Path, as_json: bool) -> None:
    """What a file is, on what grounds, from what, who said so, where it has been.

    Changes nothing. A file that did not change since it was recorded is answered from the catalogue; any other is
    looked at now. A file that is gone is answered for by its old place.
    """
    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        account = account_of(session.config, catalogue, path, session.ask)
        vouch = None
        if session.signed or any(filed.envelope for filed in account.words):
            voices = session.voices(catalogue)
            vouch = {f.record.id: voices.authority(f) for f in account.words}
            account = replace(account, verdict=voices.verdict(account.evidence.asset.digest, account.verdict))

    def standing(filed: Filed) -> "Authority":
        assert vouch is not None
        return vouch[filed.record.id]

    asked = standing if vouch is not None else None
    if as_json:
        from provenance.report.documents import to_json
        from provenance.report.origin_document import origin_document

        click.echo(to_json(origin_document(account, now(), session.config, asked)))
        return
    for line in origin_text(account, session.config.approvals, asked):
        click.echo(line)
    if session.config.anchors:
        from provenance.report.trust_lists import trust_lines, trust_lists

        for line in trust_lines(trust_lists(session.config, now(), closely=False)):
            click.echo(line)
