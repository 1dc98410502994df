"""Speaking to the service manager: sd_notify(3), without libsystemd.

Own code, because no library that lives fits: `sdnotify` has not moved since 2017, knows no watchdog and no types;
`systemd-python` and `cysystemd` need a compiler and libsystemd's headers where this is installed. The protocol is one
datagram of `KEY=value` lines to the socket named by NOTIFY_SOCKET.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from provenance.daemon.logs import Log
from provenance.files import display


class Service:
    """Tells the service manager how it goes; without one it does nothing. Never blocks and never raises."""

    def __init__(
        self, environ: Mapping[str, str], log: Log, clock: Callable[[], float] = time.monotonic, pid: int | None = None
    ) -> None:
        """Find the service manager in the environment. `pid` is this process' number, if not the true one."""
        self._log, self._clock = log, clock
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._every = _watchdog(environ, os.getpid() if pid is None else pid) / 2
        self._alive_at = -self._every
        self._status = ""
        self._failed = False

    @property
    def managed(self) -> bool:
        """Whether there is somebody to tell."""
        return self._address is not None

    def ready(self) -> None:
        """Say that the work has begun, or goes on after `reloading`."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Say in one line what is being done, if that is news."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={display(text)}")

    def alive(self) -> None:
        """Show that the loop turns. Call it every turn; it speaks at half the time the manager waits."""
        if self._every > 0 and self._clock() - self._alive_at >= self._every:
            self._alive_at = self._clock()
            self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """Say that the configuration is being read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """Say that it is going to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as one:
                one.setblocking(False)
                one.sendto(message.encode(), self._address)
        except OSError as error:
            if not self._failed:
                self._log.warning("the service manager cannot be told", why=error.strerror, socket=self._address)
            self._failed = True
        else:
            self._failed = False


def _address(named: str) -> bytes | None:
    """Return a socket's address; a leading `@` stands for the NUL of Linux' abstract names (unix(7))."""
    raw = os.fsencode(named)
    if raw.startswith(b"@"):
        return b"\0" + raw[1:]
    return raw if raw.startswith(b"/") else None


def _watchdog(environ: Mapping[str, str], pid: int) -> float:
    """Return after how many silent seconds the manager ends this process; 0 where it does not (sd_watchdog_enabled)."""
    if environ.get("WATCHDOG_PID", str(pid)) != str(pid):
        return 0.0
    with suppress(ValueError):
        return max(0, int(environ.get("WATCHDOG_USEC", "0"))) / 1_000_000
    return 0.0
