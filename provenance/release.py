"""Putting back what was taken out of a final zone: judged anew where it lies, and only then moved.

Nothing is put back on an old judgement. The bytes are examined as they lie in quarantine, as the deliverable they were
refused as, and what passes is put back where it lay if nothing else lies there now.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from provenance.asset import Digest, StatKey
from provenance.catalogue import Stay
from provenance.config import Config
from provenance.errors import (
    ChangedWhileRead,
    DestinationExists,
    FileMissing,
    NotPermitted,
    ProvenanceError,
    ReadFailed,
)
from provenance.files import display, stat_key
from provenance.gate import Gate, Run, check_targets, voices_of
from provenance.looking import Intake, look
from provenance.moving import NotMoved, Snag
from provenance.policy import Outcome
from provenance.quarantine import Held, bring_back, in_the_way, moving
from provenance.records import Deliverable
from provenance.targets import Target


@dataclass(frozen=True, slots=True)
class PutBack:
    """A file that lies where it lay again."""

    held: Held
    digest: Digest
    lost: tuple[str, ...]
    """What could not be kept of it."""


@dataclass(frozen=True, slots=True)
class Release:
    """A finished release: what the gate said, and what was put back."""

    run: Run
    put_back: tuple[PutBack, ...]
    troubles: tuple[ProvenanceError, ...]
    """Why something was not put back although nothing is wrong with it, or is not known to lie there as it should."""
    wanted: int
    """How many files were to be put back."""


def release(gate: Gate, wanted: Sequence[Held]) -> Release:
    """Judge files where they are kept, each as what its zone delivers, and put back those that pass.

    (1) what cannot go back, because something lies where it is to go, or because it is not where it was kept, is left
    out; (2) the gate judges the bytes of the rest and records the run; (3) each that passed is put back, if it still is
    what was judged; (4) the ledger says so; (5) they are looked at where they lie now, and their sightings recorded.

    Raises `DestinationExists` or `FileMissing` at (1) if nothing is left, before anything is done; whatever
    `check_targets` raises; `CatalogueTrouble` where nothing can be written down. Raises `ValueError` if nothing is
    wanted.
    """
    keys, troubles = _ready(wanted)  # (1)
    if troubles and not keys:
        raise troubles[0]
    called = _called(tuple(keys))
    run = check_targets(gate, {called[held].target: _deliverable(gate.config, held) for held in keys})  # (2)
    passed = {j.path: j.digest for j in run.judged if j.decision.outcome is Outcome.PASS}
    going = [(h, k, d) for h, k in keys.items() if (d := passed.get(called[h].named)) is not None]
    put_back, others = _put_back(gate.intake, going, run)  # (3), (4)
    troubles += others
    troubles += _look_again(gate.intake, put_back)  # (5)
    return Release(run, tuple(put_back), tuple(troubles), len(wanted))


def _ready(wanted: Iterable[Held]) -> tuple[dict[Held, StatKey], list[ProvenanceError]]:
    """Return what can go back as far as that shows, each in its version, and why the rest cannot."""
    keys: dict[Held, StatKey] = {}
    troubles: list[ProvenanceError] = []
    for held in wanted:
        obstacle = in_the_way(held.zone, held.row)
        if obstacle is not None:
            troubles.append(_occupied(held, obstacle))
            continue
        try:
            keys[held] = _key(held)
        except FileMissing as missing:
            troubles.append(missing)
    return keys, troubles


def answered(gate: Gate, held: Iterable[Held]) -> Iterator[Held]:
    """Yield what somebody approved or cleared since it was taken away, for its zone's deliverable, as far as is known.

    Whether it passes the gate says; this says for which it is worth asking.
    """
    voices = voices_of(gate, gate.intake.stamp().at)
    for one in held:
        words, _ = voices.words(one.row.move.digest, _deliverable(gate.config, one))
        if one.row.stay is Stay.HELD and (words.approvals or words.clearances or words.supersessions):
            yield one


def _deliverable(config: Config, held: Held) -> Deliverable:
    return Deliverable(config.project, held.zone.title, held.zone.channel)


def _key(held: Held) -> StatKey:
    try:
        return stat_key(os.lstat(held.where))
    except OSError as error:
        says = f"{display(held.named)} is not where it was kept: {display(held.where)}: {error.strerror}"
        advice = "Is the disk with the quarantine there? If somebody removed the file, it cannot be put back."
        raise FileMissing(says, help=advice) from error


def _called(wanted: Sequence[Held]) -> dict[Held, Held]:
    """Return each with a name that no other has: several may have been taken from one place after another."""
    names = [held.named for held in wanted]
    return {h: Held(h.row, h.zone, h.where, h.by_where) if names.count(h.named) > 1 else h for h in wanted}


def _put_back(
    intake: Intake, going: Sequence[tuple[Held, StatKey, Digest]], run: Run
) -> tuple[list[PutBack], list[ProvenanceError]]:
    """Steps (3) and (4)."""
    done: list[PutBack] = []
    troubles: list[ProvenanceError] = []
    if not going:
        return done, troubles
    with moving(intake.catalogue):
        intake.catalogue.begin_release([(held.row, digest) for held, _, digest in going], run.id)
        for held, key, digest in going:
            try:
                done.append(PutBack(held, digest, bring_back(held.zone, held.row, key, digest)))
            except NotMoved as why:
                troubles.append(_error(held, why))
        back = {one.held for one in done}
        stayed = [held.row for held, _, _ in going if held not in back]
        intake.catalogue.finish_release([(one.held.row, Stay.RELEASED) for one in done], stayed, intake.stamp())
    return done, troubles


def _look_again(intake: Intake, put_back: Sequence[PutBack]) -> list[ProvenanceError]:
    """Step (5): whoever holds a file open writes on into it wherever it is moved."""
    troubles: list[ProvenanceError] = []
    for one in put_back:
        zone, path = one.held.zone, one.held.row.move.place.path
        target = Target(os.fsencode(zone.root), path, zone, one.held.named, single=True)
        try:
            (seen,) = look(intake, target, Target.requests)
        except ProvenanceError as error:
            troubles.append(error)
            continue
        if seen.digest != one.digest:
            says = f"{display(one.held.named)} was changed as soon as it was put back; what lies there was not judged"
            troubles.append(ChangedWhileRead(says, help="Find out who writes into it, then check it: provenance gate"))
    return troubles


def _occupied(held: Held, obstacle: bytes) -> DestinationExists:
    there = display(os.path.join(os.fsencode(held.zone.root), obstacle))
    return DestinationExists(
        f"{display(held.named)} cannot be put back: there is something at {there}",
        help="Move that away if this is to lie there again. Nothing is ever replaced.",
    )


def _error(held: Held, why: NotMoved) -> ProvenanceError:
    says = f"{display(held.named)} was not put back: {why.says}"
    match why.snag:
        case Snag.OCCUPIED:
            return DestinationExists(says, help="Move away what lies there. Nothing is ever replaced.")
        case Snag.CHANGED:
            return ChangedWhileRead(says)
        case Snag.GONE:
            return FileMissing(says)
        case Snag.NOT_PERMITTED | Snag.UNWRITABLE:
            return NotPermitted(says, help="Give the user that runs provenance the right to write there.")
        case Snag.LED_AWAY | Snag.FULL | Snag.STORAGE:
            return ReadFailed(says, help="Mend what is said above, then run the command again.")
        case _:
            assert_never(why.snag)
