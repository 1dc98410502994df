"""What somebody else does to a file while it is moved."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import Digest
from provenance.moving import (
    Snag,
    move,
    resume,
)
from tests.moving.ends import DATA, NAME, Ends, refused
from tests.quarantining import files_in

_STEP = {"rename": "rename_new", "link": "link_new", "copy": "step_aside"}
"""The step before which a name can still be given to another file, by the way a file is moved."""


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], object]) -> None:
    """Have something happen just before a step of a move, once."""
    module = sys.modules["provenance.moving.move"]
    real, pending = getattr(module, step), [act]

    def stepped(*arguments: Any, **named: Any) -> Any:
        if pending:
            pending.pop()()
        return real(*arguments, **named)

    monkeypatch.setattr(module, step, stepped)


def test_a_file_put_in_its_place_at_the_last_moment_is_not_taken(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is renamed over the other between the look and the move lies there afterwards, untouched."""
    path = ends.write()
    parcel = ends.parcel()
    new = ends.write(b"never looked at", b"new.png")
    meanwhile(monkeypatch, _STEP[ends.way], lambda: new.rename(path))
    assert refused(parcel) is Snag.CHANGED
    assert files_in(ends.source) == {os.fsdecode(NAME): b"never looked at"}
    assert files_in(ends.target) == {}


def test_what_was_moved_wrongly_finds_a_place_even_if_its_own_is_taken(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the name is given away a second time before the wrong file is put back, all are there in the end."""
    path = ends.write()
    parcel = ends.parcel()
    new = ends.write(b"never looked at", b"new.png")
    meanwhile(monkeypatch, _STEP[ends.way], lambda: new.rename(path))
    meanwhile(monkeypatch, "put_back", lambda: path.write_bytes(b"a third one"))
    assert refused(parcel) is Snag.CHANGED
    there = sorted(files_in(ends.source).values())
    # A second name that was made by mistake is taken away again: there the first was never given away.
    assert there == ([b"never looked at"] if ends.way == "link" else [b"a third one", b"never looked at"])
    assert files_in(ends.target) == {}


def test_a_writer_that_goes_on_undoes_the_move(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody who holds the file open writes on at the last moment, it lies where it lay, with what they wrote."""
    path = ends.write()
    parcel = ends.parcel()
    with path.open("ab", buffering=0) as writer:
        meanwhile(monkeypatch, _STEP[ends.way], lambda: writer.write(b" and more"))
        assert refused(parcel) is Snag.CHANGED
    assert files_in(ends.source) == {os.fsdecode(NAME): DATA + b" and more"}
    assert files_in(ends.target) == {}


def test_a_file_that_changes_while_it_is_copied_stays(across: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written to while it was copied stays, and its copy goes."""
    path = across.write()
    parcel = across.parcel()
    meanwhile(monkeypatch, "digest_on_disk", lambda: path.write_bytes(b"another"))
    assert refused(parcel) is Snag.CHANGED
    assert path.read_bytes() == b"another"
    assert files_in(across.target) == {}


def test_other_bytes_than_were_meant_are_not_taken(across: Ends) -> None:
    """A file whose bytes are not those that were looked at stays, even if nothing else of it changed."""
    path = across.write()
    assert refused(replace(across.parcel(), digest=Digest("0" * 64))) is Snag.CHANGED
    assert path.read_bytes() == DATA
    assert files_in(across.target) == {}


def test_a_copy_that_does_not_read_back_is_thrown_away(across: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that returns other bytes than were written to it does not get the only copy."""
    path = across.write()
    monkeypatch.setattr(sys.modules["provenance.moving.move"], "digest_on_disk", lambda _: Digest("0" * 64))
    assert refused(across.parcel()) is Snag.STORAGE
    assert path.read_bytes() == DATA
    assert files_in(across.target) == {}


@pytest.mark.parametrize("ends", ["rename", "link"], indirect=True)  # what arrives elsewhere is a copy that was proven
def test_what_took_the_place_of_a_file_is_put_back_after_a_kill(ends: Ends) -> None:
    """Killed right after the wrong file was moved, `resume` puts it back; the right one it leaves where it arrived."""
    ends.write()
    parcel = ends.parcel()
    (ends.source / os.fsdecode(NAME)).unlink()
    ends.arrived().parent.mkdir()
    ends.arrived().write_bytes(b"never looked at")
    assert resume(parcel) is False
    assert files_in(ends.source) == {os.fsdecode(NAME): b"never looked at"}
    ends.write()
    parcel = ends.parcel()
    move(parcel)
    assert resume(parcel) is True
    assert ends.arrived().read_bytes() == DATA


def test_where_others_write_nothing_is_taken_for_what_was_moved(ends: Ends) -> None:
    """Where anybody may put a file, `resume` leaves what lies there alone, and says that ours has not arrived."""
    ends.write()
    parcel = ends.parcel()
    ends.arrived().parent.mkdir()
    ends.arrived().write_bytes(b"somebody's")
    assert resume(parcel, private=False) is False
    assert files_in(ends.source) == {os.fsdecode(NAME): DATA}
    assert files_in(ends.target) == {os.fsdecode(NAME): b"somebody's"}


def touched(path: Path) -> None:
    """Have a file's date be another one, and nothing else."""
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))


@pytest.mark.parametrize("act", [touched, lambda p: p.with_name("again.png").hardlink_to(p)], ids=["touched", "linked"])
def test_other_dates_alone_hold_nothing_up(ends: Ends, act: Callable[[Path], object]) -> None:
    """A file whose bytes decide is moved, though it was touched or got another name since it was looked at."""
    path = ends.write()
    parcel = replace(ends.parcel(), by_bytes=True)
    act(path)
    assert refused(replace(parcel, by_bytes=False)) is Snag.CHANGED
    assert move(parcel) == ()
    assert ends.arrived().read_bytes() == DATA
    assert not path.exists()


def test_a_file_that_is_touched_all_the_time_is_moved(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Touched before every step of its move, it is moved all the same."""
    path = ends.write()
    parcel = replace(ends.parcel(), by_bytes=True)
    for step in (_STEP[ends.way], "_refuse_other_version"):
        meanwhile(monkeypatch, step, lambda: touched(path))
    assert move(parcel) == ()
    assert files_in(ends.source) == {}
    assert ends.arrived().read_bytes() == DATA


@pytest.mark.parametrize("set_back", [False, True], ids=["", "date set back"])
def test_other_bytes_of_the_same_size_are_not_taken(ends: Ends, *, set_back: bool) -> None:
    """A file that was written over in place, also behind its date's back, lies where it lay with what was written."""
    path = ends.write()
    parcel, before = replace(ends.parcel(), by_bytes=True), path.stat()
    other = DATA[::-1]
    path.write_bytes(other)
    os.utime(path, ns=(0, before.st_mtime_ns if set_back else before.st_mtime_ns + 1))
    assert refused(parcel) is Snag.CHANGED
    assert files_in(ends.source) == {os.fsdecode(NAME): other}
    assert files_in(ends.target) == {}


def test_other_bytes_moved_when_it_was_cut_off_are_put_back(ends: Ends) -> None:
    """Killed between the move and the look at what was moved: what is not meant gets its place back."""
    if ends.way != "rename":
        pytest.skip("only a rename moves first")
    path = ends.write()
    parcel = replace(ends.parcel(), by_bytes=True)
    path.write_bytes(DATA[::-1])
    ends.arrived().parent.mkdir(parents=True)
    path.rename(ends.arrived())
    assert resume(parcel) is False
    assert files_in(ends.source) == {os.fsdecode(NAME): DATA[::-1]}
