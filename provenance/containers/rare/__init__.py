"""Types that lie among films, sound and pictures now and then, and hold a delivery where nobody knows them.

Here they are only suspected, by their first bytes: what proves that a file is of one of them, and walks it, is loaded
when there is one. None of them has a place for a credential that the SDK reads. A short signature proves nothing: such
a type is known by a structure that fits, and is of no type that is known otherwise. What stands behind the end that a
structure has, or breaks a chain of frames, is shown to the visitor, and is a gap all the same.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from provenance.containers.ending import look_at_end
from provenance.containers.family import HEAD, End, Family
from provenance.containers.model import Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_HOMES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x0b\x77", "coded"),
    (b"\x7f\xfe\x80\x01", "coded"),
    (b"\x64\x58\x20\x25", "coded"),
    (b"#!AMR", "coded"),
    (b"\xac\x40", "coded"),
    (b"\xac\x41", "coded"),
    (b"MAC ", "sounds"),
    (b"nut/multimedia container\0", "projects"),
    (b"DTSHDHDR", "sounds"),
    (b"riff\x2e\x91\xcf\x11", "sounds"),
    (b".snd", "sounds"),
    (b"caff\0\1\0\0", "sounds"),
    (b"wvpk", "sounds"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg2000"),
    (b"\xff\x4f\xff\x51\0", "jpeg2000"),
    (b"\0\0\1\0", "icons"),
    (b"\0\0\2\0", "icons"),
    (b"icns", "icons"),
    *((b"P" + kind, "raster") for kind in (b"4", b"5", b"6", b"7\n", b"F", b"f", b"H", b"h")),
    (b"qoif", "raster"),
    (b"\1\xda", "raster"),
    (b"\x80\x2a\x5f\xd7", "raster"),
    (b"\xd7\x5f\x2a\x80", "raster"),
    (b"\0\0\0\0\1\xbc", "reels"),
    (b"\x1f\7\0\x3f", "reels"),
    (b"\x1f\7\0\xbf", "reels"),
    (b"DKIF\0\0\x20\0", "reels"),
    (b"YUV4MPEG2 ", "reels"),
    (b"\0\0\1", "elementary"),
    (b"\0\0\0\1", "elementary"),
    (b"Kaydara FBX Binary  \0", "scenes"),
    (b"BLENDER", "scenes"),
    (b"FOR4", "scenes"),
    (b"FOR8", "scenes"),
    (b"RIFX", "projects"),
    (b"\6\6\xed\xf5\xd8\x1d\x46\xbd", "projects"),
    (b"\6\0Domain", "projects"),
    (b"\0\6Domain", "projects"),
    (b"\xa9\7\0\0\x08\0\0\0", "avid"),
    (b"L\0\0\0\1\x14\2\0", "projects"),
    (b"\x030010111100101011", "projects"),
    (b" BDV\0\0\0\0", "projects"),
    (b"DVDVIDEO-V", "projects"),
    *((kind + b"0", "projects") for kind in (b"HDMV", b"INDX", b"MOBJ", b"MPLS")),
    (b"%!PS-Adobe-", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"PG", "coded"),
    *((b"%dSTL" % page, "subtitles") for page in (437, 850, 860, 863, 865)),
)
"""How a file begins, and the module of this package that knows the type."""
_FIRST = frozenset(start[:1] for start, _ in _HOMES)
_TGA_KINDS, _TGA_DEPTHS = b"\1\2\3\x09\x0a\x0b", b"\x08\x0f\x10\x18\x20"


def _suspected(head: bytes) -> Iterator[str]:
    """Yield the modules that may know a file. One type has no signature at all."""
    if head[:1] in _FIRST:
        yield from (name for start, name in _HOMES if head.startswith(start))
    if head[4:7] == b"\xf8\x72\x6f":
        yield "coded"
    if len(head) > 18 and head[1] < 2 and head[2] in _TGA_KINDS and head[16] in _TGA_DEPTHS:
        yield "targa"


def _known(head: bytes, window: Window) -> tuple[Family, Format] | None:
    for name in _suspected(head):
        family: Family = import_module(f"{__name__}.{name}").FAMILY
        if (found := family.recognise(head, window)) is not None:
            return family, found
    return None


def _recognise(head: bytes, window: Window) -> Format | None:
    known = _known(head, window)
    return None if known is None else known[1]


def _walk(window: Window, notes: Notes) -> None:
    known = _known(window.at(0, HEAD), window)
    if known is not None:
        family, _ = known
        family.walk(window, notes)
        if family.end is not End.REACHED:
            look_at_end(window, notes, pictures=family.end is End.OPEN)


FAMILY = Family(_recognise, _walk)


_LABEL, _LABEL_START = 24, b"\xa4CM\xa5Hdr\xd7"


def _by_label(_head: bytes, window: Window) -> Format | None:
    if window.last(_LABEL)[: len(_LABEL_START)] != _LABEL_START:
        return None
    found: Format | None = _avid().recognise(b"", window)
    return found


def _walk_labelled(window: Window, notes: Notes) -> None:
    _avid().walk(window, notes)


def _avid() -> Family:
    family: Family = import_module(f"{__name__}.avid").FAMILY
    return family


LABELLED = Family(_by_label, _walk_labelled)
"""What is known by its last bytes, and is asked when nothing else knows a file: reading there costs all others."""
