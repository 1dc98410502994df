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
    lapsed: tuple[str, ...] = ()
    """Which certificates of the files are left out because they are over or not valid yet: they do nothing."""

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

    Certificates out of their time are left out and told of in `lapsed`: in a list of hundreds one ends every month, and
    nobody is trusted for it. Raises `ConfigInvalid` for a file that is missing, is no PEM, holds no certificate or only
    such that are out of their time; for a certificate that is no authority's, is weak, or is made for another purpose;
    and where something may clear that never can: a time stamp's anchor, or a development identity.
    """
    if not anchors:
        return Trust()
    from provenance.credentials.trust_list import anchor_file

    now = dt.datetime.now(dt.UTC) if now is None else now
    files = [(anchor, anchor_file(anchor).raw) for anchor in anchors]
    loaded: list[TrustAnchor] = []
    lapsed: list[str] = []
    for anchor, raw in files:
        good, over = _authorities(anchor, raw, now)
        loaded += good
        lapsed += [f"{anchor.path.name}: {says}" for says in over]
    return Trust(tuple(loaded), _digest(files), tuple(lapsed))


def trust_digest(anchors: "tuple[Anchor, ...]") -> Digest | None:
    """Return the digest over the anchors' bytes, purposes and rights, in any order; None where there are none.

    Parses nothing, so that it is cheap on a command that only compares. Raises `ConfigInvalid` for a missing file.
    """
    if not anchors:
        return None
    from provenance.credentials.trust_list import read_anchors

    return _digest([(anchor, read_anchors(anchor)) for anchor in anchors])


def _digest(files: "list[tuple[Anchor, bytes]]") -> Digest:
    rows = sorted(
        f"{anchor.purpose.value} {anchor.may_clear} {hashlib.sha256(raw).hexdigest()}\n" for anchor, raw in files
    )
    return Digest(hashlib.sha256("".join(rows).encode()).hexdigest())


def _authorities(anchor: "Anchor", raw: bytes, now: dt.datetime) -> tuple[list[TrustAnchor], list[str]]:
    """Return the certificates in one file, each checked for the purpose it is to serve, and those out of their time."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from provenance.config import AnchorPurpose
    from provenance.credentials.certificates import fault_of, named, parse_pem, time_fault
    from provenance.credentials.trust_list import invalid

    try:
        certificates = parse_pem(raw)
    except ValueError as error:
        advice = "A trust anchor is a certificate alone. Keep the key elsewhere." if "key" in str(error) else None
        raise invalid(anchor, str(error), advice) from error
    if anchor.may_clear and anchor.purpose is AnchorPurpose.TIMESTAMP:
        raise invalid(anchor, "is for time stamps, so it can never clear", "Remove `may_clear`.")
    over = []
    good = []
    for certificate in certificates:
        if (fault := fault_of(certificate, anchor.purpose)) is not None:
            raise invalid(anchor, f"{named(certificate)!r} {fault.says}", fault.help)
        if anchor.may_clear and is_development(certificate):
            advice = "Remove `may_clear`, or name the studio's own authority."
            raise invalid(anchor, "is a development identity, which may never clear", advice)
        if (when := time_fault(certificate, now)) is not None:
            over.append(f"{named(certificate)!r} {when}")
        else:
            good.append(certificate)
    if not good:
        raise invalid(anchor, over[0], "Name the certificate that took its place, or remove the anchor.")
    return [
        TrustAnchor(c.public_bytes(Encoding.PEM), anchor.purpose, anchor.may_clear, utc(c.not_valid_after_utc))
        for c in good
    ], over


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
