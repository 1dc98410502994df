import fcntl
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.watcher.errands import by_content, hanging
from tests.watcher.far import PATIENCE, apart, gone, of
from tests.watcher.roots import LONG, eventually
from watcher.apart import MOST_LEFT
from watcher.delegate import Errand
from watcher.lister import Answer, Listed, NotProven, Swept, Trouble
from watcher.probe import Look
from watcher.process import Process
from watcher.roots import RootTrouble


def test_a_stopped_process_is_given_up_and_replaced(zone: Path) -> None:
    """A process that says nothing is killed: a stall is told, what was asked ends in errors, and another goes on."""
    with apart(zone) as far:
        far.sweep()
        number = far.number
        os.kill(number, signal.SIGSTOP)
        far.lister.sweep()
        far.lister.look([b"a/1.mov"])
        answers = far.stall()
        (trouble,) = of(Trouble, answers)
        assert trouble.kind is RootTrouble.STALLED
        assert "has not answered for 60 seconds" in trouble.says
        assert [swept.complete for swept in of(Swept, answers)] == [False]
        (look,) = of(Look, answers)
        assert (look.found, look.error) == (None, trouble.says)
        assert [far.lister.trouble] == [trouble]
        eventually(lambda: gone(number))
        folders, swept = far.sweep()
        assert len(folders) == 4
        assert swept.complete
        assert far.lister.trouble is None
        assert far.lister.left_behind == 0


def test_one_stall_is_told_once(zone: Path) -> None:
    """As long as nothing answers, process after process, it is one stall; looks meanwhile are answered with it."""
    stopped: set[int] = set()

    def start(errand: Errand) -> Process:
        process = Process(errand)
        os.kill(process.number, signal.SIGSTOP)
        stopped.add(process.number)
        return process

    with apart(zone, start=start) as far:
        far.lister.sweep()
        answers: list[Answer] = []
        while len(stopped) < 3:
            far.lister.look([b"a/1.mov"])
            answers += far.until(lambda found: bool(of(Look, found)), passing=PATIENCE / 10)
        assert len(of(Trouble, answers)) == 1
        assert len(of(Swept, answers)) == 1
        assert {look.found for look in of(Look, answers)} == {None}
        assert all(look.error for look in of(Look, answers))


def test_time_that_nobody_watched_does_not_count(zone: Path) -> None:
    """If this process was stopped itself for an hour, the other is not blamed for its silence."""
    with apart(zone) as far:
        far.lister.sweep()
        far.lister.answers(0.0)
        far.clock.now += 3_600.0
        number = far.number
        far.until(lambda answers: bool(of(Swept, answers)))
        assert far.number == number


def test_half_an_answer_is_no_answer(tmp_path: Path) -> None:
    """A process that is killed while it answers leaves half a message behind, which nobody takes for a folder."""
    for number in range(2_000):
        (tmp_path / f"{number}").touch()
    with apart(tmp_path) as far:
        far.lister.look([b"1"])
        far.until(lambda answers: bool(of(Look, answers)))
        assert far.lister._process is not None
        pipe = far.lister._process._from
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 8_192)
        far.lister.sweep()
        eventually(lambda: int.from_bytes(fcntl.ioctl(pipe, _FIONREAD, b"0000"), sys.byteorder) >= 4_096)
        os.kill(far.number, signal.SIGKILL)
        answers = far.until(lambda answers: bool(of(Trouble, answers)))
        assert of(Listed, answers) == []
        assert [swept.complete for swept in of(Swept, answers)] == [False]
        assert "it was ended by SIGKILL" in of(Trouble, answers)[0].says
        folders, swept = far.sweep()
        assert [len(folder.files) for folder in folders] == [2_000]
        assert swept.complete


_FIONREAD = 0x541B
"""How many bytes wait in a pipe: ioctl_tty(2)."""


@pytest.mark.parametrize(("word", "says"), [("die", "it was ended by SIGSEGV"), ("exit", "it ended with code 7")])
def test_a_file_that_kills_is_left_alone(zone: Path, word: str, says: str) -> None:
    """A file whose look ends the process costs one, and is left alone afterwards; other files are looked at."""
    (zone / "bad.mov").write_text(word)
    with apart(zone, by_content) as far:
        far.lister.look([b"bad.mov", b"a/1.mov"])
        answers = far.until(lambda answers: len(of(Look, answers)) == 2)
        assert says in of(Trouble, answers)[0].says
        assert "'bad.mov'" in of(Trouble, answers)[0].says
        assert all(look.error for look in of(Look, answers))
        far.clock.now += 1.0
        far.lister.look([b"bad.mov", b"a/1.mov"])
        answers = far.until(lambda answers: len(of(Look, answers)) == 2)
        assert {look.path: look.error is None for look in of(Look, answers)} == {b"bad.mov": False, b"a/1.mov": True}
        assert far.sweep()[1].complete  # a file is no folder: it is listed with the others


def test_a_file_that_hangs_is_tried_again_later(zone: Path) -> None:
    """A look that never ends is ended, the file is left alone for a while and then tried again, longer each time."""
    bad = zone / "a" / "1.mov"
    bad.write_text("hang")
    with apart(zone, by_content) as far:
        for pause in (300.0, 600.0):
            far.lister.look([b"a/1.mov"])
            far.until(lambda _: far.lister.number is not None)
            (look,) = of(Look, far.stall(at=b"a/1.mov"))
            assert look.error is not None
            far.clock.now += pause - 10.0
            far.lister.look([b"a/1.mov"])
            (look,) = of(Look, far.until(lambda answers: bool(of(Look, answers))))
            assert (look.found, far.lister.number) == (None, None)
            far.clock.now += 11.0
        bad.write_text("well")
        far.lister.look([b"a/1.mov"])
        (look,) = of(Look, far.until(lambda answers: bool(of(Look, answers))))
        assert look.error is None


def test_a_folder_that_hangs_does_not_hide_the_others(zone: Path) -> None:
    """If listing one folder never ends all others are listed by the next sweep, which is not complete; later it is."""
    (zone / "a" / "bad" / "below").mkdir(parents=True)
    (zone / "broken").touch()
    with apart(zone, sweeper=hanging) as far:
        far.lister.sweep()
        far.lister.answers(0.0)
        (swept,) = of(Swept, far.stall(at=b"a/bad"))
        assert not swept.complete
        folders, swept = far.sweep()
        assert {folder.path: type(folder.error) for folder in folders} == {
            b"": type(None),
            b"a": type(None),
            b"a/bad": NotProven,
            b"b": type(None),
            b"b/\xff\n": type(None),
        }
        assert not swept.complete
        far.lister.list(b"a/bad/below", deep=False)
        far.lister.look([b"a/bad/x.mov"])
        answers = far.until(lambda answers: len(answers) == 2)
        assert [type(listed.folder.error) for listed in of(Listed, answers)] == [NotProven]
        assert of(Look, answers)[0].error is not None
        (zone / "broken").unlink()
        far.clock.now += 300.0
        folders, swept = far.sweep()
        assert len(folders) == 6
        assert swept.complete


def test_a_process_that_cannot_be_killed_is_left_behind(zone: Path) -> None:
    """Like one asleep in the kernel: nobody waits for it, it is counted, and few others are started while it is there.

    Such a sleep cannot be made without broken storage. This process is stopped where another would be killed.
    """

    class Asleep(Process):
        def kill(self) -> None:
            os.kill(self.number, signal.SIGSTOP)

    asleep: list[Process] = []

    def start(errand: Errand) -> Process:
        asleep.append(Asleep(errand))
        return asleep[-1]

    try:
        with apart(zone, start=start) as far:
            for left in range(MOST_LEFT):
                before = far.clock.now
                far.lister.sweep()
                far.until(lambda _: far.lister.number is not None)
                assert far.clock.now - before >= 60.0 * left
                far.lister.sweep()
                os.kill(far.number, signal.SIGSTOP)
                far.stall()
                assert far.lister.left_behind == left + 1
            far.clock.now += 86_400.0
            far.lister.sweep()
            far.lister.answers(0.0)
            assert far.lister.number is None
            for process in asleep:
                Process.kill(process)
            folders, _ = far.sweep()
            assert len(folders) == 4
            assert far.lister.left_behind == 0
    finally:
        for process in asleep:
            Process.kill(process)
            process.join(LONG)


def test_nothing_that_is_asked_makes_this_side_wait(zone: Path) -> None:
    """More questions than a pipe can hold are asked of a process that reads none, and each comes to its end."""
    paths = [b"a/%064d" % number for number in range(20_000)]
    with apart(zone) as far:
        far.lister.sweep()
        far.lister.answers(0.0)
        os.kill(far.number, signal.SIGSTOP)
        far.lister.look(paths)
        for path in paths:
            far.lister.list(path, deep=False)
        answers = far.stall()
        assert [look.path for look in of(Look, answers)] == paths
        folders, _ = far.sweep()
        assert {folder.path for folder in folders} == {b"", b"a", b"b", b"b/\xff\n"}


def test_folders_that_were_to_be_listed_are_listed_by_the_next(zone: Path) -> None:
    """What a lost process was to list is not forgotten: the next one lists everything, and calls it no sweep."""
    with apart(zone) as far:
        far.sweep()
        os.kill(far.number, signal.SIGSTOP)
        far.lister.list(b"a", deep=False)
        far.stall()
        answers = far.until(lambda answers: len(of(Listed, answers)) == 4)
        assert {listed.folder.error for listed in of(Listed, answers)} == {None}
        assert of(Swept, answers) == []


def test_a_process_that_cannot_be_started_is_a_stall(zone: Path) -> None:
    """Where the system gives no process that is told, and tried again later."""
    allowed: list[bool] = []

    def start(errand: Errand) -> Process:
        if not allowed:
            raise BlockingIOError("no more processes")
        return Process(errand)

    with apart(zone, start=start) as far:
        far.lister.sweep()
        far.lister.look([b"a/1.mov"])
        (trouble, look) = far.until(lambda answers: len(answers) == 2)
        assert isinstance(trouble, Trouble)
        assert "no more processes" in trouble.says
        assert isinstance(look, Look)
        assert look.error == trouble.says
        allowed.append(True)
        assert of(Swept, far.until(lambda answers: bool(of(Swept, answers))))[0].complete


def test_a_paused_sweep_is_no_silence(zone: Path) -> None:
    """While it is to wait a process says nothing, and is not given up for that; looks are answered meanwhile."""
    with apart(zone) as far:
        far.lister.pause(True)
        far.lister.sweep()
        far.lister.look([b"a/1.mov"])
        far.until(lambda answers: bool(of(Look, answers)))
        number = far.number
        for _ in range(200):
            far.clock.now += PATIENCE / 4
            far.lister.answers(0.0)
        assert far.number == number
        far.lister.pause(False)
        assert of(Swept, far.until(lambda answers: bool(of(Swept, answers))))[0].complete
