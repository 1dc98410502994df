"""Whether a file is cut short: where nothing may be said, and that no bytes make it fail or read for long."""

import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.containers.whole import cut_short
from tests.containers import finished
from tests.containers.finished import FTYP, INDEX, MOOV, WHOLE, noise, said
from tests.containers.making import HEADER, box, chunk, jpeg, png, riff, segment, tiff

FILM = FTYP + MOOV + box(b"mdat", bytes(5000))
_JPEG = WHOLE["JPEG"][0]()
_GIF = WHOLE["GIF"][0]()
_UNSURE = struct.pack(">I4sQ", 1, b"mdat", (1 << 64) - 1)


def _pixels(*channels: bytes) -> bytes:
    """Return 200 KB of pixels of these channels, of which each is a few values to choose from."""
    rng = random.Random(1)
    return bytes(rng.choice(values) for _ in range(200_000 // len(channels)) for values in channels)


_ANY, _NONE, _FULL = bytes(range(256)), b"\0", b"\xff"


def _strips(*tags: tuple[int, int, bytes], height: int = 20, after: int = 0) -> bytes:
    """Return a TIFF of 100 grey pixels a line in one strip, with further tags, and so many bytes of picture."""
    said = [
        (0x0100, 3, struct.pack("<H", 100)),
        (0x0101, 3, struct.pack("<H", height)),
        (0x0102, 3, struct.pack("<H", 8)),
        (0x0111, 4, struct.pack("<I", 300)),
        *tags,
    ]
    return tiff(sorted(said)).ljust(300, b"\0") + bytes(after)


_LENGTH, _COMPRESSION, _SUB = 0x0117, 0x0103, 0x014A
COMPLETE = {
    "nothing": b"",
    "bytes of no type": noise(3000),
    "zeros": bytes(3000),
    "JPEG with zeros behind": _JPEG + bytes(100_000),
    "JPEG with another behind, as MPO": _JPEG + jpeg(),
    "JPEG with a film behind": _JPEG + FTYP + MOOV + box(b"mdat", noise(200_000)),
    "JPEG with noise behind": _JPEG + noise(200_000),
    "JPEG with white behind": _JPEG + b"\xff" * 100_000,
    "JPEG with text behind": _JPEG + b"maker's words " * 10_000,
    "JPEG with black pixels behind": _JPEG + _pixels(_NONE, _NONE, _NONE, _FULL),
    "JPEG with pixels without red behind": _JPEG + _pixels(_NONE, _ANY[:255], _ANY, _FULL),
    "JPEG with depths of 16 bits behind": _JPEG + _pixels(_ANY, _NONE),
    "JPEG with other depths behind": _JPEG + _pixels(_ANY, b"\xd2"),
    "JPEG with pixels of video behind": _JPEG + _pixels(_ANY[16:236]),
    "JPEG that is tables alone": b"\xff\xd8" + segment(0xDB, bytes(65)) + b"\xff\xd9",
    "JPEG whose header is damaged": b"\xff\xd8\xff\xe0\xff\xff" + jpeg()[6:],
    "PNG with bytes behind": png(after=noise(3000)),
    "PNG with much behind": png(after=bytes(100_000)),
    "PNG of many chunks with noise behind": WHOLE["PNG, many chunks"][0]() + noise(200_000),
    "PNG that is damaged": png()[:30] + b"\xff" * 4 + png()[34:-12],
    "GIF with bytes behind": _GIF + b"\0\0\n",
    "GIF without a trailer": _GIF[:-1],
    "GIF, long, with noise behind": WHOLE["GIF, long"][0]() + noise(100_000),
    "GIF, long, with white behind": WHOLE["GIF, long"][0]() + b"\xff" * 100_000,
    "TIFF whose picture is shorter than it says": _strips((_LENGTH, 4, struct.pack("<I", 9000)), after=2000),
    "TIFF, packed, with the length of its pixels": _strips(
        (_LENGTH, 4, struct.pack("<I", 2000)), (_COMPRESSION, 3, struct.pack("<H", 5)), after=700
    ),
    "TIFF without lengths": _strips(after=2000),
    "TIFF with an empty strip at its end": tiff([(0x0111, 4, struct.pack("<I", 62)), (_LENGTH, 4, bytes(4))]),
    "TIFF that points at a directory it has not": tiff([(_SUB, 4, struct.pack("<I", 90_000))]),
    "TIFF with rubbish for the next directory": tiff([(0x010E, 2, b"a description\0")], following=0x7F3A11C0),
    "QuickTime with padding behind": FILM + bytes(100),
    "QuickTime with four zeros behind": FILM + bytes(4),
    "QuickTime with words behind": FILM + b"the maker of this film says hello",
    "QuickTime with noise behind": FILM + noise(3000),
    "QuickTime that miscounts": FTYP + MOOV + box(b"mdat", bytes(5000))[:-8],
    "QuickTime whose padding is cut": FILM + box(b"free", bytes(500))[:20],
    "QuickTime without ftyp, its index elsewhere": box(b"wide") + box(b"mdat", bytes(500)),
    "MP4 whose last box has no length": FTYP + MOOV + struct.pack(">I4s", 0, b"mdat") + bytes(5000),
    "MP4 whose last box is said to be endless": FTYP + MOOV + _UNSURE + bytes(5000),
    "picture in boxes": box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(60)) + box(b"mdat", bytes(60)),
    "fragment by fragment": FTYP + MOOV + box(b"moof", bytes(20)),
    "index alone": FTYP + MOOV,
    "JPEG XL": b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", bytes(50)),
    "WAV that counts its header": b"RIFF" + struct.pack("<I", len(finished.wav())) + finished.wav()[8:],
    "WAV that overstates its own length": b"RIFF" + struct.pack("<I", 1_000_000) + finished.wav()[8:],
    "WAV with bytes behind": finished.wav() + noise(500),
    "WAV without its last padding": riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", b"abc"))[:-1],
    "WAV without sound": riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", b"")),
    "WAV without sound, with a list": riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", b""), (b"LIST", b"INFO")),
    "RF64 that overstates its own length": finished.rf64(size=1 << 40),
    "RF64 that is no larger than a WAV": finished.rf64(head=len(finished.rf64()) - 8),
    "WebP with zeros behind": WHOLE["WebP"][0]() + bytes(20),
    "AIFF that overstates its own length": b"FORM\0\x20\0\0" + finished.aiff()[8:],
    "Matroska that is live": finished.matroska(b"\x01" + b"\xff" * 7),
    "Matroska with bytes behind": finished.matroska() + noise(100),
    "MXF whose open header names no footer": finished.mxf(3, named=False),
    "MXF with a large index that its open header does not name": finished.mxf(1, named=False, index=12),
    "MXF that ends in an index": finished.mxf(1, footer=False, named=False) + INDEX,
    "MXF that is closed and has no footer": finished.mxf(4, footer=False, named=False),
    "MXF with zeros behind": finished.mxf(1, named=False) + bytes(300_000),
    "PDF with bytes behind": WHOLE["PDF"][0]() + b"\n" * 3000,
    "PDF with many zeros behind": WHOLE["PDF"][0]() + bytes(100_000),
    "PDF with a page of HTML behind": WHOLE["PDF"][0]() + b"<p>downloaded</p>" * 2000,
    "ZIP with a long comment": finished.archive()[:-11] + struct.pack("<H", 60_000) + b"a" * 60_000,
    "text that begins like QuickTime": b"The moov box comes last.\n" * 20,
    "text that begins like a PDF": b"%PDF- is how a PDF begins. " * 200,
    "text that begins like GIF": b"GIF89a is a format of 1989, and this is about it. " * 20,
    "text that begins like a film": b"Thisftyp is four letters, and this is a text of no film. " * 20,
    "DPX that says it is shorter": finished.dpx(size=2048)[:40_000],
    "DPX of no stated length": finished.dpx(size=0xFFFFFFFF),
}


@pytest.mark.parametrize("kind", COMPLETE)
def test_nothing_is_said_that_is_not_sure(kind: str) -> None:
    """Bytes behind the end, legal omissions, known mistakes of writers and what is of no type are no reason to wait."""
    assert said(COMPLETE[kind]) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF, long", "WAV", "MP4, index first", "Matroska", "ZIP"])
def test_what_stands_behind_a_whole_file_may_be_cut(kind: str) -> None:
    """Whatever stands behind a whole file, and wherever it ends, the file is whole."""
    whole = WHOLE[kind][0]()
    rng = random.Random(kind)
    for behind in (_JPEG, noise(90_000), bytes(90_000), finished.wav(), WHOLE["MP4, index last"][0]()):
        if kind == "JPEG" and behind is _JPEG:
            continue  # the second picture of two, and it is cut
        limit = min(65_000, len(behind)) if kind == "ZIP" else len(behind)
        for _ in range(12):
            data = whole + behind[: rng.randrange(limit)]
            assert said(data) is None, len(data) - len(whole)


HOSTILE = {
    "boxes of nothing": FTYP + box(b"free") * 400_000,
    "boxes that say they are everything": FTYP + struct.pack(">I4sQ", 1, b"moov", (1 << 64) - 1) * 1000,
    "boxes of impossible lengths": FTYP + struct.pack(">I4sQ", 1, b"mdat", 3) * 1000,
    "chunks of nothing": b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"abCd") * 200_000,
    "chunks of the picture of nothing": b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"IDAT") * 200_000,
    "chunks of RIFF of nothing": b"RIFF\xf0\xff\xff\x7fWAVE" + b"abcd\0\0\0\0" * 200_000,
    "many RIFFs": (b"RIFF\4\0\0\0AVI ") * 200_000,
    "many RIFFs within each other": b"".join(b"RIFF" + struct.pack("<I", n) + b"WAVE" for n in range(90_000, 0, -12)),
    "an endless ds64": finished.rf64(size=(1 << 64) - 9),
    "blocks of nothing": b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\0" * 400_000,
    "full blocks of GIF": b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe" + b"\xff" * 2_000_000,
    "segments of nothing": b"\xff\xd8" + segment(0xE1, b"") * 300_000,
    "fill of JPEG": b"\xff\xd8" + b"\xff" * 2_000_000,
    "elements of nothing": finished.matroska()[:40] + b"\xec\x80" * 400_000,
    "directories in a circle": tiff([(_SUB, 4, struct.pack("<8I", *(8,) * 8))], following=8),
    "directories everywhere": tiff([(_SUB, 4, struct.pack("<32I", *range(8, 40)))]) + b"\1\0" * 100_000,
    "a strip behind everything": tiff([(0x0111, 4, b"\xff" * 40_000), (_LENGTH, 4, b"\xff" * 40_000)]),
    "a BigTIFF behind everything": b"II+\0\x08\0\0\0" + b"\xff" * 5000,
    "attributes of nothing": b"\x76\x2f\x31\x01\2\0\0\0" + b"a\0b\0\0\0\0\0" * 100_000,
    "a DPX of every pixel there is": finished.dpx()[:16] + b"\xff" * 5000,
    "a PDF that says it is very long": b"%PDF-1.7\n<</Linearized 1/L 999999999999999>>" + b" " * 500_000,
    "an MXF of impossible lengths": finished.mxf()[:16] + b"\x88" + b"\xff" * 5000,
}


def reads(data: bytes) -> tuple[int, int]:
    """Return how often and how many bytes are read of these, as the system counts it (proc(5), `/proc/PID/io`)."""
    with finished.opened(data) as descriptor:
        before = _read_so_far()
        cut_short(descriptor)
        count, size = (after - then for after, then in zip(_read_so_far(), before, strict=True))
    return count, size


def _read_so_far() -> tuple[int, int]:
    said = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(said["syscr"]), int(said["rchar"])


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bytes_cost_little(kind: str) -> None:
    """However a file is built, it is read a bounded number of times."""
    count, size = reads(HOSTILE[kind])
    assert count <= 1200
    assert size <= 5 << 20


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_file_costs_next_to_nothing(kind: str) -> None:
    """Of a whole file a few blocks are read."""
    count, size = reads(WHOLE[kind][0]())
    assert count <= 30
    assert size <= 400 << 10


@pytest.mark.parametrize("kind", WHOLE)
def test_the_position_stays(tmp_path: Path, kind: str) -> None:
    """The descriptor stands where it stood, however long the file is."""
    path = tmp_path / "media"
    path.write_bytes(WHOLE[kind][0]())
    os.truncate(path, 8 << 30)
    with path.open("rb") as stream:
        os.lseek(stream.fileno(), 3, os.SEEK_SET)
        cut_short(stream.fileno())
        assert os.lseek(stream.fileno(), 0, os.SEEK_CUR) == 3


_SEEDS = [make() for make, _ in WHOLE.values()]
_STARTS = sorted({seed[:length] for seed in _SEEDS for length in (4, 8, 12, 16, 40)})


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.sampled_from(_STARTS), st.binary(max_size=400), st.sampled_from([b"", b"\xff" * 3000, bytes(3000)]))
def test_arbitrary_bytes_behind_every_start(start: bytes, rest: bytes, end: bytes) -> None:
    """Whatever follows the first bytes of a type, there is an answer."""
    assert said(start + rest + end) != ""


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    seed=st.sampled_from(_SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=12)), max_size=6),
    keep=st.integers(0, 3000),
    after=st.binary(max_size=40),
)
def test_no_changes_make_it_fail(seed: bytes, changes: list[tuple[int, bytes]], keep: int, after: bytes) -> None:
    """However a file is changed and cut, there is an answer."""
    data = bytearray(seed[:keep])
    for at, with_ in changes:
        data[at : at + len(with_)] = with_
    assert said(bytes(data) + after) != ""


def test_nothing_heavy_comes_along() -> None:
    """It runs in processes that sweep shares: no parser, database or codec is loaded for it."""
    code = "import sys, provenance.containers.whole; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(ran.stdout.split())
    assert "provenance.containers.whole" in loaded
    assert loaded.isdisjoint({"lxml", "c2pa", "sqlite3", "PIL", "msgspec", "click", "rich", "asyncio", "xml.etree"})
