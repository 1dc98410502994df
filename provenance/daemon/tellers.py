"""Ways to tell somebody something: a program of the house's own, and mail or chat by way of apprise."""

import logging
import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from provenance.config import Notify
from provenance.errors import ConfigInvalid
from provenance.files import display
from provenance.report.documents import to_json
from provenance.report.standing import NoticeDocument

DEADLINE = 30.0
"""Seconds a program may take. One that hangs must not keep all later notices waiting."""

TAIL = 2_000
"""So many of the last bytes a program printed are kept for the log."""

NAMED = 20
"""So many files are named in a mail or chat message; the rest is counted."""

_TURN = 0.05
"""Seconds between two looks at whether a program has ended. Its output tells less: others may hold that open."""

Until = Callable[[], float]
"""Returns the instant of `time.monotonic` by which something must be over; that may come nearer meanwhile."""


class NotTold(Exception):
    """It could not be told, and why: in words for the log."""


class Teller(Protocol):
    """One way to tell."""

    @property
    def name(self) -> str:
        """What it is called in the log."""

    def tell(self, document: NoticeDocument, until: Until) -> None:
        """Tell; raises `NotTold`."""


def tellers_of(notify: Notify) -> tuple[Teller, ...]:
    """Return a way to tell for each that is configured; raises `ConfigInvalid` for one that cannot work here."""
    tellers: list[Teller] = []
    if notify.command:
        tellers.append(Command(notify.command))
    tellers += [Apprise(address, number) for number, address in enumerate(notify.apprise, 1)]
    return tuple(tellers)


class Command:
    """Gives the document to a program on its standard input. No shell, no terminal, a process group of its own."""

    def __init__(self, words: tuple[str, ...], deadline: float = DEADLINE) -> None:
        self._words = words
        self._deadline = deadline

    @property
    def name(self) -> str:
        return f"command {self._words[0]}"

    def tell(self, document: NoticeDocument, until: Until) -> None:
        began = time.monotonic()
        with tempfile.TemporaryFile() as given:  # a file: a pipe could fill, and then nobody would watch the time
            try:
                given.write(to_json(document).encode())
                given.seek(0)
                process = subprocess.Popen(
                    self._words, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
                )
            except OSError as error:
                raise NotTold(f"it cannot be started: {error.strerror}") from error
        with process:
            try:
                said = _follow(process, lambda: min(until(), began + self._deadline))
            finally:
                in_time = process.poll() is not None
                if not in_time:
                    _kill(process)
        if not in_time:
            raise NotTold(f"it had not ended after {time.monotonic() - began:.1f} s{said}")
        if process.returncode != 0:
            raise NotTold(f"it answered {process.returncode}{said}")


def _follow(process: subprocess.Popen[bytes], until: Until) -> str:
    """Return the end of what a program prints, when it has ended or its time is up."""
    assert process.stdout is not None
    descriptor, tail = process.stdout.fileno(), b""
    os.set_blocking(descriptor, False)
    ended = False
    while not ended and time.monotonic() < until():
        ended = process.poll() is not None
        more = b""
        with suppress(BlockingIOError):
            more = os.read(descriptor, 65_536)
        tail = (tail + more)[-TAIL:]
        if not more and not ended:
            time.sleep(_TURN)
    return f"; it said: {display(tail.strip())}" if tail.strip() else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Apprise:
    """Sends a short text to one address. It holds a password, and is never shown: it is called by its number."""

    def __init__(self, address: str, number: int) -> None:
        """Raise `ConfigInvalid` where apprise is missing, or does not know such an address."""
        try:
            import apprise
        except ImportError as error:
            says = "[notify] apprise needs a library that is not installed"
            raise ConfigInvalid(says, help='Install it: pip install "asset-provenance[notify]"') from error
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # what it logs may name the address
        self._number = number
        self._service = apprise.Apprise(asset=apprise.AppriseAsset(app_id="provenance"))
        if not self._service.add(address):
            raise ConfigInvalid(f"[notify] apprise does not know what to do with address {number}")

    @property
    def name(self) -> str:
        return f"apprise address {self._number}"

    def tell(self, document: NoticeDocument, until: Until) -> None:  # noqa: ARG002 (its sockets have limits of their own)
        try:
            told = self._service.notify(title=_title(document), body="\n".join(_lines(document)))
        except Exception as error:  # a hundred services, and whatever their libraries raise
            raise NotTold(f"it failed: {type(error).__name__}") from error  # its text may name the address
        if not told:
            raise NotTold("the service did not take it")


def _title(document: NoticeDocument) -> str:
    counts = Counter[str]()
    for one in document.notices:
        counts[one.kind] += one.count
    return f"{document.project}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common())


def _short(frames: str) -> str:
    return frames if len(frames) <= _FRAMES else f"{frames[:_FRAMES].rpartition(',')[0]},…"


_FRAMES = 80
"""So many characters of which frames it is are shown."""


def _lines(document: NoticeDocument) -> Iterator[str]:
    for one in document.notices[:NAMED]:
        where = "/".join(filter(None, (one.zone, one.path)))
        where += f", {one.count:,} frames of {_short(one.frames)}" if one.frames else ""
        why = f" ({', '.join(one.reasons)})" if one.reasons else ""
        yield display(f"{one.kind}: {where}: {one.says}{why}" if where else f"{one.kind}: {one.says}{why}")
    rest = sum(one.count for one in document.notices[NAMED:])
    if rest:
        yield f"and {rest:,} more"
