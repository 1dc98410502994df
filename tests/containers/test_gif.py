"""GIF: extensions and their sub-blocks."""

import pytest

from provenance.containers.model import Block, BlockKind
from tests.containers.making import store, walked, xmp

HEAD = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6)
IMAGE = b"\x2c" + bytes(4) + b"\1\0\1\0\0\2\2\x44\1\0"
LOOP = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
CONTROL = b"\x21\xf9\4" + bytes(4) + b"\0"


def blocks(data: bytes) -> bytes:
    """Return data cut into sub-blocks, with the empty one that ends them."""
    return b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255)) + b"\0"


def application(name: bytes, content: bytes, *, label: int = 0xFF) -> bytes:
    """Return an application extension."""
    return b"\x21" + bytes([label]) + bytes([len(name)]) + name + content


XMP = application(b"XMP DataXMP", xmp() + b"\1" + bytes(range(255, -1, -1)) + b"\0")
CREDENTIAL = application(b"C2PA_GIF\1\0\0", blocks(store()))


def test_comment_and_xmp() -> None:
    """Comments and XMP are handed on with their places."""
    container = walked(HEAD + b"\x21\xfe" + blocks(b"a cat " * 60) + XMP + CONTROL + IMAGE + LOOP + b"\x3b")
    assert container.blocks == (
        Block(BlockKind.COMMENT, "GIF comment at 19", b"a cat " * 60),
        Block(BlockKind.XMP, f"GIF application XMP at {19 + 2 + 362 + 1}", xmp()),
    )
    assert (container.residue, container.gaps) == ((), ())


def test_credential() -> None:
    """A manifest store in its extension is residue."""
    assert walked(HEAD + CREDENTIAL + IMAGE + b"\x3b").residue == ("GIF application C2PA_GIF at 19",)


@pytest.mark.parametrize("label", [0xFF, 0xFE, 0x01, 0x77])
def test_retagged_credential(label: int) -> None:
    """A manifest store in any other extension is residue, though it is cut into sub-blocks."""
    assert walked(HEAD + application(b"C3PA_GIF\1\0\0", blocks(store()), label=label) + IMAGE + b"\x3b").residue


def test_a_block_that_is_ended_twice() -> None:
    """A zero between two blocks is stepped over, as by programs that show pictures; anything else is a gap."""
    comment = b"\x21\xfe" + blocks(b"a cat")
    container = walked(HEAD + IMAGE + b"\0" + comment + b"\0" + IMAGE + b"\0\x3b")
    assert [block.data for block in container.blocks] == [b"a cat"]
    assert container.gaps == ()
    assert walked(HEAD + IMAGE + bytes(9) + comment + b"\x3b").gaps


@pytest.mark.parametrize("keep", [6, 13, 22, 30, 36])
def test_cut_short(keep: int) -> None:
    """A GIF that ends before its trailer is a gap."""
    assert walked((HEAD + CONTROL + IMAGE + b"\x3b")[:keep]).gaps


def test_broken_chain() -> None:
    """A byte that starts no block is a gap, and a credential behind it is still found."""
    container = walked(HEAD + IMAGE + b"\x99" + CREDENTIAL + b"\x3b")
    assert container.gaps
    assert container.residue


def test_bytes_behind_the_end() -> None:
    """Bytes behind the trailer are no gap; a manifest store among them is residue."""
    assert walked(HEAD + IMAGE + b"\x3b" + b"rest").gaps == ()
    assert walked(HEAD + IMAGE + b"\x3b" + store()).residue


def test_endless_empty_blocks_are_bounded() -> None:
    """More blocks than any honest file has are a gap."""
    assert walked(HEAD + CONTROL * 300_000 + b"\x3b").gaps
