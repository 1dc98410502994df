"""Whether a film or a picture of ISO base media, or a Matroska, is cut short."""

from itertools import islice
from typing import Final

from provenance.containers import bmff, matroska
from provenance.containers.boxes import Box, Break, boxes
from provenance.containers.whole.reach import beyond
from provenance.containers.window import Window

_NAMES: Final = {
    "video/quicktime": "MOV",
    "video/x-m4v": "M4V",
    "audio/mp4": "M4A",
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
    "image/jxl": "JPEG XL",
    "image/x-canon-cr3": "CR3",
}
_EMPTY = frozenset({b"ftyp", b"free", b"skip", b"wide", b"pdin"})
_WHOLE = frozenset({b"ftyp", b"uuid", b"udta", b"jumb"}) | bmff.MEDIA | bmff.INDEXES
"""Boxes of which every byte counts. Padding that is not all there harms nobody, and other four letters may be the
beginning of something that was put behind the file."""
_WIDE = b"\0\0\0\x08wide"
"""Room for a longer length of the media box behind it: how QuickTime without `ftyp` begins, also when it is cut."""
_MOST_BOXES = 1024
_LONGEST_TYPE = 4096
_MISCOUNTED = 8
_LOOKED = 4096
_NO_LENGTHS = frozenset({2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1})
"""Lengths that writers give to what has no end yet."""


def bmff_cut(head: bytes, window: Window) -> str | None:
    """Say if a box of the top level goes on behind the end of the file, or if media have no index.

    (ISO 14496-12, 4.2 and 8.2.1; a box of length 0 goes to the end, and is whole.) Nothing is said of media in
    fragments that end between two boxes, of old QuickTime without `ftyp` that lacks its index (it may lie in the file's
    other half), of what stands behind 1,024 boxes or begins another film, nor of what cannot be followed.
    """
    found = bmff.FAMILY.recognise(head, window)
    if found is None and not (head.startswith(_WIDE) and head[12:16] == b"mdat"):
        return None
    name = "MOV" if found is None else _NAMES.get(found.media_type, "MP4")
    seen, last = set[bytes](), None
    for box in islice(boxes(window, 0, window.size), _MOST_BOXES):
        if isinstance(box, Break):
            return _broken(window, name, seen, last, box)
        if box.kind == b"ftyp" and box.kind in seen:
            return None
        seen.add(box.kind)
        last = box
    return _unindexed(name, seen) if last is not None and last.stop == window.size else None


def _unindexed(name: str, seen: set[bytes]) -> str | None:
    if b"ftyp" not in seen:
        return None
    if seen <= _EMPTY:
        return f"the {name} has nothing behind its first box"
    return f"the {name} has no moov box" if b"mdat" in seen and seen.isdisjoint(bmff.INDEXES) else None


def _broken(window: Window, name: str, seen: set[bytes], before: Box | None, broken: Break) -> str | None:
    """Say what is missing where the boxes cannot be followed any further."""
    longer = broken.longer
    if longer is not None:
        if longer.kind not in _WHOLE or longer.stop <= window.size + _MISCOUNTED:
            return None
        if longer.kind == b"ftyp" and longer.stop > _LONGEST_TYPE:
            return None
        if longer.stop - longer.at in _NO_LENGTHS and not seen.isdisjoint(bmff.INDEXES):
            return None
        return beyond(f"the {longer.name} box of the {name}", longer.stop, window)
    rest = window.at(broken.at, _LOOKED)
    nothing = len(rest) < 8 or not any(rest + window.last(_LOOKED))
    unset = rest[4:8] == b"mdat" or (before is not None and before.kind == b"mdat" and before.length == 0)
    return _unindexed(name, seen | {b"mdat"} if unset else seen) if nothing or unset else None


_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_MATROSKA = frozenset({"video/x-matroska", "video/webm"})
_BETWEEN = frozenset({b"\xec", b"\xbf"})
_MOST_BETWEEN = 8


def matroska_cut(head: bytes, window: Window) -> str | None:
    """Say if the segment of a Matroska or WebM goes on behind the end of the file (RFC 8794, 6; RFC 9559, 4.5).

    Nothing is said of one of unknown length: it may be live.
    """
    if not head.startswith(_EBML):
        return None
    found = matroska.FAMILY.recognise(head, window)
    if found is None or found.media_type not in _MATROSKA:
        return None
    at, width = 0, len(_EBML)
    for _ in range(_MOST_BETWEEN):
        is_segment = window.at(at, 4) == _SEGMENT
        body, length = _measured(window, at + width)
        if length is None:
            return None
        if is_segment:
            return beyond("the segment of the Matroska", body + length, window)
        at = body + length
        if at >= window.size:
            return "the Matroska has no segment"
        width = 1 if window.at(at, 1) in _BETWEEN else len(_SEGMENT)
        if width > 1 and window.at(at, 4) != _SEGMENT:
            return None
    return None


def _measured(window: Window, at: int) -> tuple[int, int | None]:
    """Return where the content of an element starts and how long it is, from its length on; None: it does not say."""
    width = 9 - window.number(at, 1).bit_length()
    unknown = (1 << 7 * width) - 1
    length = window.number(at, width) & unknown
    return at + width, None if width > 8 or length == unknown else length
