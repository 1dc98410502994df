"""Telling of a use through the command line: what is answered, with which code, and what comes of it."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.disclosing.uses import MOODBOARD, but, new_house
from tests.newsroom import WAV, media
from tests.production import EDITOR, LEGAL, Production, Result, copied, generated, picture

TOLD = (
    "--use", "ideation", "--prominence", "incidental", "--temporary", "--answer", "all=yes", "--none",
    "--step", "tool=Stable Diffusion;version=3;tier=enterprise;enterprise=yes", "--by", "Art", "--reason", "a mood",
)  # fmt: skip
CONTACT = ("--by", "Studio contact", "--role", "studio-contact", "--reason", "agreed in writing")


@pytest.fixture
def house(tmp_path: Path) -> Production:
    """A production under the guidance."""
    return new_house(tmp_path)


def filled(house: Production, form: Any, name: str = "form.json") -> Result:
    """Tell of a use with a form."""
    (house.root / name).write_text(form if isinstance(form, str) else json.dumps(form))
    return house.run("disclose", "--filled", name)


def disclosed(house: Production, *arguments: str | Path) -> Any:
    """Tell of a use and return the document."""
    return house.json("disclose", *arguments)


# --- the answer ------------------------------------------------------------------------------------------------------


def test_telling_is_enough(house: Production) -> None:
    """A use of which all is answered well is told: 0, and one line says so."""
    result = house.run("disclose", *TOLD)
    assert result.code == 0
    assert result.out.startswith("TOLD  dsc-")
    assert "UNSIGNED: anyone could have written this" in result.out


def test_escalation_names_every_reason_who_and_how(house: Production) -> None:
    """What escalates answers 3, with each principle and trigger, why it is met, who must approve, and the command."""
    form = but(final="yes", prominence="key", answers={**MOODBOARD["answers"], "enterprise_secured": "no"})
    result = filled(house, form)
    assert result.code == 3
    lines = result.out.splitlines()
    assert lines[0].startswith("ESCALATE  dsc-")
    assert any(line.startswith("  principle 3 (enterprise_secured): ") for line in lines)
    assert "    because: answered no, and asked for where possible: say why it was not" in lines
    assert "    who: studio-contact" in lines
    assert "  -> provenance approve PATH --channel deliver --by WHO --role studio-contact --reason TEXT" in lines


def test_forbidden_answers_one(house: Production) -> None:
    """What a policy forbids answers 1, and no command to approve it is offered."""
    pack = (house.root / "house.toml").read_text()
    (house.root / "house.toml").write_text(f'{pack}\n[[use]]\nkey = "ideation"\nsays = "no"\nanswer = "forbid"\n')
    result = house.run("disclose", *TOLD)
    assert result.code == 1
    assert result.out.startswith("FORBIDDEN  dsc-")
    assert "provenance approve" not in result.out


def test_the_document_says_the_same(house: Production) -> None:
    """JSON holds the answer, every reason with its commands, and the disclosure itself, under its schema."""
    document = disclosed(house, *TOLD[:-6], "--by", "Art", "--reason", "a mood")
    assert document["answer"] == "escalate"
    assert {r["key"] for r in document["reasons"]} == {"steps"}
    assert document["reasons"][0]["help"]
    assert document["told"]["use"] == "ideation"
    assert document["record"]["kind"] == "disclosure"
    assert document["policy"] == "house"


def test_what_escalates_is_recorded_too(house: Production) -> None:
    """Whatever the answer is, it was told, and stands in the ledger under its id."""
    assert house.run("disclose", *TOLD, "--answer", "1=no").code == 3
    shown = house.run("ledger", "show").out
    assert "told of ideation (incidental, temporary) with Stable Diffusion, by Art: a mood" in shown
    assert house.run("ledger", "verify").code == 0


# --- ways in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["toml", "json"])
def test_the_empty_form_comes_back_filled_in(house: Production, form: str) -> None:
    """`--form` writes a form; filled in with an editor it is read back as options would say it."""
    empty = house.run("disclose", "--form", "--format", "json" if form == "json" else "text")
    assert empty.code == 0
    untouched = filled(house, empty.out, f"form.{form}")
    assert untouched.code == 2
    assert "by is empty, and is needed; reason is empty, and is needed; use is empty" in untouched.err
    text = empty.out
    colon = ": " if form == "json" else " = "
    quote = '"' if form == "json" else ""
    for key, value in (("by", "Art"), ("reason", "a mood"), ("use", "ideation"), ("final", "no"), ("tool", "T")):
        text = text.replace(f'{quote}{key}{quote}{colon}""', f'{quote}{key}{quote}{colon}"{value}"', 1)
    text = text.replace(f'{quote}answer{quote}{colon}""', f'{quote}answer{quote}{colon}"yes"')
    result = filled(house, text, f"form.{form}")
    assert result.code == 3
    assert "principle" not in result.out
    assert "question (prominence)" in result.out


def test_a_form_is_read_from_standard_input(house: Production) -> None:
    """`--filled -` reads what is piped in."""
    done = subprocess.run(
        [*PROVENANCE, "disclose", "--filled", "-"],
        cwd=house.root,
        input=json.dumps(MOODBOARD).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"TOLD")


PROVENANCE = (sys.executable, "-m", "provenance")


def test_a_bad_form_records_nothing(house: Production) -> None:
    """A form that is not right answers 2, says everything that is wrong, and leaves no trace in the ledger."""
    result = filled(house, but(prominance="key", final="perhaps"))
    assert result.code == 2
    assert "did you mean 'prominence'?" in result.err
    assert "final: 'perhaps'" in result.err
    assert house.run("ledger", "show").out == ""
    error = json.loads(house.run("disclose", "--filled", "form.json", "--format", "json").out)
    assert (error["schema"], error["code"]) == ("provenance/error/1", 2)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--filled", "nowhere.toml"), 10),
        (("--filled", "."), 11),
        (("--filled", "pipe"), 11),
        (("--filled", "form.toml", "--use", "ideation"), 2),
        (("--by", "Art"), 2),
        ((*TOLD, "--answer", "yes"), 2),
        ((*TOLD, "--answer", "1=yes", "--answer", "1=no"), 2),
        ((*TOLD, "--step", "Image maker"), 2),
        ((*TOLD, "--clearance-evidence", "nowhere.pdf"), 10),
        ((*TOLD, "--at", "2999-01-01"), 2),
        ((*TOLD, "nowhere.png"), 10),
        (("--for", "dsc-00000000000000000000", "a.png", "--by", "Art"), 37),
        (("--for", "dsc-00000000000000000000", "--by", "Art"), 2),
        (("--for", "dsc-00000000000000000000", "a.png", "--by", "Art", "--use", "ideation"), 2),
        ((), 2),
    ],
)
def test_what_cannot_be_told_has_its_code(house: Production, arguments: tuple[str, ...], code: int) -> None:
    """A document that is not there, options that contradict each other, and silence are told apart by their codes."""
    os.mkfifo(house.root / "pipe")
    picture(house.root / "a.png")
    (house.root / "form.toml").write_text(house.run("disclose", "--form").out)
    assert house.run("disclose", *arguments).code == code
    assert "disclosure" not in house.run("ledger", "show").out


def asked_on_a_terminal(folder: Path, answers: list[str]) -> tuple[int, str]:
    """Answer the questionnaire line by line on a terminal; return the code, and all that was shown."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*PROVENANCE, "disclose"], cwd=folder, stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    shown = b""
    pending = list(answers)
    while True:
        ready, _, _ = select.select([master], [], [], 30)
        assert ready, shown.decode()
        try:
            more = os.read(master, 65_536)
        except OSError:
            break
        if not more:
            break
        shown += more
        if shown.rstrip(b" ").endswith(b":") and pending:
            os.write(master, pending.pop(0).encode() + b"\n")
    os.close(master)
    return process.wait(30), shown.decode()


def test_questions_are_asked_on_a_terminal(house: Production) -> None:
    """On a terminal each question is asked with its words, a wrong word is asked again, and the answer is the same."""
    questions = ["Art", "a mood", "", "ideaton", "ideation", "incidental", "temporary", "none", "none"]
    after = ["", "no", "no", "no", "", "", "", "", ""]  # union roles to evidence
    principles = ["yes", "yes", "yes", "yes", "unsure", "we have not asked"]
    step = ["Image maker", "3", "enterprise", "", "yes", "none", "", "", "", "", ""]
    code, shown = asked_on_a_terminal(house.root, [*questions, *after, *principles, *step, ""])
    assert code == 3, shown
    assert "'ideaton' is none of its words; did you mean 'ideation'?" in shown
    assert "principle 5 (no_replacing_performance_or_union_work)" in shown
    assert "for 1 reason" in shown


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_that_came_of_it_are_bound_at_once_or_later(house: Production) -> None:
    """A flagged file is found and not told until a disclosure names it, then or later; a copy of it is told as well."""
    first, second = generated(house.editorial / "a.png"), generated(house.editorial / "b.png", seed=1)
    house.run("scan")
    assert [f["path"] for f in house.json("status")["found_not_told"]] == ["a.png", "b.png"]
    told = disclosed(house, first, *TOLD)
    assert told["subjects"]
    assert told["declared"] is None
    assert [f["path"] for f in house.json("status")["found_not_told"]] == ["b.png"]
    bound = house.run("disclose", "--for", told["record"]["id"], second, "--by", "Art")
    assert (bound.code, bound.out.startswith("TOLD")) == (0, True)
    copied(first, house.editorial / "c" / "renamed.png")
    first.unlink()
    house.run("scan")
    document = house.json("status")
    assert (document["found_not_told"], document["told_otherwise"]) == ([], [])
    assert house.run("revoke", told["record"]["id"], *EDITOR).code == 0
    text = house.run("status").out
    assert "found, not told: 2 flagged files that no disclosure names." in text
    assert "not told      editorial/c/renamed.png: it is ai-generated" in text
    assert house.run("disclose", "--for", told["record"]["id"], second, "--by", "Art").code == 37


def test_origin_says_whether_it_was_told(house: Production) -> None:
    """A flagged file says whether anybody told of it, and where it says something else than was told."""
    still = generated(house.editorial / "a.png")
    house.run("scan")
    assert "not told    nobody told of this use" in house.run("origin", still).out
    assert house.json("origin", still)["found_not_told"] is True
    other = tuple(a.replace("Stable Diffusion", "Midjourney") for a in TOLD)
    told = disclosed(house, still, *other)
    document = house.json("origin", still)
    assert [d["id"] for d in document["disclosures"]] == [told["record"]["id"]]
    assert document["found_not_told"] is False
    assert "told was Midjourney" in document["told_otherwise"][0]
    assert "told other  the file says" in house.run("origin", still).out
    assert house.json("status")["told_otherwise"][0]["disclosures"] == [told["record"]["id"]]
    assert house.run("disclose", still, *TOLD).code == 0
    assert house.json("origin", still)["told_otherwise"] == []
    plain = picture(house.editorial / "plain.jpg")
    assert house.json("origin", plain)["found_not_told"] is False


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scene.srt", b"1\n00:00:00,000 --> 00:00:02,000\nWe should not be here.\n"),
        ("script.fountain", b"INT. HARBOUR - NIGHT\n"),
        ("temp_voice.wav", media(WAV)),
        ("empty.txt", b""),
    ],
)
def test_what_no_scanner_reads_can_be_told(house: Production, name: str, content: bytes) -> None:
    """Text and stems are told as pictures are; from then on they are flagged, and the gate lets none of them pass."""
    (house.deliver / name).write_bytes(content)
    told = disclosed(house, f"deliver/{name}", *TOLD)
    assert told["declared"].startswith("dec-")
    assert house.json("origin", f"deliver/{name}")["origin"] == "ai-generated"
    assert house.json("status")["found_not_told"] == []
    assert house.run("gate", "deliver").code == 1
    house.run("approve", f"deliver/{name}", "--channel", "deliver", *CONTACT)
    assert house.run("gate", "deliver").code in {0, 3}  # held where its credential could not be read


def test_telling_does_not_release(house: Production) -> None:
    """A use that was told well is refused at the gate all the same until somebody approves it for final use."""
    generated(house.deliver / "a.png")
    assert house.run("disclose", "deliver/a.png", *TOLD).code == 0
    assert house.run("gate", "deliver").code == 1
    house.run("approve", "deliver/a.png", "--channel", "deliver", *LEGAL)
    assert "studio-contact" in house.run("gate", "deliver").out
    house.run("approve", "deliver/a.png", "--channel", "deliver", *CONTACT)
    assert house.run("gate", "deliver").code == 0


# --- nothing that has to be erased -----------------------------------------------------------------------------------


def test_no_performers_name_and_no_prompt_is_in_the_book(house: Production) -> None:
    """After disclosures and consents the catalogue's file holds neither a performer's name nor a prompt."""
    (house.root / "prompt.txt").write_text("a lighthouse at night, 85 mm")
    (house.root / "rider.pdf").write_text("signed by Lead Performer")
    form = but(
        performers=["Lead Performer"],
        replica=["digital-replica"],
        step=[{"tool": "T", "performers": ["Lead Performer"]}],
    )
    assert filled(house, form).code == 3
    consent = ("--performer", "Lead Performer", "--class", "digital-replica", "--scope", "one flashback")
    assert house.run("consent", "record", *consent, "--document", "rider.pdf", *EDITOR).code == 0
    assert filled(house, but(prompt="a lighthouse at night, 85 mm")).code == 2
    raw = b"".join(p.read_bytes() for p in (house.root / ".provenance").glob("catalogue.db*"))
    assert b"mood board for the harbour" in raw
    for secret in (b"Lead", b"Performer", b"rider.pdf", b"85 mm"):
        assert secret not in raw
    assert "Lead Performer" not in house.run("ledger", "show").out
