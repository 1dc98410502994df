import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.production import Production, generated, new_production, picture


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def recorded(production: Production, *options: str) -> dict[str, tuple[str, bool]]:
    """What `list` knows, by zone and path: the digest, and whether it is there."""
    rows = production.run("list", *options, "--format", "json").lines
    found = {f"{r['zone']}/{r['path']}": (r["sha256"], r["present"]) for r in rows}
    assert len(found) == len(rows)
    return found


def on_disk(production: Production) -> dict[str, tuple[str, bool]]:
    """What is on the disk, in the same words."""
    found = {}
    for zone in (production.editorial, production.deliver):
        for path in zone.rglob("*"):
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[f"{zone.name}/{path.relative_to(zone)}"] = (digest, True)
    return found


def test_everything_is_recorded_once_and_not_looked_at_again(production: Production) -> None:
    """A first scan records every file with the digest it has on disk; a second finds all of it unchanged."""
    for n in range(40):
        picture(production.editorial / f"reel{n % 3}" / f"{n}.png", seed=n)
    generated(production.deliver / "hero.png")
    first = production.json("scan")
    assert (first["recorded"], first["unchanged"]) == (41, 0)
    assert recorded(production) == on_disk(production)
    second = production.json("scan")
    assert (second["recorded"], second["unchanged"]) == (0, 41)


def test_same_bytes_at_two_paths_are_one_asset(production: Production) -> None:
    """A copy is another sighting of the same asset."""
    picture(production.editorial / "a.png")
    picture(production.editorial / "b.png")
    production.run("scan")
    catalogue = production.json("status")["catalogue"]
    assert (catalogue["assets"], catalogue["sightings"]) == (1, 2)
    sightings = production.json("origin", "editorial/a.png")["sightings"]
    assert [s["path"] for s in sightings] == ["a.png", "b.png"]


def test_a_renamed_file_keeps_its_history(production: Production) -> None:
    """After a rename the old place is kept as not present, and the file remembers it."""
    old = picture(production.editorial / "old.png")
    production.run("scan")
    old.rename(production.deliver / "new.png")
    assert production.json("scan")["vanished"] == 1
    sightings = production.json("origin", "deliver/new.png")["sightings"]
    assert [(s["zone"], s["path"], s["present"]) for s in sightings] == [
        ("deliver", "new.png", True),
        ("editorial", "old.png", False),
    ]
    gone = production.json("origin", "editorial/old.png")
    assert gone["sha256"] == recorded(production)["deliver/new.png"][0]
    assert not recorded(production, "--all")["editorial/old.png"][1]


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


def test_a_changed_file_is_looked_at_again(production: Production) -> None:
    """A file whose bytes changed, with its size and mtime as before, is recorded anew."""
    plate = picture(production.editorial / "plate.png")
    production.run("scan")
    before = plate.stat()
    data = bytearray(plate.read_bytes())
    data[-15] ^= 1
    plate.write_bytes(data)
    os.utime(plate, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert production.json("scan")["recorded"] == 1
    assert recorded(production) == on_disk(production)


@pytest.mark.parametrize("name", [b"not \xff utf-8.png", b"two\nlines.png", b"-dash.png", b'it\'s "quoted".png'])
def test_odd_names_work_everywhere(production: Production, name: bytes) -> None:
    """A name that is not UTF-8, holds a newline, or looks like an option works in every command."""
    hero = production.deliver / os.fsdecode(name)
    generated(production.root / "x.png").rename(hero)
    assert production.json("scan")["recorded"] == 1
    (line,) = production.run("list", "--format", "json").lines
    assert os.fsencode(line["path"]) == name
    assert production.run("list").code == 0
    assert len(production.run("list").out.splitlines()) == 1
    assert production.json("origin", hero)["origin"] == "ai-generated"
    assert production.run("origin", hero).code == 0
    assert os.fsencode(production.json("gate", "deliver")["assets"][0]["path"]) == b"deliver/" + name
    words = ("--by", "Legal", "--role", "legal", "--reason", "agreed")
    assert production.run("approve", hero, "--channel", "deliver", *words).code == 0
    assert production.run("gate", hero).code == 0


def test_a_sidecar_that_arrives_later_is_noticed(production: Production) -> None:
    """A file that did not change is looked at again when a sidecar comes, changes or goes."""
    production.run("keys", "new")
    note = production.editorial / "note.txt"
    note.write_text("a temp voice, to be replaced\n")
    production.run("scan")
    assert production.json("origin", note)["origin"] == "unknown"
    away = production.root / "away.c2pa"
    marked = production.run("mark", note, "--sidecar", "-o", away, "--source-type", "trainedAlgorithmicMedia")
    assert marked.code == 0, marked.err
    beside = production.editorial / "note.c2pa"
    shutil.copyfile(away, beside)
    production.run("scan")
    (line,) = [r for r in production.run("list", "--format", "json").lines if r["path"] == "note.txt"]
    assert line["origin"] == "ai-generated"
    assert production.json("origin", note)["credential"]["from"] == "sidecar"
    beside.unlink()
    production.run("scan")
    assert production.json("origin", note)["credential"]["from"] == "embedded"


def test_killed_at_any_moment_nothing_is_lost(production: Production) -> None:
    """A scan that is killed ten times at random and run again has every file once, with the digest it has on disk."""
    rng = random.Random(20261122)
    for n in range(400):
        picture(production.editorial / f"reel{n % 7}" / f"{n}.png", seed=n)
    environment = {k: v for k, v in os.environ.items() if k != "PROVENANCE_CONFIG"}
    for _ in range(10):
        scan = subprocess.Popen(
            [sys.executable, "-m", "provenance", "scan"],
            cwd=production.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(rng.uniform(0.3, 1.5))
        scan.send_signal(signal.SIGKILL)
        scan.wait()
    assert production.run("scan").code == 0
    assert recorded(production) == on_disk(production)
    with sqlite3.connect(production.root / ".provenance" / "catalogue.db") as catalogue:
        assert catalogue.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    catalogue.close()
    assert production.run("ledger", "verify").code == 0


def _rows(production: Production) -> int:
    catalogue = sqlite3.connect(production.root / ".provenance" / "catalogue.db", timeout=30)
    try:
        (count,) = catalogue.execute("SELECT count(*) FROM sightings").fetchone()
    finally:
        catalogue.close()
    return int(count)


def test_ctrl_c_says_what_was_done(production: Production) -> None:
    """A scan that is interrupted ends with 130, says what was recorded, and leaves the catalogue whole."""
    for n in range(6000):
        (production.editorial / f"{n}.txt").write_text(f"note {n}\n")
    scan = subprocess.Popen(
        [sys.executable, "-m", "provenance", "scan"],
        cwd=production.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while _rows(production) == 0:
        assert scan.poll() is None
    scan.send_signal(signal.SIGINT)
    out, err = scan.communicate(timeout=30)
    assert "Traceback" not in err
    assert scan.returncode == 130
    assert out.startswith("Interrupted; recorded so far ")
    assert 0 < _rows(production) < 6000
    assert production.run("ledger", "verify").code == 0
    assert production.run("scan").code == 0
    assert recorded(production) == on_disk(production)


def test_a_zone_that_is_not_there_marks_nothing_as_gone(production: Production) -> None:
    """A missing zone folder is an error, and what was recorded in it stays recorded as present."""
    picture(production.editorial / "a.png")
    production.run("scan")
    production.editorial.rename(production.root / "unplugged")
    assert production.run("scan").code == 10
    assert recorded(production)["editorial/a.png"][1]


def test_outside_every_zone_there_is_nothing_to_record(production: Production) -> None:
    """Scanning a path in no zone is refused with 40."""
    picture(production.root / "loose" / "a.png")
    assert production.run("scan", "loose").code == 40
