"""A policy in words: as a whole, and one part of it explained."""

from collections.abc import Callable, Iterator
from typing import Final

from provenance.policy import Outcome, Policy, Rule
from provenance.policy.condition import Condition
from provenance.policy.terms import Principle, Reply, Trigger, Use
from provenance.report.policy_document import origin_words
from provenance.strict import nearest

_REPLIES: Final = {
    Reply.TELL: "telling is enough",
    Reply.ESCALATE: "escalate: approval before going on",
    Reply.FORBID: "forbidden: nobody can approve it",
}


def policy_text(policy: Policy) -> Iterator[str]:
    """Yield a policy as lines."""
    yield from head_text(policy)
    for table, words in (
        ("origins", origin_words(policy)),
        ("credentials", {s.value: o.value for s, o in policy.credentials.items()}),
    ):
        yield table
        yield from (f"  {key:<13} {word}" for key, word in words.items())
    yield f"approvals: {policy.required_mode}{_by(policy.roles, ', always by ')}"
    if policy.transcribed:
        yield f"  a custodian's transcription is enough for {', '.join(sorted(policy.transcribed))}"
    for act, roles in policy.acts.items():
        yield f"  to {act} takes {' or '.join(sorted(roles)) or 'a role that nobody has'}"
    yield f"untold: {'held' if policy.untold is Outcome.HOLD else 'reported'}"
    for replica, exempt in policy.consent.needed.items():
        yield f"consent: {replica}{f', unless {_or(sorted(exempt))}' if exempt else ''}"
    yield from _section("principles", [(p.number, p.key, p.says) for p in policy.principles])
    for area in policy.areas:
        inside = [(t.number, t.key, t.says) for t in policy.triggers if t.area == area.key]
        yield from _section(f"triggers: {area.says}", inside)
    uses = [("depends" if u.when or u.unless else u.answer.value, u.key, u.says) for u in policy.uses]
    yield from _section("uses", uses)
    if policy.principles or policy.triggers or policy.uses:
        yield "provenance policy explain KEY says more of each"


def head_text(policy: Policy) -> Iterator[str]:
    """Yield which policy it is, and what it changes of those it extends."""
    yield f"{policy.id} of {policy.dated}, {policy.sha256[:12]}: {policy.summary}"
    if policy.extends:
        yield f"  extends {', '.join(policy.extends)}"
    yield from (f"  {change}" for change in policy.changes)


def _section(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    if rows:
        yield title
        first = max(len(number) for number, _, _ in rows)
        second = max(len(key) for _, key, _ in rows)
        yield from (f"  {number:<{first}}  {key:<{second}}  {says}" for number, key, says in rows)


def explained(policy: Policy, key: str) -> list[str]:
    """Return what one part of a policy means, as lines. Raises `KeyError` with a hint for a name it does not have."""
    parts: dict[str, Callable[[], Iterator[str]]] = {r.value: _rule(r) for r in Rule}
    for origin, word in origin_words(policy).items():
        parts[origin] = _lines(f"origin {origin}: {word}", _WORDS[word])
    for state, outcome in policy.credentials.items():
        parts[state.value] = _lines(f"credential {state.value}: {outcome.value}", _WORDS[outcome.value])
    for area in policy.areas:
        inside = ", ".join(t.key for t in policy.triggers if t.area == area.key)
        parts[area.key] = _lines(f"area {area.number} ({area.key}): {area.says}", f"triggers: {inside or 'none'}")
    for trigger in policy.triggers:
        parts[trigger.key] = parts[trigger.number or trigger.key] = _trigger(trigger, policy)
    for use in policy.uses:
        parts[use.key] = _use(use, policy)
    for principle in policy.principles:
        parts[principle.key] = parts[principle.number or principle.key] = _principle(principle, policy)
    if key not in parts:
        raise KeyError(f"{policy.id} has no {key!r}{nearest(key, parts)}")
    return [*parts[key]()]


def _lines(*lines: str) -> Callable[[], Iterator[str]]:
    return lambda: iter(lines)


def _rule(rule: Rule) -> Callable[[], Iterator[str]]:
    return _lines(f"rule {rule.value} of the gate: {RULES[rule]}")


def _principle(p: Principle, policy: Policy) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield f"principle {p.number} ({p.key}): {p.says}"
        yield f"no, unsure, or no answer: {_REPLIES[Reply.ESCALATE]}{_by(policy.roles | p.roles)}"
        if p.soft:
            yield "asked for where possible: a no is escalated all the same, and may be accepted"
        if p.clearance_evidence:
            yield "a yes for final use counts only with clearance evidence"
        if p.register:
            yield "the tool register answers it for the tools it knows: provenance tools list"
        if p.denied_by:
            yield f"a yes does not count where {_any(p.denied_by)}"

    return lines


def _trigger(t: Trigger, policy: Policy) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield f"trigger {t.number} ({t.key}): {t.says}"
        yield f"when {_any(t.when)}{f', unless {_any(t.unless)}' if t.unless else ''}"
        yield f"then {_REPLIES[t.answer]}{_by(policy.roles | t.roles) if t.answer is Reply.ESCALATE else ''}"
        if t.consent:
            yield "the performer's consent is needed too, whatever is approved: provenance consent list"

    return lines


def _use(u: Use, policy: Policy) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield f"use {u.key}: {u.says}"
        where = f" when {_any(u.when)}" if u.when else ""
        where += f" unless {_any(u.unless)}" if u.unless else ""
        yield f"{_REPLIES[u.answer]}{where}{_by(policy.roles | u.roles) if u.answer is Reply.ESCALATE else ''}"
        if where:
            yield f"otherwise {_REPLIES[Reply.TELL]}, if every principle is kept and nothing triggers"

    return lines


def _any(conditions: tuple[Condition, ...]) -> str:
    return "; or ".join(str(c) for c in conditions)


def _by(roles: frozenset[str], word: str = ", by ") -> str:
    return f"{word}{' and '.join(sorted(roles))}" if roles else ""


def _or(words: list[str]) -> str:
    return " or ".join(words)


_WORDS: Final = {
    "pass": "it may be delivered by itself",
    "hold": "a person must look: provenance clear PATH --by WHO --role ROLE --reason TEXT",
    "refuse": "only an approval lets it pass: provenance approve PATH --channel C --by WHO --role ROLE --reason TEXT",
    "attest": "somebody must say that nothing was generated: provenance attest PATH --by WHO --role ROLE --reason TEXT",
}

RULES: Final = {
    Rule.TEMPORARY_NOT_FINAL: "something generated is to be delivered, and no approval counts",
    Rule.ROLE_MISSING: "approved, but not in every role that is asked for",
    Rule.CONSENT_MISSING: "a replica of a performer whose consent does not cover this title; no approval answers it",
    Rule.USE_FORBIDDEN: "the policy forbids this use; no approval answers it",
    Rule.UNTOLD: "something generated of which nobody told; no approval answers it",
    Rule.NOT_ATTESTED: "no sign of a generator, and nobody says that there was none",
    Rule.ORIGIN_NEEDS_REVIEW: "signs contradict each other, or only hint: a clearance answers it",
    Rule.ORIGIN_UNKNOWN: "no signal found, and the policy does not let that pass: a clearance answers it",
    Rule.ORIGIN_KNOWN: "captured or created",
    Rule.NO_SIGNAL_FOUND: "passed; nothing was found",
    Rule.CREDENTIAL_NOT_ALLOWED: "the policy does not let this state of a credential pass",
    Rule.CREDENTIAL_UNREADABLE: "the credential cannot be read: get the original, or a clearance",
    Rule.CREDENTIAL_BROKEN: "the credential does not belong to these bytes: get the original, or a clearance",
    Rule.CREDENTIAL_REMOTE: "the credential lies elsewhere and is not fetched: get its sidecar, or a clearance",
    Rule.APPROVED: "passed because somebody approved it",
    Rule.CLEARED: "passed because somebody cleared it",
    Rule.DOES_NOT_COUNT: "a word about it helps nothing, and says why: not signed, not listed, not in that role",
    Rule.ATTESTED: "passed because somebody attested that nothing was generated",
    Rule.REFUSED: "a person said no: an approval that names the refusal answers it",
    Rule.SUPERSEDED: "passed because people's work took the place of what it is flagged for",
    Rule.NOT_A_FILE: "a link, pipe, device or socket among the media",
    Rule.NOTHING_TO_CHECK: "an empty folder",
    Rule.ORPHAN_SIDECAR: "a .c2pa file without its file",
    Rule.UNFINISHED: "not finished; no word makes it whole",
    Rule.TAKEN_OUT: "a note of ours: a file was taken out of this folder",
}
"""What each rule of the gate means, in a sentence."""
