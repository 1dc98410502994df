"""Metafiles of Windows (MS-EMF, MS-WMF) and StarView, as office programs keep drawings: records, and pictures in them.

The records are not followed. A picture that is a file of its own (MS-EMFPLUS, 2.2.2.2) is whole in one of them and is
known by its beginning; any other is pixels alone, which say nothing.
"""

import re
import struct

from provenance.containers.ending import JPEG_START, PNG_START
from provenance.containers.family import Family
from provenance.containers.inside import decline, look_inside
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_EMF = Format("image/emf", Carries.NO)
_WMF = Format("image/wmf", Carries.NO)
_SVM = Format("image/x-svm", Carries.NO)
_STARVIEW = b"VCLMTF"
_PLACED = b"\xd7\xcd\xc6\x9a"
_OTHERS = re.compile(rb"GIF8[79]a|(?<!Exif\0\0)(?<!eXIf)(?:II\*\0|MM\0\*)")
_SEARCHED = 64 << 20
_MOST = 256


def _recognise(head: bytes, window: Window) -> Format | None:
    if head[:4] == b"\1\0\0\0" and head[40:44] == b" EMF":
        return _EMF if int.from_bytes(head[48:52], "little") <= window.size else None
    if head.startswith(_STARVIEW) and len(head) >= 12:
        # Behind it a version and the length of its header, in which at least the number of its records stands.
        return (
            _SVM
            if 0 < head[6] < 9 and head[7] == 0 and 24 <= int.from_bytes(head[8:12], "little") < window.size
            else None
        )
    return _WMF if head[:4] == _PLACED and len(head) >= 22 and _sum(head[:20]) == head[20:22] else None


def _sum(head: bytes) -> bytes:
    """Return the checksum of a placeable header (MS-WMF, 2.3.2.3): its words, each laid over the others."""
    total = 0
    for word in struct.unpack("<10H", head):
        total ^= word
    return total.to_bytes(2, "little")


def _walk(window: Window, notes: Notes) -> None:
    """Show each picture that begins somewhere to the visitor, with all that follows it."""
    data = window.at(0, _SEARCHED)
    starts = sorted(found.start() for begins in (PNG_START, JPEG_START, _OTHERS) for found in begins.finditer(data))
    if len(data) < window.size or len(starts) > _MOST:
        decline(notes, "the rest of a drawing", f"it has more than {_SEARCHED} bytes, or more than {_MOST} pictures")
    for at in starts[:_MOST]:
        look_inside(notes, f"a picture at {at}", window.part(at, window.size - at), unknown=True)


FAMILY = Family(_recognise, _walk)
