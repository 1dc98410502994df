"""What the house allows: a policy is data, and `judge` applies it to one file. Pure, but for `load_policy`."""

import datetime as dt
import difflib
import hashlib
import shlex
from dataclasses import dataclass, field
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import TypeVar, assert_never

import msgspec

from provenance.asset import Digest
from provenance.errors import PolicyInvalid
from provenance.evidence import Claim, Credential, State
from provenance.packs import policy_path
from provenance.records import Approval, Clearance, Deliverable, Words
from provenance.verdict import CREDENTIAL, Origin, Verdict


class Outcome(Enum):
    """What the gate answers, mildest first."""

    PASS = "pass"
    HOLD = "hold"
    REFUSE = "refuse"

    @property
    def severity(self) -> int:
        """0 for pass, 1 for hold, 2 for refuse."""
        return list(Outcome).index(self)


class Rule(Enum):
    """Names of the rules a reason can stand on; scripts depend on them, so they stay."""

    TEMPORARY_NOT_FINAL = "temporary-not-final"
    ORIGIN_NEEDS_REVIEW = "origin-needs-review"
    ORIGIN_UNKNOWN = "origin-unknown"
    ORIGIN_KNOWN = "origin-known"
    CREDENTIAL_NOT_ALLOWED = "credential-not-allowed"
    CREDENTIAL_UNREADABLE = "credential-unreadable"
    CREDENTIAL_BROKEN = "credential-broken"
    CREDENTIAL_REMOTE = "credential-remote"
    NO_SIGNAL_FOUND = "no-signal-found"
    APPROVED = "approved"
    CLEARED = "cleared"
    NOT_A_FILE = "not-a-file"
    NOTHING_TO_CHECK = "nothing-to-check"
    ORPHAN_SIDECAR = "orphan-sidecar"
    UNFINISHED = "unfinished"
    TAKEN_OUT = "taken-out"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for an outcome: a rule, a sentence, what to do about it, and the facts for a machine."""

    rule: Rule
    outcome: Outcome
    text: str
    help: str = ""
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one file with all its reasons, and the words of people it rests on."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML document."""

    id: str
    dated: dt.date
    summary: str
    origins: dict[str, str]
    credentials: dict[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """A pack that was parsed and found complete: every origin and every credential state has an outcome."""

    id: str
    dated: dt.date
    summary: str
    sha256: Digest
    origins: dict[Origin, Outcome]
    credentials: dict[State, Outcome]


K = TypeVar("K", bound=Enum)

_NEVER_PASS_STATES = {State.UNREADABLE, State.BROKEN, State.REMOTE}


def load_policy(name: str, relative_to: Path) -> Policy:
    """Return a shipped pack by its name, or the pack at a path (relative to `relative_to`).

    Raises `PolicyInvalid` for a pack that is missing, does not parse, leaves an origin or state out, names an unknown
    one, or lets flagged or unread material pass. An empty pack is refused, not trivially satisfied.
    """
    path = policy_path(name, relative_to)
    if path is not None and path.exists() and not path.is_file():
        raise PolicyInvalid(f"policy {name!r} is no regular file")  # reading a pipe or device might never end
    try:
        raw = (resources.files("provenance") / "policies" / f"{name}.toml" if path is None else path).read_bytes()
    except OSError as error:
        raise PolicyInvalid(f"policy {name!r} cannot be read: {error.strerror}") from error
    return parse_policy(raw, name)


def parse_policy(raw: bytes, name: str) -> Policy:
    """Return the pack in `raw`; see `load_policy` for what it refuses."""
    try:
        pack = msgspec.toml.decode(raw, type=_Pack)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyInvalid(f"policy {name!r} does not parse: {error}") from error
    origins = _table("origins", pack.origins, Origin, name)
    states = _table("credentials", pack.credentials, State, name)
    for origin, outcome in origins.items():
        if origin.flagged and outcome is not Outcome.REFUSE:
            raise PolicyInvalid(f"policy {name!r} does not refuse {origin.value}: only an approval may let it pass")
    if origins[Origin.REVIEW] is Outcome.PASS:
        raise PolicyInvalid(f"policy {name!r} lets review pass: only a clearance may")
    for state in _NEVER_PASS_STATES:
        if states[state] is Outcome.PASS:
            raise PolicyInvalid(f"policy {name!r} lets {state.value} credentials pass: only a clearance may")
    digest = Digest(hashlib.sha256(raw).hexdigest())
    return Policy(pack.id, pack.dated, pack.summary, digest, origins, states)


def _table(table: str, given: dict[str, str], keys: type[K], name: str) -> dict[K, Outcome]:
    """Turn one TOML table into a total map, or raise `PolicyInvalid`."""
    known = {k.value: k for k in keys}
    outcomes = {o.value: o for o in Outcome}
    for key, outcome in given.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise PolicyInvalid(f"policy {name!r}: [{table}] has no {key!r}{hint}")
        if outcome not in outcomes:
            raise PolicyInvalid(f"policy {name!r}: [{table}] {key} = {outcome!r}; say pass, hold or refuse")
    missing = [k for k in known if k not in given]
    if missing:
        raise PolicyInvalid(f"policy {name!r}: [{table}] says nothing about {', '.join(missing)}")
    return {known[k]: outcomes[v] for k, v in given.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """One file before the policy: what it is, how its credential reads, and what it is to be delivered as."""

    verdict: Verdict
    credential: Credential
    deliverable: Deliverable
    words: Words = field(default_factory=Words)


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
