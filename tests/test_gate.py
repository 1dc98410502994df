import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.catalogue import GateRun, Stamp
from provenance.cli.session import Session
from provenance.configfile import load_config
from provenance.gate import Gate, check
from provenance.policy import Outcome
from tests.production import EDITOR, LEGAL, Production, copied, generated, new_production, outcomes, picture


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def test_clean_material_passes_and_says_what_was_not_found(production: Production) -> None:
    """A picture without marks passes with 0, and the answer says "no signal found"."""
    picture(production.deliver / "plate.jpg")
    result = production.run("gate", "deliver")
    assert result.code == 0
    assert result.out.startswith("PASS")
    assert "no signal found" in result.out
    assert "not ai" not in result.out.lower()


def test_generated_material_is_refused_with_its_reason(production: Production) -> None:
    """A generator's picture in a final folder is refused with 1, with the reason and the way out."""
    generated(production.deliver / "hero.png")
    result = production.run("gate", "deliver")
    assert result.code == 1
    assert result.out.startswith("REFUSED")
    assert "temporary-not-final" in result.out
    assert "provenance approve deliver/hero.png --channel deliver" in result.out
    assert "lighthouse" not in result.out


def test_an_approval_for_these_bytes_lets_them_pass_and_is_shown(production: Production) -> None:
    """An approval lets exactly these bytes pass; it is printed, counted, and called unsigned."""
    hero = generated(production.deliver / "hero.png")
    assert production.run("approve", hero, "--channel", "deliver", *LEGAL).code == 0
    result = production.run("gate", "deliver")
    assert result.code == 0
    assert "approved by Production legal" in result.out
    assert "UNSIGNED: anyone could have written this" in result.out
    document = production.json("gate", "deliver")
    assert document["counts"] == {
        "checked": 1,
        "pass": 1,
        "refuse": 0,
        "hold": 0,
        "approved": 1,
        "cleared": 0,
        "attested": 0,
    }
    assert document["assets"][0]["approvals"][0]["unsigned"]


def test_any_changed_byte_voids_an_approval(production: Production) -> None:
    """After one byte of an approved file changed, the approval does not count any more."""
    hero = generated(production.deliver / "hero.png")
    production.run("approve", hero, "--channel", "deliver", *LEGAL)
    data = bytearray(hero.read_bytes())
    data[-20] ^= 1
    hero.write_bytes(data)
    assert production.run("gate", "deliver").code == 1


def test_an_approval_counts_for_its_channel_only(production: Production) -> None:
    """An approval for one channel says nothing about another; the zone's channel wins over `--channel`."""
    text = production.config.read_text().replace("[watch]", SECOND_ZONE + "[watch]")
    production.config.write_text(text)
    (production.root / "broadcast").mkdir()
    hero = generated(production.deliver / "hero.png")
    production.run("approve", hero, "--channel", "broadcast", *LEGAL)
    assert production.run("gate", hero).code == 1
    assert production.run("gate", hero, "--channel", "broadcast").code == 1
    loose = generated(production.root / "loose" / "hero.png")
    assert loose.read_bytes() == hero.read_bytes()
    assert production.run("gate", loose, "--channel", "broadcast").code == 0
    assert production.run("gate", loose, "--channel", "deliver").code == 1


SECOND_ZONE = """
[[zone]]
name = "broadcast"
path = "broadcast"
role = "final"

"""


def test_a_revoked_approval_counts_no_more_and_names_what_went_out(production: Production) -> None:
    """After a revocation the file is refused again, and revoking names the run that passed on it."""
    hero = generated(production.deliver / "hero.png")
    approval = production.json("approve", hero, "--channel", "deliver", *LEGAL)["record"]["id"]
    run = production.json("gate", "deliver")["run"]
    revoked = production.json("revoke", approval, *EDITOR)
    assert revoked["delivered"] == [run]
    assert production.run("gate", "deliver").code == 1


def test_an_approval_ends_with_its_day(production: Production) -> None:
    """An approval with a last day in the past is refused as a mistake; a later one counts."""
    hero = generated(production.deliver / "hero.png")
    over = production.run("approve", hero, "--channel", "deliver", *LEGAL, "--expires", "2020-01-31")
    assert over.code == 2
    assert production.run("approve", hero, "--channel", "deliver", *LEGAL, "--expires", "2999-12-31").code == 0
    assert production.run("gate", "deliver").code == 0


def test_what_is_held_passes_on_a_clearance_and_a_refusal_does_not(production: Production) -> None:
    """A clearance answers a hold and never a refusal; it is printed and counted."""
    noise = production.deliver / "noise.jpg"
    noise.write_bytes(bytes(range(1, 251)) * 7)
    hero = generated(production.deliver / "hero.png")
    assert outcomes(production.json("gate", "deliver")) == {"noise.jpg": "hold", "hero.png": "refuse"}
    assert production.run("clear", noise, hero, *LEGAL).code == 0
    document = production.json("gate", "deliver")
    assert outcomes(document) == {"noise.jpg": "pass", "hero.png": "refuse"}
    assert document["counts"]["cleared"] == 1


def test_memory_adds_a_flag_the_bytes_do_not_show(production: Production) -> None:
    """A person's word about these bytes counts wherever they turn up; a word of innocence takes no flag away."""
    plate = picture(production.editorial / "plate.jpg")
    production.run("declare", plate, "--origin", "ai-generated", *EDITOR)
    picture(production.deliver / "renamed.jpg")
    assert production.run("gate", "deliver").code == 1
    hero = generated(production.deliver / "hero.png")
    production.run("declare", hero, "--origin", "captured", *EDITOR)
    assert outcomes(production.json("gate", "deliver"))["hero.png"] == "refuse"


def test_a_flag_on_a_parent_reaches_a_child_recorded_before(production: Production) -> None:
    """A render without marks is refused once what it was made from is flagged; the ground says through whom."""
    plate = picture(production.editorial / "plate.jpg", seed=1)
    render = picture(production.deliver / "render.jpg", seed=2)
    assert production.run("derive", render, "--from", plate, "--by", "The editor").code == 0
    assert production.run("gate", "deliver").code == 0
    production.run("declare", plate, "--origin", "ai-generated", *EDITOR)
    assert production.run("gate", "deliver").code == 1
    origin = production.json("origin", render)
    assert origin["origin"] == "ai-generated"
    assert "plate.jpg" in origin["grounds"][0]["via"]
    (line,) = production.run("list", "deliver", "--format", "json").lines
    assert line["origin"] == "ai-generated"


# What is never a pass, each with its code.


def test_an_empty_folder_is_held(production: Production) -> None:
    """A folder without a file is held with 3: a check that checked nothing has found nothing out."""
    (production.deliver / "reel").mkdir()
    document = production.json("gate", "deliver")
    assert (document["outcome"], document["counts"]["checked"]) == ("hold", 1)
    assert production.run("gate", "deliver").code == 3


def test_a_missing_path_is_an_error(production: Production) -> None:
    """A path with nothing there answers 10, as an error document too."""
    result = production.run("gate", "deliver/none.mov", "--format", "json")
    assert (result.code, result.document["code"]) == (10, 10)


def test_an_unknown_channel_is_an_error(production: Production) -> None:
    """A channel no final zone delivers to answers 40; no channel outside a final zone is a usage error."""
    loose = picture(production.root / "loose" / "x.jpg")
    assert production.run("gate", loose, "--channel", "netflx").code == 40
    assert production.run("gate", loose).code == 2
    assert production.run("gate", loose, "--channel", "deliver").code == 0


@pytest.mark.parametrize("kind", ["link", "linked folder", "pipe", "socket", "device"])
def test_links_pipes_and_the_like_among_the_media_are_held(production: Production, kind: str) -> None:
    """Whatever is neither file nor folder holds the delivery with 3, without being opened; named itself it is 11."""
    picture(production.deliver / "fine.jpg")
    odd = production.deliver / "odd"
    server = socket.socket(socket.AF_UNIX)
    match kind:
        case "link":
            odd.symlink_to("fine.jpg")
        case "linked folder":
            odd.symlink_to(production.editorial)
        case "pipe":
            os.mkfifo(odd)
        case "socket":
            server.bind(str(odd))
        case _:
            if os.geteuid() != 0:
                pytest.skip("only root can make a device")
            os.mknod(odd, 0o20600, os.makedev(1, 3))
    server.close()
    document = production.json("gate", "deliver")
    assert outcomes(document) == {"fine.jpg": "pass", "odd": "hold"}
    assert production.run("gate", odd).code == 11
    assert production.run("scan").code == 0


def test_a_folder_that_cannot_be_read_is_an_error(production: Production) -> None:
    """A folder the user may not list answers 13, for a user that is not root."""
    picture(production.deliver / "fine.jpg")
    shut = production.deliver / "shut"
    shut.mkdir()
    shut.chmod(0o000)
    code = _as_nobody(production, "gate", "deliver")
    shut.chmod(0o755)
    assert code == 13


def _as_nobody(production: Production, *arguments: str) -> int:
    """Run a command as an unprivileged user, if we are root and would be let in everywhere."""
    command = [sys.executable, "-m", "provenance", *arguments]
    if os.geteuid() == 0:
        for folder in (*production.root.parents, production.root):
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001 and str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o055)
        subprocess.run(["chown", "-R", "65534:65534", production.root], check=True)
        if subprocess.run(
            ["setpriv", "--reuid", "65534", "--clear-groups", sys.executable, "-c", ""], check=False
        ).returncode:
            pytest.skip("this interpreter is not readable for other users")
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]
    return subprocess.run(command, cwd=production.root, capture_output=True, check=False).returncode


@pytest.mark.parametrize("what", ["configuration", "policy"])
def test_rules_that_do_not_parse_or_lie_inside_the_material_are_refused(production: Production, what: str) -> None:
    """A configuration or policy that cannot be understood, or that the material brought along, answers 40."""
    picture(production.deliver / "fine.jpg")
    text = production.config.read_text()
    if what == "policy":
        production.config.write_text(text.replace('policy = "baseline"', 'policy = "mine.toml"'))
        (production.root / "mine.toml").write_text("id = 1\n")
        assert production.run("gate", "deliver").code == 40
        production.config.write_text(text.replace('policy = "baseline"', 'policy = "deliver/mine.toml"'))
        pack = Path(__file__).parents[1] / "provenance" / "policies" / "baseline.toml"
        (production.deliver / "mine.toml").write_bytes(pack.read_bytes())
        assert production.run("gate", "deliver").code == 40
        return
    production.config.write_text(text + "\n[broken")
    assert production.run("gate", "deliver").code == 40
    production.config.write_text(text)
    assert production.run("gate", ".", "--channel", "deliver").code == 40


def test_a_sidecar_is_judged_with_its_file_and_an_orphan_is_held(production: Production) -> None:
    """A `.c2pa` file beside its asset is no item of its own; one without its file is held."""
    production.run("keys", "new")
    plate = picture(production.deliver / "plate.exr.png", seed=5)
    bare = production.deliver / "plate.bin"
    bare.write_text("0123456789\n")
    plate.unlink()
    assert production.run("mark", bare, "--sidecar", "--source-type", "trainedAlgorithmicMedia").code == 0
    assert outcomes(production.json("gate", "deliver")) == {"plate.bin": "refuse"}
    bare.unlink()
    assert outcomes(production.json("gate", "deliver")) == {"plate.bin.c2pa": "hold"}


def test_a_missing_catalogue_stops_the_gate(production: Production) -> None:
    """A missing catalogue is 30 and never made anew."""
    picture(production.deliver / "fine.jpg")
    (production.root / ".provenance" / "catalogue.db").rename(production.root / "elsewhere.db")
    result = production.run("gate", "deliver")
    assert result.code == 30
    assert not (production.root / ".provenance" / "catalogue.db").exists()


def test_only_a_credential_hides_behind_a_sidecars_name(production: Production) -> None:
    """A picture under a sidecar's name is judged like any file; a credential that nobody reads is held."""
    production.run("keys", "new")
    plate = picture(production.deliver / "plate.jpg")
    assert production.run("mark", plate, "--sidecar", "--source-type", "compositeCapture").code == 0
    assert outcomes(production.json("gate", "deliver")) == {"plate.jpg": "pass"}
    generated(production.root / "x.png").rename(production.deliver / "plate.c2pa")
    assert outcomes(production.json("gate", "deliver")) == {"plate.jpg": "pass", "plate.c2pa": "refuse"}
    copied(production.deliver / "plate.jpg.c2pa", production.deliver / "plate.c2pa")
    assert outcomes(production.json("gate", "deliver")) == {"plate.jpg": "pass", "plate.c2pa": "hold"}
    (production.deliver / "plate.c2pa").write_text("x")
    assert outcomes(production.json("gate", "deliver")) == {"plate.jpg": "pass", "plate.c2pa": "hold"}


def test_a_clearance_counts_with_the_sidecar_that_was_cleared(production: Production) -> None:
    """Who cleared a file saw the sidecar beside it; another sidecar needs another look."""
    plate = picture(production.deliver / "plate.jpg")
    beside = production.deliver / "plate.jpg.c2pa"
    beside.write_bytes(bytes(range(1, 251)))
    assert production.run("gate", plate).code == 3
    assert production.run("clear", plate, *LEGAL).code == 0
    assert production.run("gate", plate).code == 0
    beside.write_bytes(bytes(range(2, 252)))
    assert production.run("gate", plate).code == 3


def test_a_channel_nobody_delivers_to_is_a_mistake_in_a_final_zone_too(production: Production) -> None:
    """An unknown `--channel` answers 40 even where the zone would win over it; a known one is overruled."""
    picture(production.deliver / "fine.jpg")
    assert production.run("gate", "deliver", "--channel", "nonsense").code == 40
    assert production.run("gate", "deliver", "--channel", "deliver", "--title", "S99").code == 40
    assert production.run("gate", "deliver", "--channel", "deliver").code == 0


def test_files_named_one_by_one_are_judged_like_their_folder(production: Production) -> None:
    """Sidecars named beside their files are no orphans, and a file named twice is counted once."""
    production.run("keys", "new")
    plate = picture(production.deliver / "plate.jpg")
    assert production.run("mark", plate, "--sidecar", "--source-type", "compositeCapture").code == 0
    document = production.json("gate", "deliver/plate.jpg", "deliver/plate.jpg.c2pa", "deliver", plate)
    assert document["counts"]["checked"] == 1
    assert document["outcome"] == "pass"


def test_what_lies_in_two_of_the_folders_named_is_judged_once(production: Production) -> None:
    """A file below two named folders is counted once; an empty one among them is held all the same."""
    picture(production.deliver / "reel" / "plate.jpg")
    picture(production.deliver / "title.jpg", seed=2)
    document = production.json("gate", "deliver/reel", "deliver", production.deliver / "reel" / "plate.jpg")
    assert [a["path"] for a in document["assets"]] == ["deliver/reel/plate.jpg", "deliver/title.jpg"]
    (production.deliver / "empty").mkdir()
    assert production.json("gate", "deliver", "deliver/empty")["counts"] == {
        "checked": 3,
        "pass": 2,
        "refuse": 0,
        "hold": 1,
        "approved": 0,
        "cleared": 0,
        "attested": 0,
    }


def test_a_word_taken_back_while_a_delivery_is_judged_counts(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An approval that is revoked between the judgement and its record lets nothing pass: it is judged again."""
    hero = generated(production.deliver / "hero.png")
    approval = production.json("approve", hero, "--channel", "deliver", *LEGAL)["record"]["id"]
    session = Session(load_config(production.config))
    runs: list[str] = []
    with session.intake() as intake:
        keep = intake.catalogue.note_gate_run

        def meddled(run: GateRun, stamp: Stamp) -> str:
            """Let somebody revoke at the last moment, once."""
            runs.append(run.id)
            if len(runs) == 1:
                assert production.run("revoke", approval, *EDITOR).code == 0
            return keep(run, stamp)

        monkeypatch.setattr(intake.catalogue, "note_gate_run", meddled)
        run = check(Gate(session.config, session.policy, intake), (production.deliver,), None, None)
    assert len(runs) == 2
    assert run.outcome is Outcome.REFUSE
    assert not run.not_passed[0].decision.approvals


def test_rules_that_the_material_brought_along_are_refused_everywhere(production: Production) -> None:
    """A policy in any zone answers 40, whichever file is judged; one outside all of them is used."""
    picture(production.deliver / "fine.jpg")
    pack = Path(__file__).parents[1] / "provenance" / "policies" / "baseline.toml"
    text = production.config.read_text()
    for place, code in (("editorial", 40), ("rules", 0)):
        copied(pack, production.root / place / "mine.toml")
        production.config.write_text(text.replace('policy = "baseline"', f'policy = "{place}/mine.toml"'))
        assert production.run("gate", "deliver/fine.jpg").code == code
