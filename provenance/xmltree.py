"""Strangers' XML as a tree: entities stay unresolved, nothing is fetched, and no document grows beyond its bytes.

The one place where an XML parser is set up. What its documents may hold, and how large they may be, is said by those
who know what they are.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


def tree_of(data: bytes, *, recover: bool = False) -> "etree._Element":
    """Return the root of a document; raises `lxml.etree.XMLSyntaxError` for what is none.

    With `recover`, damage is left out as far as there is anything to go on with.
    """
    from lxml import etree

    parser = etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)
