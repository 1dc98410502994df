"""Taking in a trust list that somebody publishes: PEM as C2PA publishes it, or the JSON form (ETSI TS 119 602).

Everything in it is held against what it is to be used for before anything is written.
"""

import base64
import binascii
import datetime as dt
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.asset import Digest, UtcTime, utc
from provenance.config import AnchorPurpose
from provenance.credentials.certificates import Fault, fault_of, fingerprint, named, parse_pem, time_fault
from provenance.credentials.trust_list import LARGEST, Head
from provenance.errors import ConfigInvalid

_TRUSTED = "/trusted"
"""How the status of a service ends that is to be believed (C2PA trust list extensions of TS 119 602)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is taken in as. `issued` is for PEM, which does not say when it was made."""

    purpose: AnchorPurpose
    name: str | None = None
    issued: UtcTime | None = None
    leave_out: bool = False
    """Take the rest where some certificates can be no anchors; never where they are made for another purpose."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A list that was looked through. `left_out` says what of it is not among `certificates`, and why."""

    head: Head
    certificates: tuple[x509.Certificate, ...]
    left_out: tuple[str, ...]

    @property
    def data(self) -> bytes:
        """The file to write: the head, and each certificate below whom it names."""
        parts = [
            f"Subject {_plain(named(c))}\n".encode() + c.public_bytes(Encoding.PEM) + b"\n" for c in self.certificates
        ]
        return self.head.text().encode() + b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Listed:
    certificates: list[x509.Certificate]
    left_out: list[str]
    name: str | None = None
    issued: UtcTime | None = None
    next_update: UtcTime | None = None


class _Text(msgspec.Struct, frozen=True):
    value: str


class _X509(msgspec.Struct, frozen=True):
    val: str


class _Identity(msgspec.Struct, frozen=True, rename={"certificates": "X509Certificates"}):
    certificates: list[_X509] = []


class _Information(msgspec.Struct, frozen=True, rename="pascal"):
    service_name: list[_Text]
    service_digital_identity: _Identity
    service_status: str


class _Service(msgspec.Struct, frozen=True, rename="pascal"):
    service_information: _Information


class _Entity(msgspec.Struct, frozen=True, rename="pascal"):
    trusted_entity_services: list[_Service]


class _Scheme(msgspec.Struct, frozen=True, rename="pascal"):
    scheme_name: list[_Text]
    list_issue_date_time: dt.datetime
    next_update: dt.datetime | None = None


class _List(msgspec.Struct, frozen=True, rename="pascal"):
    list_and_scheme_information: _Scheme
    trusted_entities_list: list[_Entity]


class _Document(msgspec.Struct, frozen=True, rename={"list": "LoTE"}):
    list: _List


def read_published(path: Path) -> bytes:
    """Return a published list's bytes; raises `ConfigInvalid` for what is no file, empty, or too large to be one."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(path, "is no regular file")  # reading a pipe or device might never end
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise _refused(path, f"is larger than {LARGEST >> 20} MiB, as no trust list is")
    if not raw.strip():
        raise _refused(path, "is empty")
    return raw


def take_in(raw: bytes, path: Path, wanted: Wanted, now: UtcTime) -> Taken:
    """Return a published list as it would be written. Raises `ConfigInvalid`, with every certificate that is unfit.

    Certificates that are over are left out, and so are those the list itself does not call trusted, and duplicates.
    """
    try:
        listed = _from_json(raw) if raw.lstrip()[:1] == b"{" else _Listed(parse_pem(raw), [])
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        advice = "Import a bundle in PEM, or the list in JSON, as its publisher offers it."
        if b"PRIVATE KEY" in raw:
            advice = "A trust list holds certificates alone. Keep the key elsewhere, and to yourself."
        raise _refused(path, str(error), advice) from error
    name = wanted.name or listed.name or path.stem
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise _refused(path, "has no name of 1 to 100 printable characters", "Give it one: --name NAME")
    moment = dt.datetime.fromisoformat(now)
    issued = wanted.issued or listed.issued
    if issued is not None and dt.datetime.fromisoformat(issued) > moment + dt.timedelta(days=1):
        raise _refused(path, f"is said to be made on {issued[:10]}, which is still to come")
    certificates, left_out = _sifted(listed, path, wanted, moment)
    head = Head(
        name=name.strip(),
        purpose=wanted.purpose.value,
        imported=now,
        source=Digest(hashlib.sha256(raw).hexdigest()),
        issued=issued,
        next_update=listed.next_update,
    )
    return Taken(head, tuple(certificates), tuple(left_out))


def _sifted(listed: _Listed, path: Path, wanted: Wanted, now: dt.datetime) -> tuple[list[x509.Certificate], list[str]]:
    """Return the certificates that can be anchors, and a word on each that cannot."""
    good: dict[str, x509.Certificate] = {}
    left_out, unfit = list(listed.left_out), list[tuple[str, Fault]]()
    for certificate in listed.certificates:
        if (fault := fault_of(certificate, wanted.purpose)) is not None:
            unfit.append((named(certificate), fault))
        elif (when := time_fault(certificate, now)) is not None and now > certificate.not_valid_after_utc:
            left_out.append(f"{named(certificate)} {when}")
        elif fingerprint(certificate) in good:
            left_out.append(f"{named(certificate)} stands in it twice")
        else:
            good[fingerprint(certificate)] = certificate
    misplaced = [(name, fault) for name, fault in unfit if fault.purpose]
    if misplaced or (unfit and not wanted.leave_out):
        name, fault = (misplaced or unfit)[0]
        more = f", and {len(unfit) - 1} more are unfit" if len(unfit) > 1 else ""
        advice = "Look at --purpose: signers and time stamps have lists of their own." if misplaced else fault.help
        raise _refused(path, f"{name!r} {fault.says}{more}", advice)
    left_out += [f"{name} {fault.says}" for name, fault in unfit]
    if not good:
        raise _refused(path, "holds nobody who could be trusted now" + "".join(f"; {each}" for each in left_out[:3]))
    return [*good.values()], left_out


def _from_json(raw: bytes) -> _Listed:
    """Return what is in the JSON form. Raises `ValueError` or `msgspec.DecodeError`."""
    document = msgspec.json.decode(raw, type=_Document).list
    scheme, found, left_out = document.list_and_scheme_information, list[x509.Certificate](), list[str]()
    for entity in document.trusted_entities_list:
        for service in entity.trusted_entity_services:
            told = service.service_information
            name = told.service_name[0].value if told.service_name else "a service without a name"
            if not told.service_status.endswith(_TRUSTED):
                left_out.append(f"{_plain(name)} is not called trusted: {_plain(told.service_status)}")
                continue
            if not told.service_digital_identity.certificates:
                raise ValueError(f"has no certificate for {_plain(name)!r}")
            found += [_from_base64(c.val, name) for c in told.service_digital_identity.certificates]
    return _Listed(
        found,
        left_out,
        name=scheme.scheme_name[0].value if scheme.scheme_name else None,
        issued=_time(scheme.list_issue_date_time),
        next_update=None if scheme.next_update is None else _time(scheme.next_update),
    )


def _from_base64(text: str, name: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"holds a certificate that does not parse, for {_plain(name)!r}") from error


def _time(moment: dt.datetime) -> UtcTime:
    if moment.tzinfo is None:
        raise ValueError(f"has a time without a zone: {moment}")
    return utc(moment)


def _plain(text: Any) -> str:
    """Return somebody's words as one printable line."""
    return "".join(c if c.isprintable() else "?" for c in str(text))[:200]


def _refused(path: Path, says: str, advice: str | None = None) -> ConfigInvalid:
    return ConfigInvalid(f"{path} is no trust list to take in: it {says}", help=advice)
