"""Whole files of many types, as programs write them: what a writer may be caught in the middle of."""

import io
import os
import random
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image

from provenance.containers.whole import cut_short
from tests.containers.making import END, box, chunk, riff


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that compress to nothing less."""
    return random.Random(seed).randbytes(size)


@contextmanager
def opened(data: bytes) -> Iterator[int]:
    """Yield a descriptor of a file with these bytes, which needs no disk."""
    descriptor = os.memfd_create("media")
    try:
        with open(descriptor, "wb", closefd=False) as stream:
            stream.write(data)
        yield descriptor
    finally:
        os.close(descriptor)


def said(data: bytes) -> str | None:
    """What is said of these bytes when it is asked whether they are cut short."""
    with opened(data) as descriptor:
        return cut_short(descriptor)


def _picture(kind: str, mode: str = "RGB", side: int = 220, **options: object) -> bytes:
    image = Image.frombytes(mode, (side, side), noise(side * side * len(mode)))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _pages(kind: str, **options: object) -> bytes:
    pages = [Image.frombytes("RGB", (90, 90), noise(90 * 90 * 3, n)) for n in range(4)]
    out = io.BytesIO()
    pages[0].save(out, kind, save_all=True, append_images=pages[1:], **options)
    return out.getvalue()


def long_png() -> bytes:
    """Return a PNG in more chunks than are followed, all of one length but the last."""
    data = zlib.compress(noise(1_300_000))
    size = 2048
    pieces = (chunk(b"IDAT", data[at : at + size]) for at in range(0, len(data), size))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1000, 1300, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(pieces) + END


def wav() -> bytes:
    """Return a WAV of noise."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(noise(100_000))
    return out.getvalue()


def rf64(size: int | None = None, head: int = 0xFFFFFFFF) -> bytes:
    """Return a WAV in its 64-bit form (EBU Tech 3306) that says it is so many bytes long, else as many as it has."""
    data = noise(60_000)
    rest = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48_000, 192_000, 4, 16)
    rest += b"data" + struct.pack("<I", 0xFFFFFFFF) + data
    whole = 4 + 36 + len(rest) if size is None else size
    large = b"ds64" + struct.pack("<IQQQI", 28, whole, len(data), len(data) // 4, 0)
    return b"RF64" + struct.pack("<I", head) + b"WAVE" + large + rest


def avi() -> bytes:
    """Return a large AVI: a RIFF, and another behind it (OpenDML 1.02)."""
    first = riff(b"AVI ", (b"LIST", b"hdrl" + bytes(200)), (b"LIST", b"movi" + noise(40_000)))
    return first + riff(b"AVIX", (b"LIST", b"movi" + noise(40_000, 1)))


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp41")
MOOV = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", bytes(2000)))


def fragmented() -> bytes:
    """Return a film in fragments, each with its own index."""
    parts = (box(b"moof", bytes(300)) + box(b"mdat", noise(9_000, n)) for n in range(8))
    return FTYP + MOOV + b"".join(parts)


def matroska(length: bytes = b"") -> bytes:
    """Return a Matroska whose segment says how long it is, unless other bytes are to stand there."""
    header = (
        b"\x42\x86\x81\1\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x88matroska\x42\x87\x81\4\x42\x85\x81\2"
    )
    cluster = b"\x1f\x43\xb6\x75" + struct.pack(">Q", 1 << 56 | 50_000) + noise(50_000)
    says = length or struct.pack(">Q", 1 << 56 | len(cluster))
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(header)]) + header + b"\x18\x53\x80\x67" + says + cluster


INDEX = bytes.fromhex("060e2b34025301010d01020101100100") + b"\x83\0\xc3\x50" + noise(50_000)
"""A segment of an index table."""


def _partition(kind: int, status: int, footer: int, index: int = 0) -> bytes:
    value = struct.pack(">HHIQQQQQIQI", 1, 3, 512, 0, 0, footer, 0, index, 0, 0, 1) + bytes(16) + bytes(8)
    key = bytes.fromhex("060e2b34020501010d01020101") + bytes([kind, status, 0])
    return key + b"\x83" + len(value).to_bytes(3, "big") + value


def mxf(status: int = 4, *, footer: bool = True, named: bool = True, index: int = 1) -> bytes:
    """Return what is built like an MXF: header partition, essence, and a footer that the header names or does not."""
    essence = bytes.fromhex("060e2b34010201010d01030115010500") + b"\x83\1\x86\xa0" + noise(100_000)
    at = len(_partition(2, status, 0)) + len(essence)
    end = _partition(4, 4, at, index * len(INDEX)) + index * INDEX if footer else b""
    return _partition(2, status, at if named else 0) + essence + end


def archive() -> bytes:
    """Return a ZIP with a comment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.bin", noise(50_000))
        made.writestr("b.bin", noise(20_000, 1))
        made.comment = b"a comment"
    return out.getvalue()


def aiff() -> bytes:
    """Return an AIFF of noise."""
    common = b"COMM" + struct.pack(">IhIh", 18, 2, 10_000, 16) + bytes.fromhex("400ebb80000000000000")
    sound = b"SSND" + struct.pack(">III", 8 + 40_000, 0, 0) + noise(40_000)
    return b"FORM" + struct.pack(">I", 4 + len(common) + len(sound)) + b"AIFF" + common + sound


def dpx(order: str = ">", *, size: int | None = None, bits: int = 10, packing: int = 1) -> bytes:
    """Return a DPX frame of noise (SMPTE ST 268-1), of 100 by 200 RGB pixels."""
    pixels = 100 * 200 * 3 // (32 // bits) * 4 if packing else 100 * 200 * 3 * bits // 8
    magic = b"SDPX" if order == ">" else b"XPDS"
    start = magic + struct.pack(f"{order}I8sI", 2048, b"V1.0", 2048 + pixels if size is None else size)
    picture = struct.pack(f"{order}HHII", 0, 1, 100, 200) + bytes(20)
    picture += struct.pack(f"{order}BBBBHHI", 50, 1, 1, bits, packing, 0, 2048)
    return (start.ljust(768, b"\0") + picture).ljust(2048, b"\0") + noise(pixels)


def exr(missing: int = 0) -> bytes:
    """Return an EXR frame of noise, one block a line; the last so many lines are not written yet."""
    width, height = 64, 80
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)

    def attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value

    header = b"\x76\x2f\x31\x01\2\0\0\0" + b"".join(
        (
            attribute(b"channels", b"chlist", b"Y\0" + struct.pack("<iB3xii", 2, 0, 1, 1) + b"\0"),
            attribute(b"compression", b"compression", b"\0"),
            attribute(b"dataWindow", b"box2i", window),
            attribute(b"displayWindow", b"box2i", window),
            attribute(b"lineOrder", b"lineOrder", b"\0"),
            b"\0",
        )
    )
    step = 8 + 4 * width
    first = len(header) + 8 * height
    written = height - missing
    table = [first + step * n if n < written else 0 for n in range(height)]
    lines = (struct.pack("<ii", n, 4 * width) + noise(4 * width, n) for n in range(written))
    return header + struct.pack(f"<{height}Q", *table) + b"".join(lines)


def web_pdf() -> bytes:
    """Return a PDF arranged for the web, which says at its start how long it is (ISO 32000-1, annex F)."""
    rest = b"]/E 3000>>\nendobj\n%%EOF\n" + noise(20_000).replace(b"%", b" ") + b"\n%%EOF\n"
    head = b"%%PDF-1.5\n1 0 obj\n<</Linearized 1/L %05d/O 3/H [ 1 2 "
    return head % (len(head % 0) + len(rest)) + rest


WHOLE: dict[str, tuple[Callable[[], bytes], float]] = {
    "JPEG": (lambda: _picture("JPEG", side=400, quality=90), 0.99),
    "JPEG, progressive": (lambda: _picture("JPEG", side=400, quality=90, progressive=True), 0.99),
    "JPEG, small": (lambda: _picture("JPEG", side=80), 0.99),
    "PNG": (lambda: _picture("PNG"), 0.99),
    "PNG, many chunks": (long_png, 0.99),
    "GIF": (lambda: _pages("GIF"), 0.97),
    "GIF, long": (lambda: _picture("GIF", "P", 700), 0.97),
    "TIFF, directory first": (lambda: _picture("TIFF"), 0.97),
    "TIFF, directory last": (lambda: _picture("TIFF", compression="tiff_deflate"), 0.99),
    "TIFF, pages": (lambda: _pages("TIFF"), 0.2),
    "WebP": (lambda: _picture("WEBP", quality=90), 0.99),
    "DPX": (dpx, 0.99),
    "DPX, little-endian": (lambda: dpx("<", bits=16, packing=0), 0.99),
    "EXR": (exr, 0.99),
    "MP4, index last": (lambda: FTYP + box(b"free") + box(b"mdat", noise(80_000)) + MOOV, 0.99),
    "MP4, index first": (lambda: FTYP + MOOV + box(b"mdat", noise(80_000)), 0.99),
    "MP4, fragments": (fragmented, 0.97),
    "QuickTime without ftyp": (lambda: box(b"wide") + box(b"mdat", noise(80_000)) + MOOV, 0.99),
    "WAV": (wav, 0.99),
    "RF64": (rf64, 0.99),
    "AVI": (avi, 0.97),
    "AIFF": (aiff, 0.99),
    "Matroska": (matroska, 0.99),
    "MXF": (mxf, 0.99),
    "PDF": (lambda: _pages("PDF"), 0.99),
    "PDF for the web": (web_pdf, 0.85),
    "ZIP": (archive, 0.99),
}
"""Whole files by type, each with the share of random cuts that has to be noticed, at the least."""
