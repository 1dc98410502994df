"""Text in PNG: a keyword and what belongs to it, plain or compressed (PNG, third edition, 11.3.3)."""

import re

from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.packets import as_exif, find_tiff, is_packet, sniff
from provenance.containers.resources import read_resources
from provenance.containers.window import Window
from provenance.files import BufferMedia

_LONGEST_KEY = 79
_PROFILE_KEY = "Raw profile type "
_RESOURCE, _DATASET = b"8BIM", b"\x1c"
_NEAR = 32
_HEXADECIMAL = b"0123456789abcdefABCDEF"
_PROFILE = re.compile(rb"\s*+\S++(?:[ ]profile)?\s++\d++\s")
"""What stands before the digits: a name, of old also `generic profile`, and how many bytes they are."""


def read_text(notes: Notes, kind: bytes, at: int, data: bytes) -> None:
    """Read one chunk of text of a known kind; XMP, and profiles written out as text, become what they are."""
    raw_key, rest = _split(data)
    key = raw_key.decode("latin-1")
    place = f"PNG {kind.decode('ascii')} {key!r} at {at}"
    if kind == b"zTXt":
        rest = notes.inflated(place, rest[1:])
    elif kind == b"iTXt":
        compressed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        rest = notes.inflated(place, rest) if compressed else rest
    if key.startswith(_PROFILE_KEY) and _read_profile(notes, place, rest):
        return
    # The keyword XML:com.adobe.xmp is one byte of damage away from another; a packet is known by its beginning.
    if is_packet(rest):
        notes.block(BlockKind.XMP, place, rest)
    else:
        notes.block(BlockKind.TEXT, place, rest, key)


def salvage_text(notes: Notes, at: int, data: bytes) -> None:
    """Read a damaged chunk as the kind of text it looks like, or hand on what else it looks like."""
    key, rest = _split(data)
    if not key or not key.decode("latin-1").isprintable():
        sniff(notes, f"damaged PNG chunk at {at}", data)
    elif rest[:1] == b"\0" and rest[1:2] == b"x":
        read_text(notes, b"zTXt", at, data)
    elif rest[1:2] == b"\0" and rest[:1] in {b"\0", b"\1"}:
        read_text(notes, b"iTXt", at, data)
    else:
        read_text(notes, b"tEXt", at, data)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Return keyword and rest; without a keyword all of it is the rest."""
    end = data.find(b"\0", 0, _LONGEST_KEY + 1)
    return (data[:end], data[end + 1 :]) if end >= 0 else (b"", data)


def _read_profile(notes: Notes, place: str, text: bytes) -> bool:
    """Hand on a profile that ImageMagick wrote as hexadecimal digits; return whether it was one."""
    found = _PROFILE.match(text)
    if found is None:
        return False
    digits = b"".join(text[found.end() :].split())
    if digits.translate(None, _HEXADECIMAL):
        return False
    data = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    if tags := find_tiff(as_exif(data)):
        notes.block(BlockKind.EXIF, place, tags)
    elif is_packet(data):
        notes.block(BlockKind.XMP, place, data)
    else:
        photoshop = data.find(_RESOURCE, 0, _NEAR)
        if data[:1] == _DATASET:
            notes.block(BlockKind.IPTC, place, data)
        elif photoshop >= 0:
            inner = Window(BufferMedia(data))
            read_resources(inner, notes, (photoshop, inner.size), f"{place}, Photoshop")
        else:
            sniff(notes, place, data)  # a profile of colours, or the remains of a store
    return True
