"""Marks in IPTC-IIM (IIMV4): the old records beside XMP, which some programs fill with the same words."""

from collections.abc import Iterator

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Gap, Kind, Signal
from provenance.signals.credit import misplaced_credit
from provenance.signals.findings import Findings, joined
from provenance.signals.generator import generator_text
from provenance.signals.text import text_of

_FIELDS = {
    (2, 5): "Title",
    (2, 40): "Instructions",
    (2, 65): "Software",
    (2, 80): "Author",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 120): "Description",
}
"""Datasets that are read, and what their like is called in text elsewhere."""
_MARKER = 0x1C
_MOST = 4096


def read_iptc(container: Container) -> Findings:
    """Return the marks in all records."""
    return joined(_read(block) for block in container.blocks if block.kind is BlockKind.IPTC)


def _read(block: Block) -> Findings:
    signals: list[Signal] = []
    for record, number, data in _datasets(block.data):
        name = _FIELDS.get((record, number))
        if data is None:
            return Findings(tuple(signals), (Gap(block.place, f"IPTC {record}:{number} is cut short or damaged"),))
        if name is None:
            continue
        text = text_of(data)
        mark = misplaced_credit(name, text)
        marks = (*((mark,) if mark else ()), *generator_text(name, text))
        signals += [mark.at(Kind.IPTC, f"{block.place} / {record}:{number} {name}") for mark in marks]
    return Findings(tuple(signals))


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield record, number and data of each dataset (IIMV4, 1.5); None where it is not all there, or no dataset."""
    at = 0
    for _ in range(_MOST):
        head = data[at : at + 5]
        if len(head) < 5:
            return
        if head[0] != _MARKER:
            if any(data[at:]):
                yield head[1], head[2], None
            return
        size, start = int.from_bytes(head[3:5], "big"), at + 5
        if size & 0x8000:
            width = size & 0x7FFF
            size, start = int.from_bytes(data[start : start + min(width, 8)], "big"), start + width
        whole = start + size <= len(data)
        yield head[1], head[2], data[start : start + size] if whole else None
        at = start + size
