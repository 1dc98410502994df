"""Files whose marks were taken away, through the command line."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests import newsroom
from tests.likeness.pictures import drawing, generated, saved
from tests.likeness.test_coded import TWINS
from tests.production import EDITOR, LEGAL, Production, new_production, outcomes
from tests.watching import quarantine, start, watched_production


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def put(path: Path, data: bytes) -> Path:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_a_picture_saved_anew_without_loss_is_refused_for_its_twin(production: Production, form: str) -> None:
    """A generated picture was seen in the work zone; saved anew without its marks, it does not leave the house."""
    image = drawing()
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    options = {"lossless": True} if form == "WEBP" else {}
    put(production.deliver / f"clean.{form.lower()}", saved(image, form, **options))
    result = production.run("gate", "deliver")
    assert result.code == 1, result.out
    digest = production.json("origin", production.editorial / "harbour.png")["sha256"]
    told = production.run("origin", production.deliver / f"clean.{form.lower()}").out
    assert f"pixel for pixel the same picture as {digest[:12]}" in told, told
    assert "whose marks are gone" in told


def test_the_order_makes_no_difference(production: Production) -> None:
    """The clean copy was seen first; when the generated one turns up, a scan compares, and the copy is flagged."""
    image = drawing()
    clean = put(production.editorial / "clean.png", saved(image, optimize=True))
    assert production.run("scan").code == 0
    assert production.json("origin", clean)["origin"] == "unknown"
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    assert production.json("origin", clean)["origin"] == "ai-generated"
    assert production.run("ledger", "verify").code == 0
    assert production.run("scan").code == 0  # what was written a moment before it was read is read once more
    assert production.json("scan")["recorded"] == 0


def test_what_is_gone_before_the_next_scan_is_known_all_the_same(production: Production) -> None:
    """A scan of a few files decodes them all, also what came behind a large one that used up the share of a worker."""
    image = drawing()
    put(production.editorial / "a.png", generated(Image.new("RGB", (1920, 1080))))
    gone = [put(production.editorial / f"harbour{n}.png", generated(image.rotate(n))) for n in range(4)]
    assert production.run("scan").code == 0
    for path in gone:
        path.unlink()
    assert production.run("scan").code == 0
    for n in range(4):
        put(production.deliver / f"clean{n}.tif", saved(image.rotate(n), "TIFF"))
    result = production.json("gate", "deliver")
    assert set(outcomes(result).values()) == {"refuse"}, result


def test_a_word_flags_what_is_the_same_too(production: Production) -> None:
    """Somebody declares one file generated: its twin is flagged with the next scan, and free again when that ends."""
    image = drawing()
    first = put(production.editorial / "first.png", saved(image))
    second = put(production.editorial / "second.tif", saved(image, "TIFF"))
    assert production.run("scan").code == 0
    said = production.json("declare", first, "--origin", "ai-generated", *EDITOR)
    assert production.run("scan").code == 0
    assert production.json("origin", second)["origin"] == "ai-generated"
    put(production.deliver / "second.tif", second.read_bytes())
    assert production.run("gate", "deliver").code == 1
    assert production.run("revoke", said["record"]["id"], *EDITOR).code == 0
    assert production.run("gate", "deliver").code == 0
    assert production.json("origin", second)["origin"] == "unknown"
    assert production.json("origin", first)["origin"] == "unknown"
    assert production.run("ledger", "verify").code == 0


def test_what_only_looks_alike_is_not_flagged(production: Production) -> None:
    """One other pixel, another size, the same plain colour: none of them is a twin."""
    image = drawing()
    put(production.editorial / "harbour.png", generated(image))
    plain = drawing().resize((1, 1)).resize((400, 300))
    put(production.editorial / "plain.png", generated(plain))
    assert production.run("scan").code == 0
    other = image.copy()
    other.putpixel((5, 5), (1, 2, 3))
    put(production.deliver / "other.png", saved(other))
    put(production.deliver / "half.png", saved(image.crop((0, 0, 150, 120))))
    put(production.deliver / "plain.png", saved(plain))
    assert production.run("gate", "deliver").code == 0, production.run("gate", "deliver").out


def test_a_film_in_another_container_is_refused_for_its_twin(production: Production) -> None:
    """A generated film was signed and seen; copied without coding into other containers, it is refused in each."""
    clip = (TWINS / "clip.mp4").read_bytes()
    made = newsroom.manifest(newsroom.action("created", newsroom.TRAINED))
    put(production.editorial / "veo.mp4", newsroom.signed(made, clip, newsroom.MP4))
    assert production.run("scan").code == 0
    for name in ("clip.mp4", "clip.mov", "clip.mkv", "clip.fragments.mp4", "clip-silent.mov", "other.mp4"):
        put(production.deliver / name, (TWINS / name).read_bytes())
    document = production.json("gate", "deliver")
    found = outcomes(document)
    assert found.pop("other.mp4") == "pass"
    assert set(found.values()) == {"refuse"}
    put(production.deliver / "clip-sound.m4a", (TWINS / "clip-sound.m4a").read_bytes())
    assert outcomes(production.json("gate", "deliver"))["clip-sound.m4a"] == "hold"


def test_a_jpeg_without_its_metadata_is_refused_for_its_twin(production: Production) -> None:
    """Stripped of its credential and everything else, and shown to nobody before: the picture is the same."""
    plain = saved(drawing(), "JPEG", quality=88)
    made = newsroom.manifest(newsroom.action("created", newsroom.TRAINED))
    put(production.editorial / "signed.jpg", newsroom.signed(made, plain, newsroom.JPEG))
    assert production.run("scan").code == 0
    put(production.deliver / "stripped.jpg", plain)
    put(production.deliver / "other.jpg", saved(drawing(), "JPEG", quality=87))
    assert outcomes(production.json("gate", "deliver")) == {"stripped.jpg": "refuse", "other.jpg": "pass"}


def test_signing_anew_does_not_launder(production: Production) -> None:
    """A generated picture signed as captured, without its parent, by somebody who may clear: a person has to look."""
    studio = newsroom.studio()
    put(production.root / "studio.pem", newsroom.anchor(studio, may_clear=True).pem)
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(production.config.read_text() + anchor)
    image = drawing()
    captured = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    put(production.deliver / "first.png", newsroom.signed(captured, saved(image), newsroom.PNG, by=studio))
    assert outcomes(production.json("gate", "deliver")) == {"first.png": "pass"}
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    put(
        production.deliver / "again.png",
        newsroom.signed(captured, saved(image, optimize=True), newsroom.PNG, by=studio),
    )
    assert outcomes(production.json("gate", "deliver")) == {"first.png": "hold", "again.png": "hold"}
    assert production.json("origin", production.deliver / "again.png")["origin"] == "review"


def test_the_watch_compares_too(tmp_path: Path) -> None:
    """What is the same as a generated picture does not stay in a final zone, whatever it is saved as."""
    production = watched_production(tmp_path)
    image = drawing()
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    put(production.deliver / "clean.tif", saved(image, "TIFF"))
    put(production.deliver / "other.tif", saved(drawing(7), "TIFF"))
    daemon = start(production, "--once")
    assert daemon.process.wait(90) == 0, daemon.said()
    assert len(quarantine(production)) == 1
    assert not (production.deliver / "clean.tif").exists()
    assert (production.deliver / "other.tif").exists()


def test_what_cannot_be_decoded_is_held_where_it_may_be_the_same(production: Production) -> None:
    """A damaged picture passes by itself, and is held as soon as one of its size is flagged."""
    image = drawing()
    whole = saved(drawing(3))
    at = whole.index(b"IDAT") + 200
    put(production.deliver / "damaged.png", whole[:at] + bytes(60) + whole[at + 60 :])
    before = outcomes(production.json("gate", "deliver"))["damaged.png"]
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    assert outcomes(production.json("gate", "deliver")) == {"damaged.png": "hold"}
    assert before == "pass"
    assert "cannot be decoded" in production.run("origin", production.deliver / "damaged.png").out


def test_what_cannot_be_decoded_is_free_when_nothing_of_its_size_is_flagged_any_more(production: Production) -> None:
    """A word about another picture held it: the reason is named, and when the word is taken back, it passes."""
    whole = saved(drawing(3))
    at = whole.index(b"IDAT") + 200
    damaged = put(production.deliver / "damaged.png", whole[:at] + bytes(60) + whole[at + 60 :])
    harbour = put(production.editorial / "harbour.png", saved(drawing()))
    assert production.run("scan").code == 0
    said = production.json("declare", harbour, "--origin", "ai-generated", *EDITOR)
    assert outcomes(production.json("gate", "deliver")) == {"damaged.png": "hold"}
    digest = production.json("origin", harbour)["sha256"]
    told = production.run("origin", damaged).out
    assert f"not be compared with {digest[:12]}, which is ai-generated, of the same size" in told, told
    assert production.run("revoke", said["record"]["id"], *EDITOR).code == 0
    assert outcomes(production.json("gate", "deliver")) == {"damaged.png": "pass"}
    assert production.run("ledger", "verify").code == 0


def test_a_jpeg_saved_as_something_else_is_refused_for_its_twin(production: Production) -> None:
    """A generated JPEG is decoded once a picture of its size turns up, by the gate and by a scan."""
    made = newsroom.manifest(newsroom.action("created", newsroom.TRAINED))
    plain = saved(drawing(), "JPEG", quality=88)
    put(production.editorial / "signed.jpg", newsroom.signed(made, plain, newsroom.JPEG))
    assert production.run("scan").code == 0
    opened = Image.open(io.BytesIO(plain))
    put(production.deliver / "saved.png", saved(opened))
    put(production.deliver / "other.png", saved(drawing(4)))
    assert outcomes(production.json("gate", "deliver")) == {"saved.png": "refuse", "other.png": "pass"}
    plain = saved(drawing(5), "JPEG", quality=88)
    put(production.editorial / "second.jpg", newsroom.signed(made, plain, newsroom.JPEG))
    assert production.run("scan").code == 0
    opened = Image.open(io.BytesIO(plain))
    put(production.editorial / "saved.tif", saved(opened, "TIFF"))
    assert production.run("scan").code == 0
    assert production.json("origin", production.editorial / "saved.tif")["origin"] == "ai-generated"
    assert production.run("ledger", "verify").code == 0


def test_a_later_scan_compares_what_is_new(production: Production) -> None:
    """The generated picture was there for long; its bare copy is flagged by the scan that finds it."""
    image = drawing()
    put(production.editorial / "harbour.png", generated(image))
    assert production.run("scan").code == 0
    assert production.run("scan").code == 0
    (production.editorial / "harbour.png").unlink()
    clean = put(production.editorial / "clean.webp", saved(image, "WEBP", lossless=True))
    assert production.run("scan").code == 0
    assert production.json("origin", clean)["origin"] == "ai-generated"


@pytest.mark.parametrize("first", ["doubted", "clean"])
def test_a_doubt_does_not_go_away_with_the_marks(production: Production, first: str) -> None:
    """A generator's settings under a signature that may clear are a contradiction; saved anew without both, it is one.

    The clearance of the one is for its bytes, and does not let the other pass.
    """
    studio = newsroom.studio()
    put(production.root / "studio.pem", newsroom.anchor(studio, may_clear=True).pem)
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(production.config.read_text() + anchor)
    captured = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    doubted = newsroom.signed(captured, generated(drawing()), newsroom.PNG, by=studio)
    files = {"doubted": ("doubted.png", doubted), "clean": ("clean.tif", saved(drawing(), "TIFF"))}
    for name in (first, *(n for n in files if n != first)):
        put(production.deliver / files[name][0], files[name][1])
        production.run("gate", "deliver")
    assert outcomes(production.json("gate", "deliver")) == {"doubted.png": "hold", "clean.tif": "hold"}
    told = production.run("origin", production.deliver / "clean.tif", "--explain").out
    assert "which is in review" in told, told
    assert production.run("clear", production.deliver / "doubted.png", *LEGAL).code == 0
    assert outcomes(production.json("gate", "deliver")) == {"doubted.png": "pass", "clean.tif": "hold"}
    assert production.run("ledger", "verify").code == 0
