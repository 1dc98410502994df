import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watcher.roots import root_at
from watcher.ground import Met
from watcher.here import Here
from watcher.lister import Answer, Listed, NotProven, Swept, Trouble
from watcher.probe import Look
from watcher.roots import RootTrouble
from watcher.sweep import Folder
from watcher.wait import Wait


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A root with three folders of two files each."""
    zone = tmp_path / "zone"
    for folder in ("a", "b", "b/deep"):
        (zone / folder).mkdir(parents=True)
        for name in ("1.mov", "2.mov"):
            (zone / folder / name).write_text(name)
    return zone


def all_of(lister: Here) -> list[Answer]:
    """Return all there is to be answered, a bit at a time."""
    answers: list[Answer] = []
    while lister.busy:
        answers += lister.answers(0.0)
    return answers


def folders(answers: list[Answer]) -> list[Folder]:
    """Return the listings among some answers."""
    return [answer.folder for answer in answers if isinstance(answer, Listed)]


def paths(answers: list[Answer]) -> list[bytes]:
    """Return the folders listed, in order."""
    return [folder.path for folder in folders(answers)]


def _rest(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if not isinstance(answer, Listed)]


def test_a_sweep_lists_everything_and_says_that_it_did(zone: Path) -> None:
    """Each folder comes with its files and their stat, and in the end that it was all, with when it began."""
    here = Here(root_at(zone))
    before = time.time()
    here.sweep()
    answers = all_of(here)
    assert paths(answers) == [b"", b"a", b"b", b"b/deep"]
    assert [[name for name, _ in folder.files] for folder in folders(answers)] == [[], *[[b"1.mov", b"2.mov"]] * 3]
    assert folders(answers)[1].files[0][1].st_ino == (zone / "a" / "1.mov").stat().st_ino
    (swept,) = _rest(answers)
    assert isinstance(swept, Swept)
    assert swept.complete
    assert before <= swept.began <= time.time()
    assert answers[-1] is swept
    assert not here.busy
    assert here.answers(0.0) == []


def test_an_answer_comes_after_a_bit_of_work(zone: Path) -> None:
    """Without a budget one call lists a folder or two, however many there are."""
    for number in range(100):
        (zone / f"{number}").mkdir()
    here = Here(root_at(zone))
    here.sweep()
    turns = 0
    while here.busy:
        assert len(here.answers(0.0)) <= 3
        turns += 1
    assert turns > 50


def test_looks_go_before_lists_and_lists_before_sweeps(zone: Path) -> None:
    """What was asked last but matters most is answered first, each path once."""
    here = Here(root_at(zone))
    here.sweep()
    here.list(b"b", deep=True)
    here.list(b"a", deep=False)
    here.look([b"b/deep/1.mov", b"a/2.mov", b"a/2.mov"])
    answers = list(here.answers(30.0))
    assert [a.path for a in answers[:2] if isinstance(a, Look)] == [b"b/deep/1.mov", b"a/2.mov"]
    assert paths(answers) == [b"a", b"b", b"b/deep", b"", b"a", b"b", b"b/deep"]
    assert isinstance(answers[-1], Swept)


def test_a_sweep_ends_however_much_else_is_asked(zone: Path) -> None:
    """Lists that never stop do not keep a sweep from its end."""
    here = Here(root_at(zone))
    here.sweep()
    for _ in range(50):
        here.list(b"a", deep=False)
        here.list(b"b", deep=True)
        here.look([b"a/1.mov"])
        if any(isinstance(answer, Swept) for answer in here.answers(0.0)):
            return
    pytest.fail("the sweep never ended")


def test_each_sweep_asked_for_ends_once(zone: Path) -> None:
    """Asked twice before it begins it is one sweep; asked again while it goes on it is one more, which sees all."""
    here = Here(root_at(zone))
    here.sweep()
    here.sweep()
    here.answers(0.0)
    here.sweep()
    here.sweep()
    answers = all_of(here)
    assert len(_rest(answers)) == 2
    assert paths(answers[answers.index(_rest(answers)[0]) :]) == [b"", b"a", b"b", b"b/deep"]


def test_a_deep_list_goes_to_the_bottom(zone: Path) -> None:
    """A deep list names what is below a folder too, a plain one does not, and neither is a sweep."""
    here = Here(root_at(zone, skip=frozenset({b"b/skipped"})))
    (zone / "b" / "skipped").mkdir()
    here.list(b"b", deep=True)
    assert paths(all_of(here)) == [b"b", b"b/deep"]
    here.list(b"b", deep=False)
    answers = all_of(here)
    assert paths(answers) == [b"b"]
    assert _rest(answers) == []


def test_a_deep_list_of_everything_is_done_by_the_sweep(zone: Path) -> None:
    """Where a sweep is to come, listing everything before it is spared; while one goes on it comes after it."""
    here = Here(root_at(zone))
    here.list(b"", deep=True)
    here.sweep()
    assert len(paths(all_of(here))) == 4
    here.sweep()
    here.answers(0.0)
    here.list(b"", deep=True)
    answers = all_of(here)
    assert paths(answers[answers.index(_rest(answers)[0]) :]) == [b"", b"a", b"b", b"b/deep"]


def test_too_many_lists_are_one(zone: Path) -> None:
    """Asked for more folders than there is room for, it lists everything, once."""
    here = Here(root_at(zone))
    for number in range(15_000):
        here.list(b"folder %d" % number, deep=False)
    here.close()
    for number in range(10_001):
        here.list(b"folder %d" % number, deep=number % 2 == 0)
    assert paths(all_of(here)) == [b"", b"a", b"b", b"b/deep"]


def test_while_paused_only_what_is_small_is_done(zone: Path) -> None:
    """Sweeps and deep lists wait, plain lists and looks do not, and nothing is forgotten."""
    here = Here(root_at(zone))
    here.sweep()
    here.answers(0.0)
    here.pause(True)
    here.list(b"b", deep=True)
    assert all_of(here) == []
    here.list(b"a", deep=False)
    here.look([b"a/1.mov"])
    answers = all_of(here)
    assert [type(answer) for answer in answers] == [Look, Listed]
    here.pause(False)
    answers = all_of(here)
    assert paths(answers).count(b"b/deep") == 2
    assert isinstance(answers[-1], Swept)


def test_a_folder_that_is_gone_says_so(zone: Path) -> None:
    """Listing a folder that is no more, or is a file now, is an answer with the system's error."""
    here = Here(root_at(zone))
    shutil.rmtree(zone / "b")
    (zone / "b").touch()
    here.list(b"a/x", deep=False)
    here.list(b"b", deep=True)
    errors = [folder.error for folder in folders(all_of(here))]
    assert [type(error) for error in errors] == [FileNotFoundError, NotADirectoryError]


def test_a_sweep_with_an_error_is_not_complete(zone: Path) -> None:
    """One folder that could not be listed to its end, and the sweep does not call itself complete."""
    root = root_at(zone)

    def sweeper(*args: object, **kwargs: object) -> Iterator[Folder]:
        yield Folder(b"")
        yield Folder(b"a", error=PermissionError(13, "Permission denied"))

    here = Here(root, sweeper=sweeper)
    here.sweep()
    (swept,) = _rest(all_of(here))
    assert isinstance(swept, Swept)
    assert not swept.complete


def test_a_look_asks_what_it_was_given(zone: Path) -> None:
    """Looks say what the file is, what speaks against it, and that it is gone if it is."""
    here = Here(root_at(zone), lambda descriptor: "half of it" if os.pread(descriptor, 1, 0) == b"2" else None)
    here.look([b"a/1.mov", b"a/2.mov", b"a/3.mov"])
    one, two, three = all_of(here)
    assert isinstance(one, Look)
    assert one.found is not None
    assert (one.waits, one.error) == ((), None)
    assert isinstance(two, Look)
    assert two.waits == ((Wait.CUT_SHORT, "half of it"),)
    assert three == Look(b"a/3.mov", None, (), None)


def test_a_missing_root_means_nothing_is_gone(zone: Path) -> None:
    """Without its root nothing is gone: listings and looks have an error, the sweep is not complete, and it is told."""
    here = Here(root_at(zone))
    here.list(b"", deep=False)
    all_of(here)
    zone.rename(zone.parent / "away")
    here.look([b"a/1.mov"])
    here.list(b"a", deep=False)
    here.sweep()
    answers = all_of(here)
    assert [a.kind for a in answers if isinstance(a, Trouble)] == [RootTrouble.MISSING]
    assert [type(a) for a in answers[:3]] == [Look, Trouble, Listed]
    assert {type(folder.error) for folder in folders(answers)} == {NotProven}
    assert [a.complete for a in answers if isinstance(a, Swept)] == [False]
    (look,) = (a for a in answers if isinstance(a, Look))
    assert look.error is not None
    assert here.trouble is not None
    (zone.parent / "away").rename(zone)
    here.sweep()
    answers = all_of(here)
    assert [a.complete for a in _rest(answers) if isinstance(a, Swept)] == [True]
    assert here.trouble is None


def test_a_root_that_goes_during_a_sweep(zone: Path) -> None:
    """While the root is gone listings prove nothing, and the sweep is not complete although the root is back."""
    here = Here(root_at(zone))
    here.sweep()
    first = list(here.answers(0.0))
    zone.rename(zone.parent / "away")
    second = list(here.answers(0.0))
    (zone.parent / "away").rename(zone)
    third = all_of(here)
    assert {type(folder.error) for folder in folders(first)} == {type(None)}
    assert {type(folder.error) for folder in folders(second)} == {NotProven}
    assert [a.complete for a in second + third if isinstance(a, Swept)] == [False]


def test_a_root_that_goes_at_the_end_of_a_sweep(zone: Path) -> None:
    """Where the root is gone when all was listed, the sweep is not complete."""
    here = Here(root_at(zone))
    here.sweep()
    answers: list[Answer] = []
    while b"b/deep" not in paths(answers):
        answers += here.answers(0.0)
    assert _rest(answers) == []
    zone.rename(zone.parent / "away")
    assert [a.complete for a in all_of(here) if isinstance(a, Swept)] == [False]


def test_an_emptied_root_means_nothing_is_gone(zone: Path) -> None:
    """An emptied root is a trouble and never a complete sweep, until something is in it again."""
    here = Here(root_at(zone))
    here.sweep()
    all_of(here)
    for folder in ("a", "b"):
        shutil.rmtree(zone / folder)
    assert _emptied(here)
    assert _emptied(Here(root_at(zone), met=Met(held=True)))  # as after a restart
    (zone / "new.mov").touch()
    here.sweep()
    assert [a.complete for a in _rest(all_of(here)) if isinstance(a, Swept)] == [True]


def _emptied(here: Here) -> bool:
    here.sweep()
    answers = all_of(here)
    (listed,) = folders(answers)
    assert isinstance(listed.error, NotProven)
    assert [a.complete for a in answers if isinstance(a, Swept)] == [False]
    return [a.kind for a in answers if isinstance(a, Trouble)] == [RootTrouble.EMPTIED]


def test_what_is_in_a_replaced_root_is_told(zone: Path) -> None:
    """Files in a folder that took the root's place are found, nothing is gone, until a person says that it is right."""
    here = Here(root_at(zone))
    here.sweep()
    all_of(here)
    zone.rename(zone.parent / "away")
    (zone / "new").mkdir(parents=True)
    (zone / "new" / "x.mov").touch()
    here.sweep()
    answers = all_of(here)
    assert [a.kind for a in answers if isinstance(a, Trouble)] == [RootTrouble.REPLACED]
    new = next(folder for folder in folders(answers) if folder.path == b"new")
    assert [name for name, _ in new.files] == [b"x.mov"]
    assert isinstance(new.error, NotProven)
    here.look([b"a/1.mov", b"new/x.mov"])
    gone, there = all_of(here)
    assert isinstance(gone, Look)
    assert gone.error is not None
    assert isinstance(there, Look)
    assert there.error is None
    assert there.found is not None
    here.accept()
    here.sweep()
    assert [a.complete for a in _rest(all_of(here)) if isinstance(a, Swept)] == [True]


def test_what_is_avoided_is_answered_for(zone: Path) -> None:
    """A folder to be avoided is not touched on a walk; the sweep answers for it with an error and is not complete."""
    touched: list[bytes] = []
    here = Here(root_at(zone), about=touched.append)
    here.avoid(frozenset({b"b"}))
    here.sweep()
    answers = all_of(here)
    assert {folder.path: type(folder.error) for folder in folders(answers)} == {
        b"": type(None),
        b"a": type(None),
        b"b": NotProven,
    }
    assert [a.complete for a in answers if isinstance(a, Swept)] == [False]
    assert set(touched) == {b"", b"a"}


def test_it_says_what_it_is_about_to_touch(zone: Path) -> None:
    """Before each folder and file it is said which, and again while a large folder is listed."""
    for number in range(2_100):
        (zone / "a" / f"{number}").touch()
    touched: list[bytes] = []
    here = Here(root_at(zone), about=touched.append)
    here.list(b"a", deep=False)
    here.look([b"b/1.mov"])
    all_of(here)
    assert touched[0] == b"b/1.mov"
    assert touched.count(b"a") >= 3
