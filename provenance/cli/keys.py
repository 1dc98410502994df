"""`provenance keys`: signing identities."""

import os
from pathlib import Path

import click

from provenance.cli.options import TEXT, answer_options
from provenance.cli.session import Session
from provenance.cli.toml import quoted
from provenance.config import Config
from provenance.configfile import load_config
from provenance.files import display, replacing


@click.group()
def keys() -> None:
    """Signing identities for content credentials."""


@keys.command()
@click.option(
    "--name",
    default="development",
    show_default=True,
    type=TEXT,
    help="What to call it, in its files and certificate.",
)
@answer_options
@click.pass_context
def new(ctx: click.Context, name: str, as_json: bool) -> None:
    """Make a development identity: a root of its own, a certificate under it, and a key.

    It is proven by signing a picture and reading it back, and entered as [signing] in provenance.toml unless one is
    there already. It may mark files; it never clears one.
    """
    from provenance.credentials.keys import new_identity, write_identity
    from provenance.credentials.prove import prove
    from provenance.report.documents import KeysDocument, to_json

    config = Session.of(ctx).config
    identity = new_identity(name)
    prove(identity)
    files = write_identity(identity, config.folder / "keys")
    configured = config.signing is None
    if configured:
        _enter(config, files.certificate, files.key)
    if as_json:
        document = KeysDocument(
            name=name, certificate=str(files.certificate), key=str(files.key), configured=configured
        )
        click.echo(to_json(document))
        return
    click.echo(f"Made {display(name)}, a development identity: it may mark files and never clears one")
    click.echo(f"  certificate  {display(str(files.certificate))}")
    click.echo(f"  key          {display(str(files.key))}  (keep it to yourself)")
    if configured:
        click.echo(f"  entered as [signing] in {display(str(config.path))}")
    else:
        click.echo(f"  [signing] in {display(str(config.path))} was left as it is: it names another identity")


def _enter(config: Config, certificate: Path, key: Path) -> None:
    """Append a [signing] table, and take it back if the configuration then does not load."""
    old = config.path.read_bytes()
    lines = [
        "",
        "[signing]",
        f"certificate = {quoted(os.path.relpath(certificate, config.folder))}",
        f"key = {quoted(os.path.relpath(key, config.folder))}",
        "",
    ]
    mode = config.path.stat().st_mode & 0o777
    with replacing(config.path, mode=mode) as stream:
        stream.write(old.rstrip(b"\n") + b"\n" + "\n".join(lines).encode())
    try:
        load_config(config.path)
    except Exception:
        with replacing(config.path, mode=mode) as stream:
            stream.write(old)
        raise
