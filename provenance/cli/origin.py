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
    from provenance.explaining import Explanation
    from provenance.identity.authority import Authority
    from provenance.verdict import Verdict


@click.command()
@click.argument("path", type=MATERIAL)
@click.option("--explain", is_flag=True, help="Why, in plain words, and the content credential's chain as a tree.")
@click.option("--history", is_flag=True, help="Also the verdicts that do not stand any more, and what ended them.")
@answer_options
@click.pass_context
def origin(ctx: click.Context, path: Path, explain: bool, history: bool, as_json: bool) -> None:
    """What a file is, on what grounds, from what, who said so, where it has been.

    Changes nothing. A file that did not change since it was recorded is answered from the catalogue; any other is
    looked at now. A file that is gone is answered for by its old place.

    A PATH such as shot.####.exr, where no file has that name, means every frame there is of it.
    """
    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        try:
            account = account_of(session.config, catalogue, path, session.ask, session.heard(catalogue))
        except FileMissing:
            if not _frames(session, catalogue, path, as_json=as_json):
                raise
            return
        if history:
            account = replace(account, past=catalogue.past_of(account.evidence.asset.digest))
        vouch = None
        if session.signed or any(filed.envelope for filed in account.words):
            voices = session.voices(catalogue)
            vouch = {f.record.id: voices.authority(f) for f in account.words}
            account = replace(account, verdict=voices.verdict(account.evidence.asset.digest, account.verdict))
        explanation = _explained(session, catalogue, path, account) if explain else None

    def standing(filed: Filed) -> "Authority":
        assert vouch is not None
        return vouch[filed.record.id]

    asked = standing if vouch is not None else None
    if as_json:
        from provenance.report.documents import to_json
        from provenance.report.origin_document import origin_document

        document = origin_document(account, now(), session.config, asked)
        if explanation is not None:
            import msgspec

            from provenance.report.explain_document import explained_document

            document = msgspec.structs.replace(document, explanation=explained_document(explanation))
        click.echo(to_json(document))
        return
    lines = origin_text(account, session.config.approvals, asked, grounds=explanation is None)
    if explanation is not None:
        from provenance.report.explain import explained_text

        lines = explained_text(lines, explanation)
    for line in lines:
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


def _explained(session: Session, catalogue: Catalogue, path: Path, account: Account) -> "Explanation":
    from provenance.credentials.trust import load_trust
    from provenance.explaining import explain
    from provenance.explaining.finding import chain_behind

    trust = load_trust(session.config.anchors)
    return explain(account, *chain_behind(catalogue, path, account, trust))
