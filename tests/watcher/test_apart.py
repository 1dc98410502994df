import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.watcher.errands import by_content
from tests.watcher.far import apart, gone, of
from tests.watcher.roots import eventually, root_at
from watcher.here import Here
from watcher.lister import Listed, Swept, Trouble
from watcher.probe import Look
from watcher.roots import RootTrouble
from watcher.wait import Wait

PROJECT = Path(__file__).resolve().parents[2]


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
    eventually(lambda: gone(number))


def test_closing_ends_it(zone: Path) -> None:
    """After closing there is no process, whatever it was doing."""
    (zone / "a" / "1.mov").write_text("hang")
    with apart(zone, by_content) as far:
        far.lister.look([b"a/1.mov"])
        far.lister.answers(0.0)
        number = far.number
    eventually(lambda: gone(number))
    assert far.lister.left_behind == 1
    far.lister.answers(0.0)
    assert far.lister.left_behind == 0
