"""Putting back what somebody approved since it was taken away, or saying that it may be put back.

It is done by `provenance release` in a process of its own, as a person would do it: files in quarantine may be large,
and whoever guards the final zones must not wait until they are read.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import IO

from provenance.asset import Digest, Place, RelPath, ZoneName
from provenance.config import OnApproval
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.errors import ReadFailed
from provenance.gate import Gate
from provenance.quarantine import Held
from provenance.release import answered

AT_ONCE = 200
"""Files that are put back in one go; the rest comes after them."""

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
"""Seconds until what could not be put back is tried again: twice as long each time."""

OF_A_FILE = range(10, 30)
"""Exit codes that speak of one file; with others nothing would be better for fewer."""

_ENDING = 2.0
"""Seconds to wait for a release that was told to end, and again for one that was killed."""

SAID = 4096
"""Bytes of what a release says of its own trouble that are kept for the log."""


class Releasing:
    """Looks for what may be put back, and does so or says so, as each zone is set up."""

    def __init__(
        self, gate: Gate, tell: Callable[[Notice], None], log: Log, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gate = gate
        self._tell = tell
        self._log = log
        self._told: set[int] = set()
        self._clock = clock
        self._tried: dict[int, tuple[float, float]] = {}
        """When what could not be put back is tried again, and how long it is waited after that."""
        self._word = -1
        self._most = AT_ONCE
        self._batch: list[int] = []
        self._running: subprocess.Popen[bytes] | None = None
        self._said: tuple[IO[bytes], IO[bytes]] | None = None

    def review(self) -> None:
        """Look at everything in quarantine.

        What could not be put back is tried again once somebody spoke, and else more and more seldom.

        Raises `CatalogueTrouble`, and `ReadFailed` where no process can be started for it.
        """
        word = self._gate.intake.catalogue.newest_word()
        if word != self._word:
            self._word = word
            self._tried.clear()
        self._start_or_say()

    def poll(self) -> None:
        """See how what was begun has gone, and begin what is left."""
        if self._running is None or self._running.poll() is None:
            return
        self._finish(self._running.returncode)
        self._start_or_say()

    @property
    def busy(self) -> bool:
        """Whether anything is being put back."""
        return self._running is not None

    def close(self) -> int:
        """End what is under way; return 1 if it was killed and is still there, else 0.

        A release that is cut off is finished by whoever comes next.
        """
        if self._running is None:
            return 0
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(_ENDING)
        self._running.kill()
        with suppress(subprocess.TimeoutExpired):  # it sleeps in a request to storage
            self._running.wait(_ENDING)
        return int(self._running.returncode is None)

    def _start_or_say(self) -> None:
        try:
            self._start()
        except OSError as error:  # no memory for a process, no room for what it says
            raise ReadFailed(f"provenance release could not be started: {error.strerror or error}") from error

    def _start(self) -> None:
        if self._running is not None:
            return
        wanted = [held for held in answered(self._gate, self._held()) if self._is_wanted(held)][: self._most]
        if not wanted:
            return
        config = os.fspath(self._gate.config.path)
        command = [sys.executable, "-m", "provenance", "--config", config, "release", "--format", "json"]
        with ExitStack() as stack:
            said = (stack.enter_context(tempfile.TemporaryFile()), stack.enter_context(tempfile.TemporaryFile()))
            self._running = subprocess.Popen(
                [*command, *(held.where for held in wanted)], stdin=subprocess.DEVNULL, stdout=said[0], stderr=said[1]
            )
            stack.pop_all()
            self._said = said
        self._batch = [held.row.id for held in wanted]
        for held in wanted:
            _, pause = self._tried.get(held.row.id, (0.0, FIRST_PAUSE))
            self._tried[held.row.id] = self._clock() + pause, min(pause * 2, LONGEST_PAUSE)

    def _held(self) -> list[Held]:
        return [
            Held(row, zone, row.move.place.path)
            for zone in self._gate.config.zones
            for row in self._gate.intake.catalogue.quarantined(zone.name)
        ]

    def _is_wanted(self, held: Held) -> bool:
        """Whether it is to be put back now. What a person is to put back is told, once."""
        if held.zone.on_approval is OnApproval.RELEASE:
            return self._clock() >= self._tried.get(held.row.id, (0.0, 0.0))[0]
        if held.row.id not in self._told:
            self._told.add(held.row.id)
            place = held.row.move.place
            self._log.info("approved, and may be put back: provenance release", zone=place.zone, path=place.path)
            self._tell(Notice.about(Kind.APPROVED, place, held.row.move.digest))
        return False

    def _finish(self, code: int) -> None:
        assert self._said is not None
        answer, trouble = (_read(stream) for stream in self._said)
        self._running = self._said = None
        try:
            released = json.loads(answer).get("released", [])
        except ValueError:
            released = []
        self._size(code, bool(released))
        for one in released:
            place = Place(ZoneName(one["zone"]), RelPath(os.fsencode(one["path"])))
            self._log.info("put back from quarantine", zone=place.zone, path=place.path)
            self._tell(Notice.about(Kind.RELEASE, place, Digest(one["sha256"])))
        if code:
            why = trouble[-SAID:].decode(errors="replace").strip()
            self._log.warning("not everything that was approved was put back", code=code, why=why)

    def _size(self, code: int, released: bool) -> None:
        """Choose how many are put back in one go. One that cannot be read must not keep others where they are."""
        if code in OF_A_FILE and not released and len(self._batch) > 1:
            self._most = max(1, len(self._batch) // 4)
            for row in self._batch:
                self._tried.pop(row, None)
        elif released:
            self._most = min(AT_ONCE, self._most * 2)


def _read(stream: IO[bytes]) -> bytes:
    with stream:
        stream.seek(0)
        return stream.read()
