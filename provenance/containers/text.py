"""Text, and what is written in it: SVG and other XML, HTML.

Text is text only if all that is looked at is valid and free of control characters. Old programs write it in encodings
of one byte a letter, which only markup tells: that is known by being ASCII for the most part. A credential stands in
SVG as base64 in a `c2pa:manifest` element (C2PA 2.2, A.3.4).
"""

import codecs
import re

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.remains import find_encoded_remains
from provenance.containers.resources import read_encoded
from provenance.containers.svg import read_svg
from provenance.containers.window import Window
from provenance.files import BufferMedia

_SVG = Format("image/svg+xml", Carries.YES, "image/svg+xml")
_XML = Format("application/xml", Carries.NO)
_HTML = Format("text/html", Carries.NO)
_PLAIN = Format("text/plain", Carries.NO)

_MANIFEST = b"c2pa:manifest"
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r\f") + b"\x7f"
_OLD_END = b"\r\n\x1a"
"""How lists of cuts end that systems of old wrote: one more character stands for the end."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_WIDE_CONTROLS = frozenset(map(chr, _CONTROLS))
_ALL = 1 << 20
_SAMPLE = 64 << 10
_SAMPLES = 16
_SEARCHED = 16 << 20
_MARKUP = 1 << 20
_TAIL = 4096
_PROLOG = 1024
_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"<([^\W\d][\w.:\-]{0,255})")
_OLD = re.compile(
    rb"\A(?:<\?xml\s[^<>]{0,99}\sencoding|(?is:.*<meta\s[^<>]{0,99}charset))\s?=\s?[\"']?(?!(?i:utf|ucs))[A-Za-z][\w.-]"
)
"""Markup that says that it is not in one of the encodings of Unicode (XML 1.0, 4.3.3; HTML, 4.2.5.4)."""
_HTML_START = re.compile(r"<(?:!doctype\s+)?html\b", re.IGNORECASE)


def _recognise(head: bytes, window: Window) -> Format | None:
    encoding = _encoding(head)
    if not head or (encoding == "utf-8" and _has_controls(head.removesuffix(_OLD_END))):
        return None
    samples = _samples(window)
    samples[-1] = (samples[-1][0], samples[-1][1].removesuffix(_OLD_END))
    if not all(_is_text(part, encoding, first=at == 0) for at, part in samples):
        # Markup says how it is encoded, and is damaged where that is not so; what begins with no letter of ASCII may be
        # a file of some other type that was cut to its first bytes.
        if encoding != "utf-8" or head[0] >= 0x80 or not all(_is_old_text(part) for _, part in samples):
            return None
        if b"<" not in head:
            return _PLAIN
        if not _OLD.search(window.at(0, _PROLOG)):
            return None
    return _markup(window.at(0, _MARKUP), encoding)


def _encoding(head: bytes) -> str:
    """Tell an encoding of two bytes a letter by its mark, or by how a declaration in it begins (XML 1.0, F.1)."""
    if head.startswith((codecs.BOM_UTF16_LE, b"<\0?\0")):
        return "utf-16-le"
    return "utf-16-be" if head.startswith((codecs.BOM_UTF16_BE, b"\0<\0?")) else "utf-8"


def _samples(window: Window) -> list[tuple[int, bytes]]:
    """Return all of a small file, of a larger one its start, its end and places spread evenly between them."""
    if window.size <= _ALL:
        return [(0, window.at(0, window.size))]
    step = (window.size - _SAMPLE) // (_SAMPLES - 1) // 2 * 2
    starts = [*range(0, step * (_SAMPLES - 1), step), (window.size - _SAMPLE) // 2 * 2]
    return [(at, window.at(at, _SAMPLE + 1 & ~1)) for at in starts]


def _has_controls(data: bytes) -> bool:
    # A search for each of them runs at the speed of memory, which looking at each byte once does not.
    return any(map(data.__contains__, _CONTROLS))


def _is_text(data: bytes, encoding: str, *, first: bool) -> bool:
    """Whether a piece is text. Its ends may lie within a character, but for the first's start."""
    if encoding == "utf-8":
        if _has_controls(data):
            return False
        start = 0
        while not first and start < 3 and data[start : start + 1] and data[start] & 0xC0 == 0x80:
            start += 1
        data = data[start:]
    elif not first and 0xDC <= (data[1] if encoding == "utf-16-le" else data[0]) <= 0xDF:
        data = data[2:]
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return encoding == "utf-8" or not _WIDE_CONTROLS & set(text)


def _is_old_text(data: bytes) -> bool:
    """Whether a piece is text in an encoding that has one byte for a letter, and ASCII among them."""
    return not _has_controls(data) and len(data.translate(None, _BEYOND_ASCII)) * 4 > len(data) * 3


def _markup(data: bytes, encoding: str) -> Format | None:
    """Tell markup by its root element; None where that lies too deep to be found."""
    text = data.decode(encoding, "ignore").removeprefix("\ufeff").lstrip()
    if not text.startswith("<"):
        return _PLAIN
    if _HTML_START.match(text):
        return _HTML
    root = _root(text)
    if root is None:
        return None if len(data) == _MARKUP else _PLAIN
    return _SVG if root.rpartition(":")[2] == "svg" else _XML


def _root(text: str) -> str | None:
    """Return the name of the first element, or None if no element follows the prolog (XML 1.0, 2.8)."""
    at = 0
    while True:
        at = _end_of(_SPACE, text, at)
        if text.startswith("<?", at):
            stop = text.find("?>", at)
        elif text.startswith("<!--", at):
            stop = text.find("-->", at + 4)
        elif text.startswith("<!", at):
            stop = text.find(">", at)
            subset = text.find("[", at, stop) if stop >= 0 else -1
            # Declarations of its own end with a bracket; a > may stand in any of them.
            stop = text.find(">", text.find("]", subset)) if subset >= 0 and text.find("]", subset) >= 0 else stop
        else:
            name = _NAME.match(text, at)
            return None if name is None else name[1]
        if stop < 0:
            return None
        at = text.index(">", stop) + 1


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _ends(window: Window) -> bool:
    """Whether the last element is closed: a picture that is cut short ends anywhere."""
    tail = window.at(max(0, window.size - _TAIL), _TAIL).replace(b"\0", b"").rstrip()
    return tail.endswith(b"/>") or b"svg>" in tail


def _walk(window: Window, notes: Notes) -> None:
    """Look for a manifest in base64, with or without the element around it, and for XMP."""
    encoding = _encoding(window.at(0, 4))
    kind = _markup(window.at(0, _MARKUP), encoding)
    if kind == _SVG and window.size > _SEARCHED:
        notes.gap("SVG", f"only its first {_SEARCHED} bytes were searched for texts and pictures")
    if kind == _SVG and not _ends(window):
        notes.gap("SVG", "it has no end: the file is cut short")
    data = window.at(0, min(window.size, _SEARCHED))
    if encoding != "utf-8":
        # What is looked for is ASCII: from here on the text is looked at as if it had been written in UTF-8.
        data = data.decode(encoding, "replace").encode("utf-8", "replace")
        window = Window(BufferMedia(data))
    for at in (window.find(_MANIFEST, 0, len(data)), find_encoded_remains(window, 0, len(data))):
        if at >= 0:
            notes.residue(f"SVG at {at}")
    if kind == _SVG:
        read_svg(notes, data)
        return
    if data.startswith(b"%!PS"):
        read_encoded(notes, data)
    at, packet = find_packet(data)
    if packet:
        notes.block(BlockKind.XMP, f"SVG XMP at {at}", packet)


FAMILY = Family(_recognise, _walk)
