import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from provenance.asset import UtcTime
from provenance.containers import walk
from provenance.credentials import sign
from provenance.credentials.essence import essence_digest
from provenance.credentials.keys import SigningKey, check_signer
from provenance.credentials.mirror import Mirror
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.sdk import Draft, SignAs, new_context, read_store, write_store
from provenance.credentials.sign import MarkRequest, mark, uri_of
from provenance.credentials.trust import Trust
from provenance.errors import (
    CannotCarry,
    ChangedWhileRead,
    DestinationExists,
    FileMissing,
    NotARegularFile,
    ReadBackDiffers,
    SigningFailed,
    SourceTypeRefused,
)
from provenance.evidence import Claim, Relation, State
from provenance.files import BufferMedia
from provenance.sourcetype import Term, claim_of, term_of
from tests import newsroom as room

AI = Term.TRAINED_ALGORITHMIC_MEDIA
EMBEDS = (room.JPEG, room.PNG, room.TIFF, room.WEBP, room.MP4, room.MOV, room.WAV, room.MP3, room.PDF)
MXF = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\x00\x83\x00\x00\x04" + bytes(4) + bytes(500)


@pytest.fixture(scope="module")
def signer() -> SigningKey:
    """A studio's signer."""
    by = room.studio()
    return check_signer(by.certificates, by.private_key)


def source_in(folder: Path, data: bytes, name: str = "the secret ending.bin") -> Path:
    """Write a source file."""
    path = folder / name
    path.write_bytes(data)
    return path


def look(path: Path) -> Reading:
    """Read a file as an examination does."""
    media = BufferMedia(path.read_bytes())
    return CredentialReader(Trust()).read(media, walk(media))


def active_of(data: bytes, media_type: str, manifest: bytes | None = None) -> dict[str, Any]:
    """Return the active manifest as the SDK shows it."""
    told = read_store(new_context(), media_type, io.BytesIO(data), manifest)
    assert isinstance(told, dict)
    found = told["manifests"][told["active_manifest"]]
    assert isinstance(found, dict)
    return found


# --- embedded --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("media_type", EMBEDS)
def test_every_format_reads_back_what_was_written(tmp_path: Path, signer: SigningKey, media_type: str) -> None:
    """The mark stands in the copy, the pictures or sound are those of the source, and the source is as it was."""
    data = room.media(media_type)
    source, target = source_in(tmp_path, data), tmp_path / "out" / "marked"
    target.parent.mkdir()
    result = mark(MarkRequest(source=source, destination=target, term=AI, signer=signer, tool="Example Model 1"))
    reading = look(target)
    assert (result.credential, result.parent) == (reading.credential, None)
    assert reading.credential.state is State.UNTRUSTED
    place = "manifest 1 of 1 / c2pa.actions.v2 / c2pa.created"
    assert [(s.claim, s.place, s.says) for s in reading.signals] == [(Claim.AI_GENERATED, place, AI.value)]
    assert source.read_bytes() == data
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["marked", "out", source.name]
    before, after = (essence_digest(BufferMedia(d)) for d in (data, target.read_bytes()))
    assert before == after
    assert (before is None) is (media_type == room.PDF)


@pytest.mark.parametrize("media_type", [room.JPEG, room.PNG, room.TIFF, room.WEBP])
def test_pictures_show_the_same_pixels(tmp_path: Path, signer: SigningKey, media_type: str) -> None:
    """Everybody else's decoder agrees that nothing but the credential was added."""
    source = source_in(tmp_path, room.media(media_type))
    result = mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    with Image.open(source) as before, Image.open(result.destination) as after:
        assert before.tobytes() == after.tobytes()


def test_nothing_private_is_written(tmp_path: Path, signer: SigningKey) -> None:
    """No thumbnail, no title, no file name, no time, no author: what stands in it is what was asked for."""
    source = source_in(tmp_path, room.media(room.JPEG))
    result = mark(MarkRequest(source=source, destination=tmp_path / "out.jpg", term=AI, signer=signer))
    data = result.destination.read_bytes()
    active = active_of(data, room.JPEG)
    assert b"thumbnail" not in data
    assert b"secret" not in data
    assert set(active) == {
        "claim_generator_info",
        "instance_id",
        "assertions",
        "signature_info",
        "label",
        "claim_version",
    }
    action = {"action": "c2pa.created", "digitalSourceType": uri_of(AI)}
    assert active["assertions"] == [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]
    assert active["claim_generator_info"][0]["name"] == "provenance"
    assert "time" not in active["signature_info"]


def test_the_parents_thumbnail_is_not_made_either(tmp_path: Path, signer: SigningKey) -> None:
    """A source with a credential becomes an ingredient, without a picture of it."""
    source = source_in(tmp_path, room.generated(room.JPEG))
    result = mark(MarkRequest(source=source, destination=tmp_path / "out.jpg", term=AI, signer=signer))
    assert b"thumbnail" not in result.destination.read_bytes()


def test_a_tool_is_named_where_it_is_given(tmp_path: Path, signer: SigningKey) -> None:
    """The tool stands beside the source type, made harmless."""
    source = source_in(tmp_path, room.media(room.PNG))
    request = MarkRequest(
        source=source, destination=tmp_path / "o", term=AI, signer=signer, tool="Model\x1b[31m \udcff"
    )
    (assertion,) = active_of(mark(request).destination.read_bytes(), room.PNG)["assertions"]
    assert assertion["data"]["actions"][0]["softwareAgent"]["name"] == "Model\\x1b[31m \\udcff"


@pytest.mark.parametrize("sidecar", [False, True], ids=["embedded", "sidecar"])
@pytest.mark.parametrize("media_type", [room.JPEG, room.PNG, room.MP4])
def test_an_existing_credential_becomes_the_parent(
    tmp_path: Path, signer: SigningKey, media_type: str, sidecar: bool
) -> None:
    """The history is kept, and the file is opened, not created once more."""
    source = source_in(tmp_path, room.generated(media_type))
    had = look(source).credential.label
    target = tmp_path / "out"
    result = mark(MarkRequest(source=source, destination=target, term=AI, signer=signer, sidecar=sidecar))
    assert result.parent == had
    data, manifest = (source.read_bytes(), target.read_bytes()) if sidecar else (target.read_bytes(), None)
    media = BufferMedia(data)
    reader = CredentialReader(room.trusting(room.studio()))
    reading = reader.read_sidecar(media, walk(media), manifest) if manifest else reader.read(media, walk(media))
    assert reading.credential.state is State.TRUSTED
    assert [(i.relation, i.manifest) for i in reading.ingredients] == [(Relation.PARENT_OF, had)]
    places = [s.place for s in reading.signals if s.claim is Claim.AI_GENERATED]
    assert places == [
        f"manifest {n} of 2 / c2pa.actions.v2 / c2pa.{name}" for n, name in ((1, "opened"), (2, "created"))
    ]


@pytest.mark.parametrize("term", [t for t in Term if t is not Term.EMPTY])
def test_every_term_is_written_as_its_full_uri(term: Term) -> None:
    """What is written is the one spelling everybody reads."""
    assert term_of(uri_of(term)) is term
    assert uri_of(term).startswith(("http://cv.iptc.org/newscodes/", "http://c2pa.org/"))


# --- sidecars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("media_type", ["mxf", *EMBEDS])
def test_a_sidecar_fits_any_file(tmp_path: Path, signer: SigningKey, media_type: str) -> None:
    """What cannot embed gets its credential beside it, under the file's full name; the file itself stays as it was."""
    data = MXF if media_type == "mxf" else room.media(media_type)
    source = source_in(tmp_path, data, "plate.x")
    result = mark(MarkRequest(source=source, term=AI, signer=signer, sidecar=True))
    assert result.destination == tmp_path / "plate.x.c2pa"
    assert source.read_bytes() == data
    assert b"thumbnail" not in result.destination.read_bytes()
    media, other = BufferMedia(data), BufferMedia(room.flipped(data, len(data) - 1))
    reader, manifest = CredentialReader(Trust()), result.destination.read_bytes()
    reading = reader.read_sidecar(media, walk(media), manifest)
    assert reading.credential.state is State.UNTRUSTED
    assert [s.says for s in reading.signals] == [AI.value]
    assert reader.read_sidecar(other, walk(other), manifest).credential.state is State.BROKEN


def test_a_format_that_cannot_embed_says_so(tmp_path: Path, signer: SigningKey) -> None:
    """Without --sidecar an MXF is refused, with the way out, and nothing is left behind."""
    source = source_in(tmp_path, MXF)
    with pytest.raises(CannotCarry, match="mxf") as caught:
        mark(MarkRequest(source=source, destination=tmp_path / "out.mxf", term=AI, signer=signer))
    assert "--sidecar" in caught.value.help
    assert list(tmp_path.iterdir()) == [source]


def test_a_mirror_keeps_nothing_and_reads_as_the_file() -> None:
    """What is written to it moves its place and changes nothing."""
    mirror = Mirror(io.BytesIO(b"0123456789"))
    assert mirror.write(b"xxxx") == 4
    assert (mirror.tell(), mirror.read(3)) == (4, b"456")
    mirror.seek(0)
    assert mirror.read() == b"0123456789"
    assert (mirror.readable(), mirror.writable(), mirror.seekable()) == (True, True, True)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_term_that_denies_the_credential_is_refused(tmp_path: Path, signer: SigningKey) -> None:
    """What is known to be generated cannot be signed as anything else."""
    source = source_in(tmp_path, room.generated())
    for term in (t for t in Term if claim_of(t) not in {Claim.AI_GENERATED, Claim.AI_ASSISTED}):
        with pytest.raises(SourceTypeRefused, match="trainedAlgorithmicMedia"):
            mark(MarkRequest(source=source, destination=tmp_path / "out", term=term, signer=signer))
    assert list(tmp_path.iterdir()) == [source]


def test_a_broken_history_is_not_covered_up(tmp_path: Path, signer: SigningKey) -> None:
    """Over a broken credential only an AI term may be signed; the broken one stays below it."""
    drawn = room.signed(room.manifest(room.action("created", room.DRAWN)))
    source = source_in(tmp_path, drawn[:-3] + b"\0" + drawn[-2:])
    assert look(source).credential.state is State.BROKEN
    with pytest.raises(SourceTypeRefused, match="broken"):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=Term.DIGITAL_CREATION, signer=signer))
    result = mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert result.parent == look(source).credential.label


@pytest.mark.parametrize("sidecar", [False, True])
def test_what_cannot_be_read_is_not_buried(tmp_path: Path, signer: SigningKey, sidecar: bool) -> None:
    """Remains of a credential are not signed over: they would be gone from sight."""
    source = source_in(tmp_path, room.retagged_png(room.generated()))
    with pytest.raises(SigningFailed, match="unreadable"):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer, sidecar=sidecar))
    assert list(tmp_path.iterdir()) == [source]


def test_content_of_no_known_type_takes_a_sidecar_alone(tmp_path: Path, signer: SigningKey) -> None:
    """Camera originals and the like can be marked from outside."""
    source = source_in(tmp_path, b"\0\1\2RAW of tomorrow" * 50)
    with pytest.raises(CannotCarry):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert mark(MarkRequest(source=source, term=AI, signer=signer, sidecar=True)).credential.state is State.UNTRUSTED


def test_nothing_is_replaced_unless_asked(tmp_path: Path, signer: SigningKey) -> None:
    """A destination that exists stays as it is; with force it is replaced in one step."""
    source = source_in(tmp_path, room.media(room.PNG))
    target = tmp_path / "out.png"
    target.write_bytes(b"somebody's work")
    with pytest.raises(DestinationExists):
        mark(MarkRequest(source=source, destination=target, term=AI, signer=signer))
    assert target.read_bytes() == b"somebody's work"
    mark(MarkRequest(source=source, destination=target, term=AI, signer=signer, force=True))
    assert look(target).credential.state is State.UNTRUSTED
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.png", source.name]


def test_the_source_is_never_its_own_destination(tmp_path: Path, signer: SigningKey) -> None:
    """Not by its name, not by a hard link, not with force."""
    data = room.media(room.PNG)
    source = source_in(tmp_path, data)
    twin = tmp_path / "twin.png"
    twin.hardlink_to(source)
    for target in (source, twin):
        with pytest.raises(DestinationExists, match="source itself"):
            mark(MarkRequest(source=source, destination=target, term=AI, signer=signer, force=True))
    assert source.read_bytes() == data


def test_odd_sources_and_destinations_are_refused(tmp_path: Path, signer: SigningKey) -> None:
    """Links, pipes, folders and places that are not there: each with its own answer, none of them opened."""
    real = source_in(tmp_path, room.media(room.PNG))
    link, pipe, folder = tmp_path / "link", tmp_path / "pipe", tmp_path / "folder"
    link.symlink_to(real)
    os.mkfifo(pipe)
    folder.mkdir()
    for source in (link, pipe, folder):
        with pytest.raises(NotARegularFile):
            mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    with pytest.raises(FileMissing):
        mark(MarkRequest(source=tmp_path / "none", destination=tmp_path / "out", term=AI, signer=signer))
    with pytest.raises(FileMissing, match="folder"):
        mark(MarkRequest(source=real, destination=tmp_path / "no" / "out", term=AI, signer=signer))
    for target in (pipe, folder):
        with pytest.raises(DestinationExists):
            mark(MarkRequest(source=real, destination=target, term=AI, signer=signer, force=True))
    with pytest.raises(DestinationExists):
        mark(MarkRequest(source=real, term=AI, signer=signer))


def test_a_source_that_changes_meanwhile_is_thrown_away(
    tmp_path: Path, signer: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If somebody writes to the source while it is signed, nothing is put in place."""
    source = source_in(tmp_path, room.media(room.PNG))
    real = sign._compare

    def meanwhile(*given: Any) -> None:
        real(*given)
        source.write_bytes(room.media(room.JPEG))

    monkeypatch.setattr(sign, "_compare", meanwhile)
    with pytest.raises(ChangedWhileRead):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("at", ["tampered", "cropped"])
def test_a_copy_that_differs_is_thrown_away(
    tmp_path: Path, signer: SigningKey, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """What the SDK wrote is believed only after it was read back: a changed byte or another picture ends it."""
    cropped = io.BytesIO()
    Image.new("RGB", (8, 8)).save(cropped, "PNG")

    def badly(draft: Draft, sign_as: SignAs, source: Any, destination: Any) -> bytes:
        other = io.BytesIO(cropped.getvalue() if at == "cropped" else source.read())
        store = write_store(draft, sign_as, other, destination)
        if at == "tampered":
            destination.seek(-20, io.SEEK_END)
            destination.write(b"!")
        return store

    monkeypatch.setattr(sign, "write_store", badly)
    source = source_in(tmp_path, room.media(room.PNG))
    with pytest.raises(ReadBackDiffers):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert list(tmp_path.iterdir()) == [source]


def test_what_the_sdk_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    """A key that does not fit its certificate gets as far as the SDK, and no further."""
    one, two = room.studio(), room.studio("Somebody Else")
    odd = SigningKey(SignAs("es256", one.certificates, two.private_key), "odd", UtcTime(""), development=False)
    source = source_in(tmp_path, room.media(room.PNG))
    with pytest.raises(SigningFailed, match="SDK"):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=odd))
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("wrong", ["term", "parent"])
def test_another_statement_than_was_meant_is_thrown_away(
    tmp_path: Path, signer: SigningKey, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """An intact credential that says something else, or forgot the parent, is not put in place either."""

    def otherwise(draft: Draft, *given: Any) -> bytes:
        said = room.manifest(room.action("created", room.TRAINED if wrong == "parent" else room.DRAWN))
        return write_store(Draft(said, draft.media_type), *given)

    monkeypatch.setattr(sign, "write_store", otherwise)
    data = room.generated(room.PNG) if wrong == "parent" else room.media(room.PNG)
    source = source_in(tmp_path, data)
    with pytest.raises(ReadBackDiffers):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert list(tmp_path.iterdir()) == [source]


def test_a_disk_without_hard_links_is_served(
    tmp_path: Path, signer: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where links are not known the name is taken first, so that still nothing is replaced."""

    def none(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    source = source_in(tmp_path, room.media(room.PNG))
    result = mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert look(result.destination).credential.state is State.UNTRUSTED
    with pytest.raises(DestinationExists):
        mark(MarkRequest(source=source, destination=tmp_path / "out", term=AI, signer=signer))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", source.name]
