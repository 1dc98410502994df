"""What a file is, apart from where it lies: its bytes, named by their digest; and where it was seen."""

import datetime as dt
from dataclasses import dataclass
from typing import NewType

Digest = NewType("Digest", str)
"""SHA-256 over all bytes of a file, 64 lower-case hexadecimal digits. The identity of an asset."""

FastDigest = NewType("FastDigest", str)
"""XXH3-128 over the same bytes, 32 hexadecimal digits: finds accidents, proves nothing against a person."""

Commitment = NewType("Commitment", str)
"""SHA-256 over a fixed word, 32 random bytes and something about a person, 64 hexadecimal digits. Says nothing without
the random bytes, which lie beside the value in the personal store (`provenance.personal`)."""

ZoneName = NewType("ZoneName", str)
Channel = NewType("Channel", str)
"""Where a deliverable goes: approvals name one."""

ProjectId = NewType("ProjectId", str)
Title = NewType("Title", str)
"""Episode or part below the project; empty when the project has only one."""

RelPath = NewType("RelPath", bytes)
"""A path below its zone's root as the file system has it: bytes, no leading slash, never ``.`` or ``..``."""

UtcTime = NewType("UtcTime", str)
"""RFC 3339 in UTC with ``Z`` and six digits of a second: sorts as text."""


def utc(moment: dt.datetime) -> UtcTime:
    """Return an aware moment as it is stored; years before 1000 keep their four digits, or they would sort last."""
    return UtcTime(moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"))


@dataclass(frozen=True, slots=True)
class StatKey:
    """What `stat` says of one version of a file; while it is unchanged the bytes are taken to be.

    `device` is kept for the record and never compared: the same storage has another number after a remount and on
    another host.
    """

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    def same_version(self, other: "StatKey") -> bool:
        """Whether both name the same version of the same file within one zone."""
        return (self.inode, self.size, self.mtime_ns, self.ctime_ns) == (
            other.inode,
            other.size,
            other.mtime_ns,
            other.ctime_ns,
        )


@dataclass(frozen=True, slots=True)
class Asset:
    """Some bytes that exist: the same bytes at two paths are one asset."""

    digest: Digest
    fast: FastDigest
    size: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies, in words every host understands: zone and path below it."""

    zone: ZoneName
    path: RelPath
