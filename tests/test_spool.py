import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CatalogueTrouble
from provenance.spool import Spool


@given(rows=st.lists(st.tuples(st.binary(max_size=6), st.binary(max_size=40))), held=st.integers(1, 200))
def test_rows_come_back_in_order_of_their_keys(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[bytes, bytes]], held: int
) -> None:
    """Whatever was put aside and whatever is still held, rows are sorted by key, and equal keys stay as they came."""
    spool = Spool(tmp_path_factory.getbasetemp(), held)
    for key, value in rows:
        spool.add(key, value)
    expected = sorted(rows, key=lambda row: row[0])
    assert list(spool) == expected
    assert list(spool) == expected, "asked twice"


def test_a_row_longer_than_what_is_read_ahead_comes_back_whole(tmp_path: Path) -> None:
    """Rows of any length are read back as they were, beside very short ones."""
    rows = [(bytes([n]) * (1 + n * 7000), b"v" * (n * 90_001)) for n in range(30)]
    spool = Spool(tmp_path, 1 << 16)
    for key, value in reversed(rows):
        spool.add(key, value)
    assert list(spool) == sorted(rows)


def _descriptors() -> set[str]:
    return {p.name for p in Path("/proc/self/fd").iterdir()}


def test_what_is_put_aside_has_no_name_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """No file is to be seen while rows lie on disk, and the descriptor is closed when nobody holds them any more."""
    before = _descriptors()
    spool = Spool(tmp_path, 10)
    for n in range(100):
        spool.add(b"%04d" % n, b"secret")
    assert len(_descriptors() - before) == 1
    assert list(tmp_path.iterdir()) == []
    del spool
    assert _descriptors() <= before


def test_few_rows_need_no_disk(tmp_path: Path) -> None:
    """As long as rows fit into memory the folder is not even looked at."""
    spool = Spool(tmp_path / "not there")
    spool.add(b"b", b"2")
    spool.add(b"a", b"1")
    assert list(spool) == [(b"a", b"1"), (b"b", b"2")]


def test_a_folder_that_takes_nothing_is_told_of(tmp_path: Path) -> None:
    """Rows that cannot be put aside are an error that names the folder and says what to do."""
    spool = Spool(tmp_path / "not there", 1)
    with pytest.raises(CatalogueTrouble, match="not there") as caught:
        spool.add(b"a", b"1")
    assert "room" in caught.value.help


_FULL = """
import resource, signal, sys
from pathlib import Path
from provenance.errors import CatalogueTrouble
from provenance.spool import Spool
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
spool = Spool(Path(sys.argv[1]), 1000)
try:
    for n in range(1000):
        spool.add(b"%06d" % n, b"x" * 50)
except CatalogueTrouble as error:
    print(error.message)
"""


def test_a_full_disk_is_told_of(tmp_path: Path) -> None:
    """Where the disk takes no more (a file size limit stands for it) rows are not lost in silence."""
    done = subprocess.run([sys.executable, "-c", _FULL, tmp_path], capture_output=True, text=True, check=True)
    assert "nothing can be put aside" in done.stdout
    assert done.stderr == ""
