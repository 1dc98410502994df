"""Words that come late, and whose word they are: through the real catalogue and the real gate.

A word is *made* at one minute and *comes* at another, as a request does that is signed and brought back later.
"""

import dataclasses

import pytest

from provenance.asset import Commitment
from provenance.policy import Outcome
from provenance.records import AnyRecord, Approval, Clearance, Scope
from provenance.records.consent import Consent
from provenance.records.decisions import PictureChange
from provenance.records.disclosure import Binding
from provenance.verdict import Origin
from tests.catalogue.deciding import refused
from tests.catalogue.making import AI, DELIVERABLE, at, declared, derived, digest_of, evidence, seen, subject, take
from tests.identity.signed import ROLE, House, approval, person, revoked, told


def came(house: House, record: AnyRecord, minute: int, by: str | None = "lawyer") -> str:
    """Have a word come at a minute, whenever it was made."""
    return house.say(record, by, minute)


def test_a_word_that_comes_at_once_knows_of_everything(house: House) -> None:
    """An approval made after the revocation of another counts, though the two are about the same bytes."""
    came(house, revoked(came(house, approval("still", minute=5), 5), "lawyer", 6), 6)
    came(house, approval("still", minute=7), 7)
    assert house.outcome("still") is Outcome.PASS


def test_an_approval_made_before_a_refusal_and_brought_after_does_not_reach(house: House) -> None:
    """An approval of derivatives that comes after a refusal of what it reaches was made without knowing of it."""
    take(house.catalogue, seen(evidence("master", AI), b"master", version=3), seen(evidence("cut"), b"cut", version=4))
    came(house, dataclasses.replace(derived("cut", "master"), by="lawyer", made_at=at(4)), 4)
    grounds = tuple(sorted(house.catalogue.marks_of(digest_of("master"))))
    reaching = approval("master", minute=5, scope=Scope.DERIVATIVES, grounds=grounds)
    came(house, refused("cut", 6), 6, None)
    came(house, reaching, 8)
    assert house.outcome("master") is Outcome.REFUSE
    assert "refused it" in house.why("master")
    came(house, dataclasses.replace(reaching, made_at=at(9)), 9)
    assert house.outcome("master") is Outcome.PASS


@pytest.mark.parametrize(("made", "outcome"), [(5, Outcome.REFUSE), (7, Outcome.PASS)])
def test_an_approval_until_a_picture_change_ends_with_one_before_it_came(
    house: House, made: int, outcome: Outcome
) -> None:
    """The picture was changed while the request lay somewhere: it was given for the picture before that."""
    change = PictureChange(
        by="anybody", reason="new cut", made_at=at(6), project=DELIVERABLE.project, title=DELIVERABLE.title
    )
    came(house, change, 6, None)
    came(house, approval("still", minute=made, until_picture_change=True), 8)
    assert house.outcome("still") is outcome


@pytest.mark.parametrize(("made", "outcome"), [(5, Outcome.HOLD), (7, Outcome.PASS)])
def test_a_clearance_answers_no_doubt_raised_before_it_came(house: House, made: int, outcome: Outcome) -> None:
    """Somebody doubted the file while the clearance lay somewhere: it was said without knowing of that."""
    came(house, declared("plate", Origin.REVIEW, 6), 6, None)
    looked = Clearance(by="lawyer", reason="ok", made_at=at(made), subjects=(subject("plate"),), role=ROLE)
    came(house, looked, 8)
    assert house.outcome("plate") is outcome


def test_a_consent_made_before_the_withdrawal_of_the_like_does_not_count(house: House) -> None:
    """A second copy of a withdrawn consent that was signed before and brought after stands against nothing."""
    given = Consent(
        by="lawyer",
        reason="signed",
        made_at=at(4),
        performer=Commitment("ab" * 32),
        replica="digital-replica",
        scope="the double",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        document=digest_of("consent"),
    )
    came(house, revoked(came(house, given, 4), "anybody", 6), 6, None)
    late = came(house, dataclasses.replace(given, reason="a copy", made_at=at(5)), 8)
    new = came(house, dataclasses.replace(given, reason="agreed anew", made_at=at(7)), 9)
    from provenance.gate import voices_of

    voices = voices_of(house.gate(), at(20))
    assert [c.id for c in voices.consents(DELIVERABLE.project, DELIVERABLE.title)] == [new]
    assert "took" in voices.authority_of(late).why


@pytest.mark.parametrize("signed", [True, False])
def test_who_told_of_bytes_does_not_approve_them(house: House, *, signed: bool) -> None:
    """Neither with a signature under what was told, nor with their name alone; another person may."""
    came(house, told("still", "lawyer"), 5, "lawyer" if signed else None)
    came(house, approval("still", minute=6), 6)
    assert "may not approve them too" in house.why("still")
    came(house, approval("still", by="second", minute=7), 7, "second")
    people = (*house.config.people, person("second", ROLE))
    config = dataclasses.replace(house.config, people=people)
    house.accept(config=config, minute=8)
    assert house.outcome("still", config) is Outcome.PASS


def test_taking_back_what_one_told_does_not_help(house: House) -> None:
    """Whoever tells, approves and takes the telling back has told all the same: the signature stays theirs."""
    use = came(house, told("still", "lawyer"), 5)
    came(house, approval("still", minute=6), 6)
    came(house, revoked(use, "lawyer", 7), 7)
    assert "may not approve them too" in house.why("still")


def test_a_name_that_was_used_without_a_signature_is_cleared_by_taking_it_back(house: House) -> None:
    """Anybody can write that the lawyer told of a file; a listed person takes that back, and it is over."""
    use = came(house, told("still", "lawyer"), 5, None)
    came(house, approval("still", minute=6), 6)
    assert house.outcome("still") is Outcome.REFUSE
    came(house, revoked(use, "anybody", 7), 7, None)
    assert house.outcome("still") is Outcome.REFUSE
    came(house, revoked(use, "editor", 8), 8, "editor")
    assert house.outcome("still") is Outcome.PASS


def test_a_binding_is_telling_too(house: House) -> None:
    """Whoever told of a use does not approve the files that somebody else bound to it."""
    take(house.catalogue, seen(evidence("other", AI), b"other", version=3))
    use = came(house, told("other", "lawyer"), 5)
    bound = Binding(by="editor", reason="that", made_at=at(6), disclosure=use, subjects=(subject("still"),))
    came(house, bound, 6, "editor")
    came(house, approval("still", minute=7), 7)
    assert "may not approve them too" in house.why("still")


def test_an_approval_of_more_than_was_told_of_counts_for_the_rest(house: House) -> None:
    """One approval of two files does not count for the one its author told of, and counts for the other."""
    take(house.catalogue, seen(evidence("other", AI), b"other", version=3))
    came(house, told("still", "lawyer"), 5)
    both = dataclasses.replace(approval("still", minute=6), subjects=(subject("still"), subject("other")))
    assert isinstance(both, Approval)
    came(house, both, 6)
    assert house.outcome("still") is Outcome.REFUSE
    assert house.outcome("other") is Outcome.PASS


def test_a_requester_whom_nobody_lists_is_anybody(house: House) -> None:
    """An approval that was asked for by a free name does not count at the gate, however it got into the catalogue."""
    came(house, approval("still", requested_by="A producer"), 6)
    assert house.why("still") == "'A producer', who asked for it, is not listed"
    came(house, approval("still", requested_by="Editor  EXAMPLE", minute=7), 7)
    assert house.outcome("still") is Outcome.PASS


def test_an_approval_of_what_one_told_of_reaches_nothing(house: House) -> None:
    """What is made of material is not covered by an approval whose author told of that material."""
    take(house.catalogue, seen(evidence("master", AI), b"master", version=3), seen(evidence("cut"), b"cut", version=4))
    came(house, dataclasses.replace(derived("cut", "master"), by="lawyer", made_at=at(4)), 4)
    grounds = tuple(sorted(house.catalogue.marks_of(digest_of("master"))))
    came(house, approval("master", minute=5, scope=Scope.DERIVATIVES, grounds=grounds), 5)
    assert house.outcome("cut") is Outcome.PASS
    came(house, told("master", "lawyer", 6), 6)
    assert house.outcome("cut") is Outcome.REFUSE
    assert "may not approve them too" in house.why("cut")
