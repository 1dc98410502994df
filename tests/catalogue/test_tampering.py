"""Somebody with access to the file changes it. Each change is found, and the first bad entry is named."""

import shutil
from pathlib import Path

import pytest

from provenance.catalogue import BrokenEntry, Catalogue, GateRun, GateUse, Ledger
from provenance.errors import CatalogueDamaged, ChainBroken
from provenance.records import Revocation, canonical
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    DELIVERABLE,
    HINT,
    approved,
    at,
    declared,
    derived,
    digest_of,
    edit_behind,
    evidence,
    part,
    place,
    seen,
    sidecar,
    signed,
    stamp,
    take,
)


def hexed(name: str) -> str:
    """Return an asset's digest as an SQL literal."""
    return f"x'{digest_of(name)}'"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with something of everything in it, closed and verified.

    1 evidence of ai, shot and comp · 2 evidence of mxf with a sidecar · 3 approval of ai · 4 derivation of shot from
    ai · 5 declaration about comp · 6 revocation of the declaration · 7 gate run on the approval · 8 evidence of late
    """
    path = tmp_path_factory.mktemp("template") / "catalogue.db"
    with Catalogue.create(path, at(0), store_id="book") as catalogue:
        made = evidence("comp", credential=signed("comp"), made_from=[part("plate")])
        take(catalogue, seen(evidence("ai", AI), b"ai"), seen(evidence("shot"), b"shot"), seen(made, b"comp"))
        take(catalogue, seen(evidence("mxf"), b"mxf", sidecar(HINT)))
        approval = catalogue.add_record(approved("ai"), stamp(3))
        catalogue.add_record(derived("shot", "ai"), stamp(4))
        word = catalogue.add_record(declared("comp", Origin.REVIEW), stamp(5))
        catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(6), target=word), stamp(6))
        run = GateRun("run-1", {}, (GateUse(approval, digest_of("ai")),), catalogue.ledger.head())
        catalogue.note_gate_run(run, stamp(7))
        take(catalogue, seen(evidence("late"), b"late"))
        assert catalogue.verify().seq == 8
        catalogue._keep_checkpoint(catalogue.ledger.empty)
    return path


@pytest.fixture
def book(template: Path, tmp_path: Path) -> Path:
    """A copy of the template, to be tampered with."""
    return Path(shutil.copy(template, tmp_path))


ASSET = "(SELECT id FROM assets WHERE sha256 = {})"
CASES: dict[str, tuple[int | None, str, list[str]]] = {
    "user of an entry": (3, "not what was written", ["UPDATE ledger SET os_user = 'successor' WHERE seq = 3"]),
    "time of an entry": (7, "not what was written", [f"UPDATE ledger SET at = '{at(1)}' WHERE seq = 7"]),
    "claimed time of an entry": (
        3,
        "not what was written",
        [f"UPDATE ledger SET claimed_at = '{at(1)}' WHERE seq = 3"],
    ),
    "policy of an entry": (7, "not what was written", ["UPDATE ledger SET policy = NULL WHERE seq = 7"]),
    "kind of an entry": (6, "not what was written", ["UPDATE ledger SET kind = 'note' WHERE seq = 6"]),
    "approval without its end": (
        3,
        "not what was written",
        ["UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'netflix', 'cinema') AS BLOB) WHERE seq = 3"],
    ),
    "hash of an entry": (4, "not what was written", ["UPDATE ledger SET hash = zeroblob(32) WHERE seq = 4"]),
    "entry taken out": (6, "missing", ["DELETE FROM ledger WHERE seq = 6"]),
    "first entry taken out": (1, "missing", ["DELETE FROM ledger WHERE seq = 1"]),
    "entries swapped": (
        3,
        "does not follow",
        [
            "UPDATE ledger SET seq = 99 WHERE seq = 3",
            "UPDATE ledger SET seq = 3 WHERE seq = 4",
            "UPDATE ledger SET seq = 4 WHERE seq = 99",
        ],
    ),
    "last entry taken out": (None, "no entry of the ledger answers", ["DELETE FROM ledger WHERE seq = 8"]),
    "store renamed": (1, "does not follow", ["UPDATE store SET store_id = 'another'"]),
    "evidence exchanged": (
        1,
        "evidence kept for it",
        [
            "UPDATE evidence SET finding = (SELECT finding FROM evidence WHERE asset = "
            + ASSET.format(hexed("shot"))
            + ") WHERE asset = "
            + ASSET.format(hexed("ai"))
        ],
    ),
    "evidence deleted": (8, "evidence kept for it", ["DELETE FROM evidence WHERE entry = 8"]),
    "evidence added": (
        8,
        "evidence kept for it",
        ["INSERT INTO evidence SELECT asset, 2, examiner, finding, 8 FROM evidence WHERE nth = 1 AND entry = 1"],
    ),
    "evidence under no entry": (
        None,
        "`evidence` holds rows",
        ["INSERT INTO evidence SELECT asset, 2, examiner, finding, 99 FROM evidence WHERE entry = 8"],
    ),
    "evidence under an approval": (
        None,
        "`evidence` holds rows",
        ["INSERT INTO evidence SELECT asset, 2, examiner, finding, 3 FROM evidence WHERE entry = 8"],
    ),
    "what was found": (
        1,
        "what was found",
        ["UPDATE findings SET body = CAST(replace(CAST(body AS TEXT), 'ai-generated', 'noted') AS BLOB)"],
    ),
    "examiner": (
        1,
        "evidence kept for it",
        ["UPDATE examiners SET body = CAST(replace(CAST(body AS TEXT), '0.91.3', '0.99.9') AS BLOB)"],
    ),
    "bytes of an asset": (
        8,
        "evidence kept for it",
        [f"UPDATE assets SET sha256 = {hexed('other')} WHERE sha256 = {hexed('late')}"],
    ),
    "size of an asset": (8, "evidence kept for it", [f"UPDATE assets SET size = 0 WHERE sha256 = {hexed('late')}"]),
    "label": (1, "evidence kept for it", ["UPDATE labels SET label = 'plate'"]),
    "label deleted": (1, "evidence kept for it", ["DELETE FROM labels"]),
    "ingredient deleted": (1, "evidence kept for it", ["DELETE FROM edges WHERE label = 'plate'"]),
    "ingredient called removed": (1, "evidence kept for it", ["UPDATE edges SET removed = 1 WHERE label = 'plate'"]),
    "what lay beside": (
        2,
        "what lay beside",
        ["UPDATE besides SET body = CAST(replace(CAST(body AS TEXT), 'generator', 'scanner') AS BLOB)"],
    ),
    "what lay beside deleted": (2, "evidence kept for it", ["DELETE FROM besides"]),
    "revocation hidden": (6, "missing from the table of records", ["DELETE FROM records WHERE kind = 'revocation'"]),
    "revocation aimed elsewhere": (
        6,
        "findable are not",
        ["UPDATE records SET target = 'apr-none' WHERE kind = 'revocation'"],
    ),
    "approval for other bytes": (
        3,
        "findable are not",
        [f"INSERT INTO record_subjects SELECT {hexed('shot')}, id FROM records WHERE kind = 'approval'"],
    ),
    "subject taken out": (5, "findable are not", [f"DELETE FROM record_subjects WHERE digest = {hexed('comp')}"]),
    "subject of no record": (
        None,
        "`record_subjects` holds rows",
        [f"INSERT INTO record_subjects VALUES ({hexed('shot')}, 'apr-none')"],
    ),
    "record under no entry": (
        None,
        "`records` holds rows",
        ["INSERT INTO records VALUES ('apr-none', 'approval', '', 99)"],
    ),
    "declared lineage taken out": (4, "lineage declared", ["DELETE FROM edges WHERE record <> ''"]),
    "declared lineage aimed elsewhere": (
        4,
        "lineage declared",
        [f"UPDATE edges SET parent = {hexed('late')} WHERE record <> ''"],
    ),
    "use of an approval hidden": (7, "this gate run rested on", ["DELETE FROM gate_uses"]),
    "use under no run": (
        None,
        "`gate_uses` holds rows",
        [f"INSERT INTO gate_uses VALUES (3, 'apr-none', {hexed('ai')})"],
    ),
    "kept verdict": (1, "draws ai-generated", [f"UPDATE assets SET origin = 'unknown' WHERE sha256 = {hexed('ai')}"]),
    "kept verdict of a descendant": (
        1,
        "draws ai-generated",
        [f"UPDATE assets SET origin = 'captured' WHERE sha256 = {hexed('shot')}"],
    ),
    "kept verdict of a sighting": (
        2,
        "draws review",
        ["UPDATE sightings SET origin = 'unknown' WHERE origin IS NOT NULL"],
    ),
    "kept verdict of a sighting erased": (2, "draws", ["UPDATE sightings SET origin = NULL"]),
    "verdict on a sighting of its own": (
        None,
        "nothing lies beside it",
        ["UPDATE sightings SET origin = 'captured' WHERE origin IS NULL"],
    ),
    "sighting of nothing": (None, "refers to a row", ["UPDATE sightings SET asset = 99 WHERE name = x'6c617465'"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_change_is_found(book: Path, case: tuple[int | None, str, list[str]]) -> None:
    """A change behind the ledger's back is found, also where the guards stand as before, and its entry is named."""
    seq, says, statements = case
    edit_behind(book, *statements)
    with Catalogue.open(book) as catalogue, pytest.raises(BrokenEntry, match=says) as caught:
        catalogue.verify()
    assert caught.value.seq == seq
    assert seq is None or f"entry {seq} of the ledger" in caught.value.message
    assert caught.value.code == ChainBroken.code


def test_untouched_book_is_whole(book: Path) -> None:
    """What the other tests here change is found whole while nobody changes it."""
    edit_behind(book)
    with Catalogue.open(book) as catalogue:
        assert catalogue.verify() == catalogue.ledger.head()


def test_missing_guard(book: Path) -> None:
    """A trigger that was dropped, or put back with another text, is found by itself."""
    with Catalogue.open(book) as catalogue:
        catalogue._db.run("DROP TRIGGER ledger_stays")
        with pytest.raises(BrokenEntry, match="ledger_stays"):
            catalogue.verify()
        catalogue._db.run("CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT 1; END")
        with pytest.raises(BrokenEntry, match="ledger_stays"):
            catalogue.verify()


def test_forged_entry_with_a_right_hash(book: Path) -> None:
    """An entry made by the same code for another store does not fit, though number and predecessor are right."""
    with Catalogue.open(book) as catalogue:
        with catalogue._db.writing():
            Ledger(catalogue._db, "another").append("note", {}, stamp(9))
        for check in (catalogue.verify, catalogue.verify_since_checkpoint):
            with pytest.raises(BrokenEntry, match="entry 9 of the ledger: it is not what was written"):
                check()


def test_cut_tail(book: Path) -> None:
    """Entries cut off the end together with their rows are missed by whoever had checked them."""
    with Catalogue.open(book) as catalogue:
        head = catalogue.verify()
    edit_behind(
        book,
        "DELETE FROM gate_uses",
        "DELETE FROM evidence WHERE entry = 8",
        f"DELETE FROM sightings WHERE asset = {ASSET.format(hexed('late'))}",
        f"DELETE FROM assets WHERE sha256 = {hexed('late')}",
        "DELETE FROM ledger WHERE seq > 6",
    )
    with Catalogue.open(book) as catalogue:
        for check in (catalogue.verify, catalogue.verify_since_checkpoint):
            with pytest.raises(BrokenEntry, match="it is missing") as caught:
                check()
            assert caught.value.seq == head.seq


def test_rewritten_before_the_checkpoint(book: Path) -> None:
    """A chain rebuilt from an earlier entry on does not meet the checkpoint."""
    with Catalogue.open(book) as catalogue:
        catalogue.verify()
    edit_behind(book, "UPDATE ledger SET os_user = 'successor', hash = zeroblob(32) WHERE seq = 8")
    with Catalogue.open(book) as catalogue, pytest.raises(BrokenEntry, match="what was verified before"):
        catalogue.verify_since_checkpoint()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET os_user = 'successor' WHERE seq = 8",
        "DELETE FROM evidence WHERE entry = 8",
        "INSERT INTO evidence SELECT asset, 2, examiner, finding, 99 FROM evidence WHERE entry = 8",
    ],
)
def test_quick_check_sees_what_is_new(book: Path, statement: str) -> None:
    """The check from the last checkpoint on finds what was changed after it."""
    with Catalogue.open(book) as catalogue:
        entry = list(catalogue.ledger.entries())[6]
        catalogue._keep_checkpoint(type(catalogue.ledger.head())(entry.seq, entry.hash))
    edit_behind(book, statement)
    with Catalogue.open(book) as catalogue, pytest.raises(BrokenEntry):
        catalogue.verify_since_checkpoint()


def test_index_cannot_approve(book: Path) -> None:
    """A row that says an approval speaks of other bytes is met with an error, never with an approval."""
    edit_behind(book, f"INSERT INTO record_subjects SELECT {hexed('shot')}, id FROM records WHERE kind = 'approval'")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="does not speak of it"):
        catalogue.effective_words(digest_of("shot"), DELIVERABLE, at(10))


def test_changed_record_is_not_read(book: Path) -> None:
    """A record whose content was changed does not have its id any more, and is not handed out."""
    body = canonical(approved("shot").content()).hex()
    edit_behind(book, f"UPDATE ledger SET body = x'{body}' WHERE seq = 3")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="not what was recorded"):
        catalogue.effective_words(digest_of("ai"), DELIVERABLE, at(10))


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE findings SET body = x'ff'", "finding 1"),
        ("UPDATE findings SET body = CAST('[1]' AS BLOB)", "finding 1"),
        ("DELETE FROM findings", "finding 1 is missing"),
        ("UPDATE examiners SET body = CAST('{}' AS BLOB)", "examiner 1"),
        ("DELETE FROM examiners", "examiner 1 is missing"),
        ("UPDATE assets SET origin = 'fine'", "the verdict on"),
        ("DELETE FROM evidence", "there is no evidence"),
        ("UPDATE assets SET first_seen = CAST(x'ff' AS TEXT)", "Could not decode"),
        ("UPDATE edges SET relation = 'friend'", "lineage of"),
        ("UPDATE edges SET witness = 'nobody'", "lineage of"),
        ("UPDATE sightings SET beside = 99 WHERE beside IS NOT NULL", "what lies beside sighting 4 is missing"),
        ("UPDATE ledger SET body = x'00' WHERE seq = 4", "record drv-"),
        ('UPDATE ledger SET body = CAST(\'{"kind":"wish"}\' AS BLOB) WHERE seq = 4', "record drv-"),
        ('UPDATE ledger SET body = CAST(\'{"kind":"approval"}\' AS BLOB) WHERE seq = 4', "record drv-"),
    ],
)
def test_row_that_does_not_decode(book: Path, statement: str, names: str) -> None:
    """A row that holds what we never write is named, and nothing is guessed from it."""
    edit_behind(book, statement)

    def ask(catalogue: Catalogue) -> None:
        for name in ("ai", "shot", "comp", "mxf"):
            catalogue.verdict_of(digest_of(name), place(name.encode()))
            catalogue.records_of(digest_of(name))

    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match=names):
        ask(catalogue)


def test_beside_that_does_not_decode(book: Path) -> None:
    """A damaged or missing row about a sidecar is named."""
    edit_behind(book, "UPDATE besides SET body = x'00'")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="beside 1"):
        catalogue.sightings_of(digest_of("mxf"))
    edit_behind(book, "DELETE FROM besides")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="beside 1 is missing"):
        catalogue.sightings_of(digest_of("mxf"))


def test_run_that_names_no_run(book: Path) -> None:
    """A gate run whose entry was changed is named by its number."""
    edit_behind(book, "UPDATE ledger SET body = CAST('{}' AS BLOB) WHERE seq = 7")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="entry 7"):
        catalogue.uses_of(approved("ai").id)


def test_store_row_missing(book: Path) -> None:
    """A catalogue that does not say which store it is has no ledger to check, and is refused."""
    edit_behind(book, "DELETE FROM store")
    with pytest.raises(CatalogueDamaged, match="which store"):
        Catalogue.open(book)


def test_lineage_that_does_not_decode_is_not_shown(book: Path) -> None:
    """A damaged edge is named when lineage is shown, too."""
    edit_behind(book, "UPDATE edges SET relation = 'friend'")
    with Catalogue.open(book) as catalogue, pytest.raises(CatalogueDamaged, match="lineage of"):
        catalogue.edges_of(digest_of("shot"))
