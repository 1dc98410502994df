"""Which of people's words count for one file in one deliverable: by its bytes, by its lineage, by its name.

What names the bytes is looked up. What reaches further (`coverage`) is asked only where a file is flagged, and draws
its relatives' verdicts anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.catalogue.knowledge import ancestor
from provenance.catalogue.question import Question, Shown
from provenance.catalogue.rows import Filed
from provenance.coverage import (
    DOUBTS,
    Carrier,
    Kin,
    Reach,
    Step,
    ended_by,
    freed,
    lineage_mark,
    marks_of,
    meant_by_name,
    told_mark,
    whole,
)
from provenance.evidence import Beside
from provenance.lineage import Witness, carried
from provenance.naming import name_of
from provenance.records import (
    Approval,
    Clearance,
    Declaration,
    Deliverable,
    Derivation,
    Scope,
    Way,
    Words,
    covers,
    in_force,
    meant_for,
    title_key,
)
from provenance.records.decisions import PictureChange, Refusal, Supersession
from provenance.verdict import CLAIM_OF_ORIGIN, Origin, classify

if TYPE_CHECKING:
    from provenance.catalogue.queries import Queries
    from provenance.records.attestation import Attestation

R = TypeVar("R", Approval, Refusal)

_FAMILY = 256
"""Relatives that are looked at for approvals that travel, at the most."""
_TOLD = 3
"""So many near misses are told of."""


@dataclass(frozen=True, slots=True)
class _Given(Generic[R]):
    """A word that counts, and its place in the ledger."""

    record: R
    entry: int


class Effect:
    """Answers one question. Knows the relatives of the file (`coverage.Family`), each looked up once."""

    def __init__(self, queries: "Queries", question: Question) -> None:
        self._catalogue = queries
        self._asked = question
        self._kin: dict[Digest, Kin] = {}
        self._speaking: dict[Digest, tuple[Filed, ...]] = {}
        self._title: tuple[Filed, ...] | None = None

    def words(self) -> Words:
        """Return the words that count.

        (1) refusals of these bytes; (2) approvals that name them, or reach them, and know of each refusal; (3)
        clearances that are not older than a doubt; (4) supersessions that leave nothing of its flags.
        """
        asked = self._asked
        refusals = self._refusals(asked.digest)  # (1)
        named = [
            f
            for f in self._approvals(self._speaks(asked.digest))
            if covers(f.record, asked.digest, asked.deliverable, asked.now)
        ]
        approvals = [f.record for f in named if _knows(f, refusals)]
        missed = [
            f"{g.record.id} does not know that {r.record.id} refused it"
            for g in named
            for r in refusals
            if not _knows(g, [r])
        ]
        ways: list[Way] = []
        supersessions: tuple[Supersession, ...] = ()
        if self._flagged():
            more, ways, astray = self._reached({f.record.id for f in named})  # (2)
            approvals += more
            supersessions = self._superseded()  # (4)
            missed += astray
        attestations, unsettled = self._attestations()
        return Words(
            tuple(approvals),
            tuple(self._clearances()),  # (3)
            attestations,
            refusals=tuple(f.record for f in refusals),
            supersessions=supersessions,
            ways=tuple(ways),
            missed=() if approvals else tuple(missed[:_TOLD]),
            unsettled=unsettled,
        )

    def told_of(self, digest: Digest) -> tuple[str, ...]:
        """Return the ids of what was told of some bytes, whatever title it speaks for."""
        told = (f.record for f in self._speaks(digest) if f.record.kind in {"disclosure", "binding"})
        return tuple(getattr(record, "disclosure", record.id) for record in told)

    def kin(self, digest: Digest) -> Kin:
        """Return a relative, or the file itself, as the walk over its lineage sees it."""
        if digest not in self._kin:
            self._kin[digest] = self._look(digest)
        return self._kin[digest]

    # --- what names these bytes ---------------------------------------------------------------------------------------

    def _speaks(self, digest: Digest) -> tuple[Filed, ...]:
        """Return every word about some bytes that nobody took back."""
        if digest not in self._speaking:
            found = self._catalogue.records_of(digest)
            self._speaking[digest] = tuple(filter(self._asked.counting.in_force, found))
        return self._speaking[digest]

    def _approvals(self, among: Iterable[Filed]) -> Iterator[_Given[Approval]]:
        """Yield the approvals among some words that are for this deliverable, count, and are not over."""
        asked = self._asked
        for filed in among:
            approval = filed.record
            if (
                isinstance(approval, Approval)
                and meant_for(approval, asked.deliverable)
                and in_force(approval.expires, asked.now)
                and asked.counting.word(filed)
                and not cut_since(self._catalogue, filed)
            ):
                yield _Given(approval, filed.entry)

    def _of_title(self) -> tuple[Filed, ...]:
        """Return every word about the title that nobody took back."""
        if self._title is None:
            found = _of_title(self._catalogue, self._asked.deliverable.project, self._asked.deliverable.title)
            self._title = tuple(filter(self._asked.counting.in_force, found))
        return self._title

    def _refusals(self, digest: Digest) -> list[_Given[Refusal]]:
        return [
            _Given(f.record, f.entry)
            for f in self._speaks(digest)
            if isinstance(f.record, Refusal)
            and any(s.digest == digest for s in f.record.subjects)
            and meant_for(f.record, self._asked.deliverable)
        ]

    def _clearances(self) -> Iterator[Clearance]:
        """Yield the clearances. One answers the doubts there were, not one that a person raised afterwards."""
        filed = self._speaks(self._asked.digest)
        doubted = max((f.entry for f in filed if isinstance(f.record, Declaration) and _doubts(f.record)), default=0)
        for each in filed:
            word = each.record
            if (
                isinstance(word, Clearance)
                and each.entry > doubted
                and in_force(word.expires, self._asked.now)
                and self._asked.counting.word(each)
            ):
                yield word

    def _attestations(self) -> "tuple[tuple[Attestation, ...], tuple[str, ...]]":
        """Return the attestations, and why one by a timeline does not count."""
        filed = [f for f in self._catalogue.records_of(self._asked.digest) if f.record.kind == "attestation"]
        if not filed:
            return (), ()
        from provenance.catalogue.attested import attested  # few files have one

        return attested(self._catalogue, self._asked, filed)

    # --- what reaches further -----------------------------------------------------------------------------------------

    def _flagged(self) -> bool:
        shown = self._asked.shown
        if shown is not None:
            return shown.verdict.origin.flagged
        return self._catalogue.contribution(self._asked.digest).flagged

    def _reached(self, named: set[str]) -> tuple[list[Approval], list[Way], list[str]]:
        """Return the approvals that reach the file, how they do, and why others nearly do not."""
        digest = self._asked.digest
        approvals: list[Approval] = []
        ways: list[Way] = []
        missed: list[str] = []
        for given in self._far(named):
            approval = given.record
            found = self._held_up(given) or Reach(approval, self).way(self.kin(digest))
            if isinstance(found, Way):
                approvals.append(approval)
                ways.append(found)
            else:
                missed.append(f"{approval.id} ({approval.scope.value}) does not cover it: {found}")
        return approvals, ways, missed

    def _far(self, named: set[str]) -> Iterator[_Given[Approval]]:
        """Yield what might reach the file: by the title those that mean its name, and by its relatives."""
        met = set(named)
        path = self._path() if self._of_title() else b""
        named_so = [f for f in self._of_title() if isinstance(f.record, Approval) and meant_by_name(f.record, path)]
        near = (g for g in self._approvals(named_so) if whole(g.record))
        for given in (*near, *self._of_relatives()):
            if given.record.id not in met:
                met.add(given.record.id)
                yield given

    def _of_relatives(self) -> Iterator[_Given[Approval]]:
        met = {self._asked.digest}
        waiting = [self.kin(d) for d in met if self._catalogue.links_of(d)]
        while waiting and len(met) < _FAMILY:
            for step in waiting.pop().steps:
                if step.parent not in met:
                    met.add(step.parent)
                    waiting.append(self.kin(step.parent))
                    speaking = self._approvals(self._speaks(step.parent))
                    yield from (g for g in speaking if g.record.scope is Scope.DERIVATIVES and whole(g.record))

    def _held_up(self, given: _Given[Approval]) -> str | None:
        """Return which refusal ended an approval's reach, in words; None if none did."""
        for filed in self._of_title():
            refusal = filed.record
            if not isinstance(refusal, Refusal) or filed.entry < given.entry or refusal.id in given.record.despite:
                continue
            if meant_for(refusal, self._asked.deliverable) and any(
                ended_by(given.record, self.kin(s.digest), (name_of(s.name.encode("utf-8", "surrogateescape")),), self)
                for s in refusal.subjects
            ):
                return f"{refusal.id} refused something it reached"
        return None

    def _superseded(self) -> tuple[Supersession, ...]:
        if not self._catalogue.links_of(self._asked.digest):
            return ()
        used = freed(self.kin(self._asked.digest), self)
        records = (self._catalogue.find_record(name).record for name in used or ())
        return tuple(r for r in records if isinstance(r, Supersession))

    # --- relatives ----------------------------------------------------------------------------------------------------

    def _look(self, digest: Digest) -> Kin:
        asked, catalogue = self._asked, self._catalogue
        shown = asked.shown if digest == asked.digest else None
        names = {name_of(s.place.path) for s in catalogue.sightings_of(digest)}
        evidences = catalogue.evidence_of(digest)
        marks: frozenset[str] = frozenset()
        if shown is not None:
            names.add(name_of(shown.path))
            marks = marks_of(shown.verdict, shown.credential.generator)
        elif evidences:
            verdict = classify(evidences[0], Beside(), catalogue.context_of(digest))
            marks = marks_of(verdict, evidences[0].credential.generator)
        return Kin(
            digest,
            min(names, default=digest[:12]) if shown is None else name_of(shown.path),
            marks.union(map(told_mark, self.told_of(digest))),
            tuple(self._steps(digest)),
            frozenset(names),
            self._path() if digest == asked.digest else None,
            frozenset(f.record.id for f in self._refusals(digest)),
            tuple(self._replaced(digest)),
        )

    def _path(self) -> bytes:
        """Return where the file lies, or lay last; empty where nobody saw it in a zone."""
        if self._asked.shown is not None:
            return self._asked.shown.path
        seen = self._catalogue.sightings_of(self._asked.digest)
        return bytes(seen[0].place.path) if seen else b""

    def _steps(self, digest: Digest) -> Iterator[Step]:
        """Yield the ways up that hand on a flag or a doubt, one for each parent, with the gravest that it hands on."""
        steps: dict[Digest, Step] = {}
        for link in self._catalogue.links_of(digest):
            up = ancestor(link, self._catalogue.contribution(Digest(link.parent.hex())))
            if up is None:
                continue
            claim = carried(CLAIM_OF_ORIGIN[up.origin], up.relation, removed=up.removed)
            known = steps.get(up.digest)
            if claim in DOUBTS and (known is None or DOUBTS.index(claim) < DOUBTS.index(known.claim)):
                steps[up.digest] = Step(up.digest, up.title or up.digest[:12], claim)
        for step in steps.values():
            yield replace(step, carriers=tuple(self._carriers(digest, step.parent)))

    def _carriers(self, child: Digest, parent: Digest) -> Iterator[Carrier]:
        """Yield the derivations of a child from a parent over which an approval may travel."""
        for filed in self._speaks(child):
            record = filed.record
            if (
                isinstance(record, Derivation)
                and any(c.digest == child for c in record.children)
                and any(p.digest == parent for p in record.parents)
                and self._asked.counting.carrier(filed)
            ):
                ours = record.witness is Witness.TOOL
                yield Carrier(record.id, frozenset(record.added) if ours else frozenset())

    def _replaced(self, digest: Digest) -> Iterator[tuple[Digest, str]]:
        for filed in self._speaks(digest):
            record = filed.record
            if (
                isinstance(record, Supersession)
                and record.final.digest == digest
                and record.project == self._asked.deliverable.project
                and self._asked.counting.word(filed)
            ):
                yield from ((s.digest, record.id) for s in record.replaced if s.digest != digest)


def marks(queries: "Queries", digest: Digest, shown: Shown | None) -> frozenset[str]:
    """Return everything that speaks against a file, lineage included: what an approval of it is about."""
    nowhere = Deliverable(ProjectId(""), Title(""), Channel(""))  # no mark is about where a file goes
    kin = Effect(queries, Question(digest, nowhere, UtcTime(""), shown)).kin(digest)
    return kin.marks | {lineage_mark(s.claim, s.parent) for s in kin.steps}


def cut_since(queries: "Queries", filed: Filed) -> bool:
    """Whether a record is an approval until a picture change, and there was one since.

    An approval that names no shot is always meant: nobody can say that it is not.
    """
    approval = filed.record
    if not isinstance(approval, Approval) or not approval.until_picture_change:
        return False
    since = (f for f in _of_title(queries, approval.project, approval.title) if f.entry > filed.entry)
    changes = (f.record for f in since if isinstance(f.record, PictureChange))
    return any(not c.shots or not approval.shot or approval.shot in c.shots for c in changes)


def _of_title(queries: "Queries", project: ProjectId, title: Title) -> tuple[Filed, ...]:
    return queries.words_of_title(title_key(project, title))


def _knows(given: _Given[Approval], refusals: list[_Given[Refusal]]) -> bool:
    """Whether an approval was given knowing of every refusal of the same bytes."""
    return all(r.record.id in given.record.despite and given.entry > r.entry for r in refusals)


def _doubts(declaration: Declaration) -> bool:
    """Whether somebody's word raises a doubt, and does not only say who made it."""
    return Origin(declaration.origin) not in {Origin.CAPTURED, Origin.CREATED}
