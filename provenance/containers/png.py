"""PNG: the chain of chunks (PNG, third edition, 5.3), before and after the picture data.

Text stands in tEXt, zTXt and iTXt, EXIF in eXIf, credentials in caBX (C2PA 2.2, A.3.1). Each chunk but those of the
picture is held against its checksum: a mark that was damaged shows there, even if nothing of it can be read.
"""

import re
import zlib
from enum import Enum
from typing import NamedTuple

from provenance.containers.family import Family
from provenance.containers.inside import look_behind, look_inside
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, STEPS, Notes
from provenance.containers.packets import as_exif, sniff
from provenance.containers.png_text import read_text, salvage_text
from provenance.containers.remains import is_superbox, search
from provenance.containers.samsung import read_trailer
from provenance.containers.window import Window

_PNG = Format("image/png", Carries.YES, "image/png")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_PICTURE = frozenset({b"IDAT", b"fdAT"})
_TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_STORE, _EXIF, _END = b"caBX", b"eXIf", b"IEND"
_APPENDED = _TEXT | {_EXIF}
_KNOWN = re.compile(
    rb"IHDR|PLTE|IDAT|IEND|tEXt|zTXt|iTXt|eXIf|caBX|iCCP|cHRM|gAMA|sRGB|sBIT|pHYs|tIME|tRNS|bKGD|hIST|sPLT|acTL|fcTL|fdAT"
)
_PLAIN = frozenset({b"IHDR", b"PLTE", b"iCCP", b"cHRM", b"gAMA", b"sRGB", b"sBIT", b"pHYs", b"tIME", b"tRNS", b"bKGD"})
_PICTURES = (_SIGNATURE, b"\xff\xd8\xff")
"""What a whole picture begins with, which a program may keep in a chunk of its own."""
_RESYNC = 16 << 20
_CHECKED = 64 << 20
_MOST_BREAKS = 8
_OVERHEAD = 12


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _PNG if head.startswith(_SIGNATURE) else None


class _Chunk(NamedTuple):
    """One chunk by its header: its type, where it starts, and how many bytes it says it holds."""

    kind: bytes
    at: int
    length: int

    @property
    def stop(self) -> int:
        return self.at + _OVERHEAD + self.length

    @property
    def place(self) -> str:
        name = self.kind.decode("latin-1")
        return f"PNG {name if self.kind.isalpha() else repr(name)} at {self.at}"


def _walk(window: Window, notes: Notes) -> None:
    """Go from chunk to chunk; where the chain breaks, find its next sound link a few times before giving up.

    Nothing confirms the length of a chunk of the picture, so after a break the search starts behind the header of
    the last one (`unsure`).
    """
    at = unsure = len(_SIGNATURE)
    breaks = 0
    for _ in range(STEPS):
        chunk, head = _chunk(window, at)
        if chunk.kind in _PICTURE and chunk.stop <= window.size:
            if head[12:] == b"jumb":
                notes.residue(chunk.place)
            unsure = at
        elif (state := _checked(window, chunk)) is not _State.BROKEN:
            if chunk.kind == _END:
                read_trailer(window, notes, window.size)
                if chunk.stop < window.size:
                    search(window, notes, chunk.stop, "bytes behind the PNG")
                    look_behind(window, notes, _read_behind(window, notes, chunk.stop), "PNG")
                return
            _read(window, notes, chunk, whole=state is _State.WHOLE)
            unsure = chunk.stop
        else:
            breaks += 1
            at = unsure = _mend(window, notes, chunk, unsure if breaks <= _MOST_BREAKS else window.size)
            if at < 0:
                return
            continue
        at = chunk.stop
    notes.gap(f"PNG at {at}", f"there are more than {STEPS} chunks; the rest was not read")
    search(window, notes, at, "PNG data")


def _chunk(window: Window, at: int) -> tuple[_Chunk, bytes]:
    head = window.at(at, 16)
    return _Chunk(head[4:8], at, int.from_bytes(head[:4], "big")), head


def _read_behind(window: Window, notes: Notes, at: int) -> int:
    """Read the texts that a careless program appended to a picture; return where they end."""
    for _ in range(STEPS):
        chunk, _ = _chunk(window, at)
        told = chunk.kind in _APPENDED and chunk.stop <= window.size and chunk.length <= BLOCK_LIMIT
        if not told or not _is_whole(window, chunk):
            break
        _read(window, notes, chunk, whole=True)
        at = chunk.stop
    return at


class _State(Enum):
    """What can be said of a chunk that is not of the picture."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    """Its checksum does not match, but another chunk follows it: its length is right."""
    BROKEN = "broken"
    """It does not end where it says."""


def _checked(window: Window, chunk: _Chunk) -> _State:
    if not chunk.kind.isalpha() or chunk.stop > window.size:
        return _State.BROKEN
    # Checking the sum of what is too large to be handed on would mean reading all of it.
    if chunk.length > BLOCK_LIMIT or chunk.kind == _STORE or _is_whole(window, chunk):
        return _State.WHOLE
    return _State.DAMAGED if _KNOWN.fullmatch(window.at(chunk.stop, 8), 4) else _State.BROKEN


def _is_whole(window: Window, chunk: _Chunk) -> bool:
    body = window.at(chunk.at + 4, chunk.length + 8)
    return zlib.crc32(memoryview(body)[:-4]) == int.from_bytes(body[-4:], "big")


def _mend(window: Window, notes: Notes, broken: _Chunk, start: int) -> int:
    """Note a break in the chain, read the broken chunk as far as the next sound one, and return where that is.

    Return -1 where there is none: then the bytes from `start` on are searched for remains.
    """
    if broken.at >= window.size:
        notes.gap(f"PNG at {broken.at}", "it has no end: the file is cut short")
        return -1
    notes.gap(f"PNG at {broken.at}", "the chain of chunks breaks here")
    found = _next_sound(window, start + 8)
    data = window.at(broken.at + 8, (found if found >= 0 else window.size) - 4 - broken.at - 8)
    if len(data) <= BLOCK_LIMIT:
        if broken.kind in _TEXT:
            read_text(notes, broken.kind, broken.at, data)
        elif found > broken.at:
            salvage_text(notes, broken.at, data)
    if found < 0:
        search(window, notes, min(start, broken.at), "PNG data")
    return found


def _next_sound(window: Window, start: int) -> int:
    """Return where the first chunk of a known type with a right checksum begins from `start` on, or -1."""
    budget = _CHECKED
    region = window.at(start, _RESYNC)
    for match in _KNOWN.finditer(region, 4):
        at = start + match.start() - 4
        chunk = _Chunk(match[0], at, window.number(at, 4))
        if chunk.stop > window.size or chunk.length > BLOCK_LIMIT:
            continue
        budget -= chunk.length + _OVERHEAD
        if budget < 0:
            return -1
        if _is_whole(window, chunk):
            return at
    return -1


def _read(window: Window, notes: Notes, chunk: _Chunk, *, whole: bool) -> None:
    """Read one chunk that is not of the picture."""
    if chunk.kind == _STORE:
        notes.residue(chunk.place)
        return
    if not whole:
        notes.gap(chunk.place, "its checksum does not match: it was damaged or changed")
    data = window.at(chunk.at + 8, notes.bounded(chunk.place, chunk.length))
    if is_superbox(data):
        notes.residue(chunk.place)
    elif chunk.kind in _TEXT:
        read_text(notes, chunk.kind, chunk.at, data)
    elif chunk.kind == _EXIF:
        notes.block(BlockKind.EXIF, chunk.place, as_exif(data))
    elif not whole:
        salvage_text(notes, chunk.at, data)
    elif chunk.kind not in _PLAIN and not sniff(notes, chunk.place, data) and data.startswith(_PICTURES):
        look_inside(notes, chunk.place, data, unknown=True)


FAMILY = Family(_recognise, _walk)
