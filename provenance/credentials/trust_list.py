"""Files of anchors as files: their bytes, what stands in the head of a list that was taken in, and how old it is.

Parses no certificate, so that a report can name what was believed at little cost.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.asset import Digest, UtcTime
from provenance.errors import ConfigInvalid

if TYPE_CHECKING:
    from provenance.config import Anchor

LARGEST = 8 << 20
"""Bytes a file of anchors may have. The lists that are published have a hundredth of it."""

_FIRST = "provenance trust list 1"
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----")
_LOOSE = re.compile(rb"BEGIN[A-Z0-9 ]*CERTIFICATE")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the certificates of a list that was taken in (RFC 7468, 5.2 allows text there)."""

    name: str
    purpose: str
    imported: UtcTime
    source: Digest
    """SHA-256 of the file it was taken from."""
    issued: UtcTime | None = None
    """When its publisher made it; None where nobody said."""
    next_update: UtcTime | None = None

    def text(self) -> str:
        """Return it as it is written."""
        rows = {
            "name": self.name,
            "purpose": self.purpose,
            "issued": self.issued,
            "next-update": self.next_update,
            "imported": self.imported,
            "source-sha256": self.source,
        }
        return "\n".join([_FIRST, *(f"{key}: {value}" for key, value in rows.items() if value is not None)]) + "\n\n"


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """One file of anchors as it is now. `head` is None for one that somebody wrote by hand."""

    anchor: "Anchor"
    raw: bytes
    head: Head | None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.anchor.path.name if self.head is None else self.head.name

    @property
    def sha256(self) -> Digest:
        """SHA-256 of its bytes."""
        return Digest(hashlib.sha256(self.raw).hexdigest())

    @property
    def certificates(self) -> int:
        """How many certificates it says it holds, however badly they are spelled."""
        return len(_LOOSE.findall(self.raw))

    def days(self, now: UtcTime) -> int | None:
        """Return how many days ago its list was made, or taken in where nobody knows when it was made."""
        if self.head is None:
            return None
        return (_moment(now) - _moment(self.head.issued or self.head.imported)).days

    def overdue(self, now: UtcTime, most_days: int) -> str | None:
        """Return why a list should be taken in anew; None where it is young enough, or no list."""
        days = self.days(now)
        if self.head is None or days is None:
            return None
        if self.head.next_update is not None and _moment(now) > _moment(self.head.next_update):
            return f"its publisher meant to replace it by {self.head.next_update[:10]}"
        if days > most_days:
            since = "was made" if self.head.issued else "was taken in, and nobody knows when it was made,"
            return f"it {since} {days} days ago, and {most_days} are allowed"
        return None


def anchor_file(anchor: "Anchor") -> AnchorFile:
    """Return a file of anchors. Raises `ConfigInvalid` where it cannot be read, or its head contradicts its use."""
    raw = read_anchors(anchor)
    head = _head(raw, anchor)
    if head is not None and head.purpose != anchor.purpose.value:
        says = f"is a list for the purpose {head.purpose!r}, and is named for {anchor.purpose.value!r}"
        raise invalid(anchor, says, "A list is trusted for what it was taken in for: `provenance trust import`.")
    return AnchorFile(anchor, raw, head)


def read_anchors(anchor: "Anchor") -> bytes:
    """Return a file's bytes; raises `ConfigInvalid` for what is no file, or too large to be one of anchors."""
    if anchor.path.exists() and not anchor.path.is_file():
        raise invalid(anchor, "is no regular file")  # reading a pipe or device might never end
    try:
        with anchor.path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise invalid(anchor, f"cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise invalid(anchor, f"is larger than {LARGEST >> 20} MiB, as no list of certificates is")
    return raw


def refuse_spelling(raw: bytes) -> str | None:
    """Return why PEM must not be parsed as certificates, or None.

    A parser passes over whatever does not begin as it should, so that a misspelt certificate would silently do nothing.
    """
    if b"PRIVATE KEY" in raw:
        return "holds a private key"
    whole = _BEGIN.findall(raw)
    if len(whole) != len(_LOOSE.findall(raw)) or len(whole) != raw.count(b"-----END "):
        return "holds a certificate in PEM form that does not begin or end as one"
    if not whole:
        return "holds no certificate in PEM form"
    return None


def _head(raw: bytes, anchor: "Anchor") -> Head | None:
    first, *lines = raw.partition(b"-----BEGIN")[0].decode("utf-8", "replace").split("\n")
    if first.strip() != _FIRST:
        return None
    rows = {key.strip(): value.strip() for key, found, value in (line.partition(":") for line in lines) if found}
    try:
        head = Head(
            name=rows["name"],
            purpose=rows["purpose"],
            imported=UtcTime(rows["imported"]),
            source=Digest(rows["source-sha256"]),
            issued=UtcTime(rows["issued"]) if "issued" in rows else None,
            next_update=UtcTime(rows["next-update"]) if "next-update" in rows else None,
        )
        for moment in filter(None, (head.imported, head.issued, head.next_update)):
            _moment(moment)
    except (KeyError, ValueError) as error:
        raise invalid(anchor, f"is a trust list whose head does not read: {error}", "Import the list again.") from error
    return head


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def invalid(anchor: "Anchor", says: str, advice: str | None = None) -> ConfigInvalid:
    """Return the error about a file of anchors."""
    return ConfigInvalid(f"trust anchor {anchor.path}: {says}", help=advice)
