"""Whether a file cannot be complete yet, by what its own container says: a cheap and strong reason to wait.

Only what is sure is said, for it holds a delivery back. That nothing is said proves nothing: most containers say little
of their length, and room that was set aside and not written to yet looks like content. Each check says where it is
silent. Nothing is ever said of an empty file, of bytes of an unknown type, nor of FLAC, MP3, Ogg, MPEG streams and
text, which may end anywhere.

A part of a file that was cut into volumes on purpose (`film.mov.001`) cannot be told from one that is not finished.
"""

from collections.abc import Callable
from typing import Final

from provenance.containers.family import HEAD
from provenance.containers.whole.chunks import aiff_cut, riff_cut
from provenance.containers.whole.documents import pdf_cut, zip_cut
from provenance.containers.whole.films import bmff_cut, matroska_cut
from provenance.containers.whole.frames import dpx_cut, exr_cut
from provenance.containers.whole.mxf import mxf_cut
from provenance.containers.whole.pictures import gif_cut, jpeg_cut, png_cut
from provenance.containers.whole.tiff import tiff_cut
from provenance.containers.window import Window
from provenance.files import FileMedia

_Check = Callable[[bytes, Window], str | None]
"""Given the first bytes, says what is missing of a file of its own type, and nothing of any other."""

_CHECKS: Final[tuple[_Check, ...]] = (
    jpeg_cut,
    png_cut,
    tiff_cut,
    exr_cut,
    dpx_cut,
    bmff_cut,
    riff_cut,
    mxf_cut,
    gif_cut,
    matroska_cut,
    aiff_cut,
    pdf_cut,
    zip_cut,
)


def cut_short(descriptor: int) -> str | None:
    """Return what is missing of the container in an open file, in words; None if nothing can be said against it.

    Reads a few blocks and never the whole of a large file; the descriptor's position stays where it is. Nothing in the
    bytes makes it raise; raises `OSError` where the storage does.
    """
    window = Window(FileMedia(descriptor), piecewise=True)
    head = window.at(0, HEAD)
    if not head:
        return None
    return next((says for check in _CHECKS if (says := check(head, window)) is not None), None)
