"""XMP packets as a flat list of properties (ISO 16684-1), whatever form of RDF they were written in.

No entity is expanded, nothing is fetched, and a packet with a document type is refused: XMP has none.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from provenance.signals.text import text_of
from provenance.xmltree import tree_of

if TYPE_CHECKING:
    from lxml import etree

MOST_PROPERTIES = 20_000
MOST_ATTRIBUTES = 1_000
"""Of one element: the library looks each up from the first on, so that time grows with their square."""
LARGEST_DAMAGED = 1 << 20
"""Bytes of a packet up to which damage is worked around: many faults cost much memory."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TRANSPARENT = frozenset({_RDF, "adobe:ns:meta/", "http://www.w3.org/XML/1998/namespace"})
"""Namespaces of the wrapping, which names no property."""

_SYNTAX = frozenset({"about", "ID", "nodeID", "parseType", "datatype", "bagID", "aboutEach"})
"""RDF attributes that are no value. Others than `resource` do not exist, but a damaged `resource` is one."""

_NOWHERE = (("", ""),)
"""The name of text that stands between properties: XMP has none there, a damaged tag leaves some."""

_PREFIXES = {
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
}
_DECLARATION = re.compile(r"\A\ufeff?\s*+<\?xml\s[^>]*\?>")
_PADDING = re.compile(rb"\s*+(?:<\?xpacket[^<>]{0,100}\?>)?+[\s\0]*+")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Property(NamedTuple):
    """One value: the names of the structures it lies in, from the outermost, its own name, and its text."""

    inside: tuple[str, ...]
    namespace: str
    local: str
    value: str

    @property
    def name(self) -> str:
        """The name with the prefix that is usual for its namespace, or with none."""
        return _name(self.namespace, self.local)


class Packet(NamedTuple):
    """What was read of a packet. `trouble` says why that may not be all of it; None where it is."""

    properties: tuple[Property, ...]
    trouble: str | None = None


def packet_utf8(data: bytes) -> bytes:
    """Return a packet in UTF-8, whichever of the three encodings of XMP it has, without what follows its end tag."""
    if b"\0" in data[:64] or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = text_of(data).encode("utf-8", "replace")
    end = data.find(b">", max(0, data.rfind(b"</"))) + 1
    return data[:end] if _PADDING.fullmatch(data, end) else data


def parse(data: bytes) -> Packet:
    """Return the properties of a packet in UTF-8: all of them, or as many as can be reached and why not all.

    Never raises. Bytes that XML does not allow become U+FFFD first, so that one of them costs one character.
    """
    if has_document_type(data):
        return Packet((), "declares a document type, which XMP forbids; not read")
    text = _DECLARATION.sub("", data.decode("utf-8", "replace"), count=1)
    clean = _ILLEGAL.sub("\ufffd", text).encode("utf-8")
    root = _tree(clean, recover=False)
    trouble = None
    if root is None:
        trouble = "is not well-formed; read as far as it goes"
        root = _tree(clean, recover=True) if len(clean) <= LARGEST_DAMAGED else None
    if root is None:
        return Packet((), "cannot be read as XML")
    properties = tuple(islice(_properties(root), MOST_PROPERTIES + 1))
    if len(properties) > MOST_PROPERTIES or _crowded(root):
        trouble = "has more properties than are read of one packet"
    elif trouble is None and any(not found.local for found in properties):
        trouble = "has text outside any property"
    return Packet(properties[:MOST_PROPERTIES], trouble)


def _crowded(root: "etree._Element") -> bool:
    return any(len(element.attrib) > MOST_ATTRIBUTES for element in islice(root.iter(), MOST_PROPERTIES))


def has_document_type(data: bytes) -> bool:
    """Whether a packet declares a document type or an entity."""
    return b"<!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)


def _tree(clean: bytes, *, recover: bool) -> "etree._Element | None":
    from lxml import etree

    try:
        return tree_of(clean, recover=recover)
    except etree.XMLSyntaxError:
        return None


def _properties(root: "etree._Element") -> Iterator[Property]:
    """Yield every value of the tree in the order of the document."""
    waiting: list[tuple[etree._Element, tuple[tuple[str, str], ...]]] = [(root, ())]
    while waiting:
        element, path = waiting.pop()
        tag: object = element.tag
        if not isinstance(tag, str):  # an entity that was not expanded
            continue
        namespace, local = _split(tag)
        if namespace not in _TRANSPARENT:
            path = (*path, (namespace, local))
        for name in element.keys()[:MOST_ATTRIBUTES]:
            yield from _attribute(path, str(name), str(element.get(name, "")))
        for text in (element.text, *(child.tail for child in element)):
            if text and not text.isspace():
                yield _property(path or _NOWHERE, text)
        waiting.extend((child, path) for child in reversed(element))


def _attribute(path: tuple[tuple[str, str], ...], name: str, value: str) -> Iterator[Property]:
    """Yield what an attribute says: a property in short form, or a property's value as a resource."""
    namespace, local = _split(name)
    if namespace not in _TRANSPARENT:
        yield _property((*path, (namespace, local)), value)
    elif namespace == _RDF and local not in _SYNTAX and path:
        yield _property(path, value)


def _property(path: tuple[tuple[str, str], ...], value: str) -> Property:
    namespace, local = path[-1]
    return Property(tuple(_name(*step) for step in path[:-1]), namespace, local, value.strip())


def _split(name: str) -> tuple[str, str]:
    """Return namespace and local name; a prefix nobody declared is dropped."""
    if name.startswith("{"):
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name.rpartition(":")[2]


def _name(namespace: str, local: str) -> str:
    prefix = _PREFIXES.get(namespace, "")
    return f"{prefix}:{local[:60]}" if prefix else local[:60]
