"""What share of a gate's time goes into signatures, where each file has an approval of its own.

Both are times of the processor, of all that the gate starts: on the wall signatures are checked beside other work, and
how long that takes says more of how many cores are free than of signatures.

`python -m bench.signatures FILES` runs the gate in the folder it is started in, and prints two numbers: the seconds
that checking signatures took on the one thread that does, and those of the whole gate on the wall.
"""

import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any, Final

from bench import corpus
from bench.measures import Line, Plan
from bench.processes import cost_of, provenance, run

AIM: Final = 0.1
_RULES = """
[[person]]
id = "{id}"
name = "{id} of the house"
roles = ["{role}"]
keys = ['{line}']
"""
_PEOPLE = {"admin": "administrator", "editor": "editor", "lawyer": "production-legal"}
_WORDS = ("--reason", "as agreed", "--channel", "final", "--role", "production-legal", "--requested-by", "editor")


def gating(plan: Plan) -> Iterator[Line]:
    """Have as many files as a delivery has approved one by one, and gate them; the medians of some gates decide."""
    count = plan.few // 4
    with tempfile.TemporaryDirectory(prefix="provenance-bench-", dir=corpus.CACHE) as made:
        root = Path(made)
        _produced(root, count)
        gate = [sys.executable, "-m", "bench.signatures", str(count)]
        pairs = [tuple(map(float, run(gate, root).output.split())) for _ in range(plan.rounds)]
        used = statistics.median(cost_of(gate, root).cpu for _ in range(plan.rounds))
    signing = statistics.median(signing for signing, _ in pairs)
    yield Line(
        f"gate, {count:,} files approved one by one",
        f"{signing * 1000:.0f} ms of signatures",
        f"{used:.2f} s of processor, {statistics.median(whole for _, whole in pairs):.2f} s",
        f"{signing / used:.3f}",
        f"less than {AIM:.1f} of its time",
        signing / used < AIM,
    )


def _produced(root: Path, count: int) -> None:
    """Make a production whose words are signed, a delivery of generated pictures, and an approval of each."""
    final = root / "final"
    final.mkdir()
    corpus.pictures(final, count)
    run(provenance("init", str(root), "--title", "Bench", "--final", str(final)))
    config = root / "provenance.toml"
    text = config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    for who, role in _PEOPLE.items():
        told = json.loads(run(provenance("keys", "person", who, "--no-passphrase", "--format", "json"), root).output)
        text += _RULES.format(id=who, role=role, line=told["line"])
    config.write_text(text)
    run(provenance("config", "accept", "--by", "admin", "--reason", "as agreed", "--sign-with", "keys/admin"), root)
    run(provenance("scan"), root)
    with chdir(root):
        for path in sorted(final.iterdir()):
            _said("approve", str(path), "--by", "lawyer", "--sign-with", "keys/lawyer", *_WORDS)


def _said(*words: str) -> None:
    """Run a command in this process: a thousand starts would take minutes."""
    from provenance.cli import provenance as command

    with redirect_stdout(io.StringIO()):
        code = command.main([*words], prog_name="provenance", standalone_mode=False)
    if code:
        raise SystemExit(f"{' '.join(words)} ended with {code}")


def _timed(work: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def timed(*args: Any) -> Any:
        began = time.thread_time()
        try:
            return work(*args)
        finally:
            spent.append(time.thread_time() - began)

    return timed


def main(files: str) -> None:
    """Gate the final zone of the folder this is started in."""
    began = time.perf_counter()
    from provenance.workers import warm_up

    warm_up()
    from provenance.identity import authority

    spent: list[float] = []
    authority.signed_by = _timed(authority.signed_by, spent)
    _said("gate", "--channel", "final", os.fspath("final"))
    whole = time.perf_counter() - began
    if len(spent) < int(files):
        raise SystemExit(f"only {len(spent)} of {files} signatures were checked")
    print(sum(spent), whole)


if __name__ == "__main__":
    main(sys.argv[1])
