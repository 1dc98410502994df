"""What reports make of decisions: approvals that reach further, refusals, people's work in place of generated."""

from pathlib import Path
from typing import Any

import pytest

from tests.disclosing.uses import new_house
from tests.dossier.telling_house import SECRET, approved, by_name, every_form, told
from tests.production import Production, generated, new_production, picture

NO = ("--by", "Studio contact", "--role", "studio-contact", "--reason", f"not like this: {SECRET}")


@pytest.fixture
def house(tmp_path: Path) -> Production:
    """A production with a generated still in its final zone."""
    made = new_house(tmp_path)
    generated(made.deliver / "still.png")
    made.run("scan")
    return made


def only_use(house: Production) -> Any:
    """Return the only use of a report."""
    (use,) = house.json("report")["uses"]
    return use


def test_a_refusal_stands_against_earlier_approvals(house: Production) -> None:
    """A use whose file was refused is refused, its approval counts no more, and who may decide otherwise is named."""
    told(house, "deliver/still.png", use="background-element", final="yes")
    approved(house, "deliver/still.png", "studio-contact")
    assert only_use(house)["status"] == "approved"
    no = house.json("refuse", "deliver/still.png", "--channel", "deliver", *NO)["record"]["id"]
    document = house.json("report")
    (use,) = document["uses"]
    assert (use["status"], use["refused_for"], use["approved_for"]) == ("refused", ["deliver"], [])
    (file,) = document["assets"]
    assert [a["counts"] for a in file["approvals"]] == [False]
    assert [w["kind"] for w in file["other_words"]] == ["refusal"]
    assert "refused" in {h["rule"] for h in file["hindrances"]}
    assert any(f"--despite {no}" in o["help"] for o in document["open"])
    despite = ("--despite", no, "--channel", "deliver", *NO)
    assert house.run("approve", "deliver/still.png", *despite).code == 0
    assert only_use(house)["status"] == "approved"


def test_a_use_can_be_refused_before_there_is_a_file_of_it(house: Production) -> None:
    """A refusal that names what told of a use refuses it, though the use names no file yet."""
    use = told(house, use="key-visual", prominence="key", final="yes")
    assert only_use(house)["status"] == "open"
    house.json("refuse", "deliver/still.png", "--channel", "deliver", "--basis", use, *NO)
    assert only_use(house)["status"] == "refused"


def test_an_approval_that_reaches_a_file_stands_with_it(tmp_path: Path) -> None:
    """A file that an approval covers without naming it shows that approval, how it covers it, and on what condition."""
    house = new_production(tmp_path)
    assert house.run("keys", "new").code == 0
    hero = generated(house.editorial / "hero.png")
    condition = ("--channel", "deliver", "--scope", "derivatives", "--condition", f"less than a second {SECRET}")
    house.json("approve", hero, *condition, *NO)
    child = house.deliver / "child.png"
    assert house.run("mark", hero, "-o", child, "--source-type", "trainedAlgorithmicMedia").code == 0
    assert house.run("gate", "deliver").code == 0
    file = by_name(house.json("report"))["child.png"]
    (word,) = file["approvals"]
    assert (word["scope"], word["covers"], word["counts"]) == ("derivatives", "as a derivative of hero.png", True)
    assert word["conditions"] == [f"less than a second {SECRET}"]
    assert file["hindrances"] == []
    assert len(file["deliveries"]) == 1
    for form, text in every_form(house, "--for", "outside"):
        assert SECRET not in text, form
        assert "hero" not in text, form


def test_an_approval_that_a_new_cut_ended_counts_no_more(house: Production) -> None:
    """Once the picture was changed an approval until then is shown and does not count, and the use is open again."""
    told(house, "deliver/still.png", use="background-element", final="yes")
    arguments = ("--channel", "deliver", "--until-picture-change", *NO)
    house.json("approve", "deliver/still.png", *arguments)
    assert only_use(house)["status"] == "approved"
    house.json("recut", "--by", "The editor", "--reason", "scene 4 is gone")
    assert only_use(house)["status"] == "open"
    (file,) = house.json("report")["assets"]
    assert [a["counts"] for a in file["approvals"]] == [False]


def test_peoples_work_is_not_generative(tmp_path: Path) -> None:
    """A final that took the place of generated material makes its channel assistive, there and delivered."""
    house = new_production(tmp_path)
    temp = generated(house.editorial / "temp.png")
    final = picture(house.deliver / "final.jpg", seed=4)
    house.run("derive", final, "--from", temp, "--by", "The editor")
    assert house.json("report")["classes"][0]["highest"] == "generative_ai"
    (house.root / "working.psd").write_bytes(b"layers")
    evidence = ("--evidence", "working.psd", "--by", "The editor", "--role", "editor", "--reason", "painted anew")
    assert house.run("supersede", temp, "--with", final, *evidence).code == 0
    assert house.run("gate", "deliver").code == 0
    document = house.json("report")
    (standing,) = document["classes"]
    assert (standing["highest"], standing["generated"], standing["delivered"]) == ("assistive_ai", 0, 0)
    assert "took the place of generated material" in standing["because"][0]
    assert by_name(document)["final.jpg"]["hindrances"] == []
