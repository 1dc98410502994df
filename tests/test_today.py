import os
import sqlite3
from pathlib import Path

import pytest

from tests import newsroom
from tests.production import EDITOR, LEGAL, Production, copied, generated, new_production, outcomes, picture, run


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def test_nothing_hides_behind_the_end_of_a_sidecar(production: Production) -> None:
    """Bytes behind a sidecar's own, few or many, make it unreadable, and its file is held."""
    production.run("keys", "new")
    plate = picture(production.deliver / "plate.jpg")
    assert production.run("mark", plate, "--sidecar", "--source-type", "compositeCapture").code == 0
    beside = production.deliver / "plate.jpg.c2pa"
    whole = beside.read_bytes()
    assert production.run("gate", "deliver").code == 0
    for tail in (b"x", generated(production.root / "x.png").read_bytes(), bytes(34 << 20)):
        beside.write_bytes(whole + tail)
        assert outcomes(production.json("gate", plate)) == {"plate.jpg": "hold"}


def test_an_answer_is_only_as_good_as_the_trust_list_of_today(production: Production) -> None:
    """What was captured under an anchor is not any more once the anchor is gone, also before the next scan."""
    studio = newsroom.studio()
    (production.root / "studio.pem").write_bytes(newsroom.anchor(studio, may_clear=True).pem)
    text = production.config.read_text()
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(text + anchor)
    plate = production.editorial / "plate.jpg"
    made = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    plate.write_bytes(newsroom.signed(made, by=studio))
    production.run("scan")
    assert production.json("origin", plate)["origin"] == "captured"
    production.config.write_text(text)
    assert production.json("origin", plate)["origin"] == "unknown"


def test_what_contradicts_itself_is_not_marked_as_clean(production: Production) -> None:
    """A source that somebody declared AI is not signed as captured, even where a credential that clears it is in it."""
    studio = newsroom.studio()
    (production.root / "studio.pem").write_bytes(newsroom.anchor(studio, may_clear=True).pem)
    production.run("keys", "new")
    anchor = '\n[[trust.anchor]]\npath = "studio.pem"\npurpose = "signer"\nmay_clear = true\n'
    production.config.write_text(production.config.read_text() + anchor)
    plate = production.editorial / "plate.jpg"
    made = newsroom.manifest(newsroom.action("created", newsroom.CAPTURE))
    plate.write_bytes(newsroom.signed(made, by=studio))
    assert production.json("declare", plate, "--origin", "ai-generated", *EDITOR)
    assert production.json("origin", plate)["origin"] == "review"
    marked = production.run("mark", plate, "-o", production.editorial / "clean.jpg", "--source-type", "digitalCapture")
    assert marked.code == 23
    assert not (production.editorial / "clean.jpg").exists()
    assert production.run("mark", "editorial", "-o", "x.jpg", "--source-type", "digitalCapture").code == 11


def test_a_flag_in_a_sidecar_follows_the_bytes(production: Production) -> None:
    """A copy that left its sidecar behind is still refused; the sidecar's credential stays with the other copy."""
    production.run("keys", "new")
    plate = production.editorial / "plate.txt"
    plate.write_text("a temp voice, to be replaced\n")
    assert production.run("mark", plate, "--sidecar", "--source-type", "trainedAlgorithmicMedia").code == 0
    (production.deliver / "plate.txt").write_bytes(plate.read_bytes())
    assert production.run("gate", "deliver").code == 1
    told = production.json("origin", production.deliver / "plate.txt")
    assert (told["origin"], told["credential"]["from"]) == ("ai-generated", "embedded")
    assert "sidecar" in told["grounds"][0]["via"]


def test_a_sidecar_that_is_there_is_not_written_over(production: Production) -> None:
    """A second sidecar would lose what the first one says, so it is refused, also by force."""
    production.run("keys", "new")
    plate = picture(production.editorial / "plate.jpg")
    mark = ("mark", plate, "--sidecar", "--source-type", "trainedAlgorithmicMedia")
    assert production.run(*mark).code == 0
    before = (production.editorial / "plate.jpg.c2pa").read_bytes()
    assert production.run(*mark, "--force").code == 25
    assert (production.editorial / "plate.jpg.c2pa").read_bytes() == before


def test_the_ledger_is_no_destination(production: Production) -> None:
    """No file that decides what passes is written over by `mark`, whatever is forced."""
    production.run("keys", "new")
    plate = picture(production.editorial / "plate.jpg")
    for rule in ("provenance.toml", ".provenance/catalogue.db", "keys/development.key"):
        whole = (production.root / rule).read_bytes()
        marked = production.run("mark", plate, "-o", rule, "--force", "--source-type", "trainedAlgorithmicMedia")
        assert marked.code == 25
        assert rule.endswith(".db") or (production.root / rule).read_bytes() == whole


def test_a_link_inside_a_zone_leads_nowhere(production: Production) -> None:
    """A path that goes into a final zone and by a link out of it is refused with 11, not judged as something else."""
    generated(production.editorial / "hero.png")
    (production.deliver / "way").symlink_to(production.editorial)
    assert production.run("gate", "deliver/way/hero.png", "--channel", "deliver").code == 11
    assert production.run("gate", "deliver/way").code == 11
    assert production.run("gate", "deliver/../deliver").code == 3


def test_the_material_does_not_bring_its_own_judge(production: Production) -> None:
    """A configuration that lies in a zone of another one further up is refused, from wherever it is found."""
    inner = Production(production.deliver / "inner")
    picture(inner.deliver / "plate.jpg")
    copied(production.config, inner.config)
    assert inner.run("gate", "deliver").code == 40
    assert production.run("gate", "deliver/inner/deliver", "--config", inner.config).code == 40


def test_what_this_tool_saw_is_nobodys_to_take_back(production: Production) -> None:
    """The lineage of a marked copy cannot be revoked: a flag on its source reaches it for good."""
    production.run("keys", "new")
    plate = picture(production.editorial / "plate.jpg")
    made = production.deliver / "made.jpg"
    assert production.run("mark", plate, "-o", made, "--source-type", "digitalCapture").code == 0
    production.run("declare", plate, "--origin", "ai-generated", *EDITOR)
    assert production.run("gate", "deliver").code == 1
    entries = production.run("ledger", "show", "--format", "json").lines
    (seen,) = [e["body"] for e in entries if e["kind"] == "derivation"]
    derivation = production.run("origin", made).out.split("drv-")[1][:20]
    assert seen["witness"] == "tool"
    assert production.run("revoke", f"drv-{derivation}", *EDITOR).code == 37
    assert production.run("gate", "deliver").code == 1


def test_a_revocation_that_was_hidden_is_found_at_the_gate(production: Production) -> None:
    """A revocation whose row was deleted stops the gate with 33, also after it was verified once."""
    hero = generated(production.deliver / "hero.png")
    approval = production.json("approve", hero, "--channel", "deliver", *LEGAL)["record"]["id"]
    production.run("revoke", approval, *EDITOR)
    assert production.run("ledger", "verify").code == 0
    catalogue = sqlite3.connect(production.root / ".provenance" / "catalogue.db")
    with catalogue:
        kept = catalogue.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            catalogue.execute(f'DROP TRIGGER "{name}"')
        for table, column in (("record_subjects", "record"), ("records", "id")):
            catalogue.execute(f"DELETE FROM {table} WHERE {column} LIKE 'rev-%'")
        for _, sql in kept:
            catalogue.execute(sql)
    catalogue.close()
    assert production.run("gate", "deliver").code == 33


@pytest.mark.parametrize("verb", [("gate",), ("scan",), ("list",), ("origin",)])
def test_an_empty_path_is_a_mistake(production: Production, verb: tuple[str, ...]) -> None:
    """An empty path, as from a script's unset variable, answers 2 instead of meaning the working folder."""
    picture(production.deliver / "plate.jpg")
    assert run(production.deliver, *verb, "").code == 2


def test_an_export_replaces_nothing(production: Production) -> None:
    """The ledger is exported to a new file only."""
    plate = picture(production.deliver / "plate.jpg")
    whole = plate.read_bytes()
    assert production.run("ledger", "export", plate).code == 25
    assert plate.read_bytes() == whole
    assert production.run("ledger", "export", "ledger.jsonl").code == 0


def test_a_file_that_is_gone_is_answered_for_and_called_gone(production: Production) -> None:
    """After a file was deleted its place still answers with what was recorded, and says that nothing is there."""
    hero = generated(production.deliver / "hero.png")
    production.run("scan")
    assert production.json("origin", hero)["there"]
    hero.unlink()
    told = production.json("origin", hero)
    assert (told["origin"], told["there"]) == ("ai-generated", False)
    assert "nothing at this path now" in production.run("origin", hero).out.splitlines()[1]


def test_what_could_not_be_examined_is_named(production: Production) -> None:
    """`status` counts and names what could not be examined, until it is gone."""
    link = production.deliver / "way.mov"
    link.symlink_to("nowhere")
    assert production.run("scan").code == 0
    assert "not examined  deliver/way.mov: a symbolic link" in production.run("status").out
    link.unlink()
    production.run("scan")
    assert "way.mov" not in production.run("status").out


def test_a_clearance_answers_no_doubt_raised_after_it(production: Production) -> None:
    """After somebody cleared a file, another person's doubt holds it again, until somebody looks once more."""
    noise = production.deliver / "noise.jpg"
    noise.write_bytes(bytes(range(1, 251)))
    assert production.run("clear", noise, *LEGAL).code == 0
    production.run("declare", noise, "--origin", "captured", *EDITOR)
    assert production.run("gate", "deliver").code == 0
    production.run("declare", noise, "--origin", "review", *EDITOR)
    assert production.run("gate", "deliver").code == 3
    assert production.run("clear", noise, *LEGAL).code == 0
    assert production.run("gate", "deliver").code == 0


@pytest.mark.parametrize("rule", ["policy", "anchor"])
def test_a_rule_that_is_a_pipe_is_refused_at_once(production: Production, rule: str) -> None:
    """A policy or trust anchor that is no regular file answers 40, and is never read."""
    picture(production.deliver / "plate.jpg")
    os.mkfifo(production.root / "pipe.toml")
    text = production.config.read_text()
    if rule == "policy":
        text = text.replace('policy = "baseline"', 'policy = "pipe.toml"')
    else:
        text += '\n[[trust.anchor]]\npath = "pipe.toml"\npurpose = "signer"\n'
    production.config.write_text(text)
    assert production.run("gate", "deliver").code == 40
