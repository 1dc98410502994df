import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance import files
from provenance.files import Pace, find_first, read_once


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("in_memory", [1 << 10, 32 << 20])
def test_a_pace_is_kept_over_all_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    """Hashing, reading here and there and streaming together take as long as the pace wants, whatever a file's size."""
    monkeypatch.setattr(files, "IN_MEMORY", in_memory)
    data = os.urandom(3 << 20)
    (tmp_path / "take.mov").write_bytes(data)
    clock = Clock()
    descriptor = os.open(tmp_path / "take.mov", os.O_RDONLY)
    try:
        asset, media = read_once(descriptor, Pace(1 << 20, clock, clock.sleep))
        assert asset.digest == hashlib.sha256(data).hexdigest()
        assert clock.now == pytest.approx(103.0)
        assert media.read(10, 1000) == data[10:1010]
        with media.stream() as stream:
            assert stream.read() == data
    finally:
        os.close(descriptor)
    expected = 103.0 if in_memory > len(data) else 106.0 + 1000 / (1 << 20)
    assert clock.now == pytest.approx(expected, abs=0.1)


def test_many_small_files_keep_to_one_pace(tmp_path: Path) -> None:
    """The pace is kept across files, and time nobody read in is not made up for."""
    (tmp_path / "frame.dpx").write_bytes(bytes(1000))
    clock = Clock()
    pace = Pace(1000, clock, clock.sleep)
    for _ in range(3):
        descriptor = os.open(tmp_path / "frame.dpx", os.O_RDONLY)
        read_once(descriptor, pace)
        os.close(descriptor)
    assert clock.now == pytest.approx(103.0)
    clock.now = 200.0
    pace.took(1000)
    assert clock.now == pytest.approx(201.0)


@given(
    st.binary(max_size=60).map(lambda data: bytes(b & 1 for b in data)),
    st.binary(min_size=1, max_size=4).map(lambda data: bytes(b & 1 for b in data)),
    st.integers(0, 70),
    st.integers(0, 70),
)
def test_what_is_found_first_is_the_first(data: bytes, needle: bytes, start: int, stop: int) -> None:
    """However often some bytes occur, the first place is found, within the bounds asked for."""
    assert find_first(data, needle) == data.find(needle)
    assert find_first(data, needle, start, stop) == data.find(needle, start, stop)
