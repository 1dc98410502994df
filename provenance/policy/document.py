"""One policy pack as it stands in its TOML file: parsed strictly, and nothing resolved yet.

What a pack extends is not known here, so what must be whole (every origin, every area a trigger names) is checked where
packs are put together (`provenance.policy.pack`).
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from provenance.errors import PolicyInvalid
from provenance.strict import unknown_key

LARGEST: Final = 256 << 10
"""Bytes a pack may have; the shipped ones have a few thousand."""
MOST_ITEMS: Final = 256
"""So many principles, triggers and so on a pack may have, of each."""
LONGEST: Final = 600
"""Characters a text may have."""

KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
"""What ids, keys and roles look like: they are typed into commands."""

ACTS: Final = ("clear", "attest", "declare", "derive", "consent", "register", "supersede", "revoke", "erase", "unhold")
"""What a pack may leave to some roles, by the key under `[approvals]`; see `identity.authority.act_of`."""

Tables = dict[str, Any] | list[dict[str, Any]]
"""A condition: facts that must hold together, or several such tables, any of which must."""


class ApprovalsPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[approvals]`: how words are proved, who must have approved, and in which roles each other act is done."""

    mode: str | None = None
    roles: list[str] | None = None
    transcribed: list[str] | None = None
    clear: list[str] | None = None
    attest: list[str] | None = None
    declare: list[str] | None = None
    derive: list[str] | None = None
    consent: list[str] | None = None
    register: list[str] | None = None
    supersede: list[str] | None = None
    revoke: list[str] | None = None
    erase: list[str] | None = None
    unhold: list[str] | None = None

    def acts(self) -> dict[str, list[str]]:
        """Return the roles that each act is left to, where that is said."""
        return {act: roles for act in ACTS if (roles := getattr(self, act)) is not None}


class DisclosurePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[disclosure]`."""

    untold: str | None = None


class ConsentPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[consent]`: classes of replica, each with what spares it a further consent."""

    needed: dict[str, list[str]] = {}


class PrincipleItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[principle]]`."""

    key: str
    says: str
    number: str = ""
    soft: bool = False
    clearance_evidence: bool = False
    register: bool = False
    denied_by: Tables | None = None
    roles: list[str] = []


class AreaItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[area]]`."""

    key: str
    says: str
    number: str = ""


class TriggerItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[trigger]]`."""

    key: str
    area: str
    says: str
    when: Tables
    number: str = ""
    unless: Tables | None = None
    roles: list[str] = []
    consent: bool = False
    answer: str = "escalate"


class UseItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[use]]`."""

    key: str
    says: str
    answer: str
    number: str = ""
    when: Tables | None = None
    unless: Tables | None = None
    roles: list[str] = []


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole pack."""

    id: str
    dated: dt.date
    summary: str
    extends: str | None = None
    origins: dict[str, str] = {}
    credentials: dict[str, str] = {}
    approvals: ApprovalsPart = ApprovalsPart()
    disclosure: DisclosurePart = DisclosurePart()
    consent: ConsentPart = ConsentPart()
    principle: list[PrincipleItem] = []
    area: list[AreaItem] = []
    trigger: list[TriggerItem] = []
    use: list[UseItem] = []


Item = PrincipleItem | AreaItem | TriggerItem | UseItem


def parse_document(raw: bytes, name: str) -> tuple[Document, dict[str, Any]]:
    """Return a pack and its plain values; raises `PolicyInvalid` for whatever cannot be meant.

    Too large, not TOML, a key doubled or unknown, a value of another type, a text that is empty or holds control
    characters, a key or role that nobody could type.
    """
    if len(raw) > LARGEST:
        raise PolicyInvalid(f"policy {name!r} has more than {LARGEST >> 10} KiB, so it is no policy")
    try:
        tree = tomllib.loads(raw.decode())
        unknown = unknown_key(tree, Document)
        if unknown is not None:
            raise PolicyInvalid(f"policy {name!r}: unknown key {unknown}")
        document = msgspec.convert(tree, type=Document)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:  # tomllib and UTF-8 raise ValueErrors
        raise PolicyInvalid(f"policy {name!r} does not parse: {error}") from error
    if not tree:
        raise PolicyInvalid(f"policy {name!r} is empty")
    trouble = next(_troubles(document, tree), None)
    if trouble is not None:
        raise PolicyInvalid(f"policy {name!r}: {trouble}")
    return document, tree


def _troubles(document: Document, tree: dict[str, Any]) -> Iterator[str]:
    for where, text in _texts(tree, ""):
        if not text.strip():
            yield f"{where} is empty"
        elif not text.isprintable():
            yield f"{where} holds a control character: {text[:40]!a}"
        elif len(text) > LONGEST:
            yield f"{where} has more than {LONGEST} characters"
    sections: tuple[tuple[str, list[Any]], ...] = (
        ("principle", document.principle),
        ("area", document.area),
        ("trigger", document.trigger),
        ("use", document.use),
    )
    names = [("id", document.id), *(("[approvals] roles", r) for r in document.approvals.roles or ())]
    names += [(f"[approvals] {act}", r) for act, roles in document.approvals.acts().items() for r in roles]
    for section, items in sections:
        if len(items) > MOST_ITEMS:
            yield f"more than {MOST_ITEMS} [[{section}]]"
        keys = [item.key for item in items]
        for key in keys:
            if keys.count(key) > 1:
                yield f"two [[{section}]] have the key {key!r}"
        names += [(f"[[{section}]] key", key) for key in keys]
        names += [(f"[[{section}]] roles", r) for item in items for r in getattr(item, "roles", ())]
    for where, name in names:
        if not KEY.fullmatch(name):
            yield f"{where} {name!r} must be made of a-z, 0-9, '.', '_' and '-'"


def _texts(tree: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a pack with where it stands."""
    match tree:
        case str():
            yield where, tree
        case dict():
            for key, value in tree.items():
                yield from _texts(value, f"{where}.{key}" if where else str(key))
        case list():
            for value in tree:
                yield from _texts(value, where)
        case _:
            pass
