"""Stories about where a credential says its file came from, each signed for real and read back."""

from typing import Any

import pytest

from provenance.containers import walk
from provenance.credentials.claims import marks_in
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, Ingredient, Relation, State, Strength
from provenance.files import BufferMedia
from tests import newsroom as room

FLAGS = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
CREATED = room.action("created", room.DRAWN)


def look(data: bytes, trust: Trust | None = None) -> Reading:
    """Read bytes as an examination does."""
    media = BufferMedia(data)
    return CredentialReader(trust or Trust()).read(media, walk(media))


def told(*actions: dict[str, Any], parts: tuple[room.Part, ...] = (), **more: Any) -> list[tuple[Claim, str]]:
    """Sign a picture with these actions; return what is read back, as claims and their places within the manifest."""
    reading = look(room.signed(room.manifest(*actions, **more), parts=parts))
    assert reading.credential.state is State.UNTRUSTED
    return [(s.claim, s.place.partition(" / ")[2]) for s in reading.signals]


# --- actions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2])
def test_a_trained_source_type_on_created_is_generated(version: int) -> None:
    """Actions of both versions are read; the SDK shows both under the name of the second."""
    found = told(room.action("created", room.TRAINED), claim_version=version)
    assert found == [(Claim.AI_GENERATED, "c2pa.actions.v2 / c2pa.created")]


@pytest.mark.parametrize("name", ["edited", "drawing", "placed", "filtered", "published"])
def test_a_trained_source_type_on_any_other_action_is_about_a_part(name: str) -> None:
    """Where a model did one step of several, the file was generated in part."""
    parts = (room.Part(room.media(room.PNG)),) if name == "placed" else ()
    more = room.about("part") if parts else {}
    found = told(CREATED, room.action(name, room.TRAINED, **more), parts=parts)
    assert (Claim.AI_ASSISTED, f"c2pa.actions.v2 / c2pa.{name}") in found
    assert not [f for f in found if f[0] is Claim.AI_GENERATED]


def test_a_source_type_on_opened_describes_what_was_opened() -> None:
    """`c2pa.opened` adds nothing of its own: what it says, it says of the whole file."""
    opened = room.action("opened", room.TRAINED, **room.about("part"))
    part = room.Part(room.media(room.PNG), relation="parentOf")
    assert told(opened, parts=(part,)) == [(Claim.AI_GENERATED, "c2pa.actions.v2 / c2pa.opened")]


@pytest.mark.parametrize(
    "spelling",
    [
        "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/",
        "digsrctype:trainedAlgorithmicMedia",
        "TRAINEDALGORITHMICMEDIA",
        "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData",
        "c2pa.trainedAlgorithmicData",
    ],
)
def test_every_spelling_of_a_term_counts(spelling: str) -> None:
    """The SDK keeps unknown spellings without a word; each of them flags here."""
    assert [claim for claim, _ in told(room.action("created", spelling))] == [Claim.AI_GENERATED]


def test_a_damaged_term_is_for_review() -> None:
    """What is no term but reads like one for generated media is not passed over."""
    assert [claim for claim, _ in told(room.action("created", f"{room.IPTC}trainedAlgoritmicMedia"))] == [Claim.REVIEW]


def test_an_action_named_twice_is_told_apart() -> None:
    """The place is exact: where an action stands twice, it says which."""
    found = told(CREATED, room.action("edited"), room.action("edited", room.TRAINED))
    assert (Claim.AI_ASSISTED, "c2pa.actions.v2 / c2pa.edited (action 3)") in found


def test_a_second_actions_assertion_is_read_and_named() -> None:
    """A store may hold several actions assertions; each instance has its number."""
    second = ("c2pa.actions.v2", {"actions": [room.action("edited", room.TRAINED)]})
    assert (Claim.AI_ASSISTED, "c2pa.actions.v2__1 / c2pa.edited") in told(CREATED, assertions=[second])


@pytest.mark.parametrize("name", ["*", "c2pa.edited", "c2pa.created"])
def test_a_template_alone_flags(name: str) -> None:
    """What stands in a template is merged into actions by whoever reads it, so it may stand in no action at all."""
    template = {"action": name, "digitalSourceType": room.TRAINED}
    found = told(CREATED, room.action("edited"), templates=[template], allActionsIncluded=True)
    expected = Claim.AI_ASSISTED if name == "c2pa.edited" else Claim.AI_GENERATED
    assert (expected, f"c2pa.actions.v2 / template {name}") in found


def test_a_vendors_source_type_in_parameters_flags() -> None:
    """`com.adobe.digitalSourceType` in an action's parameters, at any depth, is a source type."""
    deep = {"com.adobe.details": [{"com.adobe.digitalSourceType": room.TRAINED}]}
    found = told(CREATED, room.action("edited", parameters=deep))
    place = "c2pa.actions.v2 / c2pa.edited / parameters.com.adobe.details[0].com.adobe.digitalSourceType"
    assert (Claim.AI_ASSISTED, place) in found


def test_a_related_action_flags() -> None:
    """Actions within actions are read as well."""
    found = told({**CREATED, "related": [room.action("edited", room.TRAINED)]})
    assert (Claim.AI_GENERATED, "c2pa.actions.v2 / c2pa.created / related[0].digitalSourceType") in found


# --- assertions ------------------------------------------------------------------------------------------------------

IPTC_CONTEXT = {"@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"}}


@pytest.mark.parametrize(
    "label", ["c2pa.metadata", "cawg.metadata", "stds.iptc", "stds.iptc.photo-metadata", "stds.exif", "com.example.any"]
)
@pytest.mark.parametrize("key", ["Iptc4xmpExt:DigitalSourceType", "Iptc4xmpExt:DigitalSourcefileType"])
def test_a_source_type_in_metadata_flags(label: str, key: str) -> None:
    """Metadata assertions are about the whole file, whoever defined them."""
    assert (Claim.AI_GENERATED, f"{label} / {key}") in told(
        CREATED, assertions=[(label, {**IPTC_CONTEXT, key: room.TRAINED})]
    )


def test_an_iptc_ai_property_flags_and_its_text_is_not_repeated() -> None:
    """That an AI system was used is evidence; what was typed into it is nobody's business here."""
    data = {**IPTC_CONTEXT, "Iptc4xmpExt:AIPromptInformation": "the secret ending of episode three"}
    reading = look(room.signed(room.manifest(CREATED, assertions=[("cawg.metadata", data)])))
    assert Claim.AI_ASSISTED in {s.claim for s in reading.signals}
    assert "secret" not in repr(reading)


@pytest.mark.parametrize(
    ("label", "data", "claim"),
    [
        ("c2pa.ai-disclosure", {"modelType": "c2pa.types.model", "modelName": "Example 1"}, Claim.AI_ASSISTED),
        ("c2pa.ai_disclosure", {"ai": "yes"}, Claim.AI_ASSISTED),
        ("c2pa.ai_generated", {"value": True}, Claim.AI_GENERATED),
        ("c2pa.ai_generated_content", {"model": "x"}, Claim.AI_GENERATED),
        ("c2pa.ai_generated", {"value": False}, Claim.NOTED),
    ],
)
def test_a_disclosure_flags(label: str, data: dict[str, Any], claim: Claim) -> None:
    """The specification's disclosure speaks of a part; vendors' own speak of the content; a plain no is only noted."""
    assert (claim, label) in told(CREATED, assertions=[(label, data)])


@pytest.mark.parametrize("label", ["cawg.training-mining", "c2pa.training-mining"])
def test_a_permission_to_train_never_flags(label: str) -> None:
    """Who may use a file for AI says nothing of how it was made, even where it names a source type."""
    entries = {"cawg.ai_generative_training": {"use": "allowed"}, "digitalSourceType": room.TRAINED}
    found = told(CREATED, assertions=[(label, {"entries": entries})])
    assert {claim for claim, _ in found} == {Claim.CREATED}


def test_a_term_in_a_place_that_is_not_for_it_is_for_review() -> None:
    """A full URI of an AI term under any other key is looked at by a person."""
    assert (Claim.REVIEW, "com.example / kind") in told(CREATED, assertions=[("com.example", {"kind": room.TRAINED})])


# --- generators ------------------------------------------------------------------------------------------------------


def nameless(agent: Any = None, *, description: str = "", **more: Any) -> list[tuple[Claim, str, Strength]]:
    """Sign a picture whose credential names a tool and no source type; return what is read back."""
    opened = room.action("opened", **room.about("part"))
    action = room.action("edited", **more)
    if agent is not None:
        action["softwareAgent"] = agent
    if description:
        action["parameters"] = {"description": description}
    definition = room.manifest(opened, action, softwareAgents=[{"name": "Other"}, {"name": "GPT-4o"}])
    reading = look(room.signed(definition, parts=[room.Part(room.media(room.PNG), relation="parentOf")]))
    return [(s.claim, s.place.partition(" / ")[2], s.strength) for s in reading.signals]


@pytest.mark.parametrize(
    ("agent", "more"),
    [("Adobe_Firefly/3.0", {}), ({"name": "DALL·E 3", "version": "3"}, {}), (None, {"softwareAgentIndex": 1})],
    ids=["string", "map", "index"],
)
def test_a_generator_with_words_that_tell_of_generation_flags(agent: Any, more: dict[str, Any]) -> None:
    """Where no source type is named, a known generator and a description together are enough."""
    found = nameless(agent, description="AI generated image", **more)
    place = "c2pa.actions.v2 / c2pa.edited / softwareAgent"
    assert found == [(Claim.AI_ASSISTED, place, Strength.SIGNED_UNTRUSTED)]


def test_a_generators_name_alone_is_a_hint() -> None:
    """A name can mean anything a tool does: it asks for a look and no more."""
    found = nameless("Adobe Firefly")
    assert [(claim, strength) for claim, _, strength in found] == [(Claim.REVIEW, Strength.HINT)]


def test_words_alone_are_a_hint() -> None:
    """A description by a tool nobody knows asks for a look."""
    found = nameless("Some Tool", description="Generated with AI")
    assert [(claim, strength) for claim, _, strength in found] == [(Claim.REVIEW, Strength.HINT)]


@pytest.mark.parametrize(
    ("agent", "description"),
    [
        ("Adobe Photoshop", "Contrast adjusted"),
        ("Visora Studio", "colour"),
        ("Some Tool", "made without generative AI"),
        ("Some Tool", "not AI generated"),
        ("Imagenes de archivo", "aligned"),
    ],
)
def test_names_and_words_that_mean_other_things_say_nothing(agent: str, description: str) -> None:
    """Names are matched as whole words, sentences that deny are no statement, and editors are no generators."""
    assert nameless(agent, description=description) == []


def test_the_name_of_a_signer_never_flags() -> None:
    """The companies that sign generated pictures sign what people made, too."""
    by = room.studio("Adobe Firefly")
    reading = look(room.signed(room.manifest(CREATED), by=by))
    assert reading.credential.issuer == "Adobe Firefly"
    assert {s.claim for s in reading.signals} == {Claim.CREATED}


# --- ingredients -----------------------------------------------------------------------------------------------------

PLACED = room.action("placed", **room.about("part"))


def made_from(relation: str, *actions: dict[str, Any], title: str = "part.png") -> Reading:
    """Sign a picture that was made from a generated one."""
    part = room.Part(room.generated(), relation=relation, title=title)
    return look(room.signed(room.manifest(*actions), parts=[part]))


def test_an_edit_by_hand_of_a_generated_picture_stays_generated() -> None:
    """The marker stands only in the parent's manifest, and is named there."""
    reading = look(room.edited(room.generated()))
    (flag,) = [s for s in reading.signals if s.claim in FLAGS]
    assert (flag.claim, flag.place) == (Claim.AI_GENERATED, "manifest 2 of 2 / c2pa.actions.v2 / c2pa.created")
    assert flag.via == "ingredient 'parent' (parentOf)"
    assert [(i.relation, i.removed) for i in reading.ingredients] == [(Relation.PARENT_OF, False)]
    assert reading.ingredients[0].manifest == reading.credential.labels[1]


def test_a_generated_component_is_a_part() -> None:
    """A picture with something generated placed in it was generated in part."""
    (flag,) = [s for s in made_from("componentOf", CREATED, PLACED).signals if s.claim in FLAGS]
    assert (flag.claim, flag.via) == (Claim.AI_ASSISTED, "ingredient 'part.png' (componentOf)")


def test_a_generated_input_is_for_review() -> None:
    """What was only shown to a model is not in the picture, but a person should know."""
    signals = made_from("inputTo", CREATED).signals
    assert [s.claim for s in signals if s.via] == [Claim.REVIEW]


def test_what_was_removed_again_is_only_noted() -> None:
    """`c2pa.removed` ends a component's flag, and the ingredient says so."""
    reading = made_from("componentOf", CREATED, PLACED, room.action("removed", **room.about("part")))
    assert [s.claim for s in reading.signals if s.via] == [Claim.NOTED]
    assert [i.removed for i in reading.ingredients] == [True]


def test_what_was_placed_once_more_after_its_removal_counts() -> None:
    """The last action about an ingredient decides."""
    removed = room.action("removed", **room.about("part"))
    reading = made_from("componentOf", CREATED, PLACED, removed, PLACED)
    assert [s.claim for s in reading.signals if s.via] == [Claim.AI_ASSISTED]


def test_a_removal_in_a_broken_credential_counts_for_nothing() -> None:
    """What does not verify may flag, but must not talk a flag away."""
    part = room.Part(room.generated())
    removed = room.action("removed", **room.about("part"))
    data = room.signed(room.manifest(CREATED, PLACED, removed), parts=[part])
    reading = look(room.swapped(data, b"xmp", b"xmq") if b"xmp" in data else room.flipped(data, len(data) - 40))
    assert reading.credential.state is State.BROKEN
    assert Claim.AI_ASSISTED in {s.claim for s in reading.signals}


def test_a_source_type_of_an_ingredient_itself_flags() -> None:
    """C2PA 2.4: a label that was gathered, about an ingredient that has no credential."""
    part = room.Part(room.media(room.PNG), more={"digital_source_type": room.TRAINED})
    reading = look(room.signed(room.manifest(CREATED, PLACED), parts=[part]))
    (flag,) = [s for s in reading.signals if s.claim in FLAGS]
    assert flag.place == "manifest 1 of 1 / c2pa.ingredient.v3 / digital_source_type"
    assert (flag.claim, flag.via) == (Claim.AI_ASSISTED, "ingredient 'part.png' (componentOf)")


def test_an_update_manifest_does_not_hide_what_is_below() -> None:
    """An update manifest has no origin of its own: the claim one level down is about the same picture."""
    update = room.manifest(assertions=[("com.example.approval", {"by": "somebody"})])
    reading = look(room.signed(update, room.generated(), room.PNG, update=True))
    assert reading.credential.state is State.UNTRUSTED
    assert [s.claim for s in reading.signals] == [Claim.AI_GENERATED]


def test_the_most_telling_way_counts_over_two_generations() -> None:
    """A component of a component is still a part; the way there is told step by step."""
    inner = room.signed(
        room.manifest(CREATED, PLACED), media_type=room.PNG, parts=[room.Part(room.generated(), title="deep")]
    )
    reading = look(room.signed(room.manifest(CREATED, PLACED), parts=[room.Part(inner, title="middle")]))
    (flag,) = [s for s in reading.signals if s.claim in FLAGS]
    assert flag.via == "ingredient 'middle' (componentOf), from ingredient 'deep' (componentOf)"
    assert len(reading.ingredients) == 1


def test_a_parent_without_a_credential_is_recorded_and_says_nothing() -> None:
    """A fresh credential over an unknown history is not clean, and not an accusation either."""
    opened = room.action("opened", **room.about("part"))
    reading = look(room.signed(room.manifest(opened), parts=[room.Part(room.media(room.PNG), relation="parentOf")]))
    assert reading.signals == ()
    assert reading.ingredients == (Ingredient(Relation.PARENT_OF, "part.png", None),)


def test_what_names_the_file_says_nothing_and_anything_else_there_does() -> None:
    """Manifests that differ in the names of their files alone say the same; a term in the place of a name is read."""
    assertion = {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.edited"}]}}
    names = ["xmp:iid:0f3e2a6c-7d2b-4c35-9a4e-6f1f7d2f4c11", "urn:uuid:0f3e2a6c-7d2b-4c35-9a4e-6f1f7d2f4c12", None, 7]
    plain = [marks_in({"assertions": [assertion], "instance_id": name, "label": name}) for name in names]
    assert plain == [()] * len(names)
    hidden = marks_in({"assertions": [assertion], "instance_id": room.TRAINED})
    assert {mark.claim for mark in hidden} == {Claim.REVIEW}
