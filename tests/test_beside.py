"""What lies beside a file unsigned: XMP, a generator's text, its name, the note of where it is from."""

import os
import time
from pathlib import Path

import msgspec
import pytest

from provenance.evidence import Beside
from provenance.examination import belong_together, companion_names, companions_among, read_among
from tests.containers.drawing import where_from
from tests.production import LEGAL, Production, new_production, outcomes, picture
from tests.signals.making import IPTC, packet
from tests.signals.rows import INFOTEXT

AI = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"')
CAPTURED = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}digitalCapture"')
FOR_RAW = packet(
    "<photoshop:SidecarForExtension>NEF</photoshop:SidecarForExtension>",
    attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"',
)


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production of its own."""
    return new_production(tmp_path)


def origin(production: Production, path: Path) -> str:
    """Return what a listing says of a file."""
    lines = production.run("list", "--format", "json").lines
    return next(str(line["origin"]) for line in lines if line["path"].endswith(path.name))


@pytest.mark.parametrize("name", ["plate.xmp", "plate.png.xmp"])
def test_xmp_that_comes_changes_or_goes_is_noticed(production: Production, name: str) -> None:
    """A file that did not change is looked at again for XMP beside it, under either name, and then not again."""
    plate = picture(production.editorial / "plate.png")
    production.run("scan")
    assert origin(production, plate) == "unknown"
    beside = production.editorial / name
    beside.write_bytes(AI)
    production.run("scan")
    assert origin(production, plate) == "ai-generated"
    time.sleep(0.03)
    production.run("scan")
    assert production.json("scan")["unchanged"] == 2
    beside.write_bytes(CAPTURED)
    production.run("scan")
    assert origin(production, plate) == "unknown"


def test_xmp_that_was_taken_away_is_not_forgotten(production: Production) -> None:
    """XMP can be put right by other XMP; that it is gone takes back nothing it said of generation."""
    plate = picture(production.editorial / "plate.png")
    beside = production.editorial / "plate.xmp"
    beside.write_bytes(AI)
    production.run("scan")
    beside.unlink()
    production.run("scan")
    assert origin(production, plate) == "ai-generated"
    beside.write_bytes(CAPTURED)
    production.run("scan")
    assert origin(production, plate) == "unknown"


def test_one_named_file_is_looked_at_with_what_lies_beside_it(production: Production) -> None:
    """`origin` of one file, and a scan of it, notice XMP that came, and every one of several."""
    plate = picture(production.editorial / "plate.png")
    production.run("scan", plate)
    assert production.json("origin", plate)["origin"] == "unknown"
    (production.editorial / "plate.png.xmp").write_bytes(CAPTURED)
    (production.editorial / "plate.xmp").write_bytes(AI)
    document = production.json("origin", plate)
    assert document["origin"] == "ai-generated"
    assert any(ground["place"].startswith("sidecar plate.xmp / XMP") for ground in document["grounds"])
    assert production.json("scan", plate)["recorded"] == 1


def test_xmp_of_another_extension_speaks_of_that_alone(production: Production) -> None:
    """Where XMP says which extension it belongs to, a file of the same stem with another is left out of it."""
    plate, raw = picture(production.editorial / "plate.jpg"), production.editorial / "plate.nef"
    raw.write_bytes(b"some other bytes\n")
    (production.editorial / "plate.xmp").write_bytes(FOR_RAW)
    production.run("scan")
    assert (origin(production, plate), origin(production, raw)) == ("unknown", "ai-generated")


def test_xmp_that_cannot_be_read_is_for_review(production: Production) -> None:
    """What is called XMP and is none, is cut short, or is a link, is a gap and never silence."""
    plate = picture(production.editorial / "plate.png")
    beside = production.editorial / "plate.xmp"
    for content in (b"no packet", AI[:-120], b""):
        beside.write_bytes(content)
        production.run("scan")
        assert origin(production, plate) in {"review", "ai-generated"}, content
    beside.unlink()
    beside.symlink_to("plate.png")
    assert production.json("origin", plate)["origin"] in {"review", "ai-generated"}


def test_a_delivery_is_refused_for_xmp_beside_a_file(production: Production) -> None:
    """The gate joins a file with the XMP beside it, and judges that as a file of its own too."""
    picture(production.deliver / "plate.png")
    (production.deliver / "plate.xmp").write_bytes(AI)
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "refuse", "plate.xmp": "refuse"}


def test_a_clearance_counts_with_the_xmp_that_was_cleared(production: Production) -> None:
    """Who cleared a file saw what lies beside it; other XMP that needs a person's look needs another one."""
    plate = picture(production.deliver / "plate.jpg")
    beside = production.deliver / "plate.xmp"
    beside.write_bytes(b"no packet")
    assert production.run("gate", plate).code == 3
    assert production.run("clear", plate, *LEGAL).code == 0
    assert production.run("gate", plate).code == 0
    beside.write_bytes(b"no packet either")
    assert production.run("gate", plate).code == 3


@pytest.mark.parametrize("suffix", ["txt", "json"])
def test_a_generators_text_beside_a_file_is_for_review(production: Production, suffix: str) -> None:
    """Parameters of a generator in a text of the same stem are a hint, any other text is none."""
    plate = picture(production.editorial / "plate.png")
    beside = production.editorial / f"plate.{suffix}"
    beside.write_text("the plate for scene 4, steps 1 to 3\n")
    production.run("scan")
    assert origin(production, plate) == "unknown"
    beside.write_text(INFOTEXT)
    production.run("scan")
    assert origin(production, plate) == "review"
    assert origin(production, beside) == "unknown"


def test_a_name_as_a_generator_gives_it_is_for_review(production: Production) -> None:
    """The name of one copy is a hint about that copy: the same bytes under another name are not reviewed for it."""
    named = picture(production.editorial / "ComfyUI_00001_.png")
    plain = production.editorial / "plate.png"
    plain.write_bytes(named.read_bytes())
    time.sleep(0.03)
    production.run("scan")
    assert (origin(production, named), origin(production, plain)) == ("review", "unknown")
    assert production.json("scan")["unchanged"] == 2


def test_where_the_system_says_it_came_from_is_a_hint(production: Production) -> None:
    """A download from a generator's host is for review; the note can come later, which changes the file's times."""
    plate = picture(production.editorial / "plate.png")
    production.run("scan")
    attribute = "user.com.apple.metadata:kMDItemWhereFroms"
    try:
        os.setxattr(plate, attribute, where_from("https://cdn.midjourney.com/x/0_0.png"))
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    production.run("scan")
    assert origin(production, plate) == "review"
    os.setxattr(plate, attribute, where_from("https://example.com/?from=midjourney.com"))
    production.run("scan")
    assert origin(production, plate) == "unknown"


def test_what_is_too_large_beside_a_file_costs_little(production: Production) -> None:
    """Enormous XMP is a gap, an enormous text is nothing, and neither is looked at again and again."""
    plate = picture(production.editorial / "plate.png")
    for name, expected in (("plate.txt", "unknown"), ("plate.xmp", "review")):
        with (production.editorial / name).open("wb") as file:
            file.write(AI)
            file.truncate(40 << 20)
        time.sleep(0.03)
        production.run("scan")
        assert origin(production, plate) == expected
    assert production.json("scan")["unchanged"] == 3


def test_what_is_read_together_with_a_file() -> None:
    """The names of sidecars and companions, best first; what is one itself has none of the unsigned kinds."""
    assert companion_names(b"a.b.exr") == (
        b"a.b.exr.c2pa", b"a.b.c2pa", b"a.b.exr.xmp", b"a.b.xmp", b"a.b.txt", b"a.b.json",
    )  # fmt: skip
    assert companion_names(b"plate") == (b"plate.c2pa", b"plate.xmp")
    assert companion_names(b"plate.xmp") == (b"plate.xmp.c2pa",)
    assert companion_names(b"plate.c2pa") == (b"plate.c2pa.c2pa",)
    assert companion_names(b"plate.txt") == (b"plate.txt.c2pa", b"plate.c2pa")
    assert companion_names(b".hidden") == (b".hidden.c2pa", b".hidden.xmp")
    assert read_among([b"a.exr.c2pa", b"a.c2pa", b"a.xmp", b"a.txt"]) == (b"a.exr.c2pa", b"a.xmp", b"a.txt")
    assert companions_among([b"a.exr", b"a.xmp", b"a.txt.gz"]) == {b"a.xmp"}
    assert companions_among([b"a.exr", b"b.mov"]) == frozenset()


def test_what_lay_beside_a_file_before_there_were_companions_is_still_read() -> None:
    """A row of an older catalogue, which knows of sidecars alone, means that nothing else was there."""
    assert msgspec.json.decode(b'{"sidecar":null}', type=Beside) == Beside()


@pytest.mark.parametrize(
    ("names", "may"),
    [
        ([b"a.txt", b"b.txt", b"c.json"], False),
        ([b"a.xmp", b"b.txt"], False),
        ([b"a.png", b"b.exr"], False),
        ([], False),
        ([b"a.png", b"a.txt"], True),
        ([b"a.txt", b"a.txt.c2pa"], True),
        ([b"a.mov", b"a.xmp"], True),
    ],
)
def test_texts_alone_belong_to_nothing(names: list[bytes], may: bool) -> None:
    """Only where something may lie beside something else is each name looked at; and where it does, none is missed."""
    assert belong_together(names) is may
    there = companions_among(names)
    pairs = any(n in there for name in names for n in companion_names(name))
    assert may or not pairs
