"""ZIP, and the documents that are ZIP: their type, and remains of a credential by the list of entries (APPNOTE 4.3).

A credential is an entry of its own (C2PA 2.2, A.6). Every other entry is a whole file, which `zipped` goes into.
"""

from typing import NamedTuple

from provenance.containers.family import Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import STEPS, Notes
from provenance.containers.remains import looks_like_manifest, search
from provenance.containers.window import Window
from provenance.containers.zipped import STORE, read_files

_STARTS = frozenset({b"PK\3\4", b"PK\5\6", b"PK\6\6"})
_SUSPECT = (b"meta-inf/", b"content_credential", b".c2pa")
_EOCD, _EOCD64_LOCATOR, _ENTRY = b"PK\5\6", b"PK\6\7", b"PK\1\2"
_COMMENT = 65_535 + 22
_DIRECTORY_LIMIT = 32 << 20
_OF_DOCUMENTS = frozenset({b"[Content_Types].xml", b"mimetype"})
_LOOKED = 4096
_MOST_LOOKED = 256

_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARTS = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
)
_OPEN = "application/vnd.oasis.opendocument."
_MIMETYPES = frozenset(
    {
        "application/epub+zip",
        *(
            f"{_OPEN}{kind}{template}"
            for kind in ("text", "presentation", "spreadsheet", "graphics")
            for template in ("", "-template")
        ),
    }
)


def _holder(media_type: str, sdk: str) -> Format:
    return Format(media_type, Carries.YES, sdk, holds_files=True)


_ZIP = _holder("application/zip", "zip")


class _Entry(NamedTuple):
    """One entry of the list: its name, where its local header is, and how many bytes it takes there."""

    name: bytes
    header: int
    size: int


def _recognise(head: bytes, window: Window) -> Format | None:
    if head[:4] not in _STARTS:
        return None
    if head[30:38] == b"mimetype":
        length = int.from_bytes(head[18:22], "little")
        named = window.at(38 + int.from_bytes(head[28:30], "little"), min(length, 128)).decode("ascii", "replace")
        if named in _MIMETYPES:
            return _holder(named, named)
    return _document(window)


def _document(window: Window) -> Format:
    """Tell Office documents by the names of their parts (ISO 29500-2)."""
    names = [entry.name for entry in _listing(window).entries]
    if b"[Content_Types].xml" in names:
        for prefix, media_type in _PARTS:
            if any(name.startswith(prefix) for name in names):
                return _holder(media_type, media_type)
    return _ZIP


class _Listing(NamedTuple):
    """The list of entries, and whether it is all of what the record at the end of the file promises."""

    entries: tuple[_Entry, ...]
    whole: bool


def _listing(window: Window) -> _Listing:
    """Return the list of entries (APPNOTE 4.3.12), as far as it can be followed."""
    data, promised = _directory(window)
    entries: list[_Entry] = []
    at = 0
    while len(entries) < STEPS:
        head = data[at : at + 46]
        if len(head) < 46 or head[:4] != _ENTRY:
            break
        name, extra, comment = (int.from_bytes(head[i : i + 2], "little") for i in (28, 30, 32))
        place = (int.from_bytes(head[i : i + 4], "little") for i in (42, 20))
        entries.append(_Entry(data[at + 46 : at + 46 + name], *place))
        at += 46 + name + extra + comment
    return _Listing(tuple(entries), len(entries) == promised and at == len(data))


def _directory(window: Window) -> tuple[bytes, int]:
    """Return the list as bytes and how many entries it should have; -1 where no record leads to it (APPNOTE 4.3.16)."""
    start = max(0, window.size - _COMMENT)
    tail = window.at(start, _COMMENT)
    found = tail.rfind(_EOCD)
    if found < 0 or found + 22 > len(tail):
        return b"", -1
    count, size, at = (int.from_bytes(tail[found + i : found + j], "little") for i, j in ((10, 12), (12, 16), (16, 20)))
    locator = window.at(start + found - 20, 20) if start + found >= 20 else b""
    if locator[:4] == _EOCD64_LOCATOR:
        # Some programs write the 64-bit record always, and it stands between the list and the short one.
        record = window.at(int.from_bytes(locator[8:16], "little"), 56)
        if len(record) < 56:
            return b"", -1
        count, size, at = (int.from_bytes(record[i : i + 8], "little") for i in (32, 40, 48))
    elif 0xFFFFFFFF in {size, at} or count == 0xFFFF:
        return b"", -1
    elif start + found >= size:
        # Counted from its end: what stands before the archive moves the offsets.
        at = start + found - size
    return window.at(at, min(size, _DIRECTORY_LIMIT)), count


def _start_of(window: Window, entry: _Entry) -> bytes:
    """Return the first bytes of an entry as they are kept (APPNOTE 4.3.7)."""
    lengths = window.at(entry.header + 26, 4)
    before = 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return window.at(entry.header + before, min(entry.size, _LOOKED))


def _walk(window: Window, notes: Notes) -> None:
    listing = _listing(window)
    if not listing.whole:
        notes.gap("ZIP", "its list of entries is missing, damaged or too long: the file may be cut short")
        search(window, notes, 0, "ZIP data")
    looked = 0
    for entry in listing.entries:
        if entry.name == STORE:
            notes.residue(f"ZIP entry {STORE.decode('ascii')} at {entry.header}")
        elif looked < _MOST_LOOKED and any(part in entry.name.lower() for part in _SUSPECT):
            looked += 1
            if looks_like_manifest(_start_of(window, entry)):
                notes.residue(f"ZIP entry {entry.name.decode('utf-8', 'backslashreplace')!r} at {entry.header}")
    read_files(window, notes, document=any(entry.name in _OF_DOCUMENTS for entry in listing.entries))


FAMILY = Family(_recognise, _walk)
