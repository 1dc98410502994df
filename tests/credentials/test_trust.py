import datetime as dt
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.config import Anchor, AnchorPurpose
from provenance.containers import walk
from provenance.credentials.keys import new_identity
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust, load_trust, trust_digest
from provenance.errors import ConfigInvalid
from provenance.evidence import State
from provenance.files import BufferMedia
from tests import newsroom as room

SIGNER, TIMESTAMP = AnchorPurpose.SIGNER, AnchorPurpose.TIMESTAMP


def anchor(
    folder: Path, pem: bytes, purpose: AnchorPurpose = SIGNER, *, may_clear: bool = False, name: str = "ca.pem"
) -> Anchor:
    """Write a PEM file and return the configuration's line about it."""
    path = folder / name
    path.write_bytes(pem)
    return Anchor(path, purpose, may_clear)


def state(data: bytes, trust: Trust) -> State:
    """Return the state of a signed file under a trust list."""
    media = BufferMedia(data)
    return CredentialReader(trust).read(media, walk(media)).credential.state


def test_a_loaded_anchor_makes_its_signer_trusted(tmp_path: Path) -> None:
    """The root in a file is what the SDK believes; the list is frozen, hashable and travels to workers."""
    trust = load_trust((anchor(tmp_path, room.studio().root),))
    assert state(room.generated(), trust) is State.TRUSTED
    assert state(room.generated(by=room.studio("Somebody Else")), trust) is State.UNTRUSTED
    again = pickle.loads(pickle.dumps(trust))
    assert (again, hash(again)) == (trust, hash(trust))


def test_several_certificates_and_words_between_them_are_read(tmp_path: Path) -> None:
    """A bundle with comments, as authorities publish them, is taken apart before the SDK sees it."""
    bundle = b"# first\n" + room.studio("Somebody Else").root + b"\n# second\n" + room.studio().root
    trust = load_trust((anchor(tmp_path, bundle),))
    assert len(trust.anchors) == 2
    assert state(room.generated(), trust) is State.TRUSTED


def test_a_time_stamps_anchor_never_makes_a_signer_trusted(tmp_path: Path) -> None:
    """The SDK would trust a signer under it, so it is never told."""
    trust = load_trust((anchor(tmp_path, room.studio().root, TIMESTAMP),))
    assert [a.purpose for a in trust.anchors] == [TIMESTAMP]
    assert (trust.signers, trust.clearing) == (b"", b"")
    assert state(room.generated(), trust) is State.UNTRUSTED


def test_no_anchors_are_no_trust() -> None:
    """An empty list is empty: nobody is on it, and it has no digest."""
    assert load_trust(()) == Trust((), None)
    assert trust_digest(()) is None
    assert state(room.generated(), Trust()) is State.UNTRUSTED


def test_no_anchors_cost_no_import() -> None:
    """Without anchors the certificate library is not even loaded."""
    code = (
        "import sys, provenance.credentials.read, provenance.credentials.trust as t; t.load_trust(()); "
        "t.trust_digest(()); sys.exit(bool({'c2pa', 'cryptography'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_only_the_anchors_that_may_clear_are_asked_about_clearing(tmp_path: Path) -> None:
    """The two lists are kept apart."""
    other = room.studio("Somebody Else")
    one = anchor(tmp_path, room.studio().root, may_clear=True, name="one.pem")
    trust = load_trust((one, anchor(tmp_path, other.root, name="two.pem")))
    assert trust.clearing == room.studio().root
    assert trust.signers == room.studio().root + other.root


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no certificate"),
        (b"hello", "no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"),
        (room.studio().certificates, "not an authority"),
        (room.studio().root + room.studio().private_key, "private key"),
    ],
    ids=["empty", "words", "nonsense", "leaf", "key"],
)
def test_what_is_no_anchor_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """Nothing is trusted by halves: a file that is not what it should be stops the program, and says which file."""
    with pytest.raises(ConfigInvalid, match=says) as caught:
        load_trust((anchor(tmp_path, content),))
    assert "ca.pem" in caught.value.message


def test_a_missing_anchor_is_refused(tmp_path: Path) -> None:
    """A path that leads nowhere is no empty list, not even for the digest."""
    missing = (Anchor(tmp_path / "none.pem", SIGNER, may_clear=False),)
    for look in (load_trust, trust_digest):
        with pytest.raises(ConfigInvalid, match="cannot be read"):
            look(missing)


@pytest.mark.parametrize(("days", "says"), [(2, "expired on"), (-2, "valid only from")])
def test_an_anchor_out_of_its_time_is_refused(tmp_path: Path, days: int, says: str) -> None:
    """A certificate that is over, or not yet valid, is not quietly passed over."""
    now = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    with pytest.raises(ConfigInvalid, match=says):
        load_trust((anchor(tmp_path, room.studio().root),), now=now)


def test_a_development_identity_may_be_trusted_and_may_never_clear(tmp_path: Path) -> None:
    """Whoever made the identity made it alone: with the right to clear it is refused, without it is welcome."""
    root = new_identity("somebody").root
    assert load_trust((anchor(tmp_path, root),)).anchors
    with pytest.raises(ConfigInvalid, match="development identity"):
        load_trust((anchor(tmp_path, root, may_clear=True),))


def test_a_time_stamps_anchor_may_not_clear(tmp_path: Path) -> None:
    """A time says nothing of origin."""
    with pytest.raises(ConfigInvalid, match="can never clear"):
        load_trust((anchor(tmp_path, room.studio().root, TIMESTAMP, may_clear=True),))


def test_the_digest_changes_with_bytes_purpose_and_right_alone(tmp_path: Path) -> None:
    """What decides is in it; names, places and order are not."""
    root, other = room.studio().root, room.studio("Somebody Else").root
    one, two = anchor(tmp_path, root, name="1.pem"), anchor(tmp_path, other, name="2.pem")
    plain = trust_digest((one, two))
    assert plain == trust_digest((two, one)) == load_trust((one, two)).sha256
    assert plain == trust_digest((anchor(tmp_path, root, name="3.pem"), two))
    changed = [
        trust_digest((one,)),
        trust_digest((Anchor(one.path, SIGNER, may_clear=True), two)),
        trust_digest((Anchor(one.path, TIMESTAMP, may_clear=False), two)),
        trust_digest((anchor(tmp_path, root + b"\n", name="4.pem"), two)),
    ]
    assert len({plain, *changed}) == 5
