"""Ogg: Vorbis, Opus, FLAC, Speex and Theora (RFC 3533; RFC 7845, 5.2; Theora, 6.3).

Each stream tells of itself in its second packet. Sound that was put behind other sound in one file has headers of its
own further on, which are looked for where the last page tells that there are any.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from provenance.containers.family import End, Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, Notes
from provenance.containers.tags import note_remains
from provenance.containers.vorbis import read_comments, read_picture
from provenance.containers.window import Window

_OGG = Format("application/ogg", Carries.NO)
_START = b"OggS\0"
_HEAD = 27
_BEGINS = 2
"""The flag of a page that is the first of its stream."""
_MOST_PAGES = 4096
_TAIL = 66 << 10
_MOST_PACKETS = 256
_MOST_LINKS = 64
_FURTHEST = 64 << 20
"""Bytes in which the next stream is looked for: a whole song."""
_FLAC = b"\x7fFLAC"
_STARTS = (b"\x03vorbis", b"OpusTags", b"\x81theora")


@dataclass(slots=True)
class _Stream:
    """One stream: packets that are whole, and the one that goes on."""

    packets: list[bytes] = field(default_factory=list)
    open: bytearray = field(default_factory=bytearray)

    @property
    def wanted(self) -> int:
        """How many packets tell of the stream: two, or in FLAC as many as the first says (RFC 9639, 10.1)."""
        first = self.packets[0] if self.packets else b""
        return 1 + min(int.from_bytes(first[7:9], "big"), _MOST_PACKETS) if first.startswith(_FLAC) else 2


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _OGG if head.startswith(_START) else None


def _walk(window: Window, notes: Notes) -> None:
    streams: dict[bytes, _Stream] = {}
    pages = iter(range(_MOST_PAGES))
    at = _read_headers(window, notes, 0, streams, pages)
    for _ in range(_MOST_LINKS):
        if not _goes_on(window, streams):
            break
        at = window.find(_START + bytes([_BEGINS]), at, at + _FURTHEST)
        if at < 0:
            break
        at = _read_headers(window, notes, at, streams, pages)
    if _goes_on(window, streams):
        notes.gap("Ogg", "another stream follows the first; its tags were not read")
    for serial, stream in streams.items():
        _read(notes, f"Ogg stream {int.from_bytes(serial, 'little')}", stream)


def _goes_on(window: Window, streams: dict[bytes, _Stream]) -> bool:
    """Whether the last page is of a stream that did not begin where the others did."""
    tail = window.last(_TAIL)
    at = tail.rfind(_START)
    return at >= 0 and len(tail) >= at + 18 and tail[at + 14 : at + 18] not in streams


def _read_headers(window: Window, notes: Notes, at: int, streams: dict[bytes, _Stream], pages: Iterator[int]) -> int:
    """Add the streams that begin together at `at`, as far as they tell of themselves; return where that ends.

    `pages` counts those of all links: what each page costs grows with the streams that were met.
    """
    for _ in pages:
        head = window.at(at, _HEAD)
        if len(head) < _HEAD or not head.startswith(_START):
            notes.gap(f"Ogg at {at}", "no page starts where one should, before all streams have told of themselves")
            note_remains(notes, f"Ogg at {at}", window.at(at, _TAIL))
            break
        lacing = window.at(at + _HEAD, head[26])
        body = at + _HEAD + head[26]
        if head[14:18] not in streams and not head[5] & _BEGINS:
            notes.gap(f"Ogg at {at}", "a page of a stream that never began: the pages are damaged")
            note_remains(notes, f"Ogg at {at}", window.at(at, _TAIL))
        stream = streams.setdefault(head[14:18], _Stream())
        _take(stream, window.at(body, sum(lacing)), lacing)
        at = body + sum(lacing)
        begins = window.at(at, _HEAD)[5:6]
        known = all(len(s.packets) >= s.wanted for s in streams.values())
        if (known and not (begins and begins[0] & _BEGINS)) or at >= window.size:
            if not known or at > window.size:
                notes.gap(f"Ogg at {at}", "the file ends before all streams have told of themselves")
                note_remains(notes, "Ogg", window.at(0, _TAIL))
            elif at < window.size and window.at(at, len(_START)) != _START:
                notes.gap(f"Ogg at {at}", "no page starts behind those that tell of its streams")
                note_remains(notes, f"Ogg at {at}", window.at(at, _TAIL))
            break
        if sum(len(s.open) for s in streams.values()) > BLOCK_LIMIT:
            notes.gap("Ogg", f"the headers of its streams have more than {BLOCK_LIMIT} bytes")
            break
    else:
        notes.gap("Ogg", f"its streams have not told of themselves in {_MOST_PAGES} pages")
    return at


def _take(stream: _Stream, data: bytes, lacing: bytes) -> None:
    """Add a page to its stream: a packet goes on while its pieces are 255 bytes long."""
    at = 0
    for length in lacing:
        if len(stream.packets) >= stream.wanted:
            return
        stream.open += data[at : at + length]
        at += length
        if length < 255:
            stream.packets.append(bytes(stream.open))
            stream.open.clear()


def _read(notes: Notes, place: str, stream: _Stream) -> None:
    """Hand on what the second packet of a stream holds, and of FLAC the pictures that follow."""
    if not stream.packets:
        return
    for packet in (*stream.packets[1:], bytes(stream.open)):
        start = next((s for s in _STARTS if packet.startswith(s)), None)
        if start is not None:
            read_comments(notes, place, packet[len(start) :])
        elif stream.packets[0].startswith(_FLAC) and packet[:1]:
            kind = packet[0] & 0x7F
            if kind == 4:
                read_comments(notes, place, packet[4:])
            elif kind == 6:
                read_picture(notes, place, packet[4:])
        elif stream.packets[0].startswith(b"Speex   ") and len(stream.packets) > 1 and packet is stream.packets[1]:
            read_comments(notes, place, packet)
        else:
            note_remains(notes, place, packet)


FAMILY = Family(_recognise, _walk, End.OPEN)
"""Ogg, whatever it carries."""
