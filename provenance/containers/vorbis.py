"""Vorbis comments, and the metadata blocks of FLAC (Vorbis I, 5; RFC 9639, 8)."""

import base64
import binascii

from provenance.containers.inside import look_inside
from provenance.containers.notes import BLOCK_LIMIT, Notes
from provenance.containers.packets import sniff
from provenance.containers.remains import find_remains, search
from provenance.containers.tags import note_remains, note_tag, search_text
from provenance.containers.window import Window

_APPLICATION, _COMMENTS, _PICTURE = 2, 4, 6
_MOST_BLOCKS = 4096
_MOST_COMMENTS = 65_536
_LONGEST_KEY = 64
_SNIFFED = 4096
_FRAME = (b"\xff\xf8", b"\xff\xf9")
"""How a frame of sound starts (RFC 9639, 9.1)."""
_REMAINS = 64 << 10
_SILENT = frozenset({0, 1, 3})
"""Blocks that hold no text: of the stream, padding, places to seek to."""


def read_flac(window: Window, notes: Notes, at: int) -> None:
    """Read the metadata blocks of FLAC, looking at the start of each for remains of a credential."""
    for _ in range(_MOST_BLOCKS):
        head = window.at(at, 4)
        length = int.from_bytes(head[1:], "big")
        if len(head) < 4 or at + 4 + length > window.size:
            notes.gap(f"FLAC at {at}", "its metadata is longer than the file: the file is cut short or damaged")
            search(window, notes, at, "FLAC data")
            search_text(window, notes, f"FLAC at {at}", at, window.size)
            return
        kind, place = head[0] & 0x7F, f"FLAC block {head[0] & 0x7F} at {at}"
        if find_remains(window.at(at + 4, min(length, _SNIFFED))) >= 0:
            notes.residue(place)
        elif kind == _COMMENTS:
            read_comments(notes, place, window.at(at + 4, notes.bounded(place, length)))
        elif kind == _PICTURE:
            read_picture(notes, place, window.at(at + 4, notes.bounded(place, length)))
        elif kind == _APPLICATION and length > 4:
            data = window.at(at + 8, notes.bounded(place, length - 4))
            if not sniff(notes, place, data):
                note_remains(notes, place, data)
        elif kind not in _SILENT:
            note_remains(notes, place, window.at(at + 4, min(length, _REMAINS)))
        at += 4 + length
        if head[0] & 0x80:
            if at < window.size and window.at(at, 2) not in _FRAME:
                notes.gap(f"FLAC at {at}", "no sound starts behind its metadata: they are damaged")
                search_text(window, notes, f"FLAC at {at}", at, min(window.size, at + _REMAINS))
            return
    notes.gap(f"FLAC at {at}", f"there are more than {_MOST_BLOCKS} blocks; the rest was not read")


def read_comments(notes: Notes, place: str, data: bytes) -> None:
    """Hand on a list of comments: the name of the encoder, then each as `NAME=value`."""
    vendor = _number(data, 0)
    count = _number(data, 4 + vendor)
    at = 8 + vendor
    for done in range(count):
        length = _number(data, at)
        if at + 4 > len(data) or at + 4 + length > len(data) or done == _MOST_COMMENTS:
            notes.gap(place, "its list of comments breaks off, or is too long")
            note_remains(notes, place, data[at:])
            return
        key, found, value = data[at + 4 : at + 4 + length].decode("utf-8", "replace").partition("=")
        if not found or len(key) > _LONGEST_KEY:
            key, value = "", f"{key}{found}{value}"
        where = f"{place} / {key[:40]!r}"
        if key.upper() == "METADATA_BLOCK_PICTURE":
            _encoded_picture(notes, where, value)
        elif key.upper() != "COVERART":
            note_tag(notes, where, key, value)
        else:
            look_inside(notes, where, _decoded(value))
        at += 4 + length
    if at > len(data):
        notes.gap(place, "its list of comments is cut short")
    elif any(data[at + 1 :]):
        note_remains(notes, place, data[at:])


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _encoded_picture(notes: Notes, place: str, value: str) -> None:
    read_picture(notes, place, _decoded(value))


def _decoded(value: str) -> bytes:
    """Return base64 decoded, as far as it is."""
    text = value[: BLOCK_LIMIT // 3 * 4].encode("ascii", "ignore")
    try:
        return base64.b64decode(text[: len(text) // 4 * 4])
    except binascii.Error:
        return b""


def read_picture(notes: Notes, place: str, data: bytes) -> None:
    """Look into a picture: type, kind and description with their lengths, four numbers, and the picture's length."""
    kind = int.from_bytes(data[4:8], "big")
    described = int.from_bytes(data[8 + kind : 12 + kind], "big")
    start = 12 + kind + described + 20
    if data[8 : 8 + kind] != b"-->":
        look_inside(notes, place, data[start:])
