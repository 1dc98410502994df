"""What the guidance says of ideas, of main characters and of other people's work, as it happens in a production."""

from tests.stories.desk import ANSWERS, FINAL, Desk


def test_a_mood_board_is_told_and_no_more(desk: Desk) -> None:
    """A mood board, also one about the main character, is told and may be used; delivered it is refused as final."""
    board = desk.still("editorial/board_0010.png")
    assert "found, not told: 1 flagged file" in _after_a_scan(desk)
    said = desk.tells(board, code=0, prominence="key", reason="a mood board about the main character")
    assert said.startswith("TOLD  dsc-")
    assert "telling is enough" in said
    assert "found, not told" not in _after_a_scan(desk)
    (desk.root / "deliver" / "board_0010.png").write_bytes((desk.root / board).read_bytes())
    gated = desk.gates(code=1)
    assert gated.rules == {"board_0010.png": {"temporary-not-final"}}
    assert "principle 4 of netflix-2025-08: generated material is temporary" in gated.text


def _after_a_scan(desk: Desk) -> str:
    assert desk.run("scan").code == 0
    return desk.run("status").out


def test_a_second_doll_waits_for_the_contact(desk: Desk) -> None:
    """A second doll beside the first is a main character: escalated, refused, and passed on the contact's mail."""
    doll = {"use": "key-visual", "prominence": "key", "reason": "a second doll beside the first", **FINAL}
    said = desk.tells(code=3, **doll)
    assert "trigger 2a (key-creative-elements)" in said
    assert "use (key-visual)" in said
    told = said.split()[1].rstrip(":")
    still = desk.still("deliver/doll_0020.png")
    gated = desk.gates(code=1)
    assert gated.rules == {"doll_0020.png": {"temporary-not-final", "untold"}}
    assert desk.run("disclose", "--for", told, still, "--by", "art", "--sign-with", "keys/art").code == 3
    gated = desk.gates(code=1)
    assert gated.rules == {"doll_0020.png": {"temporary-not-final"}}
    assert gated.names("key-creative-elements", "key-visual")
    desk.approves("lawyer", still)
    assert desk.gates(code=1).rules == {"doll_0020.png": {"role-missing", "approved"}}
    assert desk.mailed(still).code == 0
    assert "approved by contact (studio-contact)" in desk.gates(code=0).text


def test_a_photograph_in_the_manner_of_a_known_one_is_made_anew(desk: Desk) -> None:
    """A prompt that names a known photograph escalates though all was answered well; refused, people make it anew."""
    still = desk.still("deliver/portrait_0030.png")
    manner = {"use": "background-element", "references": ["copyrighted-work"], "prominence": "background"}
    said = desk.tells(still, code=3, reason="a portrait in the manner of a known photograph", **{**manner, **FINAL})
    assert "trigger 2b (references-without-permission)" in said
    assert "answered yes, which references = copyrighted-work contradicts" in said
    no = ("refuse", still, "--channel", "deliver", "--role", "production-legal")
    desk.says("lawyer", *no, why="nobody asked the photographer")
    gated = desk.gates(code=1)
    assert gated.rules["portrait_0030.png"] == {"refused", "temporary-not-final"}
    assert "--despite ref-" in gated.text
    unaware = desk.mailed(still)
    assert unaware.code == 2
    assert "If you may decide otherwise, say that you know of it: --despite ref-" in unaware.err
    (desk.root / still).unlink()
    photographed = desk.plate("deliver/portrait_0031.png")
    desk.says("post", "attest", photographed, "--role", "post-supervisor", why="photographed on the set, day 12")
    assert "1 file attested by post" in desk.gates(code=0).text


def test_a_performers_nose_is_escalated_even_as_an_idea(desk: Desk) -> None:
    """A living performer's nose in a prompt escalates while it is but an idea; unsure of it is no better."""
    for references in (["public-figure"], "unsure"):
        said = desk.tells(code=3, references=references, reason="a nose like that of somebody everybody knows")
        assert "trigger 2b (references-without-permission)" in said
        assert "who: studio-contact" in said
    unsure = {**ANSWERS, "no_infringing_likeness_of_works": "unsure"}
    assert "answered unsure, which counts as no" in desk.tells(code=3, answers=unsure)
    desk.tells(code=0)
