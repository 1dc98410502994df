"""The daemon's log: lines for a person on a terminal, JSON lines for everybody else. To standard error alone.

File names come from strangers. Whatever is logged is one printable line in the end, and no name can end it, colour it
or move the cursor.
"""

import logging
import os
import threading
from collections.abc import Mapping
from enum import Enum
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from provenance.files import display

Log = FilteringBoundLogger
"""`log.info("what happened", zone=…, path=…)`: a fixed sentence, and what it speaks of as values. Bytes are paths."""


def open_log(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Log:
    """Return a log that writes to a stream. A stream that cannot be written to costs lines, and never raises.

    Lost lines are counted, and the next line that can be written says how many there were.
    """
    terminal = stream.isatty()
    lines = _Lines(stream)
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal)
    renderer: Any = structlog.processors.JSONRenderer()
    if terminal:
        colors, plain = not environ.get("NO_COLOR"), structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=colors, repr_native_str=True, exception_formatter=plain)
    log: Log = structlog.wrap_logger(
        lines,
        processors=[lines.confess, structlog.processors.add_log_level, stamp, _harmless, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    return log


def take_in(log: Log) -> None:
    """Have what libraries log or warn of in this process written to a log too, from warnings upwards."""
    logging.basicConfig(handlers=[_Handed(log)], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


class _Lines:
    """Writes lines, one at a time, whichever thread they come from."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._lost = 0

    def msg(self, line: str) -> None:
        """Write a line if that can be done."""
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # a full disk, a reader that went away, a stream that was closed
                self._lost += 1
            else:
                self._lost = 0

    debug = info = warning = error = critical = exception = msg

    def confess(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """Add how many lines were lost since the last that was written."""
        if self._lost:
            event["lost_lines"] = self._lost
        return event


def _harmless(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Make every value a plain number or one line of printable text. What is the same in every line comes first."""
    ordered = sorted(event.items(), key=lambda item: _FIRST.get(item[0], len(_FIRST)))
    return {key: _shown(value) for key, value in ordered}


_FIRST = {"timestamp": 0, "level": 1, "event": 2}


def _shown(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return _shown(value.value)
        case bytes() | str():
            return display(value)
        case tuple() | list():
            return [_shown(one) for one in value]
        case _:
            return display(str(value))


class _Handed(logging.Handler):
    """Hands on what comes by the standard library's way."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            says = record.getMessage()
        except Exception:  # noqa: BLE001 (a library that formats its own message wrongly)
            says = str(record.msg)
        self._log.log(record.levelno, says, library=record.name)
