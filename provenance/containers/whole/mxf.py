"""Whether an MXF is cut short (SMPTE ST 377-1)."""

import re
from typing import NamedTuple

from provenance.containers.mxf import HEADER_PARTITION
from provenance.containers.whole.reach import beyond
from provenance.containers.window import Window

_HEADER, _FOOTER = 2, 4
_OPEN = frozenset({1, 3})
_PACK = 88
"""Bytes of a partition pack that names no essence container (7.1)."""
_SETS = re.compile(rb"\x06\x0e\x2b\x34\x02...\x0d\x01[\x01\x02]\x01", re.DOTALL)
"""The keys of partitions, indexes, metadata and the random index: none of them is of the essence."""
_RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
_TAIL = 256 << 10
"""Bytes at the end where one of `_SETS` shows if there is a footer: an index is cut into segments of 64 KiB at most."""


class _Partition(NamedTuple):
    """A partition pack: what it is, whether it is open, where the footer is, and what the file holds at least."""

    kind: int
    status: int
    footer: int
    reach: int


def mxf_cut(head: bytes, window: Window) -> str | None:
    """Say if the metadata of the header, or the footer it speaks of, is not there, or an open header has no footer.

    A header that is open is completed by a footer (6.2.3), which the header need not name. Nothing is said of a file
    with a run-in, of one whose header is closed and names no footer, nor where the end might belong to a footer.
    """
    if not head.startswith(HEADER_PARTITION):
        return None
    first = _partition(window, 0)
    if first is None or first.kind != _HEADER:
        return None
    if first.reach > window.size:
        return beyond("the header of the MXF", first.reach, window)
    if first.footer:
        last = _partition(window, first.footer)
        if last is None:
            return beyond("the MXF", first.footer + _PACK, window)
        return beyond("the footer of the MXF", last.reach, window) if last.kind == _FOOTER else None
    lacks = first.status in _OPEN and not _may_have_footer(window, first.reach)
    return "the header of the MXF is still open, and no footer follows" if lacks else None


def _partition(window: Window, at: int) -> _Partition | None:
    """Return the partition pack at an offset, None where there is none, or not all of it (7.1, tables 4 to 6)."""
    head = window.at(at, 25)
    if not head.startswith(HEADER_PARTITION[:13]) or len(head) < 25:
        return None
    more = head[16] & 0x7F if head[16] & 0x80 else 0
    if more > 8:
        return None
    length = int.from_bytes(head[17 : 17 + more], "big") if more else head[16]
    body = at + 17 + more
    data = window.at(body, _PACK)
    if length < _PACK or len(data) < _PACK or data[:2] != b"\0\1":
        return None
    footer, metadata, index = (int.from_bytes(data[n : n + 8], "big") for n in (24, 32, 40))
    return _Partition(head[13], head[14], footer, body + length + metadata + index)


def _may_have_footer(window: Window, header: int) -> bool:
    """Whether anything behind the header, of the last 256 KiB, may belong to a footer."""
    length = int.from_bytes(window.last(4), "big")
    if window.at(window.size - length, len(_RANDOM_INDEX)) == _RANDOM_INDEX:
        return True
    tail = window.at(max(header, window.size - _TAIL), _TAIL)
    return not any(tail) or _SETS.search(tail) is not None
