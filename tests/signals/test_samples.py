import zlib
from pathlib import Path

import pytest

from provenance.containers import Container, walk
from provenance.evidence import Claim, Strength
from provenance.files import BufferMedia
from provenance.signals import read_signals

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
