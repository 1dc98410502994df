"""The rules of the house that no linter holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import readers

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("provenance", "watcher")
OURS = (*ROOMS, "tests", "bench", "soak", "fixtures")

LINES_IN_A_FILE = 400
LINES_IN_A_FUNCTION = 60
LINES_IN_MOST_FUNCTIONS = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    """Return all Python files under some folders of the project."""
    return sorted(p for f in folders for p in (PROJECT / f).rglob("*.py") if ".cache" not in p.parts)


def functions_of(path: Path) -> Iterator[Function]:
    """Yield every function and method of a file."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, Function):
            yield node


def lines_of(function: Function) -> int:
    """Return how many lines a function has, its decorators not counted."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


@pytest.mark.parametrize("path", python_files(*OURS), ids=lambda p: str(p.relative_to(PROJECT)))
def test_no_file_is_long(path: Path) -> None:
    """No Python file has more than 400 lines."""
    assert len(path.read_text().splitlines()) <= LINES_IN_A_FILE


def test_functions_are_short() -> None:
    """No function of the product has more than 60 lines, and 95 in 100 have no more than 40."""
    lengths = {
        f"{path.relative_to(PROJECT)}:{function.name}": lines_of(function)
        for path in python_files(*ROOMS)
        for function in functions_of(path)
    }
    assert {name: n for name, n in lengths.items() if n > LINES_IN_A_FUNCTION} == {}
    long = [name for name, n in lengths.items() if n > LINES_IN_MOST_FUNCTIONS]
    assert len(long) <= 0.05 * len(lengths), long


def test_no_reader_changes_and_nobody_looks_again() -> None:
    """Readers are those that `EXAMINER` stands for: raise it, or say that nothing reads otherwise (`make readers`)."""
    assert readers.noted() == readers.NOTED.read_text()


def test_each_test_says_what_it_shows() -> None:
    """Every test function has a docstring, whose first line is one whole sentence."""
    silent = []
    for path in python_files("tests", "soak"):
        for function in functions_of(path):
            first = (ast.get_docstring(function) or "").partition("\n\n")[0]
            if function.name.startswith("test_") and not first.endswith("."):
                silent.append(f"{path.relative_to(PROJECT)}:{function.name}")
    assert silent == []


def test_no_drawer_without_a_label() -> None:
    """No module is called after nothing in particular."""
    vague = {"utils", "util", "helpers", "common", "misc", "base", "manager", "models"}
    assert [p for p in python_files(*OURS) if p.stem in vague] == []


def kept_files() -> list[Path]:
    """Return every file that belongs to the project, and none that is made from it."""
    made = {".git", ".venv", "__pycache__", ".cache", "demo", "build", "dist"}
    made |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
    found: list[Path] = []
    pending = [PROJECT]
    while pending:
        for path in pending.pop().iterdir():
            if path.is_symlink() or path.name in made:
                continue
            (pending if path.is_dir() else found).append(path)
    return [p for p in found if not p.name.startswith(".coverage")]


_ELSEWHERE = {
    "a work folder": ("/wo", "rk/"),
    "a home folder": ("/ro", "ot/"),
    "Python packages": ("py", "pi.org"),
    "Python wheels": ("pythonhos", "ted.org"),
    "Node packages": ("npm", "js.org"),
    "Rust packages": ("crates", ".io"),
}
"""In two parts each, so that this file does not name them either."""


@pytest.mark.parametrize("words", _ELSEWHERE.values(), ids=_ELSEWHERE)
def test_nothing_names_one_machine_or_a_registry(words: tuple[str, str]) -> None:
    """No file names an absolute path of the machine it was written on, or the host of a package registry."""
    pattern = re.compile(rb"(?<![\w.-])" + re.escape("".join(words).encode()))
    assert [str(p.relative_to(PROJECT)) for p in kept_files() if pattern.search(p.read_bytes())] == []
