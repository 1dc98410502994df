"""The watch daemon under what storage and people do to it, small. `make soak` runs the same with the full counts."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import adversity, arriving, writers
from tests.adversity import needs, within
from tests.day import a_day
from tests.watching import watched_production, watching

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("kind", [writers.burst, writers.renames])
@pytest.mark.parametrize("frozen", [False, True], ids=["", "overflow"])
def test_no_file_of_a_burst_is_lost(tmp_path: Path, kind: Callable[..., None], frozen: bool) -> None:
    """Written or renamed as fast as it goes, heard of or not: every file is recorded, once, whole."""
    arriving.arriving(tmp_path, kind, 300, frozen=frozen)


def test_a_kill_costs_only_time(tmp_path: Path) -> None:
    """Killed again and again while files arrive: none is lost, and every flagged one is in quarantine, once."""
    arriving.killed(tmp_path, files=200, kills=4, seed=1)


def test_flagged_files_are_taken_from_among_clean_ones(tmp_path: Path) -> None:
    """Many flagged files dropped at once are all taken away, and no clean one beside them is touched."""
    arriving.dropped(tmp_path, flagged=20, clean=60)


def test_no_file_is_read_half_written(tmp_path: Path) -> None:
    """Slow, preallocated, dated back, renamed while open or cut short: recorded when it is whole, and not before."""
    arriving.unfinished(tmp_path, settle=0.7)


def test_a_file_that_is_closed_now_and_then_is_not_read_in_between(tmp_path: Path) -> None:
    """A file whose writer closes it after each piece is recorded once nothing has come for the settle time."""
    arriving.reopened(tmp_path, settle=0.8)


def test_too_few_watches_lose_nothing(tmp_path: Path) -> None:
    """Where only some folders can be watched, sweeps find what is in the others, and the state says what to raise."""
    needs("namespaces")
    adversity.limited(tmp_path, watches=5, folders=20, files=60)


def test_a_locked_catalogue_costs_only_time(tmp_path: Path) -> None:
    """While somebody else writes to the catalogue it is said, and afterwards everything is recorded."""
    adversity.locked(tmp_path, seconds=4)


def test_a_full_disk_costs_only_time(tmp_path: Path) -> None:
    """While nothing can be written `status` says why, and once there is room everything is recorded."""
    needs("root")
    within(adversity.full, tmp_path, 300)


def test_a_root_that_is_away_is_not_empty(tmp_path: Path) -> None:
    """While a zone's folder is not there nothing of it is gone, and what it brings back is recorded."""
    adversity.away(tmp_path, files=60)


def test_a_sweep_that_hangs_is_replaced(tmp_path: Path) -> None:
    """A process that sweeps network storage and hangs pauses its zone alone, and another does its work."""
    adversity.silent(tmp_path, files=60)


def test_who_asks_for_the_end_again_disturbs_nothing(tmp_path: Path) -> None:
    """A daemon that is told to end again and again, to its last moment, ends as if it had been told once."""
    with watching(watched_production(tmp_path)) as daemon:
        while daemon.process.poll() is None:
            for number in (signal.SIGTERM, signal.SIGINT):
                daemon.process.send_signal(number)
            signal.sigtimedwait([], 0.005)
        assert daemon.process.returncode == 0
        assert "Traceback" not in daemon.said()
        assert daemon.lines()[-1]["event"] == "stopped"


@pytest.mark.parametrize("servers", [False, True], ids=["workers", "all"])
def test_processes_that_do_not_end_keep_nobody_alive(tmp_path: Path, servers: bool) -> None:
    """A daemon whose processes hang ends when it is told to, and the next one takes in all that it had under way."""
    adversity.stopped(tmp_path, files=60, servers=servers)


def test_storage_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    """Network storage that answers nobody pauses its zone alone, and keeps the daemon neither busy nor alive."""
    needs("root", "fuse")
    within(adversity.unreachable, tmp_path, 60, 0)


def test_an_hour_of_a_day(tmp_path: Path) -> None:
    """People work and machines fail, in a seeded order; in the end the catalogue says what is on the disk."""
    a_day(tmp_path, seconds=6, seed=7)
