"""Marks in films and sound, row by row; and the words that are none."""

import hashlib
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers import look
from provenance.containers import walk
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, Strength
from provenance.files import BufferMedia
from provenance.signals import Findings
from tests.containers import filming as make
from tests.containers.making import box, riff
from tests.signals import films, rarer
from tests.signals.films import FIXTURES, Row
from tests.signals.making import changed, noticed
from tests.signals.test_silence import WORDS, says_nothing

_TEXT = re.compile(rb"class_type|Content|ProduceID|rainedAlgorithmic|Steps")
"""What stands within a mark's text, not in the structure around it."""
READER = CredentialReader(Trust())
ROWS = (*films.ROWS, *rarer.ROWS)
_NAMES = [f"{row.mark}, {row.where}" for row in ROWS]


def examined(data: bytes) -> Findings:
    """Return all marks and gaps of a file."""
    seen = look(BufferMedia(data), READER)
    return Findings(seen.signals, seen.gaps)


@pytest.mark.parametrize("row", ROWS, ids=_NAMES)
def test_each_mark_is_read_where_it_stands(row: Row) -> None:
    """The file that proves a row is read as the row says, and nothing in it is given up on."""
    found = examined(row.proof)
    assert (row.claim, row.strength) in {(s.claim, s.strength) for s in found.signals}
    assert found.gaps == ()


@pytest.mark.parametrize("row", ROWS, ids=_NAMES)
def test_each_near_miss_is_silent(row: Row) -> None:
    """What looks much like the mark in the same place moves no verdict, and nothing in it is given up on."""
    found = examined(row.miss)
    assert {s.claim for s in found.signals} <= {Claim.CAPTURED, Claim.NOTED}
    assert found.gaps == ()


SPOKEN = [row for row in ROWS if row.strength is not Strength.HINT and _TEXT.search(row.proof)]


@pytest.mark.parametrize("row", SPOKEN, ids=lambda row: f"{row.mark}, {row.where}")
def test_one_changed_byte_in_the_text_of_a_mark_hides_nothing(row: Row) -> None:
    """Any byte of the text, changed by one bit or to zero, leaves a mark, a gap, or a file of no known type."""
    at = [found.start() for found in _TEXT.finditer(row.proof)]
    dice = random.Random(row.where)
    for damaged in changed(row.proof, dice.choices(range(min(at), max(at) + 10), k=25), b"\0"):
        assert noticed(examined(damaged)) or walk(BufferMedia(damaged)).format is None, damaged


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("plain*")), ids=lambda path: path.name)
def test_ordinary_files_of_ffmpeg_are_silent(path: Path) -> None:
    """Titles of words that generators are called, and all that FFmpeg writes of itself, say nothing in any format."""
    assert examined(path.read_bytes()) == Findings()


@pytest.mark.parametrize("name", ["label.mp4", "label.mkv", "label.mp3", "label.flac", "label.flv", "comment.aiff"])
def test_a_film_that_is_cut_within_its_tags_still_speaks(name: str) -> None:
    """Of a file that ends behind half of a mark's text, both are said: the mark, and that it is cut short."""
    data = (FIXTURES / name).read_bytes()
    half = max(found.end() for found in _TEXT.finditer(data)) + 20
    found = examined(data[:half])
    assert any(s.claim is Claim.AI_GENERATED for s in found.signals)
    assert found.gaps != ()


def test_the_files_of_ffmpeg_are_those_that_were_made() -> None:
    """The committed films are those whose sums were written when they were made."""
    lines = [line.split("  ") for line in (FIXTURES / "SHA256SUMS").read_text().splitlines()]
    sums = {name: digest for digest, name in lines}
    files = {p.name: p for p in FIXTURES.iterdir() if p.is_file() and p.suffix != ".py" and p.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == sums


WRITERS = ["Lavf62.12.102", "Lavc62.28.102 libx264", "VideoHandler", "HandBrake 1.9", "Adobe Premiere Pro 2026.0"]
WRITERS += ["DaVinci Resolve Studio 20", "Avid Media Composer 2025.6", "Apple ProRes 422 HQ", "Pro Tools", "Logic Pro"]
TITLES = ["Wan", "Flux", "Luma", "Muse", "Sora", "Parti", "Gemini", "Imagen", "Suno", "Veo", "Kling", "Pika", "Runway"]


def everywhere(text: str) -> list[bytes]:
    """Return files of all formats with this text in every field that a person or a writer fills."""
    data = text.encode()
    names = ["title", "artist", "comment", "description", "encoder", "com.apple.quicktime.software", "handler_name"]
    items = [box(kind, make.data_box(data)) for kind in (b"\xa9nam", b"\xa9ART", b"\xa9cmt", b"\xa9too", b"desc")]
    atoms = [make.text_atom(kind, data) for kind in (b"\xa9nam", b"\xa9cmt", b"\xa9swr", b"\xa9inf")]
    atoms += [box(b"titl", bytes(6) + data), box(b"name", data)]
    texts = [(kind, data) for kind in (b"INAM", b"IART", b"ICMT", b"ISFT", b"ISRC", b"IENG")]
    frames = [make.frame(kind, b"\3" + data) for kind in (b"TIT2", b"TPE1", b"TENC", b"TSSE", b"TALB")]
    frames += [make.frame(b"COMM", b"\3eng\0" + data), make.frame(b"TXXX", b"\3note\0" + data)]
    tags = [make.simple_tag(name.upper(), data) for name in names]
    comments = [name.encode() + b"=" + data for name in names]
    return [
        make.film(make.user_data(make.keyed(dict.fromkeys(names, data)), *atoms), make.listed(*items)),
        make.matroska(make.tagged(*tags)),
        riff(b"AVI ", make.info(*texts), (b"LIST", b"movi")),
        riff(b"WAVE", make.broadcast(data[:250], data[:30], data), *make.SOUND, make.info(*texts)),
        make.tag(*frames) + make.FRAMES + make.ape(("Title", data), ("Comment", data)) + make.old_tag(data[:30]),
        make.flac((4, make.comments(*comments))),
        make.ogg(*comments),
        make.form((b"NAME", data), (b"AUTH", data), (b"ANNO", data)),
        make.mxf(make.tagged_value("Comments", text), make.tagged_value("Title", text)),
        make.script(*((name, text) for name in names)),
    ]


@pytest.mark.parametrize("text", [*WRITERS, *TITLES, *(f"The {a} and the {b}" for a, b in pairwise(TITLES))])
def test_ordinary_words_are_silent_in_every_format(text: str) -> None:
    """Names of programs, and titles that are a generator's name as well, say nothing wherever they stand."""
    for data in everywhere(text):
        found = examined(data)
        hints = {s for s in found.signals if s.strength is Strength.HINT}
        # The bare name of a music service as what wrote the file is the one exception, and only a hint.
        assert set(found.signals) == (hints if text == "Suno" else set())
        assert found.gaps == ()


ordinary = st.lists(st.sampled_from([*WORDS, *TITLES]), min_size=2, max_size=9).map(" ".join).filter(says_nothing)


@given(text=ordinary)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_words_in_any_order_are_silent_in_every_format(text: str) -> None:
    """Any words in any order are no mark, and no gap, in any field of any format."""
    for data in everywhere(text):
        assert examined(data) == Findings()


random_text = st.text(alphabet=st.characters(exclude_characters='":'), max_size=120)
"""Hypothesis tries texts of our own source as well: without these two characters none of them is more than a name."""


@given(text=random_text)
@settings(max_examples=80, derandomize=True, deadline=None)
def test_random_text_is_silent_in_every_format(text: str) -> None:
    """Text that nobody wrote as a mark is none: at the most it is a generator's name where programs write theirs."""
    clean = text.encode("utf-8", "replace").decode()
    for data in everywhere(clean):
        assert {s.strength for s in examined(data).signals} <= {Strength.HINT}
