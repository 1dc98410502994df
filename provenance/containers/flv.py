"""FLV: `onMetaData` and its like (Adobe Flash Video File Format 10.1, E.4.4; AMF 0).

Tags are looked at from the start, some thousand of them, and the last of all: that is where writers put scripts.
"""

from provenance.containers.family import Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains, note_tag
from provenance.containers.window import Window

_FLV = Format("video/x-flv", Carries.NO)
_SCRIPT = 18
_KINDS = frozenset({8, 9, _SCRIPT})
_FIRST = 1000
_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED, _ARRAY, _END, _LIST, _DATE, _LONG = (
    0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12,
)  # fmt: skip


def _recognise(head: bytes, _window: Window) -> Format | None:
    sound = head.startswith(b"FLV\1") and len(head) >= 9 and head[4] & 0xFA == 0 and head[5:9] == b"\0\0\0\x09"
    return _FLV if sound else None


def _walk(window: Window, notes: Notes) -> None:
    at = 13
    for _ in range(_FIRST):
        if at >= window.size:
            return
        at = _read(window, notes, at)
        if at < 0:
            return
    length = int.from_bytes(window.last(4), "big")
    if at <= window.size - 4 - length:
        _read(window, notes, window.size - 4 - length)


def _read(window: Window, notes: Notes, at: int) -> int:
    """Read one tag if it is a script, and return where the next one starts; -1 where none does."""
    head = window.at(at, 11)
    length = int.from_bytes(head[1:4], "big")
    if len(head) < 11 or head[0] & 0x1F not in _KINDS or at + 11 + length > window.size:
        notes.gap(f"FLV at {at}", "no tag that is all there starts where one should")
        note_remains(notes, f"FLV at {at}", window.at(at, 1 << 16))
        return -1
    if head[0] & 0x1F == _SCRIPT:
        _Script(notes, f"FLV script at {at}", window.at(at + 11, notes.bounded(f"FLV at {at}", length))).read()
    return at + 11 + length + 4


class _Script:
    """The values of one script tag, read one after the other: names of fields lead to texts, depth means nothing."""

    def __init__(self, notes: Notes, place: str, data: bytes) -> None:
        self._notes = notes
        self._place = place
        self._data = data
        self._at = 0

    def read(self) -> None:
        """Hand on all texts. Where the values do not come to the end they should, all of them are looked through."""
        if not self._fields():
            note_remains(self._notes, self._place, self._data)

    def _fields(self) -> bool:
        """Read the fields of the script and of all objects in it, and return whether they come to an end."""
        if not self._value("", named=False) or not self._open():
            return False
        depth = 0
        while self._at < len(self._data) and self._notes.step(self._place):
            name = self._text(2)
            kind = self._data[self._at : self._at + 1]
            if not name and kind == bytes([_END]):
                self._at += 1
                depth -= 1
                if depth < 0:
                    return True
                continue
            if kind and kind[0] in {_OBJECT, _ARRAY}:
                depth += 1
                self._open()
            elif not self._value(name, named=True):
                break
        return False

    def _open(self) -> bool:
        """Go into an object, or an array of named fields, and return whether there is one."""
        kind = self._data[self._at : self._at + 1]
        if not kind or kind[0] not in {_OBJECT, _ARRAY}:
            return False
        self._at += 5 if kind[0] == _ARRAY else 1
        return True

    def _value(self, name: str, *, named: bool) -> bool:
        """Read a value that holds no fields, and return whether it was one that is known."""
        kind = self._data[self._at] if self._at < len(self._data) else -1
        self._at += 1
        if kind in {_STRING, _LONG}:
            text = self._text(2 if kind == _STRING else 4)
            if named:
                note_tag(self._notes, f"{self._place} / {name[:40]!r}", name, text)
            return True
        if kind == _LIST:
            return self._list(name)
        length = {_NUMBER: 8, _BOOLEAN: 1, _NULL: 0, _UNDEFINED: 0, _DATE: 10}.get(kind, -1)
        self._at += max(length, 0)
        return length >= 0

    def _list(self, name: str) -> bool:
        """Read a list of plain values."""
        count = int.from_bytes(self._data[self._at : self._at + 4], "big")
        self._at += 4
        for _ in range(count):
            known = self._at < len(self._data) and self._data[self._at] != _LIST
            if not known or not self._notes.step(self._place) or not self._value(name, named=True):
                return False
        return True

    def _text(self, width: int) -> str:
        length = int.from_bytes(self._data[self._at : self._at + width], "big")
        self._at += width + length
        return self._data[self._at - length : self._at].decode("utf-8", "replace")


FAMILY = Family(_recognise, _walk)
"""FLV."""
