"""`provenance restore`: put a backup back where nothing is."""

from pathlib import Path

import click

from provenance.cli.options import answer_options
from provenance.cli.pins import head_option, read_pins
from provenance.files import display


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "root",
    metavar="ROOT",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where the configuration goes; all else goes where the configuration says. Default: the working folder.",
)
@click.option("--outside", is_flag=True, help="Also where the configuration names places that are not below ROOT.")
@click.option("--older", is_flag=True, help="Put it back although it ends before a head that was pinned.")
@head_option
@answer_options
def restore(folder: Path, root: Path, outside: bool, older: bool, heads: tuple[Path, ...], as_json: bool) -> None:
    """Put the backup in DIR back, after everything in it was verified. Never replaces anything.

    What lies there already must be the same, byte for byte; of a catalogue there must be nothing. On any failure
    everything is as it was. Nothing goes anywhere but below ROOT without --outside. With --head it refuses a backup
    that is not what was pinned, or ends before it (17).
    """
    from provenance.backup import restore as put_back
    from provenance.report.documents import to_json
    from provenance.report.personal_document import RestoreDocument

    done = put_back(folder.absolute(), root.resolve(), read_pins(heads), older=older, outside=outside)
    head = done.manifest.head
    if as_json:
        document = RestoreDocument(
            made_at=done.manifest.made_at,
            store=done.manifest.store,
            entries=head.seq,
            head=head.hash,
            config=str(done.config.path),
            put=[str(path) for path in done.put],
            there=[str(path) for path in done.there],
            accepted=done.accepted,
            configuration=done.standing,
            notify=[*done.config.notify.command] if done.config.notify else [],
            lost_after=sorted({pin.seq for pin in done.lost if pin.seq is not None}),
        )
        click.echo(to_json(document))
        return
    click.echo(
        f"Put back {len(done.put):,} files as of {done.manifest.made_at}; the ledger is whole: {head.seq:,} entries"
    )
    for path in done.there:
        click.echo(f"  was there already: {display(str(path))}")
    click.echo(f"  {display(done.standing)}")
    if done.config.notify and done.config.notify.command:
        click.echo(f"  its [notify] runs {display(' '.join(done.config.notify.command))}: look whether that is meant")
    if done.lost:
        newest = max(pin.seq or 0 for pin in done.lost)
        click.echo(f"  LOST: entries {head.seq + 1:,} to {newest:,} at least, which were pinned")
        click.echo("  The ledger goes on from here as another one; heads pinned after the backup will not be met.")
    click.echo(f"Next: provenance --config {display(str(done.config.path))} scan")
