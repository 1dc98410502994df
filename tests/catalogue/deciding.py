"""Short ways to say what was decided: approvals that reach further, refusals, people's own work, a new cut."""

from dataclasses import replace
from typing import Any

from provenance.asset import Digest
from provenance.catalogue import Catalogue, Counting, Filed
from provenance.lineage import Witness
from provenance.records import AnyRecord, Approval, Derivation, Scope, Words
from provenance.records.decisions import PictureChange, Refusal, Supersession
from tests.catalogue.making import DELIVERABLE, approved, at, digest_of, stamp, subject

NOW = 50
SHOT: dict[str, Any] = {
    "shot": "SH010",
    "pattern": "SH010_comp_v*.####.png",
    "frames": (1001, 1100),
    "element": "the sky",
    "until_picture_change": True,
}


def say(catalogue: Catalogue, record: AnyRecord, minute: int = 5) -> str:
    """Keep a word."""
    return catalogue.add_record(record, stamp(minute))


def reaching(catalogue: Catalogue, *names: str, scope: Scope = Scope.DERIVATIVES, **terms: Any) -> Approval:
    """Return an approval that reaches further, of what speaks against these files now."""
    more: dict[str, Any] = SHOT if scope is Scope.SHOT else {}
    grounds = {m for n in names for m in catalogue.marks_of(digest_of(n))}
    plain = replace(approved(names[0]), subjects=tuple(subject(n) for n in names), scope=scope, **more)
    return replace(replace(plain, grounds=tuple(sorted(grounds))), **terms)


def made(child: str, *parents: str, witness: Witness = Witness.TOOL, added: tuple[str, ...] = ()) -> Derivation:
    """Return that one was made from the others, as this tool says it of what it did."""
    return Derivation(
        by="provenance mark",
        reason="",
        made_at=at(4),
        child=subject(child),
        parents=tuple(subject(p) for p in parents),
        witness=witness,
        added=added,
    )


def refused(name: str, minute: int = 8, **terms: Any) -> Refusal:
    """Return a refusal for the deliverable of these tests."""
    plain = Refusal(
        by="Lawyer",
        reason="no",
        made_at=at(minute),
        subjects=(subject(name),),
        role="production-legal",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        channel=DELIVERABLE.channel,
    )
    return replace(plain, **terms)


def superseded(final: str, *replaced: str, **terms: Any) -> Supersession:
    """Return that people's work took the place of these."""
    plain = Supersession(
        by="Admin",
        reason="painted anew",
        made_at=at(6),
        replaced=tuple(subject(r) for r in replaced),
        final=subject(final),
        role="art-department",
        project=DELIVERABLE.project,
        evidence=Digest("e" * 64),
        evidence_name="layers.psd",
    )
    return replace(plain, **terms)


def cut_anew(*shots: str, minute: int = 9) -> PictureChange:
    """Return that the picture of the title was changed."""
    return PictureChange(
        by="The editor",
        reason="reel 2 reordered",
        made_at=at(minute),
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        shots=shots,
    )


def words(catalogue: Catalogue, name: str, counting: Counting | None = None, minute: int = NOW) -> Words:
    """Return what counts for a file in the deliverable of these tests."""
    return catalogue.effective_words(digest_of(name), DELIVERABLE, at(minute), None, counting)


def ids(found: Words) -> list[str]:
    """Return the ids of the approvals among some words."""
    return [a.id for a in found.approvals]


def by_anybody(filed: Filed) -> bool:
    """Whether a record is a derivation: as if each of them were signed by somebody who may."""
    return isinstance(filed.record, Derivation)
