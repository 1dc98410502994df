"""Knowing metadata by what it looks like, where nothing around it says what it is any more."""

import re

from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.remains import find_remains
from provenance.containers.window import Window

EXIF_HEADER = b"Exif\0\0"
_TIFF_HEADERS = (b"II*\0", b"MM\0*")
_START = re.compile(rb"<(?:\?xpacket begin|x:x[am]pmeta|rdf:RDF)")
_ENDS = (b"</x:xmpmeta>", b"</x:xapmeta>", b"</rdf:RDF>")
"""Until 2003 the metadata of Adobe's programs was called XAP."""
_NEAR = 512
_CLOSE = 16
_SALVAGED = 1 << 20
_SEGMENT = 1 << 16
_JUDGED = 4096
_ODD = 9
"""So many bytes of a text may be damaged, and one in fifty more. Of what is compressed most would have to be."""
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r"


def as_exif(data: bytes) -> bytes:
    """Return an EXIF block from its byte-order mark on; some writers put a header of JPEG before it."""
    return data[6:] if data.startswith(EXIF_HEADER) else data


def is_packet(data: bytes) -> bool:
    """Whether `data` is an XMP packet, as far as its beginning shows."""
    return _start_of_packet(data, _NEAR) >= 0


def find_packet(data: bytes) -> tuple[int, bytes]:
    """Return where the first XMP packet in `data` starts, and the packet as far as it goes; -1 and nothing if none."""
    start = _start_of_packet(data, len(data))
    if start < 0:
        return -1, b""
    ends = [at + len(mark) for mark in _ENDS if (at := data.find(mark, start)) >= 0]
    return start, data[start : max(ends, default=len(data))]


def _start_of_packet(data: bytes, stop: int) -> int:
    first = data.find(b"<", 0, stop)
    found = _START.search(data, first, stop) if first >= 0 else None
    return -1 if found is None else found.start()


def find_tiff(data: bytes) -> bytes:
    """Return the TIFF structure that starts within the first bytes of `data`, or nothing."""
    starts = [at for at in (data.find(header, 0, _CLOSE) for header in _TIFF_HEADERS) if at >= 0]
    return data[min(starts) :] if starts else b""


def sniff(notes: Notes, place: str, data: bytes) -> bool:
    """Hand on what a block of an unknown kind looks like: remains of a credential, EXIF, XMP or plain text.

    Return whether it looks like any of them.
    """
    if find_remains(data) >= 0:
        notes.residue(place)
    elif exif := find_tiff(data):
        notes.block(BlockKind.EXIF, place, exif)
    elif is_packet(data):
        notes.block(BlockKind.XMP, place, data[data.index(b"<") :])
    elif (text := data.strip(b"\0")) and _is_text(text):
        notes.block(BlockKind.COMMENT, place, text)
    else:
        return False
    return True


def _is_text(data: bytes) -> bool:
    """Whether `data` is text, as far as its first bytes show: ASCII or UTF-8, with a few damaged bytes at the most."""
    start = data[:_JUDGED]
    odd = len(start.translate(None, _PRINTABLE))
    if odd > _ODD + len(start) // 50:
        text = start.decode("utf-8", "replace")
        odd = sum(c == "\ufffd" or (c < " " and c not in "\t\n\r") or c == "\x7f" for c in text)
        return odd <= _ODD + len(text) // 50
    return len(start) > 4 * odd


def salvage(window: Window, notes: Notes, start: int, what: str) -> None:
    """Hand on the first EXIF block and XMP packet in the MiB after `start`, where the structure is broken."""
    data = window.at(start, _SALVAGED)
    exif = data.find(EXIF_HEADER)
    if exif >= 0 and (tags := find_tiff(data[exif : exif + _SEGMENT])):
        notes.block(BlockKind.EXIF, f"{what} at {start + exif}", tags)
    at, packet = find_packet(data)
    if packet:
        notes.block(BlockKind.XMP, f"{what} at {start + at}", packet)
