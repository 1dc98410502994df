"""`provenance scan`: examine and record everything new or changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import MATERIAL, Terminated, answer_options, fail
from provenance.cli.session import Session
from provenance.errors import ProvenanceError, ZoneTrouble
from provenance.files import display

if TYPE_CHECKING:
    from provenance.intake import Tally


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=MATERIAL)
@answer_options
@click.pass_context
def scan(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Examine everything new or changed under the zones, or under the PATHs, and record it.

    Answers 0 when every file was recorded, those with unreadable credentials included: they are counted and named.
    Otherwise it records all the rest and answers with the highest code of what it could not look at. Links, pipes,
    sockets and devices are named and change nothing. Ctrl-C leaves the catalogue whole; the next scan goes on from
    there.
    """
    session = Session.with_workers(ctx)
    from provenance.catalogue import exhibiting, recording  # noqa: F401 (while there is nothing else to do)
    from provenance.cli.progress import progress
    from provenance.intake import Tally
    from provenance.intake import scan as scan_targets
    from provenance.report.scan import scan_document, scan_text  # noqa: F401 (while there is nothing else to do)
    from provenance.targets import all_zones, targets_of

    targets = targets_of(session.config, paths) if paths else all_zones(session.config)
    for target in targets:
        if target.zone is None:
            raise ZoneTrouble(f"{display(target.named)} lies in no zone, so there is no place to record it under")
    tally = Tally()
    try:
        with progress("scanning") as tell, session.intake(tell) as intake:
            scan_targets(intake, targets, tally)
    except (KeyboardInterrupt, Terminated):
        _print(tally, as_json=as_json, complete=False)
        raise
    except ProvenanceError:
        if tally.recorded:
            click.echo(f"Recorded {tally.recorded:,} new or changed before this happened", err=True)
        raise
    _print(tally, as_json=as_json, complete=True)
    if tally.worst is not None:
        ctx.exit(fail(tally.worst, as_json=False))


def _print(tally: "Tally", *, as_json: bool, complete: bool) -> None:
    from provenance.report.documents import to_json
    from provenance.report.scan import scan_document, scan_text

    if as_json:
        click.echo(to_json(scan_document(tally, complete=complete)))
        return
    for line in scan_text(tally, complete=complete):
        click.echo(line)
