"""Subtitles of EBU STL (EBU Tech 3264-E): a block about the programme, and blocks of 128 bytes, as many as it says."""

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import ends_at
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_STL = Format("application/x-ebu-stl", Carries.NO)
_ABOUT, _SUBTITLE = 1024, 128
_FIELDS = {
    "Original programme title": (16, 32),
    "Original episode title": (48, 32),
    "Translated programme title": (80, 32),
    "Translated episode title": (112, 32),
    "Publisher": (277, 32),
    "Editor's name": (309, 32),
    "User-defined area": (448, 576),
}
_TEXTS = 4 << 20


def _recognise(head: bytes, window: Window) -> Format | None:
    digits = head[:3].isdigit() and head[6:8].isdigit() and head[11:16].strip().isdigit()
    sound = digits and head[3:6] == b"STL" and head[8:11] == b".01" and window.size >= _ABOUT
    return _STL if sound and _blocks(window) >= 0 else None


def _blocks(window: Window) -> int:
    told = window.at(238, 5).strip()
    return int(told) if told.isdigit() else -1


def _walk(window: Window, notes: Notes) -> None:
    for name, span in _FIELDS.items():
        text = window.at(*span).strip(b"\0 ")
        if text:
            notes.block(BlockKind.FIELD, f"EBU STL {name} at {span[0]}", text, name)
    end = _ABOUT + _SUBTITLE * _blocks(window)
    if end > window.size:
        notes.gap("EBU STL", "it has fewer subtitles than it says: the file is cut short")
    note_remains(notes, f"subtitles at {_ABOUT}", window.at(_ABOUT, min(end - _ABOUT, _TEXTS)))
    ends_at(window, notes, end, "EBU STL")


FAMILY = Family(_recognise, _walk)
