"""One file on its way. Killed between any two system calls, `resume` finds out how far it came, and finishes."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provenance.asset import Digest, StatKey
from provenance.files import stat_key
from provenance.moving.copying import copy_bytes, digest_of, digest_on_disk, dress
from provenance.moving.folders import PRIVATE, Spot, made_folder, sync_descriptor
from provenance.moving.renaming import (
    Unsupported,
    link_new,
    lstat,
    publish,
    put_back,
    rename_new,
    step_aside,
    unlink_if_there,
)
from provenance.moving.snags import NotMoved, Snag, at_either, at_the_source, at_the_target, writable
from watcher.opening import kind_of, opened_folder

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHER_BYTES = "its bytes are not those that were looked at"
_MAKE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Parcel:
    """One version of a file, and where it is to go.

    `mark` is what names begin with that have to stand aside for a moment, at either end: the same for the same move
    however often it is tried, and used for nothing else. `folders` is the mode of folders that are made for it.
    """

    source: Spot
    target: Spot
    key: StatKey
    digest: Digest
    mark: bytes
    folders: int = PRIVATE
    by_bytes: bool = False
    """Whether other dates alone make no other version: its bytes then say whether it is the one that is meant."""

    @property
    def taken(self) -> bytes:
        """What the source is called between being renamed and being removed."""
        return taken_name(self.mark)

    @property
    def part(self) -> bytes:
        """What a copy is called until it is complete."""
        return self.mark + b".part"


def taken_name(mark: bytes) -> bytes:
    """Return what a source is called between being renamed and being removed."""
    return mark + b".taken"


def aside_of(source: Spot, mark: bytes) -> Spot:
    """Return where the source of a move may stand aside, if that was cut off."""
    folder = source.folder
    return Spot(source.root, folder + b"/" + taken_name(mark) if folder else taken_name(mark))


def move(parcel: Parcel) -> tuple[str, ...]:
    """Move a file; return what of its belongings could not be kept, which happens to copies only.

    Raises `NotMoved`, with everything as it was. Names are durable after `sync_folders`, those of copies at once.
    """
    with at_the_source(), _entered(parcel.source) as source:
        found = lstat(source, parcel.source.name)
        _refuse_other_version(parcel, found)
        if found is not None and not parcel.key.same_version(stat_key(found)) and _same_file(parcel, found):
            # It was renamed or linked, or its date was set back. Once it is moved nothing would tell which.
            _refuse_other_bytes(parcel, source, parcel.source.name)
        with _made(parcel) as target:
            for way in (_by_rename, _by_link):
                try:
                    way(parcel, source, target)
                except Unsupported:
                    continue
                return ()
            return _by_copy(parcel, source, target)


def copy(parcel: Parcel) -> tuple[str, ...]:
    """Copy a file and leave it where it lies; return what of its belongings could not be kept. Raises `NotMoved`."""
    with at_the_source(), _entered(parcel.source) as source, _made(parcel) as target:
        return _copied(parcel, source, target)


def resume(parcel: Parcel, *, leave_source: bool = False, private: bool = True) -> bool:
    """Finish a `move` (or with `leave_source` a `copy`) that was cut off; return whether the file has arrived.

    If it has not, it lies where it lay. `private`: nobody else puts files where this one was to go, so that something
    else there was moved in its place, and is put back. Raises `NotMoved`.
    """
    with at_the_source(), _entered_or_none(parcel.source) as source, _entered_or_none(parcel.target) as target:
        arrived = False
        if target is not None:
            unlink_if_there(target, parcel.part)
            arrived = _is_it(parcel, target, None if source is None else os.fstat(source).st_dev)
            if private and not arrived and source is not None:
                _evict(parcel, target, source)
        if source is not None and not leave_source:
            _finish_source(parcel, source, arrived=arrived)
        return arrived


def stand_back(parcel: Parcel) -> None:
    """Give back what a move that was cut off left aside: the source its name, and the room of an unfinished copy.

    Raises `NotMoved`.
    """
    with at_the_source(), _entered_or_none(parcel.source) as source, _entered_or_none(parcel.target) as target:
        if target is not None:
            unlink_if_there(target, parcel.part)
        if source is not None and lstat(source, parcel.taken) is not None:
            put_back(source, parcel.taken, source, parcel.source.name)


def remove(spot: Spot) -> None:
    """Remove a file, if it is there. Raises `NotMoved`."""
    with at_the_source(), _entered_or_none(spot) as folder:
        if folder is not None:
            unlink_if_there(folder, spot.name)


def _evict(parcel: Parcel, target: int, source: int) -> None:
    """Put back what was moved in the place of what was meant. From another file system nothing came but what was."""
    stray = lstat(target, parcel.target.name)
    if stray is not None and stray.st_dev == os.fstat(source).st_dev:
        put_back(target, parcel.target.name, source, parcel.source.name)


def _finish_source(parcel: Parcel, source: int, *, arrived: bool) -> None:
    """Take the source away if the file has arrived, else give it its name back."""
    name, aside = parcel.source.name, parcel.taken
    unlink_if_there(source, parcel.part)
    if lstat(source, aside) is None:
        if arrived and _holds(parcel, source, name):
            _remove_source(parcel, source)
    elif arrived and _holds(parcel, source, aside):
        os.unlink(aside, dir_fd=source)
    else:
        put_back(source, aside, source, name)


def _holds(parcel: Parcel, folder: int, name: bytes) -> bool:
    """Whether a name still leads to the very file that was meant, with the very bytes."""
    found = lstat(folder, name)
    return found is not None and _same_inode(parcel, found) and _digest_at(folder, name) == parcel.digest


@contextmanager
def _entered(spot: Spot) -> Iterator[int]:
    """Yield a descriptor of the folder a file lies in."""
    with at_the_source(), opened_folder(spot.root, spot.folder) as folder:
        own = os.dup(folder)
    try:
        yield own
    finally:
        os.close(own)


@contextmanager
def _entered_or_none(spot: Spot) -> Iterator[int | None]:
    """Yield a descriptor of a folder, or None if it is not there (any more)."""
    try:
        with opened_folder(spot.root, spot.folder) as folder:
            own = os.dup(folder)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    except OSError as error:
        with at_the_source():
            raise error from None
    try:
        yield own
    finally:
        os.close(own)


@contextmanager
def _made(parcel: Parcel) -> Iterator[int]:
    """Yield a descriptor of the folder a file is to go to, made if it was missing."""
    with at_the_target(), made_folder(parcel.target, parcel.folders) as folder:
        own = os.dup(folder)
    try:
        yield own
    finally:
        os.close(own)


def _refuse_other_version(parcel: Parcel, found: os.stat_result | None) -> None:
    """Raise `NotMoved` unless what lies there is the version that is meant."""
    if found is None:
        raise NotMoved(Snag.GONE, "there is nothing there any more")
    odd = kind_of(found.st_mode)
    if odd is not None:
        raise NotMoved(Snag.CHANGED, f"there is a {odd.value} in its place")
    if not (parcel.key.same_version(stat_key(found)) or (parcel.by_bytes and _same_inode(parcel, found))):
        raise NotMoved(Snag.CHANGED, "it was changed since it was looked at")


def _refuse_other_bytes(parcel: Parcel, folder: int, name: bytes) -> None:
    """Raise `NotMoved` unless the bytes at a name are those that are meant."""
    if _digest_at(folder, name) != parcel.digest:
        raise NotMoved(Snag.CHANGED, _OTHER_BYTES)


def _same_inode(parcel: Parcel, found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and (parcel.key.inode, parcel.key.size) == (found.st_ino, found.st_size)


def _same_file(parcel: Parcel, found: os.stat_result) -> bool:
    """Whether this is the inode that is meant, with its bytes as they were; a rename or a link changes its ctime."""
    return _same_inode(parcel, found) and parcel.key.mtime_ns == found.st_mtime_ns


def _is_it(parcel: Parcel, target: int, device: int | None) -> bool:
    """Whether what arrived is what was meant: the same inode on the same device, or else the same bytes."""
    found = lstat(target, parcel.target.name)
    if found is None or not stat.S_ISREG(found.st_mode):
        return False
    if found.st_dev == device and _same_file(parcel, found):
        return True
    return _digest_at(target, parcel.target.name) == parcel.digest


def _digest_at(folder: int, name: bytes) -> Digest | None:
    """Return the digest of a file by its name; None where it cannot be read: then nothing is proven of it."""
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
        try:
            return digest_of(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return None


def _by_rename(parcel: Parcel, source: int, target: int) -> None:
    with at_either(target):
        rename_new(source, parcel.source.name, target, parcel.target.name)
    if not _is_it(parcel, target, os.fstat(source).st_dev):
        with at_the_source():
            put_back(target, parcel.target.name, source, parcel.source.name)
        raise NotMoved(Snag.CHANGED, "it was changed while it was moved, and put back")


def _by_link(parcel: Parcel, source: int, target: int) -> None:
    with at_either(target):
        link_new(source, parcel.source.name, target, parcel.target.name)
    try:
        if not _is_it(parcel, target, os.fstat(source).st_dev):
            raise NotMoved(Snag.CHANGED, "it was changed while it was moved")
        _remove_source(parcel, source)
    except NotMoved:
        if not _still_there(parcel, source):
            return
        unlink_if_there(target, parcel.target.name)  # one of two names of the same file
        raise


def _by_copy(parcel: Parcel, source: int, target: int) -> tuple[str, ...]:
    if not writable(source):
        raise NotMoved(Snag.NOT_PERMITTED, "where it lies: this user may not take anything away")
    lost = _copied(parcel, source, target)
    try:
        _refuse_other_version(parcel, lstat(source, parcel.source.name))
        _remove_source(parcel, source)
    except NotMoved:
        if _still_there(parcel, source):
            unlink_if_there(target, parcel.target.name)  # a copy; the file itself is untouched
            raise
    return lost


def _still_there(parcel: Parcel, source: int) -> bool:
    """Whether anything lies at the source: what arrived is undone only if that is so, or it might be the last of it."""
    return any(lstat(source, name) is not None for name in (parcel.source.name, parcel.taken))


def _remove_source(parcel: Parcel, source: int) -> None:
    """Take the source away, having seen under a name nobody else uses that it is what is to go.

    Between a look at a name and an unlink of it somebody may put another file there, which would be lost.
    """
    with at_the_source():
        step_aside(source, parcel.source.name, parcel.taken)
        found = lstat(source, parcel.taken)
        if found is None:
            return  # somebody removed it
        try:
            if not _same_file(parcel, found):
                if not (parcel.by_bytes and _same_inode(parcel, found)):
                    raise NotMoved(Snag.CHANGED, "another file was put in its place while it was moved")
                _refuse_other_bytes(parcel, source, parcel.taken)
            os.unlink(parcel.taken, dir_fd=source)
        except (NotMoved, OSError):
            put_back(source, parcel.taken, source, parcel.source.name)
            raise


def _copied(parcel: Parcel, source: int, target: int) -> tuple[str, ...]:
    """Put a copy in place, complete, compared and durable, or nothing at all."""
    with at_the_source():
        original = os.open(parcel.source.name, _READ, dir_fd=source)
    try:
        _refuse_other_version(parcel, os.fstat(original))
        with at_the_target():
            unlink_if_there(target, parcel.part)
            part = os.open(parcel.part, _MAKE, 0o600, dir_fd=target)
        try:
            with at_the_target():
                lost = _filled(parcel, original, part)
                publish(target, parcel.part, parcel.target.name)
                sync_descriptor(target)
        except BaseException:
            unlink_if_there(target, parcel.part)
            raise
        finally:
            os.close(part)
    finally:
        os.close(original)
    return lost


def _filled(parcel: Parcel, original: int, part: int) -> tuple[str, ...]:
    """Fill a copy and prove it; raises `NotMoved` if what was read or what was written is not what is meant."""
    seen = copy_bytes(original, part)
    _refuse_other_version(parcel, os.fstat(original))
    if seen != parcel.digest:
        raise NotMoved(Snag.CHANGED, _OTHER_BYTES)
    lost = dress(original, part)
    if digest_on_disk(part) != parcel.digest:
        raise NotMoved(Snag.STORAGE, "where it is to go: a copy does not read back as what was written")
    return lost


def put(spot: Spot, data: bytes, mark: bytes, mode: int) -> bool:
    """Write a small file under a name that nothing has yet, all at once; return False if something has.

    Its folder must be there. Raises `NotMoved`. To be repeated after a kill. A power cut may lose it: many are written
    together, and to wait for the disk for each would take longer than all they tell of.
    """
    aside = mark + b".part"
    with at_the_target(), opened_folder(spot.root, spot.folder) as folder:
        unlink_if_there(folder, aside)
        if lstat(folder, spot.name) is not None:
            return False
        part = os.open(aside, _MAKE, 0o600, dir_fd=folder)
        try:
            with os.fdopen(part, "wb") as stream:
                stream.write(data)
                os.fchmod(stream.fileno(), mode)
            publish(folder, aside, spot.name)
        except FileExistsError:
            unlink_if_there(folder, aside)
            return False
        except BaseException:
            unlink_if_there(folder, aside)
            raise
    return True
