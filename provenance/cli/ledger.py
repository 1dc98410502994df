"""`provenance ledger`: the book of words."""

import json
from pathlib import Path

import click

from provenance.cli.options import answer_options, now
from provenance.cli.session import Session
from provenance.files import display


@click.group()
def ledger() -> None:
    """The book of words: what was recorded, judged and said, one entry after another, each sealed by the next."""


@ledger.command()
@click.argument("about", metavar="[ID]", required=False)
@answer_options
@click.pass_context
def show(ctx: click.Context, about: str | None, as_json: bool) -> None:
    """Show every entry, or those that name ID: a record, a run, or a digest."""
    from provenance.report.documents import to_json
    from provenance.report.listing import entry_document
    from provenance.report.records import entry_text

    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        for entry in catalogue.ledger.entries():
            if about is not None and about not in json.dumps(entry.body):
                continue
            if as_json:
                click.echo(to_json(entry_document(entry), indent=None))
            else:
                click.echo(display(entry_text(entry, session.config.approvals)))


@ledger.command()
@answer_options
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Check the whole chain, and every row it covers; name the first entry that is not what was recorded."""
    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        catalogue.verify()
        catalogue.check_clock(now())
    _print_head(session, as_json=as_json, verified=True)


@ledger.command()
@answer_options
@click.pass_context
def head(ctx: click.Context, as_json: bool) -> None:
    """Print the newest entry's hash. Kept somewhere else, it proves later that nothing was rewritten."""
    _print_head(Session.of(ctx), as_json=as_json, verified=False)


@ledger.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@answer_options
@click.pass_context
def export(ctx: click.Context, file: Path | None, as_json: bool) -> None:  # noqa: ARG001 (always JSON Lines)
    """Write every entry as JSON Lines, to FILE or to standard output."""
    from provenance.files import replacing
    from provenance.report.documents import to_json
    from provenance.report.listing import entry_document

    with Session.of(ctx).catalogue() as catalogue:
        if file is None:
            for entry in catalogue.ledger.entries():
                click.echo(to_json(entry_document(entry), indent=None))
            return
        with replacing(file.absolute()) as stream:
            for entry in catalogue.ledger.entries():
                stream.write(to_json(entry_document(entry), indent=None).encode() + b"\n")


def _print_head(session: Session, *, as_json: bool, verified: bool) -> None:
    from provenance.report.documents import LedgerDocument, to_json

    with session.catalogue() as catalogue:
        top, store = catalogue.ledger.head(), catalogue.store_id
    if as_json:
        click.echo(to_json(LedgerDocument(store=store, entries=top.seq, head=top.hash, verified=verified)))
    elif verified:
        click.echo(f"whole: {top.seq:,} entries verified, head {top.hash}, store {store}")
    else:
        click.echo(f"{top.hash}  entry {top.seq:,} of store {store}")
