"""Assets and where they were seen."""

import os
from pathlib import Path

import pytest

from provenance.asset import Asset, FastDigest, RelPath, StatKey, ZoneName
from provenance.catalogue import Batch, Catalogue, Examined, Trouble
from provenance.errors import CatalogueDamaged
from provenance.evidence import Evidence, State
from provenance.files import stat_key
from tests.catalogue.making import (
    AI,
    EDIT,
    EXAMINER,
    LATER_EXAMINER,
    at,
    digest_of,
    evidence,
    place,
    seen,
    signed,
    stamp,
    take,
)

ODD_NAMES = [b"caf\xe9\xff.mov", b"two\nlines.mov", b"a/b\\c'\";--/\x01.mov", "e\u0301.mov".encode(), b" "]


def test_same_bytes_at_two_paths(catalogue: Catalogue) -> None:
    """The same bytes at two paths are one asset with two sightings."""
    take(catalogue, seen(evidence("shot"), b"a/shot.png"), seen(evidence("shot"), b"b/copy.png"))
    counts = catalogue.counts()
    assert (counts.assets, counts.sightings) == (1, 2)
    assert [s.place for s in catalogue.sightings_of(digest_of("shot"))] == [place(b"a/shot.png"), place(b"b/copy.png")]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_works(catalogue: Catalogue, name: bytes) -> None:
    """A name that is not UTF-8, holds a newline or quotes is kept as the bytes it is."""
    take(catalogue, seen(evidence("shot"), b"reel\xff\n/" + name))
    expected = place(b"reel\xff\n/" + name)
    found = catalogue.sighting_at(expected)
    assert found is not None
    assert found.place == expected
    assert [row.place for row in catalogue.listing()] == [expected]
    assert [row.place for row in catalogue.listing(EDIT, expected.path)] == [expected]
    folder, _, last = expected.path.rpartition(b"/")
    assert list(catalogue.known_folders(EDIT)) == [folder]
    assert list(catalogue.known_files(EDIT, RelPath(folder))) == [last]
    assert catalogue.vanish(EDIT, [expected.path], at(1)) == 1


def test_rename_keeps_history(catalogue: Catalogue) -> None:
    """A renamed file is the same asset: gone from the old place, present at the new one, known since the first day."""
    take(catalogue, seen(evidence("shot"), b"old.png"), minute=1)
    catalogue.vanish(EDIT, [RelPath(b"old.png")], at(3))
    take(catalogue, seen(evidence("shot"), b"new.png"), minute=3)
    new, old = catalogue.sightings_of(digest_of("shot"))
    assert (new.place, new.present, new.first_seen) == (place(b"new.png"), True, at(3))
    assert (old.place, old.present, old.first_seen, old.gone_at) == (place(b"old.png"), False, at(1), at(3))
    assert catalogue.counts().assets == 1


def test_vanished_is_kept(catalogue: Catalogue) -> None:
    """A file that vanished is kept as not present, still answers for its place, and is listed only when asked."""
    take(catalogue, seen(evidence("shot"), b"a/shot.png"))
    assert catalogue.vanish(EDIT, [RelPath(b"a/shot.png"), RelPath(b"a/never.png")], at(1)) == 1
    assert catalogue.vanish(EDIT, [RelPath(b"a/shot.png")], at(2)) == 0
    gone = catalogue.sighting_at(place(b"a/shot.png"))
    assert gone is not None
    assert (gone.present, gone.gone_at, gone.digest) == (False, at(1), digest_of("shot"))
    assert list(catalogue.listing()) == []
    assert [row.present for row in catalogue.listing(include_gone=True)] == [False]
    assert catalogue.known_files(EDIT, RelPath(b"a")) == {}
    assert list(catalogue.known_folders(EDIT)) == []


def test_replaced_file(catalogue: Catalogue) -> None:
    """Another file under the same name is another sighting; the one before stays, as not present."""
    take(catalogue, seen(evidence("first"), b"shot.png"), minute=1)
    take(catalogue, seen(evidence("second"), b"shot.png", version=2), minute=2)
    now = catalogue.sighting_at(place(b"shot.png"))
    assert now is not None
    assert (now.digest, now.present) == (digest_of("second"), True)
    (before,) = catalogue.sightings_of(digest_of("first"))
    assert (before.gone_at, before.last_seen) == (at(2), at(1))
    rows = [(row.digest, row.present) for row in catalogue.listing(include_gone=True)]
    assert rows == [(digest_of("second"), True), (digest_of("first"), False)]


def test_one_file_a_place(catalogue: Catalogue) -> None:
    """The table itself refuses that two different assets are present at one place."""
    take(catalogue, seen(evidence("first"), b"first"), seen(evidence("second"), b"second"))
    row = catalogue._db.row("SELECT folder, name FROM sightings WHERE id = 1")
    assert row is not None
    with pytest.raises(CatalogueDamaged, match="UNIQUE"):
        catalogue._db.run(
            "INSERT INTO sightings SELECT 3, ?, ?, asset, device, inode, size, mtime_ns, ctime_ns, racy, examiner,"
            " beside, origin, first_seen, last_seen, gone_at FROM sightings WHERE id = 2",
            row,
        )


def test_coming_back(catalogue: Catalogue) -> None:
    """Bytes that come back to a place they left have one sighting there, however often a share is unmounted."""
    for minute in (1, 3, 5):
        take(catalogue, seen(evidence("shot"), b"shot.png"), minute=minute)
        catalogue.vanish(EDIT, [RelPath(b"shot.png")], at(minute + 1))
    take(catalogue, seen(evidence("shot"), b"shot.png"), minute=7)
    (sighting,) = catalogue.sightings_of(digest_of("shot"))
    assert (sighting.present, sighting.first_seen, sighting.last_seen) == (True, at(1), at(7))


def test_sweep_says_when_last_seen(catalogue: Catalogue) -> None:
    """A complete sweep moves `last_seen` of all that is present in its zone, of nothing that is gone or elsewhere."""
    take(catalogue, seen(evidence("here"), b"here.png"), seen(evidence("gone"), b"gone.png"), minute=1)
    catalogue.finish_sweep(EDIT, at(2))
    catalogue.vanish(EDIT, [RelPath(b"gone.png")], at(3))
    catalogue.finish_sweep(EDIT, at(4))
    catalogue.finish_sweep(ZoneName("other"), at(9))
    assert catalogue.sightings_of(digest_of("here"))[0].last_seen == at(4)
    assert catalogue.sightings_of(digest_of("gone"))[0].last_seen == at(2)
    assert [row.last_seen for row in catalogue.listing()] == [at(4)]


def test_recording_again_changes_nothing(catalogue: Catalogue) -> None:
    """Recording the same again is safe, adds no row, and leaves the ledger's head where it was."""
    batch = Batch((seen(evidence("a"), b"a.png"), seen(evidence("b", AI), b"b.png")))
    first = catalogue.record(batch, stamp())
    head, listed = catalogue.ledger.head(), list(catalogue.listing())
    again = catalogue.record(batch, stamp())
    assert (first.new_assets, first.new_evidence, first.entry) == (2, 2, 1)
    assert (again.new_assets, again.new_evidence, again.entry, again.changed) == (0, 0, None, ())
    assert (catalogue.ledger.head(), list(catalogue.listing())) == (head, listed)
    assert len(catalogue.evidence_of(digest_of("a"))) == 1


def test_evidence_is_never_replaced(catalogue: Catalogue) -> None:
    """A later examination stands beside the earlier ones, the newest first."""
    old = evidence("shot", credential=signed("urn:x"))
    new = evidence("shot", AI, credential=signed("urn:x", State.TRUSTED), examiner=LATER_EXAMINER)
    take(catalogue, seen(old, b"shot.png"))
    take(catalogue, seen(new, b"shot.png"), minute=1)
    assert catalogue.evidence_of(digest_of("shot")) == (new, old)


def test_evidence_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    """What an examiner found is decoded to an equal value, signals and ingredients and all."""
    found = evidence("shot", AI, credential=signed("urn:x"))
    take(catalogue, seen(found, None))
    assert catalogue.evidence_of(digest_of("shot")) == (found,)
    assert catalogue.counts().sightings == 0


def test_what_a_sweep_asks(catalogue: Catalogue) -> None:
    """A known file is the version found only if nothing of its stat, its examiner or its certainty differs."""
    examined = seen(evidence("shot"), b"a/shot.png", version=3)
    racy = seen(evidence("racy"), b"a/racy.png", version=4)
    take(catalogue, examined, Examined(racy.place, racy.key, True, racy.evidence, racy.beside))
    known = catalogue.known_files(EDIT, RelPath(b"a"))
    shot = known[b"shot.png"]
    assert (shot.inode, shot.mtime_ns, shot.racy, shot.examiner) == (1003, 3 * 10**9, False, EXAMINER)
    assert known[b"racy.png"].racy
    assert catalogue.known_files(EDIT, RelPath(b"")) == {}
    assert catalogue.known_files(ZoneName("other"), RelPath(b"a")) == {}


def test_touched_file_is_the_same_sighting(catalogue: Catalogue) -> None:
    """A file whose times changed and whose bytes did not keeps its sighting, with the new stat."""
    take(catalogue, seen(evidence("shot"), b"shot.png", version=1), minute=1)
    assert take(catalogue, seen(evidence("shot"), b"shot.png", version=2), minute=2) is None
    (sighting,) = catalogue.sightings_of(digest_of("shot"))
    assert (sighting.key.inode, sighting.first_seen, sighting.last_seen) == (1002, at(1), at(2))


def test_known_folders_below(catalogue: Catalogue) -> None:
    """Folders are found at and below one, and not beside it where the name only begins alike."""
    paths = [b"top.png", b"a/1.png", b"a/b/2.png", b"a-b/3.png", b"a0/4.png", b"ab/5.png"]
    take(catalogue, *(seen(evidence(p.decode()), p) for p in paths))
    assert list(catalogue.known_folders(EDIT)) == [b"", b"a", b"a-b", b"a/b", b"a0", b"ab"]
    assert list(catalogue.known_folders(EDIT, RelPath(b"a"))) == [b"a", b"a/b"]
    assert [row.place.path for row in catalogue.listing(EDIT, RelPath(b"a"))] == [b"a/1.png", b"a/b/2.png"]
    assert [row.place.path for row in catalogue.listing(EDIT, RelPath(b"a/1.png"))] == [b"a/1.png"]
    assert [row.place.path for row in catalogue.listing(EDIT, RelPath(b"top.png"))] == [b"top.png"]
    assert list(catalogue.listing(ZoneName("other"))) == []


def test_huge_numbers(catalogue: Catalogue) -> None:
    """An inode number of 64 bits, and times before 1970 and after 2262, are kept and recognised."""
    plain = seen(evidence("shot"), b"shot.png")
    later, before = 15 * 10**18, -(10**18)
    key = StatKey(7, 2**64 - 5, 4, later, before)
    take(catalogue, Examined(plain.place, key, False, plain.evidence, plain.beside))
    (sighting,) = catalogue.sightings_of(digest_of("shot"))
    assert sighting.key.inode == 2**64 - 5
    found = os.stat_result((0o100644, 2**64 - 5, 7, 1, 0, 0, 4, 0, 0, 0), {"st_mtime_ns": later, "st_ctime_ns": before})
    assert catalogue.known_files(EDIT, RelPath(b""))[b"shot.png"].is_version(found, EXAMINER)


def test_a_version_is_recognised_on_disk(catalogue: Catalogue, tmp_path: Path) -> None:
    """A real file is the version recorded until it is touched, or until another examiner is to read it."""
    file = tmp_path / "shot.png"
    file.write_bytes(b"shot")
    sure = seen(evidence("shot"), b"shot.png")
    racy = seen(evidence("shot"), b"racy.png")
    key = stat_key(file.stat())
    take(
        catalogue,
        Examined(sure.place, key, False, sure.evidence, sure.beside),
        Examined(racy.place, key, True, racy.evidence, racy.beside),
    )
    known = catalogue.known_files(EDIT, RelPath(b""))
    assert known[b"shot.png"].is_version(file.stat(), EXAMINER)
    assert not known[b"shot.png"].is_version(file.stat(), LATER_EXAMINER)
    assert not known[b"racy.png"].is_version(file.stat(), EXAMINER)
    os.utime(file, ns=(1, 1))
    assert not known[b"shot.png"].is_version(file.stat(), EXAMINER)


def test_troubles_end_when_examined(catalogue: Catalogue) -> None:
    """What could not be examined is kept with its reason, until it was examined, has vanished, or a sweep misses it."""
    troubles = [Trouble(place(p), "not-permitted", "says \udcff\x1b[31m no") for p in (b"a", b"b", b"c", b"d")]
    catalogue.record(Batch((), tuple(troubles)), stamp(1))
    first = catalogue.troubles()[0]
    assert (first.place.path, first.says, first.seen_at) == (b"a", "says \\udcff\x1b[31m no", at(1))
    take(catalogue, seen(evidence("a"), b"a"), minute=2)
    catalogue.vanish(EDIT, [RelPath(b"b")], at(2))
    catalogue.record(Batch((), (troubles[2],)), stamp(3))
    assert [t.place.path for t in catalogue.troubles(EDIT)] == [b"c", b"d"]
    catalogue.finish_sweep(EDIT, at(4), began=at(3))
    assert [t.place.path for t in catalogue.troubles()] == [b"c"]
    assert catalogue.counts().troubles == 1
    assert catalogue.ledger.head().seq == 1


def test_one_digest_with_two_sizes_is_refused(catalogue: Catalogue) -> None:
    """The same SHA-256 with another size or XXH3 means that somebody's numbers are wrong: nothing is recorded."""
    take(catalogue, seen(evidence("shot"), b"shot.png"))
    good = evidence("shot")
    wrong = Asset(good.asset.digest, FastDigest("0" * 32), good.asset.size)
    found = Evidence(wrong, good.media_type, good.credential, (), (), (), good.examiner)
    with pytest.raises(CatalogueDamaged, match="another size or XXH3"):
        take(catalogue, seen(evidence("other"), b"other.png"), seen(found, b"shot.png"))
    assert catalogue.evidence_of(digest_of("other")) == ()
    take(catalogue, seen(evidence("other"), b"other.png"))
    catalogue.verify()
