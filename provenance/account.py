"""Everything there is to say about one file: what it is now, joined with all the catalogue knows."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provenance import EXAMINER
from provenance.asset import Place, RelPath, StatKey
from provenance.catalogue import Catalogue, Filed, Lineage, Sighting
from provenance.config import Config
from provenance.errors import FileMissing, NotARegularFile
from provenance.evidence import Beside, Evidence
from provenance.examination import Answer, Failed, Looked, Request, companion_names, read_among
from provenance.files import display, stat_key
from provenance.targets import Target, failure_error, folder_error, targets_of
from provenance.verdict import Verdict, classify

if TYPE_CHECKING:
    from provenance.catalogue.history import Past
    from provenance.catalogue.telling import Heard
    from provenance.quarantine import Held

Ask = Callable[[Request], Answer]
"""Examines one file. Passed in, so that the workers are started only for a question the catalogue cannot answer."""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything there is to say about one file."""

    path: bytes
    evidence: Evidence
    beside: Beside
    verdict: Verdict
    words: tuple[Filed, ...]
    lineage: Lineage
    sightings: tuple[Sighting, ...]
    known: bool
    """Whether the catalogue had these bytes before it was asked."""
    there: bool = True
    """Whether there is a file at the path now; if not, what was recorded of it answers."""
    untold: bool = False
    """Whether it is flagged, and no disclosure names it."""
    otherwise: tuple[str, ...] = ()
    """What it says of itself, and nothing that was told of it does."""
    past: "tuple[Past, ...] | None" = None
    """Verdicts that do not stand any more; None where nobody asked."""
    held: "tuple[Held, ...]" = ()
    """What was taken from this path and is in quarantine; or the file itself, named by where it is kept."""


def account_of(config: Config, catalogue: Catalogue, path: Path, ask: Ask, heard: "Heard | None" = None) -> Account:
    """Return the account of one file. Changes nothing.

    A file that is the version recorded is answered for by the catalogue; any other is examined now. Where there is no
    file any more, its last sighting at that place answers, or the file itself if it was taken into quarantine. Raises
    `FileTrouble` for what cannot be looked at. `heard` says what of all that was told of it counts.
    """
    held = _held(config, catalogue, path)
    return _with_told(config, catalogue, path, replace(_account(config, catalogue, path, ask, held), held=held), heard)


def _with_told(config: Config, catalogue: Catalogue, path: Path, account: Account, heard: "Heard | None") -> Account:
    """Add whether anybody told of a flagged file, and what of that it does not bear out."""
    if not account.verdict.origin.flagged:
        return account
    if not any(f.record.kind in {"disclosure", "binding"} for f in account.words):
        return replace(account, untold=True)  # as for most: then nothing more has to be loaded
    found = config.place_of((Path.cwd() / path).parent.resolve() / path.name)
    title = config.titles[found[0].name] if found else None
    digest = account.evidence.asset.digest
    told = catalogue.tellings.disclosures(digest, config.project, title)
    counting = told if heard is None else heard(digest, told)
    told = counting or told
    return replace(account, untold=not counting, otherwise=tuple(catalogue.tellings.differences(digest, told)))


def _held(config: Config, catalogue: Catalogue, path: Path) -> "tuple[Held, ...]":
    if not catalogue.in_quarantine():
        return ()  # as nearly always: then nothing more has to be loaded before this is answered
    from provenance.quarantine import held_at

    return tuple(h for h in held_at(config, catalogue, path) if h.named == os.fsencode(path))


def _account(config: Config, catalogue: Catalogue, path: Path, ask: Ask, held: "tuple[Held, ...]") -> Account:
    try:
        target = _file_target(config, path)
    except FileMissing:
        gone = _last_seen_at(config, catalogue, path)
        if gone is not None:
            return replace(_told(catalogue, os.fsencode(path), gone), there=False)
        if not held:
            raise
        target = held[-1].target
        return replace(_now(catalogue, target, ask), there=False)
    target = next((h.target for h in held if h.by_where), target)
    sighting = _unchanged(catalogue, target)
    if sighting is not None and _read_as_today(config, catalogue, sighting):
        return _told(catalogue, target.named, sighting)
    return _now(catalogue, target, ask)


def _now(catalogue: Catalogue, target: Target, ask: Ask) -> Account:
    looked = _examine(target, ask)
    place = target.place(target.below) if target.zone else None
    return _joined(catalogue, target.named, _Found(looked.evidence, looked.beside, place))


def _file_target(config: Config, path: Path) -> Target:
    targets = targets_of(config, [path])
    if len(targets) != 1 or not targets[0].single:
        raise NotARegularFile(
            f"{display(os.fsencode(path))} is a folder", help="Name one file; `provenance list` shows a folder."
        )
    return targets[0]


def _last_seen_at(config: Config, catalogue: Catalogue, path: Path) -> Sighting | None:
    found = config.place_of((Path.cwd() / path).parent.resolve() / path.name)
    return catalogue.sighting_at(found[1]) if found else None


def _read_as_today(config: Config, catalogue: Catalogue, sighting: Sighting) -> bool:
    """Whether the same readers would look, under the same trust list: another may read the same bytes otherwise."""
    examiner = catalogue.evidence_of(sighting.digest)[0].examiner
    today = None
    if config.anchors:
        from provenance.credentials.trust import trust_digest

        today = trust_digest(config.anchors)
    return (examiner.revision, examiner.trust_list) == (EXAMINER, today)


def _unchanged(catalogue: Catalogue, target: Target) -> Sighting | None:
    """Return the sighting that still answers for this file and for what lies beside it."""
    if target.zone is None:
        return None
    sighting = _same_version(catalogue, target, target.below)
    if sighting is None:
        return None
    folder, slash, name = target.below.rpartition(b"/")
    there = [n for n in companion_names(name) if os.path.lexists(target.absolute(folder + slash + n))]
    wanted = read_among(there)
    beside = sighting.beside
    read = [*([beside.sidecar.name] if beside.sidecar else []), *(c.name for c in beside.companions)]
    if read != [display(n) for n in wanted]:
        return None
    same = all(_same_version(catalogue, target, folder + slash + n) for n in wanted)
    return sighting if same else None


def _same_version(catalogue: Catalogue, target: Target, path: bytes) -> Sighting | None:
    sighting = catalogue.sighting_at(Place(target.zone_name, RelPath(path)))
    if sighting is None or not sighting.present or sighting.racy:
        return None
    try:
        now: StatKey = stat_key(os.lstat(target.absolute(path)))
    except OSError:
        return None  # it went meanwhile: the examination that follows says so
    return sighting if sighting.key.same_version(now) else None


def _examine(target: Target, ask: Ask) -> Looked:
    (folder,) = target.folders()
    if folder.error is not None:
        raise folder_error(target, folder)
    (request,) = target.requests(folder)
    answer = ask(request)
    if isinstance(answer, Failed):
        raise failure_error(target, request, answer)
    return answer


@dataclass(frozen=True, slots=True)
class _Found:
    """What the bytes say, and what lies beside them at a place."""

    evidence: Evidence
    beside: Beside
    place: Place | None


def _told(catalogue: Catalogue, path: bytes, sighting: Sighting) -> Account:
    newest = catalogue.evidence_of(sighting.digest)[0]
    return _joined(catalogue, path, _Found(newest, sighting.beside, sighting.place))


def _joined(catalogue: Catalogue, path: bytes, found: _Found) -> Account:
    digest = found.evidence.asset.digest
    return Account(
        path=path,
        evidence=found.evidence,
        beside=found.beside,
        verdict=classify(found.evidence, found.beside, catalogue.context_of(digest, found.place, found.evidence)),
        words=catalogue.records_of(digest),
        lineage=catalogue.edges_of(digest),
        sightings=catalogue.sightings_of(digest),
        known=bool(catalogue.evidence_of(digest)),
    )
