"""Text hidden in the lowest bits of a PNG ("stealth pnginfo"), as NovelAI and plug-ins for AUTOMATIC1111 write it.

The bits run down the columns, from the left: fifteen letters that name the form, the number of bits as 32 bits, and
then the text, plain or gzip. They stand in the alpha channel, or in red, green and blue where there is none.

The first column is looked at without decoding the picture: of a row no more than its first pixel is needed, whatever
its filter is (PNG, third edition, 9.2), and in nearly every picture the first bit of the first row is the wrong one.
"""

import gzip
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from provenance.containers.model import Container, Visitor
from provenance.containers.window import Window
from provenance.evidence import Claim, Gap, Kind, Strength
from provenance.files import Media
from provenance.signals.findings import Findings, Mark
from provenance.signals.generator import generator_text

if TYPE_CHECKING:
    from PIL import Image

_HEADER = 33
_RGB, _RGBA = 2, 6
_ALPHA = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
_COLOURS = {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""Each form, and whether its text is compressed."""
_MAGIC = 15
_LENGTH = 32
_LARGEST = 1 << 20
"""Bytes of hidden text that are read, and that they may decompress to eight of."""
_MOST_PIXELS = 1 << 25
_WIDEST = 1 << 16
_PIECE = 4096
_STEPS = 4096


class _Picture(NamedTuple):
    """What the header of a PNG says, if it is one that can hide text."""

    width: int
    height: int
    channels: int
    interlaced: bool

    @property
    def forms(self) -> dict[bytes, bool]:
        return _ALPHA if self.channels == 4 else _COLOURS


def read_stealth(container: Container, media: Media, _visitor: Visitor | None = None) -> Findings:
    """Return the mark of hidden text in a PNG. Decodes pixels only where the first of them spell its name."""
    if container.format is None or container.format.media_type != "image/png":
        return Findings()
    window = Window(media)
    picture = _picture(window)
    if picture is None:
        return Findings()
    place = f"PNG pixels, lowest bits of {'alpha' if picture.channels == 4 else 'red, green and blue'}"
    try:
        name = _name(window, media, picture)
    except _FAULTS as error:
        return Findings(gaps=(Gap(place, f"they cannot be decoded: {type(error).__name__}"),))
    if name not in picture.forms:
        return Findings()
    try:
        text = _hidden_text(media, picture, compressed=picture.forms[name])
    except _FAULTS as error:
        gap = Gap(place, f"{name.decode()} stands there, and what follows cannot be read: {type(error).__name__}")
        return Findings((_mark(name).at(Kind.PIXELS, place),), (gap,))
    flags = (m for m in generator_text("parameters", text) if m.claim is Claim.AI_GENERATED)
    mark = next(flags, None)
    says = _mark(name) if mark is None else Mark(mark.claim, Strength.TRACE, f"{_mark(name).says}: {mark.says}")
    return Findings((says.at(Kind.PIXELS, place),))


_FAULTS = (ValueError, OSError, EOFError, zlib.error, struct.error, SyntaxError, LookupError, ArithmeticError, Warning)
"""What gzip and Pillow raise for what a file holds."""


def _mark(name: bytes) -> Mark:
    return Mark(Claim.AI_GENERATED, Strength.TRACE, f"text of a generator hidden in the pixels ({name.decode()})")


def _picture(window: Window) -> _Picture | None:
    head = window.at(0, _HEADER)
    depth, colour, interlaced = head[24:25], head[25:26], head[28:29] != b"\0"
    if len(head) < _HEADER or head[12:16] != b"IHDR" or depth != b"\x08" or colour[0] not in {_RGB, _RGBA}:
        return None
    width, height = (int.from_bytes(head[at : at + 4], "big") for at in (16, 20))
    channels = 4 if colour[0] == _RGBA else 3
    enough = width * height * (1 if channels == 4 else 3) >= _MAGIC * 8 + _LENGTH
    return _Picture(width, height, channels, interlaced) if enough and width <= _WIDEST else None


def _name(window: Window, media: Media, picture: _Picture) -> bytes:
    """Return the letters that the first pixels spell, or nothing as soon as they are none of a form's.

    Only where the first column is too short, or the rows are interlaced, and what was seen of it fits, is all decoded.
    Raises what the decoders raise.
    """
    starts = ["".join(f"{byte:08b}" for byte in form) for form in picture.forms]
    bits = ""
    for pixel in _first_pixels(window, picture):
        bits += "".join("01"[value & 1] for value in (pixel[3:] if picture.channels == 4 else pixel))
        if not any(start.startswith(bits[: _MAGIC * 8]) for start in starts):
            return b""
        if len(bits) >= _MAGIC * 8:
            return int(bits[: _MAGIC * 8], 2).to_bytes(_MAGIC, "big")
        if picture.interlaced:
            break
    return _bits(media, picture, 0, _MAGIC * 8) if bits else b""


def _first_pixels(window: Window, picture: _Picture) -> Iterator[bytes]:
    """Yield the first pixel of each row.

    To its left there is nothing, so that every filter but Sub adds the pixel above, Average half of it, and Paeth's
    choice is the one above too.
    """
    size = 1 + picture.width * picture.channels
    above = bytes(picture.channels)
    row = bytearray()
    skip = 0
    for data in _inflated(window):
        row += data[skip:] if skip < len(data) else b""
        skip = max(0, skip - len(data))
        while len(row) > picture.channels:
            kind, raw = row[0], row[1 : 1 + picture.channels]
            if kind == 3:
                above = bytes((a + b // 2) & 0xFF for a, b in zip(raw, above, strict=True))
            elif kind in {2, 4}:
                above = bytes((a + b) & 0xFF for a, b in zip(raw, above, strict=True))
            else:
                above = bytes(raw)
            yield above
            skip = max(0, size - len(row))
            del row[:size]


def _inflated(window: Window) -> Iterator[bytes]:
    """Yield the decompressed picture piece by piece, as far as it is sound."""
    stream = zlib.decompressobj()
    at = 8
    for _ in range(_STEPS):
        head = window.at(at, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind == b"IEND":
            return
        start = at + 8
        while kind == b"IDAT" and start < at + 8 + length:
            piece = window.at(start, min(_PIECE, at + 8 + length - start))
            if not piece:
                return
            start += len(piece)
            while piece:
                try:
                    yield stream.decompress(piece, 4 * _PIECE)
                except zlib.error:
                    return
                piece = stream.unconsumed_tail
            if stream.eof:
                return
        at += 12 + length


def _hidden_text(media: Media, picture: _Picture, *, compressed: bool) -> str:
    """Return the text that is hidden. Raises `ValueError`, or what the decoders raise, where it cannot be had."""
    start = _MAGIC * 8
    length = int.from_bytes(_bits(media, picture, start, _LENGTH), "big")
    if length > 8 * _LARGEST:
        raise ValueError(length)
    data = _bits(media, picture, start + _LENGTH, length // 8 * 8)
    if compressed:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            data = stream.read(8 * _LARGEST)
    return data.decode("utf-8", "replace")


def _bits(media: Media, picture: _Picture, start: int, count: int) -> bytes:
    """Return hidden bits as bytes: of the columns they stand in, no others."""
    per_pixel = 1 if picture.channels == 4 else 3
    columns = -(-(start + count) // (picture.height * per_pixel))
    if columns > picture.width:
        raise ValueError(columns)
    from PIL import Image

    with _decoded(media, picture) as image:
        part = image.crop((0, 0, columns, picture.height)).transpose(Image.Transpose.TRANSPOSE)
        values = (part.getchannel("A") if per_pixel == 1 else part.convert("RGB")).tobytes()
    return int(values.translate(_LOWEST)[start : start + count] or b"0", 2).to_bytes(-(-count // 8), "big")


_LOWEST = bytes(b"01"[value & 1] for value in range(256))


def _decoded(media: Media, picture: _Picture) -> "Image.Image":
    """Return the picture, decoded. Raises `ValueError` where that would take too much memory."""
    from PIL import Image

    if picture.width * picture.height > _MOST_PIXELS:
        raise ValueError(picture.width * picture.height)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = Image.open(media.stream(), formats=("PNG",))
        except Image.DecompressionBombError as error:
            raise ValueError(str(error)) from error
        if image.size != (picture.width, picture.height):
            raise ValueError(image.size)
        image.load()
    return image
