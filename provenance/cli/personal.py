"""`provenance personal`: what is known of people, and getting rid of it."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from provenance.cli.options import DayMeans, answer_options, by_option, now, parse_moment, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record
from provenance.errors import PersonalUnknown
from provenance.files import display

if TYPE_CHECKING:
    from provenance.asset import Commitment, UtcTime
    from provenance.catalogue import Catalogue
    from provenance.personal import PersonalStore, Stored

KINDS = ("performer", "contact", "note", "document")


@click.group()
def personal() -> None:
    """What is known of people: names, contacts, consent documents. Kept outside the ledger, so that it can be erased.

    Records hold a commitment instead, which says nothing once the value is erased.
    """


@personal.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it is; a document is kept byte for byte.")
@click.option("--retain-until", "until", metavar="DATE", required=True, help="The last day it is needed.")
@answer_options
@click.pass_context
def add(ctx: click.Context, file: BinaryIO, kind: str, until: str, as_json: bool) -> None:
    """Store what is in FILE, or on standard input: never on the command line, which others can read.

    What is stored already keeps its id; a later date replaces the earlier one.
    """
    from provenance.personal import ValueKind

    session = Session.of(ctx)
    end = parse_moment(until, session.config.timezone, "--retain-until", DayMeans.ITS_END)
    with session.personal(making=True) as (catalogue, store):
        made = store.keep(ValueKind(kind), file.read(), now(), end)
        _show(catalogue, [s for s in store.stored() if s.commitment == made], as_json=as_json)


@personal.command()
@click.argument("name", metavar="[ID]", required=False)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the value to this file.")
@answer_options
@click.pass_context
def show(ctx: click.Context, name: str | None, output: Path | None, as_json: bool) -> None:
    """List what is stored, without the values; with ID show one, with its value."""
    session = Session.of(ctx)
    try:
        with session.personal() as (catalogue, store):
            if name is None:
                _show(catalogue, store.stored(), as_json=as_json)
                return
            found = store.resolve(name)
            if output is not None:
                _write(output, store.opened(found).value)
            _show(catalogue, [s for s in store.stored() if s.commitment == found], as_json=as_json, opened=store)
    except PersonalUnknown:
        if name is not None:
            raise
        with session.catalogue() as catalogue:
            _show(catalogue, (), as_json=as_json)


@personal.command()
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@by_option
@reason_option
@answer_options
@click.pass_context
def erase(
    ctx: click.Context, names: tuple[str, ...], by: str, reason: str, claimed_at: str | None, as_json: bool
) -> None:
    """Erase what is stored under these ids, for good. The ledger keeps that it was, and stays whole.

    Refused (52) while a legal hold covers any of it. Backups made before still hold it, and are named.
    """
    session = Session.of(ctx)
    with session.personal() as (catalogue, store):
        values = tuple(dict.fromkeys(store.resolve(name) for name in names))
        _erase(session, catalogue, store, values, (by, reason, claimed_at), as_json=as_json)


@personal.command()
@by_option
@click.option("--reason", default="no longer needed: its date is over", show_default=True, help="Why.")
@answer_options
@click.pass_context
def expire(ctx: click.Context, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """Erase everything whose date is over. What a legal hold covers stays, and is named."""
    from provenance.catalogue import covering

    session, at = Session.of(ctx), now()
    with session.personal() as (catalogue, store):
        due, holds = [s for s in store.stored() if s.due(at)], session.voices(catalogue).legal_holds()
        held = [s.id for s in due if covering(holds, s.commitment)]
        values = tuple(s.commitment for s in due if s.id not in held)
        _erase(session, catalogue, store, values, (by, reason, claimed_at), as_json=as_json, held=held)


@personal.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything, what is stored later included.")
@by_option
@reason_option
@click.option("--expires", metavar="DATE", help="The last day of the hold; without it, until it is released.")
@answer_options
@click.pass_context
def hold(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    by: str,
    reason: str,
    claimed_at: str | None,
    expires: str | None,
    as_json: bool,
) -> None:
    """Forbid erasing what is stored under these ids, or everything: a legal hold. It is a record in the ledger."""
    from provenance.records.personal import LegalHold

    if everything == bool(names):
        raise click.UsageError("name what is to be held by its ID, or say --all")
    session = Session.of(ctx)
    until, said = moments(session, expires, claimed_at)
    stamp = session.stamp(said)
    with session.catalogue() as catalogue:
        values = _resolved(session, names)
        record = LegalHold(
            by=by,
            reason=reason,
            made_at=stamp.at,
            claimed_at=said,
            values=values,
            everything=everything,
            expires=until,
        )
        session.signing.keep(catalogue, record, stamp)
    show_record(session, record, (), as_json=as_json)


@personal.command()
@click.argument("hold_id", metavar="HOLD")
@by_option
@reason_option
@answer_options
@click.pass_context
def release(ctx: click.Context, hold_id: str, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """End a legal hold, from now on. What was due meanwhile goes with the next `expire`."""
    from provenance.records.personal import HoldRelease

    session = Session.of(ctx)
    _, said = moments(session, None, claimed_at)
    stamp = session.stamp(said)
    record = HoldRelease(by=by, reason=reason, made_at=stamp.at, claimed_at=said, target=hold_id)
    with session.catalogue() as catalogue:
        session.signing.keep(catalogue, record, stamp)
    show_record(session, record, (), as_json=as_json)


def _resolved(session: Session, names: tuple[str, ...]) -> "tuple[Commitment, ...]":
    if not names:
        return ()
    with session.personal() as (_, store):
        return tuple(dict.fromkeys(store.resolve(name) for name in names))


def _erase(
    session: Session,
    catalogue: "Catalogue",
    store: "PersonalStore",
    values: "tuple[Commitment, ...]",
    said: tuple[str, str, str | None],
    *,
    as_json: bool,
    held: list[str] | None = None,
) -> None:
    """Record the erasure, erase, and print what was erased and where copies of it still lie."""
    from provenance.backup import clear_leftovers
    from provenance.personal import erase as erase_from
    from provenance.records.personal import Erasure
    from provenance.report.documents import to_json
    from provenance.report.personal_document import ErasureDocument, copies_document

    by, reason, claimed_at = said
    record: Erasure | None = None
    erased: tuple[Stored, ...] = ()
    if values:
        claimed = moments(session, None, claimed_at)[1]
        stamp = session.stamp(claimed)
        record = Erasure(by=by, reason=reason, made_at=stamp.at, claimed_at=claimed, values=values)
        envelope = session.signing.envelope(catalogue, record)
        if session.signing.request is None:
            erased = erase_from(catalogue, store, record, stamp, envelope)
            clear_leftovers(session.config.catalogue.parent)
    copies = store.copies(min(s.stored_at for s in erased)) if erased else ()
    if as_json:
        document = ErasureDocument(
            record=record.id if record and not session.signing.written else None,
            erased=[s.id for s in erased],
            held=held or [],
            still_in=copies_document(copies),
        )
        click.echo(to_json(document))
        return
    if session.signing.written:
        click.echo("\n".join(session.signing.lines()))
        return
    click.echo(f"Erased {len(erased):,}{f': {record.id}' if record else ', nothing was due'}")
    for stored in erased:
        click.echo(f"  {stored.id}  {stored.kind.value}")
    for name in held or []:
        click.echo(f"  {name}  stays: under legal hold")
    for copy in copies:
        click.echo(f"  STILL IN THE BACKUP of {copy.made_at}: {copy.place}")


def _show(
    catalogue: "Catalogue", stored: "Iterable[Stored]", *, as_json: bool, opened: "PersonalStore | None" = None
) -> None:
    from provenance.report.documents import to_json
    from provenance.report.personal_document import PersonalDocument, value_document

    at: UtcTime = now()
    holds = Session.of(click.get_current_context()).voices(catalogue).legal_holds()
    documents = [value_document(s, holds, at, opened.opened(s.commitment) if opened else None) for s in stored]
    if as_json:
        click.echo(to_json(PersonalDocument(values=documents, legal_holds=[hold.id for hold in holds])))
        return
    for one in documents:
        marks = [f"held by {', '.join(one.held_by)}"] if one.held_by else []
        marks += ["its date is over"] if one.due else []
        until = f"until {one.retain_until}" if one.retain_until else "without a date"
        click.echo(f"{one.id}  {one.kind:<9}  {until}{''.join(f'  [{mark}]' for mark in marks)}")
        if one.value is not None:
            click.echo(f"  {display(one.value)}")
    if not documents:
        click.echo("nothing is stored")


def _write(path: Path, value: bytes) -> None:
    from provenance.cli.writing import refused_to_write
    from provenance.errors import DestinationExists
    from provenance.files import replacing

    if os.path.lexists(path):
        raise DestinationExists(f"{display(str(path))} is there already", help="Name another file.")
    try:
        with replacing(path.absolute(), mode=0o600) as stream:
            stream.write(value)
    except OSError as error:
        raise refused_to_write(path, error) from error
