"""PSD and PSB (Adobe Photoshop File Formats): five sections, of which the header and the image resources are read.

Layers can hold whole other files: placed ones lie in blocks behind the layers, and are read in `placed`.
"""

import re

from provenance.containers.family import End, Family
from provenance.containers.inside import decline
from provenance.containers.model import Carries, Format
from provenance.containers.notes import STEPS, Notes
from provenance.containers.placed import KINDS, read_placed
from provenance.containers.resources import read_resources
from provenance.containers.window import Window

_PSD = Format("image/vnd.adobe.photoshop", Carries.NO)
_PSB = Format("image/vnd.adobe.photoshop.psb", Carries.NO)
_HEADER = 26
_SEARCHED = 1 << 20
_LAST_COMPRESSION = 3
"""The picture behind the layers says first how it is compressed: as it is, by run lengths, or in two ways by zlib."""
_BLOCKS = frozenset({b"8BIM", b"8B64"})
_ASTRAY = re.compile(rb"8B(?:IM|64)[A-Za-z][A-Za-z0-9 ]{3}")
"""A block of the layers, by its signature and its kind: a picture's own bytes hardly ever spell that."""
_LINKED = frozenset({b"lnkD", b"lnk2", b"lnk3", b"lnkE"})
_LONG_IN_PSB = _LINKED | {
    b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"FEid", b"FXid", b"PxSD",
    b"cinf",
}  # fmt: skip
"""Blocks whose length has eight bytes in a PSB."""


def _recognise(head: bytes, _window: Window) -> Format | None:
    if head.startswith(b"8BPS\0\1\0\0\0\0\0\0"):
        return _PSD
    return _PSB if head.startswith(b"8BPS\0\2\0\0\0\0\0\0") else None


def _walk(window: Window, notes: Notes) -> None:
    big = window.number(4, 2) == 2
    at = _HEADER + 4 + window.number(_HEADER, 4)
    start, size = at + 4, window.number(at, 4)
    if len(window.at(at, 4)) < 4 or start + size > window.size:
        notes.gap(f"PSD image resources at {at}", "they lie outside the file: it is cut short or damaged")
    stop = min(start + size, window.size)
    end = read_resources(window, notes, (start, stop), "PSD")
    # What is left may be padding, and is no longer than that.
    if any(window.at(end, min(stop - end, 64))):
        notes.gap(f"PSD image resources at {end}", "no resource starts where one should")
    _look_for_files(window, notes, start + size, big=big)


def _look_for_files(window: Window, notes: Notes, at: int, *, big: bool) -> None:
    """Go into placed files: a list of them stands behind the layers and their mask."""
    width = 8 if big else 4
    section = window.number(at, width)
    stop = at + width + section
    if stop + 2 > window.size or window.number(stop, 2) > _LAST_COMPRESSION:
        decline(notes, f"what stands in the layers at {at}", "no picture follows where one should")
    stop, at = min(stop, window.size), at + width
    if section < width + 16 and _ASTRAY.search(window.at(stop, _SEARCHED)):
        decline(
            notes,
            f"what stands behind {stop}",
            "there are no layers by their length, and yet blocks of some in the picture",
        )
    if section:
        at += width + window.number(at, width)
        at += 4 + window.number(at, 4) if at + 4 <= stop else 0
        if at > stop:
            decline(notes, f"what stands behind the layers before {stop}", "they are longer than there is room for")
    for _ in range(STEPS):
        head = window.at(at, 16)
        if at + 12 > stop or head[:4] not in _BLOCKS:
            # Nothing of that length is padding, and what is longer is not looked through.
            if stop - at > _SEARCHED or any(window.at(at, max(0, stop - at))):
                decline(notes, f"what stands behind the layers at {at}", "no block starts where one should")
            return
        kind = head[4:8]
        long = big and kind in _LONG_IN_PSB
        length = int.from_bytes(head[8:16] if long else head[8:12], "big")
        start = at + (16 if long else 12)
        if start + length > stop:
            decline(notes, f"what stands behind the layers at {at}", "a block is longer than there is room for")
        # A list under another name, by damage or by hand, is one all the same.
        if length and (kind in _LINKED or window.at(start + 8, 4) in KINDS):
            read_placed(window, notes, (start, min(start + length, stop)), f"PSD {kind.decode('ascii')}")
        at = start + (length + 3 & ~3)
    decline(notes, f"what stands behind the layers at {at}", f"there are more than {STEPS} blocks")


FAMILY = Family(_recognise, _walk, End.OPEN)
