"""TGA (Truevision TGA File Format 2.0): the texts of its extension area, its label, and what its developers keep.

It has no signature. It is known by its footer, or by being just as long as its picture; a compressed picture is
followed from packet to packet.
"""

from typing import NamedTuple

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import look_over, note_unknown, show_pictures
from provenance.containers.rare.spans import between
from provenance.containers.window import Window

_TGA = Format("image/x-tga", Carries.NO)
_HEADER, _FOOTER = 18, 26
_SIGNATURE = b"TRUEVISION-XFILE.\0"
_DEPTHS = {1: {8, 16}, 2: {15, 16, 24, 32}, 3: {8, 16}}
_PACKED = 8
_MOST_PACKETS = 2_000_000
_PIECE = 1 << 18
_EXTENSION = 495
_TEXTS = ((2, 41, "artist"), (43, 324, "comment"), (379, 41, "job"), (426, 41, "Software"))
_MOST_ENTRIES = 4096


class _Picture(NamedTuple):
    """What the header says: where the picture begins, its size in pixels, bytes of one, and whether it is packed."""

    start: int
    width: int
    height: int
    depth: int
    packed: bool

    @property
    def bytes(self) -> int:
        return self.width * self.height * self.depth


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _picture(head: bytes) -> _Picture | None:
    """Return the picture, None where the fields of the header do not agree."""
    if len(head) < _HEADER or head[1] > 1 or head[17] & 0xC0:
        return None
    kind, width, height, depth = head[2], _number(head[12:14]), _number(head[14:16]), head[16]
    mapped, length, bits = head[1], _number(head[5:7]), head[7]
    if depth not in _DEPTHS.get(kind & ~_PACKED, ()) or not width or not height or (kind & 7 == 1 and not mapped):
        return None
    if (mapped and (not length or bits not in {15, 16, 24, 32})) or (not mapped and any(head[3:7])):
        return None
    start = _HEADER + head[0] + (length * (bits + 7 >> 3) if mapped else 0)
    return _Picture(start, width, height, depth + 7 >> 3, bool(kind & _PACKED))


def _end(window: Window, picture: _Picture) -> int:
    """Return where the picture ends; -1 where it is not all there, or has too many packets to follow."""
    if not picture.packed:
        end = picture.start + picture.bytes
        return end if end <= window.size else -1
    left, at, data, start = picture.width * picture.height, picture.start, b"", picture.start
    for _ in range(_MOST_PACKETS):
        if left <= 0:
            return at if at <= window.size else -1
        if not 0 <= at - start < len(data):
            data, start = window.at(at, _PIECE), at
        if not data:
            return -1
        packet = data[at - start]
        count = (packet & 0x7F) + 1
        at += 1 + picture.depth * (1 if packet & 0x80 else count)
        left -= count
    return -1


def _has_footer(window: Window) -> bool:
    return window.size > _HEADER + _FOOTER and window.last(len(_SIGNATURE)) == _SIGNATURE


def _recognise(head: bytes, window: Window) -> Format | None:
    picture = _picture(head)
    if picture is None:
        return None
    return _TGA if _has_footer(window) or _end(window, picture) == window.size else None


def _walk(window: Window, notes: Notes) -> None:
    head = window.at(0, _HEADER)
    picture = _picture(head)
    if picture is None:
        return
    end = _end(window, picture)
    note_unknown(window, notes, f"TGA label at {_HEADER}", (_HEADER, head[0]))
    show_pictures(window, notes, _HEADER + head[0], picture.start)
    spans = [(0, picture.start)]
    if _has_footer(window):
        foot = window.last(_FOOTER)
        extension, developers = _number(foot[:4]), _number(foot[4:8])
        spans.append((window.size - _FOOTER, window.size))
        spans += _read_extension(window, notes, extension, picture) if extension else ()
        spans += _read_developers(window, notes, developers) if developers else ()
    if end < 0:
        notes.gap("TGA", "its picture does not end within it, or is in too many pieces to be followed")
        show_pictures(window, notes, picture.start, window.size)
    else:
        show_pictures(window, notes, end, window.size)
        between(window, notes, [*spans, (picture.start, end)], "TGA")
    look_over(window, notes)


def _read_extension(window: Window, notes: Notes, at: int, picture: _Picture) -> list[tuple[int, int]]:
    """Hand on the texts of the extension area; return what it and its tables take."""
    data = window.at(at, _EXTENSION)
    if len(data) < _EXTENSION or _number(data[:2]) < _EXTENSION:
        notes.gap(f"TGA extension at {at}", "it is not all there")
        note_unknown(window, notes, f"TGA extension at {at}", (at, len(data)))
        return []
    for start, length, key in _TEXTS:
        # The comment is four lines, each with a zero at its end.
        text = b"\n".join(line for line in data[start : start + length].split(b"\0") if line.strip())
        if text:
            notes.block(BlockKind.FIELD, f"TGA {key} at {at + start}", text, key)
    spans = [(at, at + _EXTENSION)]
    colours, stamp, lines = (_number(data[n : n + 4]) for n in (482, 486, 490))
    spans += [(colours, colours + 2048)] if colours else []
    spans += [(lines, lines + 4 * picture.height)] if lines else []
    if stamp:
        width, height = window.at(stamp, 2).ljust(2, b"\0")
        spans.append((stamp, stamp + 2 + width * height * picture.depth))
    return spans


def _read_developers(window: Window, notes: Notes, at: int) -> list[tuple[int, int]]:
    """Look through all that the directory of developers leads to; return what it and that takes."""
    count = min(_number(window.at(at, 2)), _MOST_ENTRIES)
    spans, looked = [(at, at + 2 + 10 * count)], 0
    for entry in range(at + 2, at + 2 + 10 * count, 10):
        start, length = _number(window.at(entry + 2, 4)), _number(window.at(entry + 6, 4))
        length = max(0, min(length, window.size - start))
        looked += length
        if looked > window.size:
            notes.gap(
                f"TGA developers' data at {start}", "its parts lie one over another, and were not all looked through"
            )
            break
        note_unknown(window, notes, f"TGA developers' data at {start}", (start, length))
        spans.append((start, start + length))
    return spans


FAMILY = Family(_recognise, _walk)
