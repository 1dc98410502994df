"""The same account as a document. Apart from the text, which then starts without the document types."""

import os
from typing import TYPE_CHECKING

from provenance.account import Account
from provenance.asset import UtcTime
from provenance.catalogue import Relative, Sighting
from provenance.config import Config
from provenance.evidence import Credential, Examiner, effective_credential
from provenance.report.documents import (
    CredentialDocument,
    ExaminerDocument,
    GroundDocument,
    LineageDocument,
    RecordDocument,
    SightingDocument,
)
from provenance.report.held_documents import HeldDocument, WhyDocument
from provenance.report.origin_documents import OriginDocument, PastDocument
from provenance.report.record_document import record_document
from provenance.report.trust_lists import trust_lists
from provenance.verdict import Ground

if TYPE_CHECKING:
    from provenance.catalogue.history import Past
    from provenance.quarantine import Held
    from provenance.report.records import Vouch


def origin_document(account: Account, now: UtcTime, config: Config, vouch: "Vouch | None" = None) -> OriginDocument:
    """Return an account as its document. `vouch` says what stands behind a record."""
    evidence = account.evidence

    def words(*kinds: str) -> list[RecordDocument]:
        return [
            record_document(
                w.record, now, config.approvals, revoked=w.revoked_by is not None, authority=vouch(w) if vouch else None
            )
            for w in account.words
            if w.record.kind in kinds
        ]

    return OriginDocument(
        path=os.fsdecode(account.path),
        sha256=evidence.asset.digest,
        size=evidence.asset.size,
        media_type=evidence.media_type,
        origin=account.verdict.origin.value,
        grounds=[ground_document(g) for g in account.verdict.grounds],
        credential=credential_document(effective_credential(evidence, account.beside)),
        lineage=[*(_step(r, "from") for r in account.lineage.up), *(_step(r, "to") for r in account.lineage.down)],
        declarations=words("declaration"),
        clearances=words("clearance"),
        approvals=words("approval"),
        attestations=words("attestation"),
        refusals=words("refusal"),
        supersessions=words("supersession"),
        sightings=[_sighting(s) for s in account.sightings],
        examiner=examiner_document(evidence.examiner),
        known=account.known,
        there=account.there,
        quarantine=[_held(h) for h in account.held],
        disclosures=words("disclosure", "binding"),
        found_not_told=account.untold,
        told_otherwise=[*account.otherwise],
        trust_lists=trust_lists(config, now, closely=False),
        history=None if account.past is None else [_past(p) for p in account.past],
    )


def _past(past: "Past") -> PastDocument:
    return PastDocument(
        origin=past.origin.value,
        grounds=None if past.grounds is None else [ground_document(g) for g in past.grounds],
        examiner=examiner_document(past.examiner),
        since=past.since,
        until=past.until,
        entry=past.entry,
        zone=past.place.zone if past.place else None,
        path=os.fsdecode(past.place.path) if past.place else None,
    )


def _held(held: "Held") -> HeldDocument:
    move = held.row.move
    return HeldDocument(
        zone=move.place.zone,
        path=os.fsdecode(move.place.path),
        where=os.fsdecode(held.where),
        since=move.at,
        sha256=move.digest,
        run=move.run,
        why=[WhyDocument(rule=w.rule, outcome=w.outcome, text=w.text) for w in move.why],
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


def ground_document(ground: Ground) -> GroundDocument:
    """Return a ground as its document."""
    return GroundDocument(
        kind=ground.kind,
        strength=ground.strength.value,
        place=ground.place,
        says=ground.says,
        via=ground.via,
        claim=ground.claim.value,
    )


def examiner_document(examiner: Examiner) -> ExaminerDocument:
    """Return who looked as their document."""
    return ExaminerDocument(
        provenance=examiner.provenance,
        c2pa=examiner.c2pa,
        trust_list=examiner.trust_list,
        revision=examiner.revision,
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
