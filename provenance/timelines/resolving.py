"""From what a timeline points at to files of the production: each one found for certain, or named as not found.

A timeline is data that others wrote. Nothing outside the zones is opened, no link is followed, nothing is fetched.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from provenance.asset import Digest, Place
from provenance.catalogue import Queries
from provenance.config import Config, Zone
from provenance.files import display, stat_key
from provenance.references import Reference, Spelling, Timeline, key_of, remote, shortened, spellings, stem_of
from provenance.targets import Target
from watcher.opening import opened_file, stat_below

Look = Callable[[tuple[Target, ...]], dict[bytes, Digest]]
"""Examines files now and records them; returns their digests by their absolute paths."""

_NAMED = 3
"""So many of the files that a name might mean are named."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the production that a timeline points at."""

    digest: Digest
    name: str
    """Its zone and path there."""
    how: str
    """`path`: it lies where the timeline says, here or below the same folders on another machine. `name`: only one file
    of the production is called so."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something a timeline points at that is no file of the production for certain."""

    name: str
    why: str

    @property
    def says(self) -> str:
        """Both, in a few words."""
        return f"{self.name} ({self.why})"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of everything that a timeline points at."""

    sources: tuple[Source, ...]
    """Each digest once, in the order of the timeline."""
    unresolved: tuple[Unresolved, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Where sources are looked for."""

    config: Config
    catalogue: Queries
    look: Look


@dataclass(slots=True)
class _Item:
    """One file that is wanted: a reference, or one frame of one."""

    reference: Reference
    shown: str
    ways: tuple[Spelling, ...]
    names: tuple[bytes, ...]
    """What it may be called, as keys."""
    found: list[Place] = field(default_factory=list)
    how: str = "path"


def resolve(material: Material, timeline: Timeline, beside: Path, renders: Collection[Digest]) -> Resolution:
    """Return which files of the production a timeline points at.

    (1) by its path: as it stands, or beside the timeline's folder `beside`; where something else is there, nothing is
    looked for by name; (2) by its name, among all that is recorded and there: first those that lie below the same
    folders on another machine, then those that are only called so. If several different files are meant, none is. What
    changed since it was recorded is looked at now. What was rendered is none of its own sources.
    """
    items = [item for reference in timeline.references for item in _items(reference)]
    finder = _Finder(material.config, material.catalogue, beside)
    for item in items:
        item.found = finder.by_path(item)  # (1)
    other = {id(item) for item in items if not item.found and finder.is_something_else(item)}
    finder.by_name([item for item in items if not item.found and id(item) not in other])  # (2)
    digests = _digests(finder, {p for item in items for p in item.found}, material.look)
    sources: dict[Digest, Source] = {}
    unresolved: dict[tuple[str, str], Unresolved] = {}
    for item in items:
        there = {place: digests[place] for place in item.found if place in digests}
        others = {d for d in there.values() if d not in renders}
        if len(others) == 1:
            (digest,) = others
            name = next(finder.shown(p) for p, d in there.items() if d == digest)
            sources.setdefault(digest, Source(digest, name, item.how))
        elif not item.reference.optional:
            why = _SOMETHING_ELSE if id(item) in other else _why(item, finder, there, others)
            lost = Unresolved(item.shown, why)
            unresolved.setdefault((lost.name, lost.why), lost)
    return Resolution(tuple(sources.values()), tuple(unresolved.values()))


_SOMETHING_ELSE = "what is there is no file in a zone, and so not recorded"


def _items(reference: Reference) -> Iterator[_Item]:
    ways = spellings(reference.target)
    if reference.frames is not None:
        for name in reference.frames.names():
            raw = name.encode("utf-8", "surrogateescape")
            there = tuple(Spelling((*w.parts, raw), w.start) for w in ways)
            yield _Item(reference, shortened(name), there, (key_of(raw),))
        return
    if reference.target:
        names = [way.parts[-1] for way in ways]
    else:
        said = reference.name.encode("utf-8", "surrogateescape")
        names = [said, unquote_to_bytes(said)]
        if reference.reel and not _is_file_name(reference.name):
            names.append(reference.reel.encode("utf-8", "surrogateescape"))
    shown = shortened(reference.name or reference.target or reference.reel) or "something without a name"
    keys = tuple(dict.fromkeys(key_of(n) for n in names if n))
    yield _Item(reference, shown, ways, keys)


def _is_file_name(name: str) -> bool:
    """Whether something is called as a file. Then its reel says nothing better; a label says less than a reel."""
    stem, dot, ending = name.rpartition(".")
    return bool(stem and dot) and 2 <= len(ending) <= 5 and ending.isalnum()


class _Finder:
    """Finds places by path and by name."""

    def __init__(self, config: Config, catalogue: Queries, beside: Path) -> None:
        self._config = config
        self._catalogue = catalogue
        self._beside = os.fsencode(beside)
        self.zones: dict[str, Zone] = {str(z.name): z for z in config.zones}

    def by_path(self, item: _Item) -> list[Place]:
        """Return the places in zones that an item's path means, if anything is there."""
        places = (self._place(way) for way in item.ways if way.start != "elsewhere")
        return list(dict.fromkeys(p for p in places if p is not None and self._is_there(p)))

    def is_something_else(self, item: _Item) -> bool:
        """Whether something is at an item's path on this machine that is no file of ours: nothing else is meant then.

        A path that leads into a zone over links may be that zone as somebody else calls it.
        """
        paths = (Path(os.fsdecode(b"/" + b"/".join(way.parts))) for way in item.ways if way.start == "here")
        return any(
            os.path.lexists(path)
            and (self._config.place_of(path) is not None or self._config.place_of(Path(os.path.realpath(path))) is None)
            for path in paths
        )

    def _place(self, way: Spelling) -> Place | None:
        root = b"/" if way.start == "here" else self._beside
        found = self._config.place_of(Path(os.fsdecode(os.path.normpath(os.path.join(root, *way.parts)))))
        return found[1] if found is not None and found[1].path else None

    def _is_there(self, place: Place) -> bool:
        """Whether a regular file lies at a place, reached over no link."""
        try:
            with opened_file(self.root(place), place.path):
                return True
        except (OSError, ValueError):
            return False

    def by_name(self, items: list[_Item]) -> None:
        """Fill in what the items may be by their names. All that is recorded is gone through once."""
        wanted = {name for item in items for name in item.names}
        if not wanted:
            return
        called: dict[bytes, list[Place]] = {}
        for place in self._catalogue.places_named(lambda name: not wanted.isdisjoint(_keys(name))):
            if place.zone in self.zones and self._is_there(place):
                for key in _keys(place.path.rpartition(b"/")[2]):
                    called.setdefault(key, []).append(place)
        for item in items:
            item.how = "name"
            for name in item.names:
                found = called.get(name, [])
                below = [p for p in found if any(self._lies_below(p, way) for way in item.ways)]
                if below:
                    item.how, item.found = "path", below
                    break
                item.found = item.found or found

    def _lies_below(self, place: Place, way: Spelling) -> bool:
        """Whether a path from elsewhere ends as this place does from its zone's folder on: the same, mounted there."""
        ours = (self.root(place).rpartition(b"/")[2], *place.path.split(b"/"))
        theirs = way.parts[-len(ours) :]
        return way.start != "beside" and [key_of(p) for p in theirs] == [key_of(p) for p in ours]

    def root(self, place: Place) -> bytes:
        """Return the root of a place's zone."""
        return os.fsencode(self.zones[place.zone].root)

    def shown(self, place: Place) -> str:
        """Return a place in words."""
        return f"{display(place.zone)}/{display(place.path)}"

    def current(self, place: Place) -> Digest | None:
        """Return what lies at a place, if it is certain that this was recorded; else it has to be looked at."""
        sighting = self._catalogue.sighting_at(place)
        if sighting is None or not sighting.present or sighting.racy:
            return None
        try:
            now = stat_key(stat_below(self.root(place), place.path))
        except OSError:
            return None
        return sighting.digest if sighting.key.same_version(now) else None


def _keys(name: bytes) -> tuple[bytes, ...]:
    """Return what a file is called: by its name, and by its name without the ending, as reels and labels have it."""
    key = key_of(name)
    return tuple(dict.fromkeys(k for k in (key, stem_of(key)) if k))


def _digests(finder: _Finder, places: Iterable[Place], look: Look) -> dict[Place, Digest]:
    """Return what lies at each place now; what is not certainly as recorded is examined."""
    known: dict[Place, Digest] = {}
    new: list[tuple[Place, Target]] = []
    for place in sorted(places, key=lambda p: (p.zone, p.path)):
        digest = finder.current(place)
        if digest is not None:
            known[place] = digest
        else:
            zone = finder.zones[place.zone]
            named = os.path.join(os.fsencode(zone.name), place.path)
            new.append((place, Target(finder.root(place), place.path, zone, named, single=True)))
    if new:
        looked = look(tuple(target for _, target in new))
        known |= {place: looked[path] for place, t in new if (path := t.absolute(place.path)) in looked}
    return known


def _why(item: _Item, finder: _Finder, there: dict[Place, Digest], others: set[Digest]) -> str:
    """Return why something is no file of the production for certain."""
    scheme = remote(item.reference.target)
    if scheme:
        return f"it lies behind {shortened(scheme)[:20]}:, and nothing is fetched"
    if others:
        named = sorted(finder.shown(p) for p, d in there.items() if d in others)
        more = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
        return f"it may be {', '.join(named[:_NAMED])}{more}, which differ"
    if there:
        return "the only file found is what was rendered"
    return "no such file is there and recorded in any zone"
