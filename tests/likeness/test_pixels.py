"""Pictures as they are decoded: what is the same however it is saved, and what is not."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, TiffImagePlugin

from provenance.containers import walk
from provenance.files import BufferMedia
from provenance.likeness import coded_likeness
from provenance.likeness.pixels import pixel_likeness
from provenance.sameness import PIXELS, PLAIN, SHAPE, STILL
from tests.likeness.pictures import deep_png, deep_tiff, drawing, saved

SIZE = (160, 120)


def likeness(data: bytes) -> dict[str, bytes]:
    """Return the likenesses of a file by algorithm, decoded ones too."""
    media = BufferMedia(data)
    container = walk(media)
    found = (*coded_likeness(container, media), *pixel_likeness(container, media))
    return {algorithm: value for algorithm, _, value in found}


def pixels(data: bytes) -> bytes:
    """Return the value of a picture's pixels; fails where there is none."""
    value = likeness(data)[PIXELS]
    assert len(value) == 16
    return value


def test_every_form_without_loss_is_the_same() -> None:
    """PNG of any compression, TIFF of any, WebP without loss, with a needless alpha channel: one value."""
    image = drawing()
    opaque = image.convert("RGBA")
    forms = [
        saved(image),
        saved(image, compress_level=1),
        saved(image, optimize=True),
        saved(image, "TIFF"),
        saved(image, "TIFF", compression="tiff_lzw"),
        saved(image, "TIFF", compression="tiff_adobe_deflate"),
        saved(image, "TIFF", compression="packbits"),
        saved(image, "WEBP", lossless=True),
        saved(opaque),
        saved(opaque, "TIFF"),
    ]
    assert len({pixels(f) for f in forms}) == 1
    assert len({likeness(f)[SHAPE] for f in forms}) == 1


def test_palettes_and_greys_are_what_they_show() -> None:
    """A picture with a palette is the same as the colours it shows, and a grey one as grey in colour."""
    few = drawing().quantize(200)
    assert pixels(saved(few)) == pixels(saved(few.convert("RGB"))) == pixels(saved(few, "TIFF"))
    grey = drawing(mode="L")
    assert pixels(saved(grey)) == pixels(saved(grey.convert("RGB"))) == pixels(saved(grey, "WEBP", lossless=True))


def test_colours_that_cannot_be_seen_do_not_count() -> None:
    """WebP and others drop the colours of what is transparent; where it shows, alpha counts."""
    image = drawing(mode="RGBA")
    blotted = image.copy()
    spot = image.getpixel((3, 3))
    assert isinstance(spot, tuple)
    image.putpixel((3, 3), (10, 20, 30, 0))
    blotted.putpixel((3, 3), (200, 0, 0, 0))
    assert pixels(saved(image)) == pixels(saved(blotted)) == pixels(saved(blotted, "WEBP", lossless=True))
    blotted.putpixel((3, 3), (200, 0, 0, 1))
    assert pixels(saved(image)) != pixels(saved(blotted))


def test_one_other_pixel_is_another_picture() -> None:
    """The nearest miss there is."""
    image = drawing()
    other = image.copy()
    red, *rest = image.getpixel((80, 60))  # type: ignore[misc]
    other.putpixel((80, 60), (red ^ 1, *rest))
    assert pixels(saved(image)) != pixels(saved(other))


def test_sixteen_bits_stay_sixteen_bits() -> None:
    """In colour and grey, PNG and TIFF of either order: the lowest bit counts, and eight bits are another picture."""
    chance = random.Random(5)
    values = [chance.randrange(65536) for _ in range(SIZE[0] * SIZE[1] * 3)]
    close = [*values[:-1], values[-1] ^ 1]
    deep = pixels(deep_png(values, SIZE, 3))
    assert deep == pixels(deep_tiff(values, SIZE)) == pixels(deep_tiff(values, SIZE, ">"))
    assert deep != pixels(deep_png(close, SIZE, 3))
    flat = Image.frombytes("RGB", SIZE, bytes(v >> 8 for v in values))
    assert deep != pixels(saved(flat))
    grey = values[: SIZE[0] * SIZE[1]]
    image = Image.frombytes("I;16", SIZE, struct.pack(f"<{len(grey)}H", *grey))
    assert pixels(deep_png(grey, SIZE, 1)) == pixels(saved(image)) == pixels(saved(image, "TIFF"))
    assert pixels(deep_png([*grey[:-1], grey[-1] ^ 1], SIZE, 1)) != pixels(saved(image))


def test_a_jpeg_rearranged_or_decoded_is_the_same() -> None:
    """What jpegtran does, and what somebody saves who opened it: the pixels are those of the JPEG."""
    image = drawing().resize((320, 240), Image.Resampling.BICUBIC)
    plain, better = saved(image, "JPEG", quality=85), saved(image, "JPEG", quality=85, progressive=True, optimize=True)
    assert likeness(plain)[STILL] != likeness(better)[STILL]
    assert pixels(plain) == pixels(better) == pixels(saved(Image.open(io.BytesIO(plain))))
    assert likeness(plain)[SHAPE].startswith(likeness(saved(image))[SHAPE])


def test_the_orientation_is_metadata() -> None:
    """A tag that asks for turning changes nothing."""
    image = drawing()
    exif = Image.Exif()
    exif[0x0112] = 6
    assert pixels(saved(image, exif=exif)) == pixels(saved(image))


def test_what_moves_is_not_its_first_picture() -> None:
    """Of an animation the first picture counts, and how many there are."""
    first, second = drawing(1), drawing(2)
    moving = saved(first, save_all=True, append_images=[second])
    assert pixels(moving) not in {pixels(saved(first)), pixels(saved(second))}
    assert pixels(moving) == pixels(saved(first, "WEBP", lossless=True, save_all=True, append_images=[second]))


@pytest.mark.parametrize("colours", [1, 2, 16])
def test_what_says_nothing_has_no_value(colours: int) -> None:
    """One colour, a mask, a flat slate; with one colour more it may be a picture."""
    image = Image.new("RGB", SIZE)
    image.putdata([(n * 7, 3, n) for n in range(colours)] * (SIZE[0] * SIZE[1] // colours))
    found = likeness(saved(image))
    assert found[PLAIN] == b""
    assert PIXELS not in found
    image.putpixel((0, 0), (255, 255, 255))
    image.putpixel((1, 0), (255, 255, 254))
    assert (PIXELS in likeness(saved(image))) is (colours + 2 > 16)


def test_an_icon_has_no_likeness() -> None:
    """99 by 100 pixels are too few, 100 by 100 are enough."""
    assert PIXELS not in likeness(saved(drawing(size=(99, 100))))
    assert STILL not in likeness(saved(drawing(size=(99, 100))))
    assert likeness(saved(drawing(size=(100, 100)))).keys() == {SHAPE, STILL, PIXELS}


def test_what_cannot_be_decoded_says_so() -> None:
    """A picture that would fill the memory, one that is cut short, one that is damaged: empty, never a value."""
    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    whole = saved(drawing())
    for data in (bomb, whole[: len(whole) // 2], whole.replace(b"IDATx", b"IDATy")):
        assert likeness(data)[PIXELS] == b""


def test_a_tiff_that_says_it_is_a_negative_is_decoded_too() -> None:
    """One tag makes a TIFF a DNG: its first picture has the same pixels as ever, and does not escape being compared."""
    image = drawing()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[0xC612] = b"\1\4\0\0"
    tags.tagtype[0xC612] = 1
    negative = saved(image, "TIFF", tiffinfo=tags)
    form = walk(BufferMedia(negative)).format
    assert form is not None
    assert form.media_type == "image/x-adobe-dng"
    assert likeness(negative)[PIXELS] == likeness(saved(image))[PIXELS] != b""
