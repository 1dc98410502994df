"""What is read of films that no memory holds: their headers, and no more."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.containers import walk
from provenance.evidence import Claim
from provenance.files import FileMedia
from provenance.signals import read_signals
from tests.containers import filming as make
from tests.containers.making import CountedMedia, box
from tests.signals.films import GRAPH, LABEL, XMP

LARGE = 10 << 30
FEW = 128 << 10
"""Bytes: some twenty looks at what surrounds a header."""

Parts = tuple[bytes, bytes, bytes]
"""What comes before ten gigabytes of nothing, what comes behind them, and what the whole would be called."""


def _film(behind: bytes) -> tuple[bytes, bytes]:
    return make.OLD_TYPE + box(b"wide") + struct.pack(">I4sQ", 1, b"mdat", LARGE + 16), behind


def _matroska() -> tuple[bytes, bytes]:
    tags = make.tagged(make.simple_tag("AIGC", LABEL.encode()))
    cluster = b"\x1f\x43\xb6\x75" + (1 << 56 | LARGE).to_bytes(8, "big")
    return make.EBML + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + cluster, tags


def _mxf() -> tuple[bytes, bytes]:
    metadata = make.tagged_value("Comments", GRAPH)
    essence = bytes.fromhex("060e2b34010201010d01030115010500") + b"\x88" + LARGE.to_bytes(8, "big")
    at = len(make.pack(make.HEADER_PACK, 0, 0)) + len(metadata) + len(essence) + LARGE
    head = make.pack(make.HEADER_PACK, at, len(metadata)) + metadata + essence
    return head, make.pack(make.FOOTER_PACK, at, 0) + make.random_index([0, at])


def _wav() -> tuple[bytes, bytes]:
    behind = b"_PMX" + struct.pack("<I", len(XMP)) + XMP + b"\0" * (len(XMP) & 1)
    sizes = struct.pack("<QQQI", 0, LARGE, 0, 0)
    head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", len(sizes)) + sizes + b"data\xff\xff\xff\xff"
    return head, behind


FILMS: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "MOV, index behind the media": lambda: _film(
        box(b"moov", make.HEADER + make.keyed({"prompt": GRAPH.encode()}) + make.user_data(box(b"XMP_", XMP)))
    ),
    "MOV, XMP behind the media": lambda: _film(box(b"moov", make.HEADER) + box(b"uuid", make.XMP_UUID + XMP)),
    "Matroska, tags behind the media": _matroska,
    "MXF": _mxf,
    "RF64": _wav,
}


def sparse(path: Path, parts: tuple[bytes, bytes]) -> None:
    """Write a film with ten gigabytes of nothing in the middle."""
    before, behind = parts
    with path.open("wb") as stream:
        stream.write(before)
        stream.seek(LARGE, 1)
        stream.write(behind)


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_ten_gigabytes_costs_its_headers(tmp_path: Path, name: str) -> None:
    """A tag on either side of ten gigabytes of media is found by reading less than 128 KiB."""
    path = tmp_path / "film"
    sparse(path, FILMS[name]())
    with path.open("rb") as stream:
        media = CountedMedia(FileMedia(stream.fileno()))
        container = walk(media)
        found = read_signals(container)
    assert {s.claim for s in found.signals} == {Claim.AI_GENERATED}
    assert container.gaps == found.gaps == ()
    assert media.read_bytes < FEW
    assert media.reads < 40
