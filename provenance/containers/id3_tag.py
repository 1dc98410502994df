"""One ID3v2 tag, wherever it lies: its frames, their texts, and the objects in them (id3.org: 2.2, 2.3, 2.4).

A credential stands in a GEOB frame (C2PA 2.2, A.3.2), XMP in a PRIV frame (XMP part 3, 1.1.4).
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from provenance.containers.inside import look_inside
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.remains import find_remains
from provenance.containers.tags import note_remains, note_tag, note_text
from provenance.containers.window import Window

HEADER = 10
"""Bytes of the header of a tag, and of its footer."""

_TAG_LIMIT = 32 << 20
_STORE_TYPES = (b"application/c2pa", b"application/x-c2pa-manifest-store")
_XMP_OWNER = b"XMP\0"
_SNIFFED = 4096
_MOST_FRAMES = 65_536
_OBJECTS = frozenset({b"GEOB", b"GEO"})
_PICTURES = frozenset({b"APIC", b"PIC"})
_WITH_LANGUAGE = frozenset({b"COMM", b"COM", b"USLT", b"ULT", b"USER"})
_DESCRIBED = frozenset({b"TXXX", b"TXX", b"WXXX", b"WXX", b"COMM", b"COM", b"USLT", b"ULT"})
_CHAPTERS = frozenset({b"CHAP", b"CTOC"})
_OF_CHAPTER = 16
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def tag_size(head: bytes) -> int | None:
    """Return how long the tag is that a header starts, with its header, or None (ID3v2.4.0 structure, 3.1)."""
    if not head.startswith(b"ID3") or len(head) < HEADER or head[3] not in {2, 3, 4} or max(head[6:10]) > 0x7F:
        return None
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return HEADER + size + (HEADER if head[3] == 4 and head[5] & 0x10 else 0)


class _Frame(NamedTuple):
    """One frame of a tag: its name, where it stands in it, and its content, decompressed."""

    name: bytes
    at: int
    data: bytes

    @property
    def place(self) -> str:
        return f"ID3 {self.name.decode('ascii')} at {self.at}"


def read_tag(window: Window, notes: Notes, at: int, size: int) -> None:
    """Read the frames of one tag; whatever they are, remains anywhere in the tag count."""
    place = f"ID3 tag at {at}"
    if at + size > window.size:
        notes.gap(place, "it is longer than the file: the file is cut short or damaged")
    if size > _TAG_LIMIT:
        notes.gap(place, f"only the first {_TAG_LIMIT} of its {size} bytes were read")
    data = window.at(at + HEADER, min(size, _TAG_LIMIT) - HEADER)
    head = window.at(at, HEADER)
    found = find_remains(data)
    for frame in _frames(notes, data, (head[3], head[5], at)):
        if frame.name in _OBJECTS and (
            any(kind in frame.data[:_SNIFFED] for kind in _STORE_TYPES) or find_remains(frame.data) >= 0
        ):
            notes.residue(frame.place)
            found = -1
        else:
            _read(notes, frame)
    if found >= 0:
        notes.residue(f"ID3 tag at {at + HEADER + found}")


def _frames(notes: Notes, data: bytes, tag: tuple[int, int, int]) -> Iterator[_Frame]:
    """Yield all frames. Where the chain of them breaks, the rest is looked through for text of a mark."""
    version, flags, start = tag
    if flags & 0x80 and version < 4:
        data = data.replace(b"\xff\0", b"\xff")
    at = _extended_header(data, version) if flags & 0x40 and version > 2 else 0
    name_size, header = (3, 6) if version == 2 else (4, 10)
    for _ in range(_MOST_FRAMES):
        head = data[at : at + header]
        name = head[:name_size]
        if len(head) < header or not _is_name(name):
            break
        size = _size(data, at, version, name_size)
        body = at + header
        place = f"ID3 {name.decode('ascii')} at {start + HEADER + at}"
        if body + size > len(data):
            notes.gap(place, "it is longer than its tag: one of them is damaged")
        content = _content(notes, place, data[body : body + size], (version, head[-1], flags))
        yield _Frame(name, start + HEADER + at, content)
        at = body + size
    if any(data[at:]):
        note_remains(notes, f"ID3 tag at {start}, from {start + HEADER + at} on", data[at:])


def _is_name(name: bytes) -> bool:
    return name.isalnum() and name.isascii()


def _size(data: bytes, at: int, version: int, name_size: int) -> int:
    """Return how long a frame is; some programs write version 4 with the lengths of version 3."""
    plain = int.from_bytes(data[at + name_size : at + 2 * name_size], "big")
    if version < 4:
        return plain
    size = _syncsafe(data[at + 4 : at + 8])
    if size == plain or _follows(data, at + 10 + size) or not _follows(data, at + 10 + plain):
        return size
    return plain


def _follows(data: bytes, at: int) -> bool:
    """Whether a frame, the padding or the end comes there."""
    return at == len(data) or data[at : at + 4] == bytes(4) or (at + 10 <= len(data) and _is_name(data[at : at + 4]))


def _syncsafe(data: bytes) -> int:
    return (data[0] & 0x7F) << 21 | (data[1] & 0x7F) << 14 | (data[2] & 0x7F) << 7 | data[3] & 0x7F


def _extended_header(data: bytes, version: int) -> int:
    """Return how long the extended header is; only in version 4 does its size count itself."""
    if len(data) < 4:
        return 0
    return _syncsafe(data) if version == 4 else 4 + int.from_bytes(data[:4], "big")


def _content(notes: Notes, place: str, data: bytes, form: tuple[int, int, int]) -> bytes:
    """Return a frame's content as its flags say it is kept (ID3v2.3.0, 3.3.1; ID3v2.4.0 structure, 4.1.2).

    In version 4 each frame says that it is unsynchronised, but some writers say it of the whole tag only.
    """
    version, flags, of_all = form
    if version == 2 or not data:
        return data
    compressed, encrypted = (flags & 0x80, flags & 0x40) if version == 3 else (flags & 0x08, flags & 0x04)
    if encrypted:
        notes.gap(place, "it is encrypted")
        return b""
    if version == 4 and (flags & 0x02 or of_all & 0x80):
        data = data.replace(b"\xff\0", b"\xff")
    if compressed:
        # Where there is not even room for its length, there is nothing in it.
        return notes.inflated(place, data[4:]) if len(data) > 4 else b""
    return data[4:] if version == 4 and flags & 0x01 else data


def _read(notes: Notes, frame: _Frame) -> None:
    """Hand on what one frame holds: XMP, a text, a picture, an object."""
    name, data = frame.name, frame.data
    if name == b"PRIV" and data.startswith(_XMP_OWNER):
        notes.block(BlockKind.XMP, frame.place, data[len(_XMP_OWNER) :])
    elif name == b"PRIV":
        owner, _, value = data.partition(b"\0")
        note_text(notes, frame.place, owner.decode("latin-1")[:100], value)
    elif name in _PICTURES:
        _picture(notes, frame)
    elif name in _OBJECTS:
        _object(notes, frame)
    elif name in _DESCRIBED or name in _WITH_LANGUAGE or name[:1] == b"T":
        _text(notes, frame)
    elif name in _CHAPTERS and notes.step(frame.place):
        _chapter(notes, frame)
    elif name[:1] == b"W":
        note_tag(notes, frame.place, name.decode("ascii"), data.partition(b"\0")[0].decode("latin-1"))
    else:
        note_remains(notes, frame.place, data)


def _chapter(notes: Notes, frame: _Frame) -> None:
    """Read the frames within a chapter, or a list of them (ID3v2 Chapter Frame Addendum, 3.1 and 3.2)."""
    name, _, rest = frame.data.partition(b"\0")
    if frame.name == b"CHAP":
        at = len(name) + 1 + _OF_CHAPTER
    else:
        at, count = len(name) + 3, rest[1] if len(rest) > 1 else 0
        for _ in range(count):
            at = frame.data.find(b"\0", at) + 1 or len(frame.data)
    for inner in _frames(notes, frame.data[at:], (4 if _is_version_4(frame.data[at:]) else 3, 0, frame.at)):
        if inner.name not in _CHAPTERS:
            _read(notes, inner)


def _is_version_4(data: bytes) -> bool:
    """Whether the first frame in some data has a length that fits as one of version 4 (both forms agree up to 127)."""
    return _follows(data, 10 + _syncsafe(data[4:8])) if len(data) >= 10 else False


def _text(notes: Notes, frame: _Frame) -> None:
    """Hand on a text, under its description where it is one that the writer named."""
    name, encoding = frame.name, frame.data[:1]
    data = frame.data[4:] if name in _WITH_LANGUAGE else frame.data[1:]
    key, text = name.decode("ascii"), data
    if name in _DESCRIBED:
        described, text = _split(data, encoding)
        said = _decoded(described, encoding)
        key = said if said and name in {b"TXXX", b"TXX"} else key
        if said and name in {b"COMM", b"COM"}:
            # ffmpeg and others describe a comment by the name of the field it came from.
            key = said
    link = name in {b"WXXX", b"WXX"}
    value = text.decode("latin-1").strip("\0") if link else _decoded(text, encoding)
    note_tag(notes, f"{frame.place} {key[:40]!r}", key, value)


def _split(data: bytes, encoding: bytes) -> tuple[bytes, bytes]:
    """Return what comes before and behind the first terminator: one zero, or two that are one letter.

    Where there is none all of it is what would come behind: a lost terminator must not hide a text.
    """
    if encoding not in {b"\1", b"\2"}:
        before, ended, after = data.partition(b"\0")
        return (before, after) if ended else (b"", data)
    at = next((n for n in range(0, min(len(data), _SNIFFED), 2) if data[n : n + 2] == b"\0\0"), -2)
    return (data[:at], data[at + 2 :]) if at >= 0 else (b"", data)


def _decoded(data: bytes, encoding: bytes) -> str:
    """Return text by the number of its encoding; where that lies, as what it can be read as."""
    number = encoding[0] if encoding and encoding[0] < len(_ENCODINGS) else 0
    text = data.decode(_ENCODINGS[number], "replace")
    if number == 0:
        with suppress(UnicodeDecodeError):
            text = data.decode("utf-8")
    return text.strip("\0\ufeff ").replace("\0", "\n")


def _picture(notes: Notes, frame: _Frame) -> None:
    """Look into cover art: encoding, type (three letters in version 2, else up to a zero), kind, description, data."""
    data = frame.data
    if frame.name == b"PIC":
        rest = data[5:]
    else:
        kind, _, rest = data[1:].partition(b"\0")
        rest = rest[1:]
        if kind == b"-->":
            return
    _, picture = _split(rest, data[:1])
    if picture:
        look_inside(notes, frame.place, picture)


def _object(notes: Notes, frame: _Frame) -> None:
    """Look into an object: encoding, type, file name, description, data. Programs keep settings in these."""
    _, _, rest = frame.data[1:].partition(b"\0")
    _, rest = _split(rest, frame.data[:1])
    description, data = _split(rest, frame.data[:1])
    if data and not note_text(notes, frame.place, _decoded(description, frame.data[:1]) or "GEOB", data):
        look_inside(notes, frame.place, data, unknown=True)
