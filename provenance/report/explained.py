"""One part of a policy explained: what it means, when it applies, who must approve, by which command.

People ask for parts as papers call them: by key, by number, by kind and number. Where a name means several parts, each
is explained; where it means none here, and a shipped pack has it, that is said.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from provenance.advice import SIGN
from provenance.policy import Policy, Rule, load_policy, shipped_packs
from provenance.policy.condition import Condition
from provenance.policy.terms import Principle, Reply, Trigger, Use
from provenance.report.policy import by_roles
from provenance.report.policy_document import origin_words

_REPLIES: Final = {
    Reply.TELL: "telling is enough",
    Reply.ESCALATE: "escalate: approval before going on",
    Reply.FORBID: "forbidden: nobody can approve it",
}
Lines = Callable[[], Iterator[str]]
Part = tuple[tuple[str, ...], Lines]
"""Names, the first of which is shown where the nearest is; and what to say."""


def explained(policy: Policy, key: str, *, signed: bool = False) -> list[str]:
    """Return what one part of a policy means, as lines, each part of that name after the other.

    `signed`: words have to be signed in this production. Raises `KeyError` with a hint for a name that neither this
    policy nor a shipped one has.
    """
    found = _named(policy, key, signed=signed)
    if found:
        return found
    for other in shipped_packs():
        pack = load_policy(other, Path())
        if pack.id not in {policy.id, *policy.extends} and (there := _named(pack, key, signed=signed)):
            return [f"{policy.id} has nothing of this name, and asks for nothing of it; {pack.id} has:", *there]
    known = [names[0] for names, _ in _parts(policy, signed=signed)]
    near = " or ".join(map(repr, _nearest(_plain(key), known)))
    raise KeyError(f"{policy.id} has no {key!r} (provenance policy show names all it has); did you mean {near}?")


def _nearest(name: str, known: list[str]) -> list[str]:
    """Return the names that are most like one, by the whole or by the word in them that is; there always is one."""
    import difflib  # only an error needs it

    def likeness(other: str) -> float:
        words = (_plain(other), *_plain(other).split("-"))
        return max(difflib.SequenceMatcher(None, name, word).ratio() for word in words)

    return sorted(dict.fromkeys(known), key=likeness, reverse=True)[:2]


def _named(policy: Policy, key: str, *, signed: bool) -> list[str]:
    wanted = _plain(key)
    return [line for names, say in _parts(policy, signed=signed) if wanted in map(_plain, names) for line in say()]


def _plain(name: str) -> str:
    """Return a name however it is written: `Principle 4`, `principle-4`, `TEMPORARY_NOT_FINAL`."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _parts(policy: Policy, *, signed: bool) -> Iterator[Part]:
    """Yield every part there is, principles first: a bare number is most often theirs."""
    for principle in policy.principles:
        yield _called("principle", principle.key, principle.number), _principle(principle, policy)
    for trigger in policy.triggers:
        yield _called("trigger", trigger.key, trigger.number), _trigger(trigger, policy)
    for area in policy.areas:
        inside = ", ".join(f"{t.number} {t.key}" for t in policy.triggers if t.area == area.key)
        area_lines = _lines(f"area {area.number} ({area.key}): {area.says}", f"triggers: {inside or 'none'}")
        yield _called("area", area.key, area.number), area_lines
    for place, use in enumerate(policy.uses, 1):
        yield (use.key, f"use {use.key}", f"use {place}", f"row {place}", use.number or use.key), _use(use, policy)
    for replica, exempt in policy.consent.needed.items():
        unless = f", unless it is {' or '.join(sorted(exempt))}" if exempt else ""
        says = f"consent: a {replica} needs the performer's consent for this title{unless}; no approval makes up for it"
        yield (replica, f"consent {replica}"), _lines(says)
    for role in sorted(policy.every_role().union(*policy.acts.values())):
        yield (role, f"role {role}"), _role(role, policy)
    for rule in Rule:
        yield (rule.value, f"rule {rule.value}"), _lines(f"rule {rule.value} of the gate: {RULES[rule]}")
    words = _words(signed=signed)
    for origin, word in origin_words(policy).items():
        yield (origin, f"origin {origin}"), _lines(f"origin {origin}: {word}", words[word])
    for state, outcome in policy.credentials.items():
        says = f"credential {state.value}: {outcome.value}"
        yield (state.value, f"credential {state.value}"), _lines(says, words[outcome.value])


def _called(kind: str, key: str, number: str) -> tuple[str, ...]:
    return key, number or key, f"{kind} {number}", f"{kind} {key}"


def _lines(*lines: str) -> Lines:
    return lambda: iter(lines)


def _role(role: str, policy: Policy) -> Lines:
    def lines() -> Iterator[str]:
        always, asked = role in policy.roles, role in policy.every_role()
        does = (
            ["approves whatever is generated and final"] if always else ["approves what asks for it"] if asked else []
        )
        acts = [act for act, roles in policy.acts.items() if role in roles]
        does += [f"may {', '.join(acts)}"] if acts else []
        yield f"role {role}: {'; '.join(does)}"
        asking = [f"principle {p.number} ({p.key})" for p in policy.principles if role in p.roles]
        asking += [f"trigger {t.number} ({t.key})" for t in policy.triggers if role in t.roles]
        asking += [f"use ({u.key})" for u in policy.uses if role in u.roles]
        if asking:
            yield f"asked for by {', '.join(asking)}"
        if role in policy.transcribed:
            yield "a custodian may write down that they approved, with the mail or document: --transcribed-by"

    return lines


def _principle(p: Principle, policy: Policy) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield f"principle {p.number} ({p.key}): {p.says}"
        yield f"no, unsure, or no answer: {_REPLIES[Reply.ESCALATE]}{by_roles(policy.roles | p.roles)}"
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
        yield f"then {_REPLIES[t.answer]}{by_roles(policy.roles | t.roles) if t.answer is Reply.ESCALATE else ''}"
        if t.consent:
            yield "the performer's consent is needed too, whatever is approved: provenance consent list"

    return lines


def _use(u: Use, policy: Policy) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield f"use {u.key}: {u.says}"
        where = f" when {_any(u.when)}" if u.when else ""
        where += f" unless {_any(u.unless)}" if u.unless else ""
        yield f"{_REPLIES[u.answer]}{where}{by_roles(policy.roles | u.roles) if u.answer is Reply.ESCALATE else ''}"
        if where:
            yield f"otherwise {_REPLIES[Reply.TELL]}, if every principle is kept and nothing triggers"

    return lines


def _any(conditions: tuple[Condition, ...]) -> str:
    return "; or ".join(str(c) for c in conditions)


def _words(*, signed: bool) -> dict[str, str]:
    """Return what each outcome means, with the command that answers it."""
    sign = f" {SIGN}" if signed else ""
    who, asker = f"--by WHO --role ROLE --reason TEXT{sign}", " --requested-by ASKER" if signed else ""
    return {
        "pass": "it may be delivered by itself",
        "hold": f"a person must look: provenance clear PATH {who}",
        "refuse": f"only an approval lets it pass: provenance approve PATH --channel C {who}{asker}",
        "attest": f"somebody must say that nothing was generated: provenance attest PATH {who}",
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
