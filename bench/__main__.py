"""`python -m bench [--quick] [PART]...`: measure, and print a table.

Ends with 0 also where an aim is missed, and says MISSED: the numbers of a busy machine are no reason to stop a build.
"""

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version

from bench import corpus
from bench.book import verifying
from bench.headers import examining
from bench.measures import QUICK, Line, Plan, again, remembering, scanning
from bench.signatures import gating

_PARTS: dict[str, Callable[[Plan], Iterator[Line]]] = {
    "scan": scanning,
    "again": again,
    "memory": remembering,
    "book": verifying,
    "headers": examining,
    "signatures": gating,
}
_HEAD = Line("what", "measured", "against", "ratio", "aim")


def main() -> None:
    """Measure the parts asked for, all unless told otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast provenance is, and against whom.")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: a look, not a measurement")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(_PARTS)}; default: all")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(_PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    plan = QUICK if asked.quick else Plan()
    corpus.CACHE.mkdir(exist_ok=True)
    print(
        f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"c2pa-python {version('c2pa-python')}, provenance {version('asset-provenance')}{', quick' * asked.quick}"
    )
    _show(_HEAD)
    for name in asked.parts or _PARTS:
        for line in _PARTS[name](plan):
            _show(line)


def _show(line: Line) -> None:
    word = {None: "", True: "met", False: "MISSED"}[line.met]
    row = (f"{line.what:<44}", f"{line.measured:<26}", f"{line.against:<32}", f"{line.ratio:<22}", f"{line.aim:<30}")
    print("  ".join((*row, word)).rstrip(), flush=True)


if __name__ == "__main__":
    main()
