"""What is known of people, and backups, as documents."""

from typing import Any, Literal

import msgspec

from provenance.asset import UtcTime
from provenance.catalogue import covering
from provenance.personal import Copy, Opened, Stored, ValueKind
from provenance.records.personal import LegalHold
from provenance.report.documents import Document


class PersonalValueDocument(Document, frozen=True, kw_only=True):
    """A value in the personal store. The last three only where one was asked for by its id."""

    id: str
    commitment: str
    kind: str
    size: int
    stored_at: str
    retain_until: str | None
    due: bool
    held_by: list[str]
    """The legal holds that forbid erasing it."""
    value: str | None
    """A text; null for a document."""
    value_base64: str | None
    salt: str | None
    """With the value it proves what the commitment was made over (docs/personal-data.md)."""


class PersonalDocument(Document, frozen=True, kw_only=True):
    """What is stored of people."""

    schema: Literal["provenance/personal/1"] = "provenance/personal/1"
    values: list[PersonalValueDocument]
    legal_holds: list[str]


class CopyDocument(Document, frozen=True, kw_only=True):
    """A backup in which what was erased still lies."""

    path: str
    made_at: str


class ErasureDocument(Document, frozen=True, kw_only=True):
    """What was erased."""

    schema: Literal["provenance/erasure/1"] = "provenance/erasure/1"
    record: str | None
    """The word in the ledger; null where nothing was to be erased."""
    erased: list[str]
    held: list[str]
    """What was due and stays, because a legal hold covers it."""
    still_in: list[CopyDocument]


class PieceDocument(Document, frozen=True, kw_only=True):
    """One file of a backup."""

    part: str
    name: str
    to: str | None
    sha256: str
    size: int
    mode: int


class PinnedHeadDocument(Document, frozen=True, kw_only=True):
    """The newest entry of the ledger in a backup."""

    seq: int
    hash: str
    at: str | None


class BackupDocument(Document, frozen=True, kw_only=True):
    """What is in a backup: the same as its manifest."""

    schema: Literal["provenance/backup/1"] = "provenance/backup/1"
    made_at: str
    version: str
    project: str
    store: str
    head: PinnedHeadDocument
    files: list[PieceDocument]
    left_out: list[str]


class RestoreDocument(Document, frozen=True, kw_only=True):
    """What was put back."""

    schema: Literal["provenance/restore/1"] = "provenance/restore/1"
    made_at: str
    store: str
    entries: int
    head: str
    config: str
    put: list[str]
    there: list[str]
    """What was there already, byte for byte."""
    accepted: bool
    """Whether an administrator's signature covers the configuration."""
    configuration: str
    """Who accepted it, or that nobody did."""
    notify: list[str]
    """The command that the configuration has run when something is to be told."""
    lost_after: list[int]
    """Numbers of pinned entries that are later than the backup."""


def value_document(
    stored: Stored, holds: tuple[LegalHold, ...], now: UtcTime, opened: Opened | None = None
) -> PersonalValueDocument:
    """Return a value as its document; with the value itself where it was opened."""
    import base64

    is_text = stored.kind is not ValueKind.DOCUMENT
    return PersonalValueDocument(
        id=stored.id,
        commitment=stored.commitment,
        kind=stored.kind.value,
        size=stored.size,
        stored_at=stored.stored_at,
        retain_until=stored.retain_until,
        due=stored.due(now),
        held_by=[hold.id for hold in covering(holds, stored.commitment)],
        value=opened.value.decode() if opened and is_text else None,
        value_base64=base64.b64encode(opened.value).decode() if opened and not is_text else None,
        salt=opened.salt.hex() if opened else None,
    )


def copies_document(copies: tuple[Copy, ...]) -> list[CopyDocument]:
    """Return where something still lies."""
    return [CopyDocument(path=copy.place, made_at=copy.made_at) for copy in copies]


def backup_document(manifest: Any) -> BackupDocument:
    """Return a manifest as the document of the same schema."""
    return msgspec.convert(msgspec.to_builtins(manifest), BackupDocument)
