"""`provenance ledger`: the book of words."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.catalogue import Catalogue, Entry, Head
from provenance.cli.options import answer_options, now
from provenance.cli.pins import head_option, read_pins
from provenance.cli.session import Session
from provenance.errors import DestinationExists, RecordUnknown
from provenance.files import display
from provenance.records import ENVELOPE

if TYPE_CHECKING:
    from provenance.catalogue.envelopes import Signatures
    from provenance.voices import Voices


@click.group()
def ledger() -> None:
    """The book of words: what was recorded, judged and said, one entry after another, each sealed by the next."""


@ledger.command()
@click.argument("about", metavar="[ID]", required=False)
@answer_options
@click.pass_context
def show(ctx: click.Context, about: str | None, as_json: bool) -> None:
    """Show every entry, or those that name ID: a record, a run, or a digest (its first 8 digits are enough)."""
    from provenance.report.documents import to_json
    from provenance.report.listing import entry_document
    from provenance.report.records import entry_text

    session = Session.of(ctx)
    found = False
    with session.catalogue() as catalogue:
        voices: Voices | None = None
        for sealed in catalogue.ledger.sealed():
            if about is not None and not _names(sealed.entry, about):
                continue
            found = True
            if as_json:
                click.echo(to_json(entry_document(sealed), indent=None))
            else:
                if voices is None and (session.signed or ENVELOPE in sealed.entry.body):
                    voices = session.voices(catalogue)
                vouch = voices.authority if voices else None
                click.echo(display(entry_text(sealed.entry, session.config.approvals, vouch)))
    if about is not None and not found:
        raise RecordUnknown(f"no entry of the ledger names {display(about)}")


_DIGITS = re.compile(r"[0-9a-f]{8,64}")
_ID = re.compile(r"[a-z]{3}-[0-9a-f]{20}")


def _names(entry: "Entry", about: str) -> bool:
    """Whether an entry is, or speaks of, a record, a run or some bytes. What people wrote into it is not looked at."""
    from provenance.report.records import entry_id

    about = about.removeprefix("per-")  # a value in the personal store goes by the first digits of its commitment
    if _ID.fullmatch(about):
        return about in _words(entry.body) or about == entry_id(entry)
    return _DIGITS.fullmatch(about) is not None and any(
        word.startswith(about) for word in (entry.hash, *_words(entry.body)) if len(word) == 64
    )


def _words(body: object) -> Iterator[str]:
    """Yield every string in an entry's body."""
    match body:
        case str():
            yield body
        case dict():
            for value in body.values():
                yield from _words(value)
        case list() | tuple():
            for value in body:
                yield from _words(value)
        case _:
            return


@ledger.command()
@head_option
@answer_options
@click.pass_context
def verify(ctx: click.Context, heads: tuple[Path, ...], as_json: bool) -> None:
    """Check the whole chain, and every row it covers; name the first entry that is not what was recorded.

    With --head it is also held against heads that were kept elsewhere: that finds a ledger that was rewritten, cut
    short, or put back from an older copy. Whatever was signed is checked too, whoever is listed now.
    """
    from provenance.accepting import ever_listed

    session = Session.of(ctx)
    pins = read_pins(heads)
    with session.catalogue() as catalogue:
        top = catalogue.verify(pins)
        catalogue.check_clock(now())
        signatures = catalogue.check_signatures(ever_listed(session.config, catalogue))
        _print_head(catalogue, top, as_json=as_json, verified=signatures, pins=len(pins))


@ledger.command()
@answer_options
@click.pass_context
def head(ctx: click.Context, as_json: bool) -> None:
    """Print the newest entry's hash. Kept somewhere else, it proves later that nothing was rewritten.

    One line, so that a file can collect them: `provenance ledger head >> heads.txt`, on another machine. `ledger
    verify --head` reads it.
    """
    with Session.of(ctx).catalogue() as catalogue:
        _print_head(catalogue, catalogue.ledger.head(), as_json=as_json)


@ledger.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@answer_options
@click.pass_context
def export(ctx: click.Context, file: Path | None, as_json: bool) -> None:  # noqa: ARG001 (always JSON Lines)
    """Write every entry as JSON Lines, to FILE or to standard output. A FILE that is there already is left alone.

    Each line holds what its hash is over, so that others can verify it without this tool; docs/ledger.md says how.
    """
    from provenance.cli.writing import refused_to_write
    from provenance.files import replacing
    from provenance.report.documents import to_json
    from provenance.report.listing import entry_document

    with Session.of(ctx).catalogue() as catalogue:
        if file is None:
            for sealed in catalogue.ledger.sealed():
                click.echo(to_json(entry_document(sealed), indent=None))
            return
        if os.path.lexists(file):
            raise DestinationExists(f"{display(str(file))} is there already", help="Name another file.")
        try:
            with replacing(file.absolute()) as stream:
                for sealed in catalogue.ledger.sealed():
                    stream.write(to_json(entry_document(sealed), indent=None).encode() + b"\n")
        except OSError as error:
            raise refused_to_write(file, error) from error


def _print_head(
    catalogue: Catalogue, top: Head, *, as_json: bool, verified: "Signatures | None" = None, pins: int = 0
) -> None:
    from provenance.report.documents import to_json
    from provenance.report.ledger_document import ledger_document, signatures_text

    store, at = catalogue.store_id, catalogue.ledger.written_at(top.seq)
    if as_json:
        click.echo(to_json(ledger_document(store, top, at, pins, verified)))
    elif verified is not None:
        met = f", {pins:,} pinned heads met" if pins > 1 else ", the pinned head met" if pins else ""
        click.echo(f"whole: {top.seq:,} entries verified, head {top.hash}, store {store}{met}")
        for line in signatures_text(verified):
            click.echo(line)
    else:
        click.echo(f"{top.hash}  entry {top.seq:,} of store {store}, {f'written {at}' if at else 'empty'}")
