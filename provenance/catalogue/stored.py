"""From values to stored bytes and back. A row that does not decode is named, never guessed at."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import msgspec

from provenance.asset import Asset, Digest, FastDigest
from provenance.errors import CatalogueDamaged
from provenance.evidence import Beside, Credential, Evidence, Examiner, Gap, Ingredient, Signal, State
from provenance.records import ENVELOPE, AnyRecord, canonical, record_from, record_type

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Finding(msgspec.Struct, frozen=True):
    """An `Evidence` without the asset and the examiner: thousands of plain files share one."""

    media_type: str
    credential: Credential
    signals: tuple[Signal, ...]
    ingredients: tuple[Ingredient, ...]
    gaps: tuple[Gap, ...]

    def of(self, asset: Asset, examiner: Examiner) -> Evidence:
        """Return this finding as evidence about some bytes."""
        return Evidence(asset, self.media_type, self.credential, self.signals, self.ingredients, self.gaps, examiner)


class _Credential(msgspec.Struct, frozen=True):
    state: State


class _Outline(msgspec.Struct, frozen=True):
    """What of a finding says whether it is one of a kind; the rest is not decoded."""

    media_type: str
    credential: _Credential


@dataclass(frozen=True, slots=True)
class Gist:
    """A kind of findings: of one of these media types, or with a credential in one of these states."""

    media_types: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset()

    def meets(self, body: Any, number: int) -> bool:
        """Whether a stored finding is of this kind."""
        found = decoded(body, _Outline, lambda: f"finding {number}")
        return found.media_type in self.media_types or found.credential.state in self.states


def finding_in(evidence: Evidence) -> tuple[Finding, bytes]:
    """Return what was found, and its stored form."""
    found = Finding(evidence.media_type, evidence.credential, evidence.signals, evidence.ingredients, evidence.gaps)
    return _encoded(found, Finding)


def encoded_beside(beside: Beside) -> tuple[Beside, bytes]:
    """Return what lay beside a file, and its stored form."""
    return _encoded(beside, Beside)


def _encoded(value: T, kind: type[T]) -> tuple[T, bytes]:
    """Encode; where a string cannot be UTF-8 (a lone surrogate out of hostile metadata), escape it and say so."""
    try:
        return value, msgspec.json.encode(value)
    except UnicodeEncodeError:
        clean = msgspec.convert(_escaped(msgspec.to_builtins(value)), type=kind)
        return clean, msgspec.json.encode(clean)


def _escaped(tree: Any) -> Any:
    match tree:
        case str():
            return plain(tree)
        case dict():
            return {key: _escaped(value) for key, value in tree.items()}
        case list() | tuple():
            return [_escaped(value) for value in tree]
        case _:
            return tree


def plain(text: str) -> str:
    """Return text that SQLite can keep: lone surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decoded(raw: Any, kind: type[T], what: Callable[[], str]) -> T:
    """Return the value in some stored bytes; raises `CatalogueDamaged` naming the row `what` returns."""
    try:
        value: T = _decoder(kind).decode(raw)  # type: ignore[arg-type]
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
        raise CatalogueDamaged(f"{what()} cannot be read: {error}") from error
    return value


def member(kind: type[E], value: object, what: Callable[[], str]) -> E:
    """Return the member of an enum that was stored; raises `CatalogueDamaged` naming the row."""
    try:
        return kind(value)
    except ValueError as error:
        raise CatalogueDamaged(f"{what()} cannot be read: {error}") from error


def signed_record_in(body: Any, record: str) -> tuple[AnyRecord, dict[str, Any] | None]:
    """Return the record in a ledger entry's body, and what was signed, if anything was.

    Raises `CatalogueDamaged` unless it is the record of this id.
    """
    content = decoded(body, dict[str, Any], lambda: f"record {record}")
    envelope = content.pop(ENVELOPE, None)
    if not (envelope is None or isinstance(envelope, dict)):
        raise CatalogueDamaged(f"record {record} has an envelope that is none")
    try:
        found = record_from(content)
    except (KeyError, msgspec.ValidationError) as error:
        raise CatalogueDamaged(f"record {record} cannot be read: {error}") from error
    if found.id != record:
        raise CatalogueDamaged(f"record {record} is not what was recorded: its content has the id {found.id}")
    return found, envelope


def whole_record(kind: str, body: bytes, record: str) -> AnyRecord:
    """Return the record in an entry of a kind, as `signed_record_in` does, but fast enough for a hundred thousand.

    The id is computed over what stands there, and not over what it was read as. Raises `CatalogueDamaged`.
    """
    try:
        parts = _PARTS.decode(body)
        found: AnyRecord = _decoder(record_type(kind)).decode(body)  # type: ignore[arg-type]
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
        raise CatalogueDamaged(f"record {record} cannot be read: {error}") from error
    if bytes(parts.get("kind", b"")) != b'"%b"' % kind.encode():
        raise CatalogueDamaged(f"record {record} is no {kind}")
    if ENVELOPE in parts:
        del parts[ENVELOPE]
        body = canonical(parts)  # what is inside each part is canonical already, and stays as it is
    own = f"{found.prefix}-{hashlib.sha256(body).hexdigest()[:20]}"
    if own != record:
        raise CatalogueDamaged(f"record {record} is not what was recorded: its content has the id {own}")
    return found


_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def asset_from(sha256: bytes, xxh3: bytes, size: int) -> Asset:
    """Return the asset in a row."""
    return Asset(Digest(sha256.hex()), FastDigest(xxh3.hex()), size)


def sha256(raw: bytes) -> bytes:
    """Return the SHA-256 of some bytes, as bytes."""
    return hashlib.sha256(raw).digest()


def encoded_examiner(examiner: Examiner) -> bytes:
    """Return an examiner's stored form: one form for one examiner."""
    return canonical(examiner)


def intact(credential: Credential) -> bool:
    """Whether a credential was found to belong to exactly these bytes, whoever signed it."""
    return credential.state in {State.TRUSTED, State.UNTRUSTED}
