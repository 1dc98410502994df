"""What was checked, as documents: a file, or a sequence with its frames."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from provenance.asset import UtcTime
from provenance.config import ApprovalsMode
from provenance.judged import Judged
from provenance.policy import Attested, Decision, Reason
from provenance.records import Approval, Clearance
from provenance.records.decisions import Supersession
from provenance.report.documents import AttestedDocument, JudgedDocument, RecordDocument
from provenance.report.record_document import record_document
from provenance.report.records import unsigned_or_none
from provenance.report.sequence_documents import MemberDocument, ReasonDocument
from provenance.report.sequences import Gathered, Word, frames_document, number_of

if TYPE_CHECKING:
    from provenance.identity.authority import Authority


def judged_document(
    judged: Judged, now: UtcTime, mode: ApprovalsMode, authorities: "Mapping[str, Authority]"
) -> JudgedDocument:
    """Return one thing that was checked as its document."""
    decision = judged.decision

    def word(record: Word) -> RecordDocument:
        return record_document(record, now, mode, authority=authorities.get(record.id))

    return JudgedDocument(
        path=os.fsdecode(judged.path),
        channel=judged.deliverable.channel,
        title=judged.deliverable.title,
        sha256=judged.digest,
        outcome=decision.outcome.value,
        origin=judged.origin.value if judged.origin else None,
        reasons=[_reason(r) for r in decision.reasons],
        approvals=[word(a) for a in decision.approvals],
        clearances=[word(c) for c in decision.clearances],
        attestations=[_attestation(a, mode, authorities) for a in decision.attested],
        supersessions=[word(s) for s in decision.supersessions],
        via=_via(decision),
    )


def _reason(reason: Reason, frames: str = "") -> ReasonDocument:
    args = {**reason.args, "frames": frames} if frames else reason.args
    return ReasonDocument(
        rule=reason.rule.value, outcome=reason.outcome.value, text=reason.text, help=reason.help, args=args
    )


def _attestation(attested: Attested, mode: ApprovalsMode, authorities: "Mapping[str, Authority]") -> AttestedDocument:
    return AttestedDocument(
        id=attested.id,
        by=attested.by,
        role=attested.role,
        reason=attested.reason,
        files=attested.files,
        unsigned=unsigned_or_none(mode, authorities.get(attested.id)),
    )


def _via(decision: Decision) -> str | None:
    return "; ".join(f"{w.approval} {w.says}" for w in decision.ways) or None


def sequence_document(
    found: Gathered, now: UtcTime, mode: ApprovalsMode, authorities: "Mapping[str, Authority]"
) -> JudgedDocument:
    """Return a sequence as one thing that was checked, still without its members."""

    def words(kind: type[Word]) -> list[RecordDocument]:
        return [
            record_document(w, now, mode, authority=authorities.get(w.id))
            for w, _, _ in found.words.values()
            if isinstance(w, kind)
        ]

    return JudgedDocument(
        path=os.fsdecode(found.sequence.path),
        channel=found.channel,
        title=found.title,
        sha256=None,
        outcome=found.outcome.value,
        origin=found.origin.value if found.origin else None,
        reasons=[_reason(reason, stretches.all().text()) for reason, stretches in found.reasons.values()],
        approvals=words(Approval),
        clearances=words(Clearance),
        attestations=[_attestation(a, mode, authorities) for a in found.attested.values()],
        supersessions=words(Supersession),
        members=[],
        frames=frames_document(found.sequence),
    )


def member_document(judged: Judged) -> MemberDocument:
    """Return one frame of a sequence."""
    decision = judged.decision
    return MemberDocument(
        path=os.fsdecode(judged.path),
        frame=number_of(judged.path),
        sha256=judged.digest,
        outcome=decision.outcome.value,
        origin=judged.origin.value if judged.origin else None,
        reasons=[_reason(r) for r in decision.reasons],
        records=[*judged.rests_on, *(a.id for a in decision.attested)],
        via=_via(decision),
    )
