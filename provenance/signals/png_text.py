"""Marks in PNG text (tEXt, zTXt, iTXt): a keyword and a text, as most local generators write them."""

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Gap, Kind
from provenance.signals.findings import Findings, joined
from provenance.signals.generator import generator_text
from provenance.signals.text import text_of
from provenance.signals.xmp import looks_like_packet, packet_findings

_PROFILES = frozenset({"raw profile type exif", "raw profile type xmp", "raw profile type app1"})


def read_png_text(container: Container) -> Findings:
    """Return the marks in all texts with a keyword."""
    return joined(_read(block) for block in container.blocks if block.kind is BlockKind.TEXT)


def _read(block: Block) -> Findings:
    if block.key.lower() in _PROFILES:
        # A walk hands on what it can decode as what it is: what is left as text is damaged.
        return Findings(gaps=(Gap(block.place, "a profile with EXIF or XMP in it that cannot be decoded"),))
    if looks_like_packet(block.data) or block.key == "XML:com.adobe.xmp":
        return packet_findings(block.place, block.data)
    marks = generator_text(block.key, text_of(block.data))
    return Findings(tuple(mark.at(Kind.PNG_TEXT, block.place) for mark in marks))
