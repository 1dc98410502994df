"""One file, looked at once: its identity, its credential, its marks, and what lies beside it.

Runs in a worker process. Everything that goes in and comes out is frozen and picklable and holds no open handle, so
that another host that mounts the same storage can do the same work.
"""

import os
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

from provenance.asset import StatKey
from provenance.carriers import look
from provenance.containers import Container
from provenance.containers.notes import BLOCK_LIMIT
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.trust import Trust
from provenance.cutting import cut
from provenance.evidence import (
    Beside,
    Claim,
    Companion,
    Credential,
    Evidence,
    Examiner,
    Gap,
    Sidecar,
    Source,
    State,
    Strength,
)
from provenance.examination import PACKET_SUFFIX, SIDECAR_SUFFIX, Answer, Failed, Failure, Looked, Request
from provenance.examiner import examiner_for
from provenance.files import IN_MEMORY, Media, Pace, asset_of, display, read_once, stat_key
from provenance.likeness import coded_likeness
from provenance.sameness import PIXELS, SHAPE, VERSION, Likeness, pixels_of
from provenance.signals.whence import TEXT_LIMIT, attribute_signals, companion_findings, name_signals, text_signals
from watcher.opening import LastFolder, NotRegular, opened_file, stat_below
from watcher.wait import Wait

_COARSE = 1_000_000_000
"""A time stamp that is a whole second: the file system may keep no finer ones, or only every second one."""


def examine(request: Request, reader: CredentialReader, examiner: Examiner, last: LastFolder | None = None) -> Answer:
    """Look at one file and return what was found. Never raises for what the file holds or how it lies.

    (1) open it without being led anywhere; (2) read it once for its identity; (3) walk the container; (4) read the
    credential and the marks; (5) read what lies beside it, and by what it is known again without all that; (6) look
    again: if it changed meanwhile, nothing of this is true.
    """
    started = time.time_ns()
    _ALLOWANCE.grow()
    try:
        with opened_file(request.root, request.path, last) as descriptor:  # (1)
            before = stat_key(os.fstat(descriptor))
            asset, media = read_once(descriptor, _pace(request.root, request.rate))  # (2)
            blank = Evidence(asset, "", _NOTHING, (), (), (), examiner)
            evidence, container, within = _evidence(request, media, blank, reader)
            beside = _beside(_Here(request, descriptor, last), media, container, reader)  # (5)
            likeness = coded_likeness(container, media) + within if container else _NOT_DECODED[: request.pixels]
            if container and (request.pixels or (_is_flagged(evidence, beside) and _is_time_to(request, likeness))):
                likeness += _pixels(container, media)
            waits = _waits(descriptor, request.path) if request.probe else {}
            kept = cut(evidence, container, media) if container is not None else ()
            after = stat_key(os.fstat(descriptor))  # (6)
            named = stat_key(stat_below(request.root, request.path))
    except NotRegular as odd:
        return Failed(Failure.NOT_REGULAR, f"a {odd.odd.value}, which is never opened or followed")
    except FileNotFoundError:
        return Failed(Failure.MISSING, "not there any more")
    except PermissionError:
        return Failed(Failure.NOT_PERMITTED, "the operating system does not let this user read it")
    except OSError as error:
        return Failed(Failure.READ_FAILED, f"the storage answered: {error.strerror or error}")
    if before != after or not before.same_version(named) or before.size != asset.size:
        return Failed(Failure.CHANGED, "it changed while it was read")
    return Looked(before, _racy(before, started), evidence, beside, tuple(waits.items()), likeness, kept)


def _waits(descriptor: int, path: bytes) -> dict[Wait, str]:
    from provenance.containers.whole import cut_short
    from watcher.probe import unfinished  # only a daemon asks, and both bring much with them

    return unfinished(descriptor, path, cut_short)


def _is_flagged(evidence: Evidence, beside: Beside) -> bool:
    """Whether anything here says that it was generated: then it is worth knowing again, whatever it is saved as."""
    signals = [*evidence.signals, *(beside.sidecar.signals if beside.sidecar else ())]
    for companion in beside.companions:
        signals += companion.signals
    return any(s.claim in _FLAGS and s.strength is not Strength.HINT for s in signals)


def _is_time_to(request: Request, likeness: tuple[Likeness, ...]) -> bool:
    """Whether a flagged picture is to be decoded now: while a worker has not decoded more than its share."""
    return request.thorough or _ALLOWANCE.take(sum(pixels_of(v) for a, _, v in likeness if a == SHAPE))


def _pixels(container: Container, media: Media) -> tuple[Likeness, ...]:
    from provenance.likeness.pixels import pixel_likeness  # brings Pillow with it, for few files

    return pixel_likeness(container, media)


class _Allowance:
    """How many pixels a worker may decode unasked: so many for each file it looks at.

    Loading the decoder takes as long as decoding half a million, and that has to be made up first.
    """

    def __init__(self) -> None:
        self._left = -500_000

    def grow(self) -> None:
        self._left += 100

    def take(self, pixels: int) -> bool:
        if self._left <= 0:
            return False
        self._left -= pixels
        return True


_ALLOWANCE = _Allowance()
_NOT_DECODED = ((PIXELS, VERSION, b""),)
"""What is said of a picture that no parser may look at, where it was to be decoded."""
_FLAGS = frozenset({Claim.AI_GENERATED, Claim.AI_ASSISTED})


@lru_cache(maxsize=64)
def _pace(root: bytes, rate: float | None) -> Pace | None:  # noqa: ARG001 (each root has a pace of its own)
    """Return what keeps this process to its share of a root's storage, over all files it reads there."""
    return None if rate is None else Pace(rate)


_NOTHING = Credential(State.UNREADABLE, why="not looked at")


def _evidence(
    request: Request, media: Media, blank: Evidence, reader: CredentialReader
) -> tuple[Evidence, Container | None, tuple[Likeness, ...]]:
    """Steps (3) and (4); and by what that is known again which lies in the file."""
    if request.without_parsers is not None:
        credential = Credential(State.UNREADABLE, why=request.without_parsers)
        gap = Gap("examination", request.without_parsers)
        return Evidence(blank.asset, _UNIDENTIFIED, credential, (), (), (gap,), blank.examiner), None, ()
    seen = look(media, reader)
    found = seen.container.format
    evidence = Evidence(
        blank.asset,
        found.media_type if found else _UNIDENTIFIED,
        seen.reading.credential,
        seen.signals,
        seen.reading.ingredients,
        seen.gaps,
        blank.examiner,
    )
    return evidence, seen.container, seen.alike


_UNIDENTIFIED = "application/octet-stream"


class _Here(NamedTuple):
    """The file that is looked at, open, and its folder."""

    request: Request
    descriptor: int
    last: LastFolder | None

    @property
    def name(self) -> bytes:
        return self.request.path.rpartition(b"/")[2]

    def opened(self, name: bytes) -> AbstractContextManager[int]:
        """Open another file of the folder, without finding the way there again."""
        folder, slash, _ = self.request.path.rpartition(b"/")
        return opened_file(self.request.root, folder + slash + name, self.last)


def _beside(here: _Here, media: Media, container: Container | None, reader: CredentialReader) -> Beside:
    """Read the first sidecar there is, all companions, the name and the system's note of where the file came from."""
    if container is None:
        return Beside()
    hints = (*name_signals(here.name), *attribute_signals(here.descriptor))
    sidecar: Sidecar | None = None
    companions: list[Companion] = []
    for candidate in here.request.sidecars:
        if not candidate.endswith(SIDECAR_SUFFIX):
            companions += _companion(here, candidate)
        elif sidecar is None:
            sidecar = _sidecar(here, candidate, media, container, reader)
    if sidecar is None and not companions and not hints:
        return _NOTHING_BESIDE
    return Beside(sidecar, tuple(companions), hints)


_NOTHING_BESIDE = Beside()


def _sidecar(here: _Here, name: bytes, media: Media, container: Container, reader: CredentialReader) -> Sidecar | None:
    """Read a sidecar. One that cannot be read is there all the same, and says so; None where there is none."""
    try:
        with here.opened(name) as descriptor:
            asset, manifest = read_once(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        reading = _unread_sidecar(f"the sidecar cannot be read: {error.strerror or error}")
        asset = asset_of(b"")
    else:
        if asset.size > IN_MEMORY:
            reading = _unread_sidecar(f"the sidecar has {asset.size} bytes, more than any credential needs")
        else:
            reading = reader.read_sidecar(media, container, manifest.read(0, asset.size))
    return Sidecar(display(name), asset.digest, reading.credential, reading.signals, reading.ingredients, reading.gaps)


def _companion(here: _Here, name: bytes) -> tuple[Companion, ...]:
    """Read metadata that lies beside the file. XMP is there too if it cannot be read, and says so."""
    is_packet = name.endswith(PACKET_SUFFIX)
    nothing = asset_of(b"").digest
    try:
        with here.opened(name) as descriptor:
            if not is_packet and os.fstat(descriptor).st_size > TEXT_LIMIT:
                return (Companion(display(name), nothing),)  # no prompt is that long
            asset, content = read_once(descriptor)
    except FileNotFoundError:
        return ()
    except OSError as error:
        gap = Gap("XMP", f"it cannot be read: {error.strerror or error}")
        return (Companion(display(name), nothing, gaps=(gap,) if is_packet else ()),)
    if asset.size > BLOCK_LIMIT:
        gap = Gap("XMP", f"it has {asset.size} bytes, more than are read of one")
        return (Companion(display(name), asset.digest, gaps=(gap,)),)
    data = content.read(0, asset.size)
    if not is_packet:
        return (Companion(display(name), asset.digest, text_signals(data)),)
    return (Companion(display(name), asset.digest, *companion_findings(data, here.name)),)


def _unread_sidecar(why: str) -> Reading:
    return Reading(Credential(State.UNREADABLE, Source.SIDECAR, why=why))


def _racy(key: StatKey, started_ns: int) -> bool:
    """Whether a later change could hide behind this stat key.

    A file changed within the granularity of its file system's time stamps can change again without a trace in them
    (the "racy" problem git documents). Linux keeps nanoseconds or jiffies; HFS+ and FAT keep whole seconds or two.
    """
    coarse = key.mtime_ns % _COARSE == 0 and key.ctime_ns % _COARSE == 0
    return started_ns - key.ctime_ns < (2 * _COARSE if coarse else 20_000_000)


@dataclass(frozen=True, slots=True)
class Bench:
    """A worker's tools, made once per process: the SDK's context does not survive a fork."""

    reader: CredentialReader
    examiner: Examiner


@cache
def bench_for(trust: Trust) -> Bench:
    """Return this process's tools for a trust list."""
    return Bench(CredentialReader(trust), examiner_for(trust))


def examine_all(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Look at a handful of files in this process: what a pool's worker is asked to do."""
    bench = bench_for(trust)
    with LastFolder() as last:
        return tuple(_examine_within_memory(request, bench, last) for request in requests)


def _examine_within_memory(request: Request, bench: Bench, last: LastFolder) -> Answer:
    try:
        return examine(request, bench.reader, bench.examiner, last)
    except MemoryError:
        why = "the examination needed more memory than a worker may have"
        if request.without_parsers is not None:
            return Failed(Failure.NOT_EXAMINED, why)
    again = replace(request, sidecars=(), without_parsers=why)
    return examine(again, bench.reader, bench.examiner, last)
