"""Marks in free comments: JPEG COM, GIF comments."""

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Kind
from provenance.signals.findings import Findings, joined
from provenance.signals.generator import generator_text
from provenance.signals.text import text_of
from provenance.signals.xmp import looks_like_packet, packet_findings


def read_comments(container: Container) -> Findings:
    """Return the marks in all comments; a comment has no keyword, so only what it holds counts."""
    return joined(_read(block) for block in container.blocks if block.kind is BlockKind.COMMENT)


def _read(block: Block) -> Findings:
    if looks_like_packet(block.data):
        return packet_findings(block.place, block.data)
    marks = generator_text("Comment", text_of(block.data))
    return Findings(tuple(mark.at(Kind.COMMENT, block.place) for mark in marks))
