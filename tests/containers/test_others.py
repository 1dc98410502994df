"""SVG, sound with ID3, PDF, ZIP and manifest stores by themselves."""

import base64
import io
import struct
import zipfile
import zlib

import pytest

from provenance.containers.model import BlockKind
from tests.containers.making import store, walked, xmp

FRAMES = (b"\xff\xfb\x90\x00" + bytes(413)) * 3


def svg(inside: bytes, *, end: bytes = b"</svg>") -> bytes:
    """Return an SVG with this inside."""
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><metadata>' + inside + b"</metadata>" + end


def manifest(before: str = "") -> bytes:
    """Return a manifest store as SVG holds it, at one of the three alignments of base64."""
    return base64.b64encode(before.encode() + store())


def test_svg_with_xmp() -> None:
    """XMP in an SVG is handed on."""
    container = walked(svg(xmp()))
    assert [b.kind for b in container.blocks] == [BlockKind.XMP]
    assert (container.residue, container.gaps) == ((), ())


@pytest.mark.parametrize("before", ["", "a", "ab"])
@pytest.mark.parametrize("element", [b"c2pa:manifest", b"c2pa:manifesu"])
def test_credential_in_svg(element: bytes, before: str) -> None:
    """A manifest store in base64 is residue, in its element or in any other, at any alignment."""
    assert walked(svg(b"<" + element + b">" + manifest(before) + b"</" + element + b">")).residue


def test_credential_in_what_was_an_svg() -> None:
    """A manifest store in base64 is residue in markup whose root was renamed, and in what is no text any more."""
    data = svg(b"<c2pa:manifest>" + manifest() + b"</c2pa:manifest>")
    assert walked(data.replace(b"<svg", b"<svh")).residue
    unknown = walked(data.replace(b"</metadata>", b"\0/metadata>").replace(b"c2pa:manifest", b"x"))
    assert unknown.format is None
    assert unknown.residue


def test_svg_cut_short() -> None:
    """An SVG that does not end is a gap."""
    assert walked(svg(b"abc", end=b"<g>")).gaps
    assert walked(b"<svg/>\n").gaps == ()


def test_prose_about_credentials_is_no_residue() -> None:
    """Text that speaks of boxes and labels is not a manifest store."""
    prose = "A `jumb` box beside a `jumd` box with the label c2pa holds c2pa.claim and self#jumbf=/c2pa/urn:uuid:1"
    assert walked(prose.encode()).residue == ()


def frame(name: bytes, content: bytes, flags: int = 0) -> bytes:
    """Return one ID3v2.3 frame."""
    return name + struct.pack(">I", len(content)) + bytes([0, flags]) + content


def tag(*frames: bytes, flags: int = 0) -> bytes:
    """Return an ID3v2.3 tag."""
    size = sum(map(len, frames))
    syncsafe = bytes((size >> 21 & 0x7F, size >> 14 & 0x7F, size >> 7 & 0x7F, size & 0x7F))
    return b"ID3\3\0" + bytes([flags]) + syncsafe + b"".join(frames)


GEOB = b"\0application/c2pa\0c2pa\0c2pa manifest store\0" + store()


@pytest.mark.parametrize("sound", [FRAMES, b"fLaC\x80\0\0\x22" + bytes(34)])
def test_credential_in_id3(sound: bytes) -> None:
    """A manifest store in an ID3 tag is residue, in its frame or in any other."""
    assert walked(tag(frame(b"TIT2", b"\0a"), frame(b"GEOB", GEOB)) + sound).residue == ("ID3 GEOB at 22",)
    assert walked(tag(frame(b"GEOC", GEOB)) + sound).residue
    assert walked(tag(frame(b"\0\0\0\0", GEOB)) + sound).residue


def test_compressed_frame() -> None:
    """A frame that is compressed is decompressed within limits; one that is encrypted is a gap."""
    packed = struct.pack(">I", len(GEOB)) + zlib.compress(GEOB)
    assert walked(tag(frame(b"GEOB", packed, 0x80)) + FRAMES).residue == ("ID3 GEOB at 10",)
    assert walked(tag(frame(b"GEOB", packed, 0x40)) + FRAMES).gaps
    bomb = bytes(4) + zlib.compress(bytes(32 << 20))
    assert walked(tag(frame(b"GEOB", bomb, 0x80)) + FRAMES).gaps


def other_tag(version: int, flags: int, content: bytes) -> bytes:
    """Return a tag of another version, or with flags, around these bytes."""
    size = len(content)
    return b"ID3" + bytes([version, 0, flags, 0, 0, size >> 7 & 0x7F, size & 0x7F]) + content


def test_other_versions_of_id3() -> None:
    """Credentials and XMP are found in tags of every version, however their frames are kept."""
    short = xmp()[:90]
    old = b"GEO" + len(GEOB).to_bytes(3, "big") + GEOB
    assert walked(other_tag(2, 0, old) + FRAMES).residue == ("ID3 GEO at 10",)
    counted = b"PRIV\0\0\0\x62\0\1" + bytes(4) + b"XMP\0" + short
    assert [b.data for b in walked(other_tag(4, 0, counted) + FRAMES).blocks] == [short]
    extended = other_tag(4, 0x40, b"\0\0\0\6\1\0" + counted)
    assert [b.data for b in walked(extended + FRAMES).blocks] == [short]
    padded = b"\0\0\0\6\0\0\0\0\0\0" + b"PRIV\0\0\0\6\0\0XMP\0\xff\0\xe0"
    assert [b.data for b in walked(other_tag(3, 0xC0, padded) + FRAMES).blocks] == [b"\xff\xe0"]


def test_tag_longer_than_the_file() -> None:
    """A tag that is longer than the file is a gap."""
    assert walked(tag(frame(b"TIT2", b"\0a"))[:-1]).gaps


def test_xmp_in_id3() -> None:
    """XMP in a private frame is handed on."""
    container = walked(tag(frame(b"PRIV", b"XMP\0" + xmp())) + FRAMES)
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.XMP, xmp())]


def test_sound_without_a_credential() -> None:
    """A sound file with an ordinary tag has neither residue nor gaps."""
    container = walked(tag(frame(b"TIT2", b"\0a title"), bytes(200)) + FRAMES)
    assert (container.residue, container.gaps) == ((), ())


def test_flac_cut_short() -> None:
    """FLAC whose metadata is longer than the file is a gap; a store in a block of it is residue."""
    assert walked(b"fLaC\x84\0\1\0" + bytes(9)).gaps
    block = b"\x82" + len(store()).to_bytes(3, "big") + store()
    assert walked(b"fLaC" + block).residue == ("FLAC block 2 at 4",)


def test_pdf() -> None:
    """A relationship to a manifest, and a store by its bytes, are residue in a PDF; XMP is handed on."""
    plain = b"%PDF-1.7\n1 0 obj<</Type/Metadata>>stream\n" + xmp() + b"\nendstream\n%%EOF\n"
    container = walked(plain)
    assert [b.kind for b in container.blocks] == [BlockKind.XMP]
    assert (container.residue, container.gaps) == ((), ())
    assert walked(plain + b"<</AFRelationship/C2PA_Manifest>>\n%%EOF").residue
    assert walked(plain + b"stream\n" + store() + b"\nendstream\n%%EOF").residue
    assert walked(plain[:-7]).gaps


def zipped(*entries: tuple[str, bytes]) -> bytes:
    """Return a ZIP of entries that are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


STORE_ENTRY = "META-INF/content_credential.c2pa"


def test_credential_in_zip() -> None:
    """The entry of a manifest store is residue, and so is a store in an entry that is nearly called so."""
    plain = ("a.txt", b"a"), ("META-INF/container.xml", b"<x/>")
    assert (walked(zipped(*plain)).residue, walked(zipped(*plain)).gaps) == ((), ())
    assert len(walked(zipped(*plain, (STORE_ENTRY, store()))).residue) == 1
    assert len(walked(zipped(*plain, (STORE_ENTRY[:-1] + "b", store()))).residue) == 1


@pytest.mark.parametrize("flip", range(1, 60, 7))
def test_damaged_list_of_entries(flip: int) -> None:
    """A list of entries that is cut or does not add up is a gap, and the file is searched."""
    whole = zipped(("a.txt", b"a"), (STORE_ENTRY, store()))
    cut = walked(whole[:-flip])
    assert cut.gaps
    assert cut.residue
    count = whole.rindex(b"PK\5\6") + 10
    assert walked(whole[:count] + b"\7" + whole[count + 1 :]).gaps


def test_zip64() -> None:
    """The list of entries is found through the 64-bit record, whether the short one has room for it or not."""
    whole = zipped(("a.txt", b"a"), (STORE_ENTRY, store()))
    end = whole.rindex(b"PK\5\6")
    size, at = struct.unpack_from("<II", whole, end + 12)
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2, 2, size, at)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    for short in (b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2), whole[end:]):
        container = walked(whole[:end] + record + locator + short)
        assert len(container.residue) == 1
        assert container.gaps == ()


def test_store_by_itself() -> None:
    """A manifest store by itself is residue; one that is cut short is a gap as well."""
    assert walked(store()).residue == ("manifest store at 0",)
    cut = walked(store()[:-10])
    assert (len(cut.residue), len(cut.gaps)) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"\0\1\0\0\0\2\0\x20\0\1\0\0%b" + b"\0\0\0\0\0\0\0\x2c\0\0\0\x10" + bytes(40),
        b"OTTO\0\2\0\x20\0\1\0\0%b" + bytes(52),
        b"wOFF\0\1\0\0" + bytes(36) + b"%b" + bytes(60),
    ],
    ids=["TrueType", "OpenType", "WOFF"],
)
def test_a_font_with_a_table_for_a_credential_is_held(data: bytes) -> None:
    """The SDK reads no fonts, so a credential in one is there and cannot be read; other tables are nothing."""
    assert walked(data.replace(b"%b", b"C2PA")).residue
    assert walked(data.replace(b"%b", b"cmap")).residue == ()
