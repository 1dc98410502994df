"""Whether an approval covers bytes that it does not name. Pure.

What reaches further than the bytes somebody saw is only as good as its limits:

- **One approval covers a file by itself, wholly, or not at all.** Two people who each approved one half of a picture
  have not approved the picture.
- **No ground is new.** Every mark of the file stands in the approval, word for word, and the approved material it
  comes from has it still. A mark this tool wrote itself, on a way it saw itself, is no news if it claims no more.
- **A flag may come over any lineage; an approval only over lineage this tool saw, or that somebody signed** who may.
- **A refusal ends the reach** of every approval given before it that would have covered what was refused.
- What goes in a circle, or is too far away, is not covered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from provenance.asset import Digest
from provenance.evidence import Claim
from provenance.naming import fits, folder_fits, name_of, trouble_with
from provenance.records import Approval, Scope, Way
from provenance.verdict import LINEAGE, Verdict

LONGEST = 64
"""Steps of lineage an approval may travel. Real chains of renders have a handful."""

DOUBTS = (Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW)
"""What a mark may claim that somebody has to answer for, the gravest first."""

_GRAVITY = {claim.value: n for n, claim in enumerate(DOUBTS)}
_STANDS_IN = re.compile(r"^(?:sidecar [^/]+ / )?(?:manifest \d+ of \d+ / )?")


def marks_of(verdict: Verdict, generator: str | None) -> frozenset[str]:
    """Return what speaks against a file by itself, lineage left out, in words that are the same for its like.

    A mark is the claim, the kind, the family of its place (a manifest's number, an offset or a sidecar's name say
    nothing of it), and what it says. What the active credential itself claims is told apart by who generated it.
    """
    marks = set()
    for ground in verdict.grounds:
        if ground.claim in DOUBTS and ground.kind != LINEAGE:
            place = "record" if ground.kind == "declaration" else re.sub(r"\d+", "#", _STANDS_IN.sub("", ground.place))
            by = f" / by {generator}" if ground.kind == "c2pa" and ground.via is None and generator else ""
            text = f"{ground.claim.value}: {ground.kind} / {place} / {ground.says}{by}"
            marks.add(text.encode("utf-8", "backslashreplace").decode())
    return frozenset(marks)


def lineage_mark(claim: Claim, parent: Digest) -> str:
    """Return the mark of having been made from something that is flagged or doubtful."""
    return f"{claim.value}: {LINEAGE} / {parent}"


def told_mark(disclosure: str) -> str:
    """Return the mark of having been told of as made with a generative tool: of one use, not of any."""
    return f"{Claim.AI_GENERATED.value}: told / {disclosure}"


def known_in(mark: str, among: Iterable[str]) -> bool:
    """Whether the same was said before, as gravely or more."""
    claim, _, what = mark.partition(": ")
    return any(w == what and _GRAVITY.get(c, 99) <= _GRAVITY[claim] for c, _, w in (m.partition(": ") for m in among))


@dataclass(frozen=True, slots=True)
class Carrier:
    """A derivation an approval may travel over."""

    record: str
    added: frozenset[str] = frozenset()
    """The marks this tool wrote into the child, where it made the child itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way up that hands on a flag or doubt."""

    parent: Digest
    name: str
    claim: Claim
    """What is handed on."""
    carriers: tuple[Carrier, ...] = ()
    """Empty where somebody merely said so, or a stranger's credential does."""


@dataclass(frozen=True, slots=True)
class Kin:
    """A file as the walk over its lineage sees it."""

    digest: Digest
    name: str
    marks: frozenset[str]
    steps: tuple[Step, ...]
    names: frozenset[str] = frozenset()
    """Every name these bytes were ever seen under."""
    path: bytes | None = None
    """Where the file at hand lies; None for a relative."""
    refusals: frozenset[str] = frozenset()
    """Ids of the refusals of these bytes for the deliverable in question."""
    superseded: tuple[tuple[Digest, str], ...] = ()
    """What people's work took the place of in these bytes, with the record that says so."""


class Family(Protocol):
    """Somebody who knows the relatives."""

    def kin(self, digest: Digest) -> Kin:
        """Return a file that may be known or not; an unknown one has no marks and no steps."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How a file goes back to what was approved."""

    subjects: frozenset[Digest]
    names: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    added: frozenset[str] = frozenset()
    """Marks this tool wrote itself on the way."""


class Reach:
    """What one approval covers beyond the bytes it names. Holds what it found out, so ask one for one question."""

    def __init__(self, approval: Approval, family: Family, *, heed_refusals: bool = True) -> None:
        self._approval = approval
        self._family = family
        self._heed = heed_refusals
        self._subjects = frozenset(s.digest for s in approval.subjects)
        self._found: dict[Digest, Reached | str] = {}

    def way(self, kin: Kin) -> Way | str:
        """Return how the approval covers a file it does not name, or why it does not."""
        found = self._of(kin, 0)
        if isinstance(found, str):
            return found
        approval = self._approval
        if approval.scope is Scope.SHOT:
            says = f"as a version of {approval.shot} ({approval.pattern}), for {approval.element}"
        else:
            says = f"as a derivative of {', '.join(found.names)}"
        return Way(approval.id, approval.scope, says, found.records)

    def _of(self, kin: Kin, far: int) -> Reached | str:
        if kin.digest not in self._found:
            self._found[kin.digest] = f"the lineage of {kin.name} runs in a circle"  # until it is known better
            self._found[kin.digest] = self._look(kin, far)
        return self._found[kin.digest]

    def _look(self, kin: Kin, far: int) -> Reached | str:
        against = sorted(kin.refusals - frozenset(self._approval.despite))
        if self._heed and against:
            return f"{kin.name} was refused ({against[0]})"
        if kin.digest in self._subjects:
            return Reached(frozenset({kin.digest}), (kin.name,))
        if far >= LONGEST:
            return f"the lineage goes further than {LONGEST} steps"
        match self._approval.scope:
            case Scope.DERIVATIVES:
                return self._derivative(kin, far)
            case Scope.SHOT:
                return self._version(kin, far)
            case Scope.EXACT | Scope.SEQUENCE:
                return "it names other bytes"

    def _derivative(self, kin: Kin, far: int) -> Reached | str:
        """Go up every way that hands on a flag: each must lead to what was approved, and may be travelled."""
        ups: list[Reached] = []
        astray: dict[Digest, str] = {}
        for step in kin.steps:
            up = self._of(self._family.kin(step.parent), far + 1)
            if isinstance(up, str):
                astray[step.parent] = up
            elif not step.carriers:
                return f"nobody whose word counts says that {kin.name} was made from {step.name}"
            else:
                added = up.added.union(*(c.added for c in step.carriers))
                ups.append(Reached(up.subjects, up.names, (step.carriers[0].record, *up.records), added))
        if not ups:
            return next(iter(astray.values()), f"{kin.name} is not known to be made from what was approved")
        reached = _together(ups)
        approved = [self._family.kin(digest) for digest in sorted(reached.subjects)]
        for step in kin.steps:
            # What the approved material was made from itself is nothing new.
            mark = lineage_mark(step.claim, step.parent)
            if step.parent in astray and not (
                known_in(mark, self._approval.grounds)
                and any(s.parent == step.parent for a in approved for s in a.steps)
            ):
                return astray[step.parent]
        has = frozenset(m for a in approved for m in a.marks)
        allowed = [g for g in self._approval.grounds if known_in(g, has)]
        new = _first_new(kin.marks, allowed, reached.added, self._approval.grounds)
        return reached if new is None else f"{kin.name} brings a ground that was not approved: {new}"

    def _version(self, kin: Kin, far: int) -> Reached | str:
        """Hold a file against the shot: by every name it ever had, and with no ground but those approved."""
        approval = self._approval
        stray = sorted(n for n in kin.names if not fits(approval.pattern, approval.frames, n))
        if stray or not kin.names:
            return f"it was seen as {stray[0]}, which is none of {approval.pattern}" if stray else "it has no name"
        if kin.path is not None and not folder_fits(approval.folder, kin.path):
            return f"it does not lie in {approval.folder}"
        for step in kin.steps:
            up = self._of(self._family.kin(step.parent), far + 1)
            if isinstance(up, str) and not known_in(lineage_mark(step.claim, step.parent), approval.grounds):
                return f"it is made from {step.name}, which was not approved with {approval.shot}: {up}"
        new = _first_new(kin.marks, approval.grounds)
        if new is not None:
            return f"{kin.name} brings a ground that was not approved: {new}"
        return Reached(self._subjects)


def _first_new(
    marks: frozenset[str], allowed: Iterable[str], added: Iterable[str] = (), approved: Iterable[str] = ()
) -> str | None:
    """Return a mark that is neither allowed nor written by this tool about what was approved."""
    allowed, added = tuple(allowed), frozenset(added)
    worst = min((_GRAVITY[g.partition(": ")[0]] for g in approved if g.partition(": ")[0] in _GRAVITY), default=99)
    for mark in sorted(marks):
        ours = mark in added and _GRAVITY[mark.partition(": ")[0]] >= worst
        if not ours and not known_in(mark, allowed):
            return mark
    return None


def _together(ups: list[Reached]) -> Reached:
    return Reached(
        frozenset(s for u in ups for s in u.subjects),
        tuple(dict.fromkeys(n for u in ups for n in u.names)),
        tuple(dict.fromkeys(r for u in ups for r in u.records)),
        frozenset(a for u in ups for a in u.added),
    )


def whole(approval: Approval) -> bool:
    """Whether an approval that reaches further says all it has to. What nobody would have let in by the door is void.

    It must name what was approved; a shot must have a code, an element, a pattern that holds the code, and an end.
    """
    match approval.scope:
        case Scope.EXACT | Scope.SEQUENCE:
            return True
        case Scope.DERIVATIVES:
            return bool(approval.subjects and approval.grounds)
        case Scope.SHOT:
            ends = approval.expires is not None or approval.until_picture_change
            sound = trouble_with(approval.pattern, approval.frames, approval.shot) is None
            return bool(approval.subjects and approval.grounds and approval.element.strip() and ends and sound)


def ended_by(approval: Approval, refused: Kin, names: Iterable[str], family: Family) -> bool:
    """Whether the reach of an approval is over because these bytes, seen under these names, were refused after it.

    Else the same thing saved once more would pass, because only its other bytes were refused. That something was
    refused which the approval names by its bytes ends a shot's reach, and no other derivatives than its own.
    """
    match approval.scope:
        case Scope.EXACT | Scope.SEQUENCE:
            return False
        case Scope.SHOT:
            return any(fits(approval.pattern, approval.frames, n) for n in (*names, *refused.names))
        case Scope.DERIVATIVES:
            if any(s.digest == refused.digest for s in approval.subjects):
                return False
            return isinstance(Reach(approval, family, heed_refusals=False).way(refused), Way)


def meant_by_name(approval: Approval, path: bytes) -> bool:
    """Whether a sequence or shot means a file of this name: then it is worth saying why it does not cover it."""
    known = {Scope.SEQUENCE, Scope.SHOT}
    if approval.scope not in known or trouble_with(approval.pattern, approval.frames, None) is not None:
        return False
    return fits(approval.pattern, approval.frames, name_of(path)) and folder_fits(approval.folder, path)


def freed(kin: Kin, family: Family) -> tuple[str, ...] | None:
    """Return the supersessions because of which nothing is left of a file's flags; None where something is.

    A file that has any mark of its own is never freed: people's work has none. What was made from a freed file is
    free as well, over whichever lineage: it only hands on that there is nothing to hand on.
    """
    return _freed(kin, family, {}, 0)


def _freed(kin: Kin, family: Family, found: dict[Digest, tuple[str, ...] | None], far: int) -> tuple[str, ...] | None:
    if kin.digest not in found:
        found[kin.digest] = None  # a circle frees nobody
        found[kin.digest] = None if kin.marks or far >= LONGEST else _freed_steps(kin, family, found, far)
    return found[kin.digest]


def _freed_steps(
    kin: Kin, family: Family, found: dict[Digest, tuple[str, ...] | None], far: int
) -> tuple[str, ...] | None:
    replaced = dict(kin.superseded)
    used: list[str] = []
    for step in kin.steps:
        if step.parent in replaced:
            used.append(replaced[step.parent])
            continue
        up = _freed(family.kin(step.parent), family, found, far + 1)
        if up is None:
            return None
        used += up
    return tuple(dict.fromkeys(used))
