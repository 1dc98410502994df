"""`provenance policy`: what the policy asks for."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import TEXT, answer_options
from provenance.cli.session import Session
from provenance.errors import ConfigInvalid
from provenance.files import display

if TYPE_CHECKING:
    from provenance.policy import Policy


@click.group()
def policy() -> None:
    """What the policy asks for, and whether it can be used.

    A policy is a file: docs/policy.md says how to write one.
    """


_pack = click.option(
    "--pack", type=TEXT, metavar="NAME", help="A shipped pack, or a path to one, instead of the production's."
)


@policy.command()
@_pack
@answer_options
@click.pass_context
def show(ctx: click.Context, pack: str | None, as_json: bool) -> None:
    """Show all that a policy says, with what it takes from the packs it extends."""
    from provenance.report.policy import policy_text

    found, _ = _chosen(ctx, pack)
    _print(found, list(policy_text(found)), as_json=as_json)


@policy.command()
@_pack
@answer_options
@click.pass_context
def check(ctx: click.Context, pack: str | None, as_json: bool) -> None:
    """Check that a policy can be used, and with this production's configuration; say what it changes.

    Answers 40 and says why if it cannot: then the gate answers 40 too, and nothing passes.
    """
    from provenance.report.policy import head_text

    found, session = _chosen(ctx, pack)
    if session is not None:
        from provenance.gate import check_rules

        check_rules(session.config, found)
    where = f"with {display(str(session.config.path))}" if session is not None else "by itself: no configuration here"
    _print(found, [*head_text(found), f"it can be used {where}"], as_json=as_json)


@policy.command()
@click.argument("key", type=TEXT, nargs=-1)
@_pack
@answer_options
@click.pass_context
def explain(ctx: click.Context, key: tuple[str, ...], pack: str | None, as_json: bool) -> None:
    """Explain KEY: a principle, trigger, area, use, class of replica, role, origin, or rule of the gate.

    By its key or number, or with its kind, as `4`, `2b`, `area 1`, `row 3`, `temporary-not-final`. Says when it
    applies, who must approve, and by which command. Without KEY: everything the policy says.
    """
    from provenance.config import ApprovalsMode
    from provenance.report.documents import to_json
    from provenance.report.policy_document import ExplanationDocument

    found, session = _chosen(ctx, pack)
    signed = found.required_mode == ApprovalsMode.SIGNED.value or (session is not None and session.signed)
    name = " ".join(key) or None
    try:
        lines = _explained(found, name, signed=signed)
    except KeyError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="KEY") from error
    if as_json:
        click.echo(to_json(ExplanationDocument(policy=found.id, key=name, text=lines)))
        return
    click.echo("\n".join(display(line) for line in lines))


def _explained(found: "Policy", name: str | None, *, signed: bool) -> list[str]:
    if name is None:
        from provenance.report.policy import policy_text

        return list(policy_text(found))
    from provenance.report.explained import explained

    return explained(found, name, signed=signed)


def _chosen(ctx: click.Context, pack: str | None) -> "tuple[Policy, Session | None]":
    """Return the policy that is asked about, and the session if there is a production here.

    A pack somebody names can be looked at where no production is set up yet; a configuration that is there must be
    right.
    """
    from provenance.policy import load_policy

    session = _session(ctx) if pack is not None else Session.of(ctx)
    if pack is not None:
        return load_policy(pack, Path.cwd()), session
    assert session is not None
    return session.policy, session


def _session(ctx: click.Context) -> Session | None:
    """Return the session of the production here; None if there is none and nobody named one."""
    from provenance.configfile import CONFIG_VARIABLE, find_config

    try:
        find_config(ctx.obj, dict(os.environ), Path.cwd())
    except ConfigInvalid:
        if ctx.obj or os.environ.get(CONFIG_VARIABLE):
            raise
        return None
    return Session.of(ctx)


def _print(found: "Policy", lines: list[str], *, as_json: bool) -> None:
    from provenance.report.documents import to_json
    from provenance.report.policy_document import pack_document

    click.echo(to_json(pack_document(found)) if as_json else "\n".join(display(line) for line in lines))
