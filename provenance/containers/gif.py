"""GIF: blocks and their sub-blocks (GIF89a).

Comments are extensions of their own; XMP and credentials are application extensions (XMP part 3, 1.1.2; C2PA 2.2,
A.3.6). The compressed picture is stepped over.
"""

from provenance.containers.family import Family
from provenance.containers.inside import look_behind
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, STEPS, Notes
from provenance.containers.packets import find_packet, is_packet, sniff
from provenance.containers.remains import search
from provenance.containers.window import Window

_GIF = Format("image/gif", Carries.YES, "image/gif")

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_BLOCKS = frozenset({_EXTENSION, _IMAGE, _TRAILER})
_COMMENT, _APPLICATION, _CONTROL = 0xFE, 0xFF, 0xF9
_XMP = b"XMP DataXMP"
_STORE = b"C2PA_GIF"
_XMP_TRAILER = 258
"""Bytes that lead a reader that knows nothing of XMP out of the packet, which is not cut into sub-blocks."""
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_PIECE = 4096
_STEPS = 2_000_000
"""Sub-blocks: they hold 255 bytes at the most, so there are many in an honest file."""


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _GIF if head[:6] in {b"GIF89a", b"GIF87a"} else None


def _walk(window: Window, notes: Notes) -> None:
    flags = window.number(10, 1)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    left = _STEPS
    for _ in range(STEPS):
        if left <= 0:
            break
        head = window.at(at, 10)
        if not head or head[0] not in _BLOCKS:
            why = "the file ends before its trailer" if at >= window.size else "no block starts where one should"
            notes.gap(f"GIF at {at}", why)
            search(window, notes, at, "GIF data")
            return
        if head[0] == _TRAILER:
            search(window, notes, at + 1, "bytes behind the GIF")
            look_behind(window, notes, at + 1, "GIF")
            return
        if head[0] == _IMAGE:
            flags = head[9] if len(head) == 10 else 0
            start = at + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
            stop, steps = skip(window, start, left)
        else:
            stop, steps = _read(window, notes, at, left)
        left -= steps
        # Some programs end a block twice.
        at = stop + 1 if window.number(stop, 1) == 0 and window.number(stop + 1, 1) in _BLOCKS else stop
    notes.gap(f"GIF at {at}", f"there are more than {STEPS} blocks or {_STEPS} sub-blocks; the rest was not read")
    search(window, notes, at, "GIF data")


def skip(window: Window, at: int, most: int) -> tuple[int, int]:
    """Return where a row of sub-blocks ends, and how many there were."""
    count = 0
    while count < most and at < window.size:
        piece = window.at(at, _PIECE)
        inside = 0
        while inside < len(piece) and count < most:
            length = piece[inside]
            inside += 1 + length
            if length == 0:
                return at + inside, count
            count += 1
        at += inside
    return at, count


def _joined(window: Window, at: int, stop: int) -> bytes:
    """Return the content of a row of sub-blocks, without their lengths, up to what one block may hold."""
    parts = bytearray()
    while at < stop and len(parts) <= BLOCK_LIMIT:
        length = window.number(at, 1)
        parts += window.at(at + 1, min(length, stop - at - 1))
        at += 1 + length
    return bytes(parts)


def _read(window: Window, notes: Notes, at: int, left: int) -> tuple[int, int]:
    """Read one extension; return where it ends and how many sub-blocks it had."""
    label = window.number(at + 1, 1)
    stop, steps = skip(window, at + 2, left)
    name = window.at(at + 3, 11)
    if label == _COMMENT:
        place = f"GIF comment at {at}"
        data = _joined(window, at + 2, stop)
        if not sniff(notes, place, data):
            notes.block(BlockKind.COMMENT, place, data)
    elif label == _APPLICATION and name.startswith(_STORE):
        notes.residue(f"GIF application C2PA_GIF at {at}")
    elif label == _APPLICATION and name == _XMP:
        place = f"GIF application XMP at {at}"
        data = window.at(at + 14, notes.bounded(place, stop - at - 14))
        notes.block(BlockKind.XMP, place, data[:-_XMP_TRAILER])
    elif label != _CONTROL and name not in _LOOPING:
        _sniff(window, notes, at, stop)
    return stop, steps


def _sniff(window: Window, notes: Notes, at: int, stop: int) -> None:
    """Hand on what an unknown extension looks like, cut into sub-blocks or not, as XMP is."""
    place = f"GIF extension at {at}"
    data = _joined(window, at + 2, stop)
    if not sniff(notes, place, data[11:]) and not sniff(notes, place, data):
        whole = window.at(at + 2, min(stop - at, BLOCK_LIMIT))
        if is_packet(whole):
            notes.block(BlockKind.XMP, place, find_packet(whole)[1])


FAMILY = Family(_recognise, _walk)
