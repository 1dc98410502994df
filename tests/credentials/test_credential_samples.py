from pathlib import Path

import pytest

from provenance.containers import walk
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.trust import Trust
from provenance.evidence import Claim, Gap, Source, State
from provenance.files import BufferMedia

AI = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
SIGNER = ("signingCredential.untrusted",)
TESTFILES = "public-testfiles/adobe-20220124-"

INTACT = [
    ("c2pa-rs/C.jpg", True),
    ("c2pa-rs/CACAE-uri-CA.jpg", True),
    ("c2pa-rs/CA.jpg", False),
    ("c2pa-rs/boxhash.jpg", False),
    ("c2pa-rs/video1.mp4", False),
    *[(f"{TESTFILES}{name}.jpg", False) for name in ("C", "CA", "CAI", "CAICAI", "CACA", "CII")],
]
"""Valid files of unknown signers, and whether a source type in them is for review."""

BROKEN = [
    ("c2pa-rs/E-sig-CA.jpg", "claimSignature.mismatch"),
    (f"{TESTFILES}E-sig-CA.jpg", "claimSignature.mismatch"),
    ("c2pa-rs/XCA.jpg", "assertion.dataHash.mismatch"),
    (f"{TESTFILES}E-dat-CA.jpg", "assertion.dataHash.mismatch"),
    ("ms-extension-validator/cards_invalid.jpg", "assertion.dataHash.mismatch"),
    (f"{TESTFILES}E-uri-CA.jpg", "assertion.hashedURI.mismatch"),
]

ABSENT = [
    f"{TESTFILES}A.jpg",
    "c2pa-rs/no_manifest.jpg",
    "c2pa-rs/video1_no_manifest.mp4",
    "c2pa-rs/TUSCANY.TIF",
    "c2pa-rs/basic.pdf",
    "c2pa-rs/libpng-test.png",
    "c2pa-rs/riff_bomb_1000.wav",
    "c2pa-rs/id3v23_compression_underflow.mp3",
    *[f"c2pa-rs/sample1.{kind}" for kind in ("avif", "gif", "heif", "png", "svg", "wav", "webp")],
    *[f"ms-extension-validator/cards.{kind}" for kind in ("avif", "gif", "jpg", "png", "svg", "webp")],
    "ms-extension-validator/cicadas.wav",
    "c2pa-ts/trustnxt-icon.heic",
    "c2pa-ts/trustnxt-icon.jpg",
    *[f"exif-samples/{name}.jpg" for name in ("Canon_40D", "Canon_40D_photoshop_import", "Nikon_D70", "Pentax_K10D")],
    *[f"exif-samples/{name}.jpg" for name in ("PaintTool_sample", "Sony_HDR-HC3", "corrupted", "long_description")],
    *[f"sd-parsers/{name}_cropped.png" for name in ("fooocus1", "img2img", "novelai1", "unclip_2pass")],
    *[f"sd-parsers/invokeai_{name}1.png" for name in ("dream", "imeta", "sdmeta")],
    *[f"sd-parsers/automatic1111_cropped.{kind}" for kind in ("jpg", "png")],
]


@pytest.fixture(scope="module")
def reader() -> CredentialReader:
    """Nobody is trusted."""
    return CredentialReader(Trust())


def look(reader: CredentialReader, path: Path) -> Reading:
    """Read one file as an examination does."""
    media = BufferMedia(path.read_bytes())
    return reader.read(media, walk(media))


@pytest.mark.parametrize(("name", "review"), INTACT)
def test_intact_samples_are_untrusted_and_flag_nothing(
    reader: CredentialReader, samples: Path, name: str, review: bool
) -> None:
    """A valid credential of an unknown signer reads as untrusted; `algorithmicMedia` in it is for review at most."""
    reading = look(reader, samples / name)
    assert (reading.credential.state, reading.credential.codes) == (State.UNTRUSTED, SIGNER)
    assert reading.credential.source is Source.EMBEDDED
    assert reading.credential.label == reading.credential.labels[0]
    assert not [s for s in reading.signals if s.claim in AI]
    assert {s.says for s in reading.signals if s.claim is Claim.REVIEW} == ({"algorithmicMedia"} if review else set())


def test_an_identity_assertion_of_an_unknown_person_breaks_nothing(reader: CredentialReader, samples: Path) -> None:
    """A CAWG identity on no list is one more reason not to trust; `digitalCapture` is kept, and clears nothing."""
    reading = look(reader, samples / "c2pa-rs/C_with_CAWG_data.jpg")
    assert reading.credential.state is State.UNTRUSTED
    assert reading.credential.codes == (*SIGNER, "cawg.x509.credential.untrusted")
    assert [(s.claim, s.says, s.clears) for s in reading.signals] == [(Claim.CAPTURED, "digitalCapture", False)]


def test_a_fault_an_ingredient_had_when_it_was_signed_in_is_no_news(reader: CredentialReader, samples: Path) -> None:
    """The signer of CACAE recorded the broken ingredient, so the file is not broken; the ingredient stays in view."""
    reading = look(reader, samples / "c2pa-rs/CACAE-uri-CA.jpg")
    assert reading.credential.ingredient_codes == SIGNER
    assert len(reading.credential.labels) == 3
    assert [(i.title, i.removed) for i in reading.ingredients] == [("CAE-uri-CA.jpg", False)]


@pytest.mark.parametrize(("name", "code"), BROKEN)
def test_tampered_samples_are_broken(reader: CredentialReader, samples: Path, name: str, code: str) -> None:
    """A mismatch of signature, hash or assertion in the active manifest is broken, and says by which code."""
    credential = look(reader, samples / name).credential
    assert credential.state is State.BROKEN
    assert code in credential.codes
    assert credential.why is not None
    assert code in credential.why


@pytest.mark.parametrize("name", ABSENT)
def test_plain_samples_have_no_credential(reader: CredentialReader, samples: Path, name: str) -> None:
    """A file without a credential says nothing here, whatever else it holds: a false alarm would be a defect."""
    reading = look(reader, samples / name)
    assert (reading.credential.state, reading.signals, reading.ingredients) == (State.ABSENT, (), ())


@pytest.mark.parametrize("name", ["c2pa-rs/tiff_poc.tiff", "c2pa-rs/sample3.invalid.wav", "sd-parsers/empty_file.png"])
def test_samples_nobody_can_parse_are_unreadable(reader: CredentialReader, samples: Path, name: str) -> None:
    """Whatever the SDK raises on is unreadable, and the reason is kept."""
    credential = look(reader, samples / name).credential
    assert credential.state is State.UNREADABLE
    assert credential.why


@pytest.mark.parametrize("name", ["empty_image.jpg", "empty_image.png"])
def test_pictures_without_content_read_without_a_crash(reader: CredentialReader, samples: Path, name: str) -> None:
    """An empty picture has no credential, or cannot be read; it is never anything better."""
    assert look(reader, samples / "sd-parsers" / name).credential.state in {State.ABSENT, State.UNREADABLE}


def test_mxf_cannot_carry_a_credential(reader: CredentialReader, samples: Path) -> None:
    """A real MXF file is positively identified, so that nothing can have been missed in it."""
    for path in (samples / "photon").rglob("*.mxf"):
        assert look(reader, path).credential.state is State.UNSUPPORTED


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("cloud.jpg", "https://cai-manifests.adobe.com/manifests/adobe-urn-uuid-5f37e182-3687-462e-a7fb-573462780391"),
        ("libpng-test_with_url.png", "http://localhost:5000/libpng-test.c2pa"),
    ],
)
def test_a_credential_elsewhere_is_remote(reader: CredentialReader, samples: Path, name: str, url: str) -> None:
    """A file that only names a URL is remote, and the URL is kept as evidence."""
    reading = look(reader, samples / "c2pa-rs" / name)
    assert (reading.credential.state, reading.credential.remote_url) == (State.REMOTE, url)
    assert reading.signals == ()


@pytest.mark.parametrize(
    ("name", "claim", "place", "via"),
    [
        ("c2pa-ts/amazon-titan-g1.png", Claim.AI_GENERATED, "manifest 1 of 1 / c2pa.actions.v2 / c2pa.created", None),
        ("verify-site/butteryfly.jpg", Claim.AI_GENERATED, "manifest 1 of 1 / c2pa.actions.v2 / c2pa.created", None),
        (
            "c2pa-rs/ocsp.jpg",
            Claim.AI_ASSISTED,
            "manifest 2 of 2 / c2pa.actions.v2 / c2pa.created",
            "ingredient 'ocsp.jpg' (componentOf)",
        ),
    ],
)
def test_generated_samples_are_flagged_with_the_exact_place(
    reader: CredentialReader, samples: Path, name: str, claim: Claim, place: str, via: str | None
) -> None:
    """`trainedAlgorithmicMedia` flags whoever signed it; in a component the file is generated in part."""
    reading = look(reader, samples / name)
    assert reading.credential.state is State.UNTRUSTED
    found = [s for s in reading.signals if s.says == "trainedAlgorithmicMedia"]
    assert [(s.claim, s.place, s.via) for s in found] == [(claim, place, via)]


def test_the_composite_of_ocsp_is_flagged_in_the_active_manifest_too(reader: CredentialReader, samples: Path) -> None:
    """`compositeWithTrainedAlgorithmicMedia` in the active manifest says that part of the file was generated."""
    found = [s for s in look(reader, samples / "c2pa-rs/ocsp.jpg").signals if s.place.startswith("manifest 1")]
    assert {(s.claim, s.says) for s in found} == {(Claim.AI_ASSISTED, "compositeWithTrainedAlgorithmicMedia")}


def test_who_signed_and_when_is_kept(reader: CredentialReader, samples: Path) -> None:
    """Issuer, name, generator and a time in UTC come along, for the report."""
    credential = look(reader, samples / "c2pa-ts/amazon-titan-g1.png").credential
    assert (credential.issuer, credential.signed_at) == ("Amazon Web Services, Inc.", "2024-09-25T08:29:07Z")
    assert credential.generator == "Amazon Bedrock, c2pa-rs 0.32.7"


def test_a_sidecar_speaks_for_its_own_file_alone(reader: CredentialReader, samples: Path) -> None:
    """The sample's sidecar fits `cloud.jpg` and is broken beside any other picture."""
    manifest = (samples / "c2pa-rs/cloud_manifest.c2pa").read_bytes()
    states = {}
    for name in ("cloud.jpg", "no_manifest.jpg", "sample1.png", "TUSCANY.TIF"):
        media = BufferMedia((samples / "c2pa-rs" / name).read_bytes())
        credential = reader.read_sidecar(media, walk(media), manifest).credential
        assert credential.source is Source.SIDECAR
        states[name] = credential.state
    assert states.pop("cloud.jpg") is State.UNTRUSTED
    assert set(states.values()) == {State.BROKEN}


def test_samples_leave_no_gaps_in_their_stores(reader: CredentialReader, samples: Path) -> None:
    """Every ingredient's credential in the public test files is there: none of them is held for a gap of our making."""
    gaps: list[Gap] = []
    for name, _ in INTACT:
        gaps += look(reader, samples / name).gaps
    assert gaps == []
