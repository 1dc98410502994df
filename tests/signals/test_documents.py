"""Documents and headers: damage, floods, bombs and nesting end in gaps, words in silence."""

import base64
import io
import random
import time
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.evidence import Claim
from provenance.signals import Findings
from tests.containers import drawing as make
from tests.containers.making import box, chunk, jpeg, png, segment
from tests.signals.making import exif, packet
from tests.signals.rows import INFOTEXT, LABEL
from tests.signals.test_silence import WORDS, says_nothing
from tests.signals.test_stills import ROWS, examined, found_in

MIB = 1 << 20
PARAMETERS = png(chunk(b"tEXt", b"parameters\0" + INFOTEXT.encode()))
GAPS = "gaps"

EVERYWHERE: dict[str, Callable[[bytes], bytes]] = {
    "EXR": lambda v: make.exr([make.attribute(n, v) for n in ("software", "comments", "owner", "Title", "model")]),
    "EXR vector": lambda v: make.exr([make.attribute("layers", len(v).to_bytes(4, "little") + v, "stringvector")]),
    "DPX": lambda v: make.dpx({36: v[:99], 160: v[:99], 260: v[:99], 460: v[:99], 1432: v[:99]}, bytes(32) + v),
    "IPTC": lambda v: jpeg(
        make.photoshop_segment(
            make.resource(1028, b"".join(make.dataset(n, v) for n in (5, 40, 65, 80, 110, 115, 120)))
        )
    ),
    "PSD": lambda v: make.psd(make.resource(1058, exif({0x10E: v, 0x131: v, 0x13B: v}))),
    "SVG": lambda v: make.svg(b"<title>" + v + b"</title><desc>" + v + b"</desc><metadata>" + v + b"</metadata>"),
    "SVG comment": lambda v: make.svg(b"<!-- " + v.replace(b"--", b"- -") + b" -->"),
    "PDF": lambda v: make.pdf(dict.fromkeys(("Title", "Author", "Subject", "Creator", "Producer"), v.decode())),
    "trailer": lambda v: jpeg(after=make.samsung((0xBA1, b"PhotoEditor_Re_Edit_Data", b'{"a":"' + v + b'"}'))),
    "TIFF": lambda v: make.pages([(0x10D, 2, v + b"\0"), (0x10E, 2, v + b"\0"), (0x131, 2, v + b"\0")]),
    "JPEG segment": lambda v: jpeg(segment(0xE4, v)),
}

ordinary = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join).filter(says_nothing)


@pytest.mark.parametrize("made", EVERYWHERE.values(), ids=EVERYWHERE)
@given(words=ordinary)
@settings(max_examples=40, derandomize=True, deadline=None)
def test_ordinary_words_are_silent_in_every_field(made: Callable[[bytes], bytes], words: str) -> None:
    """Titles, names of programs, owners and comments may use any word a generator is called by."""
    assert examined(made(words.encode())) == Findings()


@pytest.mark.parametrize("made", EVERYWHERE.values(), ids=EVERYWHERE)
@given(words=st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(says_nothing))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_random_text_moves_no_verdict(made: Callable[[bytes], bytes], words: str) -> None:
    """Text that nobody wrote as a mark is none, in any field and any writing; it may only fail to be read."""
    assert examined(made(words.encode())).signals == ()


FILES = {f"{n} {row.where}": row.proof for n, row in enumerate(ROWS) if row.read == "file" and row.proof}
_SLOW = [name for name in FILES if "PDF" in name]


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_no_damage_makes_a_reader_raise(data: bytes) -> None:
    """Files with changed, missing and repeated bytes end in marks, gaps or nothing."""
    dice = random.Random(len(data))
    for _ in range(25):
        damaged = bytearray(data)
        for _ in range(dice.randint(1, 5)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        if dice.random() < 0.4:
            del damaged[dice.randrange(len(damaged)) :]
        examined(bytes(damaged))


CUT = {
    "EXR header": make.exr([make.attribute("prompt", b"x" * 500)])[:300],
    "EXR size": make.exr([make.attribute("a", b"x")]).replace(b"string\0\1\0\0\0", b"string\0\xff\xff\xff\x7f"),
    "EXR negative size": make.exr([make.attribute("a", b"x")]).replace(
        b"string\0\1\0\0\0", b"string\0\xff\xff\xff\xff"
    ),
    "EXR without an end": make.exr([make.attribute(f"a{n}", b"x") for n in range(9000)]),
    "EXR type of a program's own": make.exr([make.attribute("a", bytes(2 * MIB), "mine")]),
    "DPX": make.dpx({160: b"x"})[:1000],
    "PSD": make.psd(make.resource(1060, packet()))[:60],
    "PSD resources": make.psd(make.resource(1060, packet()), b"\1" * 80),
    "PSD with placed files": make.psd(layers=make.placed(b"lnk2", b"x" * 40)),
    "PSB with placed files": make.psd(layers=make.placed(b"lnkD", b"x" * 40, big=True), big=True),
    "IPTC": jpeg(make.photoshop_segment(make.resource(1028, make.dataset(110, b"Made with Google AI")[:12]))),
    "trailer": jpeg(after=make.samsung((0xBA1, b"PhotoEditor_Re_Edit_Data", b"{}")).replace(b"SEFH", b"SEFX")),
    "trailer's list": jpeg(
        after=make.samsung((0xBA1, b"x", b"{}")).replace(b"k\0\0\0\1\0\0\0", b"k\0\0\0\xff\xff\0\0")
    ),
    "SVG picture": make.svg(b'<image href="data:image/png;base64,!!!!"/>'),
    "SVG picture of nothing": make.svg(make.data_uri(b"\x80\x01no picture\0")),
    "SVG of many pictures": make.svg(make.data_uri(png()) * 300),
    "SVG of many texts": make.svg(*(b"<desc>%d</desc>" % n for n in range(5100))),
    "SVG of many comments": make.svg(*(b"<!-- %d -->" % n for n in range(5100))),
    "PDF": make.pdf({"Title": "x"})[:400],
    "PDF attachment": make.pdf(attached=b"PK\3\4" + bytes(40)),
    "Brotli": make.jxl(box(b"brob", b"Exif" + bytes(9))),
    "Brotli cut short": make.jxl(make.compressed(b"Exif", bytes(random.Random(1).randbytes(4000)))[:-300]),
}


@pytest.mark.parametrize("data", CUT.values(), ids=CUT)
def test_what_cannot_be_read_is_a_gap(data: bytes) -> None:
    """Cut headers, impossible sizes, floods, foreign types, files in files: each is said, none is silence."""
    assert examined(data).gaps != ()


IN_ONE_ANOTHER = {
    "SVG in SVG in SVG": make.svg(make.data_uri(make.svg(make.data_uri(PARAMETERS)), "image/svg+xml")),
    "PDF, a picture in a picture": make.pdf(attached=make.svg(make.data_uri(PARAMETERS))),
}


@pytest.mark.parametrize("data", IN_ONE_ANOTHER.values(), ids=IN_ONE_ANOTHER)
def test_what_lies_in_one_another_is_read_to_the_bottom(data: bytes) -> None:
    """A generated picture in a drawing in a document makes that partly generated."""
    found = examined(data)
    assert ({s.claim for s in found.signals}, found.gaps) == ({Claim.AI_ASSISTED}, ())


def test_a_credential_in_a_carried_picture_is_not_passed_over() -> None:
    """A picture with a credential of its own inside an SVG is not read by the SDK, so it is said."""
    from tests.containers.making import store

    found = examined(make.svg(make.data_uri(png(chunk(b"caBX", store())))))
    assert found.gaps != ()


def test_a_chart_of_many_titles_is_nothing_to_hold() -> None:
    """Charts and maps describe each of their points, and draw each letter with a comment."""
    points = b"".join(b"<g><title>Point %d: %d</title><!-- 0.%d --></g>" % (n, n, n) for n in range(3000))
    assert examined(make.svg(points)) == Findings()


def test_plain_text_in_an_attachment_is_no_gap() -> None:
    """Notes attached to a PDF are looked into, and are nothing to hold it for."""
    assert examined(make.pdf(attached=b"notes on scene 4\n")) == Findings()


def test_many_parts_that_say_the_same_are_one() -> None:
    """An EXR of two hundred layers that each repeat their attributes is read without running out of room."""
    part = [make.attribute(n, b"x" * 50) for n in ("software", "comments", "owner", "host")]
    assert examined(make.exr(*[part] * 200)) == Findings()


ROUND = {
    "spelled out": ("/ASCII85Decode", lambda v: base64.a85encode(v) + b"~>"),
    "in hexadecimal": ("/ASCIIHexDecode", lambda v: v.hex().encode() + b">"),
    "compressed": ("/FlateDecode", zlib.compress),
}


@pytest.mark.parametrize(("name", "wrap"), ROUND.values(), ids=ROUND)
@pytest.mark.parametrize(("tagged", "expected"), [(b"Ideogram AI\0", {Claim.AI_ASSISTED}), (b"Canon\0", set())])
def test_a_picture_wrapped_once_more_is_read(
    tagged: bytes, expected: set[Claim], name: str, wrap: Callable[[bytes], bytes]
) -> None:
    """Programs that write PDF compress a JPEG again or spell it in letters: it is read, and nothing to hold."""
    picture = jpeg(segment(0xE1, b"Exif\0\0" + exif({0x10F: tagged})))
    for user in (None, ""):
        out = io.BytesIO(make.pdf(picture=wrap(picture), filters=(name, "/DCTDecode")))
        if user is not None:
            with pikepdf.open(out) as document:
                document.save(out := io.BytesIO(), encryption=pikepdf.Encryption(owner="owner", user=user))
        found = examined(out.getvalue())
        assert ({s.claim for s in found.signals}, found.gaps) == (expected, ())


def test_a_wrapped_picture_that_does_not_unwrap_is_a_gap() -> None:
    """What the wrapping of a picture hides is said: damage, a filter nobody knows, a bomb."""
    bomb = zlib.compress(bytes(80 << 20), 9)
    for name, data in (("/FlateDecode", b"x" * 99), ("/Wrapped", jpeg()), ("/FlateDecode", bomb)):
        found = examined(make.pdf(picture=data, filters=(name, "/DCTDecode")))
        assert (found.signals, bool(found.gaps)) == ((), True), name


def test_an_encrypted_pdf_is_read_or_said() -> None:
    """One that opens without a password is read; one that does not is a gap."""
    document = pikepdf.open(io.BytesIO(make.pdf({"AIGC": LABEL}, packet=packet())))
    for user, expected in (("", 1), ("secret", 0)):
        out = io.BytesIO()
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
        found = examined(out.getvalue())
        assert (len(found.signals), len(found.gaps)) == (expected, 1 - expected)


def test_a_pdf_whose_index_is_lost_is_read_all_the_same() -> None:
    """Without the table of its objects the parser finds them by themselves."""
    data = make.pdf({"AIGC": LABEL})
    lost = data[: data.rindex(b"startxref")] + b"startxref\n99999\n%%EOF\n"
    assert {s.claim for s in examined(lost).signals} == {Claim.AI_GENERATED}


def bomb(filters: int) -> bytes:
    """Return a PDF whose metadata decompresses to 80 MiB."""
    document = pikepdf.new()
    document.add_blank_page()
    data = bytes(80 << 20)
    for _ in range(filters):
        data = zlib.compress(data, 9)
    stream = document.make_stream(b"", Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    stream.write(data, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * filters))
    document.Root.Extra = document.make_indirect(stream)
    out = io.BytesIO()
    document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


@pytest.mark.parametrize("filters", [1, 2])
def test_a_bomb_in_a_pdf_is_a_gap(filters: int) -> None:
    """A stream that decompresses to more than is allowed is given up on, and said."""
    data = bomb(filters)
    assert len(data) < MIB
    start = time.perf_counter()
    found = examined(data)
    assert time.perf_counter() - start < 10
    assert (found.signals, len(found.gaps)) == ((), 1)


FLOODS = {
    "SVG open texts": b"<svg>" + b"<desc>" * 200_000 + b"</svg>",
    "SVG open comments": b"<svg>" + b"<!--" * 300_000 + b"</svg>",
    "SVG URIs": b"<svg>" + b"data:image/png;base64," * 60_000 + b"</svg>",
    "SVG entities": b"<svg>" + b"data:image/png;base64," + b"&#10;" * 200_000 + b"</svg>",
    "PDF objects": b"%PDF-1.7\n"
    + b"".join(b"%d 0 obj <</A %d 0 R>> endobj\n" % (n, n + 1) for n in range(20_000))
    + b"%%EOF",
    "PDF nesting": b"%PDF-1.7\n1 0 obj " + b"[" * 300_000 + b" endobj\ntrailer <</Root 1 0 R>>\n%%EOF",
    "resources": make.psd(*[make.resource(1000, b"")] * 20_000),
    "datasets": jpeg(make.photoshop_segment(make.resource(1028, make.dataset(110, b"") * 10_000))),
    "TIFF pages": make.pages(*[[(0x131, 2, b"abcdefgh")]] * 3000),
}


@pytest.mark.parametrize("data", FLOODS.values(), ids=FLOODS)
def test_floods_are_answered_in_time(data: bytes) -> None:
    """No repetition makes a search go over the same bytes again and again."""
    start = time.perf_counter()
    examined(data)
    assert time.perf_counter() - start < 10


@given(value=st.binary(max_size=200), read=st.sampled_from(["name", "whence", "xmp", "text"]))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_nothing_beside_a_file_raises(value: bytes, read: str) -> None:
    """Names, notes and texts of any bytes are survived."""
    row = next(row for row in ROWS if row.read == read)
    found_in(row, value)
