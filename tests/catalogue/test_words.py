"""Which words of people count for which bytes, where and when."""

import dataclasses

import pytest

from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.catalogue import Catalogue
from provenance.records import Deliverable, Revocation, Words
from provenance.verdict import Origin
from tests.catalogue.making import DELIVERABLE, approved, at, cleared, declared, digest_of, stamp

AI = digest_of("ai")


def words(catalogue: Catalogue, digest: Digest = AI, deliverable: Deliverable = DELIVERABLE) -> Words:
    """Return what counts for the AI picture in this deliverable at ten past."""
    return catalogue.effective_words(digest, deliverable, at(10))


def test_approval_counts(catalogue: Catalogue) -> None:
    """An approval counts for its bytes, project, title and channel, and is told apart from a clearance."""
    catalogue.add_record(approved("ai"), stamp(5))
    catalogue.add_record(cleared("ai"), stamp(5))
    catalogue.add_record(declared("ai", Origin.CAPTURED), stamp(5))
    assert words(catalogue) == Words((approved("ai"),), (cleared("ai"),))


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(DELIVERABLE, project=ProjectId("other")),
        dataclasses.replace(DELIVERABLE, title=Title("S01E04")),
        dataclasses.replace(DELIVERABLE, title=Title("")),
        dataclasses.replace(DELIVERABLE, channel=Channel("cinema")),
    ],
)
def test_approval_counts_nowhere_else(catalogue: Catalogue, other: Deliverable) -> None:
    """An approval counts for no other project, title or channel."""
    catalogue.add_record(approved("ai"), stamp(5))
    assert words(catalogue, deliverable=other) == Words()


def test_changed_bytes_void_it(catalogue: Catalogue) -> None:
    """Approval and clearance count for no other bytes."""
    catalogue.add_record(approved("ai"), stamp(5))
    catalogue.add_record(cleared("ai"), stamp(5))
    assert words(catalogue, digest_of("ai, one byte changed")) == Words()


@pytest.mark.parametrize(
    ("now", "counts"), [(at(9), True), (UtcTime("2026-11-22T10:09:59.999999Z"), True), (at(10), False)]
)
def test_until_its_date(catalogue: Catalogue, now: UtcTime, counts: bool) -> None:
    """Approval and clearance count up to the instant they expire at, and not at it."""
    catalogue.add_record(approved("ai", at(10)), stamp(5))
    catalogue.add_record(cleared("ai", at(10)), stamp(5))
    found = catalogue.effective_words(AI, DELIVERABLE, now)
    assert (bool(found.approvals), bool(found.clearances)) == (counts, counts)


def test_revoked_words_do_not_count(catalogue: Catalogue) -> None:
    """What was taken back counts no more; the other words do."""
    first = catalogue.add_record(approved("ai"), stamp(5))
    second = catalogue.add_record(approved("ai", minute=6), stamp(6))
    look = catalogue.add_record(cleared("ai"), stamp(6))
    for target in (first, look):
        catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(7), target=target), stamp(7))
    assert [a.id for a in words(catalogue).approvals] == [second]
    assert words(catalogue).clearances == ()
    assert [f.revoked_by is not None for f in catalogue.records_of(AI)] == [True, False, True]


def test_several_subjects(catalogue: Catalogue) -> None:
    """One approval of several files counts for each of them."""
    both = dataclasses.replace(approved("ai"), subjects=(*approved("ai").subjects, *approved("sky").subjects))
    catalogue.add_record(both, stamp(5))
    assert words(catalogue) == words(catalogue, digest_of("sky")) == Words((both,))
