"""Films and sounds made by hand, as the specifications say, for what no writer at hand makes."""

import struct
import zlib
from collections.abc import Mapping

from tests.containers.making import box, riff

TYPE = box(b"ftyp", b"isom" + bytes(4))
OLD_TYPE = box(b"ftyp", b"qt  " + bytes(4))
MEDIA = box(b"mdat", bytes(64))
HEADER = box(b"mvhd", bytes(100))
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")

SOUND = (b"fmt ", bytes(16)), (b"data", bytes(64))
FRAMES = (b"\xff\xfb\x90\x00" + bytes(413)) * 3


def data_box(value: bytes, kind: int = 1) -> bytes:
    """Return a value of `ilst`."""
    return box(b"data", struct.pack(">II", kind, 0) + value)


def keyed(tags: Mapping[str, bytes], kind: int = 1) -> bytes:
    """Return the `meta` box of QuickTime keys, in ISO's form."""
    names = b"".join(struct.pack(">I", 8 + len(k.encode())) + b"mdta" + k.encode() for k in tags)
    keys = box(b"keys", bytes(4) + struct.pack(">I", len(tags)) + names)
    items = b"".join(box(struct.pack(">I", n), data_box(v, kind)) for n, v in enumerate(tags.values(), 1))
    return box(b"meta", bytes(4) + box(b"hdlr", bytes(8) + b"mdta" + bytes(12)) + keys + box(b"ilst", items))


def listed(*items: bytes) -> bytes:
    """Return the `meta` box of iTunes with these items."""
    return box(b"meta", bytes(4) + box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9)) + box(b"ilst", b"".join(items)))


def free_form(name: bytes, value: bytes, kind: int = 1) -> bytes:
    """Return an item of iTunes under a name of one's own."""
    means = box(b"mean", bytes(4) + b"com.apple.iTunes")
    return box(b"----", means + box(b"name", bytes(4) + name) + data_box(value, kind))


def film(*inside: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return an MP4 with these boxes in its `moov`, which comes behind the media."""
    return TYPE + before + MEDIA + box(b"moov", HEADER + b"".join(inside)) + after


def compressed(inside: bytes) -> bytes:
    """Return a `moov` that holds another, compressed as QuickTime does it."""
    inner = box(b"moov", inside)
    packed = box(b"cmvd", struct.pack(">I", len(inner)) + zlib.compress(inner))
    return box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + packed))


def user_data(*inside: bytes) -> bytes:
    """Return a `udta` box, with the four zeros that end it in QuickTime."""
    return box(b"udta", b"".join(inside) + bytes(4))


def text_atom(kind: bytes, value: bytes, language: int = 0x55C4) -> bytes:
    """Return a text of QuickTime's user data."""
    return box(kind, struct.pack(">HH", len(value) & 0xFFFF, language) + value)


def element(number: int, content: bytes, *, unknown: bool = False) -> bytes:
    """Return an element of EBML, with its length in eight bytes."""
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (b"\x01" + b"\xff" * 7 if unknown else (1 << 56 | len(content)).to_bytes(8, "big")) + content


def simple_tag(name: str, value: bytes, *inner: bytes) -> bytes:
    """Return a tag of Matroska, with tags in it."""
    return element(0x67C8, element(0x45A3, name.encode()) + element(0x4487, value) + b"".join(inner))


def tagged(*tags: bytes) -> bytes:
    """Return the tags of a segment."""
    return element(0x1254C367, element(0x7373, element(0x63C0, b"") + b"".join(tags)))


def attachment(name: str, kind: str, data: bytes) -> bytes:
    """Return the attachments of a segment, with one file."""
    parts = element(0x466E, name.encode()) + element(0x4660, kind.encode()) + element(0x465C, data)
    return element(0x1941A469, element(0x61A7, parts))


EBML = element(0x1A45DFA3, element(0x4282, b"matroska"))
CLUSTER = element(0x1F43B675, element(0xE7, b"\0") + element(0xA3, b"\x81\0\0\x80" + bytes(40)))


def matroska(*top: bytes, unknown: bool = False) -> bytes:
    """Return a Matroska of these elements behind one cluster."""
    info = element(0x1549A966, element(0x4D80, b"Lavf62.12.102") + element(0x5741, b"Lavf62.12.102"))
    return EBML + element(0x18538067, info + CLUSTER + b"".join(top), unknown=unknown)


def info(*texts: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return a LIST of texts, as a chunk of RIFF."""
    return b"LIST", riff(b"INFO", *((k, v + b"\0") for k, v in texts))[8:]


def broadcast(description: bytes = b"", originator: bytes = b"", history: bytes = b"") -> tuple[bytes, bytes]:
    """Return a broadcast extension, as a chunk of RIFF."""
    texts = description.ljust(256, b"\0") + originator.ljust(32, b"\0") + bytes(32)
    return b"bext", texts + b"2026-01-0112:00:00" + bytes(8 + 2 + 64 + 190) + history


def frame(name: bytes, content: bytes, flags: int = 0) -> bytes:
    """Return one ID3v2.3 frame."""
    return name + struct.pack(">I", len(content)) + bytes([0, flags]) + content


def tag(*frames: bytes, version: int = 3, flags: int = 0) -> bytes:
    """Return an ID3v2 tag around frames, or any bytes."""
    body = b"".join(frames)
    size = bytes(len(body) >> n & 0x7F for n in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + size + body


def short_frame(name: bytes, content: bytes) -> bytes:
    """Return one ID3v2.2 frame."""
    return name + len(content).to_bytes(3, "big") + content


def frame4(name: bytes, content: bytes, flags: int = 0) -> bytes:
    """Return one ID3v2.4 frame."""
    size = bytes(len(content) >> n & 0x7F for n in (21, 14, 7, 0))
    return name + size + bytes([0, flags]) + content


def wide_text(description: str, value: str, flags: int = 0) -> bytes:
    """Return an ID3v2.4 frame of text in UTF-16, with a zero behind each byte that looks like sound."""
    text = description.encode("utf-16") + b"\0\0" + value.encode("utf-16")
    return frame4(b"TXXX", b"\1" + text.replace(b"\xff", b"\xff\0"), flags)


def ape(*items: tuple[str, bytes]) -> bytes:
    """Return an APE tag without a header."""
    body = b"".join(struct.pack("<II", len(v), 0) + k.encode() + b"\0" + v for k, v in items)
    return body + b"APETAGEX" + struct.pack("<IIII", 2000, len(body) + 32, len(items), 0) + bytes(8)


def lyrics(*fields: tuple[str, bytes]) -> bytes:
    """Return a Lyrics3 tag."""
    body = b"LYRICSBEGIN" + b"".join(b"%b%05d%b" % (name.encode(), len(text), text) for name, text in fields)
    return body + b"%06dLYRICS200" % len(body)


def packets(count: int = 3) -> bytes:
    """Return AAC as a stream of packets with a header each."""
    return (b"\xff\xf1\x50\x80" + struct.pack(">H", 107 << 5) + b"\xfc" + bytes(100)) * count


def old_tag(title: bytes = b"", comment: bytes = b"") -> bytes:
    """Return an ID3v1 tag."""
    return b"TAG" + title.ljust(30, b"\0") + bytes(64) + comment.ljust(30, b"\0") + b"\0"


def comments(*texts: bytes) -> bytes:
    """Return a list of Vorbis comments."""
    items = b"".join(struct.pack("<I", len(t)) + t for t in texts)
    return struct.pack("<I", 4) + b"Lavf" + struct.pack("<I", len(texts)) + items


def picture_block(data: bytes) -> bytes:
    """Return a FLAC picture."""
    head = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">I", 0) + bytes(16)
    return head + struct.pack(">I", len(data)) + data


def flac(*blocks: tuple[int, bytes]) -> bytes:
    """Return a FLAC of a stream header and these blocks."""
    all_blocks = [(0, bytes(34)), *blocks]
    out = b"fLaC"
    for at, (kind, data) in enumerate(all_blocks):
        out += bytes([kind | (0x80 if at == len(all_blocks) - 1 else 0)]) + len(data).to_bytes(3, "big") + data
    return out + b"\xff\xf8" + bytes(20)


def page(packet: bytes, *, serial: int = 7, number: int = 0, flags: int = 0) -> bytes:
    """Return one Ogg page that holds one packet whole."""
    lacing = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    assert len(lacing) < 256
    return (
        b"OggS\0" + bytes([flags]) + struct.pack("<QIII", 0, serial, number, 0) + bytes([len(lacing)]) + lacing + packet
    )


def ogg(*texts: bytes) -> bytes:
    """Return an Opus with these comments."""
    head = page(b"OpusHead\1\2" + bytes(9), flags=2)
    return head + page(b"OpusTags" + comments(*texts), number=1) + page(bytes(50), number=2)


def form(*chunks: tuple[bytes, bytes], kind: bytes = b"AIFF") -> bytes:
    """Return an AIFF of these chunks."""
    body = kind + b"".join(k + struct.pack(">I", len(d)) + d + b"\0" * (len(d) & 1) for k, d in chunks)
    return b"FORM" + struct.pack(">I", len(body)) + body


def klv(key: str, value: bytes) -> bytes:
    """Return a key, a length in four bytes and a value."""
    return bytes.fromhex(key) + b"\x83" + len(value).to_bytes(3, "big") + value


HEADER_PACK, FOOTER_PACK = "060e2b34020501010d01020101020400", "060e2b34020501010d01020101040400"
STREAM_PACK, RANDOM_INDEX = "060e2b34020501010d01020101031100", "060e2b34020501010d01020101110100"
TAGGED_VALUE, FILL = "060e2b34025301010d01010101013f00", "060e2b34010101020301021001000000"
IDENTIFICATION = "060e2b34025301010d01010101013000"


def pack(key: str, footer: int, metadata: int) -> bytes:
    """Return a partition pack."""
    numbers = struct.pack(">QQQQQ", 0, 0, footer, metadata, 0)
    return klv(key, b"\0\1\0\3\0\0\0\1" + numbers + struct.pack(">IQI", 0, 0, 0) + bytes(16) + bytes(8))


def local_set(key: str, *items: tuple[int, bytes]) -> bytes:
    """Return a local set of metadata."""
    return klv(key, b"".join(struct.pack(">HH", n, len(v)) + v for n, v in items))


def tagged_value(name: str, value: str) -> bytes:
    """Return a name and a value, as Avid's editors attach them to a clip."""
    indirect = b"L" + bytes.fromhex("0002100100000000060e2b3401040101") + value.encode("utf-16-le")
    return local_set(TAGGED_VALUE, (0x5001, name.encode("utf-16-be")), (0x5003, indirect))


def mxf(*sets: bytes, stream: bytes = b"", essence: int = 256) -> bytes:
    """Return an MXF of a header with these sets, some essence, a stream of text if there is one, and an index."""
    metadata = klv("060e2b34020501010d01020101050100", bytes(8)) + b"".join(sets)
    header = pack(HEADER_PACK, 0, len(metadata)) + metadata
    body = klv("060e2b34010201010d01030115010500", bytes(essence))
    places = [0]
    out = header + body
    if stream:
        places.append(len(out))
        out += pack(STREAM_PACK, 0, 0) + klv("060e2b340101010c0d01050901000000", stream)
    places.append(len(out))
    out = pack(HEADER_PACK, len(out), len(metadata)) + out[len(pack(HEADER_PACK, 0, 0)) :]
    out += pack(FOOTER_PACK, places[-1], 0)
    return out + random_index(places)


def random_index(places: list[int]) -> bytes:
    """Return the index of partitions that ends an MXF."""
    index = b"".join(struct.pack(">IQ", 1, at) for at in places)
    return klv(RANDOM_INDEX, index + struct.pack(">I", 16 + 4 + len(index) + 4))


def script(*fields: tuple[str, str]) -> bytes:
    """Return an FLV of one script tag with these fields."""
    texts = b"".join(_amf(k) + b"\2" + _amf(v) for k, v in fields)
    body = b"\2" + _amf("onMetaData") + b"\x08" + struct.pack(">I", len(fields)) + texts + b"\0\0\x09"
    head = b"\x12" + len(body).to_bytes(3, "big") + bytes(7)
    return b"FLV\1\5\0\0\0\x09" + bytes(4) + head + body + struct.pack(">I", 11 + len(body))


def _amf(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()


def glb(text: bytes) -> bytes:
    """Return a scene of this JSON."""
    padded = text + b" " * (-len(text) % 4)
    return b"glTF" + struct.pack("<II", 2, 20 + len(padded)) + struct.pack("<I", len(padded)) + b"JSON" + padded


def asf(*objects: bytes, after: bytes = b"") -> bytes:
    """Return an ASF whose header holds these objects, then media without a packet."""
    inside = b"".join(objects)
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
    head += struct.pack("<QIBB", 30 + len(inside), len(objects), 1, 2) + inside
    return head + asf_object("3626b2758e66cf11a6d900aa0062ce6c", bytes(26)) + after


def asf_object(kind: str, content: bytes) -> bytes:
    """Return an object of ASF."""
    return bytes.fromhex(kind) + struct.pack("<Q", 24 + len(content)) + content


def asf_described(description: bytes) -> bytes:
    """Return the description of an ASF: title, author, copyright, description, rating."""
    texts = [t.encode("utf-16-le") + b"\0\0" for t in ("a", "b", "c", description.decode(), "d")]
    return asf_object("3326b2758e66cf11a6d900aa0062ce6c", struct.pack("<5H", *map(len, texts)) + b"".join(texts))


def asf_extended(name: str, value: bytes) -> bytes:
    """Return a list of two further descriptions of an ASF."""
    rows = [
        (k.encode("utf-16-le") + b"\0\0", v.encode("utf-16-le") + b"\0\0")
        for k, v in (("WM/Year", "2026"), (name, value.decode()))
    ]
    body = b"".join(struct.pack("<H", len(k)) + k + struct.pack("<HH", 0, len(v)) + v for k, v in rows)
    return asf_object("40a4d0d207e3d21197f000a0c95ea850", struct.pack("<H", 2) + body)


def asf_library(name: str, value: bytes) -> bytes:
    """Return a library of metadata in the extension of a header."""
    k, v = name.encode("utf-16-le") + b"\0\0", value.decode().encode("utf-16-le") + b"\0\0"
    record = struct.pack("<HHHHHI", 1, 0, 0, len(k), 0, len(v)) + k + v
    library = asf_object("941c23449894d149a1411d134e457054", record)
    return asf_object("b503bf5f2ea9cf118ee300c00c205365", bytes(16) + struct.pack("<HI", 6, len(library)) + library)
