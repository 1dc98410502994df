"""Certificates of authorities, looked at one by one: whether each could do what it is named for."""

import datetime as dt
from dataclasses import dataclass
from typing import assert_never

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from provenance.config import AnchorPurpose
from provenance.credentials.trust import is_authority
from provenance.credentials.trust_list import refuse_spelling

_ANY = "2.5.29.37.0"
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_NO_SIGNERS = {_TIME_STAMPING, "1.3.6.1.5.5.7.3.9"}
"""Extended key usages under which nobody signs a manifest: time stamps, and answers about revocation."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a certificate cannot be an anchor. `purpose` says that it is a good one, for something else."""

    says: str
    help: str
    purpose: bool = False


def parse_pem(raw: bytes) -> list[x509.Certificate]:
    """Return every certificate in PEM text, or raise `ValueError` with what is wrong: never a part of them."""
    if (why := refuse_spelling(raw)) is not None:
        raise ValueError(why)
    try:
        return x509.load_pem_x509_certificates(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("holds no certificate in PEM form, or one that does not parse") from error


def named(certificate: x509.Certificate) -> str:
    """Return whom a certificate names, on one line; what does not read is named by its digest."""
    try:
        name = certificate.subject.rfc4514_string()
    except ValueError:
        name = ""
    return name[:200] or fingerprint(certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def key_of(certificate: x509.Certificate) -> str:
    """Return the kind and size of a certificate's key, in words."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name
    return "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "unknown"


def fault_of(certificate: x509.Certificate, purpose: AnchorPurpose) -> Fault | None:
    """Return why a certificate is no anchor for a purpose, whatever the time; None where it is one."""
    if not is_authority(certificate):
        advice = "Name the root or intermediate certificate that issued it."
        return Fault("is not an authority's certificate", advice)
    if not _strong(certificate):
        advice = "C2PA knows RSA of 2048 bits and more, P-256, P-384, P-521 and Ed25519."
        return Fault(f"has a key that is weak or of no known kind ({key_of(certificate)})", advice)
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None  # an authority for everything
    except ValueError:
        return Fault("has extensions that do not parse", "Ask whoever issued it for another one.")
    allowed = {usage.dotted_string for usage in usages}
    if _ANY in allowed or _fits(allowed, purpose):
        return None
    return Fault(f"is made for other purposes than {purpose.value!r}", "Name it for what it is made for.", purpose=True)


def _fits(allowed: set[str], purpose: AnchorPurpose) -> bool:
    match purpose:
        case AnchorPurpose.SIGNER:
            return not allowed <= _NO_SIGNERS
        case AnchorPurpose.TIMESTAMP:
            return _TIME_STAMPING in allowed
        case _:
            assert_never(purpose)


def _strong(certificate: x509.Certificate) -> bool:
    """Whether a key is one that C2PA allows (2.2, 13.2.1)."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= 2048
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in {"secp256r1", "secp384r1", "secp521r1"}
    return isinstance(key, ed25519.Ed25519PublicKey)


def time_fault(certificate: x509.Certificate, now: dt.datetime) -> str | None:
    """Return that a certificate is over, or not valid yet, in words."""
    if now > certificate.not_valid_after_utc:
        return f"expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
    if now < certificate.not_valid_before_utc:
        return f"is valid only from {certificate.not_valid_before_utc:%Y-%m-%d}"
    return None
