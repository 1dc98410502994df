"""JPEG: the chain of segments up to the first scan (ISO 10918-1, annex B), and how the picture ends.

EXIF and XMP stand in APP1, extended XMP in further APP1 segments (XMP part 3, 1.1.3.1), credentials in APP11
(ISO 19566-5, D.2). The compressed picture itself is never parsed.
"""

from provenance.containers.chain import COM, Chain, Segment
from provenance.containers.family import Family
from provenance.containers.inside import look_behind
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, STEPS, Notes
from provenance.containers.packets import EXIF_HEADER, find_tiff, salvage, sniff
from provenance.containers.remains import find_type, is_superbox, search
from provenance.containers.resources import read_resources
from provenance.containers.samsung import read_trailer
from provenance.containers.tags import note_remains
from provenance.containers.window import Window
from provenance.files import BufferMedia

_JPEG = Format("image/jpeg", Carries.YES, "image/jpeg")

_SOS, _EOI, _FILL, _APP1, _INDEX = 0xDA, 0xD9, 0xFF, 0xE1, 0xE2
_SMALLEST_RESOURCE = 12
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_HEADERS = (EXIF_HEADER, _XMP[:8])
_EXTENSION_HEADER = len(_EXTENSION) + 32 + 4 + 4
_PHOTOSHOP = b"Photoshop 3.0\0"
_PLAIN = (b"JFIF\0", b"JFXX\0", b"ICC_PROFILE\0", b"Adobe", b"MPF\0")
"""Segments that hold neither marks nor credentials."""

_HEADER_LIMIT = 1 << 20
_NEAR = 16 << 10
"""Bytes in which most chains are whole: cut out once, they are gone through in half the time."""
_TABLE = 600
"""Bytes: no segment of tables or of the frame is longer, so what is longer is something else."""

_END = b"\xff\xd9"
_PADDING = 1 << 16
_SEARCHED = 256 << 20


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _JPEG if head.startswith(b"\xff\xd8\xff") else None


def chain_of(window: Window, most: int = STEPS) -> Chain:
    """Return the segments before the picture, by their headers, `most` of them at the most."""
    segments: list[Segment] = []
    at = 2
    near = window.at(0, _NEAR)
    for _ in range(most):
        head = near[at : at + 5] if at + 5 <= len(near) else window.at(at, 5)
        if len(head) < 4:
            return Chain(segments, at, "the file ends before its picture", short=True)
        code = head[1]
        length = head[2] << 8 | head[3]
        stop = at + 2 + length
        if head[0] != _FILL or code < 2 or 0xD0 <= code <= 0xD8:
            return Chain(segments, at, "no segment starts where one should")
        if code == _FILL:
            at += 1
            continue
        if code == _EOI:
            return Chain(segments, at, "the picture ends before it starts")
        if code == _SOS:
            # A scan names one to four components; anything else is another segment whose marker was changed.
            sound = 1 <= head[4] <= 4 and length == 6 + 2 * head[4] if len(head) == 5 else False
            return Chain(segments, at, None if sound else "the start of the picture is damaged")
        if length < 2 or stop > window.size:
            return Chain(segments, at, "a segment is longer than the file", short=stop > window.size)
        segments.append(Segment(code, at, stop))
        at = stop
    return Chain(segments, at, f"there are more than {most} segments")


def _walk(window: Window, notes: Notes) -> None:
    notes.chain = chain = chain_of(window)
    reader = _Reader(window, notes)
    remains = _with_remains(window, chain)
    for segment in chain.segments:
        if segment.at in remains:
            notes.residue(segment.place)
        reader.read(segment)
    reader.finish()
    if chain.broken is None:
        _read_end(window, notes, chain.end, indexed=any(_is_index(window, segment) for segment in chain.segments))
        return
    notes.gap(f"JPEG header at {chain.end}", chain.broken)
    salvage(window, notes, chain.end, "JPEG data")
    search(window, notes, chain.end, "JPEG data")


def _with_remains(window: Window, chain: Chain) -> frozenset[int]:
    """Return where the segments start that hold part of a manifest store, whatever their markers have become."""
    # One search over a header of ordinary size costs a tenth of one in each segment.
    ordinary = chain.end <= _HEADER_LIMIT
    if ordinary and find_type(window.at(0, chain.end)) < 0:
        return frozenset()
    return frozenset(s.at for s in chain.segments if find_type(window.at(s.at, s.stop - s.at)) >= 0)


class _Reader:
    """Reads segments one by one, and keeps what goes on in a later one."""

    def __init__(self, window: Window, notes: Notes) -> None:
        self._window = window
        self._notes = notes
        self._exif: list[tuple[str, bytes]] = []
        self._extended: dict[bytes, list[tuple[int, int, Segment]]] = {}
        self._foreign: set[bytes] = set()
        self._resources: tuple[str, bytearray] | None = None

    def read(self, segment: Segment) -> None:
        """Read one segment by what its identifier says, or failing that by what it looks like."""
        code, length = segment.code, segment.stop - segment.at - 4
        table = code & 0xF0 != 0xE0 and code != COM and length <= _TABLE
        # Its first bytes may say that it was EXIF or XMP before its marker changed.
        if table and not self._window.at(segment.at + 4, 8).startswith(_HEADERS):
            return
        data = self._window.at(segment.at + 4, length)
        if data.startswith(_PLAIN) and code != COM:
            return
        if code == COM:
            if not sniff(self._notes, segment.place, data):
                self._notes.block(BlockKind.COMMENT, segment.place, data)
        elif data.startswith(EXIF_HEADER) or (code == _APP1 and _resembles(data, EXIF_HEADER)):
            self._read_exif(segment, data[6:])
        elif data.startswith(_XMP):
            self._notes.block(BlockKind.XMP, segment.place, data[len(_XMP) :])
        elif data.startswith(_EXTENSION):
            self._read_extension(segment, data)
        elif data.startswith(b"JP") and data[12:16] == b"jumb":
            self._read_jumbf(segment, data)
        elif data.startswith(_PHOTOSHOP) or _resembles(data, _PHOTOSHOP):
            # One list of resources may go on in several segments.
            self._resources = self._resources or (segment.place, bytearray())
            self._resources[1].extend(data[len(_PHOTOSHOP) :])
        elif not sniff(self._notes, segment.place, data):
            note_remains(self._notes, segment.place, data)

    def _read_exif(self, segment: Segment, data: bytes) -> None:
        if self._exif and not find_tiff(data[:4]):
            # Some writers go on in a further segment where one is too small for the preview.
            place, start = self._exif.pop()
            self._exif.append((place, start + data))
        else:
            self._exif.append((segment.place, data))

    def _read_extension(self, segment: Segment, data: bytes) -> None:
        start = len(_EXTENSION)
        digest, size, offset = data[start : start + 32], data[start + 32 : start + 36], data[start + 36 : start + 40]
        parts = self._extended.setdefault(digest, [])
        parts.append((int.from_bytes(offset, "big"), int.from_bytes(size, "big"), segment))

    def _read_jumbf(self, segment: Segment, data: bytes) -> None:
        """Note a JUMBF box in APP11 unless it is soundly something else; what continues it is what it is."""
        instance, number = data[2:4], data[4:8]
        if number == b"\0\0\0\1" and not is_superbox(data[8:]):
            self._foreign.add(instance)
        if instance not in self._foreign:
            self._notes.residue(segment.place)

    def finish(self) -> None:
        """Hand on what was kept: EXIF, Photoshop's resources, and extended XMP put together."""
        if self._resources is not None:
            place, resources = self._resources
            inner = Window(BufferMedia(bytes(resources)))
            end = read_resources(inner, self._notes, (0, inner.size), f"{place}, Photoshop")
            if len(inner.at(end, _HEADER_LIMIT).strip(b"\0")) > _SMALLEST_RESOURCE:
                self._notes.gap(place, f"Photoshop's resources break off after {end} bytes")
        for place, data in self._exif:
            self._notes.block(BlockKind.EXIF, place, data)
        for parts in self._extended.values():
            self._join(sorted(parts, key=lambda part: part[0]))

    def _join(self, parts: list[tuple[int, int, Segment]]) -> None:
        place = f"JPEG extended XMP, {parts[0][2].place}"
        joined = bytearray()
        for offset, _, segment in parts:
            if offset != len(joined) or len(joined) > BLOCK_LIMIT:
                self._notes.gap(place, "its parts do not follow one another")
                break
            start = segment.at + 4 + _EXTENSION_HEADER
            joined += self._window.at(start, segment.stop - start)
        if len(joined) < max(size for _, size, _ in parts):
            self._notes.gap(place, "parts of it are missing")
        self._notes.block(BlockKind.XMP, place, bytes(joined))


def _resembles(data: bytes, header: bytes) -> bool:
    """Whether a segment begins as `header` does, but for a few damaged bytes."""
    return sum(a == b for a, b in zip(data, header, strict=False)) >= (2 * len(header) + 2) // 3


def _is_index(window: Window, segment: Segment) -> bool:
    """Whether a segment lists further pictures behind this one (CIPA DC-007, multi-picture format)."""
    return segment.code == _INDEX and window.at(segment.at + 4, 4) == b"MPF\0"


def _read_end(window: Window, notes: Notes, scan: int, *, indexed: bool) -> None:
    """Check that the picture ends, and look at what stands behind it: previews, films, or what does not belong.

    A file that ends as a picture does is one, unless it has an index of more than one.
    """
    if not indexed:
        if _ends(window, scan, 64):
            return
        if not any(window.at(window.size - 64, 64)) and _ends(window, scan, _PADDING):
            return
    end = window.find(_END, scan, scan + _SEARCHED)
    if end < 0:
        notes.gap(f"JPEG picture at {scan}", "it has no end: the file is cut short")
        end = scan
    read_trailer(window, notes, window.size)
    search(window, notes, end, "bytes behind the JPEG picture")
    if end > scan:
        look_behind(window, notes, end + len(_END), "JPEG picture")


def _ends(window: Window, scan: int, length: int) -> bool:
    start = max(scan, window.size - length)
    return window.at(start, window.size - start).rstrip(b"\0").endswith(_END)


FAMILY = Family(_recognise, _walk)
