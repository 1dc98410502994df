"""ISO base media: boxes followed from head to head, metadata among them, and credentials wherever they stand."""

import os
import struct
from pathlib import Path

import brotli
import pytest

from provenance.containers import walk
from provenance.containers.model import BlockKind
from provenance.containers.remains import STORE_UUID
from provenance.files import FileMedia
from tests.containers.making import EXIF, CountedMedia, box, store, superbox, walked, xmp

TYPE = box(b"ftyp", b"isom" + bytes(4))
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CREDENTIAL = box(b"uuid", STORE_UUID + bytes(4) + b"manifest\0" + bytes(8) + store())
MEDIA = box(b"mdat", bytes(100))
INDEX = box(b"moov", box(b"mvhd", bytes(100)))


def test_film_without_a_credential() -> None:
    """A sound film has neither residue nor gaps."""
    container = walked(TYPE + INDEX + MEDIA + box(b"free", bytes(20)))
    assert (container.blocks, container.residue, container.gaps) == ((), (), ())


@pytest.mark.parametrize("data", [TYPE + CREDENTIAL + INDEX + MEDIA, TYPE + INDEX + MEDIA + CREDENTIAL])
def test_credential_before_and_behind_the_media(data: bytes) -> None:
    """A credential is found on either side of the media."""
    assert len(walked(data).residue) == 1


def test_credential_behind_huge_media(tmp_path: Path) -> None:
    """A credential behind 5 GB of media is found without reading any of them."""
    path = tmp_path / "film.mp4"
    length = 5 << 30
    with path.open("wb") as stream:
        stream.write(TYPE + INDEX + struct.pack(">I4sQ", 1, b"mdat", length + 16))
        stream.seek(length, os.SEEK_CUR)
        stream.write(CREDENTIAL)
    with path.open("rb") as stream:
        media = CountedMedia(FileMedia(stream.fileno()))
        container = walk(media)
    assert container.residue == (f"BMFF uuid at {len(TYPE + INDEX) + 16 + length}",)
    assert container.gaps == ()
    assert media.read_bytes < 64 << 10


@pytest.mark.parametrize("kind", [b"uuie", b"free", b"skip", b"udta", b"\xa9xyz"])
def test_retagged_credential(kind: bytes) -> None:
    """A manifest store in a box of any other type is residue."""
    assert walked(TYPE + INDEX + MEDIA + CREDENTIAL[:4] + kind + CREDENTIAL[8:]).residue


@pytest.mark.parametrize("kind", [b"free", b"skip", b"wide"])
def test_packet_in_room_that_is_left(kind: bytes) -> None:
    """A packet in a box that stands for room to spare is read: what was there before may still be."""
    (block,) = walked(TYPE + INDEX + MEDIA + box(kind, bytes(8) + xmp("spare"))).blocks
    assert block.kind is BlockKind.XMP
    assert b"spare" in block.data


def test_media_that_begin_as_a_picture_and_go_on_are_not_shown() -> None:
    """Frames of a film are none of its parts, and room that is empty is nothing to search."""
    container = walked(
        TYPE + INDEX + box(b"mdat", b"\xff\xd8\xff\xdb" + bytes(200) + b"\1") + box(b"free", bytes(9000))
    )
    assert (container.blocks, container.gaps) == ((), ())


@pytest.mark.parametrize("at", range(8, 24))
def test_damaged_uuid(at: int) -> None:
    """A manifest store in a box whose UUID is damaged is residue."""
    damaged = CREDENTIAL[:at] + bytes([CREDENTIAL[at] ^ 0xFF]) + CREDENTIAL[at + 1 :]
    assert walked(TYPE + INDEX + MEDIA + damaged).residue


def test_broken_chain_is_searched() -> None:
    """Where no box starts the walk ends in a gap, and a credential behind is still found."""
    container = walked(TYPE + INDEX + b"\0\0\0\4oops" + MEDIA + CREDENTIAL)
    assert [g.place for g in container.gaps] == [f"BMFF at {len(TYPE + INDEX)}"]
    assert len(container.residue) == 1


@pytest.mark.parametrize("cut", [1, 50, 104])
def test_cut_short(cut: int) -> None:
    """A film that ends within a box is a gap."""
    assert walked((TYPE + INDEX + MEDIA)[:-cut]).gaps


def test_media_without_an_index() -> None:
    """Media that no index was written for is a film that was never finished."""
    assert [g.place for g in walked(TYPE + MEDIA).gaps] == ["BMFF"]


def test_padding_behind_the_boxes() -> None:
    """Zeros behind the last box are no gap."""
    assert walked(TYPE + INDEX + MEDIA + bytes(500)).gaps == ()


def test_box_that_reaches_to_the_end() -> None:
    """A box without a length reaches to the end of the file."""
    assert walked(TYPE + INDEX + bytes(4) + b"mdat" + bytes(50)).gaps == ()


@pytest.mark.parametrize(
    "data",
    [
        TYPE + INDEX + MEDIA + box(b"uuid", XMP_UUID + xmp()),
        TYPE + box(b"moov", box(b"mvhd") + box(b"udta", box(b"XMP_", xmp()) + bytes(4))) + MEDIA,
        TYPE + box(b"moov", box(b"mvhd") + box(b"uuid", XMP_UUID + xmp())) + MEDIA,
    ],
)
def test_xmp_of_a_film(data: bytes) -> None:
    """XMP is found in its box of the top level, in the user data and beside the tracks."""
    container = walked(data)
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.XMP, xmp())]
    assert container.gaps == ()


def picture(version: int, method: int) -> bytes:
    """Return a HEIC whose `meta` box lists one EXIF and one XMP item, in the file or in its own `idat`."""
    exif = b"\0\0\0\6Exif\0\0" + EXIF
    infe = box(b"infe", b"\2\0\0\0" + struct.pack(">HH", 1, 0) + b"Exif\0")
    infe += box(b"infe", b"\2\0\0\0" + struct.pack(">HH", 2, 0) + b"mime\0application/rdf+xml\0")
    head = box(b"ftyp", b"heic" + bytes(4))

    def built(start: int) -> bytes:
        middle = struct.pack(">H", method) if version else b""
        items = b"".join(
            struct.pack(">H", n) + middle + struct.pack(">HHII", 0, 1, start + at, length)
            for n, at, length in ((1, 0, len(exif)), (2, len(exif), len(xmp())))
        )
        iloc = box(b"iloc", bytes([version, 0, 0, 0]) + b"\x44\0" + struct.pack(">H", 2) + items)
        idat = box(b"idat", exif + xmp()) if method else b""
        return head + box(b"meta", bytes(4) + box(b"iinf", bytes(4) + b"\0\2" + infe) + iloc + idat)

    start = 0 if method else len(built(0)) + 8
    return built(start) + box(b"mdat", b"" if method else exif + xmp())


@pytest.mark.parametrize(("version", "method"), [(0, 0), (1, 0), (1, 1)])
def test_items_of_a_picture(version: int, method: int) -> None:
    """EXIF and XMP items are found wherever the list of locations says they lie."""
    container = walked(picture(version, method))
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.EXIF, EXIF), (BlockKind.XMP, xmp())]
    assert (container.residue, container.gaps) == ((), ())


def test_item_that_lies_nowhere() -> None:
    """An item that is listed, but lies outside the file, is a gap."""
    data = picture(0, 0)
    container = walked(data[: -len(xmp()) - 8] + box(b"free"))
    assert "BMFF XMP item 2" in [g.place for g in container.gaps]


def test_jpeg_xl() -> None:
    """JPEG XL keeps EXIF, XMP and credentials in boxes of their own, plain or compressed with Brotli."""
    head = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    codestream = box(b"jxlc", b"\xff\x0a")
    container = walked(head + box(b"Exif", bytes(4) + EXIF) + box(b"xml ", xmp()) + codestream)
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.EXIF, EXIF), (BlockKind.XMP, xmp())]
    assert walked(head + store() + codestream).residue == ("BMFF jumb at 32",)
    assert walked(head + superbox(b"json", b"panorama") + codestream).residue == ()
    packed = walked(head + box(b"brob", b"jumb" + bytes(20)) + codestream)
    assert (packed.residue, packed.gaps) == (("BMFF brob at 32",), ())
    small = box(b"brob", b"Exif" + brotli.compress(bytes(4) + EXIF)) + box(b"brob", b"xml " + brotli.compress(xmp()))
    found = walked(head + small + codestream)
    assert [(b.kind, b.data) for b in found.blocks] == [(BlockKind.EXIF, EXIF), (BlockKind.XMP, xmp())]
    assert found.gaps == ()


@pytest.mark.parametrize(
    "data",
    [b"\xff" * 20, brotli.compress(xmp() * 9)[:-9], brotli.compress(bytes(40 << 20)), b""],
    ids=["damaged", "cut short", "a bomb", "empty"],
)
def test_brotli_that_cannot_be_read_is_a_gap(data: bytes) -> None:
    """Damage, a missing end and a bomb in compressed metadata are said."""
    head = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    assert len(walked(head + box(b"brob", b"xml " + data) + box(b"jxlc", b"\xff\x0a")).gaps) == 1
