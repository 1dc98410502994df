"""What is new under these paths, and getting it into the catalogue.

A sweep says what is there; the catalogue says what is known of it; the difference goes to the pool, and what comes
back is recorded, many files to a commit. Killed at any point, the next sweep finds what has no row yet.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import assert_never

from provenance.asset import Place, RelPath, UtcTime
from provenance.catalogue import Batch, Examined, Known, Trouble
from provenance.errors import FileMissing, FileTrouble, ProvenanceError, ZoneTrouble
from provenance.evidence import Examiner, State, effective_credential
from provenance.examination import (
    Answer,
    Failed,
    Failure,
    Looked,
    Request,
    belong_together,
    companion_names,
    companions_among,
    is_companion,
    may_accompany_companions,
    read_among,
)
from provenance.files import display
from provenance.looking import COMMIT_FILES, Intake, decode, examined
from provenance.targets import Target, failure_error, folder_error, folder_failure, unlisted
from watcher.sweep import Folder

COMMIT_BYTES = 1 << 30
VANISH_FILES = 10_000
"""Files that are marked as gone in one transaction: others wait for it, and their paths are held until then."""

COMPARED = 5_000
"""Known pictures that a scan of a zone decodes at the most; the next one goes on. The gate waits for none of them."""
BUSY = 1_000
"""A scan that took in so many files leaves that to the next one: whoever waits for it waits for the files."""

FEW = 32
"""A scan that took in no more files decodes its own flagged ones too: they may be gone before the next scan."""

NAMED = 10_000
"""So many files of a kind a tally names; of more it knows the number."""


@dataclass(slots=True)
class Tally:
    """What a scan did, counted while it runs: also true when it is interrupted."""

    recorded: int = 0
    unchanged: int = 0
    vanished: int = 0
    size: int = 0
    states: Counter[State] = field(default_factory=Counter)
    unreadable: list[tuple[Place, str]] = field(default_factory=list)
    """The first `NAMED` of them; `states` counts them all."""
    troubles: list[Trouble] = field(default_factory=list)
    """The first `NAMED` of them; `troubled` counts them all."""
    troubled: int = 0
    absent_roots: list[str] = field(default_factory=list)
    worst: ProvenanceError | None = None
    """Of what could not be recorded, the first with the highest exit code. None: every file was recorded."""

    def note(self, error: ProvenanceError) -> None:
        """Keep an error if it is worse than what was met so far."""
        if self.worst is None or error.code > self.worst.code:
            self.worst = error

    def add_trouble(self, trouble: Trouble) -> None:
        """Count a trouble, and name it while there is room."""
        self.troubled += 1
        if len(self.troubles) < NAMED:
            self.troubles.append(trouble)

    def count(self, place: Place, looked: Looked) -> None:
        """Count a file by the state of its credential, and name it if that cannot be read, while there is room."""
        credential = effective_credential(looked.evidence, looked.beside)
        self.states[credential.state] += 1
        if credential.state is State.UNREADABLE and len(self.unreadable) < NAMED:
            self.unreadable.append((place, credential.why or "unreadable"))


def scan(intake: Intake, targets: Iterable[Target], tally: Tally) -> None:
    """Record everything new or changed under zones' targets, and what is gone from them; count it into `tally`.

    What cannot be looked at stops nothing else, neither a file nor a whole zone: it is kept in `tally.worst`, and
    whoever asked must end with its code. Under a zone whose root is not there nothing is marked as gone.
    """
    for target in targets:
        try:
            _scan_target(intake, target, tally)
        except (FileTrouble, ZoneTrouble) as error:
            tally.note(error)
    intake.catalogue.comparing.settle()
    intake.catalogue.note_config(intake.stamp())  # under which rules, also where nothing was new


def _scan_target(intake: Intake, target: Target, tally: Tally) -> None:
    """(1) sweep; (2) send what is new to the pool; (3) record what comes back; (4) only then mark what is gone."""
    began = intake.stamp().at
    seen = _Seen(intake, target, tally)
    batch = _Batcher(intake, target, tally)

    def requests() -> Iterator[Request]:
        for folder in target.folders():  # (1)
            batch.note(folder)
            if _is_as_known(intake, target, folder):
                seen.take(folder, ())
                tally.unchanged += len(folder.files)
                continue
            known = intake.catalogue.known_files(target.zone_name, RelPath(folder.path))
            changed, missing = compare(folder, known)  # whoever read it: what is outdated is `rescan`'s
            if target.single:
                changed |= _with_sidecar(intake, target, folder)
            else:
                seen.take(folder, missing)
            tally.unchanged += len(folder.files) - len(changed)
            sizes = [found.st_size for name, found in folder.files if name in changed] if changed else []
            intake.progress.found(len(sizes), sum(sizes))
            if not changed:
                continue
            beside = companions_among(name for name, _ in folder.files)
            yield from (target.request(folder.path, n, f.st_size, beside) for n, f in folder.files if n in changed)

    for request, answer in intake.pool.examine(_thorough_if_few(requests())):  # (2)
        batch.take(request, answer)  # (3)
    batch.flush()
    before = intake.stamp().at if tally.recorded <= FEW else began
    _compare_earlier(intake, target, before, COMPARED if tally.recorded < BUSY else 0)
    if not target.single:  # (4)
        seen.finish(began)


def _thorough_if_few(requests: Iterator[Request]) -> Iterator[Request]:
    """Have what is flagged among a few files decoded at once, in the same look and the same entry of the ledger."""
    first = tuple(islice(requests, FEW + 1))  # a worker is sent about as many together anyway
    yield from first if len(first) > FEW else (replace(request, thorough=True) for request in first)
    yield from requests


def _is_as_known(intake: Intake, target: Target, folder: Folder) -> bool:
    """Whether nothing changed in a folder since it was recorded: a quick look, which errs towards looking closely."""
    if target.single or folder.error is not None:
        return False
    known = intake.catalogue.is_as_known(target.zone_name, RelPath(folder.path), folder.files)
    return known and not belong_together([name for name, _ in folder.files])


def _compare_earlier(intake: Intake, target: Target, before: UtcTime, most: int) -> None:
    """Decode known pictures that may be the same as one that is flagged; `target` is all of a zone.

    What is flagged, and nothing is like yet, is left to the next scan if it was not known `before` and workers did not
    get to it: here somebody waits.
    """
    if target.zone is None or target.single:
        return
    lying = list(intake.catalogue.comparing.waiting(target.zone_name, most, before))
    if lying:
        decode(replace(intake, zones=lambda: (target,)), lying)


class _Seen:
    """Which folders a sweep did and did not get to see, and which files are gone from them.

    A folder that could not be listed proves nothing about what is in it. Nor does an empty root on another device
    than its files were on: that is a share that is not mounted.
    """

    def __init__(self, intake: Intake, target: Target, tally: Tally) -> None:
        self._intake = intake
        self._target = target
        self._tally = tally
        self._listed: set[bytes] = set()
        self._unseen: list[bytes] = []
        self._gone: list[RelPath] = []
        self._mounted: bool | None = None

    def take(self, folder: Folder, missing: Iterable[bytes]) -> None:
        """Add a folder as it was listed, with the names that are known and were not found in it."""
        self._listed.add(folder.path)
        if folder.error is None:
            self._add(folder.path, missing)
        else:
            self._unseen.append(folder.path)

    def finish(self, began: UtcTime) -> None:
        """Mark as not present what a complete look did not find; `began` is when it started."""
        catalogue, zone = self._intake.catalogue, self._target.zone_name
        for folder in catalogue.known_folders(zone, RelPath(self._target.below)):
            if folder not in self._listed and not any(_inside(folder, u) for u in self._unseen):
                self._add(folder, catalogue.known_files(zone, folder))
        self._vanish()
        if self._mounted is not False and not self._target.below and not self._unseen:
            catalogue.finish_sweep(zone, self._intake.stamp().at, began)

    def _add(self, folder: bytes, names: Iterable[bytes]) -> None:
        for name in names:
            self._gone.append(RelPath(_join(folder, name)))
            if len(self._gone) >= VANISH_FILES:
                self._vanish()

    def _vanish(self) -> None:
        gone, self._gone = self._gone, []
        if not gone:
            return
        if self._mounted is None:
            self._mounted = self._is_mounted(gone[0])
        if self._mounted:
            self._tally.vanished += self._intake.catalogue.vanish(self._target.zone_name, gone, self._intake.stamp().at)

    def _is_mounted(self, path: RelPath) -> bool:
        """Whether a file that is gone is so in earnest; if not, say so in the tally."""
        root = Path(os.fsdecode(self._target.root))
        was = self._intake.catalogue.sighting_at(Place(self._target.zone_name, path))
        try:
            if any(root.iterdir()) or was is None or was.key.device == root.stat().st_dev:
                return True
        except OSError as error:  # it was there when the sweep began
            self._tally.note(folder_error(self._target, Folder(b"", error=error)))
            return False
        self._tally.absent_roots.append(self._target.zone_name)
        zone = display(self._target.zone_name)
        self._tally.note(
            FileMissing(f"zone {zone} is empty, and on another device than its files were: is it mounted?")
        )
        return False


def _inside(path: bytes, folder: bytes) -> bool:
    return not folder or path == folder or path.startswith(folder + b"/")


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _with_sidecar(intake: Intake, target: Target, folder: Folder) -> set[bytes]:
    """Return a single file's name if a sidecar lies beside it or was read with it the last time.

    Nothing else in its folder is compared, so such a file is looked at again each time somebody names it.
    """
    changed = set()
    for name, found in folder.files:
        was = intake.catalogue.sighting_at(target.place(_join(folder.path, name)))
        if target.request(folder.path, name, found.st_size, frozenset()).sidecars or (was and was.beside.companied):
            changed.add(name)
    return changed


def compare(
    folder: Folder, known: dict[bytes, Known], examiner: Examiner | None = None
) -> tuple[set[bytes], list[bytes]]:
    """Return the names of what has to be looked at, and which known names are not there any more.

    A file is looked at again if it is new, another version, was recorded too soon after a change to be sure, or if a
    sidecar that may be its own came, went or changed. With an examiner, also if it was read by one who reads otherwise.
    """
    if examiner is not None:  # one object for what is equal, so that the comparison for each file is of identities
        examiner = next((k.examiner for k in known.values() if k.examiner == examiner), examiner)
    changed: set[bytes] = set()
    met = accompanied = 0
    for name, found in folder.files:
        was = known.get(name)
        if was is None:
            changed.add(name)
            continue
        met += 1
        accompanied += was.accompanied
        # The first comparison says of nearly every file what the second would, in half the time.
        differs = was[:4] != found[:4] or was.racy or (examiner is not None and was.examiner is not examiner)
        if differs and not was.is_version(found, examiner):
            changed.add(name)
    names = [name for name, _ in folder.files]
    missing = [] if met == len(known) else sorted(known.keys() - set(names))
    if accompanied or belong_together(names):
        changed |= _unpaired(names, known, companions_among(names))
    return changed | owners(folder, (*changed, *missing)), missing


def unpaired(names: Collection[bytes], known: Mapping[bytes, Known]) -> set[bytes]:
    """Return known names whose sidecar has come or gone since they were read, as far as they still are in a folder.

    A sidecar is a file of its own, and may have been recorded before its owner was read again.
    """
    there = companions_among(names)
    if not there and not any(was.accompanied for was in known.values()):
        return set()
    return _unpaired([name for name in known if name in names], known, there)


def _unpaired(names: Iterable[bytes], known: Mapping[bytes, Known], there: Collection[bytes]) -> set[bytes]:
    """Return those of some names that were not read with what lies beside them now; what is not known is left out."""
    if not may_accompany_companions(there):  # a folder full of texts is no rarity, and none lies beside another
        names = [name for name in names if not is_companion(name) or ((was := known.get(name)) and was.accompanied)]
    return {
        name
        for name in names
        if (was := known.get(name)) is not None
        and was.accompanied != len(read_among(n for n in companion_names(name) if n in there))
    }


def owners(folder: Folder, touched: Iterable[bytes]) -> set[bytes]:
    """Return the other names in a folder that any of the names touched may be the sidecar of."""
    there = companions_among(touched := frozenset(touched))
    if not there:
        return set()
    return {n for n, _ in folder.files if n not in touched and not there.isdisjoint(companion_names(n))}


class _Batcher:
    """Collects answers and records many of them in one transaction."""

    def __init__(self, intake: Intake, target: Target, tally: Tally) -> None:
        self._intake = intake
        self._target = target
        self._tally = tally
        self._examined: list[Examined] = []
        self._troubles: list[Trouble] = []
        self._size = 0

    def note(self, folder: Folder) -> None:
        """Add what a folder holds that is never opened, and the folder itself if it could not be listed."""
        if folder.error is not None:
            error = folder_error(self._target, folder)
            self._add(folder.path, folder_failure(folder), unlisted(folder), error)
        for name, odd in folder.odd:
            self._add(_join(folder.path, name), Failure.NOT_REGULAR, f"a {odd.value}, which is never opened")

    def take(self, request: Request, answer: Answer) -> None:
        """Add one answer; record the batch if it is large enough."""
        match answer:
            case Looked():
                self._tally.count(self._target.place(request.path), answer)
                self._examined.append(examined(self._target, request, answer))
                self._size += answer.key.size
            case Failed(failure=Failure.MISSING) if not self._target.single:
                pass  # gone since the folder was listed: it is no longer there
            case Failed():
                error = failure_error(self._target, request, answer)
                self._add(request.path, answer.failure, answer.says, error)
            case _:
                assert_never(answer)
        self._intake.progress.done(1, request.size)
        if len(self._examined) + len(self._troubles) >= COMMIT_FILES or self._size >= COMMIT_BYTES:
            self.flush()

    def flush(self) -> None:
        """Record what was collected, in one transaction."""
        if self._examined or self._troubles:
            batch = Batch(tuple(self._examined), tuple(self._troubles))
            self._intake.catalogue.record(batch, self._intake.stamp())
            self._tally.recorded += len(self._examined)
            self._tally.size += self._size
        self._examined, self._troubles, self._size = [], [], 0

    def _add(self, path: bytes, failure: Failure, says: str, error: ProvenanceError | None = None) -> None:
        """Add a trouble. What is no regular file is one, and yet no error: links and pipes hold no bytes to record."""
        trouble = Trouble(self._target.place(path), failure.value, says)
        self._troubles.append(trouble)
        self._tally.add_trouble(trouble)
        if error is not None and failure is not Failure.NOT_REGULAR:
            self._tally.note(error)
