"""Types that are rare among films and pictures, made by hand as their specifications say: plain, and with a text."""

import struct

from tests.containers import filming
from tests.containers.finished import noise

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


SOUNDS: dict[str, tuple[str, bytes]] = {
    "AC-3": ("audio/ac3", AC3),
    "E-AC-3": ("audio/eac3", EAC3),
    "DTS": ("audio/vnd.dts", DTS),
    "DTS with an extension": ("audio/vnd.dts", DTS_X),
    "DTS-HD": ("audio/vnd.dts.hd", dts_hd()),
    "AMR": ("audio/amr", AMR),
    "AMR, wide band": ("audio/amr-wb", AMR_WB),
    "Wave64": ("audio/x-w64", w64((W64_LIST, filming.info((b"INAM", b"a plate"))[1]), (W64_SUMMARY, bytes(16)))),
    "AU": ("audio/basic", au(b"a title")),
    "CAF": ("audio/x-caf", caf(caf_info("artist", b"somebody"))),
    "WavPack": ("audio/x-wavpack", wavpack()),
    "WavPack with a tag": ("audio/x-wavpack", wavpack() + filming.ape(("Title", b"a"))),
}
"""Of each a plain one, whole, with nothing behind it."""

RARE = {**SOUNDS}
