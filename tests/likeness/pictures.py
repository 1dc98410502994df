"""Pictures and sounds with something in them, made the same way each time, and what people do to them."""

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

from tests.production import PARAMETERS


def drawing(seed: int = 0, size: tuple[int, int] = (160, 120), mode: str = "RGB") -> Image.Image:
    """Return a picture that no other seed gives: too many colours to be plain, too much in it to be empty."""
    chance = random.Random(seed)
    channels = len(mode)
    values = bytes(chance.randrange(256) for _ in range(size[0] * size[1] * channels // 4))
    return Image.frombytes(mode, size, (values * 4)[: size[0] * size[1] * channels])


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def generated(image: Image.Image) -> bytes:
    """Return a PNG as a generator writes it, with its settings in a text chunk."""
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", PARAMETERS)
    return saved(image, pnginfo=text)


def deep_png(values: list[int], size: tuple[int, int], channels: int) -> bytes:
    """Return a PNG with sixteen bits a sample, which Pillow does not write in colour."""
    row = size[0] * channels
    rows = b"".join(b"\0" + struct.pack(f">{row}H", *values[y * row : (y + 1) * row]) for y in range(size[1]))
    colour = {1: 0, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", *size, 16, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts
    )


def deep_tiff(values: list[int], size: tuple[int, int], order: str = "<") -> bytes:
    """Return a TIFF with sixteen bits a sample in three channels, in either byte order."""
    data = struct.pack(f"{order}{len(values)}H", *values)
    entries = [
        (256, 3, 1, size[0]), (257, 3, 1, size[1]), (258, 3, 3, 8), (259, 3, 1, 1), (262, 3, 1, 2),
        (273, 4, 1, 14), (277, 3, 1, 3), (278, 3, 1, size[1]), (279, 4, 1, len(data)),
    ]  # fmt: skip
    at = 14 + len(data)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I3H", at, 16, 16, 16)
    rows = b""
    for tag, kind, count, value in entries:
        field = struct.pack(f"{order}HH", value, 0) if kind == 3 and count == 1 else struct.pack(f"{order}I", value)
        rows += struct.pack(f"{order}HHI", tag, kind, count) + field
    return head + data + struct.pack(f"{order}H", len(entries)) + rows + bytes(4)
