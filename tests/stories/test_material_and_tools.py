"""What the guidance says of the client's material, of the tools it goes into, and of written approval."""

from pathlib import Path
from typing import Any

from tests.newsroom import MP4
from tests.stories.desk import ANSWERS, FINAL, Desk

INPUT = {"use": "proprietary-input", "reason": "stills of the set as input"}
STEP = {"tool": "Image maker", "version": "3.1", "tier": "enterprise", "enterprise": "yes", "inputs": ["proprietary"]}


def step(**changed: Any) -> dict[str, Any]:
    """Return the one step of the workflow, the client's material put into an enterprise tool."""
    return {"step": [{**STEP, **changed}]}


def test_the_clients_material_inside_an_enterprise_tool(desk: Desk) -> None:
    """Proprietary material may go into a tool under an enterprise agreement; unreleased footage or people's data no."""
    desk.tells(code=0, **INPUT, **step())
    for inputs in (["proprietary", "sensitive"], ["personal-data"]):
        said = desk.tells(code=3, **INPUT, **step(inputs=inputs))
        assert "trigger 1a (proprietary-or-personal-data)" in said


def test_the_clients_material_outside_an_enterprise_tool(desk: Desk) -> None:
    """Outside such a tool it is escalated; unsure whether it is inside is outside; one such step of two is enough."""
    for outside in (step(enterprise="no", tier="personal"), step(enterprise="unsure")):
        said = desk.tells(code=3, **INPUT, **outside)
        assert "trigger 1a (proprietary-or-personal-data)" in said
        assert "use (proprietary-input)" in said
        assert "who: studio-contact" in said
    two = {"step": [STEP, {**STEP, "tool": "Upscaler", "enterprise": "no"}]}
    assert "trigger 1a" in desk.tells(code=3, **INPUT, **two)


def test_the_register_answers_for_a_tool_until_its_day(desk: Desk) -> None:
    """An entry speaks for the version whose terms were read; for another one nobody read them, and a yes is none."""
    entry = ("tools", "add", "Image maker", "--version", "3.*", "--tier", "enterprise", "--enterprise", "--no-trains")
    terms = ("--no-stores", "--terms", "terms.pdf", "--terms-read", "2026-01-31", "--valid-until", "2126-01-31")
    desk.says("lawyer", *entry, *terms, why="read")
    desk.tells(code=0, **INPUT, **step())
    said = desk.tells(code=3, **INPUT, **step(version="4.0"))
    assert "register (register)" in said
    assert "no entry that counts speaks for Image maker 4.0 (enterprise)" in said


def test_final_footage_approved_in_writing(desk: Desk) -> None:
    """Generated footage passes with the contact's mail, on that channel, for those bytes, while the mail is kept."""
    shot = desk.plate("deliver/shot_0010.mp4", MP4)
    desk.tells(shot, code=3, use="key-visual", prominence="key", reason="the establishing shot", **FINAL)
    desk.gates(code=1)
    unwritten = ("approve", shot, "--channel", "deliver", "--role", "studio-contact", "--requested-by", "art")
    said = desk.says("post", *unwritten, code=None)
    assert "DOES NOT COUNT" in said.out or said.code != 0
    desk.gates(code=1)
    assert desk.mailed(shot).code == 0
    passed = desk.gates(code=0)
    assert "approved by contact (studio-contact)" in passed.text
    assert "transcribed by Keeper of the house with key SHA256:" in passed.text
    (kept,) = (desk.root / ".provenance" / "evidence").iterdir()
    words, footage = kept.read_bytes(), (desk.root / shot).read_bytes()
    _written(kept, b"No.")
    assert "does-not-count" in desk.gates(code=1).rules["shot_0010.mp4"]
    _written(kept, words)
    (desk.root / shot).write_bytes(footage + b"\0\0\0\x08free")
    assert desk.gates(code=3).rules == {"shot_0010.mp4": {"not-attested"}}


def _written(path: Path, words: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(words)


def test_unsure_is_no_yes_and_no_silence(desk: Desk) -> None:
    """Each principle answered unsure, no or not at all escalates what was harmless with a yes."""
    desk.tells(code=0)
    for number, name in enumerate(ANSWERS, 1):
        for answer in ("no", "unsure"):
            said = desk.tells(code=3, answers={**ANSWERS, name: answer})
            assert f"principle {number} ({name})" in said
    assert "nobody answered it" in desk.tells(code=3, answers={k: v for k, v in ANSWERS.items() if k != name})
