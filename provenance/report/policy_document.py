"""A policy as a document."""

from typing import Literal

from provenance.policy import Outcome, Policy
from provenance.policy.condition import Condition
from provenance.policy.terms import Principle, Trigger, Use
from provenance.report.documents import Document

Facts = list[dict[str, list[str]]]
"""Tables of facts, any of which must hold; in each all facts, and for each fact any of its values."""


class PrincipleDocument(Document, frozen=True, kw_only=True):
    """A statement everybody who uses a generative tool answers."""

    key: str
    number: str
    says: str
    soft: bool
    clearance_evidence: bool
    register: bool
    denied_by: Facts
    roles: list[str]


class AreaDocument(Document, frozen=True, kw_only=True):
    """What several triggers have in common."""

    key: str
    number: str
    says: str


class TriggerDocument(Document, frozen=True, kw_only=True):
    """Something that always needs more than telling."""

    key: str
    number: str
    area: str
    says: str
    when: Facts
    unless: Facts
    roles: list[str]
    consent: bool
    answer: str


class UseDocument(Document, frozen=True, kw_only=True):
    """One row of the table of uses."""

    key: str
    number: str
    says: str
    answer: str
    when: Facts
    unless: Facts
    roles: list[str]


class PackDocument(Document, frozen=True, kw_only=True):
    """A policy with everything it takes from the packs it extends; `changes` says what it made of theirs."""

    schema: Literal["provenance/policy/1"] = "provenance/policy/1"
    id: str
    dated: str
    summary: str
    sha256: str
    extends: list[str]
    files: list[str]
    origins: dict[str, str]
    credentials: dict[str, str]
    mode: str
    roles: list[str]
    transcribed: list[str]
    untold: str
    consent_needed: dict[str, list[str]]
    principles: list[PrincipleDocument]
    areas: list[AreaDocument]
    triggers: list[TriggerDocument]
    uses: list[UseDocument]
    changes: list[str]


class ExplanationDocument(Document, frozen=True, kw_only=True):
    """What one part of a policy means; `key` is None where all of it was asked for."""

    schema: Literal["provenance/explanation/1"] = "provenance/explanation/1"
    policy: str
    key: str | None
    text: list[str]


def pack_document(policy: Policy) -> PackDocument:
    """Return a policy as its document."""
    return PackDocument(
        id=policy.id,
        dated=policy.dated.isoformat(),
        summary=policy.summary,
        sha256=policy.sha256,
        extends=list(policy.extends),
        files=[str(f) for f in policy.files],
        origins=origin_words(policy),
        credentials={s.value: o.value for s, o in policy.credentials.items()},
        mode=policy.required_mode,
        roles=sorted(policy.roles),
        transcribed=sorted(policy.transcribed),
        untold="hold" if policy.untold is Outcome.HOLD else "report",
        consent_needed={replica: sorted(exempt) for replica, exempt in policy.consent.needed.items()},
        principles=[_principle(p) for p in policy.principles],
        areas=[AreaDocument(key=a.key, number=a.number, says=a.says) for a in policy.areas],
        triggers=[_trigger(t) for t in policy.triggers],
        uses=[_use(u) for u in policy.uses],
        changes=list(policy.changes),
    )


def origin_words(policy: Policy) -> dict[str, str]:
    """Return what each origin means, in the words of a pack."""
    return {o.value: "attest" if o in policy.attest else outcome.value for o, outcome in policy.origins.items()}


def _principle(p: Principle) -> PrincipleDocument:
    return PrincipleDocument(
        key=p.key,
        number=p.number,
        says=p.says,
        soft=p.soft,
        clearance_evidence=p.clearance_evidence,
        register=p.register,
        denied_by=_facts(p.denied_by),
        roles=sorted(p.roles),
    )


def _trigger(t: Trigger) -> TriggerDocument:
    return TriggerDocument(
        key=t.key,
        number=t.number,
        area=t.area,
        says=t.says,
        when=_facts(t.when),
        unless=_facts(t.unless),
        roles=sorted(t.roles),
        consent=t.consent,
        answer=t.answer.value,
    )


def _use(u: Use) -> UseDocument:
    return UseDocument(
        key=u.key,
        number=u.number,
        says=u.says,
        answer=u.answer.value,
        when=_facts(u.when),
        unless=_facts(u.unless),
        roles=sorted(u.roles),
    )


def _facts(conditions: tuple[Condition, ...]) -> Facts:
    return [{fact: sorted(values) for fact, values in c.facts} for c in conditions]
