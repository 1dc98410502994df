"""What all records share: frozen, with an id derived from what they say.

A record is never edited. What changes a word is another word.
"""

import hashlib
from dataclasses import dataclass, fields
from typing import ClassVar

import msgspec

from provenance.asset import Digest, ProjectId, Title, UtcTime

UNSIGNED = "UNSIGNED: anyone could have written this"
"""Stands wherever an approval or clearance is shown while `approvals = "unsigned"`."""


ENVELOPE = "envelope"
"""Key under which a ledger entry keeps, beside a record's content, the DSSE envelope in which it was signed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record speaks of: bytes by digest, and the name they had when somebody spoke."""

    digest: Digest
    name: str


class _Identified:
    """Room for an id once it was computed. No field of the record: it is no part of what is said or compared."""

    __slots__ = ("_id",)
    _id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(_Identified):
    """What all records share.

    `made_at` is the machine's clock when it was written; `claimed_at` is when the person says it was decided, and
    proves nothing.
    """

    kind: ClassVar[str] = "record"
    prefix: ClassVar[str] = "rec"

    by: str
    reason: str
    made_at: UtcTime
    claimed_at: UtcTime | None = None

    @property
    def about(self) -> tuple[Subject, ...]:
        """The bytes it speaks of: by these digests it is found again. Empty where it speaks of no bytes."""
        return ()

    @property
    def keys(self) -> tuple[Digest, ...]:
        """Further digests it is found by: of what has no bytes, for example a title (`title_key`)."""
        return ()

    @property
    def points_at(self) -> str:
        """Id of the record it speaks of; empty where it speaks of none."""
        return ""

    @property
    def redraws(self) -> tuple[Subject, ...]:
        """The bytes whose verdict it changes, or the end of it does; descendants left out."""
        return ()

    @property
    def id(self) -> str:
        """Name of this record: its prefix and 20 hexadecimal digits of the SHA-256 of its canonical content.

        Computed once: a record of a whole delivery is asked for its name at each of the files it speaks of.
        """
        try:
            return self._id
        except AttributeError:
            object.__setattr__(self, "_id", content_id(self.prefix, self.content()))
            return self._id

    def content(self) -> dict[str, object]:
        """Return the record as plain values, its kind included: what the id and the ledger are computed over.

        Fields at their default are left out, so that a record keeps its id when its type gains a field.
        """
        pairs = ((name, getattr(self, name), default) for name, default in _defaults(type(self)))
        said = {name: value for name, value, default in pairs if value != default}
        return {"kind": self.kind, **msgspec.to_builtins(said)}


_DEFAULTS: dict[type[Record], tuple[tuple[str, object], ...]] = {}


def _defaults(kind: type[Record]) -> tuple[tuple[str, object], ...]:
    """Return the names of a kind's fields with their defaults. Kept: it is asked for at every record that is read."""
    found = _DEFAULTS.get(kind)
    if found is None:
        found = _DEFAULTS[kind] = tuple((f.name, f.default) for f in fields(kind))
    return found


def canonical(content: object) -> bytes:
    """Return one byte string for one value: UTF-8 JSON, keys sorted, no white space. Injective, so hashes mean it."""
    return msgspec.json.encode(content, order="deterministic")


def content_id(prefix: str, content: object) -> str:
    """Return the id of something that is said: the same content has the same id wherever it is computed."""
    return f"{prefix}-{hashlib.sha256(canonical(content)).hexdigest()[:20]}"


def title_key(project: ProjectId, title: Title) -> Digest:
    """Return the digest by which words about a whole title are found, whatever bytes they name besides."""
    return Digest(hashlib.sha256(canonical(["provenance:title:1", project, title])).hexdigest())


def in_force(expires: UtcTime | None, now: UtcTime) -> bool:
    """Whether something that expires at `expires` still counts at `now`: up to that instant, and not at it."""
    return expires is None or now < expires
