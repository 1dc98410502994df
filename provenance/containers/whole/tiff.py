"""Whether a TIFF, a BigTIFF, a DNG or another RAW format that is TIFF is cut short."""

from collections import deque
from typing import NamedTuple

from provenance.containers.directory import Directory, Layout, layout_of, read_directory
from provenance.containers.tiff import pointers
from provenance.containers.window import Window

_SUB_IFDS = 0x014A
_MOST_DIRECTORIES = 8
_MOST_PIECES = 32
_PLAIN = 1
_UNSIGNED = frozenset({3, 4, 16})
_MOST_ROWS = 0xFFFFFFFF


def tiff_cut(head: bytes, window: Window) -> str | None:
    """Say if the first directory of a TIFF, or a piece of the picture of one of the first eight, is not there.

    Nothing is said where a further directory is outside the file: writers leave rubbish where there is none, and keep
    pointers to what they did not copy. Nor where a piece is longer than its pixels: some writers get that wrong.
    """
    layout = layout_of(head)
    if layout is None:
        return None
    if layout.first == 0:
        return "the TIFF does not say yet where its directory is"
    waiting, seen = deque([layout.first]), set[int]()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        at = waiting.popleft()
        if at in seen:
            continue
        seen.add(at)
        directory = read_directory(window, layout, at)
        if directory.short and at == layout.first:
            return f"the directory of the TIFF is to be at byte {at:,}, and {window.size:,} bytes are there"
        if directory.trouble is None:
            if says := _picture_cut(_Picture(window, layout, directory)):
                return says
            waiting.extend(pointers(window, layout, directory, _SUB_IFDS))
            waiting.append(directory.following)
    return None


class _Picture:
    """The tags of a directory that say where a picture lies and how large it is (TIFF 6.0, sections 3, 8 and 15)."""

    def __init__(self, window: Window, layout: Layout, directory: Directory) -> None:
        self._window = window
        self._layout = layout
        self._entries = {entry.tag: entry for entry in directory.entries}

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._window.size

    def count(self, tag: int) -> int:
        """Return how many numbers a tag has."""
        return self._entries[tag].count if tag in self._entries else 0

    def last(self, tag: int) -> list[int]:
        """Return the last numbers of a tag, none where they are no unsigned ones or are not there."""
        entry = self._entries.get(tag)
        if entry is None or entry.kind not in _UNSIGNED:
            return []
        (start, length), width = self._layout.span(entry), self._layout.width(entry)
        some = min(length, _MOST_PIECES * width)
        data = self._window.at(start + length - some, some)
        return [self._layout.number(data[n : n + width]) for n in range(0, len(data) - width + 1, width)]

    def number(self, tag: int, default: int = 0) -> int:
        """Return the one number of a tag, or the first of a few."""
        return next(iter(self.last(tag)), default)


class _Kind(NamedTuple):
    """How a picture is cut into pieces: the tags of where they are and how long, and how many pixels one has."""

    places: int
    lengths: int
    width: int
    height: int


_STRIPS = _Kind(0x0111, 0x0117, 0x0100, 0x0116)
_TILES = _Kind(0x0144, 0x0145, 0x0142, 0x0143)
_HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _PLANAR = 0x0101, 0x0102, 0x0103, 0x0115, 0x011C


def _picture_cut(picture: _Picture) -> str | None:
    for kind in (_STRIPS, _TILES):
        places, lengths = picture.last(kind.places), picture.last(kind.lengths)
        if len(places) != len(lengths) or picture.count(kind.places) != picture.count(kind.lengths):
            continue
        first = picture.count(kind.places) - len(places)
        for number, (at, length) in enumerate(zip(places, lengths, strict=True), first):
            if length == 0 or at + length <= picture.size:
                continue
            if at >= picture.size or _fits(picture, kind, number, length):
                return f"the picture of the TIFF goes on to byte {at + length:,}, and {picture.size:,} bytes are there"
    return None


def _fits(picture: _Picture, kind: _Kind, number: int, length: int) -> bool:
    """Whether a piece is as long as its pixels can make it, so that its length is to be believed."""
    samples, planes = picture.number(_SAMPLES, 1), 1
    if picture.number(_PLANAR, 1) == 2:
        samples, planes = 1, samples
    rows = picture.number(kind.height, _MOST_ROWS)
    if kind is _STRIPS:
        height = picture.number(_HEIGHT)
        in_plane = picture.count(kind.places) // max(1, planes)
        rows = min(rows, height - rows * (number % in_plane)) if rows and in_plane else 0
    pixels = -(-picture.number(kind.width) * samples * picture.number(_BITS, 1) // 8) * rows
    # Some writers give the length of the pixels where they are compressed.
    return length <= pixels if picture.number(_COMPRESSION, _PLAIN) == _PLAIN else length < pixels
