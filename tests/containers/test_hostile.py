"""Whatever the bytes are, a walk ends, raises nothing and has no fault of its own to report."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.containers import Container, walk
from provenance.containers.model import BlockKind
from provenance.containers.walk import FAMILIES
from provenance.files import BufferMedia
from tests.containers.making import (
    END,
    EXIF,
    HEADER,
    PICTURE,
    app11,
    box,
    chunk,
    jpeg,
    png,
    riff,
    segment,
    store,
    tiff,
    walked,
    xmp,
)
from tests.containers.test_bmff import CREDENTIAL, INDEX, MEDIA, TYPE, picture
from tests.containers.test_gif import HEAD, IMAGE
from tests.containers.test_gif import XMP as GIF_XMP
from tests.containers.test_others import FRAMES, GEOB, STORE_ENTRY, frame, svg, tag, zipped
from tests.containers.test_tiff import below, bigtiff

SEEDS = (
    jpeg(segment(0xE1, b"Exif\0\0" + EXIF), app11(store()), segment(0xFE, b"a")),
    png(chunk(b"iTXt", b"a\0\1\0\0\0x"), chunk(b"caBX", store()), chunk(b"eXIf", EXIF)),
    TYPE + INDEX + MEDIA + CREDENTIAL,
    picture(1, 1),
    riff(b"WEBP", (b"VP8L", b"\x2f"), (b"XMP ", xmp()), (b"C2PA", store())),
    tiff([(0x010E, 2, b"a description\0"), (0x02BC, 1, xmp()), (0xCD41, 7, store())]),
    below(">", comment=b"ASCII\0\0\0a"),
    bigtiff("<"),
    HEAD + GIF_XMP + IMAGE + b"\x3b",
    tag(frame(b"GEOB", GEOB), frame(b"PRIV", b"XMP\0" + xmp(), 0x80)) + FRAMES,
    svg(xmp()),
    zipped(("mimetype", b"application/epub+zip"), (STORE_ENTRY, store())),
    b"%PDF-1.7\n" + xmp() + b"\n%%EOF",
    b"fLaC\x84\0\0\x10" + bytes(20),
    store(),
    b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"Exif", bytes(4) + EXIF) + box(b"brob", b"Exif"),
)
STARTS = (b"", *(seed[:40] for seed in SEEDS), b"\x89PNG\r\n\x1a\n" + HEADER, b"BM", b"\xff\xfb\x90\0", b"\xff\xfe")


def is_sound(container: Container) -> bool:
    """Whether no reader of ours failed, and all that was noted keeps its limits."""
    failed = [g for g in container.gaps if g.place in {"walk", "type"}]
    others = [b for b in container.blocks if b.kind is not BlockKind.TAG]
    return not failed and len(others) <= 512 and len(container.gaps) <= 64 and len(container.residue) <= 64


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(STARTS), st.binary(max_size=600))
def test_arbitrary_bytes(start: bytes, rest: bytes) -> None:
    """Arbitrary bytes, behind any start that is known, are walked without a fault."""
    assert is_sound(walked(start + rest))


_EDITS = st.lists(
    st.tuples(st.integers(0, 2000), st.sampled_from(["set", "cut", "insert"]), st.binary(min_size=1, max_size=8)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.sampled_from(SEEDS), _EDITS)
def test_mutated_containers(seed: bytes, edits: list[tuple[int, str, bytes]]) -> None:
    """Containers with bytes changed, taken out and put in are walked without a fault."""
    data = bytearray(seed)
    for place, how, piece in edits:
        at = place % (len(data) + 1)
        data[at : at + (0 if how == "insert" else len(piece))] = b"" if how == "cut" else piece
    assert is_sound(walked(bytes(data)))


@pytest.mark.parametrize("seed", SEEDS)
def test_large_files_are_walked_alike(seed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found does not depend on whether a file is in memory or read here and there."""
    in_memory = walked(seed)
    monkeypatch.setattr("provenance.containers.window.IN_MEMORY", 0)
    monkeypatch.setattr("provenance.containers.window._CHUNK", 70)
    monkeypatch.setattr("provenance.containers.window._SEARCHED", 90)
    assert walked(seed) == in_memory


@pytest.mark.parametrize("seed", SEEDS)
def test_every_length(seed: bytes) -> None:
    """Containers cut at any byte are walked without a fault."""
    assert all(is_sound(walked(seed[:keep])) for keep in range(len(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_family_survives_every_content(seed: bytes) -> None:
    """No family's walk raises on content of another: what is recognised by little may be anything."""
    from provenance.containers.notes import Notes
    from provenance.containers.window import Window

    for family in FAMILIES:
        notes = Notes()
        family.walk(Window(BufferMedia(seed)), notes)
        assert is_sound(notes.container(None))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 30), st.integers(0, 1 << 30), st.integers(0, 255))
def test_mutated_samples(samples: Path, which: int, place: int, value: int) -> None:
    """Real media with a byte changed are walked without a fault."""
    files = sorted(p for p in samples.rglob("*") if p.is_file() and 0 < p.stat().st_size < 200_000)
    data = bytearray(files[which % len(files)].read_bytes())
    # Half of the changes fall where the structure is.
    data[place % (min(2000, len(data)) if place & 1 else len(data))] = value
    assert is_sound(walk(BufferMedia(bytes(data))))


REPEATED = {
    "chunks of PNG": b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"abCd") * 250_000 + PICTURE + END,
    "segments of JPEG": b"\xff\xd8" + segment(0xFE, b"a") * 250_000,
    "boxes": TYPE + box(b"free") * 250_000,
    "chunks of RIFF": riff(b"WAVE", *[(b"abcd", b"")] * 250_000),
    "lengths of PNG that lie": b"\x89PNG\r\n\x1a\n" + b"\0\x10\0\0IDAT" * 250_000,
}


@pytest.mark.parametrize("name", REPEATED)
def test_too_much_of_anything_is_a_gap(name: str) -> None:
    """More pieces than any honest file has end in a gap."""
    container = walked(REPEATED[name])
    assert is_sound(container)
    assert container.gaps
