"""What belongs to a dispute about one file or record: the bytes, what they were made from, every word on them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from provenance.asset import Digest
from provenance.catalogue import Catalogue, Entry
from provenance.errors import RecordUnknown
from provenance.records import AnyRecord, Approval, Subject, title_key
from provenance.records.decisions import Refusal
from provenance.records.disclosure import Disclosure
from provenance.records.register import ToolEntry

MOST_ANCESTORS = 1_000
"""So many files that something was made from are looked up; of more it is said that they were left out."""

ID = re.compile(r"[a-z]{3}-[0-9a-f]{20}")
DIGEST = re.compile(r"[0-9a-f]{64}")
_ALWAYS = frozenset({"configuration", "configuration-acceptance"})
"""Entries that say by which rules everything else was judged."""


@dataclass(frozen=True)
class Matter:
    """What a dispute is about, as far as this catalogue knows anything of it."""

    about: str
    """An id, or a digest."""
    digests: tuple[Digest, ...]
    made_from: tuple[Digest, ...]
    """What these bytes were made from, as far as it is known, however many steps away."""
    records: frozenset[str]
    """Ids of every word on any of these, of what those words name, and of what they rest on."""
    entries: frozenset[int]
    """Numbers of the ledger's entries that hold these words, or answer for what was found."""
    complete: bool
    """Whether nothing that it was made from was left out."""

    def holds(self, entry: Entry) -> bool:
        """Whether an entry of the ledger belongs to it: it names one of the bytes or words, or answers for evidence."""
        if entry.seq in self.entries or entry.kind in _ALWAYS:
            return True
        return any(word in self._names for word in words_in(entry.body))

    @cached_property
    def _names(self) -> frozenset[str]:
        return self.records.union(self.digests, self.made_from)


def matter_of(catalogue: Catalogue, about: str) -> Matter:
    """Return what belongs to a dispute about a record's id, or the digest of a file.

    Raises `RecordUnknown` for what this catalogue never heard of.
    """
    words: set[str] = set()
    if ID.fullmatch(about):
        words.add(about)
        digests = dict.fromkeys(s.digest for s in _spoken_of(catalogue, catalogue.find_record(about).record))
    elif catalogue.evidence_of(Digest(about)):
        digests = {Digest(about): None}
    else:
        advice = "`provenance scan` records what lies in the zones; then ask again."
        raise RecordUnknown(f"{about} was never recorded", help=advice)
    known = tuple(d for d in digests if catalogue.evidence_of(d))
    made_from, complete = _ancestors(catalogue, known)
    for digest in (*digests, *made_from):
        words |= {f.record.id for f in catalogue.records_of(digest)}
    filed = _closed(catalogue, words)
    entries = frozenset(filed.values()).union(*(catalogue.inventory.evidence_entries(d) for d in (*known, *made_from)))
    return Matter(about, tuple(digests), made_from, frozenset(filed), entries, complete)


def _spoken_of(catalogue: Catalogue, record: AnyRecord) -> tuple[Subject, ...]:
    """Return the bytes a record speaks of; of one that speaks of another record, those of that one."""
    if record.about or not record.points_at:
        return record.about
    return catalogue.find_record(record.points_at).record.about


def _ancestors(catalogue: Catalogue, digests: Iterable[Digest]) -> tuple[tuple[Digest, ...], bool]:
    """Return what some bytes were made from, the nearest first, and whether that is all."""
    met = dict.fromkeys(digests)
    pending, found = list(met), list[Digest]()
    for digest in pending:  # grows while it is gone through
        for relative in catalogue.edges_of(digest).up:
            if relative.digest is None or relative.digest in met:
                continue
            if len(found) == MOST_ANCESTORS:
                return tuple(found), False
            met[relative.digest] = None
            found.append(relative.digest)
            pending.append(relative.digest)
    return tuple(found), True


def _closed(catalogue: Catalogue, words: set[str]) -> dict[str, int]:
    """Return some words with all that they name, rest on, and may be ended by, as far as that names no bytes.

    By id, each with the number of the entry that holds it.
    """
    pending, found = sorted(words), dict[str, int]()
    for name in pending:  # grows while it is gone through
        try:
            filed = catalogue.find_record(name)
        except RecordUnknown:
            continue  # something that merely looks like an id
        found[name] = filed.entry
        more = {w for w in words_in(filed.record.content()) if ID.fullmatch(w)}
        more |= {filed.revoked_by} if filed.revoked_by else set()
        match filed.record:
            case Disclosure():
                more |= set(_rests_on(catalogue, filed.record))
            case Approval() | Refusal():
                key = title_key(filed.record.project, filed.record.title)
                cuts = (f.record for f in catalogue.words_of_title(key))
                more |= {c.id for c in cuts if c.kind == "picture-change"}
            case _:
                pass
        pending += sorted(more - set(pending))
    return found


def _rests_on(catalogue: Catalogue, told: Disclosure) -> Iterator[str]:
    """Yield the consents of whoever a disclosure touches, and every entry of the register about one of its tools."""
    for filed in catalogue.tellings.all_consents():
        if getattr(filed.record, "performer", "") in told.performers:
            yield filed.record.id
    for filed in catalogue.tellings.tools():
        entry = filed.record
        if isinstance(entry, ToolEntry) and any(entry.is_named_by(s) for s in told.steps):
            yield entry.id


def words_in(tree: object) -> Iterator[str]:
    """Yield every string in plain values."""
    match tree:
        case str():
            yield tree
        case dict():
            for value in tree.values():
                yield from words_in(value)
        case list() | tuple():
            for value in tree:
                yield from words_in(value)
        case _:
            return
