"""What people told of a file adds to judging it: who has to approve, who has to consent, and what nobody may do. Pure.

What lies in a final zone is final, whatever was told: an approval for temporary use says nothing of final use.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from provenance.policy.assess import Concern, assess
from provenance.policy.facts import Told
from provenance.policy.model import Case, Outcome, Policy, Reason, Rule
from provenance.policy.terms import Reply

TEMPORARY = "temporary_not_final"
"""Key of the principle that the gate enforces; a policy that has one sees it named in each refusal."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a policy asks of a flagged file."""

    roles: frozenset[str]
    """All who must have approved."""
    because: tuple[str, ...] = ()
    """What in the policy asks for it, in words."""
    keys: tuple[str, ...] = ()
    """The same, for a machine."""
    refused: tuple[Reason, ...] = ()
    """What no approval answers."""
    consents: tuple[str, ...] = ()
    """Ids of the consents that are asked for and given."""


def asked_of(case: Case, policy: Policy) -> Asked:
    """Return what a policy asks of a file that is flagged, or of which somebody told. Never raises."""
    roles, concerns, refused, given = policy.roles, dict[str, Concern](), list[Reason](), set[str]()
    for told in case.told:
        found = assess(replace(told.facts, final=True), policy)
        roles |= found.roles
        concerns |= {c.key: c for c in found.reasons}
        refused += [_forbidden(c, told, policy) for c in found.reasons if c.answer is Reply.FORBID]
        classes = sorted(found.replicas) or ([""] if found.unnamed else [])
        refused += [r for c in classes for r in _unconsented(c, told, case, policy)]
        given |= {c.id for c in case.consents if c.replica in classes and c.performer in told.performers}
    kept = next((p for p in policy.principles if p.key == TEMPORARY), None)
    because, keys = list[str](), list[str]()
    if kept is not None:
        because.append(f"principle {kept.number} of {policy.id}: {kept.says}")
        keys.append(kept.key)
    others = [c for c in concerns.values() if c.key != TEMPORARY]
    because += [f"{c.name}: {c.says} ({c.why})" for c in others]
    return Asked(roles, tuple(because), tuple(keys + [c.key for c in others]), tuple(refused), tuple(sorted(given)))


def _forbidden(concern: Concern, told: Told, policy: Policy) -> Reason:
    return Reason(
        Rule.USE_FORBIDDEN,
        Outcome.REFUSE,
        f"{policy.id} forbids it, {concern.name}: {concern.says} ({concern.why}; told in {told.id})",
        "Replace it: nobody can approve this use. If what was told is wrong, tell it anew (provenance disclose PATH), "
        f"and take this back: provenance revoke {told.id} --by WHO --reason TEXT",
        {"key": concern.key, "kind": concern.kind, "disclosure": told.id},
    )


def _unconsented(replica: str, told: Told, case: Case, policy: Policy) -> Iterator[Reason]:
    """Yield a reason for each performer whose consent is missing; also where nobody says who it is, or to what."""
    given = {c.performer for c in case.consents if c.replica == replica}
    missing = sorted(told.performers - given) or ([""] if not told.performers else [])
    if not replica:
        missing = [""]
    title = f" --title {shlex.quote(case.deliverable.title)}" if case.deliverable.title else ""
    for performer in missing:
        whom = f"performer per-{performer[:20]}" if performer else "a performer whom the disclosure does not name"
        what = f"a {replica}" if replica else "a replica whose class the disclosure does not name"
        pulled = (t for t in policy.triggers if t.consent and t.applies(told.facts))
        asks = next((f"trigger {t.number} ({t.key}) of " for t in pulled), "")
        advice = (
            "No approval makes up for it. Have the performer, or who speaks for them, consent in writing; then: "
            f"provenance consent record --performer NAME --class {replica or 'CLASS'}{title} --scope TEXT "
            "--document FILE --by WHO --reason TEXT"
        )
        if not (replica and performer):
            advice = f"Tell anew whom it touches and how (provenance disclose PATH), and revoke {told.id}. {advice}"
        yield Reason(
            Rule.CONSENT_MISSING,
            Outcome.REFUSE,
            f"no consent of {whom} to {what} counts for this title; {asks}{policy.id} asks for it ({told.id})",
            advice,
            {"replica": replica, "performer": performer, "disclosure": told.id},
        )
