"""What the watch daemon must stand, with the full counts. Prints its figures: run it with `-s`."""

import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import adversity, arriving, writers
from tests.adversity import needs, within
from tests.day import a_day, a_hard_day

pytestmark = pytest.mark.timeout(3600)

FILES = 20_000

SOON = 5.0
"""Seconds after which a flagged file that settled among hundreds is out of its final zone."""


@pytest.mark.parametrize("kind", [writers.burst, writers.renames])
@pytest.mark.parametrize("frozen", [False, True], ids=["", "overflow"])
def test_no_file_of_a_burst_is_lost(tmp_path: Path, kind: Callable[..., None], frozen: bool) -> None:
    """20,000 files are recorded, each once, also where the kernel drops what it was to tell of them."""
    rate = arriving.arriving(tmp_path, kind, FILES, frozen=frozen)
    print(f"\n{kind.__name__}, {FILES:,} files{', queue overflown' * frozen}: all recorded, {rate:,.0f} files/s")


def test_a_kill_costs_only_time(tmp_path: Path) -> None:
    """Killed fifty times while 5,000 files arrive: none is lost, and every flagged one is in quarantine, once."""
    after = arriving.killed(tmp_path, files=5_000, kills=50, seed=1)
    print(f"\n50 kills over 5,000 files: nothing lost; rows after each: {after}")


def test_flagged_files_are_taken_from_among_clean_ones(tmp_path: Path) -> None:
    """500 flagged files among 2,000 clean ones are all taken away, and no clean one is touched."""
    took = arriving.dropped(tmp_path, flagged=500, clean=2_000)
    median, last = statistics.median(took), statistics.quantiles(took, n=100)[-1]
    print(f"\n500 flagged of 2,500: from settled to moved {median:.2f} s (median), {last:.2f} s (99th percentile)")
    assert last <= SOON


def test_no_file_is_read_half_written(tmp_path: Path) -> None:
    """Nothing that stops and goes on after three times the settle time is recorded before it is whole."""
    arriving.unfinished(tmp_path, settle=5.0)


def test_too_few_watches_lose_nothing(tmp_path: Path) -> None:
    """With 50 watches for 200 folders every file is recorded, and the state says what to raise."""
    needs("namespaces")
    adversity.limited(tmp_path, watches=50, folders=200, files=2_000)


def test_a_locked_catalogue_costs_only_time(tmp_path: Path) -> None:
    """A catalogue that is locked for 30 seconds loses nothing."""
    adversity.locked(tmp_path, seconds=30)


def test_a_full_disk_costs_only_time(tmp_path: Path) -> None:
    """A disk that is full while 5,000 files arrive loses nothing."""
    needs("root")
    within(adversity.full, tmp_path, 5_000)


def test_a_root_that_is_away_is_not_empty(tmp_path: Path) -> None:
    """A root that disappears with 2,000 files in it, and comes back with 4,000, loses none."""
    adversity.away(tmp_path, files=2_000)


def test_a_sweep_that_hangs_is_replaced(tmp_path: Path) -> None:
    """A process that hangs while 2,000 files arrive is replaced."""
    adversity.silent(tmp_path, files=2_000)


@pytest.mark.parametrize("servers", [False, True], ids=["workers", "all"])
def test_processes_that_do_not_end_keep_nobody_alive(tmp_path: Path, servers: bool) -> None:
    """A daemon whose processes hang while 4,000 files arrive ends when it is told to, and nothing is lost."""
    adversity.stopped(tmp_path, files=4_000, servers=servers)


@pytest.mark.parametrize("busy", [0, 1], ids=["", "busy"])
def test_storage_that_hangs_holds_nobody_up(tmp_path: Path, busy: int) -> None:
    """Network storage that answers nobody is waited for by nobody, also while 4,000 files arrive, and loses nothing."""
    needs("root", "fuse")
    within(adversity.unreachable, tmp_path, 4_000, busy)


@pytest.mark.parametrize("seed", range(3))
def test_a_day_in_two_minutes(tmp_path: Path, seed: int) -> None:
    """A seeded mix of everything, for two minutes: in the end the catalogue says what is on the disk."""
    happened = a_day(tmp_path, seconds=120, seed=seed)
    print(f"\na day, seed {seed}: {sum(happened.values())} events, {happened}")


@pytest.mark.parametrize("seed", range(2))
def test_a_hard_day_in_two_minutes(tmp_path: Path, seed: int) -> None:
    """The same with network storage that hangs, a disk that is full, and too few watches."""
    needs("root", "namespaces")
    print(f"\na hard day, seed {seed}: {within(a_hard_day, tmp_path, 120, seed)}")
