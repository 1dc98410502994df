"""Every mark in types that are rare: a table like the one for films, which the same tests run."""

from collections.abc import Callable

from provenance.evidence import Claim, Strength
from tests.containers import filming
from tests.containers import rarities as make
from tests.containers.making import box, riff
from tests.signals.films import (
    AI,
    AIGC,
    BY_HAND,
    CAPTURE,
    COMFY,
    COMMENT,
    DECLARED,
    FFMPEG,
    GRAPH,
    HINT,
    LABEL,
    NOTES,
    PART,
    PICTURE,
    PLAIN_PICTURE,
    SOURCE,
    TRACE,
    VHS,
    WORDS,
    XMP,
    Row,
)
from tests.signals.making import DESCRIPTION, exif
from tests.signals.rows import INFOTEXT

_How = tuple[bytes, Claim, Strength, bytes, str]
_COMMENT: _How = (COMMENT.encode(), AI, TRACE, NOTES.encode(), "JSON of another program")
_TEXT: _How = (GRAPH.encode(), AI, TRACE, WORDS.encode(), "names of generators as words")
_LABEL: _How = (LABEL.encode(), AI, DECLARED, b"", "an empty field of that name")
_XMP: _How = (XMP, AI, DECLARED, CAPTURE, "another source type")
_PART: _How = (PICTURE, PART, TRACE, PLAIN_PICTURE, "a picture with a title")
_PLACED: _How = (XMP, PART, DECLARED, CAPTURE, "another source type")
_NAME: _How = (b"Draw Things 1.2", AI, HINT, b"Painter 7", "a painter's program")
_PROMPT: _How = (INFOTEXT.encode(), AI, TRACE, b"exposure 3, contrast 5", "other parameters")


def _row(mark: str, where: str, made: Callable[[bytes], bytes], how: _How) -> Row:
    value, claim, strength, other, missed = how
    return Row(mark, where, claim, strength, made(value), BY_HAND, made(other), missed)


def _by_ffmpeg(where: str, kind: str) -> Row:
    marked, plain = ((make.WRITTEN / f"{name}.{kind}").read_bytes() for name in ("comment", "plain"))
    return Row(VHS, where, AI, TRACE, marked, f"{FFMPEG}: {kind}", plain, "titles and comments in words")


def _supplemental(text: bytes) -> bytes:
    """Return AVC with unregistered user data before its first picture (ISO 14496-10, D.1.7)."""
    stream = (make.WRITTEN / "plain.h264").read_bytes()
    at = stream.index(b"\0\0\1\x06") - 1
    size = 16 + len(text)
    unit = b"\0\0\0\1\x06\5" + b"\xff" * (size // 255) + bytes([size % 255]) + bytes(range(1, 17)) + text + b"\x80"
    return stream[:at] + unit + stream[at:]


def _listed(text: bytes) -> tuple[str, bytes]:
    return make.W64_LIST, filming.info((b"ICMT", text))[1]


def _info(text: bytes) -> tuple[bytes, bytes]:
    return filming.info((b"ICMT", text))


_SOUND: _How = (COMMENT.encode(), PART, TRACE, NOTES.encode(), "JSON of another program")
_OWN = "00112233445566778899aabbccddeeff"
SOUNDS = (
    _row(VHS, "Wave64 `list` INFO `ICMT`", lambda v: make.w64(_listed(v)), _COMMENT),
    _row(COMFY, "Wave64 `bext` Description", lambda v: make.w64((make.W64_BEXT, filming.broadcast(v)[1])), _TEXT),
    _row(SOURCE, "Wave64, XMP in a chunk of a program", lambda v: make.w64((_OWN, v)), _XMP),
    _by_ffmpeg("AU annotation", "au"),
    _by_ffmpeg("CAF `info` `comment`", "caf"),
    _row(AIGC, "CAF `info` `AIGC`", lambda v: make.caf(make.caf_info("AIGC", v)), _LABEL),
    _row(SOURCE, "CAF `uuid`, XMP", lambda v: make.caf((b"uuid", bytes(16) + v)), _XMP),
    _by_ffmpeg("WavPack, APE tag", "wv"),
    _row(COMFY, "WavPack, what stood behind the sound of a WAV", make.wavpack, _TEXT),
    _row(COMFY, "APE, what stood behind the sound of a WAV", make.monkey, _TEXT),
    _row(VHS, "APE, tag", lambda v: make.monkey() + filming.ape(("Comment", v)), _COMMENT),
    _row(COMFY, "DTS-HD `FILEINFO`", make.dts_hd, _TEXT),
)
PICTURES = (
    _row(SOURCE, "JPEG 2000, XMP in a `uuid` box", lambda v: make.jp2(box(b"uuid", make.UUID + v)), _XMP),
    _row(SOURCE, "JPEG 2000, XMP in an `xml ` box", lambda v: make.jp2(box(b"xml ", v)), _XMP),
    _row(
        "AUTOMATIC1111 parameters",
        "JPEG 2000, EXIF in a `uuid` box",
        lambda v: make.jp2(box(b"uuid", b"JpgTiffExif->JP2" + exif({DESCRIPTION: v + b"\0"}))),
        _PROMPT,
    ),
    _row("generator's name", "TGA software", lambda v: make.tga(make.tga_extension(software=v)), _NAME),
    _row("AUTOMATIC1111 parameters", "TGA comment", lambda v: make.tga(make.tga_extension(comment=v)), _PROMPT),
    _row(COMFY, "TGA label", lambda v: make.tga(label=v), _TEXT),
    _row(COMFY, "TGA, data of a developer", lambda v: make.tga(developers=v), _TEXT),
    _row(SOURCE, "TGA, XMP as data of a developer", lambda v: make.tga(developers=v), _XMP),
    _row(COMFY, "PPM comment", lambda v: b"P6\n# " + v + b"\n4 2\n255\n" + bytes(24), _TEXT),
    _row(SOURCE, "XCF, XMP among what belongs to the picture", lambda v: b"gimp xcf v011\0" + bytes(30) + v, _XMP),
    _row(COMFY, "Radiance, comment", lambda v: b"#?RADIANCE\n# " + v + b"\n\n-Y 1 +X 1\n" + bytes(4), _TEXT),
    _row("picture of a generator", "ICO, a PNG in it", lambda v: make.ico(make.BITMAP, v), _PART),
    _row("picture of a generator", "ICNS, a PNG in it", lambda v: make.icns((b"ic07", v)), _PART),
    _row(COMFY, "Cineon user data", lambda v: make.cineon(user=v), _TEXT),
)
REELS = (
    _row(COMFY, "GXF, text of the material", lambda v: make.gxf((0xFD, b"\1\0" + v + b"\0")), _TEXT),
    _row(COMFY, "NUT, information", lambda v: b"nut/multimedia container\0" + bytes(30) + v + b"\0", _TEXT),
    _row(AIGC, "AVC, supplemental information", _supplemental, _LABEL),
    _row(COMFY, "EBU STL, user-defined area", lambda v: make.stl(about=v), _TEXT),
)
PROJECTS = (
    _row("picture of a generator", "FBX, a PNG packed into it", make.fbx, _PART),
    _row("picture of a generator", "FBX 7.5, a PNG packed into it", lambda v: make.fbx(v, version=7500), _PART),
    _row("picture of a generator", "Blender, a PNG packed into it", make.blender, _PART),
    _row(SOURCE, "After Effects, XMP behind the project", make.after_effects, _XMP),
    _row(SOURCE, "InDesign, XMP of the document", make.indesign, _XMP),
    _row(SOURCE, "InDesign, XMP of what was placed", lambda v: make.indesign(inside=v), _PLACED),
    _row(VHS, "OMF, a WAV in it", lambda v: make.bento(riff(b"WAVE", *filming.SOUND, _info(v))), _SOUND),
    _row("picture of a generator", "OMF, a PNG in it", make.bento, _PART),
    _row(SOURCE, "EPS, XMP", make.eps, _XMP),
    _row(COMFY, "EPS, comment of its program", lambda v: make.eps(b"% " + v + b"\n"), _TEXT),
    _row("generator's name", "EPS `%%Creator`", lambda v: make.eps(b"", b"a)\n%%Creator: (" + v), _NAME),
    _row("picture of a generator", "EPS, a PNG in it", make.eps, _PART),
    _row("picture of a generator", "EPS with a preview, a PNG in it", lambda v: make.dos_eps(v, make.eps()), _PART),
    _row("picture of a generator", "InDesign, a PNG in it", lambda v: make.indesign(inside=v), _PART),
)

ROWS = (*SOUNDS, *PICTURES, *REELS, *PROJECTS)
