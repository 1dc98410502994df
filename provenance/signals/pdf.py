"""Marks in PDF (ISO 32000): the properties, every XMP stream, and what lies whole in it, such as pictures.

Objects may be compressed, encrypted or moved by every later change, so a whole parser follows them. It repairs what is
damaged, decompresses within bounds, and never draws a page.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from provenance.containers import identify
from provenance.containers.inside import decline, look_inside
from provenance.containers.model import BlockKind, Container, Visitor
from provenance.containers.notes import Notes
from provenance.containers.pdf import PACKET, SEARCHED
from provenance.containers.remains import looks_like_manifest
from provenance.files import BufferMedia, Media
from provenance.signals.findings import Findings

if TYPE_CHECKING:
    import pikepdf

_TYPE = "application/pdf"
_MEMORY = 64 << 20
_MOST_OBJECTS = 200_000
_MOST_PROPERTIES = 256
_LONGEST = 1 << 20
_MOST_INSIDE = 4096
_ALL_INSIDE = 512 << 20
_NAMES = {"Creator": "CreatorTool"}
"""What a property is called where programs write their own name elsewhere."""
_KNOWN_KINDS = frozenset({"/XObject", "/ObjStm", "/XRef", "/Metadata", "/Pattern"})
_KNOWN_FORMS = frozenset({"/Form", "/Type1C", "/CIDFontType0C", "/OpenType"})
_HARMLESS = ("text/", "font/", "application/xml", "application/vnd.iccprofile")
_SNIFFED = 4096
_PICTURES = frozenset({"/DCTDecode", "/JPXDecode"})
"""Filters whose data is a whole JPEG or JPEG 2000, with all its metadata."""


def read_pdf(container: Container, media: Media, visitor: Visitor | None = None) -> Findings:
    """Return the marks in a PDF. What cannot be opened, read or decompressed is a gap."""
    if container.format is None or container.format.media_type != _TYPE:
        return Findings()
    from provenance.signals.reader import read_blocks

    notes = Notes(visitor)
    pikepdf = _parser()
    try:
        with pikepdf.open(media.stream(), suppress_warnings=True) as document:
            _Reader(document, notes, searched=media.size <= SEARCHED).read()
            if any(_LOST.search(str(warning)) for warning in document.get_warnings()):
                notes.gap("PDF", "objects in it are damaged, and were read as something else or as nothing")
    except pikepdf.PasswordError:
        notes.gap("PDF", "it is encrypted, and its metadata cannot be read without a password")
    except _faults() as error:
        notes.gap("PDF", f"it cannot be read as one: {type(error).__name__}")
    found = notes.container(None)
    marks = read_blocks(found)
    return Findings(marks.signals, (*found.gaps, *marks.gaps))


_LOST = re.compile(
    "unknown token|parse error|expected dictionary key|EOF while reading|treating unexpected|giving up"
    "|not found in file|expected endobj|invalid character|null character|unexpected [>)]|reported number of objects"
)
"""What the parser says of an object it lost. That it had to find the objects anew loses nothing, and is common."""


@cache
def _parser() -> Any:
    """Return the parser, with bounds to what it takes for a stream. They count for all of this process."""
    import logging

    import pikepdf

    # It tells of damage there, and a worker has nobody to tell it to.
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL + 1)
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=_MEMORY,
        png_max_memory=_MEMORY,
        run_length_max_memory=_MEMORY,
        tiff_max_memory=_MEMORY,
        dct_max_memory=_MEMORY,
        doc_max_warnings=10_000,
    )
    return pikepdf


@cache
def _faults() -> tuple[type[Exception], ...]:
    """Return what the parser raises for what a file holds."""
    import pikepdf

    return (
        pikepdf.PdfError, pikepdf.PikepdfError, zlib.error, ValueError, TypeError, LookupError, ArithmeticError,
        AttributeError, NotImplementedError, RuntimeError,
    )  # fmt: skip


class _Reader:
    """One document while it is read."""

    def __init__(self, document: "pikepdf.Pdf", notes: Notes, *, searched: bool) -> None:
        self._searched = searched
        self._document = document
        self._notes = notes
        self._inside = 0
        self._room = _ALL_INSIDE

    def read(self) -> None:
        """Hand on properties, packets and pictures."""
        self._properties()
        about_all = self._whole()
        for number, thing in enumerate(self._streams()):
            name = f"PDF object {thing.objgen[0]}"
            try:
                self._stream(name, thing, part=thing.objgen != about_all)
            except _faults() as error:
                self._notes.gap(name, f"it cannot be read: {type(error).__name__}")
            if number >= _MOST_OBJECTS:
                self._notes.gap("PDF", f"it has more than {_MOST_OBJECTS} streams; the rest was not looked at")
                return

    def _properties(self) -> None:
        """Hand on the document information (ISO 32000-2, 14.3.3)."""
        found = self._document.trailer.get("/Info")
        if not isinstance(found, _parser().Dictionary):
            return
        for count, key in enumerate(found.keys()):
            if count >= _MOST_PROPERTIES:
                self._notes.gap("PDF Info", f"it has more than {_MOST_PROPERTIES} properties; the rest was not read")
                return
            value = found.get(key)
            if isinstance(value, _parser().String):
                name = str(key).removeprefix("/")
                text = str(value)[:_LONGEST].encode("utf-8", "replace")
                self._notes.block(BlockKind.FIELD, f"PDF Info {name!r}", text, _NAMES.get(name, name))

    def _whole(self) -> tuple[int, int]:
        """Return which object is the metadata of the whole document, not of a part."""
        found = self._document.Root.get("/Metadata")
        return found.objgen if isinstance(found, _parser().Stream) else (0, 0)

    def _streams(self) -> Iterator[Any]:
        stream = _parser().Stream
        return (thing for thing in self._document.objects if isinstance(thing, stream))

    def _stream(self, name: str, thing: Any, *, part: bool) -> None:
        kind, form = str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))
        if kind == "/Metadata" or form == "/XML":
            data = thing.read_bytes()
            # A packet that is plain in a part that was searched has been found in the bytes already.
            plain = self._searched and "/Filter" not in thing and not self._document.is_encrypted
            if not (plain and PACKET[0] in data):
                self._notes.block(BlockKind.XMP, f"{name}, metadata", data, part=part)
        elif kind == "/EmbeddedFile":
            self._look(f"{name}, an attachment", thing, thing.read_bytes)
        elif form == "/Image":
            filters = _filters(thing)
            if filters[-1:] and filters[-1] in _PICTURES:
                content = thing.read_raw_bytes if len(filters) == 1 else lambda: self._unwrapped(thing, filters[:-1])
                self._look(f"{name}, a picture", thing, content)
        elif kind not in _KNOWN_KINDS and form not in _KNOWN_FORMS and _is_file(thing):
            self._look(f"{name}, of no kind that is known", thing, thing.read_bytes, unknown=True)

    def _unwrapped(self, thing: Any, filters: list[str]) -> bytes:
        """Return a picture that was compressed or spelled out once more, as many programs do, without that.

        It is decoded as a stream of its own, within the parser's bounds, and let go.
        """
        pikepdf = _parser()
        wrapped = pikepdf.Stream(self._document, thing.read_raw_bytes())
        wrapped.Filter = pikepdf.Array([pikepdf.Name(one) for one in filters])
        settings = thing.get("/DecodeParms")
        if isinstance(settings, pikepdf.Array):
            wrapped.DecodeParms = pikepdf.Array(list(settings)[: len(filters)])
        try:
            return bytes(wrapped.read_bytes())
        finally:
            wrapped.write(b"")

    def _look(self, name: str, thing: Any, content: Callable[[], bytes], *, unknown: bool = False) -> None:
        """Look into something that lies whole in the document, within bounds."""
        self._inside += 1
        if self._inside > _MOST_INSIDE or int(thing.get("/Length", 0)) > self._room:
            decline(self._notes, name, "it is too large, or one of too many")
            return
        data = content()
        self._room -= len(data)
        # The manifest store of the document itself is for whoever reads credentials.
        if not (data[4:8] == b"jumb" and looks_like_manifest(data[:4096])):
            look_inside(self._notes, name, data, unknown=unknown)


def _is_file(thing: Any) -> bool:
    """Whether a stream begins as a picture, a film, a sound or an archive does: its kind may be lost or made up."""
    filters = _filters(thing)
    if filters not in ([], ["/FlateDecode"]):
        return False
    raw = bytes(thing.read_raw_bytes()[:_SNIFFED])
    start = zlib.decompressobj().decompress(raw, _SNIFFED) if filters else raw
    found = identify(BufferMedia(start))
    return found is not None and not found.media_type.startswith(_HARMLESS)


def _filters(thing: Any) -> list[str]:
    found = thing.get("/Filter")
    return [str(one) for one in found] if isinstance(found, _parser().Array) else [] if found is None else [str(found)]
