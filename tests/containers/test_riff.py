"""RIFF: the chunks of WAV, AVI and WebP."""

import struct

import pytest

from provenance.containers.model import BlockKind
from tests.containers.making import EXIF, riff, store, walked, xmp

SOUND = (b"fmt ", bytes(16)), (b"data", bytes(101))


def test_blocks_of_webp() -> None:
    """EXIF and XMP of WebP are handed on, EXIF without the header some writers put before it."""
    for exif in (EXIF, b"Exif\0\0" + EXIF):
        container = walked(riff(b"WEBP", (b"VP8X", bytes(10)), (b"VP8L", b"\x2f"), (b"EXIF", exif), (b"XMP ", xmp())))
        assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.EXIF, EXIF), (BlockKind.XMP, xmp())]
        assert (container.residue, container.gaps) == ((), ())


def test_xmp_of_wav() -> None:
    """XMP of WAV stands in a chunk of another name."""
    container = walked(riff(b"WAVE", *SOUND, (b"_PMX", xmp())))
    assert [(b.kind, b.place) for b in container.blocks] == [(BlockKind.XMP, "RIFF '_PMX' at 146")]


@pytest.mark.parametrize("form", [b"WAVE", b"AVI ", b"WEBP"])
def test_credential(form: bytes) -> None:
    """A manifest store in its chunk is residue in every form."""
    assert walked(riff(form, (b"C2PA", store()))).residue == ("RIFF C2PA at 12",)


@pytest.mark.parametrize("kind", [b"C2PB", b"JUNK", b"data", b"LIST", b"XMQ "])
def test_retagged_credential(kind: bytes) -> None:
    """A manifest store in a chunk of any other name is residue."""
    assert walked(riff(b"WAVE", *SOUND, (kind, store()))).residue


def test_retagged_metadata_is_known_by_its_looks() -> None:
    """XMP and EXIF under another name are still XMP and EXIF."""
    container = walked(riff(b"WEBP", (b"XMQ ", xmp("a" * 100_000)), (b"EXIG", EXIF)))
    assert [b.kind for b in container.blocks] == [BlockKind.XMP, BlockKind.EXIF]
    assert len(container.blocks[0].data) > 100_000


@pytest.mark.parametrize("more", [(), ((b"smpl", bytes(36)),), ((b"cue ", bytes(4)),)])
def test_missing_padding(more: tuple[tuple[bytes, bytes], ...]) -> None:
    """A chunk of odd length without the byte that makes it even is followed all the same."""
    data = riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", bytes(101)), *more, (b"C2PA", store()))
    at = data.index(more[0][0] if more else b"C2PA")
    container = walked(data[:4] + struct.pack("<I", len(data) - 9) + data[8 : at - 1] + data[at:])
    assert len(container.residue) == 1
    assert container.gaps == ()


def test_chunks_behind_the_end() -> None:
    """Metadata that a program appended without counting it is read; what is cut short there is nothing."""
    whole = riff(b"WEBP", (b"VP8L", b"\x2f"))
    container = walked(whole + riff(b"", (b"EXIF", EXIF), (b"XMP ", xmp()))[8:])
    assert [block.kind for block in container.blocks] == [BlockKind.EXIF, BlockKind.XMP]
    assert container.gaps == ()
    assert walked(whole + b"EXIF\xff\0\0\0" + EXIF).blocks == ()


def test_a_length_of_the_whole_that_is_a_few_bytes_short() -> None:
    """A last chunk that ends where the file does is whole, and read, though the header leaves out some of it."""
    data = riff(b"WAVE", *SOUND, (b"_PMX", xmp() + b" " * (len(xmp()) % 2)))
    for short, gaps in ((4, 0), (40, 1)):
        container = walked(data[:4] + struct.pack("<I", len(data) - 8 - short) + data[8:])
        assert len(container.gaps) == gaps
        assert [block.kind for block in container.blocks] == [BlockKind.XMP]


@pytest.mark.parametrize("cut", [2, 60, 120])
def test_cut_short(cut: int) -> None:
    """A file that ends within its chunks is a gap."""
    assert walked(riff(b"WAVE", *SOUND)[:-cut]).gaps


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_recording_that_was_never_closed(size: int) -> None:
    """A stream whose writer never knew its length is whole, and no gap."""
    unfinished = struct.pack("<I", size)
    data = (
        b"RIFF" + unfinished + b"WAVEfmt \x10\0\0\0" + bytes(16) + b"data" + struct.pack("<I", 0xFFFFFFFF) + bytes(50)
    )
    assert walked(data).gaps == ()


def test_sixty_four_bits() -> None:
    """In the 64-bit form the length of the sound stands in a chunk before it, and what follows is found."""
    ds64 = struct.pack("<QQQI", 0, 100, 50, 0)
    body = b"WAVEds64" + struct.pack("<I", len(ds64)) + ds64 + b"data\xff\xff\xff\xff" + bytes(100)
    container = walked(b"RF64\xff\xff\xff\xff" + body + b"C2PA" + struct.pack("<I", len(store())) + store())
    assert len(container.residue) == 1
    assert container.gaps == ()


def test_row_of_riffs() -> None:
    """A large AVI is several RIFF chunks in a row, and each is read."""
    first = riff(b"AVI ", (b"LIST", b"movi"))
    container = walked(first + riff(b"AVIX", (b"LIST", b"movi"), (b"C2PA", store())))
    assert len(container.residue) == 1
    assert container.gaps == ()


def test_no_chunk_where_one_should_be() -> None:
    """A chain that breaks is a gap, and a credential behind the break is still found."""
    data = bytearray(riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", bytes(100)), (b"C2PA", store())))
    data[16] = 0xF0
    container = walked(bytes(data))
    assert container.gaps
    assert container.residue


def test_bytes_behind_the_end() -> None:
    """Bytes behind the RIFF are no gap; a manifest store among them is residue."""
    assert walked(riff(b"WAVE", *SOUND) + b"something else").gaps == ()
    assert len(walked(riff(b"WAVE", *SOUND) + store()).residue) == 1


def test_deep_lists_are_stepped_over() -> None:
    """Lists in lists cost nothing: none is entered."""
    nested = b"INFO"
    for _ in range(1000):
        nested = b"INFOLIST" + struct.pack("<I", len(nested)) + nested
    assert walked(riff(b"WAVE", *SOUND, (b"LIST", nested))).gaps == ()
