"""Types that are rare among films and pictures, made by hand as their specifications say: plain, and with a text."""

import gzip
import io
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.containers import filming
from tests.containers.drawing import pages
from tests.containers.finished import noise
from tests.containers.making import png, riff

# Rows of frames. AC-3: 48 kHz, 64 kbit/s; E-AC-3: 128 bytes; DTS: 512 bytes; AMR: 12.2 kbit/s, and 6.6 in wide band.
AC3 = b"".join(b"\x0b\x77\x12\x34\x08\x40" + noise(250, n) for n in range(6))
EAC3 = b"".join(b"\x0b\x77\x00\x3f\x34\x86" + noise(122, n) for n in range(6))
DTS = b"".join(b"\x7f\xfe\x80\x01\xfc\x3c\x1f\xf0" + noise(504, n) for n in range(5))
DTS_X = b"".join(
    b"\x7f\xfe\x80\x01\xfc\x3c\x1f\xf0" + noise(504, n) + b"\x64\x58\x20\x25\0\x01\x60\x0f\xe0\0" + noise(118, n)
    for n in range(4)
)
AMR = b"#!AMR\n" + b"".join(b"\x3c" + noise(31, n) for n in range(9))
AMR_WB = b"#!AMR-WB\n" + b"".join(b"\x04" + noise(17, n) for n in range(8))

_RIFF, _WAVE = "726966662e91cf11a5d628db04c10000", "77617665f3acd3118cd100c04f8edb8a"
_SOUND = noise(400)


def w64(*chunks: tuple[str, bytes]) -> bytes:
    """Return a Wave64 of chunks, each of a type by its GUID, and its sound."""
    sound = (("666d7420" + _WAVE[8:], bytes(16)), ("64617461" + _WAVE[8:], _SOUND))
    body = bytes.fromhex(_WAVE)
    for kind, content in (*chunks, *sound):
        body += bytes.fromhex(kind) + struct.pack("<Q", 24 + len(content)) + content + bytes(-len(content) % 8)
    return bytes.fromhex(_RIFF) + struct.pack("<Q", 24 + len(body)) + body


W64_LIST, W64_BEXT = "6c6973742f91cf11a5d628db04c10000", "62657874" + _WAVE[8:]
W64_SUMMARY = "925f94bc525ad21186dc00c04f8edb8a"


def au(text: bytes = b"", *, size: int | None = None) -> bytes:
    """Return an AU with an annotation."""
    text += bytes(8 - len(text) % 8)
    told = len(_SOUND) if size is None else size
    return b".snd" + struct.pack(">5I", 24 + len(text), told, 3, 48_000, 2) + text + _SOUND


def caf(*chunks: tuple[bytes, bytes], endless: bool = False) -> bytes:
    """Return a CAF of chunks, and its sound."""
    rows = ((b"desc", bytes(32)), *chunks)
    made = b"".join(kind + struct.pack(">q", len(content)) + content for kind, content in rows)
    return b"caff\0\1\0\0" + made + b"data" + struct.pack(">q", -1 if endless else 4 + len(_SOUND)) + bytes(4) + _SOUND


def caf_info(key: str, value: bytes) -> tuple[bytes, bytes]:
    """Return the chunk of texts of a CAF."""
    return b"info", struct.pack(">I", 2) + b"title\0a plate\0" + key.encode() + b"\0" + value + b"\0"


def wavpack(around: bytes = b"") -> bytes:
    """Return a WavPack of three blocks, the last of which keeps what stood behind the sound."""

    def block(samples: int, content: bytes) -> bytes:
        head = struct.pack("<IHBBIIIII", 24 + len(content), 0x0410, 0, 0, 1000, 0, samples, 0, 0)
        return b"wvpk" + head + content

    return block(500, noise(300)) + block(500, noise(300, 1)) + block(0, b"\x22\x80" + around + bytes(8))


def dts_hd(text: bytes = b"a title") -> bytes:
    """Return a DTS-HD file with a text about it."""
    chunks = ((b"DTSHDHDR", bytes(20)), (b"FILEINFO", text + b"\0"), (b"STRMDATA", DTS))
    return b"".join(kind + struct.pack(">Q", len(content)) + content for kind, content in chunks)


AC4 = b"".join(b"\xac\x41\0\x50" + noise(82, n) for n in range(5))
AC4_LONG = b"".join(b"\xac\x40\xff\xff\0\0\x50" + noise(80, n) for n in range(5))
TRUEHD = b"".join(
    b"\xf0\x40\0\0" + (b"\xf8\x72\x6f\xba" if n % 16 == 0 else noise(4, n)) + noise(120) for n in range(40)
)


def monkey(around: bytes = b"LIST\4\0\0\0INFO") -> bytes:
    """Return a Monkey's Audio that keeps what stood behind the sound of a WAV."""
    head = b"MAC " + struct.pack("<HH7I", 3990, 0, 52, 24, 8, 44, 200, 0, len(around)) + bytes(16)
    return head + bytes(24) + bytes(8) + b"RIFF".ljust(44, b"\0") + noise(200) + around


PGS = b"".join(
    b"PG" + struct.pack(">IIBH", 90 * n, 0, kind, 20) + noise(20, n) for n, kind in enumerate(b"\x16\x17\x14\x15\x80")
)

SOUNDS: dict[str, tuple[str, bytes]] = {
    "AC-3": ("audio/ac3", AC3),
    "E-AC-3": ("audio/eac3", EAC3),
    "DTS": ("audio/vnd.dts", DTS),
    "DTS with an extension": ("audio/vnd.dts", DTS_X),
    "DTS-HD": ("audio/vnd.dts.hd", dts_hd()),
    "AMR": ("audio/amr", AMR),
    "AMR, wide band": ("audio/amr-wb", AMR_WB),
    "AC-4": ("audio/ac4", AC4),
    "AC-4, long": ("audio/ac4", AC4_LONG),
    "TrueHD": ("audio/vnd.dolby.mlp", TRUEHD),
    "APE": ("audio/x-ape", monkey()),
    "APE with a tag": ("audio/x-ape", monkey() + filming.ape(("Title", b"a"))),
    "PGS": ("application/x-pgs", PGS),
    "Wave64": ("audio/x-w64", w64((W64_LIST, filming.info((b"INAM", b"a plate"))[1]), (W64_SUMMARY, bytes(16)))),
    "AU": ("audio/basic", au(b"a title")),
    "CAF": ("audio/x-caf", caf(caf_info("artist", b"somebody"))),
    "WavPack": ("audio/x-wavpack", wavpack()),
    "WavPack with a tag": ("audio/x-wavpack", wavpack() + filming.ape(("Title", b"a"))),
}
"""Of each a plain one, whole, with nothing behind it."""


def gxf(*packets: tuple[int, bytes]) -> bytes:
    """Return a GXF of packets, with its last one."""
    rows = ((0xBC, b"\xe0\0" + bytes(30)), *packets, (0xBF, noise(200)), (0xFB, b""))
    return b"".join(
        b"\0\0\0\0\1" + bytes([kind]) + struct.pack(">I", 16 + len(body)) + bytes(4) + b"\xe1\xe2" + body
        for kind, body in rows
    )


def ivf(*frames: bytes) -> bytes:
    """Return an IVF of frames."""
    head = b"DKIF\0\0\x20\0VP80" + struct.pack("<HHIII", 16, 16, 25, 1, len(frames)) + bytes(4)
    return head + b"".join(struct.pack("<IQ", len(f), n) + f for n, f in enumerate(frames))


def y4m(tokens: str = "W4 H2 F25:1 C422p10", size: int = 32) -> bytes:
    """Return two pictures as YUV4MPEG."""
    return f"YUV4MPEG2 {tokens}\n".encode() + b"".join(b"FRAME\n" + noise(size, n) for n in range(2))


def dv(frames: int = 2) -> bytes:
    """Return frames of DV with 525 lines."""
    kinds = (0x1F, 0x3F, 0x3F, 0x5F, 0x5F, 0x5F, *(0x7F if n % 16 == 0 else 0x9F for n in range(144)))
    blocks = []
    for sequence in range(10):
        for number, kind in enumerate(kinds):
            first = b"\x3f" if number == 0 else b"\xff"
            blocks.append(bytes([kind, sequence << 4 | 7, 0 if number == 0 else number & 0xFF]) + first + bytes(76))
    return b"".join(blocks) * frames


REELS: dict[str, tuple[str, bytes]] = {
    "GXF": ("application/gxf", gxf((0xFD, b"a title\0" + bytes(8)))),
    "DV": ("video/dv", dv()),
    "IVF": ("video/x-ivf", ivf(noise(40), noise(50, 1))),
    "YUV4MPEG": ("video/x-yuv4mpeg", y4m()),
}


def _saved(kind: str, mode: str = "RGB", side: int = 24, **options: object) -> bytes:
    """Return a picture that Pillow wrote."""
    out = io.BytesIO()
    picture = Image.frombytes("RGB", (side, side), noise(3 * side * side)).convert(mode)
    picture.save(out, kind, **options)
    return out.getvalue()


def tga(extension: bytes = b"", label: bytes = b"", developers: bytes = b"", *, footer: bool = True) -> bytes:
    """Return a TGA of one picture, with an extension area and what a developer keeps."""
    data = bytes([len(label), 0, 2]) + bytes(9) + struct.pack("<HHBB", 5, 4, 24, 0) + label + noise(60)
    at = directory = 0
    if extension:
        at = len(data)
        data += extension
    if developers:
        start = len(data)
        data += developers
        directory = len(data)
        data += struct.pack("<HHII", 1, 7, start, len(developers))
    return data + (struct.pack("<II", at, directory) + b"TRUEVISION-XFILE.\0" if footer else b"")


def tga_extension(software: bytes = b"", comment: bytes = b"") -> bytes:
    """Return the extension area of a TGA."""
    data = bytearray(495)
    data[:2] = struct.pack("<H", 495)
    data[43 : 43 + len(comment)] = comment
    data[426 : 426 + len(software)] = software
    return bytes(data)


def icns(*elements: tuple[bytes, bytes]) -> bytes:
    """Return icons of macOS of these elements."""
    body = b"".join(kind + struct.pack(">I", 8 + len(content)) + content for kind, content in elements)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def ico(*pictures: bytes, kind: int = 1) -> bytes:
    """Return icons of Windows of these pictures."""
    at, rows = 6 + 16 * len(pictures), b""
    for picture in pictures:
        rows += struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return struct.pack("<HHH", 0, kind, len(pictures)) + rows + b"".join(pictures)


BITMAP = struct.pack("<IiiHHIIiiII", 40, 4, 8, 1, 32, 0, 64, 0, 0, 0, 0) + noise(64) + bytes(16)
UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def jp2(*boxes: bytes) -> bytes:
    """Return a JP2 that Pillow wrote, with boxes before its picture."""
    data = _saved("JPEG2000")
    at = data.index(b"jp2c") - 4
    return data[:at] + b"".join(boxes) + data[at:]


def cineon(label: bytes = b"", user: bytes = b"") -> bytes:
    """Return the headers of a Cineon with a name and what its writer keeps, and its pixels."""
    data = bytearray(2048)
    data[:8], data[24:28], data[32:41] = b"\x80\x2a\x5f\xd7\0\0\x08\0", b"V4.5", b"plate.cin"
    data[452 : 452 + len(label)] = label
    data[4:8], data[16:20] = struct.pack(">I", 2048 + len(user)), struct.pack(">I", len(user))
    return bytes(data) + user + noise(300)


PICTURES: dict[str, tuple[str, bytes]] = {
    "TGA by Pillow": ("image/x-tga", _saved("TGA")),
    "TGA, compressed": ("image/x-tga", _saved("TGA", compression="tga_rle")),
    "TGA, grey, compressed": ("image/x-tga", _saved("TGA", "L", compression="tga_rle")),
    "TGA, mapped": ("image/x-tga", _saved("TGA", "P")),
    "TGA, all areas": ("image/x-tga", tga(tga_extension(b"Painter"), b"a label", b"of a developer")),
    "TGA without a footer": ("image/x-tga", tga(footer=False)),
    "TGA, compressed, without a footer": ("image/x-tga", _saved("TGA", compression="tga_rle")[:-26]),
    "ICO of PNG": ("image/vnd.microsoft.icon", _saved("ICO", side=64)),
    "ICO of bitmaps": ("image/vnd.microsoft.icon", _saved("ICO", side=64, bitmap_format="bmp")),
    "CUR": ("image/vnd.microsoft.icon", ico(BITMAP, kind=2)),
    "ICNS": ("image/icns", icns((b"ic04", noise(40)), (b"ic07", png()), (b"info", bytes(12)))),
    "PBM": ("image/x-portable-anymap", _saved("PPM", "1")),
    "PGM": ("image/x-portable-anymap", _saved("PPM", "L")),
    "PPM": ("image/x-portable-anymap", _saved("PPM")),
    "PPM of 16 bits, twice": ("image/x-portable-anymap", (b"P6\n# a plate\n4 2 # size\n1023\n" + noise(48)) * 2),
    "PAM": (
        "image/x-portable-anymap",
        b"P7\nWIDTH 12\nHEIGHT 10\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + noise(480),
    ),
    "PFM": ("image/x-portable-anymap", _saved("PPM", "F")),
    "QOI": ("image/qoi", _saved("QOI")),
    "SGI": ("image/sgi", _saved("SGI")),
    "JP2": ("image/jp2", jp2()),
    "JPEG 2000 codestream": ("image/x-jp2-codestream", _saved("JPEG2000", no_jp2=True)),
    "Cineon": ("image/x-cineon", cineon(b"plate")),
}


def fbx(content: bytes = b"", *, version: int = 7400) -> bytes:
    """Return an FBX with a file that was packed into it."""
    width = 8 if version >= 7500 else 4

    def node(at: int, name: bytes, inside: bytes) -> bytes:
        stop = at + 3 * width + 1 + len(name) + len(inside)
        return b"".join(n.to_bytes(width, "little") for n in (stop, 0, 0)) + bytes([len(name)]) + name + inside

    data = b"Kaydara FBX Binary  \0\x1a\0" + struct.pack("<I", version)
    data += node(len(data), b"Creator", b"S\x07\0\0\0a scene")
    packed = b"\x07ContentR" + struct.pack("<I", len(content)) + content if content else b""
    data += node(len(data), b"Objects", packed + noise(40))
    foot = bytes.fromhex("fabcaf10da34") + bytes(134) + bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
    return data + bytes(3 * width + 1) + foot


def blender(*blocks: bytes, head: bytes = b"BLENDER-v402") -> bytes:
    """Return a scene of Blender of blocks, in one of its three layouts."""
    order, rows = (">" if head[8:9] == b"V" else "<"), b""
    for code, content in ((b"GLOB", noise(16)), *((b"DATA", b) for b in blocks), (b"ENDB", b"")):
        if len(head) > 12:
            rows += code + struct.pack("<IQQQ", 0, 1, len(content), 1) + content
        else:
            pointer = "I" if head[7:8] == b"_" else "Q"
            rows += code + struct.pack(f"{order}I{pointer}II", len(content), 1, 0, 1) + content
    return head + rows


def after_effects(packet: bytes = b"", inside: bytes = b"") -> bytes:
    """Return a project of After Effects, and XMP behind it."""
    body = b"Egg!head" + struct.pack(">I", 8) + bytes(8) + inside
    return b"RIFX" + struct.pack(">I", len(body)) + body + bytes(len(body) % 2) + packet


def indesign(packet: bytes = b"", inside: bytes = b"") -> bytes:
    """Return a document of InDesign, and its XMP as an object of its own."""
    own = bytes.fromhex("de39397951884b6c8e63eef8aee0dd38") + bytes(16) + packet if packet else b""
    return bytes.fromhex("0606edf5d81d46bdef31e7fe74b71df5") + b"DOCUMENT\1" + bytes(4071) + inside + own


def avid_index(clips: int = 2) -> bytes:
    """Return the index that Avid keeps of a folder."""
    mob = b"\x06\x0a\x2b\x34" + bytes(range(28))
    file = mob + b"\x05\0a.mxf\x07\0Harbour"
    return b"\xa9\7\0\0\x08\0\0\0" + struct.pack("<I", clips) + (file + mob + bytes(4)) * clips


def bento(*values: bytes) -> bytes:
    """Return a Bento of values, as OMF and Avid's database of a folder are."""
    data, rows = b"\1" + noise(40), b""
    for value in values:
        rows += struct.pack("<IIIIIHH", 7, 8, 9, len(data), len(value), 1, 0)
        data += value
    rows += struct.pack("<IIIIIHH", 7, 8, 9, 0x4D4F424A, 4, 1, 1)
    return data + rows + b"\xa4CM\xa5Hdr\xd7" + struct.pack("<H2sHHII", 0, b"II", 1, 0, len(data), len(rows))


def stl(title: bytes = b"", subtitles: int = 3, about: bytes = b"") -> bytes:
    """Return subtitles of EBU STL."""
    data = bytearray(b" " * 1024)
    data[:16], data[238:243] = b"850STL25.01" + b"00" + b"09" + b" ", b"%05d" % subtitles
    data[16 : 16 + len(title)] = title
    data[448 : 448 + len(about)] = about
    return bytes(data) + b"".join(bytes([0, n, 0, 0xFF]) + bytes(12) + b"A line.".ljust(112, b"\x8f") for n in range(3))


def eps(inside: bytes = b"", title: bytes = b"a plate", end: bytes = b"%%EOF") -> bytes:
    """Return an EPS with binary data in it."""
    head = b"%!PS-Adobe-3.0 EPSF-3.0\n%%Title: (" + title + b")\n%%EndComments\n\0"
    return head + inside + noise(90) + b"\n" + end


def dos_eps(preview: bytes, program: bytes) -> bytes:
    """Return an EPS with a TIFF as its preview."""
    at = 32 + len(program)
    numbers = struct.pack("<6IH", 32, len(program), 0, 0, at, len(preview), 0xFFFF)
    return b"\xc5\xd0\xd3\xc6" + numbers + bytes(2) + program + preview


_UUID = b"0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d"
PROJECTS: dict[str, tuple[str, bytes]] = {
    "FBX": ("application/x-fbx", fbx(png())),
    "FBX 7.5": ("application/x-fbx", fbx(version=7500)),
    "Blender": ("application/x-blender", blender(png(), noise(60))),
    "Blender, 32 bits, big-endian": ("application/x-blender", blender(noise(60), head=b"BLENDER_V248")),
    "Blender 5": ("application/x-blender", blender(png(), head=b"BLENDER17-01v0500")),
    "Maya": ("application/x-maya", b"FOR4\0\0\0\x14Maya" + noise(16)),
    "Maya, 64 bits": ("application/x-maya", b"FOR8" + struct.pack(">IQ", 0, 20) + b"Maya" + noise(16)),
    "After Effects": ("application/x-aftereffects", after_effects()),
    "InDesign": ("application/x-indesign", indesign()),
    "Avid index": ("application/x-avid-index", avid_index()),
    "OMF": ("application/x-omf", bento(noise(60), riff(b"WAVE", *filming.SOUND))),
    "EBU STL": ("application/x-ebu-stl", stl(b"The harbour")),
    "Pro Tools": ("application/x-protools-session", b"\x030010111100101011" + noise(90)),
    "OpenVDB": ("application/x-openvdb", b" BDV\0\0\0\0" + struct.pack("<IIIB", 224, 11, 0, 1) + _UUID + noise(90)),
    "EPS": ("application/postscript", eps()),
    "EPS by Pillow": ("application/postscript", _saved("EPS")),
    "EPS with a preview": ("application/postscript", dos_eps(pages([(0x10E, 2, b"plate\0")]), eps())),
    "DVD": ("application/x-dvd-info", b"DVDVIDEO-VTS" + bytes(19) + b"\1" + noise(4064)),
    "Blu-ray": ("application/x-bluray-info", b"MPLS0200" + struct.pack(">3I", 58, 70, 0) + noise(90)),
    "NUT": ("video/x-nut", b"nut/multimedia container\0" + noise(90)),
    "shortcut": ("application/x-ms-shortcut", bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(80)),
}

WRITTEN = Path(__file__).parents[2] / "fixtures" / "rare"
_TYPES = {
    "ac3": "audio/ac3", "eac3": "audio/eac3", "amr": "audio/amr", "w64": "audio/x-w64", "au": "audio/basic",
    "caf": "audio/x-caf", "wv": "audio/x-wavpack", "m2v": "video/mpeg", "m1v": "video/mpeg", "h264": "video/h264",
    "hevc": "video/h265", "ivf": "video/x-ivf", "y4m": "video/x-yuv4mpeg", "gxf": "application/gxf", "dv": "video/dv",
    "avb": "application/x-avid-bin",
}  # fmt: skip


def _written() -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield what FFmpeg and pyavb wrote."""
    for path in sorted(WRITTEN.glob("plain*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield f"{path.name}, written", (_TYPES[path.name.removesuffix(".gz").rpartition(".")[2]], data)


RARE = {**SOUNDS, **REELS, **PICTURES, **PROJECTS, **dict(_written())}
