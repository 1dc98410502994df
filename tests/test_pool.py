import multiprocessing
import os
import platform
import queue
import resource
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.trust import Trust
from provenance.errors import NotExamined
from provenance.evidence import State
from provenance.examination import Answer, Failed, Failure, Looked, Request
from provenance.examine import examine_all
from provenance.pool import HANDFUL_FILES, Aside, Handful, Limits, Pool, run_alone


def _fragile(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Stands for a parser with a fault: it dies, hangs or eats memory where a file's name asks for it."""
    for request in requests:
        if request.without_parsers is None:
            if request.path.startswith(b"abort"):
                os.abort()
            if request.path.startswith(b"hang"):
                time.sleep(600)
        if request.path.startswith(b"cursed"):
            os.abort()
    return examine_all(requests, trust)


def _greedy(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Stands for a parser that asks for more memory than a worker may have."""
    if any(r.without_parsers is None for r in requests):
        bytearray(8 << 30)
    return examine_all(requests, trust)


def _requests(folder: Path, names: list[str]) -> Iterator[Request]:
    for name in names:
        (folder / name).write_text(f"a note called {name}\n")
        yield Request(os.fsencode(folder), name.encode(), 20)


def _by_name(answers: Iterator[tuple[Request, Answer]]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for request, answer in answers:
        assert request.path.decode() not in found
        found[request.path.decode()] = answer
    return found


@pytest.mark.parametrize("fault", ["abort", "hang"])
def test_a_lost_worker_costs_one_file(tmp_path: Path, fault: str) -> None:
    """A worker that dies or hangs costs one file, which is recorded unreadable; every other file is read as usual."""
    names = [f"note{n}" for n in range(HANDFUL_FILES + 4)]
    names.insert(3, fault)
    with Pool(Trust(), workers=2, limits=Limits(patience=1.5), look=_fragile) as pool:
        answers = _by_name(pool.examine(_requests(tmp_path, names)))
    assert set(answers) == set(names)
    lost = answers.pop(fault)
    assert isinstance(lost, Looked)
    assert lost.evidence.credential.state is State.UNREADABLE
    assert lost.evidence.gaps
    for answer in answers.values():
        assert isinstance(answer, Looked)
        assert answer.evidence.credential.state is State.UNSUPPORTED


def test_the_pool_lives_on_after_many_deaths(tmp_path: Path) -> None:
    """A pool whose workers died several times still examines the next file."""
    names = ["abort1", "abort2", "abort3", "abort4", "fine"]
    with Pool(Trust(), workers=2, look=_fragile) as pool:
        first = _by_name(pool.examine(_requests(tmp_path, names)))
        again = _by_name(pool.examine(_requests(tmp_path, ["later"])))
    assert isinstance(first["fine"], Looked)
    assert isinstance(again["later"], Looked)


def test_what_cannot_even_be_identified_is_said(tmp_path: Path) -> None:
    """A file on which even reading the bytes kills the worker is answered with a failure, not forgotten."""
    with Pool(Trust(), workers=1, look=_fragile) as pool:
        answers = _by_name(pool.examine(_requests(tmp_path, ["cursed", "fine"])))
    failed = answers["cursed"]
    assert isinstance(failed, Failed)
    assert failed.failure is Failure.NOT_EXAMINED
    assert "SIGABRT" in failed.says
    assert isinstance(answers["fine"], Looked)


def test_memory_is_limited(tmp_path: Path) -> None:
    """A worker that asks for more memory than it may have does not get it, and the file is held as unreadable."""
    with Pool(Trust(), workers=1, limits=Limits(memory=1 << 30), look=_greedy) as pool:
        answers = _by_name(pool.examine(_requests(tmp_path, ["big"])))
    looked = answers["big"]
    assert isinstance(looked, Looked)
    assert looked.evidence.credential.state is State.UNREADABLE


def _page_faults(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Examine a handful three times and answer how often new memory was asked for the third time."""
    for _ in range(2):
        examine_all(requests, trust)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    examine_all(requests, trust)
    found = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return (Failed(Failure.NOT_EXAMINED, str(found)),) * len(requests)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep memory in their own way")
def test_a_worker_keeps_memory_for_the_next_file(tmp_path: Path) -> None:
    """After the first files a worker asks the system for hardly any memory to look at more of their size."""
    sizes = range(100_000, 300_000, 10_000)
    for size in sizes:
        (tmp_path / f"{size}.jpg").write_bytes(b"\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(size) + b"\xff\xd9")
    requests = [Request(os.fsencode(tmp_path), b"%d.jpg" % size, size) for size in sizes]
    with Pool(Trust(), workers=1, look=_page_faults) as pool:
        found = {answer.says for _, answer in pool.examine(requests) if isinstance(answer, Failed)}
    (faults,) = found
    assert int(faults) < 2 * len(sizes)


def _stopped(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Stands for storage that does not answer: whoever asks it sleeps, and ends only by a kill."""
    (Path(os.fsdecode(requests[0].root)) / f"asleep{os.getpid()}").touch()
    os.kill(os.getpid(), signal.SIGSTOP)
    return examine_all(requests, trust)


@pytest.mark.parametrize("told", [True, False])
def test_a_pool_ends_whatever_its_processes_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    """Processes that sleep are killed together; of those whose end nobody tells it is said how many they are."""
    monkeypatch.setattr("pebble.CONSTS.term_timeout", 600.0)
    pool = Pool(Trust(), workers=3, look=_stopped)
    for request in _requests(tmp_path, ["one", "two", "three"]):
        pool.submit((request,))
    while len(numbers := [int(path.name[6:]) for path in tmp_path.glob("asleep*")]) < 3:
        signal.sigtimedwait([], 0.02)
    server = vars(forkserver)["_forkserver"]._forkserver_pid
    if not told:
        os.kill(server, signal.SIGSTOP)
    try:
        assert pool.close() == (0 if told else 3)
        assert not {process.pid for process in multiprocessing.active_children()}.intersection(numbers)
    finally:
        os.kill(server, signal.SIGCONT)


def _double(number: int) -> int:
    if number < 0:
        os.abort()
    return number * 2


def test_work_done_alone_returns_or_says_why_not() -> None:
    """A function run in a process of its own returns its result; if the process dies, the error says how."""
    from provenance.errors import NotExamined

    assert run_alone(_double, 21, 30) == 42
    with pytest.raises(NotExamined, match="SIGABRT"):
        run_alone(_double, -1, 30)


def _pid(_: None) -> int:
    """Return the number of the process this runs in."""
    return os.getpid()


def test_a_process_that_ends_while_idle_is_replaced() -> None:
    """Whoever has one thing done after another loses nothing when the system takes an idle process away."""
    aside = Aside()
    try:
        first = aside.begin(_pid, None, 30.0).result(30)
        for _ in range(2):
            os.kill(first, signal.SIGKILL)
            _until_lost(aside)
            second = aside.begin(_pid, None, 30.0).result(30)
            assert second != first
            first = second
    finally:
        aside.close()


def test_what_a_lost_process_had_ends_with_an_error() -> None:
    """A process that is lost with its pool leaves no future that nobody ever answers."""
    aside = Aside()
    try:
        aside.begin(_pid, None, 30.0).result(30)
        assert aside._pool is not None
        aside._pool.stop()  # as pebble does when a fault of its own ends it
        lost = Future[int]()
        aside._under_way.append(lost)
        aside.tend()
        with pytest.raises(NotExamined):
            lost.result(0)
        assert aside.begin(_pid, None, 30.0).result(30) > 0
    finally:
        aside.close()


def _until_lost(aside: Aside) -> None:
    """Return once pebble knows: it looks ten times a second. Also fine where it replaced the process by itself."""
    deadline = time.monotonic() + 5
    while aside._pool is not None and aside._pool.active and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_scan_outlives_the_loss_of_all_its_processes(tmp_path: Path) -> None:
    """Files that are being examined when every process is taken away are examined by others, each once."""
    names = [f"note{n}" for n in range(HANDFUL_FILES * 8)]
    with Pool(Trust(), workers=1, look=_slow) as pool:
        answers = pool.examine(_requests(tmp_path, names))
        met = {next(answers)[0].path.decode()}
        assert pool._pool is not None
        pool._pool.stop()
        pool._pool.join()
        met |= set(_by_name(answers))
    assert met == set(names)


@pytest.mark.parametrize("times", [1, 3])
def test_what_starts_the_processes_may_be_killed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """When the system takes away what processes are forked from, at the very moment they are wanted, others start."""
    killed = _dying_servers(monkeypatch, times)
    with Pool(Trust(), workers=1) as pool:
        assert set(_by_name(pool.examine(_requests(tmp_path, ["note"])))) == {"note"}
    aside = Aside()
    try:
        assert aside.begin(_pid, None, 30.0).result(30) > 0
    finally:
        aside.close()
    assert len(killed) == times


def test_a_machine_that_starts_no_processes_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started at all, that is an error with advice, neither a traceback nor a wait for ever."""
    monkeypatch.setattr("provenance.pool._PAUSES", (0.0, 0.0))
    _dying_servers(monkeypatch, 1_000)
    with Pool(Trust(), workers=1) as pool, pytest.raises(NotExamined, match="no process can be started"):
        list(pool.examine(_requests(tmp_path, ["note"])))
    with pytest.raises(NotExamined):
        run_alone(_pid, None, 30.0)


def _dying_servers(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let the server that workers are forked from say nothing more, as one that was killed, so many times."""
    killed: list[int] = []
    real: Callable[[int], int] = forkserver.read_signed

    def silent(descriptor: int) -> int:
        said = real(descriptor)
        if len(killed) < times:
            killed.append(said)
            raise EOFError("unexpected EOF")
        return said

    monkeypatch.setattr(forkserver, "read_signed", silent)
    return killed


@pytest.mark.parametrize(("lost", "state"), [(0, State.UNSUPPORTED), (3, State.UNREADABLE)])
def test_files_are_not_to_blame_for_the_loss_of_all_processes(tmp_path: Path, lost: int, state: State) -> None:
    """A file whose processes were all lost is examined as if nothing had been; after three losses it may be why."""
    (request,) = _requests(tmp_path, ["note"])
    with Pool(Trust(), workers=1) as pool:
        finished: queue.SimpleQueue[tuple[Handful, Future[Any]]] = queue.SimpleQueue()
        broken = Future[Any]()
        broken.set_exception(BrokenProcessPool("All workers expired"))
        assert list(pool._answers(Handful((request,), lost), broken, finished)) == []
        ((_, answer),) = pool._take(finished)
    assert isinstance(answer, Looked)
    assert answer.evidence.credential.state is state


def _slow(requests: tuple[Request, ...], trust: Trust) -> tuple[Answer, ...]:
    """Stands for files that take their time."""
    time.sleep(0.2)
    return examine_all(requests, trust)
