"""Roles, consents, telling and attesting, as the gate's policy sees them, and what its reasons teach."""

from dataclasses import replace

import pytest

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.evidence import Claim, Credential, State, Strength
from provenance.policy import Case, Outcome, Policy, Reason, Rule, judge
from provenance.policy.facts import Answer, Consented, Facts, Prominence, Replica, Told
from provenance.records import Approval, Clearance, Deliverable, Subject, Words
from provenance.records.attestation import Attestation
from provenance.verdict import Ground, Origin, Verdict
from tests.policy.asking import broadcaster, facts, kept, netflix

POLICY = netflix()
PLACE = Deliverable(ProjectId("long-night"), Title("S01E03"), Channel("netflix"))
NOW = UtcTime("2026-06-01T00:00:00.000000Z")
SUBJECTS = (Subject(Digest("a" * 64), "x"),)
CLEARANCE = Clearance(by="qc", role="qc", reason="looked", made_at=NOW, subjects=SUBJECTS)
ATTESTATION = Attestation(by="post", role="post", reason="asked all", made_at=NOW, subjects=SUBJECTS)
EVERY_WORD = Words(clearances=(CLEARANCE,), attestations=(ATTESTATION,))


def approved(role: str) -> Approval:
    """Return an approval in a role."""
    return Approval(
        by=f"the {role}",
        role=role,
        reason="agreed",
        made_at=NOW,
        subjects=SUBJECTS,
        project=PLACE.project,
        title=PLACE.title,
        channel=PLACE.channel,
    )


def case(origin: Origin, *told: Told, words: Words | None = None, consents: tuple[Consented, ...] = ()) -> Case:
    """Return one file before the policy."""
    ground = Ground("xmp", Claim.NOTED, Strength.DECLARED, "somewhere", "something")
    return Case(Verdict(origin, (ground,)), Credential(State.ABSENT), PLACE, words or Words(), told, consents)


def only(judged: Case, policy: Policy, rule: Rule) -> Reason:
    """Return the one reason a decision has that stands on a rule."""
    (reason,) = [r for r in judge(judged, policy).reasons if r.rule is rule]
    return reason


FOOTAGE = Told("dsc-1", facts(POLICY, use="", final=True, answers=kept(POLICY, temporary_not_final=Answer.NO)))
POSTER = Told("dsc-2", facts(POLICY, use="background-element", prominence=Prominence.STORY_RELEVANT))
DOUBLE = Told(
    "dsc-3",
    facts(POLICY, use="talent-replica", replica=frozenset({Replica.DIGITAL_REPLICA})),
    frozenset({"performer-1", "performer-2"}),
)


def test_final_footage_approved_in_writing_passes() -> None:
    """AI footage that was told and that the studio's contact approved passes, and the approval is shown."""
    decision = judge(case(Origin.AI_GENERATED, FOOTAGE, words=Words((approved("studio-contact"),))), POLICY)
    assert decision.outcome is Outcome.PASS
    assert [a.role for a in decision.approvals] == ["studio-contact"]


def test_a_refusal_names_principle_trigger_role_and_command() -> None:
    """A refusal says what in the policy asks for an approval, in which roles, and by which command it is given."""
    reason = only(case(Origin.AI_GENERATED, POSTER), POLICY, Rule.TEMPORARY_NOT_FINAL)
    assert "principle 4 of netflix-2025-08: generated material is temporary" in reason.text
    assert "use (background-element)" in reason.text
    assert "approved by production-legal and studio-contact" in reason.help
    for role, line in zip(("production-legal", "studio-contact"), reason.help.split("\n")[1:], strict=True):
        assert line == f"provenance approve PATH --channel netflix --title S01E03 --by WHO --role {role} --reason TEXT"
    assert reason.args["roles"] == "production-legal studio-contact"
    assert reason.args["disclosures"] == "dsc-2"


def test_an_approval_in_another_role_is_shown_and_is_not_enough() -> None:
    """An approval in one of two roles leaves the file refused, and the missing role is named with its command."""
    judged = case(Origin.AI_GENERATED, POSTER, words=Words((approved("studio-contact"), approved("producer"))))
    reason = only(judged, POLICY, Rule.ROLE_MISSING)
    assert reason.outcome is Outcome.REFUSE
    assert "not yet by production-legal" in reason.text
    assert "--role production-legal" in reason.help
    assert {r.rule for r in judge(judged, POLICY).reasons} == {Rule.ROLE_MISSING, Rule.APPROVED}


def test_what_is_final_is_judged_as_final_whatever_was_told() -> None:
    """A use told as temporary, for which telling was enough, needs an approval in the final zone."""
    told = Told("dsc-4", facts(POLICY))
    assert judge(case(Origin.AI_ASSISTED, told), POLICY).outcome is Outcome.REFUSE
    words = Words((approved("studio-contact"),))
    assert judge(case(Origin.AI_ASSISTED, told, words=words), POLICY).outcome is Outcome.PASS


@pytest.mark.parametrize("origin", [Origin.UNKNOWN, Origin.CAPTURED, Origin.CREATED])
def test_what_was_told_to_be_generated_is_flagged_though_nothing_shows_it(origin: Origin) -> None:
    """A file that a disclosure names needs an approval, whatever it shows; nobody attests or clears that away."""
    judged = case(origin, FOOTAGE, words=EVERY_WORD)
    assert judge(judged, POLICY).outcome is Outcome.REFUSE
    assert "told to be made with a generative tool (dsc-1)" in judge(judged, POLICY).reasons[0].text


def test_a_double_needs_every_performers_consent() -> None:
    """A digital replica stays refused, whatever was approved, until each performer consented to that very class."""
    words = replace(EVERY_WORD, approvals=(approved("studio-contact"), approved("production-legal")))
    one = Consented("cns-1", "performer-1", Replica.DIGITAL_REPLICA)
    other_class = Consented("cns-2", "performer-2", Replica.VOICE_REPLICA)
    two = Consented("cns-3", "performer-2", Replica.DIGITAL_REPLICA)
    none = judge(case(Origin.AI_GENERATED, DOUBLE, words=words), POLICY)
    assert [r.rule for r in none.reasons if r.outcome is Outcome.REFUSE] == [Rule.CONSENT_MISSING] * 2
    half = case(Origin.AI_GENERATED, DOUBLE, words=words, consents=(one, other_class))
    reason = only(half, POLICY, Rule.CONSENT_MISSING)
    assert reason.args["performer"] == "performer-2"
    assert "trigger 3a (digital-performers)" in reason.text
    assert "provenance consent record" in reason.help
    whole = case(Origin.AI_GENERATED, DOUBLE, words=words, consents=(one, two))
    assert judge(whole, POLICY).outcome is Outcome.PASS


@pytest.mark.parametrize("said", [{"replica": frozenset({Replica.DIGITAL_REPLICA})}, {}])
def test_a_replica_of_nobody_has_nobodys_consent(said: dict[str, object]) -> None:
    """A replica without a performer, or without a class, is refused although somebody consented to something."""
    told = Told("dsc-5", facts(POLICY, use="talent-replica", **said))
    words = Words((approved("studio-contact"), approved("production-legal")))
    consents = tuple(Consented("cns-1", "", r) for r in ("", *Replica))
    judged = case(Origin.AI_GENERATED, told, words=words, consents=consents)
    assert "provenance disclose" in only(judged, POLICY, Rule.CONSENT_MISSING).help


def test_what_nobody_told_is_held_whatever_was_approved() -> None:
    """An undisclosed still is held after its approval; neither approval nor clearance answers that nobody told."""
    words = replace(EVERY_WORD, approvals=(approved("studio-contact"),))
    judged = case(Origin.AI_GENERATED, words=words)
    assert judge(judged, POLICY).outcome is Outcome.HOLD
    assert "provenance disclose" in only(judged, POLICY, Rule.UNTOLD).help
    assert judge(judged, replace(POLICY, untold=Outcome.PASS)).outcome is Outcome.PASS


def test_silence_is_held_until_somebody_attests() -> None:
    """What shows no sign is held under `attest`; a clearance is no attestation, an attestation is named in the pass."""
    bare = case(Origin.UNKNOWN)
    reason = only(bare, POLICY, Rule.NOT_ATTESTED)
    assert reason.outcome is Outcome.HOLD
    assert "provenance attest PATH" in reason.help
    assert judge(replace(bare, words=Words(clearances=(CLEARANCE,))), POLICY).outcome is Outcome.HOLD
    attested = judge(replace(bare, words=Words(attestations=(ATTESTATION,))), POLICY)
    assert attested.outcome is Outcome.PASS
    assert [(a.id, a.files) for a in attested.attested] == [(ATTESTATION.id, 1)]
    assert attested.reasons[0].rule is Rule.ATTESTED


@pytest.mark.parametrize("origin", [Origin.AI_GENERATED, Origin.AI_ASSISTED, Origin.REVIEW])
def test_an_attestation_takes_no_flag_and_no_doubt_away(origin: Origin) -> None:
    """What is flagged or in doubt is judged with an attestation as without one."""
    bare = case(origin)
    spoken = replace(bare, words=Words(attestations=(ATTESTATION,)))
    assert judge(spoken, POLICY) == judge(bare, POLICY)
    assert judge(spoken, POLICY).outcome is not Outcome.PASS


def test_a_broken_credential_is_not_attested_away() -> None:
    """An attestation says nothing of a credential that does not match: that still needs a clearance."""
    broken = replace(
        case(Origin.UNKNOWN, words=Words(attestations=(ATTESTATION,))), credential=Credential(State.BROKEN)
    )
    assert judge(broken, POLICY).outcome is Outcome.HOLD
    assert judge(replace(broken, words=EVERY_WORD), POLICY).outcome is Outcome.PASS


def documentary(**said: object) -> Facts:
    """Return a use in factual content."""
    return facts(broadcaster(), **({"use": "illustration", "genre": "factual", "audience_disclosure": True} | said))


def test_a_broadcaster_forbids_what_a_streamer_escalates() -> None:
    """Under a pack of another shape a still in a documentary is refused whatever the commissioner approved."""
    policy = broadcaster()
    words = Words((approved("commissioner"), approved("editorial-policy")))
    judged = case(Origin.AI_GENERATED, Told("dsc-1", documentary()), words=words)
    assert judge(judged, policy).outcome is Outcome.REFUSE
    assert "factual-content" in only(judged, policy, Rule.USE_FORBIDDEN).text
    assert "nobody can approve" in only(judged, policy, Rule.USE_FORBIDDEN).help
    comedy = case(Origin.AI_GENERATED, Told("dsc-1", documentary(genre="comedy")), words=words)
    assert judge(comedy, policy).outcome is Outcome.PASS


def test_a_broadcaster_holds_the_undisclosed_still() -> None:
    """A generated still in a documentary of which nobody told is held, although the commissioner approved it."""
    words = Words((approved("commissioner"),))
    judged = judge(case(Origin.AI_GENERATED, words=words), broadcaster())
    assert (judged.outcome, judged.reasons[0].rule) == (Outcome.HOLD, Rule.UNTOLD)


@pytest.mark.parametrize(("audience", "roles"), [(None, True), (False, True), (True, False)])
def test_a_broadcaster_asks_whether_the_audience_is_told(audience: bool | None, roles: bool) -> None:
    """As long as it is not decided that the audience is told, editorial policy has to approve too."""
    told = Told("dsc-1", documentary(genre="comedy", audience_disclosure=audience))
    judged = judge(case(Origin.AI_GENERATED, told, words=Words((approved("commissioner"),))), broadcaster())
    assert (Rule.ROLE_MISSING in {r.rule for r in judged.reasons}) is roles
