"""Marks in fields with a name: headers of EXR and DPX, properties of PDF, texts of SVG, makers' trailers."""

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Kind
from provenance.signals.findings import Findings, joined
from provenance.signals.generator import generator_text
from provenance.signals.text import text_of
from provenance.signals.whence import whence_signals
from provenance.signals.xmp import looks_like_packet, packet_findings


def read_fields(container: Container) -> Findings:
    """Return the marks in all fields."""
    return joined(_read(block) for block in container.blocks if block.kind is BlockKind.FIELD)


def _read(block: Block) -> Findings:
    if looks_like_packet(block.data):
        return packet_findings(block.place, block.data)
    if block.key == "kMDItemWhereFroms":
        return Findings(whence_signals(block.place, block.data))
    marks = generator_text(block.key, text_of(block.data))
    return Findings(tuple(mark.at(Kind.FIELD, block.place) for mark in marks))
