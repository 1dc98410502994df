import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.watcher.errands import by_content, hanging
from tests.watcher.roots import LONG, Clock, eventually, root_at
from watcher.apart import MOST_LEFT, Apart, Patience
from watcher.delegate import Errand
from watcher.here import Here
from watcher.lister import Answer, Listed, NotProven, Sweeper, Swept, Trouble
from watcher.probe import CutShort, Look, Wait
from watcher.process import Process
from watcher.roots import RootTrouble
from watcher.sweep import Folder, sweep

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

A = TypeVar("A")


class Far:
    """A root looked at apart, with a clock of its own, and everything answered so far."""

    def __init__(self, lister: Apart, clock: Clock) -> None:
        self.lister = lister
        self.clock = clock
        self.answers: list[Answer] = []

    def until(self, true: Callable[[list[Answer]], bool], *, passing: float = 0.0) -> list[Answer]:
        """Take answers until something is true of them, return and forget them.

        Time passes, `passing` seconds a turn, and by itself only while there is no process: machines are slow.
        """

        def turn() -> bool:
            self.clock.now += 1.0 if self.lister.number is None else passing
            self.answers += self.lister.answers(0.05)
            return true(self.answers)

        eventually(turn)
        answers, self.answers = self.answers, []
        return answers

    def sweep(self) -> tuple[list[Folder], Swept]:
        """Sweep to the end."""
        self.lister.sweep()
        answers = self.until(lambda answers: bool(of(Swept, answers)))
        (swept,) = of(Swept, answers)
        return [listed.folder for listed in of(Listed, answers)], swept

    def stall(self, at: bytes | None = None) -> list[Answer]:
        """Let time pass until the process is given up, from when it is about to touch a path on."""
        number = self.number
        if at is not None:
            self.until(lambda _: self.lister._process is not None and self.lister._process.about == at)
        return self.until(lambda _: self.lister.number != number, passing=PATIENCE / 10)

    @property
    def number(self) -> int:
        """The id of the process, which has to be there."""
        assert self.lister.number is not None
        return self.lister.number


def of(kind: type[A], answers: list[Answer]) -> list[A]:
    """Return the answers of one kind."""
    return [answer for answer in answers if isinstance(answer, kind)]


@contextmanager
def apart(
    path: Path,
    cut_short: CutShort | None = None,
    sweeper: Sweeper = sweep,
    start: Callable[[Errand], Process] = Process,
) -> Iterator[Far]:
    """Look at a root in a process of its own."""
    clock = Clock()
    lister = Apart(root_at(path), cut_short, sweeper=sweeper, patience=Patience(PATIENCE, clock, start))
    try:
        yield Far(lister, clock)
    finally:
        lister.close()


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A root with three folders of two files each."""
    zone = tmp_path / "zone"
    for folder in ("a", "b", "b/\udcff\n"):
        (zone / folder).mkdir(parents=True)
        for name in ("1.mov", "2.mov"):
            (zone / folder / name).write_text(name)
    return zone


def _gone(number: int) -> bool:
    """Whether a process is no more, or only its exit code is."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_answers_as_this_process_would(zone: Path) -> None:
    """Sweeps, lists and looks from afar are what they are from here."""
    with apart(zone) as far:
        here = Here(root_at(zone))
        here.sweep()
        local = list(here.answers(30.0))
        folders, swept = far.sweep()
        assert folders == [listed.folder for listed in of(Listed, local)]
        assert swept.complete
        far.lister.list(b"b", deep=True)
        far.lister.look([b"a/1.mov", b"a/3.mov"])
        answers = far.until(lambda answers: len(answers) == 4)
        assert [listed.folder.path for listed in of(Listed, answers)] == [b"b", b"b/\xff\n"]
        here.look([b"a/1.mov", b"a/3.mov"])
        assert of(Look, answers) == here.answers(0.0) + here.answers(0.0)  # type: ignore[operator]


def test_it_starts_nothing_before_it_is_asked(zone: Path) -> None:
    """Without a question there is no process."""
    with apart(zone) as far:
        assert far.lister.answers(0.0) == []
        assert far.lister.number is None


def test_a_large_folder_does_not_make_this_side_wait(tmp_path: Path) -> None:
    """A folder that fills the pipe many times over comes in small bites, and whole in the end."""
    for number in range(5_000):
        (tmp_path / f"{number}").touch()
    with apart(tmp_path) as far:
        far.lister.sweep()
        far.lister.answers(0.0)
        assert far.lister._process is not None
        fcntl.fcntl(far.lister._process._from, fcntl.F_SETPIPE_SZ, 4_096)
        turns, listed = 0, list[Listed]()
        while not listed:
            listed = of(Listed, list(far.lister.answers(0.0)))
            turns += 1
        assert turns > 5
        assert len(listed[0].folder.files) == 5_000


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
        assert far.lister.trouble is trouble
        eventually(lambda: _gone(number))
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
    Process.kill(asleep[-1])
    asleep[-1].join(LONG)


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


def test_a_root_that_goes_and_comes_back(zone: Path) -> None:
    """A root that is not there is told from afar as from here, and so is its return."""
    with apart(zone) as far:
        assert far.sweep()[1].complete
        zone.rename(zone.parent / "away")
        far.lister.sweep()
        answers = far.until(lambda answers: bool(of(Swept, answers)))
        assert [trouble.kind for trouble in of(Trouble, answers)] == [RootTrouble.MISSING]
        assert not of(Swept, answers)[0].complete
        assert far.lister.trouble == of(Trouble, answers)[0]
        (zone.parent / "away").rename(zone)
        assert far.sweep()[1].complete
        far.until(lambda _: far.lister.trouble is None)


def test_what_one_process_met_the_next_one_knows(zone: Path) -> None:
    """That a root held something is not forgotten with the process that saw it."""
    with apart(zone) as far:
        far.sweep()
        os.kill(far.number, signal.SIGKILL)
        far.until(lambda _: far.lister.number is None)
        for path in zone.iterdir():
            path.rename(zone.parent / path.name)
        far.lister.sweep()
        answers = far.until(lambda answers: bool(of(Swept, answers)))
        assert [trouble.kind for trouble in of(Trouble, answers)] == [RootTrouble.EMPTIED]
        assert not of(Swept, answers)[0].complete
        far.lister.accept()
        assert far.sweep()[1].complete


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


def test_only_what_can_be_read_makes_it_busy(zone: Path) -> None:
    """Whoever asks whether to come back at once is told so when there is something to take, and not before."""
    with apart(zone) as far:
        far.sweep()
        far.until(lambda _: not far.lister.busy)
        os.kill(far.number, signal.SIGSTOP)
        far.lister.sweep()
        assert not far.lister.busy
        os.kill(far.number, signal.SIGCONT)
        eventually(lambda: far.lister.busy)


def test_a_process_loads_nothing_but_the_watcher(zone: Path) -> None:
    """What is loaded over there is the standard library, the watcher, and where the given functions come from."""
    (zone / "a" / "1.mov").write_text("loaded")
    with apart(zone, by_content) as far:
        far.lister.look([b"a/1.mov"])
        (look,) = of(Look, far.until(lambda answers: bool(of(Look, answers))))
        assert look.waits == ((Wait.CUT_SHORT, "__main__ tests watcher"),)


def test_ctrl_c_is_not_for_it(zone: Path) -> None:
    """An interrupt does not end it: whoever started it decides."""
    with apart(zone) as far:
        far.sweep()
        number = far.number
        os.kill(number, signal.SIGINT)
        assert far.sweep()[1].complete
        assert far.number == number
        assert os.getsid(number) != os.getsid(0)


_PARENT = """
import sys, time
from pathlib import Path
from tests.watcher.errands import by_content
from tests.watcher.roots import root_at
from watcher.apart import Apart
lister = Apart(root_at(Path(sys.argv[1])), by_content)
lister.look([sys.argv[2].encode()])
while lister.number is None:
    lister.answers(0.0)
print(lister.number, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("content", ["hang", "well"])
def test_it_dies_with_its_parent(zone: Path, content: str) -> None:
    """When the process that started it is killed it ends too, be it idle or hanging."""
    (zone / "x.mov").write_text(content)
    command = [sys.executable, "-c", _PARENT, str(zone), "x.mov"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        eventually(lambda: b"watching" in Path(f"/proc/{number}/cmdline").read_bytes())
        time.sleep(
            0.3
        )  # on most machines it looks at the file by now; if not, it dies of its parent's end all the same
        parent.kill()
    eventually(lambda: _gone(number))


def test_closing_ends_it(zone: Path) -> None:
    """After closing there is no process, whatever it was doing."""
    (zone / "a" / "1.mov").write_text("hang")
    with apart(zone, by_content) as far:
        far.lister.look([b"a/1.mov"])
        far.lister.answers(0.0)
        number = far.number
    eventually(lambda: _gone(number))
    assert far.lister.left_behind == 1
    far.lister.answers(0.0)
    assert far.lister.left_behind == 0
