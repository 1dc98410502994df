"""What looking again came to."""

import os
from collections.abc import Iterator

from provenance.evidence import Examiner
from provenance.files import display
from provenance.report.documents import GroundDocument, NamedDocument
from provenance.report.origin_document import examiner_document, ground_document
from provenance.report.rescan_documents import DueDocument, MovedDocument, RescanDocument
from provenance.rescanning import Again, Due, Moved

_NAMED = 20
"""So many files of a kind are named on a terminal."""
_GROUNDS = 6
"""So many grounds of one file."""


def rescan_document(again: Again, today: Examiner, *, complete: bool, dry_run: bool) -> RescanDocument:
    """Return what looking again came to as its document; what became milder first."""
    return RescanDocument(
        looked=again.looked,
        same=again.same,
        changed=[_moved(m) for m in sorted(again.changed, key=lambda m: not m.milder)],
        changed_unnamed=again.changes - len(again.changed),
        replaced=again.replaced,
        gone=again.gone,
        due=[_due(d) for d in again.due],
        due_unnamed=again.dues - len(again.due),
        troubles=[NamedDocument(zone=p.zone, path=os.fsdecode(p.path), says=says) for p, says in again.troubles],
        troubles_unnamed=again.troubled - len(again.troubles),
        examiner=examiner_document(today),
        dry_run=dry_run,
        complete=complete,
    )


def _moved(moved: Moved) -> MovedDocument:
    return MovedDocument(
        zone=moved.place.zone if moved.place else None,
        path=os.fsdecode(moved.place.path) if moved.place else None,
        sha256=moved.digest,
        was=moved.was.value,
        now=moved.now.value,
        credential_was=moved.was_state.value if moved.was_state else None,
        credential_now=moved.now_state.value if moved.now_state else None,
        milder=moved.milder,
        came=[ground_document(g) for g in moved.came],
        went=[ground_document(g) for g in moved.went],
        via=moved.via,
    )


def _due(due: Due) -> DueDocument:
    return DueDocument(zone=due.place.zone, path=os.fsdecode(due.place.path), because=due.because)


def rescan_text(document: RescanDocument) -> list[str]:
    """Return the same as lines, the sum first."""
    if document.dry_run:
        return [*_due_lines(document)]
    count = len(document.changed) + document.changed_unnamed
    done = "Looked again at" if document.complete else "Interrupted; looked again at"
    verdicts = "verdict" if count == 1 else "verdicts"
    lines = [f"{done} {_files(document.looked)}: {count:,} {verdicts} changed, {document.same:,} stand as they did"]
    for moved in document.changed[:_NAMED]:
        lines += _moved_lines(moved)
    if count > _NAMED:
        lines.append(f"changed   and {count - _NAMED:,} more: see --format json")
    if document.replaced:
        lines.append(f"replaced  {_files(document.replaced)} with other bytes than were recorded; recorded anew")
    if document.gone:
        lines.append(f"gone      {_files(document.gone)} not there any more: what was recorded stands, unlooked at")
    troubles = document.troubles
    lines += [f"trouble   {_where(t.zone, t.path)}: {display(t.says)}" for t in troubles[:_NAMED]]
    if len(troubles) + document.troubles_unnamed > _NAMED:
        lines.append(f"trouble   and {len(troubles) + document.troubles_unnamed - _NAMED:,} more")
    by = document.examiner
    lines.append(f"read by   readers {by.revision}, c2pa {by.c2pa}, trust list {(by.trust_list or 'none')[:12]}")
    return lines


def _files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _due_lines(document: RescanDocument) -> Iterator[str]:
    count = len(document.due) + document.due_unnamed
    yield f"{_files(count)} would be looked at again; nothing was"
    for due in document.due[:_NAMED]:
        yield f"due       {_where(due.zone, due.path)}: {display(due.because)}"
    if count > _NAMED:
        yield f"due       and {count - _NAMED:,} more: see --format json"


def _moved_lines(moved: MovedDocument) -> Iterator[str]:
    where = _where(moved.zone, moved.path) if moved.zone is not None else moved.sha256[:12]
    milder = "  MILDER" if moved.milder else ""
    yield f"changed   {where}: {moved.was} -> {moved.now}{milder}"
    if moved.credential_was != moved.credential_now:
        yield f"          credential {moved.credential_was} -> {moved.credential_now}"
    if moved.via is not None:
        yield f"          {display(moved.via)}"
    marked = [*(("-", g) for g in moved.went), *(("+", g) for g in moved.came)]
    for sign, ground in marked[:_GROUNDS]:
        yield f"        {sign} {_ground(ground)}"
    if len(marked) > _GROUNDS:
        yield f"          and {len(marked) - _GROUNDS} more grounds"


def _ground(ground: GroundDocument) -> str:
    return f"{display(ground.says)}  ({ground.kind}, {ground.strength}) at {display(ground.place)}"


def _where(zone: str | None, path: str | None) -> str:
    return display(f"{zone}/{path}")
