"""What a lawyer hands over at the end: whose word everything rests on, what is open, and nothing that may not leave."""

import re
from pathlib import Path

import pytest

from tests.newsroom import WAV
from tests.stories.desk import FINAL, Desk, opened

NAME, WORDS = "Lead Performer", "a line that gives the ending away"
FORMS = ("text", "json", "csv", "html")


@pytest.fixture(scope="module")
def told(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A production in which a voice was told, approved, consented to and delivered, and a still nobody told of lies."""
    desk = opened(template, tmp_path_factory.mktemp("reports") / "production")
    stem = desk.plate("deliver/voice_0010.wav", WAV)
    use = {"use": "talent-replica", "prominence": "story-relevant", "replica": ["voice-replica"], "performers": [NAME]}
    desk.tells(stem, code=3, reason=WORDS, **use, **FINAL)
    desk.tells(code=0, reason=WORDS)
    what = ("--performer", NAME, "--class", "voice-replica", "--scope", WORDS, "--document", "rider.pdf")
    desk.says("lawyer", "consent", "record", *what, why=WORDS)
    assert desk.mailed(stem).code == 0
    desk.approves("lawyer", stem)
    desk.gates(code=0)
    desk.still("deliver/untold_0020.png")
    desk.run("scan")
    return desk


def test_a_report_says_whose_word_it_rests_on(told: Desk) -> None:
    """Consents, uses and approvals that are signed are shown as signed, and nothing that counts as not counting."""
    text = told.run("report").out
    assert "DOES NOT COUNT" not in text
    assert "NONE IN FORCE" not in text
    for kind, who in (("consent cns-", "Lawyer"), ("told by art", "Art"), ("declaration dec-", "Art")):
        lines = [line for line in text.splitlines() if kind in line]
        assert lines
        assert all(f"signed by {who} of the house with key SHA256:" in line for line in lines)
    assert "transcribed by Keeper of the house" in text
    assert "FOUND, NOT TOLD" in text
    (use,) = [u for u in told.json("report")["uses"] if u["use"] == "talent-replica"]
    assert use["status"] == "approved"


@pytest.mark.parametrize("form", FORMS)
def test_a_report_for_outside_gives_nothing_away(told: Desk, form: str) -> None:
    """No performer, path, document or word of people, and no command, is in a report for outside; who decided is."""
    inside = told.run("report", "--format", form).out
    outside = told.run("report", "--format", form, "--for", "outside").out
    assert "voice_0010" in inside
    for secret in (
        NAME,
        "Lead",
        WORDS,
        "voice_0010",
        "untold_0020",
        str(told.root),
        "rider",
        "mail.eml",
        "--sign-with",
    ):
        assert secret not in outside
    assert "studio-contact" in outside
    assert "ai-generated" in outside


def test_the_page_is_whole_in_itself(told: Desk) -> None:
    """The page loads nothing, runs nothing, fits a phone, and breaks no option of a command at its hyphens."""
    page = told.run("report", "--format", "html").out
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*", page) == []
    assert "<script" not in page
    assert 'name="viewport"' in page
    assert "@media print" in page
    assert '<span class="one">--for</span>' in page
