"""Through the command line: an AI still, a cut, a render with no marks, and the timeline that says what is in it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.production import EDITOR, Production, copied, generated, new_production, outcomes, picture
from tests.timelines import FORMATS, clip, external, fcpxml, otio, timeline

SOMETHING_ELSE = "what is there is no file in a zone, and so not recorded"
SAYS = ("--by", "post", "--role", "post-supervisor", "--reason", "conformed from it")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production under the streamer's own pack, with an administrator and a post supervisor who sign."""
    (tmp_path / "p").mkdir()
    made = new_production(tmp_path / "p")
    text = made.config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    text = text.replace('policy = "baseline"', 'policy = "netflix-2025-08"')
    for name, role in {"admin": "administrator", "post": "post-supervisor"}.items():
        key = made.json("keys", "person", name, "--no-passphrase")
        text += f'\n[[person]]\nid = "{name}"\nname = "{name.title()} Example"\nroles = ["{role}"]\n'
        text += f'keys = ["{key["line"]}"]\n'
    made.config.write_text(text)
    assert made.run("config", "accept", "--by", "admin", "--reason", "as agreed", *key_of(made, "admin")).code == 0
    for seed, name in enumerate(("plate.png", "insert.png"), 1):
        picture(made.editorial / "sc01" / name, seed=seed)
    picture(made.deliver / "render.png", seed=9)
    return made


def key_of(production: Production, name: str) -> tuple[str, str]:
    """Return the options that sign with somebody's key."""
    return "--sign-with", str(production.root / "keys" / name)


def cut(production: Production, name: str = "cut.otio", *more: str) -> Path:
    """Write a timeline of the two plates, and of what else is named."""
    plates = [str(production.editorial / "sc01" / n) for n in ("plate.png", "insert.png")]
    return timeline(production.root / name, [*plates, *more])


def say(production: Production, file: Path, *, key: str = "post") -> Any:
    """Say that the render is what a timeline shows, and return what was found."""
    return production.json("derive", "deliver/render.png", "--timeline", file, *SAYS, *key_of(production, key))


@pytest.mark.parametrize("form", FORMATS)
def test_an_ai_still_in_a_cut_stops_its_render(production: Production, form: str) -> None:
    """AI still, cut, render with no marks, delivered: held; refused with the still's name once its timeline is known.

    The post supervisor's word is of no help, and neither is a later attestation.
    """
    still = generated(production.editorial / "ai" / "still.png")
    held = production.run("gate", "deliver")
    assert (held.code, "not-attested" in held.out) == (3, True)
    file = cut(production, f"cut.{form}", str(still))
    said = production.run("derive", "deliver/render.png", "--timeline", file, *SAYS, *key_of(production, "post"))
    assert said.code == 3
    assert "ai-generated  editorial/ai/still.png" in said.out
    refused = production.run("gate", "deliver")
    assert refused.code == 1
    assert f"made from editorial/ai/still.png in cut.{form}" in refused.out
    batch = ("--by", "post", "--role", "post-supervisor", "--reason", "all ours", *key_of(production, "post"))
    assert production.run("attest", "deliver", *batch).code == 23
    assert production.run("gate", "deliver").code == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_clean_timeline_answers_for_its_render(production: Production, form: str) -> None:
    """All sources found and examined, nothing against any, said by who may: it passes, and the answer says on what."""
    said = say(production, cut(production, f"cut.{form}"))
    assert (said["stands"], len(said["sources"]), said["unresolved"]) == (True, 2, [])
    assert {s["found_by"] for s in said["sources"]} == {"path"}
    passed = production.run("gate", "deliver")
    assert passed.code == 0, passed.out
    assert f"by its timeline cut.{form} (2 sources, all examined)" in passed.out
    (asset,) = production.json("gate", "deliver")["assets"]
    args = next(r["args"] for r in asset["reasons"] if r["rule"] == "attested")
    assert (args["timeline"], args["sources"]) == (f"cut.{form}", "2")
    assert production.run("ledger", "verify").code == 0


def test_other_bytes_need_their_own_word(production: Production) -> None:
    """A timeline answers for the bytes that were named; a new render of the same cut is held."""
    say(production, cut(production))
    picture(production.deliver / "render.png", seed=10)
    assert production.run("gate", "deliver").code == 3


def test_a_source_that_is_flagged_later_stops_the_render(production: Production) -> None:
    """Somebody finds out that a source was generated: the render's verdict is drawn again, and it is refused."""
    say(production, cut(production))
    assert production.run("gate", "deliver").code == 0
    declared = ("--origin", "ai-generated", "--by", "vfx", "--reason", "the vendor says so")
    assert production.run("declare", "editorial/sc01/insert.png", *declared).code == 0
    refused = production.run("gate", "deliver")
    assert refused.code == 1
    assert "made from editorial/sc01/insert.png in cut.otio" in refused.out


def test_a_source_in_doubt_later_holds_the_render(production: Production) -> None:
    """A source that a person must look at holds the render, and no timeline answers that."""
    say(production, cut(production))
    doubt = ("--origin", "review", "--by", "vfx", "--reason", "looks strange")
    assert production.run("declare", "editorial/sc01/insert.png", *doubt).code == 0
    held = production.run("gate", "deliver")
    assert held.code == 3
    assert "editorial/sc01/insert.png" in held.out


def test_what_is_not_found_is_named_and_holds(production: Production) -> None:
    """A source that is nowhere: recorded, answered with 3, and the gate names it; found and said again it passes."""
    file = cut(production, "cut.edl", "lost.mov")
    said = say(production, file)
    assert [u["name"] for u in said["unresolved"]] == ["lost.mov"]
    held = production.run("gate", "deliver")
    assert held.code == 3
    assert "1 of 3 sources was not found, lost.mov (no such file is there" in held.out
    picture(production.editorial / "lost.png", seed=5).rename(production.editorial / "lost.mov")
    assert production.run("gate", "deliver").code == 3
    assert say(production, file)["unresolved"] != []  # nothing has looked at the zone yet
    assert production.run("scan").code == 0
    assert say(production, file)["stands"] is True
    assert production.run("gate", "deliver").code == 0


def test_a_name_that_several_files_have_means_none(production: Production) -> None:
    """Two different files of one name: neither is taken; two copies of the same bytes are one source."""
    picture(production.editorial / "sc02" / "plate.png", seed=7)
    assert production.run("scan").code == 0
    file = timeline(production.root / "cut.edl", ["plate.png"])
    said = say(production, file)
    (lost,) = said["unresolved"]
    assert "it may be editorial/sc01/plate.png, editorial/sc02/plate.png, which differ" in lost["why"]
    assert production.run("gate", "deliver").code == 3
    copied(production.editorial / "sc01" / "plate.png", production.editorial / "sc02" / "plate.png")
    assert say(production, file)["sources"][0]["found_by"] == "name"
    assert production.run("gate", "deliver").code == 0


@pytest.mark.parametrize(
    "target",
    [
        "file:///Volumes/RAID/show/editorial/sc01/plate.png",
        "D:\\show\\editorial\\sc01\\PLATE.png",
        "\\\\server\\show\\editorial\\sc01\\plate.png",
        "file://server/show/editorial/sc01/plate.png",
        "file:///D:/show/editorial/sc01/plate.png",
        "editorial/sc01/plate.png",
        "editorial/../editorial/./sc01/pl%61te.png",
    ],
)
def test_a_path_of_another_machine_means_the_same_file(production: Production, target: str) -> None:
    """The same folders below a zone's folder are the same file, on whichever drive, server or volume they are."""
    picture(production.editorial / "sc02" / "plate.png", seed=7)
    assert production.run("scan").code == 0
    file = production.root / "cut.otio"
    file.write_text(json.dumps(otio([clip("x", {**external(""), "target_url": target})])))
    (source,) = say(production, file)["sources"]
    assert (source["name"], source["found_by"]) == ("editorial/sc01/plate.png", "path")


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/plate.png",
        "s3://bucket/plate.png",
        "file:///dev/zero",
        "../../../etc/passwd",
        "file:///",
        "",
    ],
)
def test_what_lies_outside_the_zones_is_neither_opened_nor_fetched(production: Production, target: str) -> None:
    """URLs, devices and files elsewhere are no sources: they are named, and the render is held."""
    file = production.root / "cut.otio"
    file.write_text(json.dumps(otio([clip("x", {**external(""), "target_url": target})])))
    said = say(production, file)
    assert (said["sources"], len(said["unresolved"]), said["derivation"]) == ([], 1, None)
    assert production.run("gate", "deliver").code == 3


def test_a_namesake_stands_for_nothing_that_is_there(production: Production) -> None:
    """A path that leads to another file on this machine, or to a link, does not mean a clean file of the same name."""
    moodboard = generated(production.root / "moodboard" / "plate.png")
    (production.editorial / "insert.png").symlink_to(moodboard)
    assert production.run("scan").code == 0
    file = timeline(production.root / "cut.otio", [str(moodboard), str(production.editorial / "insert.png")])
    said = say(production, file)
    assert (said["sources"], [u["why"] for u in said["unresolved"]]) == ([], [SOMETHING_ELSE] * 2)
    assert production.run("gate", "deliver").code == 3


def test_a_zone_may_be_called_by_another_way_there(production: Production) -> None:
    """A path that leads into a zone over a link of this machine means what lies there."""
    assert production.run("scan").code == 0
    (production.root / "volume").symlink_to(production.root)
    file = timeline(
        production.root / "cut.otio", [str(production.root / "volume" / "editorial" / "sc01" / "plate.png")]
    )
    (source,) = say(production, file)["sources"]
    assert (source["name"], source["found_by"]) == ("editorial/sc01/plate.png", "path")


def test_a_link_among_the_material_is_not_followed(production: Production) -> None:
    """A source that is a link, or lies behind one, is not found."""
    secret = picture(production.root / "elsewhere" / "secret.png", seed=8)
    (production.editorial / "link.png").symlink_to(secret)
    (production.editorial / "folder").symlink_to(secret.parent)
    targets = [str(production.editorial / "link.png"), str(production.editorial / "folder" / "secret.png")]
    said = say(production, timeline(production.root / "cut.otio", targets))
    assert (said["sources"], len(said["unresolved"])) == ([], 2)


def test_frames_of_a_sequence_are_each_a_source(production: Production) -> None:
    """Every frame of a sequence is found and counts; one that is missing is named, one that is generated refuses."""
    for frame in range(1001, 1004):
        picture(production.editorial / "shot" / f"shot.{frame}.png", seed=frame)
    frames = {
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": f"file://{production.editorial}/shot/",
        "name_prefix": "shot.",
        "name_suffix": ".png",
        "start_frame": 1001,
        "frame_step": 1,
        "rate": 24.0,
        "frame_zero_padding": 4,
        "available_range": {"duration": {"rate": 24.0, "value": 4.0}, "start_time": {"rate": 24.0, "value": 0.0}},
    }
    file = production.root / "cut.otio"
    file.write_text(json.dumps(otio([clip("shot", frames)])))
    said = say(production, file)
    assert ([u["name"] for u in said["unresolved"]], len(said["sources"])) == (["shot.1004.png"], 3)
    generated(production.editorial / "shot" / "shot.1004.png", seed=4)
    assert [s["against"] for s in say(production, file)["sources"]] == [None, None, None, "ai-generated"]
    assert production.run("gate", "deliver").code == 1


def test_resolve_writes_a_range_of_frames_as_a_name(production: Production) -> None:
    """`shot.[1001-1003].png` in an edit list means these three files."""
    for frame in range(1001, 1004):
        picture(production.editorial / "shot" / f"shot.{frame}.png", seed=frame)
    assert production.run("scan").code == 0
    said = say(production, timeline(production.root / "cut.edl", ["shot.[1001-1003].png"]))
    assert (said["stands"], len(said["sources"])) == (True, 3)


def test_a_render_of_many_frames_is_one_word(production: Production) -> None:
    """A folder of frames is one render: one record, each frame with the same sources."""
    for frame in range(5):
        picture(production.deliver / "reel" / f"reel.{frame:04}.png", seed=50 + frame)
    said = production.json("derive", "deliver/reel", "--timeline", cut(production), *SAYS, *key_of(production, "post"))
    assert len(said["subjects"]) == 5
    document = production.json("gate", "deliver/reel")
    assert set(outcomes(document).values()) == {"pass"}
    assert document["counts"]["attested"] == 5
    (up, _) = production.json("origin", "deliver/reel/reel.0003.png")["lineage"]
    assert (up["witness"], up["relation"]) == ("timeline", "componentOf")


def test_origin_shows_the_sources_and_the_timeline(production: Production) -> None:
    """`origin` of the render names its sources with the timeline as their witness; of a source, what it is used for."""
    said = say(production, cut(production))
    shown = production.run("origin", "deliver/render.png").out
    assert "made from   editorial/sc01/plate.png" not in shown
    assert "sc01/plate.png" in shown
    assert "witness: timeline" in shown
    assert "nothing but the 2 sources of timeline cut.otio " in shown
    (attestation,) = production.json("origin", "deliver/render.png")["attestations"]
    assert attestation["basis"] == "timeline"
    assert attestation["evidence_sha256"] == said["timeline_sha256"]
    document = production.json("origin", "editorial/sc01/plate.png")
    assert [(e["direction"], e["witness"]) for e in document["lineage"]] == [("to", "timeline")]


def test_the_render_is_no_source_of_its_own(production: Production) -> None:
    """A timeline that points at the render itself leaves open what is in it."""
    said = say(production, timeline(production.root / "cut.otio", [str(production.deliver / "render.png")]))
    assert said["unresolved"][0]["why"] == "the only file found is what was rendered"
    assert production.run("gate", "deliver").code == 3


def test_a_proxy_need_not_be_there(production: Production) -> None:
    """A proxy stands in for the original: it may be missing, and where it is there it counts."""
    text = fcpxml([str(production.editorial / "sc01" / "plate.png")])
    proxy = f'</media-rep><media-rep kind="proxy-media" src="file://{production.editorial}/proxy.png"/></asset>'
    file = production.root / "cut.fcpxml"
    file.write_text(text.replace("/></asset>", f">{proxy}"))
    assert (said := say(production, file))["stands"], said
    generated(production.editorial / "proxy.png")
    assert say(production, file)["stands"] is False
    assert production.run("gate", "deliver").code == 1


def test_mistakes_of_usage_are_said(production: Production) -> None:
    """Neither or both of --from and --timeline, no role, a file that is no timeline: 2 and 18, and nothing recorded."""
    before = production.run("ledger", "head").out
    file = cut(production)
    render = ("derive", "deliver/render.png")
    assert production.run(*render, *EDITOR).code == 2
    assert production.run(*render, "--timeline", file, "--from", file, *EDITOR).code == 2
    assert production.run(*render, "--timeline", file, *EDITOR).code == 2
    assert production.run(*render, "--timeline", "nowhere.otio", *SAYS).code == 10
    pipe = production.root / "pipe.otio"
    os.mkfifo(pipe)
    assert production.run(*render, "--timeline", pipe, *SAYS).code == 11
    assert production.run(*render, "--timeline", "editorial/sc01/plate.png", *SAYS).code == 18
    assert production.run("ledger", "head").out == before
