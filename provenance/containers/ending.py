"""What was put behind a file whose format does not tell where it ends: known by its own end, which is the file's.

A picture, an archive or an XMP packet that ends where the file does is looked for from there backwards. All others pay
for one look at their last bytes.
"""

import re

from provenance.containers.inside import decline, look_inside
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.window import Window

FOOT = 64
_FURTHEST = 64 << 20
"""Bytes before the end in which what ends there is expected to begin."""
_MOST = 8
"""Beginnings that are tried, from the last: a picture holds smaller ones, and ends where the last of them does."""
_PNG_END, PNG_START = b"IEND\xae\x42\x60\x82", re.compile(rb"\x89PNG\r\n\x1a\n")
_JPEG_END = b"\xff\xd9"
JPEG_START = re.compile(
    rb"\xff\xd8\xff(?:\xe0..JFIF\0|\xe1..(?:Exif\0|http)|[\xe2-\xef]..[A-Z]|\xdb\0[\x43\x84\xc5]|\xfe\0)", re.DOTALL
)
"""A JPEG by its first segment: of three bytes alone any sound has some."""
_PACKET_ENDS = (b"</x:xmpmeta>", b"</rdf:RDF>", b'<?xpacket end="w"?>', b'<?xpacket end="r"?>', b"<?xpacket end='w'?>")
_PACKET = 1 << 20
_ZIP_END, _ZIP_FOOT, _ZIP_STARTS = b"PK\5\6", 22, (b"PK\3\4", b"PK\1\2", b"PK\5\6")


def ends_as_a_part(window: Window) -> bool:
    """Whether the file ends as a JPEG or an XMP packet does, which may be its own or have been put behind it."""
    return window.last(FOOT).rstrip(b"\0\r\n ").endswith((_JPEG_END, *_PACKET_ENDS))


def look_at_end(window: Window, notes: Notes, *, pictures: bool) -> None:
    """Show a picture or an archive that ends where the file does to the visitor, and hand on a packet that does.

    Without `pictures`, a JPEG and a packet at the end are the file's own: TIFF may keep a preview and its XMP there.
    """
    foot = window.last(FOOT)
    end = foot.rstrip(b"\0\r\n ")
    if (at := foot.rfind(_ZIP_END)) >= 0:
        _look_at_archive(window, notes, window.size - len(foot) + at, foot[at:])
    elif end.endswith(_PNG_END):
        _look_at_pictures(window, notes, PNG_START, "PNG")
    elif pictures and end.endswith(_JPEG_END):
        _look_at_pictures(window, notes, JPEG_START, "JPEG")
    elif pictures and end.endswith(_PACKET_ENDS):
        tail = window.last(_PACKET)
        start = max(tail.rfind(b"<?xpacket begin"), 0)
        at, packet = find_packet(tail[start:])
        if packet:
            notes.block(BlockKind.XMP, f"XMP behind the end, at {window.size - len(tail) + start + at}", packet)


def _look_at_pictures(window: Window, notes: Notes, begins: re.Pattern[bytes], what: str) -> None:
    """Look at whatever begins as such a picture, from each beginning to the end of the file."""
    furthest = max(1, window.size - _FURTHEST)
    starts = [furthest + found.start() for found in begins.finditer(window.at(furthest, _FURTHEST))]
    for at in starts[-_MOST:]:
        look_inside(notes, f"behind the end, a {what} at {at}", window.part(at, window.size - at), unknown=True)


def _look_at_archive(window: Window, notes: Notes, at: int, foot: bytes) -> None:
    """Look into a ZIP (APPNOTE 4.3.16) from where its own list says that it begins."""
    if len(foot) < _ZIP_FOOT or int.from_bytes(foot[20:22], "little") > len(foot) - _ZIP_FOOT:
        return
    size, offset = (int.from_bytes(foot[n : n + 4], "little") for n in (12, 16))
    start = at - size - offset
    if start > 0 and window.at(start, 4) in _ZIP_STARTS:
        look_inside(notes, f"behind the end, a ZIP at {start}", window.part(start, window.size - start))
    elif window.at(at - size, 4) == _ZIP_STARTS[1] or size == 0xFFFFFFFF:
        decline(notes, f"a ZIP that ends at {at + _ZIP_FOOT}", "where it begins is not where it says")
