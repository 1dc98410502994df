"""`provenance tools`: the register of generative tools."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.named import digest_of
from provenance.cli.options import TEXT, DayMeans, answer_options, by_option, now, parse_moment, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record, standings
from provenance.errors import RecordUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provenance.asset import Title
    from provenance.catalogue import Filed
    from provenance.identity.authority import Authority
    from provenance.report.told_documents import ToolDocument


@click.group()
def tools() -> None:
    """The register of generative tools: whose terms somebody read, and what these say.

    It answers questions about tools when a use is told, for the version and tier it names and until its day.
    """


@tools.command()
@click.argument("tool", type=TEXT, metavar="TOOL")
@click.option("--version", "versions", type=TEXT, default="*", metavar="GLOB", help="Versions it is about, e.g. 3.*.")
@click.option("--tier", type=TEXT, required=True, metavar="TIER", help="Licence tier, as the tool's maker calls it.")
@click.option("--agreement", type=TEXT, default="", metavar="ID", help="The agreement it is used under.")
@click.option("--enterprise/--no-enterprise", required=True, help="It is used under an enterprise agreement, or not.")
@click.option("--trains/--no-trains", required=True, help="It is trained on what is put in, or not.")
@click.option("--stores/--no-stores", required=True, help="It keeps what is put in, or not.")
@click.option(
    "--terms",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The terms as they were read; their digest is recorded, the file stays where it is.",
)
@click.option("--terms-read", metavar="DATE", help="The day they were read; today if not given.")
@click.option("--valid-until", required=True, metavar="DATE", help="The last day it answers: then terms are read anew.")
@click.option(
    "--performer", "performers", multiple=True, type=TEXT, metavar="NAME", help="Whom a model was trained on."
)
@click.option("--title", type=TEXT, metavar="T", help="The one title such a model may serve.")
@by_option
@reason_option
@answer_options
@click.pass_context
def add(
    ctx: click.Context,
    tool: str,
    versions: str,
    tier: str,
    agreement: str,
    enterprise: bool,
    trains: bool,
    stores: bool,
    terms: Path,
    terms_read: str | None,
    valid_until: str,
    performers: tuple[str, ...],
    title: str | None,
    by: str,
    reason: str,
    claimed_at: str | None,
    as_json: bool,
) -> None:
    """Enter a tool, or a model that was trained on a performer, as somebody read its terms."""
    from provenance.disclosing.reading import plain_text
    from provenance.records.register import ToolEntry

    session = Session.of(ctx)
    until, said = moments(session, valid_until, claimed_at)
    assert until is not None
    for option, text in (("TOOL", tool), ("--tier", tier), ("--version", versions)):
        if not plain_text(text):
            raise click.BadParameter("must be text of one line, and not empty", param_hint=option)
    read = _day(session, terms_read)
    stamp = session.stamp(said)
    record = ToolEntry(
        by=by,
        reason=reason,
        made_at=stamp.at,
        claimed_at=said,
        tool=tool.strip(),
        versions=versions.strip(),
        tier=tier.strip(),
        agreement=agreement.strip(),
        enterprise=enterprise,
        trains_on_inputs=trains,
        stores_inputs=stores,
        terms_read=read,
        terms=digest_of(terms, "--terms"),
        valid_until=until,
        performers=tuple(sorted({session.commit(p) for p in performers})),
        project=session.config.project if performers else None,
        title=_served(session, title, trained=bool(performers)),
    )
    with session.catalogue() as catalogue:
        session.signing.keep(catalogue, record, stamp)
    show_record(session, record, (), as_json=as_json)


def _served(session: Session, title: str | None, *, trained: bool) -> "Title | None":
    """Return the one title that a trained model may serve."""
    from provenance.cli.titles import chosen_title

    if not trained:
        if title is not None:
            raise click.BadParameter("only a model that was trained on a performer serves one", param_hint="--title")
        return None
    return chosen_title(session.config, title)


def _day(session: Session, terms_read: str | None) -> str:
    at = now()
    said = parse_moment(terms_read, session.config.timezone, "--terms-read", DayMeans.ITS_START) or at
    if said > at:
        raise click.BadParameter(f"{terms_read} is still to come", param_hint="--terms-read")
    return dt.datetime.fromisoformat(said).astimezone(session.config.timezone).date().isoformat()


@tools.command(name="list")
@click.option("--all", "every", is_flag=True, help="Also what is over or retired.")
@answer_options
@click.pass_context
def list_(ctx: click.Context, every: bool, as_json: bool) -> None:
    """Show the register, an entry each. `--format json` prints JSON Lines."""
    from provenance.files import display
    from provenance.records.register import ToolEntry
    from provenance.report.documents import to_json
    from provenance.report.records import record_text, standing_words

    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        filed = [f for f in catalogue.tellings.tools() if isinstance(f.record, ToolEntry)]
        standing = standings(session, catalogue, filed)
    documents = [(f, _document(f, standing)) for f in filed]
    shown = [(f, d) for f, d in documents if every or d.in_force]
    for one, document in shown:
        if as_json:
            click.echo(to_json(document, indent=None))
            continue
        gone = f"  RETIRED by {one.revoked_by}" if one.revoked_by else "" if document.in_force else "  OVER"
        click.echo(f"{display(record_text(one.record))}{gone}")
        if standing:
            click.echo(f"  {display(standing_words(session.config.approvals, standing[one.record.id]))}")
    if not as_json:
        rest = len(documents) - len(shown)
        more = f"; {rest} over or retired: --all" if rest else ""
        count = f"{len(shown)} {'entry' if len(shown) == 1 else 'entries'}{more}"
        click.echo(f"{count}." if session.signed else f"{count}. {standing_words(session.config.approvals)}")


def _document(filed: "Filed", standing: "Mapping[str, Authority]") -> "ToolDocument":
    from provenance.records.record import in_force
    from provenance.records.register import ToolEntry
    from provenance.report.told_documents import ToolDocument

    entry = filed.record
    assert isinstance(entry, ToolEntry)
    return ToolDocument(
        id=entry.id,
        tool=entry.tool,
        versions=entry.versions,
        tier=entry.tier,
        agreement=entry.agreement,
        enterprise=entry.enterprise,
        trains_on_inputs=entry.trains_on_inputs,
        stores_inputs=entry.stores_inputs,
        terms_read=entry.terms_read,
        terms_sha256=entry.terms,
        valid_until=entry.valid_until,
        performers=[*entry.performers],
        project=entry.project,
        title=entry.title,
        by=entry.by,
        reason=entry.reason,
        in_force=filed.revoked_by is None and in_force(entry.valid_until, now()),
        retired_by=filed.revoked_by,
        counts=standing[entry.id].counts if standing else True,
        why=standing[entry.id].why or None if standing else None,
    )


@tools.command()
@click.argument("record_id", type=TEXT, metavar="ID")
@by_option
@reason_option
@answer_options
@click.pass_context
def retire(ctx: click.Context, record_id: str, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """Have an entry answer no more from now on, as when the terms have changed."""
    from provenance.records import Revocation
    from provenance.records.register import ToolEntry

    session = Session.of(ctx)
    _, said = moments(session, None, claimed_at)
    stamp = session.stamp(said)
    record = Revocation(by=by, reason=reason, made_at=stamp.at, claimed_at=said, target=record_id)
    with session.catalogue() as catalogue:
        if not isinstance(catalogue.find_record(record_id).record, ToolEntry):
            advice = "`provenance tools list` shows them."
            raise RecordUnknown(f"{record_id} is no entry of the tool register", help=advice)
        session.signing.keep(catalogue, record, stamp)
    show_record(session, record, (), as_json=as_json)
