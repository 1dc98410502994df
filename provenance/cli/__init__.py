"""The command line: parses, calls one function of the rooms below, prints one report, and answers with a number.

Each verb is one file, imported only when it is used, so that a question is answered before the rest is loaded.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Never

import click

from provenance import __version__
from provenance.cli.options import Terminated, fail, wants_color, wants_json
from provenance.errors import ConfigInvalid, ProvenanceError, ReadFailed

VERBS = {
    "init": "set up a production: a configuration and an empty catalogue",
    "scan": "examine and record everything new or changed",
    "rescan": "look again at what is recorded, and say which verdicts changed",
    "watch": "the daemon: take in every finished file, and guard the final zones",
    "origin": "what a file is, on what grounds, from what, who said so, where it has been",
    "list": "what is recorded, a line each",
    "gate": "the delivery check over files and folders",
    "mark": "write a content credential that says what a file is",
    "declare": "a person's word on origin",
    "clear": "a person looked at something held, and takes it on them",
    "attest": "a person's word that nothing generated is in a batch of files",
    "derive": "a person's word on what a file was made from",
    "disclose": "tell of an intended use of generative tools",
    "tools": "the register of generative tools: add, list, retire",
    "consent": "what performers agreed to: record, list",
    "approve": "record an approval: these bytes, one title, named channels",
    "refuse": "record a no, which stands against earlier approvals",
    "supersede": "people made what took the place of generated material",
    "recut": "the picture was changed: what was approved until then is asked anew",
    "revoke": "take a record back from now on",
    "bring": "record what was signed elsewhere",
    "config": "what decides who may let something pass, and an administrator's word on it: show, accept",
    "release": "put back what was taken out of a final zone, if it may be delivered now",
    "policy": "what the policy asks for: show, check, explain",
    "ledger": "the book of words: show, verify, head, export",
    "personal": "what is known of people, kept where it can be erased",
    "evidence": "what verdicts were drawn from, kept when the file is gone: show, prune",
    "backup": "everything the house knows, in one folder, verified",
    "restore": "put a backup back where nothing is",
    "keys": "signing identities, and keys of people",
    "trust": "whose signatures are believed: import, list, check",
    "status": "the production at a glance",
    "report": "uses told, generated files, what is open: for people to hand over",
    "doctor": "what is wrong with this machine's set-up",
}

TRACEBACK_VARIABLE = "PROVENANCE_TRACEBACK"


class _Unread(BaseException):
    """Whoever read our output went away."""


@contextmanager
def _keeping_broken_pipes() -> Iterator[None]:
    """Take broken pipes past click, which would exit with 1: here that is a refusal."""
    try:
        yield
    except BrokenPipeError as error:
        raise _Unread from error


class _Verbs(click.Group):
    """Loads a verb's file when the verb is named."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _keeping_broken_pipes():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _keeping_broken_pipes():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return [*VERBS]  # the module `list` beside this one hides the built-in

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = import_module(f"provenance.cli.{cmd_name}")
        command = getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)  # `list_` leaves `list` alone
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([*VERBS.items()])


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="provenance")
@click.option("--config", "config", metavar="FILE", help="The configuration to use, instead of the nearest above here.")
@click.pass_context
def provenance(ctx: click.Context, config: str | None) -> None:
    """Keep generated material out of final deliverables unless somebody approved it.

    Only exit code 0 lets a file out. docs/exit-codes.md explains the others.
    """
    ctx.obj = config
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise ConfigInvalid("the folder you are in is not there any more", help="Go to one that is: cd DIR") from error


def main(arguments: list[str] | None = None) -> Never:
    """Run the command line and exit with its code. Never shows a traceback, unless asked by PROVENANCE_TRACEBACK."""
    try:
        code = _answer(arguments)
        sys.stdout.flush()
    except (BrokenPipeError, _Unread):
        # Whoever read our output went away. Nobody saw the answer, so it is no pass.
        code = 141
    except OSError as error:
        # Only printing is left to raise here: a full disk behind `>`.
        code = ReadFailed.code
        with suppress(OSError):
            fail(ReadFailed(f"the answer could not be written: {error.strerror}"), as_json=False)
    _let_go_of_output()
    sys.exit(code)


def _answer(arguments: list[str] | None) -> int:
    """Run the command line and return its code. Raises `OSError` only where the answer cannot be written."""
    try:
        code = provenance.main(arguments, prog_name="provenance", standalone_mode=False, color=wants_color())
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as usage:
        usage.show()
        return usage.exit_code
    except ProvenanceError as error:
        return fail(error, as_json=wants_json(arguments))
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped by Ctrl-C. What was recorded stays recorded.", err=True)
        return 130
    except Terminated:
        return 143
    except BrokenPipeError:
        raise
    except Exception as bug:  # noqa: BLE001 (the last line of defence: a user never sees a traceback)
        return _own_bug(bug, as_json=wants_json(arguments))


def _let_go_of_output() -> None:
    """Throw away what could not be written, or the interpreter would try again at its end and change the exit code."""
    for stream in filter(None, (sys.__stdout__, sys.__stderr__)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _own_bug(bug: Exception, *, as_json: bool) -> int:
    if os.environ.get(TRACEBACK_VARIABLE):
        import traceback

        traceback.print_exception(bug)
    advice = f"{ProvenanceError.default_help} Set {TRACEBACK_VARIABLE}=1 to see where it happened."
    return fail(ProvenanceError(f"internal error: {type(bug).__name__}: {bug}", help=advice), as_json=as_json)
