"""Strings out of hostile files, and the numbers the catalogue answers with."""

import dataclasses

import pytest

from provenance.asset import RelPath
from provenance.catalogue import Batch, Catalogue, Trouble
from provenance.evidence import Claim, Credential, Ingredient, Kind, Relation, Sidecar, Signal, State, Strength
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    EDIT,
    at,
    declared,
    digest_of,
    evidence,
    origin_of,
    part,
    place,
    seen,
    sidecar,
    signed,
    stamp,
    take,
)

NASTY = ["'; DROP TABLE assets; --", "\0\x1b]0;x\x07", "\u202e\n", "x" * 100_000, '{"kind":"approval"}', "%s ?1 :name"]


@pytest.mark.parametrize("text", NASTY)
def test_strings_of_manifests_are_only_strings(catalogue: Catalogue, text: str) -> None:
    """Whatever stands in a manifest comes back as it was, and matches only what is equal to it."""
    signal = Signal(Kind.C2PA, Claim.AI_GENERATED, Strength.BROKEN, text, text, text)
    credential = dataclasses.replace(signed(text), why=text, issuer=text, codes=(text,))
    found = evidence(
        "shot", signal, credential=credential, made_from=[Ingredient(Relation.PARENT_OF, text, text + "!", False)]
    )
    take(catalogue, seen(found, b"shot"))
    assert catalogue.evidence_of(digest_of("shot")) == (found,)
    (up,) = catalogue.edges_of(digest_of("shot")).up
    assert (up.edge.title, up.edge.manifest, up.digest) == (text, text + "!", None)
    take(catalogue, seen(evidence("comp", made_from=[part(text)]), b"comp"))
    assert catalogue.edges_of(digest_of("comp")).up[0].digest == digest_of("shot")
    catalogue.verify()


def test_lone_surrogates_are_escaped(catalogue: Catalogue) -> None:
    """A string that no UTF-8 can hold is kept escaped, costs its batch nothing, and still flags and matches."""
    bad = "x\udcff\ud800"
    signal = Signal(Kind.EXIF, Claim.AI_GENERATED, Strength.TRACE, bad, bad)
    found = evidence("shot", signal, credential=signed(bad), made_from=[part(bad + "2")])
    beside = sidecar(dataclasses.replace(AI, says=bad), credential=Credential(State.BROKEN, why=bad))
    child = evidence("comp", made_from=[part(bad)])
    take(catalogue, seen(found, b"shot", beside), seen(evidence("other"), b"other"), seen(child, b"comp"))
    (kept,) = catalogue.evidence_of(digest_of("shot"))
    assert (kept.signals[0].says, kept.credential.label) == ("x\\udcff\\ud800",) * 2
    stored = catalogue.sightings_of(digest_of("shot"))[0].beside.sidecar
    assert isinstance(stored, Sidecar)
    assert stored.signals[0].says == "x\\udcff\\ud800"
    assert {origin_of(catalogue, n) for n in ("shot", "comp")} == {Origin.AI_GENERATED}
    assert take(catalogue, seen(found, b"shot", beside), minute=1) is None
    catalogue.verify()


def test_listing_by_origin(catalogue: Catalogue) -> None:
    """A listing is cut down to an origin, and follows when a verdict changes."""
    take(catalogue, *(seen(evidence(n, *([AI] if n == "ai" else [])), n.encode()) for n in ("ai", "b", "c")))
    assert [r.place for r in catalogue.listing(origin=Origin.AI_GENERATED)] == [place(b"ai")]
    catalogue.add_record(declared("c", Origin.AI_GENERATED), stamp(5))
    assert [r.place.path for r in catalogue.listing(EDIT, origin=Origin.AI_GENERATED)] == [b"ai", b"c"]
    assert [r.place.path for r in catalogue.listing(origin=Origin.UNKNOWN)] == [b"b"]
    (row,) = catalogue.listing(EDIT, RelPath(b"ai"))
    assert (row.digest, row.size, row.origin, row.present) == (digest_of("ai"), 2, Origin.AI_GENERATED, True)


def test_counts(catalogue: Catalogue) -> None:
    """The numbers count assets ever seen, what is present, origins by what an asset hands on, troubles and entries."""
    take(catalogue, seen(evidence("ai", AI), b"ai"), seen(evidence("b"), b"b"), seen(evidence("b"), b"b2"))
    take(catalogue, seen(evidence("m"), b"m", sidecar(AI)), seen(evidence("gone"), b"gone"))
    catalogue.vanish(EDIT, [RelPath(b"gone")], at(1))
    trouble = Trouble(place(b"pipe"), "not-regular", "a named pipe")
    catalogue.record(Batch((), (trouble,)), stamp(2))
    counts = catalogue.counts()
    assert (counts.assets, counts.sightings, counts.troubles, counts.ledger_entries) == (4, 4, 1, 2)
    assert counts.origins == {Origin.AI_GENERATED: 2, Origin.UNKNOWN: 2}


def test_unknown_bytes(catalogue: Catalogue) -> None:
    """Bytes nobody has seen have no evidence, no verdict, no relatives, and whatever words were said of them."""
    digest = digest_of("never")
    catalogue.add_record(declared("never", Origin.CAPTURED), stamp(5))
    assert catalogue.verdict_of(digest) is None
    assert catalogue.evidence_of(digest) == ()
    assert catalogue.sightings_of(digest) == ()
    assert catalogue.sighting_at(place(b"never")) is None
    assert (catalogue.edges_of(digest).up, catalogue.edges_of(digest).down) == ((), ())
    assert catalogue.context_of(digest).declarations == (declared("never", Origin.CAPTURED),)
    assert catalogue.context_of(digest, place(b"never")).remembered == ()


def test_declaration_of_nothing_known(catalogue: Catalogue) -> None:
    """A declaration of an origin nobody knows is refused before it could spoil every later look at its bytes."""
    with pytest.raises(ValueError, match="'magic' is not a valid Origin"):
        catalogue.add_record(dataclasses.replace(declared("a", Origin.REVIEW), origin="magic"), stamp(5))
    assert catalogue.ledger.head().seq == 0


def test_sighting_without_a_version(catalogue: Catalogue) -> None:
    """A place without a stat key is refused: no later sweep could tell whether the file changed."""
    with pytest.raises(ValueError, match="stat key"):
        take(catalogue, dataclasses.replace(seen(evidence("a"), b"a"), key=None))
    assert catalogue.counts().assets == 0


def test_more_than_is_remembered(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps in memory is bounded; beyond it, everything is asked for again and comes out the same."""
    monkeypatch.setattr("provenance.catalogue.recording.MEMORY", 2)
    monkeypatch.setattr("provenance.catalogue.knowledge.MEMORY", 2)
    names = [f"folder{n}/file" for n in range(6)]
    for turn in range(2):
        for name in names:
            found = evidence(name, dataclasses.replace(AI, says=name))
            entry = take(catalogue, seen(found, name.encode()), minute=turn)
            assert (entry is None) == bool(turn)
    assert {origin_of(catalogue, name) for name in names} == {Origin.AI_GENERATED}
    catalogue.verify()
