"""What an SVG holds besides its drawing (SVG 2, 5.7, 5.8): descriptions, comments, and whole pictures in `data:` URIs.

It is searched, not parsed: XML that nobody can parse may still be shown, and hides nothing here.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from provenance.containers.inside import decline, look_inside
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet

_ELEMENTS = ("metadata", "title", "desc")
_MOST_TEXTS = 5000
"""Different ones of each kind: charts have a title for each of their points. What is beyond is a gap."""
_MOST_PICTURES = 256
_TEXT_LIMIT = 1 << 20
_ALL_PICTURES = 32 << 20

_OPENING = {
    name: re.compile(rb"<(?:[\w.-]{1,40}:)?" + name.encode() + rb"(?=[\s>])[^<>]{0,4096}(?<!/)>") for name in _ELEMENTS
}
_CLOSING = {name: re.compile(rb"</(?:[\w.-]{1,40}:)?" + name.encode() + rb"\s{0,8}>") for name in _ELEMENTS}
_URI = re.compile(rb"data:\s{0,8}((?:image|application|video|audio|font)/[\w.+-]{1,80})([^,\"'<>]{0,200}),")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s\-_%&#;]*+")
_PLAIN = re.compile(rb"[^\"'<>)\s]*+")
_MOST_PACKETS = 256
_RDF = re.compile(rb"<(?:\?xpacket begin|(?:[\w.-]{1,40}:)?(?:RDF|x[am]pmeta)[\s>])")
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?svg(?=[\s>])[^<>]{0,65536}>")
_NAMESPACE = re.compile(rb"\sxmlns:([\w.-]{1,40})\s{0,40}=\s{0,40}(\"[^\"&<>]{1,400}\"|'[^'&<>]{1,400}')")
_PREFIX = re.compile(rb"[\s<]([\w.-]{1,40}):")
_NO_BASE64 = re.compile(rb"%(?:0[aAdD9]|20)|&#(?:x[aAdD9]|10|13|9|32);|\s+")


def read_svg(notes: Notes, data: bytes) -> None:
    """Hand on the texts of an SVG and its metadata in RDF, and look into the pictures it carries."""
    packets: list[tuple[int, int]] = []
    for name in _ELEMENTS:
        packets += _read_elements(notes, name, data)
    packets += _read_comments(notes, data)
    _read_pictures(notes, data)
    _read_packets(notes, data, sorted(packets))


def _read_elements(notes: Notes, name: str, data: bytes) -> Iterator[tuple[int, int]]:
    """Hand on elements of one kind; yield where those stand that hold RDF."""
    at, texts = 0, _Texts(notes, name)
    for opening in _OPENING[name].finditer(data):
        if opening.start() < at:
            continue
        closing = _CLOSING[name].search(data, opening.end())
        at = closing.start() if closing else len(data)
        if _RDF.search(data, opening.end(), at):
            yield opening.end(), at
        elif not texts.take(opening.start(), data[opening.end() : min(at, opening.end() + _TEXT_LIMIT + 1)]):
            return


def _read_comments(notes: Notes, data: bytes) -> Iterator[tuple[int, int]]:
    """Hand on comments: programs sign there."""
    at, texts = data.find(b"<!--"), _Texts(notes, "comment")
    while at >= 0:
        stop = data.find(b"-->", at)
        stop = stop if stop >= 0 else len(data)
        if _RDF.search(data, at + 4, stop):
            yield at + 4, stop
        elif not texts.take(at, data[at + 4 : min(stop, at + 5 + _TEXT_LIMIT)]):
            return
        at = data.find(b"<!--", stop)


class _Texts:
    """Texts of one kind, each handed on once, up to a bound."""

    def __init__(self, notes: Notes, name: str) -> None:
        self._notes = notes
        self._name = name
        self._seen: set[bytes] = set()

    def take(self, at: int, data: bytes) -> bool:
        """Hand on a text without what XML wraps it in; return whether there is room for another."""
        place = f"SVG {self._name} at {at}"
        if len(data) > _TEXT_LIMIT:
            self._notes.gap(place, f"only the first {_TEXT_LIMIT} bytes were read")
        text = _bare(data[:_TEXT_LIMIT])
        if not text or text in self._seen:
            return True
        if len(self._seen) >= _MOST_TEXTS:
            self._notes.gap(f"SVG {self._name}", f"there are more than {_MOST_TEXTS}; the rest was not read")
            return False
        self._seen.add(text)
        plain = html.unescape(text.decode("utf-8", "replace")).encode("utf-8", "replace") if b"&" in text else text
        self._notes.block(BlockKind.FIELD, place, plain, self._name)
        return True


def _bare(text: bytes) -> bytes:
    """Return text without what XML wraps it in."""
    return text.strip().removeprefix(b"<![CDATA[").removesuffix(b"]]>").strip()


def _read_packets(notes: Notes, data: bytes, spans: list[tuple[int, int]]) -> None:
    """Hand on the RDF in these places, each with the names that the drawing declares for all of it, and one beside."""
    root = _ROOT.search(data)
    names = dict(_NAMESPACE.findall(root[0])) if root else {}
    if len(spans) > _MOST_PACKETS:
        notes.gap("SVG XMP", f"there are more than {_MOST_PACKETS} packets; the rest was not read")
    at = 0
    for start, stop in (*spans[:_MOST_PACKETS], (len(data), len(data))):
        if start < at:
            continue
        begins, packet = find_packet(data[at:start])
        if packet:
            notes.block(BlockKind.XMP, f"SVG XMP at {at + begins}", _with_names(packet, names))
        if found := _RDF.search(data, start, stop):
            notes.block(BlockKind.XMP, f"SVG XMP at {found.start()}", _with_names(_bare(data[start:stop]), names))
        at = stop


def _with_names(text: bytes, names: Mapping[bytes, bytes]) -> bytes:
    """Return RDF within an element that declares what it uses."""
    prefixes = set(_PREFIX.findall(text)) if names else set()
    used = b"".join(b" xmlns:%b=%b" % one for one in names.items() if one[0] in prefixes)
    return b"<_:RDF xmlns:_='http://www.w3.org/1999/02/22-rdf-syntax-ns#'%b>%b</_:RDF>" % (used, text)


def _read_pictures(notes: Notes, data: bytes) -> None:
    left = _ALL_PICTURES
    for count, uri in enumerate(_URI.finditer(data)):
        place = f"SVG {uri[1].decode('ascii', 'replace')} at {uri.start()}"
        if count >= _MOST_PICTURES or left <= 0:
            decline(notes, place, f"more than {_MOST_PICTURES} pictures or {_ALL_PICTURES} bytes are in one SVG")
            return
        inner = _content(data, uri, left)
        if inner is None:
            decline(notes, place, "what it holds cannot be decoded, or is too large")
            continue
        left -= len(inner)
        look_inside(notes, place, inner)


def _content(data: bytes, uri: re.Match[bytes], most: int) -> bytes | None:
    """Return what a `data:` URI holds (RFC 2397), or None if that cannot be said."""
    encoded = b"base64" in uri[2].lower()
    found = (_BASE64 if encoded else _PLAIN).match(data, uri.end())
    body = found[0] if found else b""
    if len(body) > most * 3:
        return None
    if not encoded:
        return unquote_to_bytes(html.unescape(body.decode("utf-8", "replace")))
    body = _NO_BASE64.sub(b"", body).rstrip(b"=")
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
