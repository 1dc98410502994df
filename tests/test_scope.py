"""Decisions as people at a desk make them, through the command line: what they reach, and what they do not."""

from pathlib import Path

import pytest

from tests.production import EDITOR, LEGAL, Production, copied, generated, new_production, outcomes, picture

HERE = ("--channel", "deliver")
SKY = ("--scope", "shot", "--shot", "SH010", "--pattern", "SH010_comp_v*.####.png", "--element", "the sky")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production with a development identity."""
    made = new_production(tmp_path)
    assert made.run("keys", "new").code == 0
    return made


def approve(production: Production, *arguments: str | Path) -> str:
    """Approve and return the record's id."""
    document = production.json("approve", *arguments, *LEGAL)
    assert document["record"]["kind"] == "approval"
    return str(document["record"]["id"])


def mark(production: Production, source: Path, target: Path) -> None:
    """Write a credential that says what the file is."""
    result = production.run("mark", source, "-o", target, "--source-type", "trainedAlgorithmicMedia")
    assert result.code == 0, result.err


def test_a_render_somebody_claims_is_refused_and_one_we_made_passes(production: Production) -> None:
    """An approval of derivatives travels over what this tool made and says so, and not over an unsigned `derive`."""
    hero = generated(production.editorial / "hero.png")
    approval = approve(production, hero, *HERE, "--scope", "derivatives")
    render = picture(production.deliver / "render.jpg", seed=3)
    assert production.run("derive", render, "--from", hero, "--by", "The editor").code == 0
    claimed = production.run("gate", "deliver")
    assert claimed.code == 1
    assert f"{approval} (derivatives) does not cover it: nobody whose word counts says" in claimed.out
    render.unlink()
    mark(production, hero, production.deliver / "hero.png")
    passed = production.run("gate", "deliver")
    assert passed.code == 0, passed.out
    assert f"{approval}, covered as a derivative of hero.png" in passed.out
    document = production.json("gate", "deliver")
    (asset,) = document["assets"]
    assert asset["via"] == f"{approval} as a derivative of hero.png"
    assert asset["reasons"][0]["text"].startswith(f"covered by {approval} as a derivative of hero.png, approved by")
    assert production.run("ledger", "verify").code == 0


def test_a_child_with_a_new_ground_is_refused(production: Production) -> None:
    """What this tool made of an approved file is covered; with a ground added by somebody else it is not."""
    hero = generated(production.editorial / "hero.png")
    approve(production, hero, *HERE, "--scope", "derivatives")
    child = production.deliver / "child.png"
    mark(production, hero, child)
    assert production.run("gate", child).code == 0
    assert production.run("declare", child, "--origin", "ai-generated", *EDITOR).code == 0
    result = production.run("gate", child)
    assert result.code == 1
    assert "brings a ground that was not approved: ai-generated: declaration" in result.out


def test_revoking_names_every_delivery(production: Production) -> None:
    """A revocation lists each file that passed on it, also those an approval reached and did not name."""
    hero = generated(production.editorial / "hero.png")
    copied(hero, production.deliver / "hero.png")
    approval = approve(production, hero, *HERE, "--scope", "derivatives")
    mark(production, hero, production.deliver / "child.png")
    run = production.json("gate", "deliver")
    assert outcomes(run) == {"hero.png": "pass", "child.png": "pass"}
    by_name = {Path(a["path"]).name: a for a in run["assets"]}
    (derivation,) = by_name["child.png"]["reasons"][0]["args"]["over"].split()
    entries = production.run("ledger", "show", "--format", "json").lines
    (gate,) = (e for e in entries if e["kind"] == "gate")
    assert [derivation, by_name["child.png"]["sha256"]] in gate["body"]["uses"]
    revoked = production.json("revoke", approval, *EDITOR)
    assert {d["sha256"] for d in revoked["deliveries"]} == {a["sha256"] for a in run["assets"]}
    assert {d["run"] for d in revoked["deliveries"]} == {run["run"]} == {*revoked["delivered"]}
    again = approve(production, hero, *HERE, "--scope", "derivatives")
    assert production.run("gate", "deliver").code == 0
    text = production.run("revoke", again, *EDITOR).out
    assert "deliver/hero.png" in text
    assert "deliver/child.png" in text
    assert production.run("gate", "deliver").code == 1


def test_a_shot_until_the_picture_changes(production: Production) -> None:
    """A shot's next version passes and is shown as such, until a new cut of this shot or of the whole title."""
    for n in range(1001, 1003):
        generated(production.deliver / f"SH010_comp_v001.{n}.png", seed=n)
    frames = ("--frames", "1001-1002")
    needs_end = production.run("approve", "deliver", *HERE, *SKY, *frames, *LEGAL)
    assert needs_end.code == 2
    assert "--until-picture-change" in needs_end.err
    approval = approve(production, "deliver", *HERE, *SKY, *frames, "--until-picture-change")
    for n in range(1001, 1003):
        (production.deliver / f"SH010_comp_v001.{n}.png").unlink()
        generated(production.deliver / f"SH010_comp_v002.{n}.png", seed=n + 100)
    passed = production.run("gate", "deliver")
    assert passed.code == 0, passed.out
    assert f"{approval}, covered as a version of SH010 (SH010_comp_v*.####.png), for the sky" in passed.out
    assert "until the picture changes" in passed.out
    generated(production.deliver / "SH020_comp_v001.1001.png", seed=7)
    assert outcomes(production.json("gate", "deliver"))["SH020_comp_v001.1001.png"] == "refuse"
    assert production.run("recut", "--shot", "SH020", *EDITOR).code == 0
    assert outcomes(production.json("gate", "deliver"))["SH010_comp_v002.1001.png"] == "pass"
    document = production.json("recut", *EDITOR)
    assert document["record"]["kind"] == "picture-change"
    assert set(outcomes(production.json("gate", "deliver")).values()) == {"refuse"}
    assert production.run("approve", "deliver", "--again", approval, *LEGAL).code == 2


def test_a_sequence_is_whole(production: Production) -> None:
    """A sequence is approved with all its frames or not at all; a frame rendered again is refused and is named."""
    for n in (1001, 1002, 1004):
        generated(production.deliver / f"SH010_v001.{n}.png", seed=n)
    asked = (*HERE, "--scope", "sequence", "--pattern", "SH010_v001.####.png", "--frames", "1001-1004")
    gap = production.run("approve", "deliver", *asked, *LEGAL)
    assert gap.code == 2
    assert "frame 1003" in gap.err
    third = generated(production.deliver / "SH010_v001.1003.png", seed=3)
    approval = approve(production, "deliver", *asked)
    assert production.run("gate", "deliver").code == 0
    generated(third, seed=33)
    result = production.run("gate", "deliver")
    assert result.code == 1
    assert "1 refused" in result.out
    assert f"{approval} (sequence) does not cover it: it names other bytes" in result.out
    again = production.json("approve", "deliver", "--again", approval, *LEGAL)
    assert (again["changed"], again["new"], again["gone"]) == (["deliver/SH010_v001.1003.png"], [], [])
    assert production.run("gate", "deliver").code == 0


def test_again_shows_and_approves_what_changed(production: Production) -> None:
    """`approve --again` prints changed, new and gone names and new grounds, and approves the changed and the new."""
    for n, name in enumerate(("same", "changed", "gone")):
        generated(production.deliver / f"{name}.png", seed=n)
    terms = ("--condition", "in the background", "--expires", "2126-01-31", "--requested-by", "VFX")
    first = production.json("approve", "deliver", *HERE, *terms, *LEGAL)["record"]
    nothing = production.run("approve", "deliver", "--again", first["id"], *LEGAL)
    assert nothing.code == 0
    assert "Nothing changed" in nothing.out
    (production.deliver / "gone.png").unlink()
    generated(production.deliver / "changed.png", seed=11)
    picture(production.deliver / "new.png", seed=12, text={"Software": "NovelAI", "Source": "NovelAI Diffusion V4"})
    shown = production.json("approve", "deliver", "--again", first["id"], "--show", *LEGAL)
    assert shown["record"]["id"] == first["id"]
    assert production.run("gate", "deliver").code == 1, "showing records nothing"
    again = production.json("approve", "deliver", "--again", first["id"], *LEGAL)
    assert again["changed"] == ["deliver/changed.png"]
    assert again["new"] == ["deliver/new.png"]
    assert again["gone"] == ["deliver/gone.png"]
    assert again["news"]
    assert all(n.startswith("deliver/new.png: ") for n in again["news"])
    record = again["record"]
    assert len(again["subjects"]) == 2
    assert [record[k] for k in ("again", "expires", "conditions", "channels")] == [
        first["id"], first["expires"], first["conditions"], first["channels"],
    ]  # fmt: skip
    passed = production.run("gate", "deliver")
    assert passed.code == 0
    assert "on condition: in the background" in passed.out
    text = production.run("approve", "deliver", "--again", first["id"], "--show", *LEGAL).out
    assert "was not there before: deliver/new.png" in text
    production.run("revoke", first["id"], *EDITOR)
    over = production.run("approve", "deliver", "--again", first["id"], *LEGAL)
    assert (over.code, "was revoked" in over.err) == (2, True)
    other = production.run("approve", "deliver", "--again", record["id"], *HERE, *LEGAL)
    assert (other.code, "earlier approval's" in other.err) == (2, True)


def test_a_refusal_stands_until_it_is_named(production: Production) -> None:
    """A no beats the approval before it, flagged or not; a later approval must name it, and then it passes."""
    hero = generated(production.deliver / "hero.png")
    plate = picture(production.deliver / "plate.jpg", seed=2)
    approve(production, hero, *HERE)
    assert production.run("gate", "deliver").code == 0
    refusal = production.json("refuse", "deliver", *HERE, *LEGAL)["record"]
    assert refusal["kind"] == "refusal"
    result = production.run("gate", "deliver")
    assert result.code == 1
    assert outcomes(production.json("gate", "deliver")) == {"hero.png": "refuse", "plate.jpg": "refuse"}
    assert "refused: Production legal (production-legal) refused it for deliver: agreed in writing" in result.out
    assert f"--despite {refusal['id']}" in result.out
    unaware = production.run("approve", hero, *HERE, *LEGAL)
    assert (unaware.code, f"--despite {refusal['id']}" in unaware.err) == (2, True)
    assert production.run("revoke", refusal["id"], *EDITOR).code == 37
    approve(production, hero, plate, *HERE, "--despite", refusal["id"])
    passed = production.run("gate", "deliver")
    assert passed.code == 0
    assert "2 of them approved" in passed.out
    assert {r["rule"] for a in production.json("gate", "deliver")["assets"] for r in a["reasons"]} >= {"approved"}
    assert production.json("origin", hero)["refusals"][0]["id"] == refusal["id"]


def test_a_temp_is_replaced_by_peoples_work(production: Production) -> None:
    """A final that derives from an AI temp passes with a supersession and its evidence, and is shown with both."""
    temp = generated(production.editorial / "temp.png")
    final = picture(production.deliver / "final.jpg", seed=5)
    production.run("derive", final, "--from", temp, "--by", "The editor")
    assert production.run("gate", "deliver").code == 1
    evidence = production.root / "layers.txt"
    evidence.write_text("a working file")
    said = production.json("supersede", temp, "--with", final, "--evidence", evidence, *LEGAL)
    passed = production.run("gate", "deliver")
    assert passed.code == 0, passed.out
    assert f"freed by people's work by Production legal (production-legal), {said['record']['id']}" in passed.out
    assert "proven by layers.txt" in passed.out
    document = production.json("gate", "deliver")
    assert [s["id"] for s in document["assets"][0]["supersessions"]] == [said["record"]["id"]]
    assert production.json("origin", final)["lineage"][0]["title"] == "temp.png"
    revoked = production.json("revoke", said["record"]["id"], *EDITOR)
    assert [d["sha256"] for d in revoked["deliveries"]] == [document["assets"][0]["sha256"]] * 2
    assert production.run("gate", "deliver").code == 1


def test_a_supersession_needs_clean_work_and_keeps_the_lineage(production: Production) -> None:
    """A final with a mark of its own, the temp itself, or no evidence: nothing is said. Lineage nobody told is kept."""
    temp = generated(production.editorial / "temp.png")
    marked = generated(production.editorial / "marked.png", seed=9)
    final = picture(production.deliver / "final.jpg", seed=5)
    evidence = ("--evidence", production.config)
    before = len(production.run("ledger", "show", "--format", "json").lines)
    for other, says in ((marked, "carries a mark itself"), (temp, "same bytes"), ("editorial", "one file")):
        result = production.run("supersede", temp, "--with", other, *evidence, *LEGAL)
        assert (result.code, says in result.err) == (2, True)
    assert production.run("supersede", temp, "--with", final, *LEGAL).code == 2
    kinds = [e["kind"] for e in production.run("ledger", "show", "--format", "json").lines[before:]]
    assert {"supersession", "derivation"}.isdisjoint(kinds)
    assert production.run("supersede", temp, "--with", final, *evidence, *LEGAL).code == 0
    (up,) = production.json("origin", final)["lineage"]
    assert (up["title"], up["origin"], up["witness"]) == ("temp.png", "ai-generated", "declared")
    assert production.run("gate", "deliver").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--scope", "derivatives", "--shot", "SH010"), "for sequences and shots"),
        (("--scope", "sequence"), "--pattern and --frames"),
        (("--scope", "sequence", "--pattern", "x.#.png", "--frames", "1", "--element", "y"), "for a shot"),
        (("--scope", "shot", "--shot", "SH010", "--pattern", "SH010.png"), "--element"),
        ((*SKY, "--frames", "1001-1002"), "for a time"),
        ((*SKY, "--expires", "2126-01-31"), "--frames"),
        ((*SKY, "--frames", "2-1", "--until-picture-change"), "no range"),
        ((*SKY, "--frames", "1-2", "--folder", "..", "--until-picture-change"), "end of a path"),
        ((*SKY, "--frames", "1001", "--until-picture-change"), "none of SH010"),
        (("--requested-by", "production LEGAL"), "somebody else has to decide"),
        (("--despite", "apr-0"), "no record"),
        (("--basis", "dis-0"), "no record"),
        (("--show",), "--again"),
    ],
)
def test_what_is_no_approval(production: Production, arguments: tuple[str, ...], says: str) -> None:
    """Terms that say too much, too little or nothing are mistakes: nothing is recorded."""
    hero = generated(production.editorial / "hero.png")
    result = production.run("approve", hero, *HERE, *arguments, *LEGAL)
    assert result.code in {2, 37}
    assert says in result.err
    assert "approval" not in production.run("ledger", "show").out


def test_a_reach_shows_its_grounds(production: Production) -> None:
    """Whoever approves more than exact bytes is shown every ground that is approved, as it stands in the record."""
    hero = generated(production.editorial / "hero.png")
    terms = (*HERE, "--scope", "derivatives", *LEGAL)
    document = production.json("approve", hero, *terms)["record"]
    assert document["grounds"]
    text = production.run("approve", hero, *terms).out
    assert all(f"  ground: {g}\n" in text for g in document["grounds"])


def test_a_reach_needs_a_ground(production: Production) -> None:
    """What nothing speaks against cannot be approved with all that is made from it: no ground would be named."""
    plate = picture(production.editorial / "plate.jpg", seed=2)
    result = production.run("approve", plate, *HERE, "--scope", "derivatives", *LEGAL)
    assert result.code == 2
    assert "nothing speaks against these files" in result.err


def test_several_channels_of_one_title(production: Production) -> None:
    """One decision names several channels, and counts on each of them, if they carry one title."""
    zones = "".join(
        f'\n[[zone]]\nname = "{name}"\npath = "{name}"\nrole = "final"\ntitle = "{title}"\n'
        for name, title in (("cinema", ""), ("trailer", "T1"))
    )
    production.config.write_text(production.config.read_text() + zones)
    for name in ("cinema", "trailer"):
        (production.root / name).mkdir()
    hero = generated(production.deliver / "hero.png")
    copied(hero, production.root / "cinema" / "hero.png")
    record = production.json("approve", hero, *HERE, "--channel", "cinema", *LEGAL)["record"]
    assert record["channels"] == ["deliver", "cinema"]
    assert production.run("gate", "deliver", "cinema").code == 0
    assert "deliver and cinema" in production.run("origin", hero).out
    other = production.run("approve", hero, *HERE, "--channel", "trailer", *LEGAL)
    assert (other.code, "One decision is about one title" in other.err) == (40, True)
    assert production.run("recut", *EDITOR).code == 40
    assert production.run("recut", "--title", "T1", *EDITOR).code == 0


def test_an_approval_needs_a_channel(production: Production) -> None:
    """Without a channel, and without an earlier approval that names one, nothing is approved."""
    hero = generated(production.editorial / "hero.png")
    assert production.run("approve", hero, *LEGAL).code == 2
    assert production.run("approve", hero, "--channel", "elsewhere", *LEGAL).code == 40
