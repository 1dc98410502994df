"""What a file is, on what grounds, from what, who said so, where it has been."""

import os

from provenance.account import Account
from provenance.asset import UtcTime
from provenance.catalogue import Relative, Sighting
from provenance.config import ApprovalsMode
from provenance.evidence import Claim, Credential, effective_credential
from provenance.files import display
from provenance.records import Approval, Clearance, Declaration
from provenance.report.documents import (
    CredentialDocument,
    ExaminerDocument,
    GroundDocument,
    LineageDocument,
    OriginDocument,
    RecordDocument,
    SightingDocument,
)
from provenance.report.records import record_document, record_text, unsigned_words
from provenance.verdict import Ground, Origin


def origin_document(account: Account, now: UtcTime, mode: ApprovalsMode) -> OriginDocument:
    """Return an account as its document."""
    evidence = account.evidence
    return OriginDocument(
        path=os.fsdecode(account.path),
        sha256=evidence.asset.digest,
        size=evidence.asset.size,
        media_type=evidence.media_type,
        origin=account.verdict.origin.value,
        grounds=[_ground(g) for g in account.verdict.grounds],
        credential=credential_document(effective_credential(evidence, account.beside)),
        lineage=[*(_step(r, "from") for r in account.lineage.up), *(_step(r, "to") for r in account.lineage.down)],
        declarations=_records(account, Declaration, now, mode),
        clearances=_records(account, Clearance, now, mode),
        approvals=_records(account, Approval, now, mode),
        sightings=[_sighting(s) for s in account.sightings],
        examiner=ExaminerDocument(
            provenance=evidence.examiner.provenance,
            c2pa=evidence.examiner.c2pa,
            trust_list=evidence.examiner.trust_list,
        ),
        known=account.known,
    )


def credential_document(credential: Credential) -> CredentialDocument:
    """Return a credential as its document."""
    return CredentialDocument(
        state=credential.state.value,
        issuer=credential.issuer,
        signed_at=credential.signed_at,
        codes=list(credential.codes),
        ingredient_codes=list(credential.ingredient_codes),
        remote_url=credential.remote_url,
        source=credential.source.value,
        why=credential.why,
        generator=credential.generator,
    )


def _ground(ground: Ground) -> GroundDocument:
    return GroundDocument(
        kind=ground.kind,
        strength=ground.strength.value,
        place=ground.place,
        says=ground.says,
        via=ground.via,
        claim=ground.claim.value,
    )


def _step(relative: Relative, direction: str) -> LineageDocument:
    edge = relative.edge
    return LineageDocument(
        relation=edge.relation.value,
        direction="from" if direction == "from" else "to",
        witness=edge.witness.value,
        sha256=relative.digest,
        title=relative.name or edge.title,
        origin=relative.origin.value if relative.origin else None,
        removed=edge.removed,
    )


def _sighting(sighting: Sighting) -> SightingDocument:
    return SightingDocument(
        zone=sighting.place.zone,
        path=os.fsdecode(sighting.place.path),
        first_seen=sighting.first_seen,
        last_seen=sighting.last_seen,
        present=sighting.present,
    )


def _records(account: Account, kind: type, now: UtcTime, mode: ApprovalsMode) -> list[RecordDocument]:
    return [
        record_document(w.record, now, mode, revoked=w.revoked_by is not None)
        for w in account.words
        if isinstance(w.record, kind)
    ]


def origin_text(account: Account, mode: ApprovalsMode) -> list[str]:
    """Return an account as lines: the answer first."""
    verdict, evidence = account.verdict, account.evidence
    lines = [_headline(account)]
    for ground in verdict.grounds:
        lines += _ground_lines(ground)
    lines.append(f"credential  {_credential_line(effective_credential(evidence, account.beside))}")
    lines += [f"made from   {_step_line(r)}" for r in account.lineage.up]
    lines += [f"used for    {_step_line(r)}" for r in account.lineage.down]
    for filed in account.words:
        gone = f"  REVOKED by {filed.revoked_by}" if filed.revoked_by else ""
        lines.append(f"record      {display(record_text(filed.record))}  [{unsigned_words(mode)}]{gone}")
    for sighting in account.sightings:
        where = f"{display(sighting.place.zone)}/{display(sighting.place.path)}"
        until = "is there" if sighting.present else f"not present since {sighting.gone_at}"
        lines.append(f"seen        {where}  from {sighting.first_seen}, last {sighting.last_seen}, {until}")
    lines.append(f"file        {evidence.media_type}, {evidence.asset.size:,} bytes, sha256 {evidence.asset.digest}")
    examiner = evidence.examiner
    trust = examiner.trust_list[:12] if examiner.trust_list else "none"
    lines.append(f"examined    by provenance {examiner.provenance}, c2pa {examiner.c2pa}, trust list {trust}")
    if not account.known:
        lines.append("            not in the catalogue yet: `provenance scan` records it")
    return lines


def _headline(account: Account) -> str:
    verdict = account.verdict
    path = display(account.path)
    if verdict.origin is Origin.UNKNOWN:
        return f"unknown  {path}: no signal found"
    deciding = verdict.grounds[0].says if verdict.grounds else ""
    return f"{verdict.origin.value}  {path}: {display(deciding)}"


def _ground_lines(ground: Ground) -> list[str]:
    mark = " " if ground.claim is Claim.NOTED else "*"
    through = f", through {display(ground.via)}" if ground.via else ""
    return [
        f"  {mark} {display(ground.says)}  ({ground.kind}, {ground.strength.value}{through})",
        f"      at {display(ground.place)}",
    ]


def _credential_line(credential: Credential) -> str:
    parts = [credential.state.value]
    if credential.why:
        parts.append(f"({display(credential.why)})")
    if credential.issuer:
        parts.append(f"signed by {display(credential.issuer)}")
    if credential.signed_at:
        parts.append(f"at {credential.signed_at}")
    if credential.source.value == "sidecar":
        parts.append("in a sidecar")
    codes = [c for c in credential.codes if c not in (credential.why or "")]
    if codes:
        parts.append(f"[{' '.join(codes)}]")
    return " ".join(parts)


def _step_line(relative: Relative) -> str:
    edge = relative.edge
    name = display(relative.name or edge.title or "an unnamed file")
    digest = f" {relative.digest[:12]}" if relative.digest else ", not in the catalogue"
    origin = f", which is {relative.origin.value}" if relative.origin else ""
    removed = ", taken out again" if edge.removed else ""
    return f"{name}{digest} ({edge.relation.value}, witness: {edge.witness.value}){origin}{removed}"
