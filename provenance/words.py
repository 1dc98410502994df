"""Taking down a person's word about files: look at the bytes, then record the word about exactly these."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from provenance.asset import UtcTime
from provenance.errors import AttestationRefused, FileMissing
from provenance.files import display
from provenance.looking import Intake, Keep, Seen, look, plainly
from provenance.quarantine import without_notes
from provenance.records import AnyRecord, Declaration, Derivation, Subject
from provenance.targets import Target
from provenance.verdict import Origin

R = TypeVar("R", bound=AnyRecord)


@dataclass(frozen=True, slots=True)
class TakenDown(Generic[R]):
    """A word that was kept, and everything it speaks of."""

    record: R
    subjects: tuple[Subject, ...]


def take_down(
    intake: Intake,
    targets: Iterable[Target],
    make: Callable[[tuple[Subject, ...], UtcTime], R],
    *,
    with_sidecars: bool = False,
    denied_by: Callable[[Seen], bool] = lambda _seen: False,
) -> TakenDown[R]:
    """Look at the files, keep the word that `make` returns about exactly their bytes, and return it.

    Raises as `look_at` does, whatever `make` raises, and `AttestationRefused` where a file is found to deny the word;
    then nothing was said.
    """
    seen = look_at(intake, targets)
    denied = [display(s.path) for s in seen if denied_by(s)]
    if denied:
        more = f" and {len(denied) - 3:,} more" if len(denied) > 3 else ""
        raise AttestationRefused(f"what is known of {', '.join(denied[:3])}{more} denies it")
    subjects = subjects_of(seen, with_sidecars=with_sidecars)
    return TakenDown(keep(intake, lambda at: make(subjects, at)), subjects)


def take_down_telling(
    intake: Intake,
    targets: Iterable[Target],
    make: Callable[[tuple[Subject, ...], UtcTime], R],
    beside: Keep = plainly,
) -> tuple[TakenDown[R], Declaration | None]:
    """Look at what came of a generative tool, keep what `make` tells of it, and return it.

    Who tells that files were generated says so of their bytes. Of those that do not say it themselves (text, stems, a
    render) it is declared as well, and first: told and not flagged would pass a gate. `beside` keeps that.
    """
    subjects = subjects_of(look_at(intake, targets))
    stamp = intake.stamp()
    record = make(subjects, stamp.at)
    silent = tuple(s for s in subjects if not _is_flagged(intake, s))
    declared = None
    if silent:
        declared = Declaration(
            by=record.by,
            reason=f"told as {record.id}: {record.reason}",
            made_at=stamp.at,
            claimed_at=record.claimed_at,
            subjects=silent,
            origin=Origin.AI_GENERATED.value,
        )
        beside(intake.catalogue, declared, replace(stamp, claimed_at=record.claimed_at))
    intake.keep(intake.catalogue, record, replace(stamp, claimed_at=record.claimed_at))
    return TakenDown(record, subjects), declared


def _is_flagged(intake: Intake, subject: Subject) -> bool:
    verdict = intake.catalogue.verdict_of(subject.digest)
    return verdict is not None and verdict.origin.flagged


def take_down_derivation(
    intake: Intake,
    children: Iterable[Target],
    parents: Iterable[Target],
    make: Callable[[tuple[Subject, ...], tuple[Subject, ...], UtcTime], Derivation],
) -> TakenDown[Derivation]:
    """Look at what was made and at what it was made from, keep the word that `make` returns about them, return it."""
    made = subjects_of(look_at(intake, children))
    origins = subjects_of(look_at(intake, parents))
    return TakenDown(keep(intake, lambda at: make(made, origins, at)), (*made, *origins))


def keep(intake: Intake, make: Callable[[UtcTime], R]) -> R:
    """Keep the word that `make` returns for the moment it is given, and return it."""
    stamp = intake.stamp()
    record = make(stamp.at)
    intake.keep(intake.catalogue, record, replace(stamp, claimed_at=record.claimed_at))
    return record


def look_at(intake: Intake, targets: Iterable[Target]) -> tuple[Seen, ...]:
    """Examine and record every file of the targets and return each once; notes of ours are no files to speak of.

    Raises `FileTrouble` for anything that cannot be examined, `FileMissing` if there is no file at all: a word about
    nothing would be kept for ever and mean nothing.
    """
    targets = tuple(targets)
    seen = tuple(s for target in targets for s in look(intake, target, without_notes(intake.catalogue)))
    if not seen:
        raise FileMissing(f"there is no file under {', '.join(display(t.named) for t in targets)}")
    return seen


def subjects_of(seen: Iterable[Seen], *, with_sidecars: bool = False) -> tuple[Subject, ...]:
    """Return what a record speaks of: each digest once, under the first name it was met by.

    With sidecars where the word is about them too: who clears a file has seen the credential beside it, and that one
    alone.
    """
    subjects: dict[str, Subject] = {}
    for one in seen:
        subjects.setdefault(one.digest, Subject(one.digest, display(one.path)))
        if with_sidecars and one.sidecar is not None:
            subjects.setdefault(one.sidecar.digest, Subject(one.sidecar.digest, one.sidecar.name))
        for companion in one.speaking if with_sidecars else ():
            subjects.setdefault(companion.digest, Subject(companion.digest, companion.name))
    return tuple(subjects.values())
