"""JPEG: segments before the picture, and what stands behind it."""

import struct

import pytest

from provenance.containers.model import Block, BlockKind
from tests.containers.making import EXIF, app11, jpeg, segment, store, superbox, walked, xmp

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"


def test_blocks_with_their_places() -> None:
    """EXIF, XMP and comments are handed on, each with the segment it stands in."""
    container = walked(
        jpeg(segment(0xFE, b"a comment"), segment(0xE1, _XMP + xmp()), segment(0xE1, b"Exif\0\0" + EXIF))
    )
    after = 2 + 4 + 9
    assert set(container.blocks) == {
        Block(BlockKind.COMMENT, "JPEG COM at 2", b"a comment"),
        Block(BlockKind.XMP, f"JPEG APP1 at {after}", xmp()),
        Block(BlockKind.EXIF, f"JPEG APP1 at {after + 4 + len(_XMP) + len(xmp())}", EXIF),
    }
    assert (container.residue, container.gaps) == ((), ())


def extended(digest: bytes, size: int, offset: int, part: bytes) -> bytes:
    """Return one segment of extended XMP."""
    return segment(0xE1, _EXTENSION + digest + struct.pack(">II", size, offset) + part)


def test_extended_xmp_is_put_together() -> None:
    """Extended XMP is one block, whatever order its parts stand in."""
    digest = b"A" * 32
    container = walked(jpeg(extended(digest, 10, 6, b"6789"), extended(digest, 10, 0, b"012345")))
    assert [b.data for b in container.blocks] == [b"0123456789"]
    assert container.gaps == ()


def test_extended_xmp_with_a_part_missing() -> None:
    """Extended XMP of which a part is missing is a gap, and what is there is handed on."""
    container = walked(jpeg(extended(b"A" * 32, 10, 0, b"0123"), extended(b"A" * 32, 10, 6, b"6789")))
    assert [b.data for b in container.blocks] == [b"0123"]
    assert len(container.gaps) == 2


def test_exif_that_goes_on_in_a_further_segment() -> None:
    """EXIF cut over two segments is one block."""
    container = walked(jpeg(segment(0xE1, b"Exif\0\0" + EXIF[:40]), segment(0xE1, b"Exif\0\0" + EXIF[40:])))
    assert [(b.place, b.data) for b in container.blocks] == [("JPEG APP1 at 2", EXIF)]


@pytest.mark.parametrize("code", [0xE3, 0xEB, 0xFE, 0xC4, 0xDB, 0x55])
def test_retagged_metadata_is_known_by_its_looks(code: int) -> None:
    """EXIF and XMP under another marker are still EXIF and XMP."""
    container = walked(jpeg(segment(code, b"Exif\0\0" + EXIF), segment(code, _XMP + xmp())))
    assert {b.kind for b in container.blocks} == {BlockKind.EXIF, BlockKind.XMP}


def test_credential_in_app11() -> None:
    """A manifest store in APP11 is residue."""
    assert walked(jpeg(app11(store()))).residue == ("JPEG APP11 at 2",)


@pytest.mark.parametrize("code", [0xEC, 0xE0, 0xFE, 0xC1, 0xDB, 0x01, 0xD9, 0xDA, 0xD0, 0x00, 0xFF])
def test_retagged_credential(code: int) -> None:
    """A manifest store under any other marker is residue, even where that marker ends the header."""
    assert walked(jpeg(app11(store(), code=code))).residue


@pytest.mark.parametrize("damage", [b"XX", b"\0\0"])
def test_credential_without_its_identifier(damage: bytes) -> None:
    """A manifest store in a segment that no longer says it holds JUMBF is residue."""
    data = app11(store())
    assert walked(jpeg(data[:4] + damage + data[6:])).residue == ("JPEG APP11 at 2",)


def test_jumbf_of_others_is_no_residue() -> None:
    """JUMBF in APP11 that is soundly of another kind is no credential, and neither is what continues it."""
    other = superbox(b"json", b"panorama", b"")
    going_on = segment(0xEB, b"JP\0\1\0\0\0\2" + other[:8] + bytes(40))
    assert walked(jpeg(app11(other), going_on)).residue == ()


def test_continuation_without_its_start_is_residue() -> None:
    """A segment that continues a JUMBF box whose first segment is gone may be all that is left of a credential."""
    assert walked(jpeg(segment(0xEB, b"JP\0\1\0\0\0\2" + store()[:8] + bytes(40)))).residue


def test_xmp_that_names_a_store_is_no_residue() -> None:
    """The words of a pointer in XMP are not the store it points at."""
    packet = xmp('self#jumbf=c2pa/urn:uuid:1/c2pa.assertions"/>')
    assert walked(jpeg(segment(0xE1, _XMP + packet))).residue == ()


def test_broken_chain() -> None:
    """A segment of a wrong length is a gap; what lies behind is still searched for credentials and marks."""
    sound = jpeg(segment(0xE0, b"JFIF\0" + bytes(9)), segment(0xE1, b"Exif\0\0" + EXIF), app11(store()))
    container = walked(sound[:5] + b"\x11" + sound[6:])
    assert [g.place for g in container.gaps] == ["JPEG header at 21"]
    assert [b.data[: len(EXIF)] for b in container.blocks] == [EXIF]
    assert container.residue


@pytest.mark.parametrize("keep", [3, 10, 60, 90])
def test_cut_short_in_the_header(keep: int) -> None:
    """A JPEG that ends before its picture is a gap."""
    assert walked(jpeg()[:keep]).gaps


def test_picture_without_an_end() -> None:
    """A JPEG that ends within its picture is a gap."""
    assert walked(jpeg()[:-2]).gaps


@pytest.mark.parametrize("after", [b"", bytes(40), bytes(3000), b"\n", b"trailer of a camera" * 100, jpeg()])
def test_bytes_behind_the_picture(after: bytes) -> None:
    """Padding, trailers of cameras and further pictures are no gap."""
    container = walked(jpeg(after=after))
    assert (container.residue, container.gaps) == ((), ())


def test_credential_behind_the_picture() -> None:
    """A manifest store behind the end of the picture is residue."""
    assert len(walked(jpeg(after=store())).residue) == 1
