"""One track of a film: what its packets are, whatever container they lie in."""

from array import array
from enum import Enum
from typing import NamedTuple

from xxhash import xxh3_128_digest

from provenance.likeness.parts import WHOLE, Parts
from provenance.likeness.sound import sounding
from provenance.sameness import SOUND, SOUNDTRACK, SPARSE, VERSION, VIDEO, Likeness

_EMPTIEST = 50
"""Pixels to one bit of the largest packet: what takes less is black, or bars."""
_MOST_TRACKS = 64


class Kind(Enum):
    """What a track holds."""

    PICTURES = "pictures"
    SOUND = "sound"


class Track(NamedTuple):
    """The packets of one track: where they lie, and how long each is, where that is known of a track of pictures."""

    kind: Kind
    parts: Parts
    lengths: "array[int]"
    pixels: int = 0

    @property
    def largest(self) -> int:
        """Bytes of the largest packet; of all, where they are not told apart."""
        return max(self.lengths, default=self.parts.size)


def track_likeness(tracks: list[Track]) -> tuple[Likeness, ...]:
    """Return the likenesses of a film's tracks, each that says anything."""
    found: list[Likeness] = []
    film = any(t.kind is Kind.PICTURES for t in tracks)
    for track in tracks[:_MOST_TRACKS]:
        if track.kind is Kind.SOUND:
            found += sounding(track.parts, SOUNDTRACK if film else SOUND)
        else:
            found += _pictures(track)
    return tuple(dict.fromkeys(found))


def _pictures(track: Track) -> tuple[Likeness, ...]:
    parts = track.parts
    if not parts.is_whole or parts.says_nothing() or track.largest * 8 * _EMPTIEST < track.pixels:
        return ()
    if parts.size <= WHOLE:
        return ((VIDEO, VERSION, parts.digest(b"video")),)
    if len(set(track.lengths)) > 1:
        # The lengths of thousands of packets are as good as what is in them.
        lengths = xxh3_128_digest(b"".join(n.to_bytes(8, "big") for n in track.lengths))
        return ((VIDEO, VERSION, parts.sparse_digest(b"large video" + lengths)),)
    return ((SPARSE, VERSION, parts.sparse_digest(b"video")),)
