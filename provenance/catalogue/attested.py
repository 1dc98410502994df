"""Which attestations count for some bytes: a person's word as it is, one by a timeline while its sources hold.

An attestation that rests on a timeline is held against its sources each time: one that is flagged later, or that
nobody could look at any more, ends it.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.question import Question
from provenance.catalogue.rows import Filed
from provenance.records.attestation import Attestation
from provenance.verdict import Origin

if TYPE_CHECKING:
    from provenance.asset import Digest
    from provenance.catalogue.queries import Queries

_TOLD = 3
"""So many sources are named for each attestation that does not count."""


def attested(
    queries: "Queries", asked: Question, filed: Iterable[Filed]
) -> tuple[tuple[Attestation, ...], tuple[str, ...]]:
    """Return the attestations that count among the words about some bytes, and why one by a timeline does not.

    `filed` are all, with those that were taken back. Of those by timelines only the last that somebody may say is
    asked: a later one says what the render is of. If that was taken back by somebody who may not, none is: it may have
    said worse than the one before.
    """
    plain: list[Attestation] = []
    last: Attestation | None = None
    for each in sorted(filed, key=lambda f: f.entry):
        record, back = each.record, each.revoked_by
        if not isinstance(record, Attestation) or (back and not record.basis) or not asked.counting.word(each):
            continue
        if not record.basis:
            plain.append(record)
        elif back is None:
            last = record
        elif not asked.counting.word(queries.find_record(back)):
            last = None
    if last is None:
        return tuple(plain), ()
    against = queries.against_sources(last, asked.counting.standing)
    if not against:
        return (*plain, last), ()
    more = f" and {len(against) - _TOLD:,} more" if len(against) > _TOLD else ""
    says = f"by its timeline {last.timeline_name or last.basis} ({last.id}) it is not: {', '.join(against[:_TOLD])}"
    return tuple(plain), (f"{says}{more}",)


class Sources:
    """Holds sources against what is known of them; each attestation once while nothing is recorded."""

    def __init__(self, queries: "Queries", known: Knowledge) -> None:
        self._queries = queries
        self._known = known
        self._at: tuple[int, int] | None = None
        self._found: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def against(self, record: Attestation, standing: Collection[str]) -> tuple[str, ...]:
        """Return what speaks against the sources of an attestation by a timeline, in words; empty if nothing does."""
        if self._at != self._queries.version:
            self._at, self._found = self._queries.version, {}
        key = (record.id, frozenset(standing))
        if key not in self._found:
            self._found[key] = tuple(self._look(record, standing))
        return self._found[key]

    def _look(self, record: Attestation, standing: Collection[str]) -> Iterable[str]:
        if record.unresolved:
            found, lost = len(record.sources), len(record.unresolved)
            yield f"{lost:,} of {found + lost:,} sources {'was' if lost == 1 else 'were'} not found"
            yield from record.unresolved
        elif not record.sources:
            yield "it points at no source"
        for source in record.sources:
            wrong = self._wrong(source.digest, standing)
            if wrong:
                yield f"{source.name} {wrong}"

    def _wrong(self, digest: "Digest", standing: Collection[str]) -> str:
        origin = self._known.contribution(bytes.fromhex(digest))
        if origin is None:
            return "is not known here"
        if origin.flagged or origin is Origin.REVIEW:
            return f"is {origin.value}" if origin.flagged else "is itself to be looked at by a person"
        if standing and self._queries.despite.flag(digest, standing) is not None:
            return "is flagged by a word that was taken back by nobody who may"
        return ""
