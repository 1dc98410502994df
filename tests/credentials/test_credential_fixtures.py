"""The committed fixtures are what they were, and read as their names say."""

import hashlib
from pathlib import Path

import pytest

from provenance.containers import walk
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, State
from provenance.files import BufferMedia

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "media"
SUFFIXES = {".jpg", ".png"}


def test_every_fixture_has_the_digest_that_was_written_down() -> None:
    """Signatures are random, so the files themselves are kept, and none is changed or left out by accident."""
    rows = [line.split() for line in (FIXTURES / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in rows}
    there = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FIXTURES.iterdir() if p.suffix in SUFFIXES}
    assert there == listed


@pytest.mark.parametrize(
    ("name", "state", "claims"),
    [
        ("plain.jpg", State.ABSENT, set()),
        ("plain.png", State.ABSENT, set()),
        ("captured.jpg", State.UNTRUSTED, {Claim.CAPTURED}),
        ("ai-generated.png", State.UNTRUSTED, {Claim.AI_GENERATED}),
        ("ai-edited-by-hand.jpg", State.UNTRUSTED, {Claim.AI_GENERATED}),
        ("signed-then-expired.jpg", State.UNTRUSTED, {Claim.AI_GENERATED}),
        ("parent-tampered-afterwards.jpg", State.BROKEN, {Claim.NOTED}),
    ],
)
def test_a_fixture_reads_as_its_name_says(name: str, state: State, claims: set[Claim]) -> None:
    """Each stands for one story, and for no other."""
    media = BufferMedia((FIXTURES / name).read_bytes())
    reading = CredentialReader(Trust()).read(media, walk(media))
    assert reading.credential.state is state
    assert {s.claim for s in reading.signals} == claims
