import zlib
from pathlib import Path

import pytest

from provenance.containers import Container, walk
from provenance.evidence import Claim, Kind, Strength
from provenance.files import BufferMedia
from provenance.signals import read_signals
from tests.signals.making import exif, packet

GENERATED = [
    "automatic1111_cropped.jpg",
    "automatic1111_cropped.png",
    "fooocus1_cropped.png",
    "img2img_cropped.png",
    "invokeai_dream1.png",
    "invokeai_imeta1.png",
    "invokeai_sdmeta1.png",
    "night_evening_day_morning_cropped.png",
    "noisy_latents_3_subjects_cropped.png",
    "novelai1_cropped.png",
    "unclip_2pass_cropped.png",
]
SILENT = [
    "c2pa-rs",
    "c2pa-ts",
    "exif-samples",
    "ms-extension-validator",
    "photon",
    "public-testfiles",
    "verify-site",
]


def walked(path: Path) -> Container:
    """Return what a walk finds in a file."""
    return walk(BufferMedia(path.read_bytes()))


@pytest.mark.parametrize("name", GENERATED)
def test_a_picture_of_each_local_generator_flags(samples: Path, name: str) -> None:
    """Pictures of ComfyUI, Fooocus, InvokeAI, NovelAI and AUTOMATIC1111 flag by the text they came with."""
    found = read_signals(walked(samples / "sd-parsers" / name))
    assert (Claim.AI_GENERATED, Strength.TRACE) in {(s.claim, s.strength) for s in found.signals}
    assert found.gaps == ()


@pytest.mark.parametrize("name", ["empty_image.png", "empty_image.jpg", "empty_file.png"])
def test_pictures_without_text_are_silent(samples: Path, name: str) -> None:
    """An empty picture or file has no marks."""
    assert read_signals(walked(samples / "sd-parsers" / name)).signals == ()


@pytest.mark.parametrize("folder", SILENT)
def test_no_photograph_or_signed_file_gives_a_mark_or_a_gap_here(samples: Path, folder: str) -> None:
    """Cameras' and editors' metadata is silent, damaged EXIF included: what these files are stands in credentials."""
    files = [path for path in sorted((samples / folder).rglob("*")) if path.is_file()]
    found = {path.name: read_signals(walked(path)) for path in files}
    assert {name: marks for name, marks in found.items() if marks.signals or marks.gaps} == {}


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG chunk."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@pytest.mark.parametrize("form", ["tEXt", "zTXt", "iTXt", "compressed iTXt"])
@pytest.mark.parametrize("place", ["before the picture", "after the picture"])
def test_png_text_flags_in_every_form_and_place(samples: Path, form: str, place: str) -> None:
    """The three kinds of text, compressed or not, count before and after IDAT."""
    infotext = b"a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
    packed = zlib.compress(infotext)
    added = {
        "tEXt": chunk(b"tEXt", b"parameters\0" + infotext),
        "zTXt": chunk(b"zTXt", b"parameters\0\0" + packed),
        "iTXt": chunk(b"iTXt", b"parameters\0\0\0en\0parameters\0" + infotext),
        "compressed iTXt": chunk(b"iTXt", b"parameters\0\1\0\0\0" + packed),
    }[form]
    plain = (samples / "sd-parsers" / "empty_image.png").read_bytes()
    at = plain.index(b"IDAT") - 4 if place == "before the picture" else plain.index(b"IEND") - 4
    found = read_signals(walk(BufferMedia(plain[:at] + added + plain[at:])))
    assert [(s.claim, s.strength) for s in found.signals] == [(Claim.AI_GENERATED, Strength.TRACE)]


DECLARED = packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')
INFOTEXT = b"a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
TC260 = b'AIGC{"Label":"1","ContentProducer":"001191110102MA0171Y57U00001","ProduceID":"1"}'


def segment(code: int, data: bytes) -> bytes:
    """Return a JPEG segment."""
    return bytes([0xFF, code]) + (len(data) + 2).to_bytes(2, "big") + data


def jpeg_with(samples: Path, *segments: bytes) -> bytes:
    """Return a plain JPEG with segments before its others."""
    plain = (samples / "sd-parsers" / "empty_image.jpg").read_bytes()
    return plain[:2] + b"".join(segments) + plain[2:]


def png_with(samples: Path, added: bytes) -> bytes:
    """Return a plain PNG with a chunk before its picture."""
    plain = (samples / "sd-parsers" / "empty_image.png").read_bytes()
    at = plain.index(b"IDAT") - 4
    return plain[:at] + added + plain[at:]


def webp_with(samples: Path, kind: bytes, data: bytes) -> bytes:
    """Return a plain WebP with a chunk behind its picture."""
    plain = (samples / "c2pa-rs" / "sample1.webp").read_bytes()
    body = plain[8:] + kind + len(data).to_bytes(4, "little") + data + bytes(len(data) & 1)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def test_xmp_flags_in_every_kind_of_picture(samples: Path) -> None:
    """A declaration in XMP counts in JPEG, PNG, WebP and TIFF."""
    pictures = [
        jpeg_with(samples, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + DECLARED)),
        png_with(samples, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + DECLARED)),
        png_with(samples, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(DECLARED))),
        webp_with(samples, b"XMP ", DECLARED),
        exif({0x02BC: DECLARED}),
    ]
    for picture in pictures:
        found = read_signals(walk(BufferMedia(picture)))
        assert [(s.kind, s.claim) for s in found.signals] == [(Kind.XMP, Claim.AI_GENERATED)]
        assert found.gaps == ()


def test_exif_flags_in_every_kind_of_picture(samples: Path) -> None:
    """A generator's comment in EXIF counts in JPEG, PNG, WebP and TIFF."""
    block = exif({0x010F: b"Nobody\0"}, comment=b"UNICODE\0" + INFOTEXT.decode().encode("utf-16-be"))
    pictures = [
        jpeg_with(samples, segment(0xE1, b"Exif\0\0" + block)),
        png_with(samples, chunk(b"eXIf", block)),
        webp_with(samples, b"EXIF", block),
        block,
    ]
    for picture in pictures:
        found = read_signals(walk(BufferMedia(picture)))
        assert [(s.kind, s.claim) for s in found.signals] == [(Kind.EXIF, Claim.AI_GENERATED)]


@pytest.mark.parametrize("added", [segment(0xFE, INFOTEXT), segment(0xE3, TC260), segment(0xFE, TC260)])
def test_text_in_a_segment_of_a_jpeg_flags(samples: Path, added: bytes) -> None:
    """Comments, and the label that some writers put into an application segment of its own, count."""
    found = read_signals(walk(BufferMedia(jpeg_with(samples, added))))
    assert [(s.kind, s.claim) for s in found.signals] == [(Kind.COMMENT, Claim.AI_GENERATED)]
