"""What approvals and refusals share on the command line: what they are about, and what proves them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from provenance.asset import Channel, Digest
from provenance.cli.named import digest_of
from provenance.cli.options import TEXT
from provenance.cli.session import Session
from provenance.errors import ChannelUnknown
from provenance.files import display
from provenance.records import Deliverable

F = TypeVar("F", bound=Callable[..., Any])


def evidence_option(command: F, *, required: bool = False) -> F:
    """Add `--evidence`."""
    return click.option(
        "--evidence",
        metavar="FILE",
        required=required,
        type=click.Path(path_type=Path),
        help="The mail or document that proves it; its digest is recorded, the file stays where it is.",
    )(command)


def decision_options(command: F) -> F:
    """Add what every decision about a deliverable may say: for which title, asked for by whom, told of where."""
    for option in (
        evidence_option,
        click.option("--basis", type=TEXT, default="", metavar="ID", help="The record that told of the use."),
        click.option("--requested-by", type=TEXT, metavar="WHO", help="Who asked; never who decides."),
        click.option("--title", type=TEXT, metavar="T", help="Episode or part, where the channel has several."),
    ):
        command = option(command)
    return command


def deliverables(
    session: Session, channels: tuple[str, ...], title: str | None
) -> tuple[Deliverable, tuple[Channel, ...]]:
    """Return the deliverable of the first channel, and the further channels, each once.

    Raises `ChannelUnknown` for a channel nobody delivers to, or where they do not all carry the one title.
    """
    first, *more = (session.config.deliverable(channel, title) for channel in dict.fromkeys(channels))
    for other in more:
        if other.title != first.title:
            says = f"{first.channel} carries {first.title!r} and {other.channel} carries {other.title!r}"
            raise ChannelUnknown(says, help="One decision is about one title. Decide for each by itself.")
    return first, tuple(other.channel for other in more)


def asker(said: str | None) -> str | None:
    """Return who asked; None if nobody is named."""
    return (said or "").strip() or None


def evidence_of(path: Path | None) -> tuple[Digest | None, str | None]:
    """Return the digest and the name of an evidence document; raises `FileTrouble`."""
    return (None, None) if path is None else (digest_of(path, "--evidence"), display(path.name))
