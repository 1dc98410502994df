import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.watching import PROJECT

_STUCK = """
import signal, subprocess, sys, threading, time
from provenance.daemon.ending import within_seconds
from provenance.daemon.logs import open_log

asked = []
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: asked.append(True))
log = open_log(sys.stderr)
with within_seconds(log, 0.3):
    child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(child.pid, flush=True)
    {waits}
"""

_WAITS = {
    "a lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "its own end": "while not asked:\n        time.sleep(0.01)\nthreading.Event().wait()",
    "who reads its log": "log.info('x' * (1 << 20))",
}


@pytest.mark.parametrize("waits", _WAITS)
def test_whatever_it_waits_for_it_ends(tmp_path: Path, waits: str) -> None:
    """Asked to end, and asked again, a process that waits for ever is cut off with all it started, and says so."""
    said = tmp_path / "log"
    with said.open("wb") as log:
        stderr = subprocess.PIPE if waits == "who reads its log" else log
        code = _STUCK.format(waits=_WAITS[waits])
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
        )
    assert process.stdout is not None
    child = Path("/proc", process.stdout.readline().strip().decode())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
    assert process.wait(60) == 0
    assert process.stdout.read() == b""  # the child had it open too, and is gone
    assert not child.exists() or "Z" in (child / "stat").read_text()
    assert stderr is subprocess.PIPE or b"was cut off" in said.read_bytes()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
