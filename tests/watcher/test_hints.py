import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.watcher.roots import LONG, Clock, eventually, root_at
from watcher.hints import Hints, _Reader
from watcher.lost import Lost, Reason

Heard = dict[bytes, bool]


class Ears:
    """Hints of one root, and all that was heard and lost so far."""

    def __init__(self, hints: Hints, root: str) -> None:
        self.hints = hints
        self.root = root
        self.heard: Heard = {}
        self.lost: list[Lost] = []

    def take(self) -> Heard:
        """Return all that was heard so far."""
        for _, folder, deep in self.hints.take():
            self.heard[folder] = deep or self.heard.get(folder, False)
        self.lost += self.hints.troubles()
        return self.heard

    def hear(self, folder: bytes) -> bool:
        """Wait until a folder was heard of, and return whether deep."""
        eventually(lambda: folder in self.take())
        return self.heard[folder]

    def lose(self, reason: Reason) -> str:
        """Wait until something was lost, and return what is said of it."""
        eventually(lambda: reason in {lost.reason for _ in [self.take()] for lost in self.lost})
        return next(lost.says for lost in self.lost if lost.reason is reason)

    def settle(self, folders: int) -> None:
        """Wait until so many folders are watched and everything was heard, then forget it."""
        eventually(lambda: bool(self.take()) and self.hints.folders(self.root) == folders)
        self.heard.clear()


@contextmanager
def listening(path: Path, *, skip: frozenset[bytes] = frozenset(), clock: Clock | None = None) -> Iterator[Ears]:
    """Listen to a root, and begin when all of it is watched."""
    root = root_at(path, skip=skip)
    hints = Hints([root], lambda: None, clock or Clock())
    try:
        ears = Ears(hints, root.name)
        assert ears.hear(b"")  # everything that was there before is to be looked at
        ears.heard.clear()
        yield ears
    finally:
        hints.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "new.mov").write_text("x"),
        lambda folder: (folder / "old.mov").write_text("longer"),
        lambda folder: (folder / "old.mov").unlink(),
        lambda folder: (folder / "old.mov").rename(folder / "new.mov"),
        lambda folder: (folder / "old.mov").rename(folder.parent.parent / "away.mov"),
        lambda folder: (folder.parent.parent / "outside.mov").rename(folder / "in.mov"),
        lambda folder: (folder / "link.mov").hardlink_to(folder.parent.parent / "outside.mov"),
        lambda folder: Path(os.fsdecode(bytes(folder) + b"/\xff\n.mov")).touch(),
    ],
    ids=["new", "written", "deleted", "renamed", "moved out", "moved in", "hard link", "no UTF-8"],
)
def test_whatever_happens_to_a_file_makes_its_folder_dirty(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """However a file comes, changes or goes, its folder is a hint, and not a deep one."""
    folder = tmp_path / "zone" / "a"
    folder.mkdir(parents=True)
    (folder / "old.mov").touch()
    (tmp_path / "outside.mov").touch()
    with listening(tmp_path / "zone") as ears:
        change(folder)
        assert not ears.hear(b"a")


def test_a_folder_with_contents_that_moves_in_is_looked_at_to_its_bottom(tmp_path: Path) -> None:
    """A folder moved in is a deep hint, and what happens far below it afterwards is heard."""
    outside = tmp_path / "outside"
    (outside / "b" / "\udcff").mkdir(parents=True)
    zone = tmp_path / "zone"
    zone.mkdir()
    with listening(zone) as ears:
        outside.rename(zone / "in")
        assert ears.hear(b"in")
        ears.settle(4)
        (zone / "in" / "b" / "\udcff" / "late.mov").touch()
        assert not ears.hear(b"in/b/\xff")


def test_a_folder_moved_within_is_heard_under_its_new_path(tmp_path: Path) -> None:
    """After a move both paths are worth a deep look, and later changes are told of the new path alone."""
    (tmp_path / "a" / "sub").mkdir(parents=True)
    with listening(tmp_path) as ears:
        (tmp_path / "a").rename(tmp_path / "z")
        assert ears.hear(b"a")
        assert ears.hear(b"z")
        ears.settle(3)
        (tmp_path / "z" / "sub" / "x").touch()
        ears.hear(b"z/sub")
        assert set(ears.heard) == {b"z/sub"}


def test_a_folder_that_moved_out_is_let_go(tmp_path: Path) -> None:
    """What is moved out of the root gives its watches back to the system, and is not heard of any more."""
    zone = tmp_path / "zone"
    (zone / "a" / "sub").mkdir(parents=True)
    with listening(zone) as ears:
        (zone / "a").rename(tmp_path / "away")
        ears.settle(1)
        eventually(lambda: _kernel_watches() == 1)
        (tmp_path / "away" / "sub" / "x").touch()
        (zone / "y").touch()
        ears.hear(b"")
        assert set(ears.heard) == {b""}


def test_a_folder_that_was_watched_twice_is_let_go(tmp_path: Path) -> None:
    """A folder met twice, as when it is made while its parent is walked, has one watch and gives it back whole."""
    zone = tmp_path / "zone"
    (zone / "a").mkdir(parents=True)
    with listening(zone) as ears:
        watches = ears.hints._heard[ears.root].watches
        with watches._work:
            watches._to_place[b"a"] = None
            watches._work.notify()
        assert ears.hear(b"a")
        (zone / "a").rename(tmp_path / "away")
        eventually(lambda: _kernel_watches() == 1)


def _kernel_watches() -> int:
    found = 0
    for held in Path("/proc/self/fdinfo").iterdir():
        try:
            text = held.read_text()
        except FileNotFoundError:
            continue
        found += sum(line.startswith("inotify wd:") for line in text.splitlines())
    return found


def test_new_folders_within_new_folders_are_all_watched(tmp_path: Path) -> None:
    """However fast folders are made within each other, each is watched in the end and none is lost on the way."""
    with listening(tmp_path) as ears:
        for number in range(40):
            (tmp_path / f"{number % 4}" / f"{number}" / "a" / "b").mkdir(parents=True)
        ears.settle(1 + 4 + 3 * 40)
        for number in range(40):
            (tmp_path / f"{number % 4}" / f"{number}" / "a" / "b" / "x").touch()
        eventually(lambda: len(ears.take()) == 40)
        assert ears.lost == []


def test_what_belongs_to_somebody_else_is_not_heard(tmp_path: Path) -> None:
    """Folders to be skipped have no watch, were they there before or made later."""
    (tmp_path / "theirs").mkdir()
    with listening(tmp_path, skip=frozenset({b"theirs", b"later/too"})) as ears:
        (tmp_path / "later" / "too").mkdir(parents=True)
        ears.settle(2)
        (tmp_path / "theirs" / "x").touch()
        (tmp_path / "later" / "too" / "x").touch()
        (tmp_path / "later" / "x").touch()
        ears.hear(b"later")
        assert set(ears.heard) == {b"later"}


def test_a_path_longer_than_the_system_takes_is_watched(tmp_path: Path) -> None:
    """Folders nested deeper than a path may be long are heard like others."""
    at = os.open(tmp_path, os.O_RDONLY)
    name = "d" * 200
    for _ in range(25):
        os.mkdir(name, dir_fd=at)
        deeper = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    with listening(tmp_path) as ears:
        assert ears.hints.folders(ears.root) == 26
        os.close(os.open("x", os.O_CREAT | os.O_WRONLY, dir_fd=at))
        ears.hear(b"/".join([os.fsencode(name)] * 25))
    os.close(at)


def test_thousands_of_renames_lose_nothing(tmp_path: Path) -> None:
    """Temp names renamed to final ones, rsync's way, make every folder dirty, and nothing is lost."""
    folders = [tmp_path / str(number) for number in range(20)]
    for folder in folders:
        folder.mkdir()
    with listening(tmp_path) as ears:
        for number in range(4_000):
            folder = folders[number % 20]
            (folder / f".{number}.AbCdEf").touch()
            (folder / f".{number}.AbCdEf").rename(folder / str(number))
        eventually(lambda: len(ears.take()) == 20)
        assert ears.lost == []


def test_a_dead_reader_is_noticed_and_replaced(tmp_path: Path) -> None:
    """When what reads the kernel's queue dies, that is said, and after a pause changes are heard again."""
    clock, before = Clock(), _held_open()
    with listening(tmp_path, clock=clock) as ears:
        watches = ears.hints._heard[ears.root].watches
        watches.on_event = None  # type: ignore[method-assign, assignment]  # whatever calls it dies of that
        (tmp_path / "x").touch()
        assert "it is started again" in ears.lose(Reason.OBSERVER_DEAD)
        assert ears.hints.degraded(ears.root) is not None
        _recover(ears, clock)
        assert ears.hear(b"")
        ears.heard.clear()
        (tmp_path / "y").touch()
        assert not ears.hear(b"")
    eventually(lambda: _held_open() == before)


def test_a_reader_that_dies_while_reading_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading itself fails that is told too, and closing it gives back what it held open."""

    def fail(_: object) -> bool:
        raise OSError("no more memory")

    before, told = _held_open(), list[str]()
    monkeypatch.setattr(_Reader, "_check_inotify_fd", fail)
    reader = _Reader(told.append)
    reader.start()
    reader.join(LONG)
    reader.stop()
    assert told == ["OSError: no more memory"]
    assert _held_open() == before


def test_pauses_grow_while_it_does_not_help() -> None:
    """Placing watches anew is tried more and more seldom, up to a limit for each reason."""
    for reason in Reason:
        pauses = [reason.pause(times) for times in range(2_000)]
        assert pauses == sorted(pauses)
        assert 1.0 <= pauses[0] <= 60.0
        assert pauses[-1] <= 3_600.0


def test_a_root_that_goes_is_noticed_and_heard_again(tmp_path: Path) -> None:
    """A root that is renamed away is said to be gone, once, and the one put in its place is heard."""
    zone, clock = tmp_path / "zone", Clock()
    zone.mkdir()
    with listening(zone, clock=clock) as ears:
        zone.rename(tmp_path / "away")
        assert "once it is back" in ears.lose(Reason.ROOT_GONE)
        for _ in range(5):
            _next_try(ears, clock)
        assert [lost.reason for lost in ears.lost] == [Reason.ROOT_GONE]
        zone.mkdir()
        _recover(ears, clock)
        ears.heard.clear()
        (zone / "x").touch()
        ears.hear(b"")


def _next_try(ears: Ears, clock: Clock) -> None:
    """Let time pass until watches are placed anew."""
    before = ears.hints._heard[ears.root].watches

    def placed_anew() -> bool:
        clock.now += 1.0
        ears.take()
        return ears.hints._heard[ears.root].watches is not before

    eventually(placed_anew)


def _recover(ears: Ears, clock: Clock) -> None:
    """Let time pass until hints can be relied on again."""

    def recovered() -> bool:
        clock.now += 1.0
        ears.take()
        return ears.hints.degraded(ears.root) is None

    eventually(recovered)


def test_a_root_that_is_not_there_is_heard_once_it_is(tmp_path: Path) -> None:
    """A missing root is a trouble and no error, and is listened to when it appears and somebody says so."""
    root = root_at(tmp_path / "later")
    hints = Hints([root], lambda: None, Clock())
    try:
        ears = Ears(hints, root.name)
        ears.lose(Reason.ROOT_GONE)
        (tmp_path / "later").mkdir()
        hints.restart(root.name)
        assert ears.hear(b"")
    finally:
        hints.close()


def test_after_a_restart_the_folder_that_stands_there_now_is_heard(tmp_path: Path) -> None:
    """A root whose parent was replaced is heard again after a restart, which also asks for a look at everything."""
    zone = tmp_path / "parent" / "zone"
    zone.mkdir(parents=True)
    with listening(zone) as ears:
        zone.parent.rename(tmp_path / "old")
        zone.mkdir(parents=True)
        ears.hints.restart(ears.root)
        assert ears.hear(b"")
        ears.heard.clear()
        (zone / "x").touch()
        assert not ears.hear(b"")


def test_only_local_roots_with_events_are_touched(tmp_path: Path) -> None:
    """A root that is polled, or looked at by a process of its own, has no watch."""
    roots = [root_at(tmp_path, events=False), root_at(tmp_path / "far", apart=True)]
    hints = Hints(roots, lambda: None)
    assert hints.take() == []
    assert [hints.folders(r.name) for r in roots] == [0, 0]
    assert [hints.degraded(r.name) for r in roots] == [None, None]
    assert _kernel_watches() == 0
    hints.close()


def test_nothing_is_left_open(tmp_path: Path) -> None:
    """After closing, and after restarts, no descriptor and no thread of watches is left."""
    before = _held_open()
    with listening(tmp_path) as ears:
        for _ in range(3):
            ears.hints.restart(ears.root)
            assert ears.hear(b"")
            ears.heard.clear()
    eventually(lambda: _held_open() == before)


def _held_open() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
