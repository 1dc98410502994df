"""All families of marks outside credentials, asked one after another."""

from collections.abc import Iterable
from dataclasses import replace

from provenance.containers.model import Container, Visitor
from provenance.evidence import Claim, Gap, Relation, Signal, Strength
from provenance.files import Media
from provenance.lineage import carried
from provenance.signals.comment import read_comments
from provenance.signals.exif import read_exif
from provenance.signals.field import read_fields
from provenance.signals.findings import DeepReader, Findings, Reader, joined
from provenance.signals.iptc import read_iptc
from provenance.signals.pdf import read_pdf
from provenance.signals.png_text import read_png_text
from provenance.signals.stealth import read_stealth
from provenance.signals.tags import read_media_tags
from provenance.signals.xmp import read_xmp

__all__ = ["READERS", "Findings", "Reader", "read_signals"]

READERS: tuple[Reader, ...] = (
    read_xmp,
    read_png_text,
    read_exif,
    read_comments,
    read_fields,
    read_iptc,
    read_media_tags,
)
"""One reader a family. A new family is one new file and one line here."""

DEEP_READERS: tuple[DeepReader, ...] = (read_stealth, read_pdf)
"""Those that need the bytes as well: each looks at files of its own type alone, and cheaply first."""

MOST = 200
"""Signals kept of one file. Those that claim most come first, so nothing that decides is dropped."""


def read_signals(container: Container, media: Media | None = None, visitor: Visitor | None = None) -> Findings:
    """Return what all families find in `container`, and in the bytes themselves, where those are at hand.

    What lies whole in the bytes, and only a parser here can follow, is shown to the visitor. Never raises for what a
    file holds; what could not be read is a gap. Raises `OSError` where the storage does.
    """
    found = read_blocks(container) if container.blocks else Findings()
    if media is not None:
        deeper = [reader(container, media, visitor) for reader in DEEP_READERS]
        found = joined((found, *deeper)) if any(part.signals or part.gaps for part in deeper) else found
    return weightiest(found)


def weightiest(found: Findings) -> Findings:
    """Return what is kept of one file: not more marks than anybody reads, and a gap where there were more."""
    if len(found.signals) <= MOST:
        return found
    kept = sorted(found.signals, key=_weight)[:MOST]
    more = Gap("signals", f"{len(found.signals)} marks in one file; only the {MOST} weightiest are kept")
    return Findings(tuple(kept), (*found.gaps, more))


def read_blocks(container: Container) -> Findings:
    """Ask all readers of blocks: what speaks of a part of the file is said of a part."""
    parts = tuple(block for block in container.blocks if block.part)
    if not parts:
        return joined(reader(container) for reader in READERS)
    whole = tuple(block for block in container.blocks if not block.part)
    within = joined(reader(Container(None, parts)) for reader in READERS)
    own = (reader(replace(container, blocks=whole)) for reader in READERS)
    return joined((*own, Findings(of_a_part(within.signals), within.gaps)))


def of_a_part(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return what marks of a part say of the whole: it is a component of it (C2PA 2.2, `componentOf`)."""
    return tuple(
        replace(signal, claim=carried(signal.claim, Relation.COMPONENT_OF, removed=False), clears=False)
        for signal in signals
    )


def _weight(signal: Signal) -> tuple[bool, int, int]:
    """Order what flags a file before everything else, then by claim, then by strength."""
    flags = signal.claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED} and signal.strength is not Strength.HINT
    return (not flags, _CLAIMS[signal.claim], _STRENGTHS[signal.strength])


_CLAIMS = {claim: n for n, claim in enumerate(Claim)}
_STRENGTHS = {strength: n for n, strength in enumerate(Strength)}
