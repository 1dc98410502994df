"""Looking into large media: bounded reads, and offsets that may be anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.containers.window import Window
from provenance.files import BufferMedia
from tests.containers.making import CountedMedia

DATA = bytes(range(256)) * 40


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> CountedMedia:
    """Media that counts as too large for memory."""
    monkeypatch.setattr("provenance.containers.window.IN_MEMORY", 100)
    monkeypatch.setattr("provenance.containers.window._CHUNK", 64)
    monkeypatch.setattr("provenance.containers.window._SEARCHED", 50)
    return CountedMedia(BufferMedia(DATA))


def test_small_reads_share_a_chunk(large: CountedMedia) -> None:
    """Reads that lie close to each other cost one read of the media."""
    window = Window(large)
    assert [window.at(n, 4) for n in range(0, 60, 4)] == [DATA[n : n + 4] for n in range(0, 60, 4)]
    assert large.reads == 1


def test_find_across_seams(large: CountedMedia) -> None:
    """A needle is found wherever the seams of the reads fall, and only before the given end."""
    window = Window(large)
    for at in range(1, 250):
        assert window.find(DATA[at : at + 6], 0, len(DATA)) == at
        assert window.find(DATA[at : at + 6], 0, at + 5) == -1


def test_small_media_may_be_read_here_and_there_too() -> None:
    """Piecewise, what would fit in memory is read no further than it is looked at, and its end is found."""
    media = CountedMedia(BufferMedia(DATA))
    window = Window(media, piecewise=True)
    assert (window.at(0, 64), window.last(64)) == (DATA[:64], DATA[-64:])
    assert media.read_bytes == 4096 + 64
    assert Window(BufferMedia(b"abc")).last(64) == b"abc"


_ANYWHERE = st.integers(-(2**66), 2**66) | st.integers(-300, len(DATA) + 300)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(_ANYWHERE, _ANYWHERE), max_size=20), st.booleans())
def test_any_offset(reads: list[tuple[int, int]], whole: bool) -> None:
    """Any offset and length gives exactly the bytes that are there."""
    with pytest.MonkeyPatch.context() as patch:
        if not whole:
            patch.setattr("provenance.containers.window.IN_MEMORY", 100)
            patch.setattr("provenance.containers.window._CHUNK", 64)
        window = Window(BufferMedia(DATA))
        for offset, length in reads:
            there = DATA[offset : offset + length] if offset >= 0 and length > 0 else b""
            assert window.at(offset, length) == there
