"""Nobody else gets anywhere: a property, over whatever people who are not listed may put into the catalogue."""

import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import Commitment, Digest, UtcTime
from provenance.catalogue import Catalogue
from provenance.errors import ProvenanceError
from provenance.lineage import Witness
from provenance.policy import Outcome
from provenance.policy.document import ACTS
from provenance.policy.terms import Consents
from provenance.pool import Pool
from provenance.records import AnyRecord, Approval, Clearance, Declaration, Derivation, Revocation, Scope
from provenance.records.attestation import Attestation
from provenance.records.consent import Consent
from provenance.records.decisions import Supersession
from provenance.records.disclosure import Binding
from provenance.records.register import ToolEntry
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    DELIVERABLE,
    HINT,
    at,
    cleared,
    declared,
    derived,
    digest_of,
    evidence,
    seen,
    stamp,
    subject,
    take,
)
from tests.identity.signed import (
    PEOPLE,
    ROLE,
    STORE,
    House,
    accepting,
    approval,
    configuration,
    envelope_of,
    person,
    revoked,
    strict,
    told,
)

NAMES = ("still", "plate", "print", "cut", "odd", "silent", "render", "double")
MASTER = "master"
WHO = ("stranger", "lawyer", "Lawyer Example", "contact", "keeper", "admin", "editor")
SIGNATURES = ("none", "stranger", "replayed", "elsewhere", "garbled", "clerk")
CLERK = person("clerk", "clerk")
"""Somebody who is listed, with a key and a role that the policy leaves nothing to."""
MINA = Commitment("ab" * 32)


@contextmanager
def standing(pool: Pool) -> Iterator[House]:
    """Yield a house with everything in it that listed people may have said: flags, edges, doubts, and one approval."""
    with tempfile.TemporaryDirectory() as folder:
        config = configuration(Path(folder), (*PEOPLE, CLERK))
        with Catalogue.create(config.catalogue, at(0), store_id=STORE) as catalogue:
            marks: dict[str, tuple[Any, ...]] = {"still": (AI,), "odd": (HINT,)}
            marks |= {"render": (AI,), "master": (AI,), "double": (AI,)}
            files = [
                seen(evidence(n, *marks.get(n, ())), n.encode(), version=v) for v, n in enumerate((*NAMES, MASTER))
            ]
            take(catalogue, *files)
            policy = dataclasses.replace(
                strict(),
                untold=Outcome.HOLD,
                attest=frozenset({Origin.UNKNOWN}),
                roles=frozenset({ROLE}),
                acts=dict.fromkeys(ACTS, frozenset({ROLE})),
                consent=Consents({"digital-replica": frozenset()}),
            )
            house = House(config, policy, catalogue, pool)
            house.accept()
            house.say(dataclasses.replace(declared("plate", Origin.AI_GENERATED), by="editor"), "editor", 6)
            house.say(dataclasses.replace(derived("print", "plate"), by="lawyer"), "lawyer", 6)
            house.say(declared("cut", Origin.REVIEW), None, 6)
            # What is made of this one is approved too: strangers may claim that anything was.
            grounds = tuple(sorted(catalogue.marks_of(digest_of(MASTER))))
            house.say(approval(MASTER, scope=Scope.DERIVATIVES, grounds=grounds), "lawyer", 6)
            house.say(dataclasses.replace(told(MASTER, "editor"), replica=()), "editor", 6)
            assert house.outcome(MASTER, minute=50) is Outcome.PASS
            # A replica that is approved and told of, and lacks nothing but the performer's consent.
            replica = dataclasses.replace(told("double", "editor"), replica=("digital-replica",), performers=(MINA,))
            house.say(replica, "editor", 6)
            house.say(approval("double"), "lawyer", 6)
            gone = house.say(dataclasses.replace(approval("still"), reason="taken back"), "lawyer", 6)
            house.say(revoked(gone, "lawyer", 7), "lawyer", 7)
            yield house


def outcomes(house: House) -> dict[str, Outcome]:
    """Return what the gate makes of each file."""
    return {name: house.outcome(name, minute=50) for name in NAMES}


Make = Callable[[House, int], AnyRecord]


def _superseded(replaced: str, final: str, who: str, minute: int) -> Supersession:
    return Supersession(
        by=who,
        reason="made by hand",
        made_at=at(minute),
        replaced=(subject(replaced),),
        final=subject(final),
        role=ROLE,
        project=DELIVERABLE.project,
        evidence=Digest("e" * 64),
        evidence_name="layers.psd",
    )


def _consent(who: str, minute: int) -> Consent:
    return Consent(
        by=who,
        reason="signed",
        made_at=at(minute),
        performer=MINA,
        replica="digital-replica",
        scope="the double",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        document=digest_of("consent"),
    )


def _entry(who: str, minute: int) -> ToolEntry:
    return ToolEntry(
        by=who,
        reason="read",
        made_at=at(minute),
        tool="Image maker",
        tier="enterprise",
        enterprise=True,
        trains_on_inputs=False,
        stores_inputs=False,
        terms_read="2026-01-31",
        terms=digest_of("terms"),
        valid_until=UtcTime("2126-01-31T00:00:00.000000Z"),
    )


def _rarer(kind: str, house: House, names: tuple[str, str], said: tuple[str, int]) -> AnyRecord:
    (name, other), (who, minute) = names, said
    match kind:
        case "derivatives":
            grounds = tuple(sorted(house.catalogue.marks_of(digest_of(name))))
            return approval(other, by=who, minute=minute, scope=Scope.DERIVATIVES, grounds=grounds)
        case "supersession":
            return _superseded(other if other != name else MASTER, name, who, minute)
        case "consent":
            return _consent(who, minute)
        case "tool-entry":
            return _entry(who, minute)
        case "binding":
            (use, *_) = (f.record.id for f in house.catalogue.records_of_kind("disclosure"))
            subjects = (subject(name),)
            return Binding(by=who, reason="that", made_at=at(minute), disclosure=use, subjects=subjects)
        case "attestation":
            return Attestation(by=who, reason="seen", made_at=at(minute), subjects=(subject(name),), role=ROLE)
        case _:
            return told(name, who, minute)


def _said(kind: str, name: str, other: str, who: str) -> Make:
    """Return how to say one word; the minute makes each another one."""

    def make(house: House, minute: int) -> AnyRecord:
        match kind:
            case "approval":
                return approval(name, by=who, minute=minute, role=ROLE)
            case "transcription":
                more = {"role": "studio-contact", "transcribed_by": "keeper", "evidence": Digest("0" * 64)}
                return approval(name, by="contact", minute=minute, **more)
            case "clearance":
                return dataclasses.replace(cleared(name, minute=minute), by=who, role=ROLE)
            case "derivatives" | "supersession" | "attestation" | "disclosure" | "consent" | "tool-entry" | "binding":
                return _rarer(kind, house, (name, other), (who, minute))
            case "derivation" | "derivation seen by the tool":
                witness = Witness.DECLARED if kind == "derivation" else Witness.TOOL
                ups = (subject(other if other != name else MASTER),)
                return Derivation(
                    by=who, reason="made", made_at=at(minute), child=subject(name), parents=ups, witness=witness
                )
            case "revocation":
                targets = [e.body for e in house.catalogue.ledger.entries() if "kind" in e.body]
                names = [_id(house, body) for body in targets if body["kind"] not in {"revocation", _ACCEPTED}]
                return Revocation(by=who, reason="no", made_at=at(minute), target=names[len(name + other) % len(names)])
            case "acceptance":
                config = dataclasses.replace(house.config, people=(*PEOPLE, person("stranger", ROLE, "administrator")))
                return accepting(config, house.policy, who, minute)
            case _:
                return dataclasses.replace(declared(name, Origin(kind), minute), by=who)

    return make


_ACCEPTED = "configuration-acceptance"


def _id(house: House, body: dict[str, Any]) -> str:
    from provenance.records import record_from

    return record_from({k: v for k, v in body.items() if k != "envelope"}).id


KINDS = (
    "approval",
    "transcription",
    "clearance",
    "derivatives",
    "supersession",
    "attestation",
    "disclosure",
    "binding",
    "consent",
    "tool-entry",
    "derivation",
    "derivation seen by the tool",
    "revocation",
    "revocation",
    "acceptance",
    *(o.value for o in Origin),
)
WORDS = st.builds(
    lambda make, signature: (make, signature),
    st.builds(_said, st.sampled_from(KINDS), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(WHO)),
    st.sampled_from(SIGNATURES),
)


def _envelope(record: AnyRecord, signature: str) -> dict[str, Any] | None:
    """Return what somebody can put around a record without a listed key, or with one that nothing is left to."""
    match signature:
        case "none":
            return None
        case "clerk" | "lawyer":
            return envelope_of(record, signature)
        case "stranger":
            return envelope_of(record, "stranger")
        case "replayed":
            return envelope_of(approval("elsewhere"), "lawyer")
        case "elsewhere":
            return envelope_of(record, "lawyer", "another-store")
        case _:
            stolen = envelope_of(approval("elsewhere"), "lawyer")
            return {**envelope_of(record, "stranger"), "signatures": stolen["signatures"]}


@pytest.mark.timeout(300)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(WORDS, min_size=1, max_size=8))
def test_no_words_of_people_who_may_not_let_anything_pass(pool: Pool, words: list[tuple[Make, str]]) -> None:
    """Whatever sequence of records is written by people without a listing or without the role, nothing passes by it.

    Nothing becomes milder either: what was refused is not held instead.
    """
    with standing(pool) as house:
        before = outcomes(house)
        assert set(before.values()) == {Outcome.REFUSE, Outcome.HOLD}
        for minute, (make, signature) in enumerate(words, 10):
            _put(house, make, signature, minute)
        _nothing_milder(before, outcomes(house))


@pytest.mark.parametrize("kind", sorted(set(KINDS)))
def test_no_kind_of_word_helps_whoever_may_not_say_it(pool: Pool, kind: str) -> None:
    """Each kind of word, about every file, with every signature somebody without the right can make: none helps."""
    with standing(pool) as house:
        before = outcomes(house)
        minute = 10
        for name in NAMES:
            for signature in SIGNATURES:
                for who in ("lawyer", "stranger"):
                    _put(house, _said(kind, name, MASTER, who), signature, minute)
                    minute += 1 if minute < 49 else 0
        _nothing_milder(before, outcomes(house))


@pytest.mark.parametrize("kind", ["approval", "derivatives", "transcription"])
def test_an_approval_by_anybody_makes_nothing_stricter(pool: Pool, kind: str) -> None:
    """Signed by who may, by who may not, or by nobody: one more approval leaves each outcome as it is, or milder."""
    with standing(pool) as house:
        minute, before = 10, outcomes(house)
        for name in NAMES:
            for signature in ("lawyer", *SIGNATURES):
                _put(house, _said(kind, name, MASTER, "lawyer"), signature, minute)
                minute += 1 if minute < 49 else 0
                after = outcomes(house)
                assert {n for n in NAMES if after[n].severity > before[n].severity} == set()
                before = after


def _put(house: House, make: Make, signature: str, minute: int) -> None:
    """Write a word into the catalogue as somebody who has the file can; what is refused at the door is not there."""
    record = make(house, minute)
    if signature == "clerk":  # their own word, in their own role
        record = dataclasses.replace(record, by="clerk")
        if isinstance(record, Approval | Clearance | Attestation | Supersession):
            record = dataclasses.replace(record, role="clerk")
    with suppress(ProvenanceError):
        house.catalogue.add_record(record, stamp(minute), _envelope(record, signature))


def _nothing_milder(before: dict[str, Outcome], after: dict[str, Outcome]) -> None:
    assert {n: o for n, o in after.items() if o is Outcome.PASS} == {}
    assert {n: (before[n], o) for n, o in after.items() if o.severity < before[n].severity} == {}


def test_the_same_words_by_listed_people_do_let_it_pass(pool: Pool) -> None:
    """The property is not true for want of trying: signed by who may, these words let each of the files pass."""
    with standing(pool) as house:
        for minute, name in enumerate(NAMES, 10):
            house.say(approval(name, minute=minute), "lawyer", minute)
            looked = Clearance(by="lawyer", reason="ok", made_at=at(minute), subjects=(subject(name),), role=ROLE)
            house.say(looked, "lawyer", minute)
            house.say(dataclasses.replace(told(name, "editor", minute), replica=()), "editor", minute)
            seen_ = Attestation(by="lawyer", reason="ok", made_at=at(minute), subjects=(subject(name),), role=ROLE)
            house.say(seen_, "lawyer", minute)
        house.say(_consent("lawyer", 30), "lawyer", 30)
        assert isinstance(declared("cut", Origin.REVIEW), Declaration)
        assert set(outcomes(house).values()) == {Outcome.PASS}


@pytest.mark.parametrize("by", ["lawyer", "stranger", None])
def test_an_approval_travels_only_over_lineage_that_a_listed_person_signed(pool: Pool, by: str | None) -> None:
    """What is made of approved material passes by a signed edge, and by no other, this tool's own included."""
    with standing(pool) as wary:
        house = House(wary.config, strict(), wary.catalogue, pool)  # a policy that need not be told
        edge = dataclasses.replace(derived("render", MASTER), by=by or "lawyer")
        house.say(dataclasses.replace(edge, made_at=at(6), witness=Witness.TOOL), None, 10)
        house.say(edge, by, 10)
        assert house.outcome("render", minute=50) is (Outcome.PASS if by == "lawyer" else Outcome.REFUSE)
