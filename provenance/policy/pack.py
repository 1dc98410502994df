"""A policy pack: a TOML file with all it extends, parsed and checked. The only place that reads one from the disk."""

import hashlib
import os
import stat
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from provenance.asset import Digest
from provenance.errors import PolicyInvalid
from provenance.packs import policy_path
from provenance.policy.building import MODES, UNTOLD, Builder, Merged
from provenance.policy.document import LARGEST, Document, parse_document
from provenance.policy.model import Policy
from provenance.records import canonical
from provenance.strict import nearest

DEEPEST: Final = 8
"""So many packs may extend one another."""


@dataclass(frozen=True, slots=True)
class _Pack:
    """One pack of a chain, with where it was found; None for a shipped one."""

    document: Document
    tree: dict[str, Any]
    path: Path | None


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with this version."""
    files = (resources.files("provenance") / "policies").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def load_policy(name: str, relative_to: Path) -> Policy:
    """Return a shipped pack by its name, or the pack at a path (relative to `relative_to`), with all it extends.

    Raises `PolicyInvalid` for a pack that is missing, does not parse, is no regular file, extends itself, leaves an
    origin or state out, names anything unknown, or lets flagged or unread material pass. An empty pack is refused, not
    trivially satisfied.
    """
    path = policy_path(name, relative_to)
    return _whole(_read(name, path), name, path)


def parse_policy(raw: bytes, name: str, path: Path | None = None) -> Policy:
    """Return the pack in `raw`, as `load_policy` does. Without a path it can extend shipped packs only."""
    return _whole(raw, name, path)


def _read(name: str, path: Path | None) -> bytes:
    """Return a pack's bytes; never waits for a pipe's writer, and never reads more than a pack may have."""
    if path is None:
        if name not in shipped_packs():
            raise PolicyInvalid(f"no policy {name!r} is shipped{nearest(name, shipped_packs())}; a path ends in .toml")
        return (resources.files("provenance") / "policies" / f"{name}.toml").read_bytes()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:  # noqa: PTH123 (a descriptor, not a path)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PolicyInvalid(f"policy {name!r} is no regular file")
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # a NUL byte in a path is a ValueError
        says = getattr(error, "strerror", None) or str(error)
        raise PolicyInvalid(f"policy {name!r} cannot be read: {says}") from error


def _whole(raw: bytes, name: str, path: Path | None) -> Policy:
    """Put a pack and all it extends together."""
    chain = _chain(raw, name, path)
    merged = Merged()
    for pack in reversed(chain):
        merged.put(pack.document)
    first, build = chain[0].document, Builder(merged, name)
    origins, attest = build.origins()
    policy = Policy(
        id=first.id,
        dated=first.dated,
        summary=first.summary,
        sha256=Digest(hashlib.sha256(canonical([pack.tree for pack in chain])).hexdigest()),
        origins=origins,
        credentials=build.credentials(),
        attest=attest,
        required_mode=build.setting("[approvals] mode", MODES, "unsigned"),
        roles=build.roles("[approvals] roles"),
        transcribed=build.roles("[approvals] transcribed"),
        acts=build.acts(),
        untold=UNTOLD[build.setting("[disclosure] untold", UNTOLD, "report")],
        consent=build.consent(),
        principles=build.principles(),
        areas=build.areas(),
        triggers=build.triggers(),
        uses=build.uses(),
        extends=tuple(pack.document.id for pack in chain[1:]),
        files=tuple(pack.path for pack in chain if pack.path is not None),
        changes=tuple(merged.changes),
    )
    for role in sorted(policy.transcribed):
        build.among(role, sorted(policy.every_role()), "[approvals] transcribed: nobody is asked for in the role")
    return policy


def _chain(raw: bytes, name: str, path: Path | None) -> list[_Pack]:
    """Return a pack and what it extends, the pack itself first."""
    chain: list[_Pack] = []
    met: list[str | Path] = []
    while True:
        met.append(path or name)
        document, tree = parse_document(raw, name)
        chain.append(_Pack(document, tree, path))
        if document.extends is None:
            return chain
        if len(chain) == DEEPEST:
            raise PolicyInvalid(f"policy {name!r} is the {DEEPEST}th of a chain, and extends yet another")
        by, name = name, document.extends
        if path is None and ("/" in name or name.endswith(".toml")):
            raise PolicyInvalid(f"policy {by!r} is shipped, and extends the file {name!r}")
        path = policy_path(name, path.parent if path is not None else Path())
        if (path or name) in met:
            raise PolicyInvalid(f"policy {by!r} extends {name!r}, which extends it: they go round in a circle")
        raw = _read(name, path)
