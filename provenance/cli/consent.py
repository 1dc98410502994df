"""`provenance consent`: what performers agreed to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.asset import Commitment, Title
from provenance.cli.named import digest_of
from provenance.cli.options import TEXT, answer_options, by_option, now, reason_option
from provenance.cli.session import Session
from provenance.cli.titles import chosen_title
from provenance.cli.words import moments, show_record, standings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provenance.catalogue import Filed
    from provenance.identity.authority import Authority
    from provenance.report.told_documents import ConsentDocument

CLASSES = ("digital-replica", "voice-replica", "digital-alteration")


@click.group()
def consent() -> None:
    """What performers, or who speaks for them, agreed to: it is no approval, and no approval makes up for it.

    A consent is withdrawn with `provenance revoke ID`, which names what was delivered on it.
    """


@consent.command()
@click.option("--performer", required=True, type=TEXT, metavar="NAME", help="Kept apart, where it can be erased.")
@click.option("--class", "replica", required=True, type=click.Choice(CLASSES), help="The class of replica.")
@click.option("--scope", required=True, type=TEXT, metavar="TEXT", help="What was agreed to, as the performer read it.")
@click.option(
    "--document",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The signed document; its digest is recorded, the file stays where it is.",
)
@click.option("--title", type=TEXT, metavar="T", help="The title it is for, where the production has several.")
@click.option("--whole-project", is_flag=True, help="It is for every title of the production.")
@click.option("--expires", metavar="DATE", help="The last day it counts, in the production's time zone.")
@by_option
@reason_option
@answer_options
@click.pass_context
def record(
    ctx: click.Context,
    performer: str,
    replica: str,
    scope: str,
    document: Path,
    title: str | None,
    whole_project: bool,
    expires: str | None,
    by: str,
    reason: str,
    claimed_at: str | None,
    as_json: bool,
) -> None:
    """Record that a performer consents to one class of replica, for one title."""
    from provenance.disclosing.reading import holds_name, plain_text
    from provenance.records.consent import Consent

    session = Session.of(ctx)
    if whole_project and title is not None:
        raise click.UsageError("It is for one --title or for the --whole-project, not both.")
    for option, text in (("--performer", performer), ("--scope", scope)):
        if not plain_text(text):
            raise click.BadParameter("must be plain text, and not empty", param_hint=option)
    for option, text in (("--scope", scope), ("--reason", reason), ("--by", by)):
        if holds_name(text, [performer]):
            raise click.BadParameter("holds the performer's name, which is kept apart", param_hint=option)
    until, said = moments(session, expires, claimed_at)
    proof = digest_of(document, "--document")
    about = Title("") if whole_project else chosen_title(session.config, title)
    stamp = session.stamp(said)
    made = Consent(
        by=by,
        reason=reason,
        made_at=stamp.at,
        claimed_at=said,
        performer=session.commit(performer),
        replica=replica,
        scope=scope.strip(),
        project=session.config.project,
        title=about,
        whole_project=whole_project,
        document=proof,
        expires=until,
    )
    with session.catalogue() as catalogue:
        session.signing.keep(catalogue, made, stamp)
    show_record(session, made, (), as_json=as_json)


@consent.command(name="list")
@click.option("--all", "every", is_flag=True, help="Also what is over or withdrawn.")
@click.option("--names", is_flag=True, help="Show the performers' names, as far as they are kept here.")
@answer_options
@click.pass_context
def list_(ctx: click.Context, every: bool, names: bool, as_json: bool) -> None:
    """Show the consents, one each. `--format json` prints JSON Lines."""
    from provenance.files import display
    from provenance.report.documents import to_json
    from provenance.report.records import record_text, standing_words

    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        filed_ = catalogue.tellings.all_consents()
        standing = standings(session, catalogue, filed_)
    documents = [(f, _document(session, f, standing, names=names)) for f in filed_]
    shown = [(f, d) for f, d in documents if every or d.in_force]
    for filed, document in shown:
        if as_json:
            click.echo(to_json(document, indent=None))
            continue
        gone = f"  WITHDRAWN by {filed.revoked_by}" if filed.revoked_by else "" if document.in_force else "  OVER"
        name = f"  {display(document.name)}" if document.name else ""
        click.echo(f"{display(record_text(filed.record))}{name}{gone}")
        click.echo(f"  scope: {display(document.scope)}")
        if standing:
            click.echo(f"  {display(standing_words(session.config.approvals, standing[filed.record.id]))}")
    if not as_json:
        rest = len(documents) - len(shown)
        more = f"; {rest} over or withdrawn: --all" if rest else ""
        count = f"{len(shown)} {'consent' if len(shown) == 1 else 'consents'}{more}"
        click.echo(f"{count}." if session.signed else f"{count}. {standing_words(session.config.approvals)}")


def _name(session: Session, performer: Commitment) -> str | None:
    """Return a performer's name; None where it is not stored here, or not any more."""
    from provenance.errors import PersonalUnknown

    try:
        with session.personal() as (_, store):
            return store.opened(performer).value.decode()
    except PersonalUnknown:
        return None


def _document(
    session: Session, filed: "Filed", standing: "Mapping[str, Authority]", *, names: bool
) -> "ConsentDocument":
    from provenance.records.consent import Consent
    from provenance.records.record import in_force
    from provenance.report.told_documents import ConsentDocument

    made = filed.record
    assert isinstance(made, Consent)
    return ConsentDocument(
        id=made.id,
        performer=made.performer,
        name=_name(session, made.performer) if names else None,
        replica=made.replica,
        scope=made.scope,
        project=made.project,
        title=made.title,
        whole_project=made.whole_project,
        document_sha256=made.document,
        expires=made.expires,
        by=made.by,
        reason=made.reason,
        in_force=filed.revoked_by is None and in_force(made.expires, now()),
        withdrawn_by=filed.revoked_by,
        counts=standing[made.id].counts if standing else True,
        why=standing[made.id].why or None if standing else None,
    )
