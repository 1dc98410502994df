"""A report as JSON: its head at once, its files one by one, however many there are."""

import os
from collections.abc import Iterator

from provenance.dossier.asked import Audience
from provenance.dossier.rows import Dossier, Hindrance, Item, Mark, Spoken, Spot, Standing, Tool, Use
from provenance.policy.assess import Concern
from provenance.report.documents import ConfigDocument, to_json
from provenance.report.dossier_documents import (
    AskedDocument,
    BookDocument,
    DecidingDocument,
    EscalatedDocument,
    HindranceDocument,
    ItemDocument,
    LetPassDocument,
    OpeningDocument,
    ReplyDocument,
    ReportDocument,
    RequiredDocument,
    RulesDocument,
    SpokenDocument,
    SpotDocument,
    StandingDocument,
    StepDocument,
    SumsDocument,
    UseDocument,
)
from provenance.report.dossier_words import WARNING, answer_line, item_name, mark_text, statuses
from provenance.report.origin_document import examiner_document
from provenance.report.told_documents import NeededDocument

_DEEPER = "    "


def report_json(dossier: Dossier) -> Iterator[str]:
    """Yield a report as JSON, in pieces that make one document together."""
    before, _, after = to_json(_head(dossier)).rpartition("[]")
    yield before + "["
    between = "\n"
    for item in dossier.items:
        one = to_json(item_document(item, outside=dossier.asked.audience is Audience.OUTSIDE))
        # No string in JSON holds a line break, so each of these stands between its fields.
        yield between + _DEEPER + one.replace("\n", "\n" + _DEEPER)
        between = ",\n"
    yield ("]" if between == "\n" else "\n  ]") + after


def _head(dossier: Dossier) -> ReportDocument:
    asked, counts = dossier.asked, dossier.counts
    outside = asked.audience is Audience.OUTSIDE
    return ReportDocument(
        project=dossier.project,
        name=dossier.name,
        made_at=dossier.made_at,
        answer=answer_line(dossier),
        asked=AskedDocument(
            audience=asked.audience.value,
            zone=None if outside else asked.limits.get("zone"),
            channel=asked.limits.get("channel"),
            title=asked.limits.get("title"),
            since=asked.since,
        ),
        approvals_mode=dossier.mode.value,
        policy=RulesDocument(
            id=dossier.policy,
            dated=dossier.policy_dated.isoformat(),
            sha256=dossier.policy_sha256,
            extends=[*dossier.policy_extends],
        ),
        config=ConfigDocument(path=dossier.config_path, sha256=dossier.config_sha256),
        ledger=BookDocument(store=dossier.store, entries=dossier.entries, head=dossier.head),
        provenance=dossier.version,
        examiners=[examiner_document(e) for e in dossier.examiners],
        warning=WARNING,
        classes=[_standing(s) for s in dossier.standings],
        counts=SumsDocument(
            files=counts.items,
            present=counts.present,
            delivered=counts.delivered,
            found_not_told=counts.untold,
            told_otherwise=counts.otherwise,
            not_listed=counts.forgotten,
            uses=statuses(dossier.uses),
            open=len(dossier.openings),
        ),
        open=[
            OpeningDocument(kind=o.kind, who=[*o.who], about=o.about, says=o.says, help=o.help, files=o.files)
            for o in dossier.openings
        ],
        uses=[_use(u) for u in dossier.uses],
    )


def _standing(standing: Standing) -> StandingDocument:
    return StandingDocument(
        channel=standing.channel,
        title=standing.title or None,
        highest=standing.highest.name.lower(),
        words=standing.highest.value,
        because=[*standing.because],
        files=standing.files,
        generated=standing.generated,
        delivered=standing.delivered,
        unclear=standing.unclear,
        swept_at=standing.swept_at,
    )


def item_document(item: Item, *, outside: bool) -> ItemDocument:
    """Return one generated file as its document."""
    return ItemDocument(
        number=item.number,
        name=item_name(item),
        sha256=item.short if outside else item.digest,
        size=item.size,
        media_type=item.media_type,
        first_seen=item.first_seen,
        origin=item.origin,
        ground=_ground(item.mark) if item.mark else None,
        generator=item.generator or None,
        places=[_spot(s) for s in item.spots],
        places_unnamed=item.spots_unnamed,
        disclosures=[*item.disclosures],
        found_not_told=not item.told,
        told_otherwise=[*item.otherwise],
        approvals=_words(item.approvals),
        clearances=_words(item.clearances),
        consents=_words(item.consents),
        other_words=_words(item.others),
        deliveries=[
            LetPassDocument(run=d.run, at=d.at, channel=d.channel, title=d.title, records=[*d.records])
            for d in item.deliveries
        ],
        deliveries_unnamed=item.deliveries_unnamed,
        hindrances=[_hindrance(h) for h in item.hindrances],
    )


def _ground(mark: Mark) -> DecidingDocument:
    return DecidingDocument(
        kind=mark.kind,
        strength=mark.strength,
        claim=mark.claim,
        says=mark.says or None,
        text=mark_text(mark),
        more=mark.more,
    )


def _spot(spot: Spot) -> SpotDocument:
    return SpotDocument(
        zone=spot.zone or None,
        path=os.fsdecode(spot.path) or None,
        role=spot.role,
        channel=spot.channel or None,
        title=spot.title or None,
        state=spot.state,
        since=spot.since,
    )


def _hindrance(hindrance: Hindrance) -> HindranceDocument:
    return HindranceDocument(
        rule=hindrance.rule,
        outcome=hindrance.outcome,
        channel=hindrance.channel,
        title=hindrance.title,
        text=hindrance.text or None,
        help=hindrance.help,
        roles=[*hindrance.roles],
    )


def _words(words: tuple[Spoken, ...]) -> list[SpokenDocument]:
    return [_word(w) for w in words]


def _word(word: Spoken) -> SpokenDocument:
    return SpokenDocument(
        id=word.id,
        kind=word.kind,
        by=word.by,
        role=word.role or None,
        reason=word.reason,
        made_at=word.made_at,
        expires=word.expires,
        channels=[*word.channels],
        title=word.title or None,
        counts=word.counts,
        revoked_by=word.revoked_by,
        stands=word.stands,
        origin=word.origin or None,
        performer=word.performer or None,
        replica=word.replica or None,
        scope=word.scope or None,
        conditions=[*word.conditions],
        covers=word.covers or None,
    )


def _use(use: Use) -> UseDocument:
    return UseDocument(
        id=use.id,
        status=use.status.value,
        use=use.use,
        says=use.says,
        title=use.title or None,
        prominence=use.prominence or None,
        final=use.final or None,
        description=use.description or None,
        by=use.by,
        made_at=use.made_at,
        stands=use.stands,
        answer=use.answer,
        reasons=[_why(c) for c in use.concerns],
        answers=[
            ReplyDocument(number=r.number, key=r.key, says=r.says, answer=r.answer or None, note=r.note or None)
            for r in use.replies
        ],
        steps=[_step(t) for t in use.tools],
        references=_list(use.references),
        replica=_list(use.replica),
        exemptions=[*use.exemptions],
        performers=[*use.performers],
        union_roles=[*use.union_roles],
        vendor=use.vendor,
        contract=use.contract,
        clearance_evidence=use.clearance_evidence or None,
        required=[RequiredDocument(role=r.role, given=r.given, by=_words(r.by)) for r in use.required],
        consents=[
            NeededDocument(performer=c.performer or None, replica=c.replica, consent=c.consent or None)
            for c in use.consents
        ],
        approved_for=[*use.approved_for],
        refused_for=[*use.refused_for],
        files=use.files,
        revoked_by=use.revoked_by,
    )


def _why(concern: Concern) -> EscalatedDocument:
    return EscalatedDocument(
        kind=concern.kind,
        key=concern.key,
        number=concern.number,
        says=concern.says,
        why=concern.why,
        answer=concern.answer.value,
        roles=sorted(concern.roles),
    )


def _step(tool: Tool) -> StepDocument:
    return StepDocument(
        tool=tool.tool,
        version=tool.version,
        tier=tool.tier,
        agreement=tool.agreement,
        enterprise=tool.enterprise or None,
        inputs=_list(tool.inputs),
        model=tool.model,
        note=tool.note or None,
    )


def _list(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else [*values]
