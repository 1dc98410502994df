"""One marked file of every format that lies on editorial storage, with knowledge of where its mark stands.

The marks are as long as generators write them. Where a mark stands is found by writing another one of the same length
in its place: what differs is the mark, and what is computed from it.
"""

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from provenance.sourcetype import Term
from tests.containers import drawing, filming, rarities
from tests.containers.making import box, chunk, jpeg, png, riff, segment
from tests.mutants import Marked
from tests.signals.making import DESCRIPTION, IPTC, exif, packet

_NODES = ("KSampler", "CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage", "VAEDecode", "SaveImage")
GRAPH = json.dumps({str(n): {"inputs": {"seed": n, "steps": 20}, "class_type": kind} for n, kind in enumerate(_NODES)})
COMMENT = json.dumps({"prompt": GRAPH, "workflow": {"nodes": [{"id": n, "type": k} for n, k in enumerate(_NODES)]}})
INFOTEXT = (
    "a lighthouse at night\nNegative prompt: people, boats\nSteps: 20, Sampler: Euler a, Schedule type: Karras, "
    "CFG scale: 7, Seed: 42, Size: 512x512, Model hash: 0123456789, Model: some, Clip skip: 2, Version: v1.10.1"
)
_CODE = "001191110102MA0171Y57U00001"
LABEL = json.dumps(
    {
        "Label": "1",
        "ContentProducer": _CODE,
        "ProduceID": "4711",
        "ReservedCode1": "a",
        "ContentPropagator": _CODE,
        "PropagateID": "4712",
        "ReservedCode2": "b",
    }
)
XMP = packet(
    f"<Iptc4xmpExt:DigitalSourceType>{IPTC}{Term.TRAINED_ALGORITHMIC_MEDIA.value}</Iptc4xmpExt:DigitalSourceType>"
    "<Iptc4xmpExt:AISystemUsed>Some Thing</Iptc4xmpExt:AISystemUsed>"
    "<photoshop:Credit>Made with Google AI</photoshop:Credit>"
).decode()

_Make = Callable[[bytes], bytes]
_FILMS = Path(__file__).parents[1] / "fixtures" / "films"


def _film(brand: bytes, inside: _Make) -> _Make:
    return lambda v: (
        box(b"ftyp", brand + bytes(4) + brand)
        + filming.film(inside(v)).partition(b"moov")[0][-4:]
        + (b"moov" + filming.film(inside(v)).partition(b"moov")[2])
    )


def _keys(name: str) -> _Make:
    return lambda v: filming.user_data(filming.keyed({name: v}))


_DNG = (0xC612, 1, b"\1\4\0\0")
_SOUND = filming.SOUND

TEXTS: dict[str, _Make] = {
    "JPEG COM": lambda v: jpeg(segment(0xFE, v)),
    "JPEG UserComment": lambda v: jpeg(
        segment(0xE1, b"Exif\0\0" + exif({}, comment=b"UNICODE\0" + v.decode().encode("utf-16-be")))
    ),
    "PNG": lambda v: png(chunk(b"tEXt", b"prompt\0" + v)),
    "TIFF": lambda v: drawing.pages([(DESCRIPTION, 2, v + b"\0")]),
    "DNG": lambda v: drawing.pages([(DESCRIPTION, 2, v + b"\0"), _DNG]),
    "WebP": lambda v: drawing.webp(b"EXIF", exif({DESCRIPTION: v + b"\0"})),
    "GIF": lambda v: drawing.gif(drawing.gif_comment(v)),
    "HEIC": lambda v: drawing.heif(b"heic", exif=exif({}, comment=b"ASCII\0\0\0" + v)),
    "AVIF": lambda v: drawing.heif(b"avif", exif=exif({}, comment=b"ASCII\0\0\0" + v)),
    "JXL": lambda v: drawing.jxl(box(b"Exif", bytes(4) + exif({DESCRIPTION: v + b"\0"}))),
    "SVG": lambda v: drawing.svg(b"<desc>" + html.escape(v.decode()).encode() + b"</desc>"),
    "PSD": lambda v: drawing.psd(drawing.resource(1058, exif({DESCRIPTION: v + b"\0"}))),
    "EXR": lambda v: drawing.exr([drawing.attribute("prompt", v)]),
    "DPX": lambda v: drawing.dpx({160: b"x"}, bytes(32) + v),
    "PDF": lambda v: drawing.pdf({"Keywords": v.decode()}),
    "MP4": lambda v: filming.film(_keys("comment")(v)),
    "M4V": _film(b"M4V ", _keys("comment")),
    "M4A": _film(b"M4A ", lambda v: filming.user_data(filming.listed(box(b"\xa9cmt", filming.data_box(v))))),
    "MOV": _film(b"qt  ", lambda v: filming.user_data(filming.text_atom(b"\xa9cmt", v))),
    "MXF": lambda v: filming.mxf(filming.tagged_value("Comments", v.decode())),
    "MKV": lambda v: filming.matroska(filming.tagged(filming.simple_tag("COMMENT", v))),
    "AVI": lambda v: riff(b"AVI ", filming.info((b"ICMT", v)), (b"LIST", b"movi")),
    "WAV iXML": lambda v: riff(
        b"WAVE", *_SOUND, (b"iXML", b"<BWFXML><NOTE>" + html.escape(v.decode()).encode() + b"</NOTE></BWFXML>")
    ),
    "WAV id3": lambda v: riff(b"WAVE", *_SOUND, (b"id3 ", filming.tag(filming.frame(b"TXXX", b"\3comment\0" + v)))),
    "MP3": lambda v: filming.tag(filming.frame(b"TXXX", b"\3comment\0" + v)) + filming.FRAMES,
    "MP3 APE": lambda v: filming.FRAMES + filming.ape(("Comment", v)) + filming.old_tag(b"Flux"),
    "FLAC": lambda v: filming.flac((4, filming.comments(b"comment=" + v))),
    "AIFF": lambda v: filming.form((b"COMM", bytes(18)), (b"ANNO", v)),
    "Ogg": lambda v: filming.ogg(b"comment=" + v),
    "WMV": lambda v: filming.asf(filming.asf_described(v)),
    "WMA": lambda v: filming.asf(filming.asf_library("comment", v)),
    "MP3 chapter": lambda v: (
        filming.tag(filming.frame(b"CHAP", b"one\0" + bytes(16) + filming.frame(b"TXXX", b"\3comment\0" + v)))
        + filming.FRAMES
    ),
    "FLV": lambda v: filming.script(("comment", v.decode())),
}
"""By format, what keeps a generator's text in it."""
RARE: dict[str, _Make] = {
    "Wave64": lambda v: rarities.w64((rarities.W64_LIST, filming.info((b"ICMT", v))[1])),
    "AU": lambda v: rarities.au(b"Title=a\nComment=" + v),
    "CAF": lambda v: rarities.caf(rarities.caf_info("comment", v)),
    "WavPack": rarities.wavpack,
    "WavPack APE": lambda v: rarities.wavpack() + filming.ape(("Comment", v)),
    "DTS-HD": rarities.dts_hd,
    "GXF": lambda v: rarities.gxf((0xFD, b"\1\0" + v + b"\0")),
    "TGA": lambda v: rarities.tga(developers=v),
    "PPM": lambda v: b"P6\n# " + v + b"\n4 2\n255\n" + bytes(24),
    "JP2": lambda v: rarities.jp2(box(b"xml ", v)),
    "Cineon": lambda v: rarities.cineon(user=v),
    "EBU STL": lambda v: rarities.stl(about=v[:576]),
}
"""The same, of types that are rare."""

GLB: _Make = lambda v: filming.glb(b'{"asset":{"version":"2.0","extras":' + v + b"}}")  # noqa: E731 (as those above)

LABELS: dict[str, _Make] = {
    "JPEG APP11": lambda v: jpeg(segment(0xEB, b"AIGC" + v)),
    "PNG AIGC": lambda v: png(chunk(b"tEXt", b"AIGC\0" + v)),
    "MP4 free form": lambda v: filming.film(filming.user_data(filming.listed(filming.free_form(b"AIGC", v)))),
    "MOV cmov": lambda v: (
        filming.OLD_TYPE + filming.MEDIA + filming.compressed(filming.HEADER + filming.keyed({"AIGC": v}))
    ),
    "MXF AIGC": lambda v: filming.mxf(filming.tagged_value("AIGC", v.decode())),
    "WebM": lambda v: filming.matroska(filming.tagged(filming.simple_tag("AIGC", v))).replace(
        b"matroska", b"webm\0\0\0\0"
    ),
    "WAV INFO": lambda v: riff(b"WAVE", *_SOUND, filming.info((b"AIGC", v))),
    "BWF": lambda v: riff(b"WAVE", filming.broadcast(history=v), *_SOUND),
    "MP3 UTF-16": lambda v: filming.tag(filming.wide_text("AIGC", v.decode(), flags=2), version=4) + filming.FRAMES,
    "PDF Info": lambda v: drawing.pdf({"AIGC": v.decode()}),
}

PACKETS: dict[str, _Make] = {
    "JPEG XMP": lambda v: jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + v)),
    "PNG XMP": lambda v: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + v)),
    "TIFF XMP": lambda v: drawing.pages([(0x131, 2, b"x\0")], [(0x2BC, 1, v)]),
    "WebP XMP": lambda v: drawing.webp(b"XMP ", v),
    "GIF XMP": lambda v: drawing.gif(drawing.gif_xmp(v)),
    "HEIC XMP": lambda v: drawing.heif(b"heic", exif=exif({0x131: b"x\0"}), xmp=v),
    "JXL XMP": lambda v: drawing.jxl(box(b"xml ", v)),
    "JXL Brotli": lambda v: drawing.jxl(drawing.compressed(b"xml ", v)),
    "PSD XMP": lambda v: drawing.psd(drawing.resource(1060, v)),
    "PSB XMP": lambda v: drawing.psd(drawing.resource(1060, v), big=True),
    "SVG XMP": lambda v: drawing.svg(b"<metadata>" + v + b"</metadata>"),
    "PDF XMP": lambda v: drawing.pdf(packet=v),
    "MP4 XMP": lambda v: filming.film(after=box(b"uuid", filming.XMP_UUID + v)),
    "MOV XMP": _film(b"qt  ", lambda v: filming.user_data(box(b"XMP_", v))),
    "MXF XMP": lambda v: filming.mxf(stream=v),
    "AVI XMP": lambda v: riff(b"AVI ", (b"LIST", b"movi"), (b"_PMX", v)),
    "RF64": lambda v: b"RF64" + riff(b"WAVE", (b"ds64", bytes(28)), *_SOUND, (b"_PMX", v))[4:],
    "MP3 XMP": lambda v: filming.tag(filming.frame(b"PRIV", b"XMP\0" + v)) + filming.FRAMES,
    "AIFF XMP": lambda v: filming.form((b"COMM", bytes(18)), (b"APPL", b"XMP " + v)),
    "JP2 XMP": lambda v: rarities.jp2(box(b"uuid", rarities.UUID + v)),
    "CAF XMP": lambda v: rarities.caf((b"uuid", bytes(16) + v)),
    "After Effects": rarities.after_effects,
    "InDesign": rarities.indesign,
}


_UNCHECKED = {"PDF", "PDF Info", "JXL Brotli"}
"""Compressed without a checksum, or with one nobody looks at: one changed bit makes another text of all of it."""


def marked_formats() -> list[Marked]:
    """Return a marked file of each format and place, and where its mark stands."""
    makers = [
        *((name, make, COMMENT) for name, make in TEXTS.items()),
        ("GLB", GLB, COMMENT),
        *((name, make, GRAPH) for name, make in RARE.items()),
        *((name, make, LABEL) for name, make in LABELS.items()),
        *((name, make, XMP) for name, make in PACKETS.items()),
        ("PNG parameters", lambda v: png(chunk(b"tEXt", b"parameters\0" + v)), INFOTEXT),
    ]
    made = [_marked(name, make, value) for name, make, value in makers]
    made = [replace(m, spans=()) if m.name in _UNCHECKED else m for m in made]
    return [*made, *_fixtures()]


def _marked(name: str, make: _Make, value: str) -> Marked:
    data, other = make(value.encode()), make(value.translate(_OTHER).encode())
    start = next(n for n, (a, b) in enumerate(zip(data, other, strict=False)) if a != b)
    behind = next(n for n, (a, b) in enumerate(zip(reversed(data), reversed(other), strict=False)) if a != b)
    return Marked(name, data, ((start, len(data) - behind),), flagged=True)


_OTHER = str.maketrans("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "b" * 62)
"""Other letters and digits in the same places: whatever is made of the text has the same form."""


def _fixtures() -> Iterator[Marked]:
    """Yield what FFmpeg wrote, where the mark is what lies between its first and its last word."""
    for path in sorted(_FILMS.iterdir()):
        if path.name.startswith(("graph", "label", "comment")):
            data = path.read_bytes()
            words = [at for word in (b"class_type", b"ContentProducer", b"PropagateID") for at in _all(data, word)]
            yield Marked(path.name, data, ((min(words), max(words)),), flagged=True)


def _all(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)
