"""`provenance gate`: the delivery check."""

from collections.abc import Iterable
from pathlib import Path

import click

from provenance.cli.options import TEXT, answer_options, paths_argument
from provenance.cli.session import Session

_EXIT = {"pass": 0, "refuse": 1, "hold": 3}


@click.command()
@paths_argument
@click.option(
    "--channel", type=TEXT, metavar="C", help="What it is to be delivered to; in a final zone the zone says so."
)
@click.option("--title", type=TEXT, metavar="T", help="Episode or part, where the channel has several.")
@answer_options
@click.pass_context
def gate(ctx: click.Context, paths: tuple[Path, ...], channel: str | None, title: str | None, as_json: bool) -> None:
    """Check files and folders before they are delivered.

    Answers 0 only if everything may go: 1 means refused, 3 means that a person must decide. Looks at the bytes that
    are there now, and joins them with all that is known of them.
    """
    session = Session.with_workers(ctx)
    from provenance.cli.progress import progress
    from provenance.gate import Gate, check
    from provenance.report.gate import gate_json, gate_text

    policy = session.policy
    with progress("checking") as tell, session.intake(tell) as intake:
        run = check(Gate(session.config, policy, intake), paths, channel, title)
    if as_json:
        _print(gate_json(run, session.config, policy))
    else:
        _print(f"{line}\n" for line in gate_text(run, session.config, policy))
    ctx.exit(_EXIT[run.outcome.value])


def _print(pieces: Iterable[str]) -> None:
    """Print pieces as they come, many at a time: there may be more than memory should hold."""
    some: list[str] = []
    for piece in pieces:
        some.append(piece)
        if len(some) >= _PIECES:
            click.echo("".join(some), nl=False)
            some = []
    click.echo("".join(some), nl=False)


_PIECES = 256
