"""A gate run, for a script and for a person at deadline."""

import os
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from provenance.advice import parts_of, with_path
from provenance.asset import UtcTime
from provenance.config import ApprovalsMode, Config
from provenance.files import display
from provenance.gate import Run
from provenance.judged import Judged
from provenance.policy import Decision, Outcome, Policy
from provenance.policy.said import by_timeline
from provenance.records import Approval, Clearance
from provenance.records.decisions import Supersession
from provenance.report.documents import (
    AttestedDocument,
    ConfigDocument,
    CountsDocument,
    GateDocument,
    JudgedDocument,
    PolicyDocument,
    ReasonDocument,
    RecordDocument,
    to_json,
)
from provenance.report.record_document import record_document
from provenance.report.records import standing_words, unsigned_or_none
from provenance.report.trust_lists import trust_lines, trust_lists

if TYPE_CHECKING:
    from provenance.identity.authority import Authority

_HEADLINE = {Outcome.PASS: "PASS", Outcome.HOLD: "HOLD", Outcome.REFUSE: "REFUSED"}


def gate_json(run: Run, config: Config, policy: Policy) -> Iterator[str]:
    """Yield a run's document, a `GateDocument`, in pieces: a delivery may be larger than memory should be."""
    whole = to_json(_without_assets(run, config, policy))
    before, empty, after = whole.rpartition("[]")
    assert empty
    yield before + "["
    between = "\n"
    for judged in run.judged:
        asset = to_json(judged_document(judged, run.checked_at, config.approvals, run.authorities))
        # No string in JSON holds a line break, so each of these stands between its fields.
        yield between + _DEEPER + asset.replace("\n", "\n" + _DEEPER)
        between = ",\n"
    yield f"\n  ]{after}\n"


_DEEPER = "    "


def _without_assets(run: Run, config: Config, policy: Policy) -> GateDocument:
    return GateDocument(
        run=run.id,
        outcome=run.outcome.value,
        project=config.project,
        approvals_mode=config.approvals.value,
        policy=policy_document(policy),
        config=config_document(config),
        ledger_head=run.ledger_head,
        checked_at=run.checked_at,
        counts=CountsDocument(
            checked=run.counts["checked"],
            passed=run.counts["pass"],
            refuse=run.counts["refuse"],
            hold=run.counts["hold"],
            approved=run.counts["approved"],
            cleared=run.counts["cleared"],
            attested=run.counts["attested"],
        ),
        trust_lists=trust_lists(config, run.checked_at),
        assets=[],
    )


def policy_document(policy: Policy) -> PolicyDocument:
    """Return which policy was used."""
    return PolicyDocument(id=policy.id, sha256=policy.sha256)


def config_document(config: Config) -> ConfigDocument:
    """Return which configuration was used."""
    return ConfigDocument(path=str(config.path), sha256=config.sha256)


def judged_document(
    judged: Judged, now: UtcTime, mode: ApprovalsMode, authorities: "Mapping[str, Authority]"
) -> JudgedDocument:
    """Return one thing that was checked as its document."""
    decision = judged.decision

    def word(record: Approval | Clearance | Supersession) -> RecordDocument:
        return record_document(record, now, mode, authority=authorities.get(record.id))

    return JudgedDocument(
        path=os.fsdecode(judged.path),
        channel=judged.deliverable.channel,
        title=judged.deliverable.title,
        sha256=judged.digest,
        outcome=decision.outcome.value,
        origin=judged.origin.value if judged.origin else None,
        reasons=[
            ReasonDocument(rule=r.rule.value, outcome=r.outcome.value, text=r.text, help=r.help, args=r.args)
            for r in decision.reasons
        ],
        approvals=[word(a) for a in decision.approvals],
        clearances=[word(c) for c in decision.clearances],
        attestations=[
            AttestedDocument(
                id=a.id,
                by=a.by,
                role=a.role,
                reason=a.reason,
                files=a.files,
                unsigned=unsigned_or_none(mode, authorities.get(a.id)),
            )
            for a in decision.attested
        ],
        supersessions=[word(s) for s in decision.supersessions],
        via="; ".join(f"{w.approval} {w.says}" for w in decision.ways) or None,
    )


def gate_text(run: Run, config: Config, policy: Policy) -> Iterator[str]:
    """Yield a run as lines: the answer first, then what needs somebody, then what passed on somebody's word."""
    yield _headline(run)
    yield from run_lines(run, config, policy)


def run_lines(run: Run, config: Config, policy: Policy) -> Iterator[str]:
    """Yield what needs somebody, what passed on somebody's word, and under which rules."""
    for judged in sorted(run.not_passed, key=lambda j: -j.decision.outcome.severity):
        yield from _needs_somebody(judged)
    for judged in run.on_a_word:
        yield from _on_a_word(judged, config.approvals, run.authorities)
    yield from _attested(run, config.approvals)
    yield from _quiet(run)
    yield from trust_lines(trust_lists(config, run.checked_at))
    yield (
        f"policy {policy.id} {policy.sha256[:12]} · configuration {display(str(config.path))} {config.sha256[:12]} · "
        f"run {run.id} · ledger head {run.ledger_head}"
    )


def _headline(run: Run) -> str:
    where = sorted({f"{d.channel} ({d.title})" if d.title else str(d.channel) for d in run.deliverables})
    tail = ", ".join(
        f"{run.counts[key]} {word}"
        for key, word in (
            ("refuse", "refused"),
            ("hold", "held"),
            ("pass", "passed"),
            ("approved", "of them approved"),
            ("cleared", "of them cleared"),
            ("attested", "of them attested"),
        )
        if run.counts[key]
    )
    return f"{_HEADLINE[run.outcome]}  {run.counts['checked']} checked for {', '.join(where)}: {tail}"


def _needs_somebody(judged: Judged) -> list[str]:
    decision = judged.decision
    lines = [f"{decision.outcome.value:<7} {display(judged.path)}"]
    for reason in decision.reasons:
        text, *because = parts_of(reason.text)
        lines.append(f"        {reason.rule.value}: {display(text)}")
        lines += [f"           {display(one)}" for one in because]
        if reason.help:
            first, *rest = with_path(reason.help, _for_a_shell(judged.path)).split("\n")
            lines += [f"        -> {display(first)}", *(f"           {display(line)}" for line in rest)]
    return lines


def _for_a_shell(path: bytes) -> str:
    """Return a path to copy into a shell, no option even where it begins like one.

    It is quoted only where the shell gets back exactly these bytes; anything else is left to the reader.
    """
    shown = display(path)
    if shown != os.fsdecode(path):
        return "PATH"
    return shlex.quote(f"./{shown}" if shown.startswith("-") else shown)


def _on_a_word(judged: Judged, mode: ApprovalsMode, authorities: "Mapping[str, Authority]") -> list[str]:
    lines = [f"{'pass':<7} {display(judged.path)}  {judged.origin.value if judged.origin else ''}"]
    lines += [f"        {display(word)}" for word in _words(judged.decision, mode, authorities)]
    return lines


def _words(decision: Decision, mode: ApprovalsMode, authorities: "Mapping[str, Authority]") -> list[str]:
    """Return each word a file passed on. What no approval names is never shown as if one did."""
    words: list[tuple[str, Approval | Clearance | Supersession]] = [("approved", a) for a in decision.approvals]
    words += [("cleared", c) for c in decision.clearances]
    words += [("freed by people's work", s) for s in decision.supersessions]
    covered = {way.approval: f", covered {way.says}" for way in decision.ways}
    return [
        f"{verb} by {w.by} ({w.role}), {w.id}{covered.get(w.id, '')}{_terms(w)}: {w.reason}"
        f" [{standing_words(mode, authorities.get(w.id))}]"
        for verb, w in words
    ]


def _attested(run: Run, mode: ApprovalsMode) -> Iterator[str]:
    """Yield a line for each attestation: it speaks of whole deliveries, so the files are counted and not named."""
    for word, count in run.attested:
        files = "file" if count == 1 else "files"
        said = f"{count:,} {files} attested by {word.by} ({word.role}){by_timeline(word)}, {word.id}: {word.reason}"
        yield f"{'pass':<7} {display(said)} [{display(standing_words(mode, run.authorities.get(word.id)))}]"


def _terms(word: Approval | Clearance | Supersession) -> str:
    if isinstance(word, Supersession):
        return f", proven by {word.evidence_name}"
    until = f", until {word.expires}" if word.expires else ""
    if isinstance(word, Clearance):
        return until
    until += ", until the picture changes" if word.until_picture_change else ""
    return until + (f", on condition: {'; '.join(word.conditions)}" if word.conditions else "")


def _quiet(run: Run) -> Iterator[str]:
    """Yield a line for what passed by itself. It says what was not found, and never more than that."""
    if run.silent:
        yield f"pass    no signal found in {run.silent} {'file' if run.silent == 1 else 'files'}"
    attested = run.counts["attested"] - sum(j.attested for j in run.on_a_word)
    known = run.counts["pass"] - len(run.on_a_word) - attested - run.silent
    if known:
        yield f"pass    {known} whose origin is known and needs no approval"
