"""Reading a backup as what somebody else wrote: no link is followed, nothing is waited for, nothing larger is read.

What is to be put back as a rule is parsed here as what it is to be, before anything is written anywhere.
"""

import hashlib
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

from provenance.backup.manifest import Manifest, Part, Piece
from provenance.errors import BackupUnusable, KeyUnusable, PolicyInvalid
from provenance.files import display
from provenance.identity.publickey import TYPES, parse_public_key

LARGEST = 1 << 20
"""Bytes that a configuration, a pack, an anchor or a public key may have: real ones have a few thousand."""


def content_of(folder: Path, piece: Piece) -> bytes:
    """Return what is in a small file of a backup; raises `BackupUnusable` if it is not what the manifest says."""
    if piece.size > LARGEST:
        raise BackupUnusable(f"{piece.name} of the backup has {piece.size:,} bytes, which is no {piece.part.value}")
    refuse_links(folder, piece)
    try:
        descriptor = os.open(folder / piece.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BackupUnusable(f"{piece.name} of the backup is no regular file")
            raw = stream.read(piece.size + 1)
    except OSError as error:
        raise BackupUnusable(f"{piece.name} of the backup cannot be read: {error.strerror}") from error
    if len(raw) != piece.size or hashlib.sha256(raw).hexdigest() != piece.sha256:
        raise BackupUnusable(f"{piece.name} is not what was backed up")
    return raw


def refuse_links(folder: Path, piece: Piece) -> None:
    """Raise `BackupUnusable` if a step to a file is a link: what it leads to is not in the backup."""
    path = folder
    for step in piece.name.split("/"):
        path /= step
        if path.is_symlink():
            raise BackupUnusable(f"{display(piece.name)} of the backup lies behind a link")


def check_rules(folder: Path, manifest: Manifest) -> None:
    """Parse every anchor, pack and public key in a backup; raises `BackupUnusable` for one that is none."""
    for piece in manifest.files:
        match piece.part:
            case Part.ANCHOR:
                _check_anchor(content_of(folder, piece), piece)
            case Part.POLICY:
                _check_pack(content_of(folder, piece), piece)
            case Part.KEY:
                _check_key(content_of(folder, piece), piece)
            case _:
                pass


def _check_anchor(raw: bytes, piece: Piece) -> None:
    from cryptography import x509

    try:
        x509.load_pem_x509_certificates(raw)
    except ValueError as error:
        raise BackupUnusable(f"{piece.name} of the backup holds no certificate in PEM") from error


def _check_pack(raw: bytes, piece: Piece) -> None:
    from provenance.policy.document import parse_document

    try:
        parse_document(raw, piece.name)
    except PolicyInvalid as error:
        raise BackupUnusable(f"{piece.name} of the backup is no policy: {error.message}") from error


def _check_key(raw: bytes, piece: Piece) -> None:
    lines = [line for line in raw.decode("utf-8", "replace").splitlines() if line.strip() and line[0] != "#"]
    try:
        if raw.lstrip().startswith(b"-----BEGIN PUBLIC KEY-----"):
            from cryptography.hazmat.primitives.serialization import load_pem_public_key

            load_pem_public_key(raw)
        elif len(lines) == 1:
            parse_public_key(lines[0])
        else:
            raise BackupUnusable(f"{piece.name} of the backup holds {len(lines)} public keys, not one")
    except (KeyUnusable, ValueError) as error:
        raise BackupUnusable(f"{piece.name} of the backup is no public key") from error


def key_names(raw: bytes) -> Iterator[str]:
    """Yield the files that a configuration names for keys of people. Raises `BackupUnusable` if it does not parse."""
    try:
        people = tomllib.loads(raw.decode()).get("person", ())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackupUnusable(f"the backup's configuration does not parse: {error}") from error
    for person in people if isinstance(people, list) else ():
        keys = person.get("keys", ()) if isinstance(person, dict) else ()
        for key in keys if isinstance(keys, list) else ():
            if isinstance(key, str) and "".join(key.split(maxsplit=1)[:1]) not in TYPES:
                yield key
