"""What lies whole in a file: known again by its own likeness or its bytes, and a part of what holds it."""

import pytest

from provenance.catalogue import Catalogue
from provenance.evidence import Signal
from provenance.records import Revocation
from provenance.sameness import BYTES, PIXELS, SHAPE, SOUND, SOUNDTRACK, SPARSE, STILL, VERSION, VIDEO, parted, within
from provenance.verdict import Origin
from tests.catalogue.making import AI, HINT, at, declared, derived, digest_of, evidence, origin_of, seen, stamp, take
from tests.catalogue.test_twins import ONE, PARTLY, TWO, like


def inside(algorithm: str, value: bytes, place: str = "a.png (1 of 1)") -> tuple[str, bytes]:
    """Return the likeness of what lies in a file."""
    algorithm, _, value = within((algorithm, VERSION, value), place)
    return algorithm, value


def raw(name: str) -> bytes:
    """Return the digest of the asset of this name, as it is stored."""
    return bytes.fromhex(digest_of(name))


def says(catalogue: Catalogue, name: str) -> list[str]:
    """Return what the grounds of an asset say."""
    verdict = catalogue.verdict_of(digest_of(name))
    assert verdict is not None
    return [ground.says for ground in verdict.grounds]


def test_a_place_is_told_from_the_algorithm_however_it_is_called() -> None:
    """Names that look like ours, and names without an end, change nothing about what is compared."""
    algorithm, _, _ = within((STILL, VERSION, ONE), "bytes in a.png in b (1 of 2)")
    assert parted(algorithm) == (STILL, "bytes in a.png in b (1 of 2)")
    assert parted(within((algorithm, VERSION, ONE), "c.zip")[0]) == (STILL, "c.zip: bytes in a.png in b (1 of 2)")
    kind, place = parted(within((STILL, VERSION, ONE), "x" * 100_000)[0])
    assert (kind, len(place)) == (STILL, 241)
    assert parted(STILL) == (STILL, "")


@pytest.mark.parametrize("first", ["marked", "archive"])
@pytest.mark.parametrize("algorithm", [STILL, PIXELS, VIDEO, SOUND])
def test_what_holds_a_twin_of_a_flagged_file_is_flagged(catalogue: Catalogue, first: str, algorithm: str) -> None:
    """Whoever came first: an archive with the same picture is partly generated, and says where the picture lies."""
    files = {
        "marked": like("marked", (algorithm, ONE), marks=(AI,)),
        "archive": like("archive", inside(algorithm, ONE), inside(algorithm, TWO, "b.png (2 of 2)")),
    }
    take(catalogue, files.pop(first))
    take(catalogue, *files.values(), minute=1)
    assert origin_of(catalogue, "archive") is Origin.AI_ASSISTED
    (said,) = says(catalogue, "archive")
    assert said.startswith("holds a.png (1 of 1), ")
    assert said.endswith(f" {digest_of('marked')[:12]}, which is ai-generated, and whose marks are gone")
    assert len(says(catalogue, "marked")) == 1
    catalogue.verify()


@pytest.mark.parametrize(
    ("ours", "theirs", "marks", "origin"),
    [
        (inside(STILL, ONE), (STILL, ONE), PARTLY, Origin.AI_ASSISTED),
        (inside(STILL, ONE), (STILL, ONE), HINT, Origin.REVIEW),
        (inside(SOUNDTRACK, ONE), (SOUND, ONE), AI, Origin.AI_ASSISTED),
        (inside(SOUND, ONE), (SOUNDTRACK, ONE), AI, Origin.REVIEW),
        (inside(SOUNDTRACK, ONE), (SOUNDTRACK, ONE), AI, Origin.UNKNOWN),
        (inside(SPARSE, ONE), (SPARSE, ONE), AI, Origin.REVIEW),
        (inside(SHAPE, ONE), (SHAPE, ONE), AI, Origin.UNKNOWN),
        (inside(STILL, ONE), inside(STILL, ONE), AI, Origin.UNKNOWN),
        ((STILL, ONE), inside(STILL, ONE), AI, Origin.UNKNOWN),
        (inside(BYTES, ONE), inside(BYTES, ONE), AI, Origin.UNKNOWN),
    ],
)
def test_what_is_said_of_a_file_is_said_of_none_of_its_parts(
    catalogue: Catalogue, ours: tuple[str, bytes], theirs: tuple[str, bytes], marks: Signal, origin: Origin
) -> None:
    """A part makes a whole what it is, as far as a twin would; an archive flags neither parts nor archives."""
    take(catalogue, like("flagged", theirs, marks=(marks,)), like("bare", ours))
    assert origin_of(catalogue, "bare") is origin
    catalogue.verify()


@pytest.mark.parametrize("order", ["word, archive", "archive, word", "archive, file, word"])
def test_a_file_that_somebody_spoke_of_is_known_in_an_archive(catalogue: Catalogue, order: str) -> None:
    """Of no type whose pictures are read: its bytes are enough, and when the word is taken back, so is the flag."""
    word = declared("spoken of", Origin.AI_GENERATED)
    archive, file = like("archive", inside(BYTES, raw("spoken of"))), seen(evidence("spoken of"), b"a.exr")
    for minute, one in enumerate(order.split(", ")):
        if one == "word":
            catalogue.add_record(word, stamp(minute))
        else:
            take(catalogue, archive if one == "archive" else file, minute=minute)
    take(catalogue, file, minute=8)
    assert origin_of(catalogue, "archive") is Origin.AI_ASSISTED
    assert says(catalogue, "archive") == [
        f"holds a.png (1 of 1), byte for byte {digest_of('spoken of')[:12]}, which is ai-generated"
    ]
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(9), target=word.id), stamp(9))
    assert origin_of(catalogue, "archive") is Origin.UNKNOWN
    catalogue.verify()


@pytest.mark.parametrize("first", ["flagged", "archive"])
def test_an_archive_in_review_is_flagged_for_what_it_holds(catalogue: Catalogue, first: str) -> None:
    """That something else speaks against it does not keep it from being compared."""
    catalogue.add_record(declared("flagged", Origin.AI_GENERATED), stamp(1))
    files = {
        "flagged": seen(evidence("flagged"), b"a.exr"),
        "archive": like("archive", inside(BYTES, raw("flagged")), marks=(HINT,)),
    }
    take(catalogue, files.pop(first), minute=2)
    take(catalogue, *files.values(), minute=3)
    assert origin_of(catalogue, "archive") is Origin.AI_ASSISTED
    catalogue.verify()


@pytest.mark.parametrize("together", [True, False])
def test_a_file_with_marks_of_its_own_is_known_in_an_archive_read_before_they_were(
    catalogue: Catalogue, together: bool
) -> None:
    """Readers that did not know the mark read the archive: the file itself, of no type that is compared, says it."""
    archive, file = like("archive", inside(BYTES, raw("marked"))), seen(evidence("marked", AI), b"a.exr")
    take(catalogue, archive, *([file] if together else []))
    take(catalogue, file, minute=1)
    assert origin_of(catalogue, "archive") is Origin.AI_ASSISTED
    catalogue.verify()


@pytest.mark.parametrize("by", [STILL, BYTES])
def test_one_of_many_parts_is_cleared_without_the_others(catalogue: Catalogue, by: str) -> None:
    """What lies in an archive is drawn one by one: it is flagged while any of it is, and what was made of it too."""
    names = ["a", "b", "c"]
    values = {name: raw(name) if by == BYTES else ONE[:-1] + name.encode() for name in names}
    take(catalogue, *(like(n, (STILL, values[n])) if by == STILL else seen(evidence(n), n.encode()) for n in names))
    take(catalogue, like("archive", *(inside(by, values[n], n) for n in names)), seen(evidence("cut"), b"cut"))
    catalogue.add_record(derived("cut", "archive"), stamp(1))
    words = [declared(name, Origin.AI_ASSISTED, minute=m) for m, name in enumerate(names[:2], 2)]
    for minute, word in enumerate(words, 3):
        catalogue.add_record(word, stamp(minute))
    assert len(says(catalogue, "archive")) == 2
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(8), target=words[0].id), stamp(8))
    assert [origin_of(catalogue, n) for n in ("a", "b", "archive", "cut")] == [
        Origin.UNKNOWN, *[Origin.AI_ASSISTED] * 3
    ]  # fmt: skip
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(9), target=words[1].id), stamp(9))
    assert {origin_of(catalogue, n) for n in (*names, "archive", "cut")} == {Origin.UNKNOWN}
    catalogue.verify()


def test_an_archive_and_what_was_unpacked_from_it_do_not_keep_each_other_accused(catalogue: Catalogue) -> None:
    """The unpacked frame was made from the archive that holds it: flagged while there is a reason, and no longer."""
    take(catalogue, like("frame", (STILL, ONE)), like("archive", inside(STILL, ONE)))
    catalogue.add_record(derived("frame", "archive"), stamp(1))
    word = declared("frame", Origin.AI_GENERATED)
    catalogue.add_record(word, stamp(2))
    assert (origin_of(catalogue, "frame"), origin_of(catalogue, "archive")) == (
        Origin.AI_GENERATED, Origin.AI_ASSISTED
    )  # fmt: skip
    catalogue.verify()
    catalogue.add_record(Revocation(by="Admin", reason="no", made_at=at(9), target=word.id), stamp(9))
    assert {origin_of(catalogue, n) for n in ("frame", "archive")} == {Origin.UNKNOWN}
    catalogue.verify()
