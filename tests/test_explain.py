import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.chain import MOST, chain_of
from provenance.credentials.sdk import Refused
from provenance.evidence import Claim, Kind, State, Strength
from provenance.explaining.words import ANSWERS, CLAIMS, KINDS, STATES, STRENGTHS, effect_of, what_would_change
from provenance.report.explain import WIDTH, wrapped
from provenance.verdict import CREDENTIAL, LINEAGE, Ground, Origin
from tests import newsroom
from tests.production import EDITOR, Production, generated, new_production, picture


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def cells(line: str) -> int:
    """Return how wide a terminal shows a line."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def explained(production: Production, path: str) -> Any:
    """Return the explanation of a file, as JSON; its text is legible at 80 columns and harmless."""
    text = production.run("origin", path, "--explain").out
    assert max(cells(line) for line in text.splitlines()) <= WIDTH
    assert all(c.isprintable() for line in text.splitlines() for c in line)
    record = text.partition("\nON RECORD\n")[2].splitlines()
    assert any(line.startswith("examined    by provenance ") for line in record)
    assert all(line[10:12] == "  " and line[12:13].strip() for line in record)  # labels and what they say stay apart
    return production.json("origin", path, "--explain")["explanation"]


def test_every_kind_strength_claim_origin_and_state_has_its_words() -> None:
    """Nothing that can stand in an account is without plain words, and every verdict says what would change it."""
    assert KINDS.keys() == {k.value for k in Kind} | {"gap", "declaration", CREDENTIAL, LINEAGE}
    assert (set(STRENGTHS), set(CLAIMS)) == (set(Strength), set(Claim))
    assert (set(ANSWERS), set(STATES)) == (set(Origin), set(State))
    assert all(what_would_change(origin, state) for origin in Origin for state in State)


def test_a_chain_is_shown_as_a_tree_from_the_newest_manifest_down(production: Production) -> None:
    """An edit of a generated picture shows both manifests, who signed them, what was done, and what is wrong."""
    (production.editorial / "cut.png").write_bytes(newsroom.edited(newsroom.generated(title="hero")))
    production.run("scan")
    told = explained(production, "editorial/cut.png")
    assert told["answer"].startswith("It is treated as made by AI.")
    chain = told["chain"]
    assert (chain["read_from"], chain["signature_holds"], chain["bound"]) == ("file", True, True)
    (parent,) = chain["active"]["parts"]
    assert (parent["relation"], parent["title"]) == ("parentOf", "parent")
    assert parent["actions"] == ["c2pa.created (trainedAlgorithmicMedia)"]
    assert parent["codes"] == ["signingCredential.untrusted"]
    text = production.run("origin", "editorial/cut.png", "--explain").out
    assert '\n\u2514 parentOf "parent"\n    signed by Example Studio' in text
    assert [g["effect"] for g in told["grounds"]] == ["decides", "noted"]


def test_a_changed_file_is_said_not_to_be_the_one_that_was_signed(production: Production) -> None:
    """Where the bytes were changed afterwards, the signature of the words still holds, and the binding does not."""
    data = newsroom.generated()
    (production.editorial / "a.png").write_bytes(newsroom.flipped(data, len(data) - 40))
    chain = explained(production, "editorial/a.png")["chain"]
    assert (chain["signature_holds"], chain["bound"]) == (True, False)
    assert "assertion.dataHash.mismatch" in chain["active"]["codes"]


def test_a_sidecar_is_explained_with_the_file_it_is_about(production: Production) -> None:
    """The chain of a credential that lies beside a file is read from there."""
    picture(production.editorial / "a.png")
    made = production.run("mark", "editorial/a.png", "--source-type", "trainedAlgorithmicMedia", "--sidecar")
    if made.code != 0:
        production.run("keys", "new")
        made = production.run("mark", "editorial/a.png", "--source-type", "trainedAlgorithmicMedia", "--sidecar")
    assert made.code == 0, made.err
    chain = explained(production, "editorial/a.png")["chain"]
    assert (chain["signature_holds"], chain["bound"]) == (True, True)


def test_what_is_plain_or_traced_needs_no_chain(production: Production) -> None:
    """A picture without marks, and one with a generator's trace, are explained without a credential."""
    picture(production.editorial / "plain.png")
    generated(production.editorial / "made.png")
    plain = explained(production, "editorial/plain.png")
    assert (plain["grounds"], plain["chain"]) == ([], None)
    assert "No signal was found" in plain["answer"]
    (ground, *_) = explained(production, "editorial/made.png")["grounds"]
    assert ground["effect"] == "decides"
    assert "left behind by the tool that made it" in ground["plain"][0]


def test_what_could_not_be_looked_at_is_said_and_so_is_a_persons_word(production: Production) -> None:
    """A file that is cut short names its gap; one that a person spoke for names that person's word as what decides."""
    whole = picture(production.editorial / "whole.png")
    (production.editorial / "short.png").write_bytes(whole.read_bytes()[:-20])
    assert explained(production, "editorial/short.png")["unseen"]
    production.run("scan")
    production.run("declare", "editorial/whole.png", "--origin", "created", *EDITOR)
    (word,) = explained(production, "editorial/whole.png")["grounds"]
    assert (word["effect"], word["ground"]["kind"]) == ("decides", "declaration")


def test_a_file_that_is_gone_is_explained_by_what_was_recorded(production: Production) -> None:
    """Without the file, its grounds are still explained, and it is said that it was not looked at."""
    generated(production.editorial / "a.png")
    time.sleep(0.03)
    production.run("scan")
    (production.editorial / "a.png").unlink()
    told = explained(production, "editorial/a.png")
    assert told["answer"].startswith("It is treated as made by AI.")
    assert told["unseen"] == ["the file itself: it is not there now, and this is what was recorded of it"]


def test_titles_made_to_harm_or_to_fill_the_screen_do_neither(production: Production) -> None:
    """Control characters, endless words and wide characters in a credential are shown harmlessly within 80 cells."""
    title = "\x1b[2J\u202e" + "\u5149" * 90 + "x" * 900
    data = newsroom.signed(newsroom.manifest(newsroom.action("created", newsroom.TRAINED), title=title))
    (production.editorial / "a.jpg").write_bytes(data)
    explained(production, "editorial/a.jpg")


def test_manifests_in_a_circle_and_without_end_are_cut_and_say_so() -> None:
    """A store whose manifests name each other, or one of thousands of parts, is shown as far as is sensible."""
    circle = {
        "active_manifest": "a",
        "manifests": {
            "a": {"ingredients": [{"active_manifest": "b", "relationship": "parentOf"}]},
            "b": {"ingredients": [{"active_manifest": "a", "relationship": 7}]},
        },
    }
    active = chain_of(circle).active
    assert active is not None
    assert active.parts[0].parts[0].note == "it names itself among what it was made from: a circle"
    many = {"active_manifest": "a", "manifests": {"a": {"ingredients": [{"title": "x"}] * 5000}}}
    active = chain_of(many).active
    assert active is not None
    assert len(active.parts) < MOST
    assert active.note == "it has more parts than are shown"


@pytest.mark.parametrize(
    "told",
    [
        None,
        Refused("C2paError", "Manifest: claim missing"),
        {},
        {"active_manifest": 3, "manifests": []},
        {"active_manifest": "a", "manifests": {"a": []}},
        {
            "active_manifest": "a",
            "manifests": {"a": {"ingredients": [1, {}], "assertions": {"x": 1}, "signature_info": 4}},
        },
        {
            "active_manifest": "a",
            "manifests": {
                "a": {
                    "assertions": [
                        {
                            "label": "c2pa.actions",
                            "data": {"actions": [{"action": {}, "digitalSourceType": [1], "softwareAgent": [2]}]},
                        }
                    ]
                }
            },
        },
        {"validation_results": {"activeManifest": {"success": "all", "failure": [3, {"code": {}}]}}},
    ],
)
def test_an_answer_of_the_sdk_that_makes_no_sense_is_no_chain_and_no_crash(told: Any) -> None:
    """Whatever type any value has, nothing is raised, and nothing counts as signed or bound."""
    chain = chain_of(told)
    assert (chain.signature, bool(chain.bound)) == (False, False)


def test_what_would_flag_by_itself_is_told_apart_from_what_is_a_hint() -> None:
    """In a contradiction the flag and the claim that clears both decide; a hint leads to review at the most."""

    def ground(claim: Claim, strength: Strength) -> Ground:
        return Ground("xmp", claim, strength, "XMP", "it")

    assert effect_of(ground(Claim.AI_GENERATED, Strength.DECLARED), Origin.AI_GENERATED) == "decides"
    assert effect_of(ground(Claim.AI_GENERATED, Strength.HINT), Origin.AI_GENERATED) == "review"
    assert effect_of(ground(Claim.AI_GENERATED, Strength.HINT), Origin.REVIEW) == "decides"
    assert effect_of(ground(Claim.CAPTURED, Strength.SIGNED_UNTRUSTED), Origin.UNKNOWN) == "speaks"
    assert effect_of(ground(Claim.NOTED, Strength.DECLARED), Origin.UNKNOWN) == "noted"


def test_wrapping_breaks_what_has_no_spaces() -> None:
    """No line is wider than the terminal, whatever the word, and no character is lost."""
    for text in ("x" * 500, "\u5149" * 100, "a " * 200, "", " ", "one " + "y" * 79 + " two"):
        lines = list(wrapped(text, "    ", first="  "))
        assert all(cells(line) <= WIDTH for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
