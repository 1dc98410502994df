"""Verdicts that do not stand any more, and catalogues from before they were kept."""

import sqlite3
from pathlib import Path

from provenance.catalogue import Batch, Catalogue
from provenance.catalogue.stored import decoded
from provenance.evidence import Beside, Examiner
from provenance.records import Revocation
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    EXAMINER,
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

LATER = Examiner("0.1.0", "0.91.3", None, 7)


def past(catalogue: Catalogue, name: str) -> list[tuple[Origin, list[str] | None, str, str]]:
    """Return what the verdicts on some bytes were, on which grounds, from when until when."""
    return [
        (p.origin, None if p.grounds is None else [g.kind for g in p.grounds], p.since, p.until)
        for p in catalogue.past_of(digest_of(name))
    ]


def test_nothing_is_kept_of_a_verdict_that_nobody_ever_saw(catalogue: Catalogue) -> None:
    """Bytes that were spoken of before they were seen have their first verdict at once, and no earlier one."""
    catalogue.add_record(declared("shot", Origin.AI_GENERATED), stamp(1))
    take(catalogue, seen(evidence("shot"), b"shot"), minute=2)
    assert past(catalogue, "shot") == []


def test_each_end_of_a_verdict_is_kept_with_its_grounds(catalogue: Catalogue) -> None:
    """New marks, a declaration and its end, and a parent's flag each leave the verdict before them."""
    take(catalogue, seen(evidence("plate"), b"plate"), seen(evidence("comp"), b"comp"))
    catalogue.add_record(derived("comp", "plate"), stamp(1))
    word = catalogue.add_record(declared("plate", Origin.CREATED), stamp(2))
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(3), target=word), stamp(3))
    take(catalogue, seen(evidence("plate", AI, examiner=LATER), b"plate"), minute=4)
    assert past(catalogue, "plate") == [
        (Origin.UNKNOWN, [], at(0), at(2)),
        (Origin.CREATED, ["declaration"], at(2), at(3)),
        (Origin.UNKNOWN, [], at(3), at(4)),
    ]
    assert (Origin.UNKNOWN, at(4)) in [(origin, until) for origin, _, _, until in past(catalogue, "comp")]
    catalogue.verify()


def test_a_child_whose_parents_flag_went_keeps_what_it_stood_on(catalogue: Catalogue) -> None:
    """The ground through the parent, as it was then, stands in the child's history although it is gone by now."""
    take(catalogue, seen(evidence("plate", AI, credential=signed("m")), b"plate"))
    take(catalogue, seen(evidence("comp", made_from=[part("m")]), b"comp"), minute=1)
    take(catalogue, seen(evidence("plate", credential=signed("m"), examiner=LATER), b"plate"), minute=2)
    assert catalogue.verdict_of(digest_of("comp")).origin is Origin.UNKNOWN  # type: ignore[union-attr]
    assert past(catalogue, "comp") == [(Origin.AI_GENERATED, ["lineage"], at(1), at(2))]
    assert past(catalogue, "plate") == [(Origin.AI_GENERATED, ["png-text"], at(0), at(2))]
    catalogue.verify()


def test_a_verdict_on_one_copy_is_kept_with_its_place(catalogue: Catalogue) -> None:
    """When a sidecar that flagged a copy is replaced, the verdict on that copy is kept, and says where it was."""
    take(catalogue, seen(evidence("shot"), b"shot"))
    take(catalogue, seen(evidence("shot"), b"shot", sidecar(AI)), minute=1)
    take(catalogue, seen(evidence("shot"), b"shot", Beside()), minute=2)
    kept = [(p.origin, p.place) for p in catalogue.past_of(digest_of("shot"))]
    assert all(p in {None, place(b"shot")} for _, p in kept)
    catalogue.verify()


def test_what_cannot_be_told_any_more_is_said_to_be(catalogue: Catalogue, path: Path) -> None:
    """A verdict of rules that are not today's is kept without grounds when today's draw another."""
    take(catalogue, seen(evidence("shot"), b"shot"))
    catalogue.close()
    edit_behind(path, "UPDATE assets SET origin = 'captured'", "UPDATE store SET drawn_by = '0.0.1'")
    with Catalogue.open(path) as opened:
        assert past(opened, "shot") == [(Origin.CAPTURED, None, at(0), at(0))]
        assert opened.past_of(digest_of("shot"))[0].entry is None
        opened.verify()


def test_a_catalogue_from_before_is_brought_up_to_date(catalogue: Catalogue, path: Path) -> None:
    """One of the third schema is opened, keeps its verdicts, and from then on keeps those that end."""
    take(catalogue, seen(evidence("shot", AI), b"shot"))
    catalogue.close()
    with sqlite3.connect(path) as raw:
        for table in ("verdicts", "exhibits"):
            raw.execute(f"DROP TABLE {table}")
            raw.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (table,))
        raw.execute("PRAGMA user_version = 3")
        raw.execute("UPDATE store SET drawn_by = '0.1.0'")
    raw.close()
    with Catalogue.open(path) as opened:
        opened.record(Batch((seen(evidence("shot", examiner=LATER), b"shot"),)), stamp(5))
        assert past(opened, "shot") == [(Origin.AI_GENERATED, ["png-text"], at(0), at(5))]
        opened.verify()


def test_an_examiner_from_before_they_were_counted_is_revision_nought() -> None:
    """What was stored without a revision is read as the earliest there is."""
    old = decoded(b'{"c2pa":"0.91.3","provenance":"0.1.0","trust_list":null}', Examiner, lambda: "it")
    assert (old, old.revision) == (EXAMINER, 0)
    assert LATER.succeeds(old)
    assert not old.succeeds(LATER)
