"""Cutting out of a file what its verdict is drawn from. Runs in a worker, and costs a plain file a comparison."""

import re

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Claim, Evidence, State
from provenance.examination import SIDECAR_TYPE
from provenance.exhibits import LARGEST, Kept, packed
from provenance.files import IN_MEMORY, Media

MANIFEST = "manifest"
"""Kind of a whole C2PA manifest store; the others are called as the blocks of metadata are."""

_NOTHING_SAID = {State.ABSENT, State.UNSUPPORTED}
_SAYS = {Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW}
_STORE = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")
"""The description box of a C2PA manifest store (C2PA 2.2, 11.1.4.2; ISO 19566-5, A.2), 12 bytes into its superbox."""
_AT = re.compile(r" at (\d{1,19})")
_NEAR = 1024
_ENDS = 8 << 20
_SEGMENTS = 1024
"""APP11 segments of one store that are put together; 257 full ones hold the largest that is kept."""
_MOST = 64
"""Blocks kept of one file."""


def cut(evidence: Evidence, container: Container, media: Media) -> tuple[Kept, ...]:
    """Return what is worth keeping of a file: nothing of one that says nothing and hides nothing."""
    if evidence.media_type == SIDECAR_TYPE and media.size <= IN_MEMORY:
        return (packed(MANIFEST, "the whole file", media.read(0, media.size)),)
    marked = evidence.gaps or any(s.claim in _SAYS for s in evidence.signals)
    if not marked and evidence.credential.state in _NOTHING_SAID and not container.residue:
        return ()
    kept: list[Kept] = []
    if container.residue:
        found = _manifest(container, media)
        if found is not None:
            kept.append(packed(MANIFEST, *found))
    blocks = [b for b in container.blocks if b.data and (b.kind is BlockKind.XMP or _marked(b, evidence))]
    kept += [packed(b.kind.value, f"{b.place} {b.key}".rstrip()[:500], b.data) for b in blocks[:_MOST]]
    return tuple(kept)


def _marked(block: Block, evidence: Evidence) -> bool:
    """Whether a mark, or what could not be read, stands in a block."""
    said = [s.place for s in evidence.signals if s.claim in _SAYS] + [g.place for g in evidence.gaps]
    return any(place.startswith(block.place) or (block.key and block.key in place) for place in said)


def _manifest(container: Container, media: Media) -> tuple[str, bytes] | None:
    """Return a file's manifest store and where it stood, if it lies there in one piece, or in JPEG's segments."""
    for place in container.residue:
        at = _AT.search(place)
        if at is not None:
            store = _jpeg(media, int(at[1])) if place.startswith("JPEG APP11") else _near(media, int(at[1]))
            if store is not None:
                return place, store
    for start in (0,) if media.size <= IN_MEMORY else (0, max(0, media.size - _ENDS)):
        data = media.read(start, min(media.size, IN_MEMORY if media.size <= IN_MEMORY else _ENDS))
        found = data.find(_STORE)
        store = _whole(media, start + found - 12) if found >= 12 else None
        if store is not None:
            return container.residue[0], store
    return None


def _near(media: Media, at: int) -> bytes | None:
    start = max(0, at - 64)
    found = media.read(start, 64 + _NEAR).find(_STORE)
    return _whole(media, start + found - 12) if found >= 12 else None


def _whole(media: Media, at: int) -> bytes | None:
    """Return the superbox at an offset, if it is one and all of it is there."""
    head = media.read(at, 8) if at >= 0 else b""
    size = int.from_bytes(head[:4], "big")
    if head[4:] != b"jumb" or not 8 < size <= min(LARGEST, media.size - at):
        return None
    return media.read(at, size)


def _jpeg(media: Media, at: int) -> bytes | None:
    """Return a store out of JPEG's APP11 segments: each repeats the superbox's header (C2PA 2.2, A.3.1)."""
    store, wanted, instance = bytearray(), 0, b""
    for _ in range(_SEGMENTS):
        head = media.read(at, 20)
        length = int.from_bytes(head[2:4], "big")
        if head[:2] != b"\xff\xeb" or head[4:6] != b"JP" or length < 18 or (instance and head[6:8] != instance):
            return None
        if not wanted:
            wanted, instance = int.from_bytes(head[12:16], "big"), head[6:8]
            if head[16:20] != b"jumb" or not 8 < wanted <= LARGEST:
                return None
            store += head[12:20]
        store += media.read(at + 20, length - 18)
        at += 2 + length
        if len(store) >= wanted:
            return bytes(store[:wanted]) if store[12 : 12 + len(_STORE)] == _STORE else None
    return None
