import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.asset import UtcTime, ZoneName
from provenance.config import WatchMode
from provenance.errors import AlreadyWatched, CatalogueTrouble
from provenance.watchstate import (
    EVERY,
    EVERY_IDLE,
    SILENT,
    Events,
    Guarding,
    Running,
    WatchState,
    ZoneState,
    read_state,
)

BEGAN = UtcTime("2026-11-24T10:00:00.000000Z")
LATER = UtcTime("2026-11-24T10:05:00.000000Z")
ZONE = ZoneState(ZoneName("netflix"), WatchMode.POLL, "not mounted", BEGAN, 1.5, None, ("a\\n.png: gone",))
STATE = WatchState(ready=True, events=Events.DEGRADED, backlog=1, stuck=4, last_sweep=BEGAN, zones=(ZONE,))

DAEMON = """
import sys, time
from pathlib import Path
from provenance.watchstate import *
guarding = Guarding.start(Path(sys.argv[1]), "2026-11-24T10:00:00.000000Z")
assert guarding.tell(WatchState(ready=True, events=Events.OK, settling=7), "2026-11-24T10:00:01.000000Z") is None
print("there", flush=True)
time.sleep(1000)
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Where a catalogue would lie."""
    return tmp_path / "catalogue.db"


@contextmanager
def daemon(catalogue: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process watch the catalogue; it is killed at the end, and tidies nothing up."""
    with subprocess.Popen([sys.executable, "-c", DAEMON, str(catalogue)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        try:
            assert other.stdout.readline() == "there\n"
            yield other
        finally:
            other.kill()


def test_what_a_daemon_says_can_be_read(catalogue: Path) -> None:
    """Whoever asks gets what was told last, all of it, with who told it and when; nobody else can read the files."""
    guarding = Guarding.start(catalogue, BEGAN)
    assert read_state(catalogue) == Running()
    assert guarding.tell(STATE, LATER) is None
    assert read_state(catalogue) == Running(os.getpid(), BEGAN, LATER, STATE)
    modes = {p.name: p.stat().st_mode & 0o777 for p in catalogue.parent.iterdir()}
    assert modes == {"watch.json": 0o600, "watch.lock": 0o600}
    guarding.close()
    guarding.close()
    assert read_state(catalogue) is None
    assert not (catalogue.parent / "watch.json").exists()


def test_nobody_watches_where_nobody_ever_did(catalogue: Path) -> None:
    """Asking makes nothing: neither a lock nor a folder."""
    assert read_state(catalogue) is None
    assert read_state(catalogue.parent / "nowhere" / "catalogue.db") is None
    assert list(catalogue.parent.iterdir()) == []


def test_a_killed_daemon_is_not_running(catalogue: Path) -> None:
    """What a killed daemon left behind does not read as running, and the next one does not begin with it."""
    with daemon(catalogue) as other:
        running = read_state(catalogue)
        assert running is not None
        assert (running.pid, running.state and running.state.settling) == (other.pid, 7)
    assert (catalogue.parent / "watch.json").exists()
    assert read_state(catalogue) is None
    guarding = Guarding.start(catalogue, BEGAN)
    assert read_state(catalogue) == Running()
    guarding.close()


def test_a_second_daemon_is_refused(catalogue: Path) -> None:
    """Another process that watches the same catalogue ends at once with 39, and the first goes on."""
    with daemon(catalogue) as other:
        with pytest.raises(AlreadyWatched) as caught:
            Guarding.start(catalogue, LATER, patience=0.1)
        assert caught.value.code == 39
        assert str(catalogue.parent / "watch.lock") in caught.value.message
        running = read_state(catalogue)
        assert running is not None
        assert running.pid == other.pid


def test_a_second_daemon_is_refused_in_the_same_process(catalogue: Path) -> None:
    """Nor can one process watch a catalogue twice, and having tried costs the first nothing."""
    guarding = Guarding.start(catalogue, BEGAN)
    with pytest.raises(AlreadyWatched):
        Guarding.start(catalogue, LATER, patience=0.0)
    assert read_state(catalogue) is not None
    guarding.close()
    Guarding.start(catalogue, LATER, patience=0.0).close()


def test_whoever_asks_keeps_no_daemon_from_starting(catalogue: Path) -> None:
    """A daemon that starts while somebody asks for an instant waits for that instant."""
    Guarding.start(catalogue, BEGAN).close()
    asking = (
        "import fcntl, sys, time; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_SH); print('there', flush=True)"
        "; sys.stdin.readline()"
    )
    command = [sys.executable, "-c", asking, str(catalogue.parent / "watch.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "there\n"
        with pytest.raises(AlreadyWatched):
            Guarding.start(catalogue, BEGAN, patience=0.0)
        other.stdin.write("\n")
        other.stdin.flush()
        Guarding.start(catalogue, BEGAN, patience=40.0).close()


def test_the_lock_is_not_handed_on(catalogue: Path) -> None:
    """A program the daemon starts does not hold the catalogue once the daemon is gone."""
    guarding = Guarding.start(catalogue, BEGAN)
    with subprocess.Popen(["sleep", "1000"], close_fds=False) as child:
        guarding.close()
        Guarding.start(catalogue, LATER, patience=0.0).close()
        child.kill()


def told(catalogue: Path) -> UtcTime | None:
    """Return when the state that can be read was told."""
    running = read_state(catalogue)
    assert running is not None
    return running.said_at


def test_numbers_are_written_seldom_and_news_at_once(catalogue: Path) -> None:
    """A count that goes on is written every other second, a state that stands still more seldom, and news always."""
    clock = [0.0]
    guarding = Guarding.start(catalogue, BEGAN, clock=lambda: clock[0])
    times = [UtcTime(f"2026-11-24T10:00:{n:02}.000000Z") for n in range(60)]

    def tell(state: WatchState, at: float) -> bool:
        clock[0] = at
        guarding.tell(state, times[int(at)])
        return told(catalogue) == times[int(at)]

    assert tell(STATE, 0)
    assert not tell(replace(STATE, backlog=2), EVERY / 2)
    assert tell(replace(STATE, backlog=3), EVERY)
    assert not tell(replace(STATE, backlog=3), 2 * EVERY)
    assert tell(replace(STATE, backlog=3), EVERY + EVERY_IDLE)
    for number, news in enumerate(
        (
            replace(STATE, events=Events.OK),
            replace(STATE, ready=False),
            replace(STATE, troubles=("the disk is full",)),
            replace(STATE, zones=(replace(ZONE, paused=None),)),
            replace(STATE, zones=(replace(ZONE, troubles=()),)),
        ),
        20,
    ):
        assert tell(news, number)
        assert tell(STATE, number + 30)
    assert EVERY_IDLE < SILENT
    guarding.close()


def test_a_state_that_cannot_be_written_raises_nothing(catalogue: Path) -> None:
    """Where the state cannot be written, the daemon gets that in words, and goes on; the old state stays whole."""
    guarding = Guarding.start(catalogue, BEGAN)
    assert guarding.tell(STATE, BEGAN) is None
    aside = catalogue.parent / "watch.json.part"
    aside.symlink_to("/dev/full")  # a link is never followed, so this fails as a disk does that takes nothing
    assert "cannot be written" in (guarding.tell(replace(STATE, ready=False), LATER) or "")
    assert told(catalogue) == BEGAN
    aside.unlink()
    assert guarding.tell(replace(STATE, ready=False), LATER) is None
    assert told(catalogue) == LATER
    guarding.close()


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff", b'{"state": {"ready": true}}'])
def test_a_state_that_cannot_be_read_is_none(catalogue: Path, left: bytes) -> None:
    """While a daemon runs, garbage in its file is no state, and still no sign that it does not run."""
    guarding = Guarding.start(catalogue, BEGAN)
    (catalogue.parent / "watch.json").write_bytes(left)
    assert read_state(catalogue) == Running()
    guarding.close()


def test_a_state_of_a_later_version_is_read(catalogue: Path) -> None:
    """A field this version does not know is passed over."""
    guarding = Guarding.start(catalogue, BEGAN)
    guarding.tell(STATE, LATER)
    path = catalogue.parent / "watch.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mood": "good"}))
    assert read_state(catalogue) == Running(os.getpid(), BEGAN, LATER, STATE)
    guarding.close()


def test_who_cannot_look_does_not_say_that_nobody_watches(catalogue: Path) -> None:
    """Where the lock cannot be opened, that is an error, and not an answer."""
    (catalogue.parent / "watch.lock").symlink_to("/dev/null")
    with pytest.raises(CatalogueTrouble, match="cannot be read"):
        read_state(catalogue)
    with pytest.raises(CatalogueTrouble, match="cannot be opened"):
        Guarding.start(catalogue, BEGAN)


def test_a_place_that_cannot_be_written_is_an_error(catalogue: Path) -> None:
    """Where no lock can be made, the daemon does not start."""
    with pytest.raises(CatalogueTrouble, match="cannot be opened"):
        Guarding.start(catalogue.parent / "nowhere" / "catalogue.db", BEGAN)
    (catalogue.parent / "watch.json").mkdir()
    with pytest.raises(CatalogueTrouble, match="cannot be written to"):
        Guarding.start(catalogue, BEGAN)
    with (catalogue.parent / "watch.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # and it holds nothing
