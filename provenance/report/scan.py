"""What a scan did."""

import os

from provenance.asset import Place
from provenance.evidence import State
from provenance.files import display
from provenance.intake import Tally
from provenance.report.documents import NamedDocument, ScanDocument

_NAMED = 20
"""So many unreadable files are named on a terminal; `provenance list` and JSON name them all."""


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
    lines += [f"unreadable  {_where(p)}: {display(why)}" for p, why in tally.unreadable[:_NAMED]]
    if len(tally.unreadable) > _NAMED:
        lines.append(f"unreadable  and {len(tally.unreadable) - _NAMED:,} more: --format json names them all")
    lines += [f"not examined  {_where(t.place)}: {display(t.says)}" for t in tally.troubles]
    lines += [
        f"zone {display(z)} is empty, and on another device than its files were: is it mounted? Nothing is marked gone."
        for z in tally.absent_roots
    ]
    return lines


def _where(place: Place) -> str:
    return f"{display(place.zone)}/{display(place.path)}"
