"""ID3v2 tags before sound, and the sound behind them: MP3 and FLAC.

A credential stands in a GEOB frame of the tag (C2PA 2.2, A.3.2), XMP in a PRIV frame (XMP part 3, 1.1.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.remains import find_remains, search
from provenance.containers.window import Window

_MP3 = Format("audio/mpeg", Carries.YES, "audio/mpeg")
_FLAC = Format("audio/flac", Carries.YES, "audio/flac")

_HEADER = 10
_TAG_LIMIT = 32 << 20
_STORE_TYPES = (b"application/c2pa", b"application/x-c2pa-manifest-store")
_XMP_OWNER = b"XMP\0"
_MOST_BLOCKS = 4096
_MOST_TAGS = 16
_SNIFFED = 4096
_MOST_FRAMES = 65_536
_OBJECTS = frozenset({b"GEOB", b"GEO", b"PRIV"})

_BITRATES = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by version (3: MPEG-1, 2: MPEG-2 and 2.5) and layer field (ISO 11172-3, 2.4.2.3; ISO 13818-3, 2.4.2.3)."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by version field."""


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(b"fLaC"):
        return _FLAC
    if _tag_size(head) is not None:
        return _FLAC if window.at(_behind_tags(window), 4) == b"fLaC" else _MP3
    return _MP3 if head[:1] == b"\xff" and _are_frames(window) else None


def _tag_size(head: bytes) -> int | None:
    """Return how long the tag is that a header starts, with its header, or None (ID3v2.4.0 structure, 3.1)."""
    if not head.startswith(b"ID3") or len(head) < _HEADER or head[3] not in {2, 3, 4} or max(head[6:10]) > 0x7F:
        return None
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return _HEADER + size + (_HEADER if head[3] == 4 and head[5] & 0x10 else 0)


def _behind_tags(window: Window) -> int:
    at = 0
    for _ in range(_MOST_TAGS):
        size = _tag_size(window.at(at, _HEADER))
        if size is None:
            break
        at += size
    return at


def _are_frames(window: Window) -> bool:
    """Whether two frames follow one another that agree in what does not change in a stream."""
    first = window.at(0, 4)
    length = _frame_length(first)
    second = window.at(length, 4) if length else b""
    alike = first[1] & 0xFE == second[1] & 0xFE and first[2] & 0x0C == second[2] & 0x0C if len(second) == 4 else False
    return alike and _frame_length(second) > 0


def _frame_length(head: bytes) -> int:
    """Return the length of the frame that four bytes start, 0 if they start none (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer, padding = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 1 & 1
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 0 or bitrate in {0, 15} or rate == 3:
        return 0
    bits = _BITRATES[3 if version == 3 else 2, layer][bitrate - 1] * 1000
    samples = _RATES[version][rate]
    if layer == 3:
        return (12 * bits // samples + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // samples + padding


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame of a tag: its name, where it stands in it, and its content, decompressed."""

    name: bytes
    at: int
    data: bytes


def _walk(window: Window, notes: Notes) -> None:
    at = 0
    for _ in range(_MOST_TAGS):
        size = _tag_size(window.at(at, _HEADER))
        if size is None:
            break
        _read_tag(window, notes, at, size)
        at += size
    else:
        notes.gap(f"ID3 tag at {at}", f"there are more than {_MOST_TAGS} tags; the rest was not read")
    if window.at(at, 4) == b"fLaC":
        _read_flac(window, notes, at + 4)


def _read_tag(window: Window, notes: Notes, at: int, size: int) -> None:
    """Read the frames of one tag; whatever they are, remains anywhere in the tag count."""
    place = f"ID3 tag at {at}"
    if at + size > window.size:
        notes.gap(place, "it is longer than the file: the file is cut short or damaged")
    if size > _TAG_LIMIT:
        notes.gap(place, f"only the first {_TAG_LIMIT} of its {size} bytes were read")
    data = window.at(at + _HEADER, min(size, _TAG_LIMIT) - _HEADER)
    head = window.at(at, _HEADER)
    found = find_remains(data)
    for frame in _frames(notes, data, (head[3], head[5], at)):
        name = f"ID3 {frame.name.decode('ascii')} at {frame.at}"
        if frame.name in {b"GEOB", b"GEO"} and (
            any(kind in frame.data[:_SNIFFED] for kind in _STORE_TYPES) or find_remains(frame.data) >= 0
        ):
            notes.residue(name)
            found = -1
        elif frame.name == b"PRIV" and frame.data.startswith(_XMP_OWNER):
            notes.block(BlockKind.XMP, name, frame.data[len(_XMP_OWNER) :])
    if found >= 0:
        notes.residue(f"ID3 tag at {at + _HEADER + found}")


def _frames(notes: Notes, data: bytes, tag: tuple[int, int, int]) -> Iterator[_Frame]:
    """Yield the frames that can hold an object. A chain that breaks is no gap: the whole tag was searched."""
    version, flags, start = tag
    if flags & 0x80 and version < 4:
        data = data.replace(b"\xff\0", b"\xff")
    at = _extended_header(data, version) if flags & 0x40 and version > 2 else 0
    name_size, header = (3, 6) if version == 2 else (4, 10)
    for _ in range(_MOST_FRAMES):
        head = data[at : at + header]
        name = head[:name_size]
        if len(head) < header or not name.isalnum():
            return
        size = int.from_bytes(head[name_size : 2 * name_size], "big")
        if version == 4:
            size = _syncsafe(head[4:8])
        body = at + header
        if name in _OBJECTS:
            place = f"ID3 {name.decode('ascii')} at {start + _HEADER + at}"
            content = _content(notes, place, data[body : body + size], (version, head[-1]))
            yield _Frame(name, start + _HEADER + at, content)
        at = body + size


def _syncsafe(data: bytes) -> int:
    return (data[0] & 0x7F) << 21 | (data[1] & 0x7F) << 14 | (data[2] & 0x7F) << 7 | data[3] & 0x7F


def _extended_header(data: bytes, version: int) -> int:
    """Return how long the extended header is; only in version 4 does its size count itself."""
    if len(data) < 4:
        return 0
    return _syncsafe(data) if version == 4 else 4 + int.from_bytes(data[:4], "big")


def _content(notes: Notes, place: str, data: bytes, form: tuple[int, int]) -> bytes:
    """Return a frame's content as its flags say it is kept (ID3v2.3.0, 3.3.1; ID3v2.4.0 structure, 4.1.2)."""
    version, flags = form
    if version == 2:
        return data
    compressed, encrypted = (flags & 0x80, flags & 0x40) if version == 3 else (flags & 0x08, flags & 0x04)
    if encrypted:
        notes.gap(place, "it is encrypted")
        return b""
    if version == 4 and flags & 0x02:
        data = data.replace(b"\xff\0", b"\xff")
    if compressed:
        return notes.inflated(place, data[4:])
    return data[4:] if version == 4 and flags & 0x01 else data


def _read_flac(window: Window, notes: Notes, at: int) -> None:
    """Step over the metadata blocks of FLAC (RFC 9639, 8.1), looking at the start of each for remains."""
    for _ in range(_MOST_BLOCKS):
        head = window.at(at, 4)
        if len(head) < 4 or at + 4 + int.from_bytes(head[1:], "big") > window.size:
            notes.gap(f"FLAC at {at}", "its metadata is longer than the file: the file is cut short or damaged")
            search(window, notes, at, "FLAC data")
            return
        length = int.from_bytes(head[1:], "big")
        if find_remains(window.at(at + 4, min(length, _SNIFFED))) >= 0:
            notes.residue(f"FLAC block {head[0] & 0x7F} at {at}")
        at += 4 + length
        if head[0] & 0x80:
            return
    notes.gap(f"FLAC at {at}", f"there are more than {_MOST_BLOCKS} blocks; the rest was not read")


FAMILY = Family(_recognise, _walk)
