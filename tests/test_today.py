from pathlib import Path

import pytest

from tests import newsroom
from tests.production import EDITOR, Production, generated, new_production, outcomes, picture


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def test_nothing_hides_behind_the_end_of_a_sidecar(production: Production) -> None:
    """Bytes behind a sidecar's own, few or many, make it unreadable, and its file is held."""
    production.run("keys", "new")
    plate = picture(production.deliver / "plate.jpg")
    assert production.run("mark", plate, "--sidecar", "--source-type", "compositeCapture").code == 0
    beside = production.deliver / "plate.jpg.c2pa"
    whole = beside.read_bytes()
    assert production.run("gate", "deliver").code == 0
    for tail in (b"x", generated(production.root / "x.png").read_bytes(), bytes(34 << 20)):
        beside.write_bytes(whole + tail)
        assert outcomes(production.json("gate", plate)) == {"plate.jpg": "hold"}


def test_an_answer_is_only_as_good_as_the_trust_list_of_today(production: Production) -> None:
    """What was captured under an anchor is not any more once the anchor is gone, also before the next scan."""
    studio = newsroom.studio()
    (production.root / "studio.pem").write_bytes(newsroom.anchor(studio, may_clear=True).pem)
    text = production.config.read_text()
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(text + anchor)
    plate = production.editorial / "plate.jpg"
    made = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    plate.write_bytes(newsroom.signed(made, by=studio))
    production.run("scan")
    assert production.json("origin", plate)["origin"] == "captured"
    production.config.write_text(text)
    assert production.json("origin", plate)["origin"] == "unknown"


def test_what_contradicts_itself_is_not_marked_as_clean(production: Production) -> None:
    """A source that somebody declared AI is not signed as captured, even where a credential that clears it is in it."""
    studio = newsroom.studio()
    (production.root / "studio.pem").write_bytes(newsroom.anchor(studio, may_clear=True).pem)
    production.run("keys", "new")
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(production.config.read_text() + anchor)
    plate = production.editorial / "plate.jpg"
    made = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    plate.write_bytes(newsroom.signed(made, by=studio))
    assert production.json("declare", plate, "--origin", "ai-generated", *EDITOR)
    assert production.json("origin", plate)["origin"] == "review"
    marked = production.run("mark", plate, "-o", production.editorial / "clean.jpg", "--source-type", "digitalCapture")
    assert marked.code == 23
    assert not (production.editorial / "clean.jpg").exists()
    assert production.run("mark", "editorial", "-o", "x.jpg", "--source-type", "digitalCapture").code == 11
