"""Rows of several questions, each in the order of assets' numbers, read along with each other."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Along(Generic[T]):
    """Values by number. Ask for numbers in their order; what lies between two of them is passed over."""

    def __init__(self, rows: Iterable[tuple[int, T]]) -> None:
        self._rows: Iterator[tuple[int, T]] = iter(rows)
        self._next = next(self._rows, None)

    def of(self, number: int) -> list[T]:
        """Return every value of a number."""
        found: list[T] = []
        while self._next is not None and self._next[0] <= number:
            if self._next[0] == number:
                found.append(self._next[1])
            self._next = next(self._rows, None)
        return found
