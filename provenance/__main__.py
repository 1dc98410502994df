"""`python -m provenance`, and the `provenance` command."""

import gc
import sys
from typing import Never


def main() -> Never:
    """Load the command line and run it.

    Loading modules makes no garbage to speak of, and looking for it all the same costs a tenth of a short command's
    time; so nobody looks until it is loaded, and seldom after. Only this program does so: who imports the command
    line keeps their own collector as it is.
    """
    gc.disable()
    try:
        from provenance.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)  # before there is anything to unwind, or anybody to say so

    gc.freeze()
    gc.set_threshold(50_000)  # the verb is still to be loaded
    gc.enable()
    run()


if __name__ == "__main__":
    main()
