"""The note in the place of a file that was taken away: what it says, and who takes it for what."""

import hashlib
import shutil
from pathlib import Path

from provenance.asset import Digest, Place, RelPath
from provenance.policy import Outcome, Reason, Rule
from provenance.quarantine import is_our_note
from tests.production import LEGAL, generated, new_production, outcomes, run
from tests.quarantining import NOTE, WHY, Guarded, deliver, guarded, kept


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


def test_where_words_are_signed_the_commands_sign(tmp_path: Path) -> None:
    """The note about what was refused or held names commands that count there: with a key, and with who asked."""
    production = new_production(tmp_path)
    text = production.config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    production.config.write_text(text)
    generated(production.deliver / "reel/hero.png")
    held = Reason(Rule.CREDENTIAL_BROKEN, Outcome.HOLD, "content credential is broken")
    with guarded(production) as guard:
        guard.take(guard.refused("reel/hero.png", reasons=(WHY, held)))
        note = (guard.zone.root / NOTE).read_text()
    signed = "--by WHO --role ROLE --reason TEXT --sign-with KEY\n"
    assert f"provenance clear hero.png {signed}" in note
    asked = "--by WHO --role ROLE --requested-by WHO-ASKED --reason TEXT --sign-with KEY\n"
    assert f"provenance approve hero.png --channel deliver {asked}" in note


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
    """A folder out of which something was taken is held, with what is missing and why; the note is no media."""
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
