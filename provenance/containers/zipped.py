"""The files in a ZIP, shown one after the other to the visitor, decompressed in memory within bounds."""

import bz2
import re
import zlib
from functools import partial

from provenance.containers.members import MOST_COPIED, Member, show
from provenance.containers.model import Visitor
from provenance.containers.notes import Notes
from provenance.containers.squeezed import DAMAGE, Decompressor
from provenance.containers.window import Window
from provenance.containers.zip_list import Packed, list_files
from provenance.files import IN_MEMORY, BufferMedia, Media

STORE = b"META-INF/content_credential.c2pa"
"""Where a ZIP's own credential stands (C2PA 2.2, A.6)."""

_STORED, _DEFLATED, _BZIP2 = 0, 8, 12
_PIECE = 1 << 20
_OF_PROGRAMS = re.compile(
    rb"[^/]+/printerSettings/[^/]+\.bin|(?:word|ppt)/(?:embeddings/)?fonts/[^/]+\.(?:odttf|fntdata)|layout-cache"
)
"""What office programs keep in their documents besides text and media: printers' settings, scrambled fonts, where lines
break."""
_LARGEST_OF_PROGRAMS = 4 << 20


def read_files(window: Window, notes: Notes, *, document: bool) -> None:
    """Show each file of a ZIP to the visitor. In a document, what programs keep for themselves may be of any type."""
    visitor = notes.visitor
    if visitor is None:
        return
    notes.entered = True
    members = [
        Member(
            file.name,
            partial(_media, window, visitor, file, content),
            unknown=document and file.size <= _LARGEST_OF_PROGRAMS and bool(_OF_PROGRAMS.fullmatch(file.name)),
        )
        for file, content in list_files(window, notes)
        if not file.folder and file.name != STORE
    ]
    show(notes, members)


def _media(window: Window, visitor: Visitor, file: Packed, content: int) -> Media | str:
    """Return what a file holds, or why that cannot be said."""
    if (why := _trouble(window, file, content)) is not None:
        return why
    if file.method == _STORED:
        return _stored(window, visitor, file, content)
    if file.size > min(MOST_COPIED, visitor.room):
        return f"it has {file.size} bytes, compressed, and so much is not decompressed; unpack it to have it examined"
    stream = zlib.decompressobj(-zlib.MAX_WBITS) if file.method == _DEFLATED else bz2.BZ2Decompressor()
    return _decompressed(window, visitor, (file, content), stream)


def _trouble(window: Window, file: Packed, content: int) -> str | None:
    if file.link:
        return "it is a link to somewhere else"
    if content < 0:
        return "what stands before it says something else than the list of files"
    if file.encrypted:
        return "it is encrypted"
    if file.method not in {_STORED, _DEFLATED, _BZIP2}:
        return f"it is compressed in a way that is not read here (method {file.method})"
    return "it is longer than the ZIP" if content + file.length > window.size else None


def _stored(window: Window, visitor: Visitor, file: Packed, content: int) -> Media | str:
    if file.length != file.size:
        return "it has two lengths"
    if file.size > IN_MEMORY:
        return window.part(content, file.size)
    if file.size > visitor.room:
        return "more lies in this file than is examined"
    visitor.take(file.size)
    data = window.at(content, file.size)
    return BufferMedia(data) if zlib.crc32(data) == file.crc else "its checksum does not fit: it is damaged"


def _decompressed(window: Window, visitor: Visitor, at: tuple[Packed, int], stream: Decompressor) -> Media | str:
    """Decompress a file piece by piece, to no more than it says that it has."""
    file, content = at
    out, read = bytearray(), 0
    try:
        while not stream.eof and len(out) <= file.size and read < file.length:
            piece = window.at(content + read, min(_PIECE, file.length - read))
            read += len(piece)
            out += stream.decompress(piece, file.size + 1 - len(out))
    except DAMAGE:
        return "its compression is damaged"
    finally:
        visitor.take(len(out))
    if len(out) != file.size or not stream.eof or stream.unused_data or read < file.length:
        return "it is not as long as it says"
    return BufferMedia(bytes(out)) if zlib.crc32(out) == file.crc else "its checksum does not fit: it is damaged"
