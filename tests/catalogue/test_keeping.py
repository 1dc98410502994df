"""What waits to be taken in, and what was taken out of a zone, in the catalogue."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from provenance.asset import Place, RelPath, StatKey, ZoneName
from provenance.catalogue import (
    UNFINISHED,
    BrokenEntry,
    Carried,
    Catalogue,
    Companion,
    Move,
    Quarantined,
    Stay,
    Waiting,
    Why,
)
from provenance.catalogue.schema import SCHEMA_VERSION, migrations
from provenance.errors import CatalogueTrouble
from tests.catalogue.making import EDIT, at, digest_of, edit_behind, evidence, place, seen, stamp, take

FINAL = ZoneName("deliver")
NOTE = digest_of("note")
MOVE = Move(
    place=Place(FINAL, RelPath(b"reel/h\xff\nro.png")),
    where=b"reel/h\xff\nro.2.png",
    digest=digest_of("hero"),
    key=StatKey((1 << 64) - 1, (1 << 64) - 2, 7, -5, 1 << 40),
    why=(Why("temporary-not-final", "refuse", "ai-generated \ud800"),),
    companions=(
        Companion(RelPath(b"reel/h\xff\nro.c2pa"), b"reel/h\xff\nro.2.png.c2pa", digest_of("side"), copied=True),
    ),
    run="run-1",
    at=at(1),
    note=NOTE,
)


def moves(count: int) -> list[Move]:
    """Return several moves, no two of them alike."""
    return [
        replace(MOVE, place=Place(FINAL, RelPath(b"%d" % n)), where=b"%d" % n, digest=digest_of(str(n)), note=None)
        for n in range(count)
    ]


def hold(catalogue: Catalogue, *wanted: Move, minute: int = 2) -> tuple[Quarantined, ...]:
    """Take files away, as far as the catalogue is concerned, and return their rows."""
    numbers = catalogue.begin_taking(wanted)
    catalogue.finish_taking([Carried(n, m) for n, m in zip(numbers, wanted, strict=True)], (), stamp(minute))
    return tuple(q for q in catalogue.quarantined() if q.id in numbers)


def older(path: Path) -> None:
    """Make a catalogue as the second schema had it, with something in it."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA application_id = 1347571542")
    migrations().apply(Database(raw), stop_before="quarantine")
    raw.execute("PRAGMA user_version = 2")
    raw.execute("INSERT INTO store (one, store_id, created_at, drawn_by) VALUES (1, 'old', '2026', '0.0.1')")
    raw.close()


def test_a_catalogue_of_the_second_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    """A catalogue from before the quarantine is opened, keeps what it had, and has the new tables, guards included."""
    path = tmp_path / "catalogue.db"
    older(path)
    with sqlite3.connect(path) as raw:
        assert {n for (n,) in raw.execute("SELECT name FROM sqlite_master")}.isdisjoint({"waiting", "quarantine"})
    raw.close()
    with Catalogue.open(path) as catalogue:
        assert catalogue.store_id == "old"
        (row,) = hold(catalogue, MOVE)
        catalogue.keep_waiting(EDIT, [Waiting(place(b"a"), "settling", "it changes", 1, at(0))], (), at(0))
        assert row.move.place == MOVE.place
        catalogue.verify()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    raw.close()


def test_what_waits_keeps_the_time_it_was_first_noted(catalogue: Catalogue) -> None:
    """A file that waits is one row: told of again, all of it is new but for when it was first noted."""
    first = Waiting(place(b"a"), "settling", "it changes", 10, at(1))
    later = Waiting(place(b"a"), "writer", "somebody has it open\ud800", 20, at(5))
    catalogue.keep_waiting(EDIT, [first], (), at(1))
    catalogue.keep_waiting(EDIT, [later], (), at(6))
    says = "somebody has it open\\ud800"
    assert catalogue.waiting(EDIT) == (Waiting(place(b"a"), "writer", says, 20, at(5), at(1)),)
    assert catalogue.waiting(FINAL) == ()


def test_what_waits_no_more_is_forgotten(catalogue: Catalogue) -> None:
    """A row goes when its file is recorded, vanishes, is taken away, or is said to be gone."""
    names = [b"recorded", b"vanished", b"said", b"stays"]
    rows = [Waiting(place(n), "settling", "it changes", 1, at(0)) for n in names]
    catalogue.keep_waiting(EDIT, rows, (), at(0))
    taken = Waiting(MOVE.place, "settling", "it changes", 1, at(0))
    catalogue.keep_waiting(FINAL, [taken], (), at(0))
    take(catalogue, seen(evidence("recorded"), b"recorded"))
    catalogue.vanish(EDIT, [RelPath(b"vanished")], at(1))
    catalogue.keep_waiting(EDIT, (), [RelPath(b"said"), RelPath(b"never there")], at(1))
    hold(catalogue, MOVE)
    assert [w.place.path for w in catalogue.waiting()] == [b"stays"]


def test_a_row_of_another_zone_is_a_mistake(catalogue: Catalogue) -> None:
    """What waits in one zone is not written down for another, and nothing else of the batch either."""
    rows = [
        Waiting(place(b"a"), "settling", "", 1, at(0)),
        Waiting(Place(FINAL, RelPath(b"b")), "settling", "", 1, at(0)),
    ]
    with pytest.raises(ValueError, match="not in zone"):
        catalogue.keep_waiting(EDIT, rows, (), at(0))
    assert catalogue.waiting() == ()


def test_a_row_comes_back_as_it_was_written(catalogue: Catalogue) -> None:
    """Names that are not UTF-8, numbers beyond 63 bits and hostile text survive; a lone surrogate is escaped."""
    (number,) = catalogue.begin_taking([MOVE])
    (row,) = catalogue.quarantined(stays=UNFINISHED)
    shown = replace(MOVE, why=(Why("temporary-not-final", "refuse", "ai-generated \\ud800"),))
    assert row == Quarantined(number, shown, Stay.MOVING)
    assert catalogue.quarantined() == ()


def test_what_is_held_is_found_by_place_and_by_where_it_is_kept(catalogue: Catalogue) -> None:
    """A file is found by its own path and by any folder above it, on either side, and by its note's digest."""
    (row,) = hold(catalogue, MOVE)
    assert row.stay is Stay.HELD
    for below in (b"", b"reel", MOVE.place.path):
        assert catalogue.quarantined(FINAL, RelPath(below)) == (row,)
    for below in (b"re", b"reel/h", b"reel/hero.png", MOVE.where):
        assert catalogue.quarantined(FINAL, RelPath(below)) == ()
    assert catalogue.quarantined(FINAL, RelPath(MOVE.where), by="where") == (row,)
    assert catalogue.quarantined(EDIT) == ()
    assert catalogue.noted(NOTE) == row
    assert catalogue.noted(digest_of("another")) is None


def test_what_was_taken_is_no_longer_at_its_place(catalogue: Catalogue) -> None:
    """When a file is held its sighting is marked as gone, in the same step as the ledger's entry."""
    found = replace(seen(evidence("hero"), b"x"), place=MOVE.place)
    take(catalogue, found)
    hold(catalogue, MOVE, minute=7)
    sighting = catalogue.sighting_at(MOVE.place)
    assert sighting is not None
    assert sighting.gone_at == at(7)


def test_one_entry_for_a_batch(catalogue: Catalogue) -> None:
    """Many files taken away in one gate run are one entry of the ledger, which names each of them."""
    hold(catalogue, *moves(50))
    (entry,) = [e for e in catalogue.ledger.entries() if e.kind == "quarantine"]
    assert (entry.body["run"], entry.body["taken"]) == ("run-1", 50)
    assert entry.body["files"][7] == {"zone": "deliver", "path": "7", "sha256": digest_of("7"), "where": "7"}
    catalogue.verify()


def test_files_of_two_runs_are_two_entries(catalogue: Catalogue) -> None:
    """Where what is finished together was refused by several gate runs, each run has an entry of its own."""
    one, other = moves(2)
    hold(catalogue, one, replace(other, run="run-2"))
    assert [e.body["run"] for e in catalogue.ledger.entries() if e.kind == "quarantine"] == ["run-1", "run-2"]
    catalogue.verify()


def test_a_move_that_came_to_nothing_leaves_no_trace(catalogue: Catalogue) -> None:
    """A move that is given up is forgotten, and its name in quarantine is free again."""
    (number,) = catalogue.begin_taking([MOVE])
    catalogue.finish_taking((), [number], stamp())
    assert catalogue.quarantined(stays=tuple(Stay)) == ()
    assert catalogue.ledger.head().seq == 0
    assert hold(catalogue, MOVE)


def test_a_release_is_one_entry_and_ends_the_row(catalogue: Catalogue) -> None:
    """What was put back and what was found gone stand in one entry, with bytes and gate run; what stays, stays."""
    rows = hold(catalogue, *moves(3))
    catalogue.begin_release([(q, digest_of("new")) for q in rows], "run-9")
    assert {q.stay for q in catalogue.quarantined()} == {Stay.RELEASING}
    catalogue.finish_release([(rows[0], Stay.RELEASED), (rows[1], Stay.GONE)], [rows[2]], stamp(3))
    (held,) = catalogue.quarantined()
    assert (held, held.leaving) == (rows[2], None)
    (entry,) = [e for e in catalogue.ledger.entries() if e.kind == "release"]
    assert [f["path"] for f in entry.body["released"]] == ["0"]
    assert [f["path"] for f in entry.body["gone"]] == ["1"]
    (back,) = catalogue.quarantined(stays=[Stay.RELEASED])
    assert (back.leaving, back.leaving_run) == (digest_of("new"), "run-9")
    catalogue.verify()


def test_two_cannot_put_back_the_same_file(catalogue: Catalogue) -> None:
    """Whoever comes second is told, and nothing of what they wanted was begun."""
    one, other = hold(catalogue, *moves(2))
    catalogue.begin_release([(one, one.move.digest)], "run-1")
    with pytest.raises(CatalogueTrouble, match="not held any more"):
        catalogue.begin_release([(other, other.move.digest), (one, one.move.digest)], "run-2")
    assert [q.stay for q in catalogue.quarantined()] == [Stay.RELEASING, Stay.HELD]


def test_what_was_not_begun_cannot_be_finished(catalogue: Catalogue) -> None:
    """A number under which nothing is moved is an error, and nothing of the batch is written."""
    (number,) = catalogue.begin_taking([MOVE])
    with pytest.raises(CatalogueTrouble, match="nothing was being moved"):
        catalogue.finish_taking([Carried(number, MOVE), Carried(number + 1, MOVE)], (), stamp())
    assert catalogue.ledger.head().seq == 0
    assert [q.stay for q in catalogue.quarantined(stays=tuple(Stay))] == [Stay.MOVING]


TAMPERED = {
    "path": "UPDATE quarantine SET path = CAST('another' AS BLOB) WHERE path = CAST('0' AS BLOB)",
    "zone": "UPDATE quarantine SET zone = 'editorial' WHERE path = CAST('0' AS BLOB)",
    "where": "UPDATE quarantine SET \"where\" = CAST('another' AS BLOB) WHERE path = CAST('0' AS BLOB)",
    "digest": "UPDATE quarantine SET sha256 = zeroblob(32) WHERE path = CAST('0' AS BLOB)",
    "size": "UPDATE quarantine SET size = 8 WHERE path = CAST('0' AS BLOB)",
    "time": "UPDATE quarantine SET taken_at = '2020-01-01T00:00:00.000000Z' WHERE path = CAST('0' AS BLOB)",
    "reasons": "UPDATE quarantine SET why = '[]' WHERE path = CAST('0' AS BLOB)",
    "sidecars": "UPDATE quarantine SET sidecars = '[]' WHERE path = CAST('0' AS BLOB)",
    "run": "UPDATE quarantine SET run = 'run-2' WHERE path = CAST('0' AS BLOB)",
    "note": "UPDATE quarantine SET note = zeroblob(32) WHERE path = CAST('0' AS BLOB)",
    "row deleted": "DELETE FROM quarantine WHERE path = CAST('0' AS BLOB)",
    "row moved to the other entry": "UPDATE quarantine SET entry = left_entry WHERE path = CAST('1' AS BLOB)",
    "row copied": "INSERT INTO quarantine SELECT 99, zone, path, CAST('b' AS BLOB), sha256, device, inode, size,"
    " mtime_ns, ctime_ns, taken_at, run, why, sidecars, note, state, leaving, leaving_run, entry, left_entry"
    " FROM quarantine WHERE path = CAST('0' AS BLOB)",
    "said to be released": "UPDATE quarantine SET state = 'released', left_entry = 1 WHERE path = CAST('0' AS BLOB)",
    "said to be gone": "UPDATE quarantine SET state = 'gone' WHERE path = CAST('1' AS BLOB)",
    "said to be held still": "UPDATE quarantine SET state = 'held', left_entry = NULL WHERE path = CAST('1' AS BLOB)",
    "bytes that left": "UPDATE quarantine SET leaving = zeroblob(32) WHERE path = CAST('1' AS BLOB)",
    "run that let it go": "UPDATE quarantine SET leaving_run = 'run-1' WHERE path = CAST('1' AS BLOB)",
    "held without an entry": "UPDATE quarantine SET entry = NULL, state = 'moving' WHERE path = CAST('0' AS BLOB)",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_a_row_edited_behind_the_ledgers_back_is_found(path: Path, statement: str) -> None:
    """Whatever is changed about a file that was taken away or put back, `verify` finds it."""
    with Catalogue.create(path, at(0)) as catalogue:
        one, other = moves(2)
        hold(catalogue, replace(one, companions=MOVE.companions, note=NOTE), other)
        (row,) = catalogue.quarantined(FINAL, RelPath(b"1"))
        catalogue.begin_release([(row, digest_of("new"))], "run-9")
        catalogue.finish_release([(row, Stay.RELEASED)], (), stamp(3))
        catalogue.verify()
    edit_behind(path, "PRAGMA ignore_check_constraints = ON", statement)
    with Catalogue.open(path) as catalogue, pytest.raises(BrokenEntry):
        catalogue.verify()


def test_the_guards_keep_what_was_written(path: Path) -> None:
    """Nothing of a file that was taken away can be changed or deleted in passing, nor of one that has left at all."""
    with Catalogue.create(path, at(0)) as catalogue:
        _, other = hold(catalogue, *moves(2))
        catalogue.finish_release([(other, Stay.GONE)], (), stamp(3))
    with sqlite3.connect(path) as raw:
        for statement in (
            "UPDATE quarantine SET sha256 = zeroblob(32)",
            "UPDATE quarantine SET why = '[]'",
            "DELETE FROM quarantine",
            "UPDATE quarantine SET leaving = zeroblob(32) WHERE left_entry IS NOT NULL",
            "UPDATE quarantine SET state = 'held', left_entry = NULL WHERE left_entry IS NOT NULL",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="quarantine"):
                raw.execute(statement)
    raw.close()


def test_a_row_that_cannot_be_read_is_named(path: Path) -> None:
    """A row whose reasons are no reasons is called damaged, with its number."""
    with Catalogue.create(path, at(0)) as catalogue:
        hold(catalogue, *moves(1))
    edit_behind(path, "UPDATE quarantine SET why = 'nonsense'")
    with Catalogue.open(path) as catalogue, pytest.raises(CatalogueTrouble, match="row 1 of `quarantine`"):
        catalogue.quarantined()
