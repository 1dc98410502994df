"""No false alarm: files that ordinary programs write, with words that generators are called by, say nothing."""

import io
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from provenance.evidence import Claim, Kind
from provenance.signals import Findings
from provenance.signals.whence import name_signals, whence_signals
from tests.signals.test_stills import examined

NAMES = ["wan", "flux", "luma", "muse", "sora", "parti", "gemini", "imagen", "veo", "kling", "pika", "firefly", "dream"]
PHRASES = [
    "{0}", "{0} at night", "The {0} Sessions, take 4", "{0} 2.1", "{0} (steps 1 to 3, seed money, model ship)",
    "Photo by {0} Studios", "Made with Google Earth, graded in {0}", "{0}: prompt delivery, workflow by hand",
]  # fmt: skip
PROGRAMS = [
    "Adobe Photoshop 27.0 (Macintosh)", "GIMP 3.0", "darktable 5.2", "Capture One 16", "Adobe Lightroom 14.1",
    "HDR+ 1.0.4", "Google", "Nuke 16.0v3", "DaVinci Resolve 20", "Affinity Photo 2", "f.lux 4", "Flux 1.0",
    "Luma Fusion", "Wan Tools", "Muse 2", "Imagen-AI Desktop", "Topaz Photo", "Microsoft Paint", "Snipping Tool",
    "ffmpeg", "Pillow",
]  # fmt: skip
CAMERAS = [
    ("Google", "Pixel 9 Pro"),
    ("samsung", "Galaxy S26"),
    ("Apple", "iPhone 18"),
    ("Leica", "Leonardo"),
    ("Sora", "X1"),
]
FORMATS = ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "GIF"]
SILENT = {Claim.CAPTURED, Claim.CREATED, Claim.NOTED}


def written(
    kind: str, *, text: str = "", software: str = "", camera: tuple[str, str] = ("", ""), alpha: bool = False
) -> bytes:
    """Return a picture as Pillow writes it, with these words wherever it can put any."""
    image = Image.radial_gradient("L").resize((64, 150)).convert("RGBA" if alpha else "RGB")
    tags = Image.Exif()
    for number, value in ((0x010E, text), (0x0131, software), (0x010F, camera[0]), (0x0110, camera[1]), (0x013B, text)):
        if value:
            tags[number] = value
    if text:
        tags.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + text.encode()
    options: dict[str, object] = {"comment": text.encode()} if kind == "GIF" and text else {}
    if kind != "GIF":
        options["exif"] = tags
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        for key in ("Title", "Author", "Description", "Comment", "Source", "Copyright", "parameters", "postprocessing"):
            info.add_text(key, text)
        info.add_itxt("Software", software)
        options["pnginfo"] = info
    out = io.BytesIO()
    image.convert("RGB" if kind == "JPEG" else image.mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "phrase"), list(product(FORMATS, PHRASES)))
def test_titles_of_pictures_by_pillow_are_silent(kind: str, phrase: str) -> None:
    """A generator's name as a word in titles, captions, comments and credits of every format says nothing."""
    for name in NAMES:
        for text in (phrase.format(name), phrase.format(name.capitalize()), phrase.format(name.upper())):
            assert examined(written(kind, text=text)) == Findings(), text


@pytest.mark.parametrize(("kind", "software"), list(product(FORMATS, PROGRAMS)))
def test_names_of_ordinary_programs_are_silent(kind: str, software: str) -> None:
    """Editors, cameras' own software, and programs that share a word with a generator, say nothing."""
    for camera in CAMERAS:
        assert examined(written(kind, software=software, camera=camera)) == Findings(), camera


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF", "GIF"])
def test_pictures_with_alpha_are_silent(kind: str) -> None:
    """Alpha by itself, opaque or not, is nothing hidden."""
    assert examined(written(kind, alpha=True)) == Findings()


ORDINARY = [
    "IMG_0001.JPG", "DSC_0042.NEF", "plate_0010.exr", "A001_C003_0101AB.mov", "sora_interview.mov", "flux_core.psd",
    "gemini_launch_v02.dpx", "kling_01.wav", "luma_key.png", "Gen-3 storyboard.pdf", "00012-0001001.dpx",
    "00012-20260114.png", "12345-1001.exr", "ChatGPT notes.txt", "midjourney_brief.pdf", "DALL-E pitch.key",
    "0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d.png", "ElevenLabs.pdf", "ComfyUI_guide.mov", "grok-image.png",
    "sora_0010.png", "Leonardo_da_Vinci.jpg", "Screenshot 2026-01-02 at 12.34.56.png", "shot_1001.00012-1.exr",
    "Gemini_Generated_Image.md",
]  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_are_silent(name: str) -> None:
    """Words that generators are called by, and numbers alone, are nobody's pattern."""
    assert name_signals(name.encode()) == ()
    assert name_signals(b"x" * 200 + name.encode()) == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/sora.com",
        "https://notsora.com/x",
        "https://google.com/",
        "https://adobe.com/x",
        "sora.com",
        "",
    ],
)
def test_other_addresses_are_silent(url: str) -> None:
    """A generator's domain in a path or as part of another is another's; makers of other things are not in the list."""
    assert whence_signals("note", url.encode()) == ()


_GENERATED = {"amazon-titan-g1.png", "butteryfly.jpg", "ocsp.jpg"}


def test_no_public_negative_is_flagged(samples: Path) -> None:
    """Of the public samples, none that is not generated has a mark outside its credential that moves a verdict."""
    paths = [p for p in sorted(samples.rglob("*")) if p.is_file() and p.name not in _GENERATED]
    negatives = [p for p in paths if p.parent.name != "sd-parsers" or p.name.startswith("empty_")]
    assert len(negatives) > 60
    loud = {
        p.name: s
        for p in negatives
        for s in examined(p.read_bytes()).signals
        if s.claim not in SILENT and s.kind is not Kind.C2PA
    }
    assert loud == {}
    assert [p.name for p in negatives if name_signals(p.name.encode())] == []
