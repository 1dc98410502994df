"""A gate run, for a script and for a person at deadline."""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from provenance.advice import parts_of, with_path
from provenance.config import ApprovalsMode, Config
from provenance.files import display
from provenance.folding import Folding
from provenance.gate import Run
from provenance.judged import Judged, packed, unpacked
from provenance.policy import Decision, Outcome, Policy, Reason
from provenance.policy.said import by_timeline
from provenance.records import Approval, Clearance
from provenance.records.decisions import Supersession
from provenance.report.documents import ConfigDocument, CountsDocument, GateDocument, PolicyDocument, to_json
from provenance.report.judged import judged_document, member_document, sequence_document
from provenance.report.records import standing_words
from provenance.report.sequences import Gathered, Word, gathered, headline
from provenance.report.trust_lists import trust_lines, trust_lists
from provenance.sequence import is_frame

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
    for asset in _assets(run, config):
        for piece in asset:
            # No string in JSON holds a line break, so each of these stands between its fields.
            yield between + piece.replace("\n", "\n" + _DEEPER)
            between = ""
        between = ",\n"
    yield f"\n  ]{after}\n"


_DEEPER = "    "


def _assets(run: Run, config: Config) -> Iterator[Iterator[str]]:
    """Yield each thing that was checked, in pieces, in the order of paths."""
    for sequence, rows, again in _folded(run, config, twice=True):
        frames = (unpacked(row) for row in rows)
        if sequence is not None:
            yield _sequence(gathered(sequence, frames), (unpacked(row) for row in again), run, config)
        else:
            yield from (iter([_DEEPER + _asset(judged, run, config)]) for judged in frames)


def _folded(
    run: Run, config: Config, wanted: Callable[[Judged], bool] = lambda _: True, *, twice: bool = False
) -> Folding:
    folding = Folding(config.catalogue.parent, twice=twice)
    for judged in run.judged:
        if wanted(judged):
            folding.take(_scope(judged), judged.path, packed(judged))
    return folding


def _asset(judged: Judged, run: Run, config: Config) -> str:
    return to_json(judged_document(judged, run.checked_at, config.approvals, run.authorities))


def _sequence(found: Gathered, frames: Iterator[Judged], run: Run, config: Config) -> Iterator[str]:
    """Yield a sequence as one thing that was checked, frame by frame."""
    whole = to_json(sequence_document(found, run.checked_at, config.approvals, run.authorities))
    before, empty, after = whole.rpartition(_MEMBERS)
    assert empty
    yield _DEEPER + before + _MEMBERS[:-1]
    between = "\n"
    for judged in frames:
        yield f"{between}    {to_json(member_document(judged), indent=None)}"
        between = ",\n"
    yield f"\n  ]{after}"


_MEMBERS = '"members": []'


def _scope(judged: Judged) -> bytes:
    """Return what must be the same for files of one sequence, besides their folder and name."""
    return os.fsencode(f"{judged.deliverable.channel}\n{judged.deliverable.title}")


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


def gate_text(run: Run, config: Config, policy: Policy) -> Iterator[str]:
    """Yield a run as lines: the answer first, then what needs somebody, then what passed on somebody's word."""
    yield _headline(run)
    yield from run_lines(run, config, policy)


def run_lines(run: Run, config: Config, policy: Policy) -> Iterator[str]:
    """Yield what needs somebody, what passed on somebody's word, and under which rules."""
    alone, sequences = _together(run, config)
    against: list[tuple[Outcome, bytes, list[str]]]
    against = [(j.decision.outcome, j.path, _needs_somebody(j)) for j in alone if not j.on_a_word]
    against += [
        (s.outcome, s.sequence.path, _needs_somebody_together(s)) for s in sequences if s.outcome is not Outcome.PASS
    ]
    for _, _, lines in sorted(against, key=lambda a: (-a[0].severity, a[1])):
        yield from lines
    for judged in alone:
        if judged.on_a_word:
            yield from _on_a_word(judged, config.approvals, run.authorities)
    for found in sequences:
        if found.words:
            yield from _on_words(found, config.approvals, run.authorities)
        elif found.outcome is Outcome.PASS:
            yield f"{'note':<7} {display(found.sequence.path)}: {found.sequence.missing_words}"
    yield from _attested(run, config.approvals)
    yield from _quiet(run)
    yield from trust_lines(trust_lists(config, run.checked_at))
    yield (
        f"policy {policy.id} {policy.sha256[:12]} · configuration {display(str(config.path))} {config.sha256[:12]} · "
        f"run {run.id} · ledger head {run.ledger_head}"
    )


def _together(run: Run, config: Config) -> tuple[list[Judged], list[Gathered]]:
    """Return what is to be told of one by one, and which sequences: those of which something is, or is missing.

    Nothing is kept of what passed by itself but its frame.
    """
    alone: list[Judged] = []
    sequences: list[Gathered] = []
    for sequence, rows, _ in _folded(run, config, lambda j: _is_told(j) or is_frame(j.path)):
        frames = (unpacked(row) for row in rows)
        if sequence is None:
            alone += (judged for judged in frames if _is_told(judged))
            continue
        found = gathered(sequence, frames)
        if found.outcome is not Outcome.PASS or found.words or sequence.missing:
            sequences.append(found)
    return alone, sequences


def _is_told(judged: Judged) -> bool:
    """Whether a file is listed, and not only counted."""
    return judged.decision.outcome is not Outcome.PASS or judged.approved or judged.cleared or judged.superseded


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
        lines += _reason(reason, reason.rule.value, judged.path)
    return lines


def _needs_somebody_together(found: Gathered) -> list[str]:
    lines = [f"{found.outcome.value:<7} {headline(found)}"]
    for reason, frames in found.against():
        lines += _reason(reason, f"{reason.rule.value}, {frames.words()}", found.sequence.spelled(frames))
    unnamed = found.unnamed.all()
    if unnamed:
        lines.append(f"        further reasons for {unnamed.words()}: --format json names all")
    if found.sequence.missing:
        lines.append(f"        note: {found.sequence.missing_words}")
    return lines


def _reason(reason: Reason, what: str, path: bytes | None) -> list[str]:
    """Return a reason, and what to do about it with the path that it is about."""
    text, *because = parts_of(reason.text)
    lines = [f"        {what}: {display(text)}", *(f"           {display(one)}" for one in because)]
    if reason.help:
        first, *rest = with_path(reason.help, _for_a_shell(path)).split("\n")
        lines += [f"        -> {display(first)}", *(f"           {display(line)}" for line in rest)]
    return lines


def _for_a_shell(path: bytes | None) -> str:
    """Return a path to copy into a shell, no option even where it begins like one.

    It is quoted only where the shell gets back exactly these bytes; anything else is left to the reader.
    """
    if path is None:
        return "PATH"
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
    words: tuple[Word, ...] = (*decision.approvals, *decision.clearances, *decision.supersessions)
    covered = {way.approval: f", covered {way.says}" for way in decision.ways}
    return [_said(word, covered.get(word.id, ""), mode, authorities.get(word.id)) for word in words]


def _said(word: Word, covered: str, mode: ApprovalsMode, authority: "Authority | None") -> str:
    verb = _VERBS[type(word)]
    standing = standing_words(mode, authority)
    return f"{verb} by {word.by} ({word.role}), {word.id}{covered}{_terms(word)}: {word.reason} [{standing}]"


_VERBS = {Approval: "approved", Clearance: "cleared", Supersession: "freed by people's work"}


def _attested(run: Run, mode: ApprovalsMode) -> Iterator[str]:
    """Yield a line for each attestation: it speaks of whole deliveries, so the files are counted and not named."""
    for word, count in run.attested:
        files = "file" if count == 1 else "files"
        said = f"{count:,} {files} attested by {word.by} ({word.role}){by_timeline(word)}, {word.id}: {word.reason}"
        yield f"{'pass':<7} {display(said)} [{display(standing_words(mode, run.authorities.get(word.id)))}]"


def _on_words(found: Gathered, mode: ApprovalsMode, authorities: "Mapping[str, Authority]") -> Iterator[str]:
    """Yield on whose word frames of a sequence passed, as one thing."""
    if found.outcome is Outcome.PASS:
        yield f"{'pass':<7} {headline(found)}"
        if found.sequence.missing:
            yield f"        note: {found.sequence.missing_words}"
    else:
        yield f"{'pass':<7} {display(found.sequence.path)}, in part:"
    for word, covered, stretches in found.words.values():
        said = _said(word, covered, mode, authorities.get(word.id))
        yield f"        {display(stretches.all().words())}: {display(said)}"


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
