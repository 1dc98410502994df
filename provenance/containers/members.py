"""Files in archives of any kind: told by their names, and shown to the visitor one after the other."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from provenance.containers.notes import Notes
from provenance.files import Media, display

MOST_COPIED = 128 << 20
"""Bytes of one file that are decompressed: it lies in memory, perhaps in another that does."""
_LONGEST = 120
_SIDECAR = b".c2pa"
_LARGEST_SIDECAR = 32 << 20


class Member(NamedTuple):
    """One file in an archive. `open` returns what it holds, or in words why that cannot be said."""

    name: bytes
    open: Callable[[], Media | str]
    unknown: bool = False
    """Whether bytes of no type that is known are nothing to hold the archive for."""


def show(notes: Notes, members: Sequence[Member]) -> None:
    """Show all members to the visitor, each with the sidecar that lies beside it in the archive."""
    visitor = notes.visitor
    if visitor is None:
        return
    named = {member.name: member for member in members}
    sidecars = _sidecars(named)
    spoken_for = frozenset(sidecars.values())
    for number, member in enumerate(members, 1):
        name = _shown(member.name)
        place = f"inside {name} ({number} of {len(members)})"
        if not _stays_below(member.name):
            notes.gap(place, f"the name {name} leads out of the folder that it is unpacked to")
        if not visitor.more():
            return
        if member.name in spoken_for and member is named[member.name]:
            continue
        content = member.open()
        if isinstance(content, str):
            notes.gap(place, f"{name} was not examined: {content}")
        elif content.size or member.name in sidecars:
            # Beside an empty file, too, something else may stand in the credential's place.
            beside = named[sidecars[member.name]].open() if member.name in sidecars else None
            if beside is not None and (isinstance(beside, str) or beside.size > _LARGEST_SIDECAR):
                notes.gap(place, f"the content credential beside {name} cannot be read")
                beside = None
            sidecar = None if beside is None or isinstance(beside, str) else beside.read(0, beside.size)
            visitor.visit(place, content, unknown=member.unknown, sidecar=sidecar)


def _sidecars(named: dict[bytes, Member]) -> dict[bytes, bytes]:
    """Return the sidecar of each name that has one: `NAME.EXT.c2pa`, or `STEM.c2pa` where only one could mean it."""
    found: dict[bytes, bytes] = {}
    stems: dict[bytes, list[bytes]] = {}
    if not any(name.endswith(_SIDECAR) for name in named):
        return found
    for name in named:
        if name.endswith(_SIDECAR):
            continue
        if name + _SIDECAR in named:
            found[name] = name + _SIDECAR
        folder, slash, last = name.rpartition(b"/")
        stems.setdefault(folder + slash + last.rpartition(b".")[0], []).append(name)
    for stem, names in stems.items():
        if stem + _SIDECAR in named and len(names) == 1:
            found.setdefault(names[0], stem + _SIDECAR)
    return found


def _stays_below(name: bytes) -> bool:
    """Whether a name stays in the folder that it is unpacked to, on any system."""
    parts = name.replace(b"\\", b"/").split(b"/")
    return b".." not in parts and parts[0] != b"" and b":" not in parts[0] and b"\0" not in name


def _shown(name: bytes) -> str:
    text = display(name)
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"
