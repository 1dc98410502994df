"""Which family a file is of, by its content, and the walk through it.

A new family is one new file with a `FAMILY`, and one line here.
"""

import struct
from typing import Final

from provenance.containers import (
    aiff,
    appledouble,
    archive,
    asf,
    bmff,
    compound,
    dpx,
    exr,
    flv,
    gif,
    glb,
    id3,
    jpeg,
    matroska,
    metafile,
    mxf,
    ogg,
    others,
    pdf,
    png,
    psd,
    rare,
    riff,
    squeezed,
    store,
    tar,
    text,
    tiff,
    xcf,
)
from provenance.containers.ending import look_at_end
from provenance.containers.family import HEAD, End, Family
from provenance.containers.model import BlockKind, Container, Format, Visitor
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.remains import search, search_unknown
from provenance.containers.window import Window
from provenance.files import Media

FAMILIES: Final[tuple[Family, ...]] = (
    jpeg.FAMILY,
    png.FAMILY,
    tiff.FAMILY,
    bmff.FAMILY,
    riff.FAMILY,
    gif.FAMILY,
    store.FAMILY,
    archive.FAMILY,
    id3.FAMILY,
    matroska.FAMILY,
    ogg.FAMILY,
    aiff.FAMILY,
    flv.FAMILY,
    asf.FAMILY,
    glb.FAMILY,
    exr.FAMILY,
    dpx.FAMILY,
    psd.FAMILY,
    xcf.FAMILY,
    appledouble.FAMILY,
    compound.FAMILY,
    squeezed.FAMILY,
    tar.FAMILY,
    metafile.FAMILY,
    others.FAMILY,
    mxf.FAMILY,
    pdf.FAMILY,
    rare.FAMILY,
    text.FAMILY,
    rare.LABELLED,
)
"""Asked in this order: those with the most certain signatures first, then what is known by its structure, then text,
and last what is known by its end. PDF and MXF may have anything before them, so they are asked before those."""


def identify(media: Media) -> Format | None:
    """Return what the content of `media` is, or None if it is nothing we know for certain. The name is no evidence."""
    return _family(Window(media), Notes())[1]


def walk(media: Media, visitor: Visitor | None = None) -> Container:
    """Return the type of `media`, the metadata in it and every remnant of a credential.

    What lies whole within it is shown to the visitor. Reads, memory, counts and nesting are bounded, and no bytes make
    it raise: what cannot be followed is in `gaps`. Raises `OSError` where the storage does.
    """
    return _walk(Window(media), Notes(visitor))


def _walk(window: Window, notes: Notes) -> Container:
    family, found = _family(window, notes)
    if family is None:
        search_unknown(window, notes)
        _read_packet(window, notes)
        return notes.container(None)
    try:
        family.walk(window, notes)
        if family.end is not End.REACHED:
            look_at_end(window, notes, pictures=family.end is End.OPEN)
    except _FAULTS as error:
        # A fault of ours, and no reason to call the file clean or to lose what was found before it.
        notes.gap("walk", f"our own reader failed on this file: {error!r}")
        search(window, notes, 0, "unread data")
    return notes.container(found)


def _read_packet(window: Window, notes: Notes) -> None:
    """Hand on the first XMP packet of what is of no type that is known: a packet tells where it starts and ends."""
    at, packet = find_packet(window.at(0, _PACKET))
    if packet:
        notes.block(BlockKind.XMP, f"bytes of an unknown type at {at}", packet)


_PACKET = 1 << 20
_FAULTS = (struct.error, ValueError, LookupError, ArithmeticError)


def _family(window: Window, notes: Notes) -> tuple[Family | None, Format | None]:
    """Return the first family that knows the file. One whose test fails has not known it."""
    head = window.at(0, HEAD)
    for family in FAMILIES:
        try:
            found = family.recognise(head, window)
        except _FAULTS as error:
            notes.gap("type", f"our own test of the type failed on this file: {error!r}")
            continue
        if found is not None:
            return family, found
    return None, None
