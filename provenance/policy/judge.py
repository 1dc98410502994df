"""What a policy makes of one file. Pure: never raises, collects every reason."""

import shlex
from typing import assert_never

from provenance.evidence import Claim, State
from provenance.policy.model import Case, Decision, Outcome, Policy, Reason, Rule
from provenance.records import Approval, Clearance
from provenance.verdict import CREDENTIAL, Origin


def judge(case: Case, policy: Policy) -> Decision:
    """Return what a policy makes of one file. Never raises; collects every reason.

    (1) ask the policy about the origin and about the credential's state; (2) an approval answers a refusal; (3) a
    clearance answers a hold, and never a refusal; (4) what is left decides, the most severe first. Answered reasons
    stay in the list as passes, so that nothing approved or cleared is ever hidden.
    """
    of_credential = _of_credential(case, policy)
    asked = [of_credential]  # (1)
    if not _says_it_all(case, of_credential, policy):
        asked.insert(0, _of_origin(case, policy))
    reasons: list[Reason] = []
    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    for reason in asked:
        match reason.outcome:
            case Outcome.REFUSE if case.words.approvals:  # (2)
                approvals = case.words.approvals
                reasons += [_answered(Rule.APPROVED, a, reason) for a in approvals]
            case Outcome.HOLD if case.words.clearances:  # (3)
                clearances = case.words.clearances
                reasons += [_answered(Rule.CLEARED, c, reason) for c in clearances]
            case _:
                reasons.append(reason)
    reasons.sort(key=lambda r: -r.outcome.severity)
    outcome = reasons[0].outcome  # (4)
    told = tuple(r for r in reasons if r.text)
    return Decision(outcome, told, approvals, clearances)


_DOUBTS = {Claim.REVIEW, Claim.AI_GENERATED, Claim.AI_ASSISTED}


def _says_it_all(case: Case, of_credential: Reason, policy: Policy) -> bool:
    """Whether the verdict is doubtful for the credential's state alone: then one reason is enough for one doubt.

    Only where the policy is as strict about the state as about the doubt.
    """
    doubts = {g.kind for g in case.verdict.grounds if g.claim in _DOUBTS}
    doubtful = case.verdict.origin is Origin.REVIEW and doubts == {CREDENTIAL}
    return doubtful and of_credential.outcome.severity >= policy.origins[Origin.REVIEW].severity


def _answered(rule: Rule, record: Approval | Clearance, reason: Reason) -> Reason:
    word = "approved" if rule is Rule.APPROVED else "cleared"
    text = f"{word} by {record.by} ({record.role}): {record.reason}"
    return Reason(rule, Outcome.PASS, text, "", {"record": record.id, "answers": reason.rule.value})


def _of_origin(case: Case, policy: Policy) -> Reason:
    """Return what the policy says of the verdict. Always one reason, also for a pass."""
    verdict, origin = case.verdict, case.verdict.origin
    outcome = policy.origins[origin]
    args = {"origin": origin.value, "channel": case.deliverable.channel, "title": case.deliverable.title}
    first = verdict.grounds[0].says if verdict.grounds else ""
    match origin:
        case Origin.AI_GENERATED | Origin.AI_ASSISTED:
            text = f"{origin.value} ({first}) and no approval for these bytes on {case.deliverable.channel} counts"
            where = f"--channel {shlex.quote(case.deliverable.channel)}"
            where += f" --title {shlex.quote(case.deliverable.title)}" if case.deliverable.title else ""
            advice = (
                f"Replace it, or have it approved: provenance approve PATH {where} --by WHO --role ROLE --reason TEXT"
            )
            return Reason(Rule.TEMPORARY_NOT_FINAL, outcome, text, advice, args)
        case Origin.REVIEW:
            text = f"a person must look: {first}"
            return Reason(Rule.ORIGIN_NEEDS_REVIEW, outcome, text, _CLEAR, args)
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
        case _:
            assert_never(origin)


_CLEAR = (
    "Look at it, then either replace it or take it on you: provenance clear PATH --by WHO --role ROLE --reason TEXT"
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
