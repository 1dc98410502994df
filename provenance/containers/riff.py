"""RIFF: WAV, AVI and WebP, with the 64-bit forms of WAV (EBU Tech 3306: RF64; ITU-R BS.2088: BW64).

Only the chunks of the top level matter: a credential stands in `C2PA` (C2PA 2.2, A.3.5), XMP in `XMP ` or `_PMX`,
EXIF in `EXIF`. Tags, and lists of them, are read in `riff_tags`.
"""

from typing import NamedTuple

from provenance.containers.family import Family
from provenance.containers.inside import look_behind
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import STEPS, Notes
from provenance.containers.packets import as_exif, is_packet, sniff
from provenance.containers.remains import is_superbox, search
from provenance.containers.riff_tags import TAGGED, read_chunk, read_list
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_FORMS = {
    b"WAVE": Format("audio/wav", Carries.YES, "audio/wav"),
    b"WEBP": Format("image/webp", Carries.YES, "image/webp"),
    b"AVI ": Format("video/avi", Carries.YES, "video/avi"),
}
_LARGE_WAV = Format("audio/wav", Carries.NO)
"""A WAV of more than 4 GiB: it has a place for a credential, but the SDK has no reader for it."""
LARGE = frozenset({b"RF64", b"BW64"})
"""What a WAV of 64-bit lengths begins with, which stand in its `ds64` chunk."""

_XMP = frozenset({b"XMP ", b"_PMX"})
_MEDIA = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"data", b"idx1", b"ICCP", b"fmt ", b"VP8X", b"ANIM"})
_OF_SOUND = frozenset({b"smpl", b"inst", b"cue ", b"fact", b"acid", b"cart", b"PEAK", b"axml", b"chna", b"minf"})
_TOLD = frozenset({b"EXIF", b"LIST", b"bext", b"iXML", b"id3 "}) | _XMP
_KNOWN = frozenset({b"C2PA", b"JUNK"}) | _TOLD | _MEDIA | _OF_SOUND
UNFINISHED = frozenset({0, 0xFFFFFFFF})
"""Sizes that writers leave when they do not know the length, or in 64-bit files because it does not fit."""
_SLIP = 16
_ENDLESS = frozenset({b"data", b"LIST"})
_SNIFFED = 64 << 10


def _recognise(head: bytes, _window: Window) -> Format | None:
    if head[:4] in LARGE:
        return _LARGE_WAV if head[8:12] == b"WAVE" else None
    return _FORMS.get(head[8:12]) if head[:4] == b"RIFF" else None


class _Chunk(NamedTuple):
    """One chunk: its type, where its content starts and how long it says it is."""

    kind: bytes
    body: int
    length: int

    @property
    def place(self) -> str:
        name = self.kind.decode("latin-1").rstrip(" ")
        return f"RIFF {name if name.isalnum() and name.isascii() else repr(name)} at {self.body - 8}"


def _walk(window: Window, notes: Notes) -> None:
    """Read every RIFF chunk there is: a large AVI is a row of them (OpenDML 1.02, 4.0)."""
    at = 0
    for _ in range(STEPS):
        head = window.at(at, 12)
        if head[:4] not in {b"RIFF", *LARGE} or len(head) < 12:
            break
        size = _number(head[4:8])
        unfinished = size in UNFINISHED
        stop = window.size if unfinished else at + 8 + size
        if stop > window.size + 8:
            # Eight more is the mistake of writers that count the header.
            notes.gap(f"RIFF at {at}", f"it says it is {size + 8} bytes long: the file is cut short or damaged")
        if not _read_chunks(window, notes, at + 12, (min(stop, window.size), unfinished)):
            return
        at = stop + (stop & 1)
    if at < window.size:
        search(window, notes, at, "bytes behind the RIFF")
        look_behind(window, notes, at, "RIFF")
        if (end := _read_behind(window, notes, at)) > at:
            look_behind(window, notes, end, "RIFF")


def _read_behind(window: Window, notes: Notes, at: int) -> int:
    """Read chunks that a program appended and did not count; return where they end."""
    for _ in range(STEPS):
        head = window.at(at, 16)
        chunk = _Chunk(head[:4], at + 8, _number(head[4:8]))
        if chunk.kind not in _TOLD or chunk.body + chunk.length > window.size:
            break
        _read(window, notes, chunk, head[12:])
        at = chunk.body + chunk.length + (chunk.length & 1)
    return at


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _read_chunks(window: Window, notes: Notes, at: int, end: tuple[int, bool]) -> bool:
    """Read the chunks of one RIFF; return whether they could be followed to its end."""
    stop, unfinished = end
    large, padded = 0, False
    for _ in range(STEPS):
        if stop - at < 8:
            return True
        if padded and _lacks_padding(window, at, stop):
            at -= 1
        head = window.at(at, 16)
        chunk = _Chunk(head[:4], at + 8, _number(head[4:8]))
        if not is_type(head):
            notes.gap(f"RIFF at {at}", "no chunk starts where one should")
            search(window, notes, at, "RIFF data")
            return False
        if chunk.kind == b"ds64":
            large = _number(window.at(at + 16, 8))
        length = large if chunk.kind == b"data" and chunk.length == 0xFFFFFFFF and large else chunk.length
        after = chunk.body + length
        # Some programs forget a few bytes when they say how long the whole is.
        if after > stop and (after != window.size or after - stop > _SLIP):
            return _read_last(window, notes, chunk, (stop, unfinished))
        _read(window, notes, chunk, head[12:])
        padded = bool(length & 1)
        at = after + padded
    notes.gap(f"RIFF at {at}", f"there are more than {STEPS} chunks; the rest was not read")
    search(window, notes, at, "RIFF data")
    return False


def _lacks_padding(window: Window, at: int, stop: int) -> bool:
    """Whether the chunk that should be at `at` starts one byte before: some writers leave out what makes it even."""
    before, here = window.at(at - 1, 8), window.at(at, 8)
    fits = before[:1] != b"\0" and _fits(before, stop - at - 7)
    return fits and (before[:4] in _KNOWN or not _fits(here, stop - at - 8))


def _fits(head: bytes, room: int) -> bool:
    return is_type(head) and _number(head[4:8]) <= room


def is_type(head: bytes) -> bool:
    """Whether four bytes can be the type of a chunk."""
    return len(head) >= 4 and all(0x20 <= byte < 0x7F for byte in head[:4])


def _read_last(window: Window, notes: Notes, chunk: _Chunk, end: tuple[int, bool]) -> bool:
    """Note a chunk that is longer than what holds it; a recording that was never closed may be, and is whole."""
    stop, unfinished = end
    if chunk.kind == b"C2PA":
        notes.residue(chunk.place)
    if not (unfinished and chunk.kind in _ENDLESS and chunk.length in UNFINISHED):
        notes.gap(chunk.place, "it is longer than what holds it: the file is cut short or damaged")
    search(window, notes, chunk.body, "RIFF data")
    if chunk.kind not in _MEDIA:
        note_remains(notes, chunk.place, window.at(chunk.body, _SNIFFED))
    return stop >= window.size


def _read(window: Window, notes: Notes, chunk: _Chunk, head: bytes) -> None:
    """Read one chunk that is all there. `head` is where a manifest store would say that it is one."""
    if chunk.kind == b"C2PA":
        notes.residue(chunk.place)
    elif chunk.kind in _MEDIA or chunk.kind == b"LIST":
        if head == b"jumb" and is_superbox(window.at(chunk.body, 256)):
            notes.residue(chunk.place)
        elif chunk.kind == b"LIST":
            read_list(window, notes, chunk.body, chunk.body + chunk.length)
    elif chunk.kind in TAGGED and head != b"jumb":
        read_chunk(window, notes, chunk.place, (chunk.kind, chunk.body, chunk.length))
    elif chunk.kind in _XMP:
        data = window.at(chunk.body, notes.bounded(chunk.place, chunk.length))
        notes.block(BlockKind.XMP, chunk.place, data)
    elif chunk.kind == b"EXIF":
        data = window.at(chunk.body, notes.bounded(chunk.place, chunk.length))
        notes.block(BlockKind.EXIF, chunk.place, as_exif(data))
    else:
        data = window.at(chunk.body, min(chunk.length, _SNIFFED))
        if len(data) < chunk.length and is_packet(data):
            data = window.at(chunk.body, notes.bounded(chunk.place, chunk.length))
        if not sniff(notes, chunk.place, data):
            note_remains(notes, chunk.place, data)


FAMILY = Family(_recognise, _walk)
