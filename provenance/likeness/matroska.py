"""The packets of each track of Matroska and WebM (RFC 9559, 10): frames of blocks, laced or not."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from provenance.containers.matroska import Element, element_at
from provenance.containers.notes import STEPS
from provenance.containers.window import Window
from provenance.files import Media
from provenance.likeness.parts import WHOLE, Parts, Span
from provenance.likeness.track import Kind, Track, track_likeness
from provenance.sameness import Likeness

_SEGMENT, _CLUSTER, _TRACKS = 0x18538067, 0x1F43B675, 0x1654AE6B
_TRACK, _NUMBER, _TYPE, _VIDEO, _WIDE, _HIGH = 0xAE, 0xD7, 0x83, 0xE0, 0xB0, 0xBA
_ENCODINGS, _COMPRESSION, _STRIPPED = 0x6D80, 0x5034, 0x4255
_GROUP, _BLOCK, _SIMPLE = 0xA0, 0xA1, 0xA3
_ENTERED = frozenset({_SEGMENT, _CLUSTER, _GROUP, _TRACKS})
_KINDS = {1: Kind.PICTURES, 2: Kind.SOUND}


@dataclass(slots=True)
class _Found:
    kind: Kind | None = None
    pixels: int = 0
    spans: list[Span] = field(default_factory=list)
    lengths: "array[int]" = field(default_factory=lambda: array("Q"))


def matroska(window: Window, media: Media) -> tuple[Likeness, ...]:
    """Return the likenesses of a film's tracks. What is larger than a second reading is worth has none.

    Nor has a track whose frames were stripped of their first bytes or compressed: its packets are not what is stored.
    """
    if window.size > WHOLE:
        return ()
    tracks: dict[int, _Found] = {}
    for found in _elements(window):
        if found.id == _TRACK:
            _read_track(window, found, tracks)
        else:
            _read_block(window, found, tracks)
    return track_likeness(
        [Track(t.kind, Parts(media, tuple(t.spans)), t.lengths, t.pixels) for t in tracks.values() if t.kind]
    )


def _elements(window: Window) -> Iterator[Element]:
    """Yield every track and block, in order. An element without a length is stepped into, as are those that hold."""
    at = 0
    for _ in range(STEPS):
        found = element_at(window, at, window.size)
        if found is None:
            return
        if found.id in {_TRACK, _BLOCK, _SIMPLE}:
            yield found
        at = found.body if found.id in _ENTERED or found.unknown else found.stop


def _children(window: Window, holder: Element) -> Iterator[Element]:
    at = holder.body
    while at < holder.stop:
        found = element_at(window, at, holder.stop)
        if found is None:
            return
        yield found
        at = found.stop


def _read_track(window: Window, track: Element, tracks: dict[int, _Found]) -> None:
    number, found = 0, _Found()
    for child in _children(window, track):
        if child.id == _NUMBER:
            number = window.number(child.body, child.length)
        elif child.id == _TYPE:
            found.kind = _KINDS.get(window.number(child.body, child.length))
        elif child.id == _VIDEO:
            sizes = {c.id: window.number(c.body, c.length) for c in _children(window, child)}
            found.pixels = sizes.get(_WIDE, 0) * sizes.get(_HIGH, 0)
        elif child.id == _ENCODINGS:
            return
    tracks[number] = found


def _read_block(window: Window, block: Element, tracks: dict[int, _Found]) -> None:
    """Read the head of a block: its track, two bytes of time, flags; and how its frames are laced (RFC 9559, 10.3)."""
    head = window.at(block.body, 12)
    width = 9 - head[0].bit_length()
    number = int.from_bytes(head[:width], "big") & ((1 << 7 * width) - 1)
    found = tracks.get(number)
    if found is None:
        return
    at = block.body + width + 3
    lacing = head[width + 2] >> 1 & 3
    if lacing:
        at = _behind_lacing(window, at, lacing)
    found.spans.append((at, block.stop - at))
    found.lengths.append(block.stop - at)


def _behind_lacing(window: Window, at: int, lacing: int) -> int:
    """Return where the frames of a laced block begin, behind their lengths (1: Xiph, 2: all alike, 3: EBML)."""
    more = window.number(at, 1)
    at += 1
    if lacing == 1:
        for _ in range(more):
            while window.at(at, 1) == b"\xff":
                at += 1
            at += 1
    elif lacing == 3:
        for _ in range(more):
            at += 9 - window.number(at, 1).bit_length()
    return at
