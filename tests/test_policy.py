from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.errors import PolicyInvalid
from provenance.evidence import Claim, Credential, State, Strength
from provenance.policy import Case, Outcome, Policy, Rule, judge, load_policy, parse_policy
from provenance.records import Approval, Clearance, Deliverable, Subject, Words, covers, record_from
from provenance.verdict import CREDENTIAL, Ground, Origin, Verdict

BASELINE = (Path(__file__).parents[1] / "provenance" / "policies" / "baseline.toml").read_text()
DIGEST = Digest("a" * 64)
DELIVERABLE = Deliverable(ProjectId("long-night"), Title("S01E03"), Channel("netflix"))
NOW = UtcTime("2026-06-01T00:00:00.000000Z")
APPROVAL = Approval(
    by="legal", role="production-legal", reason="agreed", made_at=NOW, subjects=(Subject(DIGEST, "x"),),
    project=DELIVERABLE.project, title=DELIVERABLE.title, channel=DELIVERABLE.channel,
)  # fmt: skip
CLEARANCE = Clearance(by="qc", role="qc", reason="looked", made_at=NOW, subjects=(Subject(DIGEST, "x"),))


@pytest.fixture
def baseline() -> Policy:
    """The shipped baseline."""
    return load_policy("baseline", Path("/"))


def case(origin: Origin, state: State, words: Words | None = None) -> Case:
    """One file before the policy."""
    ground = Ground("xmp", Claim.NOTED, Strength.DECLARED, "somewhere", "something")
    return Case(Verdict(origin, (ground,)), Credential(state), DELIVERABLE, words or Words())


@pytest.mark.parametrize(("origin", "state"), [*product(Origin, State)])
def test_every_combination_has_an_outcome_with_a_reason(baseline: Policy, origin: Origin, state: State) -> None:
    """The baseline answers for every origin and state, the stricter of both wins, and what is not passed has advice."""
    decision = judge(case(origin, state), baseline)
    expected = max(baseline.origins[origin], baseline.credentials[state], key=lambda o: o.severity)
    assert decision.outcome is expected
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.text
        if reason.outcome is not Outcome.PASS:
            assert "provenance" in reason.help


def test_flagged_needs_an_approval_and_a_clearance_is_none(baseline: Policy) -> None:
    """An approval lets flagged material pass and is shown; a clearance never answers a refusal."""
    flagged = case(Origin.AI_GENERATED, State.UNTRUSTED)
    assert judge(flagged, baseline).outcome is Outcome.REFUSE
    assert judge(replace(flagged, words=Words(clearances=(CLEARANCE,))), baseline).outcome is Outcome.REFUSE
    passed = judge(replace(flagged, words=Words(approvals=(APPROVAL,))), baseline)
    assert passed.outcome is Outcome.PASS
    assert passed.approvals == (APPROVAL,)
    assert passed.reasons[0].rule is Rule.APPROVED


def test_held_needs_a_clearance_and_an_approval_is_none(baseline: Policy) -> None:
    """A clearance lets held material pass and is shown; an approval does not answer a hold."""
    held = case(Origin.REVIEW, State.BROKEN)
    assert judge(held, baseline).outcome is Outcome.HOLD
    assert judge(replace(held, words=Words(approvals=(APPROVAL,))), baseline).outcome is Outcome.HOLD
    passed = judge(replace(held, words=Words(clearances=(CLEARANCE,))), baseline)
    assert passed.outcome is Outcome.PASS
    assert {r.rule for r in passed.reasons} == {Rule.CLEARED}


def test_flagged_and_broken_needs_both(baseline: Policy) -> None:
    """Flagged material with a broken credential is refused, then held, and passes only on both words."""
    both = case(Origin.AI_GENERATED, State.BROKEN)
    assert judge(replace(both, words=Words(approvals=(APPROVAL,))), baseline).outcome is Outcome.HOLD
    words = Words(approvals=(APPROVAL,), clearances=(CLEARANCE,))
    assert judge(replace(both, words=words), baseline).outcome is Outcome.PASS


def test_a_word_never_makes_anything_stricter(baseline: Policy) -> None:
    """For every origin and state, adding words never raises the severity."""
    words = Words(approvals=(APPROVAL,), clearances=(CLEARANCE,))
    for origin, state in product(Origin, State):
        bare, spoken = judge(case(origin, state), baseline), judge(case(origin, state, words), baseline)
        assert spoken.outcome.severity <= bare.outcome.severity


def test_the_stricter_of_doubt_and_state_wins() -> None:
    """Where only the credential's state is in doubt, one reason is given, and never the milder of the two."""
    ground = Ground(CREDENTIAL, Claim.REVIEW, Strength.HINT, "embedded credential", "unreadable")
    doubtful = Case(Verdict(Origin.REVIEW, (ground,)), Credential(State.UNREADABLE), DELIVERABLE)
    strict = parse_policy(BASELINE.replace('review = "hold"', 'review = "refuse"').encode(), "strict")
    assert judge(doubtful, strict).outcome is Outcome.REFUSE
    usual = judge(doubtful, parse_policy(BASELINE.encode(), "usual"))
    assert [r.rule for r in usual.reasons] == [Rule.CREDENTIAL_UNREADABLE]


def test_unknown_passes_saying_what_was_not_found(baseline: Policy) -> None:
    """A pass for an unmarked file says "no signal found", never that it is not AI; a policy may hold it instead."""
    decision = judge(case(Origin.UNKNOWN, State.ABSENT), baseline)
    assert [r.text for r in decision.reasons] == ["no signal found"]
    strict = parse_policy(BASELINE.replace('unknown = "pass"', 'unknown = "hold"').encode(), "strict")
    assert judge(case(Origin.UNKNOWN, State.ABSENT), strict).outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (BASELINE, "", "missing required field"),
        (BASELINE, "[origins", "does not parse"),
        ('review = "hold"', "", "says nothing about review"),
        ('review = "hold"', 'review = "pass"', "lets review pass"),
        ('ai-generated = "refuse"', 'ai-generated = "pass"', "does not refuse ai-generated"),
        ('ai-assisted = "refuse"', 'ai-assisted = "hold"', "does not refuse ai-assisted"),
        ('unreadable = "hold"', 'unreadable = "pass"', "lets unreadable credentials pass"),
        ('unknown = "pass"', 'unknow = "pass"', "did you mean 'unknown'"),
        ('unknown = "pass"', 'unknown = "shrug"', "say pass, hold, refuse or attest"),
        ('id = "baseline"', 'id = "baseline"\nextra = 1', "unknown key extra"),
    ],
)
def test_a_policy_that_is_not_whole_is_refused(old: str, new: str, says: str) -> None:
    """An empty, broken, incomplete, misspelt or self-defeating policy is refused, and the error says why."""
    with pytest.raises(PolicyInvalid, match=says):
        parse_policy(BASELINE.replace(old, new).encode(), "mine")


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A policy that names nothing shipped and no file is refused."""
    with pytest.raises(PolicyInvalid):
        load_policy("basline", tmp_path)
    with pytest.raises(PolicyInvalid):
        load_policy("../baseline.toml", tmp_path)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({}, True),
        ({"expires": UtcTime("2026-06-01T00:00:00.000001Z")}, True),
        ({"expires": NOW}, False),
        ({"channel": Channel("broadcast")}, False),
        ({"title": Title("S01E04")}, False),
        ({"project": ProjectId("other")}, False),
        ({"subjects": (Subject(Digest("b" * 64), "x"),)}, False),
    ],
)
def test_an_approval_counts_for_what_it_names(changed: dict[str, object], counts: bool) -> None:
    """One digest, one project and title, one channel, until its instant: anything else does not count."""
    approval = replace(APPROVAL, **changed)  # type: ignore[arg-type]
    assert covers(approval, DIGEST, DELIVERABLE, NOW) is counts


def test_a_record_keeps_its_id_when_its_type_grows() -> None:
    """A field at its default is not part of what a record says, so an added field changes no id; another value does."""
    assert set(CLEARANCE.content()) == {"kind", "by", "reason", "made_at", "subjects", "role"}
    assert record_from(CLEARANCE.content()) == CLEARANCE
    assert replace(CLEARANCE, expires=NOW).id != CLEARANCE.id
