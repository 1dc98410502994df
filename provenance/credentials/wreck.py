"""What can still be told from a credential that nobody can parse: which source types its bytes spell."""

import re
from collections.abc import Callable, Iterator

from provenance.containers.model import Container
from provenance.evidence import Claim, Kind, Signal, Strength
from provenance.files import IN_MEMORY, Media, find_first
from provenance.sourcetype import Term, claim_of

PLACE = "remains of a credential"

_BLOCK = 1 << 20
_ENDS = 8 << 20
"""Of a large file, so many bytes are searched at each end: that is where credentials stand."""

_AI_TERMS = tuple(t for t in Term if claim_of(t) in {Claim.AI_GENERATED, Claim.AI_ASSISTED})
_OVERLAP = max(len(t.value) for t in _AI_TERMS) - 1
_COMMON = (b"rainedAlgorithmic", b"ompositeSynthetic")
"""Each AI term, as the vocabulary writes it, holds one of these."""

_END_OF_JPEG = b"\xff\xd9"

_HERE = re.compile(rb"jumb.{4}jumd", re.DOTALL)
"""A JUMBF superbox with its description box (ISO/IEC 19566-5, A.2). Each assertion is one, so that many are left when a
few are damaged; and no text that merely talks of credentials holds any."""


def claims_in_wreck(data: bytes) -> tuple[Signal, ...]:
    """Return the AI source types that bytes spell, where any part of a credential is among them."""
    return _signals(_terms(data.lower(), str.lower)) if _HERE.search(data) else ()


def claims_in_remains(media: Media) -> tuple[Signal, ...]:
    """Return what `claims_in_wreck` does for a file: for all of one that is small, for both ends of one that is not."""
    if not any(_HERE.search(block) for block in _blocks(media)):
        return ()
    return _signals({term for block in _blocks(media) for term in _terms(block.lower(), str.lower)})


def terms_spelled(media: Media, container: Container) -> set[Term]:
    """Return the AI source types that a small file's bytes spell as the vocabulary does; of a large file none.

    Cheap enough for every file with a credential: what the SDK leaves out of its answer (it drops keys it does not
    know) is still in the bytes. A JPEG's credential stands before its picture, which need not be searched where the
    file ends with it.
    """
    if media.size > IN_MEMORY:
        return set()
    chain = container.chain
    before = chain is not None and chain.broken is None and media.read(media.size - 2, 2) == _END_OF_JPEG
    data = media.read(0, chain.end if chain is not None and before else media.size)
    return _terms(data, str) if any(find_first(data, common) >= 0 for common in _COMMON) else set()


def _terms(data: bytes, spell: Callable[[str], str]) -> set[Term]:
    """Return the terms in `data`. One term ends another in lower case: it counts where it stands on its own, too."""
    counts = {term: data.count(spell(term.value).encode()) for term in _AI_TERMS}
    for longer, count in tuple(counts.items()):
        for shorter in counts:
            if longer is not shorter and spell(shorter.value) in spell(longer.value):
                counts[shorter] -= count
    return {term for term, count in counts.items() if count > 0}


def _signals(terms: set[Term]) -> tuple[Signal, ...]:
    ordered = sorted(terms, key=lambda t: t.value)
    return tuple(Signal(Kind.C2PA, claim_of(term), Strength.BROKEN, PLACE, term.value) for term in ordered)


def _blocks(media: Media) -> Iterator[bytes]:
    """Yield the bytes to search in blocks that overlap, so that no term is cut in two unseen."""
    size = media.size
    spans = [(0, size)] if size <= IN_MEMORY else [(0, _ENDS), (size - _ENDS, size)]
    for start, end in spans:
        for at in range(start, end, _BLOCK):
            yield media.read(at, min(_BLOCK + _OVERLAP, end - at))
