"""`provenance report`: what is recorded about the use of generative tools, for people to hand over."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import TEXT, DayMeans, config_option, now, parse_moment
from provenance.cli.session import Session
from provenance.files import display

if TYPE_CHECKING:
    from provenance.catalogue import Catalogue
    from provenance.dossier.asked import Asked
    from provenance.dossier.items import Sources
    from provenance.dossier.rows import Dossier

FORMATS = ("text", "json", "csv", "html")


@click.command()
@click.option(
    "--for",
    "audience",
    type=click.Choice(["inside", "outside"]),
    default="inside",
    show_default=True,
    help="Who reads it. Outside: no prompts, performers or paths, and nothing people wrote in their own words.",
)
@click.option("--zone", metavar="Z", type=TEXT, help="Only what lies in this zone.")
@click.option("--channel", metavar="C", type=TEXT, help="Only what is delivered on this channel.")
@click.option("--title", metavar="T", type=TEXT, help="Only what belongs to this title.")
@click.option("--since", metavar="DATE", help="Only what was told, found, decided or let pass since.")
@click.option("--dispute", "about", metavar="PATH|ID", help="Everything about one file or record instead: -o FOLDER.")
@click.option("--kept", is_flag=True, help="With --dispute: raw credentials and fields too. Prompts may stand in them.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write it there, for you alone.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print the answer."
)
@config_option
@click.pass_context
def report(
    ctx: click.Context,
    audience: str,
    zone: str | None,
    channel: str | None,
    title: str | None,
    since: str | None,
    about: str | None,
    kept: bool,
    output: Path | None,
    form: str,
) -> None:
    """Report every use told, every generated file, and what is open and with whom, as it is recorded now.

    With the highest class of use in each channel, which is computed from what is recorded and never proves absence. CSV
    has a row for each generated file. HTML is one page that needs nothing else. Looks into the catalogue, not at the
    disk, and changes neither.
    """
    from provenance.cli.placing import free_place, write_private
    from provenance.dossier.asked import Audience, Limits, asked_of

    session = Session.of(ctx)
    if about is not None:
        limited = any(v is not None for v in (zone, channel, title, since))
        if limited or audience != "inside" or form not in {"text", "json"} or output is None:
            raise click.UsageError(
                "--dispute wants -o FOLDER, and goes with --format text or json alone: records are sealed as they are, "
                "so nothing can be left out of them."
            )
        _dispute(session, about, output, kept=kept, as_json=form == "json")
        return
    if kept:
        raise click.UsageError("--kept goes with --dispute alone: no other report holds what files say word for word.")
    moment = parse_moment(since, session.config.timezone, "--since", DayMeans.ITS_START)
    asked = asked_of(session.config, Audience(audience), Limits(zone, channel, title, moment))
    place = None if output is None else free_place(session.config, output, "the report")
    names = session.performers() if asked.audience is Audience.OUTSIDE else ()
    with session.catalogue() as catalogue:
        pieces = _pieces(_gathered(session, catalogue, asked, names), form)
        if place is not None:
            write_private(place, pieces)
            click.echo(f"written to {display(str(place))}", err=True)
            return
        for piece in pieces:
            click.echo(piece, nl=False)


def _gathered(session: Session, catalogue: "Catalogue", asked: "Asked", names: tuple[str, ...]) -> "Dossier":
    from provenance.dossier.gathering import gather

    return gather(_sources(session, catalogue), asked, names)


def _sources(session: Session, catalogue: "Catalogue") -> "Sources":
    """Return everything a report is made from, as of now; raises `ClockBehind`."""
    from provenance.dossier.items import Sources
    from provenance.dossier.vouching import Vouching
    from provenance.report.records import standing_words
    from provenance.voices import Voices

    at, mode = now(), session.config.approvals
    catalogue.check_clock(at)
    voices = Voices(session.config, session.policy, catalogue, at)
    vouching = Vouching(voices, at, lambda authority: standing_words(mode, authority))
    return Sources(session.config, session.policy, catalogue, vouching, at)


def _dispute(session: Session, about: str, folder: Path, *, kept: bool, as_json: bool) -> None:
    """Write everything about one file or record into a folder of its own."""
    from provenance.cli.placing import NewFolder, free_place
    from provenance.dossier.matter import matter_of
    from provenance.report.dispute import Bundle
    from provenance.report.dispute_documents import DisputeDocument, PieceDocument
    from provenance.report.documents import to_json

    place = free_place(session.config, folder, "the bundle")
    with session.catalogue() as catalogue:
        sources = _sources(session, catalogue)
        catalogue.verify()
        named = _named(session, catalogue, about)
        with catalogue.inventory.reading(), NewFolder(place) as made:
            matter = matter_of(catalogue, named)
            bundle = Bundle(sources, matter, kept=kept)
            pieces = [(made.write(p.name, p.content), p.says) for p in bundle.pieces()]
            files = [PieceDocument(name=w.name, sha256=w.sha256, size=w.size, says=says) for w, says in pieces]
            made.write("manifest.json", [to_json(bundle.manifest(files)).encode(), b"\n"])
            sums, head = made.seal(), catalogue.ledger.head()
    if as_json:
        document = DisputeDocument(
            about=named,
            folder=str(place),
            files=len(files) + 2,
            records=len(matter.records),
            entries=bundle.entries,
            head=head.hash,
            sums_sha256=sums.sha256,
        )
        click.echo(to_json(document))
        return
    click.echo(f"written: {len(files) + 2:,} files about {named}, in {display(str(place))}")
    click.echo(
        f"  {len(matter.records):,} records, {bundle.entries:,} entries of the ledger; its README.md says how to verify"
    )
    click.echo(f"  SHA-256 of SHA256SUMS, to be kept elsewhere: {sums.sha256}")


def _named(session: Session, catalogue: "Catalogue", about: str) -> str:
    """Return the id or digest somebody means: either, or a path, whose bytes are looked at if they are not known."""
    from provenance.account import account_of
    from provenance.dossier.matter import DIGEST, ID

    if ID.fullmatch(about) or DIGEST.fullmatch(about):
        return about
    return account_of(session.config, catalogue, Path(about), session.ask).evidence.asset.digest


def _pieces(dossier: "Dossier", form: str) -> Iterator[bytes]:
    """Yield a report in one of the `FORMATS`. What renders one is loaded for that one alone."""
    match form:
        case "html":
            from provenance.report.dossier_html import report_html

            yield from report_html(dossier)
        case "csv":
            from provenance.report.dossier_csv import report_csv

            yield from report_csv(dossier)
        case "json":
            from provenance.report.dossier_json import report_json

            yield from (piece.encode() for piece in report_json(dossier))
            yield b"\n"
        case _:
            from provenance.report.dossier_text import report_text

            yield from (f"{line}\n".encode() for line in report_text(dossier))
