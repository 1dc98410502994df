"""Heads of a ledger that were kept elsewhere, and holding the ledger against them.

A chain shows what was changed in it. It does not show that it was built anew from some entry on, cut short, or put back
from an old copy together with everything that knew better. A head that lies where the ledger's owner cannot write does.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from provenance.asset import UtcTime
from provenance.catalogue.ledger import BrokenEntry, Ledger
from provenance.errors import PinUnusable


@dataclass(frozen=True, slots=True)
class Pin:
    """A head that somebody kept. Of one that came with a gate report only the hash is known."""

    hash: str
    source: str
    """Where it was kept, for people."""
    store: str | None = None
    seq: int | None = None
    at: UtcTime | None = None


_LINE = re.compile(r"([0-9a-f]{64})(?:  entry ([0-9][0-9,]{0,20}) of store (\S+?)(?:, written (\S+)|, empty)?)?")
_JSON = json.JSONDecoder()


def pins_in(text: str, source: str) -> tuple[Pin, ...]:
    """Return the heads in a file: lines and documents of `ledger head`, gate reports and backups' manifests, mixed.

    Empty lines and those that begin with `#` say nothing. Raises `PinUnusable` for anything else, and for a file
    without any head: what was asked to be compared is compared, or there is no answer.
    """
    pins = []
    rest = text.removeprefix("\ufeff").lstrip()
    while rest:
        if rest.startswith("{"):
            try:
                document, end = _JSON.raw_decode(rest)
            except (ValueError, RecursionError) as error:
                raise PinUnusable(f"{source}: the document in it does not parse: {error}") from error
            pins.append(_from_document(document, source))
            rest = rest[end:].lstrip()
        else:
            line, _, rest = rest.partition("\n")
            rest = rest.lstrip()
            if not line.startswith("#"):
                pins.append(_from_line(line.rstrip(), source))
    if not pins:
        raise PinUnusable(f"{source} holds no head of a ledger")
    return tuple(pins)


def _from_line(line: str, source: str) -> Pin:
    found = _LINE.fullmatch(line)
    if found is None:
        raise PinUnusable(f"{source}: {line[:80]!r} is no head of a ledger")
    hashed, seq, store, at = found.groups()
    return Pin(hashed, source, store, None if seq is None else int(seq.replace(",", "")), UtcTime(at) if at else None)


_Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class _OfLedger(msgspec.Struct, frozen=True):
    """What `ledger head` prints as JSON."""

    store: str
    entries: _Number
    head: _Hash
    at: UtcTime | None = None


class _Head(msgspec.Struct, frozen=True):
    hash: _Hash
    seq: _Number
    at: UtcTime | None = None


class _OfBackup(msgspec.Struct, frozen=True):
    """The manifest of a backup."""

    store: str
    head: _Head


class _OfReport(msgspec.Struct, frozen=True):
    """A gate report."""

    ledger_head: _Hash


def _from_document(document: Any, source: str) -> Pin:
    """Return the head in a JSON document, by the schema it names."""
    schema = document.get("schema") if isinstance(document, dict) else None
    try:
        match schema:
            case "provenance/ledger/1":
                own = msgspec.convert(document, _OfLedger)
                return Pin(own.head, source, own.store, own.entries, own.at)
            case "provenance/backup/1":
                backup = msgspec.convert(document, _OfBackup)
                return Pin(backup.head.hash, source, backup.store, backup.head.seq, backup.head.at)
            case "provenance/gate/1" | "provenance/release/1":
                return Pin(msgspec.convert(document, _OfReport).ledger_head, source)
            case _:
                raise PinUnusable(f"{source}: a document of schema {schema!r} names no head of a ledger")
    except msgspec.ValidationError as error:
        raise PinUnusable(f"{source}: the head in it is not whole: {error}") from error


def check_pins(ledger: Ledger, pins: Iterable[Pin]) -> int:
    """Hold a ledger, verified in itself, against heads that were kept elsewhere; return how many there were.

    Raises `BrokenEntry` with the first entry that is not what was pinned.
    """
    pins = tuple(pins)
    for pin in pins:
        if pin.store is not None and pin.store != ledger.store:
            says = f"this is the ledger of store {ledger.store}, and {pin.source} pins one of store {pin.store}"
            raise BrokenEntry(None, f"{says}: it is another ledger, or was put in the place of the one pinned")
    numbered = sorted((p for p in pins if p.seq is not None), key=lambda p: p.seq or 0)
    _refuse_contradictions(numbered)
    held: Pin | None = None
    for pin in numbered:
        _check(ledger, pin, held)
        held = pin
    for pin in pins:
        if pin.seq is None and not ledger.has_hash(pin.hash):
            says = f"no entry of this ledger has the hash {pin.hash}, which {pin.source} pins"
            raise BrokenEntry(None, f"{says}: it was rewritten or cut short, or is another ledger")
    return len(pins)


def _refuse_contradictions(numbered: Iterable[Pin]) -> None:
    first: dict[int | None, Pin] = {}
    for pin in numbered:
        other = first.setdefault(pin.seq, pin)
        if other.hash != pin.hash:
            says = f"it was pinned twice, and differs: {other.hash} in {other.source}, {pin.hash} in {pin.source}"
            raise BrokenEntry(pin.seq, f"{says}. Two ledgers went on from one")


def _check(ledger: Ledger, pin: Pin, held: Pin | None) -> None:
    """Raise unless the pinned entry is there as it was; `held` is the pin before it, which is met."""
    assert pin.seq is not None
    found = ledger.hash_at(pin.seq)
    if found == pin.hash:
        return
    when = f"{pin.source}{f', written {pin.at}' if pin.at else ''}"
    if found is None:
        says = f"it is pinned ({when}), and is not there: the ledger ends with entry {ledger.head().seq}"
        raise BrokenEntry(pin.seq, f"{says}. It was cut short, or an older copy was put in its place")
    since = f"; entry {held.seq}, pinned before it, is. What comes after that" if held and held.seq else ". The ledger"
    says = f"it is not the entry that is pinned ({when}){since}"
    raise BrokenEntry(pin.seq, f"{says} was rewritten, or written on from an older copy")


def ends_before(seq: int, pins: Iterable[Pin]) -> Iterator[Pin]:
    """Yield the pins of entries later than `seq`."""
    return (pin for pin in pins if pin.seq is not None and pin.seq > seq)
