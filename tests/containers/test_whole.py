"""Whether a file is cut short: said of most that are, and never of a real one that is whole."""

import os
import pickle
import random
import struct
from pathlib import Path

import pytest

from provenance.containers.whole import cut_short
from tests.conftest import SAMPLES
from tests.containers import finished
from tests.containers.finished import FTYP, MOOV, WHOLE, noise, said
from tests.containers.making import END, HEADER, PICTURE, box, chunk, png, riff, segment
from watcher.probe import look
from watcher.wait import Wait

PROJECT = Path(__file__).parents[2]
_SAMPLES = sorted(str(p.relative_to(SAMPLES)) for p in SAMPLES.rglob("*") if p.is_file()) if SAMPLES.is_dir() else []
"""None of them is cut short. `sample3.invalid.wav` overstates its own length, and all of its sound is there."""


@pytest.mark.parametrize("name", _SAMPLES)
def test_no_real_file_is_called_cut_short(samples: Path, name: str) -> None:
    """Nothing is said against any file that others made."""
    with (samples / name).open("rb") as stream:
        assert cut_short(stream.fileno()) is None


@pytest.mark.parametrize("path", sorted((PROJECT / "fixtures" / "media").iterdir()), ids=lambda p: p.name)
def test_no_fixture_is_called_cut_short(path: Path) -> None:
    """Nothing is said against any of our own fixtures."""
    with path.open("rb") as stream:
        assert cut_short(stream.fileno()) is None


def share_noticed(data: bytes, seed: str) -> float:
    """Of 200 cuts at random places behind the first bytes, how many are noticed."""
    rng = random.Random(seed)
    cuts = [rng.randrange(len(data) // 50 + 16, len(data)) for _ in range(200)]
    return sum(said(data[:at]) is not None for at in cuts) / len(cuts)


@pytest.mark.parametrize("kind", WHOLE)
def test_most_cuts_are_noticed(kind: str) -> None:
    """A whole file has nothing said against it, and of its cuts as many are noticed as are stated for its type."""
    make, least = WHOLE[kind]
    data = make()
    assert said(data) is None
    assert share_noticed(data, kind) >= least


REAL = {
    "c2pa-rs/C.jpg": 0.8,
    "public-testfiles/adobe-20220124-CAICAI.jpg": 0.99,
    "exif-samples/Pentax_K10D.jpg": 0.99,
    "c2pa-rs/sample1.png": 0.99,
    "c2pa-rs/sample1.gif": 0.98,
    "c2pa-rs/TUSCANY.TIF": 0.97,
    "c2pa-rs/video1.mp4": 0.9,
    "c2pa-rs/sample1.heif": 0.99,
    "c2pa-ts/trustnxt-icon.heic": 0.9,
    "c2pa-rs/sample1.avif": 0.99,
    "c2pa-rs/sample1.webp": 0.99,
    "c2pa-rs/sample1.wav": 0.99,
    "c2pa-rs/basic.pdf": 0.75,
    "photon/MERIDIAN_Netflix_Photon_161006/MERIDIAN_Netflix_Photon_161006_ENG-51_00.mxf": 0.99,
}
"""Samples by the share of cuts that has to be noticed.

The first ends in plain sky, of which nothing is said. The film has padding before its media. The PDF was changed after
it was made, and has two ends.
"""


@pytest.mark.parametrize("name", REAL)
def test_most_cuts_of_real_files_are_noticed(samples: Path, name: str) -> None:
    """Of the cuts of files that others made, as many are noticed as are stated."""
    assert share_noticed((samples / name).read_bytes(), name) >= REAL[name]


def test_what_is_said_names_what_is_missing() -> None:
    """The words name the place and both numbers, so that a person can compare them."""
    wave, film = finished.wav(), FTYP + box(b"mdat", bytes(5000))
    assert said(wave[:600]) == f"its RIFF header speaks of {len(wave):,} bytes, and 600 are there"
    assert said(film[:114]) == "the mdat box of the MP4 goes on to byte 5,032, and 114 bytes are there"
    assert said(film) == "the MP4 has no moov box"
    assert said(png()[:-12]) == "the PNG ends before its IEND chunk"
    says = "the tEXt chunk of the PNG goes on to byte 48, and 44 bytes are there"
    assert said(png(chunk(b"tEXt", b"a\0b"))[:44]) == says
    assert said(finished.exr(missing=3)) == "of 80 blocks of lines of the OpenEXR 3 are not there yet"
    assert said(finished.archive()[:-40]) == "the ZIP has no list of its entries at its end"


def _tiff_to_be(first: int) -> bytes:
    return struct.pack("<2sHI", b"II", 42, first) + noise(5000)


def _mdat(size: int, longer: bytes = b"") -> bytes:
    return FTYP + struct.pack(">I4s", size, b"mdat") + longer


_ENDLESS = b"\xff" * 8
_SILENCE = riff(b"WAVE", (b"fmt ", bytes(16)), (b"data", b""))
UNFINISHED = {
    "MP4 whose media have no length yet": _mdat(0) + noise(5000),
    "MP4 whose media had no length yet": _mdat(8) + noise(5000),
    "MP4 whose media have no long length yet": _mdat(1, bytes(8)) + noise(5000),
    "MP4 whose media are endless": _mdat(1, _ENDLESS) + noise(5000),
    "MP4 with its brand alone": FTYP,
    "MP4 set aside, and its brand written": FTYP + bytes(60_000),
    "MP4 set aside, and its media begun": _mdat(8) + bytes(60_000),
    "MP4 set aside, and its media written": FTYP + box(b"mdat", noise(5000)) + bytes(60_000),
    "MP4 whose index is to come": FTYP + box(b"free") + box(b"mdat", noise(5000)) + b"\0\0\0",
    "QuickTime without ftyp": box(b"wide") + box(b"mdat", noise(5000))[:4000],
    "TIFF without a directory yet": _tiff_to_be(0),
    "TIFF whose directory is to come": _tiff_to_be(9000),
    "BigTIFF whose directory is to come": b"MM\0+\0\x08\0\0" + struct.pack(">Q", 9000) + noise(5000),
    "WAV without any length": b"RIFF\0\0\0\0WAVEfmt " + bytes(200),
    "WAV of unknown length": b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(200),
    "WAV whose sound has no length yet": _SILENCE + noise(5000),
    "WAV set aside": _SILENCE + bytes(60_000),
    "WAV set aside, without any length": b"RIFF\0\0\0\0WAVEfmt " + bytes(60_000),
    "AVI without any length": b"RIFF\0\0\0\0AVI LIST" + bytes(200),
    "RF64 without any length": finished.rf64(head=0),
    "RF64 that says nothing in ds64": finished.rf64(size=0),
    "RF64 that says all in ds64": finished.rf64(size=(1 << 64) - 1),
    "AIFF without any length": b"FORM\0\0\0\0AIFFCOMM" + bytes(200),
    "MXF that is open": finished.mxf(1, footer=False, named=False),
    "MXF whose index is to come": finished.mxf()[:-9],
    "EXR with lines to come": finished.exr(missing=40),
    "JPEG in its header": b"\xff\xd8" + segment(0xE0, b"JFIF\0" + bytes(9)) + b"\xff\xe1\x40\0Exif",
    "JPEG set aside, and its picture begun": WHOLE["JPEG, small"][0]()[:3000] + bytes(60_000),
    "PNG whose end lacks a byte": png()[:-1],
    "PNG in its first chunk": b"\x89PNG\r\n\x1a\n" + HEADER[:20],
    "GIF in its header": b"GIF89a\x01\0",
    "Matroska with its header alone": finished.matroska()[:40],
    "DPX in its header": finished.dpx()[:500],
    "DPX that does not say how long it is": finished.dpx(size=0xFFFFFFFF)[:50_000],
}


@pytest.mark.parametrize("kind", UNFINISHED)
def test_what_is_still_being_written_is_noticed(kind: str) -> None:
    """What writers leave to be filled in at the end, or have set aside and not filled, is a reason to wait."""
    assert said(UNFINISHED[kind])


def test_a_png_of_many_chunks_is_followed_by_its_last() -> None:
    """Where a picture has more chunks than are followed, its last one still says where it should end."""
    pieces = chunk(b"IDAT", noise(1000)) * 2000
    whole = b"\x89PNG\r\n\x1a\n" + HEADER + pieces + PICTURE + END
    assert said(whole) is None
    says = "the IDAT chunk of the PNG goes on to byte 1,500,829, and 1,500,000 bytes are there"
    assert said(whole[:1_500_000]) == says


def test_it_is_a_reason_to_wait_for_the_watcher(tmp_path: Path) -> None:
    """The watcher's own look at a file names what is missing, and nothing once the rest is there."""
    film = FTYP + box(b"free") + box(b"mdat", noise(80_000)) + MOOV
    path = tmp_path / "clip.mp4"
    path.write_bytes(film[:50_000])
    asked = (os.fsencode(tmp_path), b"clip.mp4", cut_short)
    says = "the mdat box of the MP4 goes on to byte 80,040, and 50,000 bytes are there"
    assert look(*asked).waits == ((Wait.CUT_SHORT, says),)
    path.write_bytes(film)
    assert look(*asked).waits == ()


def test_a_storage_that_fails_is_not_taken_for_silence(tmp_path: Path) -> None:
    """What the storage answers is raised, so that whoever asked can wait for it."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="Is a directory"):
            cut_short(descriptor)
    finally:
        os.close(descriptor)


def test_it_can_be_handed_to_another_process() -> None:
    """It is a function of a module, so that a lister in a process of its own can be given it."""
    assert pickle.loads(pickle.dumps(cut_short)) is cut_short
