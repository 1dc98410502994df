"""`provenance release`: puts back what was taken out of a final zone, if it may be delivered now."""

from pathlib import Path

import click

from provenance.cli.options import answer_options, fail, paths_argument
from provenance.cli.session import Session
from provenance.errors import FileMissing
from provenance.files import display

_EXIT = {"pass": 0, "refuse": 1, "hold": 3}


@click.command()
@paths_argument
@answer_options
@click.pass_context
def release(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Put files back that were taken out of a final zone.

    A PATH is where a file or folder was, or where it is kept now. Each file is checked anew, as its zone's deliverable
    and as `provenance gate` does; what passes is put back where it was, and nothing is ever replaced. Answers 0 only if
    everything was put back: 1 means that something is still refused, 3 that a person must decide.
    """
    session = Session.with_workers(ctx)
    from provenance.cli.progress import progress
    from provenance.gate import Gate
    from provenance.quarantine import Held, held_at, mend
    from provenance.release import release as put_back
    from provenance.report.documents import to_json
    from provenance.report.release import release_document, release_text

    with progress("checking") as tell, session.intake(tell) as intake:
        mend(intake.catalogue, session.config, session.stamp)  # what a release before this one was killed at
        wanted: dict[int, Held] = {}
        for path in paths:
            held = held_at(session.config, intake.catalogue, path)
            if not held:
                says = f"nothing that was taken from {display(str(path))}, or lies there, is in quarantine"
                raise FileMissing(says, help="`provenance status` names what is; so does `provenance origin PATH`.")
            wanted.update((h.row.id, h) for h in held)
        done = put_back(Gate(session.config, session.policy, intake), tuple(wanted.values()))
    if as_json:
        click.echo(to_json(release_document(done, session.config, session.policy)))
    else:
        for line in release_text(done, session.config, session.policy):
            click.echo(line)
    for trouble in done.troubles:
        fail(trouble, as_json=False)
    ctx.exit(max([_EXIT[done.run.outcome.value], *(t.code for t in done.troubles)]))
