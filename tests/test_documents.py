"""Every kind of document is printed by a real command, and held against the schema that is shipped."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provenance.asset import RelPath, ZoneName
from provenance.daemon.notices import Kind, Notice, Notices
from provenance.policy import Rule
from provenance.report.schemas import SCHEMAS
from tests.daemon.notified import Listener, Program, now, telling
from tests.newsroom import studio
from tests.production import EDITOR, LEGAL, Production, generated, picture, run
from tests.production import SCHEMAS as FOLDER
from tests.quarantining import guarded
from tests.timelines import timeline

Documents = dict[str, list[Any]]

AS_AI = ("--source-type", "trainedAlgorithmicMedia")


def _sequences(made: Production) -> Documents:
    """Return what is printed of a sequence in the work zone: of one frame it is said that it was generated."""
    for n in range(1, 5):
        picture(made.editorial / f"shot.{n}.png", seed=n + 20)
    _told(made, "declare", "editorial/shot.2.png", "--origin", "ai-generated", *EDITOR)
    _told(made, "scan")
    (line,) = _told(made, "list", "editorial", "--sequences")
    return {"origin-sequence": _told(made, "origin", "editorial/shot.@.png"), "list-sequence": [line]}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Every document a small production printed on its way, by the name of its schema."""
    made = Production(tmp_path_factory.mktemp("production"))
    generated(made.deliver / "still.png")
    picture(made.deliver / "plate.jpg", seed=2)
    (made.deliver / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    (made.root / "words.txt").write_text("typed by people")
    timeline(made.root / "cut.edl", ["lost.mov", "plate.mov"])
    one = ("deliver/still.png",)
    told: Documents = {
        "init": _told(made, "init", ".", "--title", "The Long Night"),
        "keys": _told(made, "keys", "new"),
        "person-key": _told(made, "keys", "person", "lawyer", "--no-passphrase"),
        "accepted": _told(made, "config", "show"),
        "scan": _told(made, "scan"),
        "mark": _told(made, "mark", "deliver/plate.jpg", "-o", "made.jpg", *AS_AI),
        "record": [
            *_told(made, "approve", *one, "--channel", "deliver", "--expires", "2126-01-31", *LEGAL),
            *_told(made, "clear", *one, *LEGAL),
            *_told(made, "declare", *one, "--origin", "ai-generated", *EDITOR),
            *_told(made, "attest", "deliver/plate.jpg", *LEGAL),
            *_told(made, "derive", *one, "--from", "deliver/plate.jpg", *EDITOR),
        ],
        "timeline": _told(made, "derive", "deliver/plate.jpg", "--timeline", "cut.edl", *LEGAL),
        "gate": _told(made, "gate", "deliver"),
        "origin": [
            *(d for p in (*one, "made.jpg", "deliver/broken.jpg") for d in _told(made, "origin", p)),
            *_told(made, "origin", "made.jpg", "--explain", "--history"),
        ],
        "list": _told(made, "list", "--all"),
        **_sequences(made),
        "status": _told(made, "status"),
        "rescan": [*_told(made, "rescan", "--dry-run"), *_told(made, "rescan")],
        "kept": [*_told(made, "evidence", "show"), *_told(made, "evidence", "show", *one)],
        "pruned": _told(made, "evidence", "prune", "--older-than", "1", "--dry-run", *EDITOR),
        "doctor": _told(made, "doctor"),
        "error": _told(made, "origin", "nowhere.jpg"),
        "policy": [*_told(made, "policy", "check"), *_told(made, "policy", "show", "--pack", "netflix-2025-08")],
        "explanation": _told(made, "policy", "explain", "1a", "--pack", "netflix-2025-08"),
    }
    told["record"] += _told(made, "approve", *one, "--again", told["record"][0]["record"]["id"], *LEGAL)
    told["record"] += _told(made, "revoke", told["record"][0]["record"]["id"], *EDITOR)
    told["record"] += _told(made, "approve", *one, "--channel", "deliver", "--scope", "derivatives", *LEGAL)
    told["record"] += _told(made, "revoke", told["record"][-1]["record"]["id"], *EDITOR)
    told["record"] += _told(made, "refuse", "made.jpg", "--channel", "deliver", *LEGAL)
    told["record"] += _told(made, "supersede", *one, "--with", "words.txt", "--evidence", "provenance.toml", *LEGAL)
    told["record"] += _told(made, "recut", *EDITOR)
    told["notice"] = _noticed(tmp_path_factory.mktemp("notified"))
    with guarded(made) as guard:
        guard.take("still.png")
    told["disclosure"] = _telling(made)
    told["record"] += _registering(made)
    told["tool"], told["consent"] = _told(made, "tools", "list"), _told(made, "consent", "list", "--names")
    told["status"] += _told(made, "status")
    told["origin"] += _told(made, "origin", "deliver/plate.jpg")
    told["release"] = _told(made, "release", *one)
    told["origin"] += _told(made, "origin", *one)
    told["status"] += _told(made, "status")
    _told(made, "approve", *one, "--channel", "deliver", *LEGAL)
    told["release"] += _told(made, "release", *one)
    told["entry"] = _told(made, "ledger", "show")
    told["ledger"] = [*_told(made, "ledger", "verify"), *_told(made, "ledger", "head")]
    told |= _reported(made, tmp_path_factory.mktemp("bundles"))
    told |= _kept(made)
    told |= _trusting(made)
    return told


def _trusting(made: Production) -> Documents:
    """Return what is printed about trust, with and without a list that was taken in."""
    before = _told(made, "trust", "list")
    (made.root / "published.pem").write_bytes(studio().root)
    told = {"trust-import": _told(made, "trust", "import", "published.pem", "--dated", "2020-01-31")}
    told["trust"] = [*before, *_told(made, "trust", "list")]
    told["trust-check"] = _told(made, "trust", "check")
    return told


def _reported(made: Production, folder: Path) -> Documents:
    """Return what is printed by reports, and what stands in the bundle of a dispute."""
    told = {"report": [*_told(made, "report"), *_told(made, "report", "--for", "outside")]}
    told["dispute"] = _told(made, "report", "--dispute", "deliver/still.png", "-o", str(folder / "bundle"))
    told["bundle"] = [json.loads((folder / "bundle" / "manifest.json").read_text())]
    return told


def _kept(made: Production) -> Documents:
    """Return what is printed about people and backups."""
    (made.root / "name.txt").write_text("Somebody")
    (made.root / "paper.pdf").write_bytes(b"%PDF")
    until = ("--retain-until", "2126-01-31")
    stored = _told(made, "personal", "add", "name.txt", "--kind", "performer", *until)
    stored += _told(made, "personal", "add", "paper.pdf", "--kind", "document", *until)
    names = [document["values"][0]["id"] for document in stored]
    stored += [*_told(made, "personal", "show"), *(d for name in names for d in _told(made, "personal", "show", name))]
    kept = {"personal": stored, "backup": _told(made, "backup", "kept")}
    kept["restore"] = _told(made, "restore", "kept", "--to", "there")
    kept["erasure"] = [*_told(made, "personal", "erase", *names, *EDITOR), *_told(made, "personal", "expire", *EDITOR)]
    return kept


def _told(made: Production, *arguments: str) -> list[Any]:
    """Return the documents a command prints, one after another, on standard output."""
    text, found = run(made.root, *arguments, "--format", "json").out.strip(), []
    while text:
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:].lstrip()
    return found


def _telling(made: Production) -> list[Any]:
    """Return what is answered to two uses, one of them of a file."""
    step = ("--step", "tool=T;inputs=none;performers=Ann", "--performer", "Ann", *EDITOR)
    (first,) = _told(made, "disclose", "deliver/plate.jpg", "--final", "--replica", "digital-replica", *step)
    return [first, *_told(made, "disclose", "--for", first["record"]["id"], "deliver/still.png", "--by", "Admin")]


def _registering(made: Production) -> list[Any]:
    """Return what is printed of a register's entry and of a consent."""
    (made.root / "terms").write_text("terms")
    tool = ("T", "--tier", "free", "--no-enterprise", "--trains", "--stores", "--performer", "Ann")
    consent = ("--performer", "Ann", "--class", "voice-replica", "--scope", "all", "--document", "terms")
    return [
        *_told(made, "tools", "add", *tool, "--terms", "terms", "--valid-until", "2126-01-31", *EDITOR),
        *_told(made, "consent", "record", *consent, *EDITOR),
    ]


def _noticed(folder: Path) -> list[Any]:
    """Return what a program under `[notify]` is given."""
    program = Program(folder)
    notices = Notices(telling(folder, program.command), Listener().log, now)
    notices.tell(Notice(Kind.QUARANTINE, ZoneName("netflix"), RelPath(b"a.png"), None, (Rule.TEMPORARY_NOT_FINAL,)))
    notices.tell(Notice(Kind.TROUBLE, says="the share is gone"))
    notices.close(40)
    return program.documents


@pytest.mark.parametrize("name", SCHEMAS)
def test_documents_are_what_their_schema_says(name: str, printed: Documents) -> None:
    """What a command prints as JSON is valid under the schema that is shipped, and names it."""
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    assert printed[name]
    for document in printed[name]:
        Draft202012Validator(schema).validate(document)
        assert document.get("schema", f"provenance/{name}/1") == f"provenance/{name}/1"
