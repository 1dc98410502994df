"""The delivery check: what may leave the house, and why not.

Nothing here guesses. What could not be looked at is a hold or an error, never a pass; an empty list is a hold, because
a check that checked nothing has found nothing out.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.accepting import require_accepted
from provenance.advice import Advice
from provenance.asset import Digest, UtcTime
from provenance.catalogue import GateRun, GateUse, Head
from provenance.config import ApprovalsMode, Config, Role, refuse_inside
from provenance.deciding import ORPHAN, adding, decide, deliverable_of, is_named_like_one, unfinished
from provenance.errors import CatalogueTrouble, ChannelNeeded, ChannelUnknown, ConfigInvalid, WordsChanged
from provenance.examination import SIDECAR_TYPE, Request
from provenance.files import display
from provenance.judged import Judged, Judgements, Minutes
from provenance.looking import Intake, Seen, look
from provenance.policy import Attested, Decision, Outcome, Policy, Reason, Rule
from provenance.quarantine import notes_among, requests_but, taken_out
from provenance.records import Deliverable, content_id
from provenance.targets import Target, lies_in, named_twice, targets_with_frames
from provenance.voices import Voices
from watcher.sweep import Folder

if TYPE_CHECKING:
    from provenance.identity.authority import Authority


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything a check needs: the rules, the book, and the hands."""

    config: Config
    policy: Policy
    intake: Intake


@dataclass(frozen=True, slots=True)
class Run:
    """A finished and recorded gate run.

    `judged` yields everything, in the order of paths, and can be asked again; it may be more than memory should hold.
    What did not pass, and what passed on somebody's word, stands in tuples of their own, in the same order.
    """

    id: str
    outcome: Outcome
    counts: Mapping[str, int]
    """`checked`, and of these `pass`, `hold`, `refuse`; of the passed `approved`, `cleared` and `attested`."""
    silent: int
    """How many passed by themselves because no signal was found."""
    deliverables: frozenset[Deliverable]
    not_passed: tuple[Judged, ...]
    on_a_word: tuple[Judged, ...]
    attested: tuple[tuple[Attested, int], ...]
    """The attestations that something passed on, each with how many files did."""
    judged: Judgements
    ledger_head: str
    checked_at: UtcTime
    authorities: "Mapping[str, Authority]" = field(default_factory=dict)
    """What stands behind each record that was asked about, by its id."""


Plan = Mapping[Target, Deliverable]
"""What is to be judged, and as what it is to be delivered."""


def check(gate: Gate, paths: tuple[Path, ...], channel: str | None, title: str | None) -> Run:
    """Judge every file the paths name, record the run, and only then return it; see `check_targets`.

    Raises `FileTrouble` for what is missing; `ConfigTrouble` for an unknown channel; and what `check_targets` raises.
    """
    return check_targets(gate, plan_of(gate.config, targets_with_frames(gate.config, paths), channel, title))


def check_targets(gate: Gate, plan: Plan) -> Run:
    """Judge every file of some targets, record the run, and only then return it.

    (1) the rules must not lie inside the material; (2) the clock and the ledger must be whole, and the rules those that
    were accepted; (3) look at the bytes in front of us; (4) record them, and join them with all that is known of them:
    people's words, relatives, earlier looks; (5) let the policy judge; (6) record the run, unless somebody spoke
    meanwhile: then judge again; (7) only then answer.

    Raises `FileTrouble` for what is missing, not permitted, or changed while it was read; `ConfigTrouble` for rules
    inside the material; `CatalogueTrouble` for a broken ledger, a clock behind it, or a full disk; `ValueError` for a
    plan without a target: nothing would have been checked.
    """
    if not plan:
        raise ValueError("there is no target to judge")
    for target in plan:  # (1)
        _refuse_rules_inside(gate, target)
    for _ in range(_ATTEMPTS - 1):
        try:
            return _run(gate, plan)
        except WordsChanged:
            continue
    return _run(gate, plan)


_ATTEMPTS = 3


def judge_seen(
    gate: Gate,
    files: Iterable[tuple[Seen, Deliverable, tuple[Reason, ...]]],
    *,
    in_doubt: CatalogueTrouble | None = None,
) -> Run | None:
    """Judge files that were looked at and recorded just now, record the run, and only then return it.

    For whoever looks at files one by one as they arrive: steps (2) and (5) to (7) of `check_targets`, and its errors.
    Each comes with reasons of the caller's own, which stand beside those of the policy. With `in_doubt`, an error of
    step (2), that step is left out and nobody's word lets anything pass: for whoever takes away what does not.

    None if all of them passed by themselves: nothing was held up and nobody's word was used, so there is no run to
    keep. Raises `WordsChanged` if somebody spoke meanwhile: then they have to be joined anew with what is known.
    """
    judging, began = _begun(gate) if in_doubt is None else _begun_in_doubt(gate, in_doubt)
    for seen, deliverable, besides in files:
        orphan = [ORPHAN] if is_named_like_one(seen.media_type, seen.absolute) else ()
        judging.judgements.add(_with(_judged(judging, seen, deliverable), *besides, *orphan))
    quiet = all(j.decision.outcome is Outcome.PASS and not j.on_a_word for j in judging.judgements)
    return None if quiet else _record(judging, began)


def plan_of(config: Config, targets: Iterable[Target], channel: str | None = None, title: str | None = None) -> Plan:
    """Return what each target is delivered as. In a final zone the zone says so, whatever anybody asks for.

    Raises `ChannelUnknown` for a channel or title that nobody delivers to, also where the zone would win over it:
    it is a mistake. Raises `ChannelNeeded` where no zone and nobody says where a target is to go.
    """
    if channel is not None:
        config.deliverable(channel, title)
    return {target: _deliverable(config, target, channel, title) for target in targets}


def _run(gate: Gate, plan: Plan) -> Run:
    """Steps (2) to (7)."""
    judging, began = _begun(gate)  # (2)
    _judge_all(judging, plan)  # (3), (4), (5)
    return _record(judging, began)  # (6), (7)


def _begun(gate: Gate) -> "tuple[_Judging, Head]":
    """Step (2); the head of the ledger is the one before anything is judged."""
    check_rules(gate.config, gate.policy)
    catalogue, now = gate.intake.catalogue, gate.intake.stamp().at
    catalogue.check_clock(now)
    began = catalogue.verify_since_checkpoint(words=gate.config.approvals is ApprovalsMode.SIGNED)
    require_accepted(gate.config, gate.policy, catalogue)
    return _Judging(gate, now, Judgements(gate.config.catalogue.parent), voices_of(gate, now)), began


def voices_of(gate: Gate, now: UtcTime) -> Voices:
    """Return whose word counts at an instant, by the rules of a gate."""
    return Voices(gate.config, gate.policy, gate.intake.catalogue, now)


def _begun_in_doubt(gate: Gate, doubt: CatalogueTrouble) -> "tuple[_Judging, Head]":
    check_rules(gate.config, gate.policy)
    now = gate.intake.stamp().at
    judging = _Judging(gate, now, Judgements(gate.config.catalogue.parent), voices_of(gate, now), doubt)
    return judging, gate.intake.catalogue.ledger.head()


def check_rules(config: Config, policy: Policy) -> None:
    """Refuse rules that do not go together; raises `ConfigTrouble`.

    A policy may ask for signed approvals, which the configuration has to say. No pack that a policy extends may lie
    in a zone: that of the policy itself is the configuration's to check, when it is read.
    """
    if policy.required_mode not in {"unsigned", config.approvals.value}:
        says = f"policy {policy.id} asks for signed approvals, and the configuration has approvals = "
        says += f'"{config.approvals.value}"'
        advice = (
            'Set approvals = "signed" under [project] in provenance.toml, and list who may approve; or use a pack of '
            'your own that extends this one and says [approvals] mode = "unsigned".'
        )
        raise ConfigInvalid(says, help=advice)
    for path in policy.files:
        for zone in config.zones:
            refuse_inside(path, zone.root, "a policy")


def _refuse_rules_inside(gate: Gate, target: Target) -> None:
    """Step (1): what is judged must not bring its own judge."""
    rules = (*gate.config.rules(), *((p, "a policy") for p in gate.policy.files))
    for top in target.tops:
        for path, what in rules:
            refuse_inside(path, Path(os.fsdecode(top)), what)


def _deliverable(config: Config, target: Target, channel: str | None, title: str | None) -> Deliverable:
    """Return what a target is delivered as. In a final zone the zone says so, whatever anybody asks for."""
    zone = target.zone
    if zone is not None and zone.role is Role.FINAL:
        if title not in {None, zone.title}:
            raise ChannelUnknown(f"zone {zone.name} delivers title {zone.title!r}, not {title!r}")
        return deliverable_of(config, zone)
    if channel is None:
        raise ChannelNeeded(f"{display(target.named)} lies in no final zone, so it is not known where it is to go")
    return config.deliverable(channel, title)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One run while it judges: at which instant, and where what comes of it is kept."""

    gate: Gate
    now: UtcTime
    judgements: Judgements
    voices: Voices
    doubt: CatalogueTrouble | None = None
    """Why nobody's word counts; None if words do."""


class _Met:
    """Which files were judged already. Where no targets overlap none is met again, and none is kept."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._twice = named_twice(targets)
        self._met: set[tuple[Deliverable, bytes]] = set()

    def before(self, deliverable: Deliverable, absolute: bytes) -> bool:
        """Whether a file was met before. From now on it was."""
        if not self._twice or not lies_in(absolute, self._twice):
            return False
        if (deliverable, absolute) in self._met:
            return True
        self._met.add((deliverable, absolute))
        return False


def _judge_all(judging: _Judging, plan: Plan) -> None:
    """Judge each file once, however often it was named."""
    met, judgements = _Met(plan), judging.judgements
    for target, deliverable in plan.items():
        nothing = True
        odd: list[Judged] = []
        for seen in _ahead(judging, look(judging.gate.intake, target, _wanted(judging, deliverable, odd))):  # (3), (4)
            nothing = False
            if not met.before(deliverable, seen.absolute):
                _judge_seen(judging, seen, deliverable)  # (5)
        if nothing and not odd:
            judgements.add(_nothing(target, deliverable))
        for judged in odd:
            judgements.add(judged)
    for judged in judgements.orphans():
        judgements.add(_with(judged, ORPHAN))


_AHEAD = 192
"""So many files the check of signatures is ahead of the judging."""


def _ahead(judging: _Judging, found: Iterator[Seen]) -> Iterator[Seen]:
    """Yield what was looked at a little later, so that the signatures about it are checked by then."""
    waiting: deque[Seen] = deque()
    for seen in found:
        if judging.gate.policy.origins[seen.verdict.origin] is not Outcome.PASS:
            judging.voices.look_ahead(seen.digest)
        waiting.append(seen)
        if len(waiting) > _AHEAD:
            yield waiting.popleft()
    yield from waiting


def _judge_seen(judging: _Judging, seen: Seen, deliverable: Deliverable) -> None:
    """Judge one file.

    A credential in a file of its own is no item of the delivery if it was read together with the file it speaks of.
    It must be one by its content: anything else under such a name is judged like any file, and held for its name.
    """
    judged, judgements = _with(_judged(judging, seen, deliverable), *unfinished(seen.unfinished)), judging.judgements
    if seen.sidecar_path is not None:
        judgements.note_read(seen.sidecar_path)
    if seen.media_type == SIDECAR_TYPE:
        judgements.add_credential(seen.absolute, judged)
    elif is_named_like_one(seen.media_type, seen.absolute):
        judgements.add(_with(judged, ORPHAN))
    else:
        judgements.add(judged)


def _wanted(
    judging: _Judging, deliverable: Deliverable, odd: list[Judged]
) -> Callable[[Target, Folder], Iterator[Request]]:
    """Return what asks for every file of a folder, and keeps aside what is none: pipes, links, and notes of ours."""
    catalogue = judging.gate.intake.catalogue

    def wanted(target: Target, folder: Folder) -> Iterator[Request]:
        odd.extend(_odd(target, folder, deliverable))
        notes = notes_among(catalogue, target.root, folder)
        for name, about in notes.items():
            path = target.shown(folder.path + b"/" + name if folder.path else name)
            odd.append(Judged(path, deliverable, None, None, Decision(Outcome.HOLD, (taken_out(about),))))
        return (replace(request, probe=True, thorough=True) for request in requests_but(notes, target, folder))

    return wanted


def _judged(judging: _Judging, seen: Seen, deliverable: Deliverable) -> Judged:
    """Step (5) for one file."""
    decided = decide(judging.voices, judging.gate.policy, seen, deliverable, heed=judging.doubt is None)
    decision = Advice(judging.gate.config, judging.gate.policy).on(decided.decision)
    return Judged(seen.path, deliverable, seen.digest, decided.origin, decision)


def _with(judged: Judged, *more: Reason) -> Judged:
    """Return what was judged with more reasons, whatever else is said of it."""
    return replace(judged, decision=adding(judged.decision, *more)) if more else judged


def _odd(target: Target, folder: Folder, deliverable: Deliverable) -> Iterator[Judged]:
    """Hold what is neither file nor folder: nobody can say what a receiver would get."""
    for name, odd in folder.odd:
        path = target.shown(folder.path + b"/" + name if folder.path else name)
        text = f"a {odd.value} among the media; it was not opened or followed"
        advice = "Replace it by the file itself, or take it out of the delivery."
        yield Judged(path, deliverable, None, None, _held(Rule.NOT_A_FILE, text, advice, {"kind": odd.name.lower()}))


def _nothing(target: Target, deliverable: Deliverable) -> Judged:
    text = "there is no file here to check, so nothing is known to be right"
    advice = "Check the path; if the folder is meant to be empty there is nothing to deliver."
    return Judged(target.named, deliverable, None, None, _held(Rule.NOTHING_TO_CHECK, text, advice, {}))


def _held(rule: Rule, text: str, advice: str, args: dict[str, str]) -> Decision:
    return Decision(Outcome.HOLD, (Reason(rule, Outcome.HOLD, text, advice, args),))


def _record(judging: _Judging, began: Head) -> Run:
    """Step (6): one entry for the whole run, naming each record it rested on."""
    gate, judgements = judging.gate, judging.judgements
    minutes = Minutes()
    for judged in judgements:
        minutes.take(judged)
    stamp = gate.intake.stamp()
    body = {**minutes.close(), "checked_at": stamp.at}
    if judging.doubt is not None:
        body["in_doubt"] = judging.doubt.message
    run = content_id("run", body)
    uses = tuple(
        GateUse(word, judged.digest)
        for judged in minutes.on_a_word
        if judged.digest is not None
        for word in judged.rests_on
    )
    uses += tuple(
        GateUse(consent, judged.digest)
        for judged in minutes.on_a_word
        if judged.digest is not None
        for consent in judged.decision.consents
    )
    uses += tuple(GateUse(name, Digest(raw.hex())) for name, batch in minutes.attested.items() for raw in batch.digests)
    over = judging.voices.resting_on({use.record for use in uses})
    if over is not None and over <= stamp.at:
        raise WordsChanged("somebody whose word it rests on is not listed any more since it was judged")
    head = gate.intake.catalogue.note_gate_run(GateRun(run, body, uses, began), stamp)
    return Run(
        run,
        minutes.outcome(),
        minutes.counts,
        minutes.silent,
        frozenset(minutes.deliverables),
        tuple(minutes.not_passed),
        tuple(minutes.on_a_word),
        tuple((batch.attested, len(batch.digests)) for _, batch in sorted(minutes.attested.items())),
        judgements,
        head,
        stamp.at,
        judging.voices.all_heard(),
    )
