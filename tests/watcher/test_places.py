from hypothesis import given
from hypothesis import strategies as st

from watcher.dirty import Dirty
from watcher.places import Places


def _tree(*paths: bytes) -> Places:
    places = Places()
    for number, path in enumerate((b"", *paths), 1):
        assert places.put(number, path) == []
    return places


def test_a_folder_that_left_takes_along_all_below_it() -> None:
    """When a folder leaves, its watch and those below it are returned and forgotten, its neighbours' are not."""
    places = _tree(b"a", b"a/b", b"a/b/c", b"ab")
    assert sorted(places.leave(1, b"a")) == [2, 3, 4]
    assert [places.path(n) for n in range(1, 6)] == [b"", None, None, None, b"ab"]
    assert places.leave(1, b"a") == []
    assert places.leave(9, b"a") == []


def test_a_folder_met_under_another_path_was_moved() -> None:
    """A watch that turns up elsewhere stands there now, and what was known below its old path is given back."""
    places = _tree(b"a", b"a/b", b"z")
    assert places.put(2, b"z/a") == [3]
    assert places.path(2) == b"z/a"
    assert places.leave(1, b"a") == []
    assert sorted(places.leave(1, b"z")) == [2, 4]


def test_another_folder_takes_a_path() -> None:
    """Where another folder stands now, the watch of the one before stands on nothing."""
    places = _tree(b"a", b"a/b")
    assert sorted(places.put(7, b"a")) == [2, 3]
    assert places.path(7) == b"a"


def test_a_folder_below_itself_stays_where_it_is() -> None:
    """A bind mount that loops shows a folder below itself: its watch stands on the first path."""
    places = _tree(b"a", b"a/b")
    assert places.put(2, b"a/b/again") == places.put(1, b"a/root") == []
    assert [places.path(n) for n in (1, 2, 3)] == [b"", b"a", b"a/b"]


def test_a_watch_that_ended_is_forgotten() -> None:
    """After the system ended a watch its number means nothing, however often that is said."""
    places = _tree(b"a", b"a/b")
    assert places.drop(2) == [3]
    assert places.drop(2) == []
    assert (len(places), 2 in places) == (1, False)


NAMES = st.sampled_from([b"a", b"b", b"\xff\n"])
PATHS = st.lists(NAMES, max_size=3).map(b"/".join)


@given(st.lists(st.one_of(st.tuples(st.just("put"), st.integers(2, 6), PATHS), st.tuples(st.just("leave"), NAMES))))
def test_numbers_and_paths_stay_in_step(steps: list[tuple[str, int, bytes] | tuple[str, bytes]]) -> None:
    """Whatever happens, a number that was put either stands on a path or was given back, never both or neither."""
    places, given_back, put = _tree(), set[int](), {1}
    for step in steps:
        if len(step) == 3:
            _, number, path = step
            if path == b"":
                continue
            given_back |= set(places.put(number, path))
            given_back.discard(number)
            put.add(number)
        else:
            given_back |= set(places.leave(1, step[1]))
    known = {n: p for n in put if (p := places.path(n)) is not None}
    assert set(known) | given_back == put
    assert not set(known) & given_back
    assert len(places) == len(known)
    taken = [n for name in (b"a", b"b", b"\xff\n") for n in places.leave(1, name)]
    assert len(taken) == len(set(taken))
    assert set(taken) <= set(known) - {1}


def test_each_folder_is_dirty_once() -> None:
    """A folder marked many times is taken once, deep if it ever was, and then no more."""
    dirty = Dirty(lambda: None, 10)
    for deep in (False, True, False):
        dirty.mark(b"a", deep=deep)
    dirty.mark(b"b")
    assert dirty.take() == [(b"a", True), (b"b", False)]
    assert dirty.take() == []


def test_what_lies_below_a_deep_one_is_not_taken_twice() -> None:
    """A deep folder stands for all below it, and for nothing that is only named alike."""
    dirty = Dirty(lambda: None, 10)
    for folder in (b"a/b", b"a/b/c", b"ab", b""):
        dirty.mark(folder)
    dirty.mark(b"a", deep=True)
    assert dirty.take() == [(b"ab", False), (b"", False), (b"a", True)]


def test_too_many_folders_are_one_root() -> None:
    """Beyond its room it asks for a look at everything, and stays that small."""
    dirty = Dirty(lambda: None, 100)
    for number in range(5_000):
        dirty.mark(b"folder %d" % number)
        assert len(dirty._folders) <= 100
    assert dirty.take() == [(b"", True)]


def test_the_bell_rings_once_for_many() -> None:
    """The bell rings when there is something to take where there was nothing, and not for each mark."""
    rings: list[str] = []
    dirty = Dirty(lambda: rings.append("ring"), 10)
    dirty.mark(b"a")
    dirty.mark(b"b")
    assert rings == ["ring"]
    dirty.take()
    dirty.mark(b"a")
    assert rings == ["ring", "ring"]
