"""Taking down decisions about files: approvals of each scope, what changed since one, refusals, people's own work.

Whoever speaks is stopped here where the word would mean nothing, or more than anybody saw. The gate checks it all
again each time (`coverage`): what was let in by another door does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import UtcTime
from provenance.catalogue import Filed, Shown
from provenance.catalogue.effect import cut_since
from provenance.coverage import known_in, whole
from provenance.errors import WordRefused
from provenance.files import display
from provenance.looking import Intake, Seen
from provenance.naming import fits, folder_fits, folder_trouble, frame_of, missing_from, name_of, trouble_with
from provenance.records import Approval, Deliverable, Derivation, Scope, Subject, in_force
from provenance.records.decisions import Refusal, Supersession
from provenance.targets import Target
from provenance.words import TakenDown, keep, look_at, subjects_of


@dataclass(frozen=True, slots=True)
class Changes:
    """What is other than it was when somebody approved, by the names files were approved under."""

    changed: tuple[Subject, ...]
    """Other bytes under a name that was approved."""
    new: tuple[Subject, ...]
    gone: tuple[Subject, ...]
    """Approved, and not among the files now."""
    same: int
    news: tuple[str, ...]
    """What speaks against a changed or new file and did not against what was approved."""

    @property
    def to_approve(self) -> tuple[Subject, ...]:
        """What the earlier approval says nothing of."""
        return (*self.changed, *self.new)


def trouble_with_terms(terms: Approval) -> str | None:
    """Return what an approval says too much or too little of, whatever the files are; None if it is in order."""
    named = bool(terms.pattern or terms.folder or terms.frames)
    if terms.requested_by and terms.requested_by.casefold() == terms.by.casefold():
        return f"{terms.by} asked for it, and somebody else has to decide"
    match terms.scope:
        case Scope.EXACT | Scope.DERIVATIVES:
            if named or terms.shot or terms.element:
                return "--pattern, --folder, --frames, --shot and --element are for sequences and shots"
            return None
        case Scope.SEQUENCE:
            if terms.shot or terms.element:
                return "--shot and --element are for a shot"
            if not terms.pattern or terms.frames is None:
                return "a sequence needs --pattern and --frames"
        case Scope.SHOT:
            if not (terms.pattern and terms.shot and terms.element.strip()):
                return "a shot needs --shot, --pattern and --element: which part of the picture is approved"
            if terms.expires is None and not terms.until_picture_change:
                return "a shot is approved for a time: add --expires DATE or --until-picture-change"
    return _trouble_with_names(terms)


def _trouble_with_names(terms: Approval) -> str | None:
    says = trouble_with(terms.pattern, terms.frames, terms.shot or None)
    if says is not None:
        return f"--pattern {terms.pattern}: {says}"
    says = folder_trouble(terms.folder) if terms.folder else None
    return None if says is None else f"--folder {terms.folder}: {says}"


def approve(intake: Intake, targets: Iterable[Target], terms: Approval) -> TakenDown[Approval]:
    """Look at the files and keep an approval of exactly these on some terms; its bytes and its moment are left open.

    Raises as `look_at` does, and `WordRefused` for terms that the files do not meet; then nothing was said.
    """
    seen = look_at(intake, targets)
    return _approved(intake, seen, subjects_of(seen), terms)


def changes_since(intake: Intake, targets: Iterable[Target], earlier: Filed) -> tuple[tuple[Seen, ...], Changes]:
    """Look at the files and return them, with what is other than when an approval was given.

    Raises as `look_at` does, and `WordRefused` for a record that is no approval or counts no more.
    """
    approval = _still_good(intake, earlier)
    seen = look_at(intake, targets)
    was = {s.name: s.digest for s in approval.subjects}
    approved = frozenset(was.values())
    now = subjects_of(seen)
    fresh = [s for s in now if s.digest not in approved]
    there = {s.digest for s in now}
    names = {display(s.path) for s in seen}
    return seen, Changes(
        tuple(s for s in fresh if s.name in was),
        tuple(s for s in fresh if s.name not in was),
        tuple(s for s in approval.subjects if s.digest not in there and s.name not in names),
        len(now) - len(fresh),
        tuple(_news(intake, [s for s in seen if s.digest not in approved], approval)),
    )


def approve_again(intake: Intake, seen: Sequence[Seen], changes: Changes, terms: Approval) -> TakenDown[Approval]:
    """Keep an approval of what changed, on the terms of the earlier one; see `changes_since`."""
    return _approved(intake, seen, changes.to_approve, terms)


def refuse(intake: Intake, targets: Iterable[Target], terms: Refusal) -> TakenDown[Refusal]:
    """Look at the files and keep a refusal of exactly these; raises as `look_at` does."""
    subjects = subjects_of(look_at(intake, targets))
    return TakenDown(keep(intake, lambda at: replace(terms, subjects=subjects, made_at=at)), subjects)


def supersede(
    intake: Intake, replaced: Iterable[Target], final: Iterable[Target], terms: Supersession
) -> TakenDown[Supersession]:
    """Look at both sides and keep that people's work took the place of generated material.

    Where no lineage tells yet that the one was made from the other, that is kept first: the history stays. Raises as
    `look_at` does, and `WordRefused` where the final carries a mark itself, or is what it is to replace.
    """
    temporary = subjects_of(look_at(intake, replaced))
    made = look_at(intake, final)
    if len({s.digest for s in made}) != 1:
        raise WordRefused("name one file that was made by people")
    seen, subject = made[0], subjects_of(made)[0]
    if subject.digest in {s.digest for s in temporary}:
        raise WordRefused(f"{subject.name} is the same bytes as what it is to replace")
    own = sorted(m for m in _marks(intake, seen) if ": lineage / " not in m)
    if own:
        raise WordRefused(
            f"{subject.name} carries a mark itself, so it is not people's work alone: {own[0]}",
            help="Have what is in it approved: provenance approve.",
        )
    linked = {link.parent.hex() for link in intake.catalogue.links_of(subject.digest)}
    loose = tuple(s for s in temporary if s.digest not in linked)
    if loose:
        keep(intake, lambda at: _derivation(terms, at, subject, loose))
    record = keep(intake, lambda at: replace(terms, replaced=temporary, final=subject, made_at=at))
    return TakenDown(record, (subject, *temporary))


def _derivation(terms: Supersession, at: UtcTime, child: Subject, parents: tuple[Subject, ...]) -> Derivation:
    return Derivation(
        by=terms.by, reason=terms.reason, made_at=at, claimed_at=terms.claimed_at, child=child, parents=parents
    )


def _approved(
    intake: Intake, seen: Sequence[Seen], subjects: tuple[Subject, ...], terms: Approval
) -> TakenDown[Approval]:
    """Check what the terms ask of the files, name what is approved, and keep it."""
    _check_names(seen, terms)
    _check_references(intake, terms)
    _check_refusals(intake, subjects, terms)
    meant = {s.digest for s in subjects}
    full = replace(terms, subjects=subjects, grounds=())
    if terms.scope.reaches:
        grounds = {m for s in seen if s.digest in meant for m in _marks(intake, s)}
        full = replace(full, grounds=tuple(sorted(grounds)))
        if not whole(full):
            raise WordRefused(
                f"nothing speaks against these files, so there is nothing to approve as {terms.scope.value}",
                help="What reaches beyond these bytes must name what was approved. Name the files that are flagged.",
            )
    return TakenDown(keep(intake, lambda at: replace(full, made_at=at)), subjects)


def _marks(intake: Intake, seen: Seen) -> frozenset[str]:
    return intake.catalogue.marks_of(seen.digest, Shown(seen.verdict, seen.credential, seen.absolute))


def _check_names(seen: Sequence[Seen], terms: Approval) -> None:
    """Raise if a file is none of the sequence or shot that is named, or if a sequence is not whole."""
    if terms.scope not in {Scope.SEQUENCE, Scope.SHOT}:
        return
    for one in seen:
        if not fits(terms.pattern, terms.frames, name_of(one.absolute)):
            frames = f", frames {terms.frames[0]}-{terms.frames[1]}" if terms.frames else ""
            raise WordRefused(f"{display(one.path)} is none of {terms.pattern}{frames}")
        if not folder_fits(terms.folder, one.absolute):
            raise WordRefused(f"{display(one.path)} does not lie in {terms.folder}")
    if terms.scope is Scope.SEQUENCE and terms.frames is not None:
        numbers = [n for s in seen if (n := frame_of(terms.pattern, name_of(s.absolute))) is not None]
        absent = missing_from(terms.frames, numbers)
        if absent:
            raise WordRefused(f"the sequence is not whole: frame {absent} of {terms.pattern} is not there")
        if len(numbers) != len(set(numbers)):
            raise WordRefused(f"{terms.pattern} means more than one file for a frame: name the folder or the version")


def _check_references(intake: Intake, terms: Approval) -> None:
    """Raise if a refusal or a basis is named that there is none of."""
    for name in terms.despite:
        if not isinstance(intake.catalogue.find_record(name).record, Refusal):
            raise WordRefused(f"{name} is no refusal")
    if terms.basis:
        intake.catalogue.find_record(terms.basis)


def _check_refusals(intake: Intake, subjects: Sequence[Subject], terms: Approval) -> None:
    """Raise if a refusal stands that is not named: the approval would be kept and mean nothing."""
    now = intake.stamp().at
    for channel in (terms.channel, *terms.channels):
        place = Deliverable(terms.project, terms.title, channel)
        for subject in subjects:
            for refusal in intake.catalogue.effective_words(subject.digest, place, now).refusals:
                if refusal.id not in terms.despite:
                    raise WordRefused(
                        f"{subject.name} was refused by {refusal.by} ({refusal.role}): {refusal.reason}",
                        help=f"If you may decide otherwise, say that you know of it: --despite {refusal.id}",
                    )


def _still_good(intake: Intake, earlier: Filed) -> Approval:
    """Return the approval a record is, if it can be gone on with."""
    approval = earlier.record
    if not isinstance(approval, Approval):
        raise WordRefused(f"{approval.id} is no approval")
    over = "was revoked" if earlier.revoked_by else ""
    if not in_force(approval.expires, intake.stamp().at):
        over = "expired"
    if cut_since(intake.catalogue, earlier):
        over = "ended when the picture was changed"
    if over:
        raise WordRefused(f"{approval.id} {over}", help="What is over is approved anew, with terms of its own.")
    return approval


def _news(intake: Intake, fresh: Sequence[Seen], earlier: Approval) -> Iterator[str]:
    """Yield what speaks against files and did not against what was approved."""
    if not fresh:
        return
    known = {*earlier.grounds, *(m for s in earlier.subjects for m in intake.catalogue.marks_of(s.digest))}
    for seen in fresh:
        yield from (f"{display(seen.path)}: {m}" for m in sorted(_marks(intake, seen)) if not known_in(m, known))
