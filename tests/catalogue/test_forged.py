"""Random ledgers, tampered with at random: whatever is done to one entry is found."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.catalogue import BrokenEntry, Catalogue, GateRun, GateUse, Pin, pins_in
from provenance.errors import CatalogueTrouble, PinUnusable
from provenance.records import Revocation
from provenance.records.personal import LegalHold
from provenance.verdict import Origin
from tests.catalogue.forging import cut_out, edit, rows_of, unguarded, write
from tests.catalogue.making import approved, at, cleared, declared, derived, digest_of, evidence, seen, stamp, take

SAID = ("evidence", "approval", "declaration", "clearance", "derivation", "revocation", "gate", "hold", "configuration")
LEDGERS = st.lists(st.sampled_from(SAID), min_size=2, max_size=9)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def say(catalogue: Catalogue, what: str, number: int) -> None:
    """Add one entry of a kind; one that needs an approval makes one first."""
    name = f"asset {number}"
    match what:
        case "evidence":
            take(catalogue, seen(evidence(name), name.encode()), minute=number)
        case "approval":
            catalogue.add_record(approved(name, minute=number), stamp(number))
        case "declaration":
            catalogue.add_record(declared(name, Origin.CREATED, number), stamp(number))
        case "clearance":
            catalogue.add_record(cleared(name, minute=number), stamp(number))
        case "derivation":
            catalogue.add_record(derived(name, "parent", minute=number), stamp(number))
        case "revocation":
            word = catalogue.add_record(cleared(name, minute=number), stamp(number))
            taken = Revocation(by="Admin", reason="no", made_at=at(number), target=word)
            catalogue.add_record(taken, stamp(number))
        case "gate":
            word = catalogue.add_record(cleared(name, minute=number), stamp(number))
            use = GateUse(word, digest_of(name))
            catalogue.note_gate_run(GateRun(f"run-{number}", {}, (use,), catalogue.ledger.head()), stamp(number))
        case "hold":
            hold = LegalHold(by="Lawyer", reason="a claim", made_at=at(number), everything=True)
            catalogue.add_record(hold, stamp(number))
        case _:
            catalogue.note_config(stamp(number, "0123456789"[number % 10]))


@contextmanager
def ledger_of(said: list[str]) -> Iterator[tuple[Path, tuple[Pin, ...]]]:
    """Yield a catalogue with such a ledger, verified and closed, and a pin of each of its entries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        with Catalogue.create(path, at(0), store_id="book") as catalogue:
            for number, what in enumerate(said, start=1):
                say(catalogue, what, number)
            catalogue.verify()
            pins = tuple(Pin(e.hash, "heads.txt", "book", e.seq) for e in catalogue.ledger.entries())
        yield path, pins


@SLOW
@given(said=LEDGERS, data=st.data())
def test_whatever_is_done_to_one_entry_is_found(said: list[str], data: st.DataObject) -> None:
    """Any entry removed, edited in any column, or swapped with another one makes the verification fail."""
    with ledger_of(said) as (path, pins):
        at_index = data.draw(st.integers(0, len(pins) - 1), label="entry")
        with unguarded(path) as raw:
            rows = rows_of(raw)
            match data.draw(
                st.sampled_from(("remove", "remove and renumber", "edit", "swap", "swap whole")), label="how"
            ):
                case "remove":
                    del rows[at_index]
                case "remove and renumber":
                    rows = [[seq, *row[1:]] for seq, row in enumerate(rows[:at_index] + rows[at_index + 1 :], start=1)]
                case "edit":
                    column = data.draw(st.integers(1, 11), label="column")
                    rows[at_index][column] = data.draw(st.sampled_from(_others(rows[at_index][column])), label="value")
                case how:
                    other = data.draw(st.integers(0, len(rows) - 1).filter(lambda n: n != at_index), label="other")
                    first = 1 if how == "swap" else 3  # with its own hashes, or with those of the place it is put in
                    one, two = rows[at_index], rows[other]
                    one[first:], two[first:] = two[first:], one[first:]
            write(raw, rows)
        with Catalogue.open(path) as catalogue, pytest.raises(CatalogueTrouble):
            catalogue.verify()


def _others(value: object) -> list[object]:
    """Return what a column could be made to hold instead."""
    match value:
        case bytes() if len(value) == 32:
            return [bytes(32), value[::-1] if value != value[::-1] else b"x" * 32]
        case bytes():
            return [value + b" ", b"{}", value.replace(b"a", b"b", 1) if b"a" in value else b"[]"]
        case None:
            return ["", "x"]
        case _:
            return [f"{value} ", "", "x"]


@SLOW
@given(said=LEDGERS, data=st.data())
def test_a_chain_that_was_built_anew_does_not_meet_a_pin(said: list[str], data: st.DataObject) -> None:
    """A ledger that was edited and sealed anew is whole in itself; any head pinned from there on finds it."""
    with ledger_of(said) as (path, pins):
        seq = data.draw(st.integers(1, len(pins)), label="edited")
        edit(path, seq)
        with Catalogue.open(path) as catalogue:
            catalogue.verify()
            catalogue.verify(pins[: seq - 1])
            for pin in pins[seq - 1 :]:
                with pytest.raises(BrokenEntry, match="rewritten, or written on from an older copy") as caught:
                    catalogue.verify((pin,))
                assert caught.value.seq == pin.seq
            with pytest.raises(BrokenEntry) as caught:
                catalogue.verify(pins)
            assert caught.value.seq == seq


@SLOW
@given(said=LEDGERS, data=st.data())
def test_an_approval_that_was_cut_out_does_not_meet_a_pin(said: list[str], data: st.DataObject) -> None:
    """A ledger from which an approval was cut out with every trace of it is whole in itself, and is found by a pin."""
    said = [*said, "approval"]
    with ledger_of(said) as (path, pins):
        with Catalogue.open(path) as catalogue:
            approvals = [e.seq for e in catalogue.ledger.entries() if e.kind == "approval"]
        seq = data.draw(st.sampled_from(approvals), label="cut out")
        cut_out(path, seq)
        with Catalogue.open(path) as catalogue:
            assert catalogue.verify().seq == len(pins) - 1
            with pytest.raises(BrokenEntry) as caught:
                catalogue.verify(pins)
        assert caught.value.seq == seq


def test_an_older_copy_does_not_meet_a_pin(tmp_path: Path) -> None:
    """An older copy of the whole file, put in its place, is found to end too early."""
    path, older = tmp_path / "catalogue.db", tmp_path / "older.db"
    with Catalogue.create(path, at(0), store_id="book") as catalogue:
        say(catalogue, "approval", 1)
    older.write_bytes(path.read_bytes())
    with Catalogue.open(path) as catalogue:
        say(catalogue, "approval", 2)
        pin = Pin(catalogue.ledger.head().hash, "heads.txt", "book", 2)
    path.write_bytes(older.read_bytes())
    with Catalogue.open(path) as catalogue:
        catalogue.verify()
        with pytest.raises(BrokenEntry, match=r"the ledger ends with entry 1\. It was cut short") as caught:
            catalogue.verify((pin,))
    assert caught.value.seq == 2


def test_ledgers_that_went_on_from_one(tmp_path: Path) -> None:
    """Two heads pinned for one entry that differ are found, whichever of the two ledgers is held against them."""
    pins = []
    for number in (1, 2):
        with Catalogue.create(tmp_path / f"{number}.db", at(0), store_id="book") as catalogue:
            say(catalogue, "approval", 1)
            say(catalogue, "approval", 1 + number)
            pins.append(Pin(catalogue.ledger.head().hash, f"heads {number}", "book", 2))
    for number in (1, 2):
        with Catalogue.open(tmp_path / f"{number}.db") as catalogue:
            catalogue.verify((pins[number - 1],))
            with pytest.raises(BrokenEntry, match="Two ledgers went on from one") as caught:
                catalogue.verify(pins)
            assert caught.value.seq == 2


def test_another_ledger(tmp_path: Path) -> None:
    """A ledger of another store is not the one that was pinned, however whole it is; not even while both are empty."""
    with Catalogue.create(tmp_path / "other.db", at(0), store_id="other") as catalogue:
        for pin in (Pin("0" * 64, "heads.txt", "book", 0), Pin("0" * 64, "heads.txt")):
            with pytest.raises(BrokenEntry, match=r"another ledger"):
                catalogue.verify((pin,))


def test_what_is_read_as_a_pin(catalogue: Catalogue) -> None:
    """Lines, bare hashes, documents of `ledger head`, gate reports and manifests are read, mixed as they are."""
    say(catalogue, "approval", 1)
    head = catalogue.ledger.head().hash
    empty = catalogue.ledger.empty.hash
    text = f"""\ufeff# kept by the studio contact
{empty}  entry 0 of store test-store, empty\r
{head}  entry 1 of store test-store
{head}  entry 1 of store test-store, written 2026-11-22T10:01:00.000000Z

{head}
{{"schema": "provenance/ledger/1", "store": "test-store", "entries": 1, "head": "{head}", "verified": true}}
{{"schema": "provenance/gate/1",
  "ledger_head": "{head}"}} {{"schema": "provenance/backup/1", "store": "test-store",
  "head": {{"seq": 1, "hash": "{head}", "at": null}}}}
"""
    pins = pins_in(text, "heads.txt")
    assert [(p.seq, p.store) for p in pins] == [
        (0, "test-store"),
        (1, "test-store"),
        (1, "test-store"),
        (None, None),
        (1, "test-store"),
        (None, None),
        (1, "test-store"),
    ]
    catalogue.verify(pins)


HASH = "a" * 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but a comment\n",
        "whole: 2 entries verified\n",
        f"{HASH}  entry 1 of store s\nand a word\n",
        f"{HASH[1:]}\n",
        HASH.upper(),
        f"{HASH}  entry {'9' * 40} of store s",
        '{"schema": "provenance/ledger/1"}',
        f'{{"schema": "provenance/ledger/1", "store": "s", "entries": -1, "head": "{HASH}"}}',
        f'{{"schema": "provenance/ledger/1", "store": "s", "entries": 1e999, "head": "{HASH}"}}',
        f'{{"schema": "provenance/ledger/1", "store": "s", "entries": {10**30}, "head": "{HASH}"}}',
        f'{{"schema": "provenance/ledger/1", "store": "s", "entries": 1, "head": "{HASH}\\n"}}',
        '{"schema": "provenance/gate/1", "ledger_head": null}',
        '{"schema": "provenance/gate/1", "ledger_head": "abc"}',
        '{"schema": "provenance/backup/1", "store": "s", "head": []}',
        '{"schema": ["provenance/gate/1"]}',
        "{" * 100_000,
        "[]",
        '{"schema": "provenance/error/1", "code": 33}',
    ],
)
def test_what_is_no_pin(text: str) -> None:
    """Whatever is no head, or stands beside heads, stops the comparison: it is never passed over."""
    with pytest.raises(PinUnusable):
        pins_in(text, "heads.txt")
