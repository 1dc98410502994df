"""What happened between a word was written and it came: a request can be signed today and brought in a year.

A word says when it was made, and that is signed with it; the ledger says when it came. Whoever said it did not know of
what was said in between. So where something was refused, taken back, doubted or cut anew meanwhile, a word from before
does not stand against that.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from provenance.asset import UtcTime
from provenance.catalogue import Filed, Queries
from provenance.records import AnyRecord, Approval, Clearance, Declaration, Record, Revocation
from provenance.records.decisions import PictureChange, Refusal
from provenance.verdict import Origin

_ENDING: Final = ("refusal", "revocation", "picture-change", "declaration")
"""Kinds of word that can speak against an earlier one."""


class Meanwhile:
    """Reads what was said before a word came and after it was made. Writes nothing."""

    def __init__(self, catalogue: Queries) -> None:
        self._catalogue = catalogue

    @cached_property
    def _ending(self) -> tuple[tuple[int, UtcTime, UtcTime, str], ...]:
        """Entry, time, latest time up to there, and id of each word that can speak against another, oldest first."""
        found = []
        latest = UtcTime("")
        for name, entry, at in self._catalogue.words_of_kinds(_ENDING):
            latest = max(latest, at)
            found.append((entry, at, latest, name))
        return tuple(found)

    def between(self, record: Record, entry: int) -> Iterator[Filed]:
        """Yield what was said after a word was made and before the entry it came in, the newest first.

        Nearly every word comes in the moment it is made: then nothing is read.
        """
        came = self._catalogue.ledger.written_at(entry)
        if came is not None and came <= record.made_at:
            return
        for index in range(bisect_left(self._ending, (entry,)) - 1, -1, -1):
            _, at, latest, name = self._ending[index]
            if latest <= record.made_at:
                return
            if at > record.made_at:
                yield self._catalogue.find_record(name)

    def undone(self, record: AnyRecord, entry: int) -> str:
        """Return what was said meanwhile that a word does not stand against; empty where there is nothing."""
        for filed in self.between(record, entry):
            why = self._against(record, filed.record)
            if why:
                return f"it was written at {record.made_at}, and since then {why}"
        return ""

    def _against(self, record: AnyRecord, other: AnyRecord) -> str:
        """Return how a later word speaks against an earlier one, in words; empty where it does not."""
        match other:
            case Refusal() if isinstance(record, Approval) and other.id not in record.despite:
                reaches = record.scope.reaches or _shared(record, other)
                return f"{other.id} refused it" if reaches and _same_place(record, other) else ""
            case Revocation():
                target = self._catalogue.find_record(other.target).record
                return f"{other.id} took {target.id} back" if _same_matter(record, target) else ""
            case PictureChange() if isinstance(record, Approval) and record.until_picture_change:
                here = (record.project, record.title) == (other.project, other.title)
                cut = not other.shots or not record.shot or record.shot in other.shots
                return f"the picture was changed ({other.id})" if here and cut else ""
            case Declaration() if isinstance(record, Clearance) and _shared(record, other):
                milder = Origin(other.origin) in {Origin.CAPTURED, Origin.CREATED}
                return "" if milder else f"{other.id} declared it {other.origin}"
            case _:
                return ""


def _shared(one: Record, other: Record) -> bool:
    """Whether two words speak of some of the same bytes."""
    return not {s.digest for s in one.about}.isdisjoint(s.digest for s in other.about)


def _same_place(one: "Approval | Refusal", other: "Approval | Refusal") -> bool:
    """Whether two decisions are about the same title, and a channel that both name."""
    same = (one.project, one.title) == (other.project, other.title)
    return same and not {one.channel, *one.channels}.isdisjoint({other.channel, *other.channels})


def _same_matter(record: AnyRecord, ended: AnyRecord) -> bool:
    """Whether a word says again what was taken back: of its kind, about the same bytes, person or tool."""
    if record.kind != ended.kind:
        return False
    match record, ended:
        case Approval(), Approval():
            reaching = record.scope.reaches and ended.scope.reaches
            return _same_place(record, ended) and (reaching or _shared(record, ended))
        case _ if record.kind in {"consent", "tool-entry"}:
            names = ("performer", "replica", "project", "title", "tool", "tier")
            return [_plain(record, n) for n in names] == [_plain(ended, n) for n in names]
        case _:
            return _shared(record, ended)


def _plain(record: Record, name: str) -> str:
    return " ".join(str(getattr(record, name, None) or "").casefold().split())
