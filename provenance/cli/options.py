"""What several verbs share: options, dates, printing."""

import datetime as dt
import os
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from provenance.asset import UtcTime, utc
from provenance.errors import ProvenanceError

F = TypeVar("F", bound=Callable[..., Any])


class Terminated(BaseException):
    """SIGTERM arrived: unwind, so that nothing is left half done."""


class _Text(click.ParamType[str]):
    """Words that are kept or shown: UTF-8, as everything that is stored. A path may be any bytes, and is not this."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("is not UTF-8", param, ctx)
        return text


TEXT = _Text()


class _Material(click.Path):
    """A path somebody names. Whether it is there and may be read is for the rooms below to say, with their codes.

    An empty one is a mistake: as a path it would mean the working folder, which a script's unset variable never does.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not os.fspath(value):
            self.fail("an empty path names nothing", param, ctx)
        return super().convert(value, param, ctx)


MATERIAL = _Material()


def answer_options(command: F) -> F:
    """Add what every verb that answers takes: `--format text|json`, passed on as `as_json`, and `--config`."""
    for option in (
        config_option,
        click.option(
            "--format",
            "as_json",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            callback=lambda _context, _option, value: value == "json",
            help="How to print the answer.",
        ),
    ):
        command = option(command)
    return command


def config_option(command: F) -> F:
    """Add `--config`, which every verb takes that works with a production."""
    return click.option(
        "--config",
        metavar="FILE",
        expose_value=False,
        callback=_keep_config,
        help="The configuration to use, instead of the nearest above here.",
    )(command)


def _keep_config(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    """Let `--config` stand behind the verb as well as before it."""
    if value is not None:
        context.obj = value


def paths_argument(command: F) -> F:
    """Add one or more PATHs."""
    return click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=MATERIAL)(command)


def signing_options(command: F) -> F:
    """Add how a word is signed, here or elsewhere; `provenance.cli.signing` finds what was said."""
    for option in (
        click.option(
            "--request",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            expose_value=False,
            callback=_keep_choice,
            help="Record nothing yet: write what somebody else is to sign to FILE; `provenance bring` takes it back.",
        ),
        click.option(
            "--sign-with",
            metavar="KEY",
            type=click.Path(path_type=Path),
            envvar="PROVENANCE_KEY",
            show_envvar=True,
            expose_value=False,
            callback=_keep_choice,
            help="Sign it with this private key: Ed25519 as PEM, or a key of OpenSSH.",
        ),
    ):
        command = option(command)
    return command


def by_option(command: F) -> F:
    """Add `--by`, which every word of a person carries, `--at`, and how it is signed."""
    for option in (
        signing_options,
        click.option("--at", "claimed_at", metavar="DATE", help="When it was decided, if not now. Proves nothing."),
        click.option("--by", required=True, type=TEXT, callback=_not_empty, metavar="WHO", help="Whose word this is."),
    ):
        command = option(command)
    return command


SIGNING: Final = "provenance.signing"
"""Where a context keeps what was said about signing, by the names of the options."""


def _keep_choice(context: click.Context, option: click.Parameter, value: Path | None) -> None:
    """Keep an option about signing: every verb that speaks takes it, and none has to pass it on."""
    if value is not None and not os.fspath(value):
        raise click.BadParameter("an empty path names nothing")
    context.meta.setdefault(SIGNING, {})[option.name] = value


def reason_option(command: F) -> F:
    """Add `--reason`."""
    return click.option(
        "--reason",
        required=True,
        type=TEXT,
        callback=_not_empty,
        metavar="TEXT",
        help="Why, in words that hold up later.",
    )(command)


def role_option(command: F) -> F:
    """Add `--role`."""
    return click.option(
        "--role",
        required=True,
        type=TEXT,
        callback=_not_empty,
        metavar="ROLE",
        help="In which role, e.g. production-legal.",
    )(command)


def _not_empty(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("must not be empty")
    return value.strip()


def now() -> UtcTime:
    """Return this machine's time. The only clock that records and gates are given."""
    return utc(dt.datetime.now(dt.UTC))


class DayMeans(Enum):
    """Which instant a date without a time of day stands for, in the production's time zone."""

    ITS_START = 0
    ITS_END = 1


def parse_moment(text: str | None, timezone: dt.tzinfo, option: str, day_means: DayMeans) -> UtcTime | None:
    """Return the instant a person's DATE means; a time of day without a zone is in the production's."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = dt.date.fromisoformat(text) + dt.timedelta(days=day_means.value)
            return utc(dt.datetime.combine(day, dt.time(), timezone))
        moment = dt.datetime.fromisoformat(text)
        return utc(moment if moment.tzinfo else moment.replace(tzinfo=timezone))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no date: write 2026-01-31", param_hint=option) from error


def wants_color() -> bool | None:
    """Whether to colour: never where NO_COLOR is set to anything (no-color.org), else as the terminal suggests."""
    return False if os.environ.get("NO_COLOR") else None


def wants_json(arguments: list[str] | None) -> bool:
    """Whether the command line asked for JSON, read without parsing: errors come before parsing is done."""
    given = sys.argv[1:] if arguments is None else arguments
    return any(
        a == "--format=json" or (a == "--format" and b == "json") for a, b in zip(given, [*given[1:], ""], strict=True)
    )


def fail(error: ProvenanceError, *, as_json: bool) -> int:
    """Print an error where its reader looks for it, and return its exit code."""
    from provenance.files import display

    if as_json:
        from provenance.report.documents import ErrorDocument, to_json

        click.echo(to_json(ErrorDocument(code=error.code, error=error.message, help=error.help)))
    said = f"{click.style('error', fg='red', bold=True)}: {display(error.message)}"
    click.echo(said, err=True, color=wants_color())
    if error.help:
        click.echo(f"  {display(error.help)}", err=True)
    return error.code
