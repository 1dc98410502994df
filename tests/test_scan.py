import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from provenance.asset import UtcTime
from provenance.catalogue import Catalogue, Stamp
from provenance.configfile import load_config
from provenance.credentials.trust import Trust
from provenance.examination import Answer, Failed, Failure, Request
from provenance.examiner import examiner_for
from provenance.intake import Tally, scan
from provenance.looking import Intake, Silent
from provenance.pool import Pool
from provenance.targets import all_zones
from tests.kills import kill_scans, notes, rows
from tests.production import Production, generated, new_production, picture

FILES = 12_000
"""So many small files take a scan some seconds on any machine."""


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
    time.sleep(0.03)  # else it is too young to be sure that it did not change since
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


@pytest.mark.timeout(240)
def test_killed_at_any_moment_nothing_is_lost(production: Production) -> None:
    """A scan that is killed ten times at random and run again has every file once, with the digest it has on disk."""
    notes(production, FILES)
    after = kill_scans(production, 10, seed=20261122)
    assert 0 < max(after) < FILES
    assert len(set(after)) > 5
    assert production.run("scan").code == 0
    assert recorded(production) == on_disk(production)
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db")) as catalogue:
        assert catalogue.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert production.run("ledger", "verify").code == 0


def test_ctrl_c_says_what_was_done(production: Production) -> None:
    """A scan that is interrupted ends with 130, says what was recorded, and leaves the catalogue whole."""
    notes(production, FILES)
    scan = subprocess.Popen(
        [sys.executable, "-m", "provenance", "scan"],
        cwd=production.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while rows(production) == 0:
        assert scan.poll() is None
        time.sleep(0.005)
    scan.send_signal(signal.SIGINT)
    out, err = scan.communicate(timeout=30)
    assert "Traceback" not in err
    assert scan.returncode == 130
    assert out.startswith("Interrupted; recorded so far ")
    assert 0 < rows(production) < FILES
    assert production.run("ledger", "verify").code == 0


class _Impatient(Silent):
    """Somebody who presses Ctrl-C after 600 files."""

    def __init__(self) -> None:
        self.files = 0

    def done(self, files: int, size: int) -> None:  # noqa: ARG002 (the protocol's signature)
        """Count."""
        self.files += files
        if self.files == 600:
            raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_committed(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted amid a batch, exactly the whole batches before it stay, and the next scan goes on from there."""
    notes(production, 1000)
    with monkeypatch.context() as patched:
        patched.setattr("provenance.cli.progress.progress", lambda _what: nullcontext(_Impatient()))
        result = production.run("scan")
    assert (result.code, rows(production)) == (130, 512)
    assert result.out.startswith("Interrupted; recorded so far 512 new or changed, 0 unchanged")
    assert production.json("scan")["recorded"] == 1000 - 512
    assert recorded(production) == on_disk(production)


def test_a_zone_that_is_a_file_is_a_fault_of_the_configuration(production: Production) -> None:
    """A zone whose root is a file answers 40, after the other zones were recorded."""
    production.deliver.rmdir()
    production.deliver.touch()
    picture(production.editorial / "a.png")
    assert production.run("scan").code == 40
    assert recorded(production).keys() == {"editorial/a.png"}


def test_what_cannot_be_read_is_answered_with_its_code(production: Production) -> None:
    """A file and a folder that may not be read answer 13 and are named, after all the rest was recorded."""
    picture(production.editorial / "a.png")
    (production.editorial / "z.txt").write_text("a note")
    (production.editorial / "closed").mkdir(mode=0)
    secret = production.editorial / "secret.txt"
    secret.touch(mode=0)
    scan = [*_AS_ANYBODY, sys.executable, "-m", "provenance", "scan", "--format", "json"]
    done = subprocess.run(scan, cwd=production.root, capture_output=True, text=True, check=False)
    assert done.returncode == 13, done.stderr
    document = json.loads(done.stdout)
    assert document["recorded"] == 2
    assert [t["path"] for t in document["troubles"]] == ["closed", "secret.txt"]
    assert "error" in done.stderr
    secret.chmod(0o600)
    (production.editorial / "closed").chmod(0o700)
    assert production.run("scan").code == 0


_AS_ANYBODY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""The superuser may read everything; without these two capabilities it may not."""


def test_links_and_pipes_are_named_and_change_nothing(production: Production) -> None:
    """A scan that met a link and a pipe names both and answers 0."""
    (production.editorial / "link").symlink_to("/etc/hostname")
    os.mkfifo(production.editorial / "pipe")
    result = production.run("scan")
    assert result.code == 0
    assert "editorial/link: a symbolic link" in result.out
    assert "editorial/pipe: a named pipe" in result.out


def test_many_troubles_are_counted_and_some_named(production: Production) -> None:
    """A terminal is shown the first twenty of a kind and how many more there were; JSON names all of them."""
    for n in range(25):
        (production.editorial / f"{n}").symlink_to("nowhere")
    out = production.run("scan").out
    assert out.count("a symbolic link") == 20
    assert "not examined  and 5 more" in out
    document = production.json("scan")
    assert (len(document["troubles"]), document["troubles_unnamed"]) == (25, 0)


def test_a_tally_names_no_more_than_it_may(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its limit a tally counts troubles without keeping them, and says how many."""
    monkeypatch.setattr("provenance.intake.NAMED", 3)
    for n in range(5):
        (production.editorial / f"{n}").symlink_to("nowhere")
    document = production.json("scan")
    assert (len(document["troubles"]), document["troubles_unnamed"]) == (3, 2)


def test_one_file_is_looked_at_with_its_sidecar(production: Production) -> None:
    """Scanning one named file notices a sidecar that came, and that it went, though neither was scanned itself."""
    production.run("keys", "new")
    note = production.editorial / "note.txt"
    note.write_text("a temp voice, to be replaced\n")
    time.sleep(0.03)
    production.run("scan", note)
    assert production.json("scan", note)["unchanged"] == 1
    beside = production.editorial / "note.txt.c2pa"
    away = production.root / "away.c2pa"
    marked = production.run("mark", note, "--sidecar", "-o", away, "--source-type", "trainedAlgorithmicMedia")
    assert marked.code == 0, marked.err
    away.rename(beside)
    assert production.json("scan", note)["recorded"] == 1
    (line,) = production.run("list", "--format", "json").lines
    assert line["origin"] == "ai-generated"
    beside.unlink()
    assert production.json("scan", note)["recorded"] == 1


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ((Failure.MISSING, Failure.NOT_REGULAR), None),
        ((Failure.CHANGED,), 12),
        ((Failure.READ_FAILED, Failure.CHANGED), 14),
        ((Failure.NOT_PERMITTED, Failure.NOT_EXAMINED), 26),
    ],
)
def test_the_worst_is_kept(production: Production, failures: tuple[Failure, ...], code: int | None) -> None:
    """Of several files that could not be examined the highest code is kept; one that went meanwhile is none of them."""
    for failure in failures:
        (production.editorial / failure.value).touch()
    config, trust = load_config(production.config), Trust()
    tally = Tally()
    stamp = Stamp(UtcTime("2026-11-22T00:00:00.000000Z"), "somebody", "here", "0")
    with Catalogue.open(config.catalogue) as catalogue, Pool(trust, workers=1, look=_fail) as pool:
        scan(Intake(catalogue, pool, lambda: examiner_for(trust), lambda: stamp), all_zones(config), tally)
    assert (tally.worst.code if tally.worst else None) == code


def _fail(requests: tuple[Request, ...], _trust: Trust) -> tuple[Answer, ...]:
    return tuple(Failed(Failure(r.path.decode()), "as its name says") for r in requests)


def test_outside_every_zone_there_is_nothing_to_record(production: Production) -> None:
    """Scanning a path in no zone is refused with 40."""
    picture(production.root / "loose" / "a.png")
    assert production.run("scan", "loose").code == 40
