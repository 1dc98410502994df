"""Which readers there are, as one digest: so that none of them changes and `EXAMINER` is forgotten.

`python -m tests.readers` notes the digest for a new `EXAMINER`; `python -m tests.readers --same` notes it for the old
one, and says by that: whatever was changed, the same bytes read as they did before.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from provenance import EXAMINER

PROJECT = Path(__file__).resolve().parents[1]
NOTED = Path(__file__).with_name("readers.sha256")
READERS = (
    "carriers.py",
    "containers",
    "credentials",
    "likeness",
    "sameness.py",
    "signals",
    "sourcetype.py",
    "xmltree.py",
)
"""What decides how bytes read. What is made of that (verdicts) is drawn anew whenever somebody asks."""


def noted() -> str:
    """Return what should stand in the file of the digest: the revision, and the digest of its readers."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0")
        digest.update("\n".join(_code(path.read_text())).encode() + b"\0")
    return f"{EXAMINER} {digest.hexdigest()}\n"


def _files() -> list[Path]:
    there = [PROJECT / "provenance" / name for name in READERS]
    return sorted(f for p in there for f in ([p] if p.suffix else p.rglob("*.py")))


def _code(text: str) -> Iterator[str]:
    """Yield the lines of code, without comments that have a line of their own, and without what documents."""
    words: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            words.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(text.splitlines(), 1):
        if number not in words and line.strip() and not line.lstrip().startswith("#"):
            yield line.rstrip()


def main() -> None:
    """Note the digest; refuse to where that is for somebody to decide."""
    now, before = noted(), NOTED.read_text() if NOTED.exists() else ""
    if now != before and now.split()[:1] == before.split()[:1] and "--same" not in sys.argv[1:]:
        sys.exit(
            "Readers changed: raise EXAMINER in provenance/__init__.py, or say that nothing reads otherwise (--same)"
        )
    NOTED.write_text(now)


if __name__ == "__main__":
    main()
