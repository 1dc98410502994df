"""Waiting for answers of a line."""

import time

from provenance.daemon.line import Case, Line
from provenance.examination import Answer
from tests.watching import PATIENCE


def answers(line: Line, count: int) -> list[tuple[Case, Answer]]:
    """Return the next so many answers."""
    found: list[tuple[Case, Answer]] = []
    deadline = time.monotonic() + PATIENCE
    while len(found) < count:
        assert time.monotonic() < deadline
        line.feed(set())
        found += line.answers()
        time.sleep(0.01)
    return found
