"""What it means that two files hold the same essence: which likenesses there are, and what a flag says of a twin. Pure.

A likeness is stored as (asset, algorithm, version, value). Two files are twins if a value of the one is a value of the
other, by algorithms that can be compared. docs/decisions/0015-likeness.md says why these.
"""

from typing import Final

from provenance.evidence import Claim

Likeness = tuple[str, int, bytes]
"""Algorithm, version, value."""

STILL: Final = "still"
"""A picture as it is compressed: the same whatever metadata stands around it."""
PIXELS: Final = "pixels"
"""A picture as it is decoded: the same whatever lossless form it is saved in. Empty: it cannot be decoded."""
PLAIN: Final = "plain"
"""That a picture was decoded and says nothing: a mask, a slate, one colour. It has no value, and makes no twins."""
SHAPE: Final = "shape"
"""What pictures have to have in common before it is worth decoding them. It makes no twins."""
VIDEO: Final = "video"
"""The packets of a track of pictures."""
SOUND: Final = "sound"
"""The packets of a track of sound, in a file without pictures."""
SOUNDTRACK: Final = "soundtrack"
"""The packets of a track of sound, in a film: the same value as `SOUND` for the same packets."""
SPARSE: Final = "sparse"
"""Parts of a track too large to be read twice, whose packets all have one length: alike, but it is no proof."""
BYTES: Final = "bytes"
"""SHA-256 of all there is. Every asset has it without a row of its own; written is only what lies whole in another."""

VERSION: Final = 1
"""Of all algorithms so far. Values of different versions are never compared."""

SIZE: Final = 8
"""Bytes at the start of a `SHAPE` that are width and height. A JPEG has more: it is decoded only if it is flagged."""


def pixels_of(shape: bytes) -> int:
    """Return how many pixels a picture of a shape has."""
    return int.from_bytes(shape[:4], "big") * int.from_bytes(shape[4:SIZE], "big")


_WITHIN = " in "
_LONGEST = 240

BYTES_WITHIN: Final = BYTES + _WITHIN
"""What the algorithm begins with of a file that lies in another and is known by its bytes."""


def within(likeness: Likeness, place: str) -> Likeness:
    """Return the likeness of what lies at a place in a file as one of that file: `ALGORITHM in PLACE`."""
    algorithm, version, value = likeness
    kind, inner = parted(algorithm)
    whole = f"{place}: {inner}" if inner else place
    return kind + _WITHIN + (whole if len(whole) <= _LONGEST else f"…{whole[-_LONGEST:]}"), version, value


def parted(algorithm: str) -> tuple[str, str]:
    """Return what an algorithm compares, and where in the file that lies; the place is empty for the file itself."""
    kind, _, place = algorithm.partition(_WITHIN)
    return kind, place


WHOLE: Final = frozenset({STILL, PIXELS, VIDEO, SOUND, BYTES})
"""What is the same by one of these is the same, as far as anybody sees or hears."""
_DOUBTFUL = WHOLE | {SPARSE}
_FLAGS = frozenset({Claim.AI_GENERATED, Claim.AI_ASSISTED})


def handed_on(claim: Claim, ours: str, theirs: str) -> Claim | None:
    """Return what a flag on one file, or a doubt, says of another of the same value, by the algorithms of both.

    A flag on a film is about its pictures as far as anybody can tell: the music under it may be anybody's. A sound that
    is flagged is a part of every film it is used in. So is what lies whole in a file a part of that; and what is said
    of the file is said of none of its parts.
    """
    kind, place = parted(ours)
    said = _of_the_same(claim, kind, theirs)
    return Claim.AI_ASSISTED if place and said is Claim.AI_GENERATED else said


def _of_the_same(claim: Claim, ours: str, theirs: str) -> Claim | None:
    if claim is Claim.REVIEW:
        return claim if ours == theirs in _DOUBTFUL or (ours, theirs) == (SOUNDTRACK, SOUND) else None
    if claim not in _FLAGS:
        return None
    if ours == theirs:
        return claim if ours in WHOLE else Claim.REVIEW if ours == SPARSE else None
    if (ours, theirs) == (SOUNDTRACK, SOUND):
        return Claim.AI_ASSISTED
    if (ours, theirs) == (SOUND, SOUNDTRACK) and claim is Claim.AI_GENERATED:
        return Claim.REVIEW
    return None
