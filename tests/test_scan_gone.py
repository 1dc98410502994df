"""What a scan says of files that are not there any more."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from provenance.asset import RelPath, UtcTime, ZoneName
from provenance.catalogue import Catalogue
from tests.kills import notes
from tests.production import Production, new_production, picture
from tests.test_scan import on_disk, recorded


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def test_a_vanished_folder_is_kept_as_not_present(production: Production) -> None:
    """Files of a folder that is gone as a whole are kept, as not present, and come back when it does."""
    picture(production.editorial / "reel" / "deep" / "a.png")
    picture(production.editorial / "stays.png", seed=1)
    production.run("scan")
    (production.editorial / "reel").rename(production.root / "away")
    assert production.json("scan")["vanished"] == 1
    assert "editorial/reel/deep/a.png" not in recorded(production)
    (production.root / "away").rename(production.editorial / "reel")
    production.run("scan")
    assert recorded(production)["editorial/reel/deep/a.png"][1]


def test_a_zone_that_is_not_there_marks_nothing_as_gone(production: Production) -> None:
    """A missing zone folder answers 10; what was recorded in it stays present, and the other zones are recorded."""
    picture(production.deliver / "a.png")
    production.run("scan")
    production.deliver.rename(production.root / "unplugged")
    picture(production.editorial / "b.png", seed=1)
    result = production.run("scan")
    assert result.code == 10
    assert result.out.startswith("Recorded 1 new or changed")
    assert recorded(production).keys() == {"deliver/a.png", "editorial/b.png"}


@pytest.mark.parametrize("also", [False, True])
@pytest.mark.parametrize("unsure", ["racy = 1", "beside = (SELECT id FROM besides)"])
def test_what_has_to_be_looked_at_by_itself_is_missed_when_it_goes(
    production: Production, unsure: str, also: bool
) -> None:
    """A file that was recorded just after a change, or with a sidecar, is noticed as gone, alone or not."""
    first, second = picture(production.editorial / "a.png"), production.editorial / "a.png.xmp"
    second.write_text("<x:xmpmeta/>")
    if also:
        picture(production.editorial / "b.png", seed=1)
    production.run("scan")
    production.run("scan")
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db")) as catalogue, catalogue:
        catalogue.execute("UPDATE sightings SET racy = 0, beside = NULL")
        assert catalogue.execute(f"UPDATE sightings SET {unsure} WHERE name < ?", (b"b",)).rowcount == 2
    first.unlink()
    second.unlink()
    assert production.json("scan")["vanished"] == 2
    present = {path: there for path, (_, there) in recorded(production, "--all").items()}
    assert present == {"editorial/a.png": False, "editorial/a.png.xmp": False} | (
        {"editorial/b.png": True} if also else {}
    )


def test_an_empty_mount_point_marks_nothing_as_gone(production: Production) -> None:
    """A zone that is empty, and on another device than its files were, answers 10: its share is not mounted."""
    plate = picture(production.deliver / "a.png")
    production.run("scan")
    plate.unlink()
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db")) as catalogue, catalogue:
        assert catalogue.execute("UPDATE sightings SET device = device + 1").rowcount == 1
    result = production.run("scan")
    assert result.code == 10
    assert "is it mounted?" in result.err
    assert recorded(production)["deliver/a.png"][1]


def test_what_is_gone_is_marked_in_small_transactions(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files that are gone are marked some at a time, in folders that stay and in folders that went."""
    monkeypatch.setattr("provenance.intake.VANISH_FILES", 4)
    notes(production, 20)
    production.run("scan")
    sizes: list[int] = []
    usual = Catalogue.vanish

    def counted(catalogue: Catalogue, zone: ZoneName, paths: Iterable[RelPath], at: UtcTime) -> int:
        some = list(paths)
        sizes.append(len(some))
        return usual(catalogue, zone, some, at)

    monkeypatch.setattr(Catalogue, "vanish", counted)
    shutil.rmtree(production.editorial / "reel0")
    for note in (production.editorial / "reel1").iterdir():
        note.unlink()
    assert production.json("scan")["vanished"] == 6
    assert sizes == [4, 2]
    assert recorded(production) == on_disk(production)
