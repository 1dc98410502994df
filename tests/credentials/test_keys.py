import datetime as dt
import io
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from PIL import Image

from provenance.credentials.keys import (
    Algorithm,
    Files,
    Identity,
    check_signer,
    load_signer,
    new_identity,
    write_identity,
)
from provenance.credentials.prove import prove, tiny_png
from provenance.credentials.trust import DEVELOPMENT
from provenance.errors import DestinationExists, KeyUnusable
from tests import newsroom as room

NOW = dt.datetime.now(dt.UTC)


def written(folder: Path, identity: Identity) -> Files:
    """Write an identity and return where."""
    return write_identity(identity, folder)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_new_identity_signs_and_reads_back_trusted(algorithm: Algorithm) -> None:
    """Each algorithm makes a chain the SDK accepts, and is known again from key and certificate."""
    identity = new_identity("a desk", algorithm=algorithm)
    key = prove(identity)
    assert key.sign_as.algorithm == algorithm.value
    assert key.development


def test_a_new_identity_fits_the_profile_and_says_what_it_is() -> None:
    """A root and a leaf under it, both marked as development, neither of them ambiguous."""
    leaf, root = x509.load_pem_x509_certificates(new_identity("a desk", now=NOW).certificates)
    for certificate in (leaf, root):
        organisation = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        assert [a.value for a in organisation] == [DEVELOPMENT]
    assert leaf.issuer == root.subject != leaf.subject
    leaf.verify_directly_issued_by(root)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (True, True, False)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.not_valid_before_utc < NOW < leaf.not_valid_after_utc


def test_two_identities_share_nothing() -> None:
    """Every identity has keys of its own."""
    one, two = new_identity("a desk"), new_identity("a desk")
    assert one.private_key != two.private_key
    assert one.root != two.root


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\x1b[31m"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    """The name goes into the certificate and onto terminals."""
    with pytest.raises(KeyUnusable):
        new_identity(name)


def test_an_identity_is_written_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    """The key has mode 0600; a second identity of that name leaves the first as it was."""
    folder = tmp_path / "keys"
    files = written(folder, new_identity("night/desk ü"))
    assert (files.certificate.name, files.key.name) == ("night-desk-ü-chain.pem", "night-desk-ü.key")
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    before = files.key.read_bytes()
    with pytest.raises(DestinationExists):
        written(folder, new_identity("night/desk ü"))
    files.certificate.unlink()
    with pytest.raises(DestinationExists):
        written(folder, new_identity("night/desk ü"))
    assert files.key.read_bytes() == before
    assert not files.certificate.exists()


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    """A link with the key's name leads nowhere."""
    (tmp_path / "desk.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DestinationExists):
        written(tmp_path, new_identity("desk"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_written_identity_loads(tmp_path: Path) -> None:
    """What was written can sign, and what is shown of it never shows the key."""
    identity = new_identity("desk")
    files = written(tmp_path, identity)
    key = load_signer(files.certificate, files.key)
    assert key.development
    assert "CN=desk" in repr(key)
    secret = identity.private_key.split(b"\n")[1].decode()
    assert secret not in repr(key) + repr(identity) + repr(key.sign_as) + str(key.sign_as)


def test_a_studios_own_signer_is_no_development_identity() -> None:
    """Only what this program makes is marked."""
    by = room.studio()
    assert not check_signer(by.certificates, by.private_key).development


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Whoever can read the key can sign as its owner; the help says what to do."""
    files = written(tmp_path, new_identity("desk"))
    files.key.chmod(mode)
    with pytest.raises(KeyUnusable, match="others") as caught:
        load_signer(files.certificate, files.key)
    assert "chmod 600" in caught.value.help


def test_files_that_are_not_there_are_refused(tmp_path: Path) -> None:
    """Which of the two is missing is said."""
    files = written(tmp_path, new_identity("desk"))
    with pytest.raises(KeyUnusable, match="signing certificate"):
        load_signer(tmp_path / "none.pem", files.key)
    with pytest.raises(KeyUnusable, match="signing key"):
        load_signer(files.certificate, tmp_path / "none.key")


@pytest.mark.parametrize(("days", "says"), [(4000, "expired on"), (-2, "valid only from")])
def test_a_certificate_out_of_its_time_is_refused(days: int, says: str) -> None:
    """Signing with it would make a credential that never reads as intact."""
    identity = new_identity("desk", now=NOW)
    with pytest.raises(KeyUnusable, match=says):
        check_signer(identity.certificates, identity.private_key, now=NOW + dt.timedelta(days=days))


def pem_of(key: object, *, passphrase: bytes = b"") -> bytes:
    """Return a private key as PEM."""
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey)
    how = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def test_pairs_that_do_not_fit_are_refused() -> None:
    """A key of another certificate, a leaf alone, a root as signer, an encrypted key, and things that are no PEM."""
    one, two = new_identity("one"), new_identity("two")
    leaf = one.certificates[: one.certificates.index(one.root)]
    encrypted = pem_of(ec.generate_private_key(ec.SECP256R1()), passphrase=b"secret")
    for certificates, key, says in (
        (one.certificates, two.private_key, "do not belong together"),
        (leaf, one.private_key, "without its chain"),
        (one.root + one.root, one.private_key, "authority's or signed by itself"),
        (one.certificates, encrypted, "encrypted"),
        (one.certificates, b"none", "no private key"),
        (b"none", one.private_key, "no PEM chain"),
    ):
        with pytest.raises(KeyUnusable, match=says):
            check_signer(certificates, key)


@pytest.mark.parametrize("kind", ["secp256k1", "rsa1024"])
def test_a_key_no_algorithm_is_for_is_refused(kind: str) -> None:
    """C2PA lists its algorithms; a curve or a size outside of them is refused before anything is written."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    key = ec.generate_private_key(ec.SECP256K1()) if kind == "secp256k1" else rsa.generate_private_key(65537, 1024)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "root")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "leaf")]))
        .issuer_name(root)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
    )
    leaf = builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(KeyUnusable, match="no algorithm"):
        check_signer(leaf + room.studio().root, pem_of(key))


def test_an_identity_the_sdk_does_not_accept_is_found_out() -> None:
    """Proof is by signing: a chain that looks right and cannot sign is refused, with the SDK's reason."""
    identity = new_identity("desk")
    other = new_identity("other")
    leaf = identity.certificates[: identity.certificates.index(identity.root)]
    with pytest.raises(KeyUnusable, match=r"SDK|reads back"):
        prove(Identity("desk", leaf + other.root, identity.private_key))


def test_the_picture_of_the_proof_is_a_picture() -> None:
    """The SDK and everybody else can read it."""
    with Image.open(io.BytesIO(tiny_png())) as image:
        image.load()
        assert (image.size, image.mode) == ((1, 1), "L")
