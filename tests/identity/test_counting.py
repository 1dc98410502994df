"""Whose word counts: through the real catalogue and the real gate."""

import base64
import dataclasses
import json
from typing import Any

import pytest

from provenance.asset import Channel, Title
from provenance.catalogue import BrokenEntry, Catalogue
from provenance.errors import RecordUnknown, SignatureRefused
from provenance.evidence import Claim
from provenance.gate import voices_of
from provenance.identity.dsse import envelope_from
from provenance.identity.publickey import PublicKey
from provenance.policy import Outcome
from provenance.records.attestation import Attestation
from provenance.verdict import Origin
from tests.catalogue.making import (
    at,
    cleared,
    declared,
    derived,
    digest_of,
    edit_behind,
    evidence,
    seen,
    stamp,
    subject,
    take,
)
from tests.identity.signed import (
    LEGAL,
    PEOPLE,
    ROLE,
    House,
    approval,
    configuration,
    envelope_of,
    person,
    revoked,
    signer,
    told,
)


def test_a_signed_approval_counts_and_is_called_so(house: House) -> None:
    """An approval signed by a listed person with its role lets the bytes pass, and the run says whose key it was."""
    record = house.say(approval("still"), "lawyer")
    run = house.run("still")
    assert run is not None
    assert run.outcome is Outcome.PASS
    authority = run.authorities[record]
    assert (authority.standing.value, authority.person) == ("signed", "lawyer")
    assert authority.key == signer("lawyer").public.fingerprint


def test_an_unsigned_approval_does_not_count(house: House) -> None:
    """An approval that nobody signed is shown with that reason, and the file is refused."""
    house.say(approval("still"))
    assert house.why("still") == "nobody signed it"


def test_an_unlisted_persons_approval_does_not_count(house: House) -> None:
    """An approval signed with a key that nobody listed has is refused, whatever name it bears."""
    house.say(approval("still", by="stranger"), "stranger")
    house.say(approval("still", minute=6), "stranger")
    assert house.why("still").count("belongs to nobody who is listed") == 2


def test_a_person_whose_time_is_over_does_not_count(house: House) -> None:
    """From the instant somebody's listing ends their approvals stop counting, those made before too."""
    people = (person("lawyer", ROLE, until=at(15)), *PEOPLE[1:])
    config = dataclasses.replace(house.config, people=people)
    house.accept(config=config, minute=2)
    house.say(approval("still"), "lawyer")
    assert house.outcome("still", config, minute=14) is Outcome.PASS
    assert house.outcome("still", config, minute=15) is Outcome.REFUSE
    assert "counted until" in house.why("still", config)


def test_an_approval_in_a_role_the_signer_has_not_does_not_count(house: House) -> None:
    """A listed person cannot approve in a role they are not listed with."""
    house.say(approval("still", role="studio-contact"), "lawyer")
    assert "is not listed as 'studio-contact'" in house.why("still")


def test_an_approval_in_somebody_elses_name_does_not_count(house: House) -> None:
    """A listed person cannot sign in the name of another one."""
    house.say(approval("still", by="Admin Example"), "lawyer")
    assert "in the name of 'Admin Example'" in house.why("still")


@pytest.mark.parametrize("name", ["lawyer", "Lawyer Example", " LAWYER  example"])
def test_nobody_approves_their_own_request(house: House, name: str) -> None:
    """The approver may not be the requester, however the name is written."""
    house.say(approval("still", requested_by=name), "lawyer")
    assert "asked for it" in house.why("still")


def test_an_approval_that_names_no_requester_does_not_count(house: House) -> None:
    """Without a requester nobody can say that it was another person, so the approval does not count."""
    house.say(approval("still", requested_by=None), "lawyer")
    assert house.why("still") == "it does not say who asked for it"


def test_an_approval_for_another_title_or_channel_does_not_count(house: House) -> None:
    """A good signature for another title or channel approves nothing here."""
    house.say(approval("still", title=Title("S01E04")), "lawyer")
    house.say(approval("still", channel=Channel("broadcast")), "lawyer")
    assert house.outcome("still") is Outcome.REFUSE


def test_an_approval_replayed_from_another_catalogue_does_not_count(house: House) -> None:
    """What was signed for another catalogue's id is worth nothing in this one."""
    record = approval("still")
    house.catalogue.add_record(record, stamp(10), envelope_of(record, "lawyer", "another-store"))
    assert house.why("still") == "it was signed for another catalogue"


def test_an_edited_approval_does_not_count(house: House) -> None:
    """A signature taken from one approval does not carry over to an edited one."""
    wider = approval("still", minute=6)
    house.catalogue.add_record(wider, stamp(10), envelope_of(approval("plate", minute=6), "lawyer"))
    assert "what was signed is another record" in house.why("still")


def test_a_signature_over_another_payload_does_not_count(house: House) -> None:
    """An envelope whose payload was replaced under its signature is found out."""
    record = approval("still")
    stolen = envelope_of(approval("plate"), "lawyer")
    right = envelope_of(record, "stranger")
    house.catalogue.add_record(record, stamp(10), {**right, "signatures": stolen["signatures"]})
    assert "does not belong to what it is said to sign" in house.why("still")


def test_an_unknown_scheme_does_not_count(house: House) -> None:
    """A signature in a scheme that nobody here knows is not believed, and says so."""
    record = approval("still")
    envelope = envelope_of(record, "lawyer")
    envelope["signatures"][0]["scheme"] = "webauthn"
    house.catalogue.add_record(record, stamp(10), envelope)
    assert "nobody here knows the scheme 'webauthn'" in house.why("still")


@pytest.mark.parametrize(
    "spoiled",
    [
        {},
        {"payloadType": "text/plain"},
        {"signatures": []},
        {"signatures": [{"keyid": 1, "sig": "", "scheme": "ed25519"}]},
        {"signatures": "none"},
        {"payload": "!!"},
        {"payload": base64.b64encode(b"[]").decode()},
    ],
    ids=str,
)
def test_a_spoiled_envelope_does_not_count(house: House, spoiled: dict[str, Any]) -> None:
    """An envelope in which anything is not as it should be is no signature, and no reason to fall over."""
    record = approval("still")
    envelope = {**envelope_of(record, "lawyer"), **spoiled} if spoiled else {}
    house.catalogue.add_record(record, stamp(10), envelope)
    assert house.why("still") != ""


def test_a_second_signature_that_is_good_is_enough(house: House) -> None:
    """One good signature by a listed person counts beside one of a stranger."""
    record = approval("still")
    both, stranger = envelope_of(record, "lawyer"), envelope_of(record, "stranger")
    both["signatures"] = [*stranger["signatures"], *both["signatures"]]
    house.catalogue.add_record(record, stamp(10), both)
    assert house.outcome("still") is Outcome.PASS


def test_a_word_that_was_recorded_unsigned_is_not_signed_afterwards(house: House) -> None:
    """A record is never edited: the same one with a signature is refused, and repeating the same changes nothing."""
    record = approval("still")
    house.say(record)
    with pytest.raises(SignatureRefused):
        house.say(record, "lawyer")
    other = approval("still", minute=6)
    assert house.say(other, "lawyer") == house.say(other, "lawyer")


def test_entries_that_were_swapped_or_cut_out_are_found(house: House) -> None:
    """A signed word that is moved, cut out, or loses its envelope breaks the chain, and the gate answers nothing."""
    first, second = (house.say(approval("still", minute=m), "lawyer") for m in (5, 6))
    path = house.catalogue.path
    seqs = [house.catalogue.find_record(name).entry for name in (first, second)]
    swap = f"UPDATE ledger SET body = (SELECT body FROM ledger WHERE seq = {seqs[1]}) WHERE seq = {seqs[0]}"
    cut = f"DELETE FROM ledger WHERE seq = {seqs[1]}"
    bare = f"UPDATE ledger SET body = CAST(json_remove(body, '$.envelope') AS BLOB) WHERE seq = {seqs[0]}"
    for statement in (bare, swap, cut):
        edit_behind(path, statement)
        with Catalogue.open(path) as opened, pytest.raises(BrokenEntry):
            opened.verify()


def test_a_clearance_counts_only_when_it_is_signed_in_its_role(house: House) -> None:
    """What is held passes on a signed clearance, and not on an unsigned one or one in another role."""
    house.say(dataclasses.replace(cleared("plate"), by="lawyer", role=ROLE))
    house.say(dataclasses.replace(cleared("plate", minute=6), by="lawyer"), "lawyer")
    assert house.outcome("plate") is Outcome.HOLD
    house.say(dataclasses.replace(cleared("plate", minute=7), by="lawyer", role=ROLE), "lawyer")
    assert house.outcome("plate") is Outcome.PASS


def test_a_word_that_something_was_filmed_counts_only_when_it_is_signed(house: House) -> None:
    """Anybody's word of a harmless origin is shown; only a listed person's makes an unknown file pass."""
    word = declared("plate", Origin.CAPTURED)
    house.say(word)
    assert house.outcome("plate") is Outcome.HOLD
    house.say(dataclasses.replace(word, by="lawyer", made_at=at(6)), "lawyer")
    assert house.outcome("plate") is Outcome.PASS


def test_anybodys_word_flags(house: House) -> None:
    """An unsigned word that something was generated flags it all the same."""
    house.say(declared("plate", Origin.AI_GENERATED))
    assert house.outcome("plate") is Outcome.REFUSE


def test_anybody_takes_an_approval_back(house: House) -> None:
    """A revocation by nobody in particular ends an approval: it can only make things stricter."""
    record = house.say(approval("still"), "lawyer")
    house.say(revoked(record))
    assert house.outcome("still") is Outcome.REFUSE


def test_nobody_unlisted_takes_a_flag_back(house: House) -> None:
    """A word that flags stands until a listed person takes it back, however many others did."""
    flag = house.say(declared("plate", Origin.AI_GENERATED))
    house.say(revoked(flag))
    assert house.outcome("plate") is Outcome.REFUSE
    house.say(revoked(flag, "stranger", 9), "stranger")
    assert house.outcome("plate") is Outcome.REFUSE
    house.say(revoked(flag, "lawyer"), "lawyer")
    assert house.outcome("plate") is Outcome.HOLD


def test_a_flag_comes_down_lineage_that_was_taken_back_by_nobody_who_may(house: House) -> None:
    """Neither the word on a parent nor the edge to it is ended by somebody who is not listed; circles do no harm."""
    take(house.catalogue, seen(evidence("print"), b"print.png", version=3), seen(evidence("cut"), b"c.png", version=4))
    flag = house.say(declared("plate", Origin.AI_GENERATED))
    edges = [
        house.say(derived("print", "plate")),
        house.say(derived("cut", "print")),
        house.say(derived("plate", "cut")),
    ]
    for target in (flag, *edges):
        house.say(revoked(target))
    assert house.catalogue.despite.flag(digest_of("cut"), {flag, *edges}) is not None
    found = house.catalogue.despite.flag(digest_of("cut"), {flag, *edges})
    assert found is not None
    assert (found.claim, found.record) == (Claim.AI_GENERATED, flag)
    assert [house.outcome(n) for n in ("print", "cut")] == [Outcome.REFUSE, Outcome.REFUSE]
    house.say(revoked(edges[0], "lawyer"), "lawyer")
    assert [house.outcome(n) for n in ("print", "cut")] == [Outcome.HOLD, Outcome.HOLD]


def test_a_key_that_is_not_listed_any_more_does_not_count(house: House) -> None:
    """After an administrator accepted a configuration without it, what a key signed before counts no more."""
    house.say(approval("still"), "lawyer")
    config = dataclasses.replace(house.config, people=PEOPLE[1:])
    house.accept(config=config, minute=11)
    assert house.outcome("still", config) is Outcome.REFUSE


def test_an_acceptance_cannot_be_taken_back(house: House) -> None:
    """An accepted configuration is followed by another one, and never revoked."""
    (accepted,) = house.catalogue.records_of_kind("configuration-acceptance")
    with pytest.raises(RecordUnknown):
        house.say(revoked(accepted.record.id))


def test_what_only_strangers_told_is_held_against_a_file_and_is_not_enough(house: House) -> None:
    """Under a policy that wants to be told, an unlisted person's telling leaves an approved file held."""
    policy = dataclasses.replace(house.policy, untold=Outcome.HOLD)
    wary = House(house.config, policy, house.catalogue, house.pool)
    wary.say(approval("still"), "lawyer")
    assert wary.outcome("still") is Outcome.HOLD
    wary.say(told("still", "stranger"), "stranger")
    assert wary.outcome("still") is Outcome.HOLD
    telling = wary.say(told("still", "editor"), "editor")
    assert wary.outcome("still") is Outcome.PASS
    wary.say(revoked(telling))
    assert wary.outcome("still") is Outcome.PASS
    wary.say(revoked(telling, "lawyer", 9), "lawyer")
    assert wary.outcome("still") is Outcome.HOLD


def test_an_attestation_counts_only_when_it_is_signed(house: House) -> None:
    """Under a policy that wants an attestation, one that nobody signed leaves the file held."""
    policy = dataclasses.replace(house.policy, attest=frozenset({Origin.UNKNOWN}))
    wary = House(house.config, policy, house.catalogue, house.pool)
    word = Attestation(by="lawyer", reason="seen", made_at=at(5), subjects=(subject("plate"),), role=ROLE)
    wary.say(word)
    assert wary.outcome("plate") is Outcome.HOLD
    wary.say(dataclasses.replace(word, made_at=at(6)), "lawyer")
    assert wary.outcome("plate") is Outcome.PASS


def test_envelopes_come_back_as_they_were(house: House) -> None:
    """The ledger keeps an envelope to the letter, and the record's id is over the record alone."""
    record = approval("still")
    envelope = envelope_of(record, "lawyer")
    name = house.catalogue.add_record(record, stamp(10), envelope)
    filed = house.catalogue.find_record(name)
    assert (filed.record, filed.envelope, name) == (record, envelope, record.id)
    found = envelope_from(json.loads(json.dumps(envelope)))
    assert found.content() == envelope
    house.catalogue.verify()


def test_where_nothing_has_to_be_signed_everything_counts(house: House) -> None:
    """In mode unsigned an unsigned word counts and is called so, and a stranger's signature adds nothing to it."""
    config = configuration(house.config.path.parent, approvals=type(house.config.approvals).UNSIGNED)
    house.accept(config=config, minute=3)
    record = house.say(approval("still", by="stranger"), "stranger")
    run = house.run("still", config=config)
    assert run is not None
    assert run.outcome is Outcome.PASS
    assert run.authorities == {} or run.authorities[record].standing.value == "unsigned"


def test_a_key_is_its_bytes(house: House) -> None:
    """Another key under the fingerprint of a listed one is not believed: the listed key itself is asked."""
    record = approval("still")
    envelope = envelope_of(record, "stranger")
    envelope["signatures"][0]["keyid"] = signer("lawyer").public.fingerprint
    house.catalogue.add_record(record, stamp(10), envelope)
    assert "it is by the key" in house.why("still")
    assert isinstance(LEGAL.keys[0], PublicKey)


@pytest.mark.parametrize("together", [1, 2, 9])
@pytest.mark.parametrize("by", ["lawyer", "stranger", None])
def test_a_signature_that_was_checked_ahead_is_worth_the_same(
    house: House, by: str | None, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking ahead changes when a signature is checked, alone or with others, and nothing of what comes of it."""
    monkeypatch.setattr("provenance.voices._TOGETHER", together)
    stills = ("still", "other", "third")
    names = [house.say(approval(still), by if still == "still" else "lawyer") for still in stills]
    ahead, asked = (voices_of(house.gate(), at(20)) for _ in range(2))
    for still in (*stills, "still"):
        ahead.look_ahead(digest_of(still))
    assert [ahead.authority_of(name) for name in names] == [asked.authority_of(name) for name in names]
    assert [ahead.authority_of(name).counts for name in names] == [by == "lawyer", True, True]
