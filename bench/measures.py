"""What is measured, each beside what it is held against, in one run on one machine."""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import corpus
from bench.processes import Cost, cost_of, floor, provenance, run

MIB = 1 << 20
_FULL = 200_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    mixed: int = 4_000
    tiny: int = _FULL
    rounds: int = 5
    starts: int = 15
    large: int = 2 << 30
    few: int = 4_000


QUICK = Plan(mixed=400, tiny=20_000, rounds=3, starts=10, large=256 << 20, few=1_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `met` is None where there is no aim."""

    what: str
    measured: str
    against: str
    ratio: str = ""
    aim: str = ""
    met: bool | None = None


@contextmanager
def _production(folder: Path, *, final: bool = False) -> Iterator[Path]:
    """Yield the folder of a new production with one zone over some material, made by `provenance init`."""
    with tempfile.TemporaryDirectory(prefix="provenance-bench-", dir=corpus.CACHE) as made:
        root = Path(made)
        run(provenance("init", str(root), "--title", "Bench", "--final" if final else "--work", str(folder)))
        yield root


def scanning(plan: Plan) -> Iterator[Line]:
    """Hold a scan into an empty catalogue against the floor, in turns; the median of the pairs decides."""
    material = corpus.mixed(plan.mixed)
    size = sum(f.stat().st_size for f in material.rglob("*") if f.is_file())
    run(floor(material))  # so that neither is the first to read the files from the disk
    pairs: list[tuple[float, float]] = []
    for _ in range(plan.rounds):
        lowest = run(floor(material)).seconds
        with _production(material) as root:
            pairs.append((lowest, run(provenance("scan"), root).seconds))
    ratios = [lowest / scan for lowest, scan in pairs]
    lowest, scan = min(p[0] for p in pairs), min(p[1] for p in pairs)
    ratio = statistics.median(ratios)
    yield Line(
        f"scan, {plan.mixed:,} mixed files, {size / MIB:,.0f} MiB",
        f"{plan.mixed / scan:,.0f} files/s",
        f"floor {plan.mixed / lowest:,.0f} files/s",
        f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        "at least 0.8",
        ratio >= 0.8,
    )
    least, used = cost_of(floor(material)).cpu, _cost(material).cpu
    yield Line("  the same, in CPU time", f"{used:.2f} s", f"floor {least:.2f} s", f"{least / used:.2f}")
    yield from _exiftool(material, plan, scan)


def _exiftool(material: Path, plan: Plan, scan: float) -> Iterator[Line]:
    if shutil.which("exiftool") is None:
        yield Line("exiftool -r, the same files", "not installed", "")
        return
    seconds = run(["exiftool", "-r", "-q", "-q", str(material)], keep=False).seconds
    yield Line(
        "exiftool -r, the same files",
        f"{plan.mixed / seconds:,.0f} files/s",
        f"scan {plan.mixed / scan:,.0f} files/s",
        f"scan is {seconds / scan:.1f} times as fast",
    )


def again(plan: Plan) -> Iterator[Line]:
    """Scan a tree of tiny files, then again with nothing changed; and ask about one of them."""
    material = corpus.tiny(plan.tiny)
    with _production(material) as root:
        first = run(provenance("scan"), root).seconds
        yield Line(f"first scan, {plan.tiny:,} tiny files", f"{plan.tiny / first:,.0f} files/s", "")
        finds, scans = [], []
        for _ in range(plan.rounds):
            finds.append(run(["find", str(material), "-type", "f", "-printf", "%s %T@ %p\\n"], keep=False).seconds)
            scans.append(run(provenance("scan"), root).seconds)
        rate, found = plan.tiny / min(scans), plan.tiny / min(finds)
        # Below the full count the start of the process is a large part of it, so only the full count is held to it.
        full = plan.tiny >= _FULL
        yield Line(
            f"scan again, {plan.tiny:,} files, nothing changed",
            f"{rate:,.0f} files/s",
            f"find -printf {found:,.0f} files/s",
            f"{rate / found:.2f}",
            "at least 100,000 files/s",
            rate >= 100_000 if full else None,
        )
        yield from _asking(plan, root, next(material.rglob("*.txt")))


def _asking(plan: Plan, root: Path, known: Path) -> Iterator[Line]:
    """Hold the whole process of a question against the least a command line on SQLite can be."""
    least, asked = [], []
    for _ in range(plan.starts):
        least.append(run([sys.executable, "-c", "import click, sqlite3"], root).seconds)
        asked.append(run(provenance("origin", str(known)), root).seconds)
    ratio = statistics.median(asked) / statistics.median(least)
    yield Line(
        f"origin of a known file, of {plan.tiny:,}",
        f"{statistics.median(asked) * 1000:.0f} ms",
        f"import click, sqlite3: {statistics.median(least) * 1000:.0f} ms",
        f"{ratio:.2f}",
        "within 2.5 times",
        ratio <= 2.5,
    )


def remembering(plan: Plan) -> Iterator[Line]:
    """See that memory grows neither with the number of files nor with their size."""
    for what, cost_over in (("scan", _cost), ("gate to JSON", _cost_of_gate)):
        few, many = (cost_over(corpus.tiny(n)).main for n in (plan.few, plan.tiny))
        yield Line(
            f"memory of {what}, {plan.tiny:,} files",
            f"{many / MIB:,.0f} MiB",
            f"{plan.few:,} files: {few / MIB:,.0f} MiB",
            f"{many / few:.2f}",
            "flat: within 1.2 times",
            many / few <= 1.2,
        )
    material = corpus.large(plan.large)
    lowest, cost = cost_of(floor(material)).worker, _cost(material)
    # Beside the SDK's buffers there are the parsers and one block of the hash; both are small.
    yield Line(
        f"memory of a worker, files of {plan.large / (1 << 30):g} GiB",
        f"{cost.worker / MIB:,.0f} MiB (main {cost.main / MIB:,.0f} MiB)",
        f"floor, the SDK's own: {lowest / MIB:,.0f} MiB",
        f"{cost.worker / lowest:.2f}",
        "within 1.2 times",
        cost.worker <= 1.2 * lowest,
    )


def _cost(material: Path) -> Cost:
    with _production(material) as root:
        return cost_of(provenance("scan"), root)


def _cost_of_gate(material: Path) -> Cost:
    """Return what a gate costs over material that passes quietly: what it has to name, it holds."""
    with _production(material, final=True) as root:
        return cost_of(provenance("gate", str(material), "--format", "json"), root)
