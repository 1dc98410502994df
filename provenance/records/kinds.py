"""Every kind of record, by name. A kind that few questions need is loaded when one is met."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import msgspec

from provenance.records.record import Record

if TYPE_CHECKING:
    from provenance.records.acceptance import ConfigurationAcceptance
    from provenance.records.attestation import Attestation
    from provenance.records.consent import Consent
    from provenance.records.decisions import PictureChange, Refusal, Supersession
    from provenance.records.disclosure import Binding, Disclosure
    from provenance.records.personal import Erasure, HoldRelease, LegalHold
    from provenance.records.register import ToolEntry
    from provenance.records.words import Approval, Clearance, Declaration, Derivation, Revocation

    AnyRecord = (
        Declaration
        | Clearance
        | Derivation
        | Approval
        | Revocation
        | Attestation
        | Disclosure
        | Binding
        | Consent
        | ToolEntry
        | Erasure
        | LegalHold
        | HoldRelease
        | Refusal
        | Supersession
        | PictureChange
        | ConfigurationAcceptance
    )

_HOMES: Final = {
    "declaration": ("words", "Declaration"),
    "clearance": ("words", "Clearance"),
    "derivation": ("words", "Derivation"),
    "approval": ("words", "Approval"),
    "revocation": ("words", "Revocation"),
    "attestation": ("attestation", "Attestation"),
    "disclosure": ("disclosure", "Disclosure"),
    "binding": ("disclosure", "Binding"),
    "consent": ("consent", "Consent"),
    "tool-entry": ("register", "ToolEntry"),
    "erasure": ("personal", "Erasure"),
    "legal-hold": ("personal", "LegalHold"),
    "hold-release": ("personal", "HoldRelease"),
    "refusal": ("decisions", "Refusal"),
    "supersession": ("decisions", "Supersession"),
    "picture-change": ("decisions", "PictureChange"),
    "configuration-acceptance": ("acceptance", "ConfigurationAcceptance"),
}
"""Where each kind lives: a module of this package, and a class in it. A new kind is one new line here."""

KINDS: Final = tuple(_HOMES)
"""The names of all kinds: what an entry of the ledger that holds a record calls itself."""


NEVER_REVOKED: Final = frozenset({"erasure", "legal-hold", "hold-release"})
"""Kinds that a revocation does not reach: what was erased is gone, and a legal hold ends by a word of its own."""

TIGHTENING: Final = frozenset(
    {"declaration", "derivation", "refusal", "disclosure", "binding", "legal-hold", "tool-entry"}
)
"""Kinds of record whose end may make something milder. To end one takes somebody who is listed.

All others only ever help something pass; anybody may take those back.
"""


@cache
def record_type(kind: str) -> "type[AnyRecord]":
    """Return the class of a kind of record; raises `KeyError` for a name that is none."""
    module, name = _HOMES[kind]
    found: type[AnyRecord] = getattr(import_module(f"provenance.records.{module}"), name)
    assert issubclass(found, Record)
    return found


def record_from(content: dict[str, object]) -> "AnyRecord":
    """Return the record whose `content()` this is; raises `KeyError` or `msgspec.ValidationError` if it is none."""
    said = dict(content)
    kind = str(said.pop("kind"))
    return msgspec.convert(said, type=record_type(kind))
