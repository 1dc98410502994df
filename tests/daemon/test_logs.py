import io
import json
import logging
import os
import pty
import re
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.config import Role
from provenance.daemon.logs import Log, open_log, take_in

HOSTILE = b'a\n{"level":"error"}\r\x1b[2J\xff\xe2\x80\xae.png'
SHOWN = 'a\\n{"level":"error"}\\r\\x1b[2J\\udcff\\u202e.png'


def test_elsewhere_than_on_a_terminal_every_line_is_json() -> None:
    """Each event is one JSON object with its sentence, level, time in UTC, and the values it speaks of."""
    stream = io.StringIO()
    open_log(stream).info(
        "recorded", zone="editorial", files=3, took=0.5, role=Role.WORK, root=Path("a"), more=("x", 2)
    )
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", event.pop("timestamp"))
    assert event == {
        "event": "recorded",
        "level": "info",
        "zone": "editorial",
        "files": 3,
        "took": 0.5,
        "role": "work",
        "root": "a",
        "more": ["x", 2],
    }


def on_terminal(write: list[tuple[str, dict[str, object]]], environ: dict[str, str]) -> bytes:
    """Return what a terminal is sent for some warnings."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", errors="backslashreplace") as stream:
        log = open_log(stream, environ)
        for event, values in write:
            log.warning(event, **values)
        sent = os.read(ours, 65_536)
    os.close(ours)
    return sent


def test_a_terminal_gets_lines_of_text() -> None:
    """On a terminal an event is one line for a person, coloured unless NO_COLOR is set."""
    plain = on_terminal([("the share is gone", {"zone": "netflix"})], {"NO_COLOR": "1"})
    assert re.fullmatch(rb"\d\d:\d\d:\d\d \[warning *\] the share is gone +zone='netflix'\r\n", plain)
    assert b"\x1b[" in on_terminal([("the share is gone", {})], {})


@pytest.mark.parametrize("event", ["quarantined", os.fsdecode(HOSTILE)])
def test_a_hostile_name_is_harmless(event: str) -> None:
    """A name with line ends, escape sequences and undecodable bytes is one printable value, wherever it stands."""
    stream = io.StringIO()
    values: dict[str, object] = {"path": HOSTILE, "text": os.fsdecode(HOSTILE), "error": OSError(os.fsdecode(HOSTILE))}
    open_log(stream).warning(event, **values)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert [told[key] for key in values] == [SHOWN] * 3
    assert told["level"] == "warning"
    sent = on_terminal([(event, values)], {"NO_COLOR": "1"})
    assert sent.count(b"\n") == 1
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", sent)
    assert "\u202e".encode() not in sent


class Unsteady(io.StringIO):
    """A stream on a disk that is full now and then."""

    full = False

    def write(self, text: str, /) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    """While a line cannot be written nothing is raised, and the next one that can says how many were lost."""
    stream = Unsteady()
    log = open_log(stream)
    stream.full = True
    log.info("one")
    log.error("two")
    stream.full = False
    log.info("three")
    log.info("four")
    three, four = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (three["event"], three["lost_lines"]) == ("three", 2)
    assert "lost_lines" not in four
    stream.close()
    log.info("five")


def test_lines_of_several_threads_stay_whole() -> None:
    """Whoever writes at the same time, each line is one event."""
    stream = io.StringIO()
    log = open_log(stream)
    threads = [threading.Thread(target=lambda: [log.info("turn", n=n) for n in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["turn"] * 800


@pytest.fixture
def others() -> Iterator[io.StringIO]:
    """What libraries say, taken in for the length of a test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log: Log = open_log(stream)
    take_in(log)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level


def test_what_libraries_say_is_taken_in(others: io.StringIO) -> None:
    """What a library logs or warns of stands in the same log, as harmless as all else; what is no warning does not."""
    logging.getLogger("watchdog").info("nothing to see")
    logging.getLogger("watchdog").warning("overflow in %s", "a\nb")
    record = logging.LogRecord("watchdog", logging.WARNING, __file__, 1, "wrong %d", ("words",), None)
    logging.getLogger().handlers[0].emit(record)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("an old\nname", DeprecationWarning, stacklevel=1)
    told = [json.loads(line) for line in others.getvalue().splitlines()]
    assert [(t["library"], t["level"]) for t in told] == [("watchdog", "warning")] * 2 + [("py.warnings", "warning")]
    assert told[0]["event"] == "overflow in a\\nb"
    assert told[1]["event"] == "wrong %d"
    assert "an old\\nname" in told[2]["event"]
