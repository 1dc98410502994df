"""Pictures and documents made by hand, as their specifications say, for what no writer at hand makes."""

import base64
import io
import plistlib
import struct
from collections.abc import Iterable, Mapping, Sequence

import brotli
import pikepdf

from tests.containers.making import Tag, box, riff, segment


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    """Return one of Photoshop's image resources."""
    pascal = bytes([len(name)]) + name
    pascal += b"\0" * (len(pascal) & 1)
    return b"8BIM" + struct.pack(">H", number) + pascal + struct.pack(">I", len(data)) + data + b"\0" * (len(data) & 1)


def psd(*resources: bytes, layers: bytes = b"", big: bool = False) -> bytes:
    """Return a PSD or PSB of one grey dot with these resources, and this in its section of layers."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 2 if big else 1, 1, 1, 1, 8, 1)
    held = b"".join(resources)
    length = struct.pack(">Q" if big else ">I", len(layers))
    return head + bytes(4) + struct.pack(">I", len(held)) + held + length + layers + b"\0\0\x7f"


def placed(kind: bytes, data: bytes, *, big: bool = False) -> bytes:
    """Return a section of layers without any, and a list of placed files behind."""
    nothing = bytes(8 if big else 4) + bytes(4)
    size = struct.pack(">Q" if big else ">I", len(data))
    return nothing + b"8BIM" + kind + size + data + bytes(-len(data) % 4)


def dataset(number: int, data: bytes, record: int = 2) -> bytes:
    """Return one dataset of IPTC-IIM."""
    return bytes([0x1C, record, number]) + struct.pack(">H", len(data)) + data


def photoshop_segment(*resources: bytes) -> bytes:
    """Return the segment of a JPEG that holds Photoshop's resources."""
    return segment(0xED, b"Photoshop 3.0\0" + b"".join(resources))


def attribute(name: str, data: bytes, kind: str = "string") -> bytes:
    """Return one attribute of an EXR header."""
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(data)) + data


def exr(*headers: Iterable[bytes]) -> bytes:
    """Return an EXR with these attributes: one header, or several parts."""
    basic = attribute("channels", b"\0", "chlist") + attribute("compression", b"\0", "compression")
    basic += attribute("dataWindow", bytes(16), "box2i") + attribute("displayWindow", bytes(16), "box2i")
    basic += attribute("lineOrder", b"\0", "lineOrder")
    parts = b"".join(basic + b"".join(attributes) + b"\0" for attributes in headers)
    many = len(headers) > 1
    return b"\x76\x2f\x31\x01" + struct.pack("<I", 2 | (0x1000 if many else 0)) + parts + b"\0" * many + bytes(32)


def dpx(fields: Mapping[int, bytes], user: bytes = b"", *, order: str = ">") -> bytes:
    """Return the headers of a DPX with text at these offsets, and a user's header behind."""
    head = bytearray(2048)
    head[:4] = b"SDPX" if order == ">" else b"XPDS"
    head[32:36] = struct.pack(f"{order}I", len(user))
    for at, text in fields.items():
        head[at : at + len(text)] = text
    return bytes(head) + user + bytes(64)


def heif(brand: bytes, *, exif: bytes, xmp: bytes = b"") -> bytes:
    """Return a HEIC or an AVIF whose `meta` box lists an EXIF item, and one of XMP if there is any."""
    item = b"\0\0\0\6Exif\0\0" + exif
    items = [(1, b"Exif\0", 0, len(item))]
    items += [(2, b"mime\0application/rdf+xml\0", len(item), len(xmp))] if xmp else []
    entries = b"".join(box(b"infe", b"\2\0\0\0" + struct.pack(">HH", n, 0) + kind) for n, kind, _, _ in items)
    places = b"".join(struct.pack(">HHHHII", n, 1, 0, 1, at, length) for n, _, at, length in items)
    listed = box(b"iinf", bytes(4) + struct.pack(">H", len(items)) + entries)
    located = box(b"iloc", b"\1\0\0\0\x44\0" + struct.pack(">H", len(items)) + places)
    return box(b"ftyp", brand + bytes(4)) + box(b"meta", bytes(4) + listed + located + box(b"idat", item + xmp))


def jxl(*boxes: bytes) -> bytes:
    """Return a JPEG XL with these boxes before its picture."""
    head = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    return head + b"".join(boxes) + box(b"jxlc", b"\xff\x0a")


def compressed(kind: bytes, data: bytes) -> bytes:
    """Return a box of JPEG XL compressed with Brotli, as `cjxl` writes metadata unless told otherwise."""
    return box(b"brob", kind + brotli.compress(data))


def gif(*extensions: bytes) -> bytes:
    """Return a GIF of nothing with these extensions."""
    return b"GIF89a" + bytes(7) + b"".join(extensions) + b";"


def gif_comment(data: bytes) -> bytes:
    """Return a comment extension."""
    pieces = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"\x21\xfe" + b"".join(bytes([len(p)]) + p for p in pieces) + b"\0"


def gif_xmp(packet: bytes) -> bytes:
    """Return an application extension with XMP, with the 258 bytes that lead readers out of it."""
    return b"\x21\xff\x0bXMP DataXMP" + packet + b"\1" + bytes(range(255, -1, -1)) + b"\0"


def webp(kind: bytes, data: bytes) -> bytes:
    """Return a WebP with one more chunk."""
    return riff(b"WEBP", (b"VP8X", bytes(10)), (b"VP8 ", bytes(10)), (kind, data))


def pages(*tags: list[Tag]) -> bytes:
    """Return a TIFF of several pages, each with these tags."""
    out = bytearray(b"II*\0" + bytes(4))
    link = 4
    for page in tags:
        struct.pack_into("<I", out, link, len(out))
        values_at = len(out) + 2 + 12 * len(page) + 4
        entries, values = struct.pack("<H", len(page)), b""
        for number, kind, data in page:
            field = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", values_at + len(values))
            values += data + b"\0" * (len(data) & 1) if len(data) > 4 else b""
            entries += struct.pack("<HHI", number, kind, len(data) // {3: 2, 4: 4}.get(kind, 1)) + field
        link = len(out) + len(entries)
        out += entries + bytes(4) + values
    return bytes(out)


def samsung(*blocks: tuple[int, bytes, bytes]) -> bytes:
    """Return the trailer of Samsung's programs with blocks of a type, a name and data."""
    data, entries = b"", b""
    sizes = [8 + len(name) + len(content) for _, name, content in blocks]
    for n, (kind, name, content) in enumerate(blocks):
        entries += struct.pack("<HHII", 0, kind, sum(sizes[n:]), sizes[n])
        data += struct.pack("<HHI", 0, kind, len(name)) + name + content
    listed = b"SEFH" + struct.pack("<II", 107, len(blocks)) + entries
    return data + listed + struct.pack("<I", len(listed)) + b"SEFT"


def svg(*inside: bytes) -> bytes:
    """Return an SVG with these elements."""
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + b"".join(inside) + b"<g/></svg>"


def data_uri(picture: bytes, kind: str = "image/png") -> bytes:
    """Return an SVG's element for a picture that it carries."""
    return b'<image href="data:' + kind.encode() + b";base64," + base64.b64encode(picture) + b'"/>'


def pdf(
    info: Mapping[str, str] | None = None,
    *,
    packet: bytes = b"",
    picture: bytes = b"",
    attached: bytes = b"",
    filters: Sequence[str] = ("/DCTDecode",),
) -> bytes:
    """Return a PDF of one empty page, all of it in compressed objects, with these things in it.

    `filters` are those of the picture, which is given as they leave it.
    """
    document = pikepdf.new()
    page = document.add_blank_page()
    for key, value in (info or {}).items():
        document.docinfo[f"/{key}"] = value
    if packet:
        document.Root.Metadata = document.make_indirect(
            document.make_stream(packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        )
    if picture:
        image = document.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1)
        image.write(picture, filter=pikepdf.Array([pikepdf.Name(name) for name in filters]))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    if attached:
        document.attachments["notes"] = pikepdf.AttachedFileSpec(document, attached)
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
    return out.getvalue()


def apple_double(attributes: Mapping[bytes, bytes]) -> bytes:
    """Return the half of a file that macOS keeps apart, with these extended attributes."""
    entries, at = b"", 84 + 36 + sum(-(-(11 + len(n) + 1) // 4) * 4 for n in attributes)
    for name, data in attributes.items():
        entry = struct.pack(">IIHB", at, len(data), 0, len(name) + 1) + name + b"\0"
        entries += entry.ljust(-(-len(entry) // 4) * 4, b"\0")
        at += len(data)
    listed = b"ATTR" + struct.pack(">IIII", 0, at, at, 0) + bytes(12) + struct.pack(">HH", 0, len(attributes))
    finder = bytes(34) + listed + entries + b"".join(attributes.values())
    head = b"\0\5\x16\7\0\2\0\0Mac OS X        " + struct.pack(">HIII", 2, 9, 50, len(finder))
    return head + struct.pack(">III", 2, 50 + len(finder), 0) + finder


def where_from(url: str) -> bytes:
    """Return macOS's note of where a file came from."""
    return plistlib.dumps([url, ""], fmt=plistlib.FMT_BINARY)
