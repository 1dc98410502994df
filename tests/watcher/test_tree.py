# ruff: noqa: ARG002 (the fakes keep the protocols' arguments)
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watcher.lister import Answer, Listed, Swept, Trouble
from watcher.probe import Look
from watcher.roots import Root, RootTrouble
from watcher.settle import Settling
from watcher.sweep import Folder, Found
from watcher.tree import ROOM, Arrival, End, Tree
from watcher.wait import Wait

ROOT = Root("deliver", b"/storage", frozenset(), 5.0, 300.0, events=True, apart=False, first=True)
WRITTEN = Found(1, 10, 100, 100, 7)
GROWN = Found(1, 20, 200, 200, 7)


@dataclass
class Storage:
    """A lister over files that are only numbers, and what it was asked."""

    files: dict[bytes, Found] = field(default_factory=dict)
    waits: dict[bytes, tuple[tuple[Wait, str], ...]] = field(default_factory=dict)
    trouble: Trouble | None = None
    paused: bool = False
    stalled: bool = False
    sweep_ends: bool = True
    told: list[Answer] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.told)

    def sweep(self) -> None:
        folders = {p.rpartition(b"/")[0] for p in self.files} | {b""}
        for folder in sorted(folders):
            self.list(folder, deep=False)
        if self.sweep_ends:
            self.told.append(Swept(0.0, self.trouble is None))

    def list(self, folder: bytes, *, deep: bool) -> None:
        names = [(p.rpartition(b"/")[2], f) for p, f in self.files.items() if p.rpartition(b"/")[0] == folder]
        error = None if names or not folder else FileNotFoundError()
        self.told.append(Listed(Folder(folder, sorted(names), error=error)))

    def look(self, paths: Sequence[bytes]) -> None:
        if not self.stalled:
            self.told += [Look(p, self.files.get(p), self.waits.get(p, ()), None) for p in paths]

    def pause(self, paused: bool) -> None:
        self.paused = paused

    def accept(self) -> None:
        self.trouble = None

    def answers(self, budget: float) -> Sequence[Answer]:
        told, self.told = self.told, []
        return told

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Notes:
    """A book that knows what it was told; while it is `shut` it cannot answer."""

    known: dict[bytes, Found] = field(default_factory=dict)
    rows: dict[bytes, Settling] = field(default_factory=dict)
    gone: list[bytes] = field(default_factory=list)
    before: dict[bytes, float] = field(default_factory=dict)
    shut: bool = False

    def news(self, root: str, folder: Folder) -> Sequence[tuple[bytes, Found]] | None:
        prefix = folder.path + b"/" if folder.path else b""
        return None if self.shut else [(n, f) for n, f in folder.files if self.known.get(prefix + n) != f]

    def folder_gone(self, root: str, folder: bytes) -> bool:
        self.gone.append(folder)
        return not self.shut

    def sweeping(self, root: str) -> None:
        """Nothing to note."""

    def swept(self, root: str, listed: frozenset[bytes]) -> bool:
        return not self.shut

    def waited(self, root: str) -> Mapping[bytes, float]:
        return self.before

    def keep_waiting(self, root: str, rows: Sequence[tuple[bytes, Settling]], over: Sequence[bytes]) -> bool:
        if self.shut:
            return False
        self.rows.update(rows)
        for path in over:
            self.rows.pop(path, None)
        return True


def watched(storage: Storage, notes: Notes) -> Tree:
    """Put a tree over fakes."""
    return Tree(ROOT, storage, notes)


def run(tree: Tree, start: float, end: float) -> list[Arrival]:
    """Give a tree a turn every tenth of a second; return what arrived."""
    arrived: list[Arrival] = []
    for tenth in range(round(start * 10), round(end * 10) + 1):
        tree.turn(tenth / 10, 0.1)
        arrived += tree.finished(1000)
    return arrived


def test_a_finished_file_arrives_once() -> None:
    """A file that does not change arrives once its settle time is over, and not again until it is done with."""
    storage, notes = Storage({b"a.mov": WRITTEN}), Notes()
    tree = watched(storage, notes)
    assert run(tree, 0, 4.9) == []
    (arrival,) = run(tree, 5, 6)
    assert (arrival.path, arrival.found) == (b"a.mov", WRITTEN)
    tree.hear(b"", 6.0)
    assert run(tree, 6, 20) == []
    notes.known[b"a.mov"] = WRITTEN
    tree.done(b"a.mov", 20.0, End.RECORDED)
    tree.hear(b"", 20.0)
    assert run(tree, 20, 40) == []


def test_a_file_that_changes_while_it_is_examined_comes_round_again() -> None:
    """What changes after it arrived arrives again in its new version, also if the hint came before the answer."""
    storage, notes = Storage({b"a.mov": WRITTEN}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 6)
    storage.files[b"a.mov"] = GROWN
    tree.hear(b"", 6.0)
    assert run(tree, 6, 8) == []
    tree.done(b"a.mov", 8.0, End.CHANGED)
    (again,) = run(tree, 8, 15)
    assert again.found == GROWN


def test_a_change_within_the_window_starts_it_anew() -> None:
    """A file that grows shortly before its time is over has to wait for the whole of it again."""
    storage = Storage({b"a.mov": WRITTEN})
    tree = watched(storage, Notes())
    assert run(tree, 0, 4) == []
    storage.files[b"a.mov"] = GROWN
    tree.hear(b"", 4.0)
    assert run(tree, 4, 9) == []
    assert [a.found for a in run(tree, 9, 10)] == [GROWN]


def test_a_hint_that_never_came_costs_only_time() -> None:
    """A file of which nothing was heard is found by the next sweep."""
    storage = Storage()
    tree = watched(storage, Notes())
    run(tree, 0, 100)
    storage.files[b"quiet.mov"] = WRITTEN
    assert run(tree, 100, 299) == []
    assert [a.path for a in run(tree, 299, 310)] == [b"quiet.mov"]


def test_a_book_that_cannot_answer_is_asked_again() -> None:
    """While nothing can be looked up nothing arrives, and afterwards everything does."""
    storage, notes = Storage({b"reel/a.mov": WRITTEN}), Notes(shut=True)
    tree = watched(storage, notes)
    assert run(tree, 0, 20) == []
    notes.shut = False
    assert [a.path for a in run(tree, 20, 27)] == [b"reel/a.mov"]


def test_what_waits_is_a_row_until_it_is_over() -> None:
    """A file with a writer stands in the book with its reason, and is forgotten when it has gone."""
    storage, notes = Storage({b"a.mov": WRITTEN}, {b"a.mov": ((Wait.WRITER, "somebody writes it"),)}), Notes()
    tree = watched(storage, notes)
    assert run(tree, 0, 60) == []
    tree.keep()
    assert notes.rows[b"a.mov"].waits == ((Wait.WRITER, "somebody writes it"),)
    del storage.files[b"a.mov"]
    run(tree, 60, 130)
    tree.keep()
    assert notes.rows == {}


def test_rows_that_could_not_be_kept_are_kept_later() -> None:
    """What waits is told again until the book has it."""
    storage, notes = Storage({b"a.mov": WRITTEN}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 1)
    notes.shut = True
    tree.keep()
    notes.shut = False
    tree.keep()
    assert list(notes.rows) == [b"a.mov"]


def test_a_file_that_waited_before_a_restart_is_as_old_as_it_is() -> None:
    """What waited when the watcher was killed is stuck when its time is over, not a day after the restart."""
    day = ROOT.stuck_after
    storage = Storage({b"a.mov": WRITTEN}, {b"a.mov": ((Wait.NAME, "rsync names files so"),)})
    tree = watched(storage, Notes(before={b"a.mov": day - 10}))
    run(tree, 0, 70)
    ((_, settling),) = tree.waiting()
    assert settling.stuck


def test_what_waited_and_is_gone_is_forgotten_after_a_sweep() -> None:
    """A row of a file that vanished while nobody watched goes with the first complete sweep."""
    notes = Notes(before={b"was.mov": 3.0})
    notes.rows[b"was.mov"] = Settling(WRITTEN, 0.0, 0.0, (), stuck=False)
    tree = watched(Storage(), notes)
    run(tree, 0, 1)
    tree.keep()
    assert notes.rows == {}


def test_waiting_files_do_not_keep_others_out() -> None:
    """More files with temporary names than there is room for do not stop the sweep; files that settle do."""
    named = {b"%d.part" % n: WRITTEN for n in range(ROOM)}
    storage = Storage(dict(named), dict.fromkeys(named, ((Wait.NAME, "a browser names files so"),)))
    tree = watched(storage, Notes())
    run(tree, 0, 1)
    assert storage.paused
    run(tree, 1, 10)
    assert not storage.paused


def test_a_folder_that_is_gone_is_told() -> None:
    """A folder that is not there any more is said to be gone with all that was in it."""
    storage, notes = Storage({b"reel/a.mov": WRITTEN}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 1)
    storage.files.clear()
    tree.hear(b"reel", 1.0)
    run(tree, 1, 2)
    assert notes.gone == [b"reel"]


def test_a_root_that_stands_again_is_looked_at_as_a_whole() -> None:
    """When what was wrong with a root is over, everything is swept, and whoever listens is to listen anew."""
    storage = Storage()
    tree = watched(storage, Notes())
    run(tree, 0, 1)
    storage.trouble = Trouble(RootTrouble.MISSING, "it is not there")
    run(tree, 1, 40)
    assert tree.trouble is not None
    storage.trouble = None
    storage.files[b"a.mov"] = WRITTEN
    assert [a.path for a in run(tree, 40, 47)] == [b"a.mov"]
    assert tree.recovered


def test_a_late_answer_proves_nothing_about_a_newer_version() -> None:
    """A look that was asked for before the file changed finishes nothing, however much later it is answered."""
    storage = Storage({b"a.mov": WRITTEN})
    tree = watched(storage, Notes())
    storage.stalled = True
    run(tree, 0, 5)  # asks for the look
    late = Look(b"a.mov", GROWN, (), None)
    storage.told = [Listed(Folder(b"", [(b"a.mov", GROWN)]))]
    tree.turn(5.1, 0.1)
    storage.files[b"a.mov"] = GROWN
    storage.told = [late]
    tree.turn(30.0, 0.1)
    assert tree.finished(10) == []


def test_a_sweep_that_waits_for_room_is_no_reason_to_turn_round() -> None:
    """While files settle and the sweep has to wait, nothing is due before the first of them may have settled."""
    storage = Storage({b"%d.mov" % n: WRITTEN for n in range(ROOM)})
    tree = watched(storage, Notes())
    storage.sweep_ends = False
    run(tree, 0, 1)
    assert storage.paused
    assert tree.next_due(1.0) >= 5.0


def test_a_file_under_ever_new_names_is_as_old_as_it_is() -> None:
    """Renamed before it can settle, whichever of both names is met first, it has been unfinished since the first."""
    storage, notes = Storage({b"0.mov": WRITTEN}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 1)
    for number in range(1, 20):
        storage.files[b"%d.mov" % number] = storage.files.pop(b"%d.mov" % (number - 1))
        if number % 2:
            tree.hear(b"", number * 4.0)
            run(tree, number * 4.0, number * 4.0 + 2)
        else:
            run(tree, number * 4.0, number * 4.0 + 3)  # the old name is looked at before the new one is met
            tree.hear(b"", number * 4.0 + 3)
            run(tree, number * 4.0 + 3, number * 4.0 + 3.5)
    ((path, settling),) = [(p, s) for p, s in tree.waiting() if p in storage.files]
    assert (path, settling.first) == (b"19.mov", 0.0)


def test_a_file_that_is_touched_and_renamed_is_as_old_as_it_is() -> None:
    """Another date makes a file of some size no other, under another name too."""
    picture = Found(1, 90_000, 100, 100, 7)
    storage, notes = Storage({b"0.png": picture}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 1)
    for number in range(1, 10):
        storage.files = {b"%d.png" % number: picture._replace(st_mtime_ns=100 + number, st_ctime_ns=100 + number)}
        tree.hear(b"", number * 4.0)
        run(tree, number * 4.0, number * 4.0 + 3)
    ((_, settling),) = [(p, s) for p, s in tree.waiting() if p in storage.files]
    assert settling.first == 0.0


def test_a_file_with_the_inode_of_one_that_went_is_new() -> None:
    """A file system that gives an inode to the next file does not make that as old as the one before it."""
    storage, notes = Storage({b"a.lock": WRITTEN}), Notes()
    tree = watched(storage, notes)
    run(tree, 0, 1)
    storage.files = {b"b.mov": GROWN}
    tree.hear(b"", 6.0)
    run(tree, 5, 7)
    ((_, settling),) = tree.waiting()
    assert settling.first >= 6.0
