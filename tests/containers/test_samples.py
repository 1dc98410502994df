"""What the walk finds in media that nobody here made."""

from pathlib import Path

import pytest

from provenance.containers import Container, walk
from provenance.containers.model import BlockKind
from provenance.files import BufferMedia
from tests.conftest import SAMPLES

SIGNED = {
    "c2pa-rs/C.jpg",
    "c2pa-rs/CA.jpg",
    "c2pa-rs/CACAE-uri-CA.jpg",
    "c2pa-rs/C_with_CAWG_data.jpg",
    "c2pa-rs/E-sig-CA.jpg",
    "c2pa-rs/XCA.jpg",
    "c2pa-rs/boxhash.jpg",
    "c2pa-rs/ocsp.jpg",
    "c2pa-rs/video1.mp4",
    "c2pa-rs/cloud_manifest.c2pa",
    "c2pa-ts/amazon-titan-g1.png",
    "ms-extension-validator/cards_invalid.jpg",
    "verify-site/butteryfly.jpg",
    "public-testfiles/adobe-20220124-C.jpg",
    "public-testfiles/adobe-20220124-CA.jpg",
    "public-testfiles/adobe-20220124-CACA.jpg",
    "public-testfiles/adobe-20220124-CAI.jpg",
    "public-testfiles/adobe-20220124-CAICAI.jpg",
    "public-testfiles/adobe-20220124-CII.jpg",
    "public-testfiles/adobe-20220124-E-dat-CA.jpg",
    "public-testfiles/adobe-20220124-E-sig-CA.jpg",
    "public-testfiles/adobe-20220124-E-uri-CA.jpg",
}

DAMAGED = {"c2pa-rs/sample3.invalid.wav", "c2pa-rs/tiff_poc.tiff"}
"""One is cut short, one names thousands of directories."""

NO_TYPE = {
    "sd-parsers/empty_file.png",
    "c2pa-attacks/rendering.attack",
    "c2pa-attacks/special_characters.attack",
}
"""Nothing at all, and text with control characters in it."""

_ALL = sorted(str(p.relative_to(SAMPLES)) for p in SAMPLES.rglob("*") if p.is_file()) if SAMPLES.is_dir() else []
UNSIGNED = [name for name in _ALL if name not in SIGNED]


def walked(samples: Path, name: str) -> Container:
    """Walk one of the samples."""
    return walk(BufferMedia((samples / name).read_bytes()))


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_signed_samples_have_residue(samples: Path, name: str) -> None:
    """Every sample with a credential shows one."""
    container = walked(samples, name)
    assert container.residue
    assert container.gaps == ()


@pytest.mark.parametrize("name", UNSIGNED)
def test_other_samples_have_none(samples: Path, name: str) -> None:
    """No sample without a credential shows one, and only what is damaged has gaps."""
    container = walked(samples, name)
    assert container.residue == ()
    assert bool(container.gaps) == (name in DAMAGED)
    assert (container.format is None) == (name in NO_TYPE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("c2pa-ts/amazon-titan-g1.png", b"caBX", b"caBY"),
        ("c2pa-rs/C.jpg", b"\xff\xeb", b"\xff\xec"),
        ("c2pa-rs/CACAE-uri-CA.jpg", b"\xff\xeb", b"\xff\xec"),
        ("c2pa-rs/video1.mp4", b"uuid\xd8\xfe\xc3\xd6", b"free\xd8\xfe\xc3\xd6"),
    ],
)
def test_retagged_samples(samples: Path, name: str, old: bytes, new: bytes) -> None:
    """A credential under another tag, which the SDK no longer sees, is residue."""
    data = (samples / name).read_bytes()
    assert walk(BufferMedia(data.replace(old, new))).residue


@pytest.mark.parametrize("name", ["c2pa-rs/C.jpg", "c2pa-ts/amazon-titan-g1.png", "c2pa-rs/video1.mp4"])
def test_first_byte_zeroed(samples: Path, name: str) -> None:
    """A credential in a file whose first byte was lost is residue, whatever the file is taken for."""
    data = (samples / name).read_bytes()
    assert walk(BufferMedia(b"\0" + data[1:])).residue


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("sd-parsers/automatic1111_cropped.png", [BlockKind.TEXT]),
        ("sd-parsers/automatic1111_cropped.jpg", [BlockKind.EXIF]),
        ("ms-extension-validator/cards.avif", [BlockKind.EXIF, BlockKind.XMP]),
        ("ms-extension-validator/cards.webp", [BlockKind.EXIF]),
        ("c2pa-rs/video1_no_manifest.mp4", [BlockKind.XMP]),
        ("c2pa-rs/basic.pdf", [BlockKind.XMP]),
        ("c2pa-rs/sample1.svg", [BlockKind.FIELD] * 2 + [BlockKind.XMP]),
        ("c2pa-rs/sample1.gif", [BlockKind.COMMENT]),
        ("c2pa-rs/libpng-test_with_url.png", [BlockKind.XMP]),
    ],
)
def test_blocks_of_samples(samples: Path, name: str, kinds: list[BlockKind]) -> None:
    """Blocks of metadata are found in media of every family."""
    assert [b.kind for b in walked(samples, name).blocks] == kinds
