"""Tags of WAV and AVI: lists of texts, broadcast extensions, iXML, ID3 (RIFF 1.0; EBU Tech 3285; iXML 3; ADM's `axml`).

A list may hold lists, however deep: their heads are stepped over one after the other, never entered.
"""

from typing import Final

from provenance.containers.id3_tag import read_tag, tag_size
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains, note_text, search_text
from provenance.containers.window import Window

TAGGED: Final = frozenset({b"bext", b"iXML", b"IXML", b"axml", b"aXML", b"id3 ", b"ID3 ", b"AIGC"})
"""Chunks of the top level that are read here."""

_MEDIA = frozenset({b"movi", b"rec ", b"wavl", b"synl"})
"""Lists that hold no texts."""
_LABELS = frozenset({b"labl", b"note", b"ltxt"})
_BINARY = frozenset({b"avih", b"strh", b"strf", b"indx", b"vprp", b"dmlh", b"JUNK", b"ltxt", b"PAD "})
_TEXT_LIMIT = 16 << 20
_EXTENSION = ((0, 256, "Description"), (256, 288, "Originator"), (288, 320, "OriginatorReference"))
_HISTORY = 602


def read_chunk(window: Window, notes: Notes, place: str, chunk: tuple[bytes, int, int]) -> None:
    """Hand on the tags in one of `TAGGED`: its type, where its content starts and how long it is."""
    kind, body, length = chunk
    if kind == b"bext":
        _read_extension(notes, place, window.at(body, notes.bounded(place, length)))
    elif kind in {b"id3 ", b"ID3 "}:
        size = tag_size(window.at(body, 10))
        if size is None:
            note_remains(notes, place, window.at(body, notes.bounded(place, length)))
        else:
            read_tag(window, notes, body, min(size, length))
    else:
        name = kind.decode("ascii").strip()
        note_text(notes, place, name, window.at(body, notes.bounded(place, length)))


def _read_extension(notes: Notes, place: str, data: bytes) -> None:
    """Hand on the texts of a `bext` chunk: three of fixed length, and the coding history behind all numbers."""
    for start, stop, name in (*_EXTENSION, (_HISTORY, len(data), "CodingHistory")):
        text = data[start:stop].rstrip(b"\0")
        note_text(notes, f"{place} / {name}", name, _utf8(text))


def _utf8(text: bytes) -> bytes:
    """Return text in UTF-8: what is not in it already is taken for Latin-1."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1").encode()
    return text


def read_list(window: Window, notes: Notes, start: int, stop: int) -> None:
    """Hand on the texts in a list that starts at its type, and in all lists in it."""
    kind, at = window.at(start, 4), start + 4
    if kind in _MEDIA:
        return
    path = f"RIFF {_shown(kind)}"
    while stop - at >= 8 and notes.step(f"RIFF list at {start}"):
        head = window.at(at, 12)
        name, length = head[:4], int.from_bytes(head[4:8], "little")
        place = f"{path} {_shown(name)} at {at}"
        if at + 8 + length > stop or not _is_type(name):
            search_text(window, notes, f"{path} at {at}", at, stop)
            return
        if name == b"LIST" and head[8:] not in _MEDIA:
            path = f"RIFF {_shown(head[8:])}"
            at += 12
            continue
        if name not in _BINARY and name != b"LIST":
            _read_text(window, notes, place, (name, at + 8, length))
        at += 8 + length + (length & 1)
        if length & 1 and window.at(at - 1, 1) != b"\0" and _is_type(window.at(at - 1, 4)):
            at -= 1


def _is_type(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _shown(name: bytes) -> str:
    return name.decode("ascii", "replace").strip() if name.isalnum() else repr(name.decode("latin-1"))


def _read_text(window: Window, notes: Notes, place: str, chunk: tuple[bytes, int, int]) -> None:
    name, body, length = chunk
    skipped = 4 if name in _LABELS else 0
    data = window.at(body + skipped, min(notes.bounded(place, length), _TEXT_LIMIT) - skipped)
    note_text(notes, place, name.decode("latin-1").strip(), _utf8(data))
