"""Looking again at what is recorded: whether it still reads as it did when others read it.

What is found is recorded as by a scan, and each verdict that came out otherwise is told, from what to what. A file that
is not there any more cannot be looked at: what was recorded of it stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from provenance.asset import Digest, Place, RelPath
from provenance.catalogue import Batch, Catalogue, Change, Recorded
from provenance.catalogue.history import Past
from provenance.catalogue.knowledge import SEVERITY
from provenance.errors import FileTrouble, ProvenanceError, ZoneTrouble
from provenance.evidence import Examiner, Kind, State, effective_credential
from provenance.examination import Answer, Failed, Failure, Looked, Request, companions_among
from provenance.looking import COMMIT_FILES, Intake, examined
from provenance.targets import Target, failure_error, folder_error
from provenance.verdict import Ground, Origin, Verdict
from watcher.sweep import Folder

NAMED = 10_000
"""So many files of a kind are named; of more the number is known."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A verdict that is another one now, or a credential in another state. `via` says through what, if not itself."""

    place: Place | None
    digest: Digest
    was: Origin
    now: Origin
    was_state: State | None
    now_state: State | None
    came: tuple[Ground, ...]
    went: tuple[Ground, ...]
    via: str | None = None

    @property
    def milder(self) -> bool:
        """Whether less is asked for than before: what a person has to look at first."""
        return SEVERITY.get(self.now, 0) < SEVERITY.get(self.was, 0)


@dataclass(frozen=True, slots=True)
class Due:
    """A file that could read otherwise now, by whom it was read, and what of that is another one."""

    place: Place
    by: Examiner
    because: str


@dataclass(slots=True)
class Again:
    """What a look at what is recorded came to, counted while it runs: also true when it is interrupted."""

    looked: int = 0
    same: int = 0
    changed: list[Moved] = field(default_factory=list)
    changes: int = 0
    replaced: int = 0
    """Files that hold other bytes now than were recorded at their place: recorded anew, which is no drift."""
    gone: int = 0
    due: list[Due] = field(default_factory=list)
    dues: int = 0
    troubles: list[tuple[Place, str]] = field(default_factory=list)
    troubled: int = 0
    worst: ProvenanceError | None = None

    def note(self, place: Place, says: str, error: ProvenanceError) -> None:
        """Keep what could not be looked at."""
        self.troubled += 1
        if len(self.troubles) < NAMED:
            self.troubles.append((place, says))
        if self.worst is None or error.code > self.worst.code:
            self.worst = error

    def add(self, moved: Moved) -> None:
        """Count a change, and name it while there is room."""
        self.changes += 1
        if len(self.changed) < NAMED:
            self.changed.append(moved)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked at again: all that is recorded and there, or only what could read otherwise today."""

    catalogue: Catalogue
    today: Examiner
    outdated: bool

    def names(self, target: Target, folder: bytes) -> set[bytes]:
        """Return the names in a folder that are recorded as present and wanted."""
        if not self.outdated:
            return set(self.catalogue.known_files(target.zone_name, RelPath(folder)))
        return {o.name for o in self.catalogue.drift(self.today).among(target.zone_name, RelPath(folder))}

    def folders(self, target: Target) -> Iterator[RelPath]:
        """Yield the folders of a target in which anything is recorded as present."""
        below = RelPath(target.below.rpartition(b"/")[0] if target.single else target.below)
        for folder in self.catalogue.known_folders(target.zone_name, below):
            if not target.single or folder == below:
                yield folder


def due(wanted: Wanted, targets: Iterable[Target], again: Again) -> None:
    """Count and name what would be looked at, by what is recorded. Looks at no file."""
    for target in targets:
        only = target.below.rpartition(b"/")[2] if target.single else None
        for folder in wanted.folders(target):
            names = wanted.names(target, folder)
            known = wanted.catalogue.known_files(target.zone_name, folder, among=names)
            for name in sorted(names if only is None else names & {only}):
                again.dues += 1
                if len(again.due) < NAMED:
                    by = known[name].examiner
                    again.due.append(Due(target.place(_join(folder, name)), by, because(by, wanted.today)))


def because(by: Examiner, today: Examiner) -> str:
    """Return in words what is another one about whoever looked than about whoever would today."""
    others = []
    if by.revision != today.revision:
        others.append(f"readers {by.revision}, now {today.revision}")
    if by.c2pa != today.c2pa:
        others.append(f"SDK {by.c2pa}, now {today.c2pa}")
    if by.trust_list != today.trust_list:
        old, new = ((e.trust_list or "none")[:12] for e in (by, today))
        others.append(f"trust list {old}, now {new}")
    return "; ".join(others) or "read by today's readers"


def rescan(intake: Intake, wanted: Wanted, targets: Iterable[Target], again: Again) -> None:
    """Look again at what is recorded and there, record what is found, and count into `again` what came out otherwise.

    What cannot be looked at keeps its verdict, and stops nothing else: it is kept in `again.worst`.
    """
    for target in targets:
        try:
            _Look(intake, wanted, target, again).run()
        except (FileTrouble, ZoneTrouble) as error:
            again.note(target.place(b""), error.message, error)


class _Look:
    """One target, looked at again."""

    def __init__(self, intake: Intake, wanted: Wanted, target: Target, again: Again) -> None:
        self._intake = intake
        self._catalogue = intake.catalogue
        self._wanted = wanted
        self._target = target
        self._again = again
        self._listed: set[bytes] = set()
        self._some: list[tuple[Request, Looked]] = []

    def run(self) -> None:
        """(1) ask for what is there; (2) record what comes back, many to a commit; (3) count what was not there."""
        for request, answer in self._intake.pool.examine(self._requests()):  # (1)
            self._intake.progress.done(1, request.size)
            self._take(request, answer)
            if len(self._some) >= COMMIT_FILES:  # (2)
                self._flush()
        self._flush()
        if not self._target.single:  # (3)
            for folder in self._wanted.folders(self._target):
                if folder not in self._listed:
                    self._again.gone += len(self._wanted.names(self._target, folder))

    def _requests(self) -> Iterator[Request]:
        for folder in self._target.folders():
            self._listed.add(folder.path)
            if folder.error is not None:
                error = folder_error(self._target, folder)
                self._again.note(self._target.place(folder.path), error.message, error)
                continue
            fresh = list(self._of(folder))
            self._intake.progress.found(len(fresh), sum(r.size for r in fresh))
            yield from fresh

    def _of(self, folder: Folder) -> Iterator[Request]:
        names = self._wanted.names(self._target, folder.path)
        if not self._target.single:
            self._again.gone += len(names - {name for name, _ in folder.files})
        if not names:
            return
        beside = companions_among(name for name, _ in folder.files)
        for name, found in folder.files:
            if name in names:
                yield self._target.request(folder.path, name, found.st_size, beside)

    def _take(self, request: Request, answer: Answer) -> None:
        match answer:
            case Looked():
                self._some.append((request, answer))
            case Failed(failure=Failure.MISSING):
                self._again.gone += 1
            case Failed():
                error = failure_error(self._target, request, answer)
                self._again.note(self._target.place(request.path), answer.says, error)
            case _:
                assert_never(answer)

    def _flush(self) -> None:
        some, self._some = self._some, []
        if not some:
            return
        before = [self._stood(request, looked) for request, looked in some]
        batch = Batch(tuple(examined(self._target, request, looked) for request, looked in some))
        recorded = self._catalogue.record(batch, self._intake.stamp())
        told: set[tuple[Digest, Place]] = set()
        for (request, looked), was in zip(some, before, strict=True):
            place = self._target.place(request.path)
            told.add((looked.evidence.asset.digest, place))
            self._compare(place, looked, was)
        self._again.looked += len(some)
        self._others(recorded, told)

    def _stood(self, request: Request, looked: Looked) -> "_Stood | None":
        """Return what was recorded of a file before; None if other bytes were there."""
        place = self._target.place(request.path)
        sighting = self._catalogue.sighting_at(place)
        digest = looked.evidence.asset.digest
        return None if sighting is None or sighting.digest != digest else _stood(self._catalogue, digest, place)

    def _compare(self, place: Place, looked: Looked, was: "_Stood | None") -> None:
        if was is None:
            self._again.replaced += 1
            return
        digest = looked.evidence.asset.digest
        now = _stood(self._catalogue, digest, place)
        if (was.verdict.origin, was.state) == (now.verdict.origin, now.state):
            self._again.same += 1
            return
        came, went = _difference(was.verdict.grounds, now.verdict.grounds)
        origins = (was.verdict.origin, now.verdict.origin)
        self._again.add(Moved(place, digest, *origins, was.state, now.state, came, went))

    def _others(self, recorded: Recorded, told: set[tuple[Digest, Place]]) -> None:
        """Tell of what was not looked at itself, and has another verdict: a copy, or what has a parent or twin in it.

        Each copy is told of by the verdict on that copy. Where only what is handed on is another one, there is nothing
        to tell.
        """
        looked = {digest for digest, _ in told}
        for change in recorded.changed:
            past = tuple(p for p in self._catalogue.past_of(change.digest) if p.entry == recorded.entry)
            if not past and change.was is change.now:
                continue
            present = [s.place for s in self._catalogue.sightings_of(change.digest) if s.present]
            for place in present or (None,):
                if place is None or (change.digest, place) not in told:
                    self._other(change, place, past, copied=change.digest in looked)

    def _other(self, change: Change, place: Place | None, past: tuple[Past, ...], *, copied: bool) -> None:
        own = place is not None and self._catalogue.is_special(change.digest, place)
        ended = [p for p in past if p.place == (place if own else None)]
        if past and not ended and (place is not None or change.was is change.now):
            return  # it is another copy whose verdict is another one
        verdict = self._catalogue.verdict_of(change.digest, place)
        origins, grounds = (change.was, change.now), None
        if ended and verdict is not None:
            origins, grounds = (ended[-1].origin, verdict.origin), ended[-1].grounds
        came, went = _difference(grounds or (), verdict.grounds if verdict and grounds is not None else ())
        via = "it holds the same bytes as a file that reads otherwise" if copied else _via(came, went)
        self._again.add(Moved(place, change.digest, *origins, None, None, came, went, via))


def _via(came: Iterable[Ground], went: Iterable[Ground]) -> str:
    kinds = {g.kind for g in (*came, *went)}
    if kinds == {Kind.LIKENESS.value}:
        return "what is seen or heard in it is the same as in a file that reads otherwise"
    if Kind.LIKENESS.value in kinds:
        return "what it was made from, or what is the same, reads otherwise"
    return "what it was made from reads otherwise"


@dataclass(frozen=True, slots=True)
class _Stood:
    verdict: Verdict
    state: State


def _stood(catalogue: Catalogue, digest: Digest, place: Place) -> _Stood:
    verdict = catalogue.verdict_of(digest, place)
    assert verdict is not None
    return _Stood(verdict, effective_credential(*catalogue.known_at(digest, place)).state)


def _difference(was: tuple[Ground, ...], now: tuple[Ground, ...]) -> tuple[tuple[Ground, ...], tuple[Ground, ...]]:
    """Return the grounds that came and those that went; through whom they are known is no difference."""
    told = {(g.kind, g.claim, g.strength, g.place, g.says) for g in was}
    tells = {(g.kind, g.claim, g.strength, g.place, g.says) for g in now}
    came = tuple(g for g in now if (g.kind, g.claim, g.strength, g.place, g.says) not in told)
    return came, tuple(g for g in was if (g.kind, g.claim, g.strength, g.place, g.says) not in tells)


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
