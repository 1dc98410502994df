"""The walk as a whole: its limits, and what becomes of a fault of our own."""

import importlib

import pytest

from provenance.containers import walk as walk_media
from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window
from provenance.files import BufferMedia
from tests.containers.making import chunk, jpeg, png, segment, store, walked

_WALK = importlib.import_module("provenance.containers.walk")
"""The module, whose name in its package is the function's."""


def test_number_of_blocks_is_bounded() -> None:
    """Beyond a number of blocks no more are handed on, and that is a gap."""
    container = walked(png(*[chunk(b"tEXt", b"a\0b")] * 600))
    assert len(container.blocks) == 512
    assert [g.place for g in container.gaps] == ["metadata"]


def test_size_of_all_blocks_is_bounded() -> None:
    """Beyond a total size no more is handed on, and that is a gap."""
    notes = Notes()
    for n in range(6):
        notes.block(BlockKind.XMP, f"block {n}", bytes(20 << 20))
    container = notes.container(None)
    assert sum(len(b.data) for b in container.blocks) == 64 << 20
    assert [g.place for g in container.gaps] == ["block 0", "block 1", "block 2", "block 3", "metadata"]


def test_number_of_places_is_bounded() -> None:
    """Of thousands of places with remains as many are named as anybody will read."""
    container = walked(jpeg(*[segment(0xE5, store())] * 500))
    assert len(container.residue) == 64


def test_fault_of_our_own_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one of our readers fails, the file is searched without it, and the failure is told."""

    def known(_head: bytes, _window: Window) -> Format:
        return Format("image/jpeg", Carries.YES, "image/jpeg")

    def fail(_window: Window, notes: Notes) -> None:
        notes.residue("found before")
        raise IndexError("a fault")

    monkeypatch.setattr(_WALK, "FAMILIES", (Family(known, fail),))
    container = walk_media(BufferMedia(bytes(100) + store()))
    assert [g.place for g in container.gaps] == ["walk"]
    assert container.residue == ("found before", "unread data at 116")


def test_test_of_a_type_that_fails_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the test for a type fails, the file is of no type, and the failure is told."""

    def fail(_head: bytes, _window: Window) -> Format | None:
        raise ValueError("a fault")

    monkeypatch.setattr(_WALK, "FAMILIES", (Family(fail, lambda _window, _notes: None),))
    container = walk_media(BufferMedia(bytes(100) + store()))
    assert container.format is None
    assert [g.place for g in container.gaps] == ["type"]
    assert container.residue
