"""Plain pictures: PBM, PGM, PPM, PAM and PFM, QOI, SGI, and Cineon.

Each tells how long it is, except for Cineon. Comments of the first (netpbm), the name of an SGI and the fields of a
Cineon are all the text they have room for (SGI Image File Format 1.00; SMPTE 268M's forerunner).
"""

import re

from provenance.containers.ending import look_at_end
from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import sniff
from provenance.containers.rare.follow import ends_at, look_over, note_unknown, show_pictures
from provenance.containers.remains import search
from provenance.containers.window import Window

_PNM = Format("image/x-portable-anymap", Carries.NO)
_QOI = Format("image/qoi", Carries.NO)
_SGI = Format("image/sgi", Carries.NO)
_CINEON = Format("image/x-cineon", Carries.NO)

_SAMPLES = {b"P5": 1, b"P6": 3, b"Pf": 1, b"PF": 3, b"PF4": 4, b"Ph": 1, b"PH": 3}
_WIDTHS = {b"Pf": 4, b"PF": 4, b"PF4": 4, b"Ph": 2, b"PH": 2}
"""Bytes of a sample of floating point."""
_SPACE = rb"(?:\s|#[^\n]*\n)"
_PLAIN = re.compile(
    rb"(P[4-6]|P[Ff]4?|P[Hh])%(s)b+(\d{1,9})%(s)b+(\d{1,9})(?:%(s)b+(-?[\d.eE+-]{1,20}))?\s" % {b"s": _SPACE}
)
_PAM = re.compile(rb"P7\n((?:[^\n]{0,1000}\n){0,64}?)ENDHDR\n")
_LONGEST_HEADER = 64 << 10
_MOST_PICTURES = 100_000

_QOI_END = b"\0\0\0\0\0\0\0\1"
_QOI_HEADER, _SGI_HEADER, _CINEON_HEADERS = 14, 512, 2048
_CINEON_FIELDS = {"File name": (32, 100), "Label": (452, 200), "Source image": (720, 100), "Input device": (844, 64)}
_MOST_ROWS = 1 << 18


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(b"P"):
        header = _pnm(window, 0)
        return _PNM if header is not None and header[0] <= window.size else None
    if head.startswith(b"qoif"):
        sides = head[4:8] > bytes(4) and head[8:12] > bytes(4)
        return _QOI if sides and head[12:14] in {b"\3\0", b"\3\1", b"\4\0", b"\4\1"} else None
    if head.startswith(b"\1\xda"):
        return _SGI if _sgi_end(window) is not None else None
    return _CINEON


def _pnm(window: Window, at: int) -> tuple[int, bytes] | None:
    """Return where the picture that begins at an offset ends, and its header; None where none begins."""
    data = window.at(at, _LONGEST_HEADER)
    found = _PLAIN.match(data)
    if found is None:
        return _pam(data, at)
    kind, width, height, most = found[1], int(found[2]), int(found[3]), found[4]
    if kind == b"P4":
        found = re.compile(rb"P4%b+\d+%b+\d+\s" % (_SPACE, _SPACE)).match(data) or found
        size = -(-width // 8) * height
    elif most is None or (kind not in _WIDTHS and not most.isdigit()):
        return None
    else:
        size = width * height * _SAMPLES[kind] * _WIDTHS.get(kind, 1 if most.isdigit() and int(most) < 256 else 2)
    return at + found.end() + size, found[0]


def _pam(data: bytes, at: int) -> tuple[int, bytes] | None:
    found = _PAM.match(data)
    if found is None:
        return None
    fields = dict(line.split(None, 1) for line in found[1].split(b"\n") if len(line.split(None, 1)) == 2)
    numbers = [fields.get(name, b"").strip() for name in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")]
    if not all(n.isdigit() and len(n) < 10 for n in numbers):
        return None
    width, height, depth, most = map(int, numbers)
    return at + found.end() + width * height * depth * (1 if most < 256 else 2), found[0]


def _walk(window: Window, notes: Notes) -> None:
    match window.at(0, 1):
        case b"P":
            _walk_pnm(window, notes)
        case b"q":
            _walk_qoi(window, notes)
        case b"\1":
            _read_field(window, notes, "SGI name", (24, 80))
            show_pictures(window, notes, 24, _SGI_HEADER)
            ends_at(window, notes, _sgi_end(window) or 0, "SGI")
            look_over(window, notes)
        case _:
            _walk_cineon(window, notes)


def _walk_pnm(window: Window, notes: Notes) -> None:
    """Follow pictures one after another, and hand on the comments of each."""
    at = 0
    for _ in range(_MOST_PICTURES):
        header = _pnm(window, at)
        if header is None or header[0] > window.size:
            break
        text = header[1] if header[1].startswith(b"P7") else b"\n".join(re.findall(rb"#\s*([^\n]*)", header[1]))
        if b"#" in header[1] and not sniff(notes, f"PNM header at {at}", text):
            notes.block(BlockKind.COMMENT, f"PNM header at {at}", text)
        at = header[0]
    ends_at(window, notes, at, "PNM")
    look_over(window, notes)


def _walk_qoi(window: Window, notes: Notes) -> None:
    """Hold a QOI against its last bytes, which stand nowhere else; its pixels are searched for other pictures."""
    if window.last(8) == _QOI_END:
        if show_pictures(window, notes, _QOI_HEADER, window.size):
            notes.gap("QOI", "a picture of another type lies in it")
        return
    end = window.find(_QOI_END, _QOI_HEADER, window.size)
    ends_at(window, notes, end + len(_QOI_END) if end >= 0 else _QOI_HEADER, "QOI")


def _sgi_end(window: Window) -> int | None:
    """Return where the pixels of an SGI end; None where its header is none, or they are not all there."""
    head = window.at(0, _SGI_HEADER)
    packed, width, dimensions = head[2:3], head[3:4], int.from_bytes(head[4:6], "big")
    x, y, z = (int.from_bytes(head[n : n + 2], "big") for n in (6, 8, 10))
    y, z = (y if dimensions > 1 else 1), (z if dimensions > 2 else 1)
    if len(head) < _SGI_HEADER or packed > b"\1" or width not in {b"\1", b"\2"} or not 1 <= dimensions <= 3:
        return None
    if not 0 < y * z <= _MOST_ROWS or not x:
        return None
    end = _SGI_HEADER + x * y * z * width[0]
    if packed == b"\1":
        table = window.at(_SGI_HEADER, 8 * y * z)
        numbers = [int.from_bytes(table[n : n + 4], "big") for n in range(0, len(table) - 3, 4)]
        rows = len(numbers) // 2
        end = max((a + b for a, b in zip(numbers[:rows], numbers[rows:], strict=False)), default=0)
        if len(table) < 8 * y * z or end < _SGI_HEADER + len(table):
            return None
    return end if end <= window.size else None


def _walk_cineon(window: Window, notes: Notes) -> None:
    if window.size < _CINEON_HEADERS // 2:
        notes.gap("Cineon", "it ends within its headers: the file is cut short")
    for name, span in _CINEON_FIELDS.items():
        _read_field(window, notes, f"Cineon {name}", span)
    numbers = window.at(4, 4), window.at(16, 4)
    start, user = (int.from_bytes(n[::-1] if window.at(0, 1) == b"\xd7" else n, "big") for n in numbers)
    if 0 < user < 0xFFFFFFFF and start >= _CINEON_HEADERS:
        note_unknown(window, notes, f"Cineon user data at {_CINEON_HEADERS}", (_CINEON_HEADERS, min(user, window.size)))
    search(window, notes, 0, "Cineon")
    show_pictures(window, notes, 24, _CINEON_HEADERS)
    look_at_end(window, notes, pictures=True)


def _read_field(window: Window, notes: Notes, name: str, span: tuple[int, int]) -> None:
    text = window.at(*span).partition(b"\0")[0].strip(b"\xff ")
    if text:
        notes.block(BlockKind.FIELD, f"{name} at {span[0]}", text, name)


FAMILY = Family(_recognise, _walk)
