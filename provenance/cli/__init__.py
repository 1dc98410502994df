"""The command line: parses, calls one function of the rooms below, prints one report, and answers with a number.

Each verb is one file, imported only when it is used, so that a question is answered before the rest is loaded.
"""

import gc
import os
import sys
from importlib import import_module

# Loading modules makes no garbage to speak of, and looking for it all the same costs a tenth of a short command's time.
gc.disable()

import click  # noqa: E402

from provenance import __version__  # noqa: E402
from provenance.cli.options import Terminated, fail, wants_json  # noqa: E402
from provenance.errors import ProvenanceError  # noqa: E402

VERBS = {
    "init": "set up a production: a configuration and an empty catalogue",
    "scan": "examine and record everything new or changed",
    "origin": "what a file is, on what grounds, from what, who said so, where it has been",
    "list": "what is recorded, a line each",
    "gate": "the delivery check over files and folders",
    "mark": "write a content credential that says what a file is",
    "declare": "a person's word on origin",
    "clear": "a person looked at something held, and takes it on them",
    "derive": "a person's word on what a file was made from",
    "approve": "record an approval for exactly these bytes",
    "revoke": "take a record back from now on",
    "ledger": "the book of words: show, verify, head, export",
    "keys": "signing identities",
    "status": "the production at a glance",
    "doctor": "what is wrong with this machine's set-up",
}

TRACEBACK_VARIABLE = "PROVENANCE_TRACEBACK"


class _Verbs(click.Group):
    """Loads a verb's file when the verb is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = import_module(f"provenance.cli.{cmd_name}")
        command = getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)  # `list_` leaves `list` alone
        assert isinstance(command, click.Command)
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="provenance")
@click.option("--config", "config", metavar="FILE", help="The configuration to use, instead of the nearest above here.")
@click.pass_context
def provenance(ctx: click.Context, config: str | None) -> None:
    """Keep generated material out of final deliverables unless somebody approved it.

    Only exit code 0 lets a file out. docs/exit-codes.md explains the others.
    """
    ctx.obj = config


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code. Never shows a traceback, unless asked by PROVENANCE_TRACEBACK."""
    try:
        code = provenance.main(arguments, prog_name="provenance", standalone_mode=False) or 0
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as usage:
        usage.show()
        code = usage.exit_code
    except ProvenanceError as error:
        code = fail(error, as_json=wants_json(arguments))
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped by Ctrl-C. What was recorded stays recorded.", err=True)
        code = 130
    except Terminated:
        code = 143
    except BrokenPipeError:
        # Whoever read our output went away. Nobody saw the answer, so it is no pass.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as bug:  # noqa: BLE001 (the last line of defence: a user never sees a traceback)
        code = _own_bug(bug, as_json=wants_json(arguments))
    sys.exit(code)


def _own_bug(bug: Exception, *, as_json: bool) -> int:
    if os.environ.get(TRACEBACK_VARIABLE):
        import traceback

        traceback.print_exception(bug)
    advice = f"{ProvenanceError.default_help} Set {TRACEBACK_VARIABLE}=1 to see where it happened."
    return fail(ProvenanceError(f"internal error: {type(bug).__name__}: {bug}", help=advice), as_json=as_json)
