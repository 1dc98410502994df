"""The state of the ledger as a document, and what its signatures are worth, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from provenance.asset import UtcTime
from provenance.catalogue import Head
from provenance.report.documents import Document

if TYPE_CHECKING:
    from provenance.catalogue.envelopes import Signatures


class LedgerDocument(Document, frozen=True, kw_only=True):
    """The state of the ledger: its head is worth keeping somewhere else."""

    schema: Literal["provenance/ledger/1"] = "provenance/ledger/1"
    store: str
    entries: int
    head: str
    verified: bool
    at: str | None
    """When the newest entry was written; null for an empty ledger."""
    pins_met: int
    """How many heads that were kept elsewhere it was held against."""
    signatures: int | None = None
    """How many records have a signature that is good; null where nobody looked."""
    unknown_signatures: int | None = None
    """How many were signed by a key, or in a scheme, that nobody here knows."""
    unsigned: int | None = None
    """How many records nobody signed."""


def ledger_document(
    store: str, head: Head, at: UtcTime | None, pins: int, verified: "Signatures | None"
) -> LedgerDocument:
    """Return the state of the ledger as its document; `verified` is what came of checking it, if anybody did."""
    return LedgerDocument(
        store=store,
        entries=head.seq,
        head=head.hash,
        verified=verified is not None,
        at=at,
        pins_met=pins,
        signatures=verified.good if verified else None,
        unknown_signatures=verified.unknown if verified else None,
        unsigned=verified.unsigned if verified else None,
    )


def signatures_text(found: "Signatures") -> Iterator[str]:
    """Yield what the signatures of a ledger are worth; nothing where nobody signed anything."""
    if found.good or found.unknown:
        more = f", {found.unknown:,} by keys that were never listed here, not checked" if found.unknown else ""
        yield f"signatures: {found.good:,} good{more}; {found.unsigned:,} records that nobody signed"
