"""Types that are known by a signature and have no place for a credential that the SDK could read.

Only signatures that cannot come about by chance count, since a type without a place for a credential is not asked
for one. What has a short signature is held against the rest of its header as well.
"""

from collections.abc import Callable
from typing import Final

from provenance.containers.family import HEAD, End, Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains
from provenance.containers.window import Window


def _plain(media_type: str) -> Format:
    return Format(media_type, Carries.NO)


def _holder(media_type: str) -> Format:
    return Format(media_type, Carries.NO, holds_files=True)


_SIGNATURES: Final[tuple[tuple[int, bytes, Format], ...]] = (
    # Pictures and frames
    (0, b"#?RADIANCE\n", _plain("image/vnd.radiance")),
    (0, b"DDS \x7c\0\0\0", _plain("image/vnd.ms-dds")),
    (0, b"FUJIFILMCCD-RAW ", _plain("image/x-fuji-raf")),
    (0, b"ARRI\x12\x34\x56\x78", _plain("image/x-arriraw")),
    (0, b"ARRI\x78\x56\x34\x12", _plain("image/x-arriraw")),
    # Films and sound
    (4, b"RED1", _plain("video/x-red-r3d")),
    (4, b"RED2", _plain("video/x-red-r3d")),
    (0, b"MThd\0\0\0\6", _plain("audio/midi")),
    # Archives and what else holds whole files
    (0, b"7z\xbc\xaf\x27\x1c", _holder("application/x-7z-compressed")),
    (0, b"\x28\xb5\x2f\xfd", _holder("application/zstd")),
    (0, b"Rar!\x1a\x07", _holder("application/vnd.rar")),
    # Scenes and caches of 3D
    (0, b"PXR-USDC", _plain("model/vnd.usd")),
    (0, b"Ogawa", _plain("application/x-alembic")),
    (0, b"\x89HDF\r\n\x1a\n", _plain("application/x-hdf5")),
    # What systems and applications leave in folders
    (0, b"\0\0\0\1Bud1", _plain("application/x-ds-store")),
    (0, b"SQLite format 3\0", _plain("application/vnd.sqlite3")),
    (0, b"bplist00", _plain("application/x-bplist")),
    (0, b"OTTO\0", _plain("font/otf")),
    (0, b"ttcf\0", _plain("font/collection")),
    (0, b"wOFF", _plain("font/woff")),
    (0, b"wOF2", _plain("font/woff2")),
    (36, b"acsp", _plain("application/vnd.iccprofile")),
)

_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_TRANSPORT = ((0, 188), (4, 192))
_PACKETS = 5


def _signature(_head: bytes, window: Window) -> Format | None:
    start = window.at(0, 512)
    return next((found for at, magic, found in _SIGNATURES if start.startswith(magic, at)), None)


def _bmp(head: bytes, window: Window) -> Format | None:
    """Know a bitmap by all that its header says twice, since its signature is two letters."""
    pixels, header = int.from_bytes(head[10:14], "little"), int.from_bytes(head[14:18], "little")
    sound = head[6:10] == bytes(4) and header in _BMP_HEADERS and 14 + header <= pixels < window.size
    return _plain("image/bmp") if head[:2] == b"BM" and sound else None


def _jxl_codestream(head: bytes, window: Window) -> Format | None:
    """Know JPEG XL without boxes by its two bytes and a picture size that is in proportion (ISO 18181-1, D.2)."""
    if head[:2] != b"\xff\x0a" or len(head) < 16:
        return None
    bits = int.from_bytes(head[2:14], "little")
    small = bits & 1
    width = 5 if small else (9, 13, 18, 30)[bits >> 1 & 3]
    height = (bits >> (1 if small else 3) & (1 << width) - 1) + 1
    pixels = (height * (8 if small else 1)) ** 2
    return _plain("image/jxl") if height < 1 << 16 and window.size < 64 * pixels + 4096 else None


def _truetype(head: bytes, _window: Window) -> Format | None:
    tables = int.from_bytes(head[4:6], "big")
    power = 1 << max(0, tables.bit_length() - 1)
    sound = head[:4] in {b"\0\1\0\0", b"true"} and 0 < tables < 256 and int.from_bytes(head[6:8], "big") == power * 16
    return _plain("font/ttf") if sound else None


def _mpeg(head: bytes, window: Window) -> Format | None:
    """Know a program stream by its pack header, a transport stream by packets that all begin alike (ISO 13818-1)."""
    if head[:4] == b"\0\0\1\xba" and len(head) > 4 and (head[4] & 0xC4 == 0x44 or head[4] & 0xF0 == 0x20):
        return _plain("video/mpeg")
    for start, step in _TRANSPORT:
        packets = window.at(0, start + (_PACKETS - 1) * step + 1)[start::step]
        if packets == b"\x47" * _PACKETS:
            return _plain("video/mp2t")
    return None


_KNOWERS: Final[tuple[Callable[[bytes, Window], Format | None], ...]] = (
    _signature,
    _bmp,
    _jxl_codestream,
    _truetype,
    _mpeg,
)


def _recognise(head: bytes, window: Window) -> Format | None:
    return next((found for knows in _KNOWERS if (found := knows(head, window)) is not None), None)


_PICTURED = ("image/", "model/", "application/x-alembic", "application/x-hdf5")
_TEXTS = 1 << 20
_FONTS = (b"OTTO", b"ttcf", b"wOFF", b"wOF2", b"\0\1\0\0", b"true")
_TABLES = 4096
"""Bytes that the list of a font's tables takes at the most, but for collections of many fonts."""
_STORE = b"C2PA"


def _walk(window: Window, notes: Notes) -> None:
    """Look for a credential where one has a place that the SDK does not read: a table of a font (C2PA 2.2, annex A).

    Of pictures and scenes that nobody follows the start is looked through for the text of a mark: GIMP and others keep
    comments and XMP there.
    """
    found = _recognise(window.at(0, HEAD), window)
    if found is not None and found.media_type.startswith(_PICTURED):
        note_remains(notes, f"{found.media_type.partition('/')[2]} data at 0", window.at(0, _TEXTS))
    if window.at(0, 4) in _FONTS and (at := window.at(0, _TABLES).find(_STORE)) >= 0:
        notes.residue(f"font table C2PA, listed at {at}")


FAMILY = Family(_recognise, _walk, End.OPEN)
