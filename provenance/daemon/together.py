"""Notices about frames of one sequence, put together: nobody reads two thousand that say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from provenance.asset import RelPath, UtcTime
from provenance.sequence import Sequence, bunched

if TYPE_CHECKING:
    from provenance.daemon.notices import Notice

    Dated = tuple[Notice, UtcTime]


def together(notices: "Iterable[Dated]") -> "list[Dated]":
    """Return notices in the order they came, those of several frames that say the same as one, of the latest time."""
    bunches = bunched((_said(one), one.path or b"", (one, at)) for notice, at in notices for one in _apart(notice))
    return [some[0] if sequence is None else _one(sequence, some) for sequence, some in bunches]


def _apart(notice: "Notice") -> "Iterator[Notice]":
    if not notice.members:
        yield notice
    for path in notice.members:
        yield replace(notice, path=path, count=1, members=(), frames=None)


def _said(notice: "Notice") -> str:
    return repr((notice.kind.value, notice.zone, [r.value for r in notice.reasons], notice.says))


def _one(sequence: Sequence, some: "list[Dated]") -> "Dated":
    notice, _ = some[0]
    paths = tuple(n.path for n, _ in some if n.path is not None)
    frames = sequence.frames.text()
    one = replace(notice, path=RelPath(sequence.path), digest=None, count=len(some), members=paths, frames=frames)
    return one, max(at for _, at in some)
