"""What belongs to a production besides its database files, and where each part goes back to."""

import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from provenance.backup.manifest import Manifest, Part, Piece
from provenance.catalogue.keptfile import KeptFile
from provenance.config import Config
from provenance.errors import BackupUnusable, ChangedWhileRead, ConfigInvalid
from provenance.packs import policy_path
from provenance.personal import personal_path

EVIDENCE_FOLDER = "evidence"
"""Beside the catalogue: the originals that records rest on, each under its own SHA-256."""

_EVIDENCE_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be copied into a backup."""

    part: Part
    name: str
    to: str | None
    content: bytes | Path
    mode: int = 0o600


def evidence_folder(catalogue: Path) -> Path:
    """Return where the originals of a catalogue lie."""
    return catalogue.with_name(EVIDENCE_FOLDER)


def evidence_of(config: Config) -> Iterator[Source]:
    """Yield the originals records rest on. What is still being written there has another name, and is not one."""
    folder = evidence_folder(config.catalogue)
    for name in sorted(path.name for path in folder.iterdir()) if folder.is_dir() else ():
        if _EVIDENCE_NAME.fullmatch(name):
            yield Source(Part.EVIDENCE, f"{EVIDENCE_FOLDER}/{name}", None, folder / name)


def rules_of(config: Config) -> Iterator[Source]:
    """Yield the configuration, the policy with all it extends, people's public keys and trust anchors, as they are.

    Raises `ConfigInvalid` for one that cannot be read or parsed, `ChangedWhileRead` for a configuration that is
    another one by now.
    """
    import hashlib

    raw = _read(config.path)
    if hashlib.sha256(raw).hexdigest() != config.sha256:
        raise ChangedWhileRead(f"{config.path} was changed meanwhile")
    yield Source(Part.CONFIGURATION, f"configuration/{config.path.name}", config.path.name, raw, _mode(config.path))
    yield from _packs(config)
    for number, path in enumerate(dict.fromkeys(config.key_files)):
        yield Source(Part.KEY, f"keys/{number}-{path.name}", _to(path, config.folder), _read(path), _mode(path))
    for number, path in enumerate(dict.fromkeys(anchor.path for anchor in config.anchors)):
        yield Source(Part.ANCHOR, f"anchors/{number}-{path.name}", _to(path, config.folder), _read(path), _mode(path))


def _packs(config: Config) -> Iterator[Source]:
    for number, (name, path, raw) in enumerate(packs(config, _read)):
        if path is None:
            yield Source(Part.SHIPPED_POLICY, f"policy/{number}-{name}.toml", None, raw)
        else:
            yield Source(Part.POLICY, f"policy/{number}-{path.name}", _to(path, config.folder), raw, _mode(path))


def packs(config: Config, read: Callable[[Path], bytes]) -> Iterator[tuple[str, Path | None, bytes]]:
    """Yield the policy, what it extends, and so on, each once: its name, its file unless it is shipped, its text.

    A pack names another from where it lies itself. Raises `ConfigInvalid` for one that does not parse.
    """
    name, folder, seen = config.policy, config.folder, set[tuple[str, Path]]()
    while name and (name, folder) not in seen:
        seen.add((name, folder))
        path = policy_path(name, folder)
        raw = _shipped(name) if path is None else read(path)
        yield name, path, raw
        try:
            extended = tomllib.loads(raw.decode()).get("extends")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigInvalid(f"policy {name!r} does not parse: {error}") from error
        name, folder = extended if isinstance(extended, str) else "", folder if path is None else path.parent


def _shipped(name: str) -> bytes:
    try:
        return (resources.files("provenance") / "policies" / f"{name}.toml").read_bytes()
    except OSError as error:
        raise ConfigInvalid(f"there is no policy {name!r}: {error.strerror}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigInvalid(f"{path} cannot be read: {error.strerror}") from error


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _to(path: Path, folder: Path) -> str:
    """Return where something goes back to: relative to the configuration where it lies below it."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def left_out(config: Config) -> tuple[str, ...]:
    """Return what is no part of a backup, in words."""
    words = ["the material in the zones and in quarantine"]
    if config.signing is not None:
        words.append("the signing identity under [signing]: its key, and its certificate")
    return tuple(words)


def destination(piece: Piece, config: Config, policies: Collection[Path]) -> Path | None:
    """Return where a file goes back to under a configuration; None for what is not put back.

    `policies` are the files the policy is made of. Raises `BackupUnusable` for a place that the configuration does not
    name: a backup is not to write anywhere else.
    """
    match piece.part:
        case Part.CONFIGURATION:
            return config.path
        case Part.CATALOGUE:
            return config.catalogue
        case Part.PERSONAL:
            return personal_path(config.catalogue)
        case Part.EVIDENCE:
            return _evidence_place(piece, config)
        case Part.KEPT:
            return KeptFile(config.catalogue).path
        case Part.SHIPPED_POLICY:
            return None
        case Part.POLICY | Part.ANCHOR | Part.KEY:
            path = named_place(piece, config.folder)
            anchors = {anchor.path for anchor in config.anchors}
            named = {Part.POLICY: policies, Part.ANCHOR: anchors, Part.KEY: config.key_files}
            if path in named[piece.part]:
                return path
    raise BackupUnusable(f"{piece.name} of the backup goes to {piece.to!r}, which the configuration does not name")


def _evidence_place(piece: Piece, config: Config) -> Path:
    name = piece.name.rpartition("/")[2]
    if name != piece.sha256:
        raise BackupUnusable(f"{piece.name} of the backup is not called by its own digest")
    return evidence_folder(config.catalogue) / name


def named_place(piece: Piece, folder: Path) -> Path:
    """Return the place a manifest names, beside a configuration in `folder`, without looking whether it may."""
    return Path(os.path.normpath(folder / (piece.to or "")))


def only(manifest: Manifest, part: Part) -> Piece | None:
    """Return the file of a part of which there is at most one."""
    return next((piece for piece in manifest.files if piece.part is part), None)
