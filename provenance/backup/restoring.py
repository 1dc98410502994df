"""`restore`: putting a backup back where nothing is, after everything in it was verified.

All of it is copied into a private folder first, and verified there. Then each file gets its name by a link, which
never replaces anything; the catalogue last, because without it every verb refuses (30). What is put in place before a
failure is taken away again; what a kill leaves is a folder without a catalogue, and the same command goes on from
there.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from provenance.accepting import acceptances, differing, matters, require_accepted
from provenance.asset import Digest
from provenance.backup.making import copy_file
from provenance.backup.manifest import Manifest, Part, Piece, read_manifest
from provenance.backup.parts import destination, named_place, only, packs
from provenance.backup.reading import check_rules, content_of, key_names, refuse_links
from provenance.backup.workroom import LOCK_NAME, workroom
from provenance.catalogue import Catalogue, Head, Pin, ends_before
from provenance.catalogue.keptfile import KEPT_NAME, KeptFile
from provenance.config import Config, refuse_inside
from provenance.configfile import parse_config
from provenance.errors import (
    BackupBehind,
    BackupUnusable,
    ConfigInvalid,
    ConfigNotAccepted,
    DestinationExists,
    NotPermitted,
    ReadFailed,
)
from provenance.files import display, sync_folder
from provenance.personal import PersonalStore
from provenance.policy import load_policy

_ORDER = (
    Part.EVIDENCE,
    Part.KEPT,
    Part.PERSONAL,
    Part.ANCHOR,
    Part.KEY,
    Part.POLICY,
    Part.CONFIGURATION,
    Part.CATALOGUE,
)
_DATABASES = {Part.CATALOGUE, Part.PERSONAL, Part.KEPT}
_BESIDE_DATABASES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    manifest: Manifest
    config: Config
    put: tuple[Path, ...]
    there: tuple[Path, ...]
    """What was there already, byte for byte."""
    lost: tuple[Pin, ...]
    """Heads that were pinned after the backup was made: what they seal is not in it."""
    accepted: bool
    """Whether an administrator's signature covers the configuration that was put back."""
    standing: str
    """Who accepted the configuration, or that nobody did, as a sentence."""


@dataclass(slots=True)
class _Made:
    """What was made so far, to be taken away again if it comes to nothing."""

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    def folder(self, path: Path) -> bool:
        """Make a folder and those above it that are missing, for this user alone; return whether it was."""
        missing = [f for f in (path, *path.parents) if not f.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700)
            self.folders.append(folder)
        return bool(missing)

    def take_away(self) -> None:
        """Remove all of it, as far as nobody put anything beside it."""
        for path in reversed(self.files):
            path.unlink(missing_ok=True)
        for path in reversed(self.folders):
            try:
                path.rmdir()
            except OSError:
                return


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where a backup may be put: its configuration is somebody's word, and may name any place of the machine."""

    root: Path
    outside: bool
    """Whether it may go wherever the configuration says."""

    def check(self, path: Path, what: str) -> None:
        """Raise `BackupUnusable` for a place that is not below the root, by its name or by a link on the way."""
        real, root = Path(os.path.realpath(path.parent)), Path(os.path.realpath(self.root))
        if self.outside or real == root or root in real.parents:
            return
        says = f"{display(what)} of the backup goes to {display(str(path))}, which is not below {display(str(root))}"
        raise BackupUnusable(says, help=_OUTSIDE)


_OUTSIDE = (
    "Read the configuration in the backup. If that place is meant, say --outside; otherwise whoever wrote this backup "
    "wants to write where they should not. Nothing was put in place."
)


def restore(
    folder: Path, root: Path, pins: tuple[Pin, ...] = (), *, older: bool = False, outside: bool = False
) -> Restored:
    """Put the backup in `folder` back, with its configuration in `root`, and return what was put where.

    Anything that is to go elsewhere than below `root` needs `outside`. Raises `BackupUnusable` for one that is not
    whole, `BackupBehind` for one that ends before a pinned head unless `older`, `ChainBroken` for one that is not what
    was pinned, `DestinationExists` if anything else lies where a file is to go. Then everything is as it was.
    """
    manifest = read_manifest(folder)
    lost = _lost(manifest, pins, older=older)
    met = tuple(pin for pin in pins if pin not in lost and not (older and pin.seq is None))
    check_rules(folder, manifest)
    bounds, made = _Bounds(root, outside), _Made()
    try:
        there = _put_keys(folder, manifest, bounds, made)
        config = _config(folder, manifest, root)
        places = _places(manifest, config, _policies(folder, manifest, config), bounds)
        if made.folder(config.catalogue.parent):
            made.files.append(config.catalogue.with_name(LOCK_NAME))
        with workroom(config.catalogue.parent) as room:
            _stage(folder, room, [piece for piece, _ in places])
            _verify(room, manifest, met)
            there += _publish(room, places, made)
            accepted, standing = _verify_in_place(config, manifest)
    except OSError as error:
        made.take_away()
        kind = NotPermitted if isinstance(error, PermissionError) else ReadFailed
        raise kind(f"nothing can be put back into {display(str(root))}: {error}", help=_ROOM) from error
    except BaseException:
        made.take_away()
        raise
    put = tuple(path for path in made.files if path.name != LOCK_NAME)
    there = tuple(path for path in dict.fromkeys(there) if path not in put)
    return Restored(manifest, config, put, there, lost, accepted, standing)


def _lost(manifest: Manifest, pins: tuple[Pin, ...], *, older: bool) -> tuple[Pin, ...]:
    """Return the pins that are later than the backup; raises `BackupBehind` if there are any, unless `older`."""
    lost = tuple(pin for pin in ends_before(manifest.head.seq, pins) if pin.store == manifest.store)
    if lost and not older:
        newest = max(lost, key=lambda pin: pin.seq or 0)
        says = f"the backup of {manifest.made_at} ends with entry {manifest.head.seq} of the ledger"
        raise BackupBehind(f"{says}; entry {newest.seq} is pinned in {newest.source}")
    return lost


def _put_keys(folder: Path, manifest: Manifest, bounds: _Bounds, made: _Made) -> tuple[Path, ...]:
    """Put the public keys in place that the configuration names: without them it cannot be read.

    Each was parsed as a key before. Returns what was there already.
    """
    pieces = {named_place(piece, bounds.root): piece for piece in manifest.files if piece.part is Part.KEY}
    there = []
    for name in dict.fromkeys(key_names(content_of(folder, _configuration(manifest)))):
        path = Path(os.path.normpath(bounds.root / name))
        bounds.check(path, f"the key {name!r}")
        piece = pieces.get(path)
        if os.path.lexists(path):
            if path.is_symlink() or not path.is_file() or (piece is not None and not _same(path, piece)):
                raise DestinationExists(f"there is something else at {display(str(path))}", help=_AWAY)
            there.append(path)
        elif piece is None:
            raise BackupUnusable(f"the backup lacks the public key {display(name)}, which its configuration names")
        else:
            made.folder(path.parent)
            copy_file(folder / piece.name, path, most=piece.size)
            made.files.append(path)
            path.chmod(piece.mode & _MODES)
    return tuple(there)


def _configuration(manifest: Manifest) -> Piece:
    piece = only(manifest, Part.CONFIGURATION)
    assert piece is not None
    return piece


def _config(folder: Path, manifest: Manifest, root: Path) -> Config:
    """Return the configuration in a backup as it will be in `root`; raises `BackupUnusable` if it is not as it was."""
    piece = _configuration(manifest)
    name = piece.to or ""
    if not name or "/" in name or name in {".", ".."}:
        raise BackupUnusable(f"the backup's configuration has the name {name!r}")
    return parse_config(content_of(folder, piece), root / name)


def _policies(folder: Path, manifest: Manifest, config: Config) -> frozenset[Path]:
    """Return the files the policy is made of, as the packs in the backup name one another."""
    kept = {named_place(piece, config.folder): piece for piece in manifest.files if piece.part is Part.POLICY}

    def read(path: Path) -> bytes:
        if path not in kept:
            raise BackupUnusable(f"the backup lacks the policy that goes to {display(str(path))}")
        return content_of(folder, kept[path])

    return frozenset(path for _, path, _ in packs(config, read) if path is not None)


def _places(manifest: Manifest, config: Config, policies: frozenset[Path], bounds: _Bounds) -> list[tuple[Piece, Path]]:
    """Return where each file goes, in the order they are put there; raises if one may not go there."""
    places = [(piece, path) for piece in manifest.files if (path := destination(piece, config, policies)) is not None]
    for piece, path in places:
        bounds.check(path, piece.name)
        for zone in config.zones:
            refuse_inside(path, zone.root, f"{piece.name} of the backup")
        for ending in _BESIDE_DATABASES if piece.part in _DATABASES else ():
            if os.path.lexists(beside := path.with_name(path.name + ending)):
                says = f"{display(str(beside))} is left of a database that was there before"
                advice = (
                    "SQLite would mix it into what is put back. Keep it with what is left of the old one, elsewhere."
                )
                raise DestinationExists(says, help=advice)
        if piece.part is Part.CATALOGUE and os.path.lexists(path):
            raise DestinationExists(f"there is a catalogue at {display(str(path))}", help=_AWAY)
    return sorted(places, key=lambda place: _ORDER.index(place[0].part))


def _stage(folder: Path, room: Path, pieces: list[Piece]) -> None:
    """Copy everything into the private folder, and compare each file with its digest."""
    free, wanted = shutil.disk_usage(room).free, sum(piece.size for piece in pieces)
    if wanted > free:
        says = f"the backup is said to have {wanted:,} bytes, and {free:,} are free beside the catalogue"
        raise ReadFailed(says, help=_ROOM)
    for piece in pieces:
        target = room / piece.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_links(folder, piece)
        try:
            found = copy_file(folder / piece.name, target, most=piece.size)
        except FileNotFoundError as error:
            raise BackupUnusable(f"{piece.name} is missing from the backup") from error
        if found != (piece.sha256, piece.size):
            raise BackupUnusable(f"{piece.name} is not what was backed up")
        target.chmod(piece.mode & _MODES)


_MODES = 0o644
"""What a file that is put back may be allowed at the most: nothing in a backup is a program, or anybody's to write."""


def _verify(room: Path, manifest: Manifest, pins: tuple[Pin, ...]) -> None:
    """Verify the copies: the whole ledger, its head, what is pinned, and every value of the personal store."""
    catalogue, personal = only(manifest, Part.CATALOGUE), only(manifest, Part.PERSONAL)
    assert catalogue is not None
    # SQLite writes into what it opens; what is put in place is to be what was backed up.
    (room / "open").mkdir(mode=0o700)
    copy = room / "open" / "catalogue.db"
    copy_file(room / catalogue.name, copy)
    with Catalogue.open(copy) as opened:
        _same_head(manifest, opened.verify(pins), opened.store_id)
    if personal is not None:
        aside = room / "open" / "personal.db"
        copy_file(room / personal.name, aside)
        with PersonalStore.open(aside) as store:
            store.check()
    if (kept := only(manifest, Part.KEPT)) is not None:
        aside = room / "open" / KEPT_NAME
        copy_file(room / kept.name, aside)
        KeptFile(aside.with_name("catalogue.db")).check()


def _same_head(manifest: Manifest, top: Head, store: str) -> None:
    if (store, top.seq, top.hash) != (manifest.store, manifest.head.seq, manifest.head.hash):
        raise BackupUnusable("the ledger in the backup does not end as the manifest says")


def _publish(room: Path, places: list[tuple[Piece, Path]], made: _Made) -> tuple[Path, ...]:
    """Give each file its name, the catalogue last; return what was there already, byte for byte."""
    there = []
    for piece, path in places:
        made.folder(path.parent)
        if os.path.lexists(path):
            if not _same(path, piece):
                raise DestinationExists(f"there is something else at {display(str(path))}", help=_AWAY)
            there.append(path)
            continue
        _link(room / piece.name, path)
        made.files.append(path)
        sync_folder(path.parent)
    return tuple(there)


def _same(path: Path, piece: Piece) -> bool:
    import hashlib

    if path.is_symlink() or not path.is_file() or path.stat().st_size != piece.size:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == piece.sha256


def _link(staged: Path, path: Path) -> None:
    """Put a staged file in its place, where nothing must be; across file systems by a copy beside it."""
    aside = None
    try:
        if staged.stat().st_dev != path.parent.stat().st_dev:
            aside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
            copy_file(staged, aside)
        os.link(aside or staged, path, follow_symlinks=False)
    except FileExistsError as error:
        raise DestinationExists(f"there is something at {display(str(path))} by now", help=_AWAY) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _verify_in_place(config: Config, manifest: Manifest) -> tuple[bool, str]:
    """Verify what now lies where it is used from; return whether its configuration was accepted, and by whom."""
    with Catalogue.open(config.catalogue) as catalogue:
        _same_head(manifest, catalogue.verify(), Digest(catalogue.store_id))
        return _standing(config, catalogue)


def _standing(config: Config, catalogue: Catalogue) -> tuple[bool, str]:
    """Return whether an administrator's signature covers a configuration, and who stands behind it, as a sentence."""
    found = acceptances(catalogue)
    try:
        policy = load_policy(config.policy, config.folder)
        require_accepted(config, policy, catalogue)
        differences = tuple(differing(found.last.document, matters(config, policy))) if found.last else ()
    except (ConfigNotAccepted, ConfigInvalid) as error:
        return False, f"configuration NOT ACCEPTED: {error.message}; the gate refuses until an administrator accepts it"
    if found.last is None or differences:
        return False, "configuration UNSIGNED: anyone who could write the backup could have written it; read it first"
    by = found.last.authority
    first = ", who is believed of themselves: nothing was accepted before" if found.last.first else ""
    return True, f"configuration accepted by {by.name} with key {by.key} ({found.last.record}){first}"


_AWAY = "Nothing is ever replaced. Move what is there away, or name another place with --to."
_ROOM = "Mend what is said above and run the command again; what it had put in place was taken away."
