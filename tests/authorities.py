"""Makes authorities of every kind, and the lists they are published in."""

import base64
import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

EMAIL, TIME_STAMPING, C2PA = "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8", "1.3.6.1.4.1.62558.2.1"
TRUSTED = "http://c2pa.org/conformance/trust-list/trusted"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an authority is like. Its time is in days from `now`."""

    name: str = "Some Root"
    usages: tuple[str, ...] = ()
    authority: bool = True
    key: str = "p384"
    start: int = -1
    end: int = 3650


def certificate(kind: Kind, now: dt.datetime) -> x509.Certificate:
    """Return a certificate that signed itself."""
    key = _key(kind.key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kind.name)])
    usage = {"key_cert_sign": kind.authority, "crl_sign": kind.authority, "digital_signature": not kind.authority}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only")
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=kind.start))
        .not_valid_after(now + dt.timedelta(days=kind.end))
        .add_extension(x509.BasicConstraints(ca=kind.authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **dict.fromkeys((*others, "decipher_only"), False)), critical=True)
    )
    if kind.usages:
        oids = [x509.ObjectIdentifier(usage) for usage in kind.usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def _key(kind: str) -> Any:
    match kind:
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "p224":
            return ec.generate_private_key(ec.SECP224R1())
        case "rsa1024":
            return rsa.generate_private_key(65537, 1024)
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    raise AssertionError(kind)


def several(count: int, now: dt.datetime, kind: Kind = Kind()) -> list[x509.Certificate]:
    """Return so many authorities with names of their own."""
    return [certificate(replace(kind, name=f"{kind.name} {number}"), now) for number in range(count)]


def pem(*certificates: x509.Certificate) -> bytes:
    """Return a bundle as it is published: whom each names, and the certificate."""
    return b"\n".join(
        b"Subject\t" + c.subject.rfc4514_string().encode() + b"\n" + c.public_bytes(Encoding.PEM) for c in certificates
    )


def published(*rows: tuple[x509.Certificate, str], issued: str = "2026-08-05T00:11:39Z", name: str = "A List") -> bytes:
    """Return the JSON form (ETSI TS 119 602, with the extensions of C2PA): certificates, each with its status."""
    scheme = {
        "LoTEVersionIdentifier": 1,
        "SchemeName": [{"lang": "en", "value": name}],
        "ListIssueDateTime": issued,
        "NextUpdate": "2027-08-05T00:11:39Z",
    }
    services = [
        {
            "ServiceInformation": {
                "ServiceName": [{"lang": "en", "value": c.subject.rfc4514_string()}],
                "ServiceDigitalIdentity": {
                    "X509Certificates": [{"val": base64.b64encode(c.public_bytes(Encoding.DER)).decode()}]
                },
                "ServiceStatus": status,
                "StatusStartingTime": "2025-08-27T00:00:00Z",
            }
        }
        for c, status in rows
    ]
    entity = {"TrustedEntityInformation": {"TEName": []}, "TrustedEntityServices": services}
    document = {"LoTE": {"ListAndSchemeInformation": scheme, "TrustedEntitiesList": [entity]}}
    return json.dumps(document, indent=2).encode()
