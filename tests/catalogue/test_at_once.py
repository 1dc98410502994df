"""Several processes that make, open and bring up to date one catalogue at the same moment."""

import multiprocessing as mp
import sqlite3
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path

from provenance.catalogue import Catalogue, Opening
from provenance.catalogue.connection import connect
from provenance.catalogue.schema import migrate, migrations, missing_guards
from provenance.errors import CatalogueTrouble
from tests.catalogue.making import at, evidence, older, seen, take

AT_ONCE = 3


def all_at_once(work: Callable[[Path, Barrier, "mp.Queue[str]", int], None], path: Path) -> list[str]:
    """Run a function in three processes that begin together, and return what each of them said."""
    context = mp.get_context("spawn")
    barrier, answers = context.Barrier(AT_ONCE), context.Queue()
    processes = [context.Process(target=work, args=(path, barrier, answers, n)) for n in range(AT_ONCE)]
    for process in processes:
        process.start()
    said = sorted(answers.get(timeout=50) for _ in processes)
    for process in processes:
        process.join()
    return said


def create_and_record(path: Path, barrier: Barrier, answers: "mp.Queue[str]", number: int) -> None:
    """Make the catalogue if nobody has yet, then record a file in it."""
    barrier.wait()
    try:
        Catalogue.create(path, at(0)).close()
        said = "made"
    except CatalogueTrouble as trouble:
        said = "there" if "already something" in trouble.message else trouble.message
    with Catalogue.open(path) as catalogue:
        take(catalogue, seen(evidence(f"shot {number}"), b"shot %d" % number))
    answers.put(said)


def test_three_make_one(path: Path) -> None:
    """Of three processes that make a catalogue at once one makes it, the others are told, and all can use it."""
    assert all_at_once(create_and_record, path) == ["made", "there", "there"]
    with Catalogue.open(path) as catalogue:
        assert catalogue.counts().assets == AT_ONCE
        catalogue.verify()
    assert [p.name for p in path.parent.iterdir()] == ["catalogue.db"]


ROUNDS = 5


def migrate_empty(path: Path, barrier: Barrier, answers: "mp.Queue[str]", _number: int) -> None:
    """Bring empty files up to date, each together with the others."""
    migrations()  # so that none of them is late because it imports the library
    faults = []
    for number in range(ROUNDS):
        connection = connect(path.with_name(f"{number}.db"), Opening())
        barrier.wait()
        try:
            migrate(connection)
        except CatalogueTrouble as trouble:
            faults.append(trouble.message)
        faults += missing_guards(connection)
        connection.close()
    answers.put(" ".join(faults))


def test_three_bring_one_up_to_date(path: Path) -> None:
    """Three processes that bring a catalogue without tables up to date at once all succeed."""
    path.parent.mkdir()
    for number in range(ROUNDS):
        empty = path.with_name(f"{number}.db")
        empty.touch()
        connect(empty, Opening()).run("PRAGMA journal_mode = WAL")
    assert all_at_once(migrate_empty, path) == [""] * AT_ONCE


def open_and_record(path: Path, barrier: Barrier, answers: "mp.Queue[str]", number: int) -> None:
    """Open a catalogue and record a file in it."""
    barrier.wait()
    with Catalogue.open(path) as catalogue:
        take(catalogue, seen(evidence(f"shot {number}"), b"shot %d" % number))
        answers.put(catalogue.store_id)


def test_three_open_an_older_one(path: Path) -> None:
    """Three processes that open a catalogue of an older schema at once all succeed, and it is up to date once."""
    path.parent.mkdir()
    older(path)
    assert all_at_once(open_and_record, path) == ["old"] * AT_ONCE
    with Catalogue.open(path) as catalogue:
        assert catalogue.counts().assets == AT_ONCE
        catalogue.verify()
    rows = sqlite3.connect(path).execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
    assert [n for (n,) in rows] == ["book", "assets", "quarantine", "likeness", "verdicts", "exhibits", "sought"]
