"""The delivery check: what may leave the house, and why not.

Nothing here guesses. What could not be looked at is a hold or an error, never a pass; an empty list is a hold, because
a check that checked nothing has found nothing out.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from provenance.asset import Digest, UtcTime
from provenance.catalogue import GateRun, GateUse, Head
from provenance.config import Config, Role, refuse_inside
from provenance.errors import ChannelNeeded, ChannelUnknown, WordsChanged
from provenance.evidence import Credential
from provenance.examination import SIDECAR_SUFFIX, SIDECAR_TYPE, Request
from provenance.files import display
from provenance.looking import Intake, Seen, look
from provenance.policy import Case, Decision, Outcome, Policy, Reason, Rule, judge
from provenance.records import Deliverable, Words, canonical, content_id
from provenance.targets import Target, targets_of
from provenance.verdict import Verdict
from watcher.sweep import Folder


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything a check needs: the rules, the book, and the hands."""

    config: Config
    policy: Policy
    intake: Intake


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that was checked, with its outcome."""

    path: bytes
    deliverable: Deliverable
    digest: Digest | None
    verdict: Verdict | None
    credential: Credential | None
    decision: Decision

    @property
    def approved(self) -> bool:
        """Whether it passed because somebody approved it."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.approvals)

    @property
    def cleared(self) -> bool:
        """Whether it passed because somebody cleared it."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.clearances)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished and recorded gate run."""

    id: str
    outcome: Outcome
    judged: tuple[Judged, ...]
    ledger_head: str
    checked_at: UtcTime


def check(gate: Gate, paths: tuple[Path, ...], channel: str | None, title: str | None) -> Run:
    """Judge every file the paths name, record the run, and only then return it.

    (1) the rules must not lie inside the material; (2) the clock and the ledger must be whole; (3) look at the bytes
    in front of us; (4) record them, and join them with all that is known of them: people's words, relatives, earlier
    looks; (5) let the policy judge; (6) record the run, unless somebody spoke meanwhile: then judge again; (7) only
    then answer.

    Raises `FileTrouble` for what is missing, not permitted, or changed while it was read; `ConfigTrouble` for an
    unknown channel or rules inside the material; `CatalogueTrouble` for a broken ledger or a clock behind it.
    """
    targets = targets_of(gate.config, paths)
    for target in targets:  # (1)
        _refuse_rules_inside(gate.config, target)
    if channel is not None:
        # One that nobody delivers to is a mistake, also where the zone would win over it.
        gate.config.deliverable(channel, title)
    plan = {target: _deliverable(gate.config, target, channel, title) for target in targets}
    for _ in range(_ATTEMPTS - 1):
        try:
            return _run(gate, plan)
        except WordsChanged:
            continue
    return _run(gate, plan)


_ATTEMPTS = 3

_Plan = dict[Target, Deliverable]
"""What is to be judged, and as what it is to be delivered."""


def _run(gate: Gate, plan: _Plan) -> Run:
    """Steps (2) to (7)."""
    catalogue, now = gate.intake.catalogue, gate.intake.stamp().at
    catalogue.check_clock(now)  # (2)
    began = catalogue.verify_since_checkpoint()
    judging = _Judging(gate, now)
    judged = sorted(_judge_all(judging, plan), key=lambda j: j.path)  # (3), (4), (5)
    return _record(gate, tuple(judged), began)  # (6), (7)


def _refuse_rules_inside(config: Config, target: Target) -> None:
    """Step (1): what is judged must not bring its own judge."""
    material = Path(os.fsdecode(target.absolute(target.below)))
    for path, what in config.rules():
        refuse_inside(path, material, what)


def _deliverable(config: Config, target: Target, channel: str | None, title: str | None) -> Deliverable:
    """Return what a target is delivered as. In a final zone the zone says so, whatever anybody asks for."""
    zone = target.zone
    if zone is not None and zone.role is Role.FINAL:
        if title not in {None, zone.title}:
            raise ChannelUnknown(f"zone {zone.name} delivers title {zone.title!r}, not {title!r}")
        return Deliverable(config.project, zone.title, zone.channel)
    if channel is None:
        raise ChannelNeeded(f"{display(target.named)} lies in no final zone, so it is not known where it is to go")
    return config.deliverable(channel, title)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One run while it judges: at which instant, and what came of files that say the same, so that it is kept once."""

    gate: Gate
    now: UtcTime
    alike: dict[tuple[Verdict, Credential, Deliverable], Judged] = field(default_factory=dict)


def _judge_all(judging: _Judging, plan: _Plan) -> Iterator[Judged]:
    """Judge each file once, however often it was named.

    A credential in a file of its own is no item of the delivery if it was read together with the file it speaks of.
    It must be one by its content: anything else under such a name is judged like any file, and held for its name.
    """
    met: set[tuple[Deliverable, bytes]] = set()
    manifests: list[tuple[Seen, Deliverable]] = []
    read: set[bytes] = set()
    for target, deliverable in plan.items():
        nothing = True
        odd: list[Judged] = []
        for seen in look(judging.gate.intake, target, _wanted(deliverable, odd)):  # (3), (4)
            nothing = False
            if (deliverable, seen.absolute) in met:
                continue
            met.add((deliverable, seen.absolute))
            if seen.sidecar_path is not None:
                read.add(seen.sidecar_path)
            if seen.media_type == SIDECAR_TYPE or seen.absolute.lower().endswith(SIDECAR_SUFFIX):
                manifests.append((seen, deliverable))
            else:
                yield _judged(judging, seen, deliverable)  # (5)
        if nothing and not odd:
            yield _nothing(target, deliverable)
        yield from odd
    for seen, deliverable in manifests:
        if seen.media_type != SIDECAR_TYPE or seen.absolute not in read:
            yield _held_besides(_judged(judging, seen, deliverable))


def _wanted(deliverable: Deliverable, odd: list[Judged]) -> Callable[[Target, Folder], Iterator[Request]]:
    """Return what asks for every file of a folder, and keeps aside what is none."""

    def wanted(target: Target, folder: Folder) -> Iterator[Request]:
        odd.extend(_odd(target, folder, deliverable))
        return target.requests(folder)

    return wanted


def _judged(judging: _Judging, seen: Seen, deliverable: Deliverable) -> Judged:
    """Step (5) for one file. A clearance counts only with the sidecar that was cleared together with the file."""
    words = judging.gate.intake.catalogue.effective_words(seen.digest, deliverable, judging.now)
    if (sidecar := seen.sidecar) is not None:
        kept = tuple(c for c in words.clearances if any(s.digest == sidecar.digest for s in c.subjects))
        words = replace(words, clearances=kept)
    key = (seen.verdict, seen.credential, deliverable)
    if words == Words() and (alike := judging.alike.get(key)) is not None:
        return replace(alike, path=seen.path, digest=seen.digest)
    decision = judge(Case(seen.verdict, seen.credential, deliverable, words), judging.gate.policy)
    judged = Judged(seen.path, deliverable, seen.digest, seen.verdict, seen.credential, decision)
    if words == Words() and len(judging.alike) < _ALIKE:
        judging.alike[key] = judged
    return judged


_ALIKE = 10_000
"""So many different judgements are kept to be shared; a delivery has a handful."""

_PAIR = "Deliver it beside its file, as NAME.EXT.c2pa, or take it out of the delivery."


def _held_besides(judged: Judged) -> Judged:
    """Hold a credential that no file was read with, whatever else is said of it."""
    text = "a credential by itself: no file here was read together with it"
    reason = Reason(Rule.ORPHAN_SIDECAR, Outcome.HOLD, text, _PAIR)
    reasons = sorted((*judged.decision.reasons, reason), key=lambda r: -r.outcome.severity)
    return replace(judged, decision=Decision(reasons[0].outcome, tuple(reasons)))


def _odd(target: Target, folder: Folder, deliverable: Deliverable) -> Iterator[Judged]:
    """Hold what is neither file nor folder: nobody can say what a receiver would get."""
    for name, odd in folder.odd:
        path = target.shown(folder.path + b"/" + name if folder.path else name)
        text = f"a {odd.value} among the media; it was not opened or followed"
        advice = "Replace it by the file itself, or take it out of the delivery."
        yield Judged(
            path, deliverable, None, None, None, _held(Rule.NOT_A_FILE, text, advice, {"kind": odd.name.lower()})
        )


def _nothing(target: Target, deliverable: Deliverable) -> Judged:
    text = "there is no file here to check, so nothing is known to be right"
    advice = "Check the path; if the folder is meant to be empty there is nothing to deliver."
    return Judged(target.named, deliverable, None, None, None, _held(Rule.NOTHING_TO_CHECK, text, advice, {}))


def _held(rule: Rule, text: str, advice: str, args: dict[str, str]) -> Decision:
    return Decision(Outcome.HOLD, (Reason(rule, Outcome.HOLD, text, advice, args),))


def _record(gate: Gate, judged: tuple[Judged, ...], began: Head) -> Run:
    """Step (6): one entry for the whole run, naming each record it rested on."""
    stamp = gate.intake.stamp()
    outcome = max((j.decision.outcome for j in judged), key=lambda o: o.severity)
    body = {
        "outcome": outcome.value,
        "checked_at": stamp.at,
        "counts": counts_of(judged),
        "assets_sha256": hashlib.sha256(canonical([_line(j) for j in judged])).hexdigest(),
        "not_passed": [_line(j) for j in judged if j.decision.outcome is not Outcome.PASS],
        "passed_on_word": [_line(j) for j in judged if j.approved or j.cleared],
    }
    run = content_id("run", body)
    uses = tuple(
        GateUse(word.id, j.digest)
        for j in judged
        if j.digest is not None and j.decision.outcome is Outcome.PASS
        for word in (*j.decision.approvals, *j.decision.clearances)
    )
    head = gate.intake.catalogue.note_gate_run(GateRun(run, body, uses, began), stamp)
    return Run(run, outcome, judged, head, stamp.at)


def _line(judged: Judged) -> dict[str, object]:
    """Return what the ledger keeps of one judged file."""
    words = (*judged.decision.approvals, *judged.decision.clearances)
    return {
        "path": display(judged.path),
        "sha256": judged.digest,
        "channel": judged.deliverable.channel,
        "title": judged.deliverable.title,
        "outcome": judged.decision.outcome.value,
        "origin": judged.verdict.origin.value if judged.verdict else None,
        "rules": [r.rule.value for r in judged.decision.reasons],
        "records": [w.id for w in words],
    }


def counts_of(judged: tuple[Judged, ...]) -> dict[str, int]:
    """Return how many were checked and how they came out; `pass + refuse + hold = checked`."""
    outcomes = Counter(j.decision.outcome for j in judged)
    return {
        "checked": len(judged),
        **{o.value: outcomes[o] for o in Outcome},
        "approved": sum(j.approved for j in judged),
        "cleared": sum(j.cleared for j in judged),
    }
