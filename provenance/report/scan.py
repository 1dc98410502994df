"""What a scan did."""

import os

from provenance.asset import Place
from provenance.evidence import State
from provenance.files import display
from provenance.intake import Tally
from provenance.report.documents import NamedDocument, ScanDocument

_NAMED = 20
"""So many files of a kind are named on a terminal; JSON names as many as the tally does."""


def scan_document(tally: Tally, *, complete: bool) -> ScanDocument:
    """Return a tally as its document; `complete` is false for a scan that was interrupted."""
    return ScanDocument(
        recorded=tally.recorded,
        unchanged=tally.unchanged,
        vanished=tally.vanished,
        bytes=tally.size,
        states={s.value: n for s, n in sorted(tally.states.items(), key=lambda i: i[0].value)},
        unreadable=[NamedDocument(zone=p.zone, path=os.fsdecode(p.path), says=w) for p, w in tally.unreadable],
        troubles=[
            NamedDocument(zone=t.place.zone, path=os.fsdecode(t.place.path), says=t.says) for t in tally.troubles
        ],
        unreadable_unnamed=tally.states[State.UNREADABLE] - len(tally.unreadable),
        troubles_unnamed=tally.troubled - len(tally.troubles),
        not_mounted=list(tally.absent_roots),
        complete=complete,
    )


def scan_text(tally: Tally, *, complete: bool) -> list[str]:
    """Return a tally as lines, the sum first."""
    done = "Recorded" if complete else "Interrupted; recorded so far"
    lines = [
        f"{done} {tally.recorded:,} new or changed, {tally.unchanged:,} unchanged, {tally.vanished:,} no longer there"
    ]
    if tally.states:
        states = ", ".join(f"{tally.states[s]:,} {s.value}" for s in State if tally.states[s])
        lines.append(f"content credentials: {states}")
    lines += _named("unreadable", tally.states[State.UNREADABLE], tally.unreadable)
    lines += _named("not examined", tally.troubled, [(t.place, t.says) for t in tally.troubles[:_NAMED]])
    lines += [
        f"zone {display(z)} is empty, and on another device than its files were: is it mounted? Nothing is marked gone."
        for z in tally.absent_roots
    ]
    return lines


def _named(what: str, count: int, some: list[tuple[Place, str]]) -> list[str]:
    """Return a line for each of the first files of a kind, and one that counts the rest."""
    lines = [f"{what}  {_where(place)}: {display(says)}" for place, says in some[:_NAMED]]
    if count > len(lines):
        lines.append(f"{what}  and {count - len(lines):,} more: see --format json")
    return lines


def _where(place: Place) -> str:
    return f"{display(place.zone)}/{display(place.path)}"
