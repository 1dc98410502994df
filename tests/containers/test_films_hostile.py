"""Films and sound that were cut, changed or made to exhaust: a walk ends, raises nothing, and says what it gave up."""

import struct
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers import look
from provenance.containers import Container
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.walk import FAMILIES
from provenance.containers.window import Window
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.files import BufferMedia
from tests.containers import filming as make
from tests.containers.making import box, png, riff, store, walked, xmp
from tests.signals.films import GRAPH, ROWS

SEEDS = tuple(row.proof for row in ROWS)
_NAMES = [f"{row.mark}, {row.where}" for row in ROWS]
LIMIT = 10.0
"""Seconds, with room for a busy machine; what is quadratic takes minutes."""
DEEP = 5_000


def is_sound(container: Container) -> bool:
    """Whether no reader of ours failed, and all that was noted keeps its limits."""
    failed = [g for g in container.gaps if g.place in {"walk", "type"}]
    others = [b for b in container.blocks if b.kind is not BlockKind.TAG]
    return not failed and len(others) <= 512 and len(container.blocks) <= 17_000 and len(container.gaps) <= 64


_EDITS = st.lists(
    st.tuples(st.integers(0, 4000), st.sampled_from(["set", "cut", "insert"]), st.binary(min_size=1, max_size=8)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=800, deadline=None, derandomize=True)
@given(st.sampled_from(SEEDS), _EDITS)
def test_mutated_films(seed: bytes, edits: list[tuple[int, str, bytes]]) -> None:
    """Films and sounds with bytes changed, taken out and put in are walked without a fault."""
    data = bytearray(seed)
    for place, how, piece in edits:
        at = place % (len(data) + 1)
        data[at : at + (0 if how == "insert" else len(piece))] = b"" if how == "cut" else piece
    assert is_sound(walked(bytes(data)))


@pytest.mark.parametrize("seed", SEEDS, ids=_NAMES)
def test_large_films_are_walked_alike(seed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found does not depend on whether a file is in memory or read here and there."""
    in_memory = walked(seed)
    monkeypatch.setattr("provenance.containers.window.IN_MEMORY", 0)
    monkeypatch.setattr("provenance.containers.window._CHUNK", 70)
    monkeypatch.setattr("provenance.containers.window._SEARCHED", 90)
    assert walked(seed) == in_memory


@pytest.mark.parametrize("seed", SEEDS, ids=_NAMES)
def test_films_cut_anywhere(seed: bytes) -> None:
    """Films and sounds cut at any of a hundred places are walked without a fault."""
    step = max(1, len(seed) // 100)
    assert all(is_sound(walked(seed[:keep])) for keep in range(0, len(seed), step))


@pytest.mark.parametrize("seed", SEEDS, ids=_NAMES)
def test_every_family_survives_every_film(seed: bytes) -> None:
    """No family's walk raises on content of another."""
    for family in FAMILIES:
        notes = Notes()
        family.walk(Window(BufferMedia(seed)), notes)
        assert is_sound(notes.container(None))


def _deep_boxes() -> bytes:
    inner = make.user_data(box(b"\xa9cmt", b"x"))
    for _ in range(DEEP):
        inner = box(b"trak", inner)
    return make.film(inner)


def _deep_tags() -> bytes:
    inner = make.simple_tag("AIGC", b"{}")
    for _ in range(1000):
        inner = make.simple_tag("A", b"b", inner)
    return make.matroska(make.tagged(inner))


def _seek_circle() -> bytes:
    seek = make.element(0x4DBB, make.element(0x53AB, b"\x11\x4d\x9b\x74") + make.element(0x53AC, b"\0"))
    head = make.element(0x114D9B74, seek * 100)
    return make.EBML + make.element(0x18538067, head * 50, unknown=True)


def _bomb() -> bytes:
    packed = struct.pack(">I", 64 << 20) + zlib.compress(bytes(64 << 20))
    return make.film(box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", packed)))


def _compressed_circle() -> bytes:
    inner = box(b"moov", b"")
    for _ in range(20):
        inner = box(b"moov", box(b"cmov", box(b"cmvd", struct.pack(">I", len(inner)) + zlib.compress(inner))))
    return make.TYPE + inner


def _frame_bombs() -> bytes:
    bomb = make.frame(b"TXXX", bytes(4) + zlib.compress(bytes(16 << 20)), 0x80)
    return make.tag(*[bomb] * 60) + make.FRAMES


def _many(kind: Callable[[int], bytes], count: int) -> bytes:
    return b"".join(map(kind, range(count)))


GIVEN_UP: dict[str, Callable[[], bytes]] = {
    "boxes in boxes": _deep_boxes,
    "tags in tags": _deep_tags,
    "a compressed index that is a bomb": _bomb,
    "an index compressed in an index": _compressed_circle,
    "frames that are bombs": _frame_bombs,
    "items of a list": lambda: make.film(make.listed(box(b"\xa9cmt", make.data_box(b"x")) * 250_000)),
    "boxes in user data": lambda: make.film(box(b"udta", box(b"name", b"1") * 250_000)),
    "tags of a segment": lambda: make.matroska(make.tagged(make.simple_tag("A", b"b") * 70_000)),
    "elements of a segment": lambda: make.matroska(make.element(0xEC, b"") * 250_000),
    "texts of a list": lambda: riff(b"AVI ", (b"LIST", b"INFO" + b"ICMT\2\0\0\0a\0" * 250_000)),
    "different tags": lambda: make.matroska(make.tagged(_many(lambda n: make.simple_tag(f"k{n}", b"b"), 20_000))),
    "comments": lambda: make.flac((4, make.comments(*[b"a=b"] * 70_000))),
    "fields of a script": lambda: make.script(*[("a", "b")] * 70_000),
    "sets of metadata": lambda: make.mxf(make.tagged_value("a", "b") * 60_000),
    "partitions": lambda: make.mxf() + make.random_index([0] * 4500),
    "an index of partitions without end": lambda: make.mxf() + make.random_index([0] * 300_000),
    "pages before the comments": lambda: make.page(b"OpusHead", flags=2) + make.page(b"", serial=9, flags=2) * 5000,
    "another sound behind the first": lambda: make.ogg(b"a=b") + make.page(b"OpusHead", serial=8, flags=2),
    "an encrypted frame": lambda: make.tag(make.frame(b"TXXX", b"\0prompt\0x", 0x40)) + make.FRAMES,
    "a count of comments that lies": lambda: make.flac((4, b"\0\0\0\0\xff\xff\xff\xff")),
    "a Lyrics3 tag longer than the file": lambda: make.FRAMES + b"LYRICSBEGIN000099LYRICS200",
    "a Lyrics3 tag of a length in letters": lambda: make.FRAMES + b"LYRICSBEGIN00001xLYRICS200",
    "an APE tag longer than the file": lambda: make.FRAMES + make.ape(("a", b"b"))[:-20] + b"\xff" * 20,
    "keys that break off": lambda: make.film(
        make.keyed({"AIGC": b"x"}).replace(b"\0\0\0\x0cmdta", b"\xff\0\0\x0cmdta")
    ),
    "an attachment that is a film": lambda: make.matroska(make.attachment("a.mp4", "video/mp4", make.film())),
    "an attachment of no type": lambda: make.matroska(make.attachment("a.bin", "application/x", b"\1\2\3")),
    "a picture with a credential": lambda: make.matroska(
        make.attachment("a.png", "image/png", png(box(b"caBX", store())[0:4] + b"caBX" + store() + bytes(4)))
    ),
    "cover art that is a film": lambda: make.film(make.listed(box(b"covr", make.data_box(make.film(), 13)))),
}


@pytest.mark.parametrize("name", GIVEN_UP)
def test_what_is_given_up_on_is_a_gap(name: str) -> None:
    """Too much of anything, nesting, bombs, lies and what lies inside: the walk ends in time, and in a gap."""
    data = GIVEN_UP[name]()
    start = time.perf_counter()
    container = walked(data)
    assert time.perf_counter() - start < LIMIT
    assert is_sound(container)
    assert container.gaps


QUIET: dict[str, Callable[[], bytes]] = {
    "seek heads in circles": _seek_circle,
    "lists in lists": lambda: riff(b"AVI ", (b"LIST", b"INFO" + b"LIST\x04\0\0\0INFO" * 1000)),
    "a frame too short to be compressed": lambda: make.tag(make.frame(b"TIT2", b"\0\0\0", 0x80)) + make.FRAMES,
    "a camera's notes in user data": lambda: make.film(box(b"udta", b"\xde\xad\xbe\xef" * 500)),
    "a font that is attached": lambda: make.matroska(make.attachment("a.otf", "font/otf", b"OTTO\0\1" + bytes(60))),
    "a text that is attached": lambda: make.matroska(make.attachment("a.txt", "text/plain", b"notes")),
    "settings of a program": lambda: make.tag(make.frame(b"GEOB", b"\0a/b\0\0Markers\0\1\2\xff\xfe")) + make.FRAMES,
    "an alignment grid": lambda: make.mxf(make.klv(make.FILL, bytes(500)), make.tagged_value("a", "b")),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_is_only_odd_is_no_gap(name: str) -> None:
    """What honest programs write, and what holds nothing, is walked to its end without a gap."""
    data = QUIET[name]()
    start = time.perf_counter()
    seen = look(BufferMedia(data), CredentialReader(Trust()))
    assert time.perf_counter() - start < LIMIT
    assert seen.gaps == ()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "user data that is no list": lambda t: make.film(box(b"udta", b"\xff\xff\xff\xff\1\2\3\4" + t)),
    "items of a wrong length": lambda t: make.film(make.listed(b"\xff\0\0\0\xa9cmt" + make.data_box(t))),
    "frames that break off": lambda t: make.tag(make.frame(b"TIT2", b"\0a"), b"\1\2\3\4\0\0\0\1\0\0" + t) + make.FRAMES,
    "a list of a wrong length": lambda t: riff(b"WAVE", *make.SOUND, (b"LIST", b"INFOICMT\xff\xff\xff\x0f" + t)),
    "a chunk of no name": lambda t: riff(b"WAVE", *make.SOUND, (b"zzzz", b"\1\2\3\xff" + t)),
    "elements that break off": lambda t: make.matroska(make.element(0x1254C367, b"\0\0" + t)),
    "comments of a wrong length": lambda t: make.flac((4, b"\4\0\0\0Lavf\1\0\0\0\xff\xff\0\0" + t)),
    "a script of no type": lambda t: make.script(("a", t.decode())).replace(b"Data\x08", b"Data\x77"),
    "sets that break off": lambda t: make.mxf(bytes(20) + t),
    "an AIFF of a wrong length": lambda t: make.form((b"ANNO", t)).replace(b"ANNO\0\0", b"ANNO\x0f\0"),
    "a Lyrics3 field of a wrong length": lambda t: make.FRAMES + make.lyrics(("LYR", t), ("INF", t)).replace(
        b"LYR%05d" % len(t), b"LYR99999"
    ),
    "an APE item of a wrong length": lambda t: make.FRAMES + make.ape(("Comment", t)).replace(
        struct.pack("<I", len(t)), struct.pack("<I", len(t) + 99), 1
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("text", [GRAPH.encode(), xmp("trainedAlgorithmicMedia")], ids=["graph", "XMP"])
def test_text_that_nothing_leads_to_is_handed_on(name: str, text: bytes) -> None:
    """Where the structure breaks, text of a mark in what follows is still handed on."""
    container = walked(BROKEN[name](text))
    assert is_sound(container)
    assert any(text[:40] in b.data or text[-40:] in b.data for b in container.blocks)
