"""From the paths somebody named to the files that are to be looked at, each with the zone it lies in."""

import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from provenance.asset import Place, RelPath, ZoneName
from provenance.config import Config, Role, Zone
from provenance.errors import (
    ChangedWhileRead,
    FileMissing,
    FileTrouble,
    NotARegularFile,
    NotExamined,
    NotPermitted,
    ReadFailed,
    ZoneTrouble,
)
from provenance.examination import Failed, Failure, Request, companion_names, companions_among, companions_of
from provenance.files import display
from watcher.opening import Odd, kind_of
from watcher.sweep import Folder, Found, sweep

NO_ZONE = ZoneName("")
"""Stands for material outside every zone: it can be judged, and has no sighting."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file or a folder to look at: `below` is its path under `root`, which is a zone's root wherever it can be.

    `named` is the path as the person typed it, for showing. `skip` are folders below that belong to an inner zone,
    which is a target of its own.
    `sidecars` are the names beside a single file that belong to it, where somebody knows; else its name says which.
    """

    root: bytes
    below: bytes
    zone: Zone | None
    named: bytes
    single: bool = False
    skip: frozenset[bytes] = frozenset()
    sidecars: tuple[bytes, ...] | None = None
    names: tuple[bytes, ...] = ()
    """The files of the folder that alone are meant; all if empty."""

    @property
    def zone_name(self) -> ZoneName:
        """The zone's name, or `NO_ZONE`."""
        return self.zone.name if self.zone else NO_ZONE

    def place(self, path: bytes) -> Place:
        """Return where a path below the root lies."""
        return Place(self.zone_name, RelPath(path))

    def absolute(self, path: bytes) -> bytes:
        """Return the absolute path of one below the root."""
        return os.path.join(self.root, path) if path else self.root

    @property
    def tops(self) -> tuple[bytes, ...]:
        """The absolute paths of what is meant, files or a folder."""
        top = self.absolute(self.below)
        return tuple(os.path.join(top, name) for name in self.names) or (top,)

    def shown(self, path: bytes) -> bytes:
        """Return a path below the root in the words of whoever named this target."""
        if not path.startswith(self.below):
            return self.absolute(path)
        rest = path[len(self.below) :].lstrip(b"/")
        return os.path.join(self.named, rest) if rest else self.named

    def folders(self) -> Iterator[Folder]:
        """Yield every folder of this target; for a single file, its folder with that file alone.

        Raises `FileTrouble` if the root itself is not there or may not be opened, `ZoneTrouble` if a zone's root is
        no folder.
        """
        if self.names:
            yield self._named_ones()
            return
        if not self.single:
            try:
                yield from sweep(self.root, skip=self.skip, start=self.below)
            except OSError as error:
                if self.zone and isinstance(error, NotADirectoryError):
                    raise _no_folder(self.zone) from error
                raise folder_error(self, Folder(b"", error=error)) from error
            return
        parent, _, name = self.below.rpartition(b"/")
        try:
            found = os.stat(self.absolute(self.below), follow_symlinks=False)
        except OSError as error:
            yield Folder(parent, error=error)
        else:
            yield Folder(parent, files=[(name, Found.of(found))])

    def _named_ones(self) -> Folder:
        """Return the folder with the files that alone are meant. One that went meanwhile is missed when it is read."""
        folder = Folder(self.below)
        for name in self.names:
            try:
                found = os.stat(os.path.join(self.absolute(self.below), name), follow_symlinks=False)
            except OSError as error:
                return Folder(os.path.join(self.below, name), error=error)
            odd = kind_of(found.st_mode)
            if odd is None:
                folder.files.append((name, Found.of(found)))
            elif odd is not Odd.FOLDER:
                folder.odd.append((name, odd))
        return folder

    def request(self, folder: bytes, name: bytes, size: int, beside: frozenset[bytes]) -> Request:
        """Return what a worker needs to look at one file; `beside` are the sidecars in its folder."""
        path = folder + b"/" + name if folder else name
        return Request(self.root, path, size, self._sidecars(folder, name, beside))

    def alone(self, path: bytes, size: int) -> Request:
        """Return what a worker needs to look at one file whose folder nobody listed."""
        folder, _, name = path.rpartition(b"/")
        there = self.absolute(folder)
        beside = frozenset(n for n in companion_names(name) if os.path.lexists(os.path.join(there, n)))
        return self.request(folder, name, size, beside)

    def requests(self, folder: Folder) -> Iterator[Request]:
        """Yield a request for each file of a folder."""
        beside = companions_among(name for name, _ in folder.files)
        for name, found in folder.files:
            yield self.request(folder.path, name, found.st_size, beside)

    def _sidecars(self, folder: bytes, name: bytes, beside: frozenset[bytes]) -> tuple[bytes, ...]:
        if self.sidecars is not None:
            return self.sidecars
        if not self.single and not self.names:
            return companions_of(name, beside) if beside else ()
        there = self.absolute(folder)
        return tuple(n for n in companion_names(name) if os.path.lexists(os.path.join(there, n)))


def zone_target(config: Config, zone: Zone) -> Target:
    """Return all of a zone as a target, without the zones inside it."""
    root = os.fsencode(zone.root)
    return Target(root, b"", zone, root, skip=_inner(config, zone.root, zone.root))


def all_zones(config: Config) -> tuple[Target, ...]:
    """Return every zone as a target, final zones first: what may leave the house is looked at before the rest."""
    zones = sorted(config.zones, key=lambda z: z.role is not Role.FINAL)
    return tuple(zone_target(config, z) for z in zones)


def targets_of(config: Config, paths: Iterable[Path]) -> tuple[Target, ...]:
    """Return what the paths name: files and folders, a folder's inner zones each as a target of their own.

    Raises `FileMissing` for a path with nothing there, `NotARegularFile` for a link, pipe, device or socket (these are
    never followed or opened), `NotPermitted` where the system does not let us look.
    """
    targets: list[Target] = []
    for path in paths:
        resolved, odd = located(config, path)
        if odd is None:
            targets.append(_file_target(config, resolved, os.fsencode(path)))
        else:
            targets += _folder_targets(config, resolved, os.fsencode(path))
    return tuple(dict.fromkeys(targets))


def targets_with_frames(config: Config, paths: Iterable[Path]) -> tuple[Target, ...]:
    """Return what the paths name, as `targets_of` does, and where nothing has that very name, the frames it stands for.

    Raises as `targets_of` does; `FileMissing` where there is neither.
    """
    targets: list[Target] = []
    for path in paths:
        try:
            targets += targets_of(config, [path])
        except FileMissing as missing:
            target = frames_target(config, path)
            if target is None:
                raise
            if not target.names:
                raise FileMissing(f"there is no frame of {display(os.fsencode(path))}") from missing
            targets.append(target)
    return tuple(dict.fromkeys(targets))


def frames_target(config: Config, path: Path) -> Target | None:
    """Return the frames that a name such as `shot.####.exr` stands for; none of them may be there.

    None for a name like any other. Raises as `targets_of` does for its folder.
    """
    from provenance.sequence import pattern_in

    pattern = pattern_in(os.fsencode(path.name))
    if pattern is None:
        return None
    folder, odd = located(config, path.parent)
    if odd is not Odd.FOLDER:
        return None
    try:
        names = os.listdir(os.fsencode(folder))  # noqa: PTH208 (as bytes)
    except OSError as error:
        raise _path_error(path.parent, error) from error
    found = config.place_of(folder)
    root, below, zone = (os.fsencode(folder), b"", None)
    if found is not None:
        zone, place = found
        root, below = os.fsencode(zone.root), place.path
    meant = sorted((number, name) for name in names if (number := pattern.number(name)) is not None)
    named = os.fsencode(path)[: -len(os.fsencode(path.name))]
    return Target(root, below, zone, named, names=tuple(name for _, name in meant))


def _refuse_detour(config: Config, absolute: Path, resolved: Path) -> None:
    """Refuse a path that goes into a zone and, by a link on the way, out of it or elsewhere in it.

    What lies in a zone by its name would otherwise be judged as what it is where the link leads.
    """
    roots = {z.root for z in config.zones}
    named = Path(os.path.normpath(absolute))
    for above in reversed((named, *named.parents)):
        if (root := above.resolve()) in roots:
            if root / named.relative_to(above) != resolved:
                raise NotARegularFile(f"{display(os.fsencode(absolute))} goes through a link inside a zone")
            return


def located(config: Config, path: Path) -> tuple[Path, Odd | None]:
    """Return a path with links in its folders resolved, and whether it is a folder; see `targets_of` for errors.

    A link is refused, also one to a folder, unless it leads from outside all zones to a zone's root: that one the
    configuration chose.
    """
    absolute = Path.cwd() / path
    try:
        resolved = absolute.resolve() if absolute.name in {"", ".."} else absolute.parent.resolve() / absolute.name
        odd = kind_of(resolved.lstat().st_mode)
        root = resolved.resolve() if odd is Odd.LINK else None
    except (OSError, RuntimeError) as error:
        raise _path_error(path, error) from error
    if root is not None and root in {z.root for z in config.zones} and config.place_of(resolved) is None:
        return root, Odd.FOLDER
    _refuse_detour(config, absolute, resolved)
    if odd is not None and odd is not Odd.FOLDER:
        raise NotARegularFile(f"{display(os.fsencode(path))} is a {odd.value}")
    return resolved, odd


_NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


def _path_error(path: Path, error: OSError | RuntimeError) -> FileTrouble:
    """Return the error for a path that leads nowhere. Before 3.13 `resolve` calls links in a circle `RuntimeError`."""
    shown = display(os.fsencode(path))
    if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
        return NotARegularFile(f"the links at {shown} lead in a circle")
    if error.errno in _NOTHING_THERE:
        return FileMissing(f"there is nothing at {shown}")
    if isinstance(error, PermissionError):
        return NotPermitted(f"not permitted to look at {shown}")
    return ReadFailed(f"cannot look at {shown}: {error.strerror or error}")


def _no_folder(zone: Zone) -> ZoneTrouble:
    return ZoneTrouble(f"the root of zone {display(zone.name)} is no folder: {display(os.fsencode(zone.root))}")


def _file_target(config: Config, path: Path, named: bytes) -> Target:
    found = config.place_of(path)
    if found is None:
        return Target(os.fsencode(path.parent), os.fsencode(path.name), None, named, single=True)
    zone, place = found
    if path == zone.root:
        raise _no_folder(zone)
    return Target(os.fsencode(zone.root), place.path, zone, named, single=True)


def _folder_targets(config: Config, path: Path, named: bytes) -> list[Target]:
    found = config.place_of(path)
    if found is None:
        outer = Target(os.fsencode(path), b"", None, named, skip=_inner(config, path, path))
    else:
        zone, place = found
        outer = Target(os.fsencode(zone.root), place.path, zone, named, skip=_inner(config, zone.root, path))
    inner = [z for z in config.zones if path in z.root.parents]
    return [outer, *(replace(zone_target(config, z), named=_under(named, path, z.root)) for z in inner)]


def _under(named: bytes, path: Path, root: Path) -> bytes:
    return os.path.join(named, os.path.relpath(os.fsencode(root), os.fsencode(path)))


def _inner(config: Config, root: Path, under: Path) -> frozenset[bytes]:
    """Return the roots of zones below `under`, as paths below `root`."""
    inner = (z.root for z in config.zones if under in z.root.parents)
    return frozenset(os.path.relpath(os.fsencode(i), os.fsencode(root)) for i in inner)


def named_twice(targets: Iterable[Target]) -> frozenset[bytes]:
    """Return the absolute paths below which a file belongs to more than one of these targets."""
    tops: dict[bytes, list[Target]] = {}
    for target in targets:
        tops.setdefault(target.absolute(target.below), []).append(target)
    return frozenset(
        path
        for path, same in tops.items()
        if len(same) > 1 or any(_holds(outer, path) for above in _above(path) for outer in tops.get(above, ()))
    )


def _holds(target: Target, path: bytes) -> bool:
    """Whether a path below a target's own belongs to it, and not to an inner zone."""
    below = os.path.relpath(path, target.root)
    return target.skip.isdisjoint((below, *_above(below)))


def lies_in(path: bytes, folders: frozenset[bytes]) -> bool:
    """Whether a path is one of some, or lies below one."""
    return not folders.isdisjoint((path, *_above(path)))


def _above(path: bytes) -> Iterator[bytes]:
    """Yield the folders above a path, as far as it names them."""
    while path := path.rpartition(b"/")[0]:
        yield path


def failure_error(target: Target, request: Request, failed: Failed) -> FileTrouble | NotExamined:
    """Return the error for a file that was asked for and could not be examined."""
    return _error(failed.failure, f"{display(target.shown(request.path))}: {failed.says}")


def folder_error(target: Target, folder: Folder) -> FileTrouble | NotExamined:
    """Return the error for a folder that was asked for and could not be listed."""
    return _error(folder_failure(folder), f"{display(target.shown(folder.path))}: the {unlisted(folder)}")


def unlisted(folder: Folder) -> str:
    """Return in words that a folder could not be listed, and why; where it is says whoever tells it."""
    error = folder.error
    return f"folder cannot be listed: {(error and error.strerror) or error}"


def folder_failure(folder: Folder) -> Failure:
    """Return why a folder that has an error could not be listed, in the words that files have for it."""
    match folder.error:
        case PermissionError():
            return Failure.NOT_PERMITTED
        case FileNotFoundError() | NotADirectoryError():
            return Failure.MISSING
        case _:
            return Failure.READ_FAILED


def _error(failure: Failure, says: str) -> FileTrouble | NotExamined:
    match failure:
        case Failure.MISSING:
            return FileMissing(says)
        case Failure.NOT_REGULAR:
            return NotARegularFile(says)
        case Failure.CHANGED:
            return ChangedWhileRead(says)
        case Failure.NOT_PERMITTED:
            return NotPermitted(says)
        case Failure.READ_FAILED:
            return ReadFailed(says)
        case Failure.NOT_EXAMINED:
            return NotExamined(says)
        case _:
            assert_never(failure)
