"""Photoshop's image resources (Adobe Photoshop File Formats, "Image Resource Blocks"), wherever they are kept.

They stand in PSD, in APP13 of JPEG, in tag 0x8649 of TIFF and in comments of PostScript. Of hundreds of kinds three
hold what is looked for.
"""

import re

from provenance.containers.model import BlockKind
from provenance.containers.notes import STEPS, Notes
from provenance.containers.packets import as_exif, is_packet
from provenance.containers.window import Window
from provenance.files import BufferMedia

_ENCODED = re.compile(rb"%BeginPhotoshop: ?(\d{1,10})[ \t]*+((?:[\r\n]++%[ \t\dA-Fa-f]*+(?=[\r\n]))*+)")
_BETWEEN = b"%\r\n\t "
_SMALLEST, _LOOKED = 64, 128
_SIGNATURES = frozenset({b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"})
_IPTC, _EXIF, _EXIF_3, _XMP = 0x0404, 0x0422, 0x0423, 0x0424
_KINDS = {_IPTC: BlockKind.IPTC, _EXIF: BlockKind.EXIF, _EXIF_3: BlockKind.EXIF, _XMP: BlockKind.XMP}


def read_encoded(notes: Notes, data: bytes) -> None:
    """Hand on the resources that Photoshop writes into the comments of PostScript, as hexadecimal digits."""
    for found in _ENCODED.finditer(data):
        place = f"PostScript, Photoshop at {found.start()}"
        digits = found[2].translate(None, _BETWEEN)
        if len(digits) < 2 * int(found[1]):
            notes.gap(place, "its resources are damaged, and were read as far as they go")
        inner = Window(BufferMedia(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))))
        read_resources(inner, notes, (0, inner.size), place)


def read_resources(window: Window, notes: Notes, span: tuple[int, int], place: str) -> int:
    """Hand on the IPTC, EXIF and XMP among the resources in a span; return where they end or cannot be followed."""
    at, stop = span
    for _ in range(STEPS):
        head = window.at(at, min(7, stop - at))
        if len(head) < 7 or head[:4] not in _SIGNATURES:
            return at
        number = int.from_bytes(head[4:6], "big")
        # The name is a Pascal string, and like the data it is padded to an even length.
        size_at = at + 6 + (1 + head[6] + 1 & ~1)
        size = window.number(size_at, 4)
        start = size_at + 4
        kind = _KINDS.get(number)
        if kind is None and size > _SMALLEST and is_packet(window.at(start, min(size, _LOOKED))):
            kind = BlockKind.XMP  # the number was damaged, or another one is used for it
        if kind is not None and size:
            name = f"{place} resource {number} at {at}"
            data = window.at(start, notes.bounded(name, min(size, stop - start)))
            notes.block(kind, name, as_exif(data) if kind is BlockKind.EXIF else data)
        if start + size > stop:
            return at
        at = start + (size + 1 & ~1)
    return at
