"""Hears changes of one root and prints them, for tests that stop it or run it where less is allowed."""

import json
import sys
import time
from pathlib import Path

from tests.watcher.roots import LONG, root_at
from watcher.hints import Hints


def main() -> None:
    """Print a line of JSON for each turn in which there was something to say."""
    root = root_at(Path(sys.argv[1]))
    hints = Hints([root], lambda: None)
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        heard = [[folder.decode(), deep] for _, folder, deep in hints.take()]
        lost = [[trouble.reason.name, trouble.says] for trouble in hints.troubles()]
        if heard or lost:
            said = {"heard": heard, "lost": lost, "folders": hints.folders(root.name)}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
