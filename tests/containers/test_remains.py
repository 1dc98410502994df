"""Knowing a manifest store, and what is left of one, by itself."""

import random

import pytest

from provenance.containers.notes import Notes
from provenance.containers.remains import find_remains, is_superbox, looks_like_manifest, search
from provenance.containers.window import Window
from provenance.files import BufferMedia
from tests.containers.making import store, superbox, walked

JUMBF_UUID = bytes.fromhex("00110010800000aa00389b71")


@pytest.mark.parametrize("at", range(len(store())))
def test_no_single_byte_hides_a_store(at: int) -> None:
    """Whatever one byte of a store is changed to, it is still known as one."""
    whole = store()
    for value in (0x00, 0xFF, whole[at] ^ 1, whole[at] ^ 0x20):
        assert looks_like_manifest(whole[:at] + bytes([value]) + whole[at + 1 :])


def test_first_bytes_of_a_store_are_enough() -> None:
    """A store that is cut after its first description box is still known as one."""
    assert looks_like_manifest(store()[:40])
    assert find_remains(b"abc" + store()) >= 3


@pytest.mark.parametrize(
    "data",
    [
        b"jumb " * 1000,
        b"c2pa" * 1000,
        b"self#jumbf=c2pa/adobe:urn:uuid:1234/c2pa.assertions\0",
        b"cbor" + JUMBF_UUID,
        JUMBF_UUID,
        b"\0\0" + JUMBF_UUID[2:],
        superbox(b"json", b"panorama", superbox(b"cbor", b"part")),
    ],
)
def test_what_is_no_store(data: bytes) -> None:
    """Letters by chance, pointers in prose and JUMBF of others are no store."""
    assert not looks_like_manifest(data)


def test_letters_by_chance() -> None:
    """The letters of a label in compressed data are no store, however often they occur."""
    made = random.Random(3)
    noise = b"".join(made.randbytes(200) + made.choice([b"c2pa", b"jumb", b"c2pa\0"]) for _ in range(5000))
    assert not looks_like_manifest(noise)


def test_superbox() -> None:
    """A superbox is suspect if it is of C2PA, or too damaged to tell."""
    assert is_superbox(store())
    assert is_superbox(superbox(b"json", b"panorama").replace(b"jumd", b"jume"))
    assert not is_superbox(superbox(b"json", b"panorama"))
    assert not is_superbox(b"abcd" * 10)


def test_bounded_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search without a structure looks at the start and the end of a large file, across all seams of its reads."""
    monkeypatch.setattr("provenance.containers.remains._HEAD", 1000)
    monkeypatch.setattr("provenance.containers.remains._TAIL", 500)
    monkeypatch.setattr("provenance.containers.remains._PIECE", 300)

    def found(at: int) -> bool:
        notes = Notes()
        data = bytes(at) + store() + bytes(5000 - at)
        search(Window(BufferMedia(data)), notes, 0, "bytes")
        return bool(notes.container(None).residue)

    assert all(found(at) for at in range(0, 900, 7))
    assert found(4950)
    assert not found(2500)


def test_unknown_files_are_searched() -> None:
    """A store in a file of no known type is residue."""
    container = walked(b"\1\2\3" * 1000 + store())
    assert container.format is None
    assert len(container.residue) == 1
