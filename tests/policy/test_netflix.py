"""The examples of the guidance, as far as the policy alone decides them."""

from dataclasses import replace

import pytest

from provenance.policy.assess import assess
from provenance.policy.facts import Answer, Prominence
from provenance.policy.terms import Reply
from tests.policy.asking import facts, kept, netflix

POLICY = netflix()
FINAL = {"final": True, "answers": kept(POLICY, temporary_not_final=Answer.NO)}
CONTACT, LEGAL = "studio-contact", "production-legal"

STORIES: dict[str, tuple[dict[str, object], set[str], set[str]]] = {
    "a mood board": ({}, set(), set()),
    "a mood board about the main character": ({"prominence": Prominence.KEY}, set(), set()),
    "the second doll": (
        {"use": "key-visual", "prominence": Prominence.KEY, **FINAL},
        {"key-creative-elements", "key-visual", "temporary_not_final"},
        {CONTACT},
    ),
    "a photograph in the manner of a known one": (
        {"references": frozenset({"copyrighted-work"})},
        {"references-without-permission", "no_infringing_likeness_of_works"},
        {CONTACT},
    ),
    "a performer's nose, as a reference": (
        {"references": frozenset({"public-figure"})},
        {"references-without-permission"},
        {CONTACT},
    ),
    "visual ADR to new dialogue": (
        {"use": "talent-replica", "replica": frozenset({"digital-alteration"}), **FINAL},
        {"significant-alteration", "digital-performers", "talent-replica", "temporary_not_final"},
        {CONTACT, LEGAL},
    ),
    "noise reduction on recorded dialogue": (
        {
            "use": "",
            "replica": frozenset({"digital-alteration"}),
            "exemptions": frozenset({"customary"}),
        },
        set(),
        set(),
    ),
    "a fake news segment, in the background": (
        {"use": "background-element", "real_events": True, **FINAL},
        {"mistaken-for-real", "temporary_not_final"},
        {CONTACT},
    ),
    "a poster in the background, as a mock-up": ({"use": "background-element"}, set(), set()),
    "a poster in the background, incidental, in the cut": (
        {"use": "background-element", **FINAL},
        {"temporary_not_final"},
        {CONTACT},
    ),
    "a poster that the story relies on, in the cut": (
        {"use": "background-element", "prominence": Prominence.STORY_RELEVANT, **FINAL},
        {"temporary_not_final", "background-element"},
        {CONTACT, LEGAL},
    ),
    "the client's material inside an enterprise tool": (
        {"use": "proprietary-input", "inputs": frozenset({"proprietary"})},
        set(),
        set(),
    ),
    "the client's material outside an enterprise tool": (
        {"use": "proprietary-input", "inputs": frozenset({"proprietary"}), "enterprise": False},
        {"proprietary-or-personal-data", "proprietary-input"},
        {CONTACT},
    ),
    "unreleased footage inside an enterprise tool": (
        {"use": "proprietary-input", "inputs": frozenset({"proprietary", "sensitive"})},
        {"proprietary-or-personal-data"},
        {CONTACT},
    ),
    "crew details inside an enterprise tool": (
        {"inputs": frozenset({"personal-data"})},
        {"proprietary-or-personal-data"},
        {CONTACT},
    ),
    "a style model on an artist's back catalogue": (
        {"use": "unowned-training", "uncleared_training": True},
        {"uncleared-training", "unowned-training"},
        {CONTACT},
    ),
    "final footage": ({"use": "", **FINAL}, {"temporary_not_final"}, {CONTACT}),
    "final footage called temporary": ({"use": "", "final": True}, {"temporary_not_final"}, {CONTACT}),
    "a synthetic extra": (
        {"replica": frozenset({"synthetic-performer"})},
        {"union-work"},
        {CONTACT},
    ),
    "work that a union represents": ({"union_work": True}, {"union-work"}, {CONTACT}),
}


@pytest.mark.parametrize("name", STORIES)
def test_the_examples_come_out_as_the_guidance_says(name: str) -> None:
    """Each example of the guidance is told or escalated, for the reasons and to the roles that the guidance names."""
    said, reasons, roles = STORIES[name]
    found = assess(facts(POLICY, clearance_evidence=True, **said), POLICY)
    assert {c.key for c in found.reasons} == reasons
    assert found.roles == roles
    assert found.answer is (Reply.ESCALATE if found.reasons else Reply.TELL)


def test_the_pack_has_the_shape_of_the_guidance() -> None:
    """Five principles (one soft), four areas with two triggers each, six uses of which two are conditional."""
    assert [p.number for p in POLICY.principles] == ["1", "2", "3", "4", "5"]
    assert [p.key for p in POLICY.principles if p.soft] == ["enterprise_secured"]
    assert [[t.number for t in POLICY.triggers if t.area == a.key] for a in POLICY.areas] == [
        [f"{n}a", f"{n}b"] for n in "1234"
    ]
    assert [u.key for u in POLICY.uses] == [
        "ideation",
        "background-element",
        "key-visual",
        "talent-replica",
        "unowned-training",
        "proprietary-input",
    ]
    assert [u.key for u in POLICY.uses if u.when or u.unless] == ["background-element", "proprietary-input"]
    assert POLICY.required_mode == "signed"
    assert POLICY.roles == POLICY.transcribed == {CONTACT}


@pytest.mark.parametrize("key", [p.key for p in POLICY.principles])
@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNSURE, Answer.UNANSWERED])
def test_anything_but_yes_escalates(key: str, answer: Answer) -> None:
    """A no, an unsure and a missing answer to any one principle escalate, each with a reason of its own words."""
    found = assess(facts(POLICY, answers=kept(POLICY, **{key: answer})), POLICY)
    assert found.answer is Reply.ESCALATE
    assert [c.key for c in found.reasons] == [key]
    says = {Answer.NO: "answered no", Answer.UNSURE: "counts as no", Answer.UNANSWERED: "nobody answered"}
    assert says[answer] in found.reasons[0].why


def test_a_yes_for_final_use_needs_evidence() -> None:
    """A yes to principle 1 counts for final use only with clearance evidence, and never beside a copyrighted work."""
    final = facts(POLICY, **FINAL)
    keys = {c.key for c in assess(final, POLICY).reasons}
    assert keys == {"no_infringing_likeness_of_works", "temporary_not_final"}
    assert {c.key for c in assess(replace(final, clearance_evidence=True), POLICY).reasons} == {"temporary_not_final"}


def test_what_is_final_is_not_temporary_whatever_is_answered() -> None:
    """A yes to principle 4 does not count for what is in the final cut."""
    found = assess(facts(POLICY, final=True, clearance_evidence=True), POLICY)
    assert [(c.key, c.why) for c in found.reasons] == [
        ("temporary_not_final", "answered yes, which final = true contradicts")
    ]


@pytest.mark.parametrize(
    ("replica", "exemptions", "needed"),
    [
        ({"digital-replica"}, set(), {"digital-replica"}),
        ({"digital-replica"}, {"unrecognisable"}, set()),
        ({"digital-replica"}, {"customary"}, {"digital-replica"}),
        ({"voice-replica"}, {"as-performed"}, set()),
        ({"voice-replica"}, {"permitted-dubbing"}, {"voice-replica"}),
        ({"digital-alteration"}, {"customary"}, set()),
        ({"digital-alteration"}, {"unsafe-act"}, {"digital-alteration"}),
        ({"digital-alteration", "digital-replica"}, {"customary"}, {"digital-replica"}),
        ({"synthetic-performer"}, set(), set()),
        ({"something-new"}, {"as-performed", "unsafe-act", "unrecognisable"}, {"something-new"}),
        ({"digital-replica"}, {"something-new"}, {"digital-replica"}),
    ],
)
def test_each_exemption_counts_for_its_class(replica: set[str], exemptions: set[str], needed: set[str]) -> None:
    """What spares an alteration a consent spares a replica none, and nothing unknown spares anything."""
    found = assess(facts(POLICY, replica=frozenset(replica), exemptions=frozenset(exemptions)), POLICY)
    assert found.replicas == needed
    assert found.consents is bool(needed)


def test_a_replica_that_nobody_names_needs_consent() -> None:
    """Talent replication without a class of replica still needs a consent."""
    found = assess(facts(POLICY, use="talent-replica"), POLICY)
    assert (found.consents, found.replicas, found.unnamed) == (True, frozenset(), True)


@pytest.mark.parametrize(
    "said",
    [
        {"use": "something-new"},
        {"inputs": frozenset({"something-new"})},
        {"references": frozenset({"something-new"})},
        {"exemptions": frozenset({"something-new"})},
    ],
)
def test_what_nobody_knows_escalates(said: dict[str, object]) -> None:
    """A use or a fact that the policy does not know is escalated, never found harmless."""
    assert assess(facts(POLICY, **said), POLICY).answer is Reply.ESCALATE
