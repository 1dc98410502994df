"""Where assets were seen, when one batch brings several for one place."""

import pytest

from provenance.catalogue import Catalogue
from tests.catalogue.making import digest_of, evidence, place, seen, take


@pytest.mark.parametrize("order", ["ab", "aba", "ba", "bab", "bc", "bcb", "cab"])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_last_of_a_batch_lies_there(catalogue: Catalogue, order: str, at_once: bool) -> None:
    """Of several assets met at one place the last one is present, whether they were known and however they came."""
    take(catalogue, seen(evidence("a"), b"x"))
    looks = [seen(evidence(name), b"x") for name in order]
    for some in [looks] if at_once else [[look] for look in looks]:
        take(catalogue, *some)
    present = catalogue.sighting_at(place(b"x"))
    assert present is not None
    assert present.digest == digest_of(order[-1])
    for name in "abc":
        there = catalogue.sightings_of(digest_of(name))
        assert len(there) == (name in order + "a")
        assert all((s.gone_at is None) == (name == order[-1]) for s in there)


def test_what_is_new_takes_the_place_of_what_was_there(catalogue: Catalogue) -> None:
    """New files among others, some of them where something else lay: each is present once, and the others are gone."""
    take(catalogue, *(seen(evidence(f"old{n}"), b"%d" % n) for n in range(3)))
    take(catalogue, *(seen(evidence(f"new{n}"), b"%d" % n) for n in range(6)))
    for n in range(6):
        present = catalogue.sighting_at(place(b"%d" % n))
        assert present is not None
        assert present.digest == digest_of(f"new{n}")
        assert [s.gone_at is None for s in catalogue.sightings_of(digest_of(f"old{n}"))] == [False] * (n < 3)
