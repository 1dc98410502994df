"""The book of words: how it grows, what it carries, and what it refuses."""

import sqlite3
from pathlib import Path

import pytest

from provenance.asset import Digest
from provenance.catalogue import Batch, Catalogue, GateRun, GateUse, Stamp
from provenance.catalogue.catalogue import CHECKPOINT_EVERY
from provenance.errors import CatalogueDamaged, ClockBehind, RecordUnknown
from provenance.records import AnyRecord, Revocation, record_from
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    approved,
    at,
    cleared,
    declared,
    derived,
    digest_of,
    evidence,
    seen,
    stamp,
    subject,
    take,
)


def test_each_entry_follows_the_one_before(catalogue: Catalogue) -> None:
    """Entries are numbered from one, each carries the hash of the one before, the first that of the empty store."""
    empty = catalogue.ledger.head()
    take(catalogue, seen(evidence("a"), b"a"), minute=1)
    catalogue.add_record(declared("a", Origin.CREATED), stamp(2))
    first, second = catalogue.ledger.entries()
    assert (first.seq, second.seq) == (1, 2)
    assert (first.prev, second.prev) == (empty.hash, first.hash)
    assert catalogue.ledger.head().hash == second.hash == catalogue.verify().hash
    assert [e.seq for e in catalogue.ledger.entries(since=1)] == [2]


def test_an_entry_says_who_where_when(catalogue: Catalogue) -> None:
    """Each entry carries machine time and claimed time, user, host, version, configuration, policy and the record."""
    record = declared("a", Origin.CREATED)
    said = Stamp(at(5), "admin \udcff", "suite", "0.1.0", Digest("c" * 64), Digest("d" * 64), at(1))
    catalogue.add_record(record, said)
    noted, entry = catalogue.ledger.entries()
    assert noted.kind == "configuration"
    assert (entry.kind, entry.at, entry.claimed_at) == ("declaration", at(5), at(1))
    assert (entry.os_user, entry.host, entry.version) == ("admin \\udcff", "suite", "0.1.0")
    assert (entry.config, entry.policy) == ("c" * 64, "d" * 64)
    assert record_from(entry.body) == record


def test_one_entry_a_batch(catalogue: Catalogue) -> None:
    """A batch of hundreds of files is one entry, with their number and a digest over the facts."""
    done = catalogue.record(Batch(tuple(seen(evidence(f"{n}"), b"%d" % n) for n in range(300))), stamp())
    (entry,) = catalogue.ledger.entries()
    assert (done.entry, entry.kind) == (1, "evidence")
    assert (entry.body["assets"], entry.body["evidence"], len(entry.body["facts_sha256"])) == (300, 300, 64)


def test_digest_of_a_batch_has_no_order(tmp_path: Path) -> None:
    """The same files in another order have the same digest, other files another one."""
    files = [seen(evidence(n, AI), n.encode()) for n in "abc"]
    digests = []
    for number, batch in enumerate([files, files[::-1], files[:2]]):
        with Catalogue.create(tmp_path / f"{number}.db", at(0)) as catalogue:
            take(catalogue, *batch)
            digests.append(next(catalogue.ledger.entries()).body["facts_sha256"])
    assert digests[0] == digests[1] != digests[2]


def test_change_of_configuration(catalogue: Catalogue) -> None:
    """Whatever is written under another configuration is preceded by an entry that says so; once."""
    assert catalogue.last_config() is None
    take(catalogue, seen(evidence("a"), b"a"))
    assert not catalogue.note_config(stamp(1))
    assert catalogue.note_config(stamp(1, "c"))
    assert not catalogue.note_config(stamp(2, "c"))
    catalogue.record(Batch((seen(evidence("b"), b"b"),)), stamp(3, "d"))
    catalogue.record(Batch((seen(evidence("b"), b"b"),)), stamp(4, "e"))
    kinds = [(e.kind, e.config and e.config[0]) for e in catalogue.ledger.entries()]
    assert kinds == [("evidence", None), ("configuration", "c"), ("configuration", "d"), ("evidence", "d")]
    assert catalogue.last_config() == "d" * 64
    assert [e.body for e in catalogue.ledger.entries()][2] == {"was": "c" * 64, "now": "d" * 64}
    catalogue.verify()


def test_clock_behind(catalogue: Catalogue) -> None:
    """A clock before any entry is found, also when later entries were written under it; a few seconds are not."""
    catalogue.check_clock(at(0))
    take(catalogue, seen(evidence("a"), b"a"), minute=30)
    take(catalogue, seen(evidence("b"), b"b"), minute=10)
    with pytest.raises(ClockBehind, match="10:30:00"):
        catalogue.check_clock(at(29))
    catalogue.check_clock(at(30))
    catalogue.check_clock(type(at(0))("2026-11-22T10:29:58.000000Z"))


def test_unreadable_time(catalogue: Catalogue) -> None:
    """An entry whose time is no time stops the check, and never passes as early."""
    catalogue.add_record(declared("a", Origin.CREATED), Stamp(type(at(0))("soon"), "admin", "suite", "0.1.0"))
    with pytest.raises(CatalogueDamaged, match="no readable time"):
        catalogue.check_clock(at(0))


KEPT = [
    "store",
    "ledger",
    "records",
    "record_subjects",
    "gate_uses",
    "examiners",
    "findings",
    "assets",
    "evidence",
    "labels",
    "edges",
    "folders",
    "sightings",
    "besides",
]


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """A catalogue with a row in every table that keeps what it has."""
    from tests.catalogue.making import part, sidecar, signed

    made = evidence("comp", credential=signed("comp"), made_from=[part("ai")])
    take(catalogue, seen(made, b"comp", sidecar(AI)))
    word = catalogue.add_record(approved("comp"), stamp(5))
    run = GateRun("run-1", {"outcome": "pass"}, (GateUse(word, digest_of("comp")),), catalogue.ledger.head())
    catalogue.note_gate_run(run, stamp(6))
    return catalogue


@pytest.mark.parametrize("table", KEPT)
def test_facts_are_only_added(filled: Catalogue, path: Path, table: str) -> None:
    """Update, delete and insert-or-replace are refused on every table of facts, in a connection like ours."""
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA recursive_triggers = ON")
    first = raw.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    assert first is not None
    replace = f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(columns))})"
    for sql, values in (
        (f"UPDATE {table} SET {columns[0]} = {columns[0]}", ()),
        (f"DELETE FROM {table}", ()),
        (replace, first),
    ):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(sql, values)
    raw.close()


def test_replace_without_our_settings(filled: Catalogue, path: Path) -> None:
    """A connection that lets REPLACE pass the delete trigger still cannot rewrite an entry, nor add one out of turn."""
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA recursive_triggers = OFF")
    rows = raw.execute("SELECT * FROM ledger ORDER BY seq").fetchall()
    again = f"INSERT OR REPLACE INTO ledger VALUES ({', '.join('?' * len(rows[0]))})"
    for row in (rows[0], rows[-1], (99, *rows[-1][1:]), (len(rows) + 1, bytes(32), *rows[-1][2:])):
        with pytest.raises(sqlite3.IntegrityError, match="only grows at its end"):
            raw.execute(again, row)
    raw.close()
    filled.verify()


def test_gate_run(catalogue: Catalogue) -> None:
    """A gate run is one entry; the records it rested on name it, and its hash is the new head."""
    word = catalogue.add_record(approved("ai"), stamp(5))
    other = catalogue.add_record(cleared("ai"), stamp(5))
    uses = [GateUse(word, digest_of("ai")), GateUse(word, digest_of("ai"))]
    run = GateRun("run-1", {"outcome": "pass", "n": 1}, tuple(uses), catalogue.ledger.head())
    head = catalogue.note_gate_run(run, stamp(6))
    assert head == catalogue.ledger.head().hash == catalogue.verify().hash
    (use,) = catalogue.uses_of(word)
    assert (use.run, use.digest, use.at, use.entry) == ("run-1", digest_of("ai"), at(6), 3)
    assert catalogue.uses_of(other) == ()
    *_, entry = catalogue.ledger.entries()
    assert (entry.kind, entry.body["report"]) == ("gate", {"outcome": "pass", "n": 1})


def test_gate_run_on_an_unknown_record(catalogue: Catalogue) -> None:
    """A run that rests on a record nobody knows is not kept."""
    run = GateRun("run-1", {}, (GateUse("apr-none", digest_of("ai")),), catalogue.ledger.head())
    with pytest.raises(RecordUnknown, match="apr-none"):
        catalogue.note_gate_run(run, stamp(6))
    assert catalogue.ledger.head().seq == 0


def test_record_is_kept_once(catalogue: Catalogue) -> None:
    """The same words again have the same id and make no second entry; other words have another."""
    first = catalogue.add_record(approved("ai"), stamp(5))
    assert catalogue.add_record(approved("ai"), stamp(9)) == first
    assert catalogue.add_record(approved("ai", minute=6), stamp(9)) != first
    assert catalogue.ledger.head().seq == 2
    assert catalogue.find_record(first).record == approved("ai")


@pytest.mark.parametrize(
    "record", [declared("a", Origin.REVIEW), derived("a", "b", "c"), approved("a", at(9)), cleared("a", at(9))]
)
def test_records_come_back(catalogue: Catalogue, record: AnyRecord) -> None:
    """Every kind of record is found again under its id and its subjects, equal to what was said."""
    name = catalogue.add_record(record, stamp(5))
    assert [f.record for f in catalogue.records_of(digest_of("a"))] == [record]
    back = catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(6), target=name), stamp(6))
    assert catalogue.find_record(name).revoked_by == back
    assert catalogue.records_of(subject("a").digest)[0].revoked_by == back


def test_revoking_what_is_not_there(catalogue: Catalogue) -> None:
    """A revocation of nothing, and one of a revocation, are refused and leave no entry."""
    missing = Revocation(by="Admin", reason="no", made_at=at(6), target="apr-none")
    with pytest.raises(RecordUnknown, match="apr-none"):
        catalogue.add_record(missing, stamp(6))
    assert catalogue.ledger.head().seq == 0
    name = catalogue.add_record(approved("ai"), stamp(5))
    back = catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(6), target=name), stamp(6))
    with pytest.raises(RecordUnknown, match="no revocation can be taken back"):
        catalogue.add_record(Revocation(by="Admin", reason="yes", made_at=at(7), target=back), stamp(7))
    assert catalogue.ledger.head().seq == 2
    with pytest.raises(RecordUnknown):
        catalogue.find_record("apr-none")


def test_checkpoint_moves(path: Path) -> None:
    """Checking from the last check on looks at what is new, and writes down how far it came now and then."""
    with Catalogue.create(path, at(0)) as catalogue:
        for n in range(CHECKPOINT_EVERY - 1):
            take(catalogue, seen(evidence(f"{n}"), b"%d" % n))
        assert catalogue.verify_since_checkpoint() == catalogue.ledger.head()
        assert catalogue._checkpoint().seq == 0
        take(catalogue, seen(evidence("one more"), b"one more"))
        assert catalogue.verify_since_checkpoint().seq == CHECKPOINT_EVERY
    with Catalogue.open(path) as catalogue:
        assert catalogue._checkpoint() == catalogue.ledger.head() == catalogue.verify_since_checkpoint()
