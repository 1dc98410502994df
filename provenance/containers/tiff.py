"""TIFF and BigTIFF, and the RAW formats that are TIFF: the chain of directories, and those they point at.

XMP is tag 700, a credential tag 0xCD41 (C2PA 2.2, A.3.3). Values lie anywhere in the file, so the tags that can hold
a mark are copied into a small TIFF structure of their own, one for each directory.
"""

from collections import deque

from provenance.containers.directory import Directory, Entry, Layout, layout_of, read_directory
from provenance.containers.ending import FOOT, ends_as_a_part, look_at_end
from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import STEPS, Notes
from provenance.containers.remains import find_remains, find_type, search
from provenance.containers.resources import read_resources
from provenance.containers.tiff_block import rebuilt
from provenance.containers.window import Window

_TIFF = Format("image/tiff", Carries.YES, "image/tiff")
_DNG = Format("image/x-adobe-dng", Carries.YES, "image/x-adobe-dng")
_CR2 = Format("image/x-canon-cr2", Carries.NO)
_RAW = Format("image/x-raw", Carries.NO)
_RAW_BY_MAKER = (
    (b"NIKON", Format("image/x-nikon-nef", Carries.YES, "image/x-nikon-nef")),
    (b"SONY", Format("image/x-sony-arw", Carries.YES, "image/x-sony-arw")),
)
_OWN_HEADERS = {b"IIRO": "image/x-olympus-orf", b"IIRS": "image/x-olympus-orf", b"IIU\0": "image/x-panasonic-rw2"}

_MAKE, _PHOTOMETRIC, _DNG_VERSION, _COLOUR_FILTER = 0x010F, 0x0106, 0xC612, 32803
_SUB_IFDS, _EXIF, _XMP, _STORE = 0x014A, 0x8769, 0x02BC, 0xCD41
_IPTC, _PHOTOSHOP = 0x83BB, 0x8649
_STRIPS = frozenset({0x0111, 0x0144})
_EXTENTS = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202))
"""Where parts of a picture are, and how long each is: strips, tiles, and a JPEG of its own."""
_MOST_EXTENTS = 65_536
_MOST_DIRECTORIES = 4096
_MOST_SUBS = 32
_LOOKED = 256
_BEHIND, _TAIL = 4096, 32 << 10
"""Bytes behind a directory and at the end that are looked at: the SDK puts the store there, and the entry for it may
be damaged."""


def _recognise(head: bytes, window: Window) -> Format | None:
    if head[:4] in _OWN_HEADERS:
        return Format(_OWN_HEADERS[head[:4]], Carries.NO)
    layout = layout_of(head)
    if layout is None:
        return None
    if head[8:11] == b"CR\2":
        return _CR2
    first = read_directory(window, layout, layout.first)
    if any(entry.tag == _DNG_VERSION for entry in first.entries):
        return _DNG
    return _raw_by(window, layout, first) if _holds_sensor_data(window, layout, first) else _TIFF


def _holds_sensor_data(window: Window, layout: Layout, first: Directory) -> bool:
    """Whether a picture here is what a sensor gave, before colours were made of it (TIFF/EP, 6.2.1)."""
    directories = [first]
    directories += [read_directory(window, layout, at) for at in pointers(window, layout, first, _SUB_IFDS)]
    return any(
        entry.tag == _PHOTOMETRIC and layout.number(entry.field[:2]) == _COLOUR_FILTER
        for directory in directories
        for entry in directory.entries
    )


def _raw_by(window: Window, layout: Layout, first: Directory) -> Format:
    make = next((e for e in first.entries if e.tag == _MAKE), None)
    name = b"" if make is None else window.at(*layout.span(make))[:16].upper()
    return next((found for maker, found in _RAW_BY_MAKER if name.startswith(maker)), _RAW)


def pointers(window: Window, layout: Layout, directory: Directory, tag: int) -> list[int]:
    """Return the offsets of the directories that a tag points at."""
    found = []
    for entry in directory.entries:
        if entry.tag == tag:
            found += _numbers(window, layout, entry, _MOST_SUBS)
    return found


def _walk(window: Window, notes: Notes) -> None:
    """Read the chain of directories, then those below them; each offset once, since they may lead in circles."""
    layout = layout_of(window.at(0, 16)) or layout_of(b"II*\0" + window.at(4, 4))
    if layout is None:
        return
    waiting, seen = deque([(layout.first, "TIFF directory", True)]), set[int]()
    left, broken = STEPS, False
    unnamed = ends_as_a_part(window)
    while waiting:
        at, name, wanted = waiting.popleft()
        if at in seen:
            continue
        seen.add(at)
        if left <= 0 or len(seen) > _MOST_DIRECTORIES:
            notes.gap(f"{name} at {at}", f"there are more than {_MOST_DIRECTORIES} directories, or {STEPS} tags")
            broken = True
            break
        directory = read_directory(window, layout, at)
        left -= len(directory.entries)
        # RAW formats leave rubbish where a directory below another should name no next one.
        if directory.trouble and wanted:
            notes.gap(f"{name} at {at}", directory.trouble)
            broken = True
        if not directory.entries and not directory.trouble and wanted:
            notes.gap(f"{name} at {at}", "it has no entries, as no directory may")
            broken = True
        _read(window, notes, layout, (directory, f"{name} at {at}"))
        unnamed = unnamed and not _reaches_end(window, layout, directory)
        if directory.following:
            waiting.append((directory.following, name, name == "TIFF directory"))
        waiting.extend((sub, "TIFF sub-directory", True) for sub in pointers(window, layout, directory, _SUB_IFDS))
    if not notes.suspect and find_type(window.at(max(0, window.size - _TAIL), _TAIL)) >= 0:
        notes.residue("TIFF end of the file")
    if unnamed:
        look_at_end(window, notes, pictures=True)
    if broken:
        search(window, notes, 0, "TIFF data")


def _reaches_end(window: Window, layout: Layout, directory: Directory) -> bool:
    """Whether a directory names anything that lies at the end of the file, which then is the file's own."""
    end = window.size - FOOT
    if any(sum(layout.span(entry)) > end for entry in directory.entries):
        return True
    entries = {entry.tag: entry for entry in directory.entries}
    for offset, length in _EXTENTS:
        if offset in entries and length in entries:
            places, lengths = (_numbers(window, layout, entries[tag]) for tag in (offset, length))
            if any(at + size > end for at, size in zip(places, lengths, strict=False)):
                return True
    return False


def _numbers(window: Window, layout: Layout, entry: Entry, most: int = _MOST_EXTENTS) -> list[int]:
    """Return the first numbers of an entry's value."""
    start, length = layout.span(entry)
    width = layout.width(entry)
    data = window.at(start, min(length, most * width))
    return [layout.number(data[at : at + width]) for at in range(0, len(data) - width + 1, width)]


def _read(window: Window, notes: Notes, layout: Layout, at: tuple[Directory, str]) -> None:
    """Read one directory: XMP, remains of a store, and the tags that can hold a mark."""
    directory, name = at
    for entry in directory.entries:
        start, length = layout.span(entry)
        place = f"TIFF tag 0x{entry.tag:04X} in the {name.removeprefix('TIFF ')}"
        if entry.tag == _STORE:
            notes.residue(place)
        elif entry.tag == _XMP:
            data = window.at(start, notes.bounded(place, length))
            notes.block(BlockKind.XMP, place, data)
            if start + length > window.size:
                notes.gap(place, "its value lies outside the file")
        elif entry.tag == _IPTC:
            notes.block(BlockKind.IPTC, place, window.at(start, notes.bounded(place, length)))
        elif entry.tag == _PHOTOSHOP:
            read_resources(window, notes, (start, min(start + length, window.size)), place)
        elif entry.tag == _SUB_IFDS and entry.count > _MOST_SUBS:
            notes.gap(place, f"it names {entry.count} directories; only the first {_MOST_SUBS} were read")
        elif entry.tag in _STRIPS:
            _check_picture(window, notes, layout, (entry, place))
        elif length > _LOOKED and find_remains(window.at(start, _LOOKED)) >= 0:
            notes.residue(place)
    if directory.entries and not notes.suspect and find_type(window.at(directory.stop, _BEHIND)) >= 0:
        notes.residue(f"TIFF bytes behind the {name.removeprefix('TIFF ')}")
    exif = _exif_of(window, notes, layout, directory)
    block = rebuilt(window, notes, layout, (directory.entries, exif, name))
    if block:
        notes.block(BlockKind.EXIF, name, block)


def _exif_of(window: Window, notes: Notes, layout: Layout, directory: Directory) -> tuple[Entry, ...]:
    """Return the entries of the EXIF directory below this one."""
    entries: list[Entry] = []
    for at in pointers(window, layout, directory, _EXIF)[:1]:
        found = read_directory(window, layout, at)
        entries += found.entries
        if found.trouble:
            notes.gap(f"EXIF directory at {at}", found.trouble)
    return tuple(entries)


def _check_picture(window: Window, notes: Notes, layout: Layout, at: tuple[Entry, str]) -> None:
    """Note where the picture lies outside the file, as it does in a copy that was not finished."""
    entry, place = at
    start, length = layout.span(entry)
    width = layout.width(entry)
    last = window.at(start + max(0, length - width), width)
    if layout.number(last) >= window.size or len(last) < width:
        notes.gap(place, "part of the picture lies outside the file: it is cut short or damaged")


FAMILY = Family(_recognise, _walk, End.OWN)
