"""TIFF: directories anywhere in the file, and the small structure that is handed on of them."""

import os
import struct
from pathlib import Path

import pytest

from provenance.containers import walk
from provenance.containers.model import BlockKind
from provenance.files import FileMedia
from provenance.signals.tiff import read_tags
from tests.containers.making import CountedMedia, Tag, store, tiff, walked, xmp

DESCRIPTION, SOFTWARE, STRIPS, EXIF, COMMENT, STORE, XMP = 0x010E, 0x0131, 0x0111, 0x8769, 0x9286, 0xCD41, 0x02BC
TEXTS: list[Tag] = [(DESCRIPTION, 2, b"a description\0"), (SOFTWARE, 2, b"abc\0")]


def tags_of(data: bytes) -> dict[int, bytes]:
    """Return the tags that a reader of EXIF finds in a structure, which must be whole."""
    found = read_tags(data, frozenset({DESCRIPTION, SOFTWARE, COMMENT}))
    assert found.trouble == ()
    return {tag.number: tag.data for tag in found.tags}


def exif_of(data: bytes) -> list[bytes]:
    """Return the EXIF blocks of a TIFF."""
    return [b.data for b in walked(data).blocks if b.kind is BlockKind.EXIF]


@pytest.mark.parametrize("order", ["<", ">"])
def test_tags_are_handed_on(order: str) -> None:
    """The textual tags of a directory are handed on as a small TIFF of its own."""
    (block,) = exif_of(tiff([*TEXTS, (STRIPS, 4, bytes(4))], order=order, gap=5000))
    assert tags_of(block) == {DESCRIPTION: b"a description\0", SOFTWARE: b"abc\0"}
    assert len(block) < 200


def below(order: str, *, comment: bytes) -> bytes:
    """Return a TIFF whose EXIF directory, behind everything else, holds a comment."""
    outer = tiff([(DESCRIPTION, 2, b"abc\0"), (EXIF, 4, bytes(4))], order=order)
    at = len(outer)
    entry = struct.pack(f"{order}HHII", COMMENT, 7, len(comment), at + 18)
    inner = struct.pack(f"{order}H", 1) + entry + bytes(4) + comment
    pointer = outer.index(struct.pack(f"{order}HHI", EXIF, 4, 1)) + 8
    return outer[:pointer] + struct.pack(f"{order}I", at) + outer[pointer + 4 :] + inner


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_directory_is_handed_on(order: str) -> None:
    """The directory of EXIF tags goes with the one that points at it."""
    (block,) = exif_of(below(order, comment=b"ASCII\0\0\0Steps: 20"))
    assert tags_of(block)[COMMENT] == b"ASCII\0\0\0Steps: 20"


def bigtiff(order: str) -> bytes:
    """Return a BigTIFF of one directory with a description."""
    text = b"a description\0"
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HHHQ", 43, 8, 0, 16)
    entry = struct.pack(f"{order}HHQQ", DESCRIPTION, 2, len(text), 16 + 8 + 20 + 8)
    return head + struct.pack(f"{order}Q", 1) + entry + bytes(8) + text


@pytest.mark.parametrize("order", ["<", ">"])
def test_bigtiff_is_handed_on_as_a_small_one(order: str) -> None:
    """The tags of a BigTIFF are handed on in a classic structure."""
    (block,) = exif_of(bigtiff(order))
    assert tags_of(block) == {DESCRIPTION: b"a description\0"}


def test_directory_behind_huge_data(tmp_path: Path) -> None:
    """Tags behind 3 GB of picture are found without reading any of it."""
    path = tmp_path / "plate.tif"
    at = 3 << 30
    with path.open("wb") as stream:
        stream.write(struct.pack("<2sHI", b"II", 42, at))
        stream.seek(at)
        entry = struct.pack("<HHII", DESCRIPTION, 2, 14, at + 18)
        stream.write(struct.pack("<H", 1) + entry + bytes(4) + b"a description\0")
    with path.open("rb") as stream:
        media = CountedMedia(FileMedia(stream.fileno()))
        container = walk(media)
    assert [tags_of(b.data) for b in container.blocks] == [{DESCRIPTION: b"a description\0"}]
    assert media.read_bytes < 128 << 10


def test_every_page() -> None:
    """Each directory of the chain is read, and each is a block of its own."""
    first = tiff(TEXTS)
    second = tiff([(DESCRIPTION, 2, b"xyz\0")])[8:]
    chained = tiff(TEXTS, following=len(first)) + second
    assert [tags_of(b)[DESCRIPTION] for b in exif_of(chained)] == [b"a description\0", b"xyz\0"]


def test_directories_in_a_circle() -> None:
    """Directories that lead back to themselves are read once."""
    assert len(exif_of(tiff(TEXTS, following=8))) == 1


def test_xmp() -> None:
    """The XMP tag is a block of its own."""
    container = walked(tiff([(XMP, 1, xmp())]))
    assert [(b.kind, b.data) for b in container.blocks] == [(BlockKind.XMP, xmp())]


def test_credential() -> None:
    """The tag of a manifest store is residue, wherever it points."""
    assert walked(tiff([(STORE, 7, store())])).residue == ("TIFF tag 0xCD41 in the directory at 8",)
    assert walked(tiff([(STORE, 7, b"none")])).residue


@pytest.mark.parametrize("tag", [0xCD42, 0x0041, DESCRIPTION, 0x927C])
@pytest.mark.parametrize("kind", [1, 2, 7])
def test_retagged_credential(tag: int, kind: int) -> None:
    """A manifest store under any other tag is residue."""
    assert walked(tiff([(tag, kind, store())], gap=8000)).residue


def test_text_of_a_wrong_type() -> None:
    """Text that a damaged entry calls numbers is still handed on."""
    (block,) = exif_of(tiff([(DESCRIPTION, 3, b"a description\0")]))
    assert tags_of(block)[DESCRIPTION] == b"a description\0"


@pytest.mark.parametrize("keep", [8, 9, 30, 45])
def test_cut_short(keep: int) -> None:
    """A TIFF whose directory or values are not there is a gap."""
    assert walked(tiff(TEXTS)[:keep]).gaps


def test_picture_outside_the_file() -> None:
    """A TIFF whose picture lies outside the file is a gap."""
    assert walked(tiff([(STRIPS, 4, struct.pack("<I", 1000))])).gaps


def test_text_too_long() -> None:
    """Text beyond the limit is cut, and that is a gap."""
    container = walked(tiff([(DESCRIPTION, 2, b"a" * (2 << 20))]))
    assert len(container.gaps) == 1
    assert len(container.blocks[0].data) < (1 << 20) + 100


def test_many_tags_with_the_same_large_value() -> None:
    """Thousands of tags that all point at the same megabyte cost no more than the limit."""
    entry = struct.pack("<HHII", DESCRIPTION, 2, 1 << 20, 8)
    data = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", 4000) + entry * 4000 + bytes(4) + os.urandom(1 << 20)
    container = walked(data)
    assert sum(len(b.data) for b in container.blocks) < 9 << 20
    assert container.gaps
