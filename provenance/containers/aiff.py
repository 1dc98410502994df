"""AIFF and AIFF-C: texts, comments, ID3 and XMP among the chunks (AIFF 1.3; XMP part 3, 1.1.2)."""

from provenance.containers.family import Family
from provenance.containers.id3_tag import read_tag, tag_size
from provenance.containers.inside import look_behind
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import STEPS, Notes
from provenance.containers.riff import is_type
from provenance.containers.tags import note_remains, note_text, search_text
from provenance.containers.window import Window

_AIFF = Format("audio/aiff", Carries.NO)
_TEXTS = {b"NAME": "title", b"AUTH": "artist", b"(c) ": "copyright", b"ANNO": "comment"}
_MOST_COMMENTS = 65_535
_SNIFFED = 64 << 10
_SOUND = frozenset({b"SSND", b"COMM", b"FVER", b"MARK", b"INST", b"MIDI", b"AESD", b"CHAN"})


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _AIFF if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"} else None


def _walk(window: Window, notes: Notes) -> None:
    at, stop = 12, min(window.size, 8 + window.number(4, 4))
    if 8 + window.number(4, 4) > window.size + 1:
        notes.gap("AIFF", "it says it is longer than it is: the file is cut short or damaged")
    for _ in range(STEPS):
        if stop - at < 8:
            if at < window.size:
                look_behind(window, notes, at, "AIFF")
            return
        head = window.at(at, 8)
        kind, length = head[:4], int.from_bytes(head[4:], "big")
        name = kind.decode("latin-1").strip()
        place = f"AIFF {name if name.isalnum() and name.isascii() else repr(name)} at {at}"
        if not is_type(head) or at + 8 + length > window.size:
            notes.gap(place, "no chunk that is all there starts where one should")
            search_text(window, notes, place, at, window.size)
            return
        _read(window, notes, place, (kind, at + 8, length))
        at += 8 + length + (length & 1)
    notes.gap(f"AIFF at {at}", f"there are more than {STEPS} chunks; the rest was not read")


def _read(window: Window, notes: Notes, place: str, chunk: tuple[bytes, int, int]) -> None:
    """Read one chunk that is all there; what is of no kind that is known is looked at as text."""
    kind, body, length = chunk
    if kind in _SOUND:
        return
    if kind in {b"ID3 ", b"id3 "} and (size := tag_size(window.at(body, 10))) is not None:
        read_tag(window, notes, body, min(size, length))
        return
    if kind in _TEXTS or kind in {b"COMT", b"APPL"}:
        data = window.at(body, notes.bounded(place, length))
    else:
        data = window.at(body, min(length, _SNIFFED))
    if kind == b"COMT":
        _read_comments(notes, place, data)
    elif kind == b"APPL" and data[:4] == b"XMP ":
        notes.block(BlockKind.XMP, place, data[4:])
    elif kind == b"APPL":
        note_text(notes, place, data[:4].decode("latin-1"), data[4:])
    else:
        note_text(notes, place, _TEXTS.get(kind, kind.decode("latin-1")), data)


def _read_comments(notes: Notes, place: str, data: bytes) -> None:
    """Hand on comments: their number, then each with a time, a marker and a text of even length."""
    at = 2
    for number in range(min(int.from_bytes(data[:2], "big"), _MOST_COMMENTS)):
        length = int.from_bytes(data[at + 6 : at + 8], "big")
        if at + 8 + length > len(data):
            note_remains(notes, place, data[at:])
            return
        note_text(notes, f"{place} / {number + 1}", "comment", data[at + 8 : at + 8 + length])
        at += 8 + length + (length & 1)
    if any(data[at:]):
        note_remains(notes, place, data[at:])


FAMILY = Family(_recognise, _walk)
"""AIFF."""
