"""The chain of boxes that ISO base media and JUMBF are made of (ISO 14496-12, 4.2)."""

from collections.abc import Iterator
from typing import NamedTuple

from provenance.containers.notes import STEPS
from provenance.containers.window import Window


class Box(NamedTuple):
    """One box: its type, where it starts, where its content starts, and where the next box does."""

    kind: bytes
    at: int
    body: int
    stop: int

    @property
    def length(self) -> int:
        """Bytes of content."""
        return self.stop - self.body

    @property
    def name(self) -> str:
        """The type as text that is safe to show."""
        name = self.kind.decode("latin-1")
        return name if name.isalnum() and name.isascii() else repr(name)


class Break(NamedTuple):
    """Where a chain of boxes cannot be followed any further, and why.

    `longer` is the box that starts there, where the reason is that it ends behind what holds it.
    """

    at: int
    why: str
    longer: Box | None = None


def boxes(window: Window, start: int, stop: int) -> Iterator[Box | Break]:
    """Yield the boxes from `start` to `stop`, reading their headers only; a `Break` is the last that comes."""
    at = start
    for _ in range(STEPS):
        if at >= stop:
            return
        head = window.at(at, 16)
        size, kind, body = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:], "big"), at + 16
        elif size == 0:
            size = stop - at
        if not _is_type(kind) or size < body - at:
            yield Break(at, "no box starts where one should")
            return
        if at + size > stop:
            why = "a box is longer than what holds it: the file is cut short or damaged"
            yield Break(at, why, Box(kind, at, body, at + size))
            return
        yield Box(kind, at, body, at + size)
        at += size
    yield Break(at, f"there are more than {STEPS} boxes; the rest was not read")


def _is_type(kind: bytes) -> bool:
    """Whether four bytes can be the type of a box; those of QuickTime may begin with a copyright sign."""
    return len(kind) == 4 and (kind[0] == 0xA9 or kind[0] >= 0x20) and all(0x20 <= byte < 0x7F for byte in kind[1:])
