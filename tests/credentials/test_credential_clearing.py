"""When a claim that something was captured or made by people clears a file, and when it does not."""

from typing import Any

import pytest

from provenance.containers import walk
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, State, Strength
from provenance.files import BufferMedia
from tests import newsroom as room

CREATED = room.action("created", room.DRAWN)
PLACED = room.action("placed", **room.about("part"))
METADATA = {
    "@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
    "Iptc4xmpExt:DigitalSourceType": room.CAPTURE,
}


def look(data: bytes, trust: Trust) -> Reading:
    """Read bytes as an examination does."""
    media = BufferMedia(data)
    return CredentialReader(trust).read(media, walk(media))


STUDIO = room.studio()
MAY_CLEAR = room.trusting(STUDIO, may_clear=True)


def clears(data: bytes, trust: Trust) -> bool:
    """Whether anything in a file's credential may clear it."""
    return any(s.clears for s in look(data, trust).signals)


@pytest.mark.parametrize(("term", "claim"), [(room.CAPTURE, Claim.CAPTURED), (room.DRAWN, Claim.CREATED)])
def test_a_claim_of_a_signer_who_may_clear_clears(term: str, claim: Claim) -> None:
    """A trusted signer under an anchor with that right says it of the whole file."""
    signals = look(room.signed(room.manifest(room.action("created", term))), MAY_CLEAR).signals
    assert [(s.claim, s.strength, s.clears) for s in signals] == [(claim, Strength.SIGNED, True)]


def test_trust_alone_does_not_clear() -> None:
    """An anchor without the right makes a signer trusted and nothing more."""
    data = room.signed(room.manifest(room.action("created", room.CAPTURE)))
    assert not clears(data, room.trusting(STUDIO))
    assert not clears(data, Trust())


def test_an_anchor_that_may_clear_lends_nothing_to_another() -> None:
    """With both on the list, only the signer under the one that may clear does."""
    other = room.studio("Somebody Else")
    both = Trust((room.anchor(STUDIO, may_clear=True), room.anchor(other)))
    created = room.manifest(room.action("created", room.CAPTURE))
    theirs = room.signed(created, by=other)
    assert look(theirs, both).credential.state is State.TRUSTED
    assert not clears(theirs, both)
    assert clears(room.signed(created), both)


def test_a_development_identity_never_clears() -> None:
    """Even with its root on the list by other ways than the configuration, which refuses it."""
    by = room.developer()
    data = room.signed(room.manifest(room.action("created", room.CAPTURE)), by=by)
    trust = room.trusting(by, may_clear=True)
    assert look(data, trust).credential.state is State.TRUSTED
    assert not clears(data, trust)


@pytest.mark.parametrize("history", ["unknown", "opened", "generated", "captured", "removed", "input"])
def test_a_part_of_unknown_history_keeps_the_whole_from_clearing(history: str) -> None:
    """Each part that is still in the file needs a credential that says as much; what is not in it does not."""
    opened = room.manifest(room.action("opened", **room.about("part")))
    unknown = room.Part(room.media(room.PNG), relation="parentOf")
    data = {
        "opened": room.signed(opened, media_type=room.PNG, parts=[unknown]),
        "generated": room.generated(),
        "captured": room.signed(room.manifest(room.action("created", room.CAPTURE)), media_type=room.PNG),
    }.get(history, room.media(room.PNG))
    part = room.Part(data, relation="inputTo" if history == "input" else "componentOf")
    actions = [room.action("created", room.CAPTURE)]
    actions += [PLACED] if history != "input" else []
    actions += [room.action("removed", **room.about("part"))] if history == "removed" else []
    signed = room.signed(room.manifest(*actions), parts=[part])
    assert clears(signed, MAY_CLEAR) is (history in {"captured", "removed", "input"})


@pytest.mark.parametrize(
    "manifest",
    [
        room.manifest(room.action("created", f"{room.IPTC}algorithmicMedia"), room.action("edited", room.CAPTURE)),
        room.manifest(room.action("created", f"{room.IPTC}empty"), templates=[{**CREATED, "action": "*"}]),
        room.manifest(
            room.action("created", f"{room.IPTC}empty"),
            assertions=[("cawg.metadata", METADATA)],
        ),
    ],
    ids=["another action", "a template", "metadata"],
)
def test_a_claim_of_non_ai_origin_counts_on_created_alone(manifest: dict[str, Any]) -> None:
    """A capture that is claimed anywhere else is noted, whoever signed it."""
    assert not clears(room.signed(manifest), MAY_CLEAR)
    assert not {s.claim for s in look(room.signed(manifest), MAY_CLEAR).signals} & {Claim.CAPTURED, Claim.CREATED}
