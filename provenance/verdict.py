"""What we think a file is: `classify` turns facts, people's words and relatives into one origin with all its grounds.

Pure: no disk, no clock. A stored verdict is a cache of this function and is drawn again whenever an argument changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from provenance.asset import Digest
from provenance.evidence import (
    Beside,
    Claim,
    Credential,
    Evidence,
    Relation,
    Signal,
    State,
    Strength,
    effective_credential,
)
from provenance.lineage import Witness, carried
from provenance.sameness import BYTES

if TYPE_CHECKING:
    from provenance.records import Declaration  # most files nobody said anything of


class Origin(Enum):
    """What a file is, as far as anybody can tell. `UNKNOWN` means no signal was found, never "not AI"."""

    CAPTURED = "captured"
    CREATED = "created"
    AI_GENERATED = "ai-generated"
    AI_ASSISTED = "ai-assisted"
    REVIEW = "review"
    UNKNOWN = "unknown"

    @property
    def flagged(self) -> bool:
        """Whether this needs an approval before it may be part of a final deliverable."""
        return self in {Origin.AI_GENERATED, Origin.AI_ASSISTED}


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a verdict: who or what says so, how strongly, and exactly where."""

    kind: str
    claim: Claim
    strength: Strength
    place: str
    says: str
    via: str | None = None
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A known asset this one was made from, with the verdict drawn for it."""

    digest: Digest
    title: str
    relation: Relation
    witness: Witness
    origin: Origin
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What other rows add to what the bytes say; any of it may come later."""

    declarations: "tuple[Declaration, ...]" = ()
    ancestors: tuple[Ancestor, ...] = ()
    remembered: tuple[Signal, ...] = ()
    """Marks that earlier examinations of the same bytes found, and no later readers took back. They only add flags."""
    twins: tuple[Signal, ...] = ()
    """What is handed on by flagged files in which the same is seen or heard. It adds nothing to an equal flag."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An origin and every ground for it, the deciding ones first."""

    origin: Origin
    grounds: tuple[Ground, ...]


RULES = 2
"""Which revision of these rules this is: raised where the same rows lead to another verdict, or hand on something else.

What a catalogue has stored by another one is drawn anew when it is opened.
"""

LINEAGE = "lineage"
"""Kind of the grounds that come from what a file was made from."""

CREDENTIAL = "credential"
"""Kind of the ground that speaks of a credential's state alone, not of anything it says."""

CLAIM_OF_ORIGIN = {
    Origin.CAPTURED: Claim.CAPTURED,
    Origin.CREATED: Claim.CREATED,
    Origin.AI_GENERATED: Claim.AI_GENERATED,
    Origin.AI_ASSISTED: Claim.AI_ASSISTED,
    Origin.REVIEW: Claim.REVIEW,
    Origin.UNKNOWN: Claim.NOTED,
}
"""What an origin says, as a mark would."""
_FLAGS = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
_DOUBTS = {Claim.REVIEW, *_FLAGS}
_OF_THE_FILE = {"gap", CREDENTIAL}
"""Kinds of grounds that speak of this file as such, and not of what is seen or heard in it."""
_NOT_LOOKED_AT = {State.UNREADABLE, State.BROKEN, State.REMOTE}
_WEIGHT = {claim: n for n, claim in enumerate(Claim)}
_STRENGTH = {strength: n for n, strength in enumerate(Strength)}


def classify(evidence: Evidence, beside: Beside, context: Context) -> Verdict:
    """Return the verdict on a file from all that is known of it.

    (1) gather every ground; (2) an AI claim at any strength but a hint flags, whoever signed it; (3) a claim of
    non-AI origin that may clear, against flags that are all from outside credentials, is a contradiction: review;
    (4) what could not be looked at is review; (5) only what is left may be captured or created: by a claim that
    clears, or by a person's word where nothing speaks against it; (6) else nothing was found: unknown.
    """
    return conclude(_gather(evidence, beside, context))  # (1)


def conclude(gathered: Iterable[Ground]) -> Verdict:
    """Return the verdict that some grounds lead to: steps (2) to (6) of `classify`."""
    grounds = _sorted(gathered)
    flags = [g for g in grounds if g.claim in _FLAGS and g.strength is not Strength.HINT]
    clearing = [g for g in grounds if g.clears]
    if flags:  # (2)
        if clearing and not any(g.kind == "c2pa" for g in flags):  # (3)
            return Verdict(Origin.REVIEW, grounds)
        whole = any(g.claim is Claim.AI_GENERATED for g in flags)
        return Verdict(Origin.AI_GENERATED if whole else Origin.AI_ASSISTED, grounds)
    if any(g.claim in _FLAGS or g.claim is Claim.REVIEW for g in grounds):  # (4), and hints
        return Verdict(Origin.REVIEW, grounds)
    words = clearing or [g for g in grounds if g.kind == "declaration"]  # (5)
    said = {g.claim for g in words if g.claim in {Claim.CAPTURED, Claim.CREATED}}
    if said == {Claim.CAPTURED}:
        return Verdict(Origin.CAPTURED, grounds)
    if said == {Claim.CREATED}:
        return Verdict(Origin.CREATED, grounds)
    if said:
        return Verdict(Origin.REVIEW, grounds)
    return Verdict(Origin.UNKNOWN, grounds)  # (6)


def handed_on(verdict: Verdict) -> Origin:
    """Return what a file is to whatever is the same in other bytes: what it is flagged as, in review, or nothing.

    A doubt that something said of it raises goes on to what it looks or sounds like: else a picture in which a mark and
    a signature contradict each other would pass without both. That the file could not be read goes nowhere.
    """
    if verdict.origin.flagged:
        return verdict.origin
    in_doubt = verdict.origin is Origin.REVIEW and any(_raises_doubt(g) for g in verdict.grounds)
    return Origin.REVIEW if in_doubt else Origin.UNKNOWN


def _raises_doubt(ground: Ground) -> bool:
    return ground.claim in _DOUBTS and ground.kind not in _OF_THE_FILE


def _gather(evidence: Evidence, beside: Beside, context: Context) -> list[Ground]:
    """Collect every ground there is, each once."""
    sidecar = beside.sidecar
    signals = [*evidence.signals]
    if sidecar is not None:
        signals += [replace(s, place=f"sidecar {sidecar.name} / {s.place}") for s in sidecar.signals]
    for companion in beside.companions:
        signals += [replace(s, place=f"sidecar {companion.name} / {s.place}") for s in companion.signals]
    signals += beside.signals
    grounds = [_from_signal(s) for s in signals]
    known = set(grounds)
    for signal in context.remembered:
        # An older examination may have been made under another trust list: what it found still flags, but a
        # clearing is only as good as the anchors of today.
        ground = replace(_from_signal(signal), clears=False)
        if ground not in known and replace(ground, clears=True) not in known:
            grounds.append(replace(ground, via=ground.via or "an earlier examination of the same bytes"))
    gaps = [*evidence.gaps, *(sidecar.gaps if sidecar else ())]
    for companion in beside.companions:
        gaps += [replace(g, place=f"sidecar {companion.name} / {g.place}") for g in companion.gaps]
    grounds += [Ground("gap", Claim.REVIEW, Strength.HINT, g.place, g.says) for g in gaps]
    grounds += _from_credential(effective_credential(evidence, beside))
    grounds += [_from_declaration(d) for d in context.declarations]
    grounds += [_from_ancestor(a) for a in context.ancestors if a.origin is not Origin.UNKNOWN]
    grounds += _from_twins(context.twins, grounds)
    return list(dict.fromkeys(grounds))


def _from_twins(twins: tuple[Signal, ...], others: list[Ground]) -> list[Ground]:
    """Return what twins hand on and nothing else says as gravely: the marks of it were taken away."""
    if not twins:
        return []
    flags = [_WEIGHT[g.claim] for g in others if g.claim in _FLAGS and g.strength is not Strength.HINT]
    gravest = min(flags, default=len(_WEIGHT))
    in_doubt = any(_raises_doubt(g) for g in others)
    graver = [t for t in twins if _WEIGHT[t.claim] < gravest and not (in_doubt and t.strength is Strength.HINT)]
    added = [_from_signal(t) for t in graver]

    def lost(ground: Ground) -> bool:
        # The same bytes have the marks they ever had: what flags them was said, or lay beside them.
        return ground.claim in _FLAGS and not flags and ground.place != BYTES

    return [replace(g, says=f"{g.says}, and whose marks are gone") if lost(g) else g for g in added]


def _from_signal(signal: Signal) -> Ground:
    return Ground(
        signal.kind.value, signal.claim, signal.strength, signal.place, signal.says, signal.via, signal.clears
    )


def _from_credential(credential: Credential) -> Iterable[Ground]:
    if credential.state in _NOT_LOOKED_AT:
        says = f"content credential is {credential.state.value}"
        if credential.why:
            says += f": {credential.why}"
        yield Ground(CREDENTIAL, Claim.REVIEW, Strength.HINT, f"{credential.source.value} credential", says)


def _from_declaration(declaration: "Declaration") -> Ground:
    claim = CLAIM_OF_ORIGIN[Origin(declaration.origin)]
    place = f"record {declaration.id}"
    says = f"{declaration.by} declared it {declaration.origin}: {declaration.reason}"
    return Ground("declaration", claim, Strength.DECLARED, place, says)


def _from_ancestor(ancestor: Ancestor) -> Ground:
    claim = carried(CLAIM_OF_ORIGIN[ancestor.origin], ancestor.relation, removed=ancestor.removed)
    name = ancestor.title or ancestor.digest[:12]
    through = f"{ancestor.relation.value} {name} ({ancestor.digest[:12]})"
    says = f"made from {name}, which is {ancestor.origin.value}"
    return Ground(LINEAGE, claim, Strength.DECLARED, f"witness: {ancestor.witness.value}", says, through)


def _sorted(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    """Order by what is claimed, then by how strongly; stable otherwise."""
    return tuple(sorted(grounds, key=lambda g: (_WEIGHT[g.claim], _STRENGTH[g.strength])))
