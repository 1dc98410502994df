"""What is not finished is held at the gate, and nobody's word makes it whole."""

from pathlib import Path

import pytest

from tests.containers.finished import MOOV
from tests.containers.making import box
from tests.production import LEGAL, Production, new_production, picture


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production with a clean picture in its final zone."""
    made = new_production(tmp_path)
    picture(made.deliver / "fine.png", seed=1)
    return made


def rules(production: Production) -> dict[str, list[str]]:
    """Rules by file name, of a gate run over the final zone."""
    document = production.json("gate", production.deliver)
    return {Path(a["path"]).name: [r["rule"] for r in a["reasons"]] for a in document["assets"]}


def test_a_file_somebody_writes_is_held(production: Production) -> None:
    """A clean file that a program has open for writing is a hold, and passes once it is closed."""
    with (production.deliver / "fine.png").open("ab"):
        assert "unfinished" in rules(production)["fine.png"]
        assert production.run("gate", production.deliver).code == 3
    assert production.run("gate", production.deliver).code == 0


@pytest.mark.parametrize("name", [".fine.png.Ab3dE9", "fine.png.part", "fine.png.crdownload"])
def test_a_temporary_name_is_no_hiding_place(production: Production, name: str) -> None:
    """A file under a name that means unfinished is a hold, also when it has been cleared."""
    hidden = (production.deliver / "fine.png").rename(production.deliver / name)
    assert rules(production)[name][0] == "unfinished"
    assert production.run("clear", hidden, *LEGAL).code == 0
    assert production.run("gate", production.deliver).code == 3


def test_what_calls_itself_the_other_half_of_a_file_must_be_one(production: Production) -> None:
    """`._NAME` is held unless its bytes are AppleDouble's."""
    (production.deliver / "fine.png").rename(production.deliver / "._fine.png")
    assert "unfinished" in rules(production)["._fine.png"]
    (production.deliver / "._fine.png").write_bytes(bytes.fromhex("0005160700020000") + bytes(74))
    assert "unfinished" not in rules(production)["._fine.png"]


def test_a_film_that_is_cut_short_is_held(production: Production) -> None:
    """Half a film in a final zone is a hold that says what is missing, until the other half is there."""
    film = box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"wide") + box(b"mdat", bytes(range(250)) * 200) + MOOV
    path = production.deliver / "shot.mov"
    path.write_bytes(film[: len(film) // 2])
    assert "unfinished" in rules(production)["shot.mov"]
    assert production.run("clear", path, *LEGAL).code == 0
    result = production.run("gate", production.deliver)
    assert result.code == 3
    assert "not finished: the mdat box of the MOV goes on to byte 50,036" in " ".join(result.out.split())
    path.write_bytes(film)
    assert "unfinished" not in rules(production)["shot.mov"]


def test_the_reason_says_what_to_do(production: Production) -> None:
    """The text names what is going on and the way out."""
    (production.deliver / "fine.png").rename(production.deliver / "fine.png.part")
    result = production.run("gate", production.deliver)
    assert "not finished: it has a name" in result.out
    assert "under its own name" in result.out
