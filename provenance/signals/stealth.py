"""Text hidden in the lowest bits of a picture ("stealth pnginfo"), as NovelAI and plug-ins for AUTOMATIC1111 write it.

The bits run down the columns, from the left: fifteen letters that name the form, the number of bits as 32 bits, and
then the text, plain or gzip. They stand in the alpha channel, or in red, green and blue, be there alpha or not.

Of a PNG the first column is looked at without decoding the picture: of a row no more than its first pixel is needed,
whatever its filter is (PNG, third edition, 9.2), and in nearly every picture the first bit of the first row is the
wrong one.

Of a WebP nothing can be had without decoding it, which takes some ten milliseconds a megapixel. Those who hide text in
one write its alpha without loss whatever the colours are (Forge, SwarmUI), so what has alpha is decoded, and no other.
"""

import gzip
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

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
_MAGIC = 15
_LENGTH = 32
_LARGEST = 1 << 20
"""Bytes of hidden text that are read, and that they may decompress to eight of."""
_MOST_PIXELS = 1 << 25
_WIDEST = 1 << 16
_PIECE = 4096
_STEPS = 4096


class _Layer(NamedTuple):
    """Some channels whose lowest bits can hold text."""

    says: str
    first: int
    channels: int
    forms: tuple[bytes, bytes]
    """The form whose text is plain, and the one whose text is compressed."""

    def of(self, pixel: bytes) -> str:
        """Return the bits that one pixel holds."""
        return "".join("01"[value & 1] for value in pixel[self.first : self.first + self.channels])

    def begins(self, bits: str) -> bool:
        """Whether some bits may be the start of a form's name."""
        return any(start.startswith(bits) for start in _STARTS[self.says])


_ALPHA = _Layer("alpha", 3, 1, (b"stealth_pnginfo", b"stealth_pngcomp"))
_COLOURS = _Layer("red, green and blue", 0, 3, (b"stealth_rgbinfo", b"stealth_rgbcomp"))
_STARTS: Final = {
    layer.says: tuple("".join(f"{byte:08b}" for byte in form) for form in layer.forms) for layer in (_ALPHA, _COLOURS)
}


class _Picture(NamedTuple):
    """What the header of a picture says, if it is one that can hide text."""

    form: str
    width: int
    height: int
    channels: int
    interlaced: bool = False

    @property
    def layers(self) -> tuple[_Layer, ...]:
        """Which of its channels can hide text, and have the room for it."""
        every = (_ALPHA, _COLOURS) if self.channels == 4 else (_COLOURS,)
        return tuple(x for x in every if self.width * self.height * x.channels >= _MAGIC * 8 + _LENGTH)


def read_stealth(container: Container, media: Media, _visitor: Visitor | None = None) -> Findings:
    """Return the mark of hidden text in a picture.

    Of a PNG pixels are decoded only where the first of them spell its name, of a WebP only if it has alpha.
    """
    looker = _LOOKERS.get(container.format.media_type) if container.format else None
    if looker is None:
        return Findings()
    window = Window(media)
    picture = looker(window)
    if picture is None or not picture.layers:
        return Findings()
    place = f"{picture.form} pixels, lowest bits of {' or '.join(x.says for x in picture.layers)}"
    pixels = _Pixels(media, picture)
    try:
        found = _name(window, pixels, picture)
    except _FAULTS as error:
        return Findings(gaps=(Gap(place, f"they cannot be decoded: {type(error).__name__}"),))
    return Findings() if found is None else _text(pixels, picture, *found)


def _text(pixels: "_Pixels", picture: _Picture, layer: _Layer, name: bytes) -> Findings:
    place = f"{picture.form} pixels, lowest bits of {layer.says}"
    try:
        text = _hidden_text(pixels, layer, compressed=name == layer.forms[1])
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
    return _Picture("PNG", width, height, channels, interlaced) if width <= _WIDEST else None


def _webp(window: Window) -> _Picture | None:
    """Return what a WebP says of itself, if it stands still and has alpha (RFC 9649, 2.5 to 2.7 and 3.4)."""
    head = window.at(0, 30)
    kind, body = head[12:16], head[20:]
    if kind == b"VP8X" and len(body) == 10 and body[0] & _HAS_ALPHA and not body[0] & _MOVES:
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
        return _Picture("WEBP", width, height, 4)
    bits = int.from_bytes(body[1:5], "little")
    if kind == b"VP8L" and len(body) >= 5 and bits >> 28 & 1:
        return _Picture("WEBP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 4)
    return None


_HAS_ALPHA, _MOVES = 0x10, 0x02
_LOOKERS: Final = {"image/png": _picture, "image/webp": _webp}


def _name(window: Window, pixels: "_Pixels", picture: _Picture) -> tuple[_Layer, bytes] | None:
    """Return the letters that the first pixels spell, and where; None as soon as they are none of a form's.

    Only where the first column is too short, or the rows are interlaced, and what was seen of it fits, is all decoded.
    Raises what the decoders raise.
    """
    bits = dict.fromkeys(picture.layers, "")
    for pixel in _first_pixels(window, picture) if picture.form == "PNG" else ():
        for layer in tuple(bits):
            bits[layer] = (bits[layer] + layer.of(pixel))[: _MAGIC * 8]
            if not layer.begins(bits[layer]):
                del bits[layer]
            elif len(bits[layer]) == _MAGIC * 8:
                return layer, int(bits[layer], 2).to_bytes(_MAGIC, "big")
        if not bits:
            return None
        if picture.interlaced:
            break
    for layer, seen in bits.items():
        name = pixels.bits(layer, 0, _MAGIC * 8) if seen or picture.form != "PNG" else b""
        if name in layer.forms:
            return layer, name
    return None


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


def _hidden_text(pixels: "_Pixels", layer: _Layer, *, compressed: bool) -> str:
    """Return the text that is hidden. Raises `ValueError`, or what the decoders raise, where it cannot be had."""
    start = _MAGIC * 8
    length = int.from_bytes(pixels.bits(layer, start, _LENGTH), "big")
    if length > 8 * _LARGEST:
        raise ValueError(length)
    data = pixels.bits(layer, start + _LENGTH, length // 8 * 8)
    if compressed:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            data = stream.read(8 * _LARGEST)
    return data.decode("utf-8", "replace")


class _Pixels:
    """The picture, decoded when it is first asked for."""

    def __init__(self, media: Media, picture: _Picture) -> None:
        self._media = media
        self._picture = picture
        self._image: Image.Image | None = None

    def bits(self, layer: _Layer, start: int, count: int) -> bytes:
        """Return hidden bits as bytes: of the columns they stand in, no others."""
        picture = self._picture
        columns = -(-(start + count) // (picture.height * layer.channels))
        if columns > picture.width:
            raise ValueError(columns)
        from PIL import Image

        if self._image is None:
            self._image = _decoded(self._media, picture)
        if layer is _ALPHA and "A" not in self._image.getbands():
            return b""
        part = self._image.crop((0, 0, columns, picture.height)).transpose(Image.Transpose.TRANSPOSE)
        values = (part.getchannel("A") if layer is _ALPHA else part.convert("RGB")).tobytes()
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
            image = Image.open(media.stream(), formats=(picture.form,))
        except Image.DecompressionBombError as error:
            raise ValueError(str(error)) from error
        if image.size != (picture.width, picture.height):
            raise ValueError(image.size)
        image.load()
    return image
