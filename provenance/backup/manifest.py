"""What is in a backup: each file with its digest, and the head of the ledger. A manifest is a pin of that head."""

import json
import os
import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from provenance.asset import Digest, UtcTime
from provenance.errors import BackupUnusable

MANIFEST_NAME = "manifest.json"
CATALOGUE_NAME = "catalogue.db"

_MOST = 256 << 20
"""Bytes a manifest may have: about a million documents of evidence."""

_Digest = Annotated[Digest, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Number = Annotated[int, msgspec.Meta(ge=0)]


class Part(Enum):
    """What a file of a backup is for."""

    CATALOGUE = "catalogue"
    PERSONAL = "personal"
    EVIDENCE = "evidence"
    KEPT = "kept"
    """Raw credentials and fields that verdicts were drawn from."""
    CONFIGURATION = "configuration"
    POLICY = "policy"
    SHIPPED_POLICY = "shipped-policy"
    """The text of a pack that comes with provenance, as it was then. It is not put back."""
    ANCHOR = "anchor"
    KEY = "public-key"
    """A file that the configuration names for somebody's public key."""


class Piece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file. `name` is where it lies in the backup; `to` where it goes back to, as the configuration has it."""

    part: Part
    name: str
    to: str | None
    sha256: _Digest
    size: _Number
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o777)]


class PinnedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The newest entry of the ledger in a backup."""

    seq: _Number
    hash: _Digest
    at: UtcTime | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a backup."""

    schema: Literal["provenance/backup/1"] = "provenance/backup/1"
    made_at: UtcTime
    version: str
    project: str
    store: str
    head: PinnedHead
    files: tuple[Piece, ...]
    left_out: tuple[str, ...]
    """What is part of the production and not in here, for people."""


def manifest_text(manifest: Manifest) -> bytes:
    """Return a manifest as it is written: fit to be read, always with every field."""
    return (json.dumps(msgspec.to_builtins(manifest), indent=2, ensure_ascii=True) + "\n").encode()


_STEP = re.compile(r"[^/\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_STEPS = re.compile(rf"(?:/|{_STEP.pattern})*")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup.

    Raises `BackupUnusable` if there is none, if it cannot be read, or if it names files outside the folder.
    """
    path = folder / MANIFEST_NAME
    try:
        # What is in the place of a manifest may be a pipe: it is opened without waiting for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            raw = stream.read(_MOST + 1)
    except OSError as error:
        raise BackupUnusable(f"{folder} is no backup: {MANIFEST_NAME} cannot be read: {error.strerror}") from error
    try:
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackupUnusable(f"{path} does not parse: {error}") from error
    names = [piece.name for piece in found.files]
    if any(not _STEPS.fullmatch(piece.to) for piece in found.files if piece.to):
        raise BackupUnusable(f"{path} names places with control characters in them")
    odd = [n for n in names if not all(_STEP.fullmatch(s) and s not in {".", ".."} for s in n.split("/"))]
    if odd or len(set(names)) != len(names):
        raise BackupUnusable(f"{path} names files that cannot be in a backup: {', '.join(odd) or 'one of them twice'}")
    for part in (Part.CATALOGUE, Part.CONFIGURATION):
        if [piece.part for piece in found.files].count(part) != 1:
            raise BackupUnusable(f"{path} names no {part.value}, or several")
    return found
