"""The content decides the type, never the name; what is not certain is nothing."""

import bz2
import gzip
import io
import os
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from provenance.containers import identify
from provenance.containers.model import BlockKind, Carries, Format
from provenance.files import BufferMedia
from tests.containers.filming import ape, lyrics, old_tag, packets
from tests.containers.making import EXIF, box, jpeg, png, riff, store, tiff, walked, xmp


def type_of(data: bytes) -> str | None:
    """Return the media type that bytes are known as."""
    found = identify(BufferMedia(data))
    return found.media_type if found else None


def zipped(*entries: tuple[str, str]) -> bytes:
    """Return a ZIP of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def tarred() -> bytes:
    """Return a tar of one empty file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return out.getvalue()


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    """Return the start of a file in ISO base media."""
    return box(b"ftyp", brand + bytes(4) + b"".join(compatible)) + box(b"mdat", bytes(8))


MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 3
CFA = (0x0106, 3, b"\x23\x80")
EBML = b"\x1a\x45\xdf\xa3\x93\x42\x86\x81\x01\x42\x82"
MXF = bytes.fromhex("060e2b34020501010d01020101020400") + bytes(100)
OPEN = "application/vnd.oasis.opendocument."
OFFICE = "application/vnd.openxmlformats-officedocument."

CARRYING = {
    "image/jpeg": jpeg(),
    "image/png": png(),
    "image/gif": b"GIF89a\1\0\1\0\0\0\0\x3b",
    "image/webp": riff(b"WEBP", (b"VP8L", b"\x2f")),
    "audio/wav": riff(b"WAVE", (b"data", b"ab")),
    "video/avi": riff(b"AVI ", (b"LIST", b"hdrl")),
    "image/tiff": EXIF,
    "image/x-adobe-dng": tiff([(0xC612, 1, b"\1\4\0\0")]),
    "image/x-nikon-nef": tiff([(0x010F, 2, b"NIKON CORPORATION\0"), CFA]),
    "image/x-sony-arw": tiff([(0x010F, 2, b"SONY \0"), CFA]),
    "image/heic": ftyp(b"mif1", b"mif1", b"heic"),
    "image/avif": ftyp(b"avif"),
    "image/heif": ftyp(b"mif1", b"mif1"),
    "image/jxl": b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl "),
    "video/mp4": ftyp(b"isom"),
    "video/x-m4v": ftyp(b"M4V "),
    "audio/mp4": ftyp(b"M4A "),
    "video/quicktime": ftyp(b"qt  "),
    "audio/mpeg": MP3,
    "audio/flac": b"fLaC\x80\0\0\x22" + bytes(34),
    "application/pdf": b"%PDF-1.7\n%%EOF",
    "image/svg+xml": b'<?xml version="1.0"?><!-- a > b --><svg xmlns="http://www.w3.org/2000/svg"/>',
    "application/c2pa": store(),
    "application/zip": zipped(("a.txt", "a")),
    f"{OFFICE}wordprocessingml.document": zipped(("[Content_Types].xml", ""), ("word/document.xml", "")),
    f"{OFFICE}spreadsheetml.sheet": zipped(("[Content_Types].xml", ""), ("xl/workbook.xml", "")),
    f"{OFFICE}presentationml.presentation": zipped(("[Content_Types].xml", ""), ("ppt/presentation.xml", "")),
    "application/epub+zip": zipped(("mimetype", "application/epub+zip")),
    f"{OPEN}text": zipped(("mimetype", f"{OPEN}text")),
}

NOT_CARRYING = {
    "application/mxf": MXF,
    "video/x-matroska": EBML + b"\x88matroska",
    "video/webm": EBML + b"\x84webm",
    "image/x-exr": b"\x76\x2f\x31\x01\2\0\0\0",
    "image/x-dpx": b"SDPX\0\0\x08\0V2.0",
    "image/x-cineon": b"\x80\x2a\x5f\xd7",
    "image/vnd.adobe.photoshop": b"8BPS\0\1" + bytes(20),
    "image/vnd.adobe.photoshop.psb": b"8BPS\0\2" + bytes(20),
    "image/bmp": b"BM" + (60).to_bytes(4, "little") + bytes(4) + b"\x36\0\0\0\x28\0\0\0" + bytes(42),
    "image/x-canon-cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(20),
    "image/x-canon-cr3": ftyp(b"crx "),
    "image/x-raw": tiff([(0x010F, 2, b"PENTAX\0"), CFA]),
    "image/jxl": b"\xff\x0a\xfa\x1f" + bytes(20),
    "image/x-olympus-orf": b"IIRO\x08\0\0\0" + bytes(8),
    "video/mpeg": b"\0\0\1\xba\x44" + bytes(20),
    "font/ttf": b"\0\1\0\0\0\x0b\0\x80" + bytes(20),
    "image/jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
    "video/x-red-r3d": b"\0\0\1\0RED2",
    "video/mp2t": (b"\x47" + bytes(187)) * 5,
    "audio/aiff": b"FORM\0\0\0\4AIFF",
    "application/ogg": b"OggS\0\2",
    "application/x-ds-store": b"\0\0\0\1Bud1",
    "application/applefile": b"\0\5\x16\7\0\2\0\0",
    "application/vnd.sqlite3": b"SQLite format 3\0",
    "application/xml": b'<?xml version="1.0"?><PackingList/>',
    "text/html": b"<!DOCTYPE html><html><svg/></html>",
    "text/plain": b"001  AX V C 00:00:00:00\r\n* FROM CLIP NAME: plate\r\n",
}

HOLDING = {
    "application/x-ole-storage": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504),
    "application/x-bzip2": bz2.compress(b"a project"),
    "application/gzip": gzip.compress(b"a project", mtime=0),
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c\0\4",
    "application/x-tar": tarred(),
}


@pytest.mark.parametrize(("media_type", "data"), CARRYING.items(), ids=CARRYING)
def test_type_that_can_carry(media_type: str, data: bytes) -> None:
    """A type that can carry a credential is known by its content, and named as the SDK names it."""
    found = identify(BufferMedia(data))
    assert found is not None
    assert (found.media_type, found.carries, found.sdk is None) == (media_type, Carries.YES, False)


@pytest.mark.parametrize(("media_type", "data"), NOT_CARRYING.items(), ids=NOT_CARRYING)
def test_type_that_cannot_carry(media_type: str, data: bytes) -> None:
    """A type that cannot carry a credential is known by its content, and the SDK has no name for it."""
    assert identify(BufferMedia(data)) == Format(media_type, Carries.NO)


@pytest.mark.parametrize(("media_type", "data"), HOLDING.items(), ids=HOLDING)
def test_type_that_holds_files(media_type: str, data: bytes) -> None:
    """An archive is known as something whose content nobody looked into."""
    assert identify(BufferMedia(data)) == Format(media_type, Carries.NO, holds_files=True)


def test_documents_hold_files() -> None:
    """Every kind of ZIP holds whole files, and can carry a credential of its own."""
    kinds = [identify(BufferMedia(data)) for data in CARRYING.values() if data.startswith(b"PK")]
    assert len(kinds) == 6
    assert all(found and found.holds_files and found.carries is Carries.YES for found in kinds)


def test_the_sdk_knows_every_name() -> None:
    """The SDK lists each name it is to be asked by as one that it can read."""
    c2pa = pytest.importorskip("c2pa")
    names = {found.sdk for data in CARRYING.values() if (found := identify(BufferMedia(data)))}
    assert names <= set(c2pa.Reader.get_supported_mime_types())


def test_quicktime_without_a_type_box() -> None:
    """QuickTime from before the type box is known by where its boxes lead, and the SDK cannot read it."""
    old = box(b"wide") + box(b"mdat", bytes(8)) + box(b"moov")
    assert identify(BufferMedia(old)) == Format("video/quicktime", Carries.NO)
    assert type_of(b"the free word\n") == "text/plain"
    assert type_of(b"read mdat of it, then go on\n") == "text/plain"


def test_large_wav() -> None:
    """A WAV in a 64-bit form is a WAV that the SDK has no reader for."""
    data = b"RF64\xff\xff\xff\xffWAVE" + bytes(40)
    assert identify(BufferMedia(data)) == Format("audio/wav", Carries.NO)


def test_bigtiff() -> None:
    """BigTIFF is TIFF in both byte orders."""
    assert type_of(b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + bytes(24)) == "image/tiff"
    assert type_of(b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10" + bytes(24)) == "image/tiff"


def test_mxf_after_a_run_in() -> None:
    """MXF may begin with up to 64 KiB of anything, but not with more."""
    assert type_of(b"\1" * 65_536 + MXF) == "application/mxf"
    assert type_of(b"\1" * 65_537 + MXF) is None


def test_random_bytes_are_nothing() -> None:
    """Random bytes are of no type, not even where they begin as a frame of MP3 or a bitmap does."""
    made = random.Random(2)
    for start in (b"", b"\xff\xfb\x90\x00", b"BM", b"\xff\xff"):
        assert [type_of(start + made.randbytes(5000)) for _ in range(50)] == [None] * 50


def test_mp3_needs_two_frames_that_agree() -> None:
    """One frame header is chance; a second that names another stream does not confirm it."""
    assert type_of(MP3[:417]) is None
    assert type_of(MP3[:417] + b"\xff\xf3\x90\x00" + bytes(413)) is None
    assert type_of(MP3) == "audio/mpeg"


def test_aac_needs_three_packets_that_agree() -> None:
    """Packets of one stream follow one another: two are chance, and so is a third of another stream."""
    assert type_of(packets()) == "audio/aac"
    assert type_of(packets(2)) is None
    assert type_of(packets(2) + b"\xff\xf1\x90" + packets(1)[3:]) is None
    assert type_of(MP3 + packets()) == "audio/mpeg"


def test_tags_behind_sound_follow_one_another() -> None:
    """An APE tag, lyrics and the oldest tag stand one behind the other, and none of them is damaged."""
    data = MP3 + ape(("Title", b"a")) + lyrics(("IND", b"00"), ("ETT", b"a")) + old_tag(b"a")
    assert walked(data).gaps == ()


def test_sound_behind_a_tag() -> None:
    """What follows an ID3 tag says which kind of sound it is."""
    tag = b"ID3\4\0\0\0\0\0\5" + bytes(5)
    assert type_of(tag + MP3) == "audio/mpeg"
    assert type_of(tag + b"fLaC\x80\0\0\0") == "audio/flac"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_its_encodings(encoding: str) -> None:
    """Text is text in UTF-8, and in UTF-16 that says so, or begins as XML does."""
    assert type_of("Größe, 尺寸 and 𝄞\tend\f\n".encode(encoding)) == "text/plain"
    assert type_of('<svg:svg xmlns:svg="x"/>'.encode(encoding)) == "image/svg+xml"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_markup_of_two_bytes_a_letter_without_a_mark(encoding: str) -> None:
    """A packet by itself in UTF-16 is markup, and read."""
    container = walked(("<?xpacket begin='\ufeff'?>" + xmp().decode()).encode(encoding))
    assert container.format is not None
    assert container.format.media_type == "application/xml"
    assert [block.kind for block in container.blocks] == [BlockKind.XMP]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac-roman", "cp850"])
def test_text_of_one_byte_a_letter(encoding: str) -> None:
    """A list of cuts with an umlaut in a clip's name is text, and markup in an encoding that is not its own is not."""
    cuts = "TITLE: GRÖSSE\r\nFCM: NON-DROP FRAME\r\n* FROM CLIP NAME: CAFÉ\r\n"
    assert type_of(cuts.encode(encoding)) == "text/plain"
    assert type_of((cuts * 40_000).encode(encoding)) == "text/plain"
    assert type_of(f"<svg><desc>{cuts}</desc></svg>".encode(encoding)) is None
    assert type_of(cuts.encode(encoding) + b"\0") is None
    assert type_of("Größe ÄÖÜ äöü éèà".encode(encoding)) is None
    assert type_of((cuts + "Äß" * 200).encode(encoding)) is None


def test_text_of_an_old_system_ends_with_one_more_character() -> None:
    """A list of cuts that ends with the character of CP/M and DOS is text; elsewhere that is a control character."""
    cuts = b"TITLE: A REEL\r\nFCM: NON-DROP FRAME\r\n"
    assert type_of(cuts + b"\x1a") == type_of(cuts * 40_000 + b"\x1a") == type_of(b"a\r\n\x1a") == "text/plain"
    assert type_of(cuts + b"\x1a" + cuts) is None
    assert type_of(cuts + b"\x1a\x1a") is None
    assert type_of(b"\x1a") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<?xml version="1.0" encoding="{}"?><svg><desc>Größe</desc></svg>', "image/svg+xml"),
        ("<?xml version='1.0' encoding='{}'?><xmeml><name>Größe</name></xmeml>", "application/xml"),
        ('<html><META http-equiv="Content-Type" content="text/html; charset={}"><p>Größe</html>', "text/html"),
        ("<!DOCTYPE html><html><meta charset={}><p>Größe</html>", "text/html"),
    ],
)
def test_markup_that_names_its_encoding(text: str, kind: str) -> None:
    """Markup of one byte a letter is known where it says so itself, and damaged where it says otherwise or nothing."""
    assert type_of(text.format("ISO-8859-1").encode("latin-1")) == kind
    assert type_of(text.format("windows-1252").encode("latin-1")) == kind
    for other in ("utf-8", "UTF-16", ""):
        assert type_of(text.format(other).encode("latin-1")) is None
    assert type_of(text.format("ISO-8859-1").encode("latin-1") + b"\0") is None


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8 no picture", b"a\0b", b"a\x1b[31m", b"\xe9t\xe9", b"ab\xff\xfe", b"\xff\xfea\0\0\0"]
)
def test_what_is_no_text(data: bytes) -> None:
    """Control characters, other encodings and nothing at all are not text."""
    assert type_of(data) is None


def test_large_text_is_sampled() -> None:
    """Binary data between the start and the end of a large file keeps it from being text."""
    line = "Überlänge\n".encode()
    text = line * (3_000_000 // len(line))
    assert type_of(text) == "text/plain"
    middle = len(text) // 2
    assert type_of(text[:middle] + bytes(300_000) + text[middle:]) is None


def test_root_element_out_of_reach() -> None:
    """Markup whose root element lies behind more prolog than is looked at is of no known type."""
    assert type_of(b"<!--" + b"a" * (2 << 20) + b"--><svg/>") is None
    assert type_of(b"<!DOCTYPE svg [ <!ENTITY a 'b>'> ]><svg/>") == "image/svg+xml"
    assert type_of(b"<-- not markup") == "text/plain"


def test_one_damaged_byte_at_the_start(samples: Path) -> None:
    """A picture whose first byte was zeroed is of no known type, not of one that cannot carry a credential."""
    for name in ("c2pa-rs/C.jpg", "c2pa-ts/amazon-titan-g1.png"):
        data = (samples / name).read_bytes()
        assert type_of(b"\0" + data[1:]) is None


def test_empty_files_and_stubs() -> None:
    """Nothing, and a few bytes of nothing, are of no type."""
    assert [type_of(bytes(n)) for n in (0, 1, 5, 63, 64, 65, 512)] == [None] * 7
    assert type_of(os.devnull.encode()[:1]) == "text/plain"
