"""XML as editing systems write it: a document type is usual, an entity never is. Bounded, and nothing is fetched."""

import re
from typing import TYPE_CHECKING

from provenance.references.model import Unreadable
from provenance.xmltree import tree_of

if TYPE_CHECKING:
    from lxml import etree

MOST_TAGS = 1_000_000
MOST_ATTRIBUTES = 2_000_000

_DECLARATION = re.compile(r"\A\ufeff?\s*+<\?xml\s[^>]*\?>")


def decoded(data: bytes) -> str:
    """Return text in UTF-8 or UTF-16, by its first bytes; bytes that are neither stay as lone surrogates."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")


def parsed(text: str) -> "etree._Element":
    """Return the root of a document; raises `Unreadable` for one that is not whole, too large, or has entities."""
    from lxml import etree

    if "<!ENTITY" in text:
        raise Unreadable("it declares entities, which no editing system does; not read")
    if text.count("<") > MOST_TAGS or text.count("=") > MOST_ATTRIBUTES:
        raise Unreadable("it has more parts than are read of one timeline")
    try:
        return tree_of(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"))
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"it is no XML: {error}") from error


def tag_of(element: "etree._Element") -> str:
    """Return an element's name without its namespace; empty for what is no element."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_text(element: "etree._Element", tag: str) -> str:
    """Return the text of an element's first child of a name; empty where there is none."""
    return next(((c.text or "").strip() for c in element if tag_of(c) == tag), "")
