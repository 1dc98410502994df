"""Matroska and WebM: tags, titles and attachments among the elements of a segment (RFC 8794; RFC 9559).

Clusters are stepped over by their length. One of unknown length, as live recordings have them, is followed from block
to block until something else begins. What the seek heads promise is looked up where it was not come by.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from provenance.containers.family import Family
from provenance.containers.inside import decline, look_inside
from provenance.containers.model import Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, STEPS, Notes
from provenance.containers.tags import note_remains, note_tag, note_text, search_text
from provenance.containers.window import Window

_MATROSKA = Format("video/x-matroska", Carries.NO)
_WEBM = Format("video/webm", Carries.NO)
_EBML, _DOC_TYPE = 0x1A45DFA3, b"\x42\x82"
_SEGMENT, _CLUSTER, _SEEK_HEAD, _SEEK, _SEEK_ID, _SEEK_AT = 0x18538067, 0x1F43B675, 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
_INFO, _TRACKS, _TAGS, _ATTACHMENTS = 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1941A469
_CUES, _CHAPTERS = 0x1C53BB6B, 0x1043A770
_TAG, _SIMPLE, _NAME, _STRING, _BINARY = 0x7373, 0x67C8, 0x45A3, 0x4487, 0x4485
_ATTACHED, _FILE_NAME, _FILE_TYPE, _FILE_DATA, _FILE_SAYS = 0x61A7, 0x466E, 0x4660, 0x465C, 0x467E
_TRACK, _CHAPTER_TITLE, _CHAPTER_DISPLAY = 0xAE, 0x85, 0x80
_READ = frozenset({_INFO, _TRACKS, _TAGS, _ATTACHMENTS, _CHAPTERS})
_TOP = _READ | {_CLUSTER, _SEEK_HEAD, _CUES, _SEGMENT, _EBML}
_HOLDERS = frozenset({_TAG, _SIMPLE, _TRACK, _ATTACHED, 0x45B9, 0xB6, _CHAPTER_DISPLAY})
"""What is entered below the elements in `_READ`: tags, tracks, attachments, and chapters (edition, atom, display)."""
_TEXTS = {
    0x7BA9: "title", 0x7384: "segment filename", 0x536E: "track name", 0x85: "chapter", 0x5741: "writingapp",
    0x4D80: "muxingapp", 0x258688: "codec name",
}  # fmt: skip
_NOTHING = frozenset({0xEC, 0xBF, 0x63C0})
"""Elements without content of their own: filler, checksums, what tags are about."""
_ABOUT = frozenset({0x447A, 0x447B, 0x4484, 0x44B4, *_NOTHING})
"""What is said of a tag: its language, and whether it is the default."""
_SNIFFED = 64 << 10
_DEEPEST = 12
_MOST_SEEKS = 64
_LOOKED = 4096


class Element(NamedTuple):
    """One element: its id with its marker, where it starts, where its content does, and where that ends."""

    id: int
    at: int
    body: int
    stop: int
    unknown: bool = False

    @property
    def length(self) -> int:
        return self.stop - self.body


@dataclass(slots=True)
class _Seen:
    """What a walk through a segment came by, and what it was promised."""

    read: set[int] = field(default_factory=set)
    promised: list[int] = field(default_factory=list)


def _recognise(head: bytes, window: Window) -> Format | None:
    if not head.startswith(_EBML.to_bytes(4, "big")):
        return None
    start = window.at(0, _LOOKED)
    at = start.find(_DOC_TYPE, 4)
    found = element_at(window, at, len(start)) if at >= 0 else None
    name = window.at(found.body, min(found.length, 16)) if found is not None else b""
    return {b"matroska": _MATROSKA, b"webm": _WEBM}.get(name.rstrip(b"\0"))


def element_at(window: Window, at: int, stop: int) -> Element | None:
    """Return the element that starts at an offset, None where none does (RFC 8794, 4 to 6)."""
    head = window.at(at, 12)
    width = 9 - head[0].bit_length() if head and head[0] else 9
    if width > 4 or len(head) <= width:
        return None
    body, size = width, head[width]
    long = 9 - size.bit_length() if size else 9
    if long > 8 or len(head) < width + long:
        return None
    body += long
    everything = (1 << 7 * long) - 1
    length = int.from_bytes(head[width:body], "big") & everything
    unknown = length == everything
    end = stop if unknown else at + body + length
    return Element(int.from_bytes(head[:width], "big"), at, at + body, end, unknown)


def _walk(window: Window, notes: Notes) -> None:
    at = 0
    for _ in range(_MOST_SEEKS):
        found = element_at(window, at, window.size)
        if found is None:
            if at < window.size and any(window.at(at, _LOOKED)):
                notes.gap(f"Matroska at {at}", "no element starts where one should")
                search_text(window, notes, f"Matroska at {at}", at, window.size)
            return
        if found.stop > window.size:
            notes.gap(f"Matroska at {at}", "an element is longer than the file: the file is cut short or damaged")
        if found.id == _SEGMENT:
            _read_segment(window, notes, found)
        elif found.id not in _NOTHING | {_EBML}:
            notes.gap(f"Matroska at {at}", "what stands there is no segment")
            search_text(window, notes, f"Matroska at {at}", found.body, min(found.stop, window.size))
        at = found.stop
    notes.gap(f"Matroska at {at}", f"more than {_MOST_SEEKS} segments follow one another; the rest was not read")


def _read_segment(window: Window, notes: Notes, segment: Element) -> None:
    seen, stop = _Seen(), min(segment.stop, window.size)
    at, inside = segment.body, False
    for _ in range(STEPS):
        if at >= stop:
            break
        found = element_at(window, at, stop)
        if found is None or (found.stop > stop and found.id in _READ | {_SEEK_HEAD}):
            notes.gap(f"Matroska at {at}", "no element that is all there starts where one should")
            search_text(window, notes, f"Matroska at {at}", at, stop)
            break
        if found.id in _TOP:
            inside = found.id == _CLUSTER and found.unknown
            _read_top(window, notes, seen, found)
        elif not inside and found.id not in _NOTHING:
            _note_unknown(window, notes, found)
        if found.stop > stop:
            notes.gap(f"Matroska at {found.at}", "an element is longer than what holds it: cut short or damaged")
            search_text(window, notes, f"Matroska at {found.at}", found.body, min(stop, found.body + _LOOKED))
        # Of what has no length of its own only the head is stepped over.
        at = found.body if found.unknown and (inside or found.id == _SEGMENT) else found.stop
    else:
        notes.gap(f"Matroska at {at}", f"there are more than {STEPS} elements; the rest was not read")
    for place in seen.promised:
        found = element_at(window, segment.body + place, stop)
        if found is not None and found.id in _READ and found.at not in seen.read and found.stop <= stop:
            _read_top(window, notes, seen, found)


def _note_unknown(window: Window, notes: Notes, found: Element) -> None:
    """Note an element that no segment has: one whose name was damaged, or changed by hand, holds what it held."""
    data = window.at(found.body, min(found.length, _SNIFFED))
    note_remains(notes, f"Matroska at {found.at}", data)
    if any(data):
        decline(notes, f"Matroska at {found.at}", "no element of a segment has that name")


def _read_top(window: Window, notes: Notes, seen: _Seen, found: Element) -> None:
    seen.read.add(found.at)
    if found.id == _SEEK_HEAD:
        for seek in (e for e in _children(window, notes, found) if e.id == _SEEK):
            places = [window.number(e.body, e.length) for e in _children(window, notes, seek) if e.id == _SEEK_AT]
            if len(seen.promised) < _MOST_SEEKS:
                seen.promised += places[:1]
    elif found.id in _READ:
        _Reader(window, notes).read(found)


def _children(window: Window, notes: Notes, holder: Element) -> Iterator[Element]:
    """Yield the elements within one; where they break off, the rest is looked through for text."""
    at = holder.body
    while at < holder.stop and notes.step(f"Matroska at {at}"):
        found = element_at(window, at, holder.stop)
        if found is None or found.stop > holder.stop:
            place = f"Matroska at {at}"
            notes.gap(place, "its elements break off")
            search_text(window, notes, place, at, holder.stop)
            return
        yield found
        at = found.stop


class _Reader:
    """Reads what one element of the top holds, however deep it is nested."""

    def __init__(self, window: Window, notes: Notes) -> None:
        self._window = window
        self._notes = notes

    def read(self, top: Element) -> None:
        """Hand on all texts and look into all attachments in an element."""
        waiting = [(top, "", 0)]
        while waiting:
            holder, path, depth = waiting.pop()
            for child in self._named(holder):
                inner = f"{path}/{self._name(child)}" if child.id == _SIMPLE else path
                if child.id == _ATTACHED:
                    self._attachment(child)
                elif holder.id == _ATTACHMENTS and child.id not in _NOTHING:
                    decline(self._notes, f"Matroska at {child.at}", "it stands among attachments and is none")
                elif child.id in _HOLDERS and depth < _DEEPEST:
                    waiting.append((child, inner, depth + 1))
                elif child.id in _HOLDERS:
                    self._notes.gap(f"Matroska at {child.at}", "tags are nested too deep to be followed")
                elif holder.id == _SIMPLE:
                    self._value(child, path)
                elif holder.id in {_TAGS, _TAG} and child.id not in _NOTHING:
                    self._unknown(child)
                elif (child.id in _TEXTS and child.id != _CHAPTER_TITLE) or holder.id == _CHAPTER_DISPLAY:
                    self._text(child, _TEXTS.get(child.id, "text"))

    def _named(self, holder: Element) -> Iterator[Element]:
        return _children(self._window, self._notes, holder)

    def _name(self, simple: Element) -> str:
        """Return the name of a tag."""
        for child in self._named(simple):
            if child.id == _NAME:
                return self._bytes(child, 256).decode("utf-8", "replace").strip("\0")
        return ""

    def _bytes(self, found: Element, most: int = BLOCK_LIMIT) -> bytes:
        return self._window.at(found.body, min(found.length, most))

    def _value(self, found: Element, path: str) -> None:
        if found.id not in {_NAME, *_ABOUT}:
            place = f"Matroska tag {path[1:60]!r} at {found.at}"
            data = self._window.at(found.body, self._notes.bounded(place, found.length))
            key = path.rpartition("/")[2]
            if found.id == _STRING:
                note_tag(self._notes, place, key, data.decode("utf-8", "replace").strip("\0"))
            else:
                note_text(self._notes, place, key, data)

    def _unknown(self, found: Element) -> None:
        note_remains(self._notes, f"Matroska at {found.at}", self._bytes(found, _SNIFFED))

    def _text(self, found: Element, key: str) -> None:
        text = self._bytes(found, 1 << 16).decode("utf-8", "replace").strip("\0")
        note_tag(self._notes, f"Matroska {key} at {found.at}", key, text)

    def _attachment(self, attached: Element) -> None:
        """Look into a file that is attached, whatever it is."""
        parts = {child.id: child for child in self._named(attached)}
        name = self._bytes(parts[_FILE_NAME], 256).decode("utf-8", "replace") if _FILE_NAME in parts else ""
        place = f"Matroska attachment {name[:60]!r} at {attached.at}"
        if _FILE_SAYS in parts:
            self._text(parts[_FILE_SAYS], "description")
        data = parts.get(_FILE_DATA)
        if data is None:
            decline(self._notes, place, "it has no content that can be found")
        else:
            look_inside(self._notes, place, self._window.part(data.body, data.length))


FAMILY = Family(_recognise, _walk)
"""Matroska and WebM."""
