"""`provenance release`: what was taken away goes back when it may, and not before."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from provenance.catalogue import Stay
from provenance.cli.session import Session
from provenance.gate import Gate
from provenance.moving import Parcel, move
from provenance.quarantine import held_at
from provenance.release import answered, release
from tests.newsroom import TRAINED
from tests.production import EDITOR, LEGAL, Production, generated, new_production, picture
from tests.quarantining import NOTE, Guarded, deliver, files_in, guarded, kept
from tests.signals.making import packet

HERO = "deliver/reel/hero.png"
TO = ("--channel", "deliver", *LEGAL)


def kinds(production: Production) -> list[str]:
    """Return the kinds of the ledger's entries."""
    return [e["kind"] for e in production.run("ledger", "show", "--format", "json").lines]


def approved(guard: Guarded, *names: str) -> None:
    """Take files away and have them approved, by the place they had."""
    guard.take(*names)
    for name in names:
        assert guard.production.run("approve", f"deliver/{name}", *TO).code == 0


def test_what_is_still_refused_stays(guard: Guarded) -> None:
    """Without an approval the answer is 1 with the gate's reasons, the run is recorded, and nothing moves."""
    guard.take("reel/hero.png")
    before = kept(guard)
    result = guard.production.run("release", HERO)
    assert result.code == 1
    assert result.out.startswith("REFUSED  0 of 1 put back")
    assert "temporary-not-final" in result.out
    assert f"provenance approve {HERO} --channel deliver" in result.out
    assert (kept(guard), "reel/hero.png" in deliver(guard)) == (before, False)
    document = guard.production.json("release", HERO)
    assert (document["outcome"], document["released"]) == ("refuse", [])
    assert document["assets"][0]["path"] == HERO
    assert kinds(guard.production)[-2:] == ["gate", "gate"]
    assert NOTE in deliver(guard)


@pytest.mark.parametrize(
    "named", ["old place", "old folder", "zone", "where it is kept", "folder it is kept in", "all"]
)
def test_what_is_approved_goes_back(guard: Guarded, named: str) -> None:
    """However it is named, an approved file lies where it lay, recorded, its note gone, and no empty folder is left."""
    before = deliver(guard)
    inode = (guard.zone.root / "reel/hero.png").stat().st_ino
    approved(guard, "reel/hero.png")
    path = {
        "old place": Path(HERO),
        "old folder": guard.zone.root / "reel",
        "zone": Path("deliver"),
        "where it is kept": guard.kept / "reel/hero.png",
        "folder it is kept in": guard.kept,
        "all": Path(),
    }[named]
    result = guard.production.run("release", path)
    assert result.code == 0, result.err
    assert result.out.startswith("RELEASED  1 of 1 put back")
    assert "UNSIGNED: anyone could have written this" in result.out
    assert deliver(guard) == before
    assert (guard.zone.root / "reel/hero.png").stat().st_ino == inode
    assert list(guard.kept.iterdir()) == []
    assert guard.rows() == ()
    assert [line["present"] for line in guard.production.run("list", HERO, "--all", "--format", "json").lines] == [True]
    assert kinds(guard.production)[-2:] == ["gate", "release"]
    assert guard.production.run("ledger", "verify").code == 0
    assert guard.production.run("gate", "deliver").code == 0
    assert guard.production.json("origin", HERO)["quarantine"] == []


def test_the_document_of_a_release(guard: Guarded) -> None:
    """The document names what was put back with its digest, and the gate run it was let go by."""
    digest = guard.refused("reel/hero.png").digest
    approved(guard, "reel/hero.png")
    document = guard.production.json("release", HERO)
    assert document["released"] == [{"zone": "deliver", "path": "reel/hero.png", "sha256": digest, "lost": []}]
    assert (document["outcome"], document["troubles"]) == ("pass", [])
    assert document["assets"][0]["approvals"][0]["unsigned"]
    entry = guard.production.run("ledger", "show", "--format", "json").lines[-1]
    assert entry["body"]["released"][0] | {"run": document["run"], "sha256": digest} == entry["body"]["released"][0]


def test_a_hold_goes_back_on_a_clearance(tmp_path: Path) -> None:
    """What was held answers 3, and goes back once somebody looked and took it on them."""
    production = new_production(tmp_path)
    (production.deliver / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    assert production.run("gate", "deliver").code == 3
    with guarded(production) as guard:
        guard.take("broken.jpg")
        assert production.run("release", "deliver/broken.jpg").code == 3
        assert production.run("clear", "deliver/broken.jpg", *LEGAL).code == 0
        assert production.run("release", "deliver/broken.jpg").code == 0
        assert sorted(deliver(guard)) == ["broken.jpg"]


def test_each_that_passes_goes_back_and_the_worst_is_the_answer(guard: Guarded) -> None:
    """Of several files those that pass are put back, the others stay, and the answer is not 0."""
    generated(guard.zone.root / "other.png", seed=3)
    guard.take("reel/hero.png", "other.png")
    assert guard.production.run("approve", "deliver/other.png", *TO).code == 0
    document = guard.production.json("release", "deliver")
    assert document["outcome"] == "refuse"
    assert [r["path"] for r in document["released"]] == ["other.png"]
    assert [row.move.place.path for row in guard.rows()] == [b"reel/hero.png"]
    assert guard.production.run("release", "deliver").code == 1


def test_an_approval_that_counts_no_more_releases_nothing(guard: Guarded) -> None:
    """What was approved and is revoked stays in quarantine."""
    guard.take("reel/hero.png")
    approval = guard.production.json("approve", HERO, *TO)["record"]["id"]
    guard.production.run("revoke", approval, *EDITOR)
    assert guard.production.run("release", HERO).code == 1
    assert len(guard.rows()) == 1


def test_bytes_that_changed_in_quarantine_are_judged_as_they_are(guard: Guarded) -> None:
    """Whoever held the file open over the move and wrote on has made other bytes, which nobody approved."""
    with (guard.zone.root / "reel/hero.png").open("ab", buffering=0) as writer:
        approved(guard, "reel/hero.png")
        writer.write(b"\0")
    assert guard.production.run("release", HERO).code == 1
    assert guard.production.run("approve", HERO, *TO).code == 0
    assert guard.production.run("release", HERO).code == 0
    assert guard.production.run("gate", "deliver").code == 0
    assert guard.production.run("ledger", "verify").code == 0


# --- what is in the way ---


def test_nothing_is_ever_replaced(guard: Guarded) -> None:
    """If there is something at the old place the answer is 25, nothing is judged or moved, and both files stay."""
    approved(guard, "reel/hero.png")
    (guard.zone.root / "reel/hero.png").write_bytes(b"made by hand")
    before = kinds(guard.production)
    result = guard.production.run("release", HERO)
    assert result.code == 25
    assert "there is something at" in result.err
    assert kinds(guard.production) == before
    assert deliver(guard)["reel/hero.png"] == b"made by hand"
    assert sorted(kept(guard)) == ["reel/hero.png"]
    assert guard.production.run("release", HERO, "--format", "json").document["code"] == 25
    (guard.zone.root / "reel/hero.png").unlink()
    assert guard.production.run("release", HERO).code == 0


def test_what_is_in_the_way_of_one_is_in_nobody_elses(guard: Guarded) -> None:
    """Of several the rest goes back; the answer is 25 with the one that did not, and the number that did."""
    for n in range(3):
        generated(guard.zone.root / f"reel/{n}.png", seed=n)
    approved(guard, *(f"reel/{n}.png" for n in range(3)))
    (guard.zone.root / "reel/1.png").write_bytes(b"made by hand")
    result = guard.production.run("release", "deliver", *(guard.kept / f"reel/{n}.png" for n in range(3)))
    assert result.code == 25
    assert result.out.startswith("NOT RELEASED  2 of 3 put back")
    assert "1.png cannot be put back: there is something at" in result.err
    assert sorted(kept(guard)) == ["reel/1.png"]
    assert deliver(guard)["reel/1.png"] == b"made by hand"
    document = guard.production.run("release", guard.kept / "reel/1.png", "--format", "json").document
    assert document["code"] == 25


def test_a_sidecar_it_was_not_judged_with_is_in_the_way(guard: Guarded) -> None:
    """A sidecar that lies there now would speak for the file once it is back, and nobody judged them together."""
    approved(guard, "reel/hero.png")
    for name in ("hero.png.c2pa", "hero.c2pa"):
        (guard.zone.root / "reel" / name).write_bytes(b"from elsewhere")
        assert guard.production.run("release", HERO).code == 25
        (guard.zone.root / "reel" / name).unlink()
    assert guard.production.run("release", HERO).code == 0


def test_who_comes_first_at_the_last_moment_stays(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is put there while the other was judged is not replaced: 25, and the other is still held."""
    approved(guard, "reel/hero.png")

    def moved(parcel: Parcel) -> tuple[str, ...]:
        (guard.zone.root / "reel/hero.png").write_bytes(b"first")
        return move(parcel)

    monkeypatch.setattr("provenance.quarantine.returning.move", moved)
    result = guard.production.run("release", HERO)
    assert result.code == 25
    assert result.out.startswith("NOT RELEASED  0 of 1 put back")
    assert deliver(guard)["reel/hero.png"] == b"first"
    assert [row.stay for row in guard.rows()] == [Stay.HELD]
    assert NOTE in deliver(guard)
    assert guard.production.run("ledger", "verify").code == 0


def test_what_is_changed_as_soon_as_it_is_back_is_said(guard: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is other bytes the moment it was put back answers 12: what lies there was not judged."""
    approved(guard, "reel/hero.png")
    module = sys.modules["provenance.release"]
    real = module.look

    def looked(*arguments: Any) -> Any:
        (guard.zone.root / "reel/hero.png").write_bytes(b"another")
        return real(*arguments)

    monkeypatch.setattr(module, "look", looked)
    result = guard.production.run("release", HERO)
    assert result.code == 12
    assert "was not judged" in result.err


# --- what is not there ---


def test_what_was_never_taken_cannot_be_put_back(guard: Guarded) -> None:
    """A path from which nothing was taken answers 10, a clean file beside it too, and so does what is back already."""
    approved(guard, "reel/hero.png")
    for path in ("deliver/reel/plate.jpg", "deliver/nothing", "editorial", "/nowhere"):
        assert guard.production.run("release", path).code == 10
    assert guard.production.run("release", HERO).code == 0
    assert guard.production.run("release", HERO).code == 10


def test_a_quarantine_that_lost_the_file_is_said(guard: Guarded) -> None:
    """A file that is not where it was kept answers 10; its row stays for whoever mounts the disk."""
    approved(guard, "reel/hero.png")
    guard.kept.rename(guard.kept.with_name("unmounted"))
    result = guard.production.run("release", HERO)
    assert result.code == 10
    assert "is not where it was kept" in result.err
    assert len(guard.rows()) == 1
    guard.kept.with_name("unmounted").rename(guard.kept)
    assert guard.production.run("release", HERO).code == 0


def test_a_folder_that_is_gone_is_made_again(guard: Guarded) -> None:
    """If the folder it lay in was removed meanwhile, it is made again, open as others are."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    shutil.rmtree(guard.zone.root / "reel")
    guard.production.run("approve", HERO, *TO)
    before = os.umask(0o022)
    try:
        assert guard.production.run("release", "deliver").code == 0
    finally:
        os.umask(before)
    assert sorted(deliver(guard)) == ["reel/hero.png", "reel/plate.jpg"]
    assert (guard.zone.root / "reel").stat().st_mode & 0o777 == 0o755


# --- what goes along ---


def test_the_last_that_was_taken_is_meant_by_the_old_place(guard: Guarded) -> None:
    """Of two files from one place the old path means the newer; the older is named by where it is kept."""
    guard.take("reel/hero.png")
    newer = generated(guard.zone.root / "reel/hero.png", seed=7).read_bytes()
    approved(guard, "reel/hero.png")
    assert guard.production.run("release", HERO).code == 0
    assert deliver(guard)["reel/hero.png"] == newer
    assert NOTE in deliver(guard)  # about the other, which is still held
    assert guard.production.run("release", guard.kept / "reel/hero.png").code == 25
    assert guard.production.run("gate", "deliver").code == 3


def test_a_sidecar_is_judged_with_its_file_and_goes_back_with_it(tmp_path: Path) -> None:
    """A file that is flagged by its sidecar alone is refused in quarantine too, and goes back with it."""
    production = new_production(tmp_path)
    shot = picture(production.deliver / "shot.jpg")
    assert production.run("keys", "new").code == 0
    marked = production.run("mark", shot, "--source-type", "trainedAlgorithmicMedia", "--sidecar")
    assert marked.code == 0, marked.err
    before = files_in(production.deliver)
    assert sorted(before) == ["shot.jpg", "shot.jpg.c2pa"]
    with guarded(production) as guard:
        guard.take("shot.jpg")
        assert sorted(kept(guard)) == ["shot.jpg", "shot.jpg.c2pa"]
        assert production.json("origin", guard.kept / "shot.jpg")["origin"] == "ai-generated"
        assert production.run("release", "deliver/shot.jpg").code == 1
        assert production.run("approve", "deliver/shot.jpg", *TO).code == 0
        assert production.run("release", "deliver/shot.jpg").code == 0
        assert (deliver(guard), kept(guard)) == (before, {})
    assert production.run("gate", "deliver").code == 0


def test_a_file_flagged_by_the_xmp_beside_it_is_judged_with_it_again(tmp_path: Path) -> None:
    """What is refused for its XMP alone is refused in quarantine too, and a new XMP there is in its way back."""
    production = new_production(tmp_path)
    picture(production.deliver / "shot.jpg")
    (production.deliver / "shot.xmp").write_bytes(packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{TRAINED}"'))
    with guarded(production) as guard:
        guard.take("shot.jpg")
        assert sorted(kept(guard)) == ["shot.jpg", "shot.jpg.stem.xmp"]
        assert production.json("origin", guard.kept / "shot.jpg")["origin"] == "ai-generated"
        assert production.run("release", "deliver/shot.jpg").code == 1
        (production.deliver / "shot.jpg.xmp").write_bytes(b"another")
        assert production.run("approve", "deliver/shot.jpg", *TO).code == 0
        assert production.run("release", "deliver/shot.jpg").code != 0
        (production.deliver / "shot.jpg.xmp").unlink()
        assert production.run("release", "deliver/shot.jpg").code == 0
        assert sorted(files_in(production.deliver)) == ["shot.jpg", "shot.xmp"]


def test_a_shared_sidecar_that_stayed_is_not_put_back_twice(guard: Guarded) -> None:
    """If the others' sidecar still lies there it is left as it is, and the copy goes."""
    for name in ("hero.jpg", "hero.c2pa"):
        (guard.zone.root / "reel" / name).write_bytes(b"called " + name.encode())
    shared = (guard.zone.root / "reel/hero.c2pa").stat()
    before = deliver(guard)
    approved(guard, "reel/hero.png")
    guard.production.run("clear", guard.kept / "reel/hero.png", *LEGAL)
    result = guard.production.run("release", HERO)
    assert result.code == 0, result.out
    assert (deliver(guard), kept(guard)) == (before, {})
    assert (guard.zone.root / "reel/hero.c2pa").stat().st_ctime_ns == shared.st_ctime_ns


def test_there_and_back_across_file_systems(tmp_path: Path) -> None:
    """A quarantine on another disk gives back the same bytes with mode, times and attributes as they were."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to be had at /dev/shm")
    production = new_production(tmp_path)
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        text = production.config.read_text()
        production.config.write_text(
            text.replace('path = "deliver"\n', f'path = "deliver"\nquarantine = "{elsewhere}/kept"\n')
        )
        hero = generated(production.deliver / "hero.png")
        hero.chmod(0o604)
        os.utime(hero, ns=(1_000_000_007, 2_000_000_009))
        before = (hero.stat().st_mode, hero.stat().st_mtime_ns, hero.read_bytes())
        with guarded(production) as guard:
            approved(guard, "hero.png")
            assert production.run("release", "deliver/hero.png").code == 0
            assert (hero.stat().st_mode, hero.stat().st_mtime_ns, hero.read_bytes()) == before
            assert (sorted(deliver(guard)), kept(guard)) == (["hero.png"], {})


# --- asked by the daemon ---


def test_what_somebody_answered_is_worth_asking_for(guard: Guarded) -> None:
    """Of what is in quarantine only what was approved or cleared since is asked for, and then released."""
    guard.take("reel/hero.png", "reel/plate.jpg")
    with Session(guard.config).intake() as intake:
        gate = Gate(guard.config, guard.session.policy, intake)
        held = held_at(guard.config, intake.catalogue, guard.zone.root)
        assert list(answered(gate, held)) == []
        guard.production.run("approve", HERO, *TO)
        (one,) = answered(gate, held)
        assert one.row.move.place.path == b"reel/hero.png"
        done = release(gate, [one])
    assert [p.held for p in done.put_back] == [one]
    assert done.troubles == ()
    with pytest.raises(ValueError, match="no target"):
        release(gate, [])
