"""`python -m provenance`, and the `provenance` command."""

import gc
import sys
from contextlib import suppress

_LOOKING = frozenset({"scan", "gate"})
"""Verbs that look at many files. What their workers need takes longest to load, so it is begun before all else."""


def main() -> None:
    """Load the command line and run it.

    Loading modules makes no garbage to speak of, and looking for it all the same costs a tenth of a short command's
    time; so nobody looks until it is loaded, and seldom after, nor for what ends with the program. Only this program
    does so: who imports the command line keeps their own collector as it is.
    """
    gc.disable()
    try:
        if _LOOKING.intersection(sys.argv[1:2]):
            _warm_up()
        from provenance.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)  # before there is anything to unwind, or anybody to say so

    gc.freeze()
    gc.set_threshold(50_000)  # the verb is still to be loaded
    gc.enable()
    try:
        run()
    finally:
        gc.freeze()


def _warm_up() -> None:
    from provenance.workers import warm_up

    with suppress(OSError):  # the verb tries again, and says what is wrong
        warm_up()


if __name__ == "__main__":
    main()
