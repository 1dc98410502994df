"""Whether a RIFF (WAV, AVI, WebP) or an AIFF is cut short, or its header was never filled in."""

from typing import Literal

from provenance.containers import aiff, riff
from provenance.containers.whole.reach import beyond
from provenance.containers.window import Window

_STREAMED = frozenset({b"WAVE", b"AVI "})
_MISCOUNTED = 8
"""Bytes by which writers are wrong that count the header of the whole into its length."""
_MOST_RIFFS, _MOST_CHUNKS = 256, 1024
_TRAILING = 4096
"""Bytes behind an empty sound that may be anything."""


def riff_cut(head: bytes, window: Window) -> str | None:
    """Say if a RIFF, or one of a row of them (OpenDML 1.02, 4.0), holds less than it says, or does not say yet.

    Sound and film whose header gives no length are called unfinished: they are being written, or were piped by a
    program that could not go back to its header. Nothing is said of a RIFF that is too short only by its own length
    while every chunk in it is there, nor of what cannot be followed.
    """
    if riff.FAMILY.recognise(head, window) is None:
        return None
    at = 0
    for _ in range(_MOST_RIFFS):
        top = window.at(at, 36)
        if len(top) < 12 or (at > 0 and (top[:4] != b"RIFF" or top[8:12] != b"AVIX")):
            return None
        size, sound = _lengths(top)
        if size == 0:
            return "its RIFF header says no length yet" if head[8:12] in _STREAMED else None
        stop = at + 8 + size
        if stop > window.size + _MISCOUNTED:
            says = f"its RIFF header speaks of {8 + size:,} bytes, and {window.size - at:,} are there"
            return says if _breaks_off(window, at + 12, "little", sound) else None
        if at == 0 and head[8:12] == b"WAVE" and _is_unset(window, stop):
            return "its header says no length of the sound yet"
        at = stop + (stop & 1)
    return None


def _lengths(top: bytes) -> tuple[int, int]:
    """Return how long a RIFF says it is, 0 if it says nothing yet, and how long its sound is if that is said here.

    The long forms say both in `ds64`, which comes first (EBU Tech 3306, 4).
    """
    size = int.from_bytes(top[4:8], "little")
    if top[:4] in riff.LARGE and size == 0xFFFFFFFF and top[12:16] == b"ds64":
        size, sound = (int.from_bytes(top[n : n + 8], "little") for n in (20, 28))
        return (0 if size == 0xFFFFFFFFFFFFFFFF else size), sound
    return (0 if size in riff.UNFINISHED else size), 0


def _breaks_off(window: Window, at: int, order: Literal["little", "big"], sound: int = 0) -> bool:
    """Whether the file ends within a chunk. `sound` is the length of a `data` chunk that does not say it itself."""
    for _ in range(_MOST_CHUNKS):
        head = window.at(at, 8)
        if len(head) < 8:
            return len(head) > 0 and at != window.size - 1
        if not riff.is_type(head):
            return False
        length = int.from_bytes(head[4:], order)
        if head[:4] == b"data" and length == 0xFFFFFFFF and sound:
            length = sound
        if at + 8 + length > window.size:
            return True
        at += 8 + length + (length & 1)
    return False


def _is_unset(window: Window, stop: int) -> bool:
    """Whether a WAV ends, by its header, with a sound of no length, and goes on."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        head = window.at(at, 8)
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8 or not riff.is_type(head) or at >= stop:
            return False
        if head[:4] == b"data":
            return length == 0 and stop <= at + 8 < window.size - _TRAILING
        at += 8 + length + (length & 1)
    return False


def aiff_cut(head: bytes, window: Window) -> str | None:
    """Say if an AIFF ends within a chunk, and is shorter than it says (AIFF 1.3, "FORM")."""
    if head[:4] != b"FORM":
        return None
    found = aiff.FAMILY.recognise(head, window)
    stop = 8 + int.from_bytes(head[4:8], "big")
    if found is None or found.media_type != "audio/aiff":
        return None
    if stop == 8:
        return "its FORM header says no length yet"
    if stop <= window.size + _MISCOUNTED:
        return None
    return beyond("its FORM header", stop, window) if _breaks_off(window, 12, "big") else None
