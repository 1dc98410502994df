"""The list of files in a ZIP (APPNOTE 4.3.12 to 4.3.16, 4.5.3), read strictly.

Programs disagree on a ZIP that says two things: they follow the list at its end, or the headers before each file, the
first list or the last. So a list counts only where it, its files and the record behind it are all there is in the file,
one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provenance.containers.notes import Notes
from provenance.containers.window import Window

_END, _END64, _LOCATOR, _FILE, _LOCAL = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2", b"PK\3\4"
_COMMENT = 65_535 + 22
_LIST_LIMIT = 64 << 20
_PADDING = 64 << 10
_MOST_EXTRA = 256
_DESCRIBED = 0x0008
_DESCRIPTORS = frozenset({12, 16, 20, 24})
"""Bytes behind a file that say again how long it is: with or without a signature, in 32 or 64 bits (4.3.9)."""
_OPEN = frozenset({0, 0xFFFFFFFF})
_ENCRYPTED = 0x2041
_FOLDER, _LINK = 0o040000, 0o120000
_UNIX = frozenset({3, 19})


class Packed(NamedTuple):
    """One file as the list has it: its name, its place in the list, where it starts, and how it is kept."""

    name: bytes
    number: int
    header: int
    method: int
    flags: int
    crc: int
    length: int
    size: int
    mode: int

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED) or self.method == 99

    @property
    def link(self) -> bool:
        return self.mode & 0o170000 == _LINK

    @property
    def folder(self) -> bool:
        return self.name.endswith(b"/") and self.size == 0 == self.length


@dataclass(frozen=True, slots=True)
class _End:
    """Where the list starts and stops, how many files it has, and how far all offsets are moved."""

    start: int
    stop: int
    count: int
    moved: int


def list_files(window: Window, notes: Notes) -> Iterator[tuple[Packed, int]]:
    """Yield each file in the order of the list, with where its content starts, or -1 where nothing leads to it.

    Whatever is in the ZIP besides, or says something else, is a gap.
    """
    end = _find_end(window, notes)
    if end is None:
        return
    if end.moved:
        notes.gap("inside", f"{end.moved} bytes stand before the first file of the ZIP, and were not examined")
    files = tuple(_entries(window, notes, end))
    contents = {file.number: _content(window, file) for file in files}
    _check(window, notes, end, [(file, contents[file.number]) for file in files])
    for file in files:
        yield file, contents[file.number]


def _find_end(window: Window, notes: Notes) -> _End | None:
    """Follow the record at the end of the file; None where that leads nowhere."""
    start = max(0, window.size - _COMMENT)
    tail = window.at(start, _COMMENT)
    found = tail.rfind(_END)
    record = tail[found : found + 22]
    if found < 0 or len(record) < 22:
        notes.gap("inside", "the ZIP has no record at its end, and its files were not examined")
        return None
    if found + 22 + int.from_bytes(record[20:], "little") != len(tail):
        notes.gap("inside", "something stands behind the end of the ZIP, and was not examined")
    at = start + found
    count, size, offset = (int.from_bytes(record[i:j], "little") for i, j in ((10, 12), (12, 16), (16, 20)))
    stop = at
    locator = window.at(at - 20, 20) if at >= 20 else b""
    if locator.startswith(_LOCATOR):
        place = int.from_bytes(locator[8:16], "little")
        wide = window.at(place, 56)
        if not wide.startswith(_END64) or place + 12 + int.from_bytes(wide[4:12], "little") != at - 20:
            notes.gap("inside", "the ZIP's record of its list is damaged, and its files were not examined")
            return None
        wider = tuple(int.from_bytes(wide[i : i + 8], "little") for i in (32, 40, 48))
        told = zip((count, size, offset), wider, (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), strict=True)
        if any(short not in {long, mark} for short, long, mark in told):
            notes.gap("inside", "the ZIP has two records of its list that say different things")
        count, size, offset = wider
        stop = place
    if record[4:8] != bytes(4) or offset + size > stop:
        notes.gap("inside", "the ZIP is one of several parts or damaged, and its files were not examined")
        return None
    return _End(stop - size, stop, count, stop - size - offset)


def _entries(window: Window, notes: Notes, end: _End) -> Iterator[Packed]:
    """Yield what the list says of each file."""
    data = window.at(end.start, min(end.stop - end.start, _LIST_LIMIT))
    at = 0
    for number in range(end.count):
        head = data[at : at + 46]
        name, extra, comment = (int.from_bytes(head[i : i + 2], "little") for i in (28, 30, 32))
        if head[:4] != _FILE or at + 46 + name + extra + comment > len(data):
            break
        yield _entry(data, at, number, end.moved)
        at += 46 + name + extra + comment
    if at != end.stop - end.start:
        notes.gap("inside", "the ZIP's list of files breaks off, or is longer than it says; the rest was not examined")


def _entry(data: bytes, at: int, number: int, moved: int) -> Packed:
    head = data[at : at + 46]
    system, flags, method = head[5], *(int.from_bytes(head[i : i + 2], "little") for i in (8, 10))
    name, extra = (int.from_bytes(head[i : i + 2], "little") for i in (28, 30))
    crc, length, size, attributes, header = (int.from_bytes(head[i : i + 4], "little") for i in (16, 20, 24, 38, 42))
    fields = data[at + 46 + name : at + 46 + name + extra]
    size, length, header = _widened(_field(fields, 1), (size, length, header))
    mode = attributes >> 16 if system in _UNIX else 0
    called = data[at + 46 : at + 46 + name]
    return Packed(called, number, header + moved, method, flags, crc, length, size, mode)


def _widened(wide: bytes, numbers: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return numbers with those that had no room in 32 bits taken from the field that has them in 64 (4.5.3)."""
    places = [n for n, number in enumerate(numbers) if number == 0xFFFFFFFF]
    found = dict(zip(places, _longs(wide), strict=False))
    first, second, third = (found.get(n, number) for n, number in enumerate(numbers))
    return first, second, third


def _longs(data: bytes) -> Iterator[int]:
    return (int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data) - 7, 8))


def _field(fields: bytes, wanted: int) -> bytes:
    """Return an extra field by its number (4.5), nothing where there is none."""
    at = 0
    while at + 4 <= len(fields):
        number, length = (int.from_bytes(fields[i : i + 2], "little") for i in (at, at + 2))
        if number == wanted:
            return fields[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


def _content(window: Window, file: Packed) -> int:
    """Return where a file's content starts, or -1 where its own header says something else than the list (4.3.7)."""
    head = window.at(file.header, 30)
    if len(head) < 30 or not head.startswith(_LOCAL):
        return -1
    flags, method, name, extra = (int.from_bytes(head[i : i + 2], "little") for i in (6, 8, 26, 28))
    length, size = (int.from_bytes(head[i : i + 4], "little") for i in (18, 22))
    told = window.at(file.header + 30, name + extra)
    wide = _field(told[name:], 1)
    sizes = {(length, size), (int.from_bytes(wide[8:16], "little"), int.from_bytes(wide[:8], "little"))}
    # What is not known yet is left open (4.4.4): both lengths, or as macOS has it the one after compression alone.
    described = flags & _DESCRIBED and length in {*_OPEN, file.length} and size in {*_OPEN, file.size}
    same = told[:name] == file.name and method == file.method and (flags ^ file.flags) & (_ENCRYPTED | _DESCRIBED) == 0
    return file.header + 30 + name + extra if same and (described or (file.length, file.size) in sizes) else -1


def _check(window: Window, notes: Notes, end: _End, files: list[tuple[Packed, int]]) -> None:
    """Note whatever is not accounted for: bytes between files and before the list, and files that overlap."""
    at, described = end.moved, False
    known = sorted((f.header, content + f.length, bool(f.flags & _DESCRIBED)) for f, content in files if content >= 0)
    for start, stop, tells in [*known, (end.start, end.stop, False)]:
        if start < at:
            notes.gap("inside", "files of the ZIP lie over one another, or over its list")
            break
        between = (at, start)
        if not _is_nothing(window, between, described=described) and not _is_old_list(window, between, files, end):
            notes.gap("inside", f"{start - at} bytes at {at} belong to no file of the ZIP, and were not examined")
        at, described = stop, tells
    names = [file.name for file, _ in files]
    if len(set(names)) < len(names):
        notes.gap("inside", "files of the ZIP have the same name: which of them is unpacked depends on the program")


def _is_nothing(window: Window, span: tuple[int, int], *, described: bool) -> bool:
    """Whether bytes are what may stand between two files: nothing, zeros, or the lengths of the one before."""
    start, stop = span
    if stop == start or (described and stop - start in _DESCRIPTORS):
        return True
    return stop - start <= _PADDING and not any(window.at(start, stop - start))


def _is_old_list(window: Window, span: tuple[int, int], files: list[tuple[Packed, int]], end: _End) -> bool:
    """Whether bytes are a list from before files were added, which says nothing that the new one does not say.

    The C2PA SDK leaves one behind when it signs a ZIP.
    """
    start, stop = span
    data = window.at(start, min(stop - start, _LIST_LIMIT))
    if not data.startswith(_FILE):
        return False
    known = {_what(file) for file, _ in files}
    at = 0
    while data[at : at + 4] == _FILE:
        name, extra, comment = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (28, 30, 32))
        if extra + comment > _MOST_EXTRA or _what(_entry(data, at, 0, end.moved)) not in known:
            return False
        at += 46 + name + extra + comment
    return at == stop - start


def _what(file: Packed) -> tuple[bytes, int, int, int, int]:
    return (file.name, file.header, file.crc, file.length, file.size)
