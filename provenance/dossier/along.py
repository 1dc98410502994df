"""Rows of several questions, each in the order of digests, read along with each other."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from provenance.asset import Digest

T = TypeVar("T")


class Along(Generic[T]):
    """Values by digest. Ask for digests in their order; what lies between two of them is passed over."""

    def __init__(self, rows: Iterable[tuple[Digest, T]]) -> None:
        self._rows: Iterator[tuple[Digest, T]] = iter(rows)
        self._next = next(self._rows, None)

    def of(self, digest: Digest) -> list[T]:
        """Return every value of a digest."""
        found: list[T] = []
        while self._next is not None and self._next[0] <= digest:
            if self._next[0] == digest:
                found.append(self._next[1])
            self._next = next(self._rows, None)
        return found
