"""Films of ten gigabytes, examined without their digests: what their headers cost."""

import statistics
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench import corpus
from bench.measures import Line, Plan
from provenance.containers import walk
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.files import FileMedia
from provenance.signals import read_signals

LARGE: Final = 10 << 30
AIM: Final = 0.1
_TAG = b'{"Label":"1","ContentProducer":"001","ProduceID":"1"}'


def examining(plan: Plan) -> Iterator[Line]:
    """Walk a film and read its credential and its marks; most of it is a hole, which is never looked at."""
    reader = CredentialReader(Trust())
    for name, make in _FILMS.items():
        with tempfile.TemporaryDirectory(prefix="films-", dir=corpus.CACHE) as folder:
            path = Path(folder) / "film"
            before, behind = make()
            with path.open("wb") as stream:
                stream.write(before)
                stream.seek(LARGE, 1)
                stream.write(behind)
            times = [_examine(path, reader) for _ in range(plan.starts)]
        # The first time is counted too: it loads what the others find loaded.
        yield Line(
            f"examine {name}, {LARGE >> 30} GiB, without its digest",
            f"{statistics.median(times) * 1000:.1f} ms",
            f"the first of {plan.starts}: {times[0] * 1000:.1f} ms",
            aim=f"within {AIM * 1000:.0f} ms",
            met=max(times) <= AIM,
        )


def _examine(path: Path, reader: CredentialReader) -> float:
    start = time.perf_counter()
    with path.open("rb") as stream:
        media = FileMedia(stream.fileno())
        container = walk(media)
        reader.read(media, container)
        assert read_signals(container).signals, path
    return time.perf_counter() - start


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _mov() -> tuple[bytes, bytes]:
    """Return what comes before and behind the media of a QuickTime film with its index and a key at the end."""
    keys = _box(b"keys", struct.pack(">II", 0, 1) + _box(b"mdta", b"AIGC"))
    items = _box(b"ilst", _box(b"\0\0\0\1", _box(b"data", struct.pack(">II", 1, 0) + _TAG)))
    meta = _box(b"meta", _box(b"hdlr", bytes(8) + b"mdta" + bytes(12)) + keys + items)
    head = _box(b"ftyp", b"qt  " + bytes(4)) + struct.pack(">I4sQ", 1, b"mdat", LARGE + 16)
    return head, _box(b"moov", _box(b"mvhd", bytes(100)) + meta)


def _klv(key: str, value: bytes) -> bytes:
    return bytes.fromhex(key) + b"\x83" + len(value).to_bytes(3, "big") + value


def _pack(kind: int, footer: int, metadata: int) -> bytes:
    numbers = struct.pack(">QQQQQ", 0, 0, footer, metadata, 0)
    return _klv(f"060e2b34020501010d010201010{kind}0400", b"\0\1\0\3\0\0\0\1" + numbers + bytes(40))


def _mxf() -> tuple[bytes, bytes]:
    """Return what comes before and behind the essence of an MXF with a user comment and an index of partitions."""
    name = b"".join(
        struct.pack(">HH", n, len(v)) + v for n, v in ((0x5001, "AIGC".encode("utf-16-be")), (0x5003, _TAG))
    )
    metadata = _klv("060e2b34025301010d01010101013f00", name)
    essence = bytes.fromhex("060e2b34010201010d01030115010500") + b"\x88" + LARGE.to_bytes(8, "big")
    at = len(_pack(2, 0, 0)) + len(metadata) + len(essence) + LARGE
    index = struct.pack(">IQIQI", 1, 0, 1, at, 16 + 4 + 24 + 4)
    head = _pack(2, at, len(metadata)) + metadata + essence
    return head, _pack(4, at, 0) + _klv("060e2b34020501010d01020101110100", index)


def _element(number: int, content: bytes) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + b"\x01" + len(content).to_bytes(7, "big") + content


def _matroska() -> tuple[bytes, bytes]:
    """Return what comes before and behind the one cluster of a Matroska film with a tag at its end."""
    head = _element(0x1A45DFA3, _element(0x4282, b"matroska"))
    tag = _element(0x67C8, _element(0x45A3, b"AIGC") + _element(0x4487, _TAG))
    tags = _element(0x1254C367, _element(0x7373, tag))
    cluster = b"\x1f\x43\xb6\x75\x01" + LARGE.to_bytes(7, "big")
    segment = b"\x18\x53\x80\x67\x01" + (len(cluster) + LARGE + len(tags)).to_bytes(7, "big")
    return head + segment + cluster, tags


def _rf64() -> tuple[bytes, bytes]:
    """Return what comes before and behind the samples of an RF64 with a text in its last list."""
    listed = b"LIST" + struct.pack("<I", 12 + len(_TAG)) + b"INFOAIGC" + struct.pack("<I", len(_TAG)) + _TAG + b"\0"
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48_000, 192_000, 4, 16)
    sizes = struct.pack("<QQQI", 60 + len(form) + LARGE + len(listed), LARGE, LARGE // 4, 0)
    head = b"RF64\xff\xff\xff\xffWAVE" + b"ds64" + struct.pack("<I", len(sizes)) + sizes + form
    return head + b"data\xff\xff\xff\xff", listed


_FILMS: Final[dict[str, Callable[[], tuple[bytes, bytes]]]] = {
    "a MOV": _mov,
    "an MXF": _mxf,
    "a Matroska": _matroska,
    "an RF64": _rf64,
}
