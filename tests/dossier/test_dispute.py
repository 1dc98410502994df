"""The bundle about one file or record: what is in it, and that somebody else can verify it as its README says."""

import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dossier.telling_house import PERFORMER, hostile, told
from tests.dossier.telling_house import telling_house as set_up
from tests.production import EDITOR, Production, generated, picture, validate

House = tuple[Production, dict[str, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A production with more in it than the dispute is about."""
    made = set_up(tmp_path_factory.mktemp("house"))
    hostile(made[0])
    return made


@pytest.fixture(scope="module")
def bundle(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle about one delivered file."""
    return written(house[0], "deliver/poster_0020.png", tmp_path_factory.mktemp("out") / "bundle")


def fresh(folder: Path) -> House:
    """Set up another one."""
    folder.mkdir()
    return set_up(folder)


def written(house: Production, about: str | Path, place: Path) -> Path:
    """Write a bundle, and return where it is."""
    document = house.json("report", "--dispute", about, "-o", place)
    assert document["schema"] == "provenance/dispute/1", document
    sums = (place / "SHA256SUMS").read_bytes()
    assert document["sums_sha256"] == hashlib.sha256(sums).hexdigest()
    assert document["files"] == sum(p.is_file() for p in place.rglob("*"))
    return place


def manifest_of(bundle: Path) -> Any:
    """Return a bundle's manifest, held against its schema."""
    found = json.loads((bundle / "manifest.json").read_text())
    validate(found)
    return found


def lines(bundle: Path, name: str) -> list[Any]:
    """Return a bundle's JSON Lines."""
    return [json.loads(line) for line in (bundle / name).read_text().splitlines()]


def checked(bundle: Path) -> subprocess.CompletedProcess[str]:
    """Do what the README says with its script."""
    script = re.search(r"```python\n(.*?)```", (bundle / "README.md").read_text(), re.DOTALL)
    assert script is not None
    command = [sys.executable, "-I", "-c", script[1]]
    return subprocess.run(command, cwd=bundle, capture_output=True, text=True, check=False)


def sums_hold(bundle: Path) -> bool:
    """Do what the README says with the digests."""
    command = ["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"]
    return subprocess.run(command, cwd=bundle, capture_output=True, check=False).returncode == 0


def test_somebody_else_verifies_it_as_its_readme_says(house: House, bundle: Path) -> None:
    """With sha256sum and the README's own script alone, the bundle is found whole, with the ledger's head."""
    head = house[0].json("ledger", "head")
    assert sums_hold(bundle)
    done = checked(bundle)
    entries = len(lines(bundle, "ledger.jsonl"))
    says = f"whole: {entries} of {head['entries']} entries, head {head['head']}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, says, "")


def test_every_file_is_in_the_manifest_with_its_digest(bundle: Path) -> None:
    """Manifest and digests name every file, but for themselves, and say what each is."""
    there = {str(p.relative_to(bundle)) for p in bundle.rglob("*") if p.is_file()}
    files = manifest_of(bundle)["files"]
    assert {f["name"] for f in files} == there - {"manifest.json", "SHA256SUMS"}
    for file in files:
        assert file["sha256"] == hashlib.sha256((bundle / file["name"]).read_bytes()).hexdigest()
        assert file["says"]
    named = {line[66:] for line in (bundle / "SHA256SUMS").read_text().splitlines()}
    assert named == there - {"SHA256SUMS"}


def test_it_holds_all_that_was_said_and_found(house: House, bundle: Path) -> None:
    """Disclosure, approval and gate run are in it, the evidence with the versions that found it, and the rules."""
    kinds = [e["kind"] for e in lines(bundle, "ledger.jsonl")]
    assert {"disclosure", "approval", "gate", "evidence"} <= set(kinds)
    (found,) = lines(bundle, "evidence.jsonl")
    digest = hashlib.sha256((house[0].deliver / "poster_0020.png").read_bytes()).hexdigest()
    assert (found["sha256"], found["role"], found["verdict"]["origin"]) == (digest, "about", "ai-generated")
    assert found["looks"][0]["examiner"]["c2pa"]
    assert manifest_of(bundle)["subjects"] == [digest]
    assert {p.name for p in (bundle / "policy").iterdir()} == {
        "0-house.toml",
        "1-netflix-2025-08.toml",
        "2-baseline.toml",
    }
    assert (bundle / "configuration" / "provenance.toml").read_bytes() == house[0].config.read_bytes()


def test_what_others_said_of_other_files_stays_out(house: House, bundle: Path) -> None:
    """Records about other files are not in it, and in the chain nothing stands that anybody said."""
    ids = {p.stem for p in (bundle / "records").iterdir()}
    assert house[1]["approved"] in ids
    assert house[1]["open"] not in ids
    chain = (bundle / "chain.jsonl").read_text()
    assert "doll" not in chain
    assert "Studio contact" not in chain


@pytest.mark.parametrize("which", ["open", "taken-back"])
def test_a_record_is_bundled_with_what_it_speaks_of(house: House, which: str, tmp_path: Path) -> None:
    """A bundle about a record holds the record, what took it back, and the bytes it speaks of; names of nobody."""
    bundle = written(house[0], house[1][which], tmp_path / "bundle")
    assert checked(bundle).returncode == 0
    ids = {p.stem[:3] for p in (bundle / "records").iterdir()}
    assert ids == ({"dsc"} if which == "open" else {"dsc", "rev"})
    everything = "".join(p.read_text() for p in bundle.rglob("*") if p.is_file())
    assert PERFORMER not in everything
    assert len(lines(bundle, "evidence.jsonl")) == (1 if which == "open" else 0)


def test_what_it_was_made_from_comes_along(house: House, tmp_path: Path) -> None:
    """The parents of a file are in the bundle with their evidence and the words on them."""
    made = house[0]
    parent = generated(made.editorial / "parent.png", seed=31)
    child = picture(made.editorial / "child.jpg", seed=32)
    made.run("derive", child, "--from", parent, *EDITOR)
    use = told(made, parent)
    bundle = written(made, "editorial/child.jpg", tmp_path / "bundle")
    assert [e["role"] for e in lines(bundle, "evidence.jsonl")] == ["about", "made from"]
    assert use in {p.stem for p in (bundle / "records").iterdir()}
    assert checked(bundle).returncode == 0


# --- tampering -------------------------------------------------------------------------------------------------------


def _first_approval(bundle: Path) -> Path:
    return next((bundle / "records").glob("apr-*.json"))


def _edit_record(bundle: Path) -> None:
    path = _first_approval(bundle)
    path.write_text(path.read_text().replace("studio-contact", "somebody-else"))


def _edit_entry(bundle: Path) -> None:
    path = bundle / "ledger.jsonl"
    path.write_text(path.read_text().replace("Studio contact", "Studio C0ntact"))


def _drop_record(bundle: Path) -> None:
    _first_approval(bundle).unlink()


def _cut_chain(bundle: Path) -> None:
    path = bundle / "chain.jsonl"
    path.write_text("".join(f"{line}\n" for line in path.read_text().splitlines()[:-1]))


def _skip_in_chain(bundle: Path) -> None:
    path = bundle / "chain.jsonl"
    kept = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in (*kept[:2], *kept[3:])))


def _edit_chain(bundle: Path) -> None:
    path = bundle / "chain.jsonl"
    path.write_text(path.read_text().replace("approval", "appr0val", 1))


@pytest.mark.parametrize(
    "tamper",
    [_edit_record, _edit_entry, _drop_record, _cut_chain, _skip_in_chain, _edit_chain],
    ids=lambda f: f.__name__,
)
def test_what_was_tampered_with_is_found(bundle: Path, tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    """A changed, missing or cut part is found by the digests, and by the script where the digests were made anew."""
    copy = tmp_path / "bundle"
    shutil.copytree(bundle, copy)
    tamper(copy)
    assert not sums_hold(copy)
    done = checked(copy)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


# --- where, and what not ---------------------------------------------------------------------------------------------


def test_it_is_for_one_user_and_appears_whole(bundle: Path) -> None:
    """Nobody else can read the folder or anything in it, and nothing is left beside it."""
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in bundle.rglob("*")} == {0o600, 0o700}
    assert [p.name for p in bundle.parent.iterdir()] == ["bundle"]


def test_passwords_are_left_out_of_the_configuration(tmp_path: Path) -> None:
    """What `[notify]` hands to others is not shown, and the manifest says so."""
    house, uses = fresh(tmp_path / "house")
    secret = "https://user:hunter2@chat.example/hook"
    text = house.config.read_text()
    house.config.write_text(f'{text}\n[notify]\ncommand = "/bin/true {secret}"\n')
    bundle = written(house, uses["open"], tmp_path / "bundle")
    shown = (bundle / "configuration" / "provenance.toml").read_text()
    assert "hunter2" not in shown
    assert 'command = "[left out]"' in shown
    assert any("[notify]" in words for words in manifest_of(bundle)["left_out"])


def test_a_secret_that_is_not_found_takes_the_configuration_along(tmp_path: Path) -> None:
    """Where a secret is written in a way that is not found in the file, the file is left out as a whole."""
    house, uses = fresh(tmp_path / "house")
    text = house.config.read_text()
    house.config.write_text(f'{text}\n[notify]\ncommand = "/bin/true hunt\\u0065r2"\n')
    bundle = written(house, uses["open"], tmp_path / "bundle")
    assert not (bundle / "configuration").exists()
    assert any("[notify]" in words for words in manifest_of(bundle)["left_out"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--dispute", "deliver/poster_0020.png"), 2),
        (("--dispute", "deliver/poster_0020.png", "-o", "b", "--for", "outside"), 2),
        (("--dispute", "deliver/poster_0020.png", "-o", "b", "--format", "csv"), 2),
        (("--dispute", "deliver/poster_0020.png", "-o", "b", "--channel", "deliver"), 2),
        (("--dispute", "deliver/nothing.png", "-o", "b"), 10),
        (("--dispute", "apr-00000000000000000000", "-o", "b"), 37),
        (("--dispute", "0" * 64, "-o", "b"), 37),
        (("--dispute", "deliver/poster_0020.png", "-o", "deliver/b"), 40),
        (("--dispute", "deliver/poster_0020.png", "-o", "house.toml"), 25),
        (("--dispute", "deliver/poster_0020.png", "-o", "no/such/b"), 10),
    ],
)
def test_what_cannot_be_bundled_leaves_nothing(house: House, arguments: tuple[str, ...], code: int) -> None:
    """What makes no sense, is not known, or would lie among the material is refused, and no folder is left."""
    assert house[0].run("report", *arguments).code == code
    assert not (house[0].root / "b").exists()
    assert list(house[0].root.rglob("*.part")) == []
