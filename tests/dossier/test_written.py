"""Where a report is written, and that it changes nothing."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.dossier.telling_house import report, telling_house
from tests.production import Production, copied

House = tuple[Production, dict[str, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A production that nobody changes."""
    return telling_house(tmp_path_factory.mktemp("house"))


def test_it_is_written_for_one_user_and_whole(house: House, tmp_path: Path) -> None:
    """`-o` writes what would be printed to a new file that nobody else can read, and prints nothing."""
    place = tmp_path / "report.html"
    result = report(house[0], "--format", "html", "-o", str(place))
    assert result.out == ""
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert place.read_text().endswith("</html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_it_is_never_written_among_the_material_or_over_anything(house: House, tmp_path: Path) -> None:
    """A place in a zone or a quarantine is refused, through a link too, and so is one that is taken."""
    made = house[0]
    (tmp_path / "link").symlink_to(made.deliver)
    quarantine = made.root / ".provenance" / "quarantine" / "deliver"
    quarantine.mkdir(parents=True, exist_ok=True)
    for place in (made.deliver / "r.txt", tmp_path / "link" / "r.txt", quarantine / "r.txt", "editorial/r.txt"):
        assert made.run("report", "-o", place).code == 40, place
    taken = copied(made.config, tmp_path / "taken")
    assert made.run("report", "-o", taken).code == 25
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert made.run("report", "-o", tmp_path / "dangling").code == 25
    assert taken.read_bytes() == made.config.read_bytes()
    assert made.run("report", "-o", tmp_path / "no" / "such" / "folder").code == 10


def test_it_changes_nothing(house: House) -> None:
    """A report adds nothing to the ledger, and two of them say the same."""
    before = house[0].run("ledger", "head").out
    first, second = (house[0].json("report") for _ in range(2))
    assert first | {"made_at": ""} == second | {"made_at": ""}
    assert house[0].run("ledger", "head").out == before


def test_a_ledger_that_was_changed_is_not_reported_on(tmp_path: Path) -> None:
    """Where the ledger is not what was written there is no report, but 33."""
    house, _ = telling_house(tmp_path)
    with sqlite3.connect(house.root / ".provenance" / "catalogue.db") as raw:
        raw.execute("DROP TRIGGER ledger_stays")
        other = "CAST(replace(CAST(body AS TEXT), 'Studio contact', 'Nobody at all') AS BLOB)"
        raw.execute(f"UPDATE ledger SET body = {other} WHERE kind = 'approval'")
    result = house.run("report", "--format", "json")
    assert result.code in {33, 35}
    assert json.loads(result.out)["schema"] == "provenance/error/1"
