"""Backups hold everything, are verified when they are made and when they are put back, and replace nothing."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue
from provenance.credentials.keys import new_identity
from tests.catalogue.forging import edit
from tests.cut_off import Killer, forked
from tests.production import EDITOR, LEGAL, Production, generated, new_production, run

PACK = Path(__file__).parents[2] / "provenance" / "policies" / "baseline.toml"
ORIGINAL = b"From: the studio contact\r\n\r\nApproved.\r\n"


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production with an approval, an original kept as evidence, a person, a policy and an anchor of its own."""
    folder = tmp_path / "production"
    folder.mkdir()
    made = new_production(folder)
    (folder / "rules").mkdir()
    shutil.copy(PACK, folder / "rules" / "own.toml")
    (folder / "ca.pem").write_bytes(new_identity("an authority").root)
    text = made.config.read_text().replace('policy = "baseline"', 'policy = "rules/own.toml"')
    made.config.write_text(text + '\n[[trust.anchor]]\npath = "ca.pem"\npurpose = "signer"\n')
    generated(made.deliver / "still.png")
    assert made.run("approve", "deliver/still.png", "--channel", "deliver", *LEGAL).code == 0
    evidence = folder / ".provenance" / "evidence"
    evidence.mkdir(mode=0o700)
    (evidence / digest(ORIGINAL)).write_bytes(ORIGINAL)
    (folder / "name").write_text("Somebody")
    assert made.run("personal", "add", "name", "--kind", "performer", "--retain-until", "2126-01-31").code == 0
    return made


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    import hashlib

    return hashlib.sha256(content).hexdigest()


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with what is in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_there_and_back(production: Production, tmp_path: Path) -> None:
    """What is put back elsewhere is the whole production: approval, originals, people and rules are there."""
    made = production.json("backup", tmp_path / "kept")
    parts = sorted(piece["part"] for piece in made["files"])
    assert parts == ["anchor", "catalogue", "configuration", "evidence", "kept", "personal", "policy"]
    assert json.loads((tmp_path / "kept" / "manifest.json").read_text()) == made
    there = Production(tmp_path / "there")
    (tmp_path / "elsewhere").mkdir()
    done = run(tmp_path / "elsewhere", "restore", tmp_path / "kept", "--to", there.root, "--format", "json").document
    assert (done["head"], done["there"], done["lost_after"]) == (made["head"]["hash"], [], [])
    there.deliver.mkdir()
    there.editorial.mkdir()
    shutil.copy(production.deliver / "still.png", there.deliver)
    assert there.run("gate", "deliver").code == 0
    assert there.json("ledger", "verify")["store"] == made["store"]
    assert (there.root / ".provenance" / "evidence" / digest(ORIGINAL)).read_bytes() == ORIGINAL
    name = there.json("personal", "show")["values"][0]["id"]
    assert there.json("personal", "show", name)["values"][0]["value"] == "Somebody"
    for same in ("provenance.toml", "rules/own.toml", "ca.pem"):
        assert (there.root / same).read_bytes() == (production.root / same).read_bytes()
        assert (there.root / same).stat().st_mode == (production.root / same).stat().st_mode
    assert [p.name for p in (there.root / ".provenance").iterdir() if p.name.startswith(".")] == []


def test_a_policy_with_all_it_extends(production: Production, tmp_path: Path) -> None:
    """Packs that a policy extends are part of a backup wherever they lie, and are put back there and nowhere else."""
    shared = tmp_path / "shared"
    shared.mkdir()
    head = 'id = "{}"\ndated = 2026-11-01\nsummary = "of the house"\nextends = "{}"\n'
    (shared / "house.toml").write_text(head.format("house", "baseline"))
    (production.root / "rules" / "own.toml").write_text(head.format("own", "../../shared/house.toml"))
    made = production.json("backup", tmp_path / "kept")
    assert sorted(p["name"] for p in made["files"] if "policy" in p["part"]) == [
        "policy/0-own.toml", "policy/1-house.toml", "policy/2-baseline.toml",
    ]  # fmt: skip
    content = (shared / "house.toml").read_bytes()
    shutil.rmtree(shared)
    restore = ("restore", tmp_path / "kept", "--to", tmp_path / "there")
    assert [run(tmp_path, *restore, *more).code for more in ((), ("--outside",))] == [16, 0]
    assert (shared / "house.toml").read_bytes() == content
    assert Production(tmp_path / "there").run("policy", "check").code == 0


def test_nobody_else_can_read_a_backup(production: Production, tmp_path: Path) -> None:
    """Folders and files of a backup are this user's alone."""
    production.json("backup", tmp_path / "kept")
    for path in (tmp_path / "kept", *(tmp_path / "kept").rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_the_signing_key_is_not_copied(production: Production, tmp_path: Path) -> None:
    """A backup holds no private key, and says so."""
    assert production.run("keys", "new").code == 0
    made = production.json("backup", tmp_path / "kept")
    assert any("key" in words for words in made["left_out"])
    assert not any(b"PRIVATE KEY" in raw for raw in contents(tmp_path / "kept").values())


def test_a_catalogue_that_was_lost(production: Production, tmp_path: Path) -> None:
    """With the configuration still there, as it was, only what is missing is put back, and the rest is named."""
    production.json("backup", tmp_path / "kept")
    head = production.json("ledger", "head")["head"]
    shutil.rmtree(production.root / ".provenance")
    assert production.run("scan").code == 30
    done = run(production.root, "restore", tmp_path / "kept", "--format", "json").document
    assert {Path(p).name for p in done["there"]} == {"provenance.toml", "own.toml", "ca.pem"}
    assert production.json("ledger", "verify")["head"] == head


WRITER = """
import sys
from pathlib import Path
from provenance.catalogue import Batch, Catalogue
from tests.catalogue.making import approved, declared, evidence, seen, stamp
from provenance.verdict import Origin
with Catalogue.open(Path(sys.argv[1])) as catalogue:
    for number in range(100000):
        names = [f"{number}/{n}" for n in range(20)]
        catalogue.record(Batch(tuple(seen(evidence(n), n.encode()) for n in names)), stamp(1))
        catalogue.add_record(approved(names[0]), stamp(1))
        print(number, flush=True)
"""


def test_backups_while_somebody_writes(production: Production, tmp_path: Path) -> None:
    """Backups made while another process writes are whole, each holds all that was acknowledged before, none less."""
    path, last = production.root / ".provenance" / "catalogue.db", 0
    command = [sys.executable, "-c", WRITER, str(path)]
    project = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=project) as writer:
        assert writer.stdout is not None
        try:
            for number in range(3):
                acknowledged = int(writer.stdout.readline())
                done = production.json("backup", tmp_path / f"kept {number}")
                assert done["head"]["seq"] >= last + 2 * (acknowledged > 0)
                last = done["head"]["seq"]
        finally:
            writer.kill()
    production.json("ledger", "verify")
    pins = [arg for n in range(3) for arg in ("--head", str(tmp_path / f"kept {n}" / "manifest.json"))]
    assert production.json("ledger", "verify", *pins)["pins_met"] == 3


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_a_backup_replaces_nothing(production: Production, tmp_path: Path, there: str) -> None:
    """Where anything is already, no backup is made."""
    target = tmp_path / "kept"
    match there:
        case "folder":
            target.mkdir()
        case "file":
            target.write_text("a thesis")
        case _:
            target.symlink_to("nowhere")
    assert production.run("backup", target).code == 25
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept", "production"]


def test_no_backup_among_the_material(production: Production, tmp_path: Path) -> None:
    """A backup in a zone would bring rules and names of people into the material: refused; so is no folder at all."""
    assert production.run("backup", "deliver/kept").code == 40
    assert production.run("backup", tmp_path / "no" / "such" / "folder").code == 10
    assert not (production.deliver / "kept").exists()


def test_what_does_not_hold_is_not_backed_up(production: Production, tmp_path: Path) -> None:
    """A ledger that does not verify or is not what was pinned, and an original that is another, make no backup."""
    (tmp_path / "heads.txt").write_text(production.run("ledger", "head").out)
    catalogue = production.root / ".provenance" / "catalogue.db"
    kept = catalogue.read_bytes()
    edit(catalogue, 2)
    assert production.run("backup", tmp_path / "kept", "--head", tmp_path / "heads.txt").code == 33
    catalogue.write_bytes(kept)
    original = production.root / ".provenance" / "evidence" / digest(ORIGINAL)
    original.write_bytes(ORIGINAL + b"!")
    assert production.run("backup", tmp_path / "kept").code == 16
    original.write_bytes(ORIGINAL)
    assert production.run("backup", tmp_path / "kept", "--head", tmp_path / "heads.txt").code == 0


Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "no manifest": lambda kept: (kept / "manifest.json").unlink(),
    "manifest cut short": lambda kept: (kept / "manifest.json").write_text((kept / "manifest.json").read_text()[:-9]),
    "no catalogue": lambda kept: (kept / "catalogue.db").unlink(),
    "catalogue cut short": lambda kept: (kept / "catalogue.db").write_bytes((kept / "catalogue.db").read_bytes()[:-1]),
    "another original": lambda kept: (kept / "evidence" / digest(ORIGINAL)).write_bytes(b"x" * len(ORIGINAL)),
    "another policy": lambda kept: (kept / "policy" / "0-own.toml").write_text("# nothing"),
    "a link": lambda kept: (kept / "personal.db").rename(kept / "p").with_name("personal.db").symlink_to("p"),
    "a pipe": lambda kept: os.mkfifo((kept / "manifest.json").rename(kept / "m").with_name("manifest.json")),
    "a folder": lambda kept: (kept / "personal.db").rename(kept / "p").with_name("personal.db").mkdir(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_backup_is_not_put_back(production: Production, tmp_path: Path, damage: Damage) -> None:
    """A backup in which anything is missing or another is refused, and nothing was put anywhere."""
    production.json("backup", tmp_path / "kept")
    damage(tmp_path / "kept")
    result = run(tmp_path, "restore", tmp_path / "kept", "--to", tmp_path / "there")
    assert result.code in {14, 16}, result.err
    assert not (tmp_path / "there").exists()


def changed(kept: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the manifest of a backup."""
    manifest = json.loads((kept / "manifest.json").read_text())
    change(manifest)
    (kept / "manifest.json").write_text(json.dumps(manifest))


def piece(manifest: dict[str, object], part: str) -> dict[str, object]:
    """Return a file in a manifest."""
    files = manifest["files"]
    assert isinstance(files, list)
    found: dict[str, object] = next(f for f in files if f["part"] == part)
    return found


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("policy", "to", "/etc/cron.d/own.toml"),
        ("policy", "to", "../outside.toml"),
        ("policy", "to", "deliver/own.toml"),
        ("policy", "to", None),
        ("anchor", "to", "other.pem"),
        ("configuration", "to", "../provenance.toml"),
        ("configuration", "to", ""),
        ("evidence", "name", "evidence/../../outside"),
        ("evidence", "name", "/etc/passwd"),
        ("evidence", "name", "evidence/" + "0" * 64),
        ("catalogue", "part", "personal"),
        ("evidence", "part", "spell"),
        ("catalogue", "mode", 0o7777),
        ("catalogue", "sha256", "0" * 64),
    ],
)
def test_a_manifest_that_leads_elsewhere(
    production: Production, tmp_path: Path, part: str, field: str, value: object
) -> None:
    """A manifest that names a place the configuration does not, or what cannot be in a backup, is refused."""
    production.json("backup", tmp_path / "kept")
    changed(tmp_path / "kept", lambda manifest: piece(manifest, part).update({field: value}))
    before = sorted(p.name for p in tmp_path.iterdir())
    result = run(tmp_path, "restore", tmp_path / "kept", "--to", tmp_path / "there")
    assert result.code in {16, 40}, result.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "name", [".provenance/catalogue.db", "provenance.toml", ".provenance/personal.db", ".provenance/catalogue.db-wal"]
)
def test_nothing_is_ever_replaced(production: Production, tmp_path: Path, name: str) -> None:
    """Where anything else lies in the place of a file, or what SQLite would mix into it, everything stays as it was."""
    production.json("backup", tmp_path / "kept")
    there = tmp_path / "there" / name
    there.parent.mkdir(parents=True)
    there.write_text("a thesis")
    before = contents(tmp_path / "there")
    result = run(tmp_path, "restore", tmp_path / "kept", "--to", tmp_path / "there")
    assert result.code == 25, result.err
    after = contents(tmp_path / "there")
    after.pop(".provenance/copying.lock", None)
    assert after == before


def test_a_backup_older_than_a_pin(production: Production, tmp_path: Path) -> None:
    """A backup that ends before a pinned head is put back only when told, and then it is said what is lost."""
    production.json("backup", tmp_path / "kept")
    assert production.run("declare", "deliver/still.png", "--origin", "ai-generated", *EDITOR).code == 0
    (tmp_path / "heads.txt").write_text(production.run("ledger", "head").out)
    (tmp_path / "gate.json").write_text(production.run("gate", "deliver", "--format", "json").out)
    restore = ("restore", "kept", "--to", "there", "--head", "heads.txt")
    assert run(tmp_path, *restore).code == 17
    assert run(tmp_path, "restore", "kept", "--to", "there", "--head", "gate.json").code == 33
    assert not (tmp_path / "there").exists()
    done = run(tmp_path, *restore, "--head", "gate.json", "--older", "--format", "json").document
    assert done["lost_after"] == [done["entries"] + 1]
    result = Production(tmp_path / "there").run("ledger", "verify", "--head", tmp_path / "heads.txt")
    assert result.code == 33
    assert f"entry {done['entries'] + 1} of the ledger" in result.err


def test_a_backup_of_a_rewritten_ledger(production: Production, tmp_path: Path) -> None:
    """A backup whose ledger and manifest were rewritten together is found by a pin, also by one that is older."""
    production.json("backup", tmp_path / "kept")
    (tmp_path / "heads.txt").write_text(production.run("ledger", "head").out)
    copy = tmp_path / "kept" / "catalogue.db"
    edit(copy, 2)
    with Catalogue.open(copy) as catalogue:
        head = catalogue.verify()

    def follow(manifest: dict[str, object]) -> None:
        manifest["head"] = {"seq": head.seq, "hash": head.hash, "at": None}
        piece(manifest, "catalogue").update(sha256=digest(copy.read_bytes()), size=copy.stat().st_size)

    changed(tmp_path / "kept", follow)
    for more in ((), ("--older",)):
        restore = ("restore", "kept", "--to", "there", "--head", "heads.txt", *more)
        assert run(tmp_path, *restore).code == 33
        assert not (tmp_path / "there").exists()
    assert run(tmp_path, "restore", "kept", "--to", "there").code == 0


# --- killed at any moment ---------------------------------------------------------------------------------------------


def killed(folder: Path, arguments: tuple[str, ...], before: int) -> int:
    """Run a command in a process of its own that kills itself before one of its steps; return how it ended."""

    def act() -> None:
        sys.setprofile(Killer(before))
        done = run(folder, *arguments)
        sys.setprofile(None)
        assert done.code == 0, done.err

    return forked(act)


@pytest.mark.timeout(240)
def test_a_restore_that_was_killed(production: Production, tmp_path: Path) -> None:
    """Killed before any step, a restore leaves what was there as it was, and no catalogue or all of it."""
    production.json("backup", tmp_path / "kept")
    template, there = tmp_path / "template", tmp_path / "there"
    template.mkdir()
    (template / "thesis.txt").write_text("years of work")
    shutil.copy2(production.root / "ca.pem", template)
    before, step, complete = contents(template), 1, 0
    command = ("restore", str(tmp_path / "kept"), "--to", str(there))
    while True:
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(template, there)
        ended = killed(tmp_path, command, step)
        assert ended in {0, -signal.SIGKILL}, step
        after = contents(there)
        assert {name: after[name] for name in before} == before
        if (there / ".provenance" / "catalogue.db").exists():
            complete += 1
        else:
            assert run(there, *command).code == 0, step
        assert Production(there).json("ledger", "verify")["entries"] >= 2
        if ended == 0:
            break
        step += 1 if step % 7 else 5
    assert step > 60
    assert 0 < complete < step / 2


@pytest.mark.timeout(240)
def test_a_backup_that_was_killed(production: Production, tmp_path: Path) -> None:
    """Killed before any step, a backup has no name or is whole, the next one works, and no name stays about."""
    kept, step = tmp_path / "kept", 1
    name = production.json("personal", "show")["values"][0]["id"]
    while (ended := killed(production.root, ("backup", str(kept)), step)) != 0:
        assert ended == -signal.SIGKILL
        if kept.exists():
            assert run(tmp_path, "restore", str(kept), "--to", str(tmp_path / "there")).code == 0
            shutil.rmtree(tmp_path / "there")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.rmtree(tmp_path / ".kept.part", ignore_errors=True)
        step += 11
    assert step > 60
    assert killed(production.root, ("backup", str(tmp_path / "other")), step - 22) == -signal.SIGKILL
    done = production.json("personal", "erase", name, "--by", "Legal", "--reason", "asked for")
    assert str(tmp_path / "other") in [copy["path"] for copy in done["still_in"]]
    assert [n for n, raw in contents(production.root).items() if b"Somebody" in raw] == ["name"]


def test_a_damaged_catalogue_is_not_copied(production: Production, tmp_path: Path) -> None:
    """Damage that SQLite finds in the copy makes no backup."""
    with closing(sqlite3.connect(production.root / ".provenance" / "catalogue.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = production.root / ".provenance" / "catalogue.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 6] + os.urandom(4096 * 10) + whole[4096 * 16 :])
    assert production.run("backup", tmp_path / "kept").code in {33, 35}
    assert not (tmp_path / "kept").exists()
