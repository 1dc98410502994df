"""JPEG 2000: XMP, EXIF, IPTC and XML among the boxes of a JP2, and the comments of a codestream (ISO 15444-1, A and I).

A codestream is followed from tile to tile, none of which is read.
"""

from provenance.containers.boxes import Box, Break, boxes
from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.movie import XMP_UUID
from provenance.containers.notes import STEPS, Notes
from provenance.containers.packets import find_packet, sniff
from provenance.containers.rare.follow import ends_at, note_unknown, show_pictures
from provenance.containers.remains import search
from provenance.containers.tags import note_remains, note_text
from provenance.containers.window import Window

_JP2 = Format("image/jp2", Carries.NO)
_CODESTREAM = Format("image/x-jp2-codestream", Carries.NO)
_SIGNATURE, _START = b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51\x00"
_EXIF_UUID = b"JpgTiffExif->JP2"
_IPTC_UUID = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_PLAIN, _PLAIN_LENGTH = frozenset({b"jP  ", b"ftyp"}), 256
_PADDING = 1 << 16
_COMMENT, _TILE, _END = b"\xff\x64", b"\xff\x90", b"\xff\xd9"


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _JP2 if head.startswith(_SIGNATURE) else _CODESTREAM if head.startswith(_START) else None


def _walk(window: Window, notes: Notes) -> None:
    if window.at(0, 2) == _START[:2]:
        end = _read_codestream(window, notes, 0, window.size)
        if end is not None:
            ends_at(window, notes, end, "JPEG 2000")
        return
    for box in boxes(window, 0, window.size):
        if isinstance(box, Break):
            _end(window, notes, box.at, box.why)
        elif box.kind == b"jp2c":
            end = _read_codestream(window, notes, box.body, box.stop)
            if end is not None and end < box.stop:
                notes.gap(f"JP2 codestream at {box.at}", "it does not end where its box does")
                note_unknown(window, notes, f"JP2 box at {box.at}", (end, box.stop - end))
        elif box.kind not in _PLAIN or box.length > _PLAIN_LENGTH:
            _read(window, notes, box)


def _end(window: Window, notes: Notes, at: int, why: str) -> None:
    """Note where the boxes end before the file does. What ends where the file does is looked at by its end."""
    rest = window.at(at, _PADDING)
    if window.size - at <= len(rest) and not any(rest):
        return
    notes.gap(f"JP2 at {at}", why)
    search(window, notes, at, "JP2 data")
    if not show_pictures(window, notes, at, window.size):
        note_remains(notes, f"JP2 at {at}", rest)


def _read(window: Window, notes: Notes, box: Box) -> None:
    """Read one box that is not the picture."""
    place = f"JP2 {box.name} at {box.at}"
    kind = window.at(box.body, 16) if box.kind == b"uuid" else b""
    if kind in {XMP_UUID, _EXIF_UUID, _IPTC_UUID}:
        data = window.at(box.body + 16, notes.bounded(place, box.length - 16))
        kinds = {XMP_UUID: BlockKind.XMP, _EXIF_UUID: BlockKind.EXIF, _IPTC_UUID: BlockKind.IPTC}
        notes.block(kinds[kind], place, data)
    elif box.kind == b"jumb":
        notes.residue(place)
    elif box.kind == b"xml ":
        data = window.at(box.body, notes.bounded(place, box.length))
        if find_packet(data)[0] < 0 or not sniff(notes, place, data):
            note_text(notes, place, "xml", data)
    else:
        note_unknown(window, notes, place, (box.body, box.length))


def _read_codestream(window: Window, notes: Notes, at: int, stop: int) -> int | None:
    """Hand on comments of the main header, and step over the tiles; return where it ends, None where that is open."""
    start, at, tiles = at, at + 2, False
    for _ in range(STEPS):
        head = window.at(at, 10)
        length = int.from_bytes(head[2:4], "big")
        if head[:2] == _END:
            return at + 2
        if head[:2] == _TILE:
            if not tiles:
                show_pictures(window, notes, start, at)
            tiles = True
            tile = int.from_bytes(head[6:10], "big")
            if tile == 0:
                return None if window.at(stop - 2, 2) == _END else _broken(notes, start, at)
            length = tile - 2
        elif head[:2] == _COMMENT and length > 4:
            note_unknown(window, notes, f"JPEG 2000 comment at {at}", (at + 6, length - 4))
        if head[:1] != b"\xff" or length < 2 or at + 2 + length > stop:
            break
        at += 2 + length
    return _broken(notes, start, at)


def _broken(notes: Notes, start: int, at: int) -> int:
    notes.gap(f"JPEG 2000 codestream at {start}", "it breaks off: the file is cut short or damaged")
    return at


FAMILY = Family(_recognise, _walk, End.OPEN)
