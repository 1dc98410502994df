"""Stores as nobody honest would write them: odd shapes, odd strings, circles and floods."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.containers import walk
from provenance.credentials.claims import marks_in
from provenance.credentials.codes import judge_store
from provenance.credentials.generators import generator_in, tells_of_generation
from provenance.credentials.origin import MOST_INGREDIENTS, MOST_SIGNALS, tell_origin
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.text import LONGEST, clean
from provenance.credentials.trust import Trust
from provenance.credentials.wreck import PLACE, claims_in_wreck
from provenance.evidence import Claim, Kind, Relation, Signal, State, Strength
from provenance.files import BufferMedia
from tests import newsroom as room

STRENGTH = Strength.SIGNED_UNTRUSTED
ATTACKS = ("rendering", "special_characters", "sql_injection", "ten_thousand_characters", "xss")


def look(data: bytes) -> Reading:
    """Read bytes as an examination does."""
    media = BufferMedia(data)
    return CredentialReader(Trust()).read(media, walk(media))


def store(**manifests: dict[str, Any]) -> dict[str, Any]:
    """Return a store as the SDK shows it; the first manifest is the active one."""
    return {"active_manifest": next(iter(manifests)), "manifests": manifests}


def made(source_type: str | None = None, *ingredients: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a manifest as the SDK shows it."""
    action = {"action": "c2pa.created"} | ({"digitalSourceType": source_type} if source_type else {})
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [action, *more.pop("actions", [])]}}
    return {"assertions": [actions, *more.pop("assertions", [])], "ingredients": list(ingredients), **more}


def part(manifest: str | None, relation: str = "componentOf", label: str = "c2pa.ingredient.v3") -> dict[str, Any]:
    """Return an ingredient as the SDK shows it."""
    found = {"title": "part", "relationship": relation, "label": label, "instance_id": "xmp:iid:1"}
    return {**found, "active_manifest": manifest} if manifest else found


def claims(told: dict[str, Any], strength: Strength = STRENGTH) -> list[Claim]:
    """Return what a store says of its file."""
    return [s.claim for s in tell_origin(told, strength).signals]


# --- the ways between manifests --------------------------------------------------------------------------------------


def test_a_circle_of_manifests_ends() -> None:
    """Manifests that name one another as ingredients are each read once."""
    told = tell_origin(store(a=made(None, part("b")), b=made(room.TRAINED, part("a"), part("b"))), STRENGTH)
    assert [s.claim for s in told.signals] == [Claim.AI_ASSISTED]
    assert told.labels == ("a", "b")


def test_of_two_ways_the_more_telling_counts() -> None:
    """A manifest that is both an input and the parent of the parent is in the picture."""
    manifests = {
        "a": made(None, part("c", "inputTo"), part("b", "parentOf")),
        "b": made(None, part("c", "parentOf")),
        "c": made(room.TRAINED, part("d")),
        "d": made(room.TRAINED),
    }
    told = tell_origin(store(**manifests), STRENGTH)
    assert [(s.claim, s.place[:10]) for s in told.signals] == [
        (Claim.AI_GENERATED, "manifest 2"),
        (Claim.AI_ASSISTED, "manifest 4"),
    ]


def test_a_manifest_nothing_refers_to_is_for_review() -> None:
    """What is generated in a store and stands in no way to the file cannot be explained, so a person looks."""
    told = tell_origin(store(a=made(room.DRAWN), z=made(room.TRAINED), y=made(room.CAPTURE)), STRENGTH)
    loose = [(s.claim, s.place[:15]) for s in told.signals if s.via == "a manifest that nothing in the store refers to"]
    assert loose == [(Claim.NOTED, "manifest 2 of 3"), (Claim.REVIEW, "manifest 3 of 3")]


def test_a_parent_cannot_be_removed() -> None:
    """A file cannot be without what it is, nor can an input be taken out of it: only components can."""
    url = {"url": "self#jumbf=c2pa.assertions/c2pa.ingredient.v3"}
    removed = {"action": "c2pa.removed", "parameters": {"ingredients": [url]}}
    for relation, claim in (("parentOf", Claim.AI_GENERATED), ("inputTo", Claim.REVIEW), ("componentOf", Claim.NOTED)):
        a = made(None, part("b", relation), actions=[removed])
        assert claims(store(a=a, b=made(room.TRAINED))) == [claim]


@pytest.mark.parametrize(
    "reference",
    [
        {"parameters": {"ingredients": [{"url": "self#jumbf=c2pa.assertions/c2pa.ingredient.v3"}]}},
        {"parameters": {"ingredients": [{"url": "self#jumbf=/c2pa/a/c2pa.assertions/c2pa.ingredient.v3"}]}},
        {"parameters": {"ingredient": {"url": "self#jumbf=c2pa.assertions/c2pa.ingredient.v3"}}},
        {"parameters": {"instanceId": "xmp:iid:1"}},
        {"instanceId": "xmp:iid:1"},
    ],
)
def test_a_removal_is_understood_in_each_form(reference: dict[str, Any]) -> None:
    """Actions of all versions say differently which ingredient they mean."""
    a = made(None, part("b"), actions=[{"action": "c2pa.removed", **reference}])
    assert claims(store(a=a, b=made(room.TRAINED))) == [Claim.NOTED]


@pytest.mark.parametrize(
    "reference",
    [
        {"parameters": {"instanceId": "xmp:iid:1"}},
        {"parameters": {"ingredients": [{"url": "self#jumbf=/c2pa/other/c2pa.assertions/c2pa.ingredient.v3"}]}},
        {"parameters": {"ingredients": "c2pa.ingredient.v3"}},
        {},
    ],
)
def test_a_removal_of_nobody_knows_what_removes_nothing(reference: dict[str, Any]) -> None:
    """A reference that fits two ingredients, another manifest's or none ends no flag."""
    again = part(None, label="c2pa.ingredient.v3__1")
    a = made(None, part("b"), again, actions=[{"action": "c2pa.removed", **reference}])
    assert claims(store(a=a, b=made(room.TRAINED))) == [Claim.AI_ASSISTED]


def test_an_unknown_relation_carries_everything() -> None:
    """A relation of tomorrow is taken for the closest one there is."""
    told = tell_origin(store(a=made(None, part("b", "cousinOf")), b=made(room.TRAINED)), STRENGTH)
    assert [s.claim for s in told.signals] == [Claim.AI_GENERATED]
    assert [i.relation for i in told.ingredients] == [Relation.PARENT_OF]


# --- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (store(a=made(room.DRAWN, part("gone"))), "ingredient 'part' (componentOf)"),
        (store(a=made(room.DRAWN, assertions=[{"label": "c2pa.cloud-data", "data": {}}])), "assertion c2pa.cloud-data"),
        (
            store(a=made(room.DRAWN, redactions=["self#jumbf=/c2pa/b/c2pa.assertions/cawg.metadata"])),
            "assertion cawg.metadata",
        ),
        ({"active_manifest": "x", "manifests": {}}, "manifest store"),
    ],
)
def test_what_a_store_names_and_does_not_hold_is_a_gap(told: dict[str, Any], place: str) -> None:
    """A credential taken out, content elsewhere, an assertion redacted: silence there is no innocence."""
    assert [gap.place for gap in tell_origin(told, STRENGTH).gaps] == [place]


def test_an_authors_name_may_be_redacted() -> None:
    """What could not have told of the origin leaves no gap."""
    uri = "self#jumbf=/c2pa/b/c2pa.assertions/stds.schema-org.CreativeWork"
    told = tell_origin(store(a=made(room.DRAWN, redactions=[uri])), STRENGTH)
    assert told.gaps == ()


def test_a_flood_is_cut_with_the_gravest_kept() -> None:
    """A store with more statements than anybody reads keeps the flags, and says that it was cut."""
    noise = [{"action": f"c2pa.a{n}", "digitalSourceType": room.CAPTURE} for n in range(3000)]
    parts = [part(None, label=f"i{n}") for n in range(MOST_INGREDIENTS + 5)]
    told = tell_origin(
        store(a=made(room.DRAWN, *parts, actions=[*noise, {"digitalSourceType": room.TRAINED}])), STRENGTH
    )
    assert (len(told.signals), len(told.ingredients)) == (MOST_SIGNALS, MOST_INGREDIENTS)
    assert told.signals[0].claim is Claim.AI_ASSISTED
    assert any("kept" in gap.says for gap in told.gaps)


# --- odd shapes ------------------------------------------------------------------------------------------------------

WORDS = """action actions assertions label data ingredients parameters templates softwareAgents softwareAgent
softwareAgentIndex digitalSourceType relationship active_manifest manifests url validation_results activeManifest
ingredientDeltas failure code redactions instance title"""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False),
    st.sampled_from(
        ["a", "b", "c2pa.actions.v2", "c2pa.removed", room.TRAINED, "componentOf", "", "\x1b[0m", "\u202e"]
    ),
)
TREES = st.recursive(
    VALUES, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(KEYS, deeper, max_size=4), max_leaves=25
)


@given(st.dictionaries(KEYS, TREES, max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_shape_of_a_store_raises(tree: dict[str, Any]) -> None:
    """Any JSON at all is read without an exception, as a store and as its manifests."""
    marks_in(tree)
    judge_store(tree)
    tell_origin({"active_manifest": "a", "manifests": {"a": tree, "b": tree}}, STRENGTH)
    tell_origin(tree, Strength.BROKEN)


# --- odd strings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_strings_come_out_clean(samples: Path, attack: str) -> None:
    """Strings made to break terminals, pages and databases are signed everywhere, and read back as harmless lines."""
    for line in (samples / "c2pa-attacks" / f"{attack}.attack").read_text(errors="surrogateescape").splitlines():
        text = line.encode("utf-8", "replace").decode()
        author = {"@context": "https://schema.org", "author": [{"name": text}]}
        definition = room.manifest(
            {"action": "c2pa.created", "digitalSourceType": room.TRAINED, "softwareAgent": {"name": text}},
            room.action("placed", f"{room.IPTC}{text}", **room.about("part")),
            title=text,
            claim_generator_info=[{"name": text, "version": text}],
            assertions=[("stds.schema-org.CreativeWork", author), ("com.example", {text: room.TRAINED})],
        )
        by = room.studio()
        reading = look(room.signed(definition, parts=[room.Part(room.generated(title=text), title=text)], by=by))
        assert Claim.AI_GENERATED in {s.claim for s in reading.signals}
        assert reading.ingredients
        for said in strings(msgspec.to_builtins(reading)):
            assert said.isprintable()
            assert len(said) <= 2048
            assert json.loads(json.dumps(said)) == said
            said.encode()


def strings(tree: Any) -> list[str]:
    """Return every string in a tree."""
    if isinstance(tree, str):
        return [tree]
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return [said for deeper in inner for said in strings(deeper)]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain, with ünïcode and 字", "plain, with ünïcode and 字"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\nb\r\u2028c", "a\\nb\\r\\u2028c"),
        ("evil\u202egpj.exe", "evil\\u202egpj.exe"),
        ("half \ud800", "half \\ud800"),
        (None, ""),
        (7, ""),
    ],
)
def test_clean_keeps_what_prints_and_escapes_the_rest(text: object, cleaned: str) -> None:
    """One line, no controls, no overrides, no half characters."""
    assert clean(text) == cleaned


@given(st.text(max_size=2 * LONGEST), st.integers(1, LONGEST))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_clean_is_short_printable_and_done_in_one_go(text: str, limit: int) -> None:
    """Whatever comes in, it fits, it prints, and cleaning it again changes nothing."""
    once = clean(text, limit)
    assert len(once) <= limit
    assert once.isprintable()
    assert clean(once, limit) == once


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Adobe_Firefly/1.0 adobe_c2pa/0.7.6", "adobe firefly"),
        ("gpt-4o", "gpt 4o"),
        ("DALL·E", "dall e"),
        ("imagen-3.0-generate", "imagen 3"),
        ("Imagen", "imagen"),
        ("Black Forest Labs API", "black forest labs"),
        ("Fluxus Player", None),
        ("editor de imagen", None),
        ("Adobe Photoshop 26.9.0", None),
        ("", None),
    ],
)
def test_generators_are_known_by_whole_words(name: str, known: str | None) -> None:
    """However a name is joined, its words decide; part of a word is no word."""
    assert generator_in(name) == known


@pytest.mark.parametrize("text", ["AI-generated", "Created by Google Generative AI.", "made with AI", "text_to_image"])
def test_sentences_that_tell_of_generation(text: str) -> None:
    """The usual ways to say it are understood."""
    assert tells_of_generation(text)


@pytest.mark.parametrize("text", ["said AI", "fair generated", "Used no generative AI", "without text to image", ""])
def test_sentences_that_do_not(text: str) -> None:
    """Other words, and denials, are not."""
    assert not tells_of_generation(text)


# --- wrecks ----------------------------------------------------------------------------------------------------------


def test_a_wreck_is_read_for_its_terms_in_any_case() -> None:
    """Parts of a store that spell a term flag; the longer term is not taken for the one inside it."""
    box = b"\0\0\0\x20jumb\0\0\0\x10jumdc2pa"
    assert claims_in_wreck(box + b"...COMPOSITEwithTrainedAlgorithmicMedia...") == (
        Signal(Kind.C2PA, Claim.AI_ASSISTED, Strength.BROKEN, PLACE, "compositeWithTrainedAlgorithmicMedia"),
    )
    assert claims_in_wreck(box + b"digitalCapture") == ()
    assert claims_in_wreck(b"trainedAlgorithmicMedia") == ()


def test_a_term_the_sdk_does_not_show_is_for_review() -> None:
    """The SDK leaves keys out that it does not know; what it leaves out is still in the bytes."""
    data = room.generated(room.JPEG)
    hidden = room.signed(room.manifest(room.action("created", room.DRAWN)), media_type=room.JPEG)
    reading = look(hidden + b"trainedAlgorithmicMedia")
    assert Claim.REVIEW in {s.claim for s in reading.signals}
    segment = b"\xff\xe7\x00\x1atrainedAlgorithmicMedia\0"
    reading = look(hidden[:2] + segment + hidden[2:])
    assert Claim.REVIEW in {s.claim for s in reading.signals}, "before the picture, and the file ends with it"
    assert [s.claim for s in look(data).signals] == [Claim.AI_GENERATED]


def test_a_truncated_copy_is_held_and_flagged() -> None:
    """A copy that is not finished reads as broken or unreadable; what it says already counts."""
    data = room.generated(room.PNG)
    readings = [look(data[: int(len(data) * share)]) for share in (0.5, 0.9, 0.99)]
    assert {r.credential.state for r in readings} <= {State.BROKEN, State.UNREADABLE}
    assert Claim.AI_GENERATED in {s.claim for s in readings[-1].signals}
