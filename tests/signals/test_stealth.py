"""Text hidden in pixels: found where it is, looked for cheaply, and never at the cost of the reader."""

import gzip
import io
import random
import struct
import subprocess
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance.containers import walk
from provenance.containers.window import Window
from provenance.evidence import Claim, Kind, Strength
from provenance.files import BufferMedia
from provenance.signals import Findings, read_signals
from provenance.signals.stealth import _first_pixels, _Picture, _picture
from tests.containers.making import chunk
from tests.signals.hiding import hidden
from tests.signals.rows import INFOTEXT, NOVEL

FORMS = [b"stealth_pnginfo", b"stealth_pngcomp", b"stealth_rgbinfo", b"stealth_rgbcomp"]


def examined(data: bytes) -> Findings:
    """Return the marks and gaps of the pixels, none of the container."""
    media = BufferMedia(data)
    found = read_signals(walk(media), media)
    return Findings(tuple(s for s in found.signals if s.kind is Kind.PIXELS), found.gaps)


def png(width: int, height: int, rows: bytes, *, colour: int = 6, interlace: int = 0, more: bytes = b"") -> bytes:
    """Return a PNG of filtered rows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [(40, 140), (300, 50), (2048, 3), (5600, 1)])
def test_hidden_text_is_found_in_pictures_of_any_shape(form: bytes, size: tuple[int, int]) -> None:
    """Tall pictures have the name in their first column, low ones in several: each is read."""
    (signal,) = examined(hidden(INFOTEXT, form, size)).signals
    assert (signal.claim, signal.strength) == (Claim.AI_GENERATED, Strength.TRACE)
    assert "AUTOMATIC1111" in signal.says
    assert form.decode() in signal.says


def test_a_hidden_prompt_is_never_repeated() -> None:
    """What is hidden is said by its kind, not in its words."""
    assert "SECRET" not in repr(examined(hidden(f"TOPSECRET {INFOTEXT}", FORMS[1])))


def test_any_other_hidden_text_is_a_trace_too() -> None:
    """Nobody but generators writes the name; what follows it need not be understood."""
    (signal,) = examined(hidden("nothing we know", FORMS[1])).signals
    assert (signal.claim, signal.strength) == (Claim.AI_GENERATED, Strength.TRACE)


@pytest.mark.parametrize("name", [b"stealth_pngcmop", b"stealth_pngcom\0", b"stealti_pngcomp"])
def test_another_name_is_silent(name: bytes) -> None:
    """One changed letter is another name: 120 bits do not come about by chance, nor by a changed byte in a stream."""
    assert examined(hidden(INFOTEXT, name)) == Findings()


@pytest.mark.parametrize("form", FORMS)
def test_a_text_that_cannot_be_read_still_flags(form: bytes) -> None:
    """The name flags by itself; where compressed text behind it is cut short, that is a gap as well."""
    found = examined(hidden(INFOTEXT, form, (40, 140), cut=30))
    assert [(s.claim, s.strength) for s in found.signals] == [(Claim.AI_GENERATED, Strength.TRACE)]
    assert len(found.gaps) == form.endswith(b"comp")


def test_a_text_longer_than_the_picture_is_a_gap() -> None:
    """A length that leads out of the picture is no reason to say nothing."""
    bits = "".join(f"{b:08b}" for b in b"stealth_pngcomp" + (1 << 20).to_bytes(4, "big"))
    rows = b"".join(b"\0" + bytes([9, 9, 9, 254 | int(bit)]) for bit in bits)
    found = examined(png(1, len(bits), rows))
    assert len(found.signals) == len(found.gaps) == 1


def test_a_bomb_behind_the_name_is_not_decompressed() -> None:
    """A hidden text that decompresses to a gigabyte is read within bounds."""
    data = gzip.compress(bytes(64 << 20), 9)
    bits = "".join(f"{b:08b}" for b in b"stealth_pngcomp" + (8 * len(data)).to_bytes(4, "big") + data)
    height = 1024
    bits += "0" * (-len(bits) % height)
    width = len(bits) // height
    alpha = Image.frombytes("L", (height, width), bytes(254 | int(b) for b in bits)).transpose(
        Image.Transpose.TRANSPOSE
    )
    image = Image.new("RGBA", (width, height))
    image.putalpha(alpha)
    out = io.BytesIO()
    image.save(out, "PNG")
    assert len(examined(out.getvalue()).signals) == 1


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (1 << 31, 9), (65_537, 200)])
def test_a_picture_too_large_to_decode_is_not(width: int, height: int) -> None:
    """A header that promises gigabytes costs nothing, interlaced or not."""
    for interlace in (0, 1):
        found = examined(png(width, height, bytes(5), interlace=interlace))
        assert found.signals == ()


def test_two_headers_do_not_make_it_decode_more() -> None:
    """A second header, which the decoder would believe, is a gap and not a gigabyte."""
    small = hidden(INFOTEXT, FORMS[1], (300, 50))
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0))
    found = examined(small[:33] + second + small[33:])
    assert found.gaps != ()


def test_an_ordinary_picture_is_looked_at_and_not_decoded() -> None:
    """A picture without hidden text makes no library load that decodes pictures or documents."""
    code = (
        "import sys; from provenance.containers import walk; from provenance.files import BufferMedia\n"
        "from provenance.signals import read_signals\n"
        f"m = BufferMedia(bytes.fromhex({hidden('', FORMS[0], (16, 130)).hex()!r}))\n"
        "read_signals(walk(m), m); print('PIL' in sys.modules, 'pikepdf' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


WEBP = {"alpha, without loss": (FORMS[0], {"lossless": True}), "alpha, with loss": (FORMS[1], {"quality": 60})}


@pytest.mark.parametrize(("form", "options"), WEBP.values(), ids=WEBP)
@pytest.mark.parametrize("size", [(40, 140), (300, 50), (5600, 1)])
def test_hidden_text_is_found_in_webp(form: bytes, options: dict[str, Any], size: tuple[int, int]) -> None:
    """Whatever becomes of the colours, alpha is kept as it is; the place says which file and which bits."""
    (signal,) = examined(hidden(INFOTEXT, form, size, container="WEBP", **options)).signals
    assert (signal.claim, signal.strength, signal.place) == (
        Claim.AI_GENERATED,
        Strength.TRACE,
        "WEBP pixels, lowest bits of alpha",
    )
    assert "AUTOMATIC1111" in signal.says
    assert examined(hidden("", form, size, container="WEBP", **options)) == Findings()


@pytest.mark.parametrize("form", FORMS[2:])
@pytest.mark.parametrize("size", [(40, 140), (300, 50)])
@pytest.mark.parametrize("container", ["PNG", "WEBP"])
def test_colours_hide_text_beside_alpha_too(form: bytes, size: tuple[int, int], container: str) -> None:
    """Somebody gave the picture an alpha channel afterwards: what the colours hide is still there."""
    options = {"lossless": True, "exact": True} if container == "WEBP" else {}
    (signal,) = examined(hidden(INFOTEXT, form, size, opaque=True, container=container, **options)).signals
    assert signal.place == f"{container} pixels, lowest bits of red, green and blue"
    assert "AUTOMATIC1111" in signal.says


def test_a_webp_that_cannot_be_decoded_is_a_gap_if_it_has_alpha() -> None:
    """Cut short, or too large to be decoded: nobody could look. Without alpha, nobody would have."""
    for options in ({"lossless": True}, {"quality": 60}):
        whole = hidden(INFOTEXT, FORMS[0], container="WEBP", **options)
        assert examined(whole[: len(whole) // 2]).gaps
    large = bytearray(hidden(INFOTEXT, FORMS[0], container="WEBP", quality=60))
    large[24:30] = b"\xff\xff\x3f\xff\xff\x00"
    found = examined(bytes(large))
    assert (found.signals, len(found.gaps)) == ((), 1)


def test_a_webp_without_alpha_or_that_moves_is_not_decoded() -> None:
    """Nearly all there are: nothing is loaded for them, whether they lose anything or not."""
    plain = hidden("", FORMS[2], (300, 200), container="WEBP", quality=60)
    exact = hidden(INFOTEXT, FORMS[2], (300, 200), container="WEBP", lossless=True)
    first = Image.open(io.BytesIO(hidden(INFOTEXT, FORMS[0])))
    moving = io.BytesIO()
    first.save(moving, "WEBP", lossless=True, save_all=True, append_images=[first.rotate(180)])
    code = (
        "import sys; from provenance.containers import walk; from provenance.files import BufferMedia\n"
        "from provenance.signals import read_signals\n"
        f"for h in {[plain.hex(), exact.hex(), moving.getvalue().hex()]!r}:\n"
        "    m = BufferMedia(bytes.fromhex(h)); assert not read_signals(walk(m), m).gaps\n"
        "print('PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


@given(data=st.data(), channels=st.sampled_from([3, 4]), width=st.integers(1, 5), height=st.integers(1, 8))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_the_first_column_is_had_without_the_others(
    data: st.DataObject, channels: int, width: int, height: int
) -> None:
    """Whatever filters the rows have, the first pixel of each is what a decoder makes of it."""
    size = width * channels
    rows = b"".join(
        bytes([data.draw(st.integers(0, 4))]) + data.draw(st.binary(min_size=size, max_size=size))
        for _ in range(height)
    )
    picture = png(width, height, rows, colour=6 if channels == 4 else 2)
    with Image.open(io.BytesIO(picture)) as image:
        decoded = image.tobytes()
    expected = [decoded[y * size : y * size + channels] for y in range(height)]
    assert list(_first_pixels(Window(BufferMedia(picture)), _shape(picture, width, channels))) == expected


def _shape(data: bytes, width: int, channels: int) -> _Picture:
    """Return what the reader knows of a picture, made as large as it has to be to be looked at."""
    head = bytearray(data)
    head[16:24] = struct.pack(">II", width, 4096)
    found = _picture(Window(BufferMedia(bytes(head))))
    assert found is not None
    assert (found.width, found.channels) == (width, channels)
    return found


@given(seed=st.integers(0, 1 << 30), form=st.sampled_from(FORMS), changes=st.integers(1, 6))
@settings(max_examples=120, derandomize=True, deadline=None)
def test_no_damage_makes_it_raise(seed: int, form: bytes, changes: int) -> None:
    """Changed, cut and doubled bytes end in a mark, a gap or nothing."""
    dice = random.Random(seed)
    kind: dict[str, Any] = dice.choice([{}, {"container": "WEBP", "lossless": True}, {"container": "WEBP"}])
    data = bytearray(hidden(NOVEL, form, (64, dice.choice([20, 130])), opaque=dice.random() < 0.5, **kind))
    for _ in range(changes):
        data[dice.randrange(len(data))] = dice.randrange(256)
    if dice.random() < 0.3:
        del data[dice.randrange(len(data)) :]
    examined(bytes(data))
