"""`provenance mark`: write a content credential."""

from pathlib import Path

import click

from provenance.cli.options import MATERIAL, TEXT, answer_options
from provenance.cli.session import Session
from provenance.files import display


@click.command()
@click.argument("source", metavar="SRC", type=MATERIAL)
@click.option("-o", "--output", "destination", metavar="DST", type=MATERIAL, help="Where to write.")
@click.option(
    "--source-type", required=True, metavar="TERM", help="IPTC digital source type: trainedAlgorithmicMedia …"
)
@click.option("--tool", type=TEXT, metavar="NAME", help="The tool it was made with.")
@click.option(
    "--sidecar", is_flag=True, help="Write the credential beside SRC: DST is the .c2pa file, default SRC.c2pa."
)
@click.option("--force", is_flag=True, help="Replace what is at DST.")
@answer_options
@click.pass_context
def mark(
    ctx: click.Context,
    source: Path,
    destination: Path | None,
    source_type: str,
    tool: str | None,
    sidecar: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write a content credential that says what a file is. SRC is never changed.

    A credential SRC has becomes the parent of the new one. No thumbnail, prompt or file name is put in. A source type
    that denies what is known of SRC is refused.
    """
    from provenance.marking import Order, mark_file
    from provenance.report.documents import MarkDocument, to_json
    from provenance.report.origin_document import credential_document

    if destination is None and not sidecar:
        raise click.UsageError("Missing option '-o DST' (or add --sidecar).")
    session = Session.with_workers(ctx)
    with session.intake() as intake:
        order = Order(source, destination, source_type, tool, sidecar, force)
        marked = mark_file(session.config, intake, order)
    result = marked.result
    if as_json:
        document = MarkDocument(
            source=str(source),
            destination=str(result.destination),
            sha256=marked.seen.digest,
            source_type=marked.term.value,
            credential=credential_document(result.credential),
            sidecar=sidecar,
        )
        click.echo(to_json(document))
        return
    where = display(str(destination or result.destination))
    click.echo(f"Marked {where} as {marked.term.value}, read back as {result.credential.state.value}")
    if result.parent:
        click.echo("  the credential it had is kept as its parent")
    if result.credential.why:
        click.echo(f"  {display(result.credential.why)}")
    if session.signed and not sidecar:
        # Nothing proves who wrote this tool's own edge, so that no approval travels over it (docs/approvals.md).
        click.echo(
            "  no approval of the source covers it: words are signed here, and nobody signed that it was made so"
        )
        made = f"provenance derive {where} --from {display(str(source))} --by WHO --reason TEXT --sign-with KEY"
        click.echo(f"  for one that was given for what is made from it: {made}")
