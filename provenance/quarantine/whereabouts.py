"""Finding what was taken away: by the place it had, or by where it is kept. All who take a PATH ask here."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.asset import RelPath
from provenance.catalogue import Quarantined, Queries
from provenance.config import Config, Zone
from provenance.errors import FileMissing
from provenance.targets import Target, targets_with_frames


@dataclass(frozen=True, slots=True)
class Held:
    """A file in quarantine, its zone, and what to call it: its old place, or where it is kept, as somebody named it."""

    row: Quarantined
    zone: Zone
    named: bytes
    by_where: bool = False
    """Whether it was named by where it is kept."""

    @property
    def where(self) -> bytes:
        """Where it is kept: an absolute path."""
        return os.path.join(os.fsencode(self.zone.quarantine), self.row.move.where)

    @property
    def replaced(self) -> bool:
        """Whether something else lies at its old place now, and it was found by that place."""
        return not self.by_where and os.path.lexists(
            os.path.join(os.fsencode(self.zone.root), self.row.move.place.path)
        )

    @property
    def target(self) -> Target:
        """The file as something to look at. It lies in no zone while it is kept."""
        move = self.row.move
        beside = tuple(c.where.rpartition(b"/")[2] for c in move.companions)
        root = os.fsencode(self.zone.quarantine)
        return Target(root, move.where, None, self.named, single=True, sidecars=beside)


def held_at(config: Config, catalogue: Queries, path: Path) -> tuple[Held, ...]:
    """Return what was taken from the old place of a file, a folder or frames, or is kept there; by place, then by age.

    Of several files that were taken from one place one after another the last is meant. The others are found by where
    they are kept.
    """
    absolute = _absolute(path)
    found = {h.row.id: h for h in _by_place(config, catalogue, absolute, path)}
    found.update((h.row.id, h) for h in _by_where(config, catalogue, absolute, path))
    found.update((h.row.id, h) for h in _frames(config, catalogue, absolute, path))
    return tuple(sorted(found.values(), key=lambda h: (h.row.move.place.zone, h.row.move.place.path, h.row.id)))


def targets_with_held(config: Config, catalogue: Queries, paths: Iterable[Path]) -> tuple[Target, ...]:
    """Return what the paths name, frames too, and what was taken from there where nothing lies now.

    Raises as `targets_with_frames` does, but for what is missing because it is in quarantine.
    """
    targets: dict[Target, None] = {}
    for path in paths:
        missing: FileMissing | None = None
        there: tuple[Target, ...] = ()
        try:
            there = targets_with_frames(config, [path])
        except FileMissing as error:
            missing = error
        held = [h for h in held_at(config, catalogue, path) if not h.replaced]
        if missing is not None and not held:
            raise missing
        if not any(h.by_where for h in held):  # else they are what is there, each with its own sidecars
            targets.update(dict.fromkeys(there))
        targets.update(dict.fromkeys(h.target for h in held))
    return tuple(targets)


def _by_place(config: Config, catalogue: Queries, absolute: Path, path: Path) -> Iterator[Held]:
    found = config.place_of(absolute)
    scopes = [] if found is None else [(found[0], found[1].path)]
    scopes += [(z, RelPath(b"")) for z in config.zones if absolute in z.root.parents]
    for zone, below in scopes:
        last = {row.move.place: row for row in catalogue.quarantined(zone.name, below)}
        for row in last.values():
            yield Held(row, zone, _named(path, absolute, zone.root, row.move.place.path))


def _frames(config: Config, catalogue: Queries, absolute: Path, path: Path) -> Iterator[Held]:
    """Yield the frames that a name such as `shot.####.exr` stands for, unless something has that very name."""
    from provenance.sequence import pattern_in

    pattern = pattern_in(os.fsencode(absolute.name))
    found = config.place_of(absolute.parent)
    if pattern is None or found is None or os.path.lexists(absolute):
        return
    zone, folder = found
    last = {row.move.place: row for row in catalogue.quarantined(zone.name, folder.path)}
    for place, row in last.items():
        lies_in, _, name = place.path.rpartition(b"/")
        if lies_in == folder.path and pattern.number(name) is not None:
            yield Held(row, zone, os.fsencode(path)[: -len(os.fsencode(path.name))] + name)


def _by_where(config: Config, catalogue: Queries, absolute: Path, path: Path) -> Iterator[Held]:
    for zone in config.zones:
        if absolute == zone.quarantine or zone.quarantine in absolute.parents:
            below = os.path.relpath(os.fsencode(absolute), os.fsencode(zone.quarantine))
            inside = RelPath(b"" if below == b"." else below)
            for row in catalogue.quarantined(zone.name, inside, by="where"):
                yield Held(row, zone, _named(path, absolute, zone.quarantine, row.move.where), by_where=True)


def _named(path: Path, absolute: Path, root: Path, below: bytes) -> bytes:
    """Return what lies below a root in the words of whoever named it, or a folder above it."""
    rest = os.path.relpath(os.path.join(os.fsencode(root), below), os.fsencode(absolute))
    return os.fsencode(path) if rest == b"." else os.path.join(os.fsencode(path), rest)


def _absolute(path: Path) -> Path:
    """Return a path with links in its folders resolved; nothing need be there."""
    absolute = Path.cwd() / path
    try:
        return absolute.resolve() if absolute.name in {"", ".."} else absolute.parent.resolve() / absolute.name
    except (OSError, RuntimeError):  # links in a circle, on Python before 3.13
        return absolute
