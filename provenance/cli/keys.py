"""`provenance keys`: signing identities."""

import os
import re
import sys
from pathlib import Path

import click

from provenance.cli.options import TEXT, answer_options
from provenance.cli.session import Session
from provenance.cli.toml import append, quoted
from provenance.config import Config
from provenance.errors import KeyUnusable
from provenance.files import display


@click.group()
def keys() -> None:
    """Signing identities for content credentials, and keys that people sign their words with."""


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


@keys.command()
@click.argument("person", type=TEXT)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write it; `keys/PERSON` beside the configuration if not given.",
)
@click.option("--no-passphrase", is_flag=True, help="Do not ask for a passphrase: whoever reads the file can sign.")
@answer_options
@click.pass_context
def person(ctx: click.Context, person: str, out: Path | None, no_passphrase: bool, as_json: bool) -> None:
    """Make a key that PERSON signs with: Ed25519, as OpenSSH writes it, for `--sign-with` and `ssh-keygen -Y sign`.

    The configuration is left as it is. The line that is printed belongs in it, and an administrator accepts it.
    """
    from provenance.config import refuse_inside
    from provenance.identity.keys import new_key
    from provenance.report.documents import to_json
    from provenance.report.people_documents import PersonKeyDocument

    config = Session.of(ctx).config
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", person) is None:
        raise click.BadParameter("an id has letters, digits and any of . _ @ + - and no space", param_hint="PERSON")
    path = (out or config.folder / "keys" / person).absolute()
    for zone in config.zones:
        refuse_inside(path.resolve(), zone.root, "the key")
    public = new_key(path, person, None if no_passphrase else _new_passphrase())
    if as_json:
        document = PersonKeyDocument(
            person=person, key=str(path), public=f"{path}.pub", fingerprint=public.fingerprint, line=public.line
        )
        click.echo(to_json(document))
        return
    click.echo(f"Made a key for {display(person)}: {public.fingerprint}")
    click.echo(f"  key     {display(str(path))}  (keep it to yourself)")
    click.echo(f"  public  {display(str(path))}.pub")
    click.echo("  for [[person]] in provenance.toml:")
    click.echo(f"    keys = [{quoted(public.line)}]")


def _new_passphrase() -> bytes:
    """Ask for a passphrase twice; an empty one is a mistake. Raises `KeyUnusable` where nobody could type one."""
    if not sys.stdin.isatty():
        advice = "Run it on a terminal, or say that it shall have none: --no-passphrase"
        raise KeyUnusable("a key needs a passphrase, and nobody is there to type one", help=advice)
    typed: str = click.prompt("Passphrase for the new key", hide_input=True, confirmation_prompt=True, err=True)
    return typed.encode()


def _enter(config: Config, certificate: Path, key: Path) -> None:
    append(
        config,
        [
            "[signing]",
            f"certificate = {quoted(os.path.relpath(certificate, config.folder))}",
            f"key = {quoted(os.path.relpath(key, config.folder))}",
        ],
    )
