"""What a worker is asked, and what it answers: frozen, picklable, and light to import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from provenance.asset import StatKey
from provenance.evidence import Beside, Evidence
from watcher.wait import Wait

SIDECAR_SUFFIX = b".c2pa"
PACKET_SUFFIX = b".xmp"
TEXT_SUFFIXES = (b".txt", b".json")
_COMPANIONS = (PACKET_SUFFIX, *TEXT_SUFFIXES)
_READ_TOGETHER = (SIDECAR_SUFFIX, *_COMPANIONS)
SIDECAR_TYPE = "application/c2pa"
"""Media type of a manifest store by itself."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to look at. `size` is a hint for the deadline; `sidecars` are names in the same folder, best first.

    Of these the first credential is read, and everything else.
    `without_parsers` asks for the identity alone, because the parsers failed on this file before, and says how.
    `rate` is how many bytes a second a worker may read of what has this root; None: as many as it can.
    """

    root: bytes
    path: bytes
    size: int = 0
    sidecars: tuple[bytes, ...] = ()
    without_parsers: str | None = None
    rate: float | None = None
    probe: bool = False
    """Whether to ask what speaks against the file being finished."""
    pixels: bool = False
    """Whether to decode a picture, whatever it is."""
    thorough: bool = False
    """Whether whatever is flagged is decoded at once; else so much of it that other files hardly wait."""


class Failure(Enum):
    """Why a file could not even be identified."""

    MISSING = "missing"
    NOT_REGULAR = "not-regular"
    CHANGED = "changed"
    NOT_PERMITTED = "not-permitted"
    READ_FAILED = "read-failed"
    NOT_EXAMINED = "not-examined"


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing is known of the file but this."""

    failure: Failure
    says: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found. While the file keeps this stat key nobody has to look again, unless it is `racy`."""

    key: StatKey
    racy: bool
    evidence: Evidence
    beside: Beside
    unfinished: tuple[tuple[Wait, str], ...] = ()
    """What speaks against the file being finished, with words for a person. True at this instant only."""
    likeness: tuple[tuple[str, int, bytes], ...] = ()
    """By what it is known again without its marks (`sameness.Likeness`)."""
    kept: tuple[tuple[str, str, str, int, bytes], ...] = ()
    """What the finding was drawn from, to be kept (`provenance.exhibits.Kept`): nothing of a plain file."""


Answer = Looked | Failed
"""What came of a request."""


def packed(answers: tuple[Answer, ...]) -> bytes | tuple[Answer, ...]:
    """Return answers in the form in which they travel between processes: a fifth of what pickling costs on both sides.

    What has no such form (text with a lone surrogate, a time stamp of more than 64 bits) travels as it is.
    """
    try:
        encoded: bytes = _packer().encode([(a, None) if isinstance(a, Looked) else (None, a) for a in answers])
    except (UnicodeEncodeError, OverflowError):
        return answers
    return encoded


def unpacked(sent: bytes | tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers that `packed` was given."""
    return tuple(looked or failed for looked, failed in _unpacker().decode(sent)) if isinstance(sent, bytes) else sent


@cache
def _packer() -> Any:
    import msgspec

    return msgspec.msgpack.Encoder()


@cache
def _unpacker() -> Any:
    import msgspec

    return msgspec.msgpack.Decoder(tuple[tuple[Looked | None, Failed | None], ...])


def companions_among(names: Iterable[bytes]) -> frozenset[bytes]:
    """Return those of some names that a sidecar or a companion may have.

    In most folders there are none, and then nobody looks on.
    """
    names = tuple(names)
    joined = b"/".join(names)
    if not any(map(joined.__contains__, _READ_TOGETHER)):  # a tenth of the time of asking each name
        return frozenset()
    return frozenset(name for name in names if name.endswith(_READ_TOGETHER))


def belong_together(names: Sequence[bytes]) -> bool:
    """Whether any of the names in a folder may belong to another of them, at the cost of a look at all together.

    A folder full of texts is no rarity, and none of them belongs to another.
    """
    joined = b"/".join(names) + b"/"
    if SIDECAR_SUFFIX in joined:
        return True
    return 0 < sum(joined.count(suffix + b"/") for suffix in _COMPANIONS) < len(names)


def is_companion(name: bytes) -> bool:
    """Whether a file of this name may be a sidecar or a companion of another."""
    return name.endswith(_READ_TOGETHER)


def may_accompany_companions(names: Iterable[bytes]) -> bool:
    """Whether any of some names may belong to a file that is a companion itself: that only sidecars do."""
    return any(name.endswith(SIDECAR_SUFFIX) for name in names)


def sidecar_names(name: bytes) -> tuple[bytes, ...]:
    """Return the names a file's sidecar may have, best first.

    `NAME.EXT.c2pa` is ours and cannot be mistaken; `STEM.c2pa` is the specification's (C2PA 2.2, 11.4), which all
    files of one stem share.
    """
    return _beside(name, SIDECAR_SUFFIX)


def companion_names(name: bytes) -> tuple[bytes, ...]:
    """Return the names of whatever is read together with a file: the sidecar it may have, XMP, and generators' text.

    `STEM.xmp` is how Adobe's programs call it, `NAME.EXT.xmp` how others do. Some generators keep the prompt of
    `STEM.png` in `STEM.txt` or `STEM.json`.
    """
    if name.endswith(SIDECAR_SUFFIX):
        return tuple(n for n in _beside(name, SIDECAR_SUFFIX) if n != name)
    if name.endswith(PACKET_SUFFIX):
        return (name + SIDECAR_SUFFIX,)  # `STEM.c2pa` is about what this speaks of too
    names = _beside(name, SIDECAR_SUFFIX)
    if name.endswith(TEXT_SUFFIXES):
        return names
    texts = tuple(_beside(name, suffix)[-1] for suffix in TEXT_SUFFIXES) if b"." in name[1:] else ()
    return names + _beside(name, PACKET_SUFFIX) + texts


def companions_of(name: bytes, there: frozenset[bytes]) -> tuple[bytes, ...]:
    """Return those of the companions in a folder that are read together with a file, best first."""
    owners = _owners(there)
    if name not in owners and name.rpartition(b".")[0] not in owners:  # so it is of nearly every file
        return ()
    return tuple(n for n in companion_names(name) if n in there)


@lru_cache(maxsize=8)
def _owners(companions: frozenset[bytes]) -> frozenset[bytes]:
    """Return what companions are named after: a file's whole name, or its stem."""
    return frozenset(name.rpartition(b".")[0] for name in companions)


def read_among(names: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return those of the companion names that are there which are read: the first sidecar, and every other."""
    there = tuple(names)
    first = next(((n,) for n in there if n.endswith(SIDECAR_SUFFIX)), ())
    return (*first, *(n for n in there if n.endswith(_COMPANIONS)))


def _beside(name: bytes, suffix: bytes) -> tuple[bytes, ...]:
    stem, dot, _ = name.rpartition(b".")
    full = name + suffix
    return (full, stem + suffix) if dot and stem else (full,)
