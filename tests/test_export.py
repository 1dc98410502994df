"""An export is verified by a stranger, with what the documentation prints and public tools."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.catalogue import Catalogue
from provenance.catalogue.filing import file
from provenance.records import content_id
from provenance.report.documents import to_json
from provenance.report.listing import entry_document
from tests.catalogue.making import AI, approved, at, declared, evidence, seen, stamp, take
from tests.production import Production, new_production

DOCS = Path(__file__).resolve().parents[1] / "docs" / "ledger.md"
TYPE = "application/vnd.in-toto+json"
Lines = list[dict[str, Any]]


def block(language: str) -> str:
    """Return the program of a language that the documentation prints."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCS.read_text(), re.DOTALL | re.MULTILINE)
    assert isinstance(found, str)
    return found


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Lines, Ed25519PrivateKey]:
    """The lines of a ledger with an approval that is signed, and the key it was signed with."""
    from provenance.verdict import Origin

    key = Ed25519PrivateKey.generate()
    record = approved("ai")
    statement = {"subject": [], "predicate": {"record": record.content(), "id": record.id, "store": "book"}}
    payload = json.dumps(statement).encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    signature = {"keyid": "SHA256:x", "scheme": "ed25519", "sig": base64.b64encode(key.sign(pae)).decode()}
    envelope = {"payload": base64.b64encode(payload).decode(), "payloadType": TYPE, "signatures": [signature]}
    with Catalogue.create(tmp_path / "catalogue.db", at(0), store_id="book") as catalogue:
        take(catalogue, seen(evidence("ai", AI), b"ai"))
        with catalogue._db.writing():
            entry = catalogue.ledger.append(record.kind, {**record.content(), "envelope": envelope}, stamp(5))
            file(catalogue._db, record, entry.seq)
        catalogue.add_record(declared("ai", Origin.REVIEW), stamp(6, "c"))
        assert catalogue.verify().seq == 4
        lines = [json.loads(to_json(entry_document(s), indent=None)) for s in catalogue.ledger.sealed()]
    return lines, key


def judged(lines: Lines, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of the documentation over an export."""
    (folder / "verify.py").write_text(block("python"))
    (folder / "book.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = [sys.executable, "-I", "verify.py", "book.jsonl"]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


def test_a_stranger_verifies_an_export(signed: tuple[Lines, Ed25519PrivateKey], tmp_path: Path) -> None:
    """The script that the documentation prints finds a whole export whole, and prints its head."""
    lines, _ = signed
    done = judged(lines, tmp_path)
    assert (done.returncode, done.stdout) == (0, f"whole: 4 entries, head {lines[-1]['hash']}\n"), done.stderr


Change = Callable[[Lines], object]
CHANGES: dict[str, Change] = {
    "a field": lambda lines: lines[1].update(os_user="successor"),
    "a time": lambda lines: lines[3].update(at=str(at(9))),
    "the body": lambda lines: lines[1]["body"].update(channel="cinema"),
    "the text of the body": lambda lines: lines[1].update(body_json=lines[1]["body_json"].replace("netflix", "cinema")),
    "both": lambda lines: lines[1].update(body_json="{}", body={}),
    "what was sealed": lambda lines: lines[1].update(sealed=lines[1]["sealed"].replace("admin", "successor")),
    "a hash": lambda lines: lines[1].update(hash="0" * 64),
    "the store": lambda lines: [line.update(store="other") for line in lines],
    "left out": lambda lines: lines.pop(1),
    "the first left out": lambda lines: lines.pop(0),
    "twice": lambda lines: lines.insert(1, lines[1]),
    "order": lambda lines: lines.reverse(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_stranger_finds_a_change(signed: tuple[Lines, Ed25519PrivateKey], tmp_path: Path, change: Change) -> None:
    """Whatever is changed in a line, left out, doubled or put in another order, the script finds."""
    lines, _ = signed
    change(lines)
    assert judged(lines, tmp_path).returncode != 0


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("openssl")), reason="needs jq and openssl")
@pytest.mark.parametrize("how", ["as it was", "another key", "another body", "another payload"])
def test_a_stranger_verifies_a_signature(signed: tuple[Lines, Ed25519PrivateKey], tmp_path: Path, how: str) -> None:
    """By the commands of the documentation a signature verifies; with another key, body or payload it does not."""
    lines, key = signed
    public = (Ed25519PrivateKey.generate() if how == "another key" else key).public_key()
    (tmp_path / "approver.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    entry = lines[1]
    if how == "another body":
        entry["body"]["channel"] = "cinema"
    if how == "another payload":
        payload = base64.b64decode(entry["envelope"]["payload"]).replace(b"netflix", b"cinemas")
        entry["envelope"]["payload"] = base64.b64encode(payload).decode()
    (tmp_path / "entry.json").write_text(json.dumps(entry))
    done = subprocess.run(["bash", "-c", block("sh")], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (how == "as it was"), done.stdout + done.stderr


def test_what_a_line_says(signed: tuple[Lines, Ed25519PrivateKey]) -> None:
    """A line holds all it held before, the record's id without its envelope, and the envelope where somebody signed."""
    (batch, approval, changed, declaration), _ = signed
    was = {"seq", "kind", "at", "claimed_at", "os_user", "host", "version", "config_sha256", "policy_sha256"}
    assert {*was, "prev", "hash", "body"} < set(batch)
    assert [line["kind"] for line in (batch, approval, changed, declaration)] == [
        "evidence", "approval", "configuration", "declaration",
    ]  # fmt: skip
    assert approval["id"] == approved("ai").id == content_id("apr", approved("ai").content())
    assert approval["envelope"]["payloadType"] == TYPE
    assert (batch["id"], batch["envelope"], changed["id"], declaration["envelope"]) == (None, None, None, None)
    assert hashlib.sha256(approval["sealed"].encode()).hexdigest() == approval["hash"]


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production with an entry in its ledger."""
    made = new_production(tmp_path)
    (made.editorial / "note.txt").write_text("a note\n")
    assert made.run("scan").code == 0
    return made


def test_heads_are_kept_and_held_against(production: Production) -> None:
    """What `ledger head` prints, in both forms, is what `ledger verify --head` reads; several at once too."""
    (production.root / "heads.txt").write_text(production.run("ledger", "head").out)
    (production.root / "head.json").write_text(production.run("ledger", "head", "--format", "json").out)
    document = production.json("ledger", "verify", "--head", "heads.txt", "--head", "head.json")
    assert (document["verified"], document["pins_met"]) == (True, 2)
    assert document["at"] is not None
    assert "2 pinned heads met" in production.run("ledger", "verify", "--head", "heads.txt", "--head", "head.json").out


@pytest.mark.parametrize(
    ("name", "code"), [("nowhere", 10), ("editorial", 11), ("pipe", 11), ("empty", 15), ("binary", 15), ("other", 33)]
)
def test_heads_that_cannot_be_held_against(production: Production, name: str, code: int) -> None:
    """A file of heads that is not there, is none, or is of another ledger never lets a verification pass."""
    import os

    os.mkfifo(production.root / "pipe")
    (production.root / "empty").touch()
    (production.root / "binary").write_bytes(b"\xff\xfe")
    (production.root / "other").write_text(f"{'0' * 64}  entry 1 of store {'0' * 32}\n")
    assert production.run("ledger", "verify", "--head", name).code == code


def test_an_empty_ledger_has_a_head(tmp_path: Path) -> None:
    """The head of an empty ledger is printed and read like any other."""
    made = new_production(tmp_path)
    (tmp_path / "heads.txt").write_text(made.run("ledger", "head").out)
    assert made.json("ledger", "verify", "--head", "heads.txt")["at"] is None
