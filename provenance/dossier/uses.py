"""Each use that was told, with what it is answered now, and how it stands."""

from collections.abc import Iterator

from provenance.catalogue import Filed
from provenance.dossier.items import Sources
from provenance.dossier.rows import Agreed, Reply, Required, Status, Tool, Use, deliverable_name
from provenance.dossier.tallies import ANYBODY, Part, UseTally
from provenance.policy import terms
from provenance.policy.told import Telling, telling_of
from provenance.records import Deliverable, meant_for, title_key
from provenance.records.decisions import Refusal
from provenance.records.disclosure import Disclosure


def use_of(sources: Sources, filed: Filed, tally: UseTally) -> Use:
    """Return a use that was told as it stands."""
    told = filed.record
    assert isinstance(told, Disclosure)
    vouching = sources.vouching
    consents = vouching.consents(told.project, told.title)
    telling = telling_of(told, sources.policy, vouching.register(), consents)
    places = sources.deliverables(told.title)
    roles = sorted(telling.roles) or ([] if telling.answer is terms.Reply.TELL else [ANYBODY])
    agreed = all(n.consent for n in telling.consents)
    gone = vouching.taken_back(filed)
    refused = tuple(d for d in places if tally.part.refused[d] or _is_refused_unseen(sources, told, tally, d))
    approved = tuple(d for d in places if agreed and d not in refused and _complete(tally.part, d, roles))
    return Use(
        id=told.id,
        by=told.by,
        made_at=told.made_at,
        stands=vouching.stands(filed),
        description=told.reason,
        title=told.title,
        use=told.use,
        says=next((u.says for u in sources.policy.uses if u.key == told.use), ""),
        prominence=told.prominence,
        final=told.final,
        status=Status.TAKEN_BACK if gone else _status(telling, approved=bool(approved), refused=bool(refused)),
        answer=telling.answer.value,
        concerns=telling.reasons,
        replies=tuple(_replies(sources, told)),
        tools=tuple(_tools(told)),
        references=told.references,
        replica=told.replica,
        exemptions=told.exemptions,
        performers=tuple(told.performers),
        union_roles=told.union_roles,
        vendor=told.vendor,
        contract=told.contract,
        clearance_evidence=told.clearance_evidence or "",
        required=tuple(_required(tally, places, roles)),
        consents=tuple(
            Agreed(performer=n.performer or "", replica=n.replica, consent=n.consent or "") for n in telling.consents
        ),
        approved_for=tuple(deliverable_name(d.channel, d.title) for d in approved),
        refused_for=tuple(deliverable_name(d.channel, d.title) for d in refused),
        files=tally.live.files,
        revoked_by=filed.revoked_by if gone else None,
    )


def _is_refused_unseen(sources: Sources, told: Disclosure, tally: UseTally, place: Deliverable) -> bool:
    """Whether somebody refused a use of which there is no file yet, as the record that told of it."""
    if tally.every.files:
        return False
    words = (f.record for f in sources.catalogue.words_of_title(title_key(place.project, place.title)))
    return any(isinstance(w, Refusal) and w.basis == told.id and meant_for(w, place) for w in words)


def _complete(part: Part, deliverable: Deliverable, roles: list[str]) -> bool:
    return bool(roles) and all(part.complete(deliverable, role) for role in roles)


def _status(telling: Telling, *, approved: bool, refused: bool) -> Status:
    """Return how a use stands. What the policy forbids stays forbidden, whatever was approved."""
    match telling.answer:
        case terms.Reply.FORBID:
            return Status.FORBIDDEN
        case terms.Reply.TELL:
            return Status.REFUSED if refused else Status.TOLD
        case _:
            return Status.APPROVED if approved else Status.REFUSED if refused else Status.OPEN


def _required(tally: UseTally, places: tuple[Deliverable, ...], roles: list[str]) -> Iterator[Required]:
    """Yield who must approve, and whether they have: in the deliverable in which most have."""
    best = max(places, key=lambda d: sum(tally.part.complete(d, r) for r in roles), default=None)
    for role in roles:
        given = best is not None and tally.part.complete(best, role)
        by = tuple(w for w in tally.words.values() if role in {ANYBODY, w.role} and w.counts)
        yield Required(role=role, given=given, by=by)


def _replies(sources: Sources, told: Disclosure) -> Iterator[Reply]:
    """Yield every principle of the policy with what was said to it, and answers to what it does not ask (any more)."""
    said = {a.key: a for a in told.answers}
    for principle in sources.policy.principles:
        answered = said.pop(principle.key, None)
        yield Reply(
            number=principle.number,
            key=principle.key,
            says=principle.says,
            answer=answered.answer if answered else "",
            note=answered.note if answered else "",
        )
    for answered in said.values():
        yield Reply(number="", key=answered.key, says="", answer=answered.answer, note=answered.note)


def _tools(told: Disclosure) -> Iterator[Tool]:
    for step in told.steps:
        yield Tool(
            tool=step.tool,
            version=step.version,
            tier=step.tier,
            agreement=step.agreement,
            enterprise=step.enterprise,
            inputs=step.inputs,
            model=step.model,
            note=step.note,
        )
