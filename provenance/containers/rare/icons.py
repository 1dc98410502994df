"""Icons: ICO and CUR of Windows, ICNS of macOS. They hold whole pictures, examined like files of their own."""

from provenance.containers.family import Family
from provenance.containers.inside import look_inside
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import ends_at, note_unknown, show_pictures
from provenance.containers.rare.spans import between
from provenance.containers.window import Window

_ICO = Format("image/vnd.microsoft.icon", Carries.NO)
_ICNS = Format("image/icns", Carries.NO)
_PNG = b"\x89PNG\r\n\x1a\n"
_WHOLE = (_PNG, b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"icns")
"""How what is a file of its own in an icon begins: PNG, JPEG 2000, and the icons of a dark screen."""
_BITMAP = b"\x28\0\0\0"
_MOST = 256
_MOST_ELEMENTS = 1024


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(b"icns"):
        return _ICNS if len(head) >= 16 and 16 <= int.from_bytes(head[4:8], "big") <= window.size else None
    entries = _entries(window)
    sound = bool(entries) and all(
        at >= 6 + 16 * len(entries)
        and size > len(_PNG)
        and at + size <= window.size
        and (window.at(at, 4) == _BITMAP or window.at(at, 8) == _PNG)
        for at, size in entries
    )
    return _ICO if sound else None


def _entries(window: Window) -> list[tuple[int, int]]:
    """Return where each picture of an ICO is and how long; none where the list cannot be one."""
    head = window.at(0, 6)
    count = int.from_bytes(head[4:6], "little")
    if head[:2] != b"\0\0" or head[2:4] not in {b"\1\0", b"\2\0"} or not 0 < count <= _MOST:
        return []
    rows = window.at(6, 16 * count)
    if len(rows) < 16 * count or any(rows[n + 3] not in {0, 255} for n in range(0, 16 * count, 16)):
        return []
    numbers = [(rows[n + 12 : n + 16], rows[n + 8 : n + 12]) for n in range(0, 16 * count, 16)]
    return [(int.from_bytes(at, "little"), int.from_bytes(size, "little")) for at, size in numbers]


def _walk(window: Window, notes: Notes) -> None:
    if window.at(0, 4) == b"icns":
        _walk_icns(window, notes)
        return
    entries = _entries(window)
    for at, size in dict.fromkeys(entries):
        if window.at(at, 8) == _PNG:
            look_inside(notes, f"a picture at {at}", window.part(at, size))
        else:
            show_pictures(window, notes, at, at + size)
    between(window, notes, [(0, 6 + 16 * len(entries)), *((at, at + size) for at, size in entries)], "ICO")


def _walk_icns(window: Window, notes: Notes) -> None:
    at, stop = 8, int.from_bytes(window.at(4, 4), "big")
    for _ in range(_MOST_ELEMENTS):
        head = window.at(at, 16)
        size = int.from_bytes(head[4:8], "big")
        if at >= stop or len(head) < 8 or size < 8 or at + size > stop:
            break
        if head[8:].startswith(_WHOLE) or window.at(at + 8, 12).startswith(_WHOLE):
            look_inside(notes, f"a picture at {at + 8}", window.part(at + 8, size - 8))
        else:
            note_unknown(window, notes, f"ICNS element at {at}", (at + 8, size - 8))
        at += size
    ends_at(window, notes, at, "ICNS")


FAMILY = Family(_recognise, _walk)
