"""Files that are taken out of a final zone: all of each, nothing else, and never in silence."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.asset import Digest, Place, RelPath
from provenance.catalogue import Stay
from provenance.moving import Snag
from provenance.policy import Outcome, Reason, Rule
from provenance.quarantine import NotTaken, Taken, is_our_note, mend, turns
from tests.production import EDITOR, LEGAL, generated, new_production, outcomes, picture, run
from tests.quarantining import RUN, WHY, Guarded, files_in, guarded

NOTE = "reel/hero.png.HELD.txt"


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guarded]:
    """A production with a flagged and a clean file in its final zone, recorded, and the catalogue open."""
    production = new_production(tmp_path)
    generated(production.deliver / "reel/hero.png")
    picture(production.deliver / "reel/plate.jpg")
    assert production.run("scan").code == 0
    with guarded(production) as made:
        yield made


def deliver(guard: Guarded) -> dict[str, bytes]:
    """Return what lies in the final zone."""
    return files_in(guard.zone.root)


def kept(guard: Guarded) -> dict[str, bytes]:
    """Return what lies in its quarantine."""
    return files_in(guard.kept)


def snag(result: Taken | NotTaken) -> Snag:
    """Return why something was not taken."""
    assert isinstance(result, NotTaken)
    assert result.says
    return result.snag


# --- taking ------------------------------------------------------------------------------------------------------------


def test_a_refused_file_is_moved_with_its_bytes(guard: Guarded) -> None:
    """It lies in quarantine under its own path, a row and the ledger say so, and nothing else in the zone changed."""
    before = deliver(guard)
    (taken,) = guard.take("reel/hero.png")
    assert taken == Taken(
        Place(guard.zone.name, RelPath(b"reel/hero.png")), os.fsencode(guard.kept / "reel/hero.png"), ()
    )
    assert kept(guard) == {"reel/hero.png": before["reel/hero.png"]}
    assert {n: b for n, b in deliver(guard).items() if n != NOTE} == {"reel/plate.jpg": before["reel/plate.jpg"]}
    assert (guard.zone.root / "reel").is_dir()
    (row,) = guard.rows()
    assert (row.stay, row.move.run, [w.text for w in row.move.why]) == (Stay.HELD, RUN, [WHY.text])
    assert guard.production.run("ledger", "verify").code == 0
    assert "1 taken: deliver/reel/hero.png" in guard.production.run("ledger", "show").out


def test_an_emptied_folder_stays(guard: Guarded) -> None:
    """A folder whose last file is taken away is left for whoever made it."""
    (guard.zone.root / "alone").mkdir()
    shutil.copy(guard.zone.root / "reel/hero.png", guard.zone.root / "alone/x.png")
    guard.take("alone/x.png")
    assert (guard.zone.root / "alone").is_dir()


def test_the_quarantine_is_closed_to_others(guard: Guarded) -> None:
    """The folders of the quarantine are made for this user alone, whatever the process masks out."""
    before = os.umask(0)
    try:
        guard.take("reel/hero.png")
    finally:
        os.umask(before)
    assert [f.stat().st_mode & 0o777 for f in (guard.kept, guard.kept / "reel")] == [0o700, 0o700]


def test_a_second_file_of_the_same_place_gets_a_numbered_name(guard: Guarded) -> None:
    """Nothing in quarantine is ever replaced: the same place a second and a third time is another name there."""
    for n in range(3):
        (guard.zone.root / "reel/hero.png").write_bytes(b"version %d" % n)
        guard.take("reel/hero.png")
    assert sorted(kept(guard)) == ["reel/hero.2.png", "reel/hero.3.png", "reel/hero.png"]
    assert sorted(deliver(guard))[:3] == ["reel/hero.png.HELD.2.txt", "reel/hero.png.HELD.3.txt", NOTE]
    assert [row.move.where for row in guard.rows()] == [b"reel/hero.png", b"reel/hero.2.png", b"reel/hero.3.png"]


def test_a_stranger_in_quarantine_is_not_touched(guard: Guarded) -> None:
    """What somebody else put into the quarantine stays as it is; also a file where a folder is wanted."""
    guard.kept.mkdir(parents=True)
    (guard.kept / "reel").write_bytes(b"a stranger")
    guard.take("reel/hero.png")
    assert sorted(kept(guard)) == ["reel", "reel.2/hero.png"]
    assert (guard.kept / "reel").read_bytes() == b"a stranger"


def test_many_are_one_batch_and_one_that_cannot_be_taken_stops_nothing(guard: Guarded) -> None:
    """Each file has its own answer, in the order asked for; the ledger has one entry for all that were taken."""
    names = [f"reel/{n}.png" for n in range(20)]
    for n, name in enumerate(names):
        (guard.zone.root / name).write_bytes(b"file %d" % n)
    items = [guard.refused(n) for n in names]
    (guard.zone.root / names[7]).write_bytes(b"changed")
    (guard.zone.root / names[9]).unlink()
    results = guard.take(*items)
    assert [r.place.path.decode() for r in results] == names
    assert [names[n] for n, r in enumerate(results) if isinstance(r, NotTaken)] == [names[7], names[9]]
    assert (snag(results[7]), snag(results[9])) == (Snag.CHANGED, Snag.GONE)
    entries = [e for e in guard.catalogue.ledger.entries() if e.kind == "quarantine"]
    assert [e.body["taken"] for e in entries] == [18]
    assert len(guard.catalogue.quarantined(stays=tuple(Stay))) == 18
    assert (guard.zone.root / names[7]).read_bytes() == b"changed"


def test_hostile_names_are_names_like_any_other(guard: Guarded) -> None:
    """Names that are not UTF-8, hold line breaks or begin with a dash are taken, noted and put on record."""
    names = [b"reel/\xff\xfe.png", b"-rf", b"a\nb/c\td.png", "reel/ü'\"$(id).png".encode(), b"n" * 251 + b".png"]
    for name in names:
        path = guard.zone.root / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name)
    results = guard.take(*names)
    assert all(isinstance(r, Taken) and not r.lost for r in results)
    assert sorted(kept(guard).values()) == sorted(names)
    notes = [b for n, b in deliver(guard).items() if n.endswith(".HELD.txt")]
    assert len(notes) == len(names)
    assert all(b"\n" in n and n.decode().replace("\n", "").isprintable() for n in notes)
    assert guard.production.run("status").code == 0
    assert guard.production.run("gate", "deliver").code == 3


def test_nothing_to_take_changes_nothing(guard: Guarded) -> None:
    """Without a file there is no row, no entry and no folder."""
    head = guard.catalogue.ledger.head()
    assert guard.take() == ()
    assert (guard.catalogue.ledger.head(), guard.kept.exists()) == (head, False)


# --- what is left alone ------------------------------------------------------------------------------------------------


def test_a_file_that_changed_since_it_was_judged_is_left(guard: Guarded) -> None:
    """What was judged is not there any more, so what is there now has to be judged first."""
    item = guard.refused("reel/hero.png")
    hero = guard.zone.root / "reel/hero.png"
    hero.write_bytes(b"replaced by a human")
    (result,) = guard.take(item)
    assert snag(result) is Snag.CHANGED
    assert hero.read_bytes() == b"replaced by a human"
    assert (kept(guard), NOTE in deliver(guard)) == ({}, False)
    assert guard.catalogue.quarantined(stays=tuple(Stay)) == ()
    assert guard.production.run("ledger", "verify").code == 0


def test_a_folder_swapped_for_a_link_leads_nowhere(guard: Guarded, tmp_path: Path) -> None:
    """A folder that became a link since is not followed: nothing outside the zone is taken, and no note written there."""
    item = guard.refused("reel/hero.png")
    reel = guard.zone.root / "reel"
    reel.rename(tmp_path / "away")
    reel.symlink_to(tmp_path / "away")
    (result,) = guard.take(item)
    assert snag(result) is Snag.LED_AWAY
    assert sorted(files_in(tmp_path / "away")) == ["hero.png", "plate.jpg"]


def test_a_quarantine_that_cannot_be_made_is_said(guard: Guarded) -> None:
    """Where the quarantine cannot be made, every file stays, says why, and nothing is written down as moving."""
    guard.kept.parent.mkdir(parents=True)
    guard.kept.write_bytes(b"a file is in its way")
    (result,) = guard.take("reel/hero.png")
    assert snag(result) is Snag.UNWRITABLE
    assert (guard.zone.root / "reel/hero.png").exists()
    assert guard.catalogue.quarantined(stays=tuple(Stay)) == ()


TAKE = """
import sys
from pathlib import Path
from tests.production import Production
from tests.quarantining import guarded
with guarded(Production(Path(sys.argv[1]))) as guard:
    (result,) = guard.take("reel/hero.png")
    print(type(result).__name__, getattr(result, "snag", None) and result.snag.value)
"""
_AS_ANYBODY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@pytest.mark.parametrize(
    ("zone", "quarantine", "wanted"),
    [(0o755, 0o700, "Taken None"), (0o555, 0o700, "NotTaken not-permitted"), (0o755, 0o500, "NotTaken unwritable")],
    ids=["both", "not from the zone", "not to the quarantine"],
)
def test_whose_right_is_missing_is_said(guard: Guarded, zone: int, quarantine: int, wanted: str) -> None:
    """Without the right to take from the zone, or to put into the quarantine, the file stays, and which is said."""
    if _AS_ANYBODY and subprocess.run([*_AS_ANYBODY, "true"], capture_output=True, check=False).returncode:
        pytest.skip("the superuser cannot do without its rights here")
    guard.kept.mkdir(parents=True)
    guard.kept.chmod(quarantine)
    (guard.zone.root / "reel").chmod(zone)
    command = [*_AS_ANYBODY, sys.executable, "-c", TAKE, str(guard.production.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == wanted, done.stderr
    assert (guard.zone.root / "reel/hero.png").exists() == (wanted != "Taken None")


# --- sidecars ----------------------------------------------------------------------------------------------------------


def beside(guard: Guarded, *names: str) -> None:
    """Put files called so into the folder of the flagged file."""
    for name in names:
        (guard.zone.root / "reel" / name).write_bytes(b"called " + name.encode())


def test_a_files_own_sidecar_goes_along(guard: Guarded) -> None:
    """`NAME.EXT.c2pa` is moved with its file, also if it was not the one that was read."""
    beside(guard, "hero.png.c2pa")
    guard.take(replace(guard.refused("reel/hero.png"), sidecar=None))
    assert sorted(kept(guard)) == ["reel/hero.png", "reel/hero.png.c2pa"]
    assert sorted(deliver(guard)) == [NOTE, "reel/plate.jpg"]
    (row,) = guard.rows()
    assert [(c.path, c.copied) for c in row.move.companions] == [(b"reel/hero.png.c2pa", False)]


def test_a_shared_sidecar_is_copied_as_long_as_somebody_needs_it(guard: Guarded) -> None:
    """`STEM.c2pa` stays for the other files of its stem, and goes with the last of them."""
    beside(guard, "hero.jpg", "hero.c2pa")
    guard.take("reel/hero.png")
    assert "reel/hero.c2pa" in deliver(guard)
    guard.take("reel/hero.jpg")
    assert "reel/hero.c2pa" not in deliver(guard)
    assert list(kept(guard).values()).count(b"called hero.c2pa") == 2
    assert [row.move.companions[0].copied for row in guard.rows()] == [False, True]


def test_a_sidecar_of_two_that_are_taken_together_goes_with_both(guard: Guarded) -> None:
    """In one batch the first gets a copy of a shared sidecar and the second the sidecar itself."""
    beside(guard, "hero.jpg", "hero.c2pa")
    guard.take("reel/hero.png", "reel/hero.jpg")
    assert sorted(deliver(guard)) == ["reel/hero.jpg.HELD.txt", NOTE, "reel/plate.jpg"]
    assert list(kept(guard).values()).count(b"called hero.c2pa") == 2


def test_somebody_elses_sidecar_stays(guard: Guarded) -> None:
    """A sidecar the file was not read with, and which is not called after it alone, is not its own."""
    beside(guard, "hero.c2pa", "hero.png.c2pa")
    item = guard.refused("reel/hero.png")
    assert item.sidecar is not None
    assert item.sidecar.endswith(b"hero.png.c2pa")
    guard.take(item)
    assert "reel/hero.c2pa" in deliver(guard)


def test_a_sidecar_that_cannot_come_along_is_said(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a sidecar goes away at the last moment its file is taken all the same, and that it lacks one is said."""
    beside(guard, "hero.png.c2pa")
    from provenance.quarantine import taking

    real = taking.move

    def moved(parcel: taking.Parcel) -> tuple[str, ...]:
        (guard.zone.root / "reel/hero.png.c2pa").unlink(missing_ok=True)
        return real(parcel)

    monkeypatch.setattr(taking, "move", moved)
    (taken,) = guard.take("reel/hero.png")
    assert isinstance(taken, Taken)
    assert taken.lost == ("its sidecar hero.png.c2pa: there is nothing there any more",)
    assert guard.rows()[0].move.companions == ()
    (entry,) = [e for e in guard.catalogue.ledger.entries() if e.kind == "quarantine"]
    assert entry.body["files"][0]["lost"] == list(taken.lost)


# --- the note ----------------------------------------------------------------------------------------------------------


def test_the_note_tells_what_happened_and_what_to_do(guard: Guarded) -> None:
    """A short text beside the gap says what was taken, why, and which commands put it back; and nothing secret."""
    guard.take("reel/hero.png")
    note = (guard.zone.root / NOTE).read_text()
    assert note.startswith("HELD: hero.png\n")
    assert "ai-generated (generation settings)" in note
    assert "provenance approve hero.png --channel deliver --by WHO --role ROLE --reason TEXT" in note
    assert "provenance release hero.png" in note
    assert "no part of the delivery" in note
    assert "lighthouse" not in note
    assert "quarantine" not in note
    assert str(guard.production.root) not in note
    assert max(len(line) for line in note.splitlines()) < 140
    assert (guard.zone.root / NOTE).stat().st_mode & 0o777 == 0o644


def test_the_commands_of_a_note_work_where_it_lies(guard: Guarded) -> None:
    """Whoever goes to the folder and types what the note says has the file back."""
    guard.take("reel/hero.png")
    note = (guard.zone.root / NOTE).read_text()
    commands = [line.split() for line in note.splitlines() if line.startswith("  provenance ")]
    assert [c[1] for c in commands] == ["approve", "release"]
    for command in commands:
        words = [{"WHO": "Legal", "ROLE": "legal", "TEXT": "agreed"}.get(w, w) for w in command[1:]]
        result = run(guard.zone.root / "reel", *words)
        assert result.code == 0, result.err
    assert (guard.zone.root / "reel/hero.png").exists()
    assert NOTE not in deliver(guard)


def test_a_hold_asks_for_a_clearance(guard: Guarded) -> None:
    """The note about something that was held names `clear`, and not `approve`."""
    held = Reason(Rule.CREDENTIAL_BROKEN, Outcome.HOLD, "content credential is broken")
    guard.take(guard.refused("reel/hero.png", reasons=(held,)))
    note = (guard.zone.root / NOTE).read_text()
    assert "provenance clear hero.png --by" in note
    assert "provenance approve" not in note


def test_a_note_of_hostile_reasons_stays_short_and_harmless(guard: Guarded) -> None:
    """Reasons that repeat what a file says are cut and shown without control characters."""
    hostile = Reason(Rule.TEMPORARY_NOT_FINAL, Outcome.REFUSE, "x\x1b[31m\n\ud800" * 5_000)
    guard.take(guard.refused("reel/hero.png", reasons=(hostile,)))
    note = (guard.zone.root / NOTE).read_text()
    assert len(note) < 2_000
    assert note.replace("\n", "").isprintable()
    assert guard.production.json("gate", "deliver")["counts"]["hold"] == 1


def test_notes_can_be_switched_off(tmp_path: Path) -> None:
    """Without `held_notes` nothing is left in the zone; all the rest is the same."""
    production = new_production(tmp_path)
    production.config.write_text(production.config.read_text().replace("held_notes = true", "held_notes = false"))
    generated(production.deliver / "hero.png")
    with guarded(production) as guard:
        guard.take("hero.png")
        assert (deliver(guard), sorted(kept(guard))) == ({}, ["hero.png"])
        assert guard.rows()[0].move.note is None


def test_a_note_is_never_written_over_anything(guard: Guarded) -> None:
    """A file called like the note is somebody's: it stays, and the note gets another name."""
    (guard.zone.root / NOTE).write_bytes(b"mine")
    (guard.zone.root / "reel/hero.png.HELD.2.txt").symlink_to("nowhere")
    guard.take("reel/hero.png")
    assert (guard.zone.root / NOTE).read_bytes() == b"mine"
    assert (guard.zone.root / "reel/hero.png.HELD.3.txt").read_text().startswith("HELD: hero.png")


def test_only_our_own_unchanged_note_is_ours(guard: Guarded) -> None:
    """A note is known by its bytes: moved or renamed it is ours still, with one character added it is theirs."""
    guard.take("reel/hero.png")

    def ours(name: str) -> bool:
        data = (guard.zone.root / name).read_bytes()
        place = Place(guard.zone.name, RelPath(name.encode()))
        return is_our_note(guard.catalogue, place, Digest(hashlib.sha256(data).hexdigest()))

    assert ours(NOTE)
    (guard.zone.root / NOTE).rename(guard.zone.root / "another.HELD.2.txt")
    assert ours("another.HELD.2.txt")
    with (guard.zone.root / "another.HELD.2.txt").open("a") as stream:
        stream.write("I saw this.")
    assert not ours("another.HELD.2.txt")
    assert not ours("reel/plate.jpg")


def test_the_gate_holds_what_has_a_note_in_it(guard: Guarded) -> None:
    """A folder out of which something was taken is held with what is missing and why; the note is not judged as media."""
    guard.take("reel/hero.png")
    document = guard.production.json("gate", "deliver")
    assert (document["outcome"], outcomes(document)) == ("hold", {"hero.png.HELD.txt": "hold", "plate.jpg": "pass"})
    (note,) = [a for a in document["assets"] if a["outcome"] == "hold"]
    (reason,) = note["reasons"]
    assert (reason["rule"], note["sha256"]) == ("taken-out", None)
    assert reason["text"].startswith("hero.png was taken out of here at ")
    assert "ai-generated (generation settings)" in reason["text"]
    assert reason["args"]["name"] == "hero.png"
    (guard.zone.root / NOTE).unlink()
    assert guard.production.run("gate", "deliver").code == 0


def test_a_note_is_held_wherever_it_is_delivered_from(guard: Guarded, tmp_path: Path) -> None:
    """Copied out of the zone it is held by the gate there, too; written into, it is a text like any other."""
    guard.take("reel/hero.png")
    loose = tmp_path / "loose"
    shutil.copytree(guard.zone.root, loose)
    assert guard.production.run("gate", loose, "--channel", "deliver").code == 3
    assert guard.production.run("gate", loose / NOTE, "--channel", "deliver").code == 3
    (loose / NOTE).write_text("HELD: hero.png\n")
    assert guard.production.run("gate", loose, "--channel", "deliver").code == 0


def test_nobodys_word_is_about_a_note(guard: Guarded) -> None:
    """Whoever approves a folder does not approve the notes in it, and nobody can approve a note alone."""
    guard.take("reel/hero.png")
    record = guard.production.json("clear", "deliver/reel", *LEGAL)
    assert len(record["subjects"]) == 2
    notes = guard.production.run("clear", guard.zone.root / NOTE, *LEGAL)
    assert notes.code == 10


# --- after a kill ------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", ["rename", "link", "copy"])
@pytest.mark.parametrize("action", ["take", "release"])
def test_killed_at_any_step_it_is_finished_or_undone(tmp_path: Path, action: str, way: str) -> None:
    """A process is killed before each step of taking away and of putting back, and what mends leaves all in order.

    In order: each file is in one place with its bytes, sidecars and note with it; nothing stands aside; the ledger is
    whole; mending again changes nothing; and doing it again does it.
    """
    quarantine = tmp_path / "kept"
    if way == "copy":
        memory = Path("/dev/shm")
        if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no second file system to be had at /dev/shm")
        quarantine = Path(tempfile.mkdtemp(dir=memory)) / "kept"
    command = [sys.executable, "-m", "tests.cut_off", action, str(tmp_path / "work"), str(quarantine), way]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    finally:
        if way == "copy":
            shutil.rmtree(quarantine.parent)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_nobody_mends_what_is_under_way(guard: Guarded) -> None:
    """While somebody moves files it cannot be told what was cut off, so nothing is touched."""
    with turns.moving(guard.catalogue):
        assert mend(guard.catalogue, guard.config, guard.session.stamp) is None
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert not any((mended.taken, mended.left, mended.released, mended.held, mended.gone, mended.unclear))


def test_what_was_removed_by_hand_is_noted_as_gone(guard: Guarded) -> None:
    """A file that somebody took out of quarantine is gone, and the ledger says so; the next look finds no more."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    (guard.kept / "reel/hero.png").unlink()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [p.path for p in mended.gone] == [b"reel/hero.png"]
    assert [row.move.place.path for row in guard.rows()] == [b"reel/plate.jpg"]
    assert "1 found gone: deliver/reel/hero.png" in guard.production.run("ledger", "show").out
    assert guard.production.run("ledger", "verify").code == 0


def test_an_empty_quarantine_is_no_proof_that_all_is_gone(guard: Guarded) -> None:
    """A quarantine that is empty may be a disk that is not mounted: what was in it stays on record."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    guard.kept.rename(guard.kept.with_name("unmounted"))
    guard.kept.mkdir()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert mended.gone == []
    assert len(guard.rows()) == 2


def test_a_zone_that_is_no_longer_configured_is_left_for_a_person(guard: Guarded) -> None:
    """What was being moved in a zone that is not in the configuration any more stays written down, and is named."""
    from provenance.quarantine.taking import _Plan

    plan = _Plan(guard.catalogue, guard.zone, RUN, guard.session.stamp().at)
    guard.catalogue.begin_taking([plan.move(guard.refused("reel/hero.png"))])
    config = replace(guard.config, zones=tuple(z for z in guard.config.zones if z.name != "deliver"))
    mended = mend(guard.catalogue, config, guard.session.stamp)
    assert mended is not None
    assert [n.place.path for n in mended.unclear] == [b"reel/hero.png"]
    assert (guard.zone.root / "reel/hero.png").exists()
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [p.path for p in mended.left] == [b"reel/hero.png"]


def test_a_catalogue_that_cannot_be_written_loses_nothing(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk is full when what was moved is to be written down, it is written down by the next who mends."""
    from provenance.errors import CatalogueTrouble

    def full(*_: object) -> None:
        raise CatalogueTrouble("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(guard.catalogue, "finish_taking", full)
        with pytest.raises(CatalogueTrouble):
            guard.take("reel/hero.png")
    assert guard.rows() == ()
    assert sorted(kept(guard)) == ["reel/hero.png"]
    mended = mend(guard.catalogue, guard.config, guard.session.stamp)
    assert mended is not None
    assert [t.place.path for t in mended.taken] == [b"reel/hero.png"]
    assert [row.stay for row in guard.rows()] == [Stay.HELD]
    assert NOTE in deliver(guard)
    assert guard.production.run("ledger", "verify").code == 0


# --- being asked about -------------------------------------------------------------------------------------------------


def test_origin_says_where_it_is_and_why(guard: Guarded) -> None:
    """Asked by its old place, by where it is kept, in text and as JSON: in quarantine since then, because of that."""
    guard.take("reel/hero.png")
    for path in ("deliver/reel/hero.png", guard.kept / "reel/hero.png"):
        text = guard.production.run("origin", path)
        assert text.code == 0
        assert text.out.startswith("ai-generated")
        assert "is in quarantine since" in text.out
        assert WHY.text in text.out
        assert str(guard.kept / "reel/hero.png") in text.out
        (held,) = guard.production.json("origin", path)["quarantine"]
        assert (held["zone"], held["path"]) == ("deliver", "reel/hero.png")
        assert held["why"] == [{"rule": WHY.rule.value, "outcome": "refuse", "text": WHY.text}]
    assert guard.production.json("origin", "deliver/reel/plate.jpg")["quarantine"] == []


def test_origin_of_what_replaced_it_says_so_too(guard: Guarded) -> None:
    """A file that was put in its place is told of as it is, and so is that another from there is in quarantine."""
    guard.take("reel/hero.png")
    picture(guard.zone.root / "reel/hero.png", seed=9)
    text = guard.production.run("origin", "deliver/reel/hero.png").out
    assert text.startswith("unknown")
    assert "another file from here is in quarantine since" in text


def test_origin_answers_for_what_was_never_recorded(tmp_path: Path) -> None:
    """A file that was taken before anybody recorded it is examined where it is kept."""
    production = new_production(tmp_path)
    generated(production.deliver / "hero.png")
    with guarded(production) as guard:
        guard.take("hero.png")
    document = production.json("origin", "deliver/hero.png")
    assert (document["origin"], document["there"], document["known"]) == ("ai-generated", False, False)


def test_status_counts_and_names_it(guard: Guarded) -> None:
    """`status` says how many files are in quarantine, and which, and why."""
    guard.take("reel/hero.png")
    assert f"deliver/reel/hero.png: {WHY.text}" in guard.production.run("status").out
    assert guard.production.json("status")["daemon"]["quarantined"] == 1


@pytest.mark.parametrize(
    "verb",
    [
        ("approve", "--channel", "deliver", *LEGAL),
        ("clear", *LEGAL),
        ("declare", "--origin", "ai-generated", *EDITOR),
    ],
    ids=lambda v: v[0],
)
def test_words_are_taken_down_by_the_old_place(guard: Guarded, verb: tuple[str, ...]) -> None:
    """A person's word about a path that was quarantined is about the bytes that are kept."""
    digest = guard.refused("reel/hero.png").digest
    guard.take("reel/hero.png")
    for path in ("deliver/reel/hero.png", guard.kept / "reel/hero.png"):
        assert guard.production.json(verb[0], path, *verb[1:])["subjects"] == [digest]


def test_a_word_about_a_folder_is_about_what_was_taken_from_it(guard: Guarded) -> None:
    """Naming a folder means its files and those that were taken from it; one that was replaced since is not meant."""
    digest = guard.refused("reel/hero.png").digest
    clean = guard.refused("reel/plate.jpg").digest
    guard.take("reel/hero.png")
    said = guard.production.json("approve", "deliver", "--channel", "deliver", *LEGAL)
    assert sorted(said["subjects"]) == sorted([digest, clean])
    (guard.zone.root / "reel/hero.png").write_bytes(b"made by hand")
    said = guard.production.json("approve", "deliver/reel/hero.png", "--channel", "deliver", *LEGAL)
    assert said["subjects"] == [hashlib.sha256(b"made by hand").hexdigest()]
    said = guard.production.json("approve", "deliver", "--channel", "deliver", *LEGAL)
    assert digest not in said["subjects"]


def test_what_was_never_there_is_still_missing(guard: Guarded) -> None:
    """A path from which nothing was taken is answered as before."""
    guard.take("reel/hero.png")
    assert guard.production.run("approve", "deliver/nothing.png", "--channel", "deliver", *LEGAL).code == 10
    assert guard.production.run("origin", "deliver/reel/her.png").code == 10
