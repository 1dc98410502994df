"""`backup`: a copy of everything the house knows, verified before it is called one."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from provenance.asset import Digest, UtcTime
from provenance.backup.manifest import (
    CATALOGUE_NAME,
    MANIFEST_NAME,
    Manifest,
    Part,
    Piece,
    PinnedHead,
    manifest_text,
)
from provenance.backup.parts import Source, evidence_of, left_out, rules_of
from provenance.backup.workroom import workroom
from provenance.catalogue import Catalogue, Pin, copy_whole
from provenance.catalogue.keptfile import KEPT_NAME, KeptFile
from provenance.config import Config, refuse_inside
from provenance.errors import BackupUnusable, DestinationExists, FileMissing, NotPermitted, ReadFailed
from provenance.files import BLOCK, display, sync_folder
from provenance.personal import PERSONAL_NAME, Copy, PersonalStore, finish_erasures, personal_path


def back_up(config: Config, target: Path, at: UtcTime, version: str, pins: tuple[Pin, ...] = ()) -> Manifest:
    """Copy everything into the folder `target`, which must not be there yet, and return what is in it.

    Others may go on writing: the catalogue is copied as it was at one instant. The copy is verified, against `pins`
    too, before the folder gets its name. Raises `DestinationExists`, `FileTrouble` where it cannot be written,
    `ZoneTrouble` for a folder in a zone, `ChainBroken` and `PersonalTrouble` if what is copied does not hold,
    `BackupUnusable` if an original is not what was kept.
    """
    for zone in config.zones:
        refuse_inside(target, zone.root, "the backup")
    if os.path.lexists(target):
        raise DestinationExists(f"{display(str(target))} is there already", help="Name a folder that is not there yet.")
    with workroom(config.catalogue.parent) as room, _aside(target) as aside:
        databases, head, store = _catalogue(config, room, pins)
        with _personal(config, room, Copy(display(str(target)), at)) as personal:
            # Records name originals and values that are stored before them: what is copied later holds at least these.
            sources = (*databases, *personal, *_kept(config, room), *evidence_of(config), *rules_of(config))
            manifest = Manifest(
                made_at=at,
                version=version,
                project=config.project,
                store=store,
                head=head,
                files=tuple(_copied(source, aside) for source in sources),
                left_out=left_out(config),
            )
            _write(aside / MANIFEST_NAME, manifest_text(manifest))
            _put_in_place(aside, target)
    return manifest


def _catalogue(config: Config, room: Path, pins: tuple[Pin, ...]) -> tuple[tuple[Source, ...], PinnedHead, str]:
    """Copy the catalogue and verify the copy."""
    copy = _empty(room / CATALOGUE_NAME)
    copy_whole(config.catalogue, copy)
    with Catalogue.open(copy) as catalogue:
        top = catalogue.verify(pins)
        head = PinnedHead(seq=top.seq, hash=Digest(top.hash), at=catalogue.ledger.written_at(top.seq))
        store = catalogue.store_id
    return (Source(Part.CATALOGUE, CATALOGUE_NAME, None, copy),), head, store


@contextmanager
def _personal(config: Config, room: Path, copy: Copy) -> Iterator[tuple[Source, ...]]:
    """Copy the personal store, if there is one, and check the copy. The store knows of it before there is one."""
    path = personal_path(config.catalogue)
    if not os.path.lexists(path):
        yield ()
        return
    with PersonalStore.open(path) as store:
        with Catalogue.open(config.catalogue) as catalogue:
            finish_erasures(catalogue, store)
        store.note_copy(copy)
        try:
            aside = _empty(room / PERSONAL_NAME)
            copy_whole(path, aside)
            with PersonalStore.open(aside) as copied:
                copied.check()
            yield (Source(Part.PERSONAL, PERSONAL_NAME, None, aside),)
        except BaseException:
            store.forget_copy(copy)
            raise


def _kept(config: Config, room: Path) -> tuple[Source, ...]:
    """Copy what verdicts were drawn from, if anything is kept, and check the copy."""
    path = KeptFile(config.catalogue).path
    if not os.path.lexists(path):
        return ()
    copy_whole(path, aside := _empty(room / KEPT_NAME))
    KeptFile(aside).check()
    return (Source(Part.KEPT, KEPT_NAME, None, aside),)


def _empty(path: Path) -> Path:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return path


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Yield a folder beside `target` to fill; whatever is still there at the end goes. Its errors are ours."""
    aside = target.with_name(f".{target.name}.part")
    try:
        try:
            aside.mkdir(mode=0o700)
        except FileExistsError as error:
            says = f"{display(str(aside))} is there: another backup to the same place is under way, or was cut off"
            advice = "If none is under way, remove that folder: it holds what a backup holds."
            raise DestinationExists(says, help=advice) from error
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except FileNotFoundError as error:
        says = f"{display(str(target))} cannot be made: {error.filename} is not there"
        raise FileMissing(says, help="Name a folder in one that is there.") from error
    except PermissionError as error:
        raise NotPermitted(f"{display(str(target))} cannot be made: {error.filename}: {error.strerror}") from error
    except OSError as error:
        raise ReadFailed(f"{display(str(target))} cannot be made: {error.strerror}") from error


def _copied(source: Source, aside: Path) -> Piece:
    """Copy one file into the backup, durably, and return what it is."""
    path = aside / source.name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if isinstance(source.content, bytes):
        _write(path, source.content)
        digest, size = Digest(hashlib.sha256(source.content).hexdigest()), len(source.content)
    else:
        digest, size = copy_file(source.content, path)
    if source.part is Part.EVIDENCE and digest != path.name:
        raise BackupUnusable(
            f"what is kept as evidence {path.name} is not what was kept",
            help="Find the original by its digest in an older backup. Nothing was backed up.",
        )
    return Piece(part=source.part, name=source.name, to=source.to, sha256=digest, size=size, mode=source.mode)


def copy_file(source: Path, target: Path, *, most: int | None = None) -> tuple[Digest, int]:
    """Copy a regular file to a new one, for this user alone and durably; return its digest and size. Raises `OSError`.

    Never follows a link in the last step, never waits for a pipe, and stops after the block in which there are more
    than `most` bytes.
    """
    slow, size = hashlib.sha256(), 0
    came_from = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(came_from, "rb") as reading, _new(target) as writing:
        while block := reading.read(BLOCK):
            slow.update(block)
            size += len(block)
            writing.write(block)
            if most is not None and size > most:
                break
    return Digest(slow.hexdigest()), size


def _write(path: Path, content: bytes) -> None:
    with _new(path) as stream:
        stream.write(content)


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _put_in_place(aside: Path, target: Path) -> None:
    """Give the folder its name, once all in it is durable; never in the place of anything but an empty folder."""
    for folder in (*(f for f in aside.iterdir() if f.is_dir()), aside):
        sync_folder(folder)
    if os.path.lexists(target):
        raise DestinationExists(f"{display(str(target))} is there by now", help="Name another folder.")
    aside.rename(target)
    sync_folder(target.parent)
