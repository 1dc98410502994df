"""`provenance rescan`: look again at what is recorded, and say which verdicts changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import MATERIAL, Terminated, answer_options, fail
from provenance.cli.session import Session
from provenance.errors import ZoneTrouble
from provenance.files import display

if TYPE_CHECKING:
    from provenance.evidence import Examiner
    from provenance.rescanning import Again


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=MATERIAL)
@click.option("--outdated", is_flag=True, help="Only what today's readers, SDK or trust list could read otherwise.")
@click.option("--dry-run", is_flag=True, help="Say which files that would be, and look at none.")
@answer_options
@click.pass_context
def rescan(ctx: click.Context, paths: tuple[Path, ...], outdated: bool, dry_run: bool, as_json: bool) -> None:
    """Look again at what is recorded under the zones, or under the PATHs, and list every verdict that changed.

    A scan looks at what is new or changed on disk. This looks at what did not change, because whoever reads it did: the
    examiner, the SDK, or the trust list. What is found is recorded; verdicts that do not stand any more are kept
    (`provenance origin --history`). What is not there any more cannot be looked at, and keeps its verdict. A run that
    is killed lists nothing: the next one goes on where it ended, and lists only what it looks at itself.

    Answers 0 when all that is there was looked at, whatever came of it; the gate says what may pass.
    """
    session = Session.with_workers(ctx)
    from provenance.cli.progress import progress
    from provenance.credentials.trust import load_trust
    from provenance.examiner import examiner_for
    from provenance.rescanning import Again, Wanted, due
    from provenance.rescanning import rescan as look_again
    from provenance.targets import all_zones, targets_of

    targets = targets_of(session.config, paths) if paths else all_zones(session.config)
    for target in targets:
        if target.zone is None:
            raise ZoneTrouble(f"{display(target.named)} lies in no zone, so nothing is recorded of it")
    again = Again()
    today = examiner_for(load_trust(session.config.anchors))
    if dry_run:
        with session.catalogue() as catalogue:
            due(Wanted(catalogue, today, outdated), targets, again)
        _print(again, today, as_json=as_json, dry_run=True)
        return
    try:
        with progress("looking again") as tell, session.intake(tell) as intake:
            look_again(intake, Wanted(intake.catalogue, today, outdated), targets, again)
    except (KeyboardInterrupt, Terminated):
        _print(again, today, as_json=as_json, complete=False)
        raise
    _print(again, today, as_json=as_json)
    if again.worst is not None:
        ctx.exit(fail(again.worst, as_json=False))


def _print(again: "Again", today: "Examiner", *, as_json: bool, complete: bool = True, dry_run: bool = False) -> None:
    from provenance.report.documents import to_json
    from provenance.report.rescan import rescan_document, rescan_text

    document = rescan_document(again, today, complete=complete, dry_run=dry_run)
    if as_json:
        click.echo(to_json(document))
        return
    for line in rescan_text(document):
        click.echo(line)
