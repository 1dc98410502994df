"""`provenance origin`: what a file is."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.account import Account, account_of
from provenance.catalogue import Catalogue, Filed
from provenance.cli.options import MATERIAL, answer_options, now
from provenance.cli.session import Session
from provenance.errors import FileMissing
from provenance.report.origin import origin_text

if TYPE_CHECKING:
    from provenance.identity.authority import Authority
    from provenance.verdict import Verdict


@click.command()
@click.argument("path", type=MATERIAL)
@answer_options
@click.pass_context
def origin(ctx: click.Context, path: Path, as_json: bool) -> None:
    """What a file is, on what grounds, from what, who said so, where it has been.

    Changes nothing. A file that did not change since it was recorded is answered from the catalogue; any other is
    looked at now. A file that is gone is answered for by its old place.

    A PATH such as shot.####.exr, where no file has that name, means every frame there is of it.
    """
    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        try:
            account = account_of(session.config, catalogue, path, session.ask)
        except FileMissing:
            if not _frames(session, catalogue, path, as_json=as_json):
                raise
            return
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
    _show_trust(session)


def _show_trust(session: Session) -> None:
    """Print whose signatures are trusted, where any are."""
    if session.config.anchors:
        from provenance.report.trust_lists import trust_lines, trust_lists

        for line in trust_lines(trust_lists(session.config, now(), closely=False)):
            click.echo(line)


def _frames(session: Session, catalogue: Catalogue, path: Path, *, as_json: bool) -> bool:
    """Answer for the frames a name stands for; return whether it is such a name."""
    from provenance.report.survey import survey_document, survey_text
    from provenance.survey import survey

    voices = session.voices(catalogue)

    def heard(account: Account) -> "Verdict":
        if session.signed or any(filed.envelope for filed in account.words):
            return voices.verdict(account.evidence.asset.digest, account.verdict)
        return account.verdict

    with session.asking() as ask:
        found = survey(session.config, catalogue, path, ask, heard)
    if found is None:
        return False
    if as_json:
        from provenance.report.documents import to_json

        click.echo(to_json(survey_document(found, session.config, now())))
        return True
    for line in survey_text(found):
        click.echo(line)
    _show_trust(session)
    return True
