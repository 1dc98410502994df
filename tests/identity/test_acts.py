"""Each act counts in the roles a policy leaves it to, and by nobody else who is listed."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.asset import Commitment, Digest
from provenance.identity.authority import act_of
from provenance.lineage import Witness
from provenance.policy import Outcome, load_policy, parse_policy
from provenance.policy.document import ACTS
from provenance.records import AnyRecord, Clearance, Declaration, Derivation, Revocation, Scope
from provenance.records.attestation import Attestation
from provenance.records.consent import Consent
from provenance.records.decisions import Supersession
from provenance.records.disclosure import Answered, Disclosure, Step
from provenance.records.personal import Erasure, HoldRelease
from provenance.records.register import ToolEntry
from provenance.verdict import Origin
from tests.catalogue.making import AI, DELIVERABLE, at, declared, derived, digest_of, evidence, seen, subject, take
from tests.identity.signed import PEOPLE, ROLE, House, approval, person, told

POST = person("post", "post-supervisor", "runner")
MINA = Commitment("ab" * 32)

Say = Callable[[House, str, str], AnyRecord]
"""Makes a word of somebody, in a role where the kind has one."""


def _clear(_house: House, by: str, role: str) -> AnyRecord:
    return Clearance(by=by, reason="seen", made_at=at(6), subjects=(subject("plate"),), role=role)


def _attest(_house: House, by: str, role: str) -> AnyRecord:
    return Attestation(by=by, reason="seen", made_at=at(6), subjects=(subject("plate"),), role=role)


def _declare(_house: House, by: str, _role: str) -> AnyRecord:
    return Declaration(by=by, reason="shot", made_at=at(6), subjects=(subject("plate"),), origin=Origin.CAPTURED.value)


def _derive(_house: House, by: str, _role: str) -> AnyRecord:
    return dataclasses.replace(derived("render", "master"), by=by, made_at=at(6), witness=Witness.DECLARED)


def _supersede(_house: House, by: str, role: str) -> AnyRecord:
    return Supersession(
        by=by,
        reason="painted",
        made_at=at(6),
        replaced=(subject("still"),),
        final=subject("painted"),
        role=role,
        project=DELIVERABLE.project,
        evidence=Digest("e" * 64),
        evidence_name="layers.psd",
    )


def _revoke(house: House, by: str, _role: str) -> AnyRecord:
    (flag,) = [f for f in house.catalogue.records_of(digest_of("flagged")) if f.record.kind == "declaration"]
    return Revocation(by=by, reason="mistaken", made_at=at(6), target=flag.record.id)


def _standing(house: House) -> None:
    """Have everything lie there that the words of these tests are about."""
    names = ("master", "render", "painted", "flagged")
    marks = {"master": (AI,), "render": (AI,)}
    take(
        house.catalogue, *(seen(evidence(n, *marks.get(n, ())), n.encode(), version=v) for v, n in enumerate(names, 3))
    )
    grounds = tuple(sorted(house.catalogue.marks_of(digest_of("master"))))
    house.say(approval("master", scope=Scope.DERIVATIVES, grounds=grounds), "lawyer")
    house.say(dataclasses.replace(derived("painted", "still"), by="anybody"))
    house.say(dataclasses.replace(declared("flagged", Origin.AI_GENERATED), by="anybody"))


@pytest.mark.parametrize(
    ("act", "name", "say", "before"),
    [
        ("clear", "plate", _clear, Outcome.HOLD),
        ("attest", "plate", _attest, Outcome.HOLD),
        ("declare", "plate", _declare, Outcome.HOLD),
        ("derive", "render", _derive, Outcome.REFUSE),
        ("supersede", "painted", _supersede, Outcome.REFUSE),
        ("revoke", "flagged", _revoke, Outcome.REFUSE),
    ],
)
def test_an_act_counts_in_the_roles_it_is_left_to(house: House, act: str, name: str, say: Say, before: Outcome) -> None:
    """Said by a listed person of another role it is kept and changes nothing; said in the role, it lets it pass."""
    config = dataclasses.replace(house.config, people=(*PEOPLE, POST))
    attest = frozenset({Origin.UNKNOWN} if act == "attest" else ())
    origins = {**house.policy.origins, Origin.UNKNOWN: Outcome.HOLD if name == "plate" else Outcome.PASS}
    policy = dataclasses.replace(
        house.policy, acts={act: frozenset({"post-supervisor"})}, origins=origins, attest=attest
    )
    house = House(config, policy, house.catalogue, house.pool)
    house.accept(minute=2)
    _standing(house)
    assert house.outcome(name) is before
    house.say(say(house, "lawyer", ROLE), "lawyer")
    run = house.run(name)
    assert run is not None
    assert run.outcome is before
    if act not in {"declare", "revoke"}:  # those are shown among the grounds
        assert f"leaves it to post-supervisor to {act}" in house.why(name)
    house.say(dataclasses.replace(say(house, "post", "runner"), reason="as a runner"), "post")
    counts = act in {"declare", "derive", "revoke"}  # these name no role: whoever has it may
    assert house.outcome(name) is (Outcome.PASS if counts else before)
    house.say(dataclasses.replace(say(house, "post", "post-supervisor"), reason="yes"), "post")
    assert house.outcome(name) is Outcome.PASS


def _replica(by: str = "editor") -> Disclosure:
    """Return what somebody tells of a digital double, made with a tool the register may know."""
    return Disclosure(
        by=by,
        reason="a double",
        made_at=at(5),
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        subjects=(subject("still"),),
        use="talent-replica",
        replica=("digital-replica",),
        performers=(MINA,),
        answers=(Answered(key="tool_no_retention_no_training", answer="yes"),),
        steps=(Step(tool="Image maker", version="3", tier="enterprise"),),
    )


def test_consents_and_entries_of_the_register_are_left_to_roles_too(house: House) -> None:
    """A consent recorded by a listed person without the role answers no replica, and the gate says why."""
    policy = dataclasses.replace(
        load_policy("netflix-2025-08", Path("/")), required_mode="unsigned", transcribed=frozenset(), roles=frozenset()
    )
    house = House(house.config, policy, house.catalogue, house.pool)
    house.accept(minute=2)
    house.say(_replica(), "editor")
    house.say(approval("still"), "lawyer")
    consent = Consent(
        by="editor",
        reason="signed",
        made_at=at(6),
        performer=MINA,
        replica="digital-replica",
        scope="the double",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        document=digest_of("consent"),
    )
    house.say(consent, "editor")
    assert house.outcome("still") is Outcome.REFUSE
    assert "leaves it to production-legal to consent" in house.why("still")
    house.say(dataclasses.replace(consent, by="lawyer"), "lawyer")
    assert house.outcome("still") is Outcome.PASS


@pytest.mark.parametrize("name", ACTS)
def test_every_act_of_a_pack_is_asked_of_some_word(name: str) -> None:
    """Each key a pack may leave to roles is what the authority of some kind of record asks about."""
    words: tuple[AnyRecord, ...] = (
        Clearance(by="a", reason="b", made_at=at(1), subjects=(), role="c"),
        Attestation(by="a", reason="b", made_at=at(1), subjects=(), role="c"),
        declared("x", Origin.CAPTURED),
        Derivation(by="a", reason="b", made_at=at(1), child=subject("x"), parents=()),
        _entry("a"),
        Revocation(by="a", reason="b", made_at=at(1), target="dec-1"),
        dataclasses.replace(_supersede_any()),
        _consent_any(),
        Erasure(by="a", reason="b", made_at=at(1), values=()),
        HoldRelease(by="a", reason="b", made_at=at(1), target="hld-1"),
    )
    assert name in {act_of(word) for word in words}


def test_what_makes_something_stricter_is_left_to_nobody() -> None:
    """To say that something is generated, to tell of it, and to end an approval takes no role."""
    assert {
        act_of(declared("x", Origin.AI_GENERATED)),
        act_of(told("x", "a")),
        act_of(Revocation(by="a", reason="b", made_at=at(1), target="apr-1")),
    } == {""}


def test_a_pack_that_leaves_an_act_to_nobody_is_kept(house: House) -> None:
    """An empty list means nobody, and not everybody."""
    text = 'id = "m"\ndated = 2026-01-01\nsummary = "s"\nextends = "baseline"\n[approvals]\nclear = []\n'
    policy = dataclasses.replace(house.policy, acts=parse_policy(text.encode(), "m").acts)
    house = House(house.config, policy, house.catalogue, house.pool)
    house.say(_clear(house, "lawyer", ROLE), "lawyer")
    assert "leaves it to nobody to clear" in house.why("plate")


def _entry(by: str) -> ToolEntry:
    return ToolEntry(
        by=by,
        reason="read",
        made_at=at(1),
        tool="Image maker",
        tier="enterprise",
        enterprise=True,
        trains_on_inputs=False,
        stores_inputs=False,
        terms_read="2026-01-31",
        terms=digest_of("terms"),
        valid_until=at(59),
    )


def _supersede_any() -> Supersession:
    made = _supersede(None, "a", "b")  # type: ignore[arg-type]
    assert isinstance(made, Supersession)
    return made


def _consent_any() -> Consent:
    return Consent(
        by="a",
        reason="b",
        made_at=at(1),
        performer=MINA,
        replica="digital-replica",
        scope="c",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        document=digest_of("d"),
    )
