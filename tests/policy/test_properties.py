"""What holds for any use, any words and both packs: nothing missing helps, and nobody's word but the right one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.evidence import Claim, Credential, State, Strength
from provenance.policy import Case, Outcome, Policy, Rule, judge
from provenance.policy.assess import assess
from provenance.policy.facts import Answer, Consented, Exemption, Facts, Input, Prominence, Reference, Replica, Told
from provenance.records import Approval, Clearance, Deliverable, Subject, Words
from provenance.records.attestation import Attestation
from provenance.verdict import Ground, Origin, Verdict
from tests.policy.asking import broadcaster, netflix

POLICIES = (netflix(), broadcaster())
PLACE = Deliverable(ProjectId("long-night"), Title("S01E03"), Channel("netflix"))
NOW = UtcTime("2026-06-01T00:00:00.000000Z")
SUBJECTS = (Subject(Digest("a" * 64), "x"),)
ROLES = ("studio-contact", "production-legal", "commissioner", "editorial-policy", "somebody")
PERFORMERS = ("performer-1", "performer-2")
UNKNOWN = "something-new"

policies = st.sampled_from(POLICIES)


def some(values: type[Input | Reference | Replica | Exemption]) -> st.SearchStrategy[frozenset[str]]:
    """Return any set of values, one that nobody knows among them."""
    return st.frozensets(st.sampled_from([*map(str, values), UNKNOWN]), max_size=3)


@st.composite
def any_facts(draw: st.DrawFn, policy: Policy) -> Facts:
    """Return any facts a policy may be asked about."""
    answers = st.fixed_dictionaries({}, optional={p.key: st.sampled_from(Answer) for p in policy.principles})
    return Facts(
        use=draw(st.sampled_from([u.key for u in policy.uses] + ["", UNKNOWN])),
        prominence=draw(st.sampled_from(Prominence)),
        final=draw(st.booleans()),
        answers=draw(answers),
        inputs=draw(some(Input)),
        enterprise=draw(st.booleans()),
        uncleared_training=draw(st.booleans()),
        references=draw(some(Reference)),
        replica=draw(some(Replica)),
        exemptions=draw(some(Exemption)),
        real_events=draw(st.booleans()),
        union_work=draw(st.booleans()),
        genre=draw(st.sampled_from(["", "news", "factual", "comedy"])),
        audience_disclosure=draw(st.sampled_from([None, True, False])),
        clearance_evidence=draw(st.booleans()),
    )


approvals = st.builds(
    lambda role: Approval(
        by=f"the {role}",
        role=role,
        reason="agreed",
        made_at=NOW,
        subjects=SUBJECTS,
        project=PLACE.project,
        title=PLACE.title,
        channel=PLACE.channel,
    ),
    st.sampled_from(ROLES),
)
clearances = st.builds(
    lambda role: Clearance(by="qc", role=role, reason="looked", made_at=NOW, subjects=SUBJECTS), st.sampled_from(ROLES)
)
attestations = st.builds(
    lambda role: Attestation(by="post", role=role, reason="asked", made_at=NOW, subjects=SUBJECTS),
    st.sampled_from(ROLES),
)
words = st.builds(
    Words,
    st.lists(approvals, max_size=3).map(tuple),
    st.lists(clearances, max_size=2).map(tuple),
    st.lists(attestations, max_size=2).map(tuple),
)
consents = st.builds(
    Consented, st.just("cns-1"), st.sampled_from(PERFORMERS), st.sampled_from([*map(str, Replica), UNKNOWN])
)


@st.composite
def any_case(draw: st.DrawFn, policy: Policy) -> Case:
    """Return any file before a policy."""
    ground = Ground("xmp", Claim.NOTED, Strength.DECLARED, "somewhere", "something")
    told = st.builds(
        Told, st.sampled_from(["dsc-1", "dsc-2"]), any_facts(policy), st.frozensets(st.sampled_from(PERFORMERS))
    )
    return Case(
        Verdict(draw(st.sampled_from(Origin)), (ground,)),
        Credential(draw(st.sampled_from(State))),
        PLACE,
        draw(words),
        draw(st.lists(told, max_size=2).map(tuple)),
        draw(st.lists(consents, max_size=3).map(tuple)),
    )


def with_facts(policy: Policy) -> st.SearchStrategy[tuple[Policy, Facts]]:
    """Return a policy with any facts it may be asked about."""
    return st.tuples(st.just(policy), any_facts(policy))


def with_case(policy: Policy) -> st.SearchStrategy[tuple[Policy, Case]]:
    """Return a policy with any file before it."""
    return st.tuples(st.just(policy), any_case(policy))


@given(policies.flatmap(with_facts), st.data())
def test_no_answer_is_milder_than_a_yes(asked: tuple[Policy, Facts], data: st.DataObject) -> None:
    """A yes changed to unsure, no, or no answer never makes the answer milder, and never lets anybody off approving."""
    policy, said = asked
    key = data.draw(st.sampled_from([p.key for p in policy.principles]))
    yes = assess(replace(said, answers={**said.answers, key: Answer.YES}), policy)
    for answer in (Answer.UNSURE, Answer.NO, Answer.UNANSWERED):
        other = assess(replace(said, answers={**said.answers, key: answer}), policy)
        assert other.answer.severity >= yes.answer.severity
        assert other.roles >= yes.roles
        assert {c.key for c in other.reasons} >= {c.key for c in yes.reasons}
    without = {k: v for k, v in said.answers.items() if k != key}
    unanswered = {**without, key: Answer.UNANSWERED}
    assert assess(replace(said, answers=without), policy) == assess(replace(said, answers=unanswered), policy)


@given(policies.flatmap(with_facts))
def test_every_answer_has_its_reasons(asked: tuple[Policy, Facts]) -> None:
    """Telling is enough only where there is no reason against it; otherwise the most severe one comes first."""
    policy, said = asked
    found = assess(said, policy)
    assert found.answer.severity == max((c.answer.severity for c in found.reasons), default=0)
    assert found.roles == (policy.roles.union(*(c.roles for c in found.reasons)) if found.reasons else frozenset())
    assert all(c.says and c.why for c in found.reasons)


@given(policies.flatmap(with_case), approvals)
def test_an_approval_never_makes_anything_stricter(judged: tuple[Policy, Case], more: Approval) -> None:
    """One more approval, in whatever role, never raises the severity of the outcome."""
    policy, case = judged
    spoken = replace(case, words=replace(case.words, approvals=(*case.words.approvals, more)))
    assert judge(spoken, policy).outcome.severity <= judge(case, policy).outcome.severity


@given(policies.flatmap(with_case), words)
def test_no_word_makes_up_for_a_consent(judged: tuple[Policy, Case], more: Words) -> None:
    """What is refused for want of a consent stays refused, whatever is approved, cleared or attested."""
    policy, case = judged
    if Rule.CONSENT_MISSING not in {r.rule for r in judge(case, policy).reasons}:
        return
    spoken = replace(case, words=more)
    assert judge(spoken, policy).outcome is Outcome.REFUSE


@given(policies.flatmap(with_case), st.data())
def test_telling_more_never_makes_up_for_a_consent(judged: tuple[Policy, Case], data: st.DataObject) -> None:
    """A further disclosure of the same file, whatever it says, never turns a missing consent into a pass."""
    policy, case = judged
    if Rule.CONSENT_MISSING not in {r.rule for r in judge(case, policy).reasons}:
        return
    more = data.draw(any_case(policy))
    assert judge(replace(case, told=(*case.told, *more.told)), policy).outcome is Outcome.REFUSE


@given(policies.flatmap(with_case))
def test_nothing_generated_passes_without_all_roles(judged: tuple[Policy, Case]) -> None:
    """What is flagged, or told to be generated, passes only if every role that is asked for approved it."""
    policy, case = judged
    decision = judge(case, policy)
    if decision.outcome is not Outcome.PASS or not (case.verdict.origin.flagged or case.told):
        return
    asked = policy.roles.union(*(assess(replace(t.facts, final=True), policy).roles for t in case.told))
    assert case.words.approvals
    assert asked <= {a.role for a in decision.approvals}


@given(policies.flatmap(with_case))
def test_an_attestation_answers_nothing_else(judged: tuple[Policy, Case]) -> None:
    """An attestation changes the outcome only for what showed no sign and was held for that alone."""
    policy, case = judged
    bare = replace(case, words=replace(case.words, attestations=()))
    before, after = judge(bare, policy), judge(case, policy)
    if before.outcome is not after.outcome:
        assert Rule.NOT_ATTESTED in {r.rule for r in before.reasons if r.outcome is before.outcome}
        assert not case.told
        assert case.verdict.origin in policy.attest
