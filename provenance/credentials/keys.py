"""Signing identities: a development one is made here; any other is loaded, and checked before it is used."""

import datetime as dt
import os
import stat
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from provenance.asset import UtcTime, utc
from provenance.credentials.sdk import SignAs
from provenance.credentials.trust import DEVELOPMENT, is_authority, is_development
from provenance.errors import DestinationExists, KeyUnusable

if TYPE_CHECKING:
    from cryptography import x509

LIFETIME = dt.timedelta(days=3650)
"""A signature without a time stamp reads as expired once its certificate is over, so this one lives long."""

_RSA_BITS = 3072


class Algorithm(Enum):
    """Signature algorithms of C2PA 2.2, 13.2.1; the values are the SDK's names."""

    ES256 = "es256"
    ES384 = "es384"
    ES512 = "es512"
    PS256 = "ps256"
    PS384 = "ps384"
    PS512 = "ps512"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Identity:
    """A chain (PEM, leaf first, root last) and the leaf's private key (PEM, PKCS#8, not encrypted)."""

    name: str
    certificates: bytes
    private_key: bytes = field(repr=False)

    @property
    def root(self) -> bytes:
        """PEM of the root: what goes on a trust list."""
        head = b"-----BEGIN CERTIFICATE-----"
        return head + self.certificates.rpartition(head)[2]


@dataclass(frozen=True, slots=True)
class Files:
    """Where an identity was written."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An identity that was checked and can sign. Its `repr` is safe to show: it never holds the key."""

    sign_as: SignAs
    subject: str
    not_after: UtcTime
    development: bool
    """Made by `new_identity`: signatures read well and never clear."""

    def __repr__(self) -> str:
        return f"SigningKey({self.sign_as.algorithm}, {self.subject!r}, until {self.not_after})"


@dataclass(frozen=True, slots=True)
class _Certified:
    """What goes into one certificate."""

    subject: "x509.Name"
    issuer: "x509.Name"
    public_key: Any
    issuer_key: Any
    authority: bool
    digest: Any


def new_identity(
    name: str,
    *,
    algorithm: Algorithm = Algorithm.ES256,
    now: dt.datetime | None = None,
    lifetime: dt.timedelta = LIFETIME,
) -> Identity:
    """Return a new development identity: a root of its own, and a leaf under it that fits the C2PA profile.

    Both carry the organisation `DEVELOPMENT`, which no trust list lets clear anything. `now` (aware) is this
    machine's clock unless it is given. The root's key is thrown away, so that nobody can issue a second leaf.

    C2PA 2.2, 14.5.1: X.509 v3, an end-entity key usage of digitalSignature, an extended key usage, no self-signed leaf.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise KeyUnusable("the name of an identity has 1 to 64 printable characters", help="Choose another --name.")
    start = (dt.datetime.now(dt.UTC) if now is None else now) - dt.timedelta(minutes=5)
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), _new_key(algorithm)
    root_name, leaf_name = _name(f"{name} root"[:64]), _name(name)
    # `load_signer` takes the hash of an RSA signature from here; for other keys the curve decides.
    digest = {"384": hashes.SHA384, "512": hashes.SHA512}.get(algorithm.value[-3:], hashes.SHA256)()
    of_root = _Certified(root_name, root_name, root_key.public_key(), root_key, True, digest)
    of_leaf = _Certified(leaf_name, root_name, leaf_key.public_key(), root_key, False, digest)
    root, leaf = (_certificate(what, start, lifetime) for what in (of_root, of_leaf))
    pem = serialization.Encoding.PEM
    key = leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Identity(name, leaf.public_bytes(pem) + root.public_bytes(pem), key)


def _name(common: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _new_key(algorithm: Algorithm) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match algorithm:
        case Algorithm.ES256:
            return ec.generate_private_key(ec.SECP256R1())
        case Algorithm.ES384:
            return ec.generate_private_key(ec.SECP384R1())
        case Algorithm.ES512:
            return ec.generate_private_key(ec.SECP521R1())
        case Algorithm.PS256 | Algorithm.PS384 | Algorithm.PS512:
            return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        case Algorithm.ED25519:
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            assert_never(algorithm)


def _certificate(what: _Certified, start: dt.datetime, lifetime: dt.timedelta) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usage = dict.fromkeys(_USAGES, False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if what.authority else {"digital_signature": True}
    builder = (
        x509.CertificateBuilder()
        .subject_name(what.subject)
        .issuer_name(what.issuer)
        .public_key(what.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lifetime)
        .add_extension(x509.BasicConstraints(ca=what.authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(what.public_key), critical=False)
    )
    if not what.authority:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(what.issuer_key.public_key())
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False).add_extension(issuer, critical=False)
    return builder.sign(what.issuer_key, what.digest)


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def write_identity(identity: Identity, folder: Path) -> Files:
    """Write an identity as `NAME-chain.pem` and `NAME.key` (readable by its owner alone) and return where.

    Raises `DestinationExists`, and writes nothing, where either is there: a key that was lost cannot be made again.
    """
    from provenance.files import sync_folder

    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in identity.name)
    files = Files(folder / f"{stem}-chain.pem", folder / f"{stem}.key")
    for path in (files.certificate, files.key):
        if os.path.lexists(path):
            advice = "Choose another --name, or move the old identity away. It is never overwritten."
            raise DestinationExists(f"{path} exists", help=advice)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_new(files.key, identity.private_key, 0o600)
    _write_new(files.certificate, identity.certificates, 0o644)
    sync_folder(folder)
    return files


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def load_signer(certificate: Path, key: Path, *, now: dt.datetime | None = None) -> SigningKey:
    """Return the identity behind two files, checked: it fits together, it is valid now, nobody else reads its key.

    `certificate` is a PEM chain, leaf first; `key` an unencrypted PEM private key. The algorithm follows from the
    key. Raises `KeyUnusable`, with what to do.
    """
    chain = _read(certificate, "signing certificate")
    with_mode = _read(key, "signing key")
    if with_mode.mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusable(f"{key} can be read by others than its owner", help=f"Run: chmod 600 {key}")
    return check_signer(chain.data, with_mode.data, now=now)


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    mode: int


def _read(path: Path, what: str) -> _File:
    try:
        with path.open("rb") as stream:
            return _File(stream.read(1 << 20), os.fstat(stream.fileno()).st_mode)
    except OSError as error:
        raise KeyUnusable(f"the {what} {path} cannot be read: {error.strerror}") from error


def check_signer(certificates: bytes, private_key: bytes, *, now: dt.datetime | None = None) -> SigningKey:
    """Return what `load_signer` does, from the two files' content."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    now = dt.datetime.now(dt.UTC) if now is None else now
    try:
        chain = x509.load_pem_x509_certificates(certificates)
    except ValueError as error:
        raise KeyUnusable("the signing certificate is no PEM chain of certificates") from error
    try:
        key = serialization.load_pem_private_key(private_key, password=None)
    except TypeError as error:
        advice = "Keep it unencrypted, readable by its owner alone: nobody is there to type a passphrase."
        raise KeyUnusable("the signing key is encrypted", help=advice) from error
    except ValueError as error:
        raise KeyUnusable("the signing key is no private key in PEM form") from error
    leaf = chain[0]
    _check_leaf(leaf, len(chain), now)
    der, spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if leaf.public_key().public_bytes(der, spki) != key.public_key().public_bytes(der, spki):
        advice = "Name a certificate and the key it was issued for; the chain starts with the leaf."
        raise KeyUnusable("certificate and key do not belong together", help=advice)
    pem = serialization.Encoding.PEM
    sign_as = SignAs(
        _algorithm_of(key, leaf).value,
        b"".join(c.public_bytes(pem) for c in chain),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return SigningKey(sign_as, leaf.subject.rfc4514_string(), utc(leaf.not_valid_after_utc), is_development(leaf))


def _check_leaf(leaf: "x509.Certificate", length: int, now: dt.datetime) -> None:
    if leaf.subject == leaf.issuer or is_authority(leaf):
        advice = "C2PA wants a leaf issued by another certificate. `provenance keys new` makes such a chain."
        raise KeyUnusable("the signing certificate is an authority's or signed by itself", help=advice)
    if length < 2:
        advice = "Append the certificate that issued it, and those above it."
        raise KeyUnusable("the signing certificate stands without its chain", help=advice)
    if now > leaf.not_valid_after_utc:
        raise KeyUnusable(f"the signing certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d}")
    if now < leaf.not_valid_before_utc:
        raise KeyUnusable(f"the signing certificate is valid only from {leaf.not_valid_before_utc:%Y-%m-%d}")


def _algorithm_of(key: Any, leaf: "x509.Certificate") -> Algorithm:
    """Return the algorithm a key signs with; for RSA the one whose hash the certificate was signed with."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return Algorithm.ED25519
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curves = {"secp256r1": Algorithm.ES256, "secp384r1": Algorithm.ES384, "secp521r1": Algorithm.ES512}
        if key.curve.name in curves:
            return curves[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        digest = leaf.signature_hash_algorithm
        sizes = {"sha384": Algorithm.PS384, "sha512": Algorithm.PS512}
        return sizes.get(digest.name if digest else "", Algorithm.PS256)
    advice = "Use P-256, P-384, P-521, Ed25519, or RSA of 2048 bits and more."
    raise KeyUnusable("C2PA knows no algorithm for this kind of signing key", help=advice)
