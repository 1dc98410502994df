"""What the tests of telling share: a production that tells, a program that is told, a log that can be read."""

import io
import json
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.asset import UtcTime
from provenance.config import Config
from provenance.configfile import load_config
from provenance.daemon.logs import Log, open_log

NOW = UtcTime("2026-11-24T10:00:00.000000Z")


def now() -> UtcTime:
    """Return the only time there is in these tests."""
    return NOW


def telling(folder: Path, command: Sequence[str] = (), *, apprise: Sequence[str] = (), bundle: float = 0.01) -> Config:
    """Return the configuration of a production that tells somebody."""
    path = folder / "provenance.toml"
    path.write_text(
        '[project]\nid = "long-night"\ntitle = "The Long Night"\n'
        '[[zone]]\nname = "netflix"\npath = "deliver"\nrole = "final"\n'
        f"[notify]\ncommand = {json.dumps(shlex.join(command))}\n"
        f"apprise = {json.dumps([*apprise])}\nbundle = {bundle}\n"
    )
    return load_config(path)


@dataclass
class Program:
    """A program that keeps every document it is told in a file of its own, and does what a line of Python says."""

    folder: Path
    then: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """How it is started."""
        script = self.folder / "told.py"
        script.write_text(
            "import json, os, pathlib, subprocess, sys, time\n"
            f"folder = pathlib.Path({str(self.folder)!r})\n"
            "said = sys.stdin.buffer.read()\n"
            "number = len(list(folder.glob('*.json')))\n"
            f"{self.then}\n"
            "part = folder / 'part'\n"
            "part.write_bytes(said)\n"
            "part.rename(folder / f'{number:04}.json')\n"
        )
        return (sys.executable, "-I", str(script), *self.arguments)

    @property
    def documents(self) -> list[Any]:
        """What it was told, in order."""
        return [json.loads(p.read_bytes()) for p in sorted(self.folder.glob("*.json"))]


@dataclass
class Listener:
    """A log that keeps what is said in it."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def log(self) -> Log:
        """The log itself."""
        return open_log(self.stream)

    @property
    def lines(self) -> list[Any]:
        """Every line that was written."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def until(what: Callable[[], object], patience: float = 40.0) -> None:
    """Wait until something is so; fail if it never is."""
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it never was so"
        time.sleep(0.02)
