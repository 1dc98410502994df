"""`provenance init`: set up a production."""

import os
import re
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from provenance.catalogue import Catalogue
from provenance.cli.options import TEXT, answer_options, now
from provenance.cli.toml import quoted
from provenance.configfile import CONFIG_NAME, load_config
from provenance.errors import ConfigInvalid, NotPermitted, ZoneTrouble
from provenance.files import display, replacing
from provenance.policy import load_policy


@click.command()
@click.argument("root", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", required=True, type=TEXT, help="The production's title.")
@click.option(
    "--id", "project", type=TEXT, metavar="ID", help="What approvals are bound to; made from the title if not given."
)
@click.option(
    "--work", multiple=True, type=TEXT, metavar="DIR", help="A folder under ROOT where generated material may be."
)
@click.option("--final", multiple=True, type=TEXT, metavar="DIR", help="A folder under ROOT that is delivered from.")
@click.option("--policy", default="baseline", show_default=True, type=TEXT, help="A shipped policy, or a path to one.")
@click.option("--observe", is_flag=True, help="Only ever report; never move a file.")
@answer_options
def init(
    root: Path,
    title: str,
    project: str | None,
    work: tuple[str, ...],
    final: tuple[str, ...],
    policy: str,
    observe: bool,
    as_json: bool,
) -> None:
    """Write ROOT/provenance.toml, with every key explained, and an empty catalogue. Refuses to overwrite either.

    A zone's name is its folder's. Without --work and --final the zones are `editorial` and `deliver`. Folders that are
    not there are made.
    """
    from provenance.report.documents import InitDocument, to_json

    root = root.resolve()
    path = root / CONFIG_NAME
    if os.path.lexists(path):
        raise ConfigInvalid(f"{path} is already there", help="Edit it; init never overwrites a configuration.")
    mode = load_policy(policy, root).required_mode
    if not work and not final:
        work, final = ("editorial",), ("deliver",)
    text = _document(title, project or _slug(title), policy, mode) + "".join(
        [_zone(d, "work", observe=observe) for d in work] + [_zone(d, "final", observe=observe) for d in final]
    )
    made = _write(root, (*work, *final), text + _REST)
    try:
        config = load_config(path)
        Catalogue.create(config.catalogue, now()).close()
    except BaseException:
        path.unlink()  # a configuration that cannot be used, or without its catalogue, would only be in the way
        raise
    if as_json:
        click.echo(
            to_json(
                InitDocument(
                    config=str(path),
                    catalogue=str(config.catalogue),
                    zones=[z.name for z in config.zones],
                    made=[str(m) for m in made],
                )
            )
        )
        return
    click.echo(f"Set up {display(title)} in {display(str(root))}: {len(config.zones)} zones")
    for zone in config.zones:
        click.echo(f"  {zone.role.value:<6} {display(zone.name)}  {display(str(zone.root))}")
    here = Path.cwd() == root
    click.echo(f"Next: {'' if here else f'cd {display(os.path.relpath(root))} && '}provenance scan")


def _write(root: Path, folders: tuple[str, ...], text: str) -> list[Path]:
    """Make the folders that are missing and the configuration; return what was made. Raises where that fails."""
    try:
        made = _make_folders(root, folders)
        with replacing(root / CONFIG_NAME) as stream:
            stream.write(text.encode())
    except PermissionError as error:
        advice = "Choose a folder that this user may write to, or have it made by somebody who may."
        raise NotPermitted(f"nothing can be set up in {root}: {error.strerror}", help=advice) from error
    except OSError as error:
        advice = "Choose a folder on a disk that can be written to."
        raise ConfigInvalid(f"nothing can be set up in {root}: {error.strerror}", help=advice) from error
    return made


def _make_folders(root: Path, folders: tuple[str, ...]) -> list[Path]:
    made = []
    for folder in (root, *(root / f for f in folders)):
        if folder.exists() and not folder.is_dir():
            advice = "Choose another name with --work or --final, or move what is there away."
            raise ZoneTrouble(f"{folder} is to be a zone, and is no folder", help=advice)
        if not folder.exists():
            folder.mkdir(parents=True)
            made.append(folder)
    return made


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "project"


def _local_timezone() -> str:
    """Return this machine's zone by its IANA name, as far as it is known; else UTC."""
    _, _, linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")
    for name in (os.environ.get("TZ", "").lstrip(":"), linked):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        if name:
            return "UTC" if name == "Etc/UTC" else name
    return "UTC"


_MODES = {
    "unsigned": "unsigned: whoever can write the catalogue can write an approval, and every report says so",
    "signed": "signed: only listed people's signatures count; docs/configuration.md says how to list them",
}


def _document(title: str, project: str, policy: str, mode: str) -> str:
    return f"""\
# What provenance guards here, and by which rules. Every key is explained in docs/configuration.md.

[project]
id = {quoted(project)}  # what approvals are bound to; leave it as it is when the title changes
title = {quoted(title)}
timezone = {quoted(_local_timezone())}  # a date means the end of that day here; everything stored is UTC
catalogue = ".provenance/catalogue.db"  # on a local disk, never on a share; back it up
policy = {quoted(policy)}  # a shipped pack or a path to a TOML file
approvals = {quoted(mode)}  # {_MODES[mode]}
"""


def _zone(folder: str, role: str, *, observe: bool) -> str:
    name = Path(folder).name
    text = f"""
[[zone]]
name = {quoted(name)}
path = {quoted(folder)}
role = "{role}"  # work: generated material may be here; final: nothing flagged without an approval
"""
    if role == "final":
        on_refuse = "report" if observe else "quarantine"
        text += f"""\
channel = {quoted(name)}  # where it is delivered to; approvals name it
# title = "S01E01"  # episode or part, if this zone holds only one
# quarantine = {quoted(f".provenance/quarantine/{name}")}  # where `provenance watch` moves what is refused
on_refuse = "{on_refuse}"  # quarantine | report
on_hold = "report"  # report | quarantine
on_approval = "report"  # report: somebody runs `provenance release` | release: `provenance watch` puts it back itself
held_notes = true  # leave NAME.HELD.txt where a file was taken away, for those who look for it
hold_after = 900  # seconds a file may stay unfinished here before somebody is told, or on_hold is done
"""
    return text + _WATCHED


_WATCHED = """\
# stuck_after = 86400  # seconds a file may stay unfinished before it is called stuck
# settle = 5.0  # this and the next two: for this zone alone, instead of what is said for all
# sweep = 300
# mode = "auto"
# max_read_rate = 50000000  # bytes per second to read at most, so that playback from a share does not stutter
"""

_REST = """
[watch]
# settle = 5.0  # seconds without change before a file counts as complete; default: 5 local, 60 on network storage
sweep = 300  # seconds between complete looks at everything
mode = "auto"  # auto | events | poll (poll for NFS, SMB and FUSE)
# metrics = "127.0.0.1:9464"  # serve Prometheus metrics here
# metrics_public = false  # true: metrics may listen where other machines can read them

# Whose signatures are trusted. Trust is needed to clear a file, never to flag one. `provenance trust import FILE` takes
# in a list that is published, such as that of C2PA.
# [trust]
# max_age_days = 90  # how old such a list may be before that is a warning
# [[trust.anchor]]
# path = "studio-ca.pem"
# purpose = "signer"  # signer | timestamp
# may_clear = false  # may a "captured" claim signed under it clear a file?

# Whose word counts when approvals are signed, in which roles, and with which keys (`provenance keys person lawyer`).
# Roles: administrator (accepts this file), custodian (writes down what others said in writing), and the policy's.
# [[person]]
# id = "lawyer"
# name = "Production legal"
# roles = ["production-legal"]
# keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID65GuYWaOHrWpSnuUZXKEFJadqKKwQQDgdbBQIgJtJH"]  # or a .pub file
# until = 2127-12-31  # the last day this person's word counts

# Filled in by `provenance keys new`.
# [signing]
# certificate = "keys/studio-chain.pem"
# key = "keys/studio.key"

# What verdicts were drawn from is kept beside the catalogue: raw credentials, and fields with prompts in them.
# [evidence]
# retention_days = 3650  # what `provenance evidence prune` leaves, where nobody says --older-than

# Who is told of holds, refusals, quarantine, releases and trouble.
# [notify]
# command = "/usr/local/bin/tell-post"  # gets a JSON document on its standard input
# bundle = 2.0  # seconds to wait for more to tell in the same breath
# apprise = ["mailto://user:password@example.com"]  # mail and chat; needs asset-provenance[notify]
"""
