import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests.watcher.roots import LONG

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def running(path: Path, *prefix: str) -> Iterator[tuple["subprocess.Popen[str]", IO[str]]]:
    """Run `tests.watcher.hearing` on a root."""
    command = [*prefix, sys.executable, "-m", "tests.watcher.hearing", str(path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def _until(lines: IO[str], true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for line in lines:
        said: dict[str, Any] = json.loads(line)
        if true(said):
            return said
    raise AssertionError(f"it was not said within {LONG:.0f} seconds")


def test_an_overflow_is_noticed_and_mended(tmp_path: Path) -> None:
    """A process that was stopped while the kernel's queue overflowed says so, and hears new folders afterwards."""
    room = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    (tmp_path / "a").touch()
    with running(tmp_path) as (process, lines):
        _until(lines, lambda said: said["heard"] == [["", True]])
        process.send_signal(signal.SIGSTOP)
        for _ in range(room // 2):  # four events each: twice as many as there is room for
            (tmp_path / "a").rename(tmp_path / "b")
            (tmp_path / "b").rename(tmp_path / "a")
        (tmp_path / "made meanwhile").mkdir()
        process.send_signal(signal.SIGCONT)
        said = _until(lines, lambda said: bool(said["lost"]))
        assert [reason for reason, _ in said["lost"]] == ["OVERFLOW"]
        assert f"fs.inotify.max_queued_events (now {room})" in said["lost"][0][1]
        _until(lines, lambda said: ["", True] in said["heard"] and said["folders"] == 2)
        (tmp_path / "made meanwhile" / "x").touch()
        _until(lines, lambda said: ["made meanwhile", False] in said["heard"])


def _confined(setting: str) -> list[str]:
    """Return what runs a command in a user namespace of its own with a limit of inotify's set there."""
    prefix = ["unshare", "-Ur", "sh", "-c", f'echo {setting.replace("=", " > /proc/sys/user/")} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody make user namespaces with limits of their own")
    return prefix


def test_a_watch_limit_is_noticed(tmp_path: Path) -> None:
    """With room for 50 of 200 folders that is said, with the limit to raise, and the 50 are heard all the same."""
    for number in range(200):
        (tmp_path / f"{number:03}").mkdir()
    with running(tmp_path, *_confined("50=max_inotify_watches")) as (_, lines):
        said = _until(lines, lambda said: bool(said["lost"]))
        assert [reason for reason, _ in said["lost"]] == ["WATCH_LIMIT"]
        assert "only 50 folders" in said["lost"][0][1]
        assert "fs.inotify.max_user_watches (now " in said["lost"][0][1]
        assert said["folders"] == 50
        (tmp_path / "x").touch()
        _until(lines, lambda said: ["", False] in said["heard"])
        (tmp_path / "one more").mkdir()
        _until(lines, lambda said: ["one more", True] in said["heard"])


def _within(process: "subprocess.Popen[str]", *command: str) -> None:
    """Run a command where a process sees its mounts."""
    inside = ["nsenter", "-t", str(process.pid), "-U", "-m", "--preserve-credentials"]
    subprocess.run([*inside, *command], check=True, capture_output=True)


def _mounting() -> list[str]:
    """Return what runs a command where it may mount."""
    prefix = ["unshare", "-Urm"]
    if not shutil.which("nsenter") or subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount in a namespace of their own")
    return prefix


def test_storage_mounted_below_the_root_is_heard(tmp_path: Path) -> None:
    """What is mounted over a folder of the root is looked at, and heard from then on, and so is what was below it."""
    (tmp_path / "card" / "below").mkdir(parents=True)
    with running(tmp_path, *_mounting()) as (process, lines):
        _until(lines, lambda said: said["heard"] == [["", True]] and said["folders"] == 3)
        _within(process, "mount", "-t", "tmpfs", "none", str(tmp_path / "card"))
        _until(lines, lambda said: said["heard"] == [["", True]] and said["folders"] == 2)
        _within(process, "touch", str(tmp_path / "card" / "clip.mov"))
        _until(lines, lambda said: said["heard"] == [["card", False]])
        _within(process, "umount", str(tmp_path / "card"))
        _until(lines, lambda said: ["", True] in said["heard"] and said["folders"] == 3)


def test_a_mount_that_loops_ends(tmp_path: Path) -> None:
    """A root that is mounted below itself is watched once, and listening goes on."""
    (tmp_path / "a" / "loop").mkdir(parents=True)
    with running(tmp_path, *_mounting()) as (process, lines):
        _until(lines, lambda said: said["heard"] == [["", True]] and said["folders"] == 3)
        _within(process, "mount", "--rbind", str(tmp_path), str(tmp_path / "a" / "loop"))
        _until(lines, lambda said: said["heard"] == [["", True]] and said["folders"] == 2)
        (tmp_path / "a" / "x").touch()
        _until(lines, lambda said: said["heard"] == [["a", False]])


def test_an_instance_limit_is_noticed(tmp_path: Path) -> None:
    """Where not even one inotify instance may be had, that is said, with the limit to raise."""
    with running(tmp_path, *_confined("0=max_inotify_instances")) as (_, lines):
        said = _until(lines, lambda said: bool(said["lost"]))
        assert [reason for reason, _ in said["lost"]] == ["INSTANCE_LIMIT"]
        assert "fs.inotify.max_user_instances (now " in said["lost"][0][1]
