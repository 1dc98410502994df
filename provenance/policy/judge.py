"""What a policy makes of one file. Pure: never raises, collects every reason."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from provenance.evidence import Claim, State
from provenance.policy import said
from provenance.policy.asking import Asked, asked_of
from provenance.policy.model import Attested, Case, Decision, Outcome, Policy, Reason, Rule
from provenance.records import Clearance
from provenance.records.decisions import Supersession
from provenance.verdict import CREDENTIAL, Origin


def judge(case: Case, policy: Policy) -> Decision:
    """Return what a policy makes of one file. Never raises; collects every reason.

    (1) ask the policy about the origin, about what was told, and about the credential's state; (2) approvals in all
    roles that are asked for answer a refusal, but not one for want of a consent; (3) an attestation answers that
    nobody attested; (4) a clearance answers any other hold, and never a refusal; (5) what is left decides, the most
    severe first. Answered reasons stay in the list as passes, so that nothing approved or cleared is ever hidden. What
    a person refused stays so, unless an approval knows of it; what is flagged only through material that people's work
    replaced is answered by that, if nobody told of it as generated.
    """
    asked = asked_of(case, policy)
    reasons: list[Reason] = [*said.refused(case, sorted(asked.roles))]
    approvals = case.words.approvals if case.words.refusals else ()
    clearances: tuple[Clearance, ...] = ()
    attested: tuple[Attested, ...] = ()
    supersessions: tuple[Supersession, ...] = ()
    for reason in _asked(case, asked, policy):  # (1)
        match reason.rule, reason.outcome:
            case Rule.UNTOLD, _ if case.words.supersessions:  # nobody tells of people's work; the temp has its own use
                supersessions = case.words.supersessions
                reasons += said.superseded(case, reason)
            case ((Rule.USE_FORBIDDEN | Rule.CONSENT_MISSING | Rule.UNTOLD), _):
                reasons.append(reason)
            case _, Outcome.REFUSE if case.words.approvals:  # (2)
                approvals = case.words.approvals
                reasons += [said.approved(case, a, reason) for a in approvals]
                reasons += _still_missing(case, asked)
            case Rule.TEMPORARY_NOT_FINAL, _ if case.words.supersessions and not case.told:
                supersessions = case.words.supersessions
                reasons += said.superseded(case, reason)
            case Rule.NOT_ATTESTED, _:  # (3)
                attested = said.attestations(case)
                reasons += [said.attested(a, reason) for a in attested] or [said.unsettled(case, reason)]
            case _, Outcome.HOLD if case.words.clearances:  # (4)
                clearances = case.words.clearances
                reasons += [_answered(Rule.CLEARED, c, reason) for c in clearances]
            case _:
                reasons.append(said.nearly(case, reason))
    reasons.sort(key=lambda r: -r.outcome.severity)
    outcome = reasons[0].outcome  # (5)
    told = tuple(r for r in reasons if r.text)
    ways = tuple(w for w in case.words.ways if any(a.id == w.approval for a in approvals))
    return Decision(outcome, told, approvals, clearances, attested, asked.consents, supersessions, ways)


def _asked(case: Case, asked: Asked, policy: Policy) -> Iterator[Reason]:
    """Yield everything there is to say of a file, before anybody's approval, clearance or attestation."""
    of_credential = _of_credential(case, policy)
    if not _says_it_all(case, of_credential, policy):
        yield from _of_origin(case, asked, policy)
    yield of_credential
    yield from asked.refused
    if case.verdict.origin.flagged and not case.told and policy.untold is not Outcome.PASS:
        text = f"nobody told of this use: {policy.id} has every use of a generative tool told before it is delivered"
        yield Reason(Rule.UNTOLD, policy.untold, text, _TELL, {"origin": case.verdict.origin.value})


_TELL = (
    "No approval and no clearance makes up for that. Tell of the use (disclose --form writes an empty form), and name"
    " the file: provenance disclose PATH --for ID --by WHO"
)
_DOUBTS = {Claim.REVIEW, Claim.AI_GENERATED, Claim.AI_ASSISTED}


def _says_it_all(case: Case, of_credential: Reason, policy: Policy) -> bool:
    """Whether the verdict is doubtful for the credential's state alone: then one reason is enough for one doubt.

    Only where the policy is as strict about the state as about the doubt.
    """
    doubts = {g.kind for g in case.verdict.grounds if g.claim in _DOUBTS}
    doubtful = case.verdict.origin is Origin.REVIEW and doubts == {CREDENTIAL} and not case.told
    return doubtful and of_credential.outcome.severity >= policy.origins[Origin.REVIEW].severity


def _answered(rule: Rule, word: Clearance, reason: Reason) -> Reason:
    text = f"{rule.value} by {word.by} ({word.role}): {word.reason}"
    return Reason(rule, Outcome.PASS, text, "", {"record": word.id, "answers": reason.rule.value})


def _still_missing(case: Case, asked: Asked) -> Iterator[Reason]:
    """Yield the roles nobody approved in. An approval in another role is shown, and is not enough."""
    missing = sorted(asked.roles - {a.role for a in case.words.approvals})
    if missing:
        text = f"approved, but not yet by {_and(missing)}{_for(asked.because)}"
        advice = _approve(f"Have it approved in {'that role' if len(missing) == 1 else 'each role'} too", case, missing)
        yield Reason(Rule.ROLE_MISSING, Outcome.REFUSE, text, advice, _args(case, asked, missing))


def _of_origin(case: Case, asked: Asked, policy: Policy) -> Iterator[Reason]:
    """Yield what the policy says of the verdict: at least one reason, also for a pass."""
    verdict, origin = case.verdict, case.verdict.origin
    first = verdict.grounds[0].says if verdict.grounds else ""
    if origin.flagged:
        yield _flagged(f"{origin.value} ({first})", case, asked, policy.origins[origin])
        return
    if case.told:
        ids = ", ".join(t.id for t in case.told)
        yield _flagged(f"told to be made with a generative tool ({ids})", case, asked, Outcome.REFUSE)
    if origin is Origin.REVIEW or not case.told:
        yield _unflagged(case, first, policy)


def _flagged(what: str, case: Case, asked: Asked, outcome: Outcome) -> Reason:
    """Return that something generated is to be delivered: what asks for an approval, of whom, and how it is given."""
    roles = sorted(asked.roles)
    text = f"{what} and no approval for these bytes on {case.deliverable.channel} counts{_for(asked.because)}"
    by = f" by {_and(roles)}" if roles else ""
    advice = _approve(f"Replace it, or have it approved{by}", case, roles)
    return Reason(Rule.TEMPORARY_NOT_FINAL, outcome, text, advice, _args(case, asked, roles))


def _args(case: Case, asked: Asked, missing: list[str]) -> dict[str, str]:
    place = case.deliverable
    args = {"origin": case.verdict.origin.value, "channel": str(place.channel), "title": str(place.title)}
    if missing:
        args["roles"] = " ".join(missing)
    if asked.keys:
        args["asked_by"] = " ".join(asked.keys)
    if case.told:
        args["disclosures"] = " ".join(t.id for t in case.told)
    return args


def _approve(says: str, case: Case, roles: list[str]) -> str:
    """Return advice with the commands that approve, one for each role."""
    return said.with_commands(says, said.approvals(f"PATH {said.where(case)}", roles))


def _for(because: Iterable[str]) -> str:
    reasons = "; ".join(because)
    return f"; {reasons}" if reasons else ""


def _and(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _unflagged(case: Case, first: str, policy: Policy) -> Reason:
    """Return what the policy says of a verdict that is no flag."""
    place, origin = case.deliverable, case.verdict.origin
    outcome = policy.origins[origin]
    args = {"origin": origin.value, "channel": str(place.channel), "title": str(place.title)}
    if origin in policy.attest:
        found = "no signal found" if origin is Origin.UNKNOWN else f"{origin.value}: {first}"
        text = f"{found}, and {policy.id} wants somebody to say that nothing was generated; no attestation counts"
        return Reason(Rule.NOT_ATTESTED, outcome, text, _ATTEST, args)
    match origin:
        case Origin.REVIEW:
            return Reason(Rule.ORIGIN_NEEDS_REVIEW, outcome, f"a person must look: {first}", _CLEAR, args)
        case Origin.UNKNOWN:
            if outcome is Outcome.PASS:
                return Reason(Rule.NO_SIGNAL_FOUND, outcome, "no signal found", "", args)
            text = "no signal found, and this policy does not let that pass by itself"
            return Reason(Rule.ORIGIN_UNKNOWN, outcome, text, _CLEAR, args)
        case Origin.CAPTURED | Origin.CREATED:
            text = f"{origin.value}: {first}"
            if outcome is not Outcome.PASS:
                text = f"{origin.value}, which this policy does not let pass by itself"
            return Reason(Rule.ORIGIN_KNOWN, outcome, text, "" if outcome is Outcome.PASS else _CLEAR, args)
        case Origin.AI_GENERATED | Origin.AI_ASSISTED:
            raise AssertionError(f"{origin.value} is a flag")
        case _:
            assert_never(origin)


_CLEAR = (
    "Look at it, then either replace it or take it on you: provenance clear PATH --by WHO --role ROLE --reason TEXT"
)
_ATTEST = (
    "If it is the render of a timeline, its sources can answer for it (derive --timeline). Otherwise ask whoever made"
    " it; then, for the whole batch at once: provenance attest PATH --by WHO --role ROLE --reason TEXT"
)


def _of_credential(case: Case, policy: Policy) -> Reason:
    """Return what the policy says of the credential's state. A pass here has no text: it is no news."""
    credential, state = case.credential, case.credential.state
    outcome = policy.credentials[state]
    args = {"state": state.value, "codes": " ".join(credential.codes)}
    why = f": {credential.why}" if credential.why else ""
    if credential.remote_url:
        args["remote_url"] = credential.remote_url
    text = "" if outcome is Outcome.PASS else f"content credential is {state.value}{why}"
    match state:
        case State.UNREADABLE:
            return Reason(Rule.CREDENTIAL_UNREADABLE, outcome, text, _CLEAR, args)
        case State.BROKEN:
            return Reason(Rule.CREDENTIAL_BROKEN, outcome, text, f"Get the original again. {_CLEAR}", args)
        case State.REMOTE:
            advice = f"Ask the sender for the file's .c2pa sidecar; nothing is fetched. {_CLEAR}"
            return Reason(Rule.CREDENTIAL_REMOTE, outcome, text, advice, args)
        case State.ABSENT | State.UNSUPPORTED | State.UNTRUSTED | State.TRUSTED:
            return Reason(Rule.CREDENTIAL_NOT_ALLOWED, outcome, text, _CLEAR, args)
        case _:
            assert_never(state)
