"""Files that are taken out of a final zone: all of each, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provenance import moving
from provenance.asset import Place, RelPath
from provenance.catalogue import Stay
from provenance.moving import Parcel, Snag
from provenance.quarantine import NotTaken, Taken, taking
from tests.quarantining import NOTE, RUN, WHY, Guarded, deliver, files_in, kept


def snag(result: Taken | NotTaken) -> Snag:
    """Return why something was not taken."""
    assert isinstance(result, NotTaken)
    assert result.says
    return result.snag


def test_a_refused_file_is_moved_with_its_bytes(guard: Guarded) -> None:
    """It lies in quarantine under its own path, a row and the ledger say so, and nothing else in the zone changed."""
    before = deliver(guard)
    (taken,) = guard.take("reel/hero.png")
    where = os.fsencode(guard.kept / "reel/hero.png")
    assert taken == Taken(Place(guard.zone.name, RelPath(b"reel/hero.png")), where, ())
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


def test_one_name_of_several_is_taken(guard: Guarded) -> None:
    """A file that lies in the zone as a hard link is taken out of it; under its other name it stays as it was."""
    source = guard.production.editorial / "hero.png"
    os.link(guard.zone.root / "reel/hero.png", source)
    before = source.read_bytes()
    guard.take("reel/hero.png")
    assert (guard.kept / "reel/hero.png").samefile(source)
    assert source.read_bytes() == before


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
    assert guard.production.run("gate", "deliver").code == 1  # the one that was there before


def test_nothing_to_take_changes_nothing(guard: Guarded) -> None:
    """Without a file there is no row, no entry and no folder."""
    head = guard.catalogue.ledger.head()
    assert guard.take() == ()
    assert (guard.catalogue.ledger.head(), guard.kept.exists()) == (head, False)


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
    """A folder that became a link since is not followed: nothing outside the zone is taken, no note written there."""
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
FULL = """
mount -t tmpfs -o size=256k tmpfs "$1" && head -c 10000000 /dev/zero > "$1/ballast"; exec "$2" -c "$3" "$4"
"""


def test_a_full_quarantine_loses_nothing(guard: Guarded) -> None:
    """On a disk that is really full the file stays where it is, and no part of it is left on that disk."""
    guard.kept.mkdir(parents=True)
    wrapped = ["unshare", "-m", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*wrapped, "mount -t tmpfs tmpfs /mnt"], check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    look = TAKE + "print(sorted(p.name for p in guard.kept.rglob('*')))\n"
    (guard.zone.root / "reel/hero.png").write_bytes(os.urandom(300_000))
    arguments = [str(guard.kept), sys.executable, look, str(guard.production.root)]
    done = subprocess.run([*wrapped, FULL, "sh", *arguments], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["NotTaken full", "['ballast']"], done.stderr
    assert (guard.zone.root / "reel/hero.png").stat().st_size == 300_000
    assert guard.catalogue.quarantined(stays=tuple(Stay)) == ()


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


def beside(guard: Guarded, *names: str) -> None:
    """Put files called so into the folder of the flagged file."""
    for name in names:
        (guard.zone.root / "reel" / name).write_bytes(b"called " + name.encode())


def test_a_files_own_sidecar_goes_along(guard: Guarded) -> None:
    """`NAME.EXT.c2pa` is moved with its file."""
    beside(guard, "hero.png.c2pa")
    guard.take("reel/hero.png")
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


def test_a_file_with_two_sidecars_takes_both(guard: Guarded) -> None:
    """Where both names are in use both go along, each under a name of its own, and none is left without a file."""
    beside(guard, "hero.c2pa", "hero.png.c2pa")
    guard.take("reel/hero.png")
    assert sorted(deliver(guard)) == [NOTE, "reel/plate.jpg"]
    assert {n: b for n, b in kept(guard).items() if n != "reel/hero.png"} == {
        "reel/hero.png.c2pa": b"called hero.png.c2pa",
        "reel/hero.png.stem.c2pa": b"called hero.c2pa",
    }


def test_what_else_is_read_with_a_file_goes_along(guard: Guarded) -> None:
    """XMP beside a file is moved with it under both names; of a generator's text a copy goes along."""
    beside(guard, "hero.xmp", "hero.png.xmp", "hero.json")
    guard.take("reel/hero.png")
    assert sorted(deliver(guard)) == ["reel/hero.json", NOTE, "reel/plate.jpg"]
    assert {n: b for n, b in kept(guard).items() if n != "reel/hero.png"} == {
        "reel/hero.png.xmp": b"called hero.png.xmp",
        "reel/hero.png.stem.xmp": b"called hero.xmp",
        "reel/hero.png.stem.json": b"called hero.json",
    }


def test_what_is_refused_itself_is_copied_and_then_taken(guard: Guarded) -> None:
    """Where a file and the XMP beside it are both refused each is taken, and nothing is missed."""
    beside(guard, "hero.xmp")
    taken = guard.take("reel/hero.png", "reel/hero.xmp")
    assert [type(t) for t in taken] == [Taken, Taken]
    assert [t.lost for t in taken if isinstance(t, Taken)] == [(), ()]
    assert list(kept(guard).values()).count(b"called hero.xmp") == 2


def test_a_sidecar_that_cannot_come_along_is_said(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a sidecar goes away at the last moment its file is taken all the same, and that it lacks one is said."""
    beside(guard, "hero.png.c2pa")
    real = moving.move

    def moved(parcel: Parcel) -> tuple[str, ...]:
        (guard.zone.root / "reel/hero.png.c2pa").unlink(missing_ok=True)
        return real(parcel)

    monkeypatch.setattr(taking, "move", moved)
    (taken,) = guard.take("reel/hero.png")
    assert isinstance(taken, Taken)
    assert taken.lost == ("its sidecar hero.png.c2pa: there is nothing there any more",)
    assert guard.rows()[0].move.companions == ()
    (entry,) = [e for e in guard.catalogue.ledger.entries() if e.kind == "quarantine"]
    assert entry.body["files"][0]["lost"] == list(taken.lost)


def test_all_names_of_a_file_are_taken_together(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hard links that are refused together are taken together, read no second time, and each has its row."""
    hero, outside = guard.zone.root / "reel/hero.png", guard.production.editorial / "hero.png"
    names = [f"reel/h{n}.png" for n in range(8)]
    for name in names:
        (guard.zone.root / name).hardlink_to(hero)
    outside.hardlink_to(hero)
    items = [guard.refused(name) for name in names]
    monkeypatch.setattr(sys.modules["provenance.moving.move"], "_digest_at", lambda *_: None)
    assert all(isinstance(result, Taken) for result in guard.take(*items))
    assert sorted(kept(guard)) == names
    assert all((guard.kept / name).samefile(outside) for name in names)
    assert [row.move.where.decode() for row in guard.rows()] == names


def test_a_file_that_is_touched_or_linked_since_is_taken(guard: Guarded) -> None:
    """What was judged is taken, though its dates are others: its bytes are read again and are the same."""
    hero = guard.zone.root / "reel/hero.png"
    item = guard.refused("reel/hero.png")
    os.utime(hero)
    (guard.production.editorial / "other.png").hardlink_to(hero)
    (result,) = guard.take(item)
    assert isinstance(result, Taken)
    assert list(kept(guard)) == ["reel/hero.png"]
