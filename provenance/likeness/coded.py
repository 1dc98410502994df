"""Likeness by what is coded: the family decides where pictures and sound lie, and nothing is decoded."""

import struct
from collections.abc import Callable
from typing import Final

from provenance.containers import Container
from provenance.containers.window import Window
from provenance.files import Media
from provenance.likeness.sound import aiff, flac, mpeg_audio, wave
from provenance.likeness.still import jpeg, png, tiff, webp
from provenance.sameness import Likeness

Reader = Callable[[Window, Media], tuple[Likeness, ...]]


def _movie(window: Window, media: Media) -> tuple[Likeness, ...]:
    from provenance.likeness.movie import movie  # many an examination meets no film

    return movie(window, media)


def _matroska(window: Window, media: Media) -> tuple[Likeness, ...]:
    from provenance.likeness.matroska import matroska

    return matroska(window, media)


_READERS: Final[dict[str, Reader]] = {
    "image/png": png,
    "image/tiff": tiff,
    "image/x-adobe-dng": tiff,
    "image/webp": webp,
    "audio/wav": wave,
    "audio/aiff": aiff,
    "audio/flac": flac,
    "audio/mpeg": mpeg_audio,
    "video/x-matroska": _matroska,
    "video/webm": _matroska,
    **dict.fromkeys(("video/mp4", "video/quicktime", "video/x-m4v", "audio/mp4"), _movie),
}
_FAULTS = (struct.error, ValueError, LookupError, ArithmeticError)


def coded_likeness(container: Container, media: Media) -> tuple[Likeness, ...]:
    """Return the likenesses of a file by what is coded in it; none where its type is not known, or it says nothing.

    No bytes make it raise: what is damaged is like nothing else. Raises `OSError` where the storage does.
    """
    reader = _READERS.get(container.format.media_type) if container.format else None
    try:
        if container.chain is not None:
            return jpeg(Window(media), media, container.chain)
        if reader is None:
            return ()
        return reader(Window(media), media)
    except _FAULTS:
        return ()
