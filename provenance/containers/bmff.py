"""ISO base media (ISO 14496-12): boxes from one to the next, whatever lies between. Pictures, films, sound, JPEG XL.

The media themselves are never read. A credential stands in a `uuid` box of the top level (C2PA 2.2, A.5), in JPEG XL
in a `jumb` box; XMP in a `uuid` box (XMP part 3, 1.2.7.1), in `moov/udta/XMP_`, or in an item of a picture. The tags
of films are read in `movie`.
"""

from dataclasses import dataclass

from provenance.containers.boxes import Box, Break, boxes
from provenance.containers.family import Family
from provenance.containers.inside import look_inside
from provenance.containers.items import exif_item, read_items
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.movie import XMP_UUID, read_movie
from provenance.containers.notes import Notes
from provenance.containers.packets import is_packet
from provenance.containers.remains import STORE_UUID, find_remains, search
from provenance.containers.samsung import read_trailer
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_MP4 = Format("video/mp4", Carries.YES, "video/mp4")
_HEIC = Format("image/heic", Carries.YES, "image/heic")
_AVIF = Format("image/avif", Carries.YES, "image/avif")
_HEIF = Format("image/heif", Carries.YES, "image/heif")
_SOUND = Format("audio/mp4", Carries.YES, "audio/mp4")
_BRANDS = {
    b"qt  ": Format("video/quicktime", Carries.YES, "video/quicktime"),
    b"M4V ": Format("video/x-m4v", Carries.YES, "video/x-m4v"),
    b"crx ": Format("image/x-canon-cr3", Carries.NO),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "), _SOUND),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), _HEIC),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1"), _HEIF),
}
_JXL = Format("image/jxl", Carries.YES, "image/jxl")
_JXL_SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_OLD = Format("video/quicktime", Carries.NO)
"""QuickTime from before the `ftyp` box: the SDK has no reader for it."""
_OLD_STARTS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})

MEDIA = frozenset({b"mdat", b"jxlc", b"jxlp", b"imda"})
INDEXES = frozenset({b"moov", b"moof", b"meta", b"styp", b"sidx", b"mfra"})
_SILENT = frozenset({b"ftyp", b"styp", b"sidx", b"ssix", b"mfra", b"free", b"skip", b"wide", b"prft", b"jumb", b"emsg"})
_ROOM = frozenset({b"free", b"skip", b"wide"})
"""Room that is left for later: what was there before may still be."""
_TAGGED = frozenset({b"moov", b"moof", b"udta"})
_LOOKED = 4096
_PADDING = 1 << 16
_PICTURES = ((b"\xff\xd8\xff", b"\xff\xd9"), (b"\x89PNG\r\n\x1a\n", b"IEND\xae\x42\x60\x82"))
"""What a whole picture begins and ends with."""
_LARGEST_PICTURE, _FOOT = 64 << 20, 64
_MOST_BRANDS = 64


def _recognise(head: bytes, window: Window) -> Format | None:
    if head[4:8] == b"ftyp":
        return _by_brand(head, window)
    if head.startswith(_JXL_SIGNATURE):
        return _JXL
    return _OLD if head[4:8] in _OLD_STARTS and _is_old_quicktime(head, window) else None


def _by_brand(head: bytes, window: Window) -> Format:
    """Tell by the major brand, and where that names a family of codecs only, by the compatible ones."""
    found = _BRANDS.get(head[8:12], _MP4)
    if found is _HEIF:
        length = min(int.from_bytes(head[:4], "big"), 16 + 4 * _MOST_BRANDS)
        compatible = window.at(16, max(0, length - 16))
        brands = [compatible[at : at + 4] for at in range(0, len(compatible) - 3, 4)]
        return next((_BRANDS[b] for b in brands if _BRANDS.get(b) in {_HEIC, _AVIF}), _HEIF)
    return found


def _is_old_quicktime(head: bytes, window: Window) -> bool:
    """Whether the boxes lead to a film or its data. Four letters alone could be the second word of a text."""
    for count, box in enumerate(boxes(window, 0, window.size)):
        if isinstance(box, Break):
            return head[4:8] in {b"moov", b"mdat"} and head[0] < 0x09
        if box.kind in {b"moov", b"mdat"}:
            return True
        if box.kind not in _OLD_STARTS or count > _MOST_BRANDS:
            return False
    return False


@dataclass(slots=True)
class _Seen:
    """What a walk has come by, to tell at its end whether something is missing."""

    media: bool = False
    index: bool = False


def _walk(window: Window, notes: Notes) -> None:
    seen = _Seen()
    for box in boxes(window, 0, window.size):
        if isinstance(box, Break):
            _end(window, notes, box)
            break
        seen.media |= box.kind == b"mdat"
        seen.index |= box.kind in INDEXES
        _read(window, notes, box)
    if seen.media and not seen.index:
        notes.gap("BMFF", "there is media but no index of it: the file is cut short or was never finished")


def _end(window: Window, notes: Notes, broken: Break) -> None:
    """Note where the boxes end before the file does, unless nothing but padding follows."""
    rest = window.at(broken.at, _PADDING)
    if window.size - broken.at <= len(rest) and not any(rest):
        return
    notes.gap(f"BMFF at {broken.at}", broken.why)
    longer = broken.longer
    if longer is not None and longer.kind not in MEDIA:
        # A film that is cut within its tags says as much as there is.
        _read(window, notes, Box(longer.kind, longer.at, longer.body, max(longer.body, window.size)))
    search(window, notes, broken.at, "BMFF data")


def _read(window: Window, notes: Notes, box: Box) -> None:
    """Read one box of the top level."""
    if box.kind in MEDIA:
        _show_picture(window, notes, box)
        return
    place = f"BMFF {box.name} at {box.at}"
    start = window.at(box.at, min(_LOOKED, box.stop - box.at))
    head = start[box.body - box.at :]
    if (box.kind == b"uuid" and head.startswith(STORE_UUID)) or find_remains(start) >= 0:
        notes.residue(place)
    elif box.kind == b"uuid" and head.startswith(XMP_UUID):
        notes.block(BlockKind.XMP, place, window.at(box.body + 16, notes.bounded(place, box.length - 16)))
    elif box.kind == b"meta":
        read_items(window, notes, box)
        read_movie(window, notes, box)
    elif box.kind in _TAGGED:
        read_movie(window, notes, box)
    elif box.kind == b"Exif":
        _exif(notes, place, window.at(box.body, notes.bounded(place, box.length)))
    elif box.kind in {b"xml ", b"uuid"} and is_packet(head):
        data = window.at(box.body, notes.bounded(place, box.length))
        notes.block(BlockKind.XMP, place, data[data.index(b"<") :])
    elif box.kind == b"sefd":
        read_trailer(window, notes, box.stop)
    elif box.kind == b"mpvd":
        look_inside(notes, place, window.part(box.body, box.length), unknown=True)
    elif box.kind == b"brob":
        _read_compressed(window, notes, place, box)
    elif not _is_silent(box, head) and not _show_picture(window, notes, box):
        # A box that was renamed, by damage or by hand, still holds what it held.
        note_remains(notes, place, start)


def _is_silent(box: Box, head: bytes) -> bool:
    """Whether a box holds nothing that could be a mark: room that is left is only where nothing is in it."""
    return box.kind in _SILENT and not (box.kind in _ROOM and head.strip(b"\0"))


def _show_picture(window: Window, notes: Notes, box: Box) -> bool:
    """Show a box to the visitor that is one whole picture, as hardly any film's media are; return whether it is."""
    start = window.at(box.body, 8)
    ends = next((ends for begins, ends in _PICTURES if start.startswith(begins)), None)
    if ends is None or box.length > _LARGEST_PICTURE:
        return False
    foot = max(box.body, box.stop - _FOOT)
    if not window.at(foot, box.stop - foot).rstrip(b"\0").endswith(ends):
        return False
    look_inside(notes, f"BMFF {box.name} at {box.at}", window.part(box.body, box.length), unknown=True)
    return True


def _exif(notes: Notes, place: str, data: bytes) -> None:
    """Hand on an EXIF box; one that does not begin as EXIF does is damaged, and looked through for text."""
    exif = exif_item(data)
    if exif:
        notes.block(BlockKind.EXIF, place, exif)
    else:
        notes.gap(place, "it does not begin as EXIF does")
        note_remains(notes, place, data)


def _read_compressed(window: Window, notes: Notes, place: str, box: Box) -> None:
    """Read a Brotli-compressed box of JPEG XL (ISO 18181-2, 9.8): its real type, and its compressed content."""
    kind = window.at(box.body, 4)
    if kind == b"jumb":
        notes.residue(place)
        return
    data = notes.unpacked(place, window.at(box.body + 4, notes.bounded(place, box.length - 4)))
    if find_remains(data) >= 0:
        notes.residue(place)
    elif kind == b"Exif":
        _exif(notes, place, data)
    elif is_packet(data):
        notes.block(BlockKind.XMP, place, data[data.index(b"<") :])


FAMILY = Family(_recognise, _walk)
