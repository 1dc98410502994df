"""Sound as it is coded: linear PCM of WAV and AIFF, MP3, FLAC."""

from collections.abc import Iterator

from provenance.containers.window import Window
from provenance.files import Media
from provenance.likeness.parts import WHOLE, Parts, Span
from provenance.sameness import SOUND, SPARSE, VERSION, Likeness

_MOST = 100_000
_MOST_TAGS = 16
_UNKNOWN = 0xFFFFFFFF


def sounding(parts: Parts, algorithm: str = SOUND) -> tuple[Likeness, ...]:
    """Return the likeness of a track of sound, if it says anything."""
    if not parts.is_whole or parts.says_nothing():
        return ()
    if parts.size > WHOLE:
        return ((SPARSE, VERSION, parts.sparse_digest(b"sound")),)
    return ((algorithm, VERSION, parts.digest(b"sound")),)


def wave(window: Window, media: Media) -> tuple[Likeness, ...]:
    """The data alone, in RIFF, RF64 and BW64 (EBU Tech 3306): a film with the same samples is alike too."""
    at, large = 12, 0
    for _ in range(_MOST):
        head = window.at(at, 24)
        if len(head) < 8:
            return ()
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        if kind == b"ds64":
            large = int.from_bytes(head[16:24], "little")
        if kind == b"data":
            length = large if length == _UNKNOWN and large else length
            # A recorder that was cut off never wrote how long it is.
            length = window.size - at - 8 if length in {0, _UNKNOWN} else length
            return sounding(Parts(media, ((at + 8, length),)))
        at += 8 + length + length % 2
    return ()


def aiff(window: Window, media: Media) -> tuple[Likeness, ...]:
    """The samples in `SSND` (AIFF 1.3)."""
    at = 12
    for _ in range(_MOST):
        head = window.at(at, 12)
        if len(head) < 12:
            return ()
        length = int.from_bytes(head[4:8], "big")
        if head[:4] == b"SSND":
            offset = int.from_bytes(head[8:], "big")
            return sounding(Parts(media, ((at + 16 + offset, length - 8 - offset),)))
        at += 8 + length + length % 2
    return ()


def flac(window: Window, media: Media) -> tuple[Likeness, ...]:
    """All frames, behind the blocks of metadata (RFC 9639, 8)."""
    at = _behind_tags(window) + 4
    for _ in range(_MOST):
        head = window.at(at, 4)
        if len(head) < 4:
            return ()
        at += 4 + int.from_bytes(head[1:], "big")
        if head[0] & 0x80:
            return sounding(Parts(media, ((at, _before_tags(window) - at),)))
    return ()


def mpeg_audio(window: Window, media: Media) -> tuple[Likeness, ...]:
    """All frames, between the tags; a first frame that says how it was encoded, and holds no sound, is left out."""
    at = _behind_tags(window)
    stop = _before_tags(window)
    for span in _frames(window, at, stop):
        return sounding(Parts(media, (span,)))
    return ()


def _frames(window: Window, at: int, stop: int) -> Iterator[Span]:
    start = window.at(at, 256)
    if any(name in start for name in (b"Xing", b"Info", b"VBRI")):
        # Whoever copies the frames writes this one anew. The next one begins with the same version and layer.
        follows = window.find(start[:2], at + 4, min(stop, at + 4096))
        if follows > 0:
            at = follows
    yield at, stop - at


def _behind_tags(window: Window) -> int:
    """Return where ID3v2 tags end, whose size is written with seven bits a byte (ID3v2.4, 3.1)."""
    at = 0
    for _ in range(_MOST_TAGS):
        head = window.at(at, 10)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def _before_tags(window: Window) -> int:
    """Return where tags behind the sound begin: ID3v1, and APE before it (its footer says how long it is)."""
    stop = window.size
    if window.at(stop - 128, 3) == b"TAG":
        stop -= 128
    foot = window.at(stop - 32, 32)
    if foot[:8] == b"APETAGEX":
        size = int.from_bytes(foot[12:16], "little") + (32 if foot[23] & 0x80 else 0)
        stop = stop - size if size <= stop else stop
    return stop
