"""Whether a file cannot be complete yet, by what its own container says: a cheap and strong reason to wait.

Only what is sure is said. That nothing is said proves nothing: most of a container has no length, and what a writer
has set aside but not written is not seen here. Left out on purpose: what may end anywhere (transport and program
streams, MP3, text, a Matroska of unknown length), and what needs the whole file to be read.
"""

import re
from collections.abc import Callable
from typing import Final

from provenance.containers.boxes import Break, boxes
from provenance.containers.family import HEAD
from provenance.containers.whole_frames import dpx, exr, gif, jpeg, png, tiff
from provenance.containers.window import Window
from provenance.files import FileMedia

Check = Callable[[Window], str | None]
"""Says what is missing of a container of one type."""


def cut_short(descriptor: int) -> str | None:
    """Return what is missing of the container in an open file, in words; None if nothing can be said against it.

    Reads a few blocks, at most some megabytes of a picture that is broken. Nothing in the bytes makes it raise; raises
    `OSError` where the storage does.
    """
    window = Window(FileMedia(descriptor), piecewise=True)
    head = window.at(0, HEAD)
    check = next((check for knows, check in _CHECKS if knows(head)), None)
    return None if check is None else check(window)


_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"


def _is_text(head: bytes) -> bool:
    """Whether the first bytes are text, which may begin with the letters that a container begins with."""
    return not head.translate(None, _PRINTABLE)


def _starts(*magics: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics, at)


# ISO base media

_INDEXES = frozenset({b"moov", b"moof", b"meta", b"styp", b"sidx", b"mfra"})
_MEDIA = frozenset({b"mdat", b"jxlc", b"jxlp", b"imda"})
_KNOWN = _INDEXES | _MEDIA | {b"ftyp", b"free", b"skip", b"wide", b"uuid", b"udta", b"idat", b"pdin", b"emsg", b"jumb"}
_MOST_BOXES = 4096


def _bmff(window: Window) -> str | None:
    """See that each box of the top level ends within the file, and that media have an index (ISO 14496-12, 8.2.1).

    A film in fragments may end behind any of them.
    """
    seen: set[bytes] = set()
    for count, box in enumerate(boxes(window, 0, window.size)):
        if count >= _MOST_BOXES:
            return None
        if isinstance(box, Break):
            if box.longer is not None and box.longer.kind in _KNOWN:
                return _beyond(f"the box {box.longer.name} at byte {box.at:,}", box.longer.stop, window)
            seen.add(_STRANGE)  # padding, or what somebody put behind
            break
        seen.add(box.kind)
    if b"mdat" in seen and seen.isdisjoint(_INDEXES):
        return "there is media and no index of it: it has no moov box"
    known = seen & (_INDEXES | _MEDIA | {_STRANGE})
    return None if known else "there is neither media nor an index: it has no moov box"


_STRANGE = b""


# RIFF

_UNKNOWN = frozenset({0, 0xFFFFFFFF})
_STREAMED = frozenset({b"WAVE", b"AVI "})
_HEADER_COUNTED = 8
"""Bytes by which writers that count the header of a RIFF into its size are wrong."""
_MOST_PARTS = 4096


def _riff(window: Window) -> str | None:
    """See that what each RIFF says it holds is there: a large AVI is a row of them (OpenDML 1.02, 4.0).

    Sound and film that have no length yet are still being written (or were streamed, and nobody closed them).
    """
    at = 0
    for _ in range(_MOST_PARTS):
        head = window.at(at, 12)
        if len(head) < 12 or head[:4] not in {b"RIFF", b"RF64", b"BW64"}:
            return None
        size = _little(head[4:8])
        if head[:4] != b"RIFF" and size == 0xFFFFFFFF and window.at(at + 12, 4) == b"ds64":
            size = _little(window.at(at + 20, 8))  # EBU Tech 3306, 4
        if size in _UNKNOWN and head[8:] in _STREAMED:
            return "the RIFF header says no length yet: it is still being written, or was never closed"
        if at + 8 + size > window.size + _HEADER_COUNTED:
            return f"the RIFF header speaks of {size + 8:,} bytes, {window.size - at:,} are there"
        if head[8:] == b"WAVE" and (says := _wave(window, at + 12, at + 8 + size)):
            return says
        at += 8 + size + (size & 1)
    return None


def _wave(window: Window, at: int, stop: int) -> str | None:
    """See whether the length of the sound is still to be filled in, while there is sound."""
    for _ in range(_MOST_PARTS):
        head = window.at(at, 8)
        if len(head) < 8 or at >= stop:
            return None
        length = _little(head[4:])
        if head[:4] == b"data":
            behind = window.at(at + 8, 8)
            empty = length == 0 and len(behind) == 8 and not _is_chunk(behind, window.size - at - 16)
            return "the header says 0 bytes of sound, and there are more: it is still being written" if empty else None
        at += 8 + length + (length & 1)
    return None


def _is_chunk(head: bytes, room: int) -> bool:
    return all(0x20 <= byte < 0x7F for byte in head[:4]) and _little(head[4:]) <= room


def _aiff(window: Window) -> str | None:
    size = window.number(4, 4)
    if 8 + size > window.size + _HEADER_COUNTED:
        return f"the FORM header speaks of {8 + size:,} bytes, {window.size:,} are there"
    return "the FORM header says no length yet" if size == 0 else None


# Matroska

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def _matroska(window: Window) -> str | None:
    """See that a segment that says how long it is ends within the file (RFC 8794, 6; RFC 9559, 4.5).

    One that does not say so is legal, and may be live.
    """
    body, length = _element(window, len(_EBML))
    if length is None:
        return None
    at = body + length
    if at >= window.size:
        return "there is nothing behind the EBML header"
    if window.at(at, 4) != _SEGMENT:
        return None
    body, length = _element(window, at + len(_SEGMENT))
    return None if length is None else _beyond("the segment", body + length, window)


def _element(window: Window, at: int) -> tuple[int, int | None]:
    """Return where the content of an element starts and how long it is, from its length on; None: it does not say."""
    first = window.number(at, 1)
    width = 9 - first.bit_length()
    if width > 8:
        return at + 1, None
    bits = window.number(at, width) & (1 << 7 * width) - 1
    return at + width, None if bits == (1 << 7 * width) - 1 else bits


# MXF

_PACK = bytes.fromhex("060e2b34020501010d0102010102")
"""The first fourteen bytes of the key of a header partition pack; the next says its status (SMPTE ST 377-1, 7.1)."""
_FOOTER = bytes.fromhex("060e2b34020501010d0102010104")
_RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
_OPEN = frozenset({1, 3})
_TAIL = 64 << 10


def _mxf(window: Window) -> str | None:
    """See that the footer which the header partition speaks of is there.

    A header that was left open may speak of none, and one may be there all the same (ST 377-1, 6.4 and 7.2).
    """
    status, size = window.number(14, 1), window.number(16, 1)
    value = 17 + (size & 0x7F if size & 0x80 else 0)
    footer = window.number(value + 24, 8)
    if footer:
        return _beyond("the footer partition", footer + len(_FOOTER) + 2, window)
    if status not in _OPEN:
        return None
    tail = window.at(max(0, window.size - _TAIL), _TAIL)
    closed = _FOOTER in tail or _RANDOM_INDEX in tail
    return None if closed else "the header partition is open and there is no footer: it is still being written"


# Documents

_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,256}?/L\s+(\d{1,15})\b")
_ARCHIVE_END = b"PK\5\6"
_COMMENT = 65_535 + 22


def _pdf(window: Window) -> str | None:
    """See that there is an end, which readers look for in the last 1,024 bytes (ISO 32000-1, annex H, 3.18).

    A file arranged for the web says how long it was when it was first written (annex F).
    """
    said = _LINEARIZED.search(window.at(0, 2048))
    if said is not None and int(said[1]) > window.size:
        return _beyond("the file", int(said[1]), window)
    tail = window.at(max(0, window.size - _TAIL), _TAIL)
    return None if b"%%EOF" in tail else "the PDF has no %%EOF at its end"


def _zip(window: Window) -> str | None:
    """See that there is a list of entries, which always comes last (APPNOTE 4.3.6)."""
    tail = window.at(max(0, window.size - _COMMENT), _COMMENT)
    return None if _ARCHIVE_END in tail else "the ZIP has no list of its entries at its end"


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _beyond(what: str, stop: int, window: Window) -> str | None:
    return f"{what} ends at byte {stop:,}, {window.size:,} are there" if stop > window.size else None


_CHECKS: Final[tuple[tuple[Callable[[bytes], bool], Check], ...]] = (
    (_starts(b"\xff\xd8\xff"), jpeg),
    (_starts(b"\x89PNG\r\n\x1a\n"), png),
    (_starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), tiff),
    (_starts(b"SDPX", b"XPDS"), dpx),
    (_starts(b"\x76\x2f\x31\x01"), exr),
    (_starts(b"ftyp", at=4), _bmff),
    (lambda head: head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"} and not _is_text(head), _bmff),
    (_starts(b"\0\0\0\x0cJXL \r\n\x87\n"), _bmff),
    (_starts(b"RIFF", b"RF64", b"BW64"), _riff),
    (_starts(_PACK), _mxf),
    (_starts(_EBML), _matroska),
    (lambda head: head.startswith(b"FORM") and head[8:12] in {b"AIFF", b"AIFC"}, _aiff),
    (lambda head: head.startswith((b"GIF89a", b"GIF87a")) and not _is_text(head), gif),
    (_starts(b"%PDF-"), _pdf),
    (_starts(b"PK\3\4"), _zip),
)
"""Which files are looked into, by their first bytes, and how."""
