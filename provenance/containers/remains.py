"""Knowing a C2PA manifest store, or what is left of one, wherever it stands.

A store is a tree of JUMBF boxes (ISO 19566-5), each with a description box that names its type by a UUID. Those of
C2PA 2.2, section 11.1, begin with `c2`, those of its forerunner with `ca`, and all share their last twelve bytes.
Every store holds at least five of them close to its start and its end, so damage to a few bytes hides none.
The four letters `c2pa` alone prove nothing: they occur by chance in compressed pixels.
"""

import base64
import re
from typing import Final

from provenance.containers.notes import Notes
from provenance.containers.window import Window
from provenance.files import find_first

STORE_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""Type of the BMFF box that holds a store (C2PA 2.2, A.5)."""

_JUMBF_UUID = bytes.fromhex("00110010800000aa00389b71")
"""The last twelve bytes of the UUID of every JUMBF content type (ISO 19566-5, annex B)."""

_LABEL = re.compile(rb"c2pa[-.\w]{0,64}\0")
_BESIDE = 64
_MOST_TRIES = 256

_PIECE = 1 << 20
_OVERLAP = 128
_HEAD, _UNKNOWN_HEAD, _TAIL = 16 << 20, 4 << 20, 1 << 20


def _as_base64(needle: bytes) -> tuple[bytes, ...]:
    """Return the parts of the base64 of `needle` that do not depend on what surrounds it, for each alignment."""
    forms = []
    for phase in range(3):
        encoded = base64.b64encode(bytes(phase) + needle)
        forms.append(encoded[-(-phase * 4 // 3) : (phase + len(needle)) * 4 // 3])
    return tuple(forms)


_IN_BASE64 = _as_base64(_JUMBF_UUID)


def find_remains(data: bytes) -> int:
    """Return where in `data` a manifest store shows, or -1: by a type UUID of C2PA, or by a `jumb` box and a label."""
    at = find_type(data)
    return at if at >= 0 else _find_label(data)


def find_type(data: bytes, start: int = 0) -> int:
    """Return where the first type UUID of C2PA stands in `data`, or -1. The fast half of `find_remains`."""
    at = find_first(data, _JUMBF_UUID, start)
    for _ in range(_MOST_TRIES):
        if at < 0:
            return -1
        # One of the two letters may be damaged, but then another of the UUIDs is whole.
        if at >= 4 and data[at - 4 : at - 2] in {b"c2", b"ca"}:
            return at - 4
        at = data.find(_JUMBF_UUID, at + 1)
    return -1


def holds_types(data: bytes) -> bool:
    """Whether the type of any JUMBF content stands in `data`: without one there is no store, whole or damaged.

    It is the cheapest question there is about all bytes: one search, for a long word.
    """
    return find_first(data, _JUMBF_UUID) >= 0


def _find_label(data: bytes) -> int:
    """Find a `jumb` box with a label that ends in a zero byte close by, which XMP and prose never have."""
    at = find_first(data, b"jumb")
    for _ in range(_MOST_TRIES):
        if at < 0:
            return -1
        # `self#jumbf=` is how claims and XMP point at a store.
        if data[at + 4 : at + 5] != b"f" and _LABEL.search(data, at + 4, at + 4 + _BESIDE):
            return at
        at = data.find(b"jumb", at + 4)
    return -1


def looks_like_manifest(data: bytes) -> bool:
    """Whether `data` holds a manifest store, or the remains of one."""
    return find_remains(data) >= 0


def is_superbox(data: bytes) -> bool:
    """Whether `data` begins as a JUMBF superbox does (ISO 19566-5, 6.3), of C2PA or damaged beyond telling."""
    if data[4:8] != b"jumb":
        return False
    intact = data[12:16] == b"jumd" and data[20:32] == _JUMBF_UUID
    return not intact or looks_like_manifest(data[:256])


def find_encoded_remains(window: Window, start: int, stop: int) -> int:
    """Return where a manifest store in base64 shows between two offsets, or -1 (SVG: C2PA 2.2, A.3.4)."""
    found = [at for at in (window.find(form, start, stop) for form in _IN_BASE64) if at >= 0]
    return min(found, default=-1)


def remains_between(window: Window, start: int, stop: int) -> int:
    """Return where a manifest store shows between two offsets, or -1."""
    stop = min(stop, window.size)
    while start < stop:
        piece = window.at(start, min(_PIECE, stop - start))
        found = find_remains(piece)
        if found >= 0:
            return start + found
        if start + len(piece) >= stop or len(piece) <= _OVERLAP:
            return -1
        start += len(piece) - _OVERLAP
    return -1


def search(window: Window, notes: Notes, start: int, what: str) -> None:
    """Note remains in bytes that no structure leads through: 16 MiB from `start` on, and the last MiB.

    A store stands near one of the two.
    """
    for first, last in _spans(window, start, _HEAD):
        at = remains_between(window, first, last)
        if at >= 0:
            notes.residue(f"{what} at {at}")


def search_unknown(window: Window, notes: Notes) -> None:
    """Note remains in a file of an unknown type, in bytes or in base64: in its first 4 MiB and its last."""
    for first, last in _spans(window, 0, _UNKNOWN_HEAD):
        for at in (remains_between(window, first, last), find_encoded_remains(window, first, last)):
            if at >= 0:
                notes.residue(f"bytes of an unknown type at {at}")


def _spans(window: Window, start: int, head: int) -> list[tuple[int, int]]:
    stop = start + head
    if window.size <= stop + _TAIL:
        return [(start, window.size)]
    return [(start, stop), (window.size - _TAIL, window.size)]
