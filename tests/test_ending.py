"""What was put behind files whose format does not tell where they end is examined, and nothing else is."""

import random
import struct
import zipfile
from collections.abc import Callable
from functools import reduce
from operator import xor

import pytest

from provenance.carriers import Seen, look
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, Strength
from provenance.files import BufferMedia
from tests import packing
from tests.containers import filming, finished
from tests.containers.drawing import attribute, exr, gif, gif_comment, pages, psd
from tests.containers.making import jpeg, riff
from tests.signals.making import packet
from tests.signals.rows import INFOTEXT, text, user_comment

READER = CredentialReader(Trust())
TRACE = text("parameters")(INFOTEXT.encode())
PICTURE = user_comment(INFOTEXT.encode())
DECLARED = packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')
FRAMES = (b"\xff\xfb\x90\x00" + bytes(413)) * 3

OPEN = {
    "MP3": filming.tag(filming.frame(b"TIT2", b"\0a")) + FRAMES,
    "MP3 without tags": FRAMES,
    "FLAC": filming.flac() + b"\xff\xf8" + bytes(range(1, 200)),
    "Ogg": filming.ogg(b"a=b"),
    "EXR": exr([attribute("comments", b"plate")]) + bytes(range(200)),
    "DPX": finished.dpx(),
    "PSD": psd(),
    "MXF": finished.mxf(),
    "AppleDouble": b"\0\5\x16\7\0\2\0\0" + bytes(16) + b"\0\1\0\0\0\2\0\0\0\x26\0\0\0\4abcd",
    "transport stream": (b"\x47" + bytes(187)) * 6,
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(range(200)) + b"\xff\xd9",
}
TIFF = pages([(0x10E, 2, b"plate\0")])
NUMBERED = {
    "PNG": TRACE,
    "PNG and padding": TRACE + bytes(20),
    "JPEG": PICTURE,
    "JPEG with a smaller one before it": jpeg() + PICTURE,
    "ZIP": packing.zipped(("a.png", TRACE)),
    "ZIP with a comment": packing.zipped(("a.png", TRACE), method=zipfile.ZIP_STORED, comment=b"sent on Friday"),
}


def seen(data: bytes) -> Seen:
    """Examine bytes as a worker does."""
    return look(BufferMedia(data), READER)


def claims(found: Seen) -> set[tuple[Claim, Strength]]:
    """Return what the marks of bytes say."""
    return {(s.claim, s.strength) for s in found.signals}


@pytest.mark.parametrize("behind", NUMBERED.values(), ids=NUMBERED)
@pytest.mark.parametrize("data", OPEN.values(), ids=OPEN)
def test_what_ends_where_an_open_file_ends_is_examined(data: bytes, behind: bytes) -> None:
    """A picture or an archive behind sound, frames and layers flags them as something that lies in them."""
    assert claims(seen(data + behind)) == {(Claim.AI_ASSISTED, Strength.TRACE)}


@pytest.mark.parametrize("data", OPEN.values(), ids=OPEN)
def test_a_packet_at_the_end_is_read(data: bytes) -> None:
    """XMP that was put behind a file speaks for it."""
    assert claims(seen(data + DECLARED)) == {(Claim.AI_GENERATED, Strength.DECLARED)}


def test_behind_a_tiff_what_it_does_not_name_is_examined() -> None:
    """A picture, an archive or a packet behind a TIFF speaks for it, unless the TIFF has it for its own."""
    for behind in (TRACE, PICTURE, packing.zipped(("a.png", TRACE))):
        assert claims(seen(TIFF + behind)) == {(Claim.AI_ASSISTED, Strength.TRACE)}
    assert claims(seen(TIFF + DECLARED)) == {(Claim.AI_GENERATED, Strength.DECLARED)}
    assert seen(TIFF + jpeg()).gaps == ()
    at, size = (struct.pack("<I", n) for n in (len(pages([(0x111, 4, bytes(4)), (0x117, 4, bytes(4))])), len(PICTURE)))
    assert seen(pages([(0x111, 4, at), (0x117, 4, size)]) + PICTURE).signals == ()  # a strip of it
    (named,) = seen(pages([(0x2BC, 1, DECLARED)])).signals
    assert named.place.startswith("TIFF tag")


ENDS: dict[str, Callable[[bytes], bytes]] = {
    "the end of a picture": lambda v: v + b"\xff\xd9",
    "the start and the end of a picture": lambda v: v + b"\xff\xd8\xff" + v + b"\xff\xd9",
    "the end of a PNG": lambda v: v + b"IEND\xae\x42\x60\x82",
    "an archive's signature": lambda v: v + b"PK\5\6" + v[:18],
    "half an archive's signature": lambda v: v + b"PK\5\6\0\0",
    "the end of a packet": lambda v: v + b"</x:xmpmeta>",
}


@pytest.mark.parametrize("made", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("data", OPEN.values(), ids=OPEN)
def test_an_end_that_came_about_by_chance_is_nothing_to_hold(data: bytes, made: Callable[[bytes], bytes]) -> None:
    """Sound and pixels may end as anything does."""
    found = seen(data + made(random.Random(5).randbytes(400)))
    plain = seen(data + random.Random(5).randbytes(400))
    assert (found.signals, found.gaps) == ((), plain.gaps)


def test_an_archive_that_does_not_begin_where_it_says_is_held() -> None:
    """A list of files behind sound that leads nowhere is said: what it lists was not examined."""
    archive = packing.zipped(("a.png", TRACE))
    wrong = archive[:-6] + b"\x09" + archive[-5:]
    assert seen(FRAMES + wrong).gaps


def test_a_packet_in_bytes_of_an_unknown_type_is_read() -> None:
    """A chunk of XMP behind the end of a WebP, and a file of no known type with XMP in it, say what they say."""
    from tests.containers.drawing import webp

    chunk = b"XMP \x01\x02\0\0" + DECLARED
    assert claims(seen(webp(b"ABCD", b"") + chunk)) == {(Claim.AI_ASSISTED, Strength.DECLARED)}
    assert claims(seen(b"\x06\x06\xed\xf5" + bytes(60) + DECLARED)) == {(Claim.AI_GENERATED, Strength.DECLARED)}
    assert seen(riff(b"WAVE", (b"data", bytes(8))) + bytes(9)).gaps == ()


EMF = b"\1\0\0\0" + struct.pack("<I", 108) + bytes(32) + b" EMF" + struct.pack("<II", 0x10000, 140) + bytes(88)
_PLACEABLE = b"\xd7\xcd\xc6\x9a" + struct.pack("<8H", 0, 0, 0, 9, 9, 96, 0, 0)
WMF = _PLACEABLE + struct.pack("<H", reduce(xor, struct.unpack("<10H", _PLACEABLE))) + bytes(40)


SVM = b"VCLMTF" + struct.pack("<HI", 1, 49) + bytes(49) + struct.pack("<HHI", 512, 1, 0)


@pytest.mark.parametrize("data", [EMF, WMF, SVM], ids=["EMF", "WMF", "SVM"])
def test_a_drawing_of_an_office_document_is_gone_into(data: bytes) -> None:
    """A drawing is nothing to hold a document for; a picture in it is examined, wherever it stands."""
    parts = (("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    assert (seen(data).signals, seen(data).gaps) == ((), ())
    assert seen(packing.zipped(*parts, ("docProps/thumbnail.emf", data))).gaps == ()
    for picture in (
        TRACE,
        PICTURE,
        gif(gif_comment(INFOTEXT.encode())),
        pages([(0x10E, 2, INFOTEXT.encode() + b"\0")]),
    ):
        within = seen(packing.zipped(*parts, ("word/media/image1.emf", data + b"\x21\x40" + picture + bytes(30))))
        assert (claims(within), within.gaps) == ({(Claim.AI_ASSISTED, Strength.TRACE)}, ())


def test_what_only_resembles_a_drawing_is_none() -> None:
    """A header whose sums do not fit is chance, and of no type that is known."""
    for data in (
        SVM[:8] + b"\xff" + SVM[9:],
        WMF[:20] + b"\0\1" + WMF[22:],
        EMF[:48] + b"\xff" + EMF[49:],
        EMF[:40] + b" EMX" + EMF[44:],
    ):
        assert seen(data).container.format is None


def test_a_drawing_of_too_many_pictures_is_held() -> None:
    """What is not looked at of a drawing is said."""
    assert seen(EMF + jpeg() * 300).gaps
