"""docs/coverage.md, from the tables of marks that the tests run: `make coverage` writes it, a test compares."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from provenance.evidence import Claim, Strength

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"

_TABLES = (
    ("Stills", "stills"),
    ("Documents, headers and layers, and what lies beside a file", "papers"),
    ("Films and sound", "films"),
    ("Types that are rare among them", "rarer"),
)
_HEAD = """# What is read, and what proves it

Written by `make coverage` from the tables that the tests run, and compared with them by a test. Each row is one mark in
one place: what it says, what proves that it is read, and the near miss in the same place that moves no verdict. Content
credentials are in [credentials.md](credentials.md). *Made as its writer makes it* means that no real file was at hand.

Strengths: `declared` is a standard field, `trace` a generator's own residue; both flag. A `hint` is for review at the
most, and so is whatever claims `review`.
"""


class Row(Protocol):
    """What of a row stands on the page."""

    @property
    def mark(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def claim(self) -> Claim: ...
    @property
    def strength(self) -> Strength: ...
    @property
    def made(self) -> str: ...
    @property
    def missed(self) -> str: ...


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for title, name in _TABLES:
        if find_spec(f"tests.signals.{name}") is not None:
            parts.append(_table(title, import_module(f"tests.signals.{name}").ROWS))
    return "\n".join(parts)


def _table(title: str, rows: Iterable[Row]) -> str:
    lines = [f"## {title}", "", "| mark | where it stands | says | proved by | near miss |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (row.mark, row.where, f"{row.claim.value}, {row.strength.value}", row.made, row.missed)
        assert all(cells), f"a cell of {row.mark} in {row.where} is empty"
        escaped = (cell.replace("|", "\\|") for cell in cells)
        lines.append(f"| {' | '.join(escaped)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
