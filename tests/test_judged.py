import hashlib
import json
import os
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.judged import Judged, Judgements, Minutes
from provenance.policy import Decision, Outcome, Reason, Rule
from provenance.records import Approval, Clearance, Deliverable, Subject, canonical
from provenance.spool import Spool
from provenance.verdict import Origin
from tests.production import LEGAL, Production, generated, new_production, picture

SHOW = Deliverable(ProjectId("night"), Title("S01"), Channel("broadcast"))
SILENT = Reason(Rule.NO_SIGNAL_FOUND, Outcome.PASS, "no signal found", "", {"origin": "unknown"})
FLAGGED = Reason(Rule.TEMPORARY_NOT_FINAL, Outcome.REFUSE, "ai-generated", "Replace it", {})
HELD = Reason(Rule.NOT_A_FILE, Outcome.HOLD, "a named pipe among the media", "Take it out", {})
APPROVAL = Approval(
    by="Legal",
    reason="agreed",
    made_at=UtcTime("2026-01-01T00:00:00.000000Z"),
    subjects=(Subject(Digest("a" * 64), "a.png"),),
    role="legal",
    project=SHOW.project,
    title=SHOW.title,
    channel=SHOW.channel,
)
CLEARANCE = Clearance(by="Legal", reason="seen", made_at=APPROVAL.made_at, subjects=APPROVAL.subjects, role="legal")
DECISIONS = (
    Decision(Outcome.PASS, (SILENT,)),
    Decision(Outcome.REFUSE, (FLAGGED,)),
    Decision(Outcome.HOLD, (HELD, SILENT)),
    Decision(Outcome.PASS, (SILENT,), approvals=(APPROVAL,)),
    Decision(Outcome.PASS, (), clearances=(CLEARANCE,)),
    Decision(Outcome.PASS, (SILENT,), (APPROVAL,), (CLEARANCE,)),
)


def judged_files() -> st.SearchStrategy[Judged]:
    """Anything that can be judged."""
    digests = st.binary(min_size=32, max_size=32).map(lambda raw: Digest(raw.hex()))
    return st.builds(
        Judged,
        st.binary(min_size=1, max_size=20),
        st.sampled_from([SHOW, Deliverable(ProjectId("night"), Title(""), Channel("cinema"))]),
        st.none() | digests,
        st.none() | st.sampled_from(Origin),
        st.sampled_from(DECISIONS),
    )


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


@given(files=st.lists(judged_files(), min_size=1, max_size=60))
def test_what_was_put_aside_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, files: list[Judged]) -> None:
    """Judgements come back in the order of paths with all they held, however little of them memory may hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.judged.Spool", partial(Spool, held=300))
        judgements = Judgements(tmp_path_factory.getbasetemp())
    for judged in files:
        judgements.add(judged)
    assert list(judgements) == sorted(files, key=lambda j: j.path)


@given(files=st.lists(judged_files(), min_size=1, max_size=30))
def test_the_digest_is_over_one_canonical_list(files: list[Judged]) -> None:
    """Taken down one by one, the lines have the digest of the whole list, and those that matter stand there."""
    minutes = Minutes()
    for judged in files:
        minutes.take(judged)
    said = json.loads(canonical(minutes.close()))
    lines = [line(j) for j in files]
    assert said["assets_sha256"] == hashlib.sha256(canonical(lines)).hexdigest()
    assert said["not_passed"] == [x for x in lines if x["outcome"] != "pass"]
    assert said["passed_on_word"] == [x for x in lines if x["outcome"] == "pass" and x["records"]]
    assert said["counts"]["checked"] == len(files)
    assert said["counts"]["approved"] == sum(j.approved for j in files)
    assert said["counts"]["cleared"] == sum(j.cleared for j in files)
    assert [j.path for j in minutes.not_passed] == [j.path for j in files if j.decision.outcome is not Outcome.PASS]


def line(judged: Judged) -> dict[str, object]:
    """Write down again what the ledger keeps of one file; for paths of printable ASCII and others."""
    shown = os.fsdecode(judged.path)
    return {
        "path": "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in shown),
        "sha256": judged.digest,
        "channel": judged.deliverable.channel,
        "title": judged.deliverable.title,
        "outcome": judged.decision.outcome.value,
        "origin": judged.origin.value if judged.origin else None,
        "rules": [r.rule.value for r in judged.decision.reasons],
        "records": [w.id for w in (*judged.decision.approvals, *judged.decision.clearances)],
    }


def test_words_that_are_no_utf_8_are_kept_escaped(tmp_path: Path) -> None:
    """A lone surrogate out of hostile metadata does not stop a run: it comes back escaped, in every field."""
    bad = "\ud800 says \udcff"
    judgements = Judgements(tmp_path)
    reason = Reason(Rule.ORIGIN_KNOWN, Outcome.PASS, bad, bad, {"codes": bad})
    judgements.add(Judged(b"x\xff", SHOW, None, Origin.CAPTURED, Decision(Outcome.PASS, (reason,))))
    (judged,) = judgements
    (kept,) = judged.decision.reasons
    assert kept.text == kept.help == kept.args["codes"] == r"\ud800 says \udcff"
    assert judged.path == b"x\xff"


@given(
    credentials=st.sets(st.integers(0, 30)),
    read=st.lists(st.integers(0, 30)),
)
def test_only_credentials_that_nobody_read_are_orphans(
    tmp_path_factory: pytest.TempPathFactory, credentials: set[int], read: list[int]
) -> None:
    """A credential kept apart comes back unless something was read with it, in whichever order both turned up."""
    judgements = Judgements(tmp_path_factory.getbasetemp())
    for n in read[::2]:
        judgements.note_read(b"%03d" % n)
    for n in credentials:
        judgements.add_credential(b"%03d" % n, Judged(b"shown/%d" % n, SHOW, None, None, DECISIONS[0]))
    for n in read[1::2]:
        judgements.note_read(b"%03d" % n)
    expected = [b"shown/%d" % n for n in sorted(credentials - set(read))]
    assert [j.path for j in judgements.orphans()] == expected


def _peak(folder: Path, files: int) -> int:
    tracemalloc.start()
    judgements, minutes = Judgements(folder), Minutes()
    for n in range(files):
        path = b"roll/shot%06d/take.wav" % (n * 7919 % files)
        judgements.add(Judged(path, SHOW, Digest(f"{n:064x}"), Origin.UNKNOWN, DECISIONS[0]))
    for judged in judgements:
        minutes.take(judged)
    assert minutes.counts["pass"] == minutes.silent == files
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_what_passes_quietly(tmp_path: Path) -> None:
    """Five times as many files that pass by themselves need no more memory, to keep and to give back."""
    assert _peak(tmp_path, 50_000) < 1.2 * _peak(tmp_path, 10_000)


def files_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every file of a run as an asset of its own, frames of sequences too."""
    return [{**asset, **member} for asset in document["assets"] for member in asset["members"] or [{}]]


def test_a_run_answers_the_same_however_little_it_may_hold(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With everything put aside on disk the report lists all in the order of paths, and the ledger's digest holds."""
    for n in range(9):
        picture(production.deliver / f"reel{n % 3}" / f"take{n}.png", seed=n)
    generated(production.deliver / "reel1" / "hero.png", seed=40)
    generated(production.deliver / "reel.png", seed=41)
    assert production.run("approve", production.deliver / "reel.png", "--channel", "deliver", *LEGAL).code == 0
    whole = production.json("gate", "deliver")
    monkeypatch.setattr("provenance.judged.Spool", partial(Spool, held=1))
    monkeypatch.setattr("provenance.folding.Spool", partial(Spool, held=1))
    document = production.json("gate", "deliver")
    assert document["assets"] == whole["assets"]
    assert [a["path"] for a in document["assets"]] == sorted(a["path"] for a in document["assets"])
    entry = production.run("ledger", "show", "--format", "json").lines[-1]["body"]["report"]
    lines = [
        {key: asset[key] for key in ("path", "sha256", "channel", "title", "outcome", "origin")}
        | {
            "rules": [r["rule"] for r in asset["reasons"]],
            "records": asset.get("records", [r["id"] for r in (*asset["approvals"], *asset["clearances"])]),
        }
        for asset in sorted(files_of(document), key=lambda asset: str(asset["path"]))
    ]
    assert entry["assets_sha256"] == hashlib.sha256(canonical(lines)).hexdigest()
    assert entry["not_passed"] == [x for x in lines if x["outcome"] != "pass"]
    assert entry["passed_on_word"] == [x for x in lines if x["records"]]
    assert entry["counts"] == document["counts"]


def test_the_document_is_written_as_any_other(production: Production) -> None:
    """Written piece by piece, the document is laid out like one that was written at once."""
    picture(production.deliver / "plate\n\udcff.png")
    generated(production.deliver / 'quoted".png')
    out = production.run("gate", "deliver", "--format", "json").out
    assert out == json.dumps(json.loads(out), indent=2) + "\n"
