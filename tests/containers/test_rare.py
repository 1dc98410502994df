"""Types that are rare: known by their structure alone, and holding whatever stands where nothing of them does."""

import hashlib
import random
import struct
from collections.abc import Callable

import pytest

from provenance.carriers import Seen, look
from provenance.containers import identify, walk
from provenance.containers.model import Carries
from provenance.containers.notes import STEPS
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, State, Strength
from provenance.files import BufferMedia
from tests import packing
from tests.containers import filming
from tests.containers.finished import noise
from tests.containers.making import box, jpeg, png, store
from tests.containers.rarities import (
    AC3,
    DTS,
    EAC3,
    RARE,
    SOUNDS,
    W64_LIST,
    WRITTEN,
    au,
    blender,
    caf,
    caf_info,
    eps,
    fbx,
    gxf,
    jp2,
    tga,
    w64,
    wavpack,
)
from tests.signals.making import packet
from tests.signals.rows import INFOTEXT, text, user_comment

READER = CredentialReader(Trust())
TRACE = text("parameters")(INFOTEXT.encode())
PICTURE = user_comment(INFOTEXT.encode())
BEHIND = {"PNG": TRACE, "JPEG": PICTURE, "ZIP": packing.zipped(("a.png", TRACE)), "PNG and padding": TRACE + bytes(40)}
PART = {(Claim.AI_ASSISTED, Strength.TRACE)}


def seen(data: bytes) -> Seen:
    """Examine bytes as a worker does."""
    return look(BufferMedia(data), READER)


def held(found: Seen) -> bool:
    """Whether a gate has a reason not to let this pass: a gap, a mark, a credential, or no known type."""
    return bool(found.container.format is None or found.gaps or found.signals or found.container.residue)


@pytest.mark.parametrize("name", RARE)
def test_a_rare_type_is_known_and_silent(name: str) -> None:
    """Each is known by its content, has no place for a credential that can be read, and is nothing to hold."""
    media_type, data = RARE[name]
    found = identify(BufferMedia(data))
    assert found is not None
    assert (found.media_type, found.carries, found.sdk) == (media_type, Carries.NO, None)
    whole = seen(data)
    assert (whole.signals, whole.gaps, whole.container.residue) == ((), (), ())
    assert whole.reading.credential.state is State.UNSUPPORTED


@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
@pytest.mark.parametrize("name", RARE)
def test_what_stands_behind_a_rare_type_is_examined(name: str, behind: bytes) -> None:
    """A picture or an archive behind it flags it, as something that lies in it."""
    found = seen(RARE[name][1] + behind)
    assert {(s.claim, s.strength) for s in found.signals} >= PART or (
        name.startswith(("TGA", "DVD", "OMF")) and held(found)
    )


@pytest.mark.parametrize("name", RARE)
def test_a_rare_type_with_noise_behind_is_held(name: str) -> None:
    """Bytes that are none of its own are said, for a type whose structure has an end."""
    found = seen(RARE[name][1] + random.Random(name).randbytes(300) + b"\1")
    assert held(found) or name in OPEN


OPEN = {
    "Cineon", "InDesign", "Pro Tools", "OpenVDB", "NUT", "shortcut", "Blu-ray", "EPS by Pillow",
    *(name for name in RARE if name.startswith(("plain.h", "plain.m"))),
}  # fmt: skip
"""Types that go on for as long as there are bytes, or do not tell."""


@pytest.mark.parametrize("name", RARE)
def test_a_rare_type_that_is_cut_short_is_held(name: str) -> None:
    """Of three copies that end early, none passes."""
    data = RARE[name][1]
    for stop in (len(data) - 1, len(data) * 2 // 3 + 1, len(data) // 2 + 3):
        found = seen(data[:stop])
        assert held(found) or name in OPEN or name == "EBU STL", stop  # whose first block is text


@pytest.mark.parametrize("name", RARE)
def test_noise_that_begins_as_a_rare_type_is_held(name: str) -> None:
    """The first bytes of a type prove nothing."""
    data, dice = RARE[name][1], random.Random(name)
    for length in (4, 8, 12):
        if name == "Cineon" or (length == 12 and name.startswith("plain.h")):
            continue
        assert [held(seen(data[:length] + dice.randbytes(3000))) for _ in range(20)] == [True] * 20


@pytest.mark.parametrize("name", RARE)
def test_a_credential_behind_a_rare_type_is_seen(name: str) -> None:
    """A manifest store that somebody put behind it is one, whether or not it can be read."""
    assert held(seen(RARE[name][1] + store()))


@pytest.mark.parametrize("data", [AC3, EAC3, DTS], ids=["AC-3", "E-AC-3", "DTS"])
def test_a_picture_between_frames_is_examined(data: bytes) -> None:
    """A row of frames is followed to its end: what breaks it is shown, and said."""
    size = data.find(data[:4], 4)
    found = seen(data[: 4 * size] + TRACE + data[4 * size :])
    assert {(s.claim, s.strength) for s in found.signals} == PART
    assert found.gaps


def _in_rows(kind: int, data: bytes) -> bytes:
    """Return data as the pixels of a picture of 256 columns, with zeros before them: a TGA or an SGI."""
    data = bytes(-len(data) % 256) + data
    rows = len(data) // 256
    if kind:
        return bytes([0, 0, 3]) + bytes(9) + struct.pack("<HHBB", 256, rows, 8, 0) + data
    return b"\1\xda\0\1\0\2" + struct.pack(">HHH", 256, rows, 1) + bytes(500) + data


_STEPPED_OVER: dict[str, Callable[[bytes], bytes]] = {
    "AU": lambda data: b".snd" + struct.pack(">5I", 24, len(data), 3, 48_000, 2) + data,
    "AC-4": lambda data: b"\xac\x40\0\1x" * 4 + b"\xac\x40\xff\xff" + len(data).to_bytes(3, "big") + data,
    "PGS": lambda data: b"PG\0\0\0\0\0\0\0\0\x80\0\0" * 4 + b"PG" + bytes(8) + struct.pack(">BH", 22, len(data)) + data,
    "IVF": lambda data: b"DKIF\0\0\x20\0" + bytes(24) + struct.pack("<I", len(data)) + bytes(8) + data,
    "PNM": lambda data: b"P5 %d 1 255\n" % len(data) + data,
    "TGA": lambda data: _in_rows(1, data),
    "SGI": lambda data: _in_rows(0, data),
    "CAF": lambda data: b"caff\0\1\0\0data" + struct.pack(">q", len(data)) + data,
}
"""A short header that makes pixels, or a frame, of whatever follows."""


@pytest.mark.parametrize("inside", [TRACE, PICTURE, BEHIND["ZIP"]], ids=["PNG", "JPEG", "ZIP"])
@pytest.mark.parametrize("name", _STEPPED_OVER)
def test_a_picture_that_a_short_header_stands_before_is_examined(name: str, inside: bytes) -> None:
    """What is stepped over is still looked at where it begins as a picture, or ends as one or an archive does."""
    found = seen(_STEPPED_OVER[name](inside))
    assert found.container.format is not None
    assert {(s.claim, s.strength) for s in found.signals} >= PART


@pytest.mark.parametrize("name", ["AU", "PNM", "TGA", "PGS"])
def test_a_pdf_behind_a_short_header_is_a_pdf(name: str) -> None:
    """Viewers find a PDF, and players an MXF, behind whatever stands before it."""
    inside = ((b"%PDF-1.7\n%%EOF\n", "application/pdf"), (filming.mxf(), "application/mxf"))
    kinds = [(identify(BufferMedia(_STEPPED_OVER[name](data))), media_type) for data, media_type in inside]
    assert [kind and kind.media_type for kind, _ in kinds] == [media_type for _, media_type in kinds]


def test_more_packets_than_are_looked_through_are_said() -> None:
    """Packets of a kind that nobody knows are counted: hundreds of thousands of them end in a gap."""
    assert not walk(BufferMedia(gxf((0, b"")))).gaps
    assert walk(BufferMedia(gxf(*[(0, b"")] * (STEPS + 1)))).gaps


def test_what_developers_keep_in_a_tga_is_gone_through_once() -> None:
    """Parts that lie one over another are said: each would have to be looked through, thousands of times over."""
    picture = bytes([0, 0, 3]) + bytes(9) + struct.pack("<HHBB", 1, 1, 8, 0) + b"x"
    for starts, sound in (((0,), True), ((0, 1), False)):
        rows = b"".join(struct.pack("<HII", 1, len(picture) + start, 900) for start in starts)
        data = picture + noise(1000) + struct.pack("<H", len(starts)) + rows
        found = seen(data + struct.pack("<II", 0, len(picture) + 1000) + b"TRUEVISION-XFILE.\0")
        assert any("one over another" in gap.says for gap in found.gaps) is not sound


def test_long_padding_in_a_stream_is_gone_through_once() -> None:
    """Zeros before a start code are a stream's own however many they are, and zeros before anything else are not."""
    stream = bytes.fromhex("0000016742001eab 00000168ce3880 0000016588")
    assert not held(seen(stream + bytes(3 << 20) + b"\1\x41" + b"\x9a" * 40))
    assert held(seen(stream + bytes(3 << 20) + b"\2\x41" + b"\x9a" * 40))


def test_few_frames_are_chance() -> None:
    """Two bytes and a length that leads to two more are no proof."""
    assert [held(seen(AC3[: 256 * n])) for n in (1, 2)] == [True, True]
    assert not held(seen(AC3[: 256 * 3]))


def test_lengths_that_lie() -> None:
    """A sound that says it is longer, or shorter, than it is, is held; one that does not say is as long as its file."""
    assert held(seen(au(size=10_000)))
    assert held(seen(au(size=100)))
    assert not held(seen(au(size=0xFFFFFFFF)))
    assert not held(seen(caf(endless=True)))
    for name in ("Wave64", "CAF", "WavPack", "DTS-HD"):
        data = SOUNDS[name][1]
        at = data.find(b"data") + (16 if name == "Wave64" else 8) if name != "WavPack" else 4
        assert held(seen(data[:at] + b"\xf0" + data[at + 1 :])), name


def test_pictures_and_credentials_in_chunks_of_no_known_kind() -> None:
    """A chunk that nobody knows, an annotation and a kept trailer are looked into."""
    chunk = "00112233445566778899aabbccddeeff"
    for made in (w64((chunk, TRACE)), au(TRACE), caf((b"uuid", bytes(16) + TRACE))):
        assert {(s.claim, s.strength) for s in seen(made).signals} == PART
    listed = w64((W64_LIST, b"INFO" + b"ICMT" + len(store()).to_bytes(4, "little") + store()))
    for made in (listed, w64((chunk, store())), au(store()), caf((b"uuid", bytes(16) + store())), wavpack(store())):
        assert seen(made).container.residue


def test_pictures_in_the_odd_corners_of_a_rare_type() -> None:
    """Where a header has room for more than it needs, a picture in it is found."""
    wave = "f3acd3118cd100c04f8edb8a"
    sgi = RARE["SGI"][1]
    for data in (
        w64(("66616374" + wave, TRACE)),
        caf((b"kuki", TRACE)),
        caf((b"chan", TRACE)),
        gxf(*[(0xBC, bytes(30))] * 70, (0xFD, TRACE)),
        tga(bytes(495) + TRACE),
        sgi[:104] + TRACE + sgi[104 + len(TRACE) :],
        jp2(box(b"ftyp", bytes(300) + TRACE)),
        fbx(b"no picture") + TRACE,
        fbx().replace(b"Objects", b"Objects" + TRACE),
        blender(bytes(20) + TRACE),
    ):
        assert {(s.claim, s.strength) for s in seen(data).signals} >= PART, data[:30]
    codestream = RARE["JPEG 2000 codestream"][1]
    at = codestream.index(b"\xff\x52")
    segment = b"\xff\x57" + (2 + len(TRACE)).to_bytes(2, "big") + TRACE
    assert {(s.claim, s.strength) for s in seen(codestream[:at] + segment + codestream[at:]).signals} == PART


def test_behind_the_end_of_a_program_stands_text_alone() -> None:
    """Illustrator writes more of its own behind the end of an EPS; what is no text there is held."""
    assert not held(seen(eps() + b"\n%AI9_PrintingDataEnd\nuserdict /AI9_read_buffer get\n"))
    assert held(seen(eps() + b"\n\0\1\2"))


def test_between_a_wavpack_and_its_tags_nothing_stands() -> None:
    """A tag at the end does not hide what stands before it."""
    data = SOUNDS["WavPack with a tag"][1]
    at = len(SOUNDS["WavPack"][1])
    assert {(s.claim, s.strength) for s in seen(data[:at] + b"TAG" + TRACE + data[at:]).signals} == PART


def test_a_broken_list_of_texts_is_looked_through() -> None:
    """A number of texts in a CAF that is wrong hides none of them."""
    kind, content = caf_info("comment", packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"'))
    for number in (0, 1, 9):
        assert seen(caf((kind, number.to_bytes(4, "big") + content[4:]))).signals


def test_the_files_of_other_writers_are_those_they_wrote() -> None:
    """Each kept file is the one its sum was taken of."""
    rows = [line.split("  ") for line in (WRITTEN / "SHA256SUMS").read_text().splitlines()]
    files = {p.name: p for p in WRITTEN.iterdir() if p.suffix != ".py" and p.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in files.items()} == {n: s for s, n in rows}


@pytest.mark.parametrize("name", RARE)
def test_damage_anywhere_in_a_rare_type_never_fails_a_reader(name: str) -> None:
    """Bytes changed, taken out and put in make gaps, or another type, and no reader fails on them."""
    data, dice = RARE[name][1], random.Random(name)
    data = data[:20_000]
    for _ in range(60):
        at, length = dice.randrange(min(len(data), dice.choice((64, len(data))))), dice.randrange(1, 9)
        damaged = data[:at] + dice.randbytes(dice.randrange(9)) + data[at + length * dice.randrange(2) :]
        assert not [gap for gap in seen(damaged).gaps if "our own" in gap.says]


def _thumbnail(picture: bytes, *, old: bool = False, behind: bytes = b"") -> bytes:
    """Return a stream of a `Thumbs.db`: of Windows XP, or as those since write it."""
    head = struct.pack("<III", 12, 1, len(picture)) if old else struct.pack("<IIIIQ", 24, 3, len(picture), 0, 7)
    return head + picture + behind


_NEW = "256_0123456789abcdef"


def test_small_pictures_of_a_folder_are_examined() -> None:
    """A `Thumbs.db` is nothing to hold, and a marked picture in it speaks; it is held where anything else is in it."""
    catalog = struct.pack("<HHI", 16, 5, 1) + bytes(100)
    plain, old = (
        {_NEW: _thumbnail(jpeg()), "96_0123456789ABCDEF": _thumbnail(png())},
        {"1": _thumbnail(jpeg(), old=True)},
    )
    for streams in (plain, plain | {"Catalog": catalog}, old | {"Catalog": catalog}):
        assert not held(seen(packing.storage(streams, of=bytes(16))))
    for streams in ({_NEW: _thumbnail(PICTURE)}, old | {"2": _thumbnail(TRACE, old=True)}):
        assert {(s.claim, s.strength) for s in seen(packing.storage(streams, of=bytes(16))).signals} == PART
    for odd in (
        {_NEW: _thumbnail(jpeg(), behind=b"more")},
        {_NEW: _thumbnail(b"no picture")},
        {_NEW: _thumbnail(jpeg())[:-2] + b"\0"},
        plain | {"WordDocument": b"a text"},
        plain | {"a/256_0123456789abcdef": _thumbnail(jpeg())},
        {"Catalog": catalog},
        plain | {"Catalog": catalog + TRACE},
    ):
        assert seen(packing.storage(odd, of=bytes(16))).gaps


def test_what_stands_behind_a_storage_is_examined() -> None:
    """A picture behind an AAF, or the pictures of a folder, flags it."""
    for data in (packing.storage({"a": b"b"}), packing.storage({_NEW: _thumbnail(jpeg())}, of=bytes(16))):
        assert {(s.claim, s.strength) for s in seen(data + TRACE).signals} == PART
