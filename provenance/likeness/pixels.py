"""Pictures as they are decoded: one value for all forms a picture is saved in without loss.

Palettes, interlacing, compression, byte order and a needless alpha channel make no difference, and colours are not
looked at where nothing of them is to be seen. Sixteen bits stay sixteen bits. The orientation that EXIF asks for is not
applied: it is metadata, and what is saved anew keeps the pixels. Of what moves, the first picture counts, and how many
there are.
"""

import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Final

import xxhash

from provenance.containers import Container
from provenance.files import Media
from provenance.likeness.still import FEWEST
from provenance.sameness import PIXELS, PLAIN, VERSION, Likeness

if TYPE_CHECKING:
    from PIL import Image, ImageFile

_FORMS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/x-adobe-dng": "TIFF",
    "image/webp": "WEBP",
}
"""Of all that have a `SHAPE`: what is asked for has to be answered, or it would pass without being compared."""
_MOVING = frozenset({"PNG", "WEBP"})
"""Pages of a TIFF and the further pictures of a JPEG are other pictures, not moments of one."""
_MOST_PIXELS = 1 << 26
"""Of more a worker has not the memory: a picture takes four bytes a pixel, and some of them are held at a time."""
_FEWEST_COLOURS = 16
"""So many colours have masks, slates and flat areas, which are the same without being related."""
_LOOKED = 100_000
"""Samples among which values are counted where Pillow does not count colours."""
_STRIPE = 1 << 20
_SWAPPED = {"16B": "16L", "16L": "16B", "16N": "16B"}
"""How the other byte of a sample is read: Pillow keeps only the upper one of three and four channels."""
_FAULTS = (
    MemoryError,
    ValueError,
    OSError,
    EOFError,
    zlib.error,
    struct.error,
    SyntaxError,
    LookupError,
    ArithmeticError,
    Warning,
    TypeError,
    NotImplementedError,
)
"""What Pillow raises for what a file holds."""


def pixel_likeness(container: Container, media: Media) -> tuple[Likeness, ...]:
    """Return the likeness of a picture by its pixels, or that it says nothing; none for what is no picture.

    The value is empty where it cannot be decoded: then it cannot be told whether it is the same as another.
    """
    form = _FORMS.get(container.format.media_type) if container.format else None
    if form is None:
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value = _digest(media, form)
    except _FAULTS:
        value = b""
    return ((PLAIN, VERSION, b""),) if value is None else ((PIXELS, VERSION, value),)


def _digest(media: Media, form: str) -> bytes | None:
    """Return the digest over a picture; None if it says nothing. Raises what Pillow raises, or `ValueError`."""
    image = _opened(media, form)
    wide, high = image.size
    if wide * high < FEWEST:
        return None
    head = struct.pack(">III", wide, high, getattr(image, "n_frames", 1) if form in _MOVING else 1)
    below = _other_bytes(media, form, image)
    image.load()
    if image.mode.startswith("I;16"):
        grey = image if image.mode == "I;16" else image.convert("I;16")
        return None if _few_values(grey) else _over(b"16 bits, grey" + head, grey)
    picture = _canonical(image)
    if picture.getcolors(_FEWEST_COLOURS) is not None:
        return None
    kind = picture.mode.encode() + head
    return _over(b"8 bits" + kind, picture) if below is None else _over(b"16 bits" + kind, picture, _canonical(below))


def _opened(media: Media, form: str) -> "ImageFile.ImageFile":
    """Open a picture. Raises what Pillow raises, `ValueError` where decoding would take too much memory."""
    from PIL import Image

    try:
        image = Image.open(media.stream(), formats=(form,))
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from error
    if image.size[0] * image.size[1] > _MOST_PIXELS:
        raise ValueError(image.size)
    return image


def _other_bytes(media: Media, form: str, image: "ImageFile.ImageFile") -> "Image.Image | None":
    """Return the lower bytes of a picture in colour with sixteen bits a sample, decoded as if they were the upper ones.

    Pillow keeps only the upper byte of each. None where there are no more than eight bits. Raises `ValueError` where
    the others cannot be had.
    """
    if not image.tile:
        return None
    arguments: str | tuple[str, ...] = image.tile[0].args or ""
    raw = arguments if isinstance(arguments, str) else arguments[0]
    channels, _, order = str(raw).partition(";")
    if not order.startswith("16") or image.mode.startswith("I"):
        return None
    if channels not in {"RGB", "RGBA", "CMYK"} or order not in _SWAPPED:
        raise ValueError(raw)
    other = _opened(media, form)
    swapped = f"{channels};{_SWAPPED[order]}"
    other.tile = [
        t._replace(args=swapped if isinstance(t.args, str) else (swapped, *(t.args or ())[1:])) for t in other.tile
    ]
    other.load()
    return other


def _canonical(image: "Image.Image") -> "Image.Image":
    """Return a picture in the one form that all its forms without loss have: RGB with alpha, or CMYK as it is.

    Raises `ValueError` for what has no such form.
    """
    from PIL import Image

    if image.mode == "CMYK":
        return image
    if image.mode not in {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX"}:
        raise ValueError(image.mode)
    picture = image if image.mode == "RGBA" else image.convert("RGBA")
    alpha = picture.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return picture
    # Some writers do not keep the colours of what cannot be seen.
    seen = alpha.point([0] + [255] * 255)
    return Image.composite(picture, Image.new("RGBA", picture.size), seen)


def _few_values(grey: "Image.Image") -> bool:
    values = memoryview(grey.tobytes()).cast("H")
    return len(set(values[:: max(1, len(values) // _LOOKED)])) <= _FEWEST_COLOURS


def _over(head: bytes, *pictures: "Image.Image") -> bytes:
    """Return the digest over some pictures, a stripe at a time."""
    digest = xxhash.xxh3_128(head)
    for picture in pictures:
        wide, high = picture.size
        rows = max(1, _STRIPE // (4 * wide))
        for top in range(0, high, rows):
            digest.update(picture.crop((0, top, wide, min(high, top + rows))).tobytes())
    return digest.digest()
