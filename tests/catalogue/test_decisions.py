"""Shots and sequences, refusals, people's own work: what each of them covers, ends, and cannot do."""

from dataclasses import replace

import pytest

from provenance.asset import Channel, ProjectId
from provenance.catalogue import Batch, Catalogue, Counting
from provenance.errors import RecordUnknown
from provenance.evidence import Claim, Credential, Kind, Signal, State, Strength
from provenance.records import Revocation, Scope
from provenance.records.decisions import Supersession
from provenance.records.disclosure import Binding, Disclosure
from provenance.verdict import Origin
from tests.catalogue.deciding import cut_anew, ids, made, reaching, refused, say, superseded, words
from tests.catalogue.making import (
    AI,
    DELIVERABLE,
    HINT,
    approved,
    at,
    cleared,
    derived,
    digest_of,
    evidence,
    seen,
    stamp,
    subject,
    take,
)

OTHER = Signal(Kind.XMP, Claim.AI_GENERATED, Strength.DECLARED, "XMP / CreatorTool", "another generator")
V1, V2 = "SH010_comp_v001.1001.png", "SH010_comp_v002.1001.png"


def file(
    catalogue: Catalogue, name: str, *signals: Signal, path: str = "", credential: Credential | None = None
) -> None:
    """Record a file whose asset has the name of the file, at this path."""
    found = evidence(name, *signals, credential=credential or Credential(State.ABSENT))
    take(catalogue, seen(found, (path or name).encode()))


@pytest.fixture
def shot(catalogue: Catalogue) -> str:
    """The id of an approval of one shot, given on its first version."""
    file(catalogue, V1, AI)
    return say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT))


def test_further_versions_of_a_shot(catalogue: Catalogue, shot: str) -> None:
    """A further version with the grounds that were approved is covered, and it is said for which element."""
    file(catalogue, V2, AI)
    found = words(catalogue, V2)
    assert ids(found) == [shot]
    assert found.ways[0].says == "as a version of SH010 (SH010_comp_v*.####.png), for the sky"


@pytest.mark.parametrize(
    "name",
    [
        "SH020_comp_v002.1001.png",
        "SH010_comp_v002.1101.png",
        "SH010_comp_v002.1001.jpg",
        "SH0100_comp_v002.1001.png",
        "SH010_comp_v002.png",
    ],
)
def test_other_names(catalogue: Catalogue, shot: str, name: str) -> None:
    """Another shot, another frame, another kind of file: not covered."""
    file(catalogue, name, AI)
    assert words(catalogue, name).approvals == ()


def test_a_file_that_had_another_name(catalogue: Catalogue, shot: str) -> None:
    """What was seen under another name before is not covered when it is called like the shot."""
    file(catalogue, "smuggled", AI, path="midjourney_0017.png")
    file(catalogue, "smuggled", AI, path=V2)
    found = words(catalogue, "smuggled")
    assert (found.approvals, found.ways) == ((), ())
    assert "midjourney_0017.png" in found.missed[0]


def test_the_folder_is_held_to(catalogue: Catalogue) -> None:
    """Where a folder was named, the file lies in it."""
    file(catalogue, V1, AI, path=f"comp/SH010/{V1}")
    shot = say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT, folder="comp/SH010"))
    file(catalogue, V2, AI, path=f"comp/SH010/{V2}")
    file(catalogue, "other", AI, path=f"comp/SH020/{V2}")
    assert ids(words(catalogue, V2)) == [shot]
    assert words(catalogue, "other").approvals == ()


def test_no_new_ground_in_a_shot(catalogue: Catalogue, shot: str) -> None:
    """Another mark, and something flagged it was made from that was not approved with it, are not covered."""
    file(catalogue, V2, AI, OTHER)
    file(catalogue, "still", OTHER)
    file(catalogue, "made", AI, path="SH010_comp_v003.1001.png")
    say(catalogue, made("made", "still"))
    assert "a ground that was not approved" in words(catalogue, V2).missed[0]
    assert "made from still" in words(catalogue, "made").missed[0]
    assert not words(catalogue, V2).approvals
    assert not words(catalogue, "made").approvals


def test_a_version_made_from_an_earlier_one(catalogue: Catalogue, shot: str) -> None:
    """A version that goes back to an approved one, over whatever lineage, brings nothing new by that."""
    file(catalogue, V2, AI)
    file(catalogue, "v3", path="SH010_comp_v003.1001.png")
    say(catalogue, derived(V2, V1))
    say(catalogue, derived("v3", V2, minute=6))
    assert ids(words(catalogue, "v3")) == [shot]


def test_another_generator(catalogue: Catalogue) -> None:
    """Two generators say the same words in their credentials and are told apart by who made the claim."""
    trained = Signal(
        Kind.C2PA, Claim.AI_GENERATED, Strength.SIGNED_UNTRUSTED, "manifest 1 of 1 / c2pa.created", "trained"
    )
    first, second = (Credential(State.UNTRUSTED, generator=g, label=g, labels=(g,)) for g in ("one/1", "two/1"))
    file(catalogue, V1, trained, credential=first)
    shot = say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT))
    file(catalogue, V2, trained, credential=second)
    file(catalogue, "same", trained, credential=first, path="SH010_comp_v003.1001.png")
    assert words(catalogue, V2).approvals == ()
    assert ids(words(catalogue, "same")) == [shot]


@pytest.mark.parametrize(
    ("change", "over"),
    [(cut_anew(), True), (cut_anew("SH010", "SH020"), True), (cut_anew("SH020"), False), (None, False)],
)
def test_until_the_picture_changes(catalogue: Catalogue, shot: str, change: object, over: bool) -> None:
    """A new cut of the title or of this shot ends it, also for bytes that were seen; one of other shots does not."""
    file(catalogue, V2, AI)
    plain = say(catalogue, approved(V1))
    if change is not None:
        say(catalogue, change, 9)  # type: ignore[arg-type]
    assert words(catalogue, V2).approvals == () if over else ids(words(catalogue, V2)) == [shot]
    assert (shot in ids(words(catalogue, V1))) is not over
    assert plain in ids(words(catalogue, V1))


def test_a_cut_ends_what_names_no_shot(catalogue: Catalogue) -> None:
    """An approval of bytes until a picture change ends with every change; one given after the change stands."""
    file(catalogue, "ai", AI)
    say(catalogue, replace(approved("ai"), until_picture_change=True))
    say(catalogue, cut_anew("SH020"), 9)
    assert words(catalogue, "ai").approvals == ()
    later = say(catalogue, replace(approved("ai", minute=12), until_picture_change=True), 12)
    assert ids(words(catalogue, "ai")) == [later]


def test_until_its_date(catalogue: Catalogue) -> None:
    """A shot that was approved until a date is over then."""
    file(catalogue, V1, AI)
    file(catalogue, V2, AI)
    shot = say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT, until_picture_change=False, expires=at(30)))
    assert ids(words(catalogue, V2, minute=29)) == [shot]
    assert words(catalogue, V2, minute=30).approvals == ()


@pytest.mark.parametrize(
    "terms",
    [
        {"until_picture_change": False},
        {"element": " "},
        {"pattern": "*.####.png"},
        {"pattern": "SH010_comp_v*.####.##.png"},
        {"shot": ""},
        {"frames": None},
        {"grounds": ()},
        {"subjects": ()},
    ],
)
def test_a_shot_that_does_not_say_enough(catalogue: Catalogue, terms: dict[str, object]) -> None:
    """A record by another door, without end, element, code, range or ground, reaches nothing."""
    file(catalogue, V1, AI)
    file(catalogue, V2, AI)
    say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT, **terms))
    assert words(catalogue, V2).approvals == ()


def test_a_refused_version_ends_a_shot(catalogue: Catalogue, shot: str) -> None:
    """Once a version was refused no further one is covered, so that saving it once more is of no use."""
    file(catalogue, V2, AI)
    file(catalogue, "v3", AI, path="SH010_comp_v003.1001.png")
    no = say(catalogue, refused(V2), 8)
    assert words(catalogue, "v3").approvals == ()
    assert shot in ids(words(catalogue, V1))
    anew = say(catalogue, reaching(catalogue, V1, scope=Scope.SHOT, despite=(no,)), 9)
    assert anew in ids(words(catalogue, "v3"))


def test_a_sequence_is_its_frames(catalogue: Catalogue) -> None:
    """A sequence covers the frames that were seen; other bytes as one of its frames are not it, and that is said."""
    file(catalogue, V1, AI)
    frames = {"scope": Scope.SEQUENCE, "pattern": "SH010_comp_v001.####.png", "frames": (1001, 1001)}
    approval = say(catalogue, replace(approved(V1), **frames))  # type: ignore[arg-type]
    assert ids(words(catalogue, V1)) == [approval]
    file(catalogue, "rendered again", AI, path=V1)
    found = words(catalogue, "rendered again")
    assert found.approvals == ()
    assert found.missed == (f"{approval} (sequence) does not cover it: it names other bytes",)


def test_a_refusal_beats_what_came_before(catalogue: Catalogue) -> None:
    """A no stands against earlier approvals, and against later ones that do not name it."""
    file(catalogue, "ai", AI)
    say(catalogue, approved("ai"))
    no = say(catalogue, refused("ai"), 8)
    say(catalogue, approved("ai", minute=9), 9)
    found = words(catalogue, "ai")
    assert (found.approvals, [r.id for r in found.refusals]) == ((), [no])
    assert no in found.missed[0]
    knowing = say(catalogue, replace(approved("ai", minute=10), despite=(no,)), 10)
    assert ids(words(catalogue, "ai")) == [knowing]


def test_an_approval_cannot_know_what_is_to_come(catalogue: Catalogue) -> None:
    """An approval that stands in the ledger before a refusal does not beat it by having its id."""
    file(catalogue, "ai", AI)
    no = refused("ai")
    say(catalogue, replace(approved("ai"), despite=(no.id,)))
    say(catalogue, no, 8)
    assert words(catalogue, "ai").approvals == ()


@pytest.mark.parametrize(
    ("terms", "meant"),
    [
        ({}, True),
        ({"channel": Channel("cinema"), "channels": (Channel("netflix"),)}, True),
        ({"channel": Channel("cinema")}, False),
        ({"project": ProjectId("other")}, False),
    ],
)
def test_a_refusal_is_bound(catalogue: Catalogue, terms: dict[str, object], meant: bool) -> None:
    """A refusal speaks of the project, title and channels it names."""
    file(catalogue, "ai", AI)
    approval = say(catalogue, approved("ai"))
    say(catalogue, replace(refused("ai"), **terms), 8)  # type: ignore[arg-type]
    assert ids(words(catalogue, "ai")) == ([] if meant else [approval])
    assert bool(words(catalogue, "ai").refusals) is meant


def test_what_stands_for_good(catalogue: Catalogue) -> None:
    """Neither a refusal nor a new cut is revoked: without either, something would pass that nobody approved."""
    for record in (refused("ai"), cut_anew()):
        name = say(catalogue, record, 9)
        with pytest.raises(RecordUnknown, match="stands for good"):
            say(catalogue, Revocation(by="Admin", reason="no", made_at=at(10), target=name), 10)


def test_what_was_taken_back_by_nobody_who_may_stands(catalogue: Catalogue) -> None:
    """A word that whoever knows of signatures says stands is in force, though somebody took it back."""
    file(catalogue, "ai", AI)
    record = say(catalogue, approved("ai"))
    say(catalogue, Revocation(by="Admin", reason="no", made_at=at(6), target=record), 6)
    assert words(catalogue, "ai").approvals == ()
    assert ids(words(catalogue, "ai", Counting(standing={record}))) == [record]


def test_peoples_work_takes_the_place(catalogue: Catalogue) -> None:
    """A final by people is free of what it is flagged for through the material it replaced; so is its render."""
    file(catalogue, "temp", AI)
    for name in ("final", "render"):
        file(catalogue, name)
    say(catalogue, derived("final", "temp"))
    say(catalogue, derived("render", "final", minute=6))
    assert words(catalogue, "final").supersessions == ()
    record = say(catalogue, superseded("final", "temp"), 7)
    assert [s.id for s in words(catalogue, "final").supersessions] == [record]
    assert [s.id for s in words(catalogue, "render").supersessions] == [record]
    assert words(catalogue, "temp").supersessions == ()
    assert catalogue.contribution(digest_of("final")) is Origin.AI_GENERATED, "the lineage stays"
    catalogue.verify()


def freed(catalogue: Catalogue, name: str, counting: Counting | None = None) -> tuple[Supersession, ...]:
    """Return the supersessions that free a file."""
    return words(catalogue, name, counting).supersessions


def test_peoples_work_has_no_marks(catalogue: Catalogue) -> None:
    """A final with a mark of its own, found before or later, is not freed, and neither is its render."""
    for name, marks in (("temp", (AI,)), ("final", (OTHER,)), ("hint", (HINT,)), ("clean", ()), ("render", ())):
        file(catalogue, name, *marks)
    for name in ("final", "hint", "clean"):
        say(catalogue, derived(name, "temp"))
        say(catalogue, superseded(name, "temp"))
    say(catalogue, derived("render", "final", minute=6))
    assert not freed(catalogue, "final")
    assert not freed(catalogue, "hint")
    assert not freed(catalogue, "render")
    assert freed(catalogue, "clean")
    catalogue.record(Batch((seen(evidence("clean", AI), b"clean"),)), stamp(9))
    assert not freed(catalogue, "clean")


def told(*names: str, use: str = "ideation") -> Disclosure:
    """Return that these were told of as made with a generative tool."""
    return Disclosure(
        by="VFX",
        reason="a sky",
        made_at=at(6),
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        use=use,
        subjects=tuple(subject(n) for n in names),
    )


def test_what_was_told_of_is_a_ground(catalogue: Catalogue) -> None:
    """A use told of a final or a derivative is a ground of it; the use the approved material was told of is not new."""
    for name, marks in (("temp", (AI,)), ("final", ()), ("render", ())):
        file(catalogue, name, *marks)
    say(catalogue, told("temp"))
    for child in ("final", "render"):
        say(catalogue, made(child, "temp"))
    say(catalogue, superseded("final", "temp"))
    approval = say(catalogue, reaching(catalogue, "temp"), 7)
    bound = Binding(by="VFX", reason="", made_at=at(7), disclosure=told("temp").id, subjects=(subject("render"),))
    say(catalogue, bound, 7)
    assert ids(words(catalogue, "render")) == [approval]
    assert freed(catalogue, "final")
    say(catalogue, told("final", "render", use="key-visual"), 8)
    assert words(catalogue, "render").approvals == ()
    assert not freed(catalogue, "final")


def test_what_is_not_replaced_still_flags(catalogue: Catalogue) -> None:
    """Another generated parent, another project, or a word that does not count or was taken back, frees nothing."""
    for name, marks in (("temp", (AI,)), ("other", (OTHER,)), ("final", ()), ("elsewhere", ())):
        file(catalogue, name, *marks)
    say(catalogue, derived("final", "temp"))
    say(catalogue, derived("elsewhere", "temp"))
    say(catalogue, superseded("elsewhere", "temp", project=ProjectId("other")))
    record = say(catalogue, superseded("final", "temp"))
    assert not freed(catalogue, "elsewhere")
    assert freed(catalogue, "final")
    assert not freed(catalogue, "final", Counting(word=lambda filed: filed.record.id != record))
    say(catalogue, derived("final", "other", minute=8), 8)
    assert not freed(catalogue, "final")
    say(catalogue, superseded("final", "other", made_at=at(9)), 9)
    assert freed(catalogue, "final")
    say(catalogue, Revocation(by="Admin", reason="it was not so", made_at=at(10), target=record), 10)
    assert not freed(catalogue, "final")


def test_work_that_replaces_itself(catalogue: Catalogue) -> None:
    """Two files that are said to replace each other free neither, and neither does one that replaces itself."""
    for name, marks in (("ai", (AI,)), ("one", ()), ("two", ())):
        file(catalogue, name, *marks)
    for child, up in (("one", "two"), ("two", "one"), ("one", "ai")):
        say(catalogue, derived(child, up))
    say(catalogue, superseded("two", "one"))
    say(catalogue, superseded("one", "one"))
    assert not freed(catalogue, "one")


def test_words_that_do_not_count(catalogue: Catalogue) -> None:
    """An approval or clearance that does not count is left out; a refusal needs nobody's leave."""
    file(catalogue, "ai", AI)
    for record in (approved("ai"), cleared("ai")):
        say(catalogue, record)
    nobody = Counting(word=lambda _filed: False)
    assert not words(catalogue, "ai", nobody).approvals
    assert not words(catalogue, "ai", nobody).clearances
    say(catalogue, refused("ai"), 8)
    assert words(catalogue, "ai", nobody).refusals
