"""A gate run, for a script and for a person at deadline."""

import os
import shlex

from provenance.asset import UtcTime
from provenance.config import ApprovalsMode, Config
from provenance.files import display
from provenance.gate import Judged, Run, counts_of
from provenance.policy import Decision, Outcome, Policy, Rule
from provenance.records import Approval, Clearance
from provenance.report.documents import (
    ConfigDocument,
    CountsDocument,
    GateDocument,
    JudgedDocument,
    PolicyDocument,
    ReasonDocument,
)
from provenance.report.record_document import record_document
from provenance.report.records import unsigned_words

_HEADLINE = {Outcome.PASS: "PASS", Outcome.HOLD: "HOLD", Outcome.REFUSE: "REFUSED"}


def gate_document(run: Run, config: Config, policy: Policy) -> GateDocument:
    """Return a run as its document."""
    counts = counts_of(run.judged)
    # Files that were judged alike share one decision, and so one list of reasons: a delivery may have 100,000 of them.
    reasons: dict[int, list[ReasonDocument]] = {}
    for judged in run.judged:
        if id(judged.decision) not in reasons:
            reasons[id(judged.decision)] = _reasons(judged.decision)
    return GateDocument(
        run=run.id,
        outcome=run.outcome.value,
        project=config.project,
        approvals_mode=config.approvals.value,
        policy=PolicyDocument(id=policy.id, sha256=policy.sha256),
        config=ConfigDocument(path=str(config.path), sha256=config.sha256),
        ledger_head=run.ledger_head,
        checked_at=run.checked_at,
        counts=CountsDocument(
            checked=counts["checked"],
            passed=counts["pass"],
            refuse=counts["refuse"],
            hold=counts["hold"],
            approved=counts["approved"],
            cleared=counts["cleared"],
        ),
        assets=[_judged(j, run.checked_at, config.approvals, reasons[id(j.decision)]) for j in run.judged],
    )


def _reasons(decision: Decision) -> list[ReasonDocument]:
    return [
        ReasonDocument(rule=r.rule.value, outcome=r.outcome.value, text=r.text, help=r.help, args=r.args)
        for r in decision.reasons
    ]


def _judged(judged: Judged, now: UtcTime, mode: ApprovalsMode, reasons: list[ReasonDocument]) -> JudgedDocument:
    decision = judged.decision
    return JudgedDocument(
        path=os.fsdecode(judged.path),
        channel=judged.deliverable.channel,
        title=judged.deliverable.title,
        sha256=judged.digest,
        outcome=decision.outcome.value,
        origin=judged.verdict.origin.value if judged.verdict else None,
        reasons=reasons,
        approvals=[record_document(a, now, mode) for a in decision.approvals],
        clearances=[record_document(c, now, mode) for c in decision.clearances],
    )


def gate_text(run: Run, config: Config, policy: Policy) -> list[str]:
    """Return a run as lines: the answer first, then what needs somebody, then what passed on somebody's word."""
    lines = [_headline(run)]
    open_ones = [j for j in run.judged if j.decision.outcome is not Outcome.PASS]
    for judged in sorted(open_ones, key=lambda j: -j.decision.outcome.severity):
        lines += _needs_somebody(judged)
    for judged in run.judged:
        if judged.approved or judged.cleared:
            lines += _on_a_word(judged, config.approvals)
    lines += _quiet(run)
    lines.append(
        f"policy {policy.id} {policy.sha256[:12]} · configuration {display(str(config.path))} {config.sha256[:12]} · "
        f"run {run.id} · ledger head {run.ledger_head}"
    )
    return lines


def _headline(run: Run) -> str:
    counts = counts_of(run.judged)
    where = sorted({_deliverable(j) for j in run.judged})
    tail = ", ".join(
        f"{counts[key]} {word}"
        for key, word in (
            ("refuse", "refused"),
            ("hold", "held"),
            ("pass", "passed"),
            ("approved", "of them approved"),
            ("cleared", "of them cleared"),
        )
        if counts[key]
    )
    return f"{_HEADLINE[run.outcome]}  {counts['checked']} checked for {', '.join(where)}: {tail}"


def _deliverable(judged: Judged) -> str:
    deliverable = judged.deliverable
    return f"{deliverable.channel} ({deliverable.title})" if deliverable.title else str(deliverable.channel)


def _needs_somebody(judged: Judged) -> list[str]:
    decision = judged.decision
    lines = [f"{decision.outcome.value:<7} {display(judged.path)}"]
    for reason in decision.reasons:
        lines.append(f"        {reason.rule.value}: {display(reason.text)}")
        if reason.help:
            # Once, and as a word: the advice goes on with names that may have these letters in them.
            lines.append(f"        -> {display(reason.help.replace(' PATH ', f' {_for_a_shell(judged.path)} ', 1))}")
    return lines


def _for_a_shell(path: bytes) -> str:
    """Return a path to copy into a shell, no option even where it begins like one.

    It is quoted only where the shell gets back exactly these bytes; anything else is left to the reader.
    """
    shown = display(path)
    if shown != os.fsdecode(path):
        return "PATH"
    return shlex.quote(f"./{shown}" if shown.startswith("-") else shown)


def _on_a_word(judged: Judged, mode: ApprovalsMode) -> list[str]:
    lines = [f"{'pass':<7} {display(judged.path)}  {judged.verdict.origin.value if judged.verdict else ''}"]
    lines += [f"        {display(word)}" for word in _words(judged.decision, mode)]
    return lines


def _words(decision: Decision, mode: ApprovalsMode) -> list[str]:
    words: list[tuple[str, Approval | Clearance]] = [("approved", a) for a in decision.approvals]
    words += [("cleared", c) for c in decision.clearances]
    return [
        f"{verb} by {w.by} ({w.role}), {w.id}{f', until {w.expires}' if w.expires else ''}: {w.reason}"
        f" [{unsigned_words(mode)}]"
        for verb, w in words
    ]


def _quiet(run: Run) -> list[str]:
    """Return one line for what passed by itself. It says what was not found, and never more than that."""
    alone = [j for j in run.judged if j.decision.outcome is Outcome.PASS and not (j.approved or j.cleared)]
    silent = [j for j in alone if any(r.rule is Rule.NO_SIGNAL_FOUND for r in j.decision.reasons)]
    lines = []
    if silent:
        lines.append(f"pass    no signal found in {len(silent)} {'file' if len(silent) == 1 else 'files'}")
    if len(alone) > len(silent):
        lines.append(f"pass    {len(alone) - len(silent)} whose origin is known and needs no approval")
    return lines
