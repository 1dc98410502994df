"""The packets of each track of ISO base media and QuickTime, found by their tables (ISO 14496-12, 8.7 and 8.8).

The tables are read, and of what they point at as much as `parts` says. Films in fragments are read as well.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from provenance.containers.boxes import Box, boxes
from provenance.containers.window import Window
from provenance.files import Media
from provenance.likeness.parts import Parts, Span, joined
from provenance.likeness.track import Kind, Track, track_likeness
from provenance.sameness import Likeness

_MOST = 1_000_000
"""Packets, or entries of a table; a film of two hours at 24 pictures a second has a fifth of it."""
_KINDS = {b"vide": Kind.PICTURES, b"soun": Kind.SOUND}
_HOLDERS = frozenset({b"mdia", b"minf", b"stbl"})


def movie(window: Window, media: Media) -> tuple[Likeness, ...]:
    """Return the likenesses of a film's tracks."""
    tracks: dict[int, _Reader] = {}
    for top in _boxes(window, 0, window.size):
        if top.kind == b"moov":
            for box in _boxes(window, top.body, top.stop):
                if box.kind == b"trak":
                    reader = _Reader(window)
                    reader.read(box)
                    tracks[reader.number] = reader
                elif box.kind == b"mvex":
                    _read_defaults(window, box, tracks)
        elif top.kind == b"moof":
            _read_fragment(window, top, tracks)
    return track_likeness([t for r in tracks.values() if (t := r.track(media)) is not None])


def _boxes(window: Window, start: int, stop: int) -> Iterator[Box]:
    """Yield boxes as far as they can be followed."""
    return (box for box in boxes(window, start, stop) if isinstance(box, Box))


@dataclass(slots=True)
class _Reader:
    """Reads the tables of one track."""

    window: Window
    number: int = 0
    kind: Kind | None = None
    pixels: int = 0
    one_length: int = 0
    """Of every packet, where all have the same: then nobody lists them."""
    count: int = 0
    lengths: "array[int]" = field(default_factory=lambda: array("Q"))
    chunks: "array[int]" = field(default_factory=lambda: array("Q"))
    runs: list[tuple[int, int]] = field(default_factory=list)
    """From which chunk on there are how many packets in each."""
    default_length: int = 0
    spans: list[Span] = field(default_factory=list)
    """Of fragments."""

    def read(self, holder: Box) -> None:
        """Read what is within `trak`, `mdia`, `minf` and `stbl`."""
        at = self.window.at
        for box in _boxes(self.window, holder.body, holder.stop):
            if box.kind in _HOLDERS:
                self.read(box)
            elif box.kind == b"tkhd":
                self.number = int.from_bytes(at(box.body + (20 if at(box.body, 1) == b"\1" else 12), 4), "big")
            elif box.kind == b"hdlr" and self.kind is None:
                self.kind = _KINDS.get(at(box.body + 8, 4))
            elif box.kind == b"stsd":
                # The size of pictures stands in the first entry, behind the table's head, its own, and 16 bytes.
                wide, high = struct.unpack(">HH", at(box.body + 8 + 32, 4).ljust(4, b"\0"))
                self.pixels = wide * high
            elif box.kind == b"stsz":
                self._sizes(box)
            elif box.kind in {b"stco", b"co64"}:
                self.chunks = self._table(box.body + 4, "I" if box.kind == b"stco" else "Q")
            elif box.kind == b"stsc":
                rows = self._table(box.body + 4, "I", 3)
                self.runs = list(zip(rows[0::3], rows[1::3], strict=True))

    def _sizes(self, box: Box) -> None:
        self.one_length, self.count = struct.unpack(">II", self.window.at(box.body + 4, 8))
        if not self.one_length:
            self.lengths = self._table(box.body + 8, "I")
            self.count = len(self.lengths)

    def _table(self, at: int, code: str, columns: int = 1) -> "array[int]":
        """Return a table that begins with how many rows it has; raises `ValueError` for one that is too long."""
        table = array(code)
        count = int.from_bytes(self.window.at(at, 4), "big") * columns
        if count > _MOST:
            raise ValueError(count)
        table.frombytes(self.window.at(at + 4, count * table.itemsize))
        if sys.byteorder == "little":
            table.byteswap()
        return array("Q", table) if code != "Q" else table

    def track(self, media: Media) -> Track | None:
        """Return the track, if it holds pictures or sound."""
        if self.kind is None:
            return None
        spans = [*self._chunk_spans(), *self.spans]
        lengths = self.lengths if self.kind is Kind.PICTURES else array("Q")
        return Track(self.kind, Parts(media, joined(spans)), lengths, self.pixels) if spans else None

    def _chunk_spans(self) -> Iterator[Span]:
        """Yield where each chunk lies: as many packets as its run says, one behind the other."""
        lengths = self.lengths
        done, run = 0, -1
        for number, at in enumerate(self.chunks, 1):
            while run + 1 < len(self.runs) and self.runs[run + 1][0] <= number:
                run += 1
            if run < 0 or done >= self.count:
                return
            packets = min(self.runs[run][1], self.count - done)
            length = packets * self.one_length if self.one_length else sum(lengths[done : done + packets])
            done += packets
            yield at, length


def _read_defaults(window: Window, holder: Box, tracks: dict[int, _Reader]) -> None:
    """Read how long packets of fragments are where nothing else is said (`trex`)."""
    for box in _boxes(window, holder.body, holder.stop):
        if box.kind == b"trex":
            number, _, _, length = struct.unpack(">IIII", window.at(box.body + 4, 16))
            if number in tracks:
                tracks[number].default_length = length


def _read_fragment(window: Window, moof: Box, tracks: dict[int, _Reader]) -> None:
    """Read where the packets of one fragment lie (`tfhd`, `trun`)."""
    for traf in _boxes(window, moof.body, moof.stop):
        if traf.kind != b"traf":
            continue
        reader, base, length, at = None, moof.at, 0, 0
        for box in _boxes(window, traf.body, traf.stop):
            flags = int.from_bytes(window.at(box.body + 1, 3), "big")
            if box.kind == b"tfhd":
                reader = tracks.get(int.from_bytes(window.at(box.body + 4, 4), "big"))
                base, length = _head(window, box, flags, (moof.at, reader.default_length if reader else 0))
                at = base
            elif box.kind == b"trun" and reader is not None:
                at = _read_run(window, box, flags, (reader, base, at, length))


def _head(window: Window, box: Box, flags: int, known: tuple[int, int]) -> tuple[int, int]:
    """Return from where offsets of a fragment count, and how long its packets are where nothing else is said."""
    base, length = known
    at = box.body + 8
    if flags & 0x1:
        base, at = int.from_bytes(window.at(at, 8), "big"), at + 8
    at += (4 if flags & 0x2 else 0) + (4 if flags & 0x8 else 0)
    return base, int.from_bytes(window.at(at, 4), "big") if flags & 0x10 else length


def _read_run(window: Window, box: Box, flags: int, where: tuple[_Reader, int, int, int]) -> int:
    """Add the packets of one run; return where the next one goes on."""
    reader, base, start, length = where
    count, at = int.from_bytes(window.at(box.body + 4, 4), "big"), box.body + 8
    if flags & 0x1:
        start, at = base + int.from_bytes(window.at(at, 4), "big", signed=True), at + 4
    at += 4 if flags & 0x4 else 0
    columns = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    width = 4 * sum(columns)
    if count + len(reader.lengths) > _MOST:
        raise ValueError(count)
    if columns[1]:
        rows = window.at(at, count * width)
        skip = 4 * columns[0]
        lengths = [int.from_bytes(rows[n + skip : n + skip + 4], "big") for n in range(0, len(rows), width)]
    else:
        lengths = [length] * count
    reader.lengths.extend(lengths)
    total = sum(lengths)
    reader.spans.append((start, total))
    return start + total
