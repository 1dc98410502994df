"""What is coded: the same whatever is done to metadata and containers, and never the same by accident."""

import hashlib
import io
import random
import struct
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from provenance.containers import walk
from provenance.files import BufferMedia, Media
from provenance.likeness import coded_likeness
from provenance.sameness import SOUND, SOUNDTRACK, SPARSE, STILL, VIDEO
from tests import newsroom
from tests.containers.making import box
from tests.likeness.pictures import drawing, saved

TWINS = Path(__file__).resolve().parents[2] / "fixtures" / "likeness"


def likeness(data: bytes | Media) -> dict[str, bytes]:
    """Return the likenesses of a file by algorithm, without decoding."""
    media = BufferMedia(data) if isinstance(data, bytes) else data
    return {algorithm: value for algorithm, _, value in coded_likeness(walk(media), media)}


def of(name: str) -> dict[str, bytes]:
    """Return the likenesses of a fixture."""
    return likeness((TWINS / name).read_bytes())


FLAT: list[tuple[str, dict[str, object]]] = [
    ("TIFF", {}),
    ("TIFF", {"compression": "packbits"}),
    ("PNG", {"compress_level": 0}),
    ("PNG", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("JPEG", {"quality": 95, "subsampling": 0}),
    ("JPEG", {"quality": 100, "subsampling": 0}),
    ("WEBP", {"lossless": True}),
]


@pytest.mark.parametrize(("form", "options"), FLAT)
@pytest.mark.parametrize("size", [(1920, 1080), (120, 100)])
def test_a_plain_picture_is_like_nothing_however_it_is_saved(
    form: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    """One flagged black frame must not flag all others; a picture of which only a part says something is known."""
    black = Image.new("RGB", size)
    bars = black.copy()
    for n, colour in enumerate(("white", "yellow", "cyan", "lime", "magenta", "red", "blue")):
        bars.paste(colour, (n * size[0] // 7, 0, size[0], size[1]))
    assert STILL not in likeness(saved(black, form, **options))
    if size[0] > 1000:
        assert STILL not in likeness(saved(bars, form, **options))
    part = black.copy()
    part.paste(drawing(size=(size[0] // 3, size[1] // 2)), (size[0] // 2, size[1] // 3))
    assert STILL in likeness(saved(part, form, **options))


# --- pictures --------------------------------------------------------------------------------------------------------


def test_metadata_of_a_jpeg_makes_no_difference() -> None:
    """EXIF, a comment, a credential, a preview behind the picture: the picture is the same; recompressed it is not."""
    image = drawing()
    plain = saved(image, "JPEG", quality=80)
    exif = Image.Exif()
    exif[0x010E] = "a harbour at night"
    signed = newsroom.signed(newsroom.manifest(newsroom.action("created", newsroom.TRAINED)), plain, newsroom.JPEG)
    index = b"\xff\xe2\0\x08MPF\0\0\0"
    same = [plain, saved(image, "JPEG", quality=80, exif=exif, comment=b"by hand"), signed, plain + bytes(9)]
    same += [plain[:2] + index + plain[2:] + plain]
    assert len({likeness(data)[STILL] for data in same}) == 1
    assert likeness(saved(image, "JPEG", quality=79))[STILL] != likeness(plain)[STILL]


def test_metadata_of_a_png_makes_no_difference() -> None:
    """Text, a credential, another cut of its data; but what belongs to the picture counts."""
    image = drawing()
    plain = saved(image)
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "a lighthouse")
    at = plain.index(b"IDAT") - 4
    length = int.from_bytes(plain[at : at + 4], "big")
    data = plain[at + 8 : at + 8 + length]
    cut = (
        plain[:at]
        + b"".join(newsroom.png_chunk(b"IDAT", d) for d in (data[:99], data[99:]))
        + plain[at + 12 + length :]
    )
    signed = newsroom.signed(newsroom.manifest(newsroom.action("created", newsroom.TRAINED)), plain, newsroom.PNG)
    assert len({likeness(d)[STILL] for d in (plain, saved(image, pnginfo=text), cut, signed)}) == 1
    few = image.quantize(200)
    other = few.copy()
    palette = few.getpalette()
    assert palette is not None
    other.putpalette([255 - v for v in palette])
    assert likeness(saved(few))[STILL] != likeness(saved(other))[STILL]


def test_metadata_of_tiff_and_webp_makes_no_difference() -> None:
    """Tags move the strips of a TIFF about; the strips are the same."""
    image = drawing()
    exif = Image.Exif()
    exif[0x010E] = "a harbour at night, with a description that is longer than any pointer"
    for form, options in (("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"quality": 90})):
        bare, told = saved(image, form, **options), saved(image, form, **options, exif=exif)
        assert bare != told
        assert likeness(bare)[STILL] == likeness(told)[STILL]
        other = saved(drawing(1), form, **options)
        assert likeness(bare)[STILL] != likeness(other)[STILL]


def test_a_picture_with_hardly_anything_in_it_is_like_none() -> None:
    """A plain area as PNG and JPEG, and a mask with one edge: there are thousands that are the same."""
    plain = Image.new("RGB", (1920, 1080), (0, 0, 0))
    mask = plain.copy()
    mask.paste((255, 255, 255), (0, 140, 1920, 940))
    ramp = Image.linear_gradient("L").resize((1920, 1080))
    for image in (plain, mask):
        for data in (saved(image), saved(image, "JPEG", quality=90), saved(image, "TIFF", compression="tiff_lzw")):
            assert STILL not in likeness(data)
    assert STILL not in likeness(saved(ramp))
    assert STILL in likeness(saved(drawing(size=(1920, 1080))))


# --- films and sound -------------------------------------------------------------------------------------------------


def test_a_film_is_the_same_in_every_container() -> None:
    """MP4, QuickTime with its index first, Matroska, fragments: the packets of each track are the same."""
    films = [of(name) for name in ("clip.mp4", "clip.mov", "clip.mkv", "clip.fragments.mp4")]
    assert all(film == films[0] for film in films)
    assert films[0].keys() == {VIDEO, SOUNDTRACK}
    assert of("clip-silent.mov") == {VIDEO: films[0][VIDEO]}
    assert of("clip-sound.m4a") == {SOUND: films[0][SOUNDTRACK]}
    other = of("other.mp4")
    assert other[SOUNDTRACK] == films[0][SOUNDTRACK]
    assert other[VIDEO] != films[0][VIDEO]


@pytest.mark.parametrize("group", [("voice.wav", "voice-wav.mov", "voice-wav.mka"), ("voice.mp3", "voice-mp3.mp4"),
                                   ("voice.m4a", "voice-m4a.mp4", "voice-m4a.mka")])  # fmt: skip
def test_a_sound_is_the_same_in_every_container(group: tuple[str, ...]) -> None:
    """WAV, MP3 and AAC, by themselves and in films without pictures."""
    assert len({of(name)[SOUND] for name in group}) == 1


def test_headers_of_a_wav_make_no_difference() -> None:
    """Broadcast headers, lists, 64-bit lengths, and lengths that were never written: the data is the same."""
    plain = (TWINS / "voice.wav").read_bytes()
    at = plain.index(b"data")
    head, data = plain[12:at], plain[at + 8 :]

    def chunk(kind: bytes, body: bytes, length: int | None = None) -> bytes:
        return kind + struct.pack("<I", len(body) if length is None else length) + body + bytes(len(body) % 2)

    described = (
        b"WAVE" + chunk(b"bext", bytes(602)) + head + chunk(b"data", data) + chunk(b"LIST", b"INFOIART\1\0\0\0x\0")
    )
    large = b"WAVE" + chunk(b"ds64", struct.pack("<QQQI", 0, len(data), 0, 0)) + head + chunk(b"data", data, 0xFFFFFFFF)
    forms = [plain, chunk(b"RIFF", described), chunk(b"RF64", large, 0xFFFFFFFF)]
    assert len({likeness(form)[SOUND] for form in forms}) == 1


def test_tags_of_an_mp3_and_a_flac_make_no_difference() -> None:
    """Tags before and behind the sound, and other blocks of metadata."""
    mp3 = (TWINS / "voice.mp3").read_bytes()
    start = mp3.index(b"\xff\xfb")
    tag = b"ID3\x04\0\0\0\0\x02\0" + bytes(256)
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0) + bytes(8)
    forms = [mp3, mp3[start:], tag + mp3[start:], mp3 + b"TAG" + bytes(125), mp3 + ape + b"TAG" + bytes(125)]
    assert len({likeness(form)[SOUND] for form in forms}) == 1
    chance = random.Random(4)
    frames = b"\xff\xf8" + bytes(chance.randrange(256) for _ in range(9000))
    info = b"\0\0\0\x22" + bytes(34)
    bare = b"fLaC\x80" + info[1:] + frames
    told = b"fLaC" + info + b"\x84\0\0\x10" + bytes(16) + frames
    assert likeness(bare)[SOUND] == likeness(told)[SOUND]


def wav(samples: bytes) -> bytes:
    """Return a WAV of 48 kHz, mono, 16 bits."""
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
    body = b"WAVE" + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_silence_and_a_test_tone_are_like_none() -> None:
    """Every silence is the same; a whisper is not silence."""
    tone = struct.pack("<48h", *(round(9000 * abs(n - 24) / 24) for n in range(48)))
    chance = random.Random(1)
    whisper = struct.pack("<48000h", *(chance.randrange(-3, 4) for _ in range(48000)))
    assert likeness(wav(bytes(96000))) == {}
    assert likeness(wav(tone * 1000)) == {}
    assert likeness(wav(whisper[:4000])) == {}
    assert SOUND in likeness(wav(whisper))
    assert likeness((Path(TWINS).parent / "films" / "plain.mp3").read_bytes()) == {}


# --- large, damaged, hostile -----------------------------------------------------------------------------------------


class Hollow:
    """A file of any size, of which only the start is there and the rest is made as it is read; it counts."""

    def __init__(self, head: bytes, size: int, other: int = 0) -> None:
        self.head, self.size, self.other = head, size, other
        self.taken = 0

    def read(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        self.taken += length
        made = bytearray(random.Random(offset // 4096).randbytes(min(length, 4096))) * (length // 4096 + 1)
        if offset <= self.other < offset + length:
            made[self.other - offset] ^= 1
        there = self.head[offset : offset + length]
        return there + bytes(made[len(there) : length])

    def stream(self) -> io.BytesIO:
        return io.BytesIO(self.head)


def large_film(lengths: list[int], *, one: int = 0) -> Hollow:
    """Return a film with its index first, whose one track has packets of these lengths in chunks of ten."""
    count = len(lengths)
    total = sum(lengths)
    table = struct.pack(">III", 0, one, count) + (b"" if one else struct.pack(f">{count}I", *lengths))
    runs = struct.pack(">IIIII", 0, 1, 1, 10, 1)

    def whole(base: int) -> bytes:
        places, at = [], base
        for n in range(0, count, 10):
            places.append(at)
            at += sum(lengths[n : n + 10])
        chunks = struct.pack(f">II{len(places)}Q", 0, len(places), *places)
        entry = struct.pack(">I4s24xHH", 86, b"avc1", 1920, 1080) + bytes(50)
        tables = box(b"stsd", struct.pack(">II", 0, 1) + entry) + box(b"stsz", table)
        tables += box(b"stsc", runs) + box(b"co64", chunks)
        track = box(b"tkhd", bytes(12) + struct.pack(">I", 1) + bytes(68)) + box(
            b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(13)) + box(b"minf", box(b"stbl", tables))
        )
        film = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", track))
        return box(b"ftyp", b"qt  " + bytes(4)) + film + struct.pack(">I4sQ", 1, b"mdat", 16 + total)

    head = whole(len(whole(0)))
    return Hollow(head, len(head) + total)


def test_a_large_film_is_known_by_parts_of_it() -> None:
    """40 GiB cost what 256 parts of it cost; a film whose packets all have one length is alike at the most."""
    film = large_film([10_000_000 + n % 977 for n in range(4000)])
    found = likeness(film)
    assert found.keys() == {VIDEO}
    assert film.taken < 64 << 20
    other = large_film([10_000_000 + n % 977 for n in range(3999)] + [10_000_000])
    assert likeness(other)[VIDEO] != found[VIDEO]
    even = large_film([1_000_000] * 1000, one=1_000_000)
    assert likeness(even).keys() == {SPARSE}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.fragments.mp4", "voice.wav", "voice.mp3"])
def test_no_bytes_make_it_raise(name: str) -> None:
    """Damaged tables, lengths beyond the end, cut files: like nothing, or like something, and never an error."""
    data = (TWINS / name).read_bytes()
    chance = random.Random(name)
    for cut in range(60):
        hurt = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(min(len(hurt), 2000)) if chance.random() < 0.7 else chance.randrange(len(hurt))
            hurt[at] = chance.choice((0, 255, chance.randrange(256)))
        likeness(bytes(hurt[: chance.randrange(len(hurt))] if cut % 3 == 0 else hurt))


def test_tables_that_lie_are_like_nothing() -> None:
    """A track that reaches beyond the end of its file, and a table of more packets than any film has."""
    film = large_film([300_000, 200_000])
    cut = Hollow(film.head, film.size - 1)
    assert likeness(cut) == {}
    at = film.head.index(b"stsz") + 12
    assert likeness(Hollow(film.head[:at] + b"\xff\xff\xff\xff" + film.head[at + 4 :], film.size)) == {}


def test_all_values_of_the_fixtures_differ_where_they_should() -> None:
    """No two groups share a value."""
    values = [sorted(of(name).values()) for name in ("clip.mp4", "voice.wav", "voice.mp3", "voice.m4a")]
    flat = sorted(value for group in values for value in group)
    assert all(one != other for one, other in pairwise(flat))


def test_the_fixtures_are_what_was_made() -> None:
    """Each file is the one its sum was written for."""
    for line in (TWINS / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((TWINS / name).read_bytes()).hexdigest() == digest
