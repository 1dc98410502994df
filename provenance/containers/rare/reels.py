"""Films as a row of packets: GXF (SMPTE ST 360), DV (IEC 61834, SMPTE ST 314), IVF, and YUV4MPEG.

The row is followed from head to head; the pictures and the sound in it are never read. A DV has no packets, but frames
of one length, each in so many sequences of blocks.
"""

import re

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import MOST_FRAMES, ends_at, follow, look_over, note_unknown
from provenance.containers.window import Window

_GXF = Format("application/gxf", Carries.NO)
_DV = Format("video/dv", Carries.NO)
_IVF = Format("video/x-ivf", Carries.NO)
_Y4M = Format("video/x-yuv4mpeg", Carries.NO)

_GXF_HEAD, _GXF_START, _GXF_END = 16, b"\0\0\0\0\1", b"\xe1\xe2"
_MAP, _MEDIA, _LAST, _FIELDS = 0xBC, 0xBF, 0xFB, 0xFC
_MOST_NOTED = 64
"""Maps that are read: the same is written again every few seconds."""

_BLOCK, _BLOCKS = 80, 150
_SEQUENCE = _BLOCK * _BLOCKS
_DV_STARTS = (b"\x1f\x07\0\x3f", b"\x1f\x07\0\xbf")

_IVF_HEAD = b"DKIF\0\0\x20\0"
_IVF_HEADER, _IVF_FRAME = 32, 12

_LINE = re.compile(rb"YUV4MPEG2((?: [^\n ]{1,1000}){2,32})\n")
_FRAME = re.compile(rb"FRAME(?: [^\n]{0,80})?\n")
_LONGEST_LINE = 4096
_COLOURS = frozenset({b"420", b"411", b"422", b"444", b"mon"})


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(_GXF_START):
        return _GXF if head[5:6] == bytes([_MAP]) and 0 < _gxf_length(head) <= window.size else None
    if head.startswith(_DV_STARTS):
        return _DV if _is_dv(window) else None
    if head.startswith(_IVF_HEAD):
        return _IVF if 0 < _ivf_length(window.at(_IVF_HEADER, _IVF_FRAME)) <= window.size - _IVF_HEADER else None
    return _Y4M if _y4m(window) is not None else None


def _walk(window: Window, notes: Notes) -> None:
    match window.at(0, 1):
        case b"\0":
            _walk_gxf(window, notes)
        case b"\x1f":
            _walk_dv(window, notes)
        case b"D":
            ends_at(window, notes, follow(window, _IVF_HEADER, _ivf_length, _IVF_FRAME, piece=4096), "IVF")
        case _:
            _walk_y4m(window, notes)
    look_over(window, notes)


def _gxf_length(head: bytes) -> int:
    """Return the length of a packet, 0 where none begins (ST 360, 6.1)."""
    sound = head[:5] == _GXF_START and head[10:14] == bytes(4) and head[14:16] == _GXF_END
    length = int.from_bytes(head[6:10], "big")
    return length if sound and length >= _GXF_HEAD else 0


def _walk_gxf(window: Window, notes: Notes) -> None:
    at = noted = 0
    for _ in range(MOST_FRAMES):
        head = window.at(at, _GXF_HEAD)
        length, kind = _gxf_length(head), head[5] if len(head) > 5 else 0
        if not length or at + length > window.size:
            break
        noted += kind == _MAP
        wanted = noted <= _MOST_NOTED if kind == _MAP else kind not in {_MEDIA, _FIELDS, _LAST}
        if wanted and notes.step("GXF"):
            note_unknown(window, notes, f"GXF packet {kind:02X} at {at}", (at + _GXF_HEAD, length - _GXF_HEAD))
        at += length
        if kind == _LAST:
            break
    ends_at(window, notes, at, "GXF")


def _unit(window: Window) -> int:
    """Return the bytes of one channel of a frame of DV: it has ten sequences of blocks, or twelve with 625 lines."""
    return _SEQUENCE * (12 if window.at(3, 1) == _DV_STARTS[1][3:] else 10)


def _is_dv(window: Window) -> bool:
    """Whether the blocks of a first frame are of the kinds, and in the order, that every sequence has."""
    unit = _unit(window)
    if window.size < unit:
        return False
    for number in range(unit // _SEQUENCE):
        data = window.at(number * _SEQUENCE, _SEQUENCE)
        if any(data[n * _BLOCK] >> 5 != _kind_of(n) or data[n * _BLOCK + 1] >> 4 != number for n in range(_BLOCKS)):
            return False
    return True


def _kind_of(number: int) -> int:
    """Return the section a block of a sequence belongs to: header, subcode, VAUX, sound, or picture."""
    return (0, 1, 1, 2, 2, 2)[number] if number < 6 else 3 if (number - 6) % 16 == 0 else 4


def _walk_dv(window: Window, notes: Notes) -> None:
    unit, at = _unit(window), 0
    start = window.at(0, 1) + b"\x07"
    for _ in range(MOST_FRAMES):
        # Further channels of one frame have another bit here.
        head = window.at(at, 4)
        if at + unit > window.size or head[:1] != start[:1] or head[1] & 0xF7 != start[1] & 0xF7 or head[2]:
            break
        at += unit
    ends_at(window, notes, at, "DV")


def _ivf_length(head: bytes) -> int:
    return _IVF_FRAME + int.from_bytes(head[:4], "little") if len(head) == _IVF_FRAME else 0


def _y4m(window: Window) -> tuple[int, int, bytes] | None:
    """Return where the frames begin, how long one is without its line, and what the first line says."""
    found = _LINE.match(window.at(0, _LONGEST_LINE))
    if found is None:
        return None
    fields = {word[:1]: word[1:] for word in reversed(found[1].split())}
    width, height, colour = fields.get(b"W", b""), fields.get(b"H", b""), fields.get(b"C", b"420")
    if not (width.isdigit() and height.isdigit()) or len(width + height) > 10 or colour[:3] not in _COLOURS:
        return None
    x, y, bits = int(width), int(height), int((re.search(rb"(?:p|mono)(\d+)$", colour) or (b"", b"8"))[1])
    halves = {b"420": -(-x // 2) * -(-y // 2), b"411": -(-x // 4) * y, b"422": -(-x // 2) * y, b"444": x * y, b"mon": 0}
    size = x * y * (2 if colour == b"444alpha" else 1) + 2 * halves[colour[:3]]
    return (found.end(), size * (1 if bits <= 8 else 2), found[1]) if x and y else None


def _walk_y4m(window: Window, notes: Notes) -> None:
    header = _y4m(window)
    if header is None:
        return
    start, size, text = header
    notes.block(BlockKind.COMMENT, "YUV4MPEG header at 0", text.strip())

    def length(head: bytes) -> int:
        found = _FRAME.match(head)
        return found.end() + size if found else 0

    ends_at(window, notes, follow(window, start, length, 96, piece=4096), "YUV4MPEG")


FAMILY = Family(_recognise, _walk)
