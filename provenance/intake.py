"""What is new under these paths, and getting it into the catalogue.

A sweep says what is there; the catalogue says what is known of it; the difference goes to the pool, and what comes
back is recorded, many files to a commit. Killed at any point, the next sweep finds what has no row yet.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from provenance.asset import Place, RelPath, UtcTime
from provenance.catalogue import Batch, Examined, Known, Trouble
from provenance.evidence import Examiner, State, effective_credential
from provenance.examination import SIDECAR_SUFFIX, Answer, Failed, Failure, Looked, Request, sidecar_names
from provenance.looking import COMMIT_FILES, Intake, examined
from provenance.targets import Target
from watcher.sweep import Folder

COMMIT_BYTES = 1 << 30


@dataclass(slots=True)
class Tally:
    """What a scan did, counted while it runs: also true when it is interrupted."""

    recorded: int = 0
    unchanged: int = 0
    vanished: int = 0
    size: int = 0
    states: Counter[State] = field(default_factory=Counter)
    unreadable: list[tuple[Place, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    absent_roots: list[str] = field(default_factory=list)


def scan(intake: Intake, targets: Iterable[Target], tally: Tally) -> None:
    """Record everything new or changed under zones' targets, and what is gone from them; count it into `tally`.

    Raises `FileMissing` if a zone's own folder is not there: then nothing is marked as gone.
    """
    for target in targets:
        _scan_target(intake, target, tally)


def _scan_target(intake: Intake, target: Target, tally: Tally) -> None:
    """(1) sweep; (2) send what is new to the pool; (3) record what comes back; (4) only then mark what is gone."""
    began = intake.stamp().at
    listed: set[bytes] = set()
    unseen: list[bytes] = []
    gone: list[RelPath] = []
    batch = _Batcher(intake, tally)

    def requests() -> Iterator[Request]:
        for folder in target.folders():  # (1)
            listed.add(folder.path)
            if folder.error is not None:
                unseen.append(folder.path)
                batch.trouble(target, folder.path, Failure.NOT_PERMITTED, folder.error)
            for name, odd in folder.odd:
                place = target.place(_join(folder.path, name))
                batch.add_trouble(Trouble(place, Failure.NOT_REGULAR.value, f"a {odd.value}, which is never opened"))
            known = intake.catalogue.known_files(target.zone_name, RelPath(folder.path))
            fresh, missing = _compare(folder, known, intake.examiner() if known else None, target)
            if folder.error is None and not target.single:
                gone.extend(RelPath(_join(folder.path, name)) for name in missing)
            tally.unchanged += len(folder.files) - len(fresh)
            intake.progress.found(len(fresh), sum(r.size for r in fresh))
            yield from fresh

    for request, answer in intake.pool.examine(requests()):  # (2)
        batch.take(target, request, answer)  # (3)
    batch.flush()
    if not target.single:  # (4)
        _mark_gone(intake, target, tally, _Gone(began, gone, listed, unseen))


@dataclass(frozen=True, slots=True)
class _Gone:
    """What a sweep missed: files by name, and which folders it did and did not get to see since it began."""

    began: UtcTime
    files: list[RelPath]
    listed: set[bytes]
    unseen: list[bytes]


def _mark_gone(intake: Intake, target: Target, tally: Tally, seen: _Gone) -> None:
    """Mark as not present what a complete look did not find.

    A folder that could not be listed proves nothing about what is in it. Nor does an empty root on another device
    than its files were on: that is a share that is not mounted.
    """
    files = list(seen.files)
    for folder in intake.catalogue.known_folders(target.zone_name, RelPath(target.below)):
        if folder not in seen.listed and not any(_inside(folder, u) for u in seen.unseen):
            names = intake.catalogue.known_files(target.zone_name, folder)
            files += [RelPath(_join(folder, name)) for name in names]
    if files and seen.listed == {b""} and _unmounted(intake, target, files):
        tally.absent_roots.append(target.zone_name)
        return
    stamp = intake.stamp()
    tally.vanished += intake.catalogue.vanish(target.zone_name, files, stamp.at)
    if not target.below and not seen.unseen:
        intake.catalogue.finish_sweep(target.zone_name, stamp.at, seen.began)


def _unmounted(intake: Intake, target: Target, files: list[RelPath]) -> bool:
    root = Path(os.fsdecode(target.root))
    if any(root.iterdir()):
        return False
    seen = intake.catalogue.sighting_at(Place(target.zone_name, files[0]))
    return seen is not None and seen.key.device != root.stat().st_dev


def _inside(path: bytes, folder: bytes) -> bool:
    return not folder or path == folder or path.startswith(folder + b"/")


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _compare(
    folder: Folder, known: dict[bytes, Known], examiner: Examiner | None, target: Target
) -> tuple[list[Request], list[bytes]]:
    """Return what has to be looked at, and which known names are not there any more.

    A file is looked at again if it is new, another version, was recorded too soon after a change to be sure, was read
    by another examiner, or if a sidecar that may be its own came, went or changed.
    """
    changed: set[bytes] = set()
    present: dict[bytes, os.stat_result] = dict(folder.files)
    missing = [name for name in known if name not in present]
    for name, found in folder.files:
        was = known.get(name)
        if was is None or examiner is None or not was.is_version(found, examiner):
            changed.add(name)
    touched = {n for n in (*changed, *missing) if n.endswith(SIDECAR_SUFFIX)}
    if touched:
        changed.update(n for n in present if not touched.isdisjoint(sidecar_names(n)))
    fresh = [target.request(folder.path, n, s.st_size, present) for n, s in folder.files if n in changed]
    return fresh, missing


class _Batcher:
    """Collects answers and records many of them in one transaction."""

    def __init__(self, intake: Intake, tally: Tally) -> None:
        self._intake = intake
        self._tally = tally
        self._examined: list[Examined] = []
        self._troubles: list[Trouble] = []
        self._size = 0

    def take(self, target: Target, request: Request, answer: Answer) -> None:
        """Add one answer; record the batch if it is large enough."""
        place = target.place(request.path)
        match answer:
            case Looked():
                self._count(place, answer)
                self._examined.append(examined(target, request, answer))
                self._size += answer.key.size
            case Failed():
                if answer.failure is not Failure.MISSING:
                    self.add_trouble(Trouble(place, answer.failure.value, answer.says))
        self._intake.progress.done(1, request.size)
        if len(self._examined) >= COMMIT_FILES or self._size >= COMMIT_BYTES:
            self.flush()

    def trouble(self, target: Target, path: bytes, failure: Failure, error: OSError) -> None:
        """Add a folder that could not be listed."""
        self.add_trouble(Trouble(target.place(path), failure.value, f"folder cannot be listed: {error}"))

    def add_trouble(self, trouble: Trouble) -> None:
        """Add something that could not be examined."""
        self._troubles.append(trouble)
        self._tally.troubles.append(trouble)

    def flush(self) -> None:
        """Record what was collected, in one transaction."""
        if self._examined or self._troubles:
            batch = Batch(tuple(self._examined), tuple(self._troubles))
            self._intake.catalogue.record(batch, self._intake.stamp())
            self._tally.recorded += len(self._examined)
            self._tally.size += self._size
        self._examined, self._troubles, self._size = [], [], 0

    def _count(self, place: Place, looked: Looked) -> None:
        credential = effective_credential(looked.evidence, looked.beside)
        self._tally.states[credential.state] += 1
        if credential.state is State.UNREADABLE:
            self._tally.unreadable.append((place, credential.why or "unreadable"))
