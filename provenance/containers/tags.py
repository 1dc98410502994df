"""Tags of films and sound: what is handed on of them, and text that no structure leads to."""

import re
from typing import Final

from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.window import Window

TEXT_LIMIT: Final = 4 << 20
"""Bytes that are looked through for text where nothing says that they are one."""

_QUIET = re.compile(r"[\d\s:.,/+\-TZ\0]*")
"""Numbers, durations and dates: of these a film may have thousands, and no mark is one."""

_WORDS = (
    b"class_type",
    b"last_node_id",
    b"Steps: ",
    b"AIGC",
    b"aigc_",
    b"ContentProducer",
    b"rainedAlgorithmic",
    b"DigitalSourceType",
    b"AISystemUsed",
    b"AIPrompt",
)
"""One word for each form of mark: any of them makes bytes worth being handed on as text."""
_WIDE = tuple(word.decode().encode("utf-16-le")[:-1] for word in _WORDS)
_BEFORE, _AFTER = 4096, 64 << 10
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
"""Control characters, and what could not be decoded: one in so many, and it is a text that was damaged."""
_FEW, _SAMPLE = 20, 4096


def note_tag(notes: Notes, place: str, key: str, text: str, *, part: bool = False) -> None:
    """Hand on a tag, perhaps of a part of the file, unless its text is a number, a date or nothing."""
    if _QUIET.fullmatch(text) and "AIGC" not in key.upper():
        return
    notes.block(BlockKind.TAG, place, text.encode("utf-8", "replace"), key, part=part)


def note_text(notes: Notes, place: str, key: str, data: bytes) -> bool:
    """Hand on bytes that are text, also damaged text, and otherwise what text of a mark there is in them.

    Return whether the whole was text.
    """
    text = _as_text(data)
    if text is None:
        note_remains(notes, place, data)
        return False
    note_tag(notes, place, key, text)
    return True


def _as_text(data: bytes) -> str | None:
    """Return bytes as text in UTF-8 or, with a byte-order mark, UTF-16; None where much of them is no text."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = data.decode(encoding, "replace").strip("\0 \r\n")
    odd = len(_ODD.findall(text[:_SAMPLE]))
    return text if odd * _FEW <= min(len(text), _SAMPLE) else None


def note_remains(notes: Notes, place: str, data: bytes) -> None:
    """Hand on the text of a mark, and the first XMP packet, from bytes that nothing leads through."""
    at, packet = find_packet(data)
    if packet:
        notes.block(BlockKind.XMP, f"{place}, {at} bytes in", packet)
    for word in (*_WORDS, *_WIDE):
        found = data.find(word)
        if found < 0:
            continue
        piece = data[max(0, found - _BEFORE) : found + _AFTER]
        if word in _WIDE:
            # From the word on either way, two bytes a letter; what comes before may be of another kind.
            piece = data[found - min(found, _BEFORE) // 2 * 2 : found + _AFTER]
            piece = piece.decode("utf-16-le", "replace").encode("utf-8", "replace")
        notes.block(BlockKind.TAG, f"{place}, {found} bytes in", piece)
        return


def search_text(window: Window, notes: Notes, place: str, start: int, stop: int) -> None:
    """Look for text of a mark between two offsets that no structure leads through, as far as is read of such."""
    stop = min(stop, window.size)
    if stop - start > TEXT_LIMIT:
        notes.gap(place, f"only the first {TEXT_LIMIT} bytes behind {start} were searched for text")
    if start < stop:
        note_remains(notes, place, window.at(start, min(stop - start, TEXT_LIMIT)))
