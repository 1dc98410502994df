"""Structured storage (MS-CFB), and AAF, which is kept in it: the essence that is embedded, and texts of marks.

So are the small pictures of a folder (`Thumbs.db`). Other files of this kind (older office documents) hold pictures in
the midst of streams of their own, and are not gone into.
"""

from collections.abc import Iterator

from provenance.containers.compound_streams import SIGNATURE, Compound, Stream
from provenance.containers.family import End, Family
from provenance.containers.inside import decline
from provenance.containers.members import Member, show
from provenance.containers.model import Carries, Format, Visitor
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains, note_tag
from provenance.containers.window import Window
from provenance.files import IN_MEMORY, Media

_STORAGE = Format("application/x-ole-storage", Carries.NO, holds_files=True)
_AAF = Format("application/x-aaf", Carries.NO, holds_files=True)
_OF_AAF = (
    b"AAFB\r\0OM\x06\x0e+4\x01\x01\x01\xff",
    b"\x01\x02\x01\r\0\x02\0\0\x06\x0e+4\x03\x02\x01\x01",
)
"""Class of the file in its header, with sectors of 512 and of 4096 bytes (AAF Stored Format Specification 1.0.1, 2)."""
_ROOT_OF_AAF = bytes.fromhex("a598b3b3901cd4118053080036210804")
_ESSENCE = "Data-2702"
"""The property of an essence that is its data (AAF Object Specification 1.1, EssenceData::Data)."""
_NAME, _VALUE = 0x5001, 0x5003
_PROPERTIES = frozenset({"properties", "referenced properties"})
_ALL_PROPERTIES = 32 << 20


def _recognise(head: bytes, window: Window) -> Format | None:
    if not head.startswith(SIGNATURE):
        return None
    if head[8:24] in _OF_AAF:
        return _AAF
    root = Compound(window).root_class if window.size > 512 else b""
    return _AAF if root in {_ROOT_OF_AAF, *_OF_AAF} else _STORAGE


def _walk(window: Window, notes: Notes) -> None:
    visitor = notes.visitor
    if visitor is None:
        return
    if _recognise(window.at(0, 64), window) is not _AAF:
        _read_thumbnails(window, notes)
        return
    notes.entered = True
    compound = Compound(window)
    streams = compound.streams()
    for trouble in compound.troubles:
        decline(notes, "part of the AAF", trouble)
    _read_properties(notes, streams)
    wanted = [s for s in streams if s.name not in _PROPERTIES and not s.name.endswith(" index")]
    show(
        notes,
        [Member(s.path.encode("utf-8", "replace"), _Opener(s, visitor), unknown=s.name != _ESSENCE) for s in wanted],
    )


def _read_thumbnails(window: Window, notes: Notes) -> None:
    from provenance.containers.rare.thumbs import read_thumbnails  # for few files

    compound = Compound(window)
    streams = compound.streams()
    notes.entered = not compound.troubles and read_thumbnails(notes, streams)


class _Opener:
    """Opens a stream when it is asked for."""

    def __init__(self, stream: Stream, visitor: Visitor) -> None:
        self._stream = stream
        self._visitor = visitor

    def __call__(self) -> Media | str:
        if self._stream.media is None:
            return "its data cannot be followed"
        if self._stream.size <= IN_MEMORY:
            if self._stream.size > self._visitor.room:
                return "more lies in this file than is examined"
            self._visitor.take(self._stream.size)
        return self._stream.media


def _read_properties(notes: Notes, streams: tuple[Stream, ...]) -> None:
    """Hand on texts of marks among the properties, such as comments that users wrote or programs took along."""
    left = _ALL_PROPERTIES
    for stream in streams:
        if stream.name == "properties" and stream.media is not None:
            if stream.size > left:
                decline(notes, "part of the AAF's properties", f"they have more than {_ALL_PROPERTIES} bytes")
                return
            left -= stream.size
            _read_texts(notes, f"AAF {stream.path}", stream.media.read(0, stream.size))


def _read_texts(notes: Notes, place: str, data: bytes) -> None:
    """Hand on a value that has a name (AAF Object Specification 1.1, TaggedValue), else what text of a mark there is.

    A value says its byte order and its type before what it is.
    """
    found = dict(_properties(data))
    if _NAME in found and _VALUE in found:
        name = found[_NAME].decode("utf-16-le", "replace").strip("\0")
        note_tag(notes, place, name, found[_VALUE][17:].decode("utf-16-le", "replace").strip("\0"), part=True)
    else:
        note_remains(notes, place, data)


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each property (AAF Stored Format Specification 1.0.1, "properties" stream)."""
    count = int.from_bytes(data[2:4], "little")
    at = 4 + 6 * count
    for number in range(count):
        head = data[4 + 6 * number : 10 + 6 * number]
        size = int.from_bytes(head[4:6], "little")
        yield int.from_bytes(head[:2], "little"), data[at : at + size]
        at += size


FAMILY = Family(_recognise, _walk, End.OPEN)
