"""`provenance backup`: everything the house knows, in one folder."""

from pathlib import Path

import click

from provenance.cli.options import answer_options, now
from provenance.cli.pins import head_option, read_pins
from provenance.cli.session import Session
from provenance.files import display


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@head_option
@answer_options
@click.pass_context
def backup(ctx: click.Context, folder: Path, heads: tuple[Path, ...], as_json: bool) -> None:
    """Copy the catalogue, originals kept as evidence, the personal store, configuration, policy and anchors into DIR.

    DIR must not be there yet, and appears when all of it was written and verified. A daemon may go on. Signing keys and
    the material itself are not copied. The last line, or the document, is a head of the ledger: keep it elsewhere.
    """
    from provenance import __version__
    from provenance.backup import back_up
    from provenance.report.documents import to_json
    from provenance.report.personal_document import backup_document

    config = Session.of(ctx).config
    made = back_up(config, folder.absolute(), now(), __version__, read_pins(heads))
    if as_json:
        click.echo(to_json(backup_document(made)))
        return
    size = sum(piece.size for piece in made.files)
    click.echo(
        f"Backed up {len(made.files):,} files, {size:,} bytes, to {display(str(folder))}; the ledger in it is whole"
    )
    for words in made.left_out:
        click.echo(f"  not in it: {words}")
    head = made.head
    when = f"written {head.at}" if head.at else "empty"
    click.echo(f"{head.hash}  entry {head.seq:,} of store {made.store}, {when}")
