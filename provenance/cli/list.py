"""`provenance list`: what is recorded."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from provenance.asset import Place, RelPath
from provenance.cli.options import MATERIAL, answer_options
from provenance.cli.session import Session
from provenance.errors import FileMissing, ZoneTrouble
from provenance.files import display
from provenance.verdict import Origin

if TYPE_CHECKING:
    from provenance.asset import ZoneName
    from provenance.catalogue import Catalogue, Listed
    from provenance.report.listed_sequences import ListedSequence
    from provenance.sequence import Pattern


@click.command(name="list")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=MATERIAL)
@click.option("--zone", metavar="Z", help="Only what lies in this zone.")
@click.option("--origin", type=click.Choice([o.value for o in Origin]), help="Only what was found to be this.")
@click.option("--sequences", is_flag=True, help="One line for the frames of a sequence: which of them are what.")
@click.option("--all", "everything", is_flag=True, help="Also what is no longer there.")
@answer_options
@click.pass_context
def list_(
    ctx: click.Context,
    paths: tuple[Path, ...],
    zone: str | None,
    origin: str | None,
    sequences: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Show what is recorded, a line each. Looks into the catalogue, not at the disk.

    `--format json` prints JSON Lines. A PATH such as shot.####.exr means every frame of it.
    """
    session = Session.of(ctx)
    wanted = Origin(origin) if origin else None
    with session.catalogue() as catalogue:

        def rows() -> "Iterator[Listed]":
            for where in _scopes(session, catalogue, paths, zone):
                yield from where.rows(catalogue.listing(where.zone, where.below, wanted, include_gone=everything))

        if sequences:
            from provenance.report.listed_sequences import together

            _print(together(rows(), session.config.catalogue.parent), as_json=as_json)
        else:
            _print(rows(), as_json=as_json)


def _print(lines: "Iterable[Listed | ListedSequence]", *, as_json: bool) -> None:
    from provenance.catalogue import Listed
    from provenance.report.documents import to_json
    from provenance.report.listing import listed_document

    for row in lines:
        if not isinstance(row, Listed):
            from provenance.report.listed_sequences import listed_sequence_document, listed_sequence_line

            click.echo(to_json(listed_sequence_document(row), indent=None) if as_json else listed_sequence_line(row))
        elif as_json:
            click.echo(to_json(listed_document(row), indent=None))
        else:
            gone = "" if row.present else "  (not present)"
            place = f"{display(row.place.zone)}/{display(row.place.path)}"
            click.echo(f"{row.origin.value:<12} {row.digest[:12]} {row.size:>13,}  {place}{gone}")


ROOT = RelPath(b"")


class _Scope(NamedTuple):
    """What to list: everything, a zone, what lies at and below a place, or frames in a folder."""

    zone: "ZoneName | None" = None
    below: RelPath = ROOT
    pattern: "Pattern | None" = None
    named: str = ""

    def rows(self, rows: "Iterable[Listed]") -> "Iterator[Listed]":
        """Yield those of some rows that are meant; raises `FileMissing` if no frame is."""
        if self.pattern is None:
            yield from rows
            return
        nothing = True
        for row in rows:
            folder, _, name = row.place.path.rpartition(b"/")
            if folder == self.below and self.pattern.number(name) is not None:
                nothing = False
                yield row
        if nothing:
            raise FileMissing(f"no frame of {self.named} is recorded")


def _scopes(session: Session, catalogue: "Catalogue", paths: tuple[Path, ...], zone: str | None) -> "Iterator[_Scope]":
    config = session.config
    only = config.zone(zone).name if zone is not None else None
    if not paths:
        yield _Scope(only)
    for path in paths:
        absolute = (Path.cwd() / path).resolve()
        found = config.place_of(absolute)
        places = [found[1]] if found else []
        places += [Place(z.name, ROOT) for z in config.zones if absolute in z.root.parents]
        if not places:
            raise ZoneTrouble(f"{display(os.fsencode(path))} lies in no zone")
        pattern = _frames(catalogue, absolute, found[1] if found else None)
        if pattern is not None and found is not None:
            folder = RelPath(found[1].path.rpartition(b"/")[0])
            if only in {None, found[1].zone}:
                yield _Scope(found[1].zone, folder, pattern, display(os.fsencode(path)))
        else:
            yield from (_Scope(p.zone, p.path) for p in places if only in {None, p.zone})


def _frames(catalogue: "Catalogue", absolute: Path, place: Place | None) -> "Pattern | None":
    """Return the frames a name stands for, unless something has or had that very name."""
    from provenance.sequence import pattern_in

    pattern = pattern_in(os.fsencode(absolute.name))
    if pattern is None or place is None or os.path.lexists(absolute) or catalogue.sighting_at(place) is not None:
        return None
    return pattern
