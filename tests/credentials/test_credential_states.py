import io
import os
import random
from pathlib import Path
from typing import Any

import pytest

from provenance.containers import Container, Format, walk
from provenance.containers.model import Carries
from provenance.credentials.codes import RULES, SDK_STATES, Bearing, judge_refusal, judge_store, rule_for
from provenance.credentials.read import CredentialReader, Reading, _time, sdk_version
from provenance.credentials.sdk import Draft, Refused, SignAs, write_store
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, Source, State, Strength
from provenance.files import BufferMedia, FileMedia
from tests import newsroom as room

PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = PROJECT / "fixtures" / "media"
FLAGS = {Claim.AI_GENERATED, Claim.AI_ASSISTED}


def look(data: bytes, trust: Trust | None = None) -> Reading:
    """Read bytes as an examination does."""
    media = BufferMedia(data)
    return CredentialReader(trust or Trust()).read(media, walk(media))


def store(state: str = "Valid", **results: Any) -> dict[str, Any]:
    """Return what the SDK says of an intact store, with `failure` and `deltas` put in."""
    confirmed = ("signingCredential.trusted", "claimSignature.validated", "assertion.dataHash.match")
    success = [{"code": code} for code in confirmed]
    active = {"success": results.get("success", success), "failure": [{"code": c} for c in results.get("failure", ())]}
    deltas = [{"validationDeltas": {"failure": [{"code": c}]}} for c in results.get("deltas", ())]
    return {"validation_state": state, "validation_results": {"activeManifest": active, "ingredientDeltas": deltas}}


# --- remains ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media_type", "retag"), [(room.PNG, room.retagged_png), (room.JPEG, room.retagged_jpeg)], ids=["caBY", "APP12"]
)
def test_a_store_under_another_name_is_unreadable_and_still_flags(media_type: str, retag: Any) -> None:
    """`caBX` renamed `caBY`, or APP11 renamed APP12: the SDK finds none, the walk finds remains, the AI term flags."""
    reading = look(retag(room.generated(media_type)))
    assert reading.credential.state is State.UNREADABLE
    assert [(s.claim, s.strength) for s in reading.signals] == [(Claim.AI_GENERATED, Strength.BROKEN)]


def test_a_zeroed_first_byte_is_unreadable_and_still_flags() -> None:
    """A JPEG without its first byte is of no type, which hides nothing: its credential's remains are searched."""
    reading = look(b"\0" + room.generated(room.JPEG)[1:])
    assert reading.credential.state is State.UNREADABLE
    assert {s.claim for s in reading.signals} == {Claim.AI_GENERATED}


def test_random_bytes_are_unreadable() -> None:
    """Content of no known type is unreadable, whatever its name was."""
    assert look(random.Random(7).randbytes(4096)).credential.state is State.UNREADABLE


def test_an_empty_file_is_unreadable() -> None:
    """Nothing at all is of no known type; the SDK would call it unsupported."""
    assert look(b"").credential.state is State.UNREADABLE


def test_text_that_talks_of_credentials_is_no_wreck_of_one() -> None:
    """A file that only mentions manifests and AI terms, a program or a report, is not flagged for that."""
    reading = look(b'\0{"jumb": "self#jumbf=/c2pa/x", "type": "trainedAlgorithmicMedia"}')
    assert reading.signals == ()


@pytest.mark.parametrize("media_type", [room.PNG, room.JPEG, room.WAV, room.MP4])
def test_one_flipped_byte_anywhere_never_makes_an_ai_file_clean(media_type: str) -> None:
    """Wherever one bit of a signed AI file is flipped, it is flagged or held: never absent, never without a reason."""
    data = room.generated(media_type)
    reader = CredentialReader(Trust())
    for at in range(0, len(data), 23):
        media = BufferMedia(room.flipped(data, at))
        reading = reader.read(media, walk(media))
        flagged = any(s.claim in FLAGS for s in reading.signals)
        held = reading.credential.state in {State.UNREADABLE, State.BROKEN, State.REMOTE}
        assert flagged or held, at


def test_the_content_decides_the_type() -> None:
    """The reader is never told a name, so a signed MP4 called `.jpg` reads like any other."""
    assert look(room.generated(room.MP4)).credential.state is State.UNTRUSTED


def test_a_large_file_is_read_from_its_descriptor(tmp_path: Path) -> None:
    """Media that are not in memory read the same, and their remains are found at both ends."""
    path = tmp_path / "film.mp4"
    path.write_bytes(room.generated(room.MP4))
    with path.open("rb") as stream:
        media = FileMedia(stream.fileno())
        assert CredentialReader(Trust()).read(media, walk(media)).credential.state is State.UNTRUSTED
    remains = room.generated(room.JPEG)[2:]
    path.write_bytes(bytes(40 << 20) + remains)
    with path.open("rb") as stream:
        media = FileMedia(stream.fileno())
        reading = CredentialReader(Trust()).read(media, walk(media))
    assert {s.claim for s in reading.signals} == {Claim.AI_GENERATED}


@pytest.mark.parametrize(
    ("data", "container", "says"),
    [
        (b"mxf", Container(Format("application/mxf", Carries.NO), residue=("a jumb box at 7",)), "a jumb box at 7"),
        (b"font", Container(Format("font/otf", Carries.YES)), "nothing here reads"),
        (room.media(room.PNG), Container(Format(room.PNG, Carries.YES, room.PNG), residue=("caBY",)), "caBY"),
    ],
)
def test_remains_and_types_without_a_reader_are_unreadable(data: bytes, container: Container, says: str) -> None:
    """What the walk found is never outvoted: not by a type that carries none, not by an SDK that finds none."""
    credential = CredentialReader(Trust()).read(BufferMedia(data), container).credential
    assert credential.state is State.UNREADABLE
    assert says in str(credential.why)


def test_a_url_does_not_excuse_remains(samples: Path) -> None:
    """A file that names a remote credential and holds the remains of another is unreadable, and keeps the URL."""
    media = BufferMedia((samples / "c2pa-rs/libpng-test_with_url.png").read_bytes())
    container = Container(Format(room.PNG, Carries.YES, room.PNG), residue=("caBY",))
    credential = CredentialReader(Trust()).read(media, container).credential
    assert credential.state is State.UNREADABLE
    assert credential.remote_url == "http://localhost:5000/libpng-test.c2pa"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-09-25T10:29:07+02:00", "2024-09-25T08:29:07Z"),
        ("2024-09-25T08:29:07Z", "2024-09-25T08:29:07Z"),
        ("2024-09-25T08:29:07", None),
        ("yesterday", None),
        (7, None),
    ],
)
def test_a_time_is_told_in_utc_or_not_at_all(text: object, time: str | None) -> None:
    """A time without a zone, or none at all, is not guessed."""
    assert _time(text) == time


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_certificate_that_expired_since_leaves_an_intact_credential_untrusted() -> None:
    """Signed in time, read too late: the SDK says Invalid, yet nothing about the content is wrong; it still flags."""
    reading = look((FIXTURES / "signed-then-expired.jpg").read_bytes())
    assert reading.credential.state is State.UNTRUSTED
    assert "signingCredential.expired" in reading.credential.codes
    assert [(s.claim, s.strength) for s in reading.signals] == [(Claim.AI_GENERATED, Strength.SIGNED_UNTRUSTED)]


def test_a_fault_in_an_ingredient_that_nobody_recorded_breaks() -> None:
    """The active manifest is intact, but its parent's credential was changed after it was signed: broken."""
    credential = look((FIXTURES / "parent-tampered-afterwards.jpg").read_bytes()).credential
    assert credential.state is State.BROKEN
    assert credential.codes == ("signingCredential.untrusted",)
    assert "ingredient.manifest.mismatch" in credential.ingredient_codes


def test_a_signer_on_the_list_is_trusted_and_any_other_is_not() -> None:
    """The same bytes are trusted under the studio's root and untrusted under somebody else's."""
    data = room.generated()
    assert look(data, room.trusting(room.studio())).credential.state is State.TRUSTED
    assert look(data, room.trusting(room.studio("Somebody Else"))).credential.state is State.UNTRUSTED
    assert {s.strength for s in look(data, room.trusting(room.studio())).signals} == {Strength.SIGNED}


def test_a_trusted_signer_over_an_untrusted_ingredient_is_trusted() -> None:
    """Who signed an ingredient is the ingredient's affair; the state is about the active manifest."""
    theirs = room.generated(by=room.studio("Somebody Else"))
    part = room.Part(theirs)
    data = room.signed(
        room.manifest(room.action("created", room.DRAWN), room.action("placed", **room.about("part"))), parts=[part]
    )
    credential = look(data, room.trusting(room.studio())).credential
    assert (credential.state, credential.ingredient_codes) == (State.TRUSTED, ())


def test_a_sidecar_is_bound_to_its_bytes() -> None:
    """A sidecar for one film reads on that film, and is broken, unreadable or empty beside anything else."""
    film, other = room.media(room.MOV), room.media(room.WAV)
    by = room.studio()
    draft = Draft(room.manifest(room.action("created", room.TRAINED)), "application/octet-stream", embed=False)
    sidecar = write_store(draft, SignAs("es256", by.certificates, by.private_key), io.BytesIO(film), io.BytesIO())
    reader = CredentialReader(Trust())

    def beside(data: bytes, manifest: bytes) -> Reading:
        media = BufferMedia(data)
        return reader.read_sidecar(media, walk(media), manifest)

    good = beside(film, sidecar)
    assert (good.credential.state, good.credential.source) == (State.UNTRUSTED, Source.SIDECAR)
    assert [s.claim for s in good.signals] == [Claim.AI_GENERATED]
    assert beside(other, sidecar).credential.state is State.BROKEN
    assert beside(film, room.flipped(sidecar, len(sidecar) // 2)).credential.state in {State.BROKEN, State.UNREADABLE}
    for nonsense in (b"", b"not a store", sidecar[: len(sidecar) // 2]):
        assert beside(film, nonsense).credential.state is State.UNREADABLE
    assert beside(b"\0\0of no type\0", sidecar).credential.state is State.BROKEN


def test_a_reader_survives_a_fork() -> None:
    """An SDK context is dead in a forked child, so the reader makes itself a new one there."""
    data = room.generated()
    media = BufferMedia(data)
    reader, container = CredentialReader(Trust()), walk(media)
    assert reader.read(media, container).credential.state is State.UNTRUSTED
    child = os.fork()
    if child == 0:
        os._exit(0 if reader.read(media, container).credential.state is State.UNTRUSTED else 1)
    assert os.waitpid(child, 0)[1] == 0


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_published_table_is_the_codes_own() -> None:
    """docs/credentials.md lists the rules, in their order, and the SDK's words, exactly as the program has them."""
    lines = (PROJECT / "docs" / "credentials.md").read_text().splitlines()
    rules = [f"| `{r.pattern}` | {r.bearing.value} | {r.says} |" for r in RULES]
    states = [f"| `{word}` | {best} |" for word, best in SDK_STATES.items()]
    for rows in (rules, states):
        start = lines.index(rows[0])
        assert lines[start : start + len(rows) + 1] == [*rows, ""]
    named = [line.split("`")[1] for line in lines[: lines.index("## Trust")] if line.startswith("| `")]
    assert named[:7] == [s.value for s in State]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (store("Trusted"), State.TRUSTED),
        (store("Valid", failure=["signingCredential.untrusted"]), State.UNTRUSTED),
        (store("Invalid", failure=["signingCredential.expired"]), State.UNTRUSTED),
        (store("Invalid", failure=["signingCredential.invalid"]), State.UNTRUSTED),
        (store("Invalid", failure=["signingCredential.not.thought.of.yet"]), State.UNTRUSTED),
        (store("Trusted", failure=["signingCredential.ocsp.revoked"]), State.UNTRUSTED),
        (store("Trusted", failure=["cawg.x509.credential.untrusted"]), State.TRUSTED),
        (store("Valid"), State.UNTRUSTED),
        (store("Invalid"), State.UNTRUSTED),
        (store("Trusted", deltas=["signingCredential.untrusted"]), State.TRUSTED),
        (store("Trusted", deltas=["assertion.dataHash.mismatch"]), State.BROKEN),
        (store("Trusted", failure=["a.code.of.tomorrow"]), State.BROKEN),
        (store("Valid", failure=["signingCredential.untrusted", "claimSignature.mismatch"]), State.BROKEN),
        (store("Trusted", success=[{"code": "assertion.dataHash.match"}]), State.BROKEN),
        (store("Trusted", success=store()["validation_results"]["activeManifest"]["success"][1:]), State.UNTRUSTED),
        (store("Trusted", success=[{"code": "claimSignature.validated"}]), State.BROKEN),
        (store("Splendid"), State.UNREADABLE),
        ({"validation_state": "Trusted"}, State.UNREADABLE),
        ({}, State.UNREADABLE),
        ({"validation_state": ["Trusted"], "validation_results": {"activeManifest": {}}}, State.UNREADABLE),
    ],
)
def test_the_state_of_a_store_follows_its_codes(told: dict[str, Any], state: State) -> None:
    """Failures weigh more than the SDK's own word, what is unknown breaks, and what is not confirmed is not intact."""
    assert judge_store(told).state is state


@pytest.mark.parametrize("odd", [None, "x", 7, ["x"], {"code": 7}, [{}], [None]])
def test_a_failure_without_a_name_still_breaks(odd: Any) -> None:
    """Whatever stands where a failure should, it is never read as none, save for nothing at all."""
    told = store("Trusted")
    told["validation_results"]["activeManifest"]["failure"] = odd
    assert judge_store(told).state is (State.TRUSTED if odd is None else State.BROKEN)


def test_a_delta_nobody_understands_breaks() -> None:
    """An ingredient delta of another shape is a fault, not silence."""
    told = store("Trusted")
    told["validation_results"]["ingredientDeltas"] = ["?"]
    assert judge_store(told).state is State.BROKEN


@pytest.mark.parametrize(
    ("refused", "state"),
    [
        (Refused("C2paError", "Remote: must fetch remote manifests from url http://a/b"), State.REMOTE),
        (Refused("Other", "Remote: must fetch remote manifests from url http://a/b"), State.UNREADABLE),
        (Refused("C2paError", "Remote: something new"), State.UNREADABLE),
        (Refused("NotSupported", "type is unsupported"), State.UNREADABLE),
        (Refused("Verify", ""), State.UNREADABLE),
    ],
)
def test_what_the_sdk_raises_is_unreadable_unless_it_names_a_url(refused: Refused, state: State) -> None:
    """One exception is positively known; any other, however it is called, means that nobody could look."""
    judged = judge_refusal(refused)
    assert judged.state is state
    assert judged.why
    assert (judged.remote_url is not None) is (state is State.REMOTE)


def test_every_code_has_a_rule_and_the_last_rule_fails_closed() -> None:
    """There is always a row for a code; the one for codes nobody knows is about content."""
    assert rule_for("") is rule_for("no.such.code") is RULES[-1]
    assert RULES[-1].bearing is Bearing.CONTENT
    assert rule_for("signingCredential.ocsp.revoked").bearing is Bearing.SIGNER


def test_the_sdk_is_at_least_the_one_whose_bypasses_were_closed() -> None:
    """Below 0.91 changed files could validate as trusted."""
    assert tuple(int(part) for part in sdk_version().split(".")[:2]) >= (0, 91)
