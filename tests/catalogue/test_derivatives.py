"""Approvals of what is made from approved material: over which lineage, and over which grounds, they travel."""

from dataclasses import replace
from pathlib import Path

import pytest

from provenance.asset import Channel, ProjectId, Title
from provenance.catalogue import Catalogue, Counting
from provenance.coverage import LONGEST
from provenance.evidence import Claim, Kind, Relation, Signal, Strength
from provenance.lineage import Witness
from provenance.records import Revocation, Scope
from provenance.verdict import Origin
from tests.catalogue.deciding import by_anybody, ids, made, reaching, refused, say, words
from tests.catalogue.making import (
    AI,
    HINT,
    approved,
    at,
    declared,
    derived,
    digest_of,
    evidence,
    part,
    seen,
    signed,
    take,
)

OTHER = Signal(Kind.XMP, Claim.AI_GENERATED, Strength.DECLARED, "XMP / CreatorTool", "another generator")
PARTLY = replace(OTHER, claim=Claim.AI_ASSISTED)


def files(catalogue: Catalogue, *names: str, **marked: tuple[Signal, ...]) -> None:
    """Record files without marks, and files with these."""
    plain: dict[str, tuple[Signal, ...]] = dict.fromkeys(names, ())
    take(catalogue, *(seen(evidence(n, *s), f"{n}.png".encode()) for n, s in (plain | marked).items()))


def test_over_what_this_tool_saw(catalogue: Catalogue) -> None:
    """An approval travels over lineage this tool witnessed, any number of steps, and says over which records."""
    files(catalogue, "render", "proxy", ai=(AI,))
    first, second = say(catalogue, made("render", "ai")), say(catalogue, made("proxy", "render"))
    approval = say(catalogue, reaching(catalogue, "ai"))
    found = words(catalogue, "proxy")
    assert ids(found) == [approval]
    (way,) = found.ways
    assert (way.approval, way.scope, set(way.records)) == (approval, Scope.DERIVATIVES, {first, second})
    assert way.says == "as a derivative of ai.png"
    assert words(catalogue, "ai").ways == ()


@pytest.mark.parametrize("scope", [Scope.EXACT, Scope.SEQUENCE])
def test_exact_means_exact(catalogue: Catalogue, scope: Scope) -> None:
    """An approval of these bytes covers nothing that is made from them, however well that is witnessed."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    say(catalogue, replace(approved("ai"), scope=scope))
    assert words(catalogue, "render").approvals == ()


def test_not_over_what_anybody_claims(catalogue: Catalogue) -> None:
    """A lineage somebody claimed carries the flag and no approval; one that counts as signed carries both."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, derived("render", "ai"))
    approval = say(catalogue, reaching(catalogue, "ai"))
    assert catalogue.contribution(digest_of("render")) is Origin.AI_GENERATED
    found = words(catalogue, "render")
    assert found.approvals == ()
    assert "nobody whose word counts" in found.missed[0]
    assert ids(words(catalogue, "render", Counting(carrier=by_anybody))) == [approval]


def test_not_over_a_credential(catalogue: Catalogue) -> None:
    """What a content credential names as its parent carries a flag and no approval, whoever signed it."""
    take(catalogue, seen(evidence("ai", AI, credential=signed("ai")), b"ai.png"))
    take(catalogue, seen(evidence("comp", credential=signed("comp"), made_from=[part("ai")]), b"comp.png"))
    say(catalogue, reaching(catalogue, "ai"))
    assert catalogue.contribution(digest_of("comp")) is Origin.AI_GENERATED
    assert words(catalogue, "comp", Counting(carrier=by_anybody)).approvals == ()


@pytest.mark.parametrize(
    ("parent", "child", "covered"),
    [
        ((AI,), (AI,), True),
        ((AI,), (replace(AI, place="PNG tEXt 'parameters' at 977"),), True),
        ((AI,), (AI, OTHER), False),
        ((AI,), (replace(AI, says="Steps: 21"),), False),
        ((AI,), (HINT,), False),
        ((OTHER,), (PARTLY,), True),
        ((PARTLY,), (OTHER,), False),
    ],
)
def test_no_ground_is_new(
    catalogue: Catalogue, parent: tuple[Signal, ...], child: tuple[Signal, ...], covered: bool
) -> None:
    """A child may repeat or weaken what its parent was approved with; another mark, or a graver one, is not covered."""
    files(catalogue, ai=parent, render=child)
    say(catalogue, made("render", "ai"))
    say(catalogue, reaching(catalogue, "ai"))
    found = words(catalogue, "render")
    assert bool(found.approvals) is covered
    assert covered or "a ground that was not approved" in found.missed[0]


def test_a_word_against_the_child_is_a_new_ground(catalogue: Catalogue) -> None:
    """What somebody declared generated is not covered by the approval of what it was made from."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    say(catalogue, reaching(catalogue, "ai"))
    say(catalogue, declared("render", Origin.AI_GENERATED, 7), 7)
    assert words(catalogue, "render").approvals == ()


def test_a_ground_of_the_other_parent(catalogue: Catalogue) -> None:
    """Of several approved files each hands on its own grounds only."""
    files(catalogue, ai=(AI,), other=(OTHER,), render=(OTHER,))
    say(catalogue, made("render", "ai"))
    say(catalogue, reaching(catalogue, "ai", "other"))
    assert words(catalogue, "render").approvals == ()


def test_every_flagged_parent_in_one_approval(catalogue: Catalogue) -> None:
    """Of a picture made of two generated ones both must stand in one approval: else nobody approved them together."""
    files(catalogue, "comp", ai=(AI,), other=(OTHER,))
    say(catalogue, made("comp", "ai", "other"))
    say(catalogue, reaching(catalogue, "ai"))
    say(catalogue, reaching(catalogue, "other"))
    assert words(catalogue, "comp").approvals == ()
    both = say(catalogue, reaching(catalogue, "ai", "other"))
    assert ids(words(catalogue, "comp")) == [both]


def test_what_the_approved_was_made_from_is_not_new(catalogue: Catalogue) -> None:
    """A render of an approved picture may name the generated still in it as well, and no other."""
    files(catalogue, "comp", "render", "stranger", ai=(AI,), other=(OTHER,))
    say(catalogue, derived("comp", "ai"))
    approval = say(catalogue, reaching(catalogue, "comp"))
    say(catalogue, made("render", "comp"))
    say(catalogue, derived("render", "ai", minute=6))
    assert ids(words(catalogue, "render")) == [approval]
    say(catalogue, derived("render", "other", minute=7))
    assert words(catalogue, "render").approvals == ()


def test_a_doubtful_parent_is_a_new_ground(catalogue: Catalogue) -> None:
    """A second parent that a person has to look at is not covered either: could-not-look is never clean."""
    files(catalogue, "comp", ai=(AI,), odd=(HINT,))
    say(catalogue, made("comp", "ai", "odd"))
    say(catalogue, reaching(catalogue, "ai"))
    assert words(catalogue, "comp").approvals == ()


@pytest.mark.parametrize(
    "terms",
    [
        {"channel": Channel("cinema")},
        {"title": Title("S01E04")},
        {"project": ProjectId("other")},
        {"expires": at(40)},
        {"grounds": ()},
        {"subjects": ()},
    ],
)
def test_bound_like_any_other(catalogue: Catalogue, terms: dict[str, object]) -> None:
    """Another channel, title or project, an end that came, or no ground named: it does not travel."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    say(catalogue, replace(reaching(catalogue, "ai"), **terms))  # type: ignore[arg-type]
    assert words(catalogue, "render").approvals == ()


def test_several_channels(catalogue: Catalogue) -> None:
    """An approval counts on each channel it names, and it travels there."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    approval = reaching(catalogue, "ai", channel=Channel("cinema"), channels=(Channel("netflix"),))
    say(catalogue, approval)
    assert ids(words(catalogue, "ai")) == ids(words(catalogue, "render")) == [approval.id]


def test_revoked(catalogue: Catalogue) -> None:
    """An approval that was taken back does not travel."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    target = say(catalogue, reaching(catalogue, "ai"))
    say(catalogue, Revocation(by="Admin", reason="no", made_at=at(6), target=target), 6)
    assert words(catalogue, "render").approvals == ()


def test_circles_and_long_ways(catalogue: Catalogue) -> None:
    """What goes round in a circle, or goes back further than anything real does, is not covered, and ends."""
    chain = [f"step{n}" for n in range(LONGEST + 2)]
    files(catalogue, "one", "two", *chain, ai=(AI,))
    for child, parents in (("one", ("two", "ai")), ("two", ("one",)), (chain[0], ("ai",))):
        say(catalogue, made(child, *parents))
    for child, up in zip(chain[1:], chain, strict=False):
        say(catalogue, made(child, up))
    approval = say(catalogue, reaching(catalogue, "ai"))
    assert words(catalogue, "one").approvals == words(catalogue, "two").approvals == ()
    assert ids(words(catalogue, chain[LONGEST - 2])) == [approval]
    assert words(catalogue, chain[-1]).approvals == ()


def test_what_this_tool_wrote_itself(catalogue: Catalogue) -> None:
    """A mark this tool put in is no news, also further down; the same said by a person is, and so is a graver one."""
    files(catalogue, ai=(PARTLY, AI), marked=(AI, OTHER), proxy=(OTHER,), claimed=(OTHER,), graver=(OTHER,))
    take(catalogue, seen(evidence("part", PARTLY), b"part.png"))
    (ours,) = catalogue.marks_of(digest_of("proxy"))
    say(catalogue, made("marked", "ai", added=(ours,)))
    say(catalogue, made("proxy", "marked"))
    say(catalogue, made("claimed", "ai", witness=Witness.DECLARED, added=(ours,)))
    say(catalogue, made("graver", "part", added=(ours,)))
    approval = say(catalogue, reaching(catalogue, "ai"))
    say(catalogue, reaching(catalogue, "part"))
    anybody = Counting(carrier=by_anybody)
    assert ids(words(catalogue, "marked", anybody)) == ids(words(catalogue, "proxy", anybody)) == [approval]
    assert words(catalogue, "claimed", anybody).approvals == ()
    assert words(catalogue, "graver", anybody).approvals == ()


def test_a_refusal_ends_the_reach(catalogue: Catalogue) -> None:
    """Once a derivative was refused none is covered, or the same render saved again would pass; until it is named."""
    files(catalogue, "render", "again", ai=(AI,))
    for child in ("render", "again"):
        say(catalogue, made(child, "ai"))
    first = say(catalogue, reaching(catalogue, "ai"))
    no = say(catalogue, refused("render"), 8)
    assert words(catalogue, "again").approvals == ()
    assert no in words(catalogue, "again").missed[0]
    assert ids(words(catalogue, "ai")) == [first]
    despite = say(catalogue, reaching(catalogue, "ai", despite=(no,)), 9)
    assert ids(words(catalogue, "again")) == ids(words(catalogue, "render")) == [despite]


def test_a_refused_parent_covers_nothing(catalogue: Catalogue) -> None:
    """A refusal of what was approved holds for all that is made from it."""
    files(catalogue, "render", ai=(AI,))
    say(catalogue, made("render", "ai"))
    say(catalogue, reaching(catalogue, "ai"))
    say(catalogue, refused("ai"), 8)
    assert words(catalogue, "render").approvals == words(catalogue, "ai").approvals == ()


def test_components(catalogue: Catalogue) -> None:
    """What an approved still is a component of is covered, and what it was shown to a model for is not."""
    take(catalogue, seen(evidence("ai", AI, credential=signed("ai")), b"ai.png"))
    shown = part("ai", Relation.INPUT_TO)
    take(catalogue, seen(evidence("made", OTHER, credential=signed("made"), made_from=[shown]), b"made.png"))
    files(catalogue, "plate", "comp")
    say(catalogue, made("comp", "plate", "ai"))
    say(catalogue, made("made", "ai"))
    approval = say(catalogue, reaching(catalogue, "ai"))
    assert ids(words(catalogue, "comp")) == [approval]
    assert words(catalogue, "made").approvals == ()


def test_it_survives_the_ledger(catalogue: Catalogue, path: Path) -> None:
    """Every field is read back from the ledger as it was said, the rows verify, and it counts after opening again."""
    files(catalogue, "render", ai=(AI,))
    drv = made("render", "ai", added=("ai-generated: xmp / x / y",))
    said = reaching(
        catalogue, "ai", channels=(Channel("cinema"),), conditions=("in the background",), requested_by="VFX",
        basis=drv.id, frames=(1, 2), pattern="x.#.png", folder="comp",
    )  # fmt: skip
    for record in (drv, said, refused("other"), cut := reaching(catalogue, "ai", scope=Scope.SHOT)):
        say(catalogue, record)
    catalogue.verify()
    with Catalogue.open(path) as again:
        assert [again.find_record(r.id).record for r in (drv, said, cut)] == [drv, said, cut]
        assert ids(words(again, "render")) == [said.id]
