"""A production in which something was told, approved and delivered, something refused, and something found."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.disclosing.uses import MOODBOARD, but, new_house
from tests.newsroom import generated as credentialed
from tests.production import Production, Result, generated, picture

PERFORMER = "Lead Performer"
SECRET = "the doll that nobody may know of"
PROMPT = "a prompt pasted where it does not belong"
ANSWERS = MOODBOARD["answers"]
EVIL = "=cmd|' \u202e\u2066</style><script>alert(1)</script>\u200b.png".replace("/", "\u2215")
"""A name that a spreadsheet calculates, a browser runs, and a terminal turns round."""
BROKEN = b"bad\xff\xfe\n\x1b[31mname.png"
"""A name that is not UTF-8, with a line break and a terminal's colours."""


def told(house: Production, *paths: str | Path, **form: Any) -> str:
    """Tell of a use with a form, and return its id."""
    (house.root / "form.json").write_text(json.dumps(but(**form)))
    result = house.run("disclose", "--filled", "form.json", *paths, "--format", "json")
    assert result.code in {0, 1, 3}, result.err
    found: str = result.document["record"]["id"]
    return found


def approved(house: Production, path: str | Path, role: str, by: str = "Somebody") -> str:
    """Approve a file for the channel in a role, and return the record's id."""
    arguments = ("--channel", "deliver", "--by", by, "--role", role, "--reason", f"agreed: {SECRET}")
    found: str = house.json("approve", path, *arguments)["record"]["id"]
    return found


def telling_house(folder: Path) -> tuple[Production, dict[str, str]]:
    """Set it up, and return it with the ids of its uses by what became of them."""
    house = new_house(folder)
    generated(house.editorial / "mood_0010.png", seed=1)
    generated(house.deliver / "poster_0020.png", seed=2)
    generated(house.deliver / "doll_0030.png", seed=3)
    generated(house.deliver / "untold_0040.png", seed=4)
    picture(house.deliver / "plate_0050.jpg", seed=5)
    (house.deliver / "signed_0060.png").write_bytes(credentialed())
    assert house.run("scan").code == 0
    final = {"final": "yes", "reason": f"{SECRET}; {PROMPT}", "contract": "C-1", "vendor": "A vendor"}
    uses = {"told": told(house, "editorial/mood_0010.png")}
    uses["approved"] = told(
        house,
        "deliver/poster_0020.png",
        use="background-element",
        answers={**ANSWERS, "enterprise_secured": "no"},
        **final,
    )
    approved(house, "deliver/poster_0020.png", "studio-contact", "Studio contact")
    assert house.run("gate", "deliver/poster_0020.png").code == 0
    uses["open"] = told(
        house,
        "deliver/doll_0030.png",
        use="key-visual",
        prominence="key",
        performers=[PERFORMER],
        replica=["digital-replica"],
        **final,
    )
    uses["taken-back"] = told(house, reason="a mistake")
    assert house.run("revoke", uses["taken-back"], "--by", "Art", "--reason", "told anew").code == 0
    return house, uses


def hostile(house: Production) -> None:
    """Add files with names that would do harm, and a word that would."""
    plain = generated(house.root / "plain.png", seed=8).read_bytes()
    (house.deliver / EVIL).write_bytes(plain)
    other = generated(house.root / "plain.png", seed=9).read_bytes()
    with open(os.path.join(os.fsencode(house.deliver), BROKEN), "wb") as stream:  # noqa: PTH123 (a name no Path has)
        stream.write(other)
    assert house.run("scan").code == 0
    by = "=HYPERLINK(1)<script>alert(2)</script>\u202e"
    arguments = (
        "--channel",
        "deliver",
        "--by",
        by,
        "--role",
        "</td><b>role",
        "--reason",
        "line\nbreak\u2028<img src=x>",
    )
    assert house.run("approve", house.deliver / EVIL, *arguments).code == 0


def by_name(document: Any) -> dict[str, Any]:
    """Return a report's files by the names they have in the work folders."""
    return {a["places"][0]["path"]: a for a in document["assets"]}


def report(house: Production, *arguments: str) -> Result:
    """Run `report`, which has to answer 0."""
    result = house.run("report", *arguments)
    assert result.code == 0, result.err
    return result


def every_form(house: Production, *arguments: str) -> Iterator[tuple[str, str]]:
    """Yield a report in each of its forms."""
    for form in ("text", "json", "csv", "html"):
        yield form, report(house, "--format", form, *arguments).out
