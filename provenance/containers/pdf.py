"""PDF: only looked through, since its objects may be compressed and only a whole parser can follow them.

A credential stands in an embedded file whose specification says `/AFRelationship /C2PA_Manifest` (C2PA 2.2, A.4).
The SDK reads that; what is found here is found as bytes, and is the second look.
"""

from provenance.containers.family import Family
from provenance.containers.inside import look_behind
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.remains import search
from provenance.containers.window import Window

_PDF = Format("application/pdf", Carries.YES, "application/pdf")
_HEADER = b"%PDF-"
_NEAR = 1024
_RELATIONSHIP = b"C2PA_Manifest"
SEARCHED = 64 << 20
_PIECE = 1 << 20
_END = b"%%EOF"
_SPACES = b"\0\t\n\f\r "
"""What may stand between things (ISO 32000-2, table 1)."""
_MOST_PACKETS = 16
PACKET = (b"<x:xmpmeta", b"</x:xmpmeta>")


def _recognise(_head: bytes, window: Window) -> Format | None:
    return _PDF if _HEADER in window.at(0, _NEAR) else None


def _walk(window: Window, notes: Notes) -> None:
    stop = min(window.size, SEARCHED)
    at = window.find(_RELATIONSHIP, 0, stop)
    if at < 0 and window.size > stop:
        # Credentials are added to the end, as every later change is.
        at = window.find(_RELATIONSHIP, max(stop, window.size - SEARCHED), window.size)
    if at >= 0:
        notes.residue(f"PDF C2PA_Manifest at {at}")
    search(window, notes, 0, "PDF data")
    _read_packets(window, notes, stop)
    last = window.last(_PIECE)
    end = last.rfind(_END)
    if end < 0:
        notes.gap("PDF", "it has no end: the file is cut short")
        return
    behind = last[end + len(_END) :].lstrip(_SPACES)
    if behind:
        look_behind(window, notes, window.size - len(behind), "PDF")


def _read_packets(window: Window, notes: Notes, stop: int) -> None:
    """Hand on the XMP packets that are not compressed; there may be one for every change."""
    at = 0
    for _ in range(_MOST_PACKETS):
        at = window.find(PACKET[0], at, stop)
        if at < 0:
            return
        packet = find_packet(window.at(at, _PIECE))[1]
        notes.block(BlockKind.XMP, f"PDF XMP at {at}", packet)
        at += len(packet)


FAMILY = Family(_recognise, _walk)
