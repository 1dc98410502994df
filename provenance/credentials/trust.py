"""Who may be believed: certificates a studio put on its list, each for one purpose.

Only anchors for signers reach the SDK, as `trust.user_anchors`. Anchors for time stamps are checked, take part in the
digest, and stay outside: the SDK (0.91.3) has one place for them, an entry of kind `tsa` in `trust.anchors`, and it
calls a *signer* under such an entry trusted as well. Without it an expired certificate is never saved by a time stamp
of the studio's own; that errs on the safe side.

`trust.allowed_list` and misspelt keys are ignored by the SDK without a word, so nothing here depends on them; tests
prove by real signatures what each setting does.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.asset import Digest, UtcTime, utc
from provenance.errors import ConfigInvalid

if TYPE_CHECKING:
    # Workers load this for `Trust` alone, and mostly nobody is on their list.
    from cryptography import x509

    from provenance.config import Anchor, AnchorPurpose

DEVELOPMENT = "provenance development identity (not for clearing)"
"""Organisation in every certificate of a development identity. Whoever holds one made it alone, so it never clears."""


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """One certificate of an authority (PEM), and what it is trusted for. `may_clear` only ever holds for signers."""

    pem: bytes
    purpose: "AnchorPurpose"
    may_clear: bool
    not_after: UtcTime


@dataclass(frozen=True, slots=True)
class Trust:
    """Everybody on the list. Frozen, hashable and picklable: it travels to workers. Empty means nobody is trusted."""

    anchors: tuple[TrustAnchor, ...] = ()
    sha256: Digest | None = None
    """`trust_digest` of the configuration it came from."""

    @property
    def signers(self) -> bytes:
        """PEM of the certificates under which a signer is trusted."""
        return b"".join(a.pem for a in self._for_signers())

    @property
    def clearing(self) -> bytes:
        """PEM of those among them under which a claim of non-AI origin may clear a file."""
        return b"".join(a.pem for a in self._for_signers() if a.may_clear)

    def _for_signers(self) -> tuple[TrustAnchor, ...]:
        if not self.anchors:
            return ()
        from provenance.config import AnchorPurpose

        return tuple(a for a in self.anchors if a.purpose is AnchorPurpose.SIGNER)


def load_trust(anchors: "tuple[Anchor, ...]", *, now: dt.datetime | None = None) -> Trust:
    """Return the trust list a configuration names; `now` (aware) is this machine's clock unless it is given.

    Raises `ConfigInvalid` for a file that is missing, is no PEM or holds no certificate, for a certificate that is
    no authority's or is not valid now, and where something may clear that never can: a time stamp's anchor, or a
    development identity.
    """
    if not anchors:
        return Trust()
    now = dt.datetime.now(dt.UTC) if now is None else now
    files = [(anchor, _raw(anchor)) for anchor in anchors]
    loaded = tuple(found for anchor, raw in files for found in _authorities(anchor, raw, now))
    return Trust(loaded, _digest(files))


def trust_digest(anchors: "tuple[Anchor, ...]") -> Digest | None:
    """Return the digest over the anchors' bytes, purposes and rights, in any order; None where there are none.

    Parses nothing, so that it is cheap on a command that only compares. Raises `ConfigInvalid` for a missing file.
    """
    return _digest([(anchor, _raw(anchor)) for anchor in anchors]) if anchors else None


def _digest(files: "list[tuple[Anchor, bytes]]") -> Digest:
    rows = sorted(
        f"{anchor.purpose.value} {anchor.may_clear} {hashlib.sha256(raw).hexdigest()}\n" for anchor, raw in files
    )
    return Digest(hashlib.sha256("".join(rows).encode()).hexdigest())


def _raw(anchor: "Anchor") -> bytes:
    if anchor.path.exists() and not anchor.path.is_file():
        raise _invalid(anchor, "is no regular file")  # reading a pipe or device might never end
    try:
        return anchor.path.read_bytes()
    except OSError as error:
        raise _invalid(anchor, f"cannot be read: {error.strerror}") from error


def _authorities(anchor: "Anchor", raw: bytes, now: dt.datetime) -> list[TrustAnchor]:
    """Return the certificates in one file, each checked for the purpose it is to serve."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from provenance.config import AnchorPurpose

    if b"PRIVATE KEY-----" in raw:
        raise _invalid(anchor, "holds a private key", "A trust anchor is a certificate alone. Keep the key elsewhere.")
    try:
        certificates = x509.load_pem_x509_certificates(raw)
    except ValueError as error:
        raise _invalid(anchor, "holds no certificate in PEM form") from error
    if anchor.may_clear and anchor.purpose is AnchorPurpose.TIMESTAMP:
        raise _invalid(anchor, "is for time stamps, so it can never clear", "Remove `may_clear`.")
    for certificate in certificates:
        _check(anchor, certificate, now)
    return [
        TrustAnchor(c.public_bytes(Encoding.PEM), anchor.purpose, anchor.may_clear, utc(c.not_valid_after_utc))
        for c in certificates
    ]


def _check(anchor: "Anchor", certificate: "x509.Certificate", now: dt.datetime) -> None:
    name = certificate.subject.rfc4514_string()[:200]
    if not is_authority(certificate):
        advice = "Name the root or intermediate certificate that issued it."
        raise _invalid(anchor, f"{name!r} is not an authority's certificate", advice)
    if now > certificate.not_valid_after_utc:
        raise _invalid(anchor, f"{name!r} expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
    if now < certificate.not_valid_before_utc:
        raise _invalid(anchor, f"{name!r} is valid only from {certificate.not_valid_before_utc:%Y-%m-%d}")
    if anchor.may_clear and is_development(certificate):
        advice = "Remove `may_clear`, or name the studio's own authority."
        raise _invalid(anchor, "is a development identity, which may never clear", advice)


def is_authority(certificate: "x509.Certificate") -> bool:
    """Whether a certificate may issue others (RFC 5280, 4.2.1.3 and 4.2.1.9)."""
    from cryptography import x509

    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return constraints.ca and usage.key_cert_sign


def is_development(certificate: "x509.Certificate") -> bool:
    """Whether a certificate belongs to, or was issued by, a development identity."""
    from cryptography.x509.oid import NameOID

    names = (certificate.subject, certificate.issuer)
    return any(a.value == DEVELOPMENT for n in names for a in n.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))


def _invalid(anchor: "Anchor", says: str, advice: str | None = None) -> ConfigInvalid:
    return ConfigInvalid(f"trust anchor {anchor.path}: {says}", help=advice)
