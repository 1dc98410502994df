"""`python -m watcher DIR…`: print the files that arrive, and nothing else. Remembers nothing beyond its own process."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from watcher.arrivals import Means, Watch
from watcher.here import Here
from watcher.hints import Hints
from watcher.roots import Root
from watcher.settle import Settling
from watcher.sweep import Folder, Found
from watcher.tree import End


class _Memory:
    """A book that forgets."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, bytes], dict[bytes, Found]] = {}

    def news(self, root: str, folder: Folder) -> Sequence[tuple[bytes, Found]]:
        known = self.known.setdefault((root, folder.path), {})
        return [(name, found) for name, found in folder.files if known.get(name) != found]

    def folder_gone(self, root: str, folder: bytes) -> bool:
        self.known.pop((root, folder), None)
        return True

    def sweeping(self, root: str) -> None:
        """Nothing to note."""

    def swept(self, root: str, listed: frozenset[bytes]) -> bool:
        self.known = {key: files for key, files in self.known.items() if key[0] != root or key[1] in listed}
        return True

    def waited(self, root: str) -> Mapping[bytes, float]:  # noqa: ARG002 (it forgets)
        return {}

    def keep_waiting(self, root: str, rows: Sequence[tuple[bytes, Settling]], over: Sequence[bytes]) -> bool:  # noqa: ARG002
        return True


def main() -> None:
    """Print each file under some folders once it is finished, and again when it has changed."""
    parser = argparse.ArgumentParser(prog="python -m watcher", description=main.__doc__)
    parser.add_argument("folders", nargs="+", metavar="DIR")
    parser.add_argument("--settle", type=float, default=5.0, metavar="SECONDS", help="without a change (default: 5)")
    given = parser.parse_args()
    roots = [
        Root(
            name,
            os.fsencode(Path(name).resolve()),
            frozenset(),
            given.settle,
            300.0,
            events=True,
            apart=False,
            first=False,
        )
        for name in given.folders
    ]
    memory = _Memory()
    watch = Watch(roots, memory, Means(lambda root: Here(root, None), Hints))
    try:
        for arrived in watch.arrivals():
            for arrival in arrived:
                folder, _, name = arrival.path.rpartition(b"/")
                memory.known.setdefault((arrival.root, folder), {})[name] = arrival.found
                print(ascii(os.fsdecode(os.path.join(os.fsencode(arrival.root), arrival.path)))[1:-1], flush=True)  # noqa: T201
                watch.done(arrival, End.RECORDED)
            watch.wait()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        watch.close()


if __name__ == "__main__":
    main()
