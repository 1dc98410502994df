"""Whose word it is that a timeline answers for a render, which of several counts, and what it never answers."""

from pathlib import Path

from tests.identity.conftest import keygen
from tests.identity.signed import ssh_keygen
from tests.production import EDITOR, LEGAL, Production, generated, new_production, picture
from tests.test_timelines import SAYS, cut, key_of, production, say
from tests.timelines import timeline

__all__ = ["keygen", "production"]


def test_a_timeline_that_was_edited_says_nothing_of_before(production: Production) -> None:
    """What was said stands for the timeline as it was read; of an edited one it has to be said anew, and that counts.

    The last word on what a render is of is the one that is asked.
    """
    file = cut(production)
    first = say(production, file)
    cut(production, "cut.otio", "/nowhere/lost.mov")
    assert production.run("gate", "deliver").code == 0
    second = say(production, file)
    assert first["timeline_sha256"] != second["timeline_sha256"]
    held = production.run("gate", "deliver")
    assert (held.code, "lost.mov" in held.out) == (3, True)
    ended = ("--by", "post", "--reason", "wrong file", *key_of(production, "post"))
    assert production.run("revoke", second["record"]["id"], *ended).code == 0
    assert production.run("gate", "deliver").code == 0


def test_whose_word_it_is_decides(production: Production) -> None:
    """Unsigned, signed by somebody in another role, or in another's name: shown, held, and the flags are carried."""
    file = cut(production)
    unsigned = production.json("derive", "deliver/render.png", "--timeline", file, *SAYS)
    assert (unsigned["record"]["counts"], unsigned["stands"]) == (False, True)
    held = production.run("gate", "deliver")
    assert (held.code, "does not count: nobody signed it" in held.out) == (3, True)
    assert say(production, file, key="admin")["record"]["counts"] is False
    assert production.run("gate", "deliver").code == 3
    generated(production.editorial / "still.png")
    still = cut(production, "cut.fcpxml", str(production.editorial / "still.png"))
    assert production.json("derive", "deliver/render.png", "--timeline", still, *SAYS)["derivation"]
    assert production.run("gate", "deliver").code == 1


def test_nobody_unlisted_takes_the_lineage_back(production: Production) -> None:
    """An unlisted person's revocation ends the word that helped, and not the edge that carries a flag."""
    still = generated(production.editorial / "still.png")
    said = say(production, cut(production, "cut.otio", str(still)))
    assert production.run("revoke", said["derivation"], *EDITOR).code == 0
    assert production.run("gate", "deliver").code == 1
    clean = say(production, cut(production, "clean.otio"))
    assert production.run("revoke", clean["record"]["id"], *EDITOR).code == 0
    assert production.run("gate", "deliver").code == 1


def test_it_can_be_signed_elsewhere(production: Production) -> None:
    """With --request the lineage is recorded at once, and the word only when it is brought back."""
    still = generated(production.editorial / "still.png")
    asked = production.json(
        "derive", "deliver/render.png", "--timeline", cut(production, "c.otio", str(still)), *SAYS, "--request", "r"
    )
    assert asked["request"] == "r"
    assert production.run("gate", "deliver").code == 1
    assert asked["record"]["id"] not in production.run("ledger", "show").out


def test_what_was_signed_elsewhere_counts_once_it_is_brought(production: Production, keygen: None) -> None:
    """The attestation alone is signed, with `ssh-keygen`; brought back it answers as one that was signed here."""
    request = production.root / "request"
    said = ("derive", "deliver/render.png", "--timeline", cut(production), *SAYS, "--request", request)
    asked = production.run(*said)
    assert "the lineage is recorded, the attestation not yet" in asked.out
    key = production.root / "keys" / "post"
    assert ssh_keygen("-Y", "sign", "-n", "provenance", "-f", key, request).returncode == 0
    assert production.run("gate", "deliver").code == 3
    brought = production.json("bring", request)["record"]
    assert (brought["counts"], brought["basis"]) == (True, "timeline")
    assert production.run("gate", "deliver").code == 0


def test_no_approval_goes_over_a_timeline(tmp_path: Path) -> None:
    """An approval of the still for all derivatives lets no render pass: anybody could name an approved still."""
    made = new_production(tmp_path)
    still = generated(made.editorial / "still.png")
    render = picture(made.deliver / "render.png", seed=9)
    asked = ("--channel", "deliver", "--scope", "derivatives", *LEGAL)
    assert made.run("approve", still, *asked).code == 0
    file = timeline(made.root / "cut.otio", [str(still)])
    assert made.run("derive", render, "--timeline", file, *SAYS).code == 3
    assert made.run("gate", "deliver").code == 1
    assert made.run("approve", render, "--channel", "deliver", *LEGAL).code == 0
    assert made.run("gate", "deliver").code == 0


def test_the_last_word_that_counts_is_asked(production: Production) -> None:
    """Somebody who may not say it cannot replace what was said: neither a good word by a bad one, nor the other way."""
    say(production, cut(production))
    unsigned = ("derive", "deliver/render.png", *SAYS)
    assert production.run(*unsigned, "--timeline", cut(production, "bad.edl", "lost.mov")).code == 3
    assert production.run("gate", "deliver").code == 0
    say(production, cut(production, "worse.edl", "gone.mov"))
    assert production.run(*unsigned, "--timeline", cut(production)).code == 0
    held = production.run("gate", "deliver")
    assert (held.code, "gone.mov" in held.out) == (3, True)


def test_nobody_unlisted_brings_back_what_was_said_before(production: Production) -> None:
    """A later word that says worse is not ended in favour of an earlier one by who may not; a new one helps."""
    say(production, cut(production))
    worse = say(production, cut(production, "worse.edl", "gone.mov"))["record"]["id"]
    assert production.run("gate", "deliver").code == 3
    assert production.run("revoke", worse, *EDITOR).code == 0
    assert production.run("gate", "deliver").code == 3
    say(production, cut(production, "again.fcpxml"))
    assert production.run("gate", "deliver").code == 0


def test_nothing_else_is_answered_by_a_timeline(production: Production) -> None:
    """A render that carries a mark itself, or that cannot be read, is refused or held as ever."""
    say(production, cut(production))
    generated(production.deliver / "render.png", seed=3)
    say(production, cut(production))
    assert production.run("gate", "deliver").code == 1
    (production.deliver / "render.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    say(production, cut(production))
    assert production.run("gate", "deliver").code == 3
