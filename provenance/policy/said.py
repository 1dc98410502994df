"""How people's words answer the policy, in sentences: what was approved, how far it reaches, and who said no. Pure."""

import shlex
from collections.abc import Iterable, Sequence

from provenance.policy.model import Attested, Case, Outcome, Reason, Rule
from provenance.records import Approval
from provenance.records.decisions import Refusal


def approved(case: Case, approval: Approval, reason: Reason) -> Reason:
    """Return the reason that an approval makes of one to refuse: how it covers the file, by whom, on what terms."""
    text = f"approved by {approval.by} ({approval.role}): {approval.reason}"
    args = {"record": approval.id, "answers": reason.rule.value, "scope": approval.scope.value}
    for way in case.words.ways:
        if way.approval == approval.id:
            text = f"covered by {approval.id} {way.says}, {text}"
            args |= {"way": way.says, "over": " ".join(way.records)}
    if approval.conditions:
        text += f" [on condition: {'; '.join(approval.conditions)}]"
        args["conditions"] = "; ".join(approval.conditions)
    return Reason(Rule.APPROVED, Outcome.PASS, text, "", args)


def refused(case: Case, roles: Sequence[str]) -> tuple[Reason, ...]:
    """Return the reasons of people who said no; where approvals that count know of that, who decided otherwise."""
    words = case.words
    if words.approvals:
        return tuple(_otherwise(a, r) for r in words.refusals for a in words.approvals)
    return tuple(
        Reason(
            Rule.REFUSED,
            Outcome.REFUSE,
            f"{r.by} ({r.role}) refused it for {case.deliverable.channel}: {r.reason}",
            with_commands(
                "Replace it. Who may decide otherwise names the refusal",
                approvals(f"PATH {where(case)} --despite {r.id}", roles),
            ),
            {"record": r.id, **_place(case, roles)},
        )
        for r in words.refusals
    )


def _otherwise(approval: Approval, refusal: Refusal) -> Reason:
    text = f"{refusal.by} ({refusal.role}) refused it, and {approval.by} ({approval.role}) knew of that and approved it"
    args = {"record": approval.id, "answers": Rule.REFUSED.value, "refusal": refusal.id}
    return Reason(Rule.APPROVED, Outcome.PASS, f"{text}: {approval.reason}", "", args)


def where(case: Case) -> str:
    """Return the options that say where a file is to go."""
    channel, title = case.deliverable.channel, case.deliverable.title
    return f"--channel {shlex.quote(channel)}" + (f" --title {shlex.quote(title)}" if title else "")


def _place(case: Case, roles: Sequence[str]) -> dict[str, str]:
    place = case.deliverable
    said = {"channel": str(place.channel), "title": str(place.title)}
    return {**said, "roles": " ".join(roles)} if roles else said


def approvals(what: str, roles: Iterable[str]) -> list[str]:
    """Return the commands that approve something, one for each role."""
    return [f"provenance approve {what} --by WHO --role {role} --reason TEXT" for role in [*roles] or ["ROLE"]]


def with_commands(says: str, commands: Sequence[str]) -> str:
    """Return advice: a sentence with its command; of several commands each has a line of its own, to be copied."""
    return f"{says}: {commands[0]}" if len(commands) == 1 else "\n".join((f"{says}:", *commands))


def superseded(case: Case, reason: Reason) -> tuple[Reason, ...]:
    """Return the reasons that supersessions make of one to refuse."""
    return tuple(
        Reason(
            Rule.SUPERSEDED,
            Outcome.PASS,
            f"people's work took the place of {', '.join(s.name for s in word.replaced)},"
            f" says {word.by} ({word.role}) with {word.evidence_name}: {word.reason}",
            "",
            {"record": word.id, "answers": reason.rule.value, "evidence_sha256": word.evidence},
        )
        for word in case.words.supersessions
    )


def nearly(case: Case, reason: Reason) -> Reason:
    """Return a reason to refuse with why approvals that nearly cover the file do not."""
    missed = case.words.missed
    if not missed or reason.rule is not Rule.TEMPORARY_NOT_FINAL:
        return reason
    return Reason(
        reason.rule,
        reason.outcome,
        f"{reason.text}; {'; '.join(missed)}",
        reason.help,
        {**reason.args, "missed": "; ".join(missed)},
    )


def attestations(case: Case) -> tuple[Attested, ...]:
    """Return the attestations that count, without the many files they speak of."""
    return tuple(
        Attested(a.id, a.by, a.role, a.reason, len(a.subjects), a.timeline_name, len(a.sources), a.by_name)
        for a in case.words.attestations
    )


def attested(word: Attested, reason: Reason) -> Reason:
    """Return the reason that an attestation makes of one to hold."""
    text = f"attested by {word.by} ({word.role}){by_timeline(word)}: {word.reason}"
    args = {"record": word.id, "answers": reason.rule.value}
    if word.timeline:
        args |= {"timeline": word.timeline, "sources": str(word.sources)}
    return Reason(Rule.ATTESTED, Outcome.PASS, text, "", args)


def by_timeline(word: Attested) -> str:
    """Return that an attestation rests on a timeline, in words to go on with; empty if it does not."""
    if not word.timeline:
        return ""
    sources = "1 source, examined" if word.sources == 1 else f"{word.sources:,} sources, all examined"
    alone = f", {word.by_name:,} found by name alone" if word.by_name else ""
    return f", by its timeline {word.timeline} ({sources}{alone})"


def unsettled(case: Case, reason: Reason) -> Reason:
    """Return a reason to hold for want of an attestation, with why one by a timeline is not enough."""
    if not case.words.unsettled:
        return reason
    says = "; ".join(case.words.unsettled)
    advice = (
        "Find and scan what is missing, or clear up what is doubtful, and say it again: provenance derive PATH"
        " --timeline FILE --by WHO --role ROLE --reason TEXT"
    )
    return Reason(reason.rule, reason.outcome, f"{reason.text}; {says}", advice, {**reason.args, "unsettled": says})
