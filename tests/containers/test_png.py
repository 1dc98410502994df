"""PNG: chunks before and behind the picture, text in all its forms, and damage."""

import struct
import zlib

import pytest

from provenance.containers.model import Block, BlockKind
from tests.containers.making import END, EXIF, HEADER, PICTURE, chunk, png, store, superbox, walked, xmp

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT = chunk(b"tEXt", b"parameters\0a cat")


def test_text_in_three_forms() -> None:
    """Plain, compressed and international text are handed on decompressed, with keyword and place."""
    container = walked(
        png(
            TEXT,
            chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"a dog")),
            chunk(b"iTXt", b"Comment\0\0\0en\0t\0" + "ein Fuß".encode()),
            chunk(b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(b"a house")),
        )
    )
    assert [(b.kind, b.key, b.data) for b in container.blocks] == [
        (BlockKind.TEXT, "parameters", b"a cat"),
        (BlockKind.TEXT, "prompt", b"a dog"),
        (BlockKind.TEXT, "Comment", "ein Fuß".encode()),
        (BlockKind.TEXT, "Title", b"a house"),
    ]
    assert container.blocks[0].place == "PNG tEXt 'parameters' at 33"
    assert (container.residue, container.gaps) == ((), ())


def test_text_behind_the_picture() -> None:
    """Text behind the picture is read as well."""
    container = walked(SIGNATURE + HEADER + PICTURE + TEXT + END)
    assert container.blocks == (
        Block(BlockKind.TEXT, f"PNG tEXt 'parameters' at {33 + len(PICTURE)}", b"a cat", "parameters"),
    )


def test_text_behind_the_end() -> None:
    """Sound chunks of text that were appended behind the end are read, and what follows them is looked at as before."""
    more = TEXT + chunk(b"eXIf", EXIF) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp())
    container = walked(png() + more + b"abc")
    assert [b.kind for b in container.blocks] == [BlockKind.TEXT, BlockKind.EXIF, BlockKind.XMP]
    assert container.gaps == ()
    assert walked(png() + TEXT[:-1] + b"\0").blocks == ()


def test_xmp_and_exif() -> None:
    """XMP in international text and EXIF in its chunk are what they are, not text."""
    container = walked(png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp()), chunk(b"eXIf", EXIF)))
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.XMP, xmp()), (BlockKind.EXIF, EXIF)]


@pytest.mark.parametrize(("kind", "named"), [(b"exif", b"exif"), (b"APP1", b"APP1"), (b"APP1", b"generic profile")])
def test_profile_written_as_text(kind: bytes, named: bytes) -> None:
    """EXIF that ImageMagick wrote as hexadecimal text is EXIF, also by the name that its first versions gave it."""
    content = b"Exif\0\0" + EXIF
    digits = content.hex().encode()
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\n%b\n%8d\n%b\n" % (named, len(content), lines)
    container = walked(png(chunk(b"zTXt", b"Raw profile type " + kind + b"\0\0" + zlib.compress(text))))
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.EXIF, EXIF)]


def test_xmp_profile_written_as_text() -> None:
    """XMP that ImageMagick wrote as hexadecimal text is XMP; what is no hexadecimal stays text."""
    text = b"\nxmp\n%8d\n%b\n" % (len(xmp()), xmp().hex().encode())
    container = walked(
        png(chunk(b"tEXt", b"Raw profile type xmp\0" + text), chunk(b"tEXt", b"Raw profile type xmp\0\nxmp\n 2\nzz"))
    )
    assert [b.kind for b in container.blocks] == [BlockKind.XMP, BlockKind.TEXT]


def test_bomb_is_a_gap() -> None:
    """Text that decompresses to more than is read is a gap, and costs no more than the limit."""
    bomb = chunk(b"zTXt", b"prompt\0\0" + zlib.compress(bytes(64 << 20)))
    container = walked(png(bomb, TEXT))
    assert [g.place for g in container.gaps] == ["PNG zTXt 'prompt' at 33"]
    assert sum(len(b.data) for b in container.blocks) == len(b"a cat")


def test_damaged_compression_is_read_as_far_as_it_goes() -> None:
    """Compressed text with damage in it is a gap, and what comes before the damage is handed on."""
    text = bytes(range(32, 127)) * 200
    packed = bytearray(zlib.compress(text, 0))
    packed[-200] ^= 0xFF
    container = walked(png(chunk(b"zTXt", b"prompt\0\0" + bytes(packed))))
    assert len(container.gaps) == 1
    assert container.blocks[0].data.startswith(text[:5000])


def test_credential_in_its_chunk() -> None:
    """A manifest store in its chunk is residue."""
    assert walked(png(chunk(b"caBX", store()))).residue == ("PNG caBX at 33",)


@pytest.mark.parametrize("kind", [b"caBY", b"eXIf", b"iCCP", b"tEXt", b"IDAT", b"fdAT", b"abCd"])
def test_retagged_credential(kind: bytes) -> None:
    """A manifest store in a chunk of any other type is residue, its checksum being right or not."""
    sound = chunk(kind, store())
    assert walked(png(sound)).residue
    assert walked(png(sound[:-4] + bytes(4))).residue


def test_jumbf_of_others_is_no_residue() -> None:
    """JUMBF that is soundly of another kind is no credential."""
    assert walked(png(chunk(b"juMb", superbox(b"json", b"panorama")))).residue == ()


@pytest.mark.parametrize("at", range(33, 33 + len(TEXT)))
@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_no_damage_to_text_goes_unseen(at: int, flip: int) -> None:
    """One changed bit anywhere in a chunk of text is a gap, and most of the text is still handed on."""
    data = bytearray(png(TEXT))
    data[at] ^= flip
    container = walked(bytes(data))
    assert container.gaps
    assert any(b"cat" in b.data or b"a " in b.data for b in container.blocks)


def test_wrong_length_in_the_picture() -> None:
    """After a chunk of the picture with a wrong length the walk finds the next sound chunk, and a gap stays."""
    picture = chunk(b"IDAT", bytes(500))
    damaged = struct.pack(">I", 400) + picture[4:]
    container = walked(SIGNATURE + HEADER + damaged + TEXT + chunk(b"caBX", store()) + END)
    assert [b.data for b in container.blocks] == [b"a cat"]
    assert len(container.residue) == 1
    assert len(container.gaps) == 1


@pytest.mark.parametrize("keep", [8, 20, 33, 40])
def test_cut_short(keep: int) -> None:
    """A PNG that ends before its end is a gap."""
    assert walked(png()[:keep]).gaps


def test_bytes_behind_the_end() -> None:
    """Bytes behind the end are no gap; a manifest store among them is residue."""
    assert walked(png(after=b"anything" * 100)).gaps == ()
    assert len(walked(png(after=b"anything" + store())).residue) == 1


def test_keyword_is_shown_harmlessly() -> None:
    """A keyword with control characters does not stand as such in the place."""
    container = walked(png(chunk(b"tEXt", b"a\x1b[2J\n\0text")))
    assert container.blocks[0].place.isprintable()
