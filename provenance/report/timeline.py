"""A render and its timeline, as they are shown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.config import ApprovalsMode
from provenance.report.record_document import record_document
from provenance.report.records import record_text
from provenance.report.timeline_document import SourceDocument, TimelineDocument, UnresolvedDocument
from provenance.timelines import Cut

if TYPE_CHECKING:
    from provenance.identity.authority import Authority

_SHOWN = 50
"""So many sources are shown in text; a sequence has thousands."""


def timeline_document(
    cut: Cut, mode: ApprovalsMode, authority: "Authority | None", request: str | None
) -> TimelineDocument:
    """Return what was taken down as its document."""
    against = {source.digest: origin.value for source, origin in cut.against}
    return TimelineDocument(
        record=record_document(cut.attestation, cut.attestation.made_at, mode, authority=authority),
        derivation=cut.derivation.id if cut.derivation else None,
        subjects=[s.digest for s in cut.renders],
        timeline=cut.timeline.name,
        timeline_sha256=cut.timeline.digest,
        format=cut.timeline.format.value,
        clips=cut.timeline.clips,
        sources=[
            SourceDocument(sha256=s.digest, name=s.name, found_by=s.how, against=against.get(s.digest))
            for s in cut.resolution.sources
        ],
        unresolved=[UnresolvedDocument(name=u.name, why=u.why) for u in cut.resolution.unresolved],
        made=[*cut.timeline.made],
        stands=cut.stands,
        request=request,
    )


def timeline_text(cut: Cut) -> Iterator[str]:
    """Yield what was taken down as lines: the answer first, then what is open, then everything that was found."""
    found, lost = cut.resolution.sources, cut.resolution.unresolved
    files = "1 source" if len(found) == 1 else f"{len(found):,} sources"
    clips = "1 clip" if cut.timeline.clips == 1 else f"{cut.timeline.clips:,} clips"
    whole = "found and examined, and nothing speaks against it"
    if len(found) > 1:
        whole = "all found and examined, and nothing speaks against any"
    answer = whole if cut.stands else "and that is not enough"
    open_ = [f"{len(cut.against):,} flagged or doubtful"] if cut.against else []
    open_ += [f"{len(lost):,} not found"] if lost else []
    yield f"{cut.timeline.name}: {files} in {clips}, {', '.join([*open_, answer])}"
    for source, origin in cut.against:
        yield f"  {origin.value:<12}  {source.name}"
    for one in lost[:_SHOWN]:
        yield f"  {'not found':<12}  {one.says}"
    known = {source.digest for source, _ in cut.against}
    clean = [s for s in found if s.digest not in known]
    for source in clean[:_SHOWN]:
        how = "" if source.how == "path" else "  (found by its name alone)"
        yield f"  {source.digest[:12]}  {source.name}{how}"
    unnamed = max(len(clean) - _SHOWN, 0) + max(len(lost) - _SHOWN, 0)
    if unnamed:
        yield f"  and {unnamed:,} more"
    if cut.timeline.made:
        yield f"  made in the timeline: {', '.join(cut.timeline.made[:_SHOWN])}"
    if cut.derivation is not None:
        yield record_text(cut.derivation)
    yield record_text(cut.attestation)
