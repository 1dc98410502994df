"""`provenance list`: what is recorded."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from provenance.asset import Place, RelPath
from provenance.cli.options import MATERIAL, answer_options
from provenance.cli.session import Session
from provenance.errors import ZoneTrouble
from provenance.files import display
from provenance.verdict import Origin


@click.command(name="list")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=MATERIAL)
@click.option("--zone", metavar="Z", help="Only what lies in this zone.")
@click.option("--origin", type=click.Choice([o.value for o in Origin]), help="Only what was found to be this.")
@click.option("--all", "everything", is_flag=True, help="Also what is no longer there.")
@answer_options
@click.pass_context
def list_(
    ctx: click.Context,
    paths: tuple[Path, ...],
    zone: str | None,
    origin: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Show what is recorded, a line each. Looks into the catalogue, not at the disk.

    `--format json` prints JSON Lines.
    """
    from provenance.report.documents import to_json
    from provenance.report.listing import listed_document

    session = Session.of(ctx)
    wanted = Origin(origin) if origin else None
    with session.catalogue() as catalogue:
        for where in _scopes(session, paths, zone):
            inside, below = (where.zone, where.path) if where else (None, ROOT)
            for row in catalogue.listing(inside, below, wanted, include_gone=everything):
                if as_json:
                    click.echo(to_json(listed_document(row), indent=None))
                else:
                    gone = "" if row.present else "  (not present)"
                    place = f"{display(row.place.zone)}/{display(row.place.path)}"
                    click.echo(f"{row.origin.value:<12} {row.digest[:12]} {row.size:>13,}  {place}{gone}")


ROOT = RelPath(b"")


def _scopes(session: Session, paths: tuple[Path, ...], zone: str | None) -> Iterator[Place | None]:
    """Yield what to list: everything, a zone, or what lies at and below a place."""
    config = session.config
    only = config.zone(zone).name if zone is not None else None
    if not paths:
        yield Place(only, ROOT) if only is not None else None
    for path in paths:
        absolute = (Path.cwd() / path).resolve()
        found = config.place_of(absolute)
        places = [found[1]] if found else []
        places += [Place(z.name, ROOT) for z in config.zones if absolute in z.root.parents]
        if not places:
            raise ZoneTrouble(f"{display(os.fsencode(path))} lies in no zone")
        yield from (p for p in places if only in {None, p.zone})
