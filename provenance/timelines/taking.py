"""Taking down what a render was made from, by its timeline: lineage for whoever says it, and a word that may count.

Lineage comes first, and needs nobody's signature: an edge anyone claimed carries a flag. It carries no approval. The
word comes second and is an attestation, so whoever may attest may say this, and nobody else.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.asset import Digest, UtcTime
from provenance.config import Config
from provenance.errors import WordRefused
from provenance.lineage import Witness
from provenance.looking import Intake
from provenance.records import Derivation, Subject
from provenance.records.attestation import TIMELINE, Attestation
from provenance.references import Timeline, read_timeline
from provenance.targets import Target
from provenance.timelines.resolving import Material, Resolution, Source, resolve
from provenance.verdict import Origin
from provenance.words import look_at, subjects_of

MOST_EDGES = 200_000
"""Steps of lineage that one word may add: files rendered times sources."""
_UNRESOLVED = 200
"""So many of what was not found are named in the record."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who says it, in which role, why, and when it was decided."""

    by: str
    role: str
    reason: str
    claimed_at: UtcTime | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """What was taken down."""

    timeline: Timeline
    resolution: Resolution
    renders: tuple[Subject, ...]
    derivation: Derivation | None
    """None where no source was found: there is nothing that it was made from."""
    attestation: Attestation
    against: tuple[tuple[Source, Origin], ...]
    """Sources that are flagged, or that a person must look at."""

    @property
    def stands(self) -> bool:
        """Whether every source was found and nothing speaks against any; by what is known now."""
        return not self.resolution.unresolved and not self.against


def take_down_timeline(intake: Intake, config: Config, renders: Iterable[Target], timeline: Path, terms: Terms) -> Cut:
    """Read a timeline, find what it points at, and keep that the renders were made from it; return what was found.

    (1) read the timeline; (2) look at the renders, and find the sources; (3) keep the lineage, whoever says it; (4)
    keep the word that the renders hold nothing else, as words are kept. What was not found stands in it by name.

    Raises as `look_at` and `read_timeline` do; `WordRefused` for more lineage than one word may add.
    """
    read = read_timeline(timeline)  # (1)
    made = subjects_of(look_at(intake, renders))  # (2)

    def look(targets: tuple[Target, ...]) -> dict[bytes, Digest]:
        return {seen.absolute: seen.digest for seen in look_at(intake, targets)}

    material = Material(config, intake.catalogue, look)
    found = resolve(material, read, _folder(timeline), {s.digest for s in made})
    if len(made) * len(found.sources) > MOST_EDGES:
        raise WordRefused(
            f"{len(made):,} files made from {len(found.sources):,} sources are more than one word can say",
            help="Name the files that are delivered, a part of them at a time; or attest them: provenance attest PATH",
        )
    stamp = intake.stamp()
    stamp = replace(stamp, claimed_at=terms.claimed_at)
    derivation = _derivation(read, found, made, terms, stamp.at) if found.sources else None
    if derivation is not None:  # (3)
        intake.catalogue.add_record(derivation, stamp)
    attestation = _attestation(read, found, made, terms, stamp.at)
    intake.keep(intake.catalogue, attestation, stamp)  # (4)
    origins = ((s, intake.catalogue.contribution(s.digest)) for s in found.sources)
    against = tuple((s, o) for s, o in origins if o.flagged or o is Origin.REVIEW)
    return Cut(read, found, made, derivation, attestation, against)


def _folder(timeline: Path) -> Path:
    """Return the folder that relative paths in a timeline start from: its own, or the bundle it is."""
    absolute = Path.cwd() / timeline
    return (absolute if os.path.isdir(absolute) else absolute.parent).resolve()  # noqa: PTH112


def _derivation(read: Timeline, found: Resolution, made: tuple[Subject, ...], terms: Terms, at: UtcTime) -> Derivation:
    first, *more = made
    return Derivation(
        by=terms.by,
        reason=terms.reason,
        made_at=at,
        claimed_at=terms.claimed_at,
        child=first,
        more=tuple(more),
        parents=tuple(Subject(s.digest, s.name) for s in found.sources),
        witness=Witness.TIMELINE,
        timeline=read.digest,
        timeline_name=read.name,
    )


def _attestation(
    read: Timeline, found: Resolution, made: tuple[Subject, ...], terms: Terms, at: UtcTime
) -> Attestation:
    lost = tuple(u.says for u in found.unresolved[:_UNRESOLVED])
    if len(found.unresolved) > _UNRESOLVED:
        lost = (*lost, f"and {len(found.unresolved) - _UNRESOLVED:,} more")
    return Attestation(
        by=terms.by,
        reason=terms.reason,
        made_at=at,
        claimed_at=terms.claimed_at,
        subjects=made,
        role=terms.role,
        basis=TIMELINE,
        timeline=read.digest,
        timeline_name=read.name,
        sources=tuple(Subject(s.digest, s.name) for s in found.sources),
        by_name=sum(s.how == "name" for s in found.sources),
        unresolved=lost,
    )
