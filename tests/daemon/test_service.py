import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.daemon.service import Service
from tests.daemon.notified import Listener


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A service manager's socket, with the name it goes by in the environment."""
    named = str(tmp_path / "s") if request.param == "path" else f"@provenance-test-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(named.replace("@", "\0", 1))
        listening.settimeout(10)
        yield named, listening


def test_a_service_manager_is_told(manager: tuple[str, socket.socket]) -> None:
    """Ready, status, reload and end arrive as sd_notify(3) writes them, one datagram each, news only."""
    named, listening = manager
    heard = Listener()
    service = Service({"NOTIFY_SOCKET": named}, heard.log)
    assert service.managed
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    service.ready()
    service.status("3 files settling")
    service.status("3 files settling")
    service.status("a\nREADY=1")
    service.reloading()
    service.stopping()
    told = [listening.recv(4096).decode() for _ in range(5)]
    reload, stamp = told.pop(3).splitlines()
    assert told == ["READY=1", "STATUS=3 files settling", "STATUS=a\\nREADY=1", "STOPPING=1"]
    assert reload == "RELOADING=1"
    assert before <= int(stamp.removeprefix("MONOTONIC_USEC=")) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert heard.lines == []


def test_the_watchdog_is_fed_at_half_its_time(manager: tuple[str, socket.socket]) -> None:
    """Called on every turn it speaks at once, and then whenever half of the manager's patience has passed."""
    named, listening = manager
    clock = [1000.0]
    environ = {"NOTIFY_SOCKET": named, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "77"}
    service = Service(environ, Listener().log, lambda: clock[0], pid=77)
    spoken = []
    for second in range(61):
        clock[0] = 1000.0 + second
        service.alive()
        listening.setblocking(False)
        try:
            spoken.append((second, listening.recv(4096)))
        except BlockingIOError:
            continue
    assert spoken == [(second, b"WATCHDOG=1") for second in (0, 15, 30, 45, 60)]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "-5"},
        {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "78"},
    ],
)
def test_a_watchdog_that_is_not_ours_is_left_alone(manager: tuple[str, socket.socket], environ: dict[str, str]) -> None:
    """Without a watchdog, with a garbled one, or with one for another process, nothing is said."""
    named, listening = manager
    service = Service({"NOTIFY_SOCKET": named, **environ}, Listener().log, pid=77)
    service.alive()
    listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        listening.recv(4096)


@pytest.mark.parametrize("named", ["", "relative", "vsock:2:1"])
def test_without_a_service_manager_nothing_happens(named: str) -> None:
    """Where nobody is to be told, or nobody that is known how to tell, nothing is sent and nothing is logged."""
    heard = Listener()
    service = Service({"NOTIFY_SOCKET": named}, heard.log)
    assert not service.managed
    service.ready()
    service.stopping()
    assert heard.lines == []


def test_a_manager_that_does_not_listen_is_said_once(tmp_path: Path) -> None:
    """A socket that is gone is one line in the log, not one a turn; nothing is raised."""
    heard = Listener()
    service = Service({"NOTIFY_SOCKET": str(tmp_path / "gone")}, heard.log)
    for _ in range(3):
        service.ready()
    assert [line["level"] for line in heard.lines] == ["warning"]


def test_a_manager_that_is_slow_is_not_waited_for(manager: tuple[str, socket.socket]) -> None:
    """Where the socket is full of what nobody reads, telling returns at once."""
    named, _ = manager
    heard = Listener()
    service = Service({"NOTIFY_SOCKET": named}, heard.log)
    for number in range(100_000):
        service.status(f"{number}")
        if heard.lines:
            break
    assert heard.lines
