"""Containers made by hand, sound ones and broken ones, and media that counts what is read of it."""

import struct
import zlib
from typing import BinaryIO

from provenance.containers import Container, walk
from provenance.files import BufferMedia, Media

_JUMBF = bytes.fromhex("00110010800000aa00389b71")


def walked(data: bytes) -> Container:
    """Walk bytes in memory."""
    return walk(BufferMedia(data))


class CountedMedia:
    """Media that remembers how many bytes were asked of it, and how often."""

    def __init__(self, inner: Media) -> None:
        self._inner = inner
        self.read_bytes = 0
        self.reads = 0

    @property
    def size(self) -> int:
        return self._inner.size

    def read(self, offset: int, length: int) -> bytes:
        data = self._inner.read(offset, length)
        self.read_bytes += len(data)
        self.reads += 1
        return data

    def stream(self) -> BinaryIO:
        return self._inner.stream()


def box(kind: bytes, content: bytes = b"") -> bytes:
    """Return one box of ISO base media or JUMBF."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def superbox(kind: bytes, label: bytes, *inner: bytes) -> bytes:
    """Return a JUMBF superbox of a type, with its description box."""
    return box(b"jumb", box(b"jumd", kind + _JUMBF + b"\3" + label + b"\0") + b"".join(inner))


def store() -> bytes:
    """Return the skeleton of a C2PA manifest store, with the boxes every store has."""
    claim = superbox(b"c2cl", b"c2pa.claim", box(b"cbor", b"\xa0"))
    actions = superbox(b"cbor", b"c2pa.actions", box(b"cbor", b"\xa0"))
    assertions = superbox(b"c2as", b"c2pa.assertions", actions)
    signature = superbox(b"c2cs", b"c2pa.signature", box(b"cbor", b"\x40"))
    return superbox(b"c2pa", b"c2pa", superbox(b"c2ma", b"urn:c2pa:0", assertions, claim, signature))


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """Return one PNG chunk with a right checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PICTURE = chunk(b"IDAT", zlib.compress(bytes(2)))
END = chunk(b"IEND")


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    """Return a PNG of one grey dot with these chunks before its picture, and these bytes behind its end."""
    return b"\x89PNG\r\n\x1a\n" + HEADER + b"".join(chunks) + PICTURE + END + after


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))


def segment(code: int, content: bytes) -> bytes:
    """Return one JPEG segment."""
    return bytes((0xFF, code)) + struct.pack(">H", 2 + len(content)) + content


SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\x56\xff\0\x78"


def jpeg(*segments: bytes, after: bytes = b"") -> bytes:
    """Return what is built like a JPEG with these segments before its picture, and these bytes behind its end."""
    table = segment(0xDB, bytes(65))
    frame = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
    return b"\xff\xd8" + b"".join(segments) + table + frame + SCAN + b"\xff\xd9" + after


def app11(payload: bytes, *, code: int = 0xEB) -> bytes:
    """Return a manifest store in one segment as ISO 19566-5 puts it there."""
    return segment(code, b"JP\0\1\0\0\0\1" + payload)


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a RIFF of a form with these chunks."""
    body = form + b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) & 1) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


Tag = tuple[int, int, bytes]
"""Tag number, type, and values as bytes in the order of the file."""

_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}


def tiff(tags: list[Tag], *, order: str = "<", following: int = 0, gap: int = 0) -> bytes:
    """Return a classic TIFF of one directory; `gap` bytes of nothing lie before its values."""
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    values_at = 8 + 2 + 12 * len(tags) + 4 + gap
    entries, values = b"", b""
    for number, kind, data in tags:
        field = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(f"{order}I", values_at + len(values))
        values += data if len(data) > 4 else b""
        entries += struct.pack(f"{order}HHI", number, kind, len(data) // _WIDTHS[kind]) + field
    return (
        head + struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", following) + bytes(gap) + values
    )


def xmp(says: str = "hello") -> bytes:
    """Return a small XMP packet."""
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description says="{says}"/></rdf:RDF>'
    return f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta><?xpacket end="w"?>'.encode()


EXIF = tiff([(0x010E, 2, b"a description\0"), (0x0131, 2, b"abc\0")])
