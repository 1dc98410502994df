"""Nobody who waits for a file waits for ever, whatever becomes of whoever looks at it."""

import os
import time
from pathlib import Path

from provenance.asset import StatKey
from provenance.credentials.trust import Trust
from provenance.daemon.line import Asked, Line
from provenance.examination import Answer, Looked, Request
from provenance.examine import examine_all
from provenance.pool import Limits, Pool
from provenance.targets import Target
from tests.daemon.lined import answers
from tests.watching import PATIENCE
from watcher.sweep import Found
from watcher.tree import Arrival
from watcher.wait import Wait

HERE = "here"
OPEN = Asked(waits=((Wait.WRITER, "a program has it open"),))


def _fragile(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Stands for a parser with a fault, and for storage that does not answer: dies or waits where a name says so."""
    for request in requests:
        if request.path.startswith(b"abort") and request.without_parsers is None:
            os.abort()
        while request.path.startswith(b"wait") and Path(os.fsdecode(request.root), "closed").exists():
            time.sleep(0.01)
    return examine_all(requests, trust)


def _pool(workers: int = 1) -> Pool:
    return Pool(Trust(), workers=workers, limits=Limits(patience=PATIENCE), look=_fragile)


def _arrived(folder: Path, name: str, root: str = HERE) -> Arrival:
    path = folder / name
    path.write_text(f"a note called {name}\n")
    return Arrival(root, name.encode(), Found.of(path.stat()), time.monotonic())


def _target(folder: Path) -> Target:
    return Target(os.fsencode(folder), b"", None, os.fsencode(folder))


def test_a_file_that_kills_workers_is_answered_for(tmp_path: Path) -> None:
    """A file on which every parser dies comes back with an answer of its own, among those that came with it."""
    with _pool() as pool:
        line = Line({HERE: _target(tmp_path)}, {HERE: pool})
        for name in ("abort.png", "fine.txt"):
            line.add(_arrived(tmp_path, name), first=False)
        found = {case.arrival.path: answer for case, answer in answers(line, 2)}
    assert all(isinstance(found[name], Looked) for name in (b"abort.png", b"fine.txt"))
    assert not len(line)


def test_a_file_that_arrives_while_it_is_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    """One that was fetched unsettled and settles meanwhile is answered for twice: somebody waits for either."""
    (tmp_path / "closed").touch()
    with _pool() as pool:
        line = Line({HERE: _target(tmp_path)}, {HERE: pool})
        arrival = _arrived(tmp_path, "wait.txt")
        line.add(arrival, first=True, asked=OPEN)
        line.feed(set())
        line.add(arrival, first=False)
        line.feed(set())
        (tmp_path / "closed").unlink()
        cases = [case for case, _ in answers(line, 2)]
    assert [case.unsettled for case in cases] == [True, False]
    assert not len(line)


def test_two_reasons_to_look_at_a_file_in_one_handful(tmp_path: Path) -> None:
    """Whichever came first into the line, the file is looked at once, and for whoever waits for it."""
    with _pool() as pool:
        line = Line({HERE: _target(tmp_path)}, {HERE: pool})
        for name, reasons in (("a.txt", (None, OPEN)), ("b.txt", (OPEN, None))):
            arrival = _arrived(tmp_path, name)
            for asked in reasons:
                line.add(arrival, first=False, asked=asked)
        assert len(line) == 2
        answered = {(case.arrival.path, case.unsettled) for case, _ in answers(line, 2)}
    assert answered == {(b"a.txt", False), (b"b.txt", False)}
    assert not len(line)


def test_what_is_asked_for_again_and_again_is_looked_at_once(tmp_path: Path) -> None:
    """However often files are asked for before it is their turn, and while it is, each is read once."""
    (tmp_path / "closed").touch()
    with _pool() as pool:
        line = Line({HERE: _target(tmp_path)}, {HERE: pool})
        arrivals = [_arrived(tmp_path, f"wait{number:03}.txt") for number in range(100)]
        for _ in range(5):
            for arrival in arrivals:
                line.add(arrival, first=True, asked=Asked(StatKey(1, 1, 1, 1, 1)))
            line.feed(set())
        assert len(line) == 100
        (tmp_path / "closed").unlink()
        assert len(answers(line, 100)) == 100
    assert not len(line)


def test_what_arrives_goes_before_what_was_asked_for(tmp_path: Path) -> None:
    """A file that waits among others goes before them once it is to."""
    with _pool() as pool:
        line = Line({HERE: _target(tmp_path)}, {HERE: pool})
        for number in range(200):
            line.add(_arrived(tmp_path, f"{number:03}.txt"), first=False)
        line.add(_arrived(tmp_path, "199.txt"), first=True)
        paths = [case.arrival.path for case, _ in answers(line, 200)]
    assert b"199.txt" in paths[:64]
    assert not len(line)


def test_storage_that_does_not_answer_keeps_only_its_own_waiting(tmp_path: Path) -> None:
    """While every worker of one root hangs, the files of another are looked at; what is stalled is not begun."""
    far, near = tmp_path / "far", tmp_path / "near"
    for folder in (far, near):
        folder.mkdir()
    (far / "closed").touch()
    with _pool() as slow, _pool() as quick:
        line = Line({"far": _target(far), "near": _target(near)}, {"far": slow, "near": quick})
        for number in range(3):
            line.add(_arrived(far, f"wait{number}.txt", "far"), first=False)
        line.feed(set())
        line.add(_arrived(near, "fine.txt", "near"), first=False)
        (case, _) = answers(line, 1)[0]
        assert case.arrival.path == b"fine.txt"
        line.add(_arrived(far, "later.txt", "far"), first=False)
        line.feed({"far"})
        assert slow.under_way == 1
        (far / "closed").unlink()
        assert len(answers(line, 4)) == 4
