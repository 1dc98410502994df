"""The tool register and consents, through the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.disclosing.uses import MOODBOARD, but, new_house
from tests.production import EDITOR, Production, generated, validate

TERMS = ("--terms", "terms.txt", "--valid-until", "2126-01-31")
GOOD = ("--tier", "enterprise", "--enterprise", "--no-trains", "--no-stores", *TERMS)
LEAD = (
    "--performer",
    "Lead Performer",
    "--class",
    "digital-replica",
    "--scope",
    "the flashbacks",
    "--document",
    "rider.pdf",
)
CONTACT = ("--by", "Studio contact", "--role", "studio-contact", "--reason", "agreed")
COUNSEL = ("--by", "Production legal", "--role", "production-legal", "--reason", "agreed")


@pytest.fixture
def house(tmp_path: Path) -> Production:
    """A production under the guidance, with the documents that words rest on."""
    made = new_house(tmp_path)
    (tmp_path / "terms.txt").write_text("nothing is kept")
    (tmp_path / "rider.pdf").write_text("I agree")
    return made


def told(house: Production, form: dict[str, Any], *arguments: str) -> Any:
    """Tell of a use with a form and return the document."""
    (house.root / "form.json").write_text(json.dumps(form))
    return house.json("disclose", "--filled", "form.json", *arguments)


def open_questions(house: Production) -> list[str]:
    """Return what is answered to a use whose questions about its tool nobody answered."""
    answers = {
        k: a
        for k, a in MOODBOARD["answers"].items()
        if k not in {"enterprise_secured", "tool_no_retention_no_training"}
    }
    return [r["key"] for r in told(house, but(answers=answers))["reasons"]]


def test_the_register_answers_until_it_is_retired(house: Production) -> None:
    """An entry answers what it was read for; retired, or for another tier, it leaves the questions open."""
    assert set(open_questions(house)) == {"enterprise_secured", "tool_no_retention_no_training"}
    assert house.run("tools", "add", "Image maker", "--version", "2.*", *GOOD, *EDITOR).code == 0
    assert "register" in open_questions(house)
    entry = house.json("tools", "add", "Image Maker", "--version", "3.*", *GOOD, *EDITOR)["record"]["id"]
    assert open_questions(house) == []
    retired = house.run("tools", "retire", entry, "--by", "Legal", "--reason", "new terms")
    assert retired.code == 0
    assert "register" in open_questions(house)


def test_the_register_is_listed(house: Production) -> None:
    """Entries that count are listed, what is retired on request, and JSON Lines hold the whole entry."""
    entry = house.json("tools", "add", "Image maker", *GOOD, "--terms-read", "2026-01-31", *EDITOR)["record"]["id"]
    house.run("tools", "add", "Another", "--tier", "free", "--no-enterprise", "--trains", "--stores", *TERMS, *EDITOR)
    house.run("tools", "retire", entry, *EDITOR)
    lines = house.run("tools", "list", "--all", "--format", "json").lines
    for line in lines:
        validate(line)
    assert [(t["tool"], t["in_force"]) for t in lines] == [("Image maker", False), ("Another", True)]
    assert (lines[0]["terms_read"], lines[0]["enterprise"]) == ("2026-01-31", True)
    text = house.run("tools", "list").out
    assert "Another * (free): no enterprise agreement, keeps inputs" in text
    assert "1 over or retired: --all" in text
    assert "UNSIGNED" in text
    assert "RETIRED by rev-" in house.run("tools", "list", "--all").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "T", *GOOD[:-1], "2020-01-01", *EDITOR), 2),
        (("add", "T", *GOOD, "--terms-read", "2126-01-01", *EDITOR), 2),
        (("add", " ", *GOOD, *EDITOR), 2),
        (("add", "T\x1b[31m", *GOOD, *EDITOR), 2),
        (("add", "T", *GOOD[:4], "--no-stores", "--terms", "nowhere", "--valid-until", "2126-01-31", *EDITOR), 10),
        (("add", "T", *GOOD, "--title", "S01E03", *EDITOR), 2),
        (("add", "T", *GOOD), 2),
        (("retire", "tol-00000000000000000000", *EDITOR), 37),
    ],
)
def test_what_no_entry_can_be_has_its_code(house: Production, arguments: tuple[str, ...], code: int) -> None:
    """An entry that is over before it begins, rests on nothing or is no text is refused, and nothing is recorded."""
    assert house.run("tools", *arguments).code == code
    assert house.run("ledger", "show").out == ""


def test_only_an_entry_is_retired(house: Production) -> None:
    """`tools retire` takes back no other word."""
    consent = house.json("consent", "record", *LEAD, *EDITOR)["record"]["id"]
    assert house.run("tools", "retire", consent, *EDITOR).code == 37


def replica(house: Production) -> str:
    """Put a replica into the final zone, tell of it, have it approved by everybody, and return its disclosure's id."""
    generated(house.deliver / "shot.png")
    form = but(use="talent-replica", replica=["digital-replica"], performers=["Lead Performer"], final="yes")
    record: str = told(house, form, "deliver/shot.png")["record"]["id"]
    for who in (CONTACT, COUNSEL):
        assert house.run("approve", "deliver/shot.png", "--channel", "deliver", *who).code == 0
    return record


def test_no_approval_makes_up_for_a_consent(house: Production) -> None:
    """A replica that everybody approved stays refused until its performer consents, and again once that is withdrawn.

    Withdrawing names the delivery that was made on the consent.
    """
    replica(house)
    refused = house.run("gate", "deliver")
    assert refused.code == 1
    assert "consent-missing" in refused.out
    other = [a.replace("Lead", "Other") for a in LEAD]
    house.run("consent", "record", *other, *EDITOR)
    assert house.run("gate", "deliver").code == 1
    consent = house.json("consent", "record", *LEAD, *EDITOR)["record"]["id"]
    passed = house.json("gate", "deliver")
    assert passed["outcome"] == "pass"
    withdrawn = house.json("revoke", consent, "--by", "The performer's agent", "--reason", "withdrawn in writing")
    assert withdrawn["delivered"] == [passed["run"]]
    assert house.run("gate", "deliver").code == 1


def test_consent_makes_up_for_no_approval(house: Production) -> None:
    """A consent alone lets nothing pass."""
    generated(house.deliver / "shot.png")
    form = but(use="talent-replica", replica=["digital-replica"], performers=["Lead Performer"], final="yes")
    told(house, form, "deliver/shot.png")
    house.run("consent", "record", *LEAD, *EDITOR)
    assert house.run("gate", "deliver").code == 1


def test_consents_are_listed_without_names(house: Production) -> None:
    """The list shows what stands for a name, the name itself only on request, and withdrawn ones on request."""
    consent = house.json("consent", "record", *LEAD, "--expires", "2126-01-31", *EDITOR)["record"]
    assert consent["expires"].startswith("2126-0")
    plain = house.run("consent", "list").out
    assert "Lead Performer" not in plain
    assert "consents to digital-replica" in plain
    assert "scope: the flashbacks" in plain
    assert "Lead Performer" in house.run("consent", "list", "--names").out
    (line,) = house.run("consent", "list", "--format", "json").lines
    validate(line)
    assert (line["name"], line["in_force"], line["title"]) == (None, True, "")
    house.run("revoke", consent["id"], *EDITOR)
    assert house.run("consent", "list", "--format", "json").lines == []
    assert "WITHDRAWN by rev-" in house.run("consent", "list", "--all").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--class", "synthetic-performer"), 2),
        (("--scope", "whatever Lead Performer likes"), 2),
        (("--scope", " "), 2),
        (("--document", "nowhere.pdf"), 10),
        (("--expires", "2020-01-01"), 2),
        (("--title", "S01E04"), 2),
        (("--whole-project", "--title", ""), 2),
    ],
)
def test_what_is_no_consent_has_its_code(house: Production, arguments: tuple[str, ...], code: int) -> None:
    """A consent without a document, past its day, to nothing in particular, or with the name in it is refused."""
    assert house.run("consent", "record", *LEAD, *EDITOR, *arguments).code == code
    assert house.run("consent", "list", "--all", "--format", "json").out == ""


def test_a_production_with_several_titles_wants_one(house: Production) -> None:
    """Where there are several titles a consent names one, or all of them in as many words."""
    zone = '\n[[zone]]\nname = "second"\npath = "second"\nrole = "final"\nchannel = "deliver"\ntitle = "S01E04"\n'
    (house.root / "second").mkdir()
    house.config.write_text(house.config.read_text() + zone)
    assert house.run("consent", "record", *LEAD, *EDITOR).code == 2
    assert house.run("consent", "record", *LEAD, "--title", "S01E04", *EDITOR).code == 0
    assert house.run("consent", "record", *LEAD, "--whole-project", *EDITOR).code == 0
    lines = house.run("consent", "list", "--format", "json").lines
    assert [(c["title"], c["whole_project"]) for c in lines] == [("S01E04", False), ("", True)]


def test_names_are_kept_once_and_for_this_user_alone(house: Production) -> None:
    """The same name in other words of case and space stands for the same performer; nobody else may read the file."""
    house.run("consent", "record", *LEAD, *EDITOR)
    house.run("consent", "record", *(a.replace("Lead Performer", "LEAD  performer") for a in LEAD), *EDITOR)
    first, second = house.run("consent", "list", "--format", "json").lines
    assert first["performer"] == second["performer"]
    (kept,) = (p for p in (house.root / ".provenance").iterdir() if not p.name.startswith("catalogue"))
    assert kept.stat().st_mode & 0o077 == 0
