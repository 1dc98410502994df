import os
import time
from pathlib import Path

import pytest
from PIL import PngImagePlugin

from provenance import EXAMINER
from provenance.asset import Place, RelPath, ZoneName
from provenance.catalogue import Batch, Catalogue, Examined, Stamp
from provenance.cli.options import now
from provenance.credentials.sdk import sdk_version
from provenance.evidence import Beside, Claim, Credential, Evidence, Examiner, Kind, Signal, State, Strength
from provenance.files import asset_of, stat_key
from provenance.records import Derivation, Subject
from tests.catalogue.making import edit_behind
from tests.likeness.pictures import drawing, saved
from tests.newsroom import TRAINED, action, manifest, signed, studio
from tests.production import EDITOR, Production, copied, generated, new_production, picture
from tests.test_beside import AI

OLDER = Examiner("0.1.0", sdk_version(), None, 1)
ALARM = Signal(Kind.TAG, Claim.AI_GENERATED, Strength.TRACE, "tag 'title'", "says 'sora'")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def aged(production: Production, before: str = f'"revision":{EXAMINER}', after: str = '"revision":1') -> None:
    """Make everything that is recorded be read by other readers: as if it had been, when it was recorded."""
    path = production.root / ".provenance" / "catalogue.db"
    edit_behind(path, f"UPDATE examiners SET body = CAST(replace(CAST(body AS TEXT), '{before}', '{after}') AS BLOB)")


def misread(production: Production, path: Path, *signals: Signal, by: Examiner = OLDER) -> None:
    """Record a file as older readers read it: with marks that today's readers do not find."""
    asset = asset_of(path.read_bytes())
    found = Evidence(asset, "image/png", Credential(State.ABSENT), signals, (), (), by)
    place = Place(ZoneName(path.parent.name), RelPath(os.fsencode(path.name)))
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        stamp = Stamp(now(), "admin", "suite-1", "0.1.0")
        catalogue.record(Batch((Examined(place, stat_key(path.stat()), False, found, Beside()),)), stamp)


def alike(production: Production, *names: str) -> None:
    """Record files of other bytes with the same picture."""
    for name in names:
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", name)
        (production.editorial / name).write_bytes(saved(drawing(), pnginfo=text))
    production.run("scan")


def derived(production: Production, child: str, parent: str) -> None:
    """Record that a file was made from another, without looking at either."""
    subjects = (Subject(asset_of((production.editorial / n).read_bytes()).digest, n) for n in (child, parent))
    word = Derivation(by="The editor", reason="cut", made_at=now(), child=next(subjects), parents=(next(subjects),))
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        catalogue.add_record(word, Stamp(now(), "admin", "suite-1", "0.1.0"))


def listed(production: Production, zone: str) -> str:
    """Return the verdict on the only file of a zone, as it is stored."""
    (row,) = production.run("list", zone, "--format", "json").lines
    return str(row["origin"])


def test_a_scan_does_not_read_again_what_others_read_and_status_says_how_much_that_is(production: Production) -> None:
    """Files that older readers read are unchanged to a scan; status and doctor count them and name the way out."""
    generated(production.editorial / "a.png")
    picture(production.deliver / "b.png")
    time.sleep(0.03)
    production.run("scan")
    assert production.json("status")["catalogue"]["outdated"] == 0
    aged(production)
    assert production.json("scan")["recorded"] == 0
    assert production.json("status")["catalogue"]["outdated"] == 2
    assert "2 files were examined by an older examiner: provenance rescan --outdated" in production.run("status").out
    warned = [f for f in production.json("doctor")["findings"] if f["check"] == "examiner"]
    assert [(f["level"], f["says"]) for f in warned] == [("warning", "2 files were examined by an older examiner")]


def test_what_newer_readers_read_is_not_called_outdated_and_doctor_says_who_is_behind(production: Production) -> None:
    """On a machine that is behind, nothing is to be looked at again for that: provenance there is what is outdated."""
    generated(production.editorial / "a.png")
    production.run("scan")
    aged(production, after=f'"revision":{EXAMINER + 1}')
    assert production.json("status")["catalogue"]["outdated"] == 0
    assert production.json("rescan", "--outdated", "--dry-run")["due"] == []
    (warned,) = (f for f in production.json("doctor")["findings"] if f["check"] == "examiner")
    says = "1 file was examined by newer readers than this machine has"
    assert (warned["level"], warned["says"]) == ("warning", says)
    assert "Update provenance" in warned["help"]


def test_looking_again_finds_what_was_overlooked_and_says_why(production: Production) -> None:
    """A mark that older readers did not know flags the file at a rescan, which names the ground that came."""
    misread(production, generated(production.editorial / "a.png"))
    assert production.json("rescan", "--outdated", "--dry-run")["due"][0]["because"] == f"readers 1, now {EXAMINER}"
    told = production.json("rescan", "--outdated")
    assert (told["looked"], told["same"], len(told["changed"])) == (1, 0, 1)
    (moved,) = told["changed"]
    assert (moved["path"], moved["was"], moved["now"], moved["milder"]) == ("a.png", "unknown", "ai-generated", False)
    assert [g["kind"] for g in moved["came"]] == ["png-text"]
    assert production.json("rescan", "--outdated")["looked"] == 0
    assert production.json("status")["catalogue"]["outdated"] == 0
    assert production.run("ledger", "verify").code == 0


def test_a_false_alarm_that_was_mended_goes_at_a_rescan_and_the_old_verdict_is_kept(production: Production) -> None:
    """Later readers that read all of the same bytes take back what older ones saw in them; that it stood is kept."""
    misread(production, picture(production.deliver / "a.png"), ALARM)
    assert listed(production, "deliver") == "ai-generated"
    told = production.run("rescan", "--outdated").out
    assert "deliver/a.png: ai-generated -> unknown  MILDER" in told
    assert "- says 'sora'  (tag, trace) at tag 'title'" in told
    assert production.run("gate", "deliver").code == 0
    (past,) = production.json("origin", "deliver/a.png", "--history")["history"]
    assert (past["origin"], past["grounds"][0]["says"], past["examiner"]["revision"]) == ("ai-generated", ALARM.says, 1)
    assert past["since"] < past["until"]
    assert "was         ai-generated from" in production.run("origin", "deliver/a.png", "--history").out
    assert production.run("ledger", "verify").code == 0


def test_a_reading_with_a_gap_takes_nothing_back(production: Production) -> None:
    """Where later readers could not look at all of a file, what older ones saw in it still flags it."""
    broken = production.editorial / "a.png"
    broken.write_bytes(picture(production.root / "whole.png").read_bytes()[:-20])
    misread(production, broken, ALARM)
    production.run("rescan", "--outdated")
    account = production.json("origin", "editorial/a.png")
    assert account["origin"] == "ai-generated"
    assert "gap" in {g["kind"] for g in account["grounds"]} or account["credential"]["state"] == "unreadable"


@pytest.mark.parametrize(
    "by",
    [
        Examiner("9.9.9", "0.91.3", None, 99),
        Examiner("0.1.0", "99.0.0", None, 1),
        Examiner("0.1.0", "a fork", None, 1),
        Examiner("0.1.0", sdk_version(), None, EXAMINER),
    ],
    ids=["later readers", "a later SDK", "an SDK without a number", "readers of today"],
)
def test_only_readers_that_are_surely_later_take_anything_back(production: Production, by: Examiner) -> None:
    """What was seen by later readers, under a later SDK, or by today's, is remembered against today's silence."""
    misread(production, picture(production.editorial / "a.png"), ALARM, by=by)
    production.run("rescan")
    assert listed(production, "editorial") == "ai-generated"


def test_another_trust_list_asks_only_for_files_with_credentials(production: Production) -> None:
    """With a new anchor, what has no credential is not looked at again; what has one is, and its new state is told."""
    picture(production.editorial / "plain.png")
    generated(production.editorial / "marked.png")
    data = signed(manifest(action("created", TRAINED)))
    (production.editorial / "signed.jpg").write_bytes(data)
    time.sleep(0.03)
    production.run("scan")
    pem = studio().certificates
    (production.root / "studio.pem").write_bytes(pem[pem.rindex(b"-----BEGIN") :])
    config = production.config
    config.write_text(config.read_text() + '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\n')
    assert production.json("status")["catalogue"]["outdated"] == 1
    told = production.json("rescan", "--outdated")
    assert told["looked"] == 1
    assert [(m["path"], m["credential_was"], m["credential_now"]) for m in told["changed"]] == [
        ("signed.jpg", "untrusted", "trusted")
    ]


def test_another_sdk_asks_for_what_it_could_not_read_as_well(production: Production) -> None:
    """Under another SDK a type that cannot carry a credential is looked at again, a picture without one is not."""
    picture(production.editorial / "plain.png")
    (production.editorial / "notes.txt").write_text("notes\n")
    time.sleep(0.03)
    production.run("scan")
    aged(production, f'"c2pa":"{sdk_version()}"', '"c2pa":"0.90.0"')
    due = production.json("rescan", "--outdated", "--dry-run")["due"]
    assert [(d["path"], d["because"]) for d in due] == [("notes.txt", f"SDK 0.90.0, now {sdk_version()}")]


def test_what_is_gone_keeps_its_verdict_and_is_counted(production: Production) -> None:
    """A file, and a folder, that are not there any more are counted; what was recorded of them stands."""
    misread(production, picture(production.editorial / "a.png"), ALARM)
    picture(production.editorial / "reel" / "b.png")
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        path = production.editorial / "reel" / "b.png"
        found = Evidence(asset_of(path.read_bytes()), "image/png", Credential(State.ABSENT), (), (), (), OLDER)
        place = Place(ZoneName("editorial"), RelPath(b"reel/b.png"))
        seen = Examined(place, stat_key(path.stat()), False, found, Beside())
        catalogue.record(Batch((seen,)), Stamp(now(), "admin", "suite-1", "0.1.0"))
    (production.editorial / "a.png").unlink()
    (production.editorial / "reel" / "b.png").unlink()
    (production.editorial / "reel").rmdir()
    told = production.json("rescan", "--outdated")
    assert (told["looked"], told["gone"], told["changed"]) == (0, 2, [])
    assert "2 files not there any more" in production.run("rescan", "--outdated").out
    assert production.json("origin", "editorial/a.png")["origin"] == "ai-generated"


def test_other_bytes_are_no_drift(production: Production) -> None:
    """A file that was replaced since is recorded as it is now, and not told as a verdict that changed."""
    misread(production, picture(production.editorial / "a.png"), ALARM)
    picture(production.editorial / "a.png", seed=5)
    told = production.json("rescan", "--outdated")
    assert (told["looked"], told["replaced"], told["changed"]) == (1, 1, [])
    assert listed(production, "editorial") == "unknown"


def test_what_was_made_from_it_is_told_as_well(production: Production) -> None:
    """When a parent is no longer flagged, its child's verdict changes too, is told, and is kept as it was."""
    misread(production, picture(production.editorial / "a.png"), ALARM)
    misread(production, picture(production.editorial / "cut.png", seed=9))
    derived(production, "cut.png", "a.png")
    told = production.json("rescan", "editorial/a.png", "--outdated")
    changed = {m["path"]: m for m in told["changed"]}
    assert {p: (m["was"], m["now"]) for p, m in changed.items()} == {
        "a.png": ("ai-generated", "unknown"),
        "cut.png": ("ai-generated", "unknown"),
    }
    assert changed["cut.png"]["via"] == "what it was made from reads otherwise"
    assert [g["kind"] for g in changed["cut.png"]["went"]] == ["lineage"]
    (past,) = [p for p in production.json("origin", "editorial/cut.png", "--history")["history"] if p["entry"]][-1:]
    assert past["origin"] == "ai-generated"


def test_what_is_the_same_is_told_as_well_and_why(production: Production) -> None:
    """A false alarm on one of two files with the same picture is mended: the other is told of once, as a twin."""
    alike(production, "a.png", "same.png")
    misread(production, production.editorial / "a.png", ALARM)
    assert production.json("origin", "editorial/same.png")["origin"] == "ai-generated"
    told = production.json("rescan", "editorial/a.png", "--outdated")
    changed = [(m["path"], m["was"], m["now"], m["via"]) for m in told["changed"]]
    via = "what is seen or heard in it is the same as in a file that reads otherwise"
    assert sorted(changed, key=str) == [
        ("a.png", "ai-generated", "unknown", None),
        ("same.png", "ai-generated", "unknown", via),
    ]
    (past,) = production.json("origin", "editorial/same.png", "--history")["history"][-1:]
    assert (past["origin"], [g["kind"] for g in past["grounds"]]) == ("ai-generated", ["likeness"])


def test_a_copy_of_what_was_looked_at_is_told_of_by_its_own_verdict(production: Production) -> None:
    """One of three copies is looked at: one follows it and is told of, one is flagged by its own XMP and stays so."""
    picture(production.editorial / "a.png")
    for name in ("b.png", "c.png"):
        copied(production.editorial / "a.png", production.editorial / name)
    (production.editorial / "c.xmp").write_bytes(AI)
    production.run("scan")
    misread(production, production.editorial / "a.png", ALARM)
    assert {row["origin"] for row in production.run("list", "editorial", "--format", "json").lines if row["zone"]} == {
        "ai-generated"
    }
    told = production.json("rescan", "editorial/a.png", "--outdated")
    assert [(m["path"], m["was"], m["now"], m["via"]) for m in told["changed"]] == [
        ("a.png", "ai-generated", "unknown", None),
        ("b.png", "ai-generated", "unknown", "it holds the same bytes as a file that reads otherwise"),
    ]
    assert [g["says"] for g in told["changed"][1]["went"]] == [ALARM.says]
    assert production.run("ledger", "verify").code == 0


def test_a_twin_with_xmp_of_its_own_is_told_of_by_the_verdict_on_that_copy(production: Production) -> None:
    """A false alarm on a twin goes; of two copies of the other, the one that its own XMP flags is not told of."""
    alike(production, "a.png", "same.png")
    copied(production.editorial / "same.png", production.editorial / "marked.png")
    (production.editorial / "marked.xmp").write_bytes(AI)
    production.run("scan")
    misread(production, production.editorial / "a.png", ALARM)
    told = production.json("rescan", "editorial/a.png", "--outdated")
    assert [(m["path"], m["was"], m["now"]) for m in told["changed"]] == [("same.png", "ai-generated", "unknown")]
    assert production.run("ledger", "verify").code == 0


def test_what_only_hands_on_something_else_is_not_told_of(production: Production) -> None:
    """A parent is flagged no longer; its child is for its twin's sake, and stays what it is."""
    alike(production, "child.png", "twin.png")
    assert production.run("declare", "editorial/twin.png", "--origin", "ai-generated", *EDITOR).code == 0
    misread(production, picture(production.editorial / "parent.png"), ALARM)
    derived(production, "child.png", "parent.png")
    told = production.json("rescan", "editorial/parent.png", "--outdated")
    assert [(m["path"], m["now"]) for m in told["changed"]] == [("parent.png", "unknown")]
    assert production.json("origin", "editorial/child.png")["origin"] == "ai-generated"


def test_a_word_that_changes_a_verdict_leaves_the_old_one_in_the_history(production: Production) -> None:
    """A declaration, and its revocation, each end a verdict, which is kept with its grounds and the entry that did."""
    picture(production.editorial / "a.png")
    production.run("scan")
    word = production.json("declare", "editorial/a.png", "--origin", "created", *EDITOR)["record"]["id"]
    production.run("revoke", word, *EDITOR)
    history = production.json("origin", "editorial/a.png", "--history")["history"]
    assert [(p["origin"], [g["kind"] for g in p["grounds"]]) for p in history] == [
        ("unknown", []),
        ("created", ["declaration"]),
    ]
    assert history[0]["until"] == history[1]["since"]
    assert production.json("origin", "editorial/a.png")["history"] is None


def test_it_needs_a_zone_and_stands_links(production: Production, tmp_path: Path) -> None:
    """A path in no zone is an error; a link that took the place of a file is named, and followed nowhere."""
    misread(production, picture(production.editorial / "a.png"), ALARM)
    misread(production, picture(production.editorial / "b.png", seed=2), ALARM)
    (production.editorial / "a.png").unlink()
    (production.editorial / "a.png").symlink_to(production.root / "provenance.toml")
    told = production.json("rescan", "--outdated")
    assert (told["looked"], told["gone"]) == (1, 1)
    picture(production.root / "elsewhere.png")
    assert production.run("rescan", "elsewhere.png").code == 40


def test_names_that_are_made_to_harm_are_shown_harmlessly(production: Production) -> None:
    """Control characters and bytes that are no text, in names and in what was read, reach no terminal."""
    name = production.editorial / os.fsdecode(b"a\x1b[31m\xff.png")
    alarm = Signal(Kind.TAG, Claim.AI_GENERATED, Strength.TRACE, "tag \x1b]0;x\x07", "says \x1b[2J\u202e")
    misread(production, picture(name), alarm)
    out = production.run("rescan", "--outdated").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    misread(production, picture(name, seed=3), alarm)
    assert production.json("rescan", "--outdated")["changed"][0]["path"] == "a\x1b[31m\udcff.png"
