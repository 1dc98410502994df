"""Image sequences through the command line: one thing to a person, and each frame a file of its own."""

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.production import EDITOR, LEGAL, Production, generated, new_production, outcomes, picture

PNG = b"\x89PNG\r\n\x1a\n"
HERE = ("--channel", "deliver")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def frame(number: int) -> bytes:
    """Return a PNG of one pixel that is no other frame's, made without a library: two thousand cost nothing."""
    colour = (number % 65_536).to_bytes(2, "big")
    head = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\2\0\0\0")
    return PNG + head + chunk(b"IDAT", zlib.compress(b"\0" + colour + b"\7")) + chunk(b"IEND", b"")


def shot(folder: Path, first: int, last: int, *, flagged: range = range(0), stem: str = "shot.") -> None:
    """Write a sequence; frames in `flagged` are as a generator writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(first, last + 1):
        path = folder / f"{stem}{n:04d}.png"
        if n in flagged:
            generated(path, seed=n)
        else:
            path.write_bytes(frame(n))


@pytest.mark.timeout(180)
def test_three_of_two_thousand_frames_are_found_and_named(production: Production) -> None:
    """Of 2,000 frames three are generated: gate, origin and list say so in one line and name them, JSON each frame."""
    shot(production.deliver, 1, 2000, flagged=range(1041, 1044))
    gate = production.run("gate", "deliver")
    assert gate.code == 1
    assert gate.out.startswith("REFUSED  2000 checked for deliver: 3 refused, 1997 passed\n")
    assert "refuse  deliver/shot.####.png: frames 1041-1043 of 1-2000 are ai-generated (3 of 2,000)\n" in gate.out
    assert "provenance approve 'deliver/shot.1041-1043####.png' --channel deliver" in gate.out
    assert len(gate.out.splitlines()) == 6
    document = production.json("gate", "deliver")
    (asset,) = document["assets"]
    assert (asset["path"], asset["sha256"], asset["outcome"]) == ("deliver/shot.####.png", None, "refuse")
    assert asset["frames"]["there"] == "1-2000"
    assert document["counts"]["checked"] == document["counts"]["pass"] + 3 == len(asset["members"]) == 2000
    refused = [m for m in asset["members"] if m["outcome"] != "pass"]
    assert [(m["frame"], m["origin"], m["path"]) for m in refused] == [
        (n, "ai-generated", f"deliver/shot.{n}.png") for n in (1041, 1042, 1043)
    ]
    assert {m["reasons"][0]["rule"] for m in refused} == {"temporary-not-final"}
    (reason,) = (r for r in asset["reasons"] if r["outcome"] == "refuse")
    assert reason["args"]["frames"] == "1041-1043"
    origin = production.run("origin", "deliver/shot.####.png")
    assert origin.code == 0
    says = "AI-GENERATED in frames 1041-1043 of 1-2000 (3 of 2,000); no signal found in the other 1,997"
    assert origin.out.splitlines()[0] == says
    (line,) = production.run("list", "--sequences").out.splitlines()
    assert line.startswith("ai-generated")
    assert "ai-generated: 1041-1043 (3)" in line


def test_each_kind_of_trouble_has_its_frames(production: Production) -> None:
    """Flagged frames are refused, empty and unreadable ones are held, each with its frames; missing ones are noted."""
    shot(production.deliver, 1001, 1040, flagged=range(1005, 1007))
    (production.deliver / "shot.1010.png").write_bytes(b"")
    (production.deliver / "shot.1011.png").write_bytes(bytes(range(1, 251)) * 7)
    for n in (1020, 1021, 1022):
        (production.deliver / f"shot.{n}.png").unlink()
    result = production.run("gate", "deliver")
    assert result.code == 1
    assert "37 checked for deliver: 2 refused, 2 held, 33 passed" in result.out
    assert "frames 1005-1006 of 1001-1040 are ai-generated (2 of 37); frames 1010-1011 of 1001-1040 are" in result.out
    assert "credential-unreadable, frames 1010-1011" in result.out
    assert "note: frames 1020-1022 of 1001-1040 are missing (3)" in result.out
    document = production.json("gate", "deliver")
    (asset,) = document["assets"]
    assert asset["frames"]["missing"] == "1020-1022"
    held = {Path(m["path"]).name: m["outcome"] for m in asset["members"] if m["outcome"] == "hold"}
    assert held == {"shot.1010.png": "hold", "shot.1011.png": "hold"}


def test_missing_frames_hold_nothing(production: Production) -> None:
    """A sequence with a gap passes, with a note: it is a fault of the production, and nothing of where it came from."""
    shot(production.deliver, 1001, 1005)
    (production.deliver / "shot.1003.png").unlink()
    result = production.run("gate", "deliver")
    assert result.code == 0
    assert "note    deliver/shot.####.png: frame 1003 of 1001-1005 is missing (1)" in result.out
    assert "pass    no signal found in 4 files" in result.out


def test_what_is_no_sequence_stays_as_it_is(production: Production) -> None:
    """A camera's pictures, two frames alone, and other stems, paddings, folders and extensions are not put together."""
    for name in ("IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.JPG", "a.0001.png", "a.0002.png", "b.1.png", "b.01.png"):
        picture(production.deliver / name, seed=zlib.crc32(name.encode()) % 1000)
    picture(production.deliver / "sub" / "a.0003.png", seed=77)
    document = production.json("gate", "deliver")
    assert all(a["members"] is None and a["frames"] is None for a in document["assets"])
    assert len(document["assets"]) == document["counts"]["checked"] == 8


def test_an_approval_of_a_pattern_is_one_record_and_is_shown_as_one(production: Production) -> None:
    """`approve shot.1041-1043####.png` records one approval of three files; the gate shows it once, with its frames."""
    shot(production.deliver, 1035, 1050, flagged=range(1041, 1044))
    said = production.json("approve", "deliver/shot.1041-1043####.png", *HERE, *LEGAL)
    assert len(said["subjects"]) == 3
    result = production.run("gate", "deliver")
    assert result.code == 0
    assert "frames 1041-1043 of 1035-1050 are ai-generated and passed (3 of 16)" in result.out
    assert result.out.count(said["record"]["id"]) == 1
    assert f"frames 1041-1043: approved by Production legal (production-legal), {said['record']['id']}" in result.out
    (asset,) = production.json("gate", "deliver")["assets"]
    assert [a["id"] for a in asset["approvals"]] == [said["record"]["id"]]
    assert [m["frame"] for m in asset["members"] if m["records"]] == [1041, 1042, 1043]
    text = production.run("clear", "deliver/shot.####.png", *LEGAL)
    assert "16 files  deliver/shot.####.png, frames 1035-1050" in text.out


def test_a_report_lists_frames_that_are_alike_as_one(production: Production) -> None:
    """A dossier lists frames of which the same is to be said in one paragraph; its JSON lists each with its digest."""
    shot(production.deliver, 1, 9, flagged=range(2, 9))
    assert production.run("scan").code == 0
    assert production.run("approve", "deliver/shot.0008.png", *HERE, *LEGAL).code == 0
    lines = [line.strip() for line in production.run("report").out.splitlines() if line.startswith("  ")]
    assert any(line.startswith("1-6. deliver/shot.####.png  ai-generated  frames 2-7 (6 files,") for line in lines)
    assert any(line.startswith("7. deliver/shot.0008.png  ai-generated") for line in lines)
    assets = production.json("report")["assets"]
    assert [Path(a["places"][0]["path"]).name for a in assets] == [f"shot.000{n}.png" for n in range(2, 9)]


def test_a_sequence_is_approved_by_its_pattern(production: Production) -> None:
    """`--scope sequence` takes pattern and frames from the path; a missing frame, also one that was typed, stops it."""
    shot(production.deliver, 1, 9, flagged=range(1, 10))
    asked = (*HERE, *LEGAL, "--scope", "sequence")
    said = production.json("approve", "deliver/shot.%04d.png", *asked)["record"]
    assert (said["scope"], said["pattern"], said["frames"]) == ("sequence", "shot.####.png", [1, 9])
    assert production.run("gate", "deliver").code == 0
    beyond = production.run("approve", "deliver/shot.1-12####.png", *asked)
    assert beyond.code == 2
    assert "frame 10-12" in beyond.err
    (production.deliver / "shot.0005.png").unlink()
    assert "frame 5" in production.run("approve", "deliver/shot.####.png", *asked).err


def test_one_frame_and_frames_before_zero(production: Production) -> None:
    """A pattern that means one frame says so; a sequence with negative frames is approved file by file, not in part."""
    shot(production.deliver, 0, 3, flagged=range(1))
    generated(production.deliver / "shot.-0001.png", seed=11)
    (production.deliver / "shot.-0002.png").write_bytes(frame(9))
    one = production.run("origin", "deliver/shot.3####.png")
    assert one.out.splitlines()[0] == "no signal found in frame 3"
    assert one.out.splitlines()[1].endswith(": 1 file, 3")
    asked = ("approve", "deliver/shot.####.png", "--scope", "sequence", "--channel", "deliver", *LEGAL)
    refused = production.run(*asked)
    assert refused.code == 2
    assert "frames before 0, such as -2" in refused.err
    gate = production.run("gate", "deliver")
    assert "provenance approve 'deliver/shot.-1-0####.png' --channel deliver" in gate.out
    assert production.run("approve", "deliver/shot.-1-0####.png", "--channel", "deliver", *LEGAL).code == 0
    assert production.run("gate", "deliver").code == 0


def test_verbs_take_patterns_and_a_literal_name_wins(production: Production) -> None:
    """Every verb that looks takes a pattern; one that means nothing is 10; a file of that very name is meant first."""
    shot(production.editorial, 1, 4)
    pattern = "editorial/shot.@@@@.png"
    assert production.run("declare", pattern, "--origin", "ai-generated", *EDITOR).code == 0
    assert production.json("origin", pattern)["origins"] == [{"origin": "ai-generated", "frames": "1-4", "files": 4}]
    assert len(production.run("list", pattern, "--format", "json").lines) == 4
    assert "editorial/shot.####.png, frames 1-4 (4 files): it is ai-generated" in production.run("status").out
    assert production.run("gate", "editorial/shot.2-3#.png", *HERE).out.startswith("REFUSED  2 checked")
    nothing = "editorial/none.####.png"
    for verb in (
        ("origin",),
        ("list",),
        ("gate", *HERE),
        ("declare", "--origin", "created", *EDITOR),
        ("clear", *LEGAL),
    ):
        result = production.run(verb[0], nothing, *verb[1:])
        assert result.code == 10, verb
        assert "none.####.png" in result.err
    picture(production.editorial / "shot.@@@@.png", seed=9)
    assert production.json("origin", pattern)["schema"] == "provenance/origin/1"
    assert production.run("gate", pattern, *HERE).out.startswith("PASS  1 checked")
    assert production.run("scan", nothing).code == 10


def test_frames_that_were_taken_away_are_meant_too(production: Production) -> None:
    """Links among the frames are held and never followed; frames that are gone are not forgotten by their names."""
    shot(production.deliver, 1, 4)
    (production.deliver / "shot.0005.png").symlink_to("shot.0001.png")
    result = production.run("gate", "deliver/shot.####.png")
    assert result.code == 3
    assert "not-a-file, frame 5" in result.out
    assert production.run("origin", "deliver/shot.####.png").code == 11


def test_frames_named_twice_are_judged_once(production: Production) -> None:
    """A frame that a folder and two patterns mean is counted once, and a sidecar of one is read with it."""
    shot(production.deliver, 1, 5)
    (production.deliver / "shot.0002.png.c2pa").write_bytes(b"no credential")
    result = production.run("gate", "deliver/shot.####.png", "deliver", "deliver/shot.2-4#.png")
    assert "6 checked" in result.out
    alone = production.run("gate", "deliver/shot.####.png")
    assert "5 checked" in alone.out
    assert alone.code == production.run("gate", "deliver/shot.0002.png").code


def test_a_question_about_one_file_loads_nothing_for_sequences(production: Production) -> None:
    """`origin` of a file that is there, and `scan`, load neither `fileseq` nor what groups frames."""
    shot(production.editorial, 1, 3)
    loads = "import sys; from provenance.cli import main\ntry: main(sys.argv[1:])"
    loads += "\nexcept SystemExit as end: assert not end.code"
    loads += "\nassert not {'fileseq', 'provenance.sequence', 'provenance.survey'} & {*sys.modules}"
    for verb in (["scan"], ["origin", "editorial/shot.0001.png"]):
        done = subprocess.run(
            [sys.executable, "-c", loads, *verb], cwd=production.root, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("stem", [b"\xff\xfe.", b"a\nb_", b"-", b"--help.", b"take#1_", b"%s{}.", b"x" * 200 + b"_"])
def test_names_may_be_anything(production: Production, stem: bytes) -> None:
    """Sequences with bytes that are no text, line breaks, options and patterns in their names are one thing as well."""
    folder = os.fsencode(production.deliver)
    for n in range(-2, 4):
        path = Path(os.fsdecode(folder + b"/" + stem + (b"-%03d" % -n if n < 0 else b"%03d" % n) + b".png"))
        path.write_bytes(frame(n % 100))
    picture(Path(os.fsdecode(folder + b"/" + stem + b"1000000000000.png")), seed=5)
    result = production.run("gate", "deliver")
    assert result.code == 0, result.out
    assert "\\xff" in result.out or "\udcff" not in result.out
    document = production.json("gate", "deliver")
    assert len(outcomes(document)) == document["counts"]["checked"] == 7
    assert sum(len(a["members"] or [a]) for a in document["assets"]) == 7
    assert production.run("scan").code == 0
    assert sum(line.get("frames", {"files": 1})["files"] for line in listed(production)) == 7


def listed(production: Production) -> list[dict[str, dict[str, int]]]:
    """Return the lines of a folded listing."""
    return production.run("list", "--sequences", "--format", "json").lines
