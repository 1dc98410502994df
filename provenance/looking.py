"""Looking at named files now, all of them, and recording what was found: what gates and people's words stand on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Protocol, assert_never

from provenance.asset import Digest, Place
from provenance.catalogue import Batch, Catalogue, Examined, Stamp
from provenance.catalogue.comparing import Lying
from provenance.evidence import Companion, Credential, Examiner, Sidecar, effective_credential
from provenance.examination import Failed, Looked, Request
from provenance.files import display
from provenance.pool import Pool
from provenance.records import AnyRecord
from provenance.targets import Target, failure_error, folder_error
from provenance.verdict import Verdict, classify
from watcher.sweep import Folder
from watcher.wait import Wait

COMMIT_FILES = 256
"""Files to a commit: one durable write for many, and little to do again after a kill."""


class Progress(Protocol):
    """Somebody who is told how the work goes. Nothing here prints."""

    def found(self, files: int, size: int) -> None:
        """More work has turned up."""

    def done(self, files: int, size: int) -> None:
        """Some of it is finished."""


class Silent:
    """Progress that nobody watches."""

    def found(self, files: int, size: int) -> None:
        """Say nothing."""

    def done(self, files: int, size: int) -> None:
        """Say nothing."""


Keep = Callable[[Catalogue, AnyRecord, Stamp], None]
"""Does with a word what is to be done with it, once it is known what it says."""


def plainly(catalogue: Catalogue, record: AnyRecord, stamp: Stamp) -> None:
    """Record a word that nobody signs."""
    catalogue.add_record(record, stamp)


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything a scan needs, so that it can be passed on as one thing."""

    catalogue: Catalogue
    pool: Pool
    examiner: Callable[[], Examiner]
    """Who would look. Asked only where something is known already: the answer loads the SDK."""
    stamp: Callable[[], Stamp]
    progress: Progress = field(default_factory=Silent)
    keep: Keep = plainly
    """What is done with a word: it is recorded, signed or not, or written down to be signed."""
    zones: Callable[[], Sequence[Target]] = tuple
    """Every zone there is: what lies in another one may have to be compared."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file as it is now, recorded and joined with all that is known of its bytes."""

    path: bytes
    """In the words of whoever named it."""
    absolute: bytes
    digest: Digest
    media_type: str
    verdict: Verdict
    credential: Credential
    sidecar: Sidecar | None
    """What was read together with it."""
    sidecar_path: bytes | None
    """Where that lies, as the file system has it."""
    speaking: tuple[Companion, ...]
    """XMP read together with it that says something."""
    unfinished: tuple[tuple[Wait, str], ...]
    """What speaks against it being finished, where that was asked."""


def look(intake: Intake, target: Target, wanted: Callable[[Target, Folder], Iterator[Request]]) -> Iterator[Seen]:
    """Examine what `wanted` asks for of each folder, record it, and yield each file joined with what is known of it.

    Many files share a commit. Raises `FileTrouble` for the first thing that cannot be examined.
    """

    def requests() -> Iterator[Request]:
        for folder in target.folders():
            if folder.error is not None:
                raise folder_error(target, folder)
            fresh = list(wanted(target, folder))
            intake.progress.found(len(fresh), sum(r.size for r in fresh))
            yield from fresh

    some: list[tuple[Request, Looked]] = []
    for request, answer in intake.pool.examine(requests()):
        intake.progress.done(1, request.size)
        match answer:
            case Failed():
                raise failure_error(target, request, answer)
            case Looked():
                some.append((request, answer))
            case _:
                assert_never(answer)
        if len(some) >= COMMIT_FILES:
            yield from _recorded(intake, target, some)
            some = []
    yield from _recorded(intake, target, some)


def _recorded(intake: Intake, target: Target, some: list[tuple[Request, Looked]]) -> Iterator[Seen]:
    if not some:
        return
    intake.catalogue.record(Batch(tuple(examined(target, r, k) for r, k in some)), intake.stamp())
    again = {r.path: k for r, k in compared(intake, target, some)}
    for request, looked in some:
        yield joined(intake, target, request, again.get(request.path, looked))


def compared(intake: Intake, target: Target, some: list[tuple[Request, Looked]]) -> list[tuple[Request, Looked]]:
    """Decode those of some files just recorded that may be the same picture as one that is flagged; record that.

    Return what was looked at again, as it is now. Raises `FileTrouble` for what cannot be examined any more.
    """
    digests = [k.evidence.asset.digest for _, k in some]
    needed = intake.catalogue.comparing.needed(digests)
    again: list[tuple[Request, Looked]] = []
    if needed:
        wanted = (replace(r, pixels=True) for r, k in some if k.evidence.asset.digest in needed)
        for request, answer in intake.pool.examine(wanted):
            if isinstance(answer, Failed):
                raise failure_error(target, request, answer)
            again.append((request, answer))
        intake.catalogue.record(Batch(tuple(examined(target, r, k) for r, k in again)), intake.stamp())
    decode(intake, intake.catalogue.comparing.counterparts(digests, _COUNTERPARTS))
    return again


_COUNTERPARTS = 1_000
"""Flagged pictures that are decoded for the sake of some files, at the most; a scan decodes more."""


def decode(intake: Intake, lying: Iterable[Lying]) -> int:
    """Have known pictures decoded, wherever they lie, and record it; return how many that were.

    What is gone, or in no zone any more, is left as it is known.
    """
    targets = {t.zone_name: t for t in intake.zones()}
    done = 0
    for zone, at in groupby(lying, lambda one: one[0]):
        if (target := targets.get(zone)) is None:
            continue
        requests = [replace(target.alone(path, size), pixels=True) for _, path, size in at]
        answers = [(r, a) for r, a in intake.pool.examine(requests) if isinstance(a, Looked)]
        for start in range(0, len(answers), COMMIT_FILES):
            batch = Batch(tuple(examined(target, r, a) for r, a in answers[start : start + COMMIT_FILES]))
            intake.catalogue.record(batch, intake.stamp())
        done += len(answers)
    return done


def joined(intake: Intake, target: Target, request: Request, looked: Looked) -> Seen:
    """Return a file that was looked at and recorded, joined with all that is known of its bytes."""
    digest = looked.evidence.asset.digest
    return Seen(
        path=target.shown(request.path),
        absolute=target.absolute(request.path),
        digest=digest,
        media_type=looked.evidence.media_type,
        verdict=classify(looked.evidence, looked.beside, intake.catalogue.context_of(digest, _place(target, request))),
        credential=effective_credential(looked.evidence, looked.beside),
        sidecar=looked.beside.sidecar,
        sidecar_path=_sidecar_path(target, request, looked),
        speaking=tuple(c for c in looked.beside.companions if c.signals or c.gaps),
        unfinished=looked.unfinished,
    )


def examined(target: Target, request: Request, looked: Looked) -> Examined:
    """Return an answer as something to record: with its place, if it lies in a zone."""
    return Examined(
        _place(target, request), looked.key, looked.racy, looked.evidence, looked.beside, looked.likeness, looked.kept
    )


def _place(target: Target, request: Request) -> Place | None:
    return target.place(request.path) if target.zone else None


def _sidecar_path(target: Target, request: Request, looked: Looked) -> bytes | None:
    """Return the absolute path of the sidecar that was read: the candidate by the name that is shown for it."""
    if looked.beside.sidecar is None:
        return None
    folder, slash, _ = request.path.rpartition(b"/")
    (name,) = (n for n in request.sidecars if display(n) == looked.beside.sidecar.name)
    return target.absolute(folder + slash + name)
